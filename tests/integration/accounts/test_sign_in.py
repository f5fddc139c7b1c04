"""Signing in by a mailed code or its link: ten minutes, once, five tries, the same answers for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.features.accounts import service
from app.models.person import Draft, Person, SignInCode
from app.records import drafts
from tests import factories
from tests.support.letters import Letter, letters
from tests.support.page import Page, csrf_token, look_at, post, visit

FORM = "main form.form"


def ask(client: FlaskClient, email: str, way_on: str = "") -> Letter:
    """Ask for a mail as a visitor does, and read it."""
    page = visit(client, f"/inloggen?next={way_on}" if way_on else "/inloggen")
    answer = page.submit(FORM, email=email)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert answer.headers["Location"] == "/inloggen/code"
    return letters(client.application)[0]


def type_code(client: FlaskClient, code: str) -> Page:
    """Fill in a code; the page that follows, or an empty one after a redirect."""
    answer = visit(client, "/inloggen/code").submit(FORM, code=code)
    if answer.status_code == 303:
        return Page(client, answer, answer.headers["Location"])
    return look_at(client, answer, "/inloggen/code")


def person_with(app: Flask, email: str) -> Person | None:
    with app.app_context():
        return db.session.scalar(select(Person).where(Person.email == email))


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/mijn").status_code == 200


def a_wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_new_address_makes_a_resident_who_is_asked_for_a_name(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "Nieuw@Voorbeeld.Example", "/ideeen?sort=random")
    assert letter.recipient == "nieuw@voorbeeld.example"
    assert person_with(app, letter.recipient) is None
    arrived = type_code(client, letter.code)
    assert arrived.path == "/mijn/naam?next=/ideeen?sort%3Drandom"
    person = person_with(app, letter.recipient)
    assert person is not None
    assert (person.group, person.name, person.language) == (Group.RESIDENT, f"Deelnemer {person.id}", "nl")
    assert person.confirmed_at is not None

    page = visit(client, arrived.path)
    refused = look_at(client, page.submit(FORM, name="anke@voorbeeld.example"), arrived.path)
    assert refused.status == 400
    assert "geen e-mailadres of webadres" in refused.text
    answer = page.submit(FORM, name="  Anke\n de   Vries ")
    assert answer.headers["Location"] == "/ideeen?sort=random"
    changed = person_with(app, letter.recipient)
    assert changed is not None
    assert changed.name == "Anke de Vries"


def test_somebody_known_goes_straight_on(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_person(email="bekend@voorbeeld.example", name="Bekend", confirmed_at=None)
        db.session.commit()
    letter = ask(client, "bekend@voorbeeld.example", "/ideeen/7")
    arrived = type_code(client, f" {letter.code[:3]} {letter.code[3:]} ")
    assert arrived.path == "/ideeen/7"
    person = person_with(app, "bekend@voorbeeld.example")
    assert person is not None
    assert person.confirmed_at is not None
    assert "Bekend" in visit(client, "/mijn").h1


def test_the_mail_says_what_it_is_in_both_languages(app: Flask, client: FlaskClient) -> None:
    dutch = ask(client, "een@voorbeeld.example")
    assert dutch.subject == f"{dutch.code} is je code voor Stem van de stad"
    assert "10 minuten" in dutch.text
    assert f"http://localhost{dutch.link}" in dutch.html
    assert dutch.link.startswith("/inloggen/link/")
    answer = visit(client, "/en/inloggen").submit(FORM, email="two@voorbeeld.example")
    assert answer.headers["Location"] == "/en/inloggen/code"
    english = letters(app)[0]
    assert english.subject == f"{english.code} is your code for Stem van de stad"
    assert english.link.startswith("/en/inloggen/link/")


def test_the_address_in_the_mail_is_ours_whatever_the_request_says(app: Flask, client: FlaskClient) -> None:
    token = csrf_token(client)
    client.post(
        "/inloggen",
        data={"email": "een@voorbeeld.example", "csrf_token": token},
        headers={"Host": "localhost", "X-Forwarded-Host": "kwaad.example"},
    )
    assert "kwaad.example" not in letters(app)[0].text


def test_the_answer_is_the_same_whether_or_not_somebody_is_known(app: Flask) -> None:
    with app.app_context():
        factories.a_person(email="aaaa@voorbeeld.example", name="Bekend")
        factories.a_person(email="cccc@voorbeeld.example", blocked_at=datetime.now(UTC))
        db.session.commit()
    seen = set()
    for email in ("aaaa@voorbeeld.example", "bbbb@voorbeeld.example", "cccc@voorbeeld.example"):
        client = app.test_client()
        answer = visit(client, "/inloggen").submit(FORM, email=email)
        page = visit(client, "/inloggen/code", max_queries=1)
        token = str(page.soup.select("[name=csrf_token]")[0]["value"])
        letter = letters(app)[0]
        seen.add(
            (
                answer.status_code,
                answer.headers["Location"],
                page.html.replace(email, "").replace(token, ""),
                letter.text.replace(letter.code, "").replace(letter.link, ""),
            )
        )
    assert len(seen) == 1


@pytest.mark.parametrize("email", ["", "naam", "naam@", "a b@voorbeeld.example", "naam@voorbeeld"])
@pytest.mark.one_database
def test_what_is_no_address_is_refused_with_a_sentence(client: FlaskClient, email: str) -> None:
    page = look_at(client, visit(client, "/inloggen").submit(FORM, email=email), "/inloggen")
    assert page.status == 400
    assert page.one("#email-error").get_text(strip=True)
    assert page.one("[data-error-summary] a")["href"] == "#email"


def test_a_wrong_code_says_how_many_tries_are_left_and_the_sixth_is_not_looked_at(
    app: Flask, client: FlaskClient
) -> None:
    letter = ask(client, "een@voorbeeld.example")
    for left in (4, 3, 2):
        page = type_code(client, a_wrong(letter.code))
        assert page.status == 400
        assert f"nog {left} keer proberen" in page.text
    assert "nog één keer" in type_code(client, a_wrong(letter.code)).text
    fifth = type_code(client, a_wrong(letter.code))
    assert fifth.status == 429
    assert fifth.h1 == "Te veel foute codes"
    answer = post(client, "/inloggen/code", 429, code=letter.code)
    assert "Te veel foute codes" in answer.get_data(as_text=True)
    assert not is_signed_in(client)
    # The link in the same mail still works.
    assert post(client, letter.link).headers["Location"].startswith("/mijn/naam")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
@pytest.mark.one_database
def test_what_is_no_code_costs_no_try(app: Flask, client: FlaskClient, code: str) -> None:
    letter = ask(client, "een@voorbeeld.example")
    assert type_code(client, code).status == 400
    assert type_code(client, a_wrong(letter.code)).text.count("nog 4 keer") == 2


def test_a_code_works_once(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "een@voorbeeld.example")
    with client.session_transaction() as held:
        before = dict(held)
    assert type_code(client, letter.code).status == 303
    again = app.test_client()
    with again.session_transaction() as held:
        held.update(before)
    assert visit(again, "/inloggen/code", 410).h1 == "Deze e-mail is al gebruikt"
    post(again, "/inloggen/code", 410, code=letter.code)
    post(again, letter.link, 410)
    assert not is_signed_in(again)


def test_a_code_works_only_in_the_browser_that_asked(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "een@voorbeeld.example")
    other = app.test_client()
    ask(other, "twee@voorbeeld.example")
    assert type_code(other, letter.code).status == 400
    stranger = app.test_client()
    assert stranger.get("/inloggen/code").headers["Location"] == "/inloggen"
    assert post(stranger, "/inloggen/code", code=letter.code).headers["Location"] == "/inloggen"


def test_after_ten_minutes_neither_code_nor_link_works(app: Flask, client: FlaskClient) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        letter = ask(client, "een@voorbeeld.example")
        clock.move_to(start + timedelta(minutes=9, seconds=59), tick=False)
        assert visit(client, letter.link).h1 == "Je bent er bijna"
        clock.move_to(start + timedelta(minutes=10), tick=False)
        for address in ("/inloggen/code", letter.link):
            page = visit(client, address, 410)
            assert page.h1 == "Deze e-mail is te oud"
            assert "10 minuten" in page.text
            assert "/inloggen" in page.links("main a")
        for answer in (post(client, "/inloggen/code", 410, code=letter.code), post(client, letter.link, 410)):
            assert "Deze e-mail is te oud" in answer.get_data(as_text=True)
    assert person_with(app, "een@voorbeeld.example") is None


def test_the_link_asks_for_a_button_and_works_on_another_device(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "een@voorbeeld.example", "/ideeen/7")
    scanner = app.test_client()
    for _round in range(3):
        assert scanner.get(letter.link).status_code == 200
        assert scanner.head(letter.link).status_code == 200
    assert person_with(app, "een@voorbeeld.example") is None
    phone = app.test_client()
    page = visit(phone, letter.link)
    assert "een@voorbeeld.example" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    answer = page.submit(FORM)
    assert answer.headers["Location"] == "/mijn/naam?next=/ideeen/7"
    assert is_signed_in(phone)
    assert not is_signed_in(client)
    # Opened once more by the person who is in: on to where they were going.
    assert phone.get(letter.link).headers["Location"] == "/ideeen/7"
    assert visit(client, letter.link, 410).h1 == "Deze e-mail is al gebruikt"


@pytest.mark.one_database
def test_a_link_that_never_was(client: FlaskClient) -> None:
    assert visit(client, "/inloggen/link/bestaat-niet", 410).h1 == "Deze link werkt niet"
    post(client, "/inloggen/link/bestaat-niet", 410)


def test_the_link_says_when_somebody_else_is_signed_in(app: Flask, client: FlaskClient) -> None:
    first = ask(client, "een@voorbeeld.example")
    type_code(client, first.code)
    letter = ask(app.test_client(), "twee@voorbeeld.example")
    page = visit(client, letter.link)
    assert "nu Deelnemer" in page.text
    page.submit(FORM)
    assert "twee@voorbeeld.example" in visit(client, "/mijn").text


@pytest.mark.parametrize(
    "way_on", ["//kwaad.example", "/\\kwaad.example", "https://kwaad.example", "/%5ckwaad"]
)
def test_another_site_is_never_a_way_on(app: Flask, client: FlaskClient, way_on: str) -> None:
    with app.app_context():
        factories.a_person(email="bekend@voorbeeld.example")
        db.session.commit()
    page = visit(client, f"/inloggen?next={way_on}")
    assert page.one("[name=next]").get("value", "") == ""
    page.submit(FORM, email="bekend@voorbeeld.example", next=way_on)
    letter = letters(app)[0]
    with app.app_context():
        assert db.session.scalars(select(SignInCode.next_path)).one() == ""
        # Even a way on that stood in the table would not be followed.
        db.session.execute(SignInCode.__table__.update().values(next_path="//kwaad.example"))  # type: ignore[attr-defined]
        db.session.commit()
    assert type_code(client, letter.code).path == "/mijn"
    answer = client.get(f"/inloggen?next={way_on}")
    assert answer.headers["Location"] == "/mijn"


@pytest.mark.one_database
def test_going_out_is_no_way_on(client: FlaskClient) -> None:
    for place in ("/uitgelogd", "/inloggen/code", "/en/uitloggen", "/demo/post"):
        assert visit(client, f"/inloggen?next={place}").one("[name=next]").get("value", "") == ""


def test_a_closed_door_leads_back_after_signing_in(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_person(email="bekend@voorbeeld.example")
        db.session.commit()
    answer = client.get("/en/mijn?a=1&b=2")
    assert answer.status_code == 303
    page = visit(client, answer.headers["Location"])
    page.submit(FORM, email="bekend@voorbeeld.example")
    assert type_code(client, letters(app)[0].code).path == "/en/mijn?a=1&b=2"


def test_a_form_that_was_sent_signed_out_leads_back_to_its_page(client: FlaskClient) -> None:
    token = csrf_token(client)
    here = {"Referer": "http://localhost/ideeen/7?x=1"}
    answer = client.post("/mijn", data={"csrf_token": token}, headers=here)
    assert answer.headers["Location"] == "/inloggen?next=/ideeen/7?x%3D1"
    elsewhere = {"Referer": "http://kwaad.example/ideeen/7"}
    answer = client.post("/mijn", data={"csrf_token": token}, headers=elsewhere)
    assert answer.headers["Location"] == "/inloggen"


def test_a_draft_survives_code_and_link_also_on_another_device(app: Flask, client: FlaskClient) -> None:
    for way_in in ("code", "link"):
        browser, phone = app.test_client(), app.test_client()
        with app.app_context():
            token = drafts.keep("something that no room completes", {}, datetime.now(UTC))
            db.session.commit()
        with browser.session_transaction() as held:
            held["draft"] = token
            held["something"] = "else"
        letter = ask(browser, f"{way_in}@voorbeeld.example", "/ideeen/nieuw")
        if way_in == "code":
            type_code(browser, letter.code)
        else:
            visit(phone, letter.link).submit(FORM)
        arrived = browser if way_in == "code" else phone
        with arrived.session_transaction() as held:
            assert held["draft"] == token
            assert "something" not in held
    with app.app_context():
        assert db.session.scalars(select(SignInCode.draft_token)).all() == [None, None]
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 2


def test_a_blocked_person_hears_it_only_with_the_right_code(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_person(email="weg@voorbeeld.example", blocked_at=datetime.now(UTC))
        db.session.commit()
    letter = ask(client, "weg@voorbeeld.example")
    assert type_code(client, a_wrong(letter.code)).status == 400
    page = type_code(client, letter.code)
    assert page.status == 403
    assert "Dit account is geblokkeerd." in page.text
    post(client, letter.link, 403)
    assert not is_signed_in(client)


def test_one_address_gets_six_mails_an_hour_and_the_links_go_on_working(app: Flask) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        for _time in range(service.MOST_ASKED):
            last = ask(app.test_client(), "een@voorbeeld.example")
        client = app.test_client()
        page = visit(client, "/inloggen")
        refused = look_at(client, page.submit(FORM, email="EEN@voorbeeld.example"), "/inloggen")
        assert refused.status == 429
        assert "Open de link in de laatste e-mail, of probeer het over 60 minuten opnieuw." in refused.text
        assert len(letters(app)) == service.MOST_ASKED
        ask(app.test_client(), "twee@voorbeeld.example")
        assert visit(client, last.link).h1 == "Je bent er bijna"
        clock.move_to(start + timedelta(minutes=59), tick=False)
        refused = look_at(client, page.submit(FORM, email="een@voorbeeld.example"), "/inloggen")
        assert "over één minuut" in refused.text
        clock.move_to(start + timedelta(minutes=60), tick=False)
        ask(app.test_client(), "een@voorbeeld.example")


def test_a_full_room_behind_one_address_gets_in(app: Flask) -> None:
    for number in range(40):
        client = app.test_client()
        letter = ask(client, f"gast{number}@voorbeeld.example")
        assert type_code(client, a_wrong(letter.code)).status == 400
        assert type_code(client, letter.code).status == 303


@pytest.mark.one_database
def test_one_address_cannot_ask_without_end(app: Flask, client: FlaskClient) -> None:
    token = csrf_token(client)
    answers = [
        client.post("/inloggen", data={"csrf_token": token, "email": "geen adres"}).status_code
        for _time in range(250)
    ]
    assert answers[:240] == [400] * 240
    assert answers[240:] == [429] * 10


def test_after_twenty_wrong_codes_a_day_only_links_let_in(app: Flask) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        for round_ in range(4):
            clock.move_to(start + timedelta(hours=round_), tick=False)
            client = app.test_client()
            letter = ask(client, "een@voorbeeld.example")
            for _try in range(service.TRIES):
                type_code_anyhow(client, a_wrong(letter.code))
        clock.move_to(start + timedelta(hours=5), tick=False)
        client = app.test_client()
        letter = ask(client, "een@voorbeeld.example")
        page = type_code(client, letter.code)
        assert page.status == 429
        assert page.h1 == "Gebruik de link in de e-mail"
        assert visit(client, letter.link).submit(FORM).status_code == 303
        clock.move_to(start + timedelta(hours=30), tick=False)
        client = app.test_client()
        letter = ask(client, "een@voorbeeld.example")
        assert type_code(client, letter.code).status == 303


def type_code_anyhow(client: FlaskClient, code: str) -> None:
    """Send a code without looking at what comes back."""
    client.post("/inloggen/code", data={"csrf_token": csrf_token(client), "code": code})


def test_a_right_code_costs_no_try_of_the_day(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "een@voorbeeld.example")
    type_code(client, letter.code)
    with app.app_context():
        assert db.session.scalars(select(SignInCode.tries_left)).one() == service.TRIES


def test_nothing_that_opens_a_door_stands_readable_in_the_table(app: Flask, client: FlaskClient) -> None:
    letter = ask(client, "een@voorbeeld.example")
    with client.session_transaction() as held:
        browser_token = held["sign_in"]
    with app.app_context():
        row = db.session.scalars(select(SignInCode)).one()
        kept = [row.request_hash, row.code_hash, row.link_hash]
    assert all(len(hash_) == 64 for hash_ in kept)
    for secret in (letter.code, letter.link.rpartition("/")[2], browser_token):
        assert secret not in "".join(kept)


def test_old_codes_are_forgotten(app: Flask, client: FlaskClient) -> None:
    ask(client, "een@voorbeeld.example")
    with app.app_context():
        service.forget_old_codes(datetime.now(UTC) + timedelta(hours=24))
        assert db.session.scalar(select(func.count()).select_from(SignInCode)) == 1
        service.forget_old_codes(datetime.now(UTC) + timedelta(hours=24, minutes=11))
        assert db.session.scalar(select(func.count()).select_from(SignInCode)) == 0
