"""Who supports which agenda item, folded into classes of equal ballots, and what each ballot weighs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.ranking.parameters import Parameters, Weighting
from app.domain.ranking.tallies import Bools, Id, Ints
from app.domain.ranking.themes import Positions


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Ballots folded into classes: voters of one group who support exactly the same items.

    items: T item ids, the columns. groups: G group keys. supports: shape (C, T). group: group index per
    class, shape (C,). count: voters per class, at least 1, shape (C,). A class without any item may occur;
    it is dropped before money is divided.
    """

    items: tuple[Id, ...]
    groups: tuple[str, ...]
    supports: Bools
    group: Ints
    count: Ints

    def __post_init__(self) -> None:
        if self.supports.shape != (len(self.count), len(self.items)) or len(self.group) != len(self.count):
            raise ValueError("Ballot classes need one row per class and one column per item.")

    def only(self, items: Sequence[Id]) -> "Ballots":
        """The ballots on these items alone, empty ones dropped, equal ones folded together."""
        column = {item: number for number, item in enumerate(self.items)}
        chosen = np.zeros((len(self.count), len(items)), dtype=np.bool_)
        for number, item in enumerate(items):
            if item in column:
                chosen[:, number] = self.supports[:, column[item]]
        return fold(items, self.groups, chosen, self.group, self.count)

    def voters(self) -> tuple[int, ...]:
        """Voters with a ballot that is not empty, per group: A_g."""
        filled = self.supports.any(axis=1)
        return _heads(self.group[filled], self.count[filled], len(self.groups))

    def voters_with(self, items: Sequence[Id]) -> tuple[int, ...]:
        """Voters who support at least one of the items, per group."""
        wanted = set(items)
        columns = [number for number, item in enumerate(self.items) if item in wanted]
        reached = self.supports[:, columns].any(axis=1)
        return _heads(self.group[reached], self.count[reached], len(self.groups))

    def supporters(self, item: int) -> tuple[int, ...]:
        """Voters who support the item in this column, per group."""
        chosen = self.supports[:, item]
        return _heads(self.group[chosen], self.count[chosen], len(self.groups))

    def supported(self, least: int) -> tuple[Id, ...]:
        """The items with at least this many supporters, most first; equals stay in the order of the columns.

        With a direct agenda vote these are the themes that compete.
        """
        heads = np.where(self.supports, self.count[:, None], 0).sum(axis=0)
        order = np.argsort(-heads, kind="stable")
        return tuple(self.items[t] for t in order.tolist() if heads[t] >= least)

    def masks(self) -> tuple[int, ...]:
        """Every class as a whole number whose bit t says whether it supports item t; for sealing, never for
        a page.
        """
        packed = np.packbits(self.supports, axis=1, bitorder="little")
        return tuple(int.from_bytes(row.tobytes(), "little") for row in packed)


def _heads(group: Ints, count: Ints, width: int) -> tuple[int, ...]:
    # Counts of people stay far below 2^53, so adding them as floats is exact.
    return tuple(int(heads) for heads in np.bincount(group, weights=count, minlength=width))


def fold(
    items: Sequence[Id],
    groups: Sequence[str],
    supports: Bools,
    group: ArrayLike,
    count: ArrayLike | None = None,
) -> Ballots:
    """Fold ballots, one row each, into classes; empty ballots are dropped.

    supports: shape (N, T). group: group index per row, shape (N,). count: voters per row, default 1 each.
    The classes come out sorted by group and items, so equal ballots in another order give the same result.
    """
    whose = np.asarray(group, dtype=np.int64)
    heads = None if count is None else np.asarray(count, dtype=np.int64)
    if len(items) + len(groups).bit_length() > 64:
        return _fold_wide(items, groups, supports, whose, heads)
    masks = _masks(supports)
    filled = masks > 0 if heads is None else (masks > 0) & (heads > 0)
    # One number per ballot, the group in its highest bits: sorted by it, equal ballots stand together.
    above = np.uint64(len(items))
    keys = (masks | (whose.astype(np.uint64) << above))[filled]
    if heads is None:
        kinds, total = np.unique(keys, return_counts=True)
    else:
        kinds, inverse = np.unique(keys, return_inverse=True)
        # Numbers of people stay far below 2^53, so adding them as floats is exact.
        total = np.bincount(inverse.reshape(-1), weights=heads[filled], minlength=len(kinds))
    return Ballots(
        tuple(items),
        tuple(groups),
        _unpacked(kinds, len(items)),
        (kinds >> above).astype(np.int64),
        total.astype(np.int64),
    )


def _masks(supports: Bools) -> NDArray[np.uint64]:
    """Every row of fewer than 64 columns as one number: bit t says whether it holds item t."""
    packed = np.zeros((len(supports), 8), dtype=np.uint8)
    bits = np.packbits(supports, axis=1, bitorder="little")
    packed[:, : bits.shape[1]] = bits
    return packed.view("<u8").reshape(-1).astype(np.uint64)


def _unpacked(masks: NDArray[np.uint64], items: int) -> Bools:
    """The reverse, laid out to be read item by item."""
    bits = np.unpackbits(masks.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    return np.asfortranarray(bits[:, :items].astype(np.bool_))


def _fold_wide(
    items: Sequence[Id], groups: Sequence[str], supports: Bools, whose: Ints, count: Ints | None
) -> Ballots:
    """The same for more items than a number has bits."""
    heads = np.ones(len(whose), dtype=np.int64) if count is None else count
    filled = supports.any(axis=1) & (heads > 0)
    packed = np.ascontiguousarray(np.packbits(supports[filled], axis=1, bitorder="little"))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    whose, heads = whose[filled], heads[filled]
    parts: list[tuple[Bools, Ints, Ints]] = []
    for number in range(len(groups)):
        mine = whose == number
        _, first, inverse = np.unique(keys[mine], return_index=True, return_inverse=True)
        total = np.bincount(inverse.reshape(-1), weights=heads[mine], minlength=len(first)).astype(np.int64)
        parts.append((supports[filled][mine][first], np.full(len(first), number, dtype=np.int64), total))
    rows, which, total = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Ballots(tuple(items), tuple(groups), np.asfortranarray(rows), which, total)


def infer_ballots(stand: Positions, items: Sequence[Id], min_votes: int = 3) -> Ballots:
    """Ballots from the votes on ideas: a voter supports the themes with more for- than against-votes.

    Voters with fewer than min_votes votes do not count. items: theme ids, the columns of the result.
    """
    column = {theme: number for number, theme in enumerate(stand.theme_ids)}
    active = stand.votes_cast >= min_votes
    supports = stand.net[:, [column[item] for item in items]][active] > 0
    return fold(items, stand.groups, supports, stand.voter_group[active])


def ticked_ballots(
    voter: ArrayLike, item: ArrayLike, voter_group: ArrayLike, items: Sequence[Id], groups: Sequence[str]
) -> Ballots:
    """Ballots from a direct agenda vote: index pairs "this voter ticked this item", shape (P,)."""
    whose = np.asarray(voter_group, dtype=np.int64)
    supports = np.zeros((len(whose), len(items)), dtype=np.bool_)
    supports[np.asarray(voter, dtype=np.int64), np.asarray(item, dtype=np.int64)] = True
    return fold(items, groups, supports, whose)


def product_weights(counted: Sequence[int], parameters: Parameters) -> tuple[int, ...]:
    """W_g = w_g * prod_{h != g} (A_h + k) with w_g as whole numbers: in proportion to omega_g = w_g / (A_g +
    k).
    """
    return tuple(
        whole * prod(counted[other] + parameters.k for other in range(len(counted)) if other != number)
        for number, whole in enumerate(parameters.whole_weights)
    )


def whole_weights(counted: Sequence[int], parameters: Parameters, weighting: Weighting) -> tuple[int, ...]:
    """The weight of one ballot per group, as the smallest whole numbers; all 1 per person.

    counted: voters with a ballot per group (A_g). Raises ValueError when k = 0 and a group is empty.
    """
    if weighting is Weighting.PER_PERSON:
        return (1,) * len(counted)
    if parameters.k == 0 and 0 in counted:
        raise ValueError("With k = 0 every group needs at least one ballot.")
    weights = product_weights(counted, parameters)
    divisor = reduce(gcd, weights)
    return tuple(weight // divisor for weight in weights)
