"""The second step of signing in: asked of staff, set up once, each code good for one time."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.features.accounts import second_factor, service
from app.features.accounts.second_factor import Problem, WrongCode
from app.features.invitations import service as invitations
from app.models.audit import AuditEntry
from app.models.entry import RecoveryCode, SecondFactor
from app.models.person import Person, PersonRole, Role
from tests import factories
from tests.support.letters import letters
from tests.support.page import Page, csrf_token, look_at, post, sign_in, visit

from .test_races import all_at_once

STEP = "/inloggen/tweede-stap"
OWN = "/mijn/tweede-stap"
FORM = "main form.form"
NOON = datetime(2026, 6, 15, 12, 0, 5, tzinfo=UTC)
EMAIL = "organisator@voorbeeld.example"


@pytest.fixture
def strict(app: Flask) -> Flask:
    """The site as it ships: staff need the second step."""
    app.config["SITE"] = replace(app.config["SITE"], testing=False)
    return app


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until the test moves it."""
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


def someone(app: Flask, *roles: Role, **values: str | None) -> int:
    with app.app_context():
        person = factories.a_person(*roles, **values)
        db.session.commit()
        return person.id


def first_step(app: Flask, email: str = EMAIL) -> FlaskClient:
    """Open the link of a mail in a fresh browser, up to the second step."""
    with app.test_request_context():
        link = service.make_link(email, "nl", datetime.now(UTC)).removeprefix("http://localhost")
    client = app.test_client()
    answer = visit(client, link).submit(FORM)
    assert answer.headers["Location"] == STEP
    return client


def secret_on(page: Page) -> str:
    """The key that stands beside the drawing, as somebody types it over."""
    key = "".join(page.texts("code.secret span"))
    assert f"secret={key}&" in page.one('a[href^="otpauth:"]')["href"]
    assert len(key) == 32
    return key


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=steps)


def wrong(secret: str) -> str:
    """Six digits that the app shows neither now nor around now."""
    shown = {code_of(secret, steps) for steps in range(-3, 4)}
    return next(code for code in (digit * 6 for digit in "01234567") if code not in shown)


def set_up(app: Flask, number: int) -> tuple[str, list[str]]:
    """Give somebody a second step without a browser; the secret and the recovery codes."""
    secret, now = second_factor.new_secret(), datetime.now(UTC)
    with app.app_context():
        person = db.session.get_one(Person, number)
        before = pyotp.TOTP(secret).at(now, counter_offset=-1)
        return secret, second_factor.set_up(person, secret, before, now)


def type_code(client: FlaskClient, code: str, path: str = STEP) -> Page:
    """Fill in a code; the page that follows, or where it leads."""
    answer = visit(client, path).submit(f"{FORM}:not(details *)", code=code)
    if answer.status_code == 303:
        return Page(client, answer, answer.headers["Location"])
    return look_at(client, answer, path)


def is_staff(client: FlaskClient) -> bool:
    return client.get("/beheer").status_code == 200


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_first_organiser_comes_in(strict: Flask, clock: time_machine.Traveller) -> None:
    runner = strict.test_cli_runner()
    made = runner.invoke(args=["people", "create", "--email", EMAIL, "--name", "Olga", "--role", "organiser"])
    assert made.exit_code == 0, made.output
    link = runner.invoke(args=["people", "login-link", "--email", EMAIL]).output.strip()
    client = strict.test_client()
    answer = visit(client, link.removeprefix("http://localhost")).submit(FORM)
    assert answer.headers["Location"] == STEP
    page = visit(client, STEP, max_queries=4)
    assert (page.h1, is_staff(client)) == ("Stel je tweede stap in", False)
    assert client.get("/mijn").headers["Location"].startswith("/inloggen")
    assert page.one("svg.qr")
    secret = secret_on(page)
    assert secret_on(visit(client, STEP)) == secret
    assert "klopt niet" in type_code(client, wrong(secret)).text
    assert type_code(client, "12 34").status == 400
    with strict.app_context():
        assert db.session.scalar(select(func.count()).select_from(SecondFactor)) == 0

    shown = type_code(client, code_of(secret))
    assert shown.path == "/mijn/tweede-stap/herstelcodes"
    assert is_staff(client)
    page = visit(client, shown.path)
    codes = page.texts(".recovery__list code")
    assert len(set(codes)) == 10
    file = client.get(f"{shown.path}.txt")
    assert file.mimetype == "text/plain"
    assert file.get_data(as_text=True).splitlines()[-10:] == codes
    assert "no-store" in file.headers["Cache-Control"]
    assert page.submit("main form").headers["Location"] == "/mijn"
    assert client.get(shown.path).headers["Location"] == OWN
    assert client.get(f"{shown.path}.txt").headers["Location"] == OWN

    # Neither the secret nor a recovery code stands in the database as it is.
    with strict.app_context():
        row = db.session.scalars(select(SecondFactor)).one()
        assert secret.encode() not in row.secret
        hashes = set(db.session.scalars(select(RecoveryCode.code_hash)))
        assert not hashes & {code.replace("-", "") for code in codes} | hashes & set(codes)

    again = first_step(strict)
    assert "al gebruikt" in type_code(again, code_of(secret)).text
    assert not is_staff(again)
    clock.shift(timedelta(seconds=60))
    assert type_code(again, code_of(secret, -1)).path == "/mijn", "a phone may be half a minute behind"
    assert is_staff(again)
    assert "al gebruikt" in type_code(first_step(strict), code_of(secret, -1)).text
    ahead = first_step(strict)
    assert type_code(ahead, code_of(secret, 1)).path == "/mijn", "or ahead"
    late = first_step(strict)
    clock.shift(timedelta(seconds=30))
    assert "al gebruikt" in type_code(late, code_of(secret)).text
    assert "klopt niet" in type_code(late, code_of(secret, 2)).text
    assert actions(strict) == ["accounts.create", "accounts.login_link", "accounts.set_up_second_factor"]


def test_recovery_codes_count_once_and_five_wrong_ones_make_wait(
    strict: Flask, clock: time_machine.Traveller
) -> None:
    number = someone(strict, Role.MODERATOR, email=EMAIL)
    secret, codes = set_up(strict, number)
    client = first_step(strict)
    page = visit(client, STEP)
    assert page.h1 == "De tweede stap"
    recovery = "details form.form"
    typed = f" {codes[0][:5].upper()} - {codes[0][5:]} "
    answer = page.submit(recovery, recovery=typed)
    assert answer.headers["Location"] == "/mijn"
    assert "nog 9 herstelcodes" in visit(client, "/mijn").html
    assert actions(strict)[-1] == "accounts.use_recovery_code"

    other = first_step(strict)
    refused = look_at(other, visit(other, STEP).submit(recovery, recovery=typed), STEP)
    assert (refused.status, "nog 4 keer" in refused.text) == (400, True)
    for left in ("nog 3 keer", "nog 2 keer", "nog één keer"):
        assert left in type_code(other, wrong(secret)).text
    assert "over 15 minuten" in type_code(other, wrong(secret)).text
    clock.shift(timedelta(minutes=4))
    for good in (code_of(secret), codes[1]):
        name = "code" if good.isdigit() else "recovery"
        form = f"{FORM}:not(details *)" if good.isdigit() else recovery
        page = look_at(other, visit(other, STEP).submit(form, {name: good}), STEP)
        assert (page.status, "over 11 minuten" in page.text) == (400, True)
    assert not is_staff(other)
    # Somebody else who guesses does not end a session that stands.
    assert client.get("/moderatie").status_code == 200
    clock.shift(timedelta(minutes=11))
    assert client.get(STEP).status_code == 303
    last = first_step(strict)
    assert type_code(last, code_of(secret)).path == "/mijn"
    with strict.app_context():
        assert db.session.scalars(select(SecondFactor.wrong_tries)).one() == 0


@pytest.mark.one_database
def test_between_the_steps_nobody_is_signed_in_and_ten_minutes_is_the_end(
    strict: Flask, clock: time_machine.Traveller
) -> None:
    number = someone(strict, Role.ORGANISER, email=EMAIL)
    resident = someone(strict)
    secret, _codes = set_up(strict, number)
    assert strict.test_client().get(STEP).headers["Location"] == "/inloggen"
    client = first_step(strict)
    with client.session_transaction() as held:
        held["draft"] = "what was typed"
    for path in ("/beheer", "/mijn", OWN, f"{OWN}/instellen", f"{OWN}/herstelcodes"):
        assert client.get(path).headers["Location"].startswith("/inloggen?"), path
    clock.shift(timedelta(minutes=11))
    assert client.get(STEP).headers["Location"] == "/inloggen"
    # Blocked or reset in between: the first step is worth nothing any more.
    client = first_step(strict)
    with strict.app_context():
        second_factor.reset(None, db.session.get_one(Person, number), "a test", datetime.now(UTC))
    assert client.get(STEP).headers["Location"] == "/inloggen"
    assert (
        client.post(STEP, data={"csrf_token": csrf_token(client), "code": code_of(secret)}).status_code == 303
    )
    assert not is_staff(client)
    # Whoever was signed in on this device before is not any more, once somebody else took the first step.
    device = sign_in(strict.test_client(), resident)
    with strict.test_request_context():
        link = service.make_link(EMAIL, "nl", datetime.now(UTC)).removeprefix("http://localhost")
    with device.session_transaction() as held:
        held["draft"] = "what was typed"
    assert visit(device, link).submit(FORM).headers["Location"] == STEP
    assert device.get("/mijn").headers["Location"].startswith("/inloggen")
    with device.session_transaction() as held:
        assert held["draft"] == "what was typed"
    # A resident is asked for nothing, until they are given a role.
    plain = sign_in(strict.test_client(), resident)
    with plain.session_transaction() as held:
        held.pop("second")
    assert plain.get("/mijn").status_code == 200
    with strict.app_context():
        db.session.add(PersonRole(person_id=resident, role=Role.ORGANISER))
        db.session.commit()
    assert not is_staff(plain)


@pytest.mark.one_database
def test_the_demo_and_residents_are_not_asked_unless_they_want_to(
    app: Flask, clock: time_machine.Traveller
) -> None:
    number = someone(app, Role.ORGANISER, email=EMAIL)
    with app.test_request_context():
        link = service.make_link(EMAIL, "nl", datetime.now(UTC)).removeprefix("http://localhost")
    client = app.test_client()
    assert visit(client, link).submit(FORM).headers["Location"] == "/mijn"
    assert is_staff(client)
    page = visit(client, OWN).follow("main a.button")
    assert page.h1 == "Stel je tweede stap in"
    secret = secret_on(page)
    assert page.submit(FORM, code=code_of(secret)).headers["Location"] == f"{OWN}/herstelcodes"
    assert visit(client, f"{OWN}/herstelcodes").submit("main form").headers["Location"] == OWN
    assert "nog 10 herstelcodes" in visit(client, OWN, max_queries=4).text
    asked = first_step(app)
    clock.shift(timedelta(seconds=30))
    assert type_code(asked, code_of(secret)).path == "/mijn"
    # An invitation is a mail too, so it does not pass by the second step.
    with app.test_request_context():
        wanted = invitations.Wanted(Group.COUNCIL)
        invitations.invite(db.session.get_one(Person, number), [EMAIL], wanted, datetime.now(UTC))
    link = re.findall(r"/uitnodiging/[^\s]+", letters(app)[0].text)[0]
    invited = app.test_client()
    assert visit(invited, link).submit(FORM).headers["Location"] == "/inloggen"
    assert not is_staff(invited)
    # A voting code comes from a letter; there is no mail that a second step could guard.
    by_letter = sign_in(app.test_client(), someone(app, email=None))
    assert not visit(by_letter, OWN).all("main a.button")
    assert by_letter.get(f"{OWN}/instellen").status_code == 403


def test_changing_something_takes_a_present_code(strict: Flask, clock: time_machine.Traveller) -> None:
    number = someone(strict, Role.FACILITATOR)
    secret, old = set_up(strict, number)
    client = sign_in(strict.test_client(), number)
    assert client.get(f"{OWN}/instellen").headers["Location"] == OWN
    page = visit(client, OWN)
    assert "Stop met de tweede stap" not in page.text
    for action in ("renew", "replace"):
        refused = look_at(client, page.submit(FORM, button=action, code=wrong(secret)), OWN)
        assert (refused.status, "klopt niet" in refused.text) == (400, True)
    assert look_at(client, page.submit(FORM, button="renew", code="x"), OWN).status == 400
    post(client, OWN, 403, code=code_of(secret), action="stop")
    post(client, OWN, 400, code=code_of(secret), action="other")

    assert (
        page.submit(FORM, button="renew", code=code_of(secret)).headers["Location"] == f"{OWN}/herstelcodes"
    )
    new = [
        code.replace("-", "") for code in visit(client, f"{OWN}/herstelcodes").texts(".recovery__list code")
    ]
    assert not set(new) & set(old)
    with strict.app_context():
        person = db.session.get_one(Person, number)
        with pytest.raises(WrongCode):
            second_factor.use_recovery_code(person, old[0], datetime.now(UTC))
    # The phone is lost: a recovery code is proof enough to set up another app.
    assert (
        visit(client, OWN).submit(FORM, button="replace", code=new[0]).headers["Location"]
        == f"{OWN}/instellen"
    )
    page = visit(client, f"{OWN}/instellen")
    other = secret_on(page)
    assert other != secret
    assert page.submit(FORM, code=code_of(other)).headers["Location"] == f"{OWN}/herstelcodes"
    assert client.get(f"{OWN}/instellen").headers["Location"] == OWN, "the proof is used up"
    clock.shift(timedelta(seconds=30))
    with strict.app_context():
        person = db.session.get_one(Person, number)
        with pytest.raises(WrongCode):
            second_factor.check(person, code_of(secret), datetime.now(UTC))
        second_factor.check(person, code_of(other), datetime.now(UTC))
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 10
    assert actions(strict) == [
        "accounts.set_up_second_factor",
        "accounts.renew_recovery_codes",
        "accounts.use_recovery_code",
        "accounts.replace_second_factor",
    ]
    # A resident may stop, and leaves no line.
    resident = someone(strict)
    secret, _codes = set_up(strict, resident)
    client = sign_in(strict.test_client(), resident)
    assert visit(client, OWN).submit(FORM, button="stop", code=code_of(secret)).headers["Location"] == OWN
    assert "Zet je tweede stap aan" in visit(client, OWN).text or visit(client, OWN).all("main a.button")
    assert len(actions(strict)) == 4


def test_an_organiser_resets_what_somebody_lost(strict: Flask, clock: time_machine.Traveller) -> None:
    organiser, lost = (
        someone(strict, Role.ORGANISER),
        someone(strict, Role.MODERATOR, email=EMAIL, name="Mo Kwijt"),
    )
    resident = someone(strict, name="Zonder Rol")
    set_up(strict, lost)
    theirs = sign_in(strict.test_client(), lost)
    client = sign_in(strict.test_client(), organiser)
    page = visit(client, "/beheer/tweede-stap", max_queries=4)
    assert page.texts(".queue__title") == ["Mo Kwijt", "Person " + page.text.split("Person ")[1].split()[0]]
    assert "Nog niet ingesteld" in page.text
    assert "Zonder Rol" not in page.text
    assert visit(client, "/beheer/tweede-stap?zoek=kwijt").texts(".queue__title") == ["Mo Kwijt"]
    place = f"/beheer/tweede-stap/{lost}"
    page = visit(client, place, max_queries=4)
    refused = look_at(client, page.submit("main form", reason="kort"), place)
    assert refused.status == 400
    assert theirs.get("/moderatie").status_code == 200
    answer = page.submit("main form", reason="Gebeld op haar eigen nummer.")
    assert answer.headers["Location"] == "/beheer/tweede-stap"
    assert theirs.get("/moderatie").headers["Location"].startswith("/inloggen")
    with strict.app_context():
        line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert line is not None
        assert (line.action, line.actor_id, line.subject_id, line.why) == (
            "accounts.reset_second_factor",
            organiser,
            lost,
            "Gebeld op haar eigen nummer.",
        )
        assert not db.session.scalar(select(func.count()).select_from(RecoveryCode))
    assert (
        "valt niets terug te zetten"
        in look_at(client, page.submit("main form", reason="Nog een keer."), place).text
    )
    assert visit(first_step(strict), STEP).h1 == "Stel je tweede stap in"
    assert visit(client, "/beheer/logboek").text.count("zette iemands tweede stap terug") >= 1
    # Not one's own, and not by who is no organiser.
    set_up(strict, organiser)
    own = f"/beheer/tweede-stap/{organiser}"
    assert "op je eigen pagina" in visit(client, own).text
    post(client, own, 403, reason="Voor mijzelf, graag.")
    for someone_else in (resident, lost):
        post(sign_in(strict.test_client(), someone_else), own, 403, reason="Dat mag ik vast wel.")
    # On the server, when the last organiser is locked out.
    runner = strict.test_cli_runner()
    with strict.app_context():
        mail = db.session.get_one(Person, organiser).email
        assert mail
    done = runner.invoke(args=["people", "reset-second-factor", mail, "--why", "Telefoon in de Maas"])
    assert (done.exit_code, mail in done.output) == (0, True)
    assert not is_staff(client)
    for address in (mail, "niemand@voorbeeld.example", "geen adres"):
        assert runner.invoke(args=["people", "reset-second-factor", address]).exit_code == 2
    with strict.app_context():
        why = db.session.scalars(select(AuditEntry.why).order_by(AuditEntry.id.desc())).first()
        assert why == "flask people reset-second-factor – Telefoon in de Maas"


@pytest.mark.one_database
def test_under_another_secret_key_nothing_is_read(strict: Flask, clock: time_machine.Traveller) -> None:
    number = someone(strict, Role.ORGANISER, email=EMAIL)
    secret, _codes = set_up(strict, number)
    client = first_step(strict)
    with strict.app_context():
        row = db.session.scalars(select(SecondFactor)).one()
        row.secret = row.secret[:-4] + b"AAAA"
        db.session.commit()
    page = type_code(client, code_of(secret))
    assert (page.status, "Vraag een organisator" in page.text) == (400, True)


def test_of_one_code_sent_twice_at_once_one_gets_in(app: Flask) -> None:
    number = someone(app, Role.ORGANISER)
    secret, codes = set_up(app, number)
    now = datetime.now(UTC)
    code = pyotp.TOTP(secret).at(now)

    def with_code() -> str:
        second_factor.check(db.session.get_one(Person, number), code, now)
        return "in"

    def with_recovery() -> str:
        second_factor.use_recovery_code(db.session.get_one(Person, number), codes[0], now)
        return "in"

    for deed, refusal in ((with_code, Problem.USED), (with_recovery, Problem.WRONG)):
        found = all_at_once(app, [deed] * 4)
        assert found.count("in") == 1
        assert [one.problem for one in found if isinstance(one, WrongCode)] == [refusal] * 3
    later = now + second_factor.WAIT
    good = {pyotp.TOTP(secret).at(later, counter_offset=shift) for shift in (-1, 0, 1)}
    wrong_codes = [typed for typed in (f"{number:06d}" for number in range(15)) if typed not in good][:12]

    def with_wrong(typed: str) -> str:
        second_factor.check(db.session.get_one(Person, number), typed, later)
        return "in"

    found = all_at_once(app, [partial(with_wrong, typed) for typed in wrong_codes])
    problems = [one.problem for one in found if isinstance(one, WrongCode)]
    assert sorted(problems) == [Problem.TOO_MANY_TRIES] * 8 + [Problem.WRONG] * 4
