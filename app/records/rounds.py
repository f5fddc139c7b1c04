"""Live rounds as every room reads them: what is asked, and what came of it once that is shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal, null, or_, select

from app.db import db
from app.domain import rounds as rules
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea
from app.models.room import PaperCount, Round, RoundKind, RoundOption, RoundState, RoundVote

VALUES: Mapping[RoundKind, tuple[int, ...]] = {
    RoundKind.FOR_AGAINST: (1, -1),
    RoundKind.AGREE: (1, 0, -1),
    RoundKind.OPEN: (1,),
}
"""What can be chosen per option; of dots any number up to those of the round."""
COUNTED: Mapping[RoundKind, tuple[int, ...]] = {**VALUES, RoundKind.DOTS: (1,)}
"""What is counted per option on paper: stickers one by one."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One question to the room."""

    id: int
    workshop_id: int
    theme_id: int | None
    kind: RoundKind
    question: str
    dots: int
    state: RoundState
    position: int
    opened_at: datetime | None
    closed_at: datetime | None
    revealed_at: datetime | None
    reopened: int = 0
    """How many times it was opened again after it had been closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One option with what it got. Before the round is revealed there are no figures in it."""

    option_id: int
    text: str
    idea_id: int | None
    """Only of an idea that is on the site."""
    counts: Mapping[int, int]
    """People by what they chose, from phones; of dots by how many they gave."""
    paper: Mapping[int, int] | None
    """The same from paper, as two people counted it alike; of dots the number of stickers under 1."""

    @property
    def dots(self) -> int:
        """All dots from phones; of another kind the sum of the choices."""
        return sum(value * people for value, people in self.counts.items())


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people voted by phone, and the options in their order; of a revealed round with what they got."""

    voters: int
    rows: tuple[Row, ...]


_COLUMNS: tuple[Any, ...] = tuple(getattr(Round, name) for name in RoundRow.__dataclass_fields__)


def of_workshop(workshop_id: int) -> list[RoundRow]:
    """The rounds of a workshop in their order, in one statement."""
    rows = db.session.execute(
        select(*_COLUMNS).where(Round.workshop_id == workshop_id).order_by(Round.position, Round.id)
    )
    return [RoundRow(*row) for row in rows]


def get(round_id: int) -> RoundRow | None:
    """One round."""
    row = db.session.execute(select(*_COLUMNS).where(Round.id == round_id)).one_or_none()
    return RoundRow(*row) if row else None


ROOT: Any = func.coalesce(RoundOption.merged_into_id, RoundOption.id)
"""The option that a choice counts for: answers that mean the same are one."""


def figures(of: RoundRow) -> Figures:
    """The options, and what they got once it is revealed: three statements, two before that."""
    return figures_of([of])[of.id]


def figures_of(all_: Sequence[RoundRow]) -> dict[int, Figures]:
    """The same of many rounds by their numbers, in as many statements."""
    if not all_:
        return {}
    numbers = [of.id for of in all_]
    options = db.session.execute(
        select(RoundOption.round_id, RoundOption.id, RoundOption.text, RoundOption.idea_id, Idea.state)
        .outerjoin(Idea, Idea.id == RoundOption.idea_id)
        .where(
            RoundOption.round_id.in_(numbers),
            RoundOption.merged_into_id.is_(None),
            RoundOption.hidden_at.is_(None),
        )
        .order_by(RoundOption.position, RoundOption.id)
    ).all()
    revealed = {of.id: of.kind for of in all_ if of.state is RoundState.REVEALED}
    voters, counts = _chosen(numbers, revealed)
    paper = _paper(revealed) if revealed else {}
    rows: dict[int, list[Row]] = {number: [] for number in numbers}
    for round_id, number, text, idea, state in options:
        rows[round_id].append(
            Row(
                option_id=number,
                text=text if idea is None or state == IdeaState.PUBLISHED else "",
                idea_id=idea if state == IdeaState.PUBLISHED else None,
                counts=counts.get(number, {}),
                paper=paper.get(number),
            )
        )
    return {number: Figures(voters.get(number, 0), tuple(rows[number])) for number in numbers}


IS_SHOWN: ColumnElement[bool] = and_(
    RoundOption.merged_into_id.is_(None),
    RoundOption.hidden_at.is_(None),
    or_(RoundOption.idea_id.is_(None), Idea.state == IdeaState.PUBLISHED),
)
"""Whether an option stands on screens: not hidden, not one with another, and no idea that left the site."""


def shown(option_ids: Collection[int]) -> set[int]:
    """Which of these options stand on screens."""
    return set(
        db.session.scalars(
            select(RoundOption.id)
            .outerjoin(Idea, Idea.id == RoundOption.idea_id)
            .where(RoundOption.id.in_(option_ids), IS_SHOWN)
        )
    )


def _chosen(
    asked: Collection[int], revealed: Collection[int]
) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
    """How many people voted by phone per round that was asked; of those that are revealed people by option and value.

    Who chose two answers that mean the same is one of them. One statement.
    """
    people = func.count(func.distinct(RoundVote.attendee_id))
    voted = (
        select(RoundVote.round_id, null(), people)
        .where(RoundVote.round_id.in_(asked))
        .group_by(RoundVote.round_id)
    )
    chosen = (
        select(ROOT, RoundVote.value, people)
        .join(RoundOption, RoundOption.id == RoundVote.option_id)
        .where(RoundVote.round_id.in_(revealed))
        .group_by(ROOT, RoundVote.value)
    )
    voters: dict[int, int] = {}
    counts: dict[int, dict[int, int]] = {}
    rows: Sequence[Any] = db.session.execute(voted.union_all(chosen)).all()
    for number, value, heads in rows:
        if value is None:
            voters[number] = heads
        else:
            counts.setdefault(number, {})[value] = heads
    return voters, counts


def _paper(revealed: Mapping[int, RoundKind]) -> dict[int, dict[int, int]]:
    """What two people counted alike, by option; the kinds of the rounds by their numbers."""
    entered: dict[int, dict[int, dict[int, int]]] = {}
    kinds: dict[int, RoundKind] = {}
    rows = db.session.execute(
        select(
            RoundOption.round_id,
            PaperCount.option_id,
            PaperCount.entered_by,
            PaperCount.value,
            PaperCount.number,
        )
        .join(RoundOption, RoundOption.id == PaperCount.option_id)
        .where(RoundOption.round_id.in_(revealed))
        .order_by(PaperCount.option_id, PaperCount.entered_by)
    )
    for round_id, option, by, value, number in rows:
        kinds[option] = revealed[round_id]
        entered.setdefault(option, {}).setdefault(by, {})[value] = number
    alike = {option: rules.agreed(counts, COUNTED[kinds[option]]) for option, counts in entered.items()}
    return {option: counts for option, counts in alike.items() if counts is not None}


def version(round_id: int) -> str:
    """Changes with every vote, option, count or state; one statement, empty for a round that is not there."""
    votes, options = _of(RoundVote, round_id), _of(RoundOption, round_id)
    counted = (
        select(func.count(), func.sum(PaperCount.number), func.max(PaperCount.entered_at))
        .join(RoundOption, RoundOption.id == PaperCount.option_id)
        .where(RoundOption.round_id == round_id)
        .subquery()
    )
    row = db.session.execute(
        select(Round.state, Round.reopened, Round.question, Round.dots, Round.kind, votes, options, counted)
        .select_from(Round)
        .join(votes, literal(True))
        .join(options, literal(True))
        .join(counted, literal(True))
        .where(Round.id == round_id)
    ).one_or_none()
    return "" if row is None else "|".join("" if each is None else str(each) for each in row)


def off_the_site(of: ColumnElement[bool]) -> ScalarSelect[Any]:
    """A mark of the options whose idea is not on the site: their pages and the screen change when one leaves it."""
    return (
        select(func.sum(RoundOption.id))
        .join(Idea, Idea.id == RoundOption.idea_id)
        .where(of, Idea.state != IdeaState.PUBLISHED)
        .correlate(None)
        .scalar_subquery()
    )


def _of(table: Any, round_id: int) -> Any:
    """What changes when a row of the table comes, goes or changes."""
    marks: list[Any]
    if table is RoundVote:
        marks = [
            func.count(),
            func.sum(table.value * table.option_id),
            func.sum(table.attendee_id),
            func.max(table.cast_at),
        ]
    else:
        marks = [
            func.count(),
            func.max(table.id),
            func.count(table.hidden_at),
            func.sum(table.merged_into_id * table.id),
            func.sum(table.position * table.id),
            off_the_site(table.round_id == round_id),
        ]
    named = [mark.label(f"{table.__tablename__}_{place}") for place, mark in enumerate(marks)]
    return select(*named).where(table.round_id == round_id).subquery()
