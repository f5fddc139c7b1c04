"""A session that ended loses nothing: scripts hear it, forms come back, and nobody else gets anything out of that."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse
from wtforms.fields.core import UnboundField

from app.db import db
from app.features.accounts import service
from app.kit.forms import Form
from app.kit.identity import STAFF_IDLE
from app.kit.incoming import MOST_TEXT
from app.kit.resending import CODES
from app.models import FlaggedWord
from app.models.entry import DeviceSession
from app.models.person import Role
from tests import factories
from tests.integration.accounts.test_second_factor import code_of, set_up
from tests.integration.security.test_forgery import demo, everybody, nothing_written
from tests.support import Page, csrf_token, databases, look_at, post, sign_in, sign_out, visit
from tests.support.addresses import addresses, example

__all__ = ["demo", "everybody"]
FORM = "main form.form"
HERE = {"Origin": "http://localhost"}
SCRIPT = {**HERE, "Accept": "application/json"}
SITE = databases.make_app("sqlite:///:memory:", DEMO="1")
CLOSED = {
    method: [address for address in addresses(SITE, method) if address.sign != "public"]
    for method in ("GET", "POST")
}
LIST = "/beheer/woordenlijst"
EMAIL = "organisator@voorbeeld.example"
WORDS = 'laf <b>"volk"</b>\nvuile & gemene leugen'


def a_person(app: Flask, *roles: Role, **values: str) -> int:
    with app.app_context():
        person = factories.a_person(*roles, **values)
        db.session.commit()
        return person.id


def fall_silent(client: FlaskClient) -> FlaskClient:
    """Let more than half an hour pass since staff were last seen here."""
    with client.session_transaction() as held:
        held["seen"] -= int(STAFF_IDLE.total_seconds()) + 60
    return client


def end_elsewhere(app: Flask, client: FlaskClient) -> FlaskClient:
    """Let the person end this session on another device."""
    with app.app_context():
        db.session.execute(update(DeviceSession).values(ended_at=datetime.now(UTC)))
        db.session.commit()
    return client


@pytest.fixture
def organiser(app: Flask) -> int:
    return a_person(app, Role.ORGANISER, email=EMAIL, name="Olga Organisator")


@pytest.fixture
def desk(client: FlaskClient, organiser: int) -> FlaskClient:
    """An organiser, signed in."""
    return sign_in(client, organiser)


def send(client: FlaskClient, path: str = LIST, **fields: object) -> TestResponse:
    """Send what was typed, with the token that the page had."""
    data = {"csrf_token": csrf_token(client), "words": WORDS, **fields}
    return client.post(path, data=data, headers=HERE)


def handed_back(client: FlaskClient, path: str = LIST, status: int = 401, **fields: object) -> Page:
    """The page that holds what was typed."""
    answer = send(client, path, **fields)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    return look_at(client, answer, path)


def sent_again(page: Page) -> TestResponse:
    """Press the button of the page."""
    form = page.one(FORM)
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    return page.client.post(str(form["action"]), data=fields, headers=HERE)


def listed(app: Flask) -> set[str]:
    """The words that arrived."""
    with app.app_context():
        return set(db.session.scalars(select(FlaggedWord.word)))


# --- scripts ---------------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_script_hears_at_every_door_that_it_has_to_sign_in(
    demo: Flask, everybody: int, method: str
) -> None:
    client = fall_silent(sign_in(demo.test_client(), everybody))
    token, wrong = csrf_token(client), []
    with nothing_written(demo):
        for address in CLOSED[method]:
            path = example(demo, address)
            answer = client.open(path, method=method, data={"csrf_token": token}, headers=SCRIPT)
            said = answer.get_json(silent=True) or {}
            if answer.status_code != 401 or answer.mimetype != "application/problem+json":
                wrong.append(f"{method} {path} answered {answer.status_code}")
            assert said["detail"] == "Je moet opnieuw inloggen.", path
            assert said["sign_in"].startswith("/inloggen"), path
    assert not wrong, "\n".join(wrong)


@pytest.mark.one_database
def test_a_script_hears_why_a_door_stays_closed(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app, Role.MODERATOR))
    answer = client.post(LIST, data={"csrf_token": csrf_token(client)}, headers=SCRIPT)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert answer.get_json()["detail"] == "Deze pagina is voor de organisatie."


@pytest.mark.one_database
def test_a_script_with_an_old_token_hears_what_to_do(desk: FlaskClient) -> None:
    answer = desk.post(LIST, data={"csrf_token": "oud"}, headers=SCRIPT)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "Gebruik de knop" in answer.get_json()["detail"]


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_every_door_hands_a_form_back_and_does_nothing(demo: Flask, everybody: int) -> None:
    client = fall_silent(sign_in(demo.test_client(), everybody))
    token = csrf_token(client)
    with nothing_written(demo):
        for address in CLOSED["POST"]:
            path = example(demo, address)
            answer = client.post(path, data={"csrf_token": token, "body": WORDS}, headers=HERE)
            assert answer.status_code == 401, path
            page = look_at(client, answer, path)
            assert page.one(FORM)["action"] == path
            assert page.one(f"{FORM} input[name=body]")["value"] == WORDS, path


def test_what_was_typed_is_sent_after_signing_in_anew(app: Flask, desk: FlaskClient, organiser: int) -> None:
    page = handed_back(fall_silent(desk))
    assert page.h1 == "Nog niet verstuurd"
    assert page.texts("blockquote") == [" ".join(WORDS.split())]
    assert page.one('main a[target="_blank"]')["href"] == "/inloggen"
    assert "<b>" not in page.html.replace("&lt;b&gt;", "")
    # Too soon: it only comes back.
    again = sent_again(page)
    assert again.status_code == 401
    assert listed(app) == set()
    sign_in(desk, organiser)
    assert sent_again(look_at(desk, again, LIST)).status_code == 303
    assert len(listed(app)) == 2


def test_the_page_that_stayed_open_goes_on_as_well(app: Flask, desk: FlaskClient, organiser: int) -> None:
    """Also for who takes the second step; and its script needs no other token."""
    app.config["SITE"] = replace(app.config["SITE"], testing=False)
    secret, _codes = set_up(app, organiser)
    open_page = visit(desk, "/beheer/woordenlijst")
    fall_silent(desk)
    with app.test_request_context():
        link = service.make_link(EMAIL, "nl", datetime.now(UTC)).removeprefix("http://localhost")
    assert visit(desk, link).submit(FORM).location == "/inloggen/tweede-stap"
    # Between the two steps nobody is signed in, and the old token is good for nothing.
    data = {"csrf_token": str(open_page.all("[name=csrf_token]")[0]["value"]), "words": WORDS}
    assert desk.post(LIST, data=data, headers=HERE).status_code == 401
    step = visit(desk, "/inloggen/tweede-stap")
    assert step.submit(f"{FORM}:has([name=code])", code=code_of(secret)).status_code == 303
    assert desk.post(LIST, data=data).status_code == 303
    assert len(listed(app)) == 2
    with desk.session_transaction() as held:
        assert "forms" not in held


@pytest.mark.parametrize("how", ["signed out here", "ended elsewhere", "everywhere"])
def test_a_session_that_was_ended_leaves_no_token(
    app: Flask, desk: FlaskClient, organiser: int, how: str
) -> None:
    before = csrf_token(desk)
    if how == "signed out here":
        sign_out(desk)
    elif how == "ended elsewhere":
        end_elsewhere(app, desk)
    else:
        post(sign_in(app.test_client(), organiser), "/mijn/overal-uitloggen")
    sign_in(desk, organiser)
    page = handed_back(desk, status=400, csrf_token=before)
    assert "Je bent ingelogd als Olga Organisator." in page.text
    assert page.all('main a[target="_blank"]') == []
    assert listed(app) == set()
    assert sent_again(page).status_code == 303
    assert len(listed(app)) == 2


def test_somebody_else_in_this_browser_sends_it_knowingly_or_not_at_all(
    app: Flask, desk: FlaskClient
) -> None:
    page = handed_back(fall_silent(desk))
    sign_in(desk, a_person(app, Role.MODERATOR, name="Mia Moderator"))
    first = sent_again(page)
    assert first.status_code == 400
    again = look_at(desk, first, LIST)
    assert "Je bent ingelogd als Mia Moderator." in again.text
    assert sent_again(again).status_code == 403
    assert listed(app) == set()


@pytest.mark.one_database
def test_files_are_chosen_again_and_the_rest_stays(desk: FlaskClient) -> None:
    files = [(io.BytesIO(b"x"), "een <foto>.png"), (io.BytesIO(b"y"), "twee.png")]
    page = handed_back(fall_silent(desk), file=files, empty=(io.BytesIO(b""), ""))
    form = page.one(FORM)
    assert form["enctype"] == "multipart/form-data"
    assert page.texts(f"{FORM} label") == ["Kies opnieuw: een <foto>.png, twee.png"]
    (field,) = page.all("input[type=file]")
    assert field["name"] == "file"
    assert field.has_attr("multiple")
    assert page.one("input[name=words]")["value"] == WORDS


@pytest.mark.one_database
def test_the_page_is_in_the_language_of_the_form(desk: FlaskClient) -> None:
    page = handed_back(fall_silent(desk), f"/en{LIST}?bij=1")
    assert page.h1 == "Not sent yet"
    assert page.one(FORM)["action"] == f"/en{LIST}?bij=1"
    assert page.one('main a[target="_blank"]')["href"] == "/en/inloggen"


# --- what nobody gets ------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://kwaad.example"}, 400),
    ],
    ids=str,
)
@pytest.mark.parametrize("token", [True, False], ids=["with the token", "without"])
def test_only_a_form_of_this_site_comes_back(
    desk: FlaskClient, headers: dict[str, str], status: int, token: bool
) -> None:
    fall_silent(desk)
    data = {"words": WORDS, **({"csrf_token": csrf_token(desk)} if token else {})}
    answer = desk.post(LIST, data=data, headers=headers)
    assert answer.status_code == (status if token else 400)
    assert "leugen" not in answer.text
    assert f'action="{LIST}"' not in answer.text


@pytest.mark.one_database
def test_codes_and_tokens_are_not_shown(app: Flask, client: FlaskClient) -> None:
    sign_in(client, a_person(app, Role.FACILITATOR))
    fall_silent(client)
    answer = client.post(
        "/mijn/tweede-stap", data={"csrf_token": csrf_token(client), "code": "123456"}, headers=HERE
    )
    assert (answer.status_code, answer.location[:9]) == (303, "/inloggen")
    page = handed_back(sign_in(client, a_person(app)), "/mijn/naam", 400, csrf_token="sleutel-van-eerder")
    assert "sleutel-van-eerder" not in page.html
    assert len(page.all("[name=csrf_token]")) == len(page.all("form[method=post]"))


def test_every_field_for_a_code_is_known() -> None:
    """A form with a code in it under another name would show that again."""
    forms, names = [Form], set()
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        names |= {name for name, field in vars(form).items() if isinstance(field, UnboundField)}
    assert {name for name in names if re.search("code|passw|pin$|secret|recover", name)} == {
        *CODES,
        "postcode",
    }


@pytest.mark.one_database
def test_more_than_a_form_can_hold_does_not_come_back(desk: FlaskClient) -> None:
    fall_silent(desk)
    parts: dict[str, object] = {
        "een": (io.BytesIO(b""), ""),
        **{f"veld{n}": "a" * (MOST_TEXT // 4) for n in range(5)},
    }
    assert send(desk, LIST, **parts).status_code in (303, 413)


@pytest.mark.one_database
def test_forms_that_everybody_may_send_go_their_own_way(client: FlaskClient) -> None:
    for address in addresses(SITE, "POST"):
        if address.sign == "public" and "<" not in address.rule and not address.rule.startswith("/demo"):
            answer = client.post(address.rule, data={"body": WORDS}, headers=HERE)
            assert "Nog niet verstuurd" not in answer.text, address


@pytest.mark.one_database
def test_a_stranger_s_page_is_no_session_of_staff(app: Flask, client: FlaskClient) -> None:
    """Who was never here gets it back too, and nothing else."""
    page = handed_back(client)
    assert sent_again(page).status_code == 401
    assert client.get("/beheer").status_code == 303
    assert listed(app) == set()
