"""What belongs to a theme on the agenda, for pages and papers: arguments, differences, examples, who comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.domain.ballot import Side
from app.kit import voices
from app.records import agenda_briefs
from app.records.agenda_briefs import Brief, Example

Record = Mapping[str, Any]
ALIKE = 0.1
"""Shares that differ less than this say that groups agree."""


@dataclass(frozen=True, slots=True)
class Item:
    """In words and plain values. groups: per group that took a side the share in favour; None is withheld."""

    for_: tuple[Brief, ...] = ()
    against: tuple[Brief, ...] = ()
    examples: tuple[Example, ...] = ()
    groups: tuple[tuple[str, float | None], ...] = ()
    differs: str = ""
    coming: tuple[str, ...] = ()


def of_parts(parts: Sequence[Record], coming: Mapping[int, Sequence[str]]) -> dict[int, Item]:
    """Per theme of a document; two statements. coming: the names of those who come."""
    themes = [part for part in parts if part["themeId"]]
    briefs = agenda_briefs.arguments(number for part in themes for number in part["arguments"])
    examples = agenda_briefs.examples(number for part in themes for number in part["practices"])
    found = {}
    for part in themes:
        said = [briefs[number] for number in part["arguments"] if number in briefs]
        shares = _shares(part["differences"])
        found[part["themeId"]] = Item(
            for_=tuple(each for each in said if each.side == Side.FOR),
            against=tuple(each for each in said if each.side == Side.AGAINST),
            examples=tuple(examples[number] for number in part["practices"] if number in examples),
            groups=tuple((voices.group_plural(group), share) for group, share in shares),
            differs=_differs(shares),
            coming=tuple(coming.get(part["themeId"], ())),
        )
    return found


def _shares(differences: Record | None) -> list[tuple[str, float | None]]:
    if differences is None:
        return []
    found: list[tuple[str, float | None]] = []
    for group, yes, no in zip(
        differences["groups"], differences["supporters"], differences["opponents"], strict=True
    ):
        if yes is None or no is None:
            found.append((group, None))
        elif yes + no:
            found.append((group, yes / (yes + no)))
    return found


def _differs(shares: Sequence[tuple[str, float | None]]) -> str:
    """Between which groups the difference is largest; empty where fewer than two can be compared."""
    known = [(share, group) for group, share in shares if share is not None]
    if len(known) < 2:
        return ""
    least, most = min(known), max(known)
    if most[0] - least[0] < ALIKE:
        return _("The groups agree on this.")
    return _(
        "%(most)s are most in favour, %(least)s least.",
        most=voices.group_plural(most[1]),
        least=voices.group_plural(least[1]).lower(),
    )
