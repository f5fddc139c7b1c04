"""The statements that read a discussion: which texts have a place on a page, in what order, and what pages tell."""

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.domain.ballot import Side
from app.domain.lifecycle import READABLE_STATES
from app.models.argument import Argument, ArgumentState, HelpfulMark
from app.models.duplicate import Merge, MovedArgument
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Organisation, Person, PersonRole, Role
from app.records.argument_views import AFTER, PAGE, Order

_TAKEN_OFF = (ModerationVerb.HIDE, ModerationVerb.REFUSE)
_REMOVED = (ArgumentState.HIDDEN, ArgumentState.REFUSED)


def _hidden(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """Why or when moderators hid an argument last; the database looks it up for hidden ones only."""
    return (
        select(column)
        .where(
            ModerationDecision.argument_id == Argument.id,
            ModerationDecision.verb.in_(_TAKEN_OFF),
            ModerationDecision.undone_at.is_(None),
        )
        .order_by(ModerationDecision.id.desc())
        .limit(1)
        .correlate(Argument)
        .scalar_subquery()
    )


def _origin() -> ScalarSelect[str]:
    """Where an argument was said that came along with a merge: of a chain of merges the first tells."""
    said_on = aliased(Idea)
    return (
        select(said_on.title)
        .select_from(MovedArgument)
        .join(Merge, Merge.id == MovedArgument.merge_id)
        .join(said_on, said_on.id == MovedArgument.origin_id)
        .where(
            MovedArgument.argument_id == Argument.id,
            Merge.undone_at.is_(None),
            said_on.state.in_(READABLE_STATES),
        )
        .order_by(Merge.id)
        .limit(1)
        .correlate(Argument)
        .scalar_subquery()
    )


_NEWEST = (Argument.created_at.desc(), Argument.id.desc())
# Marks are no votes: they say that a text helps, on either side, so they show while the counts of votes are hidden.
# What a moderator hid stands behind, whatever people thought of it.
_MARKS = case((Argument.state == ArgumentState.PUBLISHED, Argument.helpful_count), else_=-1)
_ORDERS = {
    Order.HELPFUL: (_MARKS.desc(), *_NEWEST),
    Order.NEWEST: _NEWEST,
    Order.OLDEST: (Argument.created_at, Argument.id),
}


def _has_place(table: Any) -> ColumnElement[bool]:
    """Whether readers see the place of a text: what never was on the site has none, what reports took off it has."""
    was_shown = exists().where(
        ModerationDecision.argument_id == table.id, ModerationDecision.verb == ModerationVerb.RECALL
    )
    return or_(table.state.not_in([ArgumentState.WAITING, ArgumentState.REFUSED]), was_shown)


def _tops(order: Order) -> CTE:
    """The arguments that others reply to, each with its place on its side and how many there are."""
    reply = aliased(Argument)
    # What its author deleted leaves a place only where somebody answered it.
    is_answered = exists().where(
        reply.parent_id == Argument.id, reply.state != ArgumentState.DELETED, _has_place(reply)
    )
    return (
        select(
            Argument.id,
            Argument.side,
            func.row_number().over(partition_by=Argument.side, order_by=_ORDERS[order]).label("place"),
            func.count().over(partition_by=Argument.side).label("total"),
        )
        .where(
            Argument.idea_id == bindparam("idea"),
            Argument.parent_id.is_(None),
            or_(Argument.state != ArgumentState.DELETED, is_answered),
            _has_place(Argument),
        )
        .cte("tops")
    )


# Put together once for each kind, and run without the object mapper: a third of the time of a long discussion.
@cache
def of_idea(order: Order, *, personal: bool, further: bool) -> Select[*tuple[Any, ...]]:
    tops = _tops(order)
    marked: ColumnElement[bool] = false()
    if personal:
        marked = exists().where(
            HelpfulMark.argument_id == Argument.id, HelpfulMark.person_id == bindparam("person")
        )
    start: Any = 0
    if further:
        before = tops.alias("before")
        after = case({side: bindparam(AFTER[side]) for side in Side}, value=tops.c.side)
        start = func.coalesce(
            select(func.max(before.c.place))
            .where(before.c.side == tops.c.side, before.c.id == after)
            .correlate(tops)
            .scalar_subquery(),
            0,
        )
    page = (
        select(tops.c.id, tops.c.place, tops.c.total)
        .where(tops.c.place > start, tops.c.place <= start + PAGE)
        .cte("page")
    )
    reply, said = aliased(Argument), aliased(Argument)
    # By key from the page to its replies: SQLite would otherwise look through all texts for each of the page.
    members = union_all(
        select(page.c.id, page.c.place, page.c.total),
        select(reply.id, page.c.place, page.c.total)
        .join(page, page.c.id == reply.parent_id)
        .where(_has_place(reply)),
    ).subquery("members")
    return (
        select(
            members.c.place,
            members.c.total,
            select(func.count())
            .where(said.idea_id == bindparam("idea"), said.state == ArgumentState.PUBLISHED)
            .scalar_subquery(),
            Argument.id,
            Argument.parent_id,
            Argument.side,
            Argument.body,
            Argument.state,
            Argument.created_at,
            Argument.edited_at,
            Argument.helpful_count,
            Argument.author_id,
            Person.name,
            Person.group,
            Person.is_delegate,
            Organisation.name,
            case((Argument.state.in_(_REMOVED), _hidden(ModerationDecision.reason)), else_=None),
            case((Argument.state.in_(_REMOVED), _hidden(ModerationDecision.decided_at)), else_=None),
            and_(
                Argument.parent_id.is_not(None),
                exists().where(PersonRole.person_id == Argument.author_id, PersonRole.role == Role.ORGANISER),
            ),
            marked,
            _origin(),
        )
        .select_from(members)
        .join(Argument, Argument.id == members.c.id)
        .join(Person, Argument.author_id == Person.id)
        .outerjoin(Organisation, Person.organisation_id == Organisation.id)
    )


@cache
def page_before(order: Order) -> Select[*tuple[Any, ...]]:
    tops = _tops(order)
    last = tops.alias("last")
    # The last place of the page before: places are counted from one.
    return (
        select(last.c.side, last.c.id)
        .join(
            tops,
            and_(last.c.side == tops.c.side, last.c.place == tops.c.place - 1 - (tops.c.place - 1) % PAGE),
        )
        .where(tops.c.id == bindparam("top"))
    )
