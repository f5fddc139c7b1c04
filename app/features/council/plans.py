"""What a decision of the council, or a correction of one, does to ideas: found before it is published, to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask_babel import gettext

from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.features.council.holding import who_follows
from app.features.council.rulings import Ruling, Verdict
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.council import CouncilResult
from app.records import council, notices, statuses
from app.records.council import FocusRow

BEFORE = frozenset({PublicStatus.BEFORE_COUNCIL})
LATE = frozenset({PublicStatus.DISCUSSED})
"""Discussed when the proposal with their theme was with the council already, so that they never were before it."""
DECIDED = frozenset({PublicStatus.ADOPTED, PublicStatus.NOT_ADOPTED})
BEGUN = frozenset({PublicStatus.IN_EXECUTION, PublicStatus.DONE})
_REASONS = {
    CouncilResult.ADOPTED: N_("The council agreed with “%(title)s”. %(text)s"),
    CouncilResult.AMENDED: N_("The council agreed with “%(title)s”, in other words: %(text)s"),
    CouncilResult.NOT_ADOPTED: N_("The council did not agree with “%(title)s”: %(text)s"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision does to ideas: their next status, and the reason that everybody reads.

    Back before the council an idea goes without a reason of its own: the note of the correction says it.
    """

    moves: Mapping[int, tuple[PublicStatus, str]]
    people: int = 0
    turns_begun: bool = False
    """Whether ideas that are carried out already would not be adopted any more."""

    def count(self, status: PublicStatus) -> int:
        """How many ideas get this status."""
        return sum(after == status for after, _reason in self.moves.values())

    def to(self, status: PublicStatus) -> dict[int, str]:
        """The ideas that get this status, each with its reason."""
        return {number: reason for number, (after, reason) in self.moves.items() if after == status}

    @property
    def mark(self) -> str:
        """A short name of all of it: what is confirmed is what was shown."""
        told = ";".join(
            f"{number}:{after}:{reason}" for number, (after, reason) in sorted(self.moves.items())
        )
        return sha256(f"{self.people}|{told}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Sight:
    """The elements of a process with what the council did with each by a ruling, whatever is published of it."""

    focus: Sequence[FocusRow]
    ruling: Ruling

    def verdict(self, row: FocusRow) -> Verdict | None:
        """What the council did with an element by this or an earlier decision; None: not yet."""
        mine = self.ruling.verdicts.get(row.id)
        return mine or (Verdict(row.result, row.result_text) if row.result is not None else None)

    def outcome(self, theme_ids: Sequence[int]) -> tuple[PublicStatus, str]:
        """What all decisions together come to for an idea with these themes, and the reason.

        Adopted when the council agreed with an element of one of its themes, whichever proposal held it. Otherwise
        an idea that also waits for the decision on another proposal stays before the council.
        """
        about = [row for row in self.focus if row.theme_id in theme_ids]
        # This decision tells its own reason where it can.
        about.sort(key=lambda row: row.id not in self.ruling.verdicts)
        found = [(row, verdict) for row in about if (verdict := self.verdict(row))]
        taken = next((pair for pair in found if pair[1].is_taken), None)
        if taken is not None:
            return PublicStatus.ADOPTED, _reason(*taken)
        if not found or any(row.is_fixed and self.verdict(row) is None for row in about):
            return PublicStatus.BEFORE_COUNCIL, ""
        return PublicStatus.NOT_ADOPTED, _reason(*found[0])

    def outcome_late(self, theme_ids: Sequence[int]) -> tuple[PublicStatus, str]:
        """The same for an idea that was discussed late: while any element of its themes is not decided on, it may still
        go along with that one."""
        found = self.outcome(theme_ids)
        waits = any(row.theme_id in theme_ids and self.verdict(row) is None for row in self.focus)
        return found if found[0] == PublicStatus.ADOPTED or not waits else (PublicStatus.DISCUSSED, "")


def of_decision(process_id: int, ruling: Ruling, now: datetime) -> Plan:
    """What would happen to ideas when this decision is published now."""
    sight = _Sight(council.focus_of(process_id), ruling)
    concerned = {row.theme_id for row in sight.focus if row.id in ruling.verdicts}
    ideas = _ideas(process_id, sight.focus, concerned, BEFORE)
    found = {number: sight.outcome(its) for number, its in ideas.items()}
    found |= {
        number: sight.outcome_late(its) for number, its in _late(process_id, sight.focus, concerned).items()
    }
    moves = {number: move for number, move in found.items() if move[0] in DECIDED}
    others = notices.size(who_follows(process_id, concerned, moves), now)
    return Plan(moves, statuses.hears(moves, now) + others)


def of_correction(process_id: int, before: Ruling, after: Ruling, now: datetime) -> Plan:
    """What would happen to ideas when a published decision is corrected now.

    Something can turn only where the council agrees with an element by one of the two and not by the other; and only
    for ideas for which all decisions together come to something else. What an organiser gave another status than they
    came to before keeps it.
    """
    turned = {
        number
        for number, verdict in after.verdicts.items()
        if verdict.is_taken != before.verdicts[number].is_taken
    }
    if not turned:
        return Plan({})
    focus = council.focus_of(process_id)
    then, later = _Sight(focus, before), _Sight(focus, after)
    concerned = {row.theme_id for row in focus if row.id in turned}
    ideas = _ideas(process_id, focus, concerned, BEFORE | DECIDED | BEGUN)
    present = statuses.statuses_of(ideas)
    moves, turns_begun = {}, False
    for number, its in ideas.items():
        was, move = then.outcome(its)[0], later.outcome(its)
        if move[0] == was:
            continue
        turns_begun = turns_begun or (present[number] in BEGUN and was == PublicStatus.ADOPTED)
        if present[number] == was:
            moves[number] = move
    for number, its in _late(process_id, focus, concerned).items():
        move = later.outcome_late(its)
        if move[0] in DECIDED and then.outcome_late(its)[0] != move[0]:
            moves[number] = move
    return Plan(moves, statuses.hears(moves, now), turns_begun)


def _ideas(
    process_id: int,
    focus: Sequence[FocusRow],
    concerned: set[int | None],
    status: frozenset[PublicStatus],
    *,
    never: PublicStatus | None = None,
) -> dict[int, list[int]]:
    """Ideas with one of the themes concerned, and all their themes of which there are elements."""
    themes = {row.theme_id for row in focus if row.theme_id is not None}
    found = statuses.in_themes(process_id, themes, status, never=never)
    return {number: its for number, its in found.items() if concerned & set(its)}


def _late(process_id: int, focus: Sequence[FocusRow], concerned: set[int | None]) -> dict[int, list[int]]:
    """Those that were discussed late; what an organiser put back from before the council stays back."""
    return _ideas(process_id, focus, concerned, LATE, never=PublicStatus.BEFORE_COUNCIL)


def _reason(row: FocusRow, verdict: Verdict) -> str:
    """The sentence that stays with the idea, in the language of the site."""
    with speaking(DEFAULT_LANGUAGE):
        return str(gettext(_REASONS[verdict.result], title=row.title, text=verdict.text)).strip()
