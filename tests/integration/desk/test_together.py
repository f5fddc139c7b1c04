"""Two facilitators at once: one comes through, the other hears what was done, and nothing is done twice."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import update

from app.db import db
from app.features.desk import service
from app.models import Person, Round
from app.models.room import RoundState
from app.models.screen import Screen
from tests import factories
from tests.support import csrf_token, visit
from tests.support.evenings import Evening


def test_an_older_button_does_nothing_and_tells_what_happened(evening: Evening) -> None:
    ann, bob = evening.desk(), evening.desk(evening.bob)
    visit(bob, f"{evening.path}/regie")
    evening.step(ann, "themes", number=0)
    page = evening.step(bob, "programme", 409, number=0)
    assert "Ann Vos ging naar “Ranglijst van thema's”. Daarom is er niets veranderd." in page.text
    assert evening.row().step == "themes"
    assert len(evening.lines()) == 1
    # The page that says so carries the screen of now: the same button works from there.
    assert {tag["value"] for tag in page.all("[data-number]")} == {"1"}
    evening.step(bob, "programme")
    assert evening.row().step == "programme"


def test_pressing_twice_oneself_is_said_kindly(evening: Evening) -> None:
    ann = evening.desk()
    evening.step(ann, "themes", number=0)
    page = evening.step(ann, "themes", 409, number=0)
    assert "Je deed dit net zelf al" in page.text
    assert evening.row().number == 1


@pytest.mark.parametrize(
    ("where", "fields", "said"),
    [
        ("klok", {"minutes": "5"}, "startte de klok"),
        ("stilzetten", {"on": "yes"}, "zette het scherm stil"),
        ("namen", {"on": "yes"}, "verborg de namen op het scherm"),
        ("reserve", {"on": "yes"}, "zette het reservescherm aan"),
        ("bericht", {"text": "Tot zo!", "ends": ""}, "schreef een bericht aan de zaal"),
    ],
)
def test_whatever_the_other_did_is_named(
    evening: Evening, where: str, fields: dict[str, Any], said: str
) -> None:
    ann, bob = evening.desk(), evening.desk(evening.bob)
    evening.press(ann, where, **fields)
    page = evening.step(bob, "themes", 409, number=0)
    assert f"Net vóór jou: Ann Vos {said}." in page.text
    again = evening.press(bob, where, 409, number=0, **fields)
    assert said in again.text
    assert evening.row().number == 1


def test_a_message_that_was_overtaken_stays_in_its_field(evening: Evening) -> None:
    evening.step(evening.desk(), "themes")
    page = evening.press(evening.desk(evening.bob), "bericht", 409, number=0, text="Bijna pauze!", ends="15")
    assert page.one("#message-text")["value"] == "Bijna pauze!"
    assert page.one('#message-ends option[value="15"]').has_attr("selected")


@pytest.mark.parametrize("number", ["", "-1", "x", "99999999999", "7"])
def test_a_number_that_fits_no_screen_does_nothing(evening: Evening, number: str) -> None:
    evening.step(evening.desk(), "themes", 409, number=number)
    assert evening.row().number == 0


def at_once(*calls: Any) -> list[str]:
    """Run the calls in threads of their own, begun together; what each came to."""
    begin, results = threading.Barrier(len(calls)), [""] * len(calls)

    def run(place: int, call: Any) -> None:
        begin.wait()
        results[place] = call()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def pressing(evening: Evening, person: int, seen: int, key: str) -> Any:
    def press() -> str:
        with evening.app.app_context():
            actor = db.session.get_one(Person, person)
            try:
                service.step(actor, evening.room.workshop, seen, key, factories.NOW)
            except service.Overtaken:
                return "overtaken"
            return "done"

    return press


@pytest.mark.parametrize("first", [True, False], ids=["on a new screen", "on one that was used"])
def test_of_ten_at_once_one_comes_through(evening: Evening, first: bool) -> None:
    seen = 0
    if not first:
        evening.step(evening.desk(), "themes")
        seen = 1
    keys = ("programme", "join", "focus", "thanks", f"theme:{evening.room.themes['Groen']}") * 2
    people = [evening.ann, evening.bob] * 5
    outcomes = at_once(*(pressing(evening, who, seen, key) for who, key in zip(people, keys, strict=True)))
    assert sorted(outcomes) == ["done", *["overtaken"] * 9]
    winner = outcomes.index("done")
    row = evening.row()
    assert (row.number, row.step, row.changed_by) == (seen + 1, keys[winner], people[winner])
    assert len(evening.lines()) == seen + 1


def test_a_round_is_opened_once_by_two_at_once(evening: Evening) -> None:
    key = f"round:{evening.round}:open"
    outcomes = at_once(pressing(evening, evening.ann, 0, key), pressing(evening, evening.bob, 0, key))
    assert sorted(outcomes) == ["done", "overtaken"]
    assert evening.state() == RoundState.OPEN
    assert [line.action for line in evening.lines("rounds.")] == ["rounds.open"]
    assert (len(evening.lines()), evening.row().number) == (1, 1)


def test_a_round_that_somebody_opened_elsewhere_meanwhile_is_shown(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look of the desk and its lock: nothing was left to open, and the screen goes there all the same."""
    plain = service._verb

    def late(*given: Any) -> Any:
        found = plain(*given)
        db.session.execute(update(Round).where(Round.id == evening.round).values(state=RoundState.OPEN))
        db.session.commit()
        return found

    monkeypatch.setattr(service, "_verb", late)
    pressing(evening, evening.ann, 0, f"round:{evening.round}:open")()
    assert (evening.row().number, evening.row().step) == (1, f"round:{evening.round}:open")
    assert [line.action for line in evening.lines()] == ["desk.step"]
    assert evening.lines("rounds.") == []


def clicked(evening: Evening, client: Any, where: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    data = {"csrf_token": csrf_token(client), **fields}
    answer = client.post(f"{evening.path}/regie/{where}", data=data, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.get_data())


def test_a_clicker_at_the_screen_hears_the_next_numbers(evening: Evening) -> None:
    client = evening.desk()
    page = visit(client, f"{evening.path}/scherm")
    names = ("number", "before", "after")
    assert [page.one(f'[data-clicker] input[name="{name}"]')["value"] for name in names] == [
        *("0", "", "programme"),
    ]
    assert clicked(evening, client, "stap", number=0, key="programme") == (
        200,
        {"number": 1, "before": "join", "after": "themes", "spare": False},
    )
    # Somebody was faster: nothing happens, and the press after this one goes on from there.
    assert clicked(evening, client, "stap", number=0, key="programme") == (
        409,
        {"number": 1, "before": "join", "after": "themes", "spare": False},
    )
    assert clicked(evening, client, "reserve", number=1, on="yes")[1]["spare"] is True
    assert evening.row().spare


def test_only_a_facilitator_has_a_clicker(evening: Evening, client: Any) -> None:
    assert not visit(client, f"{evening.path}/scherm").all("[data-clicker]")
    assert not visit(evening.desk(evening.room.author), f"{evening.path}/scherm").all("[data-clicker]")
    # A second screen that keeps to one scene leads nobody anywhere.
    assert not visit(evening.desk(), f"{evening.path}/scherm?beeld=themas").all("[data-clicker]")


def test_a_screen_of_another_workshop_stays_as_it_is(evening: Evening) -> None:
    with evening.app.app_context():
        call = factories.a_call()
        other = factories.a_workshop(call).id
        db.session.commit()
    evening.step(evening.desk(), "themes")
    with evening.app.app_context():
        assert db.session.get(Screen, other) is None
