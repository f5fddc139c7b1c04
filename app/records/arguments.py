"""The discussion of an idea as a page shows it: arguments for and against, questions, and the replies to each."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from markupsafe import Markup
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
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument, ArgumentState, HelpfulMark
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Organisation, Person, PersonRole, Role
from app.policies.discussion import is_fresh

PAGE = 20
"""Arguments of one side on a page; the replies to them come along."""
ORDER = "argumenten"
"""The place of the order in the address."""
AFTER = {Side.FOR: "voor_na", Side.AGAINST: "tegen_na", Side.QUESTION: "vragen_na"}
"""The place in the address of the argument that a side goes on after."""


class Order(StrEnum):
    """Which arguments come first."""

    HELPFUL = "helpful"
    NEWEST = "nieuw"
    OLDEST = "oud"


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a discussion a page shows."""

    order: Order = Order.HELPFUL
    after: tuple[tuple[Side, int], ...] = ()
    """Per side the number of the argument that it goes on after; none for the sides that begin at the top."""

    @property
    def address(self) -> dict[str, Any]:
        """What stands in the address of this view; nothing for the usual one."""
        order = {} if self.order == Order.HELPFUL else {ORDER: self.order.value}
        return {**order, **{AFTER[side]: str(number) for side, number in self.after}}

    @property
    def query(self) -> str:
        """The same as it stands in the address, with the question mark."""
        return (
            "?" + "&".join(f"{name}={value}" for name, value in self.address.items()) if self.address else ""
        )

    def ordered(self, order: str) -> "View":
        """The same discussion from the top in another order."""
        return View(Order(order))

    def going_on(self, side: Side, after: int | None) -> "View":
        """The same view with one side going on after another argument, or from the top."""
        others = tuple(part for part in self.after if part[0] != side)
        return View(self.order, others if after is None else (*others, (side, after)))


FIRST = View()


def view_of(args: Mapping[str, str]) -> View:
    """The view that an address asks for; what makes no sense is left out."""
    wanted = args.get(ORDER, "")
    order = Order(wanted) if wanted in set(Order) else Order.HELPFUL
    after = ((side, args.get(name, "")) for side, name in AFTER.items())
    known = tuple(
        (side, int(text)) for side, text in after if text.isascii() and text.isdigit() and len(text) < 10
    )
    return View(order, known)


class ArgumentRow(NamedTuple):
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
    is_delegate: bool = False
    """Whether the author speaks for the organisation."""
    is_official: bool = False
    """Whether this is a reply of an organiser."""
    is_edited: bool = False
    helpful: int = 0
    """How many people found it helpful."""
    is_marked: bool = False
    """Whether the visitor is one of them."""
    is_changeable: bool = False
    """Whether the visitor wrote it just now and nobody answered it yet."""

    @property
    def is_shown(self) -> bool:
        return self.state == ArgumentState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Thread:
    """An argument or question with the replies to it."""

    top: ArgumentRow
    replies: tuple[ArgumentRow, ...]

    @property
    def is_answered(self) -> bool:
        """Whether an organiser replied."""
        return any(reply.is_official and reply.is_shown for reply in self.replies)


@dataclass(frozen=True, slots=True)
class Discussion:
    """What was said on an idea: a page of every side, the replies below in the order of the talk."""

    for_: tuple[Thread, ...] = ()
    against: tuple[Thread, ...] = ()
    questions: tuple[Thread, ...] = ()
    count: int = 0
    """Published arguments, questions and replies of all pages; equals Idea.argument_count."""
    totals: Mapping[Side, int] = field(default_factory=dict)
    """Arguments on each side, without the replies; those on other pages as well."""
    places: Mapping[Side, int] = field(default_factory=dict)
    """The place in the order of the first argument that each side shows."""
    view: View = FIRST
    ready: dict[Hashable, Markup] = field(default_factory=dict, compare=False, repr=False)
    """The pieces of pages that were made of it, by what else they follow from; for those who read the same one."""

    def threads(self, side: Side) -> tuple[Thread, ...]:
        return {Side.FOR: self.for_, Side.AGAINST: self.against, Side.QUESTION: self.questions}[side]

    def further(self, side: Side) -> View | None:
        """The view in which this side goes on; None when this is all."""
        shown = self.threads(side)
        if not shown or self.places[side] + len(shown) > self.totals[side]:
            return None
        return self.view.going_on(side, shown[-1].top.id)

    def back(self, side: Side) -> View | None:
        """The view in which this side begins at the top again; None when it does."""
        return self.view.going_on(side, None) if self.places.get(side, 1) > 1 else None


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


_NEWEST = (Argument.created_at.desc(), Argument.id.desc())
# Marks are no votes: they say that a text helps, on either side, so they show while the counts of votes are hidden.
# What a moderator hid stands behind, whatever people thought of it.
_MARKS = case((Argument.state == ArgumentState.PUBLISHED, Argument.helpful_count), else_=-1)
_ORDERS = {
    Order.HELPFUL: (_MARKS.desc(), *_NEWEST),
    Order.NEWEST: _NEWEST,
    Order.OLDEST: (Argument.created_at, Argument.id),
}


def _tops(order: Order) -> CTE:
    """The arguments that others reply to, each with its place on its side and how many there are."""
    reply = aliased(Argument)
    # What its author deleted leaves a place only where somebody answered it.
    is_answered = exists().where(reply.parent_id == Argument.id, reply.state != ArgumentState.DELETED)
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
        )
        .cte("tops")
    )


# Put together once for each kind, and run without the object mapper: a third of the time of a long discussion.
@cache
def _of_idea(order: Order, *, personal: bool, further: bool) -> Select[*tuple[Any, ...]]:
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
        select(reply.id, page.c.place, page.c.total).join(page, page.c.id == reply.parent_id),
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
            case((Argument.state == ArgumentState.HIDDEN, _reason()), else_=None),
            and_(
                Argument.parent_id.is_not(None),
                exists().where(PersonRole.person_id == Argument.author_id, PersonRole.role == Role.ORGANISER),
            ),
            marked,
        )
        .select_from(members)
        .join(Argument, Argument.id == members.c.id)
        .join(Person, Argument.author_id == Person.id)
        .outerjoin(Organisation, Person.organisation_id == Organisation.id)
    )


class _Line(NamedTuple):
    """A row as the database gives it, with what nobody may see."""

    place: int
    total: int
    said: int
    id: int
    parent_id: int | None
    side: Side
    body: str
    state: ArgumentState
    created_at: datetime
    edited_at: datetime | None
    helpful: int
    author_id: int
    author: str
    group: Group
    is_delegate: bool
    organisation: str | None
    reason: RefusalReason | None
    is_official: bool
    is_marked: bool

    @property
    def top_id(self) -> int:
        return self.parent_id or self.id

    def shown(self, *, is_own: bool, is_changeable: bool) -> ArgumentRow:
        """What a page may tell of it."""
        is_reply = self.parent_id is not None
        if self.state != ArgumentState.PUBLISHED:
            return ArgumentRow(
                self.id,
                self.side,
                "",
                self.state,
                self.created_at,
                "",
                None,
                "",
                is_own,
                is_reply,
                self.reason,
            )
        return ArgumentRow(
            self.id,
            self.side,
            self.body,
            self.state,
            self.created_at,
            self.author,
            self.group,
            self.organisation or "",
            is_own,
            is_reply,
            None,
            self.is_delegate,
            bool(self.is_official),
            self.edited_at is not None,
            self.helpful,
            bool(self.is_marked),
            is_changeable,
        )


def of_idea(
    idea_id: int, person_id: int | None = None, now: datetime | None = None, view: View = FIRST
) -> Discussion:
    """The discussion of one idea, in one statement; `person_id` marks what that person wrote and found helpful."""
    statement = _of_idea(view.order, personal=person_id is not None, further=bool(view.after))
    given: dict[str, Any] = {"idea": idea_id}
    if person_id is not None:
        given["person"] = person_id
    if view.after:
        given |= {name: dict(view.after).get(side, 0) for side, name in AFTER.items()}
    rows = [_Line(*row) for row in db.session.connection().execute(statement, given)]
    spoke = _spoke(rows) if person_id is not None and now is not None else {}
    tops: list[tuple[int, ArgumentRow]] = []
    replies: dict[int, list[ArgumentRow]] = {}
    totals: dict[Side, int] = {}
    for line in rows:
        is_own = line.author_id == person_id
        is_changeable = (
            is_own
            and now is not None
            and is_fresh(line.created_at, now)
            and not any(number > line.id and author != person_id for number, author in spoke[line.top_id])
        )
        row = line.shown(is_own=is_own, is_changeable=is_changeable)
        if line.parent_id is None:
            tops.append((line.place, row))
            totals[row.side] = line.total
        elif row.state != ArgumentState.DELETED:
            replies.setdefault(line.parent_id, []).append(row)
    sides: dict[Side, list[Thread]] = {side: [] for side in Side}
    places: dict[Side, int] = {}
    for place, top in sorted(tops, key=itemgetter(0)):
        talk = sorted(replies.get(top.id, ()), key=attrgetter("created_at", "id"))
        sides[top.side].append(Thread(top, tuple(talk)))
        places.setdefault(top.side, place)
    return Discussion(
        tuple(sides[Side.FOR]),
        tuple(sides[Side.AGAINST]),
        tuple(sides[Side.QUESTION]),
        rows[0].said if rows else 0,
        totals,
        places,
        view,
    )


def _spoke(lines: Sequence["_Line"]) -> dict[int, list[tuple[int, int]]]:
    """Per talk who said which text that is still there, or that a moderator hid."""
    spoke: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in lines:
        if line.state != ArgumentState.DELETED:
            spoke[line.top_id].append((line.id, line.author_id))
    return spoke


@cache
def _page_before(order: Order) -> Select[*tuple[Any, ...]]:
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


def view_with(idea_id: int, top_id: int, order: Order = Order.HELPFUL) -> View:
    """The view on which an argument stands, in the order that the visitor reads in."""
    row = db.session.connection().execute(_page_before(order), {"idea": idea_id, "top": top_id}).one_or_none()
    return View(order) if row is None else View(order, ((Side(row[0]), row[1]),))
