"""The difference between two texts: both can be read back from it, and it is told in words and not in letters."""

import pytest

from app.domain.difference import MOST_PIECES, Change, Piece, between


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "Iets nieuws."),
        ("Alles weg.", ""),
        ("Zet bankjes langs de Maas.", "Zet tien bankjes langs de Maas en het park."),
        ("Eén alinea.\n\nNog een.", "Een andere.\n\nNog een, met meer.\n\nEn een derde 🎉."),
        ("a " * MOST_PIECES, "b " * MOST_PIECES),
    ],
)
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    pieces = between(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != Change.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.change != Change.GONE) == after


def test_a_change_is_told_in_whole_words_and_in_one_go() -> None:
    assert between("De lamp brandt fel.", "De lantaarn brandt fel.") == [
        Piece(Change.SAME, "De "),
        Piece(Change.GONE, "lamp"),
        Piece(Change.NEW, "lantaarn"),
        Piece(Change.SAME, " brandt fel."),
    ]
    assert between("Wij willen veel groen hier.", "Wij willen minder stenen hier.") == [
        Piece(Change.SAME, "Wij willen "),
        Piece(Change.GONE, "veel groen"),
        Piece(Change.NEW, "minder stenen"),
        Piece(Change.SAME, " hier."),
    ]


def test_the_same_text_has_no_changes() -> None:
    assert between("Niets nieuws.", "Niets nieuws.") == [Piece(Change.SAME, "Niets nieuws.")]
