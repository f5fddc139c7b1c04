"""The figures in every sentence of an agenda add up as they stand there, in both languages."""

import re
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.ranking import (
    AgendaPhase,
    Item,
    Parameters,
    Weighting,
    WhyNot,
    agenda_record,
    draft_agenda,
    withhold,
)
from app.features.workshop import words
from tests.oracle.elections import draw

pytestmark = pytest.mark.one_database
GROUPS = ("resident", "council", "partner")
FIGURE = re.compile(r"\d+(?:[.,]\d)?")


def records() -> Iterator[dict[str, Any]]:
    """Agendas of random elections, as an organiser and as everybody sees them."""
    for number in range(150):
        luck = Random(number)
        election = draw(luck, (2, 8), (10, 80), 4, groups=3)
        items = [Item(item, cost) for item, cost in enumerate(election.costs)]
        rules = Parameters(), luck.choice(list(Weighting)), election.seed
        draft = draft_agenda(election.ballots, items, election.budget, *rules)
        for each in (draft, withhold(draft)):
            yield dict(agenda_record(each))


def figures(sentence: str) -> list[Fraction]:
    """The numbers in a sentence, with a comma or a point."""
    return [Fraction(found.replace(",", ".")) for found in FIGURE.findall(sentence)]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_groups_pay_adds_up_to_the_minutes_of_the_item(app: Flask, language: str) -> None:
    told = apart = 0
    with app.test_request_context(), force_locale(language):
        for record in records():
            for entry in record["entries"]:
                sentence = words.payment(entry)
                if entry["phase"] != AgendaPhase.EQUAL_SHARES:
                    assert sentence == ""
                elif None in entry["paid"]:
                    assert figures(sentence) == []
                else:
                    parts = figures(sentence)
                    assert sum(parts) == entry["minutes"], sentence
                    assert len(parts) == sum(heads > 0 for heads in entry["supporters"])
                    told += 1
                    alone = [Fraction(words.minutes_text(paid).replace(",", ".")) for paid in entry["paid"]]
                    apart += sum(alone) != entry["minutes"]
    assert told > 300
    assert apart > 10, "no case in which rounding one by one would have been wrong"


def test_the_table_says_what_the_sentence_says(app: Flask) -> None:
    rows = 0
    with app.test_request_context(), force_locale("en"):
        for record in records():
            for entry in record["entries"]:
                table = words.shares(GROUPS, entry)
                if table:
                    rows += 1
                    paid = [Fraction(row[2]) for row in table]
                    assert [share for share in paid if share] == [
                        s for s in figures(words.payment(entry)) if s
                    ]
                    assert all(Fraction(row[3]) <= share for row, share in zip(table, paid, strict=True))
    assert rows > 300


@pytest.mark.parametrize("language", ["nl", "en"])
def test_who_carries_an_item_adds_up(app: Flask, language: str) -> None:
    told = 0
    with app.test_request_context(), force_locale(language):
        for record in records():
            for entry in record["entries"]:
                if None not in entry["supporters"] and sum(entry["supporters"]):
                    total, *groups = figures(words.carriers(GROUPS, entry))
                    assert total == sum(groups) == sum(entry["supporters"])
                    told += 1
    assert told > 300


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_supporters_have_and_lack_adds_up_to_the_minutes(app: Flask, language: str) -> None:
    told = 0
    with app.test_request_context(), force_locale(language):
        for record in records():
            for row in record["left_out"]:
                if row["why"] == WhyNot.NO_TIME and row["shortfall"] is not None:
                    behind, minutes, short = figures(words.why_not(row, record["budget"], record["free"]))[:3]
                    assert behind + short == minutes == row["minutes"]
                    assert short > 0
                    told += 1
    assert told > 50


def test_hardly_anything_lacking_is_never_told_as_nothing(app: Flask) -> None:
    row = {
        "why": "no_time",
        "minutes": 30,
        "money_behind": "2999/100",
        "shortfall": "1/100",
        "fits_time": True,
        "note": "",
    }
    with app.test_request_context(), force_locale("en"):
        assert figures(words.why_not(row, 60, 30)) == [Fraction("29.9"), 30, Fraction("0.1")]
