"""How much two short texts are alike, to point out ideas that may be the same."""

import re

_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {"voor", "door", "naar", "over", "onder", "tussen", "naast", "deze", "zijn", "heeft", "hebben", "wordt"}
    | {"worden", "moet", "moeten", "kunnen", "maar", "niet", "meer", "veel", "alle", "ieder", "iedereen"}
    | {"waar", "wanneer", "omdat", "zodat", "want", "beter", "stad", "maastricht", "gemeente", "mensen"}
    | {"laat", "zien", "doen", "maak", "geef", "welke", "welk", "nieuw", "nieuwe", "zonder", "samen"}
    | {"with", "from", "that", "this", "have", "their", "more", "everybody", "city"}
)
STEM = 6


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that say what a text is about: `fietsen` and `fietser` are the same."""
    return frozenset(word[:STEM] for word in _WORD.findall(text.lower()) if word not in _COMMON)


def likeness(one: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words): the shared stems of both over all stems (Dice 1945).

    A stem that begins with the other is shared as well: `groen` and `groene`.
    """
    left, right = stems(one), stems(other)
    if not left or not right:
        return 0.0
    return (_shared(left, right) + _shared(right, left)) / (len(left) + len(right))


def _shared(some: frozenset[str], others: frozenset[str]) -> int:
    return sum(any(one.startswith(other) or other.startswith(one) for other in others) for one in some)


def shared_words(one: str, other: str) -> list[str]:
    """The words of the first text that the second one has as well, each once, in the order in which they stand."""
    others = stems(other)
    found: dict[str, str] = {}
    for word in _WORD.findall(one.lower()):
        stem = word[:STEM]
        if word not in _COMMON and any(stem.startswith(each) or each.startswith(stem) for each in others):
            found.setdefault(stem, word)
    return list(found.values())


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word that the other text has as well."""
    others = stems(other)
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match.group().lower()
        stem = word[:STEM]
        if word in _COMMON or not any(stem.startswith(each) or each.startswith(stem) for each in others):
            continue
        if match.start() > end:
            pieces.append((text[end : match.start()], False))
        pieces.append((match.group(), True))
        end = match.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces
