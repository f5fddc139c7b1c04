"""What one can choose above a list of ideas, with how many would remain, and what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.domain.ballot import GROUPS
from app.domain.lifecycle import PublicStatus
from app.features.ideas.listing import Choice, Listing
from app.kit.words import word
from app.records import traits
from app.records.frames import ThemeTag
from app.records.traits import Counts, counts_of


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter."""

    value: str
    text: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class ThemeOption:
    """A theme that one adds to the list, or takes out again."""

    theme: ThemeTag
    href: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """Every filter with its values; those that would find nothing are left out, but for what was chosen."""

    themes: tuple[ThemeOption, ...]
    statuses: tuple[Option, ...]
    groups: tuple[Option, ...]
    areas: tuple[Option, ...]
    answered: int
    placed: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something that was chosen: its words, the list without it, and how many that would find."""

    kind: str
    text: str
    without: str
    count: int | None = None


def of_choice(choice: Choice, counts: Counts, areas: Sequence[tuple[str, str]]) -> Facets:
    """The filters above a list. `areas`: the neighbourhoods by key, as they are written."""
    themes = counts_of(counts, traits.THEME)
    statuses, groups = counts_of(counts, traits.STATUS), counts_of(counts, traits.GROUP)
    here = counts_of(counts, traits.AREA)
    names = dict(areas)
    if choice.area:
        names.setdefault(traits.area_key(choice.area), choice.area)
    return Facets(
        themes=tuple(
            ThemeOption(theme, choice.toggled(theme), themes.get(str(theme.id), 0), theme in choice.themes)
            for theme in choice.frame.themes
        ),
        statuses=_options([(one.value, word(one)) for one in PublicStatus], statuses, choice.status),
        groups=_options([(one.value, word(one)) for one in GROUPS], groups, choice.group),
        areas=tuple(
            Option(name, name, here.get(key, 0), key == traits.area_key(choice.area))
            for key, name in sorted(names.items())
            if here.get(key) or key == traits.area_key(choice.area)
        ),
        answered=counts_of(counts, traits.ANSWERED).get(traits.YES, 0),
        placed=counts_of(counts, traits.PLACED).get(traits.YES, 0),
    )


def _options(
    values: Sequence[tuple[str, str]], counts: dict[str, int], chosen: str | None
) -> tuple[Option, ...]:
    return tuple(
        Option(value, text, counts.get(value, 0), value == chosen)
        for value, text in values
        if counts.get(value) or value == chosen
    )


def chosen(choice: Choice) -> list[Chosen]:
    """Everything that narrows the list down, each with the address of the list without it."""
    found = [Chosen("thema", theme.title, choice.toggled(theme)) for theme in choice.themes]
    texts = {
        "status": word(choice.status) if choice.status else "",
        "groep": word(choice.group) if choice.group else "",
        "buurt": choice.area,
        "antwoord": _("With an answer") if choice.is_answered else "",
        "plek": _("With a place on the map") if choice.is_placed else "",
        "mijn": _("My ideas") if choice.is_mine else "",
        "gevolgd": _("Ideas I follow") if choice.is_followed else "",
        "zoek": f"“{choice.search}”" if choice.search else "",
    }
    return found + [Chosen(name, text, choice.address(**{name: ""})) for name, text in texts.items() if text]


def ways_out(listing: Listing) -> list[Chosen]:
    """Where nothing was found: which filter to leave out, the one first without which there is most."""
    its, choice = listing.sheet.traits, listing.choice
    dimensions = {
        "thema": traits.THEME,
        "status": traits.STATUS,
        "groep": traits.GROUP,
        "buurt": traits.AREA,
        "antwoord": traits.ANSWERED,
        "plek": traits.PLACED,
    }
    if len(listing.choice.filters) < 2 or not listing.choice.selection:
        return []
    found = []
    for one in chosen(choice):
        if one.kind in dimensions:
            left = tuple(part for part in choice.selection if part[0] != dimensions[one.kind])
            without = choice.address(**{one.kind: ""})
            count = int(its.count(left, listing.within).found.sum())
        elif one.kind == "zoek" and not choice.is_personal:
            without, count = one.without, int(its.count(choice.selection).found.sum())
        else:
            continue
        if count:
            found.append(Chosen(one.kind, one.text, without, count))
    return sorted(found, key=lambda one: -(one.count or 0))
