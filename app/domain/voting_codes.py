"""Voting codes as they stand on paper: letters and digits that nobody confuses, and a check that tells of a typo.

A code has sixteen characters in groups of four, such as `JESH-9682-PG9B-25AS`. The first fifteen are drawn by lot
(75 bits), the last follows from them. Seen as numbers of the field with 32 elements, the character at place i counts
2 to the power i, and all of them add up to nought. One wrong character changes that sum by something that is not
nought, and so do two characters that change places, wherever they stand: both are told at once.
"""

from collections.abc import Callable, Sequence

from app.domain.decision import N_

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without 0 and O, 1 and I."""
DRAWN = 15
LENGTH = DRAWN + 1
GROUP = 4
_PLACE = {letter: number for number, letter in enumerate(ALPHABET)}
_MODULUS = 0b100101  # x^5 + x^2 + 1: the powers of x run through all 31 elements but nought
_SPACE = str.maketrans("", "", " -.\u00a0\u2010\u2011\u2012\u2013\u2014\t\r\n")


class NotACode(ValueError):
    """What was typed cannot be a code; the message is a marked English sentence, `values` fill it in."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


def make(draw: Callable[[int], int]) -> str:
    """A new code, without spaces. `draw(n)` gives a number from 0 up to n, every one as likely as the next."""
    drawn = [draw(len(ALPHABET)) for _ in range(DRAWN)]
    return "".join(ALPHABET[number] for number in (*drawn, _last(drawn)))


def read(typed: str) -> str:
    """The code that somebody typed, with or without spaces and dashes, in capitals or not. Raises NotACode."""
    code = typed.translate(_SPACE).upper()
    if not code:
        raise NotACode(N_("Fill in the code from your letter."))
    strange = next((letter for letter in code if letter not in _PLACE), None)
    if strange is not None and strange in "0O1I":
        raise NotACode(N_("A code has no 0, O, 1 or I in it. Look at the letter again."))
    if strange is not None:
        raise NotACode(N_("A code has letters and digits only. Look at the letter again."))
    if len(code) != LENGTH:
        raise NotACode(
            N_("A code has %(length)d letters and digits; you typed %(now)d."), length=LENGTH, now=len(code)
        )
    numbers = [_PLACE[letter] for letter in code]
    if _last(numbers[:DRAWN]) != numbers[DRAWN]:
        raise NotACode(N_("There is a typing mistake in this code. Look at the letter again."))
    return code


def grouped(code: str) -> str:
    """A code as it stands on paper: in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _last(drawn: Sequence[int]) -> int:
    """The character that makes the weighted sum nought: it stands at place 0, the drawn ones at 1, 2, …"""
    total = 0
    for number in reversed(drawn):
        total = _doubled(total ^ number)
    return total


def _doubled(number: int) -> int:
    number <<= 1
    return number ^ _MODULUS if number > 31 else number
