"""My sessions: every device in words, ended one by one, all others or everywhere; what is ended lets nobody in."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.features.accounts import devices
from app.kit.devices import words_of
from app.models.entry import DeviceSession
from app.models.person import Person
from tests import factories
from tests.support.letters import letters
from tests.support.page import csrf_token, post, sign_in, visit

FORM = "main form.form"
PAGE = "/mijn/sessies"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
         " Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1 CriOS/126.0 Safari/604.1", "Chrome on iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
         " Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Safari/537.36",
         "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Gecko/20100101 Firefox/127.0", "Firefox on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 OPR/111.0", "Opera on Linux"),
        ("SomethingElse/1.0 (Windows)", "Windows"),
        ("curl/8.5", ""),
        ("", ""),
        ("<script>alert(1)</script>" * 50, ""),
    ],
)  # fmt: skip
def test_a_device_in_words(said: str, words: str) -> None:
    assert words_of(said) == words


def test_somebody_sees_their_devices_and_ends_them(app: Flask, client: FlaskClient) -> None:
    start = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with app.app_context():
        inge = factories.a_person(email="inge@voorbeeld.example", name="Inge").id
        other = factories.a_person().id
        db.session.commit()
    with time_machine.travel(start, tick=False) as clock:
        phone = app.test_client()
        phone.environ_base["HTTP_USER_AGENT"] = FIREFOX
        visit(phone, "/inloggen").submit(FORM, email="inge@voorbeeld.example")
        visit(phone, "/inloggen/code").submit(FORM, code=letters(app)[0].code)
        library, stranger = sign_in(app.test_client(), inge), sign_in(app.test_client(), other)
        clock.move_to(start + timedelta(minutes=59), tick=False)
        sign_in(client, inge)
        page = visit(client, PAGE, max_queries=2)
        # Nobody is seen more often than once an hour, and then after the page was made.
        assert page.texts(".devices h2")[1:] == ["Een apparaat dat we niet herkennen", "Firefox op Android"]
        clock.move_to(start + timedelta(hours=1), tick=False)
        visit(phone, "/mijn/sessies", max_queries=4)
        visit(phone, "/mijn/sessies", max_queries=2)
        page = visit(client, PAGE)
        assert page.texts(".devices h2")[1] == "Firefox op Android"
        assert "Dit apparaat" in page.texts(".devices li")[0]
        assert "Firefox on Android" in visit(client, f"/en{PAGE}").texts(".devices h2")

        # One device; that of somebody else is not there.
        ends = [str(form["action"]) for form in page.all(".devices form")]
        theirs = str(visit(stranger, PAGE).all(".devices form")[0]["action"])
        refused = post(client, theirs, 403).get_data(as_text=True)
        assert "Dat is een sessie van iemand anders." in refused
        visit(stranger, PAGE)
        post(client, ends[1])
        assert phone.get("/mijn").status_code == 303
        assert phone.get("/mijn").headers["Location"].startswith("/inloggen")
        assert library.get("/mijn").status_code == 200
        assert len(visit(client, PAGE).all(".devices li")) == 2
        post(client, ends[1])  # pressing once more changes nothing

        # All others.
        token = csrf_token(library)
        assert visit(client, PAGE).submit("form[action='/mijn/sessies/andere']").status_code == 303
        page = visit(client, PAGE)
        assert "Eén ander apparaat is nu uitgelogd." in page.text
        assert len(page.all(".devices li")) == 1
        assert library.post("/mijn/overal-uitloggen", data={"csrf_token": token}).status_code == 303
        assert client.get("/mijn").status_code == 200
        post(client, "/mijn/sessies/andere")
        assert "op geen ander apparaat" in visit(client, PAGE).text
        assert stranger.get("/mijn").status_code == 200

        # This one ends as signing out does; a copy of its cookie is worth nothing.
        copy = app.test_client()
        cookie = client.get_cookie("session")
        assert cookie is not None
        copy.set_cookie("session", cookie.value)
        assert copy.get("/mijn").status_code == 200
        assert post(client, ends[0]).headers["Location"] == "/uitgelogd"
        assert copy.get("/mijn").status_code == 303


def test_a_session_without_its_row_is_nobody_and_old_rows_go(app: Flask, client: FlaskClient) -> None:
    start = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with app.app_context():
        inge, piet = factories.a_person().id, factories.a_person().id
        db.session.commit()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, inge)
        ended = sign_in(app.test_client(), inge)
        post(ended, "/uitloggen")
        # The key of one person lets nobody in as another.
        thief = sign_in(app.test_client(), piet)
        with thief.session_transaction() as held:
            held["_user_id"] = f"{inge}.0"
        assert thief.get("/mijn").status_code == 303
        with client.session_transaction() as held:
            key = held.pop("device")
        assert client.get("/mijn").status_code == 303
        with client.session_transaction() as held:
            held.update(device=key, _user_id=f"{inge}.0", _fresh=True, seen=int(start.timestamp()))
        assert client.get("/mijn").status_code == 200
        with app.app_context():
            devices.forget_old(start + timedelta(hours=23))
            assert len(db.session.scalars(select(DeviceSession)).all()) == 3
            devices.forget_old(start + timedelta(days=2))
            rows = db.session.scalars(select(DeviceSession)).all()
            assert sorted(row.person_id for row in rows) == sorted([inge, piet])
            assert all(key not in row.key_hash and len(row.key_hash) == 64 for row in rows)
            assert db.session.get_one(Person, inge).last_seen_at == datetime(2026, 11, 23, tzinfo=UTC)
        clock.move_to(start + timedelta(days=3), tick=False)
        assert client.get("/mijn").status_code == 200
        with app.app_context():
            assert db.session.get_one(Person, inge).last_seen_at == datetime(2026, 11, 26, tzinfo=UTC)
            devices.forget_old(start + timedelta(days=30))
            assert db.session.scalars(select(DeviceSession.person_id)).all() == [inge]
            devices.forget_old(start + timedelta(days=33))
        assert client.get("/mijn").status_code == 303


def test_everywhere_means_every_row(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        inge = factories.a_person().id
        db.session.commit()
    sign_in(app.test_client(), inge)
    sign_in(client, inge)
    post(client, "/mijn/overal-uitloggen")
    with app.app_context():
        assert None not in db.session.scalars(select(DeviceSession.ended_at)).all()
