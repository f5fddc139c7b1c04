"""Deleting an account: the name goes at once, what was counted stays counted, and a closed round never changes."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from app.db import Base, db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.kit.images import Encoded
from app.models import (
    ContactMessage,
    Follow,
    Idea,
    MailMessage,
    Person,
    PersonRole,
    Practice,
    Process,
    Tally,
    Vote,
)
from app.models.person import Role
from app.models.practice import PracticeState
from app.models.process import Audience
from app.models.seal import SealReason
from app.records import erasure, images, seals, tallies
from tests import factories
from tests.support import look_at, sign_in, visit

PAGE = "/mijn/verwijderen"
FORM = "form[action$='/mijn/verwijderen']"


@pytest.fixture
def me(app: Flask) -> int:
    """Somebody with a published idea, one that waits, a draft, a vote and a follow."""
    with app.app_context():
        person = factories.a_person(name="Inge Inwoner", email="inge@voorbeeld.example", postcode="6211")
        call = factories.a_call()
        factories.an_idea(call, person, title="Bankjes langs de Maas")
        factories.an_idea(call, person, title="Dit wacht nog", state=IdeaState.SUBMITTED, published_at=None)
        factories.an_idea(
            call, person, title="Nog niet af", state=IdeaState.DRAFT, published_at=None, submitted_at=None
        )
        other = factories.an_idea(call, title="Een veilige fietsbrug")
        factories.a_vote(other, person, VoteValue.FOR)
        factories.an_argument(other, person, body="Dan kan mijn dochter zelf naar school fietsen.")
        db.session.add(Follow(person_id=person.id, idea_id=other.id, created_at=factories.NOW))
        db.session.commit()
        return person.id


def counted(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        rows = db.session.execute(
            select(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against).where(
                Tally.votes_for + Tally.votes_against > 0
            )
        )
        return [tuple(row) for row in rows]


def test_the_name_goes_at_once_and_the_vote_stays(app: Flask, me: int, client: FlaskClient) -> None:
    before = counted(app)
    assert "Inge Inwoner" in visit(app.test_client(), "/ideeen").text
    page = visit(sign_in(client, me), PAGE)
    gone = page.submit(FORM, sure="y")
    assert (gone.status_code, gone.location) == (303, "/account-verwijderd")
    assert visit(client, gone.location).h1 == "Je account is weg"
    assert client.get("/mijn").status_code == 303, "signed out"
    with app.app_context():
        person = db.session.get_one(Person, me)
        assert (person.name, person.email, person.postcode, person.oidc_hash) == ("", None, "", None)
        assert person.erased_at is not None
        states = dict(db.session.execute(select(Idea.title, Idea.state).where(Idea.author_id == me)).all())
        assert states == {"Bankjes langs de Maas": "published", "Dit wacht nog": "withdrawn"}
        assert db.session.scalar(select(func.count()).select_from(Follow)) == 0
        assert db.session.scalar(select(Vote.value).where(Vote.person_id == me)) == 1
        assert tallies.differences() == []
        mails = db.session.scalars(select(MailMessage.recipient)).all()
        assert mails == ["inge@voorbeeld.example"], "one last mail tells that it happened"
        ideas = db.session.scalars(select(Idea.id)).all()
    assert counted(app) == before
    stranger = app.test_client()
    assert "Inge Inwoner" not in visit(stranger, "/ideeen").text
    for idea in ideas:
        answer = stranger.get(f"/ideeen/{idea}")
        assert "Inge Inwoner" not in answer.text


def test_no_table_keeps_a_name_or_address(app: Flask, me: int, client: FlaskClient) -> None:
    with app.app_context():
        person = db.session.get_one(Person, me)
        person.neighbourhood = "Wyck"
        process = db.session.scalars(select(Process)).one()
        factories.a_suggestion(process, person, title="Wacht op een moderator")
        factories.a_suggestion(process, person, title="Staat in de lijst", state=PracticeState.PUBLISHED)
        images.keep(me, Encoded("k" * 32, 40, 40, b"large", b"small"), datetime.now(UTC))
        db.session.commit()
    form = {"name": "Inge Inwoner", "email": "Inge@Voorbeeld.example", "body": "Waar kan ik stemmen?"}
    assert visit(sign_in(client, me), "/contact").submit("main form", form).status_code == 303
    assert "Waar kan ik stemmen?" in client.get("/mijn/gegevens/bestand.json").text
    visit(client, PAGE).submit(FORM, sure="y")
    with app.app_context():
        db.session.execute(delete(MailMessage).where(MailMessage.kind == "account_erased"))
        for table in Base.metadata.sorted_tables:
            rows = str(db.session.execute(select(table)).all()).lower()
            assert not any(mark in rows for mark in ("inge inwoner", "inge@")), table.name
            assert table.name not in ("draft", "mail_message") or rows == "[]"
        assert db.session.get_one(Person, me).neighbourhood == ""
        assert db.session.scalars(select(Practice.title)).all() == ["Staat in de lijst"]
        assert db.session.scalars(select(ContactMessage.body)).all() == ["Waar kan ik stemmen?"]


def test_without_the_tick_nothing_happens(app: Flask, me: int, client: FlaskClient) -> None:
    refused = visit(sign_in(client, me), PAGE).submit(FORM)
    assert refused.status_code == 400
    assert "Zet een vinkje als je het zeker weet." in refused.text
    assert client.get("/mijn").status_code == 200
    with app.app_context():
        assert db.session.get_one(Person, me).email == "inge@voorbeeld.example"


def test_who_comes_back_with_the_same_address_begins_anew(app: Flask, me: int, client: FlaskClient) -> None:
    visit(sign_in(client, me), PAGE).submit(FORM, sure="y")
    with app.app_context():
        again = factories.a_person(email="inge@voorbeeld.example")
        db.session.commit()
        number = again.id
    assert number != me
    page = visit(sign_in(client, number), "/mijn/gegevens")
    assert "Bankjes langs de Maas" not in page.text


def test_a_sealed_standing_still_computes_to_the_same(app: Flask, me: int) -> None:
    with app.app_context():
        call_id = db.session.scalar(select(Idea.call_id))
        assert call_id is not None
        sealed = seals.seal(call_id, SealReason.COUNCIL, datetime.now(UTC))
        erasure.erase(me, datetime.now(UTC))
        db.session.commit()
        assert seals.verify(sealed.id) == []


def test_the_last_organiser_hands_over_the_keys_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        last = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    page = visit(sign_in(client, last), PAGE)
    assert "Jij bent de enige organisator." in page.text
    assert not page.all(FORM)
    with app.app_context():
        other = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    form = visit(client, PAGE)
    with app.app_context():
        db.session.execute(db.delete(PersonRole).where(PersonRole.person_id == other))
        db.session.commit()
    assert form.submit(FORM, sure="y").status_code == 403, "the other one left while the form was open"
    with app.app_context():
        assert db.session.get_one(Person, last).erased_at is None


def test_pressing_twice_at_once_erases_once(app: Flask, me: int) -> None:
    outcomes: list[list[int]] = []
    gate = threading.Barrier(2)

    def press() -> None:
        with app.app_context():
            gate.wait()
            outcomes.append(erasure.erase(me, datetime.now(UTC)))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(bool, outcomes)) == [False, True]
    with app.app_context():
        person = db.session.get_one(Person, me)
        assert person.erased_at is not None
        assert person.session_epoch == 1


def test_a_seat_of_the_council_has_one_vote_however_often_it_is_left(app: Flask) -> None:
    with app.app_context():
        open_call, council = factories.a_call(), factories.a_call(audience=Audience.COUNCIL)
        over = factories.a_call(open_now=False)
        ideas = [factories.an_idea(call) for call in (open_call, council, over)]
        numbers = [idea.id for idea in ideas]
        for _turn in range(3):
            member = factories.a_person(group=Group.COUNCIL, email="lid@raad.example")
            for idea in ideas:
                factories.a_vote(idea, member, VoteValue.FOR)
            erasure.erase(member.id, datetime.now(UTC))
        db.session.commit()
        assert tallies.differences() == []
        rows = db.session.execute(select(Tally.idea_id, Tally.group, Tally.votes_for))
        found = {(number, group): votes for number, group, votes in rows if votes}
    first, second, third = numbers
    assert found == {(first, Group.RESIDENT): 3, (third, Group.COUNCIL): 3}, second


def test_a_session_that_began_at_that_moment_lets_nobody_in(app: Flask, me: int) -> None:
    with app.app_context():
        erasure.erase(me, datetime.now(UTC))
        late = db.session.get_one(Person, me)
        late.erased_at = None
        db.session.commit()
    client = sign_in(app.test_client(), me)
    assert client.get("/mijn").status_code == 200
    with app.app_context():
        db.session.get_one(Person, me).erased_at = datetime.now(UTC)
        db.session.commit()
    assert client.get("/mijn").status_code == 303


def test_a_page_of_an_idea_whose_author_left_is_whole(app: Flask, me: int, client: FlaskClient) -> None:
    with app.app_context():
        erasure.erase(me, datetime.now(UTC))
        db.session.commit()
        idea = db.session.scalar(select(Idea.id).where(Idea.title == "Bankjes langs de Maas"))
    page = look_at(client, client.get(f"/ideeen/{idea}"))
    assert page.h1 == "Bankjes langs de Maas"
