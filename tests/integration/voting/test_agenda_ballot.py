"""The agenda vote as people meet it: who may tick, at most five, changed and withdrawn, counted without names."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.ranking import Weighting
from app.models import AgendaTick, Call, Draft, Person, Phase, Process, Theme
from app.models.process import Audience, ProcessState
from app.records import agenda_ballots, standings, tallies
from tests import factories
from tests.support import csrf_token, sign_in, visit


class Hall:
    """A call with an open agenda vote and six themes; every method opens its own application context."""

    def __init__(self, app: Flask, themes: int = 6, **call: Any) -> None:
        self.app = app
        with app.app_context():
            made = factories.a_call(**{"agenda_ballot": True, **call})
            self.call, self.slug, self.process = made.id, made.slug, made.process_id
            found = [factories.a_theme(made.process, title=f"Onderwerp {n}") for n in range(themes)]
            self.themes = [theme.id for theme in found]
            self.workshop = factories.a_workshop(made, minutes=60).id
            db.session.commit()

    @property
    def path(self) -> str:
        return f"/agendastem?oproep={self.slug}"

    def person(self, group: Group = Group.RESIDENT, *, delegate: bool = True, **values: Any) -> int:
        with self.app.app_context():
            if group is Group.PARTNER:
                values = {
                    "organisation_id": factories.an_organisation().id,
                    "is_delegate": delegate,
                    **values,
                }
            person = factories.a_person(group=group, **values)
            db.session.commit()
            return person.id

    def ticked(self, person: int) -> list[int]:
        """The places of the themes that the person has ticked."""
        with self.app.app_context():
            return [self.themes.index(theme) for theme in agenda_ballots.of_person(self.call, person)]

    def rows(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(AgendaTick)) or 0

    def tick(self, person: int, *places: int) -> None:
        with self.app.app_context():
            agenda_ballots.put(self.call, person, [self.themes[place] for place in places], datetime.now(UTC))
            db.session.commit()

    def count(self) -> None:
        """What the job does every moment."""
        with self.app.app_context():
            standings.refresh(self.call, datetime.now(UTC))

    def change(self, **values: Any) -> None:
        with self.app.app_context():
            call = db.session.get_one(Call, self.call)
            for name, value in values.items():
                setattr(call, name, value)
            db.session.commit()

    def phase(self, **values: Any) -> None:
        with self.app.app_context():
            for phase in db.session.scalars(select(Phase).where(Phase.call_id == self.call)):
                for name, value in values.items():
                    setattr(phase, name, value)
            db.session.commit()

    def send(self, client: FlaskClient, *places: int, **fields: Any) -> TestResponse:
        data = {"themes": [str(self.themes[place]) for place in places], **fields}
        return client.post(self.path, data={"csrf_token": csrf_token(client), **data})


@pytest.fixture
def hall(app: Flask) -> Hall:
    return Hall(app)


@pytest.mark.parametrize("group", GROUPS)
def test_everybody_ticks_and_reads_back_what_counts(hall: Hall, client: FlaskClient, group: Group) -> None:
    person = hall.person(group)
    sign_in(client, person)
    answer = visit(client, hall.path).submit(
        "main form", {"themes": [str(hall.themes[place]) for place in (4, 1)]}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == hall.path
    assert hall.ticked(person) == [1, 4]
    page = visit(client, hall.path)
    assert "Je keuze is opgeslagen: Onderwerp 1 en Onderwerp 4." in unescape(page.html)
    assert page.texts(".ticks__chosen") == ["Onderwerp 1", "Onderwerp 4"]
    checked = {int(str(box["value"])) for box in page.all("input[checked]")}
    assert checked == {hall.themes[1], hall.themes[4]}


def test_a_choice_is_changed_as_a_whole_and_withdrawn(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    for places in ((0, 1, 2, 3, 4), (5,), (5,), (2, 5)):
        assert hall.send(client, *places).status_code == 303
        assert hall.ticked(person) == sorted(places)
    page = visit(client, hall.path)
    assert page.submit("main form", button="withdraw").status_code == 303
    assert hall.ticked(person) == []
    assert "Je keuze is ingetrokken." in visit(client, hall.path).html
    assert not visit(client, hall.path).all("button[value=withdraw]")


def test_no_theme_at_all_withdraws_too(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    hall.tick(person, 1)
    assert hall.send(client).status_code == 303
    assert hall.ticked(person) == []


def test_six_are_one_too_many_and_nothing_is_lost(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    hall.tick(person, 0)
    page = visit(client, hall.path)
    answer = page.submit("main form", {"themes": [str(theme) for theme in hall.themes]})
    assert answer.status_code == 400
    assert hall.ticked(person) == [0]
    html = answer.get_data(as_text=True)
    assert "Kies hoogstens 5 thema's. Je hebt er 6 aangevinkt: vink er 1 uit." in unescape(html)
    assert html.count(" checked>") == 6
    assert 'href="#themes"' in unescape(html)
    assert hall.send(client, 0, 1, 2, 3, 4).status_code == 303
    assert len(hall.ticked(person)) == 5


def test_the_same_theme_six_times_is_one_theme(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    assert hall.send(client, 2, 2, 2, 2, 2, 2).status_code == 303
    assert hall.ticked(person) == [2]


def test_every_fault_is_told_at_once(app: Flask, hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    other = Hall(app)
    sent = [str(theme) for theme in (*hall.themes, other.themes[0])]
    data = {"csrf_token": csrf_token(client), "themes": [*sent, "nul", "-1", "9" * 30]}
    answer = client.post(hall.path, data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Kies thema's uit de lijst." in unescape(html)
    assert "Kies hoogstens 5 thema's." in unescape(html)
    assert hall.rows() == 0


def test_a_theme_of_another_process_is_refused(app: Flask, hall: Hall, client: FlaskClient) -> None:
    sign_in(client, hall.person())
    data = {"csrf_token": csrf_token(client), "themes": [str(Hall(app).themes[0])]}
    assert client.post(hall.path, data=data).status_code == 400
    assert hall.rows() == 0


REFUSALS: dict[str, tuple[Group, dict[str, Any], str]] = {
    "not the delegate": (Group.PARTNER, {}, "Jouw organisatie stemt via haar afgevaardigde."),
    "not the council": (Group.RESIDENT, {"audience": Audience.COUNCIL}, "Alleen raadsleden"),
    "not a partner": (Group.COUNCIL, {"audience": Audience.PARTNERS}, "Alleen partners in de stad"),
    "never opened": (
        Group.RESIDENT,
        {"agenda_ballot": False},
        "kies je de thema's voor de agenda niet zelf",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_who_may_not_reads_why_in_the_place_of_the_button(hall: Hall, client: FlaskClient, case: str) -> None:
    group, changes, sentence = REFUSALS[case]
    hall.change(**changes)
    person = hall.person(group, delegate=False)
    sign_in(client, person)
    page = visit(client, hall.path)
    assert sentence in unescape(page.html)
    assert not page.all("main form")
    answer = hall.send(client, 1)
    assert answer.status_code == 403
    assert sentence in unescape(answer.get_data(as_text=True))
    assert hall.rows() == 0


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [(-9, -1, "Je kunt geen thema's meer kiezen"), (1, 9, "Je kunt nog geen thema's")],
)
def test_the_phases_decide_when(
    hall: Hall, client: FlaskClient, starts: int, ends: int, sentence: str
) -> None:
    person = hall.person()
    hall.tick(person, 3)
    now = datetime.now(UTC)
    hall.phase(starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends))
    sign_in(client, person)
    page = visit(client, hall.path)
    assert sentence in unescape(page.html)
    assert not page.all("main form")
    assert page.texts(".ticks__chosen") == ["Onderwerp 3"]
    assert hall.send(client, 1).status_code == 403
    assert hall.ticked(person) == [3]
    stranger = hall.app.test_client()
    answer = stranger.post(hall.path, data={"themes": [str(hall.themes[0])]})
    assert answer.status_code == 403  # signing in would not help, so nobody is sent there


def test_a_closed_process_takes_no_choice(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    with hall.app.app_context():
        db.session.get_one(Process, hall.process).state = ProcessState.CLOSED
        db.session.commit()
    sign_in(client, person)
    assert hall.send(client, 1).status_code == 403
    assert hall.rows() == 0


def test_voting_is_what_the_phase_must_allow(hall: Hall, client: FlaskClient) -> None:
    hall.phase(may_vote=False)
    sign_in(client, hall.person())
    assert hall.send(client, 1).status_code == 403


def test_a_stranger_keeps_the_choice_through_signing_in(hall: Hall, client: FlaskClient) -> None:
    page = visit(client, hall.path)
    assert "Log in om thema's voor de agenda te kiezen." in unescape(page.html)
    answer = page.submit("main form", {"themes": [str(hall.themes[2]), str(hall.themes[5])]})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/inloggen?next=")
    assert hall.rows() == 0
    person = hall.person()
    sign_in(client, person)
    page = visit(client, hall.path)
    assert "Je keuze staat er nog." in unescape(page.html)
    assert page.submit("main form", button="save").status_code == 303
    assert hall.ticked(person) == [2, 5]
    assert "Je keuze staat er nog." not in visit(client, hall.path).html
    with hall.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_what_was_kept_for_another_call_is_not_put_into_this_one(
    app: Flask, hall: Hall, client: FlaskClient
) -> None:
    visit(client, hall.path).submit("main form", {"themes": [str(hall.themes[2])]})
    sign_in(client, hall.person())
    assert "Je keuze staat er nog." not in visit(client, Hall(app).path).html
    assert "Je keuze staat er nog." in visit(client, hall.path).html


def test_an_expired_session_loses_nothing(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    data = {"csrf_token": "oud", "themes": [str(hall.themes[0]), str(hall.themes[4])]}
    answer = client.post(hall.path, data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Je keuze staat er nog: sla hem nog een keer op." in unescape(html)
    assert html.count(" checked>") == 2
    assert hall.rows() == 0


def test_a_call_that_does_not_exist_has_no_page(hall: Hall, client: FlaskClient) -> None:
    assert client.get("/agendastem?oproep=bestaat-niet").status_code == 404
    sign_in(client, hall.person())
    data = {"csrf_token": csrf_token(client), "themes": [str(hall.themes[0])]}
    assert client.post("/agendastem?oproep=bestaat-niet", data=data).status_code == 404
    assert hall.rows() == 0


def test_without_a_call_the_page_is_that_of_the_main_one(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    sign_in(client, person)
    answer = client.post(
        "/agendastem", data={"csrf_token": csrf_token(client), "themes": [str(hall.themes[0])]}
    )
    assert answer.headers["Location"] == hall.path
    assert hall.ticked(person) == [0]


def test_the_order_differs_per_person_and_stays_for_the_day(hall: Hall, client: FlaskClient) -> None:
    def order(person: int) -> list[str]:
        visitor = sign_in(hall.app.test_client(), person)
        return page_order(visitor)

    def page_order(visitor: FlaskClient) -> list[str]:
        return [str(box["value"]) for box in visit(visitor, hall.path).all("input[type=checkbox]")]

    people = [hall.person() for _ in range(4)]
    orders = [order(person) for person in people]
    assert all(sorted(each) == sorted(str(theme) for theme in hall.themes) for each in orders)
    assert len({tuple(each) for each in orders}) > 1
    assert order(people[0]) == orders[0]
    assert page_order(hall.app.test_client()) == page_order(client)


def table(page_rows: list[str]) -> dict[str, str]:
    return {row[: len("Onderwerp 0")]: row[len("Onderwerp 0 ") :] for row in page_rows}


def test_counts_are_shown_without_giving_small_groups_away(hall: Hall, client: FlaskClient) -> None:
    residents = [hall.person() for _ in range(6)]
    council = [hall.person(Group.COUNCIL) for _ in range(3)]
    for person in residents:
        hall.tick(person, 0, 1)
    for person in council:
        hall.tick(person, 0, 2)
    hall.tick(council[0], 0, 1)  # one council member on theme 1, two on theme 2
    hall.count()
    page = visit(client, hall.path)
    assert "Tot nu toe hebben 9 mensen gekozen." in unescape(page.html)
    rows = table(page.texts("tbody tr"))
    assert rows["Onderwerp 0"] == "9 6 3 niet getoond"
    assert rows["Onderwerp 1"] == "7 niet getoond niet getoond niet getoond"
    assert rows["Onderwerp 2"] == "2 niet getoond niet getoond niet getoond"
    assert rows["Onderwerp 5"] == "0 0 0 0"


def test_nothing_of_the_counts_shows_while_a_phase_hides_them(hall: Hall, client: FlaskClient) -> None:
    for person in [hall.person() for _ in range(7)]:
        hall.tick(person, 0, 3)
    hall.count()
    shown = visit(client, hall.path)
    assert "hebben 7 mensen gekozen" in shown.html
    hall.phase(hides_counts=True)
    before = visit(client, hall.path).html
    assert "mensen gekozen" not in before
    assert "Je ziet de aantallen als deze stemronde voorbij is." in before
    assert not visit(client, hall.path).all("table")
    for person in [hall.person() for _ in range(7)]:
        hall.tick(person, 1, 4)
    hall.count()
    later = visit(hall.app.test_client(), hall.path)
    stripped = [page.replace(token(page), "") for page in (before, later.html)]
    assert stripped[0] == stripped[1]
    agenda = visit(client, f"/werkateliers/{hall.workshop}").html
    assert "Onderwerp" not in agenda.partition("<main")[2].partition("</main")[0]


def token(html: str) -> str:
    return html.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_the_workshop_says_that_people_ticked_its_themes(hall: Hall, client: FlaskClient) -> None:
    for person in [hall.person() for _ in range(6)]:
        hall.tick(person, 1)
    hall.count()
    page = visit(client, f"/werkateliers/{hall.workshop}")
    assert "De agenda volgt uit de thema's die mensen zelf aanvinkten. 6 mensen deden dat." in unescape(
        page.html
    )
    assert "Onderwerp 1" in page.text
    assert hall.path in page.links("main a")
    hall.change(agenda_ballot=False)
    hall.count()
    page = visit(client, f"/werkateliers/{hall.workshop}")
    assert "De agenda volgt uit de stemmen op ideeën." in page.text
    assert hall.path not in page.links("main a")


def test_other_pages_lead_to_it_only_while_people_can_tick(hall: Hall, client: FlaskClient) -> None:
    with hall.app.app_context():
        slug = db.session.get_one(Process, hall.process).slug
    pages = [f"/trajecten/{slug}", f"/themas/{hall.themes[0]}", f"/ranglijst/themas?oproep={hall.slug}"]
    for path in pages:
        assert hall.path in visit(client, path).links("main a"), path
    hall.phase(may_vote=False)
    for path in pages:
        assert hall.path not in visit(client, path).links("main a"), path


def test_an_idea_says_why_its_theme_is_not_on_the_ticked_agenda(
    app: Flask, hall: Hall, client: FlaskClient
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, hall.call)
        themes = [db.session.get_one(Theme, number) for number in hall.themes[:2]]
        on, off = (factories.an_idea(call, themes=[theme]).id for theme in themes)
        db.session.commit()
    for person in [hall.person() for _ in range(6)]:
        hall.tick(person, 0)
    hall.tick(hall.person(), 1)
    hall.count()
    assert "punt 1, Onderwerp 0" in visit(client, f"/ideeen/{on}").text
    assert "minder dan 5 mensen vinkten het thema Onderwerp 1 aan" in visit(client, f"/ideeen/{off}").text


def test_nobody_sees_what_another_ticked(hall: Hall, client: FlaskClient) -> None:
    mine, theirs = hall.person(), hall.person()
    hall.tick(theirs, 3)
    sign_in(client, mine)
    assert not visit(client, hall.path).all("input[checked]")
    assert not visit(client, hall.path).all(".ticks__chosen")


def test_the_page_asks_little_of_the_database(hall: Hall, client: FlaskClient) -> None:
    person = hall.person()
    hall.tick(person, 1)
    hall.count()
    assert len(visit(hall.app.test_client(), hall.path).queries) <= 4
    sign_in(client, person)
    assert len(visit(client, hall.path).queries) <= 6


@pytest.mark.parametrize("weighting", list(Weighting))
def test_a_person_whose_group_changes_ticks_for_the_new_one(hall: Hall, weighting: Weighting) -> None:
    people = [hall.person() for _ in range(6)]
    for person in people:
        hall.tick(person, 2)
    hall.count()
    with hall.app.app_context():
        for person in people[:3]:
            db.session.get_one(Person, person).group = Group.COUNCIL
            tallies.move_person(person, Group.COUNCIL)
        db.session.commit()
    hall.count()
    with hall.app.app_context():
        numbers = standings.read(hall.call, standings.NUMBERS)
        agenda = standings.read(hall.call, standings.agenda_kind(hall.workshop, weighting))
        assert numbers is not None
        assert agenda is not None
        assert numbers.data["ticks"][str(hall.themes[2])] == [3, 3, 0]
        assert agenda.data["entries"][0]["supporters"] == [3, 3, 0]
