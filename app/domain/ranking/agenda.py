"""The draft of a workshop's agenda: which themes get its minutes, who carries them, and why the others do
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.domain.ranking.ballots import Ballots, whole_weights
from app.domain.ranking.certificate import Certificate, Violation, certify
from app.domain.ranking.comparisons import most_votes, phragmen, priorities, support_weights
from app.domain.ranking.parameters import AgendaMethod, Parameters, Weighting
from app.domain.ranking.shares import Number, Outcome, add_one
from app.domain.ranking.tallies import Id

HIGH_ENDOWMENT = 2


class AgendaPhase(StrEnum):
    """How an item came on the agenda."""

    EQUAL_SHARES = "equal_shares"
    COMPLETION = "completion"
    PINNED = "pinned"


class WhyNot(StrEnum):
    """Why an item is not on the agenda."""

    SKIPPED = "skipped"
    TOO_LONG = "too_long"
    NO_SUPPORT = "no_support"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True)
class Item:
    """A theme that wants time. minutes: whole, positive. pinned, skipped: the organiser's reason, or empty;
    not both.
    """

    id: Id
    minutes: int = 30
    pinned: str = ""
    skipped: str = ""

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError("An agenda item takes at least one minute.")
        if self.pinned and self.skipped:
            raise ValueError("An agenda item is pinned or skipped, not both.")


@dataclass(frozen=True, slots=True)
class FixedBlock:
    """Minutes that are not for themes: opening, break, closing."""

    name: str
    minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 0:
            raise ValueError("A fixed block does not take a negative time.")


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One item on the agenda and who carries it.

    order: from 1. supporters: persons per group. weight: their weight together. paid: minutes per group out
    of their equal share; common: minutes nobody pays (a pinned item, or the rest of a completed one); paid
    and common add up to minutes. highest: the most one person of each group pays (minutes).
    effective_weight: cost / price, None without a price. tied: items that were equally good at that moment.
    reason: why it is pinned. A None among the group figures is a withheld one (see `withhold`).
    """

    id: Id
    order: int
    phase: AgendaPhase
    minutes: int
    supporters: tuple[int | None, ...]
    weight: int | None
    paid: tuple[Number | None, ...]
    common: Number | None
    highest: tuple[Number | None, ...]
    effective_weight: Number | None
    tied: tuple[Id, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One item that is not on the agenda.

    why: the first reason that applies; note: the organiser's words for a skipped one. money_behind: minutes
    its supporters still hold after equal shares; shortfall: minutes they lack. fits_time: whether it fits
    the minutes that are left.
    """

    id: Id
    minutes: int
    why: WhyNot
    note: str
    supporters: tuple[int | None, ...]
    weight: int | None
    money_behind: Number | None
    shortfall: Number | None
    fits_time: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another method would choose: its items in order, without the pinned ones; added: not on this agenda;
    dropped: only on this one.

    with_item: voters per group with at least one of the items or a pinned one. broken: per item the first level
    for which the promise of the certificate would fail.
    """

    method: AgendaMethod
    items: tuple[Id, ...]
    added: tuple[Id, ...]
    dropped: tuple[Id, ...]
    with_item: tuple[int | None, ...]
    broken: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class AgendaDraft:
    """A filled agenda with everything that explains it.

    Minutes: workshop = blocks + pinned + budget; used: by chosen items out of the budget. endowment: E;
    exact: whether the arithmetic was in fractions. groups: keys of all group figures. voters: persons with a
    ballot; counted: those with a ballot on the items that compete (A_g); with_item: voters with at least one
    agenda item. weights: whole weight of one ballot per group; omega: the same as w_g / (A_g + k), 1 per
    person.
    """

    method: AgendaMethod
    weighting: Weighting
    parameters: Parameters
    seed: str
    groups: tuple[str, ...]
    workshop: int
    blocks: tuple[FixedBlock, ...]
    pinned: int
    budget: int
    used: int
    endowment: int
    exact: bool
    voters: tuple[int, ...]
    counted: tuple[int, ...]
    with_item: tuple[int | None, ...]
    weights: tuple[int, ...]
    omega: tuple[Fraction, ...]
    entries: tuple[AgendaEntry, ...]
    left_out: tuple[LeftOut, ...]
    certificate: Certificate
    comparisons: tuple[Comparison, ...]

    @property
    def items(self) -> tuple[Id, ...]:
        """The items on the agenda, in order."""
        return tuple(entry.id for entry in self.entries)

    @property
    def endowment_ratio(self) -> Fraction:
        """E / B; 0 without a budget."""
        return Fraction(self.endowment, self.budget) if self.budget else Fraction(0)

    @property
    def high_endowment(self) -> bool:
        """Whether so much was added to fill the time that the shares deserve a warning (E / B above 2)."""
        return self.endowment_ratio > HIGH_ENDOWMENT

    @property
    def free(self) -> int:
        """Minutes of the budget that stay empty."""
        return self.budget - self.used


def draft_agenda(
    ballots: Ballots,
    items: Sequence[Item],
    workshop: int,
    parameters: Parameters,
    weighting: Weighting = Weighting.PER_GROUP,
    seed: str = "",
    blocks: Sequence[FixedBlock] = (),
) -> AgendaDraft:
    """Divide the minutes of a workshop over items by equal shares with Add1, then fill the rest with most
    votes first.

    ballots: inferred or ticked; columns that are not among `items` are ignored. items: the eligible themes,
    and pinned ones. workshop: its whole length in minutes. Raises ValueError when an item is named twice, or
    when blocks and pinned items take more than the workshop has.
    """
    if len({item.id for item in items}) != len(items):
        raise ValueError("Every agenda item may be named once.")
    pinned = [item for item in items if item.pinned]
    pinned_minutes = sum(item.minutes for item in pinned)
    budget = workshop - sum(block.minutes for block in blocks) - pinned_minutes
    if budget < 0:
        raise ValueError("The fixed blocks and pinned items take more time than the workshop has.")
    listed = ballots.only([item.id for item in items])
    rivals = [item for item in items if not item.pinned and not item.skipped]
    race = _Race(listed.only([item.id for item in rivals]), rivals, budget, parameters, weighting, seed)
    bought = add_one(race.ballots, race.costs, race.weights, race.priority, budget)
    filling = most_votes(
        race.ballots.items,
        race.costs,
        race.support,
        budget - sum(race.costs[t] for t in bought.items),
        seed,
        bought.items,
    )
    chosen = [*bought.items, *filling]
    used = sum(race.costs[t] for t in chosen)
    entries = [
        *_pinned_entries(pinned, listed, race.weights),
        *_bought_entries(race, bought, len(pinned)),
        *_filled_entries(race, bought, filling, len(pinned) + len(bought.purchases)),
    ]
    reached = listed.voters_with([entry.id for entry in entries])
    return AgendaDraft(
        method=AgendaMethod.MES_ADD1,
        weighting=weighting,
        parameters=parameters,
        seed=seed,
        groups=ballots.groups,
        workshop=workshop,
        blocks=tuple(blocks),
        pinned=pinned_minutes,
        budget=budget,
        used=used,
        endowment=bought.endowment,
        exact=bought.exact,
        voters=listed.voters(),
        counted=race.counted,
        with_item=reached,
        weights=race.weights,
        omega=_omega(race.counted, parameters, weighting),
        entries=tuple(entries),
        left_out=tuple(_left_out(items, listed, race, bought, chosen, budget - used)),
        certificate=certify(race.ballots, race.costs, race.weights, chosen, budget),
        comparisons=race.comparisons(chosen, listed, [item.id for item in pinned]),
    )


class _Race:
    """The items that compete for the budget, with what follows from their ballots."""

    def __init__(
        self,
        ballots: Ballots,
        items: Sequence[Item],
        budget: int,
        parameters: Parameters,
        weighting: Weighting,
        seed: str,
    ) -> None:
        self.ballots, self.budget, self.seed = ballots, budget, seed
        self.costs = [item.minutes for item in items]
        self.counted = ballots.voters()
        self.weights = whole_weights(self.counted, parameters, weighting)
        self.support = support_weights(ballots, self.weights)
        self.priority = priorities(ballots.items, self.costs, self.support, seed)

    def comparisons(
        self, chosen: Sequence[int], listed: Ballots, pinned: Sequence[Id]
    ) -> tuple[Comparison, ...]:
        by_load = [
            load.item for load in phragmen(self.ballots, self.costs, self.weights, self.priority, self.budget)
        ]
        by_votes = most_votes(self.ballots.items, self.costs, self.support, self.budget, self.seed)
        name = self.ballots.items
        return tuple(
            Comparison(
                method,
                tuple(name[t] for t in columns),
                tuple(name[t] for t in columns if t not in chosen),
                tuple(name[t] for t in chosen if t not in columns),
                listed.voters_with([*pinned, *(name[t] for t in columns)]),
                self._broken(columns),
            )
            for method, columns in ((AgendaMethod.GREEDY, by_votes), (AgendaMethod.PHRAGMEN, by_load))
        )

    def _broken(self, chosen: Sequence[int]) -> tuple[Violation, ...]:
        found = certify(self.ballots, self.costs, self.weights, chosen, self.budget).violations
        first = {violation.item: violation for violation in reversed(found)}
        return tuple(violation for violation in found if first[violation.item] is violation)


def _omega(counted: Sequence[int], parameters: Parameters, weighting: Weighting) -> tuple[Fraction, ...]:
    if weighting is Weighting.PER_PERSON:
        return (Fraction(1),) * len(counted)
    return tuple(
        weight / (heads + parameters.k) for weight, heads in zip(parameters.weights, counted, strict=True)
    )


def _weight(weights: Sequence[int], heads: Sequence[int]) -> int:
    return sum(weight * people for weight, people in zip(weights, heads, strict=True))


def _pinned_entries(pinned: Sequence[Item], listed: Ballots, weights: Sequence[int]) -> list[AgendaEntry]:
    entries = []
    for order, item in enumerate(pinned, start=1):
        heads = listed.supporters(listed.items.index(item.id))
        none = (Fraction(0),) * len(heads)
        entries.append(
            AgendaEntry(
                id=item.id,
                order=order,
                phase=AgendaPhase.PINNED,
                minutes=item.minutes,
                supporters=heads,
                weight=_weight(weights, heads),
                paid=none,
                common=Fraction(item.minutes),
                highest=none,
                effective_weight=None,
                tied=(),
                reason=item.pinned,
            )
        )
    return entries


def _bought_entries(race: _Race, bought: Outcome, before: int) -> list[AgendaEntry]:
    return [
        AgendaEntry(
            id=race.ballots.items[purchase.item],
            order=order,
            phase=AgendaPhase.EQUAL_SHARES,
            minutes=race.costs[purchase.item],
            supporters=race.ballots.supporters(purchase.item),
            weight=race.support[purchase.item],
            paid=purchase.paid,
            common=Fraction(0),
            highest=purchase.highest,
            effective_weight=purchase.effective_weight,
            tied=tuple(race.ballots.items[t] for t in purchase.tied if t != purchase.item),
        )
        for order, purchase in enumerate(bought.purchases, start=before + 1)
    ]


def _filled_entries(race: _Race, bought: Outcome, filling: Sequence[int], before: int) -> list[AgendaEntry]:
    """Completed items: every minute comes from the time that equal shares left over, so no group pays."""
    entries = []
    for order, t in enumerate(filling, start=before + 1):
        none = (Fraction(0),) * len(race.counted)
        entries.append(
            AgendaEntry(
                id=race.ballots.items[t],
                order=order,
                phase=AgendaPhase.COMPLETION,
                minutes=race.costs[t],
                supporters=race.ballots.supporters(t),
                weight=race.support[t],
                paid=none,
                common=Fraction(race.costs[t]),
                highest=none,
                effective_weight=None,
                tied=tuple(
                    race.ballots.items[other]
                    for other in filling
                    if other != t
                    and (race.support[other], race.costs[other]) == (race.support[t], race.costs[t])
                ),
            )
        )
    return entries


def _left_out(
    items: Sequence[Item], listed: Ballots, race: _Race, bought: Outcome, chosen: Sequence[int], free: int
) -> list[LeftOut]:
    column = {item: t for t, item in enumerate(race.ballots.items)}
    out = []
    for item in items:
        t = column.get(item.id)
        if item.pinned or (t is not None and t in chosen):
            continue
        heads = listed.supporters(listed.items.index(item.id))
        behind = None if t is None else bought.money_behind[t]
        if item.skipped:
            why = WhyNot.SKIPPED
        elif item.minutes > race.budget:
            why = WhyNot.TOO_LONG
        elif not _weight(race.weights, heads):
            why = WhyNot.NO_SUPPORT
        else:
            why = WhyNot.NO_TIME
        out.append(
            LeftOut(
                id=item.id,
                minutes=item.minutes,
                why=why,
                note=item.skipped,
                supporters=heads,
                weight=_weight(race.weights, heads),
                money_behind=behind,
                shortfall=None if behind is None else _lacking(item.minutes, behind),
                fits_time=item.minutes <= free,
            )
        )
    return out


def _lacking(minutes: int, behind: Number) -> Number:
    lacking = minutes - behind
    return lacking if lacking > 0 else Fraction(0)
