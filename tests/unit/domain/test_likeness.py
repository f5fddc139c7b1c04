"""Likeness of short texts: the same words are alike whatever their endings, other words are not."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.likeness import likeness, stems


def test_words_are_compared_by_their_beginnings() -> None:
    assert stems("Fietsers fietsen") == {"fietse"}
    assert likeness("Groen licht voor fietsers", "Fietsen bij groen licht") == 1


def test_words_that_every_idea_has_do_not_count() -> None:
    assert stems("Laat de gemeente meer voor de stad doen") == set()
    assert likeness("Beter voor de stad", "Meer voor mensen") == 0


def test_other_subjects_are_not_alike() -> None:
    assert likeness("Meer bomen op het plein", "Sensoren tegen geluid van uitlaten") == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) in (0, 1)
