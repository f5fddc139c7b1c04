"""The exact inputs of a sealed standing, read back from its document, and everything that follows from them.

What is computed always comes out of the document itself: numbers are read back from their written form first,
so that whoever holds the document computes with exactly the same numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from app.domain.ranking.agenda import AgendaDraft, FixedBlock, Item, draft_agenda
from app.domain.ranking.ballots import Ballots, fold
from app.domain.ranking.ideas import IdeaRanking, rank_ideas
from app.domain.ranking.parameters import AgendaMethod, Method, Parameters, ThemeMethod, Weighting
from app.domain.ranking.records import exact
from app.domain.ranking.tallies import Floats, Ints, Tallies
from app.domain.ranking.themes import ThemeCounts, ThemeRanking, rank_counts

TICKED, INFERRED = "ticked", "inferred"
"""Where ballots come from: a direct agenda vote, or the votes on ideas."""
IDEAS: Mapping[str, Method] = {method.versioned: method for method in Method}
THEMES: Mapping[str, ThemeMethod] = {method.versioned: method for method in ThemeMethod}
AGENDA: Mapping[str, AgendaMethod] = {method.versioned: method for method in AgendaMethod}
"""Every method this program can compute, by its name with version. A newer version is added beside the old one, so
that what was sealed with the old one can be computed again."""

WEIGHED = (Method.DRAAGVLAK, Method.BRUG)
"""Methods whose order depends on how people weigh."""


class UnknownMethod(ValueError):
    """A document was made with a method or a form that this program does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What the outcomes follow from, and nothing else.

    tallies: the published ideas, by number. recent: Actueel per idea, shape (n,). idea_themes: index pairs.
    counts: persons per theme and group. ballots: on all themes; ticked: whether people ticked them themselves.
    workshops: as in the scope of a document.
    """

    parameters: Parameters
    weighting: Weighting
    seed: str
    tallies: Tallies
    recent: Floats
    idea_themes: tuple[Ints, Ints]
    counts: ThemeCounts
    minutes: Mapping[int, int]
    ballots: Ballots
    ticked: bool
    workshops: Sequence[Mapping[str, Any]]


def parameters_of(record: Mapping[str, Any]) -> Parameters:
    """The parameters in a document. Raises ValueError with a sentence when they make no sense."""
    kinds = {field.name: field.type for field in fields(Parameters)}
    if record.keys() != kinds.keys():
        raise ValueError("The parameters are not those of this program.")
    given: dict[str, Any] = dict(record)
    given["groups"] = tuple(str(group) for group in record["groups"])
    given["weights"] = tuple(exact(weight) for weight in record["weights"])
    for name in ("z", "half_life_days"):
        given[name] = float(record[name])
    return Parameters(**given)


def material_of(document: Mapping[str, Any]) -> Material:
    """The exact inputs in an auditor's document.

    Raises UnknownMethod, or ValueError, KeyError and the like where the document is not one of ours.
    """
    parameters = parameters_of(document["parameters"])
    inputs, scope = document["inputs"], document["scope"]
    groups = parameters.groups
    ids = [row[0] for row in inputs["tallies"]]
    tallies = Tallies.of(
        ids, groups, [row[1] for row in inputs["tallies"]], [row[2] for row in inputs["tallies"]]
    )
    themes = [theme["id"] for theme in scope["themes"]]
    column = {theme: place for place, theme in enumerate(themes)}
    place = {idea: row for row, idea in enumerate(ids)}
    pairs = [(place[idea], column[theme]) for idea, of in scope["ideas"] for theme in of]
    shape = (len(themes), len(groups))

    def heads(kind: int) -> Ints:
        return np.array([row[kind] for row in inputs["themes"]], dtype=np.int64).reshape(shape)

    return Material(
        parameters=parameters,
        weighting=Weighting(document["weighting"]),
        seed=document["seed"]["value"],
        tallies=tallies,
        recent=np.array([float(support) for support in inputs["recent"]], dtype=np.float64),
        idea_themes=(
            np.array([pair[0] for pair in pairs], dtype=np.int64),
            np.array([pair[1] for pair in pairs], dtype=np.int64),
        ),
        counts=ThemeCounts(tuple(themes), groups, heads(1), heads(2), heads(3)),
        minutes={theme["id"]: theme["minutes"] for theme in scope["themes"]},
        ballots=ballots_of(inputs["ballots"], themes, groups),
        ticked=scope["ballots"] == TICKED,
        workshops=scope["workshops"],
    )


def ballots_of(record: Sequence[Sequence[Any]], items: Sequence[int], groups: Sequence[str]) -> Ballots:
    """The reverse of `ballots_record`. Raises ValueError for a ballot on an item that does not exist."""
    width = (len(items) + 7) // 8
    masks = [int(row[0], 16) for row in record]
    if any(mask >> len(items) for mask in masks):
        raise ValueError("A ballot names a theme that is not in the scope.")
    packed = np.frombuffer(b"".join(mask.to_bytes(width, "little") for mask in masks), dtype=np.uint8)
    supports = np.unpackbits(packed.reshape(len(masks), width), axis=1, bitorder="little")[:, : len(items)]
    place = {group: number for number, group in enumerate(groups)}
    return fold(
        items,
        groups,
        supports.astype(np.bool_),
        np.array([place[row[1]] for row in record], dtype=np.int64),
        np.array([row[2] for row in record], dtype=np.int64),
    )


def idea_rankings(of: Material, methods: Iterable[Method]) -> dict[tuple[Method, Weighting], IdeaRanking]:
    """The rankings of ideas by these methods and both weightings."""
    return {
        (method, weighting): rank_ideas(
            of.tallies,
            of.parameters,
            method,
            of.seed,
            weighting,
            of.recent if method is Method.ACTUEEL else None,
        )
        for method in methods
        for weighting in Weighting
    }


def theme_rankings(
    of: Material, methods: Iterable[ThemeMethod]
) -> dict[tuple[ThemeMethod, Weighting], ThemeRanking]:
    """The rankings of themes by these methods and both weightings."""
    ideas = idea_rankings(of, (Method.DRAAGVLAK,))
    return {
        (method, weighting): rank_counts(
            of.counts,
            ideas[Method.DRAAGVLAK, weighting],
            of.idea_themes,
            of.parameters,
            of.seed,
            method,
            weighting,
        )
        for method in methods
        for weighting in Weighting
    }


def agenda_of(
    of: Material, workshop: Mapping[str, Any], eligible: Sequence[int], weighting: Weighting
) -> AgendaDraft:
    """The agenda of a workshop. Raises ValueError when what was fixed takes more time than there is.

    `retimed` names themes that take other minutes here than usual; workshops that change none have no such key, as
    none had before there was such a thing.
    """
    pinned = {row["theme"]: row for row in workshop["pinned"]}
    skipped = {row["theme"]: row for row in workshop["skipped"]}
    minutes = {**of.minutes, **{row["theme"]: row["minutes"] for row in workshop.get("retimed", ())}}
    items = [
        Item(
            theme,
            minutes=pinned[theme]["minutes"] if theme in pinned else minutes[theme],
            pinned=pinned[theme]["reason"] if theme in pinned else "",
            skipped=skipped[theme]["reason"] if theme in skipped and theme not in pinned else "",
        )
        for theme in [*eligible, *(theme for theme in pinned if theme not in eligible)]
    ]
    blocks = [FixedBlock(row["title"], row["minutes"]) for row in workshop["blocks"]]
    return draft_agenda(of.ballots, items, workshop["minutes"], of.parameters, weighting, of.seed, blocks)


def eligible_themes(of: Material) -> list[int]:
    """The themes that compete for the minutes: those with enough supporters, or ticked often enough."""
    if of.ticked:
        return [int(theme) for theme in of.ballots.supported(of.parameters.min_supporters)]
    by = theme_rankings(of, (ThemeMethod.MEERDERHEID,))
    return [int(row.id) for row in by[ThemeMethod.MEERDERHEID, of.weighting].rows]


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Everything that follows from the inputs. agendas: by workshop and weighting, or the sentence of a no."""

    ideas: Mapping[tuple[Method, Weighting], IdeaRanking]
    themes: Mapping[tuple[ThemeMethod, Weighting], ThemeRanking]
    agendas: Mapping[tuple[int, Weighting], AgendaDraft | str]


def outcomes(of: Material, methods: Mapping[str, Sequence[str]]) -> Outcomes:
    """Compute everything with these methods. Raises UnknownMethod with a sentence for a version we do not have."""
    for kind, known in (("ideas", IDEAS), ("themes", THEMES), ("agenda", AGENDA)):
        for name in methods[kind]:
            if name not in known:
                raise UnknownMethod(
                    f"This program does not know the method {name}. Use the version of the software that the "
                    "standing was sealed with."
                )
    ideas = idea_rankings(of, [IDEAS[name] for name in methods["ideas"]])
    themes = theme_rankings(of, [THEMES[name] for name in methods["themes"]])
    eligible = eligible_themes(of)
    agendas: dict[tuple[int, Weighting], AgendaDraft | str] = {}
    for workshop in of.workshops:
        for weighting in Weighting:
            try:
                agendas[workshop["id"], weighting] = agenda_of(of, workshop, eligible, weighting)
            except ValueError as error:
                agendas[workshop["id"], weighting] = str(error)
    return Outcomes(ideas, themes, agendas)
