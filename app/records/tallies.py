"""Votes and their tallies: one atomic put, and the recount that proves the tallies right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import Select, bindparam, func, insert, select, text, update

from app.db import UTCDateTime, db
from app.domain.ballot import GROUPS, Change, Group, VoteValue, change_between
from app.models.idea import Idea
from app.models.vote import Tally, Vote
from app.records import agenda_ballots

# The row remembers what it was before, so that one statement knows the difference it made, also when two
# requests of one person arrive at once: the second waits for the row, then sees the first one's value. It also
# remembers what it was at a cut-off that is still to be sealed: the seal may come a moment later.
_PUT = text(
    """
    INSERT INTO vote (idea_id, person_id, value, previous, settled, "group", cast_at)
    VALUES (:idea, :person, :value, 0, 0, :group, :now)
    ON CONFLICT (idea_id, person_id) DO UPDATE
        SET previous = vote.value, value = excluded.value, cast_at = excluded.cast_at,
            settled = CASE WHEN vote.cast_at <= (
                SELECT min(seal_plan.at) FROM seal_plan JOIN idea ON idea.call_id = seal_plan.call_id
                WHERE idea.id = excluded.idea_id AND seal_plan.done_at IS NULL AND seal_plan.at < excluded.cast_at
            ) THEN vote.value ELSE vote.settled END
        WHERE vote.value <> excluded.value
    RETURNING value, previous, "group", excluded_at
    """
).bindparams(bindparam("now", type_=UTCDateTime()))


_TALLY = Tally.__table__
_COUNT = (
    update(_TALLY)  # type: ignore[arg-type]
    .where(_TALLY.c.idea_id == bindparam("idea"), _TALLY.c.group == bindparam("of_group"))
    .values(
        votes_for=_TALLY.c.votes_for + bindparam("more_for"),
        votes_against=_TALLY.c.votes_against + bindparam("more_against"),
        changes=_TALLY.c.changes + 1,
    )
)


class TallyMissing(RuntimeError):
    """A vote was put on an idea whose tally rows were never opened; the transaction must not be committed."""


def open_for(idea_ids: Sequence[int]) -> None:
    """Make the tally rows of new ideas, one per group, all at nought. Part of making an idea."""
    rows = [
        {"idea_id": idea_id, "group": group, "votes_for": 0, "votes_against": 0, "changes": 0}
        for idea_id in idea_ids
        for group in GROUPS
    ]
    if rows:
        db.session.execute(insert(Tally), rows)


def put(idea_id: int, person_id: int, group: Group, value: VoteValue, now: datetime) -> Change:
    """Set the state of one person's vote and keep the tally exact; the caller commits.

    Never a toggle: putting the same value again changes nothing. Whose vote does not count may still change it, and
    nothing is counted. Returns the difference made to the tally. Raises TallyMissing when the idea has no tally rows.
    """
    given = {"idea": idea_id, "person": person_id, "value": int(value), "group": group.value, "now": now}
    # Two statements, not one: PostgreSQL checks votes_for >= 0 against the count as the statement first saw it,
    # so a single statement that had to wait for this person's other request would be refused.
    row = db.session.connection().execute(_PUT, given).one_or_none()
    if row is None:
        return Change(0, 0)
    if row[3] is not None:
        return Change(0, 0)
    change = change_between(row[1], row[0])
    counted = db.session.connection().execute(
        _COUNT,
        {
            "idea": idea_id,
            "of_group": Group(row[2]),
            "more_for": change.for_,
            "more_against": change.against,
        },
    )
    if counted.rowcount != 1:
        raise TallyMissing(f"Idea {idea_id} has no tally.")
    return change


@dataclass(frozen=True, slots=True)
class Difference:
    """A tally that does not equal its votes: what stands, and what the votes say."""

    idea_id: int
    group: Group
    stands: tuple[int, int]
    counted: tuple[int, int]


def counting(idea_ids: Sequence[int] | None = None) -> Select[int, Group, int, int]:
    """The statement that counts votes per idea and group, but those that do not count; an index answers it alone."""
    for_ = func.count().filter(Vote.value == 1)
    against = func.count().filter(Vote.value == -1)
    query = (
        select(Vote.idea_id, Vote.group, for_, against)
        .where(Vote.excluded_at.is_(None))
        .group_by(Vote.idea_id, Vote.group)
    )
    return query if idea_ids is None else query.where(Vote.idea_id.in_(idea_ids))


def counted_from_votes(idea_ids: Sequence[int] | None = None) -> dict[tuple[int, Group], tuple[int, int]]:
    """For- and against-votes per idea and group, counted from the votes themselves."""
    return {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(counting(idea_ids))}


def differences() -> list[Difference]:
    """Every tally that does not equal a recount; none is the only right answer."""
    counted = counted_from_votes()
    query = select(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against)
    stands = {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(query)}
    found = []
    for key in sorted(stands.keys() | counted.keys()):
        left, right = stands.get(key, (0, 0)), counted.get(key, (0, 0))
        if left != right:
            found.append(Difference(key[0], key[1], left, right))
    return found


def rebuild(idea_ids: Sequence[int]) -> None:
    """Write the tallies of these ideas anew from their votes: after an import, a merge or a change of group.

    The tallies are locked before the votes are counted, so that a vote that arrives meanwhile is either counted
    or waits to add itself afterwards.
    """
    locked = (
        select(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against, Tally.changes)
        .where(Tally.idea_id.in_(idea_ids))
        .order_by(Tally.idea_id, Tally.group)
        .with_for_update()
    )
    before = {(row[0], row[1]): (row[2], row[3], row[4]) for row in db.session.execute(locked)}
    counted = counted_from_votes(idea_ids)
    wrong, missing = [], []
    for key in product(idea_ids, GROUPS):
        for_, against = counted.get(key, (0, 0))
        stood = before.get(key)
        row = {"idea_id": key[0], "group": key[1], "votes_for": for_, "votes_against": against}
        if stood is None:
            missing.append({**row, "changes": 1})
        elif stood[:2] != (for_, against):
            wrong.append({**row, "changes": stood[2] + 1})
    if wrong:
        db.session.execute(update(Tally), wrong)
    if missing:
        db.session.execute(insert(Tally), missing)


def move_person(person_id: int, group: Group) -> None:
    """Let all votes and ticks of a person count for another group, wherever they were given."""
    agenda_ballots.move_person(person_id, group)
    move_votes(person_id, group)


def move_votes(person_id: int, group: Group, call_ids: Sequence[int] | None = None) -> None:
    """Let the votes of a person count for another group, in these calls or everywhere; the caller commits."""
    voted = select(Vote.idea_id).where(Vote.person_id == person_id)
    if call_ids is not None:
        voted = voted.join(Idea, Idea.id == Vote.idea_id).where(Idea.call_id.in_(call_ids))
    ideas = list(db.session.scalars(voted.order_by(Vote.idea_id)))
    for start in range(0, len(ideas), 500):
        some = ideas[start : start + 500]
        db.session.execute(
            update(Vote).where(Vote.person_id == person_id, Vote.idea_id.in_(some)).values(group=group)
        )
        rebuild(some)
