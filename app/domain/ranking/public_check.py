"""What a reader of the public document alone can compute again, and whether it comes out the same."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from app.domain.ranking import scores as formulas
from app.domain.ranking.bounds import approval_bounds, mean_bounds, score_bounds
from app.domain.ranking.canonical import Difference, NotCanonical, canonical, first_difference, sha256
from app.domain.ranking.ideas import rank_ideas
from app.domain.ranking.material import IDEAS, THEMES, WEIGHED, UnknownMethod, parameters_of
from app.domain.ranking.parameters import Method, Parameters, ThemeMethod, Weighting
from app.domain.ranking.records import decimal, exact
from app.domain.ranking.snapshot import METHODS, PUBLIC
from app.domain.ranking.tallies import Tallies
from app.domain.ranking.verification import FAULTS, document_in

HALF_A_PERCENT = 0.005 + 1e-9
"""What rounding to whole percents may add or take away."""

PARTS = (
    *("call", "digests", "inputs", "methods", "number", "outputs", "parameters", "previous", "reason"),
    *("schema", "scope", "seed", "software", "times", "weighting", "workshop"),
)


def verify_public(text: str) -> list[Difference]:
    """Whether a public document is whole and true to itself, as far as it can be computed again: the first fault.

    Orders by methods that do not look at groups are computed again as a whole; scores that do, for every row whose
    groups are all shown. Where averages or figures are withheld, the score must lie between the bounds that follow
    from what is shown. Raises UnknownMethod with a sentence for a document of another version.
    """
    try:
        document = document_in(text, PUBLIC)
    except NotCanonical as error:
        return [Difference("", "something else", f"a public document: {error}")]
    try:
        for check in (_methods, _shape, _sums, _headings, _order, _ideas, _themes, _agendas):
            found = check(document)
            if found:
                return [found]
    except UnknownMethod:
        raise
    except FAULTS as fault:
        return [Difference("", f"something that cannot be computed with ({fault})", "a standing")]
    if canonical(document) != text:
        return [Difference("", "another text", "the canonical one")]
    return []


def _methods(document: Mapping[str, Any]) -> None:
    for kind, names in METHODS.items():
        for name in document.get("methods", {}).get(kind, ()):
            if name not in names:
                raise UnknownMethod(f"This program does not know the method {name}.")


def _shape(document: Mapping[str, Any]) -> Difference | None:
    found = first_difference(sorted(document), sorted(PARTS))
    if found:
        return Difference("", f"the parts {', '.join(sorted(document))}", f"{', '.join(sorted(PARTS))}")
    seed = document["seed"]
    if sha256(seed["value"]) != seed["hash"]:
        return Difference("seed.hash", seed["hash"], sha256(seed["value"]))
    ids = [row[0] for row in document["inputs"]["tallies"]]
    return first_difference([row[0] for row in document["scope"]["ideas"]], ids, "scope.ideas")


def _sums(document: Mapping[str, Any]) -> Difference | None:
    """Totals against the groups that are shown."""
    inputs = document["inputs"]
    for place, (_idea, for_, against, p, q) in enumerate(inputs["tallies"]):
        for name, row, total in (("for", for_, p), ("against", against, q)):
            shown = [figure for figure in row if figure is not None]
            if sum(shown) > total or (len(shown) == len(row) and sum(shown) != total):
                return Difference(f"inputs.tallies.{place} ({name})", str(total), str(sum(shown)))
    for reason, count in inputs["exclusions"].items():
        if not isinstance(count, int) or count < 1:
            return Difference("inputs.exclusions", f"{count} votes ({reason})", "a number of votes")
    votes = sum(row[3] + row[4] for row in inputs["tallies"])
    return first_difference(inputs["votes"], votes, "inputs.votes")


def _headings(document: Mapping[str, Any]) -> Difference | None:
    """Whether every ranking and agenda says of itself what the document says of all."""
    versions = {**IDEAS, **THEMES}
    for kind in ("ideas", "themes", "agendas"):
        for key, record in sorted(document["outputs"][kind].items()):
            if "error" in record:
                continue
            name, weighting = key.split(":")
            should = {
                "weighting": weighting,
                "parameters": document["parameters"],
                "seed": document["seed"]["value"],
            }
            if kind != "agendas":
                should["method"] = next(version for version, each in versions.items() if each.value == name)
            told = {part: record[part] for part in should}
            found = first_difference(told, should, f"outputs.{kind}.{key}")
            if found:
                return found
    return None


def _order(document: Mapping[str, Any]) -> Difference | None:
    """Whether every idea and theme stands in every ranking once, and the ranks follow their places."""
    scope = document["scope"]
    every = {"ideas": [row[0] for row in scope["ideas"]], "themes": [row["id"] for row in scope["themes"]]}
    for kind, ids in every.items():
        for key, record in sorted(document["outputs"][kind].items()):
            path = f"outputs.{kind}.{key}"
            told = [row["id"] for part in ("rows", "too_few") for row in record[part]]
            found = first_difference(sorted(told), sorted(ids), path)
            if found:
                return found
            before = 0
            for place, row in enumerate(record["rows"], start=1):
                if row["rank"] not in (place, before):
                    return Difference(f"{path}.rows.{place - 1}.rank", str(row["rank"]), str(place))
                before = row["rank"]
            for place, row in enumerate(record["too_few"]):
                if row["rank"] is not None:
                    return Difference(f"{path}.too_few.{place}.rank", str(row["rank"]), "nothing")
    return None


def _ideas(document: Mapping[str, Any]) -> Difference | None:
    parameters = parameters_of(document["parameters"])
    tallies = {row[0]: row for row in document["inputs"]["tallies"]}
    for key in sorted(document["outputs"]["ideas"]):
        record, path = document["outputs"]["ideas"][key], f"outputs.ideas.{key}"
        for part in ("rows", "too_few"):
            for place, row in enumerate(record[part]):
                told = [row["id"], row["for"], row["against"], row["p"], row["q"]]
                found = first_difference(told, tallies[row["id"]], f"{path}.{part}.{place}")
                if found:
                    return found
        found = _scores(key, record, tallies, parameters, document["seed"]["value"], path)
        if found:
            return found
    return None


def _scores(
    key: str,
    record: Mapping[str, Any],
    tallies: Mapping[Any, Sequence[Any]],
    parameters: Parameters,
    seed: str,
    path: str,
) -> Difference | None:
    method, weighting = Method(key.split(":")[0]), Weighting(key.split(":")[1])
    if method is Method.ACTUEEL:
        return None  # follows from the moments of votes, which nobody gets to see
    if not method.sees_groups or (method in WEIGHED and weighting is Weighting.PER_PERSON):
        return _whole_order(method, record, tallies, parameters, seed, path)
    found = _within_bounds(method, record, tallies, parameters, path)
    if found or record["mu"] is None:
        return found
    mu = tuple(exact(mean) for mean in record["mu"])
    known = [place for place, row in enumerate(record["rows"]) if None not in row["for"]]
    rows = [record["rows"][place] for place in known]
    counts = Tallies.of(
        [row["id"] for row in rows],
        parameters.groups,
        [row["for"] for row in rows],
        [row["against"] for row in rows],
    )
    scores = formulas.score(method, counts.for_, counts.against, parameters, mu, weighting).tolist()
    for place, row, score in zip(known, rows, scores, strict=True):
        if row["score"] != decimal(score):
            return Difference(f"{path}.rows.{place}.score", str(row["score"]), decimal(score))
    return None


def _within_bounds(
    method: Method,
    record: Mapping[str, Any],
    tallies: Mapping[Any, Sequence[Any]],
    parameters: Parameters,
    path: str,
) -> Difference | None:
    """Rows in whole percents: what is withheld leaves room, but not for every score."""
    known = {row["id"]: tuple(tallies[row["id"]][1:]) for row in record["rows"]}
    if record["mu"] is None:
        means = mean_bounds(list(known.values()), len(parameters.groups))
    else:
        means = tuple((exact(mean), exact(mean)) for mean in record["mu"])
    for place, row in enumerate(record["rows"]):
        if record["mu"] is not None and None not in row["for"]:
            continue
        low, high = score_bounds(method, approval_bounds(known[row["id"]], means, parameters.m), parameters)
        if not low - HALF_A_PERCENT <= float(row["score"]) <= high + HALF_A_PERCENT:
            between = f"between {decimal(low)} and {decimal(high)}, in whole percents"
            return Difference(f"{path}.rows.{place}.score", str(row["score"]), between)
    return None


def _whole_order(
    method: Method,
    record: Mapping[str, Any],
    tallies: Mapping[Any, Sequence[Any]],
    parameters: Parameters,
    seed: str,
    path: str,
) -> Difference | None:
    """The ranking of everybody as one group."""
    rows = list(tallies.values())
    everybody = Parameters.equal(
        ("all",),
        **{name: getattr(parameters, name) for name in ("m", "n_min", "z", "k", "half_life_days", "calm")},
    )
    counts = Tallies.of(
        [row[0] for row in rows], ("all",), [[row[3]] for row in rows], [[row[4]] for row in rows]
    )
    ranking = rank_ideas(counts, everybody, method, seed)
    should = [
        [idea, rank, decimal(score)]
        for idea, rank, score in zip(ranking.ids, ranking.rank.tolist(), ranking.score.tolist(), strict=True)
    ]
    told = [[row["id"], row["rank"], row["score"]] for row in record["rows"]]
    return first_difference(told, should, f"{path}.rows")


def _themes(document: Mapping[str, Any]) -> Difference | None:
    parameters = parameters_of(document["parameters"])
    for key in sorted(document["outputs"]["themes"]):
        method, weighting = key.split(":")
        record, path = document["outputs"]["themes"][key], f"outputs.themes.{key}"
        for place, row in enumerate(record["rows"]):
            where = f"{path}.rows.{place}"
            if method == ThemeMethod.BEREIK and row["score"] != decimal(row["reach"]):
                return Difference(f"{where}.score", row["score"], decimal(row["reach"]))
            if None in row["supporters"]:
                continue
            if sum(row["supporters"]) != row["reach"]:
                return Difference(f"{where}.reach", str(row["reach"]), str(sum(row["supporters"])))
            by_group = method == ThemeMethod.MEERDERHEID and weighting == Weighting.PER_GROUP
            if by_group and record["mu"] is not None:
                score = formulas.score(
                    Method.DRAAGVLAK,
                    np.array([row["supporters"]], dtype=np.int64),
                    np.array([row["opponents"]], dtype=np.int64),
                    parameters,
                    tuple(exact(mean) for mean in record["mu"]),
                )
                if row["score"] != decimal(float(score[0])):
                    return Difference(f"{where}.score", row["score"], decimal(float(score[0])))
    return None


def _agendas(document: Mapping[str, Any]) -> Difference | None:
    for key, record in sorted(document["outputs"]["agendas"].items()):
        if "error" in record:
            continue
        path = f"outputs.agendas.{key}"
        used = record["pinned"]
        for place, entry in enumerate(record["entries"]):
            if entry["phase"] != "pinned":
                used += entry["minutes"]
            parts = [*entry["paid"], entry["common"]]
            # With fractions everything adds up; beyond them (many items) the last places may differ.
            if None not in parts and abs(sum(exact(part) for part in parts) - entry["minutes"]) > Fraction(
                1, 10**6
            ):
                return Difference(f"{path}.entries.{place}.paid", canonical(parts), str(entry["minutes"]))
        if used != record["pinned"] + record["used"]:
            return Difference(f"{path}.used", str(record["used"]), str(used - record["pinned"]))
    return None
