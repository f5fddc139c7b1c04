"""Signals and objections wait as texts do: they count in the header, and moderators get a mail of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.db import db
from app.features.moderation import visits
from app.models import MailMessage, Person
from app.models.integrity import Objection
from tests.support import visit

from .conftest import Desk


def counted(desk: Desk, person: int) -> str:
    """What the counter in the header says."""
    found = visit(desk.client(person), "/over").all("header .counter")
    return found[0].get_text(" ", strip=True) if found else ""


def tomorrow() -> datetime:
    """A moment at which moderators are written to."""
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=11, minute=0)


def letters(desk: Desk) -> dict[str, MailMessage]:
    """The mails that work waits, by the name of who gets them."""
    names = {person.email: person.name for person in desk.rows(Person)}
    return {names[row.recipient]: row for row in desk.rows(MailMessage) if row.kind == "work_waits"}


@pytest.mark.one_database
def test_they_count_in_the_header(desk: Desk) -> None:
    assert counted(desk, desk.first) == "1 wacht op een moderator", "a signal that nobody has taken up"
    assert counted(desk, desk.fakes[0]) == ""
    desk.propose()
    assert counted(desk, desk.first) == "", "who proposed it waits for a second one"
    assert counted(desk, desk.second) == "1 wacht op een moderator"
    second = desk.a_signal(desk.honest[:3])
    desk.objection(desk.exclude(second))
    assert counted(desk, desk.second) == "2 wachten op een moderator"


def test_moderators_get_a_mail_of_a_signal(desk: Desk) -> None:
    noon = tomorrow()
    with desk.app.app_context():
        assert visits.write(noon) == 3
        assert visits.write(noon + timedelta(hours=1)) == 0
    letter = letters(desk)["Mo"]
    assert letter.subject == "Eén vraag over stemmen wacht op een moderator"
    assert "Er wacht één signaal over stemmen." in letter.text
    assert "teksten" not in letter.text
    assert "http://localhost/moderatie" in letter.text


def test_a_mail_of_an_objection_goes_to_who_can_decide_on_it(desk: Desk) -> None:
    exclusion = desk.exclude()
    desk.objection(exclusion)
    noon = tomorrow()
    with desk.app.app_context():
        assert visits.due(noon) == [desk.third], "the first and the second decided before"
        db.session.execute(update(Objection).values(due_at=noon - timedelta(hours=1)))
        db.session.commit()
        assert visits.write(noon) == 1
    text = letters(desk)["Max"].text
    assert "Er wacht één bezwaar over stemmen." in text
    assert "Eén ervan had al beantwoord moeten zijn." in text
    with desk.app.app_context():
        db.session.execute(update(Objection).values(decided_at=noon, decided_by_id=desk.third))
        db.session.commit()
        assert visits.due(noon + timedelta(days=2)) == []


def test_a_proposal_goes_to_a_second_moderator(desk: Desk) -> None:
    desk.propose()
    with desk.app.app_context():
        assert visits.due(tomorrow()) == [desk.second, desk.third]
