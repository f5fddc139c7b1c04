"""Signing in by a provider (OpenID Connect): a real one lets in, and nothing that is not right is believed."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import VoteValue
from app.features.accounts import oidc
from app.models.audit import AuditEntry
from app.models.person import Person, Role
from app.models.vote import Vote
from app.records import drafts
from tests import factories
from tests.support import provider
from tests.support.page import look_at, post, sign_in, visit
from tests.support.provider import Rogue, asked, come_back, consent, leave
from tests.support.servers import free_port

NEW = {"sub": "sub-of-nieuw", "email": "Nieuw@Voorbeeld.Example", "email_verified": True}
KNOWN = {"sub": "sub-of-bekend", "email": "bekend@voorbeeld.example", "email_verified": True}
UNSURE = {"sub": "sub-of-onzeker", "email": "bekend@voorbeeld.example", "email_verified": False}
Make = Callable[..., Flask]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A real provider."""
    with provider.real(NEW, KNOWN, UNSURE) as address:
        yield address


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    """A provider that misbehaves."""
    with provider.rogue() as found:
        yield found


def people(app: Flask) -> list[Person]:
    with app.app_context():
        return list(db.session.scalars(select(Person).order_by(Person.id)))


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/mijn").status_code == 200


def go(client: FlaskClient, rogue: Rogue, path: str = "/inloggen/provider", **more: str) -> Any:
    """To the misbehaving provider and back."""
    sent = asked(leave(client, path))
    rogue.nonce = sent["nonce"]
    return client.get(
        "/inloggen/provider/terug", query_string={"code": "c0de", "state": sent["state"], **more}
    )


def test_a_real_provider_lets_in(make_app: Make, issuer: str) -> None:
    app = make_app(**provider.settings(issuer, OIDC_ACR_VALUES="laag hoog"))
    client = app.test_client()
    page = visit(client, "/inloggen?next=/ideeen?sort=random")
    assert "Inloggen met Stadslogin" in page.text
    (link,) = [link for link in page.links() if link.startswith("/inloggen/provider")]
    with app.app_context():
        draft = drafts.keep("test", {"title": "Getypt"}, datetime.now(UTC))
        db.session.commit()
    with client.session_transaction() as held:
        held["draft"] = draft
        held["smuggled"] = "by somebody else"
    address = leave(client, link)
    sent = asked(address)
    assert address.startswith(f"{issuer}/oauth2/authorize?")
    assert (sent["response_type"], sent["client_id"], sent["scope"]) == (
        "code",
        provider.CLIENT,
        "openid email",
    )
    assert sent["redirect_uri"] == "http://localhost/inloggen/provider/terug"
    assert (sent["code_challenge_method"], sent["acr_values"]) == ("S256", "laag hoog")
    assert min(len(sent[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert leave(client, link) != address
    # This provider says nothing about certainty, so it is not enough here.
    refused = look_at(client, come_back(client, consent(address, str(NEW["sub"]))))
    assert refused.status == 403
    assert people(app) == []

    app.extensions["provider"]._settings = replace(app.extensions["provider"]._settings, acr_values=())
    back = consent(leave(client, link), str(NEW["sub"]))
    answer = come_back(client, back)
    assert answer.headers["Location"] == "/mijn/naam?next=/ideeen?sort%3Drandom"
    (person,) = people(app)
    assert (person.email, person.name, person.is_staff) == (
        "nieuw@voorbeeld.example",
        f"Deelnemer {person.id}",
        False,
    )
    assert person.oidc_hash is not None
    assert len(person.oidc_hash) == 64
    assert person.confirmed_at is not None
    with client.session_transaction() as held:
        assert held["draft"] == draft
        assert "smuggled" not in held
        assert "provider" not in held
    assert is_signed_in(client)
    # The same answer again, also in another browser, is worth nothing.
    for browser in (client, app.test_client()):
        again = look_at(browser, come_back(browser, back), "/inloggen/provider/terug")
        assert (again.status, "hoort niet bij een inlogpoging" in again.text) == (400, True)
    # Whoever is signed in need not go there.
    assert client.get("/inloggen/provider?next=/ideeen").headers["Location"] == "/ideeen"

    other = app.test_client()
    assert (
        come_back(other, consent(leave(other, "/en/inloggen/provider"), str(NEW["sub"])))
        .headers["Location"]
        .startswith("/en/inloggen/provider/terug?")
    )
    other = app.test_client()
    assert come_back(other, consent(leave(other), str(NEW["sub"]))).headers["Location"] == "/mijn"
    assert len(people(app)) == 1


def test_an_address_links_only_when_the_provider_verified_it(make_app: Make, issuer: str) -> None:
    app = make_app(**provider.settings(issuer))
    with app.app_context():
        factories.a_person(email="bekend@voorbeeld.example", name="Bekend")
        db.session.commit()
    unsure = app.test_client()
    assert "/mijn/naam" in come_back(unsure, consent(leave(unsure), str(UNSURE["sub"]))).headers["Location"]
    known, made = people(app)
    assert (known.oidc_hash, made.email) == (None, None)
    assert post(unsure, "/mijn/provider/ontkoppelen").headers["Location"] == "/mijn"
    assert people(app)[1].oidc_hash is not None, "that would shut out who has no address"

    sure = app.test_client()
    assert come_back(sure, consent(leave(sure), str(KNOWN["sub"]))).headers["Location"] == "/mijn"
    assert "Bekend" in visit(sure, "/mijn").h1
    assert visit(unsure, "/mijn/tweede-stap").all("main a.button")
    known, made = people(app)
    assert known.oidc_hash
    assert known.oidc_hash != made.oidc_hash
    assert post(sure, "/mijn/provider/ontkoppelen").headers["Location"] == "/mijn"
    assert people(app)[0].oidc_hash is None
    # Blocked is blocked, by whatever way.
    with app.app_context():
        db.session.get_one(Person, known.id).blocked_at = known.created_at
        db.session.commit()
    third = app.test_client()
    assert come_back(third, consent(leave(third), str(KNOWN["sub"]))).status_code == 403
    assert people(app)[0].oidc_hash is None
    # Who says no at the provider is not signed in, and may try otherwise.
    refused = come_back(third, consent(leave(third), "", deny=True))
    page = look_at(third, refused, "/inloggen/provider/terug")
    assert (page.status, page.h1) == (403, "Je bent niet ingelogd")
    assert "/inloggen" in page.links("main a")


Twist = Callable[[Rogue], None]


def says(**claims: Any) -> Twist:
    """A token that says something else."""
    return lambda rogue: rogue.claims.update(claims)


def set_(**values: Any) -> Twist:
    """A provider that does something else."""

    def change(rogue: Rogue) -> None:
        for name, value in values.items():
            setattr(rogue, name, value)

    return change


def signed_by(key: Any, **header: str) -> Twist:
    """A token with all the right words, signed by another key."""

    def change(rogue: Rogue) -> None:
        now = int(time.time())
        rogue.claims = {"iat": now}
        original = rogue.identity

        def forged() -> str:
            claims = jwt.decode(original(), rogue.key, algorithms=["ES256"]).claims
            return jwt.encode(
                {"alg": "ES256", "kid": "one", **header}, claims, key, algorithms=["ES256", "HS256"]
            )

        rogue.identity = forged  # type: ignore[method-assign]

    return change


TOKEN, UNUSABLE, DOWN = (
    (400, "was te oud of klopte niet"),
    (502, "waar we niets mee kunnen"),
    (502, "nu niet bereiken"),
)
BAD: dict[str, tuple[Twist, tuple[int, str]]] = {
    "expired": (says(exp=int(time.time()) - 120), TOKEN),
    "from the future": (says(iat=int(time.time()) + 3600), TOKEN),
    "never expires": (says(exp=None), TOKEN),
    "another nonce": (says(nonce="that of another"), TOKEN),
    "no nonce": (says(nonce=None), TOKEN),
    "for another site": (says(aud="elders"), TOKEN),
    "for many sites": (says(aud=[provider.CLIENT, "elders"]), TOKEN),
    "asked by another site": (says(azp="elders"), TOKEN),
    "of another provider": (says(iss="https://elders.example"), TOKEN),
    "of nobody": (says(sub=None), TOKEN),
    "of a number": (says(sub=7), TOKEN),
    "signed by another": (signed_by(ECKey.generate_key("P-256")), TOKEN),
    "signed by an unknown key": (signed_by(ECKey.generate_key("P-256"), kid="two"), TOKEN),
    "signed with our secret": (signed_by(OctKey.import_key(provider.SECRET), alg="HS256"), TOKEN),
    "not signed": (set_(token="eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."), TOKEN),
    "no token at all": (set_(token="onzin"), TOKEN),
    "an empty token": (set_(token=""), UNUSABLE),
    "code refused": (set_(answer=(400, b'{"error": "invalid_grant"}')), TOKEN),
    "no JSON": (set_(answer=(200, b"<html>")), UNUSABLE),
    "a list": (set_(answer=(200, b"[]")), UNUSABLE),
    "far too much": (set_(answer=(200, b"x" * 600_000)), DOWN),
    "an error": (set_(answer=(500, b"")), DOWN),
    "a redirect": (set_(answer=(302, b"")), DOWN),
    "keys of no use": (
        set_(keys=[{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, "x", {"kty": "RSA"}]),
        UNUSABLE,
    ),
    "tells of another": (
        set_(
            told={"sub": "2", "email": "a@b.example", "email_verified": True},
            facts={"userinfo_endpoint": "/who"},
        ),
        TOKEN,
    ),
    "tells nothing": (set_(facts={"userinfo_endpoint": "/who"}), DOWN),
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", BAD)
def test_what_is_not_right_is_not_believed(
    make_app: Make, rogue: Rogue, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    twist, (status, sentence) = BAD[name]
    twist(rogue)
    if "userinfo_endpoint" in rogue.facts:
        rogue.facts = {"userinfo_endpoint": f"{rogue.url}/who"}
    app = make_app(**provider.settings(rogue.url))
    client = app.test_client()
    page = look_at(client, go(client, rogue, "/inloggen/provider?next=/ideeen"), "/inloggen/provider/terug")
    assert (page.status, sentence in page.text) == (status, True), page.text
    assert {"/inloggen?next=/ideeen", "/inloggen/provider?next=/ideeen"} <= set(page.links("main a"))
    assert people(app) == []
    assert not is_signed_in(client)
    (line,) = [
        json.loads(line) for line in capsys.readouterr().err.splitlines() if "provider_sign_in" in line
    ]
    assert {"event", "level", "timestamp", "problem", "detail"} >= set(line)
    assert not any(secret in str(line) for secret in (rogue.nonce, "c0de", provider.SECRET, "b.example"))


@pytest.mark.one_database
def test_who_is_not_there_or_talks_nonsense_about_itself(
    make_app: Make, rogue: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_app(**provider.settings(f"http://127.0.0.1:{free_port()}")).test_client()
    for _time in range(2):
        page = visit(gone, "/inloggen/provider?next=/ideeen", status=502)
        assert page.h1 == "Stadslogin geeft geen goed antwoord"
        assert "/inloggen?next=/ideeen" in page.links("main a")
        assert gone.get_cookie("session") is None
    for facts in (
        {"issuer": "https://elders.example"},
        {"token_endpoint": None},
        {"jwks_uri": "ftp://elders.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["x"]},
    ):
        rogue.facts = facts
        client = make_app(**provider.settings(rogue.url)).test_client()
        assert "waar we niets mee kunnen" in visit(client, "/inloggen/provider", status=502).text, facts
        before = len(rogue.requests)
        visit(client, "/inloggen/provider", status=502)
        assert len(rogue.requests) == before, "a provider that failed is left alone for a moment"
    rogue.facts = {}
    with monkeypatch.context() as patch:
        patch.setattr(oidc, "LONGEST_ANSWER", -1.0)
        slow = make_app(**provider.settings(rogue.url)).test_client()
        assert "nu niet bereiken" in visit(slow, "/inloggen/provider", status=502).text


@pytest.mark.one_database
def test_an_answer_belongs_to_one_question_in_one_browser(make_app: Make, rogue: Rogue) -> None:
    app = make_app(**provider.settings(rogue.url))
    client, stranger = app.test_client(), app.test_client()
    sent = asked(leave(client))
    rogue.nonce = sent["nonce"]
    good = {"code": "c0de", "state": sent["state"]}
    back = "/inloggen/provider/terug"
    for browser, query in (
        (stranger, good),
        (client, {**good, "state": sent["state"][:-1] + "é"}),
        (client, {"code": "c0de"}),
        (client, {}),
    ):
        page = look_at(browser, browser.get(back, query_string=query), back)
        assert page.status == 400, query
    asked_before = [path for path, _sent in rogue.requests]
    assert "/token" not in asked_before, "nothing is asked for an answer that nobody asked for"
    # Each of these uses its question up.
    assert client.get(back, query_string={**good, "iss": "https://elders.example"}).status_code == 400
    assert client.get(back, query_string=good).status_code == 400
    for query, status in (
        ({"error": "access_denied"}, 403),
        ({"error": "server_error"}, 502),
        ({"code": ""}, 502),
        ({"code": "x" * 5000}, 502),
    ):
        state = asked(leave(client))["state"]
        assert client.get(back, query_string={"state": state, **query}).status_code == status, query
    with client.session_transaction() as held:
        assert held["provider"] == {}
    # Two windows at once, and ten minutes of thinking.
    first, second = asked(leave(client)), asked(leave(client))
    rogue.nonce = first["nonce"]
    answer = client.get(back, query_string={"code": "c0de", "state": first["state"], "iss": rogue.url})
    assert answer.headers["Location"].startswith("/mijn/naam")
    (_path, posted) = [one for one in rogue.requests if one[0] == "/token"][-1]
    assert (posted["grant_type"], posted["code"]) == ("authorization_code", "c0de")
    assert len(posted["code_verifier"]) == 64
    assert client.get(back, query_string={"code": "c0de", "state": second["state"]}).status_code == 400
    late = app.test_client()
    state = asked(leave(late))["state"]
    with late.session_transaction() as held:
        held["provider"] = {state: {**held["provider"][state], "at": int(time.time()) - 601}}
    assert late.get(back, query_string={"code": "c0de", "state": state}).status_code == 400
    assert len(people(app)) == 1


@pytest.mark.one_database
def test_new_keys_are_fetched_and_told_addresses_are_taken(make_app: Make, rogue: Rogue) -> None:
    rogue.facts = {"userinfo_endpoint": f"{rogue.url}/who"}
    rogue.told = {"sub": "1", "email": "verteld@voorbeeld.example", "email_verified": "true"}
    app = make_app(**provider.settings(rogue.url))
    client = app.test_client()
    go(client, rogue)
    assert [person.email for person in people(app)] == ["verteld@voorbeeld.example"]
    rogue.key = ECKey.generate_key("P-256", {"kid": "two"})
    assert go(app.test_client(), rogue).status_code == 400, "keys are not fetched at every unknown one"
    app.extensions["provider"]._keys_at -= 61
    assert go(app.test_client(), rogue).headers["Location"] == "/mijn"
    # The same address under another subject is not taken over.
    rogue.claims, rogue.told = {"sub": "2"}, {**rogue.told, "sub": "2"}
    other = app.test_client()
    page = look_at(other, go(other, rogue), "/inloggen/provider/terug")
    assert (page.status, "anders is gekoppeld" in page.text) == (409, True)
    assert len(people(app)) == 1


def test_a_signed_in_person_links_the_provider_from_their_own_page(make_app: Make, rogue: Rogue) -> None:
    app = make_app(**provider.settings(rogue.url))
    with app.app_context():
        one, two = factories.a_person(Role.MODERATOR), factories.a_person()
        db.session.commit()
        number, other_number = one.id, two.id
    client = sign_in(app.test_client(), number)
    link = next(link for link in visit(client, "/mijn", max_queries=8).links() if "koppel=" in link)
    other = sign_in(app.test_client(), other_number)
    for browser, path in ((other, link), (client, link[:-2] + "xx"), (app.test_client(), link)):
        assert browser.get(path).status_code == 400, "the link is of its person alone"
    address = leave(client, link)
    assert asked(address)["prompt"] == "login"
    rogue.nonce = asked(address)["nonce"]
    back = {"code": "c0de", "state": asked(address)["state"]}
    assert client.get("/inloggen/provider/terug", query_string=back).headers["Location"] == "/mijn"
    assert people(app)[0].oidc_hash
    assert "Niet meer inloggen met Stadslogin" in visit(client, "/mijn").text
    with app.app_context():
        assert db.session.scalars(select(AuditEntry.action)).all() == ["accounts.link_provider"]
    # The same account at the provider lets nobody else in, and is theirs alone.
    theirs = next(link for link in visit(other, "/mijn").links() if "koppel=" in link)
    page = look_at(other, go(other, rogue, theirs), "/inloggen/provider/terug")
    assert (page.status, "Iemand logt hier al in" in page.text) == (409, True)
    fresh = app.test_client()
    assert go(fresh, rogue).headers["Location"] == "/mijn"
    # Who signs in as somebody else on the way has not linked anything.
    address = leave(other, next(link for link in visit(other, "/mijn").links() if "koppel=" in link))
    with other.session_transaction() as held:
        away = held["provider"]
    sign_in(other, number)
    with other.session_transaction() as held:
        held["provider"] = away
    rogue.nonce, rogue.claims = asked(address)["nonce"], {"sub": "3"}
    back = {"code": "c0de", "state": asked(address)["state"]}
    assert other.get("/inloggen/provider/terug", query_string=back).status_code == 400
    assert people(app)[1].oidc_hash is None


@pytest.mark.one_database
def test_a_vote_that_was_begun_signed_out_counts_after_the_way_by_the_provider(
    make_app: Make, rogue: Rogue
) -> None:
    app = make_app(**provider.settings(rogue.url))
    with app.app_context():
        idea = factories.an_idea().id
        db.session.commit()
    client = app.test_client()
    asked_to = post(client, f"/ideeen/{idea}/stem", choice="for").headers["Location"]
    link = next(link for link in visit(client, asked_to).links("main a") if "provider" in link)
    assert go(client, rogue, link).headers["Location"].startswith("/mijn/naam")
    with app.app_context():
        vote = db.session.scalars(select(Vote)).one()
        assert (vote.idea_id, vote.value) == (idea, VoteValue.FOR)
    with client.session_transaction() as held:
        assert "draft" not in held


@pytest.mark.one_database
def test_a_provider_that_asked_a_second_factor_is_enough_for_staff(make_app: Make, rogue: Rogue) -> None:
    app = make_app(**provider.settings(rogue.url, OIDC_SECOND_FACTOR="mfa zeker"))
    app.config["SITE"] = replace(app.config["SITE"], testing=False)
    with app.app_context():
        factories.a_person(Role.ORGANISER, email="staf@voorbeeld.example")
        db.session.commit()
    rogue.claims = {"email": "staf@voorbeeld.example", "email_verified": True}
    for shown, place in (
        ({}, "/inloggen/tweede-stap"),
        ({"acr": "laag", "amr": "mfa"}, "/inloggen/tweede-stap"),
        ({"acr": ["zeker"], "amr": [["mfa"], 7]}, "/inloggen/tweede-stap"),
        ({"acr": "zeker"}, "/mijn"),
        ({"amr": ["pwd", "mfa"]}, "/mijn"),
    ):
        rogue.claims = {**rogue.claims, "acr": None, "amr": None, **shown}
        client = app.test_client()
        assert go(client, rogue).headers["Location"] == place, shown
        assert (client.get("/beheer").status_code == 200) == (place == "/mijn")


@pytest.mark.one_database
def test_without_settings_there_is_no_such_way_in(client: FlaskClient) -> None:
    page = visit(client, "/inloggen")
    assert not any("provider" in link for link in page.links())
    assert client.get("/inloggen/provider").status_code == 404
    assert client.get("/inloggen/provider/terug?state=x&code=y").status_code == 404
    with client.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0
