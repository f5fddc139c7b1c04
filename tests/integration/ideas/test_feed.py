"""The feed of a view: what RFC 4287 asks for, the same choice as the list, nothing about votes, and not sent twice."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import VoteValue
from app.models import Idea
from tests import factories
from tests.support import visit

pytestmark = pytest.mark.one_database
ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d-\d\d)?:[^\s#]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
EVIL = '<b>vet</b> & "zo" ]]> \x0b'


@pytest.fixture
def ideas(app: Flask) -> list[int]:
    """Thirty-two ideas, newest last, one of them with a nasty title."""
    with app.app_context():
        process = factories.a_process()
        call = factories.a_call(process, slug="slim", title="Waar moet de stad slim in zijn?")
        theme = factories.a_theme(process, slug="groen", title="Groen & blauw")
        now = datetime.now(UTC).replace(microsecond=0)
        made = [
            factories.an_idea(
                call,
                factories.a_person(name="Jo" if number else ""),
                title=EVIL if number == 31 else f"Idee {number}",
                summary=EVIL,
                themes=[theme] if number % 2 else [],
                published_at=now - timedelta(hours=40 - number),
            ).id
            for number in range(32)
        ]
        db.session.commit()
        return made


def must(parent: Xml.Element, name: str) -> Xml.Element:
    """The one child of this name."""
    found = parent.findall(f"{ATOM}{name}")
    assert len(found) == 1, f"{len(found)} times {name}"
    return found[0]


def text(parent: Xml.Element, name: str) -> str:
    words = must(parent, name).text
    assert words
    return words


def test_it_is_what_the_standard_asks_for(client: FlaskClient, ideas: list[int]) -> None:
    answer = client.get("/ideeen.atom?thema=groen&sort=votes_desc")
    assert answer.mimetype == "application/atom+xml"
    feed = Xml.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert text(feed, "title").startswith("Ideeën: Waar moet de stad slim in zijn? · Groen & blauw")
    entries = feed.findall(f"{ATOM}entry")
    for part in (feed, *entries):
        assert TAG.fullmatch(text(part, "id")), text(part, "id")
        assert MOMENT.fullmatch(text(part, "updated"))
        assert text(must(part, "author"), "name")
        assert len([link for link in part.findall(f"{ATOM}link") if link.get("rel") == "alternate"]) == 1
    names = [text(entry, "id") for entry in entries]
    assert len(set(names)) == len(names) == 16
    moments = [text(entry, "published") for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert text(feed, "updated") == moments[0]
    links = {link.get("rel"): link.get("href") or "" for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith("/ideeen.atom?oproep=slim&thema=groen")
    assert client.get(links["self"]).data == answer.data
    assert visit(client, links["alternate"]).texts("#found-title") == ["16 ideeën"]
    newest = entries[0]
    assert text(newest, "title") == text(newest, "summary") == EVIL.replace("\x0b", "")
    assert must(newest, "category").get("term") == "groen"
    # The name of an idea stays, whatever view it stands in.
    every = Xml.fromstring(client.get("/ideeen.atom").data)
    assert names[0] in [text(entry, "id") for entry in every.findall(f"{ATOM}entry")]
    assert len(every.findall(f"{ATOM}entry")) == 30
    english = Xml.fromstring(client.get("/en/ideeen.atom?zoek=idee&buurt=Nergens").data)
    assert text(english, "title").startswith("Ideas: Waar moet de stad slim in zijn? · Nergens · “idee”")
    assert english.findall(f"{ATOM}entry") == []
    assert client.get("/ideeen.atom?oproep=weg").status_code == 404


def test_the_list_names_its_feed(client: FlaskClient, ideas: list[int]) -> None:
    for query in ("", "?thema=groen&sort=votes_desc", "?kaart=1"):
        page = visit(client, f"/ideeen{query}")
        head = str(page.one('link[type="application/atom+xml"]')["href"])
        assert [head] == page.links('main a[type="application/atom+xml"]')
        assert client.get(head).status_code == 200
        assert ("thema=groen" in head) is ("groen" in query)


def test_votes_change_nothing_and_news_does(make_app: Callable[..., Flask], ideas: list[int]) -> None:
    app = make_app()
    client = app.test_client()
    first = client.get("/ideeen.atom", headers={"Accept-Encoding": "gzip"})
    assert (first.headers["Content-Encoding"], "Set-Cookie" in first.headers) == ("gzip", False)
    etag = client.get("/ideeen.atom").headers["ETag"]
    assert client.get("/ideeen.atom", headers={"If-None-Match": etag}).status_code == 304
    with app.app_context():
        factories.a_vote(db.session.get_one(Idea, ideas[-1]), value=VoteValue.FOR)
        db.session.commit()
    assert client.get("/ideeen.atom").headers["ETag"] == etag
    with app.app_context():
        factories.an_idea(db.session.get_one(Idea, ideas[0]).call, published_at=datetime.now(UTC))
        db.session.commit()
    assert client.get("/ideeen.atom", headers={"If-None-Match": etag}).status_code == 200
