"""What the list of ideas shows: what the address asks for, the order that follows, and one page by key."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import numpy as np
from flask import url_for
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.domain.phases import Action
from app.features.ideas import queries
from app.kit import html
from app.kit.i18n import TIME_ZONE
from app.records import frames, order
from app.records.calls import CallRow
from app.records.frames import Frame, ThemeTag
from app.records.order import Sheet, Sort

PAGE = 20
LONGEST_SEARCH = 100
_ZONE = ZoneInfo(TIME_ZONE)

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
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor wants to see, checked: nothing in here is unknown or refused."""

    frame: Frame
    sort: Sort
    default_sort: Sort
    sorts: tuple[Sort, ...]
    theme: ThemeTag | None
    status: PublicStatus | None
    search: str
    lot: str
    names_call: bool
    base: str
    """The address of the list of ideas, in the language of the page."""
    after: str = ""
    before: str = ""

    @property
    def call(self) -> CallRow:
        return self.frame.call

    @property
    def is_filtered(self) -> bool:
        return bool(self.theme or self.status or self.search)

    def address(self, **changes: str) -> str:
        """The address of this list with something else chosen; every change but a cursor starts at the top."""
        values = {
            "oproep": self.call.slug if self.names_call else "",
            "thema": self.theme.slug if self.theme else "",
            "status": self.status.value if self.status else "",
            "zoek": self.search,
            "sort": "" if self.sort is self.default_sort else self.sort.value,
            **changes,
        }
        shuffled = values["sort"] in ("", Sort.RANDOM.value) and self.sort is Sort.RANDOM
        if shuffled and (values.get("na") or values.get("voor")):
            values["lot"] = self.lot
        query = urlencode({key: value for key, value in values.items() if value})
        return f"{self.base}?{query}" if query else self.base


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
    found: NDArray[np.bool_] = field(repr=False)

    @cached_property
    def total(self) -> int:
        """How many ideas answer the choice."""
        return int(self.found.sum())

    def slice(self, seed: str) -> Slice:
        """The page that the cursor of the choice points at."""
        choice = self.choice
        ordering = self.sheet.ordering(choice.sort, seed)
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
        theme=frame.theme(args.get("thema", "")),
        status=next((status for status in PublicStatus if status == args.get("status")), None),
        search=html.tidy(args.get("zoek", ""))[:LONGEST_SEARCH].strip(),
        lot=given if given in lots else lot,
        names_call=bool(slug),
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
    today = now.astimezone(_ZONE).date().toordinal()
    return (str(today), str(today - 1))


def seed(lot: str, person_id: int | None) -> str:
    """What the random order follows from: the lot alone, or the lot and the person."""
    return f"visitor:{lot}" if person_id is None else f"person:{person_id}:{lot}"


def read(choice: Choice, now: datetime) -> Listing:
    """The ideas that answer a choice."""
    if choice.sort is Sort.ACTUEEL:
        sheet = order.with_recent(choice.call.id, choice.frame.rules, now)
    else:
        sheet = order.of_call(choice.call.id, choice.frame.rules)
    found = np.ones(len(sheet), dtype=np.bool_)
    if choice.theme is not None:
        found &= sheet.themes.get(choice.theme.id, np.zeros(len(sheet), dtype=np.bool_))
    if choice.status is not None:
        found &= np.array([status == choice.status for status in sheet.statuses], dtype=np.bool_)
    if choice.search:
        found &= np.isin(sheet.ids, np.array(queries.search(choice.search, choice.call.id), dtype=np.int64))
    return Listing(choice, sheet, found)


def accepts_ideas(call: CallRow, now: datetime) -> bool:
    """Whether somebody can send in ideas now."""
    return call.allows(Action.SUBMIT, now)
