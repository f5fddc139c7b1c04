"""The control desk: who comes in, what every button does, and that a browser that crashed comes back as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from app.db import db
from app.domain.evening import Scene
from app.models import AgendaItem, Person, Process, Theme
from app.models.person import Role
from app.models.process import ProcessState
from app.models.room import RoundState
from app.models.screen import Screen
from app.models.workshop import AgendaItemKind
from tests import factories
from tests.support import visit
from tests.support.evenings import Evening, a_person, text

BUTTONS: dict[str, dict[str, Any]] = {
    "stap": {"key": "themes"},
    "klok": {"minutes": "5"},
    "klok/stand": {"verb": "pause"},
    "stilzetten": {"on": "yes"},
    "namen": {"on": "yes"},
    "reserve": {"on": "yes"},
    "bericht": {"text": "De koffie staat klaar.", "ends": "5"},
    "bericht/weg": {},
}


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.ORGANISER])
def test_only_facilitators_stand_at_the_desk(evening: Evening, role: Role | None) -> None:
    client = evening.desk(a_person(evening.app, *([role] if role else [])))
    page = visit(client, f"{evening.path}/regie", status=403)
    assert "Deze pagina is voor begeleiders." in page.text
    for where, fields in BUTTONS.items():
        evening.press(client, where, 403, **fields)
    assert evening.row().number == 0
    assert evening.lines() == []


def test_signed_out_people_are_sent_to_sign_in(evening: Evening) -> None:
    answer = evening.app.test_client().get(f"{evening.path}/regie")
    assert (answer.status_code, answer.location) == (303, f"/inloggen?next={evening.path}/regie")


def test_a_closed_process_stays_as_it_is(evening: Evening) -> None:
    client = evening.desk()
    with evening.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    page = visit(client, f"{evening.path}/regie")
    assert not page.all("[data-part='steps'] button")
    for where, fields in BUTTONS.items():
        evening.press(client, where, 403, **fields)
    assert evening.row().number == 0


def test_an_unknown_workshop_is_not_found(evening: Evening) -> None:
    client = evening.desk()
    visit(client, "/werkateliers/4711/regie", status=404)


def test_the_desk_shows_now_and_next_and_every_step(evening: Evening) -> None:
    page = visit(evening.desk(), f"{evening.path}/regie", max_queries=9)
    pictures = [picture["aria-label"] for picture in page.all(".screen-small")]
    assert pictures == ["Het scherm toont: Doe mee op je telefoon", "Straks: Dit zou de agenda zijn"]
    assert page.texts(".desk__go button") == ["Toon: De agenda – Welkom"]
    assert not page.all('[data-key-for="before"]')
    assert page.texts(".desk__script")[0].split(" Pauze")[0] == (
        "Meedoen nu De agenda – Welkom 10 min Ranglijst van thema's Groen 30 min Stemming openen: Wat wil je hier? "
        "Stemming sluiten: Wat wil je hier? Uitslag tonen: Wat wil je hier? Opbrengst: Groen"
    )
    assert len(page.all("h1")) == 1


def test_an_evening_from_the_first_step_to_the_last(evening: Evening) -> None:
    """The big button only: it leads through everything, opens, closes and reveals."""
    client = evening.desk()
    seen, states = [], []
    for _press in range(20):
        page = visit(client, f"{evening.path}/regie", max_queries=14)
        found = page.all('[data-key-for="after"] input[name="key"]')
        if not found:
            break
        evening.step(client, str(found[0]["value"]))
        seen.append(evening.frame()["scene"])
        states.append(evening.state().value)
    assert seen == [
        *("programme", "themes", "theme", "round", "round", "round", "outcome"),
        *("break", "theme", "outcome", "programme", "focus", "thanks"),
    ]
    assert states[2:6] == ["planned", "open", "closed", "revealed"]
    assert "Dit is het einde van de avond." in visit(client, f"{evening.path}/regie").text
    assert [line.action for line in evening.lines()] == ["desk.step"] * 13
    assert [line.action for line in evening.lines("rounds.")] == [
        "rounds.open",
        "rounds.close",
        "rounds.reveal",
    ]
    assert evening.lines()[3].before == {"step": f"theme:{evening.room.themes['Groen']}", "scene": "theme"}


def test_the_opening_and_the_closing_have_a_step_and_a_timer(evening: Evening) -> None:
    client = evening.desk()
    closing = f"part:block:{evening.room.item(AgendaItemKind.CLOSING)}"
    for key, title, minutes in (("programme", "Welkom", "10"), (closing, "Borrel", "5")):
        evening.step(client, key)
        page = visit(client, f"{evening.path}/regie")
        assert f"De agenda – {title}" in page.one('.desk__script [aria-current="step"]').get_text()
        assert page.one("#timer-minutes")["value"] == minutes
        picture = BeautifulSoup(evening.frame()["picture"], "html.parser")
        now = picture.select_one('[aria-current="step"]')
        assert now is not None
        assert title in now.get_text()


def test_going_back_shows_and_does_nothing_else(evening: Evening) -> None:
    client = evening.desk()
    key = f"round:{evening.round}"
    for step in (f"{key}:open", f"{key}:close"):
        evening.step(client, step)
    evening.step(client, f"{key}:open", back="yes")
    assert (evening.state(), evening.row().step) == (RoundState.CLOSED, f"{key}:open")
    assert "Stemmen is gesloten" in evening.picture()
    # And forwards again: what has been closed is not opened anew.
    evening.step(client, f"{key}:close")
    assert evening.state() == RoundState.CLOSED
    evening.step(client, f"{key}:open")
    assert evening.state() == RoundState.CLOSED


def test_a_result_is_not_shown_while_people_vote(evening: Evening) -> None:
    client = evening.desk()
    evening.step(client, f"round:{evening.round}:open")
    page = evening.step(client, f"round:{evening.round}:reveal", 409)
    assert "Sluit de ronde eerst. Toon daarna de uitslag." in page.text
    assert evening.state() == RoundState.OPEN
    assert evening.row().step == f"round:{evening.round}:open"
    assert len(evening.lines()) == 1


def test_a_second_round_does_not_open_beside_the_first(evening: Evening) -> None:
    client = evening.desk()
    other = evening.a_round("Maas")
    evening.step(client, f"round:{evening.round}:open")
    evening.step(client, f"round:{other}:open", 409)
    assert (evening.state(), evening.state(other)) == (RoundState.OPEN, RoundState.PLANNED)
    assert evening.row().round_id == evening.round


def test_a_step_that_is_not_there_is_refused_at_the_desk(evening: Evening) -> None:
    client = evening.desk()
    page = evening.step(client, "theme:4711", 409)
    assert "Deze stap hoort niet meer bij de avond." in page.text
    assert evening.row().number == 0


def test_who_stands_on_a_step_stays_there_when_the_agenda_changes(evening: Evening) -> None:
    client = evening.desk()
    green = evening.room.themes["Groen"]
    evening.step(client, f"outcome:{green}")
    with evening.app.app_context():
        db.session.add(
            AgendaItem(
                workshop_id=evening.room.workshop,
                theme_id=green,
                kind=AgendaItemKind.SKIPPED,
                minutes=30,
                reason="Dit bespreken we een andere keer.",
            )
        )
        db.session.commit()
    evening.room.refresh()
    page = visit(client, f"{evening.path}/regie")
    assert page.all('[data-key-for="after"]')
    assert page.all('[data-key-for="before"]')
    assert evening.frame()["scene"] == "outcome"


def test_a_theme_that_goes_away_leaves_the_spare_picture(evening: Evening) -> None:
    client = evening.desk()
    evening.step(client, f"theme:{evening.room.themes['Groen']}")
    with evening.app.app_context():
        theme = db.session.get_one(Theme, evening.room.themes["Groen"])
        theme.process_id = factories.a_process().id
        db.session.commit()
    assert evening.frame()["scene"] == "spare"
    visit(client, f"{evening.path}/regie")


def test_the_timer_starts_pauses_goes_on_and_stops(evening: Evening) -> None:
    client = evening.desk()
    evening.press(client, "klok", minutes="5")
    row = evening.row()
    assert row.timer_ends_at is not None
    assert timedelta(minutes=4, seconds=50) < row.timer_ends_at - datetime.now(UTC) <= timedelta(minutes=5)
    evening.press(client, "klok/stand", verb="pause")
    assert 290 <= (evening.row().timer_left or 0) <= 300
    evening.press(client, "klok/stand", verb="add")
    assert 350 <= (evening.row().timer_left or 0) <= 360
    evening.press(client, "klok/stand", verb="resume")
    assert evening.row().timer_ends_at is not None
    evening.press(client, "klok/stand", verb="stop")
    assert evening.row().timer_seconds == 0
    assert [line.action for line in evening.lines()] == [
        *(
            "desk.start_timer",
            "desk.pause_timer",
            "desk.extend_timer",
            "desk.resume_timer",
            "desk.stop_timer",
        ),
    ]


@pytest.mark.parametrize("minutes", ["", "0", "181", "tien", "-5", "5.5"])
def test_minutes_have_bounds_and_what_was_typed_stays(evening: Evening, minutes: str) -> None:
    page = evening.press(evening.desk(), "klok", 400, minutes=minutes)
    assert page.all(".errors")
    assert page.one("#timer-minutes")["value"] == minutes
    assert evening.row().number == 0


def test_the_last_minute_is_said_and_the_end_is_calm(evening: Evening) -> None:
    client = evening.desk()
    evening.press(client, "klok", minutes="5")
    for left, mood, words in ((50, "last", "De laatste minuut"), (-5, "over", "De tijd is om")):
        with evening.app.app_context():
            ends = datetime.now(UTC) + timedelta(seconds=left)
            db.session.execute(update(Screen).values(timer_ends_at=ends))
            db.session.commit()
        frame = evening.frame()
        assert frame["timer"]["mood"] == mood
        assert words in evening.picture()


def test_a_break_brings_its_timer_and_takes_it_along(evening: Evening) -> None:
    client = evening.desk()
    page = visit(client, f"{evening.path}/regie")
    key = next(str(tag["value"]) for tag in page.all('.desk__script input[name="key"][value^="break:"]'))
    evening.step(client, key)
    assert (evening.row().scene, evening.row().timer_seconds) == (Scene.BREAK, 15 * 60)
    assert "Hierna: Maas" in evening.picture()
    evening.step(client, f"theme:{evening.room.themes['Maas']}")
    assert evening.row().timer_seconds == 0


def test_a_frozen_picture_stays_while_everything_else_goes_on(evening: Evening) -> None:
    client = evening.desk()
    evening.step(client, "themes")
    before = evening.picture()
    evening.press(client, "stilzetten", on="yes")
    evening.step(client, f"theme:{evening.room.themes['Groen']}")
    evening.room.vote("Maas")
    assert evening.picture() == before
    assert evening.frame()["frozen"]
    assert "Which themes have the most support?" in evening.picture("/en")
    evening.press(client, "stilzetten", on="")
    assert evening.frame()["scene"] == "theme"


@pytest.mark.parametrize("scene", ["programme", "themes", "ideas", "theme", "break"])
def test_a_frozen_picture_tells_no_counts_once_they_are_hidden(evening: Evening, scene: str) -> None:
    client = evening.desk()
    keys = {"theme": f"theme:{evening.room.themes['Groen']}"}
    if scene == "break":
        page = visit(client, f"{evening.path}/regie")
        keys["break"] = next(
            str(tag["value"])
            for tag in page.all('input[name="key"]')
            if str(tag["value"]).startswith("break:")
        )
    evening.step(client, keys.get(scene, scene))
    evening.press(client, "stilzetten", on="yes")
    assert "Maas" in evening.picture() or "Groen" in evening.picture()
    evening.room.hide_counts()
    for words in (evening.picture(), text(evening.frame()["text"])):
        for word in ("%", "idee nummer", "Maas", "voorstanders"):
            assert word not in words
        assert scene == "theme" or "Groen" not in words


def test_names_are_hidden_on_every_scene_also_on_a_frozen_one(evening: Evening) -> None:
    client = evening.desk()
    with evening.app.app_context():
        db.session.get_one(Person, evening.room.author).name = "Riet Janssen"
        db.session.commit()
    scenes = ("ideas", f"theme:{evening.room.themes['Groen']}")
    for key in scenes:
        evening.step(client, key)
        assert "Riet Janssen" in evening.picture()
    evening.press(client, "stilzetten", on="yes")
    evening.press(client, "namen", on="yes")
    assert "Riet Janssen" not in str(evening.frame())
    evening.press(client, "stilzetten", on="")
    for key in scenes:
        evening.step(client, key)
        assert "Riet Janssen" not in str(evening.frame())
        assert "Riet Janssen" not in str(evening.frame(query="?beeld=ideeen"))
        assert "Riet Janssen" not in visit(evening.app.test_client(), f"{evening.path}/volgen").text


def test_a_message_stands_over_the_screen_until_its_end(evening: Evening) -> None:
    client = evening.desk()
    evening.press(client, "bericht", text="De koffie staat klaar.", ends="5")
    assert "De koffie staat klaar." in evening.picture()
    assert "De koffie staat klaar." in visit(evening.app.test_client(), f"{evening.path}/volgen").text
    with evening.app.app_context():
        db.session.execute(update(Screen).values(message_ends_at=datetime.now(UTC) - timedelta(seconds=1)))
        db.session.commit()
    assert "De koffie staat klaar." not in str(evening.frame())
    evening.press(client, "bericht", text="Tot straks!", ends="")
    assert evening.row().message_ends_at is None
    evening.press(client, "bericht/weg")
    assert "Tot straks!" not in evening.picture()


@pytest.mark.parametrize("written", ["", "ja", "x" * 201])
def test_a_message_has_bounds_and_stays_in_its_field(evening: Evening, written: str) -> None:
    page = evening.press(evening.desk(), "bericht", 400, text=written, ends="5")
    assert page.one("#message-text")["value"] == written
    assert evening.row().number == 0


def test_a_message_stays_text(evening: Evening) -> None:
    evening.press(evening.desk(), "bericht", text="<b>Vet</b> & </p><script>", ends="5")
    assert "<b>Vet</b>" not in evening.frame()["picture"]
    assert "<b>Vet</b> & </p><script>" in evening.picture()


def test_the_spare_screen_and_back_to_exactly_what_was_on(evening: Evening) -> None:
    client = evening.desk()
    evening.step(client, f"theme:{evening.room.themes['Groen']}")
    evening.press(client, "klok", minutes="5")
    before = evening.frame()
    evening.press(client, "reserve", on="yes")
    assert evening.frame()["scene"] == "spare"
    assert "Groen" not in evening.picture()
    evening.press(client, "reserve", on="")
    assert {**evening.frame(), "number": 0} == {**before, "number": 0}


def test_what_makes_no_difference_leaves_no_line(evening: Evening) -> None:
    client = evening.desk()
    idle: tuple[tuple[str, dict[str, Any]], ...] = (
        ("stilzetten", {"on": ""}),
        ("namen", {"on": ""}),
        ("reserve", {"on": ""}),
        ("bericht/weg", {}),
        ("klok/stand", {"verb": "pause"}),
    )
    for where, fields in idle:
        evening.press(client, where, **fields)
    assert evening.row().number == 0
    assert evening.lines() == []
    evening.press(client, "klok/stand", 400, verb="blow up")


def test_a_browser_that_crashed_comes_back_as_it_was(evening: Evening) -> None:
    """Everything lives in the database: another browser, signed in anew, sees the same desk and the same screen."""
    client = evening.desk()
    evening.step(client, f"round:{evening.round}:open")
    evening.press(client, "klok", minutes="5")
    evening.press(client, "bericht", text="Stem nu!", ends="")
    evening.press(client, "namen", on="yes")
    evening.press(client, "stilzetten", on="yes")
    evening.press(client, "klok/stand", verb="pause")
    before, frame = visit(client, f"{evening.path}/regie"), evening.frame()
    again = visit(evening.desk(), f"{evening.path}/regie")
    assert again.text == before.text
    assert evening.frame() == frame
    assert again.texts(".desk__flags .badge") == ["Staat stil", "Zonder namen"]


def test_it_speaks_english(evening: Evening) -> None:
    page = visit(evening.desk(), f"/en{evening.path}/regie")
    assert page.h1 == "Control desk"
    assert page.texts(".desk__go button") == ["Show: The agenda – Welkom"]
