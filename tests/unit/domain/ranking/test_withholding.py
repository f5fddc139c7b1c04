"""The agenda beside the page of themes: the same people on both, and neither tells what the other withholds."""

from fractions import Fraction
from itertools import product

import numpy as np

from app.domain.ranking import AgendaDraft, Parameters, draft_agenda, withhold
from app.domain.ranking.agenda import Item
from app.domain.ranking.ballots import fold
from app.domain.ranking.publishing import hidden_beside, hidden_persons

GROUPS = ("resident", "council", "partner")
RULES = Parameters(weights=(Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), min_supporters=0)


def drafted(*supporters: int) -> AgendaDraft:
    """An agenda of one theme, 101, with these supporters per group."""
    heads = np.array(supporters, dtype=np.int64)
    ballots = fold([101], GROUPS, np.ones((3, 1), dtype=np.bool_), np.arange(3), heads)
    return draft_agenda(ballots, [Item(101, minutes=30)], 60, RULES)


def test_no_supporters_among_few_people_would_tell_what_the_others_voted() -> None:
    # On the page of themes: 13 for, 10 against, the 10 and 4 residents, and that council and partners are withheld.
    # If the agenda said that 3 council members and no partners support it, both partners would be against.
    row = [101, [10, 3, 0], [4, 4, 2], [0, 0, 0]]
    assert hidden_persons(GROUPS, [row]).tolist() == [[False, True, True]]
    agenda = withhold(drafted(10, 3, 0), hidden_beside(GROUPS, [row]))
    (entry,) = agenda.entries
    assert entry.supporters == agenda.with_item == (10, None, None)
    assert all(other.with_item == (10, None, None) for other in agenda.comparisons)
    assert (entry.paid[1:], entry.highest[1:], entry.weight) == ((None, None), (None, None), None)


def test_the_agenda_shows_no_group_that_the_page_of_themes_withholds() -> None:
    drafts = {heads: drafted(*heads) for heads in product((0, 1, 2, 3, 9), (0, 1, 3), (0, 1, 2, 3))}
    for heads, against in product(drafts, product((0, 1, 4), (0, 1, 2, 4), (0, 2))):
        row = [101, list(heads), list(against), [0, 0, 0]]
        (hidden,) = hidden_persons(GROUPS, [row]).tolist()
        public = withhold(drafts[heads], hidden_beside(GROUPS, [row]))
        behind = sum(yes + no for yes, no, gone in zip(heads, against, hidden, strict=True) if gone)
        told = [entry.supporters for entry in public.entries] + [out.supporters for out in public.left_out]
        if public.entries:  # nobody has one of no items, whatever anybody voted
            told.append(public.with_item)
        for shown in told:
            assert not any(
                figure is not None and gone and behind for figure, gone in zip(shown, hidden, strict=True)
            ), (heads, against, shown)


def test_a_group_without_anybody_is_not_hidden() -> None:
    row = [101, [10, 4, 0], [4, 0, 0], [0, 0, 0]]
    assert withhold(drafted(10, 4, 0), hidden_beside(GROUPS, [row])).entries[0].supporters == (10, 4, 0)
