"""What a part of the own data is: a question to the database, and its answer for people and for machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Select

from app.kit.words import NAMES, word

Question = tuple[str, str, tuple[tuple[str, str], ...], Select[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing: rows of values under named columns. Keys are for machines, titles for people."""

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    """(key, title) of each column."""
    rows: Sequence[Sequence[Any]]

    def shown(self) -> list[list[Any]]:
        """The rows as people read them: moments as they are, words of the code in words of the language."""
        return [[_said(value) for value in row] for row in self.rows]

    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON values: moments in ISO 8601 and UTC, words of the code as they are stored."""
        keys = [key for key, _title in self.columns]
        return [dict(zip(keys, map(plain, row), strict=True)) for row in self.rows]


def _said(value: Any) -> Any:
    return word(value) if type(value) in NAMES else value


def plain(value: Any) -> Any:
    """A value as JSON knows it: moments in ISO 8601 and UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value
