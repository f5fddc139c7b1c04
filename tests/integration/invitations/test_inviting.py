"""Invitations and trusted domains: who is asked, what accepting changes, and that no link works twice."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.features.invitations import queries
from app.models import Idea, MailMessage, Organisation, Person, Tally
from app.models.audit import AuditEntry
from app.models.entry import Invitation, TrustedDomain
from app.models.person import Role
from app.records import tallies
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit

LIST, DOMAINS = "/beheer/uitnodigingen", "/beheer/domeinen"
FORM = f'form[action="{LIST}"]'
COUNCIL = {"invite-group": "council"}


@pytest.fixture
def organiser(app: Flask, client: FlaskClient) -> int:
    """An organiser who is signed in on the client; there is a call with an idea."""
    with app.app_context():
        factories.an_idea(title="Een bank bij elke bushalte")
        number = factories.a_person(Role.ORGANISER, name="Olaf").id
        db.session.commit()
    sign_in(client, number)
    return number


def link(app: Flask, email: str) -> str:
    """The path of the link in the last mail to somebody."""
    with app.app_context():
        body = db.session.scalars(
            select(MailMessage.text).where(MailMessage.recipient == email).order_by(MailMessage.id.desc())
        ).first()
    found = re.search(r"(?:/en)?/uitnodiging/\S+", body or "")
    assert found, body
    return found[0]


def person(app: Flask, email: str) -> Person:
    with app.app_context():
        found = db.session.scalars(select(Person).where(Person.email == email)).one()
        db.session.expunge_all()
        return found


def counted(app: Flask) -> dict[Group, int]:
    with app.app_context():
        assert tallies.differences() == []
        rows = db.session.execute(select(Tally.group, Tally.votes_for).where(Tally.votes_for > 0))
        return {row[0]: row[1] for row in rows}


def accept(client: FlaskClient, path: str) -> str:
    answer = visit(client, path).submit("main form")
    assert answer.status_code == 303
    return str(answer.location)


def test_many_are_invited_at_once_and_every_fault_is_told(
    app: Flask, client: FlaskClient, organiser: int
) -> None:
    with app.app_context():
        factories.a_person(email="lid@raad.example", group=Group.COUNCIL)
        db.session.commit()
    page = visit(client, LIST, max_queries=6)
    typed = "geen adres\nlid@raad.example\n\nook geen\nnieuw@raad.example"
    wrong = page.submit(
        FORM, {**COUNCIL, "invite-emails": typed, "invite-days": "0", "invite-as_delegate": "y"}
    )
    assert wrong.status_code == 400
    again = look_at(client, wrong, LIST)
    for sentence in (
        "Regel 1: “geen adres”",
        "Regel 2, lid@raad.example: Deze persoon zit al",
        "Regel 4: “ook geen”",
        "Minstens 1 en hoogstens 90 dagen",
        "Alleen een partner kan afgevaardigde zijn",
    ):
        assert sentence in again.text
    assert again.one("textarea").get_text().strip() == typed
    for data, sentence in (
        ({"invite-emails": "", **COUNCIL}, "minstens één"),
        ({"invite-emails": "a@b.example", "invite-group": "partner"}, "Kies de organisatie"),
        ({"invite-emails": "a@b.example", **COUNCIL, "invite-organisation": "-1"}, "Alleen een partner"),
        (
            {"invite-emails": "a@b.example", "invite-group": "partner", "invite-organisation": "-1"},
            "2 tot 120 tekens",
        ),
        ({"invite-emails": "a@b.example"}, "Kies een groep"),
    ):
        wrong = page.submit(FORM, data)
        assert sentence in look_at(client, wrong, LIST).text, data
    with app.app_context():
        assert db.session.scalar(select(func.count(Invitation.id))) == 0

    data = {"invite-emails": "een@raad.example\nTwee@raad.example\neen@raad.example", **COUNCIL}
    assert page.submit(FORM, {**data, "invite-language": "en"}).status_code == 303
    assert link(app, "twee@raad.example").startswith("/en/uitnodiging/")
    shown = visit(client, LIST)
    assert shown.texts("h3.panel__title--address") == ["twee@raad.example", "een@raad.example"]
    assert "Er wacht nog een uitnodiging" in look_at(client, page.submit(FORM, data), LIST).text
    with app.app_context():
        (line,) = db.session.scalars(select(AuditEntry))
        assert (line.action, line.actor_id, line.after["people"]) == ("invitations.invite", organiser, 2)
        assert "een@" not in str(line.after)


def test_a_resident_becomes_a_council_member_and_the_votes_move(
    app: Flask, client: FlaskClient, organiser: int
) -> None:
    with app.app_context():
        factories.a_vote(db.session.scalars(select(Idea)).one(), factories.a_person(email="rob@raad.example"))
        db.session.commit()
    visit(client, LIST).submit(FORM, {**COUNCIL, "invite-emails": "rob@raad.example"})
    path, guest = link(app, "rob@raad.example"), app.test_client()
    page = visit(guest, path)
    assert "Olaf nodigt je uit" in page.text
    assert "Nu doe je mee als: Inwoner. Hierna als: Raadslid." in page.text
    assert "tellen vanaf nu voor je nieuwe groep" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    assert counted(app) == {Group.RESIDENT: 1}, "a link that is only opened changed something"
    assert accept(guest, path) == "/mijn"
    assert counted(app) == {Group.COUNCIL: 1}
    rob = person(app, "rob@raad.example")
    assert (rob.group, rob.roles) == (Group.COUNCIL, frozenset())
    assert "gebruikt" in visit(guest, path, 410).h1
    assert "gebruikt" in visit(app.test_client(), path, 410).h1
    assert "Aangenomen" in visit(client, LIST).text

    # Somebody without an account gets one, and chooses a name.
    visit(client, LIST).submit(FORM, {**COUNCIL, "invite-emails": "nieuw@raad.example"})
    assert accept(app.test_client(), link(app, "nieuw@raad.example")).startswith("/mijn/naam")
    assert person(app, "nieuw@raad.example").group == Group.COUNCIL


def test_a_partner_takes_over_from_the_delegate(app: Flask, client: FlaskClient, organiser: int) -> None:
    with app.app_context():
        idea = db.session.scalars(select(Idea)).one()
        old = factories.a_person(group=Group.PARTNER, name="Petra")
        old.organisation_id, old.is_delegate = factories.an_organisation(name="De Fiets").id, True
        for voter in (
            old,
            factories.a_person(email="a@fiets.example"),
            factories.a_person(email="b@fiets.example"),
        ):
            factories.a_vote(idea, voter)
        fiets = old.organisation_id
        db.session.commit()
    assert counted(app) == {Group.PARTNER: 1, Group.RESIDENT: 2}
    partner = {"invite-group": "partner", "invite-organisation": fiets}
    visit(client, LIST).submit(FORM, {**partner, "invite-emails": "a@fiets.example"})
    guest = app.test_client()
    assert "stemt via haar afgevaardigde" in (text := visit(guest, link(app, "a@fiets.example")).text)
    assert "tellen niet meer, omdat je daar" in text
    accept(guest, link(app, "a@fiets.example"))
    assert counted(app) == {Group.PARTNER: 1, Group.RESIDENT: 1}
    page = visit(client, LIST)
    two = {**partner, "invite-emails": "b@fiets.example\nc@fiets.example", "invite-as_delegate": "y"}
    assert "één afgevaardigde" in look_at(client, page.submit(FORM, two), LIST).text
    page.submit(FORM, {**two, "invite-emails": "b@fiets.example"})
    guest = app.test_client()
    assert "Je volgt Petra op" in visit(guest, link(app, "b@fiets.example")).text
    accept(guest, link(app, "b@fiets.example"))
    assert counted(app) == {Group.PARTNER: 1}
    assert person(app, "b@fiets.example").is_delegate
    # A new organisation comes along with its first invitation.
    new = {"invite-group": "partner", "invite-organisation": "-1", "invite-new_organisation": "Het Ruiterpad"}
    page.submit(FORM, {**new, "invite-emails": "r@pad.example", "invite-as_delegate": "y"})
    accept(app.test_client(), link(app, "r@pad.example"))
    with app.app_context():
        found = db.session.scalars(select(Organisation).where(Organisation.slug == "het-ruiterpad")).one()
    assert person(app, "r@pad.example").organisation_id == found.id
    twice = page.submit(FORM, {**new, "invite-emails": "s@pad.example"})
    assert "Er is al een organisatie met deze naam" in look_at(client, twice, LIST).text


def test_links_expire_are_revoked_and_renewed(app: Flask, client: FlaskClient, organiser: int) -> None:
    now = datetime.now(UTC)
    visit(client, LIST).submit(FORM, {**COUNCIL, "invite-emails": "een@raad.example"})
    first = link(app, "een@raad.example")
    with time_machine.travel(now + timedelta(days=15)):
        assert "verlopen" in visit(app.test_client(), first, 410).h1
        sign_in(client, organiser)
        page = visit(client, f"{LIST}?staat=expired")
        assert page.texts("h3.panel__title--address") == ["een@raad.example"]
        again = 'form[action$="/opnieuw"]'
        assert page.submit(again).status_code == 303
        assert page.submit(again).status_code == 303, "the same form again"
        second = link(app, "een@raad.example")
        assert second != first
        assert "werkt niet" in visit(app.test_client(), first, 410).h1
        assert visit(client, LIST).submit('form[action$="/intrekken"]').status_code == 303
        assert "ingetrokken" in visit(app.test_client(), second, 410).h1
        post(app.test_client(), second, 410)
        with app.app_context():
            actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
            assert actions == ["invitations.invite", "invitations.resend", "invitations.revoke"]
            assert db.session.scalar(select(func.count(MailMessage.id))) == 2
            assert db.session.scalar(select(func.count()).where(Person.email == "een@raad.example")) == 0


def test_of_two_who_accept_at_once_one_gets_through(app: Flask, client: FlaskClient, organiser: int) -> None:
    visit(client, LIST).submit(FORM, {**COUNCIL, "invite-emails": "een@raad.example"})
    path, devices = link(app, "een@raad.example"), [app.test_client() for _ in range(4)]
    tokens = [csrf_token(device) for device in devices]
    gate, answers = threading.Barrier(len(devices)), [0] * len(devices)

    def press(place: int) -> None:
        gate.wait(60)
        answers[place] = devices[place].post(path, data={"csrf_token": tokens[place]}).status_code

    threads = [threading.Thread(target=press, args=(place,)) for place in range(len(devices))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [303, 410, 410, 410]
    assert person(app, "een@raad.example").group == Group.COUNCIL


def test_a_trusted_domain_moves_residents_when_they_sign_in(
    app: Flask, client: FlaskClient, organiser: int
) -> None:
    with app.app_context():
        idea = db.session.scalars(select(Idea)).one()
        for email in ("a@raad.example", "b@mail.raad.example", "c@nepraad.example", "d@raad.example"):
            factories.a_vote(idea, factories.a_person(email=email))
        factories.a_person(email="a+2@raad.example")
        factories.a_person(email="p@raad.example", group=Group.PARTNER)
        db.session.commit()
    page, form = visit(client, DOMAINS, max_queries=6), f'form[action="{DOMAINS}"]'
    data = {"domain-group": "council", "domain-domain": "@Raad.example"}
    for domain, sentence in (("gmail.com", "kan iedereen een adres"), ("co.uk", "een naam vastleggen")):
        wrong = page.submit(form, {**data, "domain-domain": domain})
        assert wrong.status_code == 400
        assert sentence in look_at(client, wrong, DOMAINS).text
    asked = look_at(client, page.submit(form, data), DOMAINS)
    assert "2 mensen met zo'n adres doen nu mee als inwoner" in asked.text.replace("\u2019", "'")
    with app.app_context():
        assert db.session.scalar(select(func.count(TrustedDomain.id))) == 0
    assert asked.submit(form).status_code == 303
    assert asked.submit(form).status_code == 409
    assert counted(app) == {Group.RESIDENT: 4}, "people change when they sign in"
    for email in (
        "a@raad.example",
        "b@mail.raad.example",
        "c@nepraad.example",
        "p@raad.example",
        "a+2@raad.example",
    ):
        sign_in(app.test_client(), person(app, email).id)
    assert counted(app) == {Group.COUNCIL: 1, Group.RESIDENT: 3}
    assert person(app, "a@raad.example").group == Group.COUNCIL
    assert person(app, "p@raad.example").group == Group.PARTNER
    assert person(app, "a+2@raad.example").group == Group.RESIDENT, "a tag makes no second seat"
    assert visit(client, DOMAINS).submit('form[action$="/verwijderen"]').status_code == 303
    sign_in(app.test_client(), person(app, "d@raad.example").id)
    assert counted(app) == {Group.COUNCIL: 1, Group.RESIDENT: 3}
    with app.app_context():
        actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["domains.add", "domains.join", "domains.remove"]


@pytest.mark.one_database
def test_the_command_invites(app: Flask) -> None:
    with app.app_context():
        factories.an_organisation(slug="fiets")
        db.session.commit()
    runner = app.test_cli_runner()
    for arguments, sentence in (
        (["geen adres", "--group", "council"], "is not an e-mail address"),
        (["a@b.example", "--group", "resident"], "Choose council or partner"),
        (["a@b.example", "--group", "council", "--delegate"], "Only a partner"),
        (["a@b.example", "--group", "partner"], "add --organisation"),
        (["a@b.example", "--group", "partner", "--organisation", "geen"], "There is: fiets"),
        (["a@b.example", "--group", "council", "--days", "0"], "1 to 90"),
        (["a@b.example", "--group", "council", "--language", "fr"], "does not speak"),
    ):
        done = runner.invoke(args=["people", "invite", *arguments])
        assert done.exit_code == 2
        assert sentence in done.output
    given = ["people", "invite", "a@b.example", "--group", "partner", "--organisation", "fiets", "--delegate"]
    done = runner.invoke(args=given)
    assert done.exit_code == 0, done.output
    path = done.output.strip().removeprefix(app.config["SITE"].site_url)
    assert path == link(app, "a@b.example")
    assert "still waits" in runner.invoke(args=given).output
    accept(app.test_client(), path)
    assert person(app, "a@b.example").is_delegate
    with app.app_context():
        assert queries.with_token("geen-echte-sleutel") is None
