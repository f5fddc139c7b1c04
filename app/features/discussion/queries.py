"""What the pages of the discussion read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.db import db
from app.domain.ballot import Side
from app.models.argument import Argument, ArgumentState
from app.models.moderation import Report
from app.models.person import Person


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

    @property
    def top_id(self) -> int:
        """The argument that the talk is about: this one, or the one that it replies to."""
        return self.parent_id or self.id

    @property
    def is_shown(self) -> bool:
        return self.state == ArgumentState.PUBLISHED


def argument(argument_id: int) -> ArgumentHead | None:
    """The argument with this number, in whatever state, or None."""
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
        )
        .join(Person, Argument.author_id == Person.id)
        .where(Argument.id == argument_id)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else ArgumentHead(*row)


def has_reported(person_id: int, *, idea_id: int | None = None, argument_id: int | None = None) -> bool:
    """Whether the person has reported this text before."""
    statement = select(Report.id).where(
        Report.reporter_id == person_id, Report.idea_id == idea_id, Report.argument_id == argument_id
    )
    return db.session.scalar(statement) is not None


def is_answered(argument: ArgumentHead) -> bool:
    """Whether somebody else has spoken in this talk since, and not taken it back."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Argument.parent_id == argument.top_id,
                    Argument.id > argument.id,
                    Argument.author_id != argument.author_id,
                    Argument.state != ArgumentState.DELETED,
                )
            )
        )
    )
