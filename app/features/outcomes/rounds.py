"""The figures of live rounds that were revealed, for the report: what came from phones and what from paper, apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.models.room import RoundKind, RoundState
from app.records import round_words, rounds
from app.records.rounds import Figures, RoundRow, Row


@dataclass(frozen=True, slots=True)
class Result:
    """One round: its question, how many people voted by phone, and a table of its options."""

    theme_id: int | None
    question: str
    kind: str
    voters: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def revealed(workshop_id: int) -> list[Result]:
    """Every revealed round in its order."""
    shown = [row for row in rounds.of_workshop(workshop_id) if row.state is RoundState.REVEALED]
    figures = rounds.figures_of(shown)
    return [_result(row, figures[row.id]) for row in shown]


def _result(of: RoundRow, figures: Figures) -> Result:
    choices = _choices(of.kind)
    has_paper = any(row.paper is not None for row in figures.rows)
    sources = [_("by phone"), *([_("on paper")] if has_paper else [])]
    head = [_("What was asked"), *(f"{name}, {source}" for source in sources for name, _value in choices)]
    return Result(
        theme_id=of.theme_id,
        question=of.question,
        kind=round_words.kind_name(of.kind),
        voters=figures.voters,
        head=tuple(head),
        rows=tuple(
            (
                row.text or _("An idea that is no longer on the site"),
                *(_by_phone(of.kind, row, value) for _name, value in choices),
                *(_on_paper(row.paper, value) for _name, value in choices if has_paper),
            )
            for row in figures.rows
        ),
    )


def _by_phone(kind: RoundKind, row: Row, value: int) -> str:
    return str(row.dots if kind is RoundKind.DOTS else row.counts.get(value, 0))


def _on_paper(counts: Mapping[int, int] | None, value: int) -> str:
    return _("not counted") if counts is None else str(counts.get(value, 0))


def _choices(kind: RoundKind) -> list[tuple[str, int]]:
    return [(round_words.choice_name(kind, value), value) for value in rounds.COUNTED[kind]]
