"""Hints towards plain Dutch (level B1): long sentences, words of the town hall, passives, unexplained abbreviations.

A hint says where it is and what would be plainer. It is never a fault: the writer decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.plain_words import KNOWN_SHORT, WORDS

LONG_SENTENCE = 20
"""Words; a longer sentence is hard to follow."""
MANY_PASSIVES = 3
"""From this many in one text on, and one in three sentences, they are worth a word."""
MOST_HINTS = 12


class HintKind(StrEnum):
    """What may be plainer."""

    LONG = "long"
    WORD = "word"
    PASSIVE = "passive"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something between two positions of a text that may be plainer."""

    kind: HintKind
    start: int
    end: int
    text: str
    better: str = ""
    """Of a word: what somebody would say instead."""
    count: int = 0
    """Of a long sentence: its words. Of passives: how many there are."""


def hints(text: str, most: int = MOST_HINTS) -> list[Hint]:
    """At most so many hints, in the order of the text."""
    found = [*_long_sentences(text), *_hard_words(text), *_passives(text), *_abbreviations(text)]
    return sorted(found, key=lambda hint: (hint.start, hint.end))[:most]


_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_END = re.compile(r"[.!?…]+[\"'’”)]*(?=\s|$)|\n+")
# The whole stops of `bijv. De` or `St. Pieter` do not end a sentence.
_NO_END = re.compile(
    r"(?:\b(?:bijv|nr|dr|mr|ds|st|ca|incl|excl|vgl|blz|art|tel|evt|resp|max|min)|\b\w)\.$", re.I
)
_FORMS = {form.lower(): better for forms, better in WORDS.items() for form in forms.split("|")}
# The longest first, so that `ten aanzien van` is found before any part of it.
_HARD = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(re.escape(form) for form in sorted(_FORMS, key=len, reverse=True))
    + r")(?!\w)",
    re.IGNORECASE,
)
_BECOMES = re.compile(r"\b(?:wordt|worden|werd|werden)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\b\w*(?:ge\w{2,}(?:d|t|en)|(?:be|ver|ont|her)\w{2,}(?:d|t|en))\b", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The begin and end of each sentence; a new line ends one as well."""
    start, last = 0, len(text.rstrip())
    for stop in _END.finditer(text):
        ends_line = stop.group().startswith("\n")
        before = max(start, stop.end() - 8)
        if not ends_line and stop.end() < last and _NO_END.search(text, before, stop.end()):
            continue
        end = stop.start() if ends_line else stop.end()
        if text[start:end].strip():
            yield _trimmed(text, start, end)
        start = stop.end()
    if text[start:].strip():
        yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _long_sentences(text: str) -> Iterator[Hint]:
    for start, end in sentences(text):
        count = len(_WORD.findall(text, start, end))
        if count > LONG_SENTENCE:
            yield Hint(HintKind.LONG, start, end, text[start:end], count=count)


def _hard_words(text: str) -> Iterator[Hint]:
    told = set()
    for match in _HARD.finditer(text):
        better = _FORMS[match.group().lower()]
        if better not in told:  # once is enough for a word that comes back
            told.add(better)
            yield Hint(HintKind.WORD, *match.span(), match.group(), better)


def _passives(text: str) -> Iterator[Hint]:
    """One hint, at the first: a single passive is no trouble, a text full of them hides who does what."""
    every = list(sentences(text))
    passive = [
        found
        for start, end in every
        if (found := _BECOMES.search(text, start, end)) and _PARTICIPLE.search(text, start, end)
    ]
    if len(passive) >= MANY_PASSIVES and 3 * len(passive) >= len(every):
        yield Hint(HintKind.PASSIVE, *passive[0].span(), passive[0].group(), count=len(passive))


def _abbreviations(text: str) -> Iterator[Hint]:
    """Capitals that nobody explained: neither `GGZ (zorg voor …)` nor `zorg voor … (GGZ)`."""
    if text.isupper():
        return  # somebody who shouts writes no abbreviations
    told = set(KNOWN_SHORT)
    for match in _CAPITALS.finditer(text):
        short = match.group()
        if short in told:
            continue
        told.add(short)
        explained = re.search(rf"\b{short}\s*\(|\(\s*{short}\s*\)", text)
        if not explained:
            yield Hint(HintKind.SHORT, *match.span(), short)
