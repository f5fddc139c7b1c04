"""How often ideas stood on pages that people opened: counted beside the requests, and written down now and then.

The order of what was seen least follows what was written down, not the counts themselves: whoever turns the pages is
seeing, and would push the ideas about. An address carries the moment that it looks at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db, is_postgresql
from app.domain.lifecycle import IdeaState
from app.models.contribution import IdeaExposure
from app.models.idea import Idea
from app.models.standing import Standing
from app.records import standings

STEP = timedelta(minutes=10)
MOMENTS = 4
"""So many moments are kept: somebody may take half an hour over a list."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposures:
    """How often ideas of a call had been seen at some moments, oldest first; what is missing had never been seen."""

    moments: Mapping[str, Mapping[int, int]]

    def stamp(self, wanted: str = "") -> str:
        """The moment that an address asks for while it is kept, else the last."""
        return wanted if wanted in self.moments else next(reversed(list(self.moments)), "0")

    def at(self, stamp: str, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often these ideas had been seen then."""
        seen = self.moments.get(stamp, {})
        return np.array([seen.get(number, 0) for number in ids.tolist()], dtype=np.int64)


NEVER_SEEN = Exposures({})


def read(call_id: int) -> Exposures | None:
    """What was written down of a call, in one statement."""
    data = db.session.execute(
        select(Standing.data).where(Standing.call_id == call_id, Standing.kind == standings.EXPOSURE)
    ).scalar_one_or_none()
    if data is None:
        return None
    return Exposures(
        {
            stamp: {int(number): seen for number, seen in ideas.items()}
            for stamp, ideas in sorted(data.items(), key=lambda moment: int(moment[0]))
        }
    )


def add(counts: Mapping[int, int]) -> None:
    """Add to the counters of ideas that still exist; the caller commits."""
    exist = db.session.scalars(select(Idea.id).where(Idea.id.in_(counts))).all()
    rows = [{"idea_id": number, "seen": counts[number]} for number in sorted(exist)]
    if not rows:
        return
    # Two processes may be the first to count the same idea.
    put: Any = (postgresql if is_postgresql() else sqlite).insert(IdeaExposure)
    db.session.execute(
        put.on_conflict_do_update(
            index_elements=[IdeaExposure.idea_id], set_={"seen": IdeaExposure.seen + put.excluded.seen}
        ),
        rows,
    )


def stamp_of(now: datetime) -> str:
    """The name of the moment that counts are written down for: every ten minutes."""
    return str(int(now.timestamp()) // int(STEP.total_seconds()))


def write_down(now: datetime) -> None:
    """Write down for every call how often its ideas have been seen by now, once a moment; the caller commits."""
    stamp = stamp_of(now)
    before = {
        row.call_id: row.data
        for row in db.session.execute(
            select(Standing.call_id, Standing.data).where(Standing.kind == standings.EXPOSURE)
        )
    }
    seen: dict[int, dict[str, int]] = {}
    for call_id, number, times in db.session.execute(
        select(Idea.call_id, Idea.id, IdeaExposure.seen)
        .outerjoin(IdeaExposure, IdeaExposure.idea_id == Idea.id)
        .where(Idea.state == IdeaState.PUBLISHED)
    ):
        mine = seen.setdefault(call_id, {})
        if times:
            mine[str(number)] = times
    for call_id, mine in seen.items():
        moments = before.get(call_id, {})
        if stamp in moments:
            continue
        kept = sorted(moments, key=int)[1 - MOMENTS :]
        values = {
            "input_version": stamp,
            "data": {**{moment: moments[moment] for moment in kept}, stamp: mine},
            "computed_at": now,
        }
        if call_id in before:
            which = Standing.call_id == call_id, Standing.kind == standings.EXPOSURE
            db.session.execute(update(Standing).where(*which).values(**values))
        else:
            row = {"call_id": call_id, "kind": standings.EXPOSURE, **values}
            db.session.execute(insert(Standing).values(**row))
