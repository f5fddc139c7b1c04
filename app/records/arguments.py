"""The discussion of an idea as a page shows it: arguments for and against, questions, and the replies to each."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from markupsafe import Markup

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.house_rules import HOUSE_RULES, HouseRule
from app.domain.lifecycle import RefusalReason
from app.models.argument import ArgumentState
from app.policies.discussion import is_fresh
from app.records import argument_statements as statements
from app.records.argument_views import AFTER, FIRST, Order, View


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
    gone_at: datetime | None = None
    """When the moderators hid it."""
    origin: str = ""
    """The title of the idea under which it was said, when that one has been merged with this one."""

    @property
    def is_shown(self) -> bool:
        return self.state == ArgumentState.PUBLISHED

    @property
    def rule(self) -> HouseRule | None:
        """The house rule that a hidden text broke."""
        return HOUSE_RULES[self.reason] if self.reason else None


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

    @property
    def waits_for_own(self) -> bool:
        """Whether a text of the visitor was taken off by reports, and waits for a moderator."""
        return any(
            row.is_own and row.state == ArgumentState.WAITING
            for side in Side
            for thread in self.threads(side)
            for row in (thread.top, *thread.replies)
        )

    def further(self, side: Side) -> View | None:
        """The view in which this side goes on; None when this is all."""
        shown = self.threads(side)
        if not shown or self.places[side] + len(shown) > self.totals[side]:
            return None
        return self.view.going_on(side, shown[-1].top.id)

    def back(self, side: Side) -> View | None:
        """The view in which this side begins at the top again; None when it does."""
        return self.view.going_on(side, None) if self.places.get(side, 1) > 1 else None


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
    gone_at: datetime | None
    is_official: bool
    is_marked: bool
    origin: str | None

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
                gone_at=self.gone_at,
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
            origin=self.origin or "",
        )


def of_idea(
    idea_id: int, person_id: int | None = None, now: datetime | None = None, view: View = FIRST
) -> Discussion:
    """The discussion of one idea, in one statement; `person_id` marks what that person wrote and found helpful."""
    statement = statements.of_idea(view.order, personal=person_id is not None, further=bool(view.after))
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


def view_with(idea_id: int, top_id: int, order: Order = Order.HELPFUL) -> View:
    """The view on which an argument stands, in the order that the visitor reads in."""
    row = (
        db.session.connection()
        .execute(statements.page_before(order), {"idea": idea_id, "top": top_id})
        .one_or_none()
    )
    return View(order) if row is None else View(order, ((Side(row[0]), row[1]),))
