"""Every vote of a call as columns of numbers, read without making an object of each: a million in about a second.

The database writes the votes on an idea into one line of text, and NumPy reads the numbers from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Float, case, cast, extract, func, select, type_coerce
from sqlalchemy.types import String

from app.db import db
from app.models.idea import Idea
from app.models.vote import Vote

Ints = NDArray[np.int64]
AT_ONCE = 100
"""So many ideas are held as text at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class VoteRows:
    """Votes sorted by idea and person, so that sums of what fades come out the same everywhere; shape (N,).

    person, idea: ids. value: +1 or -1. group: place of the voter's group. moment: seconds since 1970.
    """

    person: Ints
    idea: Ints
    value: Ints
    group: Ints
    moment: NDArray[np.float64]


def read(
    which: ColumnElement[bool],
    groups: Sequence[str],
    state: ColumnElement[Any] | None = None,
    counts: ColumnElement[bool] | None = None,
) -> VoteRows:
    """Read the votes on the ideas that `which` chooses, but for those withdrawn or excluded, in one statement.

    state: the value that counts instead of the present one, for a moment in the past; counts: which votes counted
    then. Raises ValueError for a vote of a group that is not among `groups`.
    """
    value = Vote.value if state is None else state
    known = {group: number for number, group in enumerate(groups)}
    place = case(known, value=type_coerce(Vote.group, String), else_=len(groups))
    width = 2 * (len(groups) + 1)
    # One number says who voted, from which group and how: sorted by it, votes are sorted by person.
    code = Vote.person_id * width + place * 2 + case((value > 0, 1), else_=0)
    moment = cast(extract("epoch", Vote.cast_at), Float)
    line = func.aggregate_strings(cast(code, String) + "," + cast(moment, String), ",")
    query = (
        select(Vote.idea_id, line)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(which, value != 0, Vote.excluded_at.is_(None) if counts is None else counts)
        .group_by(Vote.idea_id)
        .order_by(Vote.idea_id)
    )
    ideas: list[int] = []
    codes: list[Ints] = []
    moments: list[NDArray[np.float64]] = []
    for idea, text in db.session.execute(query, execution_options={"yield_per": AT_ONCE}):
        # Numbers of people stay far below 2^53, so that they pass through floats unharmed.
        pairs = np.fromstring(text, dtype=np.float64, sep=",").reshape(-1, 2)
        pairs = pairs[np.argsort(pairs[:, 0])]
        ideas.append(idea)
        codes.append(pairs[:, 0].astype(np.int64))
        moments.append(pairs[:, 1].copy())
    whole = np.concatenate([np.zeros(0, dtype=np.int64), *codes])
    if bool((whole % width // 2 == len(groups)).any()):
        raise ValueError("Somebody of a group that the process does not know voted.")
    return VoteRows(
        person=whole // width,
        idea=np.repeat(np.array(ideas, dtype=np.int64), [len(each) for each in codes]),
        value=whole % 2 * 2 - 1,
        group=whole % width // 2,
        moment=np.concatenate([np.zeros(0), *moments]),
    )
