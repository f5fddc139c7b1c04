"""Whatever stands in an address, a header or a form: an answer with words, never a fault of the server."""

import json
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.kit.incoming import MOST_FIELDS, MOST_TEXT
from app.models.person import Draft, Role
from tests import factories as make
from tests.support.page import csrf_token, sign_in

ODD = (
    "%00",
    "a%00b",
    "%C2%B2",
    "%D9%A1",
    "-1",
    "2147483648",
    "9223372036854775808",
    "9" * 40,
    "%22%27*",
    "%ff",
)
PUBLIC = (
    *(f"/ideeen?{name}=" for name in ("zoek", "sort", "thema", "status", "oproep", "lot", "na", "voor")),
    *(f"/ranglijst?{name}=" for name in ("oproep", "methode", "vanaf")),
    "/ranglijst/themas?oproep=",
    *(f"/ranglijst/beelden?{name}=" for name in ("oproep", "met")),
    "/open-data/ideeen?oproep=",
    "/ideeen/nieuw?oproep=",
    "/praktijk?thema=",
    "/inloggen?next=",
    "/ideeen/",
    "/themas/",
    "/activiteiten/",
    "/werkateliers/",
    "/trajecten/",
    "/partners/",
    "/praktijk/",
    "/inloggen/link/",
)
STAFF = (
    "/moderatie?na=",
    "/moderatie/besluiten?voor=",
    "/moderatie/ideeen/",
    "/beheer/logboek?actie=",
    "/beheer/logboek?persoon=",
    "/beheer/logboek?voor=",
    "/beheer/berichten?voor=",
    "/beheer/ideeen?voor=",
    "/beheer/ideeen?zoek=",
    "/beheer/ideeen/",
)


@pytest.mark.parametrize("start", PUBLIC)
def test_an_odd_address_is_answered_kindly(app: Flask, client: FlaskClient, start: str) -> None:
    with app.app_context():
        make.an_idea()
        db.session.commit()
    for odd in ODD:
        assert client.get(start + odd).status_code < 500, start + odd


def test_an_odd_address_of_staff_is_answered_kindly(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make.an_idea()
        person = make.a_person(*Role).id
        db.session.commit()
    sign_in(client, person)
    for start in STAFF:
        for odd in ODD:
            assert client.get(start + odd).status_code < 500, start + odd


def test_a_nul_in_a_form_does_not_reach_the_database(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make.an_idea()
        db.session.commit()
    answer = client.post("/ideeen/nieuw", data={"call": "a\x00b", "title": "Een\x00 titel"})
    assert answer.status_code == 400
    assert "Een titel" in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "body",
    [b"email=" + b"x" * MOST_TEXT, b"a&" * (MOST_FIELDS + 1), b"a&" * (4 * 1024 * 1024)],
    ids=["long", "many fields", "very many fields"],
)
def test_a_plain_form_is_bounded_like_one_with_files(client: FlaskClient, body: bytes) -> None:
    began = time.perf_counter()
    answer = client.post("/inloggen", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert time.perf_counter() - began < 1


@pytest.mark.one_database
def test_a_plain_form_of_unknown_length_is_bounded_too(client: FlaskClient) -> None:
    answer = client.post(
        "/inloggen",
        data=b"email=" + b"x" * MOST_TEXT,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == 413


def test_headers_that_are_no_addresses(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        idea = make.an_idea().id
        db.session.commit()
    address, token = f"/ideeen/{idea}/intrekken", csrf_token(client)
    odd = "http://[ander.example"
    assert client.post(address, headers={"Origin": odd}).status_code == 400
    back = client.post(address, headers={"Referer": odd}, data={"csrf_token": token})
    assert back.status_code == 303
    assert back.location == "/inloggen"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["/en/\\ander.example", "/en//ander.example", "/en/%5Cander.example", "/\\en"]
)
def test_no_page_leads_off_the_site_by_its_own_address(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    for start in ('href="//', 'href="/\\', 'href="\\'):
        assert start not in answer.text


def test_what_a_stranger_types_is_kept_but_not_without_end(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        idea = make.an_idea().id
        db.session.commit()
    typed = {
        f"/ideeen/{idea}/argumenten": {"body": "x" * 200_000, "side": "y" * 20_000},
        f"/ideeen/{idea}/bewerken": {
            "body": "x" * 100_000,
            "submission_key": "k" * 50_000,
            "themes": ["t" * 500] * 50,
        },
    }
    for address, data in typed.items():
        assert client.post(address, data=data).status_code == 303
        with app.app_context():
            kept = db.session.scalars(db.select(Draft)).one()
            assert len(json.dumps(kept.data)) < 30_000
            assert kept.data["body"].startswith("x" * 3_000)
