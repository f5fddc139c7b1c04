"""Passages of a text: whether another text says only what stands in it, and what is left when they are taken out."""

import re
from collections import Counter

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what stands between empty lines."""
    return [part.strip() for part in _PARAGRAPH.split(text) if part.strip()]


def sentences(text: str) -> list[str]:
    """The sentences of a text in their order; a line of its own, as in a list, is one as well."""
    found = []
    for paragraph in paragraphs(text):
        start = 0
        for gap in _SENTENCE.finditer(paragraph):
            found.append(paragraph[start : gap.end()].strip())
            start = gap.end()
        found.append(paragraph[start:].strip())
    return [sentence for sentence in found if sentence]


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())


def foreign(passages: str, text: str) -> list[str]:
    """The sentences of `passages` that do not stand in `text`, as often as they do there; spaces do not matter."""
    there = Counter(map(_plain, sentences(text)))
    strange = []
    for sentence in sentences(passages):
        key = _plain(sentence)
        if there[key] > 0:
            there[key] -= 1
        else:
            strange.append(sentence)
    return strange


def without(text: str, passages: str) -> str:
    """What is left of a text when the sentences of `passages` leave it; paragraphs stay as they are."""
    leaving = Counter(map(_plain, sentences(passages)))
    left = []
    for paragraph in paragraphs(text):
        kept, start = "", 0
        ends = [gap.end() for gap in _SENTENCE.finditer(paragraph)] + [len(paragraph)]
        for end in ends:
            key = _plain(paragraph[start:end])
            if leaving[key] > 0 and key:
                leaving[key] -= 1
            else:
                kept += paragraph[start:end]
            start = end
        if kept.strip():
            left.append(kept.strip())
    return "\n\n".join(left)
