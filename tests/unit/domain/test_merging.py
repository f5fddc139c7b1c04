"""What two votes of one person become, how far authors have come, and what two texts share."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.likeness import marked, shared_words
from app.domain.merging import Cast, Consent, consent, together

EARLY = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATE = EARLY + timedelta(days=1)
WEEK = EARLY + timedelta(days=7)


@pytest.mark.parametrize(
    ("merged", "stays", "after"),
    [
        (Cast(1, EARLY), None, Cast(1, EARLY)),
        (Cast(0, EARLY), None, None),
        (Cast(-1, LATE), Cast(1, EARLY), Cast(-1, LATE)),
        (Cast(-1, EARLY), Cast(1, LATE), None),
        (Cast(-1, EARLY), Cast(1, EARLY), None),
        (Cast(0, LATE), Cast(1, EARLY), None),
        (Cast(1, EARLY), Cast(0, LATE), Cast(1, EARLY)),
    ],
)
def test_the_last_vote_wins_and_withdrawing_beats_nothing(
    merged: Cast, stays: Cast | None, after: Cast | None
) -> None:
    assert together(merged, stays) == after


@pytest.mark.parametrize(
    ("asked", "answers", "authors", "now", "found"),
    [
        (None, {}, {1, 2}, LATE, Consent.NOT_ASKED),
        (EARLY, {}, {1, 2}, LATE, Consent.WAITING),
        (EARLY, {1: True}, {1, 2}, LATE, Consent.WAITING),
        (EARLY, {1: True, 2: True}, {1, 2}, LATE, Consent.AGREED),
        (EARLY, {1: True}, {1}, LATE, Consent.AGREED),
        (EARLY, {}, set(), LATE, Consent.AGREED),
        (EARLY, {1: True}, {1, 2}, WEEK, Consent.SILENT),
        (EARLY, {1: True, 2: False}, {1, 2}, WEEK, Consent.OBJECTED),
    ],
)
def test_how_far_the_authors_have_come(
    asked: datetime | None, answers: dict[int, bool], authors: set[int], now: datetime, found: Consent
) -> None:
    assert consent(asked, WEEK if asked else None, answers, authors, now) == found


def test_shared_words_are_named_once_and_marked_where_they_stand() -> None:
    one, other = "Bankjes en nog eens bankjes aan de Maas", "Meer bankjes langs de Maas"
    assert shared_words(one, other) == ["bankjes", "maas"]
    pieces = marked(one, other)
    assert "".join(text for text, _is_shared in pieces) == one
    assert [text for text, is_shared in pieces if is_shared] == ["Bankjes", "bankjes", "Maas"]
    assert marked("Iets anders", "Zonder overlap") == [("Iets anders", False)]
