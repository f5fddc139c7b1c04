"""What the council decided: on a proposal and on each of its elements, what that does to ideas, and corrections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from flask_babel import gettext
from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision
from app.domain.lifecycle import PublicStatus
from app.features.council.holding import Overtaken, hold, proposal_of
from app.features.council.proposals import announce
from app.kit import audit, moments
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.council import CouncilDecision, CouncilResult, FocusElement
from app.models.person import Person
from app.policies.council import TAKEN, may_arrange, may_decide
from app.records import council, statuses
from app.records.council import FocusRow

BEFORE = frozenset({PublicStatus.BEFORE_COUNCIL})
DECIDED = frozenset({PublicStatus.ADOPTED, PublicStatus.NOT_ADOPTED})
HALF_A_DAY, MOMENT = timedelta(hours=12), timedelta(minutes=1)
_REASONS = {
    CouncilResult.ADOPTED: N_("The council agreed with “%(title)s”. %(text)s"),
    CouncilResult.AMENDED: N_("The council agreed with “%(title)s”, in other words: %(text)s"),
    CouncilResult.NOT_ADOPTED: N_("The council did not agree with “%(title)s”: %(text)s"),
}
_BEGUN = Decision(
    N_("Ideas of this focus element are being carried out already. Correct the status of those ideas first.")
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the council did with one element, and how it changed it or why it did not agree."""

    result: CouncilResult
    text: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision as an organiser notes it down: on the whole, and per element by its number."""

    title: str
    text: str
    document_url: str
    decided_at: datetime
    verdicts: Mapping[int, Verdict]

    @property
    def result(self) -> CouncilResult:
        """What it comes to: everything as it was, nothing at all, or something in between."""
        results = {verdict.result for verdict in self.verdicts.values()}
        return results.pop() if len(results) == 1 else CouncilResult.AMENDED


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision does to ideas: their next status, and the reason that everybody reads."""

    moves: Mapping[int, tuple[PublicStatus, str]]
    people: int = 0

    def count(self, status: PublicStatus) -> int:
        """How many ideas get this status."""
        return sum(after == status for after, _reason in self.moves.values())

    @property
    def mark(self) -> str:
        """A short name of all of it: what is confirmed is what was shown."""
        told = ";".join(
            f"{number}:{after}:{reason}" for number, (after, reason) in sorted(self.moves.items())
        )
        return sha256(f"{self.people}|{told}".encode()).hexdigest()[:16]


def plan(process_id: int, proposal_id: int, ruling: Ruling, now: datetime) -> Plan:
    """What would happen to ideas when this is published now."""
    moves = _moves(process_id, proposal_id, ruling, BEFORE)
    return Plan(moves, statuses.hears(moves, now))


def decide(
    organiser: Person, process_id: int, proposal_id: int, ruling: Ruling, seen: str, now: datetime
) -> bool:
    """Publish what the council decided, and move its ideas; whether it was not published yet.

    `seen` is the mark of the plan that was shown. Raises NotAllowed, LookupError, and Overtaken when something else
    would happen by now, or another decision was published meanwhile.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    proposal = proposal_of(process_id, proposal_id)
    known = db.session.scalar(select(CouncilDecision).where(CouncilDecision.proposal_id == proposal_id))
    if known is not None:
        is_same = (known.title, known.text, known.result) == (ruling.title, ruling.text, ruling.result)
        db.session.rollback()
        if is_same:
            return False
        raise Overtaken
    may_decide(organiser, is_handed_in=proposal.is_handed_in, is_decided=False).or_raise()
    found = plan(process_id, proposal_id, ruling, now)
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
    for element in _elements(proposal_id):
        verdict = ruling.verdicts[element.id]
        element.decision_id, element.result, element.result_text = decision.id, verdict.result, verdict.text
    moved = _carry(found.moves, BEFORE, organiser, now)
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
    organiser: Person, process_id: int, decision_id: int, ruling: Ruling, note: str, seen: str, now: datetime
) -> bool:
    """Correct a decision that was published, with a note that everybody reads; whether anything changed.

    Ideas whose outcome changes with it go back before the council first, so that their trail shows the mistake.
    Raises NotAllowed, Overtaken and LookupError.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    decision = db.session.get(CouncilDecision, decision_id, populate_existing=True)
    if decision is None or decision.process_id != process_id:
        raise LookupError(decision_id)
    elements = list(db.session.scalars(select(FocusElement).where(FocusElement.decision_id == decision_id)))
    before = as_ruling(decision, elements)
    if moments.day_of(ruling.decided_at) == moments.day_of(before.decided_at):
        ruling = replace(ruling, decided_at=before.decided_at)  # the form knows the day only
    if before == ruling:
        db.session.rollback()
        return False
    if ruling_mark(before) != seen:
        db.session.rollback()
        raise Overtaken
    turned = {
        element.theme_id
        for element in elements
        if (ruling.verdicts[element.id].result in TAKEN) != (before.verdicts[element.id].result in TAKEN)
    }
    begun = (PublicStatus.IN_EXECUTION, PublicStatus.DONE)
    if turned - {None} and statuses.in_themes(process_id, turned - {None}, begun):  # type: ignore[arg-type]
        _BEGUN.or_raise()
    for element in elements:
        verdict = ruling.verdicts[element.id]
        element.result, element.result_text = verdict.result, verdict.text
    decision.title, decision.text, decision.result = ruling.title, ruling.text, ruling.result
    handed_in_at = (
        proposal_of(process_id, decision.proposal_id).handed_in_at if decision.proposal_id else None
    )
    decision.document_url = ruling.document_url
    decision.decided_at = _moment(ruling.decided_at, handed_in_at, now)
    decision.corrections = [*(decision.corrections or []), {"at": now.isoformat(), "note": note}]
    db.session.flush()
    moved = _turn(process_id, decision.proposal_id, ruling, note, organiser, now)
    audit.record(
        organiser,
        "council.correct",
        decision,
        now,
        before=_plain(before),
        after={**_plain(ruling), "ideas": len(moved)},
        why=note,
    )
    db.session.commit()
    announce(moved)
    return True


def as_ruling(decision: CouncilDecision, elements: Iterable[FocusElement]) -> Ruling:
    """A published decision in the shape of the form that corrects it."""
    return Ruling(
        decision.title,
        decision.text,
        decision.document_url,
        decision.decided_at,
        {
            element.id: Verdict(element.result or decision.result, element.result_text or "")
            for element in elements
        },
    )


def _moment(at: datetime, handed_in_at: datetime | None, now: datetime) -> datetime:
    """When it was decided, as the trail puts it in order. Of the day that somebody filled in it is midday, but no
    council decides on the day that it got a proposal before it had it, nor later than now."""
    if handed_in_at is not None and at < handed_in_at < at + HALF_A_DAY:
        at = handed_in_at + MOMENT
    return min(at, now)


def ruling_mark(ruling: Ruling) -> str:
    """A short name of all that a decision says, for a form to compare with later."""
    return sha256(str(sorted(_plain(ruling).items())).encode()).hexdigest()[:16]


def _plain(ruling: Ruling) -> dict[str, object]:
    return {
        "title": ruling.title,
        "text": ruling.text,
        "outcome": ruling.result,
        "document_url": ruling.document_url,
        "at": moments.day_of(ruling.decided_at).isoformat(),
        "elements": [
            f"{number}: {verdict.result} {verdict.text}".rstrip()
            for number, verdict in sorted(ruling.verdicts.items())
        ],
    }


def _elements(proposal_id: int) -> list[FocusElement]:
    return list(
        db.session.scalars(
            select(FocusElement)
            .where(FocusElement.proposal_id == proposal_id)
            .order_by(FocusElement.position, FocusElement.id)
        )
    )


def _moves(
    process_id: int, proposal_id: int | None, ruling: Ruling, before: frozenset[PublicStatus]
) -> dict[int, tuple[PublicStatus, str]]:
    """What becomes of each idea: adopted when the council agreed with an element of one of its themes.

    An idea that also waits for the decision on another proposal stays before the council when it is not adopted.
    """
    focus = council.focus_of(process_id)
    decided = [row for row in focus if row.id in ruling.verdicts and row.theme_id is not None]
    waits = {
        row.theme_id
        for row in focus
        if row.is_fixed and row.result is None and row.proposal_id != proposal_id
    }
    themes = {row.theme_id for row in (*decided, *focus) if row.theme_id is not None}
    moves: dict[int, tuple[PublicStatus, str]] = {}
    for idea_id, its in statuses.in_themes(process_id, themes, before).items():
        about = [row for row in decided if row.theme_id in its]
        if not about:
            continue
        taken = next((row for row in about if ruling.verdicts[row.id].result in TAKEN), None)
        if taken is None and waits & set(its):
            continue
        status = PublicStatus.NOT_ADOPTED if taken is None else PublicStatus.ADOPTED
        row = taken or about[0]
        moves[idea_id] = status, _reason(row, ruling.verdicts[row.id])
    return moves


def _reason(row: FocusRow, verdict: Verdict) -> str:
    """The sentence that stays with the idea, in the language of the site."""
    with speaking(DEFAULT_LANGUAGE):
        return str(gettext(_REASONS[verdict.result], title=row.title, text=verdict.text)).strip()


def _carry(
    moves: Mapping[int, tuple[PublicStatus, str]],
    before: frozenset[PublicStatus],
    by: Person,
    now: datetime,
) -> list[int]:
    moved: list[int] = []
    for status in (PublicStatus.ADOPTED, PublicStatus.NOT_ADOPTED):
        reasons = {number: reason for number, (after, reason) in moves.items() if after == status}
        moved += statuses.move_all(reasons, before, status, by, now)
    return moved


def _turn(
    process_id: int, proposal_id: int | None, ruling: Ruling, note: str, by: Person, now: datetime
) -> list[int]:
    """Ideas whose outcome is another one by the corrected decision: back before the council, and on from there."""
    wanted = _moves(process_id, proposal_id, ruling, DECIDED)
    present = statuses.statuses_of(wanted)
    wrong = {number: move for number, move in wanted.items() if move[0] != present[number]}
    statuses.move_all(
        dict.fromkeys(wrong, note), DECIDED, PublicStatus.BEFORE_COUNCIL, by, now, is_correction=True
    )
    return _carry(wrong, BEFORE, by, now)
