"""Hints towards plain Dutch: each kind, what is left alone, and positions that point at the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.plain_language import MOST_HINTS, HintKind, hints, sentences
from app.domain.plain_words import WORDS

TWENTY = " ".join(["woord"] * 20)


def kinds(text: str) -> list[tuple[HintKind, str]]:
    return [(hint.kind, hint.text) for hint in hints(text)]


def test_a_sentence_of_more_than_twenty_words_is_long() -> None:
    assert hints(f"{TWENTY}.") == []
    [hint] = hints(f"Kort. {TWENTY} extra. Kort.")
    assert (hint.kind, hint.count, hint.text) == (HintKind.LONG, 21, f"{TWENTY} extra.")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Eén. Twee! Drie? Vier", ["Eén.", "Twee!", "Drie?", "Vier"]),
        (
            "Bijv. De Maas en nr. 3 van St. Pieter. Klaar.",
            ["Bijv. De Maas en nr. 3 van St. Pieter.", "Klaar."],
        ),
        ("Een lijst:\n- banken\n- bomen\n", ["Een lijst:", "- banken", "- bomen"]),
        (
            "Hij zei: “Kom.” Daarna ging ze. 2 uur later niet.",
            ["Hij zei: “Kom.”", "Daarna ging ze.", "2 uur later niet."],
        ),
        ("Van 3.5 km naar www.voorbeeld.nl en verder", ["Van 3.5 km naar www.voorbeeld.nl en verder"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_words_of_the_town_hall_have_a_plain_one() -> None:
    text = "Teneinde de bus te FACILITEREN, d.m.v. subsidie en t.a.v. zorg. Teneinde ook."
    assert [(hint.text, hint.better) for hint in hints(text)] == [
        ("Teneinde", "om"),
        ("FACILITEREN", "helpen of mogelijk maken"),
        ("d.m.v.", "door of met"),
        ("t.a.v.", "over"),
    ]
    assert kinds("De tevensstraat en onverwegens zijn geen woorden van de lijst.") == []
    assert [hint.text for hint in hints("Ten aanzien van de bus.")] == ["Ten aanzien van"]


def test_the_list_is_one_of_plain_words() -> None:
    assert len(WORDS) >= 80
    forms = [form for key in WORDS for form in key.split("|")]
    assert len(forms) == len(set(forms))
    for better in WORDS.values():
        assert hints(better) == [], better


def test_many_passives_hide_who_does_it() -> None:
    one = "Er worden bomen geplant. Wij zetten banken neer. De buurt helpt mee. Kinderen kiezen."
    assert hints(one) == []
    many = "Er worden bomen geplant. De straat wordt verbreed. Borden werden geplaatst. Wij helpen."
    [hint] = hints(many)
    assert (hint.kind, hint.text, hint.count) == (HintKind.PASSIVE, "worden", 3)


def test_an_abbreviation_asks_for_its_words_once() -> None:
    assert kinds("De GGZ helpt. De GGZ is dichtbij.") == [(HintKind.SHORT, "GGZ")]
    assert kinds("De GGZ (zorg voor je geest) helpt.") == []
    assert kinds("Zorg voor je geest (GGZ) helpt. De GGZ is er.") == []
    assert kinds("Met de NS, het OV en een QR-code.") == []
    assert kinds("LUISTER NU EENS") == []


@given(st.text(max_size=400))
def test_every_text_has_bearable_hints_that_point_into_it(text: str) -> None:
    found = hints(text)
    assert len(found) <= MOST_HINTS
    assert all(text[hint.start : hint.end] == hint.text and hint.text for hint in found)
    assert [hint.start for hint in found] == sorted(hint.start for hint in found)


def test_a_long_text_takes_no_time() -> None:
    assert len(hints("teneinde A.B. " * 20_000)) == 2
