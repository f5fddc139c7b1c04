"""What the pages of the room read: options with one's own choice, answers with their support, counts from paper."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.models.idea import IdeaTheme
from app.models.person import Person
from app.models.room import PaperCount, Round, RoundOption, RoundState, RoundVote
from app.records import agenda_versions, rounds


def choices_of(round_id: int, attendee_id: int) -> dict[int, int]:
    """What somebody chose, by the option that it counts for."""
    rows = db.session.execute(
        select(rounds.ROOT, RoundVote.value)
        .join(RoundOption, RoundOption.id == RoundVote.option_id)
        .where(RoundVote.round_id == round_id, RoundVote.attendee_id == attendee_id)
    )
    return {row[0]: row[1] for row in rows}


def by_group(round_ids: Collection[int]) -> dict[int, dict[Group, dict[int, int]]]:
    """People by value, group and option of these rounds. Whoever shows them withholds what is too small."""
    found: dict[int, dict[Group, dict[int, int]]] = {}
    if not round_ids:
        return found
    rows = db.session.execute(
        select(
            rounds.ROOT, RoundVote.group, RoundVote.value, func.count(func.distinct(RoundVote.attendee_id))
        )
        .join(RoundOption, RoundOption.id == RoundVote.option_id)
        .where(RoundVote.round_id.in_(round_ids))
        .group_by(rounds.ROOT, RoundVote.group, RoundVote.value)
    )
    for option, group, value, people in rows:
        found.setdefault(option, {}).setdefault(group, {})[value] = people
    return found


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer of the room, for the facilitator: without who wrote it, and without figures before they are shown."""

    id: int
    text: str
    merged_into_id: int | None
    hidden_at: datetime | None


def answers(round_id: int) -> list[AnswerRow]:
    """All answers, in the order in which they came."""
    rows = db.session.execute(
        select(RoundOption.id, RoundOption.text, RoundOption.merged_into_id, RoundOption.hidden_at)
        .where(RoundOption.round_id == round_id)
        .order_by(RoundOption.position, RoundOption.id)
    )
    return [AnswerRow(*row) for row in rows]


def own_options(round_id: int) -> list[tuple[str, int | None]]:
    """The options as they were filled in, for the form."""
    rows = db.session.execute(
        select(RoundOption.text, RoundOption.idea_id)
        .where(RoundOption.round_id == round_id)
        .order_by(RoundOption.position, RoundOption.id)
    )
    return [(row[0], row[1]) for row in rows]


def ideas_of_theme(theme_id: int) -> set[int]:
    """The ideas that stand under a theme."""
    return set(db.session.scalars(select(IdeaTheme.idea_id).where(IdeaTheme.theme_id == theme_id)))


def titles(ids: Sequence[int]) -> list[tuple[str, int]]:
    """Titles of ideas that are on the site, in the order asked for."""
    known = agenda_versions.idea_titles(ids)
    return [(known[number], number) for number in ids if number in known]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """What one person counted."""

    person_id: int
    name: str
    numbers: Mapping[tuple[int, int], int]


def paper_of(round_id: int) -> list[PaperRow]:
    """What people counted on paper, first who entered first."""
    rows = db.session.execute(
        select(PaperCount.entered_by, Person.name, PaperCount.option_id, PaperCount.value, PaperCount.number)
        .join(RoundOption, RoundOption.id == PaperCount.option_id)
        .join(Person, Person.id == PaperCount.entered_by)
        .where(RoundOption.round_id == round_id)
        .order_by(PaperCount.entered_by)
    )
    found: dict[int, tuple[str, dict[tuple[int, int], int]]] = {}
    for person, name, option, value, number in rows:
        found.setdefault(person, (name, {}))[1][option, value] = number
    return [PaperRow(person, name, numbers) for person, (name, numbers) in found.items()]


def voters(round_ids: Collection[int]) -> dict[int, int]:
    """How many people voted by phone, per round."""
    rows = db.session.execute(
        select(RoundVote.round_id, func.count(func.distinct(RoundVote.attendee_id)))
        .where(RoundVote.round_id.in_(round_ids))
        .group_by(RoundVote.round_id)
    )
    return {row[0]: row[1] for row in rows}


def option_marks(round_id: int) -> str:
    """Changes with the options that show, and not with votes."""
    row = db.session.execute(
        select(
            func.count(),
            func.max(RoundOption.id),
            func.count(RoundOption.hidden_at),
            func.sum(RoundOption.merged_into_id * RoundOption.id),
            rounds.off_the_site(RoundOption.round_id == round_id),
        ).where(RoundOption.round_id == round_id)
    ).one()
    return "|".join(str(each) for each in row)


def hidden(round_id: int) -> int:
    """How many answers are off the screens."""
    return db.session.scalars(
        select(func.count(RoundOption.hidden_at)).where(RoundOption.round_id == round_id)
    ).one()


def revealed(workshop_id: int) -> list[int]:
    """The rounds of which everybody may see the result."""
    rows = select(Round.id).where(Round.workshop_id == workshop_id, Round.state == RoundState.REVEALED)
    return list(db.session.scalars(rows.order_by(Round.position, Round.id)))
