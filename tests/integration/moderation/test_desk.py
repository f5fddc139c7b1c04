"""Notes that only moderators read, and one mail when work waits."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.moderation import visits
from app.models import Argument, Call, Idea, MailMessage, ModerationNote, Person
from app.models.argument import ArgumentState
from app.models.queue import DeskVisit
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Room, hours_ago

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
"""Twelve o'clock in the city."""


def test_notes_are_for_moderators_only(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    answer = page.submit(".notes form", {"note-text": "Eerst navragen bij de wijkagent."})
    assert answer.location == f"/moderatie/ideeen/{idea}#notes"
    visit(desk, f"/moderatie/argumenten/{argument}").submit(
        ".notes form", {"note-text": "Kijk naar de toon."}
    )
    other = sign_in(room.app.test_client(), room.second)
    assert "Eerst navragen bij de wijkagent." in visit(other, f"/moderatie/ideeen/{idea}").text
    assert "Kijk naar de toon." in visit(other, f"/moderatie/argumenten/{argument}").text
    assert [line.action for line in room.written()[1]] == ["moderation.note"] * 2
    author = sign_in(room.app.test_client(), room.author)
    assert "wijkagent" not in visit(author, f"/ideeen/{idea}").html
    post(author, f"/moderatie/notities/idee/{idea}", 403, **{"note-text": "Niet van mij."})
    assert len(room.all(ModerationNote)) == 2


@pytest.mark.one_database
def test_a_note_without_words_is_refused(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    answer = post(desk, f"/moderatie/notities/idee/{idea}", 400, **{"note-text": " "})
    assert "ten minste 3 tekens" in look_at(desk, answer).text
    post(desk, f"/moderatie/notities/niets/{idea}", 404, **{"note-text": "Een notitie."})
    post(desk, "/moderatie/notities/idee/4711", 404, **{"note-text": "Een notitie."})
    assert room.all(ModerationNote) == []


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["idee", "argument", "praktijk"])
def test_a_note_that_is_too_long_is_not_lost(room: Room, desk: FlaskClient, kind: str) -> None:
    idea = room.idea()
    with room.app.app_context():
        practice = factories.a_practice(db.session.get_one(Idea, idea).call.process).id
        db.session.commit()
    number = {"idee": idea, "argument": room.argument(idea), "praktijk": practice}[kind]
    long = "Eerst navragen. " * 70
    page = look_at(desk, post(desk, f"/moderatie/notities/{kind}/{number}", 400, **{"note-text": long}))
    assert "ten hoogste 1000 tekens" in page.text
    assert page.one("textarea[name=note-text]").get_text().strip() == long.strip()
    assert room.all(ModerationNote) == []
    answer = page.submit(".notes form", {"note-text": "Eerst navragen."})
    assert answer.status_code == 303
    assert [note.text for note in room.all(ModerationNote)] == ["Eerst navragen."]


def write(room: Room, now: datetime) -> int:
    with room.app.app_context():
        return visits.write(now)


def letters(room: Room) -> list[str]:
    return [letter.recipient for letter in room.all(MailMessage)]


def test_one_mail_when_work_waits_and_not_one_for_every_text(room: Room) -> None:
    assert write(room, NOON) == 0
    for _ in range(3):
        room.idea(submitted_at=NOON - timedelta(hours=30))
    assert write(room, NOON) == 2
    (letter, _other) = room.all(MailMessage)
    assert letter.subject == "3 teksten wachten op een moderator"
    assert "3 ervan hadden al gelezen moeten zijn." in letter.text
    assert "http://localhost/moderatie" in letter.text
    room.idea(submitted_at=NOON + timedelta(minutes=5))
    assert write(room, NOON + timedelta(hours=1)) == 0
    assert write(room, NOON + timedelta(days=1, minutes=1)) == 2


def test_who_looked_hears_of_what_came_since(room: Room) -> None:
    room.idea(submitted_at=NOON - timedelta(hours=1))
    write(room, NOON)
    with room.app.app_context():
        for row in db.session.scalars(db.select(DeskVisit)):
            row.visited_at = NOON + timedelta(hours=1)
        db.session.commit()
    assert write(room, NOON + timedelta(hours=2)) == 0
    room.idea(submitted_at=NOON + timedelta(hours=2))
    assert write(room, NOON + timedelta(hours=3)) == 2


@pytest.mark.parametrize("hours", [8, 9, 13, 19])
@pytest.mark.one_database
def test_nobody_is_bothered_at_night(room: Room, hours: int) -> None:
    room.idea(submitted_at=NOON)
    assert write(room, NOON + timedelta(hours=hours)) == 0
    assert write(room, NOON + timedelta(hours=20, minutes=30)) == 2


def test_who_does_not_want_it_or_only_waits_for_others_gets_none(room: Room, client: FlaskClient) -> None:
    room.idea(author=room.moderator, submitted_at=hours_ago(1))
    page = visit(sign_in(client, room.second), "/mijn/berichten/instellingen")
    assert page.submit("main form", {"desk": None}).status_code == 303
    assert not visit(client, "/mijn/berichten/instellingen").all("#desk[checked]")
    assert write(room, NOON.replace(year=2030)) == 0
    assert letters(room) == []
    assert not visit(sign_in(client, room.reader), "/mijn/berichten/instellingen").all("#desk")


def test_looking_is_noted_once_in_a_while(room: Room, desk: FlaskClient) -> None:
    visit(desk, "/moderatie")
    (first,) = _visits(room)
    visit(desk, "/moderatie")
    assert _visits(room) == [first]


def _visits(room: Room) -> list[tuple[int, datetime | None]]:
    with room.app.app_context():
        return [(row.person_id, row.visited_at) for row in db.session.scalars(db.select(DeskVisit))]


def test_words_kept_for_a_decision_go_when_it_stands(room: Room, desk: FlaskClient) -> None:
    argument = room.argument(room.idea(IdeaState.PUBLISHED), state=ArgumentState.DELETED, body="Wat ik zei.")
    report = room.report(argument=argument)
    sentence = "De schrijver heeft de tekst weggehaald."
    post(desk, f"/moderatie/meldingen/{report}/laten-staan", **{"keep-sentence": sentence})
    for minutes, body in ((1, "Wat ik zei."), (11, "")):
        with room.app.app_context():
            visits.tidy(datetime.now(UTC) + timedelta(minutes=minutes))
        assert room.get(Argument, argument).body == body


def test_an_example_has_notes_too_and_waits_for_who_is_at_it(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        process = db.session.get_one(Call, room.call).process
        practice = factories.a_suggestion(process, db.session.get_one(Person, room.reader)).id
        db.session.commit()
    page = visit(desk, f"/moderatie/praktijken/{practice}")
    answer = page.submit(".notes form", {"note-text": "Bestaat dit nog wel?"})
    assert answer.location == f"/moderatie/praktijken/{practice}#notes"
    assert "Bestaat dit nog wel?" in visit(desk, f"/moderatie/praktijken/{practice}").text
    assert post(desk, "/moderatie/volgende").location == f"/moderatie/praktijken/{practice}"
    other = sign_in(room.app.test_client(), room.second)
    assert "Mo leest deze tekst nu." in visit(other, f"/moderatie/praktijken/{practice}").text
    post(other, f"/moderatie/praktijken/{practice}/plaatsen", 403)
    post(desk, f"/moderatie/praktijken/{practice}/plaatsen")
