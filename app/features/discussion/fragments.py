"""Arguments as ready pieces of HTML: a long discussion is put together from what seldom changes."""

from collections.abc import Callable
from functools import lru_cache

from flask import get_template_attribute, request
from markupsafe import Markup

from app.domain.decision import Decision
from app.kit.i18n import language
from app.records.arguments import ArgumentRow

CAPACITY = 8192
"""Pieces of one to two kilobytes that one process keeps."""


def ready_arguments(decision: Decision) -> Callable[[ArgumentRow], Markup]:
    """Shows one argument or reply of this page after the other; `decision` says whether the visitor may argue."""
    may, here = bool(decision), (language(), request.script_root)
    return lambda row: _piece(row, may and not row.is_reply, *here)


@lru_cache(maxsize=CAPACITY)
def _piece(row: ArgumentRow, can_reply: bool, _language: str, _root: str) -> Markup:
    """Rendered anew for every row that differs in anything, and for each language, address root and right."""
    piece: Markup = get_template_attribute("discussion/_argument.html", "argument")(row, can_reply)
    return piece
