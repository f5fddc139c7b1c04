"""Publishing the draft of an agenda as a version that is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.ranking.canonical import canonical, sha256
from app.features.workshop.service import Overtaken, open_
from app.kit import audit
from app.models.following import NoticeKind
from app.models.person import Person
from app.models.workshop import AgendaVersion
from app.policies.workshop import may_publish
from app.records import agenda_documents, agenda_drafts, agendas, frames, news, notices
from app.records.agenda_documents import Document
from app.records.agenda_plans import Plans
from app.records.agendas import WorkshopRow
from app.records.frames import Frame
from app.records.notices import Audience
from app.records.stands import StandRow

PUBLISHED_MEANWHILE = Decision(
    N_("A version was published in the meantime. Look whether you still need another.")
)
CHANGED_MEANWHILE = Decision(
    N_("The draft changed in the meantime. Look at it once more, and publish it then if it is right.")
)
DOES_NOT_FIT = Decision(N_("What was fixed beforehand takes more time than the workshop has."))


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of this moment: what it follows from, and its document without arguments and practices."""

    plans: Plans
    document: Document

    @property
    def mark(self) -> str:
        """A short name of what somebody saw: any part, minute, reason or other standing makes it another one."""
        told = {
            name: self.document[name]
            for name in ("title", "place", "startsAt", "minutes", "stand", "deviations", "weighting")
        }
        parts = [[part["key"], part["title"], part["minutes"]] for part in self.document["parts"]]
        return sha256(canonical([told, parts]))[:16]


def draft(
    of: WorkshopRow,
    frame: Frame,
    now: datetime,
    *,
    compute: bool = True,
    seals: Sequence[StandRow] | None = None,
) -> Draft | None:
    """The draft, or None without `compute` when it was not computed yet. seals: all of the call, if they are known."""
    plans = agenda_drafts.plans(of, now, compute=compute, seals=seals)
    if plans is None:
        return None
    tags = {tag.id: tag for tag in frame.themes}
    weighting = plans.usual or frame.rules.weighting
    return Draft(plans, agenda_documents.skeleton(of, plans, weighting, tags))


def publish(facilitator: Person, workshop_id: int, seen: int, mark: str, note: str, now: datetime) -> int:
    """Publish the draft and tell who follows the process or comes to the workshop; the number of the version.

    seen: the number of the newest version, and mark: of the draft, as the facilitator saw them. Raises NotAllowed,
    and Overtaken when either is another one now. The same form that its sender sends twice publishes once.
    """
    agenda_drafts.refresh(workshop_id, now)
    workshop = open_(facilitator, workshop_id, now)
    row = agendas.workshop(workshop_id)
    assert row is not None
    frame = frames.read(row.call_slug)
    assert frame is not None
    may_publish(facilitator, row, now, hidden=frame.call.hides_counts(now)).or_raise()
    newest = db.session.execute(
        select(AgendaVersion.number, AgendaVersion.published_by, AgendaVersion.note)
        .where(AgendaVersion.workshop_id == workshop_id)
        .order_by(AgendaVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and tuple(newest) == (seen + 1, facilitator.id, note):
        db.session.rollback()
        return seen + 1
    if (newest.number if newest else 0) != seen:
        raise Overtaken(PUBLISHED_MEANWHILE)
    found = draft(row, frame, now, compute=False)
    if found is None or found.mark != mark:
        raise Overtaken(CHANGED_MEANWHILE)
    if not found.document["parts"]:
        raise NotAllowed(DOES_NOT_FIT)
    text = canonical(agenda_documents.filled(found.document, agenda_documents.titles_in(found.document)))
    seal = found.plans.sealed if found.plans.is_sealed else None
    version = AgendaVersion(
        workshop_id=workshop_id,
        number=seen + 1,
        document=text,
        digest=sha256(text),
        snapshot_id=seal.id if seal else None,
        note=note,
        published_at=now,
        published_by=facilitator.id,
    )
    db.session.add(version)
    db.session.flush()
    after = {"number": version.number, "digest": version.digest}
    audit.record(facilitator, "workshop.publish_agenda", workshop, now, after=after, why=note)
    _tell(row, frame, version, now)
    db.session.commit()
    return seen + 1


def _tell(of: WorkshopRow, frame: Frame, version: AgendaVersion, now: datetime) -> None:
    """Each once for every version, whatever they follow."""
    notices.tell(
        Audience(processes=(frame.process_id,), registered_for=of.activity_id),
        NoticeKind.ACTIVITY,
        f"agenda:{version.id}",
        N_("The agenda of “%(title)s” is there")
        if version.number == 1
        else N_("The agenda of “%(title)s” was changed"),
        news.AS_WRITTEN,
        notices.page("workshop.show", workshop_id=of.id),
        now,
        title=of.title,
        sentence=version.note or of.summary,
    )
