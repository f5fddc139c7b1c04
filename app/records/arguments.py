"""The discussion of an idea as a page shows it: arguments for and against, questions, and the replies to each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, case, select

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument, ArgumentState
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Organisation, Person


@dataclass(frozen=True, slots=True)
class ArgumentRow:
    """One argument, question or reply. What is hidden or deleted keeps its place, without text and author."""

    id: int
    side: Side
    body: str
    state: ArgumentState
    created_at: datetime
    author: str
    """Empty when the account has been erased, or the person came without a name."""
    group: Group | None
    organisation: str
    is_own: bool
    is_reply: bool
    reason: RefusalReason | None = None
    """Which house rule a hidden text broke."""

    @property
    def is_shown(self) -> bool:
        return self.state == ArgumentState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Thread:
    """An argument or question with the replies to it."""

    top: ArgumentRow
    replies: tuple[ArgumentRow, ...]


@dataclass(frozen=True, slots=True)
class Discussion:
    """Everything that was said on an idea: newest first, the replies below in the order of the talk."""

    for_: tuple[Thread, ...] = ()
    against: tuple[Thread, ...] = ()
    questions: tuple[Thread, ...] = ()

    @property
    def count(self) -> int:
        """Published arguments, questions and replies; equals Idea.argument_count."""
        return sum(
            int(thread.top.is_shown) + sum(reply.is_shown for reply in thread.replies)
            for thread in (*self.for_, *self.against, *self.questions)
        )


def _reason() -> ScalarSelect[RefusalReason | None]:
    """Why the moderators hid an argument last; the database looks it up for hidden ones only."""
    return (
        select(ModerationDecision.reason)
        .where(ModerationDecision.argument_id == Argument.id, ModerationDecision.verb == ModerationVerb.HIDE)
        .order_by(ModerationDecision.id.desc())
        .limit(1)
        .correlate(Argument)
        .scalar_subquery()
    )


_OF_IDEA: Select[*tuple[Any, ...]] = (
    select(
        Argument.id,
        Argument.parent_id,
        Argument.side,
        Argument.body,
        Argument.state,
        Argument.created_at,
        Argument.author_id,
        Person.name,
        Person.group,
        Organisation.name,
        case((Argument.state == ArgumentState.HIDDEN, _reason()), else_=None),
    )
    .join(Person, Argument.author_id == Person.id)
    .outerjoin(Organisation, Person.organisation_id == Organisation.id)
    .where(Argument.idea_id == bindparam("idea"))
    .order_by(Argument.created_at, Argument.id)
)
# Put together once, and run without the object mapper: a third of the time of a long discussion.


def of_idea(idea_id: int, person_id: int | None = None) -> Discussion:
    """The discussion of one idea, in one statement; `person_id` marks what that person wrote."""
    tops: dict[int, ArgumentRow] = {}
    replies: dict[int, list[ArgumentRow]] = {}
    for (
        number,
        parent,
        side,
        body,
        state,
        created_at,
        author_id,
        name,
        group,
        organisation,
        reason,
    ) in db.session.connection().execute(_OF_IDEA, {"idea": idea_id}):
        shown = state == ArgumentState.PUBLISHED
        row = ArgumentRow(
            number,
            side,
            body if shown else "",
            state,
            created_at,
            name if shown else "",
            group if shown else None,
            (organisation or "") if shown else "",
            author_id == person_id,
            parent is not None,
            reason,
        )
        if parent is None:
            tops[number] = row
        elif state != ArgumentState.DELETED:
            replies.setdefault(parent, []).append(row)
    sides: dict[Side, list[Thread]] = {side: [] for side in Side}
    for number, row in reversed(tops.items()):
        below = tuple(replies.get(number, ()))
        # What its author deleted leaves a place only where somebody answered it.
        if row.state != ArgumentState.DELETED or below:
            sides[row.side].append(Thread(row, below))
    return Discussion(tuple(sides[Side.FOR]), tuple(sides[Side.AGAINST]), tuple(sides[Side.QUESTION]))
