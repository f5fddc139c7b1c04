"""Organisers choose who speaks for a partner: open votes of the former delegate stop counting, and of two one wins."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.models import AuditEntry, Idea, Organisation, Person
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.vote import Tally
from app.records import tallies
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit

NOW = datetime.now(UTC)
WHY = "De vorige afgevaardigde werkt er niet meer."
ADDRESS = "/beheer/partners/zuyd/afgevaardigde"


class Partner:
    """An organisation with a delegate, Dina, who voted, and two others; and an organiser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            organisation = factories.an_organisation(slug="zuyd", name="Zuyd", verified_at=NOW)
            values = {"group": Group.PARTNER, "organisation_id": organisation.id}
            self.dina = factories.a_person(name="Dina", is_delegate=True, **values).id
            self.els = factories.a_person(name="Els", **values).id
            self.fay = factories.a_person(name="Fay", **values).id
            self.stranger = factories.a_person(name="Vreemd").id
            self.organiser = factories.a_person(Role.ORGANISER).id
            self.idea = factories.an_idea().id
            tallies.put(self.idea, self.dina, Group.PARTNER, VoteValue.FOR, NOW)
            db.session.commit()

    def voice(self) -> list[str]:
        with self.app.app_context():
            return list(db.session.scalars(select(Person.name).where(Person.is_delegate)))

    def votes(self) -> int:
        """Votes of partners that count, after checking that the tally is the number of votes."""
        with self.app.app_context():
            assert tallies.differences() == []
            of_partners = select(Tally.votes_for).where(
                Tally.idea_id == self.idea, Tally.group == Group.PARTNER
            )
            return db.session.scalars(of_partners).one()

    def lines(self) -> list[tuple[str, object, object, str]]:
        with self.app.app_context():
            rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(row.action, row.before["delegate"], row.after["delegate"], row.why) for row in rows]


@pytest.fixture
def partner(app: Flask) -> Partner:
    return Partner(app)


def choose(client: FlaskClient, person: int, seen: int, status: int = 303, why: str = WHY) -> str:
    data = {"delegate-person": person, "delegate-seen": seen, "delegate-reason": why}
    return str(post(client, ADDRESS, status, **data).text)


def test_the_voice_of_an_organisation_changes_hands(partner: Partner, client: FlaskClient) -> None:
    sign_in(client, partner.organiser)
    assert "Dina" in visit(client, "/beheer/partners").text
    page = visit(client, "/partners/zuyd").follow('a[href^="/beheer/partners"]')
    wrong = look_at(client, page.submit("main form", {"delegate-reason": "Zo."}))
    assert (wrong.status, bool(wrong.all("[data-error-summary]"))) == (400, True)
    assert partner.votes() == 1
    sent = {"delegate-person": partner.els, "delegate-reason": WHY}
    assert wrong.submit("main form", sent).status_code == 303
    assert (partner.voice(), partner.votes()) == (["Els"], 0)
    assert "Niets" not in choose(client, partner.els, partner.els)
    late = choose(client, partner.fay, partner.dina, 409)
    assert "Iemand heeft de afgevaardigde intussen gewijzigd." in late
    assert WHY in late
    choose(client, partner.stranger, partner.els, 400)
    assert partner.voice() == ["Els"]
    choose(client, 0, partner.els)
    assert "Niemand spreekt nu voor deze organisatie." in visit(client, "/partners/zuyd").text
    assert partner.lines() == [
        ("partners.choose_delegate", partner.dina, partner.els, WHY),
        ("partners.choose_delegate", partner.els, None, WHY),
    ]
    for who in (partner.els, partner.dina):
        token = csrf_token(sign_in(client, who))
        answer = client.post(f"/ideeen/{partner.idea}/stem", data={"csrf_token": token, "choice": "for"})
        assert answer.status_code == 403
    assert partner.votes() == 0
    assert WHY in visit(sign_in(client, partner.organiser), "/beheer/logboek").text


def test_of_four_organisers_at_once_one_chooses_while_people_vote(partner: Partner) -> None:
    app = partner.app
    with app.app_context():
        organisers = [factories.a_person(Role.ORGANISER).id for _ in range(4)]
        db.session.commit()
    clients = [sign_in(app.test_client(), number) for number in (*organisers, partner.dina, partner.els)]
    tokens = [csrf_token(client) for client in clients]
    gate, answers = threading.Barrier(6), [0] * 6

    def act(turn: int) -> None:
        gate.wait()
        if turn < 4:
            data = {
                "delegate-person": partner.els if turn % 2 else partner.fay,
                "delegate-seen": partner.dina,
                "delegate-reason": WHY,
            }
            answer = clients[turn].post(ADDRESS, data={"csrf_token": tokens[turn], **data})
        else:
            data = {"csrf_token": tokens[turn], "choice": "for"}
            answer = clients[turn].post(f"/ideeen/{partner.idea}/stem", data=data)
        answers[turn] = answer.status_code

    threads = [threading.Thread(target=act, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # Who chose the same one a moment later changed nothing; who chose the other one hears of it.
    assert sorted(answers[:4]) == [303, 303, 409, 409]
    assert set(answers[4:]) <= {303, 403}
    voice = partner.voice()
    assert voice in (["Els"], ["Fay"])
    assert len(partner.lines()) == 1
    # Dina's vote no longer counts, whenever it came; that of Els does when she had the voice by then.
    assert partner.votes() == int(voice == ["Els"] and answers[5] == 303)


@pytest.mark.one_database
def test_what_its_people_say_stands_on_its_page(partner: Partner, client: FlaskClient) -> None:
    with partner.app.app_context():
        idea = db.session.get_one(Idea, partner.idea)
        els = db.session.get_one(Person, partner.els)
        shown = factories.an_argument(idea, els, body="Onze studenten helpen graag mee met meten.").id
        factories.an_argument(idea, els, body="Een verborgen zin van onze kant.", state=ArgumentState.HIDDEN)
        db.session.commit()
    page = visit(client, "/partners/zuyd", max_queries=5)
    assert "Onze studenten helpen graag mee met meten." in page.text
    assert f"/argumenten/{shown}" in page.links("main a")
    assert "verborgen" not in page.html
    assert page.links('a[href^="/beheer"]') == []
    with partner.app.app_context():
        db.session.execute(update(Organisation).values(verified_at=None))
        db.session.commit()
    assert client.get("/partners/zuyd").status_code == 404
