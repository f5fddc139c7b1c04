"""The agenda of three groups in full, and every reason for which an item is or is not on it."""

from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from app.domain.ranking import (
    AgendaDraft,
    AgendaEntry,
    AgendaMethod,
    AgendaPhase,
    Ballots,
    FixedBlock,
    Item,
    LeftOut,
    Parameters,
    Weighting,
    WhyNot,
    draft_agenda,
    hidden_groups,
    ticked_ballots,
    withhold,
)
from app.domain.ranking.ballots import fold, product_weights, whole_weights
from app.domain.ranking.certificate import Violation, certify
from app.domain.ranking.comparisons import phragmen, priorities, support_weights
from app.domain.ranking.shares import add_one, equal_shares, purses
from tests.unit.domain.ranking.vectors import TEN, VECTORS

CASE: dict[str, Any] = VECTORS["agenda_three_groups"]
GROUPS = ("inwoner", "raad", "partner")
PARAMETERS = Parameters.equal(GROUPS)
THEMES = list(CASE["cost"])
ITEMS = [Item(theme, minutes) for theme, minutes in CASE["cost"].items()]
COSTS = list(CASE["cost"].values())


def cast(rows: list[list[str]], items: list[str]) -> Ballots:
    """Ballots from rows of a group and the items it supports."""
    pairs = [(voter, items.index(item)) for voter, row in enumerate(rows) for item in row[1:]]
    groups = [GROUPS.index(row[0]) for row in rows]
    return ticked_ballots([pair[0] for pair in pairs], [pair[1] for pair in pairs], groups, items, GROUPS)


BALLOTS = cast(CASE["ballots"], THEMES)


def draft(items: list[Item] | None = None, workshop: int = 120, **settings: Any) -> AgendaDraft:
    """The agenda of the three groups."""
    return draft_agenda(BALLOTS, items or ITEMS, workshop, PARAMETERS, **settings)


def by_group(row: tuple[Any, ...]) -> dict[str, Any]:
    """Figures per group by name, as floats where they are fractions."""
    return {group: float(x) if isinstance(x, Fraction) else x for group, x in zip(GROUPS, row, strict=True)}


def test_weights_of_the_groups() -> None:
    agenda = draft()
    assert by_group(agenda.counted) == CASE["active"]
    assert agenda.omega == tuple(Fraction(CASE["omega"][group]) for group in GROUPS)
    assert by_group(agenda.weights) == CASE["omega_int"]
    total = sum(w * a for w, a in zip(agenda.weights, agenda.counted, strict=True))
    each = {group: Fraction(120 * w, total) for group, w in zip(GROUPS, agenda.weights, strict=True)}
    for group in GROUPS:
        assert float(each[group]) == pytest.approx(CASE["endowment_minutes_per_person"][group], abs=TEN)
        together = float(each[group] * CASE["active"][group])
        assert together == pytest.approx(CASE["group_endowment"][group], abs=TEN)


def test_the_agenda_and_what_it_took() -> None:
    agenda = draft()
    assert list(agenda.items) == CASE["default_add1u"] == CASE["add1_items"]
    assert str(agenda.endowment) == CASE["virtual_total"]
    assert agenda.endowment_ratio == Fraction(146, 120)
    assert not agenda.high_endowment
    assert (agenda.used, agenda.free, agenda.exact) == (105, 15, True)
    assert agenda.certificate.holds
    assert agenda.certificate.checked > 0


@pytest.mark.parametrize("row", CASE["payments"], ids=lambda row: row["theme"])
def test_who_pays_for_an_item(row: dict[str, Any]) -> None:
    entry = next(entry for entry in draft().entries if entry.id == row["theme"])
    assert entry.phase is AgendaPhase.EQUAL_SHARES
    assert entry.minutes == row["minutes"]
    assert by_group(entry.supporters) == row["supporters"]
    assert by_group(entry.paid) == pytest.approx(row["paid_minutes"], abs=TEN)
    assert by_group(entry.highest) == pytest.approx(row["max_paid_per_person"], abs=TEN)
    assert float(entry.effective_weight or 0) == pytest.approx(row["effective_weight"], abs=TEN)
    assert entry.weight == row["supporter_weight"]
    assert sum(Fraction(paid or 0) for paid in entry.paid) == row["minutes"]
    assert entry.common == 0


@pytest.mark.parametrize("row", CASE["not_selected"], ids=lambda row: row["theme"])
def test_what_an_item_that_is_left_out_lacked(row: dict[str, Any]) -> None:
    item = next(item for item in draft().left_out if item.id == row["theme"])
    assert item.why is WhyNot.NO_TIME
    assert float(item.money_behind or 0) == pytest.approx(row["money_behind"], abs=TEN)
    assert float(item.shortfall or 0) == pytest.approx(row["shortfall"], abs=TEN)
    assert item.fits_time is row["fits_time"]


def test_other_methods_stand_beside_it_with_the_difference() -> None:
    greedy, load = draft().comparisons
    assert (greedy.method, load.method) == (AgendaMethod.GREEDY, AgendaMethod.PHRAGMEN)
    assert list(greedy.items) == CASE["greedy"]
    assert (greedy.added, greedy.dropped) == (("zorg",), ("energie",))
    assert list(load.items) == CASE["seq_phragmen_skip"]
    assert (load.added, load.dropped) == ((), ())
    assert load.with_item == draft().with_item
    assert greedy.with_item == BALLOTS.voters_with(greedy.items)


def test_a_comparison_names_whom_most_votes_leave_out() -> None:
    """Six like A and B, five like C only: with time for two the six would get everything."""
    ballots = fold(
        ["A", "B", "C"],
        ("inwoner",),
        np.array([[True, True, False]] * 6 + [[False, False, True]] * 5),
        [0] * 11,
    )
    agenda = draft_agenda(
        ballots, [Item(key, 30) for key in "ABC"], 60, Parameters.equal(["inwoner"]), Weighting.PER_PERSON
    )
    greedy, load = agenda.comparisons
    assert agenda.certificate.holds
    assert sorted(agenda.items) in (["A", "C"], ["B", "C"])
    assert greedy.items in (("A", "B"), ("B", "A"))
    assert (greedy.with_item, agenda.with_item) == ((6,), (11,))
    # Five of eleven earn 300/11 = 27 minutes of 60: not quite the 30 of C.
    assert greedy.broken == load.broken == ()
    longer = draft_agenda(
        ballots, [Item("A", 30), Item("B", 30), Item("C", 27)], 60, agenda.parameters, Weighting.PER_PERSON
    )
    (broken,) = longer.comparisons[0].broken
    assert (broken.item, broken.level, broken.earned) == ("C", 0, Fraction(300, 11))
    assert withhold(longer).comparisons[0].broken == (replace(broken, earned=None),)


def test_a_comparison_withholds_small_groups_and_counts_pinned_items() -> None:
    ballots = fold(
        ["A", "B"],
        ("inwoner", "raad", "partner"),
        np.array([[True, False]] * 9 + [[False, True]] * 2 + [[True, False]] * 4),
        [0] * 9 + [1] * 2 + [2] * 4,
    )
    items = [Item("A", 30), Item("B", 10, pinned="The council asked for it.")]
    agenda = draft_agenda(ballots, items, 40, Parameters.equal(["inwoner", "raad", "partner"]))
    for row in agenda.comparisons:
        assert row.items == ("A",)
        assert row.with_item == agenda.with_item == (9, 2, 4)
    for row in withhold(agenda).comparisons:
        assert row.with_item == withhold(agenda).with_item == (9, None, None)


def test_without_completion_and_with_phragmen() -> None:
    weights = whole_weights(BALLOTS.voters(), PARAMETERS, Weighting.PER_GROUP)
    priority = priorities(THEMES, COSTS, support_weights(BALLOTS, weights), "")
    first = equal_shares(BALLOTS, COSTS, weights, priority, 120)
    assert [THEMES[item] for item in first.items] == CASE["mes_no_completion"]
    left = 120 - sum(COSTS[item] for item in first.items)
    start = purses(BALLOTS, weights, first)
    rest = phragmen(BALLOTS, COSTS, weights, priority, left, start=start, taken=first.items)
    both = [*first.items, *(load.item for load in rest)]
    assert [THEMES[item] for item in both] == CASE["mes_plus_phragmen_skip"]


def test_blocks_and_pins_take_their_minutes_first() -> None:
    items = [replace(item, pinned="Asked by the council.") if item.id == "zorg" else item for item in ITEMS]
    agenda = draft(items, 200, blocks=[FixedBlock("opening", 15), FixedBlock("break", 20)])
    assert (agenda.pinned, agenda.budget) == (45, 120)
    first = agenda.entries[0]
    assert (first.id, first.order, first.phase) == ("zorg", 1, AgendaPhase.PINNED)
    assert first.reason == "Asked by the council."
    assert (first.paid, first.common) == ((0, 0, 0), 45)
    assert [entry.order for entry in agenda.entries] == list(range(1, len(agenda.entries) + 1))
    # Those who want the pinned item alone hold no money for the others, but they do have an item.
    assert sum(agenda.counted) < sum(agenda.voters) == 65
    assert all(have <= all_ for have, all_ in zip(agenda.with_item, agenda.voters, strict=True) if have)


def test_skipped_items_keep_their_reason_and_leave_the_race() -> None:
    skip = "Outside the mandate."
    items = [replace(item, skipped=skip) if item.id == "energie" else item for item in ITEMS]
    agenda = draft(items)
    assert "energie" not in agenda.items
    (skipped,) = [item for item in agenda.left_out if item.why is WhyNot.SKIPPED]
    assert (skipped.id, skipped.note, skipped.money_behind) == ("energie", skip, None)
    assert skipped.supporters == (22, 2, 1)


def test_long_and_unsupported_items_say_so() -> None:
    items = [*ITEMS[1:], Item("mobiliteit", 121), Item("rest", 10)]
    why = {item.id: item.why for item in draft(items).left_out}
    assert "mobiliteit" in draft([Item("mobiliteit", 120)]).items
    assert WhyNot.TOO_LONG not in {item.why for item in draft([Item("zorg", 120), Item("data", 30)]).left_out}
    assert why["mobiliteit"] is WhyNot.TOO_LONG
    assert why["rest"] is WhyNot.NO_SUPPORT


def test_what_still_fits_is_filled_with_most_votes() -> None:
    rows = [["inwoner", "a"]] * 40 + [["inwoner", "b"]] * 2 + [["inwoner", "c"]]
    items = [Item("a", 60), Item("b", 20), Item("c", 15)]
    ballots = cast(rows, ["a", "b", "c"])
    agenda = draft_agenda(ballots, items, 90, PARAMETERS, Weighting.PER_PERSON)
    assert agenda.items == ("a", "b")
    filled = agenda.entries[1]
    assert filled.phase is AgendaPhase.COMPLETION
    assert (filled.paid, filled.common, filled.effective_weight) == ((0, 0, 0), 20, None)
    assert agenda.endowment == 270
    assert agenda.high_endowment
    assert agenda.with_item == (42, 0, 0)


def test_impossible_agendas_are_refused() -> None:
    with pytest.raises(ValueError, match="more time than the workshop has"):
        draft(workshop=30, blocks=[FixedBlock("opening", 31)])
    with pytest.raises(ValueError, match="named once"):
        draft([Item("data"), Item("data")])
    with pytest.raises(ValueError, match="at least one minute"):
        Item("data", 0)
    with pytest.raises(ValueError, match="not both"):
        Item("data", 30, "yes", "no")
    with pytest.raises(ValueError, match="negative"):
        FixedBlock("opening", -1)


def test_a_workshop_without_time_or_ballots_stays_empty() -> None:
    assert draft(workshop=0).items == ()
    assert {item.why for item in draft(workshop=0).left_out} == {WhyNot.TOO_LONG}
    nobody = draft_agenda(cast([], THEMES), ITEMS, 120, PARAMETERS)
    assert nobody.items == ()
    assert {item.why for item in nobody.left_out} == {WhyNot.NO_SUPPORT}
    assert nobody.certificate.holds


def test_greedy_breaks_the_promise_that_equal_shares_keep() -> None:
    rows = [["inwoner", "a", "b"]] * 60 + [["inwoner", "c"]] * 40
    ballots, items = cast(rows, ["a", "b", "c"]), [Item("a", 30), Item("b", 30), Item("c", 24)]
    costs = [30, 30, 24]
    assert not certify(ballots, costs, (1, 1, 1), [0, 1], 60).holds
    (violation,) = certify(ballots, costs, (1, 1, 1), [0, 1], 60).violations
    assert violation == Violation("c", 0, Fraction(24))
    agenda = draft_agenda(ballots, items, 60, PARAMETERS, Weighting.PER_PERSON)
    assert "c" in agenda.items
    assert agenda.certificate.holds


def test_group_weights_scale_with_their_settings() -> None:
    parameters = Parameters(GROUPS, (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)))
    weights = product_weights((53, 8, 4), parameters)
    omega = [Fraction(1, 2) / 63, Fraction(1, 4) / 18, Fraction(1, 4) / 14]
    assert [Fraction(weight, weights[0]) for weight in weights] == [value / omega[0] for value in omega]
    assert whole_weights((0, 0, 0), PARAMETERS, Weighting.PER_PERSON) == (1, 1, 1)
    with pytest.raises(ValueError, match="at least one ballot"):
        whole_weights((3, 0, 1), replace(PARAMETERS, k=0), Weighting.PER_GROUP)


def test_a_group_of_weight_zero_decides_nothing() -> None:
    parameters = Parameters(GROUPS, (Fraction(1), Fraction(0), Fraction(0)))
    rows = [["inwoner", "a"], ["raad", "b"], ["raad", "b"]]
    agenda = draft_agenda(cast(rows, ["a", "b"]), [Item("a", 10), Item("b", 10)], 30, parameters)
    assert agenda.items == ("a",)
    assert agenda.left_out[0].why is WhyNot.NO_SUPPORT


def test_nobody_with_weight_leaves_the_agenda_empty() -> None:
    parameters = Parameters(GROUPS, (Fraction(1), Fraction(0), Fraction(0)))
    agenda = draft_agenda(cast([["raad", "a"]] * 4, ["a"]), [Item("a", 10)], 30, parameters)
    assert (agenda.items, agenda.left_out[0].why) == ((), WhyNot.NO_SUPPORT)
    assert agenda.certificate.holds


def test_large_ballots_fold_like_small_ones() -> None:
    rng = np.random.default_rng(3)
    supports = rng.random((200, 70)) < 0.02
    group = rng.integers(0, 3, 200)
    folded = fold(list(range(70)), GROUPS, supports, group)
    expected = {
        (int("".join("1" if x else "0" for x in row[::-1]), 2), int(who))
        for row, who in zip(supports, group, strict=True)
        if row.any()
    }
    assert set(zip(folded.masks(), folded.group.tolist(), strict=True)) == expected
    assert folded.count.sum() == supports.any(axis=1).sum()


@pytest.mark.parametrize(
    ("supporters", "hidden"),
    [
        ((27, 1, 1), {0, 1, 2}),
        ((27, 2, 1), {1, 2}),
        ((0, 1, 1), {1, 2}),
        ((27, 8, 2), {1, 2}),
        ((5, 8, 2), {0, 2}),
        ((0, 2, 0), {1}),
        ((3, 0, 4), set()),
        ((0, 0, 0), set()),
    ],
)
def test_small_groups_are_withheld_so_that_no_total_gives_them_away(
    supporters: tuple[int, ...], hidden: set[int]
) -> None:
    assert hidden_groups(supporters) == hidden


def test_a_withheld_draft_shows_no_figure_of_a_small_group() -> None:
    agenda = draft()
    public = withhold(agenda)
    entry = next(entry for entry in public.entries if entry.id == "mobiliteit")
    assert entry.supporters == (None, None, None)
    assert entry.paid[1:] == entry.highest[1:] == (None, None)
    assert (entry.weight, entry.effective_weight) == (None, None)
    rows: list[AgendaEntry | LeftOut] = [*public.entries, *public.left_out]
    for row in rows:
        assert not any(count is not None and 0 < count < 3 for count in row.supporters)
        if None in row.supporters:
            assert row.weight is None
    assert draft() == agenda


def test_results_cannot_be_changed() -> None:
    agenda = draft()
    assert is_dataclass(agenda)
    with pytest.raises(AttributeError):
        setattr(agenda, fields(agenda)[0].name, None)


def test_add1_of_the_draft_is_the_rule_itself() -> None:
    weights = whole_weights(BALLOTS.voters(), PARAMETERS, Weighting.PER_GROUP)
    priority = priorities(THEMES, COSTS, support_weights(BALLOTS, weights), "")
    assert add_one(BALLOTS, COSTS, weights, priority, 120).endowment == draft().endowment
