"""Arguments as ready pieces of HTML: a long discussion is put together from what seldom changes."""

from collections.abc import Callable
from functools import lru_cache

from flask import get_template_attribute, request, url_for
from markupsafe import Markup

from app.domain.decision import Decision
from app.kit.i18n import language
from app.records.arguments import ArgumentRow, Discussion

CAPACITY = 8192
"""Pieces of one to two kilobytes that one process keeps."""


def ready_sides(talk: Discussion, decision: Decision, idea_id: int) -> Markup:
    """All that was said, with the links to the rest of it; `decision` says whether the visitor may argue.

    Made once for everybody who is handed the same discussion: readers who are not signed in share it for a second.
    """
    key = (language(), request.script_root, bool(decision), decision.needs_sign_in)
    if key not in talk.ready:
        sides = get_template_attribute("discussion/_arguments.html", "sides")
        talk.ready[key] = sides(talk, url_for("ideas.show", idea_id=idea_id), _ready_arguments(decision))
    return talk.ready[key]


def _ready_arguments(decision: Decision) -> Callable[[ArgumentRow], Markup]:
    """Shows one argument or reply of this page after the other."""
    may, sign_in, here = bool(decision), decision.needs_sign_in, (language(), request.script_root)
    return lambda row: _piece(row, may, sign_in, *here)


@lru_cache(maxsize=CAPACITY)
def _piece(row: ArgumentRow, may_argue: bool, may_sign_in: bool, _language: str, _root: str) -> Markup:
    """Rendered anew for every row that differs in anything, and for each language, address root and right.

    No token stands in it: the buttons belong to one form of the page.
    """
    piece: Markup = get_template_attribute("discussion/_argument.html", "argument")(
        row, may_argue, may_sign_in
    )
    return piece
