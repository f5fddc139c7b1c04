"""Published versions of an agenda: once each, never changed, told apart, and nothing in them that left the site."""

import json
from collections.abc import Callable
from itertools import permutations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState
from app.models import Argument, AuditEntry, Follow, Idea, Notice, Practice, Workshop
from app.models.argument import ArgumentState
from app.models.following import News
from app.models.person import Role
from app.models.practice import PracticeState, PracticeTheme
from app.models.process import Theme
from app.models.workshop import AgendaVersion
from app.records import agenda_versions
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, sign_out, visit
from tests.support.room import Room

from .conftest import Builder, at_once

LONG = "Bomen geven schaduw op de pleinen, en dat is hard nodig in warme zomers. "


@pytest.fixture
def talk(room: Room) -> dict[str, int]:
    """What people said on ideas of Groen, and what another city did."""
    with room.app.app_context():
        idea = db.session.get_one(Idea, room.ideas["Groen"][0])
        best = factories.an_argument(idea, side=Side.FOR, body=LONG * 3, helpful_count=9)
        for number in range(3):
            factories.an_argument(
                idea, side=Side.FOR, body=f"Een ander argument, nummer {number}, over groen."
            )
        against = factories.an_argument(
            idea, side=Side.AGAINST, body="Bladeren op de weg zijn glad in de herfst."
        )
        theme = db.session.get_one(Theme, room.themes["Groen"])
        practice = factories.a_practice(theme.process, title="Tegels eruit in Gent", place="Gent")
        if not db.session.get(PracticeTheme, (practice.id, theme.id)):
            db.session.add(PracticeTheme(practice_id=practice.id, theme_id=theme.id))
        db.session.commit()
        return {"best": best.id, "against": against.id, "practice": practice.id}


def documents(room: Room) -> list[AgendaVersion]:
    with room.app.app_context():
        rows = list(db.session.scalars(select(AgendaVersion).order_by(AgendaVersion.number)))
        db.session.expunge_all()
        return rows


def test_a_published_workshop_leads_into_the_room_and_shows_what_it_concluded(
    builder: Builder, client: FlaskClient
) -> None:
    room = builder.room
    builder.publish("Eerste versie, na de stemronde.")
    with room.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        theme = db.session.get_one(Theme, room.themes["Groen"])
        factories.an_outcome(workshop, theme, conclusion="Meer schaduw.", elements=["Een boom per straat"])
        db.session.commit()
    led = {f"{room.path}/{page}" for page in ("regie", "agenda", "zaal", "rondes")}
    read = {f"{room.path}/{page}" for page in ("volgen", "scherm", "opbrengsten")}
    not_yet = {"/doe-mee", f"{room.path}/uitslagen"}
    page = visit(client, room.path)
    assert led | read <= set(page.links("main a"))
    sign_out(client)
    page = visit(client, room.path)
    assert set(page.links("main a")) & (led | read | not_yet) == read, "only what is there"
    assert "Meer schaduw." in page.text
    assert "Een boom per straat" in page.text
    assert "De agenda die telt" in page.text


def test_the_page_of_the_workshop_shows_what_was_published(
    builder: Builder, talk: dict[str, int], client: FlaskClient
) -> None:
    room = builder.room
    assert "Versie 1 is gepubliceerd." in builder.follow(builder.publish("Eerste versie, na de stemronde."))
    sign_out(client)
    page = visit(client, room.path)
    assert page.texts(".agenda__title") == ["Welkom", "1 Groen", "Pauze", "2 Maas", "Borrel"]
    assert "Versie 1, gepubliceerd op" in page.text
    assert "Eerste versie, na de stemronde." in page.text
    assert "Er is nieuws sinds deze versie" not in page.text
    said = page.texts(".agenda__said li")
    assert said[0].startswith("Bomen geven schaduw")
    assert said[0].endswith("…")
    assert len(said[0]) <= 181
    assert "Bladeren op de weg zijn glad in de herfst." in said
    assert "Tegels eruit in Gent Gent" in said
    assert len([text for text in said if "ander argument" in text]) == 1, "two of each side at most"
    assert "Raadsleden: 100 % voor" in page.text
    assert "Nagerekend voor" in page.text
    (row,) = documents(room)
    document = json.loads(row.document)
    assert (row.number, row.snapshot_id) == (1, None)
    assert document["parts"][1]["ideas"] in [list(each) for each in permutations(room.ideas["Groen"])]
    assert document["parts"][1]["arguments"][0] == talk["best"]
    assert "seed" not in document["agenda"]
    for text in ("Bomen geven", "idee nummer", "Gent", "Fien"):
        assert text not in row.document, "no text of anybody, and no name"


def test_a_version_stays_and_says_that_the_draft_and_the_votes_moved(
    builder: Builder, client: FlaskClient
) -> None:
    room = builder.room
    builder.publish()
    room.vote("Fietsen")
    room.refresh()
    text = visit(client, room.path).text
    assert "Daarna is er gestemd. Deze versie blijft zoals die is." in text
    builder.fix("Groen", "skipped")
    page = visit(client, room.path)
    assert "Daarna is er gestemd, en het concept van de volgende versie is anders." in page.text
    assert page.texts(".agenda__title") == ["Welkom", "1 Groen", "Pauze", "2 Maas", "Borrel"]
    later = page.follow('main .notification a[href$="stand=voorlopig"]')
    assert "1 Groen" not in later.texts(".agenda__title")


def test_a_draft_from_sealed_ballots_says_only_what_is_so(
    builder: Builder, seal: Callable[[], int], client: FlaskClient
) -> None:
    seal()
    builder.publish()
    (row,) = documents(builder.room)
    assert row.snapshot_id
    page = visit(client, builder.room.path)
    assert "Deze versie volgt uit stand 1 , verzegeld op" in page.text
    assert "Er is nieuws" not in page.text
    builder.fix("Groen", "retimed", 20)
    assert "De begeleider werkt aan een volgende versie." in visit(client, builder.room.path).text


def test_versions_are_told_apart(builder: Builder, client: FlaskClient) -> None:
    path = f"{builder.room.path}/agenda/versies"
    assert "Er is nog niets gepubliceerd" in visit(client, path).text
    builder.publish()
    builder.fix("Groen", "retimed", 20, reason="Het rondje is kort.")
    builder.move("Maas", "earlier")
    builder.page().submit('form[action$="/minuten"]', {"workshop-minutes": "100"})
    builder.publish("Maas komt eerder aan de beurt.")
    page = visit(client, path, max_queries=8)
    assert page.texts(".versions__title") == ["Versie 2", "Versie 1"]
    told = page.texts("#changes ~ ul li")
    assert "Het werkatelier duurde 90 minuten en duurt nu 100 minuten." in told
    assert "Groen duurde 30 minuten en duurt nu 20 minuten." in told
    assert "Anders dan de stemmen: Groen: andere minuten. Reden: Het rondje is kort." in told
    assert "Anders dan de stemmen: een andere volgorde. Reden: Eerst het water." in told
    assert any("Maas ging van plaats 4 naar plaats 3." in each or "Pauze ging" in each for each in told)
    back = visit(client, f"{path}?van=2&naar=1").texts("#changes ~ ul li")
    assert "Weer zoals uit de stemmen volgt: Groen: andere minuten." in back
    assert visit(client, f"{path}?van=9&naar=x").texts("#changes ~ ul li") == told
    old = visit(client, f"{path}/1", max_queries=12)
    assert "Deze versie geldt niet meer" in old.text
    assert "1 Groen" in old.texts(".agenda__title")
    new = visit(client, f"{path}/2")
    assert told == new.texts("#changes ~ ul li")
    visit(client, f"{path}/3", status=404)


def test_the_second_version_says_what_is_new(builder: Builder) -> None:
    builder.publish("")
    answer = builder.publish("Kort")
    assert answer.status_code == 400
    assert "Schrijf minstens 10 tekens. Iedereen leest wat er nieuw is." in answer.text
    assert len(documents(builder.room)) == 1


def test_what_leaves_the_site_is_in_no_version(
    builder: Builder, talk: dict[str, int], client: FlaskClient
) -> None:
    room = builder.room
    builder.publish()
    hidden = room.ideas["Groen"][0]
    with room.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == hidden).values(state=IdeaState.HIDDEN))
        db.session.execute(
            update(Argument).where(Argument.id == talk["against"]).values(state=ArgumentState.HIDDEN)
        )
        db.session.execute(
            update(Practice).where(Practice.id == talk["practice"]).values(state=PracticeState.REFUSED)
        )
        db.session.commit()
        newest = agenda_versions.newest(room.workshop)
    assert newest is not None
    left = {idea["id"]: idea["title"] for idea in newest.document["parts"][1]["ideas"]}
    assert left == {room.ideas["Groen"][place]: f"Groen, idee nummer {place + 1}" for place in (1, 2)}
    sign_out(client)
    for path in (room.path, f"{room.path}/agenda/versies/1", f"{room.path}/agenda/versies/1/agenda.json"):
        text = client.get(path).text
        assert "Groen, idee nummer 2" in text
        for gone in ("Groen, idee nummer 1", "Bladeren op de weg", "Bomen geven", "Gent"):
            assert gone not in text, (path, gone)


def test_a_small_group_stays_withheld_in_a_version(builder: Builder) -> None:
    """One partner supports Groen: neither the page nor the document tells how partners stand."""
    builder.publish()
    (row,) = documents(builder.room)
    part = json.loads(row.document)["parts"][1]
    partner = part["differences"]["groups"].index("partner")
    assert part["differences"]["supporters"][partner] is None
    assert part["differences"]["opponents"][partner] is None
    assert part["why"]["supporters"][partner] is None


def test_while_counts_are_hidden_no_version_is_made_and_its_reasons_are_not_read(
    builder: Builder, client: FlaskClient
) -> None:
    room = builder.room
    builder.publish()
    page = builder.page()
    mark = page.one("input[name=publish-mark]")["value"]
    room.hide_counts()
    text = builder.page().text
    assert "Dit kan zodra de stemronde voorbij is" in text
    data = {"publish-seen": "1", "publish-mark": mark, "publish-note": "Iets nieuws erin."}
    post(builder.client, f"{room.path}/agenda/publiceren", 403, **data)
    sign_out(client)
    for path in ("", "/1", "/1/agenda.pdf", "/1/agenda.json", "/1/agenda.ics"):
        answer = client.get(f"{room.path}/agenda/versies{path}")
        assert answer.status_code == 403
        assert "Groen" not in answer.text
    assert len(documents(room)) == 1


def test_followers_hear_of_a_version_once(builder: Builder) -> None:
    room = builder.room
    with room.app.app_context():
        follower = factories.a_person()
        db.session.add(Follow(person_id=follower.id, process_id=room.process, created_at=factories.NOW))
        db.session.commit()
    builder.publish()
    builder.publish("Nog een keer hetzelfde.")
    with room.app.app_context():
        keys = list(db.session.scalars(select(News.event_key).where(News.event_key.like("agenda:%"))))
        kept = db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.event_key.like("agenda:%"))
        )
    assert len(keys) + (kept or 0) >= 2
    assert len(set(keys)) == len(keys)


def test_a_draft_that_changed_meanwhile_is_not_published(builder: Builder) -> None:
    seen = builder.page()
    mark = seen.one("input[name=publish-mark]")["value"]
    builder.fix("Groen", "retimed", 20)
    data = {"publish-seen": "0", "publish-mark": mark, "publish-note": "De zaal is kleiner."}
    answer = look_at(
        builder.client, post(builder.client, f"{builder.room.path}/agenda/publiceren", 409, **data)
    )
    assert documents(builder.room) == []
    assert "Het concept is intussen veranderd." in answer.one("[role=alert]").get_text()
    assert answer.one("[name=publish-note]").get_text().strip() == "De zaal is kleiner."
    # Who still wants it sends the page that came back.
    assert answer.submit('form[action$="/agenda/publiceren"]').status_code == 303
    assert len(documents(builder.room)) == 1


def test_votes_of_a_moment_do_not_stop_a_publication_that_shows_the_same(builder: Builder) -> None:
    mark = builder.page().one("input[name=publish-mark]")["value"]
    builder.room.vote("Groen")
    builder.room.refresh()
    data = {"publish-seen": "0", "publish-mark": mark, "publish-note": ""}
    post(builder.client, f"{builder.room.path}/agenda/publiceren", 303, **data)
    assert len(documents(builder.room)) == 1


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999", "7"])
def test_a_form_that_was_made_up_publishes_nothing(builder: Builder, seen: str) -> None:
    mark = builder.page().one("input[name=publish-mark]")["value"]
    data = {"publish-seen": seen, "publish-mark": mark, "publish-note": "Iets nieuws erin."}
    post(builder.client, f"{builder.room.path}/agenda/publiceren", 409, **data)
    assert documents(builder.room) == []


def test_an_agenda_that_does_not_fit_is_not_published(builder: Builder) -> None:
    builder.fix("Groen", "pinned", 200)
    page = builder.page()
    assert not page.all('form[action$="/agenda/publiceren"]')
    data = {"publish-seen": "0", "publish-mark": "", "publish-note": ""}
    post(builder.client, f"{builder.room.path}/agenda/publiceren", 409, **data)
    assert documents(builder.room) == []


def test_ten_clicks_of_two_facilitators_publish_one_version(app: Flask, room: Room) -> None:
    desks = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(2)]
    page = visit(desks[0], f"{room.path}/agenda")
    mark = page.one("input[name=publish-mark]")["value"]
    clients = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(8)] + desks

    def sender(client: FlaskClient) -> Callable[[], int]:
        data = {
            "csrf_token": csrf_token(client),
            "publish-seen": "0",
            "publish-mark": mark,
            "publish-note": "De eerste versie.",
        }
        return lambda: client.post(f"{room.path}/agenda/publiceren", data=data).status_code

    assert sorted(at_once([sender(client) for client in clients])) == [303] + [409] * 9
    assert [row.number for row in documents(room)] == [1]
    with app.app_context():
        lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workshop.publish_agenda"))
        assert len(lines.all()) == 1
        assert len(db.session.scalars(select(News).where(News.event_key.like("agenda:%"))).all()) == 1


def test_who_may_not_arrange_may_not_publish(room: Room, client: FlaskClient) -> None:
    sign_in(client, room.person(group=Group.COUNCIL))
    for path in ("publiceren", "volgorde", "volgorde/terug", "stand"):
        post(client, f"{room.path}/agenda/{path}", 403)
    assert documents(room) == []


def test_the_page_of_an_idea_goes_by_the_version(builder: Builder, client: FlaskClient) -> None:
    room = builder.room
    builder.move("Maas", "earlier")
    builder.move("Maas", "earlier")
    builder.publish()
    builder.fix("Groen", "skipped")

    def place(theme: str) -> str:
        return visit(client, f"/ideeen/{room.ideas[theme][0]}").texts(".idea__agenda")[0]

    assert "punt 1, Maas" in place("Maas")
    assert "punt 2, Groen" in place("Groen"), "the draft without it is nobody's business yet"
    assert "Niet op de agenda" in place("Fietsen"), "though the draft has it now"
    builder.publish("Groen gaat naar een andere avond.")
    assert "Niet op de agenda" in place("Groen")
    assert "Fietsen" in place("Fietsen")
