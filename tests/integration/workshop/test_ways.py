"""The way around a workshop: one navigation for facilitators, and for everybody one list of what there is."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.models.outcome import Outcome, WorkshopEvening
from app.models.room import RoundState
from app.models.workshop import Workshop
from tests.support.hall import Hall, a_hall
from tests.support.page import Page, sign_in, visit

PAGES = {
    "agenda": "Agenda",
    "zaal": "Wie er is",
    "rondes": "Rondes",
    "regie": "Regie",
    "opbrengsten": "Opbrengsten",
}
WITHIN = {
    "zaal/affiche": "Wie er is",
    "agenda/versies": "Agenda",
    "uitslagen": "Rondes",
    "opbrengsten/beelden": "Opbrengsten",
}


@pytest.fixture
def hall(app: Flask) -> Hall:
    return a_hall(app)


@pytest.fixture
def desk(hall: Hall) -> FlaskClient:
    return sign_in(hall.app.test_client(), hall.facilitator)


def way(page: Page) -> dict[str, tuple[str, str]]:
    """Name, address and mark of every page that the navigation names."""
    return {
        link.get_text(strip=True): (str(link["href"]), str(link.get("aria-current", "")))
        for link in page.all('nav[aria-label="Voor begeleiders"] a')
    }


@pytest.mark.parametrize(
    ("path", "name", "mark"),
    [
        *((path, name, "page") for path, name in PAGES.items()),
        *((path, name, "true") for path, name in WITHIN.items()),
    ],
)
def test_every_page_of_the_evening_leads_to_every_other(
    hall: Hall, desk: FlaskClient, path: str, name: str, mark: str
) -> None:
    found = way(visit(desk, f"{hall.path}/{path}"))
    wanted = {said: f"{hall.path}/{where}" for where, said in PAGES.items()} | {
        "Scherm": f"{hall.path}/scherm/openen"
    }
    assert {said: address for said, (address, _mark) in found.items()} == wanted
    assert {said: current for said, (_address, current) in found.items() if current} == {name: mark}


def test_a_paper_count_and_a_round_belong_to_the_rounds(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(state=RoundState.CLOSED)
    for path in (f"rondes/{number}/papier", f"rondes/{number}"):
        assert way(visit(desk, f"{hall.path}/{path}"))["Rondes"][1] == "true"


def test_the_screen_leads_a_facilitator_back_to_the_desk(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, f"{hall.path}/scherm")
    assert [link["href"] for link in page.all("nav a") if link.get_text() == "Regie"] == [
        f"{hall.path}/regie"
    ]
    assert "Regie" not in visit(hall.app.test_client(), f"{hall.path}/scherm").text


@pytest.mark.parametrize("path", ["", "/opbrengsten", "/uitslagen", "/agenda/versies"])
def test_nobody_else_sees_that_way(hall: Hall, client: FlaskClient, path: str) -> None:
    assert way(visit(client, f"{hall.path}{path}")) == {}


def listed(hall: Hall) -> list[tuple[str, str]]:
    page = visit(hall.app.test_client(), hall.path)
    links = page.all(".workshop-pages a")
    addresses = [str(link["href"]) for link in page.all("main a")]
    for link in links:
        assert addresses.count(str(link["href"])) == 1, f"{link['href']} stands there twice"
    return [(link.get_text(strip=True), str(link["href"])) for link in links]


def change(hall: Hall, **values: object) -> None:
    with hall.app.app_context():
        row = db.session.get_one(Workshop, hall.workshop)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def test_before_the_doors_open_one_can_read_along(hall: Hall) -> None:
    change(hall, doors_until=datetime.now(UTC) - timedelta(hours=1))
    assert listed(hall) == [
        ("Meelezen", f"{hall.path}/volgen"),
        ("Het scherm in de zaal", f"{hall.path}/scherm"),
        ("De agenda", "#agenda"),
    ]


def test_when_the_doors_are_open_taking_part_comes_first(hall: Hall) -> None:
    change(hall, doors_until=datetime.now(UTC) + timedelta(hours=1))
    assert listed(hall)[0] == ("Doe mee in de zaal", "/doe-mee")


def conclude(hall: Hall, *, finished: bool) -> None:
    with hall.app.app_context():
        now = datetime.now(UTC)
        db.session.add(
            Outcome(workshop_id=hall.workshop, conclusion="Meer bomen.", number=1, recorded_at=now)
        )
        if finished:
            db.session.add(WorkshopEvening(workshop_id=hall.workshop, finished_at=now, told_at=now))
        db.session.commit()


def test_what_came_out_is_listed_when_it_is_there(hall: Hall) -> None:
    hall.round(state=RoundState.CLOSED)
    assert "Stemmingen in de zaal" not in dict(listed(hall)), "what was not shown is not there yet"
    hall.round(state=RoundState.REVEALED)
    conclude(hall, finished=False)
    found = dict(listed(hall))
    assert found["Stemmingen in de zaal"] == f"{hall.path}/uitslagen"
    assert found["Opbrengsten"] == f"{hall.path}/opbrengsten"
    assert "Verslag van de avond" not in found, "the report is public when the evening was finished"


def test_a_finished_evening_has_its_report_there(hall: Hall) -> None:
    conclude(hall, finished=True)
    assert dict(listed(hall))["Verslag van de avond"] == f"{hall.path}/verslag"
    assert "Meer bomen." in visit(hall.app.test_client(), hall.path).text


def test_a_published_agenda_brings_its_files_and_keeps_the_outcomes(hall: Hall, desk: FlaskClient) -> None:
    form = 'form[action$="/agenda/publiceren"]'
    assert (
        visit(desk, f"{hall.path}/agenda").submit(form, {"publish-note": "De eerste versie."}).status_code
        == 303
    )
    conclude(hall, finished=False)
    assert dict(listed(hall))["Agenda als bestand"] == "#files"
    page = visit(hall.app.test_client(), hall.path)
    assert page.one("#files")
    assert "Meer bomen." in page.text
