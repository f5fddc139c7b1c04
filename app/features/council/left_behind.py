"""Ideas of a process that did not make it, by the station at which they stayed, each with its why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.domain.decision import N_
from app.domain.lifecycle import READABLE_STATES, IdeaState, PublicStatus, RefusalReason
from app.models.council import CouncilProposal, CouncilResult, FocusElement
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.outcome import Outcome
from app.models.process import Call, Theme
from app.records import why_not

COUNCIL, PROPOSAL, OUTCOME, MERGED, AGENDA = "council", "proposal", "outcome", "merged", "agenda"
HEADINGS = {
    COUNCIL: N_("The council did not agree"),
    PROPOSAL: N_("Did not go along to the council"),
    OUTCOME: N_("Talked about, but no focus element came of it"),
    AGENDA: N_("Not on the agenda"),
    MERGED: N_("Went on in another idea"),
}
SHOWN = 25
"""So many ideas of a station are named on a page; the others follow on the next ones."""


@dataclass(frozen=True, slots=True)
class Left:
    """An idea that went no further. `sentence` is English, to be translated with `values`."""

    id: int
    title: str
    station: str
    sentence: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Station:
    """The ideas that stayed at a station: some of them, the place of the first of these, and how many there are."""

    key: str
    title: str
    ideas: tuple[Left, ...]
    number: int
    start: int = 0

    @property
    def before(self) -> int | None:
        """Where the ideas before these begin."""
        return max(0, self.start - SHOWN) if self.start else None

    @property
    def after(self) -> int | None:
        """Where the ideas after these begin."""
        return self.start + SHOWN if self.start + SHOWN < self.number else None


def of_process(process_id: int, at: str = "", start: int = 0) -> list[Station]:
    """Where ideas stayed, in a few statements whatever their number; of the station `at` from the place `start` on.

    Only merges before a proposal went to the council: until then every other idea may still come along.
    """
    elements = _elements(process_id)
    handed = max((at for _theme, _title, at, _result in elements if at is not None), default=None)
    found = [*_merged(process_id)]
    if handed is not None:
        found += [*_not_adopted(process_id), *_stayed(process_id, handed, elements)]
    order = list(HEADINGS)
    found.sort(key=lambda each: (order.index(each.station), each.title.casefold(), each.id))
    groups = [(station, list(ideas)) for station, ideas in groupby(found, key=lambda each: each.station)]
    return [_station(key, ideas, start if key == at else 0) for key, ideas in groups]


def _station(key: str, ideas: Sequence[Left], start: int) -> Station:
    first = start if 0 <= start < len(ideas) else 0
    return Station(key, HEADINGS[key], tuple(ideas[first : first + SHOWN]), len(ideas), first)


def refused(process_id: int) -> list[tuple[RefusalReason, int]]:
    """How many ideas moderators did not place for which house rule, such as outside the mandate of the municipality.

    Nobody reads their titles; their authors read why. Most first.
    """
    rows = db.session.execute(
        select(ModerationDecision.reason, func.count(func.distinct(Idea.id)))
        .join(Idea, Idea.id == ModerationDecision.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(
            Call.process_id == process_id,
            Idea.state == IdeaState.REFUSED,
            ModerationDecision.verb == ModerationVerb.REFUSE,
            ModerationDecision.reason.is_not(None),
            ModerationDecision.undone_at.is_(None),
        )
        .group_by(ModerationDecision.reason)
    )
    return sorted(
        ((row[0], row[1]) for row in rows if row[0] is not None), key=lambda pair: (-pair[1], pair[0])
    )


def _merged(process_id: int) -> list[Left]:
    other = Idea.__table__.alias("other")
    rows = db.session.execute(
        select(Idea.id, Idea.title, other.c.title, other.c.state)
        .join(Call, Call.id == Idea.call_id)
        .join(other, other.c.id == Idea.merged_into_id)
        .where(Call.process_id == process_id, Idea.state == IdeaState.MERGED)
    )
    said = N_("It became one with “%(title)s”, which says the same.")
    gone = N_("It became one with another idea, which is no longer on the site.")
    return [
        Left(row[0], row[1], MERGED, said, {"title": row[2]})
        if row[3] in READABLE_STATES
        else Left(row[0], row[1], MERGED, gone, {})
        for row in rows
    ]


def _not_adopted(process_id: int) -> list[Left]:
    last = (
        select(func.max(StatusChange.id))
        .where(StatusChange.idea_id == Idea.id, StatusChange.status == PublicStatus.NOT_ADOPTED)
        .correlate(Idea)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Idea.id, Idea.title, StatusChange.reason)
        .join(Call, Call.id == Idea.call_id)
        .outerjoin(StatusChange, StatusChange.id == last)
        .where(
            Call.process_id == process_id,
            Idea.state == IdeaState.PUBLISHED,
            Idea.public_status == PublicStatus.NOT_ADOPTED,
        )
    )
    return [Left(row[0], row[1], COUNCIL, "%(reason)s", {"reason": row[2] or ""}) for row in rows]


def _elements(process_id: int) -> list[tuple[int | None, str, datetime | None, CouncilResult | None]]:
    """Of each focus element its theme and title, when its proposal went to the council, and the result."""
    rows = db.session.execute(
        select(FocusElement.theme_id, FocusElement.title, CouncilProposal.handed_in_at, FocusElement.result)
        .outerjoin(CouncilProposal, CouncilProposal.id == FocusElement.proposal_id)
        .where(FocusElement.process_id == process_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _stayed(
    process_id: int,
    handed: datetime,
    of: Sequence[tuple[int | None, str, datetime | None, CouncilResult | None]],
) -> list[Left]:
    """Ideas that never came before the council although a proposal did."""
    elements: dict[int | None, list[tuple[str, bool, str]]] = {}
    for theme_id, title, handed_in_at, result in of:
        elements.setdefault(theme_id, []).append((title, handed_in_at is not None, result or ""))
    discussed = set(
        db.session.scalars(
            select(Outcome.theme_id)
            .join(Theme, Theme.id == Outcome.theme_id)
            .where(Theme.process_id == process_id)
        )
    )
    rows = db.session.execute(
        select(Idea.id, Idea.title, Theme.id, Theme.title, Idea.public_status)
        .join(Call, Call.id == Idea.call_id)
        .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .join(Theme, Theme.id == IdeaTheme.theme_id)
        .where(
            Call.process_id == process_id,
            Idea.state == IdeaState.PUBLISHED,
            Idea.public_status.in_(why_not.STILL),
            Idea.published_at <= handed,
        )
        .order_by(Idea.id, Theme.position, Theme.id)
    ).all()
    found = []
    for idea_id, group in groupby(rows, key=lambda row: row[0]):
        its = list(group)
        left = _left(idea_id, its, elements, discussed)
        if left is not None:
            found.append(left)
    return found


def _left(
    idea_id: int,
    rows: Sequence[Any],
    elements: dict[int | None, list[tuple[str, bool, str]]],
    discussed: set[int | None],
) -> Left | None:
    title = rows[0][1]
    about = [element for row in rows for element in elements.get(row[2], [])]
    talked = next((row[3] for row in rows if row[2] in discussed), "")
    told = why_not.reason(
        rows[0][3],
        status=rows[0][4],
        workshop="",
        was_discussed=bool(talked),
        theme_discussed=talked,
        elements=about,
    )
    if told is not None:
        station = PROPOSAL if about else OUTCOME
        return Left(idea_id, title, station, told.sentence, dict(told.values))
    if about:
        return None
    sentence = N_(
        "Its theme %(theme)s was not on the agenda, or nothing was concluded on it. Its page says more."
    )
    return Left(idea_id, title, AGENDA, sentence, {"theme": rows[0][3]})
