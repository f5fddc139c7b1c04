"""What a call is ranked by, from the settings of its process."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.ranking import Parameters, Weighting
from app.models.process import Call, Process


def parameters_from(settings: Mapping[str, Any]) -> Parameters:
    """The parameters of a process: the defaults, with what its settings change (weights as fractions "a/b").

    Raises ValueError with a sentence when a setting makes no sense.
    """
    given = dict(settings)
    unknown = sorted(set(given) - set(Parameters.__dataclass_fields__) - {"weighting"})
    if unknown:
        raise ValueError(f"Unknown ranking settings: {', '.join(unknown)}.")
    given.pop("weighting", None)
    for name in ("weights", "groups"):
        if name in given:
            convert = Fraction if name == "weights" else str
            given[name] = tuple(convert(value) for value in given[name])
    return Parameters(**given)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a call is ranked by: the parameters of its process, how people weigh, and the seed of the lots."""

    parameters: Parameters
    weighting: Weighting
    seed: str


def rules_of(call_id: int) -> Rules:
    """The rules of a call, from the settings of its process."""
    settings, seed = db.session.execute(
        select(Process.ranking_settings, Process.tie_seed)
        .join(Call, Call.process_id == Process.id)
        .where(Call.id == call_id)
    ).one()
    weighting = Weighting(settings.get("weighting", Weighting.PER_GROUP))
    return Rules(parameters_from(settings), weighting, seed)
