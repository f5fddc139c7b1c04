"""Many reports by different people take a text off the site until a moderator has looked; nothing of it is lost."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import (
    Argument,
    Idea,
    MailMessage,
    ModerationDecision,
    News,
    Notice,
    Practice,
    PracticeSuggestion,
    Process,
    QueueItem,
    Report,
    Tally,
)
from app.models.argument import ArgumentState
from app.models.moderation import ModerationVerb, ReportOutcome
from app.models.practice import PracticeState
from tests import factories
from tests.support import post, sign_in, visit
from tests.support.proofs import solved

from .conftest import Room
from .test_races import at_once

OLD = datetime.now(UTC) - timedelta(days=30)
SENTENCE = "We hebben de tekst gelezen en naar de spelregels gekeken."


@pytest.fixture
def people(room: Room) -> list[int]:
    """Seven readers whose accounts are a month old; three reports take a text off the site."""
    with room.app.app_context():
        db.session.execute(update(Process).values(report_threshold=3))
        db.session.commit()
    return [room.person(name=f"Lezer {number}", created_at=OLD) for number in range(7)]


def report(room: Room, address: str, person: int | None, **more: Any) -> int:
    client = room.app.test_client()
    if person is None:
        more |= {"how": "without", **solved(client.get(address).text)}
    else:
        sign_in(client, person)
    return post(client, address, 303, reason="insult", **more).status_code


def votes(room: Room) -> list[tuple[int, int]]:
    """The votes for every idea."""
    with room.app.app_context():
        rows = db.session.execute(
            select(Tally.idea_id, Tally.votes_for).where(Tally.votes_for > 0).order_by(Tally.idea_id)
        )
        return [(row[0], row[1]) for row in rows]


def test_the_third_report_takes_an_idea_off_the_site(room: Room, people: list[int]) -> None:
    idea = room.idea(IdeaState.PUBLISHED, published_at=OLD)
    argument = room.argument(idea)
    with room.app.app_context():
        factories.a_vote(db.session.get_one(Idea, idea))
        db.session.commit()
    for person in people[:2]:
        report(room, f"/ideeen/{idea}/melden", person)
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    client = sign_in(room.app.test_client(), people[2])
    answer = visit(client, f"/ideeen/{idea}/melden").submit("main form", reason="insult")
    assert "Hij staat niet meer op de site" in visit(client, answer.headers["Location"]).text
    after = room.get(Idea, idea)
    assert (after.state, after.published_at, after.argument_count) == (IdeaState.SUBMITTED, OLD, 1)
    (decision,) = room.all(ModerationDecision)
    assert (decision.verb, decision.idea_id, decision.moderator_id) == (ModerationVerb.RECALL, idea, None)
    (item,) = room.all(QueueItem)
    first = min(row.created_at for row in room.all(Report))
    assert (item.key, item.is_live, item.waits_since) == (f"report:idea:{idea}", False, first)
    # Readers see a sentence and no text, its author hears of it and can read it.
    stranger = visit(room.app.test_client(), f"/ideeen/{idea}", 403)
    assert "Het wordt opnieuw bekeken" in stranger.text
    assert "Een bank bij elke bushalte" not in stranger.html
    assert "Een bank bij elke bushalte" not in visit(room.app.test_client(), "/ideeen").html
    (letter,) = room.all(MailMessage)
    assert (letter.recipient, letter.kind) == ("inge@voorbeeld.example", "text_recalled")
    author = sign_in(room.app.test_client(), room.author)
    assert "Een bank bij elke bushalte" in visit(author, f"/ideeen/{idea}").text
    assert "Tot die tijd kun je het niet wijzigen" in visit(author, f"/ideeen/{idea}/bewerken", 403).text
    assert room.get(Argument, argument).state == ArgumentState.PUBLISHED
    assert votes(room) == [(idea, 1)]


def test_published_again_it_has_its_date_and_votes_and_is_no_news(room: Room, people: list[int]) -> None:
    idea = room.idea(IdeaState.PUBLISHED, published_at=OLD)
    with room.app.app_context():
        factories.a_vote(db.session.get_one(Idea, idea))
        db.session.commit()
    for person in people[:3]:
        report(room, f"/ideeen/{idea}/melden", person)
    desk = sign_in(room.app.test_client(), room.moderator)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert not page.all("form[action$='/terugsturen'], form[action$='/laten-staan']")
    assert page.submit("main form[action$='/plaatsen']").status_code == 303
    back = room.get(Idea, idea)
    assert (back.state, back.published_at) == (IdeaState.PUBLISHED, OLD)
    assert votes(room) == [(idea, 1)]
    assert {(row.outcome, row.handled_at is None) for row in room.all(Report)} == {
        (ReportOutcome.KEPT, False)
    }
    assert all(item.closed_at for item in room.all(QueueItem))
    assert room.all(News) == []
    told = {row.person_id for row in room.all(Notice) if row.event_key.startswith("report:")}
    assert told == set(people[:3])
    # The same people said what they had to say; others may begin anew.
    for person in people[:3]:
        assert report(room, f"/ideeen/{idea}/melden", person) == 303
    assert len(room.all(Report)) == 3
    for person in people[3:5]:
        report(room, f"/ideeen/{idea}/melden", person)
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    report(room, f"/ideeen/{idea}/melden", people[5])
    assert room.get(Idea, idea).state == IdeaState.SUBMITTED


def test_refused_after_reports_they_were_right(room: Room, people: list[int]) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    for person in people[:3]:
        report(room, f"/ideeen/{idea}/melden", person)
    desk = sign_in(room.app.test_client(), room.moderator)
    given = {"refuse-sentence": SENTENCE, "refuse-reason": "insult"}
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert page.submit("main form[action$='/weigeren']", given).status_code == 303
    assert room.get(Idea, idea).state == IdeaState.REFUSED
    assert {row.outcome for row in room.all(Report)} == {ReportOutcome.RIGHT}


def test_an_argument_leaves_a_sentence_and_the_count_stays_exact(
    room: Room, people: list[int], client: FlaskClient
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, body="Wie dit bedenkt is niet goed bij zijn hoofd.")
    room.argument(idea, parent_id=argument, body="Dat vind ik een heel onaardige opmerking van je.")
    for person in people[:3]:
        report(room, f"/argumenten/{argument}/melden", person)
    assert room.get(Argument, argument).state == ArgumentState.WAITING
    assert room.get(Idea, idea).argument_count == 1
    page = visit(client, f"/ideeen/{idea}")
    assert "niet goed bij zijn hoofd" not in page.html
    assert "Hij wordt opnieuw bekeken door een moderator" in page.one(f"#argument-{argument}").get_text()
    assert "heel onaardige opmerking" in page.text
    (item,) = room.all(QueueItem)
    assert (item.key, item.is_live) == (f"report:argument:{argument}", False)


def test_what_never_was_on_the_site_leaves_no_place(room: Room, client: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    for state in (ArgumentState.WAITING, ArgumentState.REFUSED):
        number = room.argument(idea, state=state, body="Dit heeft nog nooit iemand kunnen lezen hier.")
        assert not visit(client, f"/ideeen/{idea}").all(f"#argument-{number}")


def test_a_suggested_practice_waits_again_and_one_of_organisers_stays(room: Room, people: list[int]) -> None:
    with room.app.app_context():
        process = factories.a_process(report_threshold=3)
        own, theirs = factories.a_practice(process), factories.a_practice(process)
        db.session.add(PracticeSuggestion(practice_id=theirs.id, person_id=room.author, suggested_at=OLD))
        db.session.commit()
        numbers = own.id, theirs.id
    for number in numbers:
        for person in people[:3]:
            assert report(room, f"/praktijk/{number}/melden", person) == 303
    states = [room.get(Practice, number).state for number in numbers]
    assert states == [PracticeState.PUBLISHED, PracticeState.SUGGESTED]
    assert len(room.all(QueueItem)) == 2


def test_reports_without_standing_do_not_weigh(room: Room, people: list[int]) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    known = people[0]
    for number in range(4):
        old = room.report(
            idea=room.idea(IdeaState.PUBLISHED, title=f"Eerder gemeld idee {number}"), by=known, handled=True
        )
        with room.app.app_context():
            db.session.get_one(Report, old).outcome = ReportOutcome.KEPT
            db.session.commit()
    address = f"/ideeen/{idea}/melden"
    new = room.person(name="Nieuw")
    for person in (known, new, people[1], people[2]):
        assert report(room, address, person) == 303
    for number in range(4):
        assert report(room, address, None, explanation=f"Vreemde {number}") == 303
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    report(room, address, people[3])
    assert room.get(Idea, idea).state == IdeaState.SUBMITTED


@pytest.mark.one_database
def test_a_threshold_of_zero_never_does(room: Room, people: list[int]) -> None:
    with room.app.app_context():
        db.session.execute(update(Process).values(report_threshold=0))
        db.session.commit()
    idea = room.idea(IdeaState.PUBLISHED)
    for person in people:
        report(room, f"/ideeen/{idea}/melden", person)
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED


def test_the_last_reports_at_once_recall_it_once(room: Room, people: list[int]) -> None:
    for _round in range(3):
        idea = room.idea(IdeaState.PUBLISHED, title=f"Een idee dat velen melden, {_round}")
        argument = room.argument(idea)
        before = len(room.all(ModerationDecision))
        for address in (f"/ideeen/{idea}/melden", f"/argumenten/{argument}/melden"):
            report(room, address, people[0])
        answers = at_once(
            room, *((person, f"/argumenten/{argument}/melden", {"reason": "insult"}) for person in people[1:])
        )
        # Who comes after the text went finds it gone; everybody before that has reported it.
        assert set(Counter(status for status, _page in answers)) <= {303, 403, 404}
        assert room.get(Argument, argument).state == ArgumentState.WAITING
        assert room.get(Idea, idea).argument_count == 0
        answers = at_once(
            room, *((person, f"/ideeen/{idea}/melden", {"reason": "insult"}) for person in people[1:])
        )
        assert set(Counter(status for status, _page in answers)) <= {303, 403, 404}
        assert Counter(status for status, _page in answers)[303] >= 2
        assert room.get(Idea, idea).state == IdeaState.SUBMITTED
        assert len(room.all(ModerationDecision)) == before + 2


def three_report(room: Room, people: list[int], kind: str, number: int) -> None:
    """Enough reports to take a text off the site."""
    for person in people[:3]:
        assert report(room, f"/{kind}/{number}/melden", person) == 303


def test_recalled_texts_are_decided_on_together(room: Room, people: list[int]) -> None:
    ideas = [room.idea(IdeaState.PUBLISHED, published_at=OLD, title=f"Een gemeld idee {n}") for n in range(2)]
    under = room.idea(IdeaState.PUBLISHED, title="Waar de argumenten onder staan")
    arguments = [room.argument(under, author=room.reader) for _ in range(2)]
    for number in ideas:
        three_report(room, people, "ideeen", number)
    for number in arguments:
        three_report(room, people, "argumenten", number)
    assert room.get(Idea, under).argument_count == 0
    by_key = {item.key: item.id for item in room.all(QueueItem)}
    items = {
        **{("idea", number): by_key[f"report:idea:{number}"] for number in ideas},
        **{("argument", number): by_key[f"report:argument:{number}"] for number in arguments},
    }
    desk = sign_in(room.app.test_client(), room.moderator)

    def together(verb: str, *texts: tuple[str, int], **fields: Any) -> None:
        kies = ",".join(str(items[text]) for text in texts)
        post(desk, "/moderatie/samen", 303, kies=kies, verb=verb, **fields)

    # The first of each is put back, the second is refused.
    first = [("idea", ideas[0]), ("argument", arguments[0])]
    second = [("idea", ideas[1]), ("argument", arguments[1])]
    together("publish", *first)
    together("refuse", *second, sentence=SENTENCE, reason="insult")
    assert [room.get(Idea, number).state for number in ideas] == [IdeaState.PUBLISHED, IdeaState.REFUSED]
    assert [room.get(Argument, number).state for number in arguments] == [
        ArgumentState.PUBLISHED,
        ArgumentState.REFUSED,
    ]
    assert room.get(Idea, ideas[0]).published_at == OLD
    assert room.get(Idea, under).argument_count == 1
    outcomes = {
        (("idea", row.idea_id) if row.idea_id else ("argument", row.argument_id)): row.outcome
        for row in room.all(Report)
    }
    assert outcomes == {
        **dict.fromkeys(first, ReportOutcome.KEPT),
        **dict.fromkeys(second, ReportOutcome.RIGHT),
    }
    assert all(item.closed_at for item in room.all(QueueItem))
    assert room.all(News) == [], "what was there before is no news"
    kinds = Counter(mail.kind for mail in room.all(MailMessage) if mail.recipient.startswith(("inge", "rik")))
    assert kinds == {
        "text_recalled": 4,
        "idea_restored": 1,
        "argument_restored": 1,
        "idea_hidden": 1,
        "argument_hidden": 1,
    }
    # Undone, all of it waits again as it did, off the site, with the reports open and nobody told.
    batches = {row.batch for row in room.all(ModerationDecision) if row.batch}
    for batch in batches:
        post(desk, f"/moderatie/samen/{batch}/ongedaan")
    assert [room.get(Idea, number).state for number in ideas] == [IdeaState.SUBMITTED] * 2
    assert {room.get(Argument, number).state for number in arguments} == {ArgumentState.WAITING}
    assert room.get(Idea, under).argument_count == 0
    assert {(row.handled_at, row.outcome) for row in room.all(Report)} == {(None, None)}
    assert {(item.closed_at, item.is_live) for item in room.all(QueueItem)} == {(None, False)}
    assert {mail.kind for mail in room.all(MailMessage)} == {"text_recalled"}
    assert not [row for row in room.all(Notice) if row.event_key.startswith("report:")]


@pytest.mark.parametrize(
    ("verb", "fields", "state", "outcome", "count", "letter"),
    [
        ("plaatsen", {}, ArgumentState.PUBLISHED, ReportOutcome.KEPT, 1, "argument_restored"),
        (
            "weigeren",
            {"refuse-sentence": SENTENCE, "refuse-reason": "insult"},
            ArgumentState.REFUSED,
            ReportOutcome.RIGHT,
            0,
            "argument_hidden",
        ),
    ],
)
def test_a_recalled_argument_is_decided_on_from_its_page(
    room: Room,
    people: list[int],
    verb: str,
    fields: dict[str, str],
    state: ArgumentState,
    outcome: ReportOutcome,
    count: int,
    letter: str,
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    three_report(room, people, "argumenten", argument)
    desk = sign_in(room.app.test_client(), room.moderator)
    page = visit(desk, "/moderatie").follow(f"main a[href='/moderatie/argumenten/{argument}']")
    assert not page.all("form[action$='/laten-staan']")
    assert page.submit(f"main form[action$='/{verb}']", fields).status_code == 303
    assert room.get(Argument, argument).state == state
    assert room.get(Idea, idea).argument_count == count
    assert {row.outcome for row in room.all(Report)} == {outcome}
    assert all(item.closed_at for item in room.all(QueueItem))
    assert room.all(News) == []
    told = [mail.kind for mail in room.all(MailMessage) if mail.recipient == "inge@voorbeeld.example"]
    assert told == ["text_recalled", letter]
    assert {row.person_id for row in room.all(Notice) if row.event_key.startswith("report:")} == set(
        people[:3]
    )
    decision = room.all(ModerationDecision)[-1]
    post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert room.get(Argument, argument).state == ArgumentState.WAITING
    assert room.get(Idea, idea).argument_count == 0
    assert {row.outcome for row in room.all(Report)} == {None}
    (item,) = room.all(QueueItem)
    assert (item.closed_at, item.is_live) == (None, False)
    assert not [row for row in room.all(Notice) if row.event_key.startswith("report:")]
    # Decided once more: the reporters hear of this decision.
    assert (
        visit(desk, f"/moderatie/argumenten/{argument}")
        .submit(f"main form[action$='/{verb}']", fields)
        .status_code
        == 303
    )
    assert {row.person_id for row in room.all(Notice) if row.event_key.startswith("report:")} == set(
        people[:3]
    )
