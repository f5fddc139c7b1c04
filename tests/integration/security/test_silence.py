"""While a phase hides its counts, no page, order, file or picture tells anything about votes, whoever asks."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.db import db
from app.domain.ballot import VoteValue
from app.models import AuditEntry, AuditHead, Call, Idea, Phase, Process, Vote
from app.models.person import Role
from app.models.seal import SealReason, Snapshot
from app.records import seals, standings, tallies
from tests import factories
from tests.support import odd_votes
from tests.support.page import sign_in
from tests.support.room import Room, a_room

# What a page tells is decided in Python; the statements are tried on both databases by the tests of their rooms.
pytestmark = pytest.mark.one_database
CHANGING = re.compile(r'name="(csrf_token|submission_key|proof_token)"[^>]*>')
STARTS = (
    "/",
    "/en/",
    "/ideeen?sort=votes_desc",
    "/ideeen?sort=draagvlak",
    "/ideeen?sort=least_seen",
    "/ideeen?groep=resident&zoek=idee",
    "/ideeen?kaart=1",
    "/ideeen/kaart.json",
    "/ideeen.atom",
    "/en/ideeen.atom?sort=votes_desc",
    "/ranglijst",
    "/ranglijst?methode=netto",
    "/ranglijst/themas",
    "/ranglijst/beelden",
    "/ranglijst/beelden?met=partner",
    "/over/rangschikking",
    "/over/algoritmeregister",
    "/open-data/algoritmeregister",
    "/open-data",
    "/open-data/ideeen",
    "/stand",
    "/sitemap.xml",
    "/plannen?sort=votes_desc",
    "/mijn",
    "/moderatie",
    "/moderatie/besluiten",
    "/moderatie/integriteit",
    "/moderatie/integriteit?staat=telt-niet-mee",
    "/beheer/bezwaren",
    "/over/integriteit",
    "/beheer",
    "/beheer/ideeen",
    "/beheer/logboek",
    "/beheer/standen",
)
_CHOSEN = r"(?:thema|groep|zoek|kaart|sort|plek|antwoord)="
LISTS = re.compile(rf"(?:/en/ideeen[^?]*\?.*{_CHOSEN}|/ideeen[^?]*\?.*{_CHOSEN}.*{_CHOSEN})")
"""More ways to look at the same list: one choice at a time tells enough, and two stand among the starts."""
LEFT_OUT = ("/static/", "/inloggen", "/en/inloggen", "/demo/", "mailto:", "http", "#")


@pytest.fixture
def still() -> Iterator[None]:
    """No minute passes, so that lots and ages are equal."""
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5), tick=False):
        yield


def everything(client: FlaskClient, room: Room) -> dict[str, str]:
    """Every page that links lead to, as text without what differs in any case, with its ETag."""
    waiting = [*STARTS, room.path, f"{room.path}/agenda", f"{room.path}?weging=per_person"]
    waiting += [f"{room.path}/scherm?beeld={scene}" for scene in ("themas", "ideeen", "agenda")]
    waiting += [f"{room.path}/scherm/stand", f"/trajecten/traject-{room.process}"]
    waiting += [f"{room.path}?stand=voorlopig", *(f"/stand/{stand_of(room)}{end}" for end in ("", ".json"))]
    found: dict[str, str] = {}
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        text = answer.get_data().decode("utf-8", "replace")  # a paper is no text, but is the same as well
        found[path] = f"{answer.headers.get('ETag')} {CHANGING.sub('', text)}"
        links = re.findall(r'(?:href|src|data-[a-z-]+)="(/[^"]*)"', text)
        waiting += [
            link.partition("#")[0].replace("&amp;", "&")
            for link in links
            if not link.startswith(LEFT_OUT) and not LISTS.match(link)
        ]
        assert len(found) < 400
    return found


def stand_of(room: Room) -> int:
    """The standing that was sealed for the workshop."""
    with room.app.app_context():
        return db.session.scalars(select(Snapshot.id).where(Snapshot.workshop_id == room.workshop)).one()


def seal(room: Room) -> int:
    """Seal the standing for the workshop, with the lots as they were."""
    with room.app.app_context():
        seed = db.session.get_one(Process, room.process).tie_seed
        number = seals.seal(room.call, SealReason.WORKSHOP, datetime.now(UTC), workshop_id=room.workshop).id
        db.session.execute(update(Process).values(tie_seed=seed))
        db.session.execute(delete(AuditEntry))
        db.session.execute(delete(AuditHead))
        db.session.commit()
    room.refresh()
    return number


def seal_instead(room: Room) -> None:
    """What was sealed holds the votes of now, at the same address: past the model, which lets nobody change it."""
    first, second = stand_of(room), seal(room)
    with room.app.app_context():
        new = db.session.get_one(Snapshot, second)
        kept = {"digest": new.digest, "public": new.public, "audit": new.audit, "voters": new.voters}
        db.session.execute(delete(Snapshot).where(Snapshot.id == second))
        db.session.execute(update(Snapshot).where(Snapshot.id == first).values(**kept))
        db.session.commit()


def with_odd_votes(room: Room) -> None:
    """Votes that stand out, some of which do not count any more."""
    with room.app.app_context():
        idea, other = (db.session.get_one(Idea, number) for number in room.ideas["Fietsen"][:2])
        for one, is_out in ((idea, True), (other, False)):
            voters = [factories.a_vote(one, factories.a_person()) for _turn in range(4)]
            signal = odd_votes.a_signal(one, voters, state="excluded" if is_out else "open")
            if is_out:
                first, second = factories.a_person(Role.MODERATOR), factories.a_person(Role.MODERATOR)
                odd_votes.an_objection(odd_votes.an_exclusion(signal, first, second))
        db.session.commit()
    room.refresh()


def turn_every_vote(room: Room) -> None:
    """For becomes against; the number of votes stays."""
    with room.app.app_context():
        db.session.execute(update(Vote).values(value=-Vote.value))
        tallies.rebuild([number for numbers in room.ideas.values() for number in numbers])
        db.session.commit()
    room.refresh()


@pytest.mark.parametrize("role", [None, "resident", *Role], ids=str)
def test_nothing_tells_how_people_vote(app: Flask, still: None, role: Role | str | None) -> None:
    room = a_room(app)
    with_odd_votes(room)
    seal(room)
    room.hide_counts()
    with app.app_context():
        db.session.execute(update(Call).values(threshold=4))
        db.session.commit()
    client = app.test_client()
    if role is not None:
        sign_in(client, room.person(*[role] if isinstance(role, Role) else []))
    before = everything(client, room)
    turn_every_vote(room)
    seal_instead(room)
    after = everything(client, room)
    assert before.keys() == after.keys()
    assert [path for path in before if before[path] != after[path]] == []


def test_the_same_pages_do_tell_when_nothing_is_hidden(app: Flask, still: None) -> None:
    room = a_room(app)
    stand = seal(room)
    client = app.test_client()
    before = everything(client, room)
    turn_every_vote(room)
    seal_instead(room)
    after = everything(client, room)
    changed = {path.partition("?")[0] for path in before if before[path] != after.get(path)}
    assert {"/", "/ideeen", "/ranglijst", "/ranglijst/themas", "/ranglijst/beelden", room.path} <= changed
    assert f"{room.path}/scherm" in changed
    assert any(path.startswith("/themas/") for path in changed)
    assert {f"/stand/{stand}", f"/stand/{stand}.json"} <= changed


def test_the_sum_of_all_votes_does_not_grow_in_sight(app: Flask, client: FlaskClient) -> None:
    room = a_room(app)
    room.hide_counts()
    for path in ("/", "/trajecten"):
        found = client.get(path)
        links = re.findall(r'href="(/trajecten/[^"]+)"', found.text)
        for page in (found, *(client.get(link) for link in links)):
            assert "mensen hebben gestemd" not in page.text
            assert not re.search(r"stat__text\">stem(men)?<", page.text)


def test_of_two_phases_at_once_one_that_hides_is_enough(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="dubbel")
        factories.a_phase(call, hides_counts=True)
        idea = factories.an_idea(call)
        for _turn in range(7):
            factories.a_vote(idea)
        number = idea.id
        db.session.commit()
        standings.refresh(call.id, datetime.now(UTC))
    data = client.get("/open-data/ideeen?oproep=dubbel").json
    assert data is not None
    assert data["countsHidden"] is True
    assert data["ideas"][0]["votes"] is None
    assert "ballot__count" not in client.get(f"/ideeen/{number}").text
    with app.app_context():
        db.session.execute(update(Phase).values(hides_counts=False))
        db.session.commit()
    again = client.get("/open-data/ideeen?oproep=dubbel").json
    assert again is not None
    assert again["ideas"][0]["votes"]["for"] == 7


def test_a_vote_does_not_answer_with_counts(app: Flask, client: FlaskClient) -> None:
    room = a_room(app)
    room.hide_counts()
    sign_in(client, room.person())
    idea = room.ideas["Groen"][0]
    page = client.get(f"/ideeen/{idea}").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = client.post(
        f"/ideeen/{idea}/stem",
        data={"choice": "for", "csrf_token": token[1]},
        headers={"Accept": "application/json"},
    )
    assert answer.json is not None
    assert answer.json["counts"] is None
    assert answer.json["groups"] == {}
    with app.app_context():
        assert db.session.get_one(Idea, idea).argument_count == 0
        assert db.session.query(Vote).filter_by(idea_id=idea, value=int(VoteValue.FOR)).count() == 10
