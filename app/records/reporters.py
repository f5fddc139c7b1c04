"""How often people's reports turned out right: beside each report for moderators, and who reports without ground."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from app.db import db
from app.models.moderation import Report, ReportOutcome
from app.models.person import Person
from app.policies.conduct import JUDGED, UNFOUNDED, is_known_for_abuse


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of somebody's reports."""

    made: int = 0
    right: int = 0
    """The text was hidden, masked or sent back."""
    kept: int = 0
    """The moderators left the text as it was."""

    @property
    def judged(self) -> int:
        """Reports that moderators said yes or no to."""
        return self.right + self.kept

    @property
    def is_abuse(self) -> bool:
        """Whether most of them were unfounded."""
        return is_known_for_abuse(self.right, self.kept)


NONE = Figures()
_RIGHT = func.coalesce(func.sum(case((Report.outcome == ReportOutcome.RIGHT, 1), else_=0)), 0)
_KEPT = func.coalesce(func.sum(case((Report.outcome == ReportOutcome.KEPT, 1), else_=0)), 0)


def figures(person_ids: Collection[int]) -> dict[int, Figures]:
    """The figures of these people, in one statement; who never reported anything is left out."""
    rows = db.session.execute(_figures().where(Report.reporter_id.in_(person_ids)))
    return {person_id: Figures(made, right, kept) for person_id, made, right, kept in rows}


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody whose reports are mostly unfounded."""

    person_id: int
    name: str
    figures: Figures


def mostly_unfounded(most: int = 100) -> list[Reporter]:
    """People whose reports moderators mostly did not agree with, the most unfounded ones first."""
    rows = db.session.execute(
        _figures()
        .add_columns(Person.name)
        .join(Person, Person.id == Report.reporter_id)
        .where(Person.erased_at.is_(None))
        .group_by(Person.name)
        .having(_RIGHT + _KEPT >= JUDGED, _KEPT >= UNFOUNDED * (_RIGHT + _KEPT))
        .order_by(_KEPT.desc(), Report.reporter_id)
        .limit(most)
    )
    return [
        Reporter(person_id, name, Figures(made, right, kept)) for person_id, made, right, kept, name in rows
    ]


def _figures() -> Select[*tuple[Any, ...]]:
    return (
        select(Report.reporter_id, func.count(), _RIGHT, _KEPT)
        .where(Report.reporter_id.is_not(None))
        .group_by(Report.reporter_id)
    )
