"""What the pictures of a ranking are drawn from: where groups agree, how themes moved, who took part from where."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select, union

from app.db import db
from app.domain.ballot import Group, groups_to_show, sizes_to_show
from app.domain.lifecycle import IdeaState
from app.domain.ranking import IdeaRanking, Method
from app.kit.kept import Kept
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.person import Person
from app.models.seal import Snapshot
from app.models.standing import StandingDay
from app.models.vote import Vote
from app.records import history, order
from app.records.frames import Frame

BAND = 0.15
"""Groups agree on an idea when their shares differ by this at most."""
MOST_DIFFERING = 10
MOST_AGREEING = 5
MOST_DOTS = 400
MOST_ROWS = 40
MOST_DAYS = 90
TOP = 5


@dataclass(frozen=True, slots=True)
class GroupVotes:
    """The votes of one group on one idea."""

    votes_for: int
    votes_against: int

    @property
    def share(self) -> float:
        """The share of for-votes, 0 to 1."""
        return self.votes_for / (self.votes_for + self.votes_against)


@dataclass(frozen=True, slots=True)
class Compared:
    """One ranked idea with the votes of residents and of the other group."""

    id: int
    rank: int
    title: str
    residents: GroupVotes
    others: GroupVotes
    mark: str = ""

    @property
    def difference(self) -> float:
        """How much larger the share is among the others."""
        return self.others.share - self.residents.share

    @property
    def agrees(self) -> bool:
        """Whether the shares lie in the band; whole numbers decide, so that an edge is an edge on every machine."""
        return abs(self.difference) <= BAND + 1e-12


@dataclass(frozen=True, slots=True)
class Agreement:
    """Ideas by the shares of two groups. differing, agreeing: the named ones, most telling first."""

    other: Group
    ideas: tuple[Compared, ...]
    differing: tuple[Compared, ...]
    agreeing: tuple[Compared, ...]
    table: tuple[Compared, ...]
    withheld: int
    """Ideas that are ranked but not drawn: figures of one of both groups are not shown."""
    left_out: int
    """Ideas that are not drawn because there are too many; those with most votes are."""
    titles: Mapping[int, str]
    """Of the ideas in the table, and of those that stand highest."""


def agreement(frame: Frame, other: Group) -> Agreement:
    """Where residents and another group agree and differ on the ranked ideas; one statement for the titles."""
    ranking = order.of_call(frame.call.id, frame.rules).ranking(Method.DRAAGVLAK)
    found, withheld = _compared(ranking, other)
    found.sort(key=lambda idea: (-_votes(idea), idea.id))
    drawn, left_out = found[:MOST_DOTS], len(found[MOST_DOTS:])
    by_difference = sorted(drawn, key=lambda idea: (-abs(idea.difference), -_votes(idea), idea.id))
    differing = [idea for idea in by_difference if not idea.agrees][:MOST_DIFFERING]
    agreeing = [
        idea
        for idea in sorted(drawn, key=lambda idea: (abs(idea.difference), -_votes(idea), idea.id))
        if idea.agrees
    ][:MOST_AGREEING]
    rows = list(dict.fromkeys([*by_difference[:MOST_ROWS], *agreeing]))
    titles = _titles([idea.id for idea in rows] + [int(number) for number in ranking.ids[:TOP]])
    marks = {idea.id: str(place) for place, idea in enumerate(differing, start=1)}
    marks |= {idea.id: chr(ord("A") + place) for place, idea in enumerate(agreeing)}

    def named(ideas: Sequence[Compared]) -> tuple[Compared, ...]:
        return tuple(
            Compared(
                idea.id,
                idea.rank,
                titles.get(idea.id, ""),
                idea.residents,
                idea.others,
                marks.get(idea.id, ""),
            )
            for idea in ideas
        )

    return Agreement(
        other=other,
        ideas=named(drawn),
        differing=named(differing),
        agreeing=named(agreeing),
        table=named(rows),
        withheld=withheld,
        left_out=left_out,
        titles=titles,
    )


def _compared(ranking: IdeaRanking, other: Group) -> tuple[list[Compared], int]:
    keys = ranking.parameters.groups
    if Group.RESIDENT not in keys or other not in keys:
        return [], len(ranking)
    mine, theirs = keys.index(Group.RESIDENT), keys.index(other)
    found, withheld = [], 0
    rows = zip(
        ranking.ids, ranking.rank.tolist(), ranking.for_.tolist(), ranking.against.tolist(), strict=True
    )
    for number, rank, yes, no in rows:
        totals = {Group(key): (yes[place], no[place]) for place, key in enumerate(keys)}
        if not {Group.RESIDENT, other} <= groups_to_show(totals):
            withheld += 1
            continue
        found.append(
            Compared(
                int(number),
                rank,
                "",
                GroupVotes(yes[mine], no[mine]),
                GroupVotes(yes[theirs], no[theirs]),
            )
        )
    return found, withheld


def _votes(idea: Compared) -> int:
    sides = (idea.residents, idea.others)
    return sum(side.votes_for + side.votes_against for side in sides)


def _titles(ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(Idea.id, Idea.title).where(Idea.id.in_(ids)))}


@dataclass(frozen=True, slots=True)
class Support:
    """One idea with the votes of every group; None for a group whose figures are withheld."""

    id: int
    rank: int
    title: str
    groups: tuple[tuple[str, GroupVotes | None], ...]


def supported(frame: Frame, titles: Mapping[int, str]) -> tuple[Support, ...]:
    """The highest ideas with the support in every group; no statement of its own."""
    ranking = order.of_call(frame.call.id, frame.rules).ranking(Method.DRAAGVLAK)
    rows = ranking.rows(0, TOP)
    keys = ranking.parameters.groups
    found = []
    for row in rows:
        totals = {Group(key): (row.for_[place], row.against[place]) for place, key in enumerate(keys)}
        shown = groups_to_show(totals)
        groups = tuple(
            (
                key,
                GroupVotes(*totals[Group(key)]) if Group(key) in shown else None,
            )
            for key in keys
        )
        found.append(Support(int(row.id), row.rank or 0, titles.get(int(row.id), ""), groups))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ThemeCourse:
    """Where a theme stood at the end of each day: its rank as published, and a place that it shares with nobody."""

    theme_id: int
    ranks: tuple[int | None, ...]
    places: tuple[int | None, ...]

    @property
    def last(self) -> int | None:
        """The rank on the last day."""
        return self.ranks[-1]

    @property
    def first(self) -> int | None:
        """The first rank it had."""
        return next((rank for rank in self.ranks if rank is not None), None)


@dataclass(frozen=True, slots=True)
class SealMark:
    """A sealed standing: its number, its id, its moment, and how far along the days it lies (0 to 1)."""

    id: int
    number: int
    cut_off: datetime
    at: float


@dataclass(frozen=True, slots=True)
class Courses:
    """The days, the themes that ever had a rank with those that stand highest now first, and the seals."""

    days: tuple[date, ...]
    themes: tuple[ThemeCourse, ...]
    seals: tuple[SealMark, ...]


def courses(call_id: int) -> Courses:
    """The ranking of themes of a call over the last days that were written down; two statements."""
    of_call = StandingDay.call_id == call_id
    last = select(StandingDay.day).where(of_call).distinct().order_by(StandingDay.day.desc()).limit(MOST_DAYS)
    since = select(func.min(last.subquery().c.day)).scalar_subquery()
    rows = db.session.execute(
        select(StandingDay.day, StandingDay.theme_id, StandingDay.rank)
        .where(of_call, StandingDay.day >= since)
        .order_by(StandingDay.day, StandingDay.theme_id)
    ).all()
    days = sorted({row[0] for row in rows})
    place = {day: number for number, day in enumerate(days)}
    ranks: dict[int, list[int | None]] = {}
    for day, theme_id, rank in rows:
        ranks.setdefault(theme_id, [None] * len(days))[place[day]] = rank
    ranked = {theme: values for theme, values in ranks.items() if any(value is not None for value in values)}
    places: dict[int, list[int | None]] = {theme: [None] * len(days) for theme in ranked}
    for number in range(len(days)):
        in_order = sorted(
            (rank, theme) for theme, values in ranked.items() if (rank := values[number]) is not None
        )
        for step, (_rank, theme) in enumerate(in_order, start=1):
            places[theme][number] = step
    order_now = sorted(ranked, key=lambda theme: (places[theme][-1] is None, places[theme][-1] or 0, theme))
    return Courses(
        days=tuple(days),
        themes=tuple(ThemeCourse(theme, tuple(ranked[theme]), tuple(places[theme])) for theme in order_now),
        seals=_seals(call_id, days),
    )


def _seals(call_id: int, days: Sequence[date]) -> tuple[SealMark, ...]:
    if not days:
        return ()
    rows = db.session.execute(
        select(Snapshot.id, Snapshot.number, Snapshot.cut_off)
        .where(Snapshot.call_id == call_id)
        .order_by(Snapshot.number)
    )
    # A day's point is its end; the first point is the end of the first day.
    start, end = history.midnight(days[0]), history.midnight(days[-1])
    wide = max((end - start).total_seconds(), 1.0)
    marks = (
        SealMark(number, count, moment, (moment - start).total_seconds() / wide)
        for number, count, moment in rows
    )
    # What was sealed after the last day that is written down found it so: it stands at the end.
    return tuple(replace(mark, at=min(mark.at, 1.0)) for mark in marks if mark.at >= 0)


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many people of each neighbourhood took part, most first. unknown: without one; None when withheld.

    withheld: neighbourhoods whose number is not shown. Nothing that is shown adds up to theirs.
    """

    places: tuple[tuple[str, int], ...]
    unknown: int | None
    withheld: int


_breadths: Kept[Breadth] = Kept("breadths", lifetime=30.0)


def breadth(call_id: int) -> Breadth:
    """Who took part in a call, by neighbourhood; at most half a minute old, one statement."""
    found = _breadths.get(call_id, lambda _stale: _read_breadth(call_id))
    assert found is not None
    return found


def _read_breadth(call_id: int) -> Breadth:
    published = Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED
    active = union(
        select(Vote.person_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(*published, Vote.value != 0, Vote.excluded_at.is_(None)),
        select(Idea.author_id).where(*published),
        select(Argument.author_id)
        .join(Idea, Idea.id == Argument.idea_id)
        .where(*published, Argument.state == ArgumentState.PUBLISHED),
    ).subquery()
    rows = db.session.execute(
        select(Person.neighbourhood, func.count())
        .join(active, active.c[0] == Person.id)
        .group_by(Person.neighbourhood)
    ).all()
    return gathered([(row[0], row[1]) for row in rows])


def gathered(rows: Sequence[tuple[str, int]]) -> Breadth:
    """The counts of neighbourhoods as people typed them; one name for what only capitals and spaces tell apart."""
    spelled: dict[str, Counter[str]] = {}
    for name, number in rows:
        plain = " ".join(name.split())
        spelled.setdefault(plain.casefold(), Counter())[plain] += number
    sizes = {key: names.total() for key, names in spelled.items()}
    shown = sizes_to_show(sizes)
    label = {key: max(names, key=lambda name: (names[name], name)) for key, names in spelled.items()}
    places = sorted(
        ((label[key], sizes[key]) for key in shown if key), key=lambda pair: (-pair[1], pair[0].casefold())
    )
    return Breadth(
        places=tuple(places),
        unknown=sizes.get("", 0) if "" in shown or "" not in sizes else None,
        withheld=sum(1 for key in sizes if key and key not in shown),
    )
