"""Whether the votes moved since a standing was sealed, so that the agenda of this moment can be another one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.ranking import Weighting
from app.models.workshop import AgendaItemKind
from app.records import agenda_ballots, stands
from app.records.stands import StandRow


class Live(Protocol):
    """What is asked of the agendas of this moment."""

    @property
    def themes(self) -> Mapping[str, Any]: ...
    @property
    def numbers(self) -> Mapping[str, Any]: ...
    @property
    def is_ticked(self) -> bool: ...
    def data(self, weighting: Weighting) -> Mapping[str, Any]: ...


class Fixed(Protocol):
    """What is asked of something that a facilitator fixed."""

    @property
    def kind(self) -> AgendaItemKind: ...
    @property
    def theme_id(self) -> int | None: ...


def lengths_in(document: Mapping[str, Any], fixed: Sequence[Fixed]) -> dict[int, int]:
    """The usual minutes in a sealed document, of themes that take others here."""
    changed = {item.theme_id for item in fixed if item.kind == AgendaItemKind.RETIMED}
    return {row["id"]: row["minutes"] for row in document["scope"]["themes"] if row["id"] in changed}


def votes_moved(row: StandRow, document: Mapping[str, Any], workshop_id: int, live: Live) -> bool:
    """Whether anything is counted differently now: votes, voters, or who supports a theme in ranking or agenda.

    An agenda of ticked themes moves with the ticks alone.
    """
    usual = Weighting(document["weighting"])
    sealed_agenda = stands.agenda(document, workshop_id, usual)
    agenda = (
        _heads(sealed_agenda, "entries", "left_out"),
        _heads(live.data(usual), "entries", "left_out"),
    )
    was_ticked = document["scope"]["ballots"] == agenda_ballots.TICKED
    if was_ticked or live.is_ticked:
        return was_ticked != live.is_ticked or agenda[0].keys() != agenda[1].keys() or _differ(*agenda)
    if (live.numbers.get("votes"), live.numbers.get("voters")) != (row.votes, row.voters):
        return True
    ranking = (_heads(stands.themes(document), "rows", "too_few"), _heads(live.themes, "rows", "too_few"))
    return _differ(*ranking) or _differ(*agenda)


Heads = Mapping[int, Sequence[int | None]]


def _differ(then: Heads, current: Heads) -> bool:
    """Whether any number that is told in both is another one."""
    return any(
        before is not None and now is not None and before != now
        for theme, heads in then.items()
        for before, now in zip(heads, current.get(theme, ()), strict=False)
    )


def _heads(record: Mapping[str, Any], *parts: str) -> dict[int, Sequence[int | None]]:
    """Supporters per theme and group, as far as they are told."""
    return {found["id"]: found["supporters"] for part in parts for found in record.get(part, ())}
