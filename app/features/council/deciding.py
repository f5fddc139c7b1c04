"""Decisions of the council: published once, shown first with what they do to ideas, and corrected in sight."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision
from app.domain.lifecycle import PublicStatus
from app.features.council import plans
from app.features.council.holding import Overtaken, hold, proposal_of, who_follows
from app.features.council.plans import BEFORE, DECIDED, LATE, Plan
from app.features.council.proposals import announce
from app.features.council.rulings import Ruling, as_ruling, plain, ruling_mark
from app.kit import audit, moments
from app.models.council import CouncilDecision, FocusElement
from app.models.following import NoticeKind
from app.models.person import Person
from app.policies.council import may_arrange, may_decide
from app.records import notices, statuses
from app.records.notices import page
from app.records.trail_parts import COUNCIL_SAID

LONGEST = 280
"""So much of a decision stands in a message."""
HALF_A_DAY, MOMENT = timedelta(hours=12), timedelta(minutes=1)
_BEGUN = Decision(
    N_("Ideas of this focus element are being carried out already. Correct the status of those ideas first.")
)

_AS_IT_IS = Decision(N_("The decision says this already, so your note was not published."))


def decide(
    organiser: Person, process_id: int, proposal_id: int, ruling: Ruling, seen: str, now: datetime
) -> bool:
    """Publish what the council decided, and move its ideas; whether it was not published yet.

    `seen` is the mark of the plan that was shown. Raises NotAllowed, LookupError, and Overtaken when something else
    would happen by now, or another decision was published meanwhile.
    """
    may_arrange(organiser).or_raise()
    process = hold(process_id)
    proposal = proposal_of(process_id, proposal_id)
    known = db.session.scalar(select(CouncilDecision).where(CouncilDecision.proposal_id == proposal_id))
    if known is not None:
        mine = replace(ruling, decided_at=_moment(ruling.decided_at, proposal.handed_in_at, now))
        is_same = ruling_mark(as_ruling(*published(process_id, known.id))) == ruling_mark(mine)
        db.session.rollback()
        if is_same:
            return False
        raise Overtaken
    may_decide(organiser, is_handed_in=proposal.is_handed_in, is_decided=False).or_raise()
    found = plans.of_decision(process_id, ruling, now)
    if found.mark != seen:
        db.session.rollback()
        raise Overtaken
    decision = CouncilDecision(
        process_id=process_id,
        proposal_id=proposal_id,
        title=ruling.title,
        text=ruling.text,
        result=ruling.result,
        document_url=ruling.document_url,
        decided_at=_moment(ruling.decided_at, proposal.handed_in_at, now),
    )
    db.session.add(decision)
    db.session.flush()
    elements = _elements(proposal_id)
    for element in elements:
        verdict = ruling.verdicts[element.id]
        element.decision_id, element.result, element.result_text = decision.id, verdict.result, verdict.text
    moved = _carry(found, organiser, now)
    notices.tell(
        who_follows(process_id, (element.theme_id for element in elements), moved),
        NoticeKind.STATUS,
        f"decision:{decision.id}",
        COUNCIL_SAID[ruling.result],
        "%(sentence)s",
        page("council.show", slug=process.slug, anchor="decisions"),
        now,
        title=ruling.title,
        sentence=ruling.text if len(ruling.text) <= LONGEST else f"{ruling.text[: LONGEST - 1].rstrip()}…",
    )
    audit.record(
        organiser,
        "council.decide",
        decision,
        now,
        after={"title": ruling.title, "outcome": ruling.result, "ideas": len(moved)},
    )
    db.session.commit()
    announce(moved)
    return True


def correct(
    organiser: Person,
    process_id: int,
    decision_id: int,
    ruling: Ruling,
    note: str,
    seen: str,
    sure: str,
    now: datetime,
) -> bool:
    """Correct a decision that was published, with a note that everybody reads; whether anything changed.

    `seen` is the mark of the decision that was corrected, `sure` the mark of the plan that was shown, which only a
    correction that moves ideas needs. Ideas whose outcome changes go back before the council first, so that their
    trail shows the mistake. Raises NotAllowed, Overtaken and LookupError.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    decision, elements = published(process_id, decision_id)
    before = as_ruling(decision, elements)
    ruling = _same_moment(ruling, before)
    if before == ruling:
        told = [each["note"] for each in decision.corrections or ()]
        db.session.rollback()
        if note in told[-1:]:
            return False
        raise Overtaken(_AS_IT_IS)
    found = plans.of_correction(process_id, before, ruling, now)
    if ruling_mark(before) != seen:
        db.session.rollback()
        raise Overtaken
    if found.turns_begun:
        _BEGUN.or_raise()
    if found.moves and found.mark != sure:
        db.session.rollback()
        raise Overtaken
    for element in elements:
        verdict = ruling.verdicts[element.id]
        element.result, element.result_text = verdict.result, verdict.text
        element.finished_at = element.finished_at if verdict.is_taken else None
    decision.title, decision.text, decision.result = ruling.title, ruling.text, ruling.result
    handed_in_at = (
        proposal_of(process_id, decision.proposal_id).handed_in_at if decision.proposal_id else None
    )
    decision.document_url = ruling.document_url
    decision.decided_at = _moment(ruling.decided_at, handed_in_at, now)
    decision.corrections = [*(decision.corrections or []), {"at": now.isoformat(), "note": note}]
    db.session.flush()
    moved = _turn(found, note, organiser, now)
    audit.record(
        organiser,
        "council.correct",
        decision,
        now,
        before=plain(before),
        after={**plain(ruling), "ideas": len(moved)},
        why=note,
    )
    db.session.commit()
    announce(moved)
    return True


def plan_of_correction(process_id: int, decision_id: int, ruling: Ruling, now: datetime) -> Plan:
    """What would happen to ideas when this decision is corrected now. Raises NotAllowed and LookupError."""
    before = as_ruling(*published(process_id, decision_id))
    found = plans.of_correction(process_id, before, _same_moment(ruling, before), now)
    if found.turns_begun:
        _BEGUN.or_raise()
    return found


def published(process_id: int, decision_id: int) -> tuple[CouncilDecision, list[FocusElement]]:
    """A decision as it stands now, with its elements. Raises LookupError."""
    decision = db.session.get(CouncilDecision, decision_id, populate_existing=True)
    if decision is None or decision.process_id != process_id:
        raise LookupError(decision_id)
    elements = select(FocusElement).where(FocusElement.decision_id == decision_id)
    return decision, list(db.session.scalars(elements))


def _same_moment(ruling: Ruling, before: Ruling) -> Ruling:
    """The form knows the day only: of the same day it is the same moment."""
    if moments.day_of(ruling.decided_at) != moments.day_of(before.decided_at):
        return ruling
    return replace(ruling, decided_at=before.decided_at)


def _moment(at: datetime, handed_in_at: datetime | None, now: datetime) -> datetime:
    """When it was decided, as the trail puts it in order. Of the day that somebody filled in it is midday, but no
    council decides on the day that it got a proposal before it had it, nor later than now."""
    if handed_in_at is not None and at < handed_in_at < at + HALF_A_DAY:
        at = handed_in_at + MOMENT
    return min(at, now)


def _elements(proposal_id: int) -> list[FocusElement]:
    return list(
        db.session.scalars(
            select(FocusElement)
            .where(FocusElement.proposal_id == proposal_id)
            .order_by(FocusElement.position, FocusElement.id)
        )
    )


def _carry(found: Plan, by: Person, now: datetime) -> list[int]:
    moved: list[int] = []
    for status in (PublicStatus.ADOPTED, PublicStatus.NOT_ADOPTED):
        moved += statuses.move_all(found.to(status), BEFORE | LATE, status, by, now)
    return moved


def _turn(found: Plan, note: str, by: Person, now: datetime) -> list[int]:
    """Ideas whose outcome is another one by the corrected decision: back before the council, and on from there.

    Those that wait for the decision on another proposal stay there, and people hear of that step.
    """
    wait = dict.fromkeys(found.to(PublicStatus.BEFORE_COUNCIL), note)
    moved = statuses.move_all(wait, DECIDED, PublicStatus.BEFORE_COUNCIL, by, now)
    on = dict.fromkeys(found.moves.keys() - wait.keys(), note)
    statuses.move_all(on, DECIDED, PublicStatus.BEFORE_COUNCIL, by, now, is_correction=True)
    return moved + _carry(found, by, now)
