"""The six characters with which a room comes in: forgiving of capitals, spaces and signs that look alike."""

from collections.abc import Callable
from itertools import product

from app.domain.voting_codes import ALPHABET

LENGTH = 6
_SPACE = str.maketrans("", "", " -.\u00a0\u2010\u2011\u2012\u2013\u2014\t\r\n")
_ALIKE = ("0OQ", "1IL", "2Z", "5S", "8B")
"""Who reads a screen from the back row takes these for each other."""
_ALIKE_TO = {sign: signs for signs in _ALIKE for sign in signs}
_MOST = 512


def make(draw: Callable[[int], int]) -> str:
    """A new code. `draw(n)` gives a number from 0 up to n, every one as likely as the next."""
    return "".join(ALPHABET[draw(len(ALPHABET))] for _place in range(LENGTH))


def readings(typed: str) -> list[str]:
    """What somebody may have meant, as typed first; nothing for what cannot be a code.

    A code of six signs that each look like two others is read as it stands: nobody gets that far by accident.
    """
    code = typed.translate(_SPACE).upper()
    if len(code) != LENGTH or not (code.isascii() and code.isalnum()):
        return []
    choices = [_ALIKE_TO.get(sign, sign) for sign in code]
    number = 1
    for signs in choices:
        number *= len(signs)
    if number > _MOST:
        return [code]
    return [code, *sorted({"".join(signs) for signs in product(*choices)} - {code})]
