"""Every address times every kind of person: who comes in, who is sent to sign in, who is refused.

The tables in tests/support/signs.py are the permissions of the site in one place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.db import Base, db
from app.domain.ballot import Group
from app.kit.forms import csrf
from app.models import Person, SignInCode
from app.models.person import Role
from tests import factories
from tests.support import provider, servers
from tests.support.page import csrf_token, sign_in
from tests.support.signs import IN, INSIDE, KINDS, REFUSED, SIGN_IN, SIGNS, STRANGERS, WAYS_IN
from tests.support.world import World

pytestmark = pytest.mark.one_database


@pytest.fixture
def demo(make_app: Callable[..., Flask]) -> Flask:
    """The site with every door it can have; the sign-in provider is known, but not there."""
    return make_app(DEMO="1", **provider.settings(f"http://127.0.0.1:{servers.free_port()}"))


@pytest.fixture
def people(demo: Flask) -> dict[str, int]:
    """One person of every kind."""
    with demo.app_context():
        factories.a_call()
        made = {
            "blocked": factories.a_person(Role.ORGANISER, Role.MODERATOR, blocked_at=datetime.now(UTC)),
            "resident": factories.a_person(),
            "council": factories.a_person(group=Group.COUNCIL),
            "partner": factories.a_person(
                group=Group.PARTNER, organisation_id=factories.an_organisation().id, is_delegate=True
            ),
            "moderator": factories.a_person(Role.MODERATOR),
            "facilitator": factories.a_person(Role.FACILITATOR),
            "organiser": factories.a_person(Role.ORGANISER),
            "author": factories.a_person(),
        }
        db.session.commit()
        return {kind: person.id for kind, person in made.items()}


def visitor(app: Flask, people: dict[str, int], kind: str) -> FlaskClient:
    """A fresh browser of somebody of this kind."""
    client = app.test_client()
    if kind == "signed out":
        return client
    if kind == "blocked":
        with blocking_lifted(app, people[kind]):
            return sign_in(client, people[kind])
    return sign_in(client, people[kind])


@contextmanager
def blocking_lifted(app: Flask, number: int) -> Iterator[None]:
    """Somebody who signed in first and was blocked afterwards."""
    for moment in (None, datetime.now(UTC)):
        with app.app_context():
            db.session.get_one(Person, number).blocked_at = moment
            db.session.commit()
        if moment is None:
            yield


def doors_of(app: Flask) -> list[tuple[str, str]]:
    """Every (endpoint, method) of the site."""
    found = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(found)


def address_of(app: Flask, endpoint: str, people: dict[str, int]) -> str:
    """The address with something new in its places."""
    with app.app_context():
        values = World(db.session.get_one(Person, people["author"])).values(endpoint)
        db.session.commit()
    rule = next(rule for rule in app.url_map.iter_rules(endpoint))
    adapter = app.url_map.bind("localhost")
    return adapter.build(endpoint, {place: values[place] for place in rule.arguments})


def outcome(response: TestResponse) -> str:
    """What happened to the visitor, as seen from outside."""
    if response.status_code in (301, 302, 303, 307, 308):
        return SIGN_IN if response.headers["Location"].partition("?")[0] == "/inloggen" else IN
    if response.status_code == 403:
        return REFUSED
    return (
        IN if response.status_code in (200, 204, 304, 400, 409, 410, 502) else f"gets {response.status_code}"
    )


def expected(endpoint: str, method: str, sign: str, kind: str) -> str:
    """What the tables above say."""
    inside = INSIDE.get((endpoint, method), {})
    if kind in inside:
        return inside[kind]
    if sign == "public":
        return IN
    if kind in STRANGERS:
        return SIGN_IN
    return IN if sign in ("signed_in", kind) else REFUSED


def test_every_sign_is_the_one_we_agreed_on(demo: Flask) -> None:
    agreed = {endpoint: sign for sign, endpoints in SIGNS.items() for endpoint in endpoints}
    hung = {endpoint: getattr(view, "__door__", "no sign") for endpoint, view in demo.view_functions.items()}
    assert hung == agreed


@pytest.mark.parametrize("kind", KINDS)
def test_who_comes_in_where(demo: Flask, people: dict[str, int], kind: str) -> None:
    wrong = []
    for endpoint, method in doors_of(demo):
        sign = getattr(demo.view_functions[endpoint], "__door__", "no sign")
        address = address_of(demo, endpoint, people)
        client = visitor(demo, people, kind)
        if method == "GET":
            response = client.get(address)
        else:
            response = client.open(address, method=method, data={"csrf_token": csrf_token(client)})
        found, wanted = outcome(response), expected(endpoint, method, sign, kind)
        if endpoint.startswith(WAYS_IN) and found == SIGN_IN and sign == "public":
            found = IN  # the way in itself leads to the sign-in page
        if found != wanted:
            wrong.append(f"{method} {address} ({endpoint}): {kind} {found}, but the table says {wanted}")
    assert not wrong, "\n".join(wrong)


def test_a_view_without_a_sign_stays_closed_to_all(demo: Flask, people: dict[str, int]) -> None:
    demo.add_url_rule("/vergeten", "pages.forgotten", lambda: "wide open")
    for kind in KINDS:
        response = visitor(demo, people, kind).get("/vergeten")
        assert response.status_code == 403, kind
        assert b"wide open" not in response.get_data()


def test_what_nobody_knows_is_not_found(demo: Flask, people: dict[str, int]) -> None:
    for kind in KINDS:
        client = visitor(demo, people, kind)
        assert client.get("/bestaat-niet").status_code == 404
        assert client.get("/moderatie/bestaat-niet").status_code == 404
        assert client.get("/ideeen/99999999").status_code == 404
        assert client.get("/ideeen/" + "9" * 30).status_code == 404


GOOD_IDEA = {
    "title": "Meer bankjes langs de Maas",
    "summary": "Zet bankjes langs de Maas, om de paar honderd meter.",
    "body": "Wie slecht loopt kan dan toch langs het water komen. Nu is er nergens een plek om te rusten.",
    "action": "send",
}
CHECKS_ITSELF: dict[str, dict[str, str]] = {
    # Views that look at the token themselves, to hand back what was typed; each with a form that is good but for it.
    "agenda_vote.choose": {"action": "save"},
    "discussion.argue": {"side": "for", "body": "Dit argument is lang genoeg om te mogen staan."},
    "discussion.change": {"body": "Deze tekst is lang genoeg om te mogen staan."},
    "discussion.mark": {"mark": "1"},
    "discussion.remove": {},
    "discussion.reply": {"body": "Deze reactie is lang genoeg om te mogen staan."},
    "discussion.report_argument": {"reason": "insult", "explanation": ""},
    "discussion.report_idea": {"reason": "insult", "explanation": ""},
    "discussion.report_practice": {"reason": "insult", "explanation": ""},
    "changes.amend": {**GOOD_IDEA, "reason": "Er kwam een vraag over de plek."},
    "ideas.edit": GOOD_IDEA,
    "ideas.new": GOOD_IDEA,
    "outcomes.save": {"conclusion": "Er komen meer grote bomen in de wijk.", "number": "1"},
    "practices.suggest": {
        "title": "Lantaarns die meedenken",
        "level": "city",
        "place": "Eindhoven",
        "done": "De lampen branden zacht zolang er niemand is, en gaan aan voor wie voorbijkomt.",
    },
    "notifications.unsubscribe": {},
    "entrance.prove": {"code": "MAAS47"},
    "room.answer": {"text": "Meer bomen"},
    "room.check_in": {"group": "resident"},
    "room.choose": {"option": "1", "value": "1"},
    "voting.cast": {"choice": "for"},
}


OF_THE_AUTHOR = {"changes.amend", "ideas.edit", "discussion.change", "discussion.remove"}
"""Forms that only the author gets."""


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_only_these_views_look_at_the_token_themselves(demo: Flask) -> None:
    exempt = {
        endpoint
        for endpoint, view in demo.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in csrf._exempt_views
    }
    assert exempt == set(CHECKS_ITSELF)
    assert not csrf._exempt_blueprints


@pytest.mark.parametrize("token", ["", "een.valse.sleutel"], ids=["without", "with a false"])
def test_nothing_is_written_without_a_good_token(demo: Flask, people: dict[str, int], token: str) -> None:
    with demo.app_context():
        person = db.session.get_one(Person, people["author"])
        everything = factories.a_person(Role.MODERATOR, Role.FACILITATOR, Role.ORGANISER)
        db.session.commit()
        everybody, author = everything.id, person.id
    wrong = []
    for endpoint, method in doors_of(demo):
        if method == "GET":
            continue
        address = address_of(demo, endpoint, people)
        client = sign_in(demo.test_client(), author if endpoint in OF_THE_AUTHOR else everybody)
        before = rows(demo)
        data = {**CHECKS_ITSELF.get(endpoint, {"sentence": "Een zin die lang genoeg is."})}
        if token:
            data["csrf_token"] = token
        response = client.open(address, method=method, data=data)
        if response.status_code != 400 or rows(demo) != before:
            wrong.append(f"{method} {address} ({endpoint}) answered {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_form_from_another_site_is_not_obeyed(demo: Flask, people: dict[str, int]) -> None:
    """Also not for a stranger, whose text would be kept and put before them after signing in."""
    for endpoint, data in CHECKS_ITSELF.items():
        address = address_of(demo, endpoint, people)
        before = rows(demo)
        client = demo.test_client()
        client.post(address, data=data, headers={"Origin": "http://kwaad.example"})
        assert rows(demo) == before, endpoint
        with client.session_transaction() as held:
            assert "draft" not in held, endpoint


SETS_A_COOKIE = {
    "agenda_answers.answer",
    "accounts.sign_in",
    "agenda_vote.choose",
    "codes.enter",
    "conduct.my_sanction",
    "discussion.report_argument",
    "discussion.report_idea",
    "discussion.report_practice",
    "ideas.new",
    "invitations.open",
    "pages.contact",
    "practices.suggest",
    "room.check_in",
}
"""Pages with a form that a stranger can send: the token needs a session."""


def test_reading_signed_out_sets_no_cookie_and_shows_everybody_the_same(
    demo: Flask, people: dict[str, int]
) -> None:
    wrong = []
    for endpoint, method in doors_of(demo):
        if method != "GET" or endpoint in SETS_A_COOKIE:
            continue
        address = address_of(demo, endpoint, people)
        first, second = (demo.test_client().get(address) for _visitor in range(2))
        if "Set-Cookie" in first.headers and outcome(first) != SIGN_IN:
            wrong.append(f"{address} ({endpoint}) sets a cookie")
        if first.status_code == 200 and first.get_data() != second.get_data():
            wrong.append(f"{address} ({endpoint}) differs between two visitors")
    assert not wrong, "\n".join(wrong)


def test_an_open_link_page_sets_a_cookie_only_when_it_has_a_button(demo: Flask) -> None:
    assert "Set-Cookie" not in demo.test_client().get("/inloggen/link/geen-echte-sleutel").headers
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInCode)) == 0


def test_a_session_of_staff_that_slept_is_a_stranger(demo: Flask, people: dict[str, int]) -> None:
    client = visitor(demo, people, "organiser")
    with client.session_transaction() as held:
        held["seen"] = int((datetime.now(UTC) - timedelta(minutes=31)).timestamp())
    assert outcome(client.get("/beheer")) == SIGN_IN
