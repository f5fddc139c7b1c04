"""Pages by key: the next page begins after the last row of this one, however long the list is."""

from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db import Base


def older_than(table: type[Base], at: InstrumentedAttribute[Any], last: int) -> ColumnElement[bool]:
    """The rows that follow the row numbered `last` in a list that is ordered by (at, id), newest first."""
    number: Any = table.__table__.c["id"]
    other: Any = aliased(table)
    moment = select(getattr(other, at.key)).where(other.id == last).scalar_subquery()
    return tuple_(at, number) < tuple_(moment, last)
