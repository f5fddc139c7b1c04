"""Who reported a text and what moderators note about it: for every moderator but whoever wrote or posted the text."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Idea, Person, Report
from app.models.contribution import Channel, IdeaOrigin
from app.models.moderation import ModerationNote, ReportReason
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Room

REPORTER, NOTED, SAID = "Rik de Melder", "Hier letten we op.", "Dit is een gemene tekst."
NOT_FOR_YOU = "Wat anderen over een tekst melden of noteren, is niet voor wie de tekst schreef of plaatste."


def remarked(room: Room, **about: int) -> None:
    """A report and a note of somebody else about this text."""
    with room.app.app_context():
        reader = db.session.get_one(Person, room.reader)
        reader.name = REPORTER
        said = {"reason": ReportReason.INSULT, "explanation": SAID, "created_at": datetime.now(UTC)}
        db.session.add(Report(**about, reporter_id=reader.id, **said))
        noted = {"author_id": room.second, "text": NOTED, "created_at": datetime.now(UTC)}
        db.session.add(ModerationNote(**about, **noted))
        db.session.commit()


def is_told(room: Room, client: FlaskClient, path: str) -> tuple[bool, bool]:
    """Whether a page names who reported, and whether it shows the note; and that it says why not."""
    page = visit(client, path)
    found = REPORTER in page.text and SAID in page.text, NOTED in page.text
    assert (NOT_FOR_YOU in page.text) == (not any(found)), "a no comes with its sentence"
    return found


@pytest.mark.one_database
def test_an_author_reads_neither_who_reported_nor_what_is_noted(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED, author=room.moderator)
    argument = room.argument(idea, author=room.moderator)
    posted = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        values = {"channel": Channel.PAPER, "posted_by_id": room.moderator, "posted_at": datetime.now(UTC)}
        db.session.add(IdeaOrigin(idea_id=posted, **values))
        db.session.commit()
    remarked(room, idea_id=idea)
    remarked(room, argument_id=argument)
    remarked(room, idea_id=posted)
    paths = (
        f"/moderatie/ideeen/{idea}",
        f"/moderatie/argumenten/{argument}",
        f"/moderatie/ideeen/{posted}",
    )
    for path in paths:
        assert is_told(room, desk, path) == (False, False)
    second = sign_in(room.app.test_client(), room.second)
    for path in paths:
        assert is_told(room, second, path) == (True, True)


@pytest.mark.one_database
def test_the_same_for_an_example(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        idea = db.session.get_one(Idea, room.idea(IdeaState.PUBLISHED))
        practice = factories.a_suggestion(idea.call.process, db.session.get_one(Person, room.moderator)).id
        db.session.commit()
    remarked(room, practice_id=practice)
    path = f"/moderatie/praktijken/{practice}"
    second = sign_in(room.app.test_client(), room.second)
    assert REPORTER not in visit(desk, f"{path}/meldingen").text
    assert NOTED not in visit(desk, path).text
    assert REPORTER in visit(second, f"{path}/meldingen").text
    assert NOTED in visit(second, path).text


@pytest.mark.one_database
def test_the_page_of_whoever_reported_does_not_tell_it_either(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED, author=room.moderator)
    remarked(room, idea_id=idea)
    remarked(room, argument_id=room.argument(idea, author=room.moderator))
    path = f"/moderatie/mensen/{room.reader}"
    assert SAID not in visit(desk, path).text
    assert SAID in visit(sign_in(room.app.test_client(), room.second), path).text


@pytest.mark.one_database
def test_a_note_about_oneself_opens_no_page(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        noted = {"author_id": room.second, "text": NOTED, "created_at": datetime.now(UTC)}
        db.session.add(ModerationNote(person_id=room.moderator, **noted))
        db.session.commit()
    path = f"/moderatie/mensen/{room.moderator}/notitie"
    for text in ("", "Ik doe het goed."):
        answer = look_at(desk, post(desk, path, 403, **{"note-text": text}))
        assert NOTED not in answer.text
    assert len(room.all(ModerationNote)) == 1
