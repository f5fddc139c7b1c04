"""An agenda as everybody may see it, without figures that tell how one or two people voted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.ballot import SMALLEST_SHOWN_GROUP as SMALLEST_SHOWN
from app.domain.ranking.agenda import AgendaDraft, AgendaEntry, AgendaPhase
from app.domain.ranking.certificate import Violation
from app.domain.ranking.tallies import Id

Figure = TypeVar("Figure")


def withhold(draft: AgendaDraft, beside: Mapping[Id, frozenset[int]] | None = None) -> AgendaDraft:
    """The draft as everybody may see it: figures of groups with one or two supporters become None, and those of
    columns that another page withholds for an item (`beside`).

    Where that leaves a single gap, which the total would fill, the smallest other group of the row goes with
    it, and so do weight and money, from which heads could be counted back. Of a broken promise the earned minutes
    become None: they are the weight of the few people who hold little.
    """
    beside = beside or {}
    entries = tuple(_withhold_entry(entry, beside) for entry in draft.entries)
    left_out = tuple(
        replace(
            row, supporters=_masked(row.supporters, hidden), weight=None, money_behind=None, shortfall=None
        )
        if (hidden := hidden_groups(row.supporters) | beside.get(row.id, frozenset()))
        else row
        for row in draft.left_out
    )
    certificate = draft.certificate
    pinned = [entry.id for entry in entries if entry.phase is AgendaPhase.PINNED]
    return replace(
        draft,
        entries=entries,
        left_out=left_out,
        with_item=_reached(draft.with_item, [entry.id for entry in entries], beside),
        certificate=replace(certificate, violations=_unearned(certificate.violations)),
        comparisons=tuple(
            replace(
                row,
                with_item=_reached(row.with_item, [*pinned, *row.items], beside),
                broken=_unearned(row.broken),
            )
            for row in draft.comparisons
        ),
    )


def _unearned(violations: Sequence[Violation]) -> tuple[Violation, ...]:
    return tuple(replace(violation, earned=None) for violation in violations)


def _reached(
    heads: Sequence[int | None], items: Sequence[Id], beside: Mapping[Id, frozenset[int]]
) -> tuple[int | None, ...]:
    """People with at least one of the items: nobody is nobody with each of them, and with a single item all is one."""
    columns = [beside.get(item, frozenset()) for item in items]
    some = frozenset(g for column in columns for g in column if not heads[g])
    return _masked(
        heads, hidden_groups(heads) | some | (frozenset.intersection(*columns) if columns else some)
    )


def _withhold_entry(entry: AgendaEntry, beside: Mapping[Id, frozenset[int]]) -> AgendaEntry:
    hidden = hidden_groups(entry.supporters) | beside.get(entry.id, frozenset())
    if not hidden:
        return entry
    return replace(
        entry,
        supporters=_masked(entry.supporters, hidden),
        weight=None,
        paid=_masked(entry.paid, hidden),
        highest=_masked(entry.highest, hidden),
        effective_weight=None,
    )


def hidden_groups(supporters: Sequence[int | None]) -> frozenset[int]:
    """Columns of which no figure may be shown: those with 1 or 2 persons, and the next smallest while a total known
    from elsewhere would still tell: with a single such column, or with two of one person each.
    """
    heads = [count or 0 for count in supporters]
    hidden = [group for group, count in enumerate(heads) if 0 < count < SMALLEST_SHOWN]
    others = sorted(
        (group for group, count in enumerate(heads) if count >= SMALLEST_SHOWN), key=heads.__getitem__
    )
    while hidden and others and (len(hidden) == 1 or sum(heads[group] for group in hidden) < SMALLEST_SHOWN):
        hidden.append(others.pop(0))
    return frozenset(hidden)


def _masked(row: Sequence[Figure], hidden: frozenset[int]) -> tuple[Figure | None, ...]:
    return tuple(None if group in hidden else figure for group, figure in enumerate(row))
