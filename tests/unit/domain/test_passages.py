"""Passages of a text: what stands in it, what does not, and what is left without them."""

from app.domain import masking, passages

TEXT = """Er staan te weinig banken. Ouderen kunnen nergens zitten!

En het is donker op het plein. Zet daar lampen neer.

- Lampen op zonne-energie
- Banken van hout"""


def test_whole_sentences_and_paragraphs_stand_in_it_however_they_are_spaced() -> None:
    for good in (
        TEXT,
        "Zet daar lampen neer.",
        "En het is donker op het plein.  Zet daar\u00a0lampen neer.",
        "Zet daar lampen neer.\n\n- Lampen op zonne-energie",
        "- Banken van hout\n\nOuderen kunnen nergens zitten!",
    ):
        assert passages.foreign(good, TEXT) == [], good


def test_other_words_halves_and_repetitions_are_foreign() -> None:
    assert passages.foreign("Zet daar geen lampen neer.", TEXT) == ["Zet daar geen lampen neer."]
    assert passages.foreign("Zet daar lampen", TEXT) == ["Zet daar lampen"]
    assert passages.foreign("Zet daar lampen neer. Zet daar lampen neer.", TEXT) == ["Zet daar lampen neer."]
    assert passages.foreign("Zet daar lampen neer. Echt waar.", TEXT) == ["Echt waar."]


def test_what_leaves_leaves_the_rest_as_it_was() -> None:
    left = passages.without(
        TEXT, "En het is donker op het plein. Zet daar lampen neer.\n\n- Lampen op zonne-energie"
    )
    assert left == "Er staan te weinig banken. Ouderen kunnen nergens zitten!\n\n- Banken van hout"
    assert passages.without(TEXT, "Ouderen kunnen nergens zitten!").startswith(
        "Er staan te weinig banken.\n\nEn het"
    )
    assert passages.without(TEXT, TEXT) == ""
    assert passages.without("A. A. B.", "A.") == "A. B."


def test_a_passage_is_found_in_capitals_and_over_lines_but_not_within_a_word() -> None:
    assert (
        masking.mask("Jan de\nVries, JAN DE VRIES en Janneke", ["Jan de Vries"], "[x]")
        == "[x], [x] en Janneke"
    )
    assert masking.mask("Bel 06-12345678!", ["06-12345678"], "[x]") == "Bel [x]!"
    assert masking.mask("januari en Jan", ["Jan"], "[x]") == "januari en [x]"
    assert not masking.stands_in("Jan", "januari")
    assert (
        masking.mask("Een titel van Jo en nog wat", ["Jo"], "[weggehaald]", 27)
        == "Een titel van [weggehaald]…"
    )
    assert masking.mask("(a+b) \\1", ["(a+b)"], "[x]") == "[x] \\1"


def test_the_longest_passage_goes_first_so_that_nothing_of_it_is_left() -> None:
    lines = masking.passages_of("Jan\n\n  Jan   de Vries \nJan\n")
    assert lines == ["Jan de Vries", "Jan"]
    assert masking.mask("Jan de Vries en Jan", lines, "[x]") == "[x] en [x]"


def test_rules_propose_addresses_phone_numbers_and_service_numbers_only() -> None:
    said = (
        "Mail jan.de.vries@voorbeeld.example of bel 06 1234 5678, +31 6 12345678 of 043-3504040. "
        "BSN 111222333, rekening NL91 ABNA 0417 1640 00. Niet: 123456789, 6211 AB, 2026, 1.000.000."
    )
    found = masking.proposed([said])
    assert set(found) == {
        "jan.de.vries@voorbeeld.example",
        "06 1234 5678",
        "+31 6 12345678",
        "043-3504040",
        "111222333",
        "NL91 ABNA 0417 1640 00",
    }
    assert masking.is_service_number("111222333")
    assert not masking.is_service_number("111222334")
    assert not masking.is_service_number("000000000")
    assert masking.proposed(["In 2026 staan er 120 banken bij 40 haltes."]) == []
