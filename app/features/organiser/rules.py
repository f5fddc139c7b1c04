"""The rules of a ranking as settings, as plain values, and as the audit log tells them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.ranking import Parameters, Weighting, certainty_of
from app.records import ranking_rules

Settings = Mapping[str, Any]


def in_force(settings: Settings) -> tuple[Parameters, Weighting]:
    """The rules that settings of a process stand for."""
    weighting = Weighting(settings.get("weighting", Weighting.PER_GROUP))
    return ranking_rules.parameters_from(settings), weighting


def mark(settings: Settings) -> str:
    """A short mark of the rules in force, by which a form knows whether they changed meanwhile."""
    return hashlib.sha256(json.dumps(plain(settings), sort_keys=True).encode()).hexdigest()[:16]


def least(rules: Settings) -> dict[str, Any]:
    """Of all rules only those that differ from the usual ones: what a process keeps."""
    usual = plain({})
    return {name: value for name, value in rules.items() if value != usual[name]}


def plain(settings: Settings) -> dict[str, Any]:
    """All rules with their values as JSON knows them, weights as fractions in lowest terms.

    Raises ValueError with a sentence when they make no sense.
    """
    parameters, weighting = in_force(settings)
    return {
        "groups": list(parameters.groups),
        "weights": [f"{weight.numerator}/{weight.denominator}" for weight in parameters.weights],
        "weighting": weighting.value,
        "m": parameters.m,
        "n_min": parameters.n_min,
        "z": parameters.z,
        "k": parameters.k,
        "half_life_days": float(parameters.half_life_days),
        "calm": parameters.calm,
        "min_supporters": parameters.min_supporters,
        "min_votes": parameters.min_votes,
    }


def told(rules: Settings, names: Iterable[str]) -> dict[str, Any]:
    """These rules as the audit log shows them: weights as whole numbers, z as the certainty it stands for."""
    whole = " : ".join(str(weight) for weight in in_force({"weights": rules["weights"]})[0].whole_weights)
    shown = {**rules, "weights": whole, "certainty": certainty_of(rules["z"])}
    return {
        ("certainty" if name == "z" else name): shown["certainty" if name == "z" else name] for name in names
    }
