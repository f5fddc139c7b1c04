"""The direct agenda vote: what people ticked, put as a whole choice of themes and read as arrays for the agenda."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, case, func, insert, select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.ranking import Ballots, ticked_ballots
from app.domain.ranking.material import INFERRED, TICKED
from app.models.person import Person
from app.models.process import Call, Theme
from app.models.seal import SealPlan
from app.models.vote import AgendaTick

__all__ = [
    "INFERRED",
    "TICKED",
    "NotOpen",
    "Ticks",
    "ballots_at",
    "if_open",
    "move_person",
    "of_person",
    "people",
    "put",
    "withdraw",
]


class NotOpen(RuntimeError):
    """The organiser closed the agenda vote in the meantime; nothing was written."""


def put(call_id: int, person_id: int, themes: Collection[int], now: datetime) -> bool:
    """Make these themes a person's whole choice, whatever it was; the caller commits. Whether anything changed.

    Never a toggle: putting the same choice again changes nothing. The caller has checked that the themes are those
    of the call and not too many. Raises NotOpen.
    """
    # The person first, then the call, as everybody who locks both: a change of group waits for this choice or
    # goes before it, and choices of one call, also two of one person, come one after the other.
    group = db.session.scalars(
        select(Person.group).where(Person.id == person_id).with_for_update(read=True)
    ).one()
    if not db.session.scalars(
        select(Call.agenda_ballot).where(Call.id == call_id).with_for_update(key_share=True)
    ).one():
        raise NotOpen
    mine = (AgendaTick.call_id == call_id, AgendaTick.person_id == person_id)
    rows = db.session.execute(select(AgendaTick.theme_id, AgendaTick.value).where(*mine))
    before = {row[0]: bool(row[1]) for row in rows}
    wanted = set(themes)
    turned = [theme for theme, ticked in before.items() if ticked != (theme in wanted)]
    new = sorted(wanted - before.keys())
    if not turned and not new:
        return False
    if turned:
        settled = case((AgendaTick.cast_at <= _due(call_id, now), AgendaTick.value), else_=AgendaTick.settled)
        values = {"value": 1 - AgendaTick.value, "settled": settled, "cast_at": now}
        db.session.execute(
            update(AgendaTick).where(*mine, AgendaTick.theme_id.in_(turned)).values(values),
            execution_options={"synchronize_session": False},
        )
    if new:
        row = {
            "call_id": call_id,
            "person_id": person_id,
            "value": 1,
            "settled": 0,
            "group": group,
            "cast_at": now,
        }
        db.session.execute(insert(AgendaTick), [{**row, "theme_id": theme} for theme in new])
    _count_change([call_id])
    return True


def _due(call_id: int, now: datetime) -> ColumnElement[datetime]:
    """The earliest cut-off that has passed and is still to be sealed: as with votes (records/tallies.py), a row
    that changes after it remembers what it was at that moment."""
    earliest = select(func.min(SealPlan.at)).where(
        SealPlan.call_id == call_id, SealPlan.done_at.is_(None), SealPlan.at < now
    )
    return earliest.scalar_subquery()


def _count_change(call_ids: Collection[int]) -> None:
    db.session.execute(
        update(Call).where(Call.id.in_(call_ids)).values(agenda_changes=Call.agenda_changes + 1),
        execution_options={"synchronize_session": False},
    )


def move_person(person_id: int, group: Group, call_ids: Collection[int] | None = None) -> None:
    """Let the ticks of a person count for another group, in these calls or everywhere; the caller commits."""
    mine = AgendaTick.person_id == person_id
    if call_ids is not None:
        mine = mine & AgendaTick.call_id.in_(call_ids)
    moved = select(AgendaTick.call_id).where(mine).distinct()
    found = list(db.session.scalars(moved.order_by(AgendaTick.call_id)))
    if found:
        db.session.execute(
            update(AgendaTick).where(mine).values(group=group),
            execution_options={"synchronize_session": False},
        )
        _count_change(found)


def withdraw(person_id: int, call_ids: Collection[int], now: datetime) -> None:
    """Take back everything that a person ticked in these calls, opened or not; the caller commits."""
    mine = (AgendaTick.person_id == person_id, AgendaTick.value == 1)
    ticked = select(AgendaTick.call_id).where(*mine, AgendaTick.call_id.in_(call_ids)).distinct()
    for call_id in db.session.scalars(ticked.order_by(AgendaTick.call_id)).all():
        settled = case((AgendaTick.cast_at <= _due(call_id, now), AgendaTick.value), else_=AgendaTick.settled)
        db.session.execute(
            update(AgendaTick)
            .where(*mine, AgendaTick.call_id == call_id)
            .values(value=0, settled=settled, cast_at=now),
            execution_options={"synchronize_session": False},
        )
        _count_change([call_id])


def of_person(call_id: int, person_id: int) -> tuple[int, ...]:
    """The themes that a person ticked, by number."""
    return tuple(
        db.session.scalars(
            select(AgendaTick.theme_id)
            .where(AgendaTick.call_id == call_id, AgendaTick.person_id == person_id, AgendaTick.value == 1)
            .order_by(AgendaTick.theme_id)
        )
    )


def people(call_id: int) -> int:
    """How many people have a theme ticked."""
    return db.session.scalars(
        select(func.count(AgendaTick.person_id.distinct())).where(
            AgendaTick.call_id == call_id, AgendaTick.value == 1
        )
    ).one()


@dataclass(frozen=True, slots=True, eq=False)
class Ticks:
    """Who ticked what in a call, as arrays. Only people with at least one tick are in it.

    person_ids: ascending, shape (V,). voter_group: index of the group, shape (V,). theme_ids: the themes of the
    process in order. voter, theme: index pairs "this voter ticked this theme", by voter and theme, shape (P,).
    """

    person_ids: NDArray[np.int64]
    voter_group: NDArray[np.int64]
    theme_ids: tuple[int, ...]
    groups: tuple[str, ...]
    voter: NDArray[np.int64]
    theme: NDArray[np.int64]

    def ballots(self, items: Sequence[int]) -> Ballots:
        """The ballots on these themes, which may be fewer than there are; who ticked none of them has no ballot."""
        column = {theme: number for number, theme in enumerate(items)}
        places = np.array([column.get(theme, -1) for theme in self.theme_ids], dtype=np.int64)
        item = places[self.theme]
        known = item >= 0
        return ticked_ballots(self.voter[known], item[known], self.voter_group, items, self.groups)

    def record(self) -> dict[str, Any]:
        """How many people ticked, and how many of every group each theme; exact, so not for a page as it is."""
        counts = np.zeros((len(self.theme_ids), len(self.groups)), dtype=np.int64)
        np.add.at(counts, (self.theme, self.voter_group[self.voter]), 1)
        ticked = {str(theme): row for theme, row in zip(self.theme_ids, counts.tolist(), strict=True)}
        return {
            "ballots": TICKED,
            "people": len(self.person_ids),
            "groups": list(self.groups),
            "ticks": ticked,
        }


def if_open(call_id: int, groups: Sequence[str]) -> Ticks | None:
    """What people have ticked now, or None when the organiser opened no agenda vote."""
    is_open = db.session.scalars(select(Call.agenda_ballot).where(Call.id == call_id)).one()
    return ballots_at(call_id, groups) if is_open else None


def ballots_at(call_id: int, groups: Sequence[str], cut_off: datetime | None = None) -> Ticks:
    """What people had ticked at a cut-off that is planned or just past; now without one. Two statements.

    Exact for the earliest cut-off that is still to be sealed, as with votes.
    """
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    theme_ids = tuple(
        db.session.scalars(
            select(Theme.id).where(Theme.process_id == process).order_by(Theme.position, Theme.id)
        )
    )
    state: ColumnElement[int] = AgendaTick.value.expression
    if cut_off is not None:
        state = case((AgendaTick.cast_at <= cut_off, AgendaTick.value), else_=AgendaTick.settled)
    rows = db.session.execute(
        select(AgendaTick.person_id, AgendaTick.theme_id, AgendaTick.group).where(
            AgendaTick.call_id == call_id, state == 1
        )
    ).all()
    place = {theme: number for number, theme in enumerate(theme_ids)}
    column = {group: number for number, group in enumerate(groups)}
    found = sorted((row[0], place[row[1]], column[row[2].value]) for row in rows if row[1] in place)
    people, themes, whose = zip(*found, strict=True) if found else ((), (), ())
    person_ids, first, voter = np.unique(
        np.array(people, dtype=np.int64), return_index=True, return_inverse=True
    )
    return Ticks(
        person_ids=person_ids,
        voter_group=np.array(whose, dtype=np.int64)[first],
        theme_ids=theme_ids,
        groups=tuple(groups),
        voter=voter.reshape(-1).astype(np.int64),
        theme=np.array(themes, dtype=np.int64),
    )
