"""Where an agenda is another one than follows from the votes, with the reason that the facilitator gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.models.workshop import AgendaItemKind
from app.records.agenda_plans import Plan, Plans


class DeviationKind(StrEnum):
    """What the facilitator did."""

    PINNED = "pinned"
    SKIPPED = "skipped"
    RETIMED = "retimed"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One of them. minutes: of a pinned or retimed theme; usual: the minutes that a retimed theme takes otherwise."""

    kind: DeviationKind
    reason: str
    theme_id: int | None = None
    minutes: int | None = None
    usual: int | None = None


_KINDS: Mapping[AgendaItemKind, DeviationKind] = {
    AgendaItemKind.PINNED: DeviationKind.PINNED,
    AgendaItemKind.SKIPPED: DeviationKind.SKIPPED,
    AgendaItemKind.RETIMED: DeviationKind.RETIMED,
}


def of_plan(plans: Plans, plan: Plan) -> tuple[Deviation, ...]:
    """All deviations of an agenda: themes as they were fixed, the order last."""
    found = [
        Deviation(
            _KINDS[item.kind],
            item.reason,
            item.theme_id,
            None if item.kind == AgendaItemKind.SKIPPED else item.minutes,
            plans.lengths.get(item.theme_id or 0) if item.kind == AgendaItemKind.RETIMED else None,
        )
        for item in plans.fixed
        if item.kind in _KINDS
    ]
    if plan.is_reordered:
        found.append(Deviation(DeviationKind.REORDERED, plans.order_reason))
    return tuple(found)
