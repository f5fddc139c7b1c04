"""The image of an idea taken off by itself: told, appealed against, put back exactly, destroyed on time."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import Appeal, Idea, IdeaImage, MailMessage, MaskedText, ModerationDecision, Report
from app.models.person import Role
from app.models.queue import QueueItem, QueueKind
from app.records import decisions, queue
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Room, hours_ago
from .test_appeals import answer, lodge

SENTENCE = "Op deze foto staat reclame voor een winkel in de straat."


@pytest.fixture
def idea(room: Room) -> int:
    """A published idea whose image nobody has looked at."""
    number = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        made = db.session.get_one(Idea, number)
        factories.an_image(made)
        queue.put(QueueKind.IMAGE, made, hours_ago(1), is_live=True)
        db.session.commit()
    return number


def take(desk: FlaskClient, idea: int, status: int = 303) -> str:
    page = visit(desk, f"/moderatie/ideeen/{idea}").follow("main a[href$='/beeld']")
    answer = page.submit("main form.form", reason="advertising", sentence=SENTENCE)
    assert answer.status_code == status, answer.text
    return answer.text


def waiting(room: Room) -> list[str]:
    return [item.key for item in room.all(QueueItem) if item.closed_at is None]


def everything_of(room: Room) -> list[tuple[object, ...]]:
    """What is kept of images."""
    return [
        (row.idea_id, row.key, row.alt, row.width, row.height, row.large, row.small, row.added_at)
        for row in room.all_by(IdeaImage)
    ]


def test_it_goes_alone_and_comes_back_exactly(room: Room, desk: FlaskClient, idea: int) -> None:
    before, address = everything_of(room), f"/ideeen/{idea}/beeld/{factories.IMAGE_KEY}-1280.webp"
    stranger = room.app.test_client()
    assert stranger.get(address).status_code == 200
    take(desk, idea)
    assert everything_of(room) == []
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    assert stranger.get(address).status_code == 404
    assert waiting(room) == []
    (decision,), lines, (letter,) = room.written()
    assert (decision.verb, decision.reason, decision.sentence) == ("take_image", "advertising", SENTENCE)
    assert lines[-1].action == "moderation.take_image"
    assert (letter.recipient, letter.kind) == ("inge@voorbeeld.example", "image_taken")
    assert "(spelregel 6: Maak geen reclame.)" in letter.text
    assert "/mijn/besluiten" in letter.text
    assert letter.next_try_at == decision.decided_at + decisions.UNDO
    listed = visit(desk, "/moderatie/besluiten")
    assert "Afbeelding weggehaald" in listed.text
    assert "Afbeelding weggehaald" in visit(desk, "/over/moderatie").text
    post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert everything_of(room) == before
    assert stranger.get(address).status_code == 200
    assert waiting(room) == [f"image:idea:{idea}"]
    assert room.all(MailMessage) == []
    assert room.all_by(MaskedText)[0].original is None


def test_the_author_appeals_and_gets_it_back(room: Room, desk: FlaskClient, idea: int) -> None:
    before = everything_of(room)
    take(desk, idea)
    (decision,) = room.all(ModerationDecision)
    with room.app.app_context():
        db.session.get_one(ModerationDecision, decision.id).decided_at = hours_ago(1)
        db.session.commit()
    author = sign_in(room.app.test_client(), room.author)
    assert "De afbeelding bij je idee is weggehaald" in visit(author, f"/mijn/besluiten/{decision.id}").text
    lodge(author, decision.id)
    (appeal,) = room.all(Appeal)
    other = sign_in(room.app.test_client(), room.second)
    shown = visit(other, f"/moderatie/bezwaren/{appeal.id}")
    assert shown.one("main img")["src"] == f"/moderatie/besluiten/{decision.id}/beeld"
    assert other.get(f"/moderatie/besluiten/{decision.id}/beeld").data == b"klein"
    assert author.get(f"/moderatie/besluiten/{decision.id}/beeld").status_code == 403
    answer(other, appeal.id, "upheld")
    assert everything_of(room) == before
    assert waiting(room) == []
    assert other.get(f"/moderatie/besluiten/{decision.id}/beeld").status_code == 404


def test_after_a_no_the_image_is_destroyed(room: Room, desk: FlaskClient, idea: int) -> None:
    take(desk, idea)
    (decision,) = room.all(ModerationDecision)
    kept = room.all_by(MaskedText)[0]
    days = kept.keep_until - decision.decided_at
    assert days == timedelta(days=14)
    assert b"groot" not in str(kept.original).encode()
    with room.app.app_context():
        db.session.get_one(MaskedText, decision.id).original = None
        db.session.commit()
        with pytest.raises(NotAllowed):
            decisions.put_back(db.session.get_one(ModerationDecision, decision.id), datetime.now(UTC))
    post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert "De afbeelding is vernietigd" in visit(desk, "/moderatie/besluiten").text


def test_another_image_stays(room: Room, desk: FlaskClient, idea: int) -> None:
    take(desk, idea)
    (decision,) = room.all(ModerationDecision)
    with room.app.app_context():
        factories.an_image(db.session.get_one(Idea, idea), key="f" * 32)
        db.session.commit()
    post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert "heeft intussen een andere afbeelding" in visit(desk, "/moderatie/besluiten").text
    assert [row[1] for row in everything_of(room)] == ["f" * 32]


def test_what_was_not_looked_at_is_not_taken(room: Room, desk: FlaskClient, idea: int) -> None:
    page = visit(desk, f"/moderatie/ideeen/{idea}/beeld")
    faulty = look_at(desk, page.submit("main form.form", sentence=SENTENCE))
    assert faulty.status == 400
    assert SENTENCE in faulty.text
    with room.app.app_context():
        db.session.get_one(IdeaImage, idea).key = "f" * 32
        db.session.commit()
    late = look_at(desk, page.submit("main form.form", reason="advertising", sentence=SENTENCE))
    assert late.status == 409
    assert "een andere afbeelding" in late.text
    assert SENTENCE in late.text
    assert late.submit("main form.form").status_code == 303
    assert everything_of(room) == []
    gone = visit(desk, f"/moderatie/ideeen/{idea}/beeld")
    assert "geen afbeelding" in gone.text
    assert not gone.all("main form.form")


def test_nobody_decides_on_an_own_idea(room: Room, client: FlaskClient) -> None:
    own = room.idea(IdeaState.PUBLISHED, author=room.second)
    with room.app.app_context():
        factories.an_image(db.session.get_one(Idea, own))
        db.session.commit()
    data = {"key": factories.IMAGE_KEY, "reason": "advertising", "sentence": SENTENCE}
    sign_in(client, room.second)
    post(client, f"/moderatie/ideeen/{own}/beeld", 403, **data)
    sign_in(client, room.person(Role.FACILITATOR))
    post(client, f"/moderatie/ideeen/{own}/beeld", 403, **data)
    assert len(room.all_by(IdeaImage)) == 1


def test_a_report_on_it_is_not_called_unfounded(room: Room, desk: FlaskClient, idea: int) -> None:
    report = room.report(idea=idea)
    take(desk, idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert page.submit("main form[action$='/laten-staan']", {"keep-sentence": SENTENCE}).status_code == 303
    found = room.get(Report, report)
    assert (found.handled_at is not None, found.outcome) == (True, None)
