"""Cards as ready pieces of HTML: a list is put together from what seldom changes."""

import secrets
from dataclasses import replace
from functools import lru_cache

from flask import get_template_attribute, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.domain.ballot import VoteValue
from app.domain.decision import Decision
from app.domain.lifecycle import PublicStatus
from app.features.ideas.listing import SORT_NAMES, Choice
from app.kit.i18n import language
from app.kit.words import word
from app.records.calls import PhaseRow
from app.records.ideas import CardRow

Key = tuple[str, tuple[tuple[str, object], ...], bool]
"""A decision that can be compared and counted by."""
CAPACITY = 4096
"""Pieces of some three kilobytes that one process keeps."""
# What is of one visitor only stands in the pieces as a mark that nobody can guess, and is filled in at the end.
_TOKEN = f"token-{secrets.token_hex(16)}"
_BACK = f"back-{secrets.token_hex(16)}"


def cards(rows: list[CardRow], voting: Decision, mine: dict[int, VoteValue], *, counts: bool) -> Markup:
    """The cards with their ballots as the list shows them to this visitor."""
    here = (language(), request.script_root)
    key = _key(voting)
    html = Markup("").join(_piece(row, int(mine.get(row.id, 0)), counts, key, here) for row in rows)
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
) -> Markup:
    """Rendered anew for every row, vote and right that differs in anything, and for each language and address root."""
    card = get_template_attribute("ideas/_card.html", "card_with_ballot")
    piece: Markup = card(row, _decision(voting), mine, counts, _TOKEN, _BACK)
    return piece


def top(choice: Choice, phase: PhaseRow | None, submitting: Decision, *, is_empty: bool) -> Markup:
    """What stands above the ideas: the calls, the question, and what one may choose."""
    # Cursors and lots are of one page; what people search for is kept for nobody.
    same = replace(choice, lot="", after="", before="")
    make = _top.__wrapped__ if choice.search else _top
    return make(same, phase, _key(submitting), is_empty, (language(), request.script_root))


@lru_cache(maxsize=256)
def _top(
    choice: Choice, phase: PhaseRow | None, submitting: Key, is_empty: bool, _here: tuple[str, str]
) -> Markup:
    above = get_template_attribute("ideas/_top.html", "list_top")
    piece: Markup = above(
        choice,
        phase,
        _decision(submitting),
        is_empty,
        [(sort.value, _(SORT_NAMES[sort])) for sort in choice.sorts],
        [("", _("All")), *((status.value, word(status)) for status in PublicStatus)],
    )
    return piece


def _key(decision: Decision) -> Key:
    return decision.refusal, tuple(decision.values.items()), decision.needs_sign_in


def _decision(key: Key) -> Decision:
    refusal, values, needs_sign_in = key
    return Decision(refusal, dict(values), needs_sign_in)
