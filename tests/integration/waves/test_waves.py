"""A wave of spam: seen in groups, looked at first, cleaned in one step, put back; nobody we know goes along."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.domain.lifecycle import RefusalReason
from app.features.waves import queries, service
from app.features.waves.queries import By
from app.models import Argument, AuditEntry, DeviceSession, Idea, Person, QueueItem, Report, Sanction
from app.models.argument import ArgumentState
from app.models.contribution import Channel, IdeaOrigin
from app.models.moderation import ModerationVerb
from app.models.person import Role
from app.records import decisions, sweeping
from app.records.sweeping import Ruling
from tests import factories
from tests.support import sign_in, visit

from .conftest import OLD, SENTENCE, SPAM, Town, send

GOOD = {"reason": "advertising", "sentence": SENTENCE}
OTHER = "Een heel ander plan: meer bomen langs de {} en bankjes om op te zitten in de schaduw."


def groups(town: Town) -> list[queries.Group]:
    with town.app.app_context():
        return queries.groups(datetime.now(UTC))


def the_group(town: Town) -> str:
    [mark] = [group.mark for group in groups(town) if group.by == By.TEXT]
    return f"/moderatie/golf/tekst/{mark}"


def looked(client: FlaskClient, address: str) -> dict[str, object]:
    """What the form of the preview holds."""
    page = visit(client, address)
    field = page.soup.select_one('input[name="until"]')
    assert field is not None
    return {**GOOD, "until": field["value"]}


def test_what_says_the_same_is_one_group_however_it_is_dressed(town: Town) -> None:
    people = town.people(4)
    town.flood(people, 8)
    town.flood(people[:1], 2, body=OTHER)
    found = [(group.by, group.texts, group.accounts, group.young) for group in groups(town)]
    assert found == [(By.TEXT, 8, 4, 4)], "two are no wave"
    town.flood(people[:1], 3, body=OTHER)
    assert {(group.by, group.texts, group.accounts) for group in groups(town)} == {
        (By.TEXT, 8, 4),
        (By.TEXT, 5, 1),
        (By.ACCOUNT, 7, 1),
    }


def test_newcomers_together_and_residents_not(town: Town) -> None:
    town.flood(town.people(2), 4)
    town.flood(town.people(2, age=OLD), 4)
    town.flood(town.people(1), 1, at=datetime.now(UTC) - timedelta(minutes=30), body=OTHER)
    with town.app.app_context():
        found = queries.newcomers(datetime.now(UTC), (10, 60))
    assert [(group.mark, group.texts, group.accounts) for group in found] == [("10", 4, 2), ("60", 5, 3)]


def test_a_moderator_looks_cleans_and_puts_back(app: Flask, client: FlaskClient, town: Town) -> None:
    people = town.people(3)
    town.flood(people, 6)
    town.said(people[0], SPAM.format("x"))
    town.flood([town.resident], 1, body=OTHER)
    sign_in(client, town.moderator)
    index = visit(client, "/moderatie/golf")
    assert "7 teksten die bijna hetzelfde zeggen" in index.text
    assert "3 accounts, 3 nieuw" in index.text
    address = the_group(town)
    data = looked(client, address)
    assert send(client, address, **{**data, "sentence": "kort"}).status_code == 400
    assert town.waiting() == 8
    assert send(client, address, **data).status_code == 303
    assert town.waiting() == 1, "the resident's idea waits as before"
    assert town.states() == {"published": 1, "refused": 6, "submitted": 1}
    after = visit(client, "/moderatie/golf")
    assert "7 teksten, 3 accounts" in after.text
    assert "Van deze groep wacht niets meer" in visit(client, address).text
    with app.app_context():
        [line] = db.session.scalars(select(AuditEntry))
        assert (line.action, line.why, line.after["hidden"], line.after["refused"]) == (
            "waves.clean",
            SENTENCE,
            1,
            6,
        )
        batch = line.after["batch"]
    assert send(client, f"/moderatie/golf/terugdraaien/{batch}").status_code == 303
    assert town.waiting() == 8
    assert town.states() == {"published": 1, "submitted": 7}
    assert "Zet alles terug" in after.text
    assert "Zet alles terug" not in visit(client, "/moderatie/golf").text
    assert send(client, f"/moderatie/golf/terugdraaien/{batch}").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "waves.clean",
            "waves.undo",
        ], "putting it back twice is told, and leaves no second line"


def test_whom_we_know_goes_along_only_by_name(client: FlaskClient, town: Town) -> None:
    [council] = town.people(1, group=Group.COUNCIL)
    town.flood([*town.people(2), town.resident, council, town.other, town.moderator], 6)
    sign_in(client, town.moderator)
    address = the_group(town)
    page = visit(client, address)
    assert "Mo" in page.text, "oneself is named as left out"
    assert {box["value"] for box in page.soup.select('input[name="named"]')} == {
        str(town.resident),
        str(council),
    }
    data = looked(client, address)
    assert send(client, address, **data).status_code == 303
    assert town.waiting() == 4
    data = looked(client, address)
    assert send(client, address, **data).status_code == 403, "nobody is left who goes by themselves"
    named = [council, town.moderator, town.other]
    assert send(client, address, **data, named=named).status_code == 303
    assert town.waiting() == 3, "own texts and those of staff stay, also when somebody sends their numbers"
    with town.app.app_context():
        left = set(db.session.scalars(select(QueueItem.author_id).where(QueueItem.closed_at.is_(None))))
        assert left == {town.resident, town.other, town.moderator}


def test_what_came_in_after_the_look_stays(client: FlaskClient, town: Town) -> None:
    town.flood(town.people(3), 3)
    sign_in(client, town.moderator)
    address = the_group(town)
    data = looked(client, address)
    town.flood(town.people(1), 1)
    assert send(client, address, **data).status_code == 303
    assert town.waiting() == 1


def test_accounts_are_blocked_along_and_freed_again(app: Flask, client: FlaskClient, town: Town) -> None:
    people = town.people(3)
    town.flood(people, 6)
    spammer = sign_in(app.test_client(), people[0])
    assert spammer.get("/mijn").status_code == 200
    with app.app_context():
        was_blocked = db.session.get_one(Person, people[2])
        was_blocked.blocked_at = datetime.now(UTC)
        db.session.commit()
    sign_in(client, town.moderator)
    address = the_group(town)
    assert send(client, address, **looked(client, address), blocks="y").status_code == 303
    assert spammer.get("/mijn").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Person.blocked_at.is_not(None))) == 3
        assert db.session.scalar(select(func.count()).select_from(Sanction)) == 2
        assert db.session.scalar(select(func.count()).where(DeviceSession.person_id == people[0])) == 0
        line = db.session.scalars(select(AuditEntry)).one()
        assert line.after["blocked"] == 2
        batch = line.after["batch"]
    assert send(client, f"/moderatie/golf/terugdraaien/{batch}").status_code == 303
    with app.app_context():
        blocked = db.session.scalars(select(Person.id).where(Person.blocked_at.is_not(None))).all()
        assert blocked == [people[2]], "who was blocked before stays so"
        assert db.session.scalar(select(func.count()).where(Sanction.lifted_at.is_(None))) == 0


@pytest.mark.parametrize("role", [None, Role.FACILITATOR, Role.ORGANISER])
def test_nobody_else_cleans_up(app_context: None, app: Flask, role: Role | None) -> None:
    person = factories.a_person(*([role] if role else []))
    moment = datetime.now(UTC)
    ruling = Ruling(SENTENCE, RefusalReason.ADVERTISING)
    with pytest.raises(NotAllowed, match="Only moderators"):
        service.clean(person, By.NEW, "10", moment, (), ruling, moment)
    with pytest.raises(NotAllowed, match="Only moderators"):
        service.undo(person, "x", moment)


@pytest.mark.parametrize("whose", ["own", "of staff", "reported"])
@pytest.mark.parametrize("door", ["golf/terugdraaien/{}", "samen/{}/ongedaan"])
def test_nobody_with_a_stake_puts_a_step_back(client: FlaskClient, town: Town, whose: str, door: str) -> None:
    author = {"own": town.other, "of staff": town.moderator, "reported": town.resident}[whose]
    argument = town.said(author, "Dit is mijn eigen tekst over de bomen in de straat.")
    with town.app.app_context():
        boss = factories.a_person(Role.MODERATOR, Role.ORGANISER)
        if whose == "reported":
            other = db.session.get_one(Person, town.other)
            factories.a_report(db.session.get_one(Argument, argument), other)
        moment = datetime.now(UTC)
        ruling = Ruling(SENTENCE, RefusalReason.ADVERTISING)
        batch = sweeping.sweep([author], boss, ruling, moment, sweeping.new_batch()).batch
        db.session.commit()
    sign_in(client, town.other)
    assert send(client, "/moderatie/" + door.format(batch)).status_code == 303
    assert town.states(Argument) == {"hidden": 1}


def test_only_a_sweep_is_put_back_as_a_wave(client: FlaskClient, town: Town) -> None:
    """What was decided in one step otherwise goes back within ten minutes, text by text."""
    argument = town.said(town.resident, "Een tekst die iemand verborg.")
    with town.app.app_context():
        text = db.session.get_one(Argument, argument)
        text.state = ArgumentState.HIDDEN
        moderator = db.session.get_one(Person, town.moderator)
        long_ago = datetime.now(UTC) - timedelta(days=3)
        decisions.write(text, ModerationVerb.HIDE, moderator, long_ago, sentence=SENTENCE, batch="abc")
        db.session.commit()
    sign_in(client, town.other)
    assert send(client, "/moderatie/golf/terugdraaien/abc").status_code == 303
    assert town.states(Argument) == {"hidden": 1}


def test_odd_addresses_find_nothing(client: FlaskClient, town: Town) -> None:
    town.flood(town.people(1), 3)
    sign_in(client, town.moderator)
    for address in ("account/999999", f"tekst/{'0' * 32}"):
        assert "wacht niets meer" in visit(client, f"/moderatie/golf/{address}").text
    for address in ("tekst/bestaat-niet", "account/x", "nieuw/x", "nieuw/0", "anders/10"):
        assert client.get(f"/moderatie/golf/{address}").status_code == 404
    assert send(client, "/moderatie/golf/terugdraaien/0123").status_code == 303
    for until in ("", "geen moment", "2026-01-01T00:00:00"):
        town.flood(town.people(3), 3, body=OTHER.format("Maas") + until)
    assert send(client, "/moderatie/golf/nieuw/10", **GOOD, until="geen moment").status_code == 303
    town.flood(town.people(3), 3)
    before = "0001-01-01T00:00:00+23:00"
    assert send(client, "/moderatie/golf/nieuw/10", **GOOD, until=before).status_code == 303


def test_two_moderators_at_once_clean_it_once(app: Flask, town: Town) -> None:
    town.flood(town.people(5), 20)
    mark = next(group.mark for group in groups(town) if group.by == By.TEXT)
    moment = datetime.now(UTC)

    def one(moderator: int) -> int:
        with app.app_context():
            actor = db.session.get_one(Person, moderator)
            try:
                swept = service.clean(
                    actor, By.TEXT, mark, moment, (), Ruling(SENTENCE, RefusalReason.ADVERTISING), moment
                )
            except NotAllowed:
                db.session.rollback()
                return 0
            return swept.refused

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(one, [town.moderator, town.other])) == [0, 20]
    assert town.waiting() == 0


def test_the_page_of_a_text_and_the_queue_show_what_stands_out(client: FlaskClient, town: Town) -> None:
    [person] = town.people(1)
    argument = town.said(
        person, "Bel mij op 06-12345678, dan leg ik het uit aan iedereen.", ArgumentState.PUBLISHED
    )
    with town.app.app_context():
        idea = factories.an_idea(
            db.session.get_one(Idea, town.idea).call,
            db.session.get_one(Person, person),
            state="submitted",
            submitted_at=datetime.now(UTC),
            body="Mail gerust naar piet@voorbeeld.example als je mee wilt doen aan dit mooie plan.",
        ).id
        db.session.get_one(Idea, town.idea).body = OTHER.format("Maas")
        db.session.commit()
    sign_in(client, town.moderator)
    page = visit(client, f"/moderatie/argumenten/{argument}")
    assert [mark.text for mark in page.soup.select(".checks mark")] == ["06-12345678"]
    page = visit(client, f"/moderatie/ideeen/{idea}")
    assert [mark.text for mark in page.soup.select(".checks mark")] == ["piet@voorbeeld.example"]
    assert "besluit niets" in page.text
    page = visit(client, f"/moderatie/ideeen/{town.idea}")
    assert "vonden niets" in page.text


def test_whom_a_moderator_reported_or_posted_for_waits_for_another_one(
    client: FlaskClient, town: Town
) -> None:
    people = town.people(3)
    town.flood(people, 6)
    said = town.said(people[0], SPAM.format("x"))
    with town.app.app_context():
        moderator = db.session.get_one(Person, town.moderator)
        factories.a_report(db.session.get_one(Argument, said), moderator)
        theirs = db.session.scalars(select(Idea.id).where(Idea.author_id == people[1])).first()
        posted = {"channel": Channel.PAPER, "posted_by_id": moderator.id, "posted_at": datetime.now(UTC)}
        db.session.add(IdeaOrigin(idea_id=theirs, **posted))
        names = [db.session.get_one(Person, number).name for number in people]
        db.session.commit()
    sign_in(client, town.moderator)
    address = the_group(town)
    page = visit(client, address)
    assert f"wachten op een andere moderator: {names[0]}, {names[1]}." in page.text
    data = {**looked(client, address), "named": people[:2], "blocks": "y"}
    assert send(client, address, **data).status_code == 303
    assert town.states() == {"published": 1, "refused": 2, "submitted": 4}
    with town.app.app_context():
        assert db.session.scalars(select(Report.handled_at)).all() == [None]
        assert db.session.scalars(select(Sanction.person_id)).all() == [people[2]]
    sign_in(client, town.other)
    assert send(client, address, **looked(client, address)).status_code == 303
    assert town.states() == {"published": 1, "refused": 6}
