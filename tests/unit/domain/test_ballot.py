"""What a change of vote does to a count, and which group totals may be shown without telling a single vote."""

from itertools import product

import pytest

from app.domain.ballot import (
    GROUPS,
    SMALLEST_SHOWN_GROUP,
    Change,
    Group,
    VoteValue,
    change_between,
    groups_to_show,
)

Totals = dict[Group, tuple[int, int]]
View = tuple[tuple[int, int], tuple[tuple[int, int] | None, ...]]
R, C, P = Group.RESIDENT, Group.COUNCIL, Group.PARTNER


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (VoteValue.WITHDRAWN, VoteValue.FOR, Change(1, 0)),
        (VoteValue.WITHDRAWN, VoteValue.AGAINST, Change(0, 1)),
        (VoteValue.FOR, VoteValue.AGAINST, Change(-1, 1)),
        (VoteValue.AGAINST, VoteValue.FOR, Change(1, -1)),
        (VoteValue.FOR, VoteValue.WITHDRAWN, Change(-1, 0)),
        (VoteValue.AGAINST, VoteValue.WITHDRAWN, Change(0, -1)),
    ],
)
def test_a_change_counts_its_difference(before: VoteValue, after: VoteValue, change: Change) -> None:
    assert change_between(before, after) == change
    assert change


@pytest.mark.parametrize("value", VoteValue)
def test_the_same_vote_again_changes_nothing(value: VoteValue) -> None:
    assert not change_between(value, value)


def test_large_groups_are_shown() -> None:
    assert groups_to_show({R: (30, 10), C: (2, 1), P: (0, 3)}) == {R, C, P}


def test_small_groups_are_withheld() -> None:
    assert groups_to_show({R: (30, 10), C: (1, 1), P: (2, 0)}) == {R}


def test_one_small_group_takes_the_next_smallest_along() -> None:
    """Otherwise the total of all minus the shown groups would be the withheld one."""
    assert groups_to_show({R: (30, 10), C: (5, 0), P: (2, 0)}) == {R}


def test_a_silent_group_does_not_hide_a_small_one() -> None:
    assert groups_to_show({R: (30, 10), C: (0, 0), P: (0, 1)}) == set()


def test_nobody_of_a_group_voted_is_not_shown_either_but_spoils_nothing() -> None:
    assert groups_to_show({R: (30, 10), C: (0, 0), P: (0, 0)}) == {R}


def test_a_group_without_a_tally_counts_as_silent() -> None:
    assert groups_to_show({R: (2, 1)}) == {R}
    assert groups_to_show({}) == set()


def test_nobody_can_subtract_their_way_to_a_small_group() -> None:
    """Every small group that voted could, for all that a reader sees, have voted in at least two ways.

    Except where everybody who is withheld voted the same way: that is told by the total of all, not by this.
    """
    most = 5
    sizes = range(most + 1)
    seen: dict[View, list[Totals]] = {}
    for votes in product(product(sizes, sizes), repeat=len(GROUPS)):
        totals = dict(zip(GROUPS, votes, strict=True))
        shown = groups_to_show(totals)
        rest = [totals[group] for group in GROUPS if group not in shown]
        view = (
            (sum(vote[0] for vote in rest), sum(vote[1] for vote in rest)),
            tuple(totals[group] if group in shown else None for group in GROUPS),
        )
        seen.setdefault(view, []).append(totals)
    for view, possible in seen.items():
        if max(view[0]) > most:
            continue  # ways with more votes in one group were not tried
        for group in GROUPS:
            values = {totals[group] for totals in possible}
            small = all(0 < sum(value) < SMALLEST_SHOWN_GROUP for value in values)
            assert not (small and len(values) == 1 and all(view[0])), f"{group} is known to be {values}"


def test_what_is_withheld_is_never_the_votes_of_one_or_two() -> None:
    for votes in product(product(range(4), range(4)), repeat=len(GROUPS)):
        totals = dict(zip(GROUPS, votes, strict=True))
        shown = groups_to_show(totals)
        rest = sum(sum(totals[group]) for group in GROUPS if group not in shown)
        everything = sum(sum(vote) for vote in votes)
        assert rest == 0 or rest >= min(SMALLEST_SHOWN_GROUP, everything)
