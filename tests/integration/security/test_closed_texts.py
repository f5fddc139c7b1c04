"""The text of an idea that is not on the site reaches its author and the moderators only, by whatever address."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import READABLE_STATES, IdeaState
from app.models.person import Role
from tests import factories
from tests.support.page import csrf_token, sign_in

# What a page tells is decided in Python; the statements are tried on both databases by the tests of their rooms.
pytestmark = pytest.mark.one_database
CLOSED = [state for state in IdeaState if state not in READABLE_STATES]
TITLE = "Een vondst die niemand nog mag lezen"
GOOD = {
    "title": "Een titel van iemand anders",
    "summary": "Een samenvatting van iemand anders.",
    "body": "Een uitleg van iemand anders. " * 4,
}
SENT: tuple[tuple[str, dict[str, str]], ...] = (
    ("stem", {"choice": "for"}),
    ("stem", {"choice": "nonsense"}),
    ("stem", {}),
    ("bewerken", {}),
    ("bewerken", GOOD),
    ("bewerken", {**GOOD, "action": "send"}),
    ("argumenten", {"side": "for", "body": "Een argument dat lang genoeg is om te staan."}),
    ("argumenten", {}),
    ("melden", {"reason": "other", "explanation": "Dit klopt niet."}),
    ("intrekken", {}),
)
FETCHED = ("", "/bewerken", "/argumenten", "/melden")


def visitors(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    """Everybody who may not read it."""
    with app.app_context():
        people = {
            "resident": factories.a_person().id,
            "facilitator": factories.a_person(Role.FACILITATOR).id,
            "organiser": factories.a_person(Role.ORGANISER).id,
        }
        db.session.commit()
    yield "nobody", app.test_client()
    for name, number in people.items():
        yield name, sign_in(app.test_client(), number)


@pytest.mark.parametrize("state", CLOSED)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_address_tells_what_it_says(app: Flask, state: IdeaState, accept: str) -> None:
    with app.app_context():
        call = factories.a_call()
        idea = factories.an_idea(call, title=TITLE, state=state, themes=[factories.a_theme(call.process)]).id
        db.session.commit()
    for who, client in visitors(app):
        for ending in FETCHED:
            answer = client.get(f"/ideeen/{idea}{ending}", headers={"Accept": accept})
            assert TITLE not in answer.text, (who, ending)
        for ending, data in SENT:
            for token in ({"csrf_token": csrf_token(client)}, {}):
                answer = client.post(
                    f"/ideeen/{idea}/{ending}", data={**data, **token}, headers={"Accept": accept}
                )
                assert TITLE not in answer.text, (who, ending, data)
                assert answer.status_code < 500
        for path in ("/", "/ideeen", "/ideeen?zoek=vondst", "/open-data/ideeen", "/sitemap.xml", "/themas"):
            answer = client.get(path)
            assert TITLE not in answer.text
            assert f"/ideeen/{idea}<" not in answer.text
