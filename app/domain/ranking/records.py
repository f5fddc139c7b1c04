"""Results as plain values for JSON: fractions as "a/b", scores as decimal strings with twelve places."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction

import numpy as np

from app.domain.ranking.agenda import AgendaDraft
from app.domain.ranking.ideas import IdeaRanking, IdeaRow
from app.domain.ranking.parameters import PLACES, AgendaMethod, Method, Parameters, ThemeMethod
from app.domain.ranking.themes import ThemeRanking

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """Any result of this package as values that JSON knows; a dataclass becomes a dictionary of its fields.

    Methods are written with their version. Raises TypeError for anything this package does not produce.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Method | ThemeMethod | AgendaMethod):
        return value.versioned
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return decimal(float(value))
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name.rstrip("_"): plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain form.")


def decimal(value: float) -> str:
    """A number with twelve places, without a minus before zero."""
    return f"{round(value, PLACES) + 0.0:.{PLACES}f}"


def number(text: str) -> float:
    """The reverse for display: "a/b" or a decimal string as a float."""
    return float(Fraction(text))


def exact(value: str | int) -> Fraction:
    """A number in a document as a fraction. Raises ValueError for one that is written with a power of ten: a few
    signs would make a number of millions of digits.
    """
    if "e" in str(value).lower():
        raise ValueError(f"{str(value)[:40]} is no number of a standing")
    return Fraction(value)


def parameters_record(parameters: Parameters) -> Plain:
    """All settings a ranking was made with."""
    return plain(parameters)


def ideas_record(ranking: IdeaRanking, rows: list[Plain] | None = None) -> dict[str, Plain]:
    """A ranking of ideas: method, settings, means and all rows with their explanation.

    rows: where a ranking with the same rows was written before, those.
    """
    return {
        "method": ranking.method.versioned,
        "weighting": plain(ranking.weighting),
        "parameters": plain(ranking.parameters),
        "seed": ranking.seed,
        "mu": plain(ranking.mu),
        "rows": _idea_rows(ranking.rows()) if rows is None else rows,
        "too_few": _idea_rows(ranking.too_few),
    }


def _idea_rows(rows: Iterable[IdeaRow]) -> list[Plain]:
    """The same as `plain`, ten times as fast: a sealed standing holds tens of thousands of them."""
    return [
        {
            "id": row.id,
            "rank": row.rank,
            "score": None if row.score is None else decimal(row.score),
            "band": None if row.band is None else decimal(row.band),
            "n": row.n,
            "p": row.p,
            "q": row.q,
            "for": list(row.for_),
            "against": list(row.against),
            "approval": [decimal(share) for share in row.approval],
            "ties_with": list(row.ties_with),
            "tied": row.tied,
            "votes_up": row.votes_up,
            "votes_down": row.votes_down,
            "firmness": row.firmness,
        }
        for row in rows
    ]


def themes_record(ranking: ThemeRanking) -> dict[str, Plain]:
    """A ranking of themes: method, settings, means and all rows; no positions of persons."""
    return {
        "method": ranking.method.versioned,
        "weighting": plain(ranking.weighting),
        "parameters": plain(ranking.parameters),
        "seed": ranking.seed,
        "mu": plain(ranking.mu),
        "rows": plain(ranking.rows),
        "too_few": plain(ranking.too_few),
    }


def agenda_record(draft: AgendaDraft) -> dict[str, Plain]:
    """An agenda with its explanation; for a page, pass it through `withhold` first."""
    record = plain(draft)
    assert isinstance(record, dict)
    record["items"] = plain(draft.items)
    record["endowment_ratio"] = plain(draft.endowment_ratio)
    record["high_endowment"] = draft.high_endowment
    record["free"] = draft.free
    certificate = record["certificate"]
    assert isinstance(certificate, dict)
    certificate["holds"] = draft.certificate.holds
    return record
