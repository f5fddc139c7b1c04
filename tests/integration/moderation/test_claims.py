"""Taking a text: one moderator gets it, the others hear who, and the next one is another text."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import AuditEntry, Idea
from app.models.contribution import Channel, IdeaOrigin
from app.models.queue import QueueItem, QueueKind
from app.records import queue
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Room, hours_ago
from .test_races import at_once


def items(room: Room) -> list[QueueItem]:
    return room.all(QueueItem)


def test_taking_a_text_opens_it_and_shows_others_who_is_at_it(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(title="Een bank bij elke bushalte")
    button = visit(desk, "/moderatie").one("[data-claim]")
    answer = post(desk, str(button["formaction"]))
    assert answer.location == f"/moderatie/ideeen/{idea}"
    assert "Jij leest deze tekst." in visit(desk, answer.location).text
    assert "Jij leest dit" in visit(desk, "/moderatie").text
    (line,) = room.all(AuditEntry)
    assert (line.action, line.actor_id, line.subject_type) == (
        "moderation.claim",
        room.moderator,
        "queue_item",
    )
    other = sign_in(room.app.test_client(), room.second)
    page = visit(other, "/moderatie")
    assert "Mo leest dit nu" in page.text
    assert not page.all("[data-claim]")
    page = visit(other, f"/moderatie/ideeen/{idea}")
    assert "Mo leest deze tekst nu. Pak een andere." in page.text
    assert not page.all("#decide .decision")
    late = post(other, f"/moderatie/ideeen/{idea}/plaatsen", 403, **{"publish-version": 1})
    assert "Mo leest deze tekst nu." in look_at(other, late).text
    assert room.get(Idea, idea).state == IdeaState.SUBMITTED


def test_looking_takes_nothing(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    visit(desk, "/moderatie")
    visit(desk, f"/moderatie/ideeen/{idea}")
    assert items(room)[0].claimed_by_id is None


def test_of_two_at_once_one_gets_it_and_the_other_hears_who(room: Room) -> None:
    for _round in range(4):
        room.idea()
        number = items(room)[-1].id
        path = f"/moderatie/wachtrij/{number}/oppakken"
        answers = at_once(room, (room.moderator, path, {}), (room.second, path, {}))
        assert [status for status, _page in answers] == [303, 303]
        holder = items(room)[-1].claimed_by_id
        assert holder in (room.moderator, room.second)
        loser = room.second if holder == room.moderator else room.moderator
        client = sign_in(room.app.test_client(), loser)
        answer = post(client, path)
        assert answer.location == "/moderatie"
        name = "Mo" if holder == room.moderator else "Mia"
        assert f"{name} leest deze tekst nu. Pak een andere." in visit(client, "/moderatie").text
    taken = [line for line in room.all(AuditEntry) if line.action == "moderation.claim"]
    assert len(taken) == 4


def test_next_skips_what_others_hold_and_what_is_ones_own(room: Room, desk: FlaskClient) -> None:
    first = room.idea(submitted_at=hours_ago(9))
    room.idea(submitted_at=hours_ago(8), author=room.moderator)
    third = room.idea(submitted_at=hours_ago(7))
    other = sign_in(room.app.test_client(), room.second)
    assert post(other, "/moderatie/volgende").location == f"/moderatie/ideeen/{first}"
    assert post(desk, "/moderatie/volgende").location == f"/moderatie/ideeen/{third}"
    # Skipping lets it go, so that somebody else gets it.
    page = visit(desk, f"/moderatie/ideeen/{third}")
    assert page.submit(".review__onwards form").location == "/moderatie"
    assert [item.claimed_by_id for item in items(room)] == [room.second, None, None]


def test_a_claim_ends_after_a_quarter_of_an_hour_or_when_it_is_let_go(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    number = items(room)[0].id
    other = sign_in(room.app.test_client(), room.second)
    post(other, f"/moderatie/wachtrij/{number}/oppakken")
    post(desk, f"/moderatie/wachtrij/{number}/loslaten")  # not theirs, so it changes nothing
    assert items(room)[0].claimed_by_id == room.second
    with room.app.app_context():
        db.session.get_one(QueueItem, number).claimed_at = datetime.now(UTC) - timedelta(minutes=16)
        db.session.commit()
    assert post(desk, "/moderatie/volgende").location == f"/moderatie/ideeen/{idea}"
    post(desk, f"/moderatie/wachtrij/{number}/loslaten")
    assert items(room)[0].claimed_by_id is None


def test_only_moderators_take(room: Room, client: FlaskClient) -> None:
    room.idea()
    number = items(room)[0].id
    sign_in(client, room.reader)
    for path in (f"/moderatie/wachtrij/{number}/oppakken", "/moderatie/volgende"):
        post(client, path, 403)
    assert items(room)[0].claimed_by_id is None


def test_what_does_not_exist_is_not_found(room: Room, desk: FlaskClient) -> None:
    post(desk, "/moderatie/wachtrij/4711/oppakken", 404)
    post(desk, "/moderatie/wachtrij/4711/loslaten", 404)


def test_nobody_takes_what_they_may_not_decide_on(room: Room, desk: FlaskClient) -> None:
    theirs = room.idea(author=room.moderator)
    posted, reported = room.idea(), room.idea(IdeaState.PUBLISHED)
    room.report(idea=reported, by=room.moderator)
    answered = room.report(argument=room.argument(room.idea(IdeaState.PUBLISHED), author=room.moderator))
    with room.app.app_context():
        values = {"channel": Channel.PAPER, "posted_by_id": room.moderator, "posted_at": hours_ago(1)}
        db.session.add(IdeaOrigin(idea_id=posted, **values))
        db.session.commit()
    assert theirs
    assert answered
    assert len(items(room)) == 4
    for item in items(room):
        answer = post(desk, f"/moderatie/wachtrij/{item.id}/oppakken")
        assert answer.location == "/moderatie"
        assert "Het wacht op een andere moderator" in visit(desk, "/moderatie").text
    assert {item.claimed_by_id for item in items(room)} == {None}
    assert room.all(AuditEntry) == []
    other = sign_in(room.app.test_client(), room.second)
    for item in items(room):
        post(other, f"/moderatie/wachtrij/{item.id}/oppakken")
    assert {item.claimed_by_id for item in items(room)} == {room.second}


def test_nobody_takes_a_pair_with_an_idea_of_theirs(room: Room, desk: FlaskClient) -> None:
    mine, other = room.idea(IdeaState.PUBLISHED, author=room.moderator), room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        pair = factories.a_pair(db.session.get_one(Idea, other), db.session.get_one(Idea, mine))
        queue.put(QueueKind.DUPLICATE, pair, hours_ago(1))
        db.session.commit()
    [item] = items(room)
    post(desk, f"/moderatie/wachtrij/{item.id}/oppakken")
    assert items(room)[0].claimed_by_id is None
    assert not visit(desk, "/moderatie").all("[data-claim]")
