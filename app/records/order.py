"""The published ideas of a call in every order, read at most once a second in this process.

Lists slice these orders instead of sorting in the database: a page of any list costs one statement for its
twenty cards. Places are found by key and never by number, so nothing is lost or shown twice while ideas come
and go between two pages.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import DateTime, String, Text, and_, cast, func, select, type_coerce

from app.db import db
from app.domain.ballot import GROUPS
from app.domain.lifecycle import IdeaState
from app.domain.ranking import IdeaRanking, Method, Tallies, Weighting, lot, rank_ideas
from app.domain.ranking.order import in_order
from app.kit import signals
from app.kit.kept import Kept
from app.models.idea import Idea, IdeaTheme
from app.models.person import Person
from app.models.vote import Tally
from app.records import exposures, standings, traits
from app.records.exposures import NEVER_SEEN, Exposures
from app.records.ordering import Ordering
from app.records.ranking_rules import Rules
from app.records.traits import Traits

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Sort(StrEnum):
    """The keys of addresses; the ranking methods go by their own names."""

    RANDOM = "random"
    CREATED_DESC = "created_desc"
    CREATED_ASC = "created_asc"
    DISCUSSED_DESC = "discussed_desc"
    VOTES_DESC = "votes_desc"
    VOTES_ASC = "votes_asc"
    DRAAGVLAK = "draagvlak"
    ZEKERHEID = "zekerheid"
    NETTO = "netto"
    BRUG = "brug"
    OMSTREDEN = "omstreden"
    GROEPSVERSCHIL = "groepsverschil"
    ACTUEEL = "actueel"
    LEAST_SEEN = "least_seen"

    @property
    def tells_counts(self) -> bool:
        """Whether the order says something about votes, so that it is kept back while counts are hidden."""
        return self not in _SILENT


_SILENT = frozenset({Sort.RANDOM, Sort.CREATED_DESC, Sort.CREATED_ASC, Sort.DISCUSSED_DESC, Sort.LEAST_SEEN})
_FINE = 10**12
_STEPS, _DEEPEST = 1e9, 1100.0
"""How finely the logarithm of recent support is told apart, and below which power of two nothing is left."""
_SEEDS_KEPT = 256


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """Actueel of the ideas of a call as last summed up, at a moment. From then on it fades alike for all."""

    at: datetime
    half_life_days: float
    ideas: Mapping[int, float]

    def left(self, now: datetime) -> float:
        """What is left at a moment of what every idea had."""
        days: float = max(0.0, (now - self.at).total_seconds()) / 86400
        return float(2.0 ** (-days / self.half_life_days))

    def support(self, ids: Ints) -> Floats:
        """Of these ideas; those that came later have nothing yet."""
        return np.array([self.ideas.get(number, 0.0) for number in ids.tolist()], dtype=np.float64)


NOTHING_RECENT = Recent(datetime.fromtimestamp(0, UTC), 7.0, {})


@dataclass(eq=False)
class Sheet:
    """The published ideas of a call as columns, newest first, with the orders that were asked for.

    ids, published (microseconds since 1970), arguments: one per idea. traits: what they can be chosen by.
    version: equal when nothing that orders depend on has changed.
    """

    ids: Ints
    published: Ints
    arguments: Ints
    traits: Traits
    tallies: Tallies
    rules: Rules
    version: tuple[int, ...]
    recent: Recent = NOTHING_RECENT
    """For Actueel only; see `with_recent`."""
    exposures: Exposures = NEVER_SEEN
    """For what was seen least only; see `with_exposures`."""

    def __post_init__(self) -> None:
        self._orderings: dict[tuple[Sort, Recent | None], Ordering] = {}
        self._rankings: dict[tuple[Method, Weighting], IdeaRanking] = {}
        self._lately: tuple[Recent, float, IdeaRanking] | None = None
        self._lots: OrderedDict[str, Ordering] = OrderedDict()

    def __len__(self) -> int:
        return len(self.ids)

    def ordering(self, sort: Sort, seed: str = "") -> Ordering:
        """The ideas in this order; the seed decides `random`, and at which moment what was seen least is looked at."""
        if sort is Sort.RANDOM:
            return self._shuffled(seed)
        if sort is Sort.LEAST_SEEN:
            return self._least_seen(seed)
        key = (sort, self.recent if sort is Sort.ACTUEEL else None)
        found = self._orderings.get(key)
        if found is None:
            found = self._orderings[key] = self._sorted(sort)
        return found

    def ranking(
        self, method: Method, weighting: Weighting | None = None, now: datetime | None = None
    ) -> IdeaRanking:
        """The ideas ranked by a method, by the rules of their process or by another weighting.

        now: for Actueel, the moment up to which votes have faded (to the minute), or when they were summed up.
        """
        weighting = weighting or self.rules.weighting
        if method is Method.ACTUEEL:
            return self._ranked_lately(now)
        found = self._rankings.get((method, weighting))
        if found is None:
            found = rank_ideas(self.tallies, self.rules.parameters, method, self.rules.seed, weighting)
            self._rankings[method, weighting] = found
        return found

    def _ranked_lately(self, now: datetime | None) -> IdeaRanking:
        recent, kept = self.recent, self._lately
        left = 1.0 if now is None else recent.left(now.replace(second=0, microsecond=0))
        if kept is not None and kept[0] is recent and kept[1] == left:
            return kept[2]
        support = recent.support(self.ids) * left
        rules = self.rules
        found = rank_ideas(
            self.tallies, rules.parameters, Method.ACTUEEL, rules.seed, rules.weighting, support
        )
        self._lately = (recent, left, found)
        return found

    def keep_lots_of(self, older: "Sheet | None") -> None:
        """Take over the shuffled orders of the sheet before this one when it held the same ideas."""
        if older is not None and np.array_equal(older.ids, self.ids):
            self._lots = older._lots

    def _shuffled(self, seed: str) -> Ordering:
        found = self._lots.get(seed)
        if found is None:
            first = _scatter(self.ids, seed)
            place = np.lexsort((self.ids, first)).astype(np.int64)
            found = self._of(place, first, np.zeros_like(first), int)
            self._lots[seed] = found
            while len(self._lots) > _SEEDS_KEPT:
                self._lots.popitem(last=False)
        return found

    def _least_seen(self, stamp: str) -> Ordering:
        """As it was counted at a moment, so that turning pages, which is seeing, does not move them; lots decide
        between equals."""
        key = f"least seen {stamp}"
        found = self._lots.get(key)
        if found is None:
            first = self.exposures.at(stamp, self.ids)
            second = _scatter(self.ids, key)
            place = np.lexsort((self.ids, second, first)).astype(np.int64)
            found = self._lots[key] = self._of(place, first, second, int)
        return found

    def _sorted(self, sort: Sort) -> Ordering:
        yes, no = self.tallies.for_.sum(axis=1), self.tallies.against.sum(axis=1)
        nothing = np.zeros_like(self.ids)
        match sort:
            case Sort.CREATED_DESC:
                return self._by(-self.published, nothing, newest_first=True)
            case Sort.CREATED_ASC:
                return self._by(self.published, nothing, newest_first=False)
            case Sort.DISCUSSED_DESC:
                return self._by(-self.arguments, -self.published, newest_first=True)
            case Sort.VOTES_DESC:
                return self._by(-yes, no, newest_first=True)
            case Sort.VOTES_ASC:
                return self._by(yes, -no, newest_first=False)
            case Sort.ACTUEEL:
                return self._lately_ordered()
            case _:
                ranking = self.ranking(Method(sort.value))
                if ranking.method.sees_groups:
                    return self._ranked(ranking, ranking.rank, tells_rank=True)
                return self._ranked(ranking, -np.rint(ranking.score * _FINE).astype(np.int64))

    def _by(self, first: Ints, second: Ints, *, newest_first: bool) -> Ordering:
        sign = -1 if newest_first else 1
        place = np.lexsort((sign * self.ids, second, first)).astype(np.int64)
        return self._of(place, first, second, lambda number: sign * number)

    def _lately_ordered(self) -> Ordering:
        """By recent support. The key of a place is its logarithm plus the age of the moment in half-lives, which
        time leaves as it is: a cursor stays good while votes come in."""
        ranking, recent = self.ranking(Method.ACTUEEL), self.recent
        support = recent.support(np.array(ranking.ids, dtype=np.int64))
        half_lives = recent.at.timestamp() / 86400 / recent.half_life_days
        with np.errstate(divide="ignore"):
            size = np.maximum(np.log2(np.abs(support)), -_DEEPEST) + _DEEPEST + half_lives
        first = -np.sign(support) * np.rint(size * _STEPS)
        return self._ranked(ranking, first.astype(np.int64))

    def _ranked(self, ranking: IdeaRanking, first: Ints, *, tells_rank: bool = False) -> Ordering:
        """Ranked ideas first, in the order of `first`, then those with too few votes; equals in the order of their
        lots."""
        row = {int(number): place for place, number in enumerate(self.ids.tolist())}
        late = [row[int(idea.id)] for idea in ranking.too_few]
        n = (self.tallies.for_ + self.tallies.against).sum(axis=1)
        ranked = np.array([row[int(number)] for number in ranking.ids], dtype=np.int64)
        # Already in order but for scores that a coarser key makes equal.
        order = in_order(-first.astype(np.float64), n[ranked], ranking.ids, ranking.seed)
        place = np.concatenate([ranked[order], np.array(late, dtype=np.int64)])
        last = np.iinfo(np.int64).max // 16
        keys = np.concatenate([first[order], np.full(len(late), last, dtype=np.int64)])
        seed = ranking.seed
        return Ordering(place, self.ids[place], keys, -n[place], lambda number: lot(seed, number), tells_rank)

    def _of(self, place: Ints, first: Ints, second: Ints, tie: Callable[[int], int | str]) -> Ordering:
        return Ordering(place, self.ids[place], first[place], second[place], tie)


def _scatter(ids: Ints, seed: str) -> Ints:
    """A number per idea that looks drawn by lot and is the same for the same seed (splitmix64; Steele 2014)."""
    start = np.uint64(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))
    with np.errstate(over="ignore"):
        x = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(5)).astype(np.int64)


_sheets: Kept[Sheet] = Kept("sheets")
_Version = tuple[int, ...]


def of_call(call_id: int, rules: Rules) -> Sheet:
    """The sheet of a call, at most a second old. While nothing has changed it is only looked at, not read anew."""

    def renew(stale: Sheet | None) -> Sheet:
        if stale is not None and stale.rules == rules and stale.version == version_of(call_id):
            return stale
        sheet = read(call_id, rules, stale)
        sheet.keep_lots_of(stale)
        return sheet

    sheet = _sheets.get(call_id, renew)
    assert sheet is not None
    return sheet


_recents: Kept[Recent] = Kept("recents")


def with_recent(call_id: int, rules: Rules, now: datetime) -> Sheet:
    """The sheet of a call, ready for Actueel: with what the standings job summed up, one statement more."""

    def read(_stale: Recent | None) -> Recent | None:
        kept = standings.current(call_id, standings.RECENT, now)
        if kept is None:
            return None
        support = {int(number): float(value) for number, value in kept.data["ideas"].items()}
        return Recent(datetime.fromisoformat(kept.data["at"]), kept.data["half_life_days"], support)

    recent = _recents.get(call_id, read)
    sheet = of_call(call_id, rules)
    if recent is not None:
        sheet.recent = recent
    return sheet


_exposures: Kept[Exposures] = Kept("exposures", 10.0)


def with_exposures(call_id: int, rules: Rules) -> Sheet:
    """The sheet of a call, ready for what was seen least, one statement more in ten seconds."""
    sheet = of_call(call_id, rules)
    sheet.exposures = _exposures.get(call_id, lambda _stale: exposures.read(call_id)) or NEVER_SEEN
    return sheet


def _mark(number: Any, version: Any) -> Any:
    """Of every idea a number that makes the sum differ when one takes the place of another."""
    return version * (number % 1009 + 1)


def version_of(call_id: int) -> _Version:
    """What the sheet of a call follows from, in a few cheap sums. Votes in other calls change it as well."""
    changes = select(func.coalesce(func.sum(Tally.changes), 0)).scalar_subquery()
    row = (
        db.session.connection()
        .execute(
            select(
                func.count(),
                func.coalesce(func.sum(_mark(Idea.id, Idea.version)), 0),
                func.coalesce(func.sum(Idea.argument_count), 0),
                changes,
            ).where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
        )
        .one()
    )
    return tuple(int(value) for value in row)


def read(call_id: int, rules: Rules, known: Sheet | None = None) -> Sheet:
    """The sheet of a call from the database at this moment.

    One statement. Handed a sheet of a moment ago, it reads the votes alone, and the rest only when an idea changed.
    """
    if known is not None and known.traits.is_fresh:
        rows = _rows(call_id, rules)
        sheet = _votes(rows, rules, known)
        if sheet is not None:
            return sheet
    groups = rules.parameters.groups
    tags = (
        select(
            IdeaTheme.idea_id,
            func.aggregate_strings(cast(IdeaTheme.theme_id, Text), ",").label("ids"),
        )
        .join(Idea, and_(Idea.id == IdeaTheme.idea_id, Idea.call_id == call_id))
        .group_by(IdeaTheme.idea_id)
        .subquery()
    )
    whole = (
        type_coerce(Idea.published_at, DateTime(timezone=True)),
        type_coerce(Idea.public_status, String),
        tags.c.ids,
        *traits.COLUMNS,
    )
    rows = _rows(call_id, rules, whole, tags)
    width = _OF_VOTES + 2 * len([group for group in GROUPS if group.value in groups])
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * (width + len(whole))
    return _sheet(
        columns[:width],
        rules,
        np.array([_microseconds(moment) for moment in columns[width]], dtype=np.int64),
        traits.gather(columns[width + 3 :], _masks(columns[width + 2]), columns[width + 1]),
    )


_OF_VOTES = 4


def _rows(call_id: int, rules: Rules, more: Sequence[Any] = (), tags: Any = None) -> Sequence[Any]:
    """Of every idea its id, arguments, version, the changes of all votes, and the votes of each group."""
    counts: list[Any] = []
    for group in [group for group in GROUPS if group.value in rules.parameters.groups]:
        mine = Tally.group == group
        counts += [
            func.coalesce(func.sum(Tally.votes_for).filter(mine), 0),
            func.coalesce(func.sum(Tally.votes_against).filter(mine), 0),
        ]
    statement = (
        select(
            Idea.id,
            Idea.argument_count,
            Idea.version,
            select(func.coalesce(func.sum(Tally.changes), 0)).scalar_subquery(),
            *counts,
            *more,
        )
        .outerjoin(Tally, Tally.idea_id == Idea.id)
        .where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
        .group_by(Idea.id)
        .order_by(Idea.published_at.desc(), Idea.id.desc())
    )
    if tags is not None:
        statement = (
            statement.outerjoin(tags, tags.c.idea_id == Idea.id)
            .join(Person, Person.id == Idea.author_id)
            .group_by(tags.c.ids, Person.group)
        )
    # Ten thousand rows a second: without the object mapper, and with the plain types of the driver.
    return db.session.connection().execute(statement).all()


def _votes(rows: Sequence[Any], rules: Rules, known: Sheet) -> Sheet | None:
    """The known ideas with these votes; None when they are not the same ideas any more."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    if not columns or not np.array_equal(np.array(columns[0], dtype=np.int64), known.ids):
        return None
    sheet = _sheet(columns, rules, known.published, known.traits)
    return sheet if sheet.version[:2] == known.version[:2] else None


def _sheet(columns: Sequence[Sequence[Any]], rules: Rules, published: Ints, its: Traits) -> Sheet:
    groups = rules.parameters.groups
    ids, arguments, versions = (np.array(columns[place], dtype=np.int64) for place in range(3))
    named = [group for group in GROUPS if group.value in groups]
    votes = {
        group.value: [np.array(columns[_OF_VOTES + 2 * place + side], dtype=np.int64) for side in (0, 1)]
        for place, group in enumerate(named)
    }
    blank = [np.zeros(len(ids), dtype=np.int64)] * 2
    for_, against = (np.stack([votes.get(group, blank)[side] for group in groups], axis=1) for side in (0, 1))
    return Sheet(
        ids=ids,
        published=published,
        arguments=arguments,
        traits=its,
        tallies=Tallies(tuple(columns[0]), groups, for_, against),
        rules=rules,
        version=(
            len(ids),
            int(_mark(ids, versions).sum()),
            int(arguments.sum()),
            int(columns[3][0]) if len(ids) else 0,
        ),
    )


def _microseconds(moment: datetime | None) -> int:
    """Since 1970; SQLite hands out moments without their zone, which is UTC."""
    if moment is None:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1_000_000)


def _masks(tags: Sequence[str | None]) -> dict[int, Bools]:
    places: dict[int, list[int]] = {}
    for place, text in enumerate(tags):
        for number in text.split(",") if text else ():
            places.setdefault(int(number), []).append(place)
    masks = {}
    for theme, found in places.items():
        masks[theme] = np.zeros(len(tags), dtype=np.bool_)
        masks[theme][found] = True
    return masks


@signals.idea_changed.connect
@signals.rules_changed.connect
def _forget(_sender: object, **_more: object) -> None:
    """Somebody changed an idea, or the rules, through this process: the next list shows it."""
    _sheets.forget()
