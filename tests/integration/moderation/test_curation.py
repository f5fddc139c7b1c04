"""When moderators read: before, after, of trusted authors after, or only what was reported."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.ideas import amendments, service
from app.models import Appeal, Argument, Call, Idea, ModerationDecision, News, Person
from app.models.argument import ArgumentState
from app.models.moderation import AppealOutcome, ModerationVerb
from app.models.process import Curation
from app.models.queue import QueueItem
from app.policies.curation import Course, course
from app.records import curation
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import Room, hours_ago

BODY = "Dit is een argument dat lang genoeg is om te mogen staan."


def choose(room: Room, **values: object) -> None:
    with room.app.app_context():
        call = db.session.get_one(Call, room.call)
        for name, value in values.items():
            setattr(call, name, value)
        db.session.commit()


def send_in(room: Room, client: FlaskClient, title: str = "Een bankje bij de Maas") -> Idea:
    page = visit(client, "/ideeen/nieuw")
    theme = page.all("input[name=themes]")[0]["value"]
    answer = page.submit(
        "main form[action='/ideeen/nieuw']",
        {
            "title": title,
            "themes": theme,
            "summary": "Wie even wil zitten kan dat dan ook doen.",
            "body": "Langs de Maas staan weinig banken, en wie slecht loopt heeft die hard nodig om te rusten.",
        },
        button="send",
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[-3000:]
    return room.all(Idea)[-1]


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        (Curation.BEFORE, 9, Course(False, True)),
        (Curation.AFTER, 0, Course(True, True)),
        (Curation.REPORTED, 0, Course(True, False)),
        (Curation.TRUSTED, 2, Course(False, True)),
        (Curation.TRUSTED, 3, Course(True, True)),
    ],
)
def test_what_a_call_does(chosen: Curation, accepted: int, expected: Course) -> None:
    assert course(chosen, accepted, 3) == expected


@pytest.mark.parametrize(
    ("chosen", "words", "state", "waits"),
    [
        (
            Curation.BEFORE,
            "Een moderator leest je idee voordat het op de site komt",
            IdeaState.SUBMITTED,
            [False],
        ),
        (
            Curation.AFTER,
            "Je idee staat meteen op de site. Een moderator leest het",
            IdeaState.PUBLISHED,
            [True],
        ),
        (Curation.REPORTED, "Moderatoren lezen het als iemand het meldt", IdeaState.PUBLISHED, []),
        (
            Curation.TRUSTED,
            "Een moderator leest je idee voordat het op de site komt",
            IdeaState.SUBMITTED,
            [False],
        ),
    ],
)
def test_an_idea_waits_or_stands_there_at_once_and_its_author_knows(
    room: Room, client: FlaskClient, chosen: Curation, words: str, state: IdeaState, waits: list[bool]
) -> None:
    choose(room, idea_curation=chosen)
    _with_theme(room)
    sign_in(client, room.author)
    assert words in visit(client, "/ideeen/nieuw").text
    idea = send_in(room, client)
    assert idea.state == state
    assert (idea.published_at is not None) == (state == IdeaState.PUBLISHED)
    assert [item.is_live for item in room.all(QueueItem) if item.closed_at is None] == waits
    assert len(room.all(News)) == (state == IdeaState.PUBLISHED)
    visit(client, f"/ideeen/{idea.id}")


def test_what_is_read_afterwards_is_kept_or_taken_off(room: Room, client: FlaskClient) -> None:
    choose(room, idea_curation=Curation.AFTER)
    _with_theme(room)
    sign_in(client, room.author)
    first, second = send_in(room, client), send_in(room, client, "Een tweede bankje bij de Maas")
    sign_in(client, room.moderator)
    page = visit(client, f"/moderatie/ideeen/{first.id}")
    assert page.submit("main form[action$='/gelezen']").status_code == 303
    fields = {"hide-sentence": "Dit hoort niet op deze site.", "hide-reason": "off_topic"}
    post(client, f"/moderatie/ideeen/{second.id}/verbergen", **fields)
    assert [idea.state for idea in room.all(Idea)] == [IdeaState.PUBLISHED, IdeaState.HIDDEN]
    assert [decision.verb for decision in room.all(ModerationDecision)] == ["keep", "hide"]
    assert all(decision.waited is not None for decision in room.all(ModerationDecision))
    assert not [item for item in room.all(QueueItem) if item.closed_at is None]


def decide(
    room: Room, verb: ModerationVerb, hours: float, *, undone: bool = False, upheld: bool = False
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        decision = ModerationDecision(
            idea_id=idea,
            verb=verb,
            moderator_id=room.moderator,
            decided_at=hours_ago(hours),
            undone_at=hours_ago(hours) if undone else None,
        )
        db.session.add(decision)
        db.session.flush()
        if upheld:
            db.session.add(
                Appeal(
                    decision_id=decision.id,
                    author_id=room.author,
                    text="Dit klopt niet.",
                    created_at=hours_ago(hours),
                    due_at=hours_ago(0),
                    outcome=AppealOutcome.UPHELD,
                )
            )
        db.session.commit()


def accepted(room: Room) -> int:
    with room.app.app_context(), db.session.no_autoflush:
        return curation.accepted(room.author)


def test_trust_is_earned_text_by_text_and_lost_by_one_refusal(room: Room) -> None:
    assert accepted(room) == 0
    for hours in (90, 80, 70):
        decide(room, ModerationVerb.PUBLISH, hours)
    assert accepted(room) == 3
    decide(room, ModerationVerb.RETURN, 65)
    assert accepted(room) == 3
    decide(room, ModerationVerb.REFUSE, 60)
    assert accepted(room) == 0
    decide(room, ModerationVerb.KEEP, 50)
    assert accepted(room) == 1
    decide(room, ModerationVerb.HIDE, 40, undone=True)
    decide(room, ModerationVerb.REFUSE, 30, upheld=True)
    decide(room, ModerationVerb.PUBLISH, 20, undone=True)
    assert accepted(room) == 1
    with room.app.app_context():
        assert curation.accepted(room.reader) == 0


def test_who_is_trusted_skips_the_wait(room: Room, client: FlaskClient) -> None:
    choose(room, idea_curation=Curation.TRUSTED, trust_after=2)
    _with_theme(room)
    for hours in (90, 80):
        decide(room, ModerationVerb.PUBLISH, hours)
    sign_in(client, room.author)
    assert "Je idee staat meteen op de site." in visit(client, "/ideeen/nieuw").text
    assert send_in(room, client).state == IdeaState.PUBLISHED
    sign_in(client, room.reader)
    assert send_in(room, client).state == IdeaState.SUBMITTED


def test_an_argument_waits_unseen_until_a_moderator_publishes_it(room: Room, client: FlaskClient) -> None:
    choose(room, argument_curation=Curation.BEFORE)
    idea = room.idea(IdeaState.PUBLISHED)
    sign_in(client, room.reader)
    assert "Een moderator leest je tekst eerst" in visit(client, f"/ideeen/{idea}").text
    answer = post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    assert answer.location == f"/ideeen/{idea}#unplaced"
    own = visit(client, f"/ideeen/{idea}")
    assert "Wordt gelezen" in own.text
    assert BODY in own.text
    assert "Wacht op een moderator" in visit(client, "/mijn").text
    # The same form again adds nothing, and nobody else sees it.
    post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    (argument,) = room.all(Argument)
    assert argument.state == ArgumentState.WAITING
    for stranger in (room.app.test_client(), sign_in(room.app.test_client(), room.author)):
        assert BODY not in visit(stranger, f"/ideeen/{idea}").text
        assert stranger.get(f"/argumenten/{argument.id}/melden").status_code == 404
    assert room.get(Idea, idea).argument_count == 0
    assert not [news for news in room.all(News) if news.event_key.startswith("argument")]
    sign_in(client, room.moderator)
    page = visit(client, f"/moderatie/argumenten/{argument.id}")
    assert page.submit("main form[action$='/plaatsen']").status_code == 303
    assert room.get(Argument, argument.id).state == ArgumentState.PUBLISHED
    assert room.get(Idea, idea).argument_count == 1
    assert [news.event_key for news in room.all(News)] == [f"argument:{argument.id}"]
    assert BODY in visit(room.app.test_client(), f"/ideeen/{idea}").text
    # Undone, it waits again and is counted no longer.
    post(client, f"/moderatie/besluiten/{room.all(ModerationDecision)[-1].id}/ongedaan")
    assert room.get(Argument, argument.id).state == ArgumentState.WAITING
    assert room.get(Idea, idea).argument_count == 0
    assert room.all(News) == []


def test_a_refused_reply_is_shown_to_its_author_with_the_reason(room: Room, client: FlaskClient) -> None:
    choose(room, argument_curation=Curation.BEFORE)
    idea = room.idea(IdeaState.PUBLISHED)
    top = room.argument(idea)
    sign_in(client, room.reader)
    post(client, f"/argumenten/{top}/reacties", body=BODY)
    reply = room.all(Argument)[-1]
    assert [item.kind for item in room.all(QueueItem)] == ["reply"]
    sign_in(client, room.moderator)
    fields = {
        "refuse-version": 0,
        "refuse-sentence": "Blijf bij het idee zelf.",
        "refuse-reason": "off_topic",
    }
    post(client, f"/moderatie/argumenten/{reply.id}/weigeren", **fields)
    assert room.get(Argument, reply.id).state == ArgumentState.REFUSED
    sign_in(client, room.reader)
    page = visit(client, f"/ideeen/{idea}")
    assert "Niet geplaatst" in page.text
    assert "Blijf bij het idee zelf." in page.text
    assert BODY not in visit(room.app.test_client(), f"/ideeen/{idea}").text
    assert room.get(Idea, idea).argument_count == 1


def test_taking_back_what_waits_ends_the_wait_and_counts_nothing(room: Room, client: FlaskClient) -> None:
    choose(room, argument_curation=Curation.BEFORE)
    idea = room.idea(IdeaState.PUBLISHED)
    sign_in(client, room.reader)
    post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    (argument,) = room.all(Argument)
    post(client, f"/argumenten/{argument.id}/verwijderen")
    assert room.get(Argument, argument.id).state == ArgumentState.DELETED
    assert room.get(Idea, idea).argument_count == 0
    assert room.all(QueueItem)[-1].closed_at is not None


@pytest.mark.parametrize("chosen", [Curation.BEFORE, Curation.TRUSTED])
def test_what_was_read_first_is_not_rewritten_unread(
    room: Room, client: FlaskClient, chosen: Curation
) -> None:
    choose(room, argument_curation=chosen, trust_after=5)
    idea = room.idea(IdeaState.PUBLISHED)
    sign_in(client, room.reader)
    post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    (argument,) = room.all(Argument)
    change, other = f"/argumenten/{argument.id}/bewerken", BODY.replace("lang", "ruim lang")
    # What waits can be mended: nobody has read it yet.
    post(client, change, body=other)
    assert room.get(Argument, argument.id).body == other
    sign_in(client, room.moderator)
    assert (
        visit(client, f"/moderatie/argumenten/{argument.id}")
        .submit("main form[action$='/plaatsen']")
        .status_code
        == 303
    )
    sign_in(client, room.reader)
    answer = post(client, change, 403, body="Iets heel anders, dat geen moderator ooit gelezen heeft.")
    text = answer.get_data(as_text=True)
    assert "Een moderator leest hier teksten voordat anderen ze zien." in text
    assert "Iets heel anders" in text
    assert room.get(Argument, argument.id).body == other
    if chosen == Curation.BEFORE:
        assert change not in visit(client, f"/ideeen/{idea}").links("main a")


@pytest.mark.parametrize(("chosen", "waits"), [(Curation.AFTER, True), (Curation.REPORTED, False)])
def test_what_was_read_and_is_changed_is_read_again(
    room: Room, client: FlaskClient, chosen: Curation, waits: bool
) -> None:
    choose(room, argument_curation=chosen)
    idea = room.idea(IdeaState.PUBLISHED)
    sign_in(client, room.reader)
    post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    (argument,) = room.all(Argument)
    if waits:
        sign_in(client, room.moderator)
        visit(client, f"/moderatie/argumenten/{argument.id}").submit("main form[action$='/gelezen']")
        sign_in(client, room.reader)
    assert not [item for item in room.all(QueueItem) if item.closed_at is None]
    post(client, f"/argumenten/{argument.id}/bewerken", body=BODY.replace("lang", "ruim lang"))
    assert "ruim lang" in visit(room.app.test_client(), f"/ideeen/{idea}").text
    assert [item.is_live for item in room.all(QueueItem) if item.closed_at is None] == [True] * waits


@pytest.mark.parametrize(
    ("chosen", "waits"), [(Curation.AFTER, 1), (Curation.REPORTED, 0)], ids=["after", "reported"]
)
def test_an_argument_stands_there_at_once(
    room: Room, client: FlaskClient, chosen: Curation, waits: int
) -> None:
    choose(room, argument_curation=chosen)
    idea = room.idea(IdeaState.PUBLISHED)
    sign_in(client, room.reader)
    post(client, f"/ideeen/{idea}/argumenten", side="for", body=BODY)
    assert room.get(Idea, idea).argument_count == 1
    assert [item.is_live for item in room.all(QueueItem)] == [True] * waits
    assert BODY in visit(room.app.test_client(), f"/ideeen/{idea}").text


def test_what_changes_after_publication_is_read_again(room: Room, client: FlaskClient) -> None:
    choose(room, idea_curation=Curation.BEFORE)
    idea = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        author, found = db.session.get_one(Person, room.author), db.session.get_one(Idea, idea)
        content = service.content_of(found)
        service.change(author, idea, replace(content, title="Een andere titel hier"), 1, datetime.now(UTC))
        amendments.amend(
            author, idea, replace(content, title="Nog een andere titel"), "Duidelijker zo.", datetime.now(UTC)
        )
        kinds = db.session.scalars(
            select(QueueItem.kind).where(QueueItem.closed_at.is_(None)).order_by(QueueItem.id)
        ).all()
        assert [(kind.value) for kind in kinds] == ["idea", "amendment"]
        assert db.session.scalar(select(func.count()).where(QueueItem.is_live.is_(True))) == 2
    sign_in(client, room.moderator)
    page = visit(client, f"/moderatie/ideeen/{idea}")
    assert "De schrijver heeft de tekst veranderd, en lezers zien dat al." in page.text
    page.submit("main form[action$='/gelezen']")
    assert not [item for item in room.all(QueueItem) if item.closed_at is None]


def _with_theme(room: Room) -> None:
    with room.app.app_context():
        factories.a_theme(db.session.get_one(Call, room.call).process)
        db.session.commit()
