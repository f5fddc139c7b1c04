"""The report of an evening, put together from what is known: nobody writes it. One description for page and paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import false, literal, or_, select, true

from app.db import db
from app.domain.ranking import Weighting
from app.features.outcomes import agenda, people, queries, rounds
from app.features.outcomes.agenda import Evening, Part
from app.features.outcomes.people import Heads
from app.features.outcomes.queries import Item, PictureRow
from app.features.outcomes.rounds import Result
from app.kit import voices
from app.kit.i18n import date_words
from app.kit.words import word
from app.models.council import CouncilDecision
from app.models.process import Activity, Process
from app.models.seal import Snapshot
from app.records.agendas import WorkshopRow


@dataclass(frozen=True, slots=True)
class Stand:
    """The sealed standing that the agenda followed from. `id` is None when the site does not have it."""

    id: int | None
    number: int
    digest: str
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A theme with its outcome and the rounds that the room voted in."""

    item: Item
    rounds: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """Something that happens after the evening, or has happened since."""

    title: str
    when: str
    activity_id: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report says; words are in the language of the request."""

    workshop: WorkshopRow
    finished_at: datetime | None
    when: str
    heads: tuple[Heads, ...]
    stand: Stand | None
    version: int | None
    weighting: str
    is_hidden: bool
    """Whether a phase hides the counts, and with them what the agenda followed from."""
    programme: tuple[Part, ...]
    deviations: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    rounds: tuple[Result, ...]
    """Rounds that belong to no theme of the evening."""
    pictures: tuple[PictureRow, ...]
    taken_on: tuple[tuple[str, str], ...]
    """Who takes on what: theme and words."""
    next: tuple[Next, ...]

    @property
    def is_corrected(self) -> bool:
        return any(chapter.item.corrections for chapter in self.chapters)


def of(workshop: WorkshopRow, now: datetime) -> Report:
    """The report as it is at this moment."""
    frame, tags = agenda.tags(workshop)
    evening = agenda.planned(workshop, frame, now)
    items = queries.items(workshop.id, evening, tags)
    results = rounds.revealed(workshop.id)
    known = {item.theme_id for item in items if item.theme_id is not None}
    return Report(
        workshop=workshop,
        finished_at=workshop.finished_at,
        when=_when(workshop),
        heads=people.took_part(workshop.id, workshop.activity_id),
        stand=_stand(evening),
        version=evening.version,
        weighting=_weighting(evening.weighting),
        is_hidden=evening.is_hidden,
        programme=evening.parts,
        deviations=(*evening.deviations, *_otherwise(items)),
        chapters=tuple(
            Chapter(item, tuple(one for one in results if one.theme_id == item.theme_id))
            for item in items
            if item.outcome or any(one.theme_id == item.theme_id for one in results)
        ),
        rounds=tuple(one for one in results if one.theme_id not in known),
        pictures=tuple(queries.pictures(workshop.id)),
        taken_on=tuple(
            (item.title, item.outcome.taken_by) for item in items if item.outcome and item.outcome.taken_by
        ),
        next=tuple(_next(workshop, now)),
    )


def _when(workshop: WorkshopRow) -> str:
    if workshop.starts_at is None:
        return workshop.date_text
    return date_words(workshop.starts_at)


def _weighting(key: str) -> str:
    return word(Weighting(key)) if key in tuple(Weighting) else ""


def _stand(evening: Evening) -> Stand | None:
    found = evening.stand
    if found is None:
        return None
    sealed = found.get("sealedAt")
    if isinstance(sealed, str):
        sealed = datetime.fromisoformat(sealed)
    number = found.get("id")
    if number is None:
        number = db.session.scalar(select(Snapshot.id).where(Snapshot.digest == found["digest"]))
    return Stand(number, int(found["number"]), str(found["digest"]), sealed)


def _otherwise(items: Sequence[Item]) -> list[str]:
    """How the evening went otherwise than planned."""
    silent = [item.title for item in items if item.part and not item.outcome]
    extra = [item.title for item in items if item.outcome and not item.part]
    said = []
    if silent:
        said.append(
            _("On the agenda, but nothing was written down: %(themes)s.", themes=voices.listed(silent))
        )
    if extra:
        said.append(_("Discussed though not on the agenda: %(themes)s.", themes=voices.listed(extra)))
    return said


def _next(workshop: WorkshopRow, now: datetime) -> list[Next]:
    """Later activities of the process and what its council decided since, in order; one statement."""
    process = select(Process.id).where(Process.slug == workshop.process_slug).scalar_subquery()
    here = select(Activity.position).where(Activity.id == workshop.activity_id).scalar_subquery()
    begins = workshop.starts_at
    undated = (Activity.starts_at.is_(None)) & (Activity.position > here)
    later = Activity.position > here if begins is None else or_(Activity.starts_at > begins, undated)
    activities = select(
        false().label("decided"),
        Activity.id,
        Activity.position,
        Activity.title,
        Activity.starts_at,
        Activity.date_text,
    ).where(Activity.process_id == process, Activity.id != workshop.activity_id, later)
    decisions = select(
        true(),
        CouncilDecision.id,
        literal(0),
        CouncilDecision.title,
        CouncilDecision.decided_at,
        literal(""),
    ).where(CouncilDecision.process_id == process)
    if begins is not None:
        decisions = decisions.where(CouncilDecision.decided_at > begins)
    far = datetime.max.replace(tzinfo=now.tzinfo)
    rows = db.session.execute(activities.union_all(decisions)).all()
    found = sorted(rows, key=lambda row: (row.starts_at or far, row.decided, row.position, row.id))
    return [
        Next(
            _("The council decided: %(title)s", title=row.title) if row.decided else row.title,
            date_words(row.starts_at) if row.starts_at else row.date_text,
            None if row.decided else row.id,
        )
        for row in found
    ]
