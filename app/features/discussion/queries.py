"""What the pages of the discussion read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select

from app.db import db
from app.domain.ballot import Side
from app.models.argument import Argument, ArgumentState
from app.models.moderation import Report
from app.models.person import Person
from app.models.practice import Practice, PracticeState, PracticeSuggestion


@dataclass(frozen=True, slots=True)
class ArgumentHead:
    """One argument or reply, with what policies ask of it and small pages quote."""

    id: int
    idea_id: int
    parent_id: int | None
    side: Side
    body: str
    state: ArgumentState
    author_id: int
    author: str
    created_at: datetime
    is_recalled: bool
    """Whether reports took it off the site until a moderator has looked."""

    @property
    def top_id(self) -> int:
        """The argument that the talk is about: this one, or the one that it replies to."""
        return self.parent_id or self.id

    @property
    def is_shown(self) -> bool:
        return self.state == ArgumentState.PUBLISHED


def argument(argument_id: int) -> ArgumentHead | None:
    """The argument with this number, in whatever state, or None."""
    reported = exists().where(Report.argument_id == Argument.id, Report.handled_at.is_(None))
    statement = (
        select(
            Argument.id,
            Argument.idea_id,
            Argument.parent_id,
            Argument.side,
            Argument.body,
            Argument.state,
            Argument.author_id,
            Person.name,
            Argument.created_at,
            and_(Argument.state == ArgumentState.WAITING, reported),
        )
        .join(Person, Argument.author_id == Person.id)
        .where(Argument.id == argument_id)
    )
    row: Any = db.session.execute(statement).one_or_none()
    return None if row is None else ArgumentHead(*row)


@dataclass(frozen=True, slots=True)
class PracticeHead:
    """An example in the library, with what the page to report it quotes."""

    id: int
    slug: str
    title: str
    done: str
    author_id: int | None
    """Who suggested it; None for what organisers put there."""


def practice(practice_id: int) -> PracticeHead | None:
    """The example with this number, if it stands in the library."""
    row = db.session.execute(
        select(Practice.id, Practice.slug, Practice.title, Practice.done, PracticeSuggestion.person_id)
        .outerjoin(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(Practice.id == practice_id, Practice.state == PracticeState.PUBLISHED)
    ).one_or_none()
    return None if row is None else PracticeHead(*row)


def is_answered(argument: ArgumentHead) -> bool:
    """Whether somebody else has spoken in this talk since, and not taken it back."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Argument.parent_id == argument.top_id,
                    Argument.id > argument.id,
                    Argument.author_id != argument.author_id,
                    Argument.state.in_((ArgumentState.PUBLISHED, ArgumentState.HIDDEN)),
                )
            )
        )
    )
