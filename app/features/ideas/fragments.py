"""Cards as ready pieces of HTML: a list is put together from what seldom changes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from flask import get_template_attribute, request
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.domain.ballot import VoteValue
from app.domain.decision import Decision
from app.features.ideas import facets
from app.features.ideas.highlights import Marked
from app.features.ideas.listing import SORT_NAMES, Choice, Listing
from app.kit.i18n import language
from app.records.calls import PhaseRow
from app.records.ideas import CardRow
from app.records.traits import Counts

Key = tuple[str, tuple[tuple[str, object], ...], bool]
"""A decision that can be compared and counted by."""
CAPACITY = 4096
"""Pieces of some three kilobytes that one process keeps."""
_UNMARKED: Mapping[int, Marked] = MappingProxyType({})
# What is of one visitor only stands in the pieces as a mark that nobody can guess, and is filled in at the end.
_TOKEN = f"token-{secrets.token_hex(16)}"
_BACK = f"back-{secrets.token_hex(16)}"
_MINE, _FOLLOWED = f"mine-{secrets.token_hex(16)}", f"followed-{secrets.token_hex(16)}"


def cards(
    rows: list[CardRow],
    voting: Decision,
    mine: dict[int, VoteValue],
    *,
    counts: bool,
    threshold: int | None = None,
    marked: Mapping[int, Marked] = _UNMARKED,
) -> Markup:
    """The cards with their ballots as the list shows them to this visitor.

    threshold: how many votes for an idea asks for. marked: what a search found in the cards; those are kept for nobody.
    """
    here = (language(), request.script_root)
    key = _key(voting)
    asks = threshold if counts else None
    make = _piece.__wrapped__ if marked else _piece
    html = Markup("").join(
        make(row, int(mine.get(row.id, 0)), counts, key, here, asks, marked.get(row.id)) for row in rows
    )
    if voting and rows:
        back = (request.script_root + request.full_path).rstrip("?")
        html = html.replace(_TOKEN, generate_csrf()).replace(_BACK, back)
    return html


@lru_cache(maxsize=CAPACITY)
def _piece(
    row: CardRow,
    mine: int,
    counts: bool,
    voting: Key,
    _here: tuple[str, str],
    threshold: int | None,
    marked: Marked | None,
) -> Markup:
    """Rendered anew for every row, vote and right that differs in anything, and for each language and address root."""
    card = get_template_attribute("ideas/_card.html", "card_with_ballot")
    piece: Markup = card(row, _decision(voting), mine, counts, _TOKEN, _BACK, threshold, marked)
    return piece


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the ideas: above them, the line with what was found, and below them."""

    top: Markup
    found: Markup
    share: Markup


def around(found: Listing, phase: PhaseRow | None, submitting: Decision, feed: str) -> Around:
    """What one may choose with how many would remain, what was chosen, and the way to share it."""
    # Cursors and lots are of one page; what people search for, and what is theirs, is kept for nobody.
    choice = found.choice
    areas = found.sheet.traits.area_names
    same = replace(choice, lot="", after="", before="")
    is_own = choice.search or choice.is_personal or choice.area not in {"", *(name for _key, name in areas)}
    make = _around.__wrapped__ if is_own else _around
    here = (language(), request.script_root)
    key = _key(submitting)
    piece = make(same, phase, key, len(found.sheet), found.total, feed, here, found.counted.counts, areas)
    mine, followed = found.own or (None, None)
    return replace(piece, top=piece.top.replace(_MINE, _said(mine)).replace(_FOLLOWED, _said(followed)))


def _said(count: int | None) -> str:
    return "" if count is None else f"({format_decimal(count)})"


@lru_cache(maxsize=256)
def _around(
    choice: Choice,
    phase: PhaseRow | None,
    submitting: Key,
    size: int,
    total: int,
    feed: str,
    _here: tuple[str, str],
    counts: Counts,
    areas: tuple[tuple[str, str], ...],
) -> Around:
    above = get_template_attribute("ideas/_top.html", "list_top")
    between = get_template_attribute("ideas/_found.html", "found_head")
    below = get_template_attribute("ideas/_found.html", "share_view")
    return Around(
        above(
            choice,
            phase,
            _decision(submitting),
            size == 0,
            [(sort.value, _(SORT_NAMES[sort])) for sort in choice.sorts],
            facets.of_choice(choice, counts, areas),
            (_MINE, _FOLLOWED),
        ),
        between(choice, total, facets.chosen(choice)),
        below(choice, feed),
    )


def _key(decision: Decision) -> Key:
    return decision.refusal, tuple(decision.values.items()), decision.needs_sign_in


def _decision(key: Key) -> Decision:
    refusal, values, needs_sign_in = key
    return Decision(refusal, dict(values), needs_sign_in)
