"""From where on votes stand out, and the list of known networks: who may, what is refused, and the line it leaves."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.integrity import Thresholds
from app.features.integrity import settings_service as service
from app.models import AuditEntry, Call, KnownNetwork, NetworkTrace, Person, Process
from app.models.person import Role
from app.models.process import ProcessState
from app.records import networks
from app.records.networks import Seen
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Field

SENTENCE = "In deze wijk is iedereen pas net begonnen."
PLACE = "/beheer/netwerken"


def address(field: Field) -> str:
    return f"/beheer/trajecten/{field.process}/signalen"


def filled(client: FlaskClient, path: str, **changes: Any) -> dict[str, Any]:
    """The form as it stands on the page, with changes."""
    page = visit(client, path, max_queries=8)
    given = {
        str(each["name"]): each.get("value", "")
        for each in page.all("main form input")
        if each["name"] != "csrf_token"
    }
    return {
        **given,
        "signals-reason": SENTENCE,
        **{f"signals-{name}": value for name, value in changes.items()},
    }


def settings(field: Field) -> dict[str, Any]:
    with field.app.app_context():
        return dict(db.session.get_one(Call, field.call).process.integrity_settings)


def lines(app: Flask) -> list[AuditEntry]:
    with app.app_context():
        found = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        db.session.expunge_all()
        return found


def test_the_form_shows_what_is_in_force(field: Field, desk: FlaskClient) -> None:
    given = filled(desk, address(field))
    names = ("rarity", "times_usual", "new_share", "ring_agreement", "burst_votes")
    assert [given[f"signals-{name}"] for name in names] == ["6", "3", "50", "95", "15"]
    assert address(field) in visit(desk, "/beheer/trajecten").links(".panel .button")


def test_other_numbers_are_kept_with_a_line(app: Flask, field: Field, desk: FlaskClient) -> None:
    data = filled(desk, address(field), new_votes="12", ring_agreement="90", times_usual="2,5")
    answer = post(desk, address(field), **data)
    assert (answer.status_code, answer.location) == (303, address(field))
    assert settings(field) == {"new_votes": 12, "ring_agreement": 0.9, "times_usual": 2.5}
    (line,) = lines(app)
    assert (line.action, line.why, line.subject_type) == ("integrity.set_thresholds", SENTENCE, "process")
    assert line.before == {"new_votes": 10, "ring_agreement": 0.95, "times_usual": 3.0}
    assert line.after == {"new_votes": 12, "ring_agreement": 0.9, "times_usual": 2.5}
    told = visit(desk, "/beheer/logboek").text
    assert "koos wanneer stemmen opvallen" in told
    assert "Minstens zo veel stemmen van nieuwe accounts op een dag" in told
    assert filled(desk, address(field))["signals-times_usual"] == "2,5"


def test_the_same_numbers_leave_no_line(app: Flask, field: Field, desk: FlaskClient) -> None:
    post(desk, address(field), **filled(desk, address(field)))
    assert "golden al" in visit(desk, address(field)).text
    assert lines(app) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"new_votes": "2"}, "kies een getal van 3 tot en met 1.000"),
        ({"new_votes": "veel"}, "schrijf een heel getal in cijfers"),
        ({"new_share": "101"}, "kies een getal van 5 tot en met 100"),
        ({"new_share": "50,5"}, "schrijf een heel getal in cijfers"),
        ({"network_accounts": "3", "network_created": "4"}, "Er kunnen niet meer accounts nieuw zijn"),
        ({"reason": "kort"}, "Schrijf minstens 10 tekens"),
    ],
)
def test_what_makes_no_sense_is_handed_back(
    app: Flask, field: Field, desk: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    data = filled(desk, address(field), **changes)
    answer = post(desk, address(field), 400, **data)
    page = look_at(desk, answer)
    assert sentence in page.text.replace("1000", "1.000")
    for name, value in changes.items():
        if name != "reason":
            assert page.one(f"[name='signals-{name}']")["value"] == value
    assert settings(field) == {}
    assert lines(app) == []


def test_who_comes_second_sees_what_the_first_chose(app: Flask, field: Field, desk: FlaskClient) -> None:
    stale = filled(desk, address(field), new_votes="12")
    post(desk, address(field), **filled(desk, address(field), burst_votes="20"))
    answer = post(desk, address(field), 409, **stale)
    assert "Iemand anders heeft deze getallen intussen veranderd." in answer.text
    assert settings(field) == {"burst_votes": 20}


def test_a_closed_process_keeps_its_numbers(app: Flask, field: Field, desk: FlaskClient) -> None:
    with app.app_context():
        db.session.get_one(Call, field.call).process.state = ProcessState.CLOSED
        db.session.commit()
    page = visit(desk, address(field))
    assert "Dit traject is gesloten" in page.text
    assert not page.all("main form button")
    data = {"signals-seen": "", "signals-reason": SENTENCE, **{f"signals-{k}": v for k, v in USUAL.items()}}
    data["signals-new_votes"] = "12"
    assert post(desk, address(field), 403, **data).status_code == 403
    assert settings(field) == {}


USUAL = {
    "rarity": "6", "times_usual": "3", "new_hours": "48", "new_votes": "10", "new_share": "50", "one_off_most": "2",
    "one_off_votes": "10", "one_off_share": "40", "burst_minutes": "10", "burst_votes": "15",
    "network_accounts": "5", "network_hours": "48", "network_created": "3", "ring_seconds": "60",
    "ring_together": "5", "ring_common": "8", "ring_agreement": "95", "ring_overlap": "80", "ring_size": "3",
    "shift": "5", "jump": "20",
}  # fmt: skip


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.FACILITATOR,)])
def test_nobody_else_chooses(app: Flask, field: Field, roles: tuple[Role, ...]) -> None:
    with app.app_context():
        person = factories.a_person(*roles)
        db.session.commit()
        process = db.session.get_one(Process, db.session.get_one(Call, field.call).process_id)
        with pytest.raises(NotAllowed, match="Only organisers choose when votes stand out"):
            service.set_thresholds(person, process, Thresholds(jump=30), "", SENTENCE, field.now)
        network = networks.parse("192.0.2.0/24")
        assert network is not None
        with pytest.raises(NotAllowed, match="Only organisers keep the list"):
            service.add_network(person, "Bibliotheek", network, field.now)
        with pytest.raises(NotAllowed, match="Only organisers keep the list"):
            service.remove_network(person, 1, field.now)
        number = person.id
    client = sign_in(app.test_client(), number)
    for path in (address(field), PLACE):
        assert client.get(path).status_code == 403
    assert settings(field) == {}


def test_a_network_is_added_with_a_line_and_takes_its_traces(
    app: Flask, field: Field, desk: FlaskClient
) -> None:
    with app.app_context():
        networks.note([Seen(field.crowd[0], "203.0.113.9", field.now)], field.now)
        db.session.commit()
    page = visit(desk, PLACE)
    assert "Nog geen netwerken" in page.text
    answer = page.submit("main form", name="Centre Céramique", cidr="203.0.113.9/24")
    assert (answer.status_code, answer.location) == (303, PLACE)
    page = visit(desk, PLACE)
    assert "1 eerder spoor is weg." in page.text
    assert "203.0.113.0/24" in page.text
    assert "Haal Centre Céramique uit de lijst" in page.text
    with app.app_context():
        assert db.session.scalar(select(NetworkTrace)) is None
        row = db.session.scalars(select(KnownNetwork)).one()
        assert row.added_by_id == field.organiser
    (line,) = lines(app)
    assert (line.action, line.after) == (
        "integrity.add_network",
        {"name": "Centre Céramique", "network": "203.0.113.0/24"},
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        (" 192.0.0.0/16 ", "192.0.0.0/16"),
        ("2001:DB8:12::/48", "2001:db8:12::/48"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
    ],
)
def test_networks_as_people_type_them(
    app: Flask, field: Field, desk: FlaskClient, typed: str, kept: str
) -> None:
    answer = visit(desk, PLACE).submit("main form", name="Stadhuis", cidr=typed)
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(KnownNetwork.cidr)).all() == [kept]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Schrijf een adres zoals 192.0.2.7"),
        ("de bibliotheek", "Schrijf een adres zoals 192.0.2.7"),
        ("192.0.2.0/33", "Schrijf een adres zoals 192.0.2.7"),
        ("192.0.0.0/15", "Dit netwerk is te groot"),
        ("0.0.0.0/0", "Dit netwerk is te groot"),
        ("2001:db8::/31", "Dit netwerk is te groot"),
        ("::/0", "Dit netwerk is te groot"),
        ("::ffff:0:0/96", "Dit netwerk is te groot"),
    ],
)
def test_networks_that_are_none_or_too_wide(
    app: Flask, field: Field, desk: FlaskClient, typed: str, sentence: str
) -> None:
    answer = visit(desk, PLACE).submit("main form", name="Stadhuis", cidr=typed)
    assert answer.status_code == 400
    assert sentence in look_at(desk, answer).text
    assert lines(app) == []


def test_the_same_network_twice(app: Flask, field: Field, desk: FlaskClient) -> None:
    visit(desk, PLACE).submit("main form", name="Stadhuis", cidr="192.0.2.0/24")
    form = "form[action$='/beheer/netwerken']"
    answer = visit(desk, PLACE).submit(form, name="Raadhuis", cidr="192.0.2.200/24")
    assert answer.status_code == 409
    assert "Dit netwerk staat al in de lijst." in look_at(desk, answer).text
    assert len(lines(app)) == 1


def test_a_network_is_taken_off_with_a_line(app: Flask, field: Field, desk: FlaskClient) -> None:
    visit(desk, PLACE).submit("main form", name="Stadhuis", cidr="192.0.2.0/24")
    with app.app_context():
        number = db.session.scalars(select(KnownNetwork.id)).one()
    for _again in range(2):
        answer = post(desk, f"{PLACE}/{number}/weg")
        assert (answer.status_code, answer.location) == (303, PLACE)
    assert [line.action for line in lines(app)] == ["integrity.add_network", "integrity.remove_network"]
    assert lines(app)[1].before == {"name": "Stadhuis", "network": "192.0.2.0/24"}
    assert "Nog geen netwerken" in visit(desk, PLACE).text


def test_the_pages_speak_english(app: Flask, field: Field, desk: FlaskClient) -> None:
    assert visit(desk, f"/en{address(field)}").h1 == "When votes stand out"
    assert visit(desk, f"/en{PLACE}").h1 == "Networks that many people share"


def test_an_organiser_who_leaves_takes_no_network_along(app: Flask, field: Field) -> None:
    with app.app_context():
        organiser = db.session.get_one(Person, field.organiser)
        network = networks.parse("192.0.2.0/24")
        assert network is not None
        service.add_network(organiser, "Stadhuis", network, field.now)
        assert [row.name for row in networks.listed()] == ["Stadhuis"]
