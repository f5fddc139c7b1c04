"""Sessions: fresh at every sign-in, ended by epoch, block and silence; cookies and CSRF as they should be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.models.person import Person, PersonRole, Role
from tests import factories
from tests.support.letters import letters
from tests.support.page import csrf_token, post, sign_in, visit

FORM = "main form.form"


def a_person(app: Flask, *roles: Role, email: str = "iemand@voorbeeld.example") -> int:
    with app.app_context():
        person = factories.a_person(*roles, email=email)
        db.session.commit()
        return person.id


def change(app: Flask, number: int, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Person).where(Person.id == number).values(**values))
        db.session.commit()


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/mijn").status_code == 200


def test_signing_in_begins_a_fresh_session(app: Flask, client: FlaskClient) -> None:
    """What an attacker put into somebody's browser beforehand is worth nothing afterwards."""
    a_person(app)
    with client.session_transaction() as held:
        held["planted"] = "by somebody else"
        held["_user_id"] = "999.0"
    visit(client, "/inloggen").submit(FORM, email="iemand@voorbeeld.example")
    before = csrf_token(client)
    letter = letters(app)[0]
    visit(client, "/inloggen/code").submit(FORM, code=letter.code)
    with client.session_transaction() as held:
        assert "planted" not in held
        assert "sign_in" not in held
    assert is_signed_in(client)
    stale = client.post("/uitloggen", data={"csrf_token": before})
    assert stale.status_code == 400
    assert is_signed_in(client)


def test_signing_out_takes_the_cookie_away(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app))
    answer = visit(client, "/mijn").submit("main form[action='/uitloggen']")
    assert answer.headers["Location"] == "/uitgelogd"
    assert "Expires=Thu, 01 Jan 1970" in answer.headers["Set-Cookie"]
    page = visit(client, "/uitgelogd")
    assert page.h1 == "Je bent uitgelogd"
    assert "Set-Cookie" not in page.response.headers
    assert not is_signed_in(client)


@pytest.mark.one_database
def test_signing_out_needs_a_post(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app))
    assert client.get("/uitloggen").status_code == 405
    assert is_signed_in(client)


def test_signing_out_everywhere_ends_every_session(app: Flask, client: FlaskClient) -> None:
    number = a_person(app)
    other = sign_in(app.test_client(), number)
    sign_in(client, number)
    assert is_signed_in(other)
    post(client, "/mijn/overal-uitloggen")
    assert not is_signed_in(client)
    assert not is_signed_in(other)
    assert is_signed_in(sign_in(app.test_client(), number))


def test_a_blocked_person_is_out_at_once(app: Flask, client: FlaskClient) -> None:
    number = a_person(app)
    sign_in(client, number)
    change(app, number, blocked_at=datetime.now(UTC))
    assert not is_signed_in(client)
    change(app, number, blocked_at=None)
    assert is_signed_in(client)


def test_staff_are_out_after_half_an_hour_of_silence(app: Flask) -> None:
    start = datetime.now(UTC)
    number, resident = a_person(app, Role.MODERATOR), a_person(app, email="inwoner@voorbeeld.example")
    with time_machine.travel(start, tick=False) as clock:
        client, other = sign_in(app.test_client(), number), sign_in(app.test_client(), resident)
        for minutes in (29, 58, 87):
            clock.move_to(start + timedelta(minutes=minutes), tick=False)
            assert is_signed_in(client)
        clock.move_to(start + timedelta(minutes=87 + 30), tick=False)
        assert is_signed_in(client)
        clock.move_to(start + timedelta(minutes=87 + 61), tick=False)
        assert not is_signed_in(client)
        assert not is_signed_in(client)
        clock.move_to(start + timedelta(days=29), tick=False)
        assert is_signed_in(other)


def test_a_session_from_before_somebody_became_staff_is_not_enough(app: Flask, client: FlaskClient) -> None:
    start = datetime.now(UTC)
    number = a_person(app)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, number)
        clock.move_to(start + timedelta(hours=2), tick=False)
        assert is_signed_in(client)
        with app.app_context():
            db.session.add(PersonRole(person_id=number, role=Role.ORGANISER))
            db.session.commit()
        assert not is_signed_in(client)


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["", "1", "1.", ".0", "x.y", "1.0.0", "-1.0", "99999999999999999999.0"])
def test_a_strange_key_is_nobody(app: Flask, client: FlaskClient, key: str) -> None:
    a_person(app)
    with client.session_transaction() as held:
        held["_user_id"] = key
    assert not is_signed_in(client)


@pytest.mark.one_database
def test_a_session_signed_with_another_key_is_nobody(make_app: Callable[..., Flask]) -> None:
    ours, theirs = make_app(), make_app(SECRET_KEY="another secret that is long enough to be accepted")
    number = a_person(ours)
    with theirs.test_client() as forger:
        sign_in(forger, number)
        cookie = forger.get_cookie("session")
    assert cookie is not None
    victim = ours.test_client()
    victim.set_cookie("session", cookie.value)
    assert not is_signed_in(victim)


@pytest.mark.one_database
@pytest.mark.parametrize(("url", "secure"), [("https://stem.example", True), ("http://localhost", False)])
def test_the_cookie_has_its_flags(make_app: Callable[..., Flask], url: str, secure: bool) -> None:
    client = make_app(SITE_URL=url).test_client()
    answer = client.get("/inloggen", base_url=url)
    parts = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert "HttpOnly" in parts
    assert "SameSite=Lax" in parts
    assert "Path=/" in parts
    assert ("Secure" in parts) is secure
    assert not any(part.startswith("Domain=") for part in parts)


@pytest.mark.one_database
def test_a_page_with_a_form_is_never_shared(make_app: Callable[..., Flask]) -> None:
    """The one-second cache must not hand one visitor's token to the next."""
    app = make_app()
    app.config["PAGE_CACHE"] = True
    first, second = app.test_client(), app.test_client()
    one, two = first.get("/inloggen"), second.get("/inloggen")
    for answer in (one, two):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" in answer.headers
    assert one.get_data() != two.get_data()
    assert visit(second, "/inloggen").submit(FORM, email="een@voorbeeld.example").status_code == 303
    quiet = app.test_client().get("/uitgelogd")
    assert quiet.headers["Cache-Control"].startswith("public, max-age=1")
    assert "Set-Cookie" not in quiet.headers


@pytest.mark.one_database
@pytest.mark.parametrize("token", [None, "", "wrong", "ImFiYyI.aaaaaa.bbbbbb"])
def test_every_form_of_this_room_wants_its_token(make_app: Callable[..., Flask], token: str | None) -> None:
    app = make_app(DEMO="1")
    number = a_person(app)
    change(app, number, demo_order=1)
    client = app.test_client()
    visit(client, "/inloggen").submit("main form.form", email="een@voorbeeld.example")
    letter = letters(app)[0]
    signed_in = sign_in(app.test_client(), number)
    sent = {
        "email": "twee@voorbeeld.example",
        "code": letter.code,
        "name": "Naam",
        "language": "nl",
        **({} if token is None else {"csrf_token": token}),
    }
    for address in ("/inloggen", "/inloggen/code", letter.link, f"/demo/inloggen/{number}"):
        assert client.post(address, data=sent).status_code == 400, address
    for address in ("/mijn", "/mijn/naam", "/uitloggen", "/mijn/overal-uitloggen"):
        assert signed_in.post(address, data=sent).status_code == 400, address
    assert len(letters(app)) == 1
    assert is_signed_in(signed_in)
    assert not is_signed_in(client)
    assert visit(signed_in, "/mijn").h1 != "Naam"
