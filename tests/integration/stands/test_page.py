"""A sealed standing as everybody reads it: what was counted, by which rules, and how anybody checks it."""

import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.models import AgendaItem, Idea, Person, Process, Theme
from app.models.person import Role
from app.models.process import ProcessState
from app.models.seal import SealReason
from app.records import seals
from tests import factories
from tests.support import sign_in, visit
from tests.support.room import Room, a_room

from .conftest import Sealer


def facts(page: object) -> dict[str, str]:
    """The terms and values of the page."""
    terms, values = page.texts("dt"), page.texts("dd")  # type: ignore[attr-defined]
    return dict(zip(terms, values, strict=True))


def test_it_says_what_was_counted_for_what_and_who_took_part(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    page = visit(client, f"/stand/{number}", max_queries=6)
    assert page.h1 == "Stand 1"
    assert page.texts(".badge")[0] == "Verzegeld"
    assert "Voor Werkatelier" in page.text
    assert page.texts(".stat") == ["60 stemmen", "20 mensen hebben gestemd", "9 ideeën met een plaats"]
    # One partner took part; with that group goes the smallest other one, which the total would give away.
    told = facts(page)
    assert told["Inwoners"] == "14"
    assert told["Partners in de stad"] == "niet getoond: te weinig mensen"
    assert told["Raadsleden"] == "niet getoond: te weinig mensen"
    assert "Alle stemmen op ideeën van deze oproep zijn geteld." in page.text
    assert told["Gewicht van de groepen"].startswith("Inwoners 1/3")
    assert "mes_add1@1" in told["Versies van de methoden"]


def test_the_agenda_of_the_workshop_stands_in_it_as_a_bar_of_time(
    sealer: Sealer, client: FlaskClient
) -> None:
    page = visit(client, f"/stand/{sealer.seal()}")
    assert [text.split(" Gedragen")[0] for text in page.texts(".stand__part")] == [
        *("Welkom 10 minuten", "1. Groen 30 minuten", "Pauze 15 minuten", "2. Maas 30 minuten"),
        "Borrel 5 minuten",
    ]
    assert page.all(".agenda-bar svg")
    (left,) = page.texts(".stand__left li")
    assert left.startswith("Fietsen : De voorstanders konden de minuten niet betalen")
    assert sealer.room.path in page.links()
    without = visit(client, f"/stand/{sealer.seal(workshop=False, reason=SealReason.COUNCIL)}")
    assert not without.all(".stand__part")
    assert "Voor de gemeenteraad" in without.text


def test_the_download_is_to_the_letter_what_was_digested(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    page = visit(client, f"/stand/{number}")
    shown = page.one("[data-digest]").get_text()
    answer = client.get(f"/stand/{number}.json")
    assert answer.content_type == "application/json"
    assert hashlib.sha256(answer.get_data()).hexdigest() == shown == sealer.snapshot(number).digest
    assert answer.get_data().decode() == sealer.snapshot(number).public
    name = f"stand-{sealer.room.slug}-1.json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert name in page.text
    assert answer.headers["ETag"] == f'"{shown}"'
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(f"/stand/{number}.json", headers={"If-None-Match": f'"{shown}"'})
    assert (again.status_code, again.get_data()) == (304, b"")
    packed = client.get(f"/stand/{number}.json", headers={"Accept-Encoding": "br, gzip"})
    assert packed.get_data() == answer.get_data()


def test_the_chain_and_the_lot_can_be_followed(sealer: Sealer, client: FlaskClient) -> None:
    ranking = visit(client, f"/ranglijst?oproep={sealer.room.slug}").one(".newest__mark").get_text()
    first, second = sealer.seal(workshop=False), sealer.seal()
    page, document = visit(client, f"/stand/{second}"), client.get(f"/stand/{second}.json").json
    assert document is not None
    told = facts(page)
    assert told["De stand hiervoor"] == f"Stand 1 {sealer.snapshot(first).digest}"
    assert document["previous"] == sealer.snapshot(first).digest
    assert f"/stand/{second}" in visit(client, f"/stand/{first}").links()
    start = client.get(f"/stand/{first}.json").json
    assert start is not None
    assert "Dit is de eerste van deze oproep." in visit(client, f"/stand/{first}").text
    # The fingerprint stood on the ranking page beforehand; the secret behind it is revealed now.
    secret = facts(visit(client, f"/stand/{first}"))["Het geheim, nu openbaar"]
    assert hashlib.sha256(secret.encode()).hexdigest() == ranking == start["seed"]["hash"]
    assert start["seed"]["next_hash"] == document["seed"]["hash"]
    now = visit(client, f"/ranglijst?oproep={sealer.room.slug}").one(".newest__mark").get_text()
    assert now == told["De vingerafdruk van het volgende geheim"]


def test_an_idea_that_was_hidden_shows_no_title(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    idea = sealer.room.ideas["Groen"][0]
    with sealer.room.app.app_context():
        title = db.session.get_one(Idea, idea).title
        assert title in visit(client, f"/stand/{number}").text
        db.session.execute(update(Idea).where(Idea.id == idea).values(state=IdeaState.HIDDEN))
        db.session.commit()
    page = visit(client, f"/stand/{number}")
    assert title not in page.text
    assert f"idee {idea} (staat niet meer op de site)" in page.text
    assert f"/ideeen/{idea}" not in page.links()
    assert title not in client.get(f"/stand/{number}.json").get_data(as_text=True)


def test_nothing_that_happens_afterwards_changes_it(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    page, file = visit(client, f"/stand/{number}"), client.get(f"/stand/{number}.json").get_data()
    for _turn in range(9):
        sealer.room.vote("Fietsen", group=Group.COUNCIL)
    with sealer.room.app.app_context():
        # An account that is deleted loses its name; a theme may get another title.
        db.session.execute(update(Person).values(name="", email=None))
        db.session.execute(update(Theme).values(title="Anders"))
        db.session.commit()
    sealer.room.refresh()
    assert visit(client, f"/stand/{number}").text == page.text
    assert client.get(f"/stand/{number}.json").get_data() == file
    with sealer.room.app.app_context():
        assert seals.verify(number) == []


def test_pages_of_ideas_follow_each_other(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="lang")
        voters = [factories.a_person() for _ in range(6)]
        for place in range(45):
            idea = factories.an_idea(call)
            for voter in voters:
                factories.a_vote(idea, voter, VoteValue.AGAINST if place % 3 else VoteValue.FOR)
        db.session.commit()
        number = seals.seal(call.id, SealReason.SCHEDULED, datetime.now(UTC)).id
    seen: list[str] = []
    path: str | None = f"/stand/{number}"
    while path:
        page = visit(client, path.partition("#")[0], max_queries=6)
        seen += page.texts("[aria-labelledby=ideas] .ranking__title")
        path = next(iter(page.links("a[rel=next]")), None)
    assert len(seen) == len(set(seen)) == 45
    for nonsense in ("vanaf=-4", "vanaf=99999", "vanaf=abc", "vanaf=%00"):
        assert visit(client, f"/stand/{number}?{nonsense}").all(".ranking__row")


def test_one_score_is_worked_out_by_hand(app: Flask, client: FlaskClient) -> None:
    """Where no group is withheld a reader with a pencil comes to the same score."""
    with app.app_context():
        call = factories.a_call(slug="open")
        idea = factories.an_idea(call, title="Een fietsbrug over de Maas")
        for group, yes, no in ((Group.RESIDENT, 8, 2), (Group.COUNCIL, 4, 3), (Group.PARTNER, 3, 4)):
            for place in range(yes + no):
                voter = factories.a_person(group=group)
                factories.a_vote(idea, voter, VoteValue.FOR if place < yes else VoteValue.AGAINST)
        db.session.commit()
        number = seals.seal(call.id, SealReason.SCHEDULED, datetime.now(UTC)).id
    page = visit(client, f"/stand/{number}")
    told = {term: value for term, value in facts(page).items() if "×" in value}
    # mu = (8 + 1) / (10 + 2) = 0.75; a = (8 + 5 · 0.75) / 15.
    assert "(8 + 1) / (10 + 2) = 0,7500" in page.texts(".steps dd")
    assert "(3 + 1) / (7 + 2) = 0,4444" in page.texts(".steps dd")
    assert told["Inwoners"] == "(8 + 5 × 0,7500) / (10 + 5) = 0,7833"
    assert told["Raadsleden"] == "(4 + 5 × 0,5556) / (7 + 5) = 0,5648"
    assert told["Partners in de stad"] == "(3 + 5 × 0,4444) / (7 + 5) = 0,4352"
    assert told["Samen"] == "1/3 × 0,7833 + 1/3 × 0,5648 + 1/3 × 0,4352 = 0,59444 (59,4 %)"
    assert page.texts(".ranking__score")[0].replace("\xa0", " ") == "59,4 %"
    english = visit(client, f"/en/stand/{number}")
    assert "Check it yourself" in english.text
    assert "(8 + 5 × 0.7500) / (10 + 5) = 0.7833" in english.text


def test_small_groups_are_withheld(sealer: Sealer, client: FlaskClient) -> None:
    page = visit(client, f"/stand/{sealer.seal()}")
    rows = page.texts("[aria-labelledby=ideas] tbody tr")
    groen = next(row for row in rows if row.startswith("Groen"))
    assert groen.endswith("niet getoond niet getoond niet getoond")
    maas = next(row for row in rows if row.startswith("Maas"))
    assert "5 voor, 0 tegen" in maas


def test_while_counts_are_hidden_there_is_no_standing(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    sealer.room.hide_counts()
    for person in (None, Role.FACILITATOR, Role.ORGANISER):
        if person is not None:
            sign_in(client, sealer.room.person(person))
        page = visit(client, f"/stand/{number}")
        assert "Je ziet deze stand als de stemronde voorbij is." in page.text
        assert not page.all(".stat, .ranking, dl, [data-digest], form.form")
        # Names of calls in tests end in a number, which may hold a sixty of its own.
        said = re.sub(r"Oproep \d+", "", page.text)
        for word in ("Groen", "60", sealer.snapshot(number).digest):
            assert word not in said
        answer = client.get(f"/stand/{number}.json")
        assert answer.status_code == 403
        assert sealer.snapshot(number).digest not in answer.text
        listing = visit(client, "/stand")
        assert f"/stand/{number}" not in listing.links()
        assert "60 stemmen" not in listing.text
        assert f"/stand/{number}.json" not in visit(client, "/open-data").links()
        assert f"/stand/{number}" not in visit(client, f"/ranglijst?oproep={sealer.room.slug}").links()


def test_the_list_has_the_newest_first_and_what_is_to_come(sealer: Sealer, client: FlaskClient) -> None:
    first, second = sealer.seal(workshop=False, reason=SealReason.COUNCIL), sealer.seal()
    with sealer.room.app.app_context():
        moment = datetime(2031, 5, 20, 12, 0, tzinfo=UTC)
        seals.plan(sealer.room.call, moment, datetime.now(UTC), workshop_id=sealer.room.workshop)
    page = visit(client, "/stand", max_queries=3)
    assert page.links(".stands__title a") == [f"/stand/{second}", f"/stand/{first}"]
    assert page.links(".stands__file a") == [f"/stand/{second}.json", f"/stand/{first}.json"]
    assert "Voor de gemeenteraad" in page.texts(".stands__row")[1]
    assert page.texts(".stands__row--planned")[0].startswith("Wordt verzegeld op 20 mei 2031")
    assert "14:00" in page.texts(".stands__row--planned")[0]
    data = visit(client, "/open-data", max_queries=3)
    assert f"/stand/{second}.json" in data.links()
    ranking = visit(client, f"/ranglijst?oproep={sealer.room.slug}", max_queries=4)
    assert f"/stand/{second}" in ranking.links()
    assert f"/stand/{second}" in visit(client, f"/ranglijst/themas?oproep={sealer.room.slug}").links()


def test_without_any_the_list_says_so(client: FlaskClient) -> None:
    assert "Er is nog niets verzegeld" in visit(client, "/stand").text


def test_a_standing_without_a_vote_says_so(app: Flask, client: FlaskClient) -> None:
    sealer = Sealer(a_room(app, votes=False))
    page = visit(client, f"/stand/{sealer.seal()}")
    assert page.texts(".stat")[0] == "0 stemmen"
    assert "Geen idee had genoeg stemmen voor een plaats." in page.text
    assert "De laatste stem kwam op" not in page.text
    assert page.texts(".stand__part strong") == ["Welkom", "Pauze", "Tijd over", "Borrel"]
    assert "De agenda is nog leeg" in visit(client, sealer.room.path).text


def test_an_agenda_that_did_not_fit_is_said_in_a_sentence(sealer: Sealer, client: FlaskClient) -> None:
    with sealer.room.app.app_context():
        db.session.execute(update(AgendaItem).where(AgendaItem.title == "Pauze").values(minutes=100))
        db.session.commit()
    page = visit(client, f"/stand/{sealer.seal()}")
    assert "Daarom staat er geen agenda in deze stand." in page.text
    assert not page.all(".stand__part")
    sentence = "Wat vooraf is vastgezet, duurt 25 minuten langer dan het werkatelier."
    assert sentence in visit(client, sealer.room.path).text


def test_standings_of_closed_processes_stay_in_the_open_data(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    with sealer.room.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        factories.a_call(title="Een nieuwe vraag")
        db.session.commit()
    for path in ("/open-data", "/stand"):
        assert f"/stand/{number}.json" in visit(client, path).links()


@pytest.mark.parametrize("path", ["/stand/4711", "/stand/4711.json"])
def test_an_unknown_one_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_what_organisers_call_a_theme_stays_text(room: Room, sealer: Sealer, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Theme).values(title="<b>Vet</b>"))
        db.session.commit()
    page = visit(client, f"/stand/{sealer.seal()}")
    assert not page.all("main b")
    assert "<b>Vet</b>" in page.text


def test_a_standing_outlives_its_workshop(sealer: Sealer, client: FlaskClient) -> None:
    number = sealer.seal()
    with sealer.room.app.app_context():
        db.session.execute(delete(factories.Workshop).where(factories.Workshop.id == sealer.room.workshop))
        db.session.commit()
    page = visit(client, f"/stand/{number}")
    assert "Voor een werkatelier" in page.text
    assert json.loads(client.get(f"/stand/{number}.json").get_data())["workshop"] == sealer.room.workshop
    assert re.search(r"[0-9a-f]{64}", page.text)
