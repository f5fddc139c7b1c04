"""A poster of an idea: plain data for templates/pdf/poster.typ, whatever people typed."""

import re
from datetime import datetime
from io import BytesIO

import segno
from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _

from app.domain.phases import Action
from app.kit import pdf
from app.kit.i18n import language
from app.kit.kept import Kept
from app.records.ideas import IdeaRow

PAPERS = ("a4", "a3")
KEPT_FOR = 300.0
"""Seconds that a poster is handed out again before it is drawn anew."""
_PART = 18
"""Letters of a title that fit on a line of the poster; a longer word may be broken after each so many."""
_LONG_WORD = re.compile(rf"\S{{{_PART + 1},}}")
_kept: Kept[bytes] = Kept("posters", KEPT_FOR)


def draw(idea: IdeaRow, paper: str, address: str, now: datetime) -> bytes:
    """The poster as PDF, in the language of the page."""
    key = (idea.id, idea.version, paper, language(), address, idea.call.allows(Action.VOTE, now))
    return _kept.get(key, lambda _stale: pdf.render("poster", _data(idea, paper, address, now))) or b""


def _data(idea: IdeaRow, paper: str, address: str, now: datetime) -> dict[str, object]:
    site = current_app.config["SITE"]
    call_to, until = _call_to(idea, now)
    title = pdf.printable(idea.title) or _("An idea for the city")
    code = BytesIO()
    segno.make(address, error="m", micro=False).save(code, kind="svg", border=0, xmldecl=False)
    return {
        "paper": paper,
        "language": language(),
        "site": site.site_name,
        "kicker": pdf.printable(idea.call.title),
        "title": _LONG_WORD.sub(_breakable, title),
        "size": 54 if len(title) <= 30 else 44 if len(title) <= 55 else 36,
        "summary": _LONG_WORD.sub(_breakable, pdf.printable(idea.summary)),
        "qr": code.getvalue().decode("utf-8"),
        "qr_words": _("QR code that leads to this idea"),
        "call_to": call_to,
        "until": until,
        "address": _LONG_WORD.sub(_breakable, address.partition("://")[2]),
        "foot": _("%(site)s, %(municipality)s", site=site.site_name, municipality=site.municipality),
    }


def _call_to(idea: IdeaRow, now: datetime) -> tuple[str, str]:
    """What readers can do, and until when."""
    closes = idea.call.closes(Action.VOTE)
    if closes is not None and idea.call.allows(Action.VOTE, now):
        return _("Vote and react"), _(
            "Scan the code or type the address. Voting is possible until %(date)s.",
            date=format_date(closes, "d MMMM y"),
        )
    opens = idea.call.opens(Action.VOTE, now)
    if opens is not None:
        return _("Vote and react"), _(
            "Scan the code or type the address. Voting starts on %(date)s.",
            date=format_date(opens, "d MMMM y"),
        )
    return _("Read this idea"), _("Scan the code or type the address.")


def _breakable(word: re.Match[str]) -> str:
    """A long word with places where the line may break, which nobody sees otherwise."""
    text = word.group()
    return "\u200b".join(text[start : start + _PART] for start in range(0, len(text), _PART))
