"""One text per document, its digests, and the first place where two documents differ."""

import gc
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from app.domain.ranking.tallies import Ints

_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
"""What may be the first or second half of a letter beyond the first plane; our texts write such letters as they are."""


class NotCanonical(ValueError):
    """A text is no document of ours: no JSON, or with numbers that have a point."""


@contextmanager
def in_one_go() -> Iterator[None]:
    """Make very many plain objects without Python looking for rings among them in between: twice as fast.

    Documents hold no rings, so there is nothing to be found.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def canonical(document: Any) -> str:
    """The one text of a document: JSON with sorted keys, nothing between them, and letters as they are."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@in_one_go()
def parse(text: str) -> Any:
    """The document in a text. Raises NotCanonical when it is not JSON, or holds what ours never do: a number with a
    point, one of thousands of digits, or half a letter.
    """
    try:
        found = json.loads(text, parse_float=_no_point, parse_constant=_no_point)
    except json.JSONDecodeError as error:
        raise NotCanonical(f"This is not JSON: {error}.") from None
    except RecursionError:
        raise NotCanonical("This is not one of our documents: it goes too deep.") from None
    except NotCanonical:
        raise
    except ValueError:
        raise NotCanonical("A number in it is too long.") from None
    if _HALF_LETTER.search(text):
        try:
            canonical(found).encode()
        except UnicodeEncodeError:
            raise NotCanonical("It holds half a letter, which no text can be written with.") from None
    return found


def _no_point(number: str) -> NoReturn:
    raise NotCanonical(f"A number with a point has no place in a sealed document: {number[:40]}.")


def sha256(text: str) -> str:
    """The digest of a text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def keyed(key: str, text: str) -> str:
    """A digest that nobody can guess the text from without the key (64 hexadecimal digits)."""
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def pseudonym(key: str, person: int) -> str:
    """What stands for a person in the lines of the events digest; only the key's holder can make it again."""
    return keyed(key, str(person))[:32]


def events_digest(
    key: str,
    people: Sequence[int],
    ideas: Sequence[int],
    groups: Sequence[str],
    voter: Ints,
    idea: Ints,
    value: Ints,
    group: Ints,
) -> str:
    """SHA-256 over the vote lines `pseudonym;idea;group;value`, sorted bytewise, each ended by a line break.

    voter, idea, group: indices into people, ideas and groups, one per vote; value: +1 or -1.
    """
    names = [pseudonym(key, person) for person in people]
    texts = [f";{number};" for number in ideas]
    tails = [f"{name};{sign}\n" for name in groups for sign in (-1, 1)]
    # A line sorts by its pseudonym and then by the digits of its idea, so both are ranked once instead of
    # comparing a million lines.
    rank = _ranks(names)[voter] * max(len(texts), 1) + _ranks(texts)[idea]
    order = np.argsort(rank, kind="stable")
    tail = (group * 2 + (value > 0))[order].tolist()
    lines = zip(voter[order].tolist(), idea[order].tolist(), tail, strict=True)
    return sha256("".join([names[v] + texts[i] + tails[t] for v, i, t in lines]))


def _ranks(texts: Sequence[str]) -> Ints:
    ranks = np.zeros(len(texts), dtype=np.int64)
    ranks[sorted(range(len(texts)), key=lambda place: texts[place].encode())] = np.arange(len(texts))
    return ranks


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a document says something else than it should.

    path: keys and places from the top, such as `outputs.ideas.draagvlak@1.rows.3.score`.
    """

    path: str
    stands: str
    should_be: str

    def __str__(self) -> str:
        return f"{self.path}: it says {self.stands}, it should say {self.should_be}"


MISSING = object()


def first_difference(stands: Any, should_be: Any, path: str = "") -> Difference | None:
    """The first difference between two documents, keys in alphabetical order; None when they are equal.

    A number and a truth value are never equal here, although Python thinks so of 1 and True.
    """
    if type(stands) is type(should_be):
        if isinstance(stands, Mapping):
            pairs: Iterable[tuple[Any, Any, Any]] = (
                (key, stands.get(key, MISSING), should_be.get(key, MISSING))
                for key in sorted({*stands, *should_be})
            )
        elif isinstance(stands, list):
            longest = max(len(stands), len(should_be))
            pairs = ((at, _at(stands, at), _at(should_be, at)) for at in range(longest))
        elif stands == should_be:
            return None
        else:
            return Difference(path, _shown(stands), _shown(should_be))
        for name, left, right in pairs:
            found = first_difference(left, right, f"{path}.{name}" if path else str(name))
            if found:
                return found
        return None
    return Difference(path, _shown(stands), _shown(should_be))


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else MISSING


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = canonical(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
