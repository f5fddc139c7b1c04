"""Personal data in a text: which passages may be some, and the text without the passages that have to go."""

import re
from collections.abc import Sequence
from functools import lru_cache

MARKS = {"nl": "[weggehaald]", "en": "[removed]"}
"""What stands in the place of a passage, by the language of the author."""
PASSAGE_LENGTH = (2, 200)
MOST_PASSAGES = 20
MOST_PROPOSED = 10

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w+])(?:\+31|0031|0)[\s-]?(?:\(0\)[\s-]?)?[1-9](?:[\s-]?\d){8}(?!\d)")
_NINE = re.compile(r"(?<!\d)\d{9}(?!\d)")
_IBAN = re.compile(r"\bNL\d{2}\s?[A-Z]{4}\s?(?:\d[\s]?){10}(?!\d)")


def proposed(texts: Sequence[str]) -> list[str]:
    """Passages that look like an address of mail, a phone number, a citizen service number or a bank account."""
    found: dict[str, None] = {}
    for text in texts:
        for pattern in (_MAIL, _IBAN, _PHONE):
            found.update((match.group().strip(), None) for match in pattern.finditer(text))
            text = pattern.sub(" ", text)  # the end of a bank account is no phone number
        numbers = (match.group() for match in _NINE.finditer(text))
        found.update((number, None) for number in numbers if is_service_number(number))
    return list(found)[:MOST_PROPOSED]


def is_service_number(digits: str) -> bool:
    """Whether nine digits pass the test of eleven for citizen service numbers (burgerservicenummer)."""
    if len(digits) != 9 or not digits.isascii() or not digits.isdigit() or digits == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def passages_of(typed: str) -> list[str]:
    """The passages somebody typed, one a line, each once, the longest first: a short one may stand in a long one."""
    lines = dict.fromkeys(" ".join(line.split()) for line in typed.splitlines())
    return sorted((line for line in lines if line), key=lambda line: (-len(line), line))


@lru_cache(maxsize=256)
def _pattern(passage: str) -> re.Pattern[str]:
    """Finds a passage however it is spaced and in capitals or not, but never as a part of a longer word."""
    middle = r"\s+".join(re.escape(word) for word in passage.split())
    before = r"(?<!\w)" if passage[:1].isalnum() else ""
    after = r"(?!\w)" if passage[-1:].isalnum() else ""
    return re.compile(f"{before}{middle}{after}", re.IGNORECASE)


def stands_in(passage: str, text: str) -> bool:
    """Whether the passage occurs in the text."""
    return _pattern(passage).search(text) is not None


def mask(text: str, passages: Sequence[str], mark: str, most: int | None = None) -> str:
    """The text with the mark in the place of each passage; cut to `most` characters when the mark made it longer."""
    for passage in passages:
        text = _pattern(passage).sub(lambda _found: mark, text)
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"
