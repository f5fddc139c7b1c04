"""What the checks of the ground floor say about a text here: with the organisers' list, in the words of the page.

checks.summary(text)     # a chip or two for a row of the queue; one statement a second for all rows together
checks.of(parts)         # every finding for the page of one text, with the places marked
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, has_request_context
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from app.db import db
from app.domain.decision import N_
from app.domain.text_checks import PERSONAL, CheckKind, Finding, check
from app.kit.kept import Kept
from app.models.moderation import FlaggedWord

AROUND = 60
"""Characters of text that a marked place is shown with."""
QUOTED = 3
"""Places of one finding that are shown; the others are counted."""
CHIPS: dict[CheckKind, tuple[str, str]] = {
    CheckKind.EMAIL: (N_("E-mail address"), "mail"),
    CheckKind.PHONE: (N_("Phone number"), "speech"),
    CheckKind.ADDRESS: (N_("Address"), "pin"),
    CheckKind.BSN: (N_("Perhaps a BSN"), "lock"),
    CheckKind.IBAN: (N_("Account number"), "lock"),
    CheckKind.PLATE: (N_("Number plate"), "lock"),
    CheckKind.WORD: (N_("Word from the list"), "flag"),
    CheckKind.SHOUTING: (N_("Capitals"), "megaphone"),
    CheckKind.EXCLAIMING: (N_("Exclamation marks"), "megaphone"),
    CheckKind.LINK: (N_("Link"), "link"),
    CheckKind.SHORTENER: (N_("Short link"), "link"),
    CheckKind.SHORT: (N_("Very short"), "info"),
    CheckKind.REPEATED: (N_("Repetition"), "info"),
}
HINTED = PERSONAL | {CheckKind.WORD, CheckKind.SHOUTING, CheckKind.SHORTENER}
_READ = "flagged_words"
_words: Kept[frozenset[str]] = Kept("flagged-words")


@dataclass(frozen=True, slots=True)
class Chip:
    """A finding in a word or two, with its icon."""

    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as a page shows it: in which part of the text, the sentence, and the places marked."""

    part: str
    chip: Chip
    sentence: str
    quotes: tuple[Markup, ...]
    further: int
    """How many places are not shown."""


def words() -> frozenset[str]:
    """The list of the organisers, at most a second old; a page with many rows reads it once."""
    if not has_request_context():
        return _read_words()
    if not hasattr(g, _READ):
        setattr(g, _READ, _read_words())
    found: frozenset[str] = getattr(g, _READ)
    return found


def _read_words() -> frozenset[str]:
    return (
        _words.get("all", lambda _stale: frozenset(db.session.scalars(select(FlaggedWord.word))))
        or frozenset()
    )


def words_changed() -> None:
    """Read the list anew at the next asking."""
    _words.forget()
    if has_request_context() and hasattr(g, _READ):
        delattr(g, _READ)


def summary(text: str) -> list[Chip]:
    """What is found in a text, a chip for each kind."""
    return [_chip(one.kind) for one in check(text, words())]


def sentence(finding: Finding) -> str:
    """What a finding says, in the language of the page."""
    return str(_(finding.sentence, **finding.values))


def hint(text: str) -> str:
    """What a writer may want to think about once more, in a sentence or two; nothing for most texts."""
    found = [one for one in check(text, words()) if one.kind in HINTED]
    return " ".join(sentence(one) for one in found)


def of(parts: Sequence[tuple[str, str]]) -> list[Shown]:
    """Every finding in the parts of a text, given as (name, text) in their order."""
    found: list[Shown] = []
    for name, text in parts:
        for one in check(text, words()):
            if one.kind == CheckKind.SHORT and len(parts) > 1:
                continue  # a title is short by itself
            places = one.places[:QUOTED]
            quotes = tuple(_marked(text, start, end) for start, end in places)
            found.append(Shown(name, _chip(one.kind), sentence(one), quotes, len(one.places) - len(places)))
    return found


def _chip(kind: CheckKind) -> Chip:
    label, icon = CHIPS[kind]
    return Chip(str(_(label)), icon)


def _marked(text: str, start: int, end: int) -> Markup:
    """The place with the words around it, cut at a space; the place itself between <mark>s."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return Markup("{}<mark>{}</mark>{}").format(before, text[start:end], after)
