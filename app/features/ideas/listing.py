"""What the list of ideas shows: what the address asks for, the order that follows, and one page by key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
from flask import url_for
from werkzeug.datastructures import MultiDict

from app.domain.ballot import GROUPS, Group
from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.domain.phases import Action
from app.features.ideas import queries
from app.kit import html
from app.kit.moments import day_of
from app.records import frames, order, traits
from app.records.calls import CallRow
from app.records.frames import Frame, ThemeTag
from app.records.order import Sheet, Sort
from app.records.traits import Bools, Counted, Selection

PAGE = 20
LONGEST_SEARCH = 100
LONGEST_AREA = 80
FILTERS = ("thema", "status", "groep", "buurt", "antwoord", "plek", "mijn", "gevolgd", "zoek")
"""What narrows a list down, by the names in addresses."""
ON = "1"
"""In an address: only ideas for which this is so."""

SORT_NAMES = {
    Sort.RANDOM: N_("In random order"),
    Sort.CREATED_DESC: N_("Newest first"),
    Sort.CREATED_ASC: N_("Oldest first"),
    Sort.DISCUSSED_DESC: N_("Most reactions"),
    Sort.VOTES_DESC: N_("Most votes for"),
    Sort.VOTES_ASC: N_("Fewest votes for"),
    Sort.DRAAGVLAK: N_("Broadest support"),
    Sort.ZEKERHEID: N_("Surest support"),
    Sort.NETTO: N_("For minus against"),
    Sort.BRUG: N_("Bridges between groups"),
    Sort.OMSTREDEN: N_("Most disputed"),
    Sort.GROEPSVERSCHIL: N_("Largest difference between groups"),
    Sort.ACTUEEL: N_("Most support lately"),
    Sort.LEAST_SEEN: N_("Least seen first"),
}
_OF_A_MOMENT = frozenset({Sort.RANDOM, Sort.LEAST_SEEN})
"""Orders of which the links to other pages say as of when."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor wants to see, checked: nothing in here is unknown or refused."""

    frame: Frame
    sort: Sort
    default_sort: Sort
    sorts: tuple[Sort, ...]
    themes: tuple[ThemeTag, ...]
    """Ideas on one of these; all when empty."""
    status: PublicStatus | None
    group: Group | None
    area: str
    is_answered: bool
    is_placed: bool
    is_mine: bool
    is_followed: bool
    search: str
    lot: str
    names_call: bool
    is_map: bool
    base: str
    """The address of the list of ideas, in the language of the page."""
    after: str = ""
    before: str = ""

    @property
    def call(self) -> CallRow:
        return self.frame.call

    @property
    def is_filtered(self) -> bool:
        return bool(self.search or self.is_personal or self.selection)

    @property
    def is_personal(self) -> bool:
        """Whether it depends on who looks."""
        return self.is_mine or self.is_followed

    @property
    def selection(self) -> Selection:
        """What is chosen of the traits of ideas."""
        chosen = (
            (traits.THEME, tuple(str(theme.id) for theme in self.themes)),
            (traits.STATUS, (self.status.value,) if self.status else ()),
            (traits.GROUP, (self.group.value,) if self.group else ()),
            (traits.AREA, (traits.area_key(self.area),) if self.area else ()),
            (traits.ANSWERED, (traits.YES,) if self.is_answered else ()),
            (traits.PLACED, (traits.YES,) if self.is_placed else ()),
        )
        return tuple((name, values) for name, values in chosen if values)

    @property
    def filters(self) -> dict[str, str | Sequence[str]]:
        """What narrows this list down, as addresses say it."""
        values: dict[str, str | Sequence[str]] = {
            "thema": tuple(theme.slug for theme in self.themes),
            "status": self.status.value if self.status else "",
            "groep": self.group.value if self.group else "",
            "buurt": self.area,
            "antwoord": ON if self.is_answered else "",
            "plek": ON if self.is_placed else "",
            "mijn": ON if self.is_mine else "",
            "gevolgd": ON if self.is_followed else "",
            "zoek": self.search,
        }
        return {name: value for name, value in values.items() if value}

    def address(self, base: str = "", **changes: str | Sequence[str]) -> str:
        """The address of this list with something else chosen; every change but a cursor starts at the top."""
        values = {
            "oproep": self.call.slug if self.names_call else "",
            **self.filters,
            "sort": "" if self.sort is self.default_sort else self.sort.value,
            "kaart": ON if self.is_map else "",
            **changes,
        }
        same_order = values["sort"] in ("", self.sort.value)
        if self.sort in _OF_A_MOMENT and same_order and (values.get("na") or values.get("voor")):
            values["lot"] = self.lot
        query = urlencode({key: value for key, value in values.items() if value}, doseq=True)
        return f"{base or self.base}?{query}" if query else base or self.base

    @property
    def everything(self) -> str:
        """The same list with nothing left out."""
        return self.address(**dict.fromkeys(FILTERS, ""))

    @property
    def complete(self) -> str:
        """The address that shows the same to somebody else, also when another call or phase has begun."""
        return self.address(oproep=self.call.slug, sort=self.sort.value)

    def toggled(self, theme: ThemeTag) -> str:
        """The address with a theme added, or taken out when it was chosen."""
        others = [other for other in self.themes if other.id != theme.id]
        chosen = others if len(others) < len(self.themes) else [*others, theme]
        return self.address(thema=tuple(other.slug for other in chosen))


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list: ids in order, how many there are in all, and where the pages beside it begin."""

    ids: list[int]
    total: int
    newer: str
    older: str


@dataclass(frozen=True)
class Listing:
    """A choice and the ideas that answer it."""

    choice: Choice
    sheet: Sheet
    counted: Counted = field(repr=False)
    within: Bools | None = field(repr=False)
    """What the search and the visitor leave over, before the traits of ideas are looked at."""
    own: tuple[int, int] | None = None
    """How many of what was found are of the visitor, and how many the visitor follows."""

    @property
    def found(self) -> Bools:
        return self.counted.found

    @cached_property
    def total(self) -> int:
        """How many ideas answer the choice."""
        return int(self.found.sum())

    def slice(self, seed: str) -> Slice:
        """The page that the cursor of the choice points at."""
        choice = self.choice
        # What was seen least is the same for everybody, as of a moment that the lot names.
        ordering = self.sheet.ordering(choice.sort, choice.lot if choice.sort is Sort.LEAST_SEEN else seed)
        # Positions along the order of the ideas that answer the choice.
        mine = np.flatnonzero(self.found[ordering.place])
        after = ordering.find(choice.after) if choice.after else None
        before = ordering.find(choice.before) if choice.before else None
        start = 0
        if after is not None:
            start = int(np.searchsorted(mine, after[1], side="left"))
        elif before is not None:
            start = max(0, int(np.searchsorted(mine, before[0], side="left")) - PAGE)
        shown = mine[start : start + PAGE]
        if not len(shown):
            return Slice([], self.total, "", "")
        return Slice(
            ids=ordering.ids[shown].tolist(),
            total=self.total,
            newer=ordering.cursor(int(shown[0])) if start > 0 else "",
            older=ordering.cursor(int(shown[-1])) if start + PAGE < len(mine) else "",
        )


def choose(args: MultiDict[str, str], now: datetime, lot: str, lots: tuple[str, ...]) -> Choice | None:
    """Read what an address asks for; unknown values fall back in silence. None when there is no such call.

    `lot` draws the random order of a first page; `lots` are those that the links of earlier pages may carry.
    """
    slug = args.get("oproep", "").strip()
    frame = frames.of_call(slug)
    if frame is None:
        return None
    sorts = offered_sorts(frame.call, now)
    default = default_sort(frame.call, now)
    wanted = args.get("sort", "")
    given = args.get("lot", "")
    return Choice(
        frame=frame,
        sort=Sort(wanted) if wanted in {sort.value for sort in sorts} else default,
        default_sort=default,
        sorts=sorts,
        themes=tuple(theme for theme in frame.themes if theme.slug in args.getlist("thema")),
        status=next((status for status in PublicStatus if status == args.get("status")), None),
        group=next((group for group in GROUPS if group == args.get("groep")), None),
        area=" ".join(html.tidy(args.get("buurt", "")).split())[:LONGEST_AREA].strip(),
        is_answered=args.get("antwoord") == ON,
        is_placed=args.get("plek") == ON,
        is_mine=args.get("mijn") == ON,
        is_followed=args.get("gevolgd") == ON,
        search=html.tidy(args.get("zoek", ""))[:LONGEST_SEARCH].strip(),
        lot=given if given in lots or wanted == Sort.LEAST_SEEN else lot,
        names_call=bool(slug),
        is_map=args.get("kaart") == ON,
        base=url_for("ideas.index"),
        after=args.get("na", ""),
        before=args.get("voor", ""),
    )


def offered_sorts(call: CallRow, now: datetime) -> tuple[Sort, ...]:
    """The orders that may be asked for now: while counts are hidden none that tells something about votes."""
    hidden = call.hides_counts(now)
    return tuple(sort for sort in Sort if not (hidden and sort.tells_counts))


def default_sort(call: CallRow, now: datetime) -> Sort:
    """The order of the phase that runs; before the first that of the first, after the last that of the last."""
    phase = call.phase(now)
    if phase is None:
        past = [other for other in call.phases if other.ends_at <= now]
        phase = past[-1] if past else next(iter(call.phases), None)
    offered = offered_sorts(call, now)
    wanted = phase.default_sort if phase else ""
    return next((sort for sort in offered if sort == wanted), Sort.RANDOM)


def lots_of_visitor(now: datetime) -> tuple[str, ...]:
    """The lots of signed-out visitors: one a minute, so that everybody gets the same page; valid for two hours."""
    minute = int(now.timestamp()) // 60
    return tuple(str(minute - back) for back in range(120))


def lots_of_person(now: datetime) -> tuple[str, ...]:
    """The lots of somebody who signed in: one a day; yesterday's still turns pages after midnight."""
    today = day_of(now).toordinal()
    return (str(today), str(today - 1))


def seed(lot: str, person_id: int | None) -> str:
    """What the random order follows from: the lot alone, or the lot and the person."""
    return f"visitor:{lot}" if person_id is None else f"person:{person_id}:{lot}"


def read(choice: Choice, now: datetime, person_id: int | None = None) -> Listing:
    """The ideas that answer a choice, for whoever looks: three statements at most, none for most lists of strangers."""
    call, rules = choice.call, choice.frame.rules
    if choice.sort is Sort.ACTUEEL:
        sheet = order.with_recent(call.id, rules, now)
    elif choice.sort is Sort.LEAST_SEEN:
        sheet = order.with_exposures(call.id, rules)
        choice = replace(choice, lot=sheet.exposures.stamp(choice.lot))
    else:
        sheet = order.of_call(call.id, rules)
    within = None
    if choice.search:
        within = np.isin(sheet.ids, np.array(queries.search(choice.search, call.id), dtype=np.int64))
    if person_id is None:
        return Listing(choice, sheet, sheet.traits.count(choice.selection, within), within)
    mine = sheet.traits.authors == person_id
    followed = np.isin(sheet.ids, np.array(queries.followed(person_id), dtype=np.int64))
    for wanted, mask in ((choice.is_mine, mine), (choice.is_followed, followed)):
        if wanted:
            within = mask if within is None else within & mask
    counted = sheet.traits.count(choice.selection, within)
    own = int((counted.found & mine).sum()), int((counted.found & followed).sum())
    return Listing(choice, sheet, counted, within, own)


def accepts_ideas(call: CallRow, now: datetime) -> bool:
    """Whether somebody can send in ideas now."""
    return call.allows(Action.SUBMIT, now)
