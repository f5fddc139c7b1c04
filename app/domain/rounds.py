"""Live rounds as plain rules: what can be chosen, which answers are equal, when two counts agree, what may be shown."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from app.domain.ballot import Group, groups_to_show

LEAST_DOTS, MOST_DOTS = 1, 20
MOST_OPTIONS = 20
MOST_ANSWERS = 5
"""How many answers one person writes in an open round."""
MOST_ANSWERS_OF_ALL = 500
QUESTION, OPTION, ANSWER = (5, 200), (2, 280), (2, 140)
"""Least and most characters, after trimming."""
NAME = (0, 60)
MOST_PEOPLE = 1000
"""How many phones a workshop lets in, so that nobody fills it from afar."""

_NOT_A_SIGN = re.compile(r"[\W_]+")


def key_of(text: str) -> str:
    """A digest that is equal for answers that differ in capitals, accents, signs and spaces only."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # A text of signs alone, such as a row of hearts, is compared as it stands.
    return hashlib.sha256((_NOT_A_SIGN.sub("", letters) or text.strip()).encode()).hexdigest()


def agreed(counts: Mapping[int, Mapping[int, int]], values: Iterable[int]) -> dict[int, int] | None:
    """What two people found alike for one option: number by value; None unless both counted all and found the same.

    counts: number by value, by the person who counted.
    """
    wanted = sorted(values)
    found = [[given.get(value) for value in wanted] for given in counts.values()]
    if len(found) != 2 or None in found[0] or found[0] != found[1]:
        return None
    return {value: counts[next(iter(counts))][value] for value in wanted}


def shown_groups(heads: Mapping[Group, int]) -> frozenset[Group]:
    """The groups of which figures may stand beside those of all: the rule of decision 0005, for people per option."""
    return groups_to_show({group: (number, 0) for group, number in heads.items()})


def shuffled(ids: Iterable[int], *seed: object) -> list[int]:
    """The same things in an order by lot that stays for the same seed, so that no option is always on top."""
    return sorted(ids, key=lambda number: hashlib.sha256(repr((*seed, number)).encode()).digest())
