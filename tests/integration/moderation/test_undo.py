"""Undoing within ten minutes: the text, the reports, the queue and the mails are as if nothing had been decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import render_template
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import Argument, Idea, MailMessage, ModerationDecision, News, Notice, Practice, Report, Vote
from app.models.argument import ArgumentState
from app.models.practice import PracticeState
from app.models.queue import QueueItem
from app.records import decisions, tallies
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import Room
from .test_races import at_once

SENTENCE = "We hebben de tekst gelezen en naar de spelregels gekeken."
RULING = {"hide-sentence": SENTENCE, "hide-reason": "insult"}


def last(room: Room) -> ModerationDecision:
    return room.all(ModerationDecision)[-1]


def undo(client: FlaskClient, room: Room, status: int = 303) -> None:
    post(client, f"/moderatie/besluiten/{last(room).id}/ongedaan", status)


def age(room: Room, minutes: float) -> None:
    """Let the decisions so far be older."""
    with room.app.app_context():
        db.session.execute(
            update(ModerationDecision).values(decided_at=datetime.now(UTC) - timedelta(minutes=minutes))
        )
        db.session.commit()


def open_keys(room: Room) -> list[str]:
    return [item.key for item in room.all(QueueItem) if item.closed_at is None]


def test_mails_wait_until_it_is_too_late_to_undo(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    post(desk, f"/moderatie/ideeen/{idea}/plaatsen", **{"publish-version": 1})
    (letter,) = room.all(MailMessage)
    decided = last(room).decided_at
    assert letter.next_try_at == decided + timedelta(minutes=10)
    assert letter.sent_at is None


@pytest.mark.parametrize(
    ("path", "fields", "state"),
    [
        ("plaatsen", {"publish-version": 1}, IdeaState.SUBMITTED),
        ("terugsturen", {"return-version": 1, "return-sentence": SENTENCE}, IdeaState.SUBMITTED),
        (
            "weigeren",
            {"refuse-version": 1, "refuse-sentence": SENTENCE, "refuse-reason": "insult"},
            IdeaState.SUBMITTED,
        ),
        ("verbergen", RULING, IdeaState.PUBLISHED),
        ("terugzetten", {"restore-sentence": SENTENCE}, IdeaState.HIDDEN),
    ],
)
def test_every_decision_on_an_idea_goes_back(
    room: Room, desk: FlaskClient, path: str, fields: dict[str, object], state: IdeaState
) -> None:
    published_at = None if state == IdeaState.SUBMITTED else datetime(2026, 1, 2, tzinfo=UTC)
    idea = room.idea(state, published_at=published_at)
    before = open_keys(room)
    post(desk, f"/moderatie/ideeen/{idea}/{path}", **fields)
    page = visit(desk, "/moderatie")
    assert "Je kunt dit ongedaan maken tot" in page.text
    # Another moderator may do it as well.
    other = sign_in(room.app.test_client(), room.second)
    undo(other, room)
    there = room.get(Idea, idea)
    assert (there.state, there.published_at) == (state, published_at)
    assert open_keys(room) == before
    assert room.all(MailMessage) == []
    assert room.all(Notice) == []
    assert room.all(News) == []
    decision = last(room)
    assert decision.undone_by_id == room.second
    assert room.written()[1][-1].action == "moderation.undo"
    listed = visit(desk, "/moderatie/besluiten")
    assert "Ongedaan gemaakt door Mia" in listed.text
    assert not listed.all("form[action$='/ongedaan']")


def test_reports_are_open_again_and_their_item_waits_as_long_as_before(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    report = room.report(argument=argument)
    since = room.all(QueueItem)[-1].waits_since
    post(desk, f"/moderatie/argumenten/{argument}/verbergen", **RULING)
    assert room.get(Report, report).outcome == "right"
    assert room.get(Idea, idea).argument_count == 0
    undo(desk, room)
    assert room.get(Argument, argument).state == ArgumentState.PUBLISHED
    assert room.get(Idea, idea).argument_count == 1
    assert (room.get(Report, report).handled_at, room.get(Report, report).outcome) == (None, None)
    assert open_keys(room) == [f"report:argument:{argument}"]
    assert room.all(QueueItem)[-1].waits_since == since
    # It can be decided on once more, and everybody is told of that.
    post(desk, f"/moderatie/meldingen/{report}/laten-staan", **{"keep-sentence": SENTENCE})
    assert room.get(Report, report).outcome == "kept"
    assert [letter.kind for letter in room.all(MailMessage)] == ["report_handled"]
    assert len([notice for notice in room.all(Notice) if notice.person_id == room.reader]) == 1
    undo(desk, room)
    assert open_keys(room) == [f"report:argument:{argument}"]


def test_votes_that_came_meanwhile_stay_and_the_page_says_so(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(published_at=None)
    post(desk, f"/moderatie/ideeen/{idea}/plaatsen", **{"publish-version": 1})
    with room.app.app_context():
        tallies.put(idea, room.reader, Group.RESIDENT, VoteValue.FOR, datetime.now(UTC))
        db.session.commit()
    page = visit(desk, "/moderatie")
    assert "Eén persoon heeft intussen gestemd. Die stem blijft bewaard" in page.text
    undo(desk, room)
    with room.app.app_context():
        votes = db.session.scalars(select(Vote.value).where(Vote.idea_id == idea)).all()
    assert list(votes) == [VoteValue.FOR]


def test_after_ten_minutes_it_stands(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    post(desk, f"/moderatie/ideeen/{idea}/plaatsen", **{"publish-version": 1})
    age(room, 11)
    assert not visit(desk, "/moderatie/besluiten").all("form[action$='/ongedaan']")
    undo(desk, room)
    assert "kan niet meer worden teruggedraaid" in visit(desk, "/moderatie/besluiten").text
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    assert len(room.all(MailMessage)) == 1


def test_a_text_that_went_on_stays_where_it_is(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    post(desk, f"/moderatie/ideeen/{idea}/plaatsen", **{"publish-version": 1})
    first = last(room).id
    post(desk, f"/moderatie/ideeen/{idea}/verbergen", **RULING)
    post(desk, f"/moderatie/besluiten/{first}/ongedaan")
    assert "Er geldt een nieuwer besluit over deze tekst" in visit(desk, "/moderatie/besluiten").text
    assert room.get(Idea, idea).state == IdeaState.HIDDEN
    assert room.get(ModerationDecision, first).undone_at is None


def test_nobody_undoes_a_decision_on_an_own_text_or_report(room: Room, desk: FlaskClient) -> None:
    own = room.idea(author=room.second)
    post(desk, f"/moderatie/ideeen/{own}/weigeren", **{
        "refuse-version": 1, "refuse-sentence": SENTENCE, "refuse-reason": "insult",
    })  # fmt: skip
    other = sign_in(room.app.test_client(), room.second)
    undo(other, room)
    assert "Dit is je eigen tekst." in visit(other, "/moderatie/besluiten").text
    assert room.get(Idea, own).state == IdeaState.REFUSED
    reported = room.idea(IdeaState.PUBLISHED)
    room.report(idea=reported, by=room.second)
    post(desk, f"/moderatie/ideeen/{reported}/verbergen", **RULING)
    undo(other, room)
    assert "Je hebt deze tekst zelf gemeld." in visit(other, "/moderatie/besluiten").text
    assert room.get(Idea, reported).state == IdeaState.HIDDEN
    undo(desk, room)
    assert room.get(Idea, reported).state == IdeaState.PUBLISHED


def test_two_who_undo_at_once_undo_once(room: Room, desk: FlaskClient) -> None:
    for _round in range(3):
        idea = room.idea(IdeaState.PUBLISHED)
        argument = room.argument(idea)
        post(desk, f"/moderatie/argumenten/{argument}/verbergen", **RULING)
        path = f"/moderatie/besluiten/{last(room).id}/ongedaan"
        at_once(room, (room.moderator, path, {}), (room.second, path, {}))
        assert room.get(Argument, argument).state == ArgumentState.PUBLISHED
        assert room.get(Idea, idea).argument_count == 1
        assert len([line for line in room.written()[1] if line.action == "moderation.undo"]) == _round + 1


def test_an_example_goes_back_to_who_reads_it(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        process = db.session.get_one(Idea, room.idea()).call.process
        practice = factories.a_suggestion(process, factories.a_person(email="pia@voorbeeld.example")).id
        db.session.commit()
    post(desk, f"/moderatie/praktijken/{practice}/plaatsen")
    assert room.get(Practice, practice).state == PracticeState.PUBLISHED
    assert last(room).practice_id == practice
    assert f"practice:{practice}" not in open_keys(room)
    listed = visit(desk, "/moderatie/besluiten")
    assert f"/moderatie/praktijken/{practice}" in listed.links("main a")
    undo(desk, room)
    assert room.get(Practice, practice).state == PracticeState.SUGGESTED
    assert f"practice:{practice}" in open_keys(room)
    assert room.all(MailMessage) == []


def test_the_demo_shows_a_mail_that_waits(room: Room, desk: FlaskClient) -> None:
    post(desk, f"/moderatie/ideeen/{room.idea()}/plaatsen", **{"publish-version": 1})
    (letter,) = room.all(MailMessage)
    with room.app.test_request_context("/demo/post"):
        shown = render_template("accounts/demo_post.html", messages=[(letter, [])])
    assert "tenzij het besluit ongedaan wordt gemaakt" in shown


def test_only_moderators_undo(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    post(desk, f"/moderatie/ideeen/{idea}/plaatsen", **{"publish-version": 1})
    for stranger in (room.author, room.reader):
        client = sign_in(room.app.test_client(), stranger)
        undo(client, room, 403)
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    post(desk, "/moderatie/besluiten/4711/ongedaan", 404)
    post(desk, "/moderatie/samen/onbekend/ongedaan", 404)


@pytest.mark.parametrize("kind", ["idea", "argument"])
def test_an_older_decision_does_not_undo_a_newer_one(room: Room, desk: FlaskClient, kind: str) -> None:
    number = room.idea(IdeaState.PUBLISHED)
    table: type[Any] = Idea
    path = f"/moderatie/ideeen/{number}"
    if kind == "argument":
        number = room.argument(number)
        path, table = f"/moderatie/argumenten/{number}", Argument
    post(desk, f"{path}/verbergen", **RULING)
    first = last(room).id
    post(desk, f"{path}/terugzetten", **{"restore-sentence": SENTENCE})
    post(desk, f"{path}/verbergen", **{**RULING, "hide-reason": "advertising"})
    post(desk, f"/moderatie/besluiten/{first}/ongedaan")
    assert "Er geldt een nieuwer besluit over deze tekst" in visit(desk, "/moderatie/besluiten").text
    assert room.get(table, number).state == "hidden"
    assert room.get(ModerationDecision, first).undone_at is None
    # In their order they go back one by one.
    undo(desk, room)
    assert room.get(table, number).state == "published"
    post(desk, f"/moderatie/besluiten/{last(room).id - 1}/ongedaan")
    assert room.get(table, number).state == "hidden"
    post(desk, f"/moderatie/besluiten/{first}/ongedaan")
    assert room.get(table, number).state == "published"


def test_an_appeal_against_an_older_decision_leaves_the_newer_one(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    post(desk, f"/moderatie/ideeen/{idea}/verbergen", **RULING)
    first = last(room).id
    post(desk, f"/moderatie/ideeen/{idea}/terugzetten", **{"restore-sentence": SENTENCE})
    post(desk, f"/moderatie/ideeen/{idea}/verbergen", **RULING)
    with room.app.app_context(), pytest.raises(NotAllowed):
        decisions.put_back(db.session.get_one(ModerationDecision, first), datetime.now(UTC))
    assert room.get(Idea, idea).state == IdeaState.HIDDEN
