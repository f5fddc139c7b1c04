"""Splitting an idea that holds two proposals: the words and the name of the author, seen from both, and undone."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import (
    Amendment,
    Call,
    Idea,
    IdeaTheme,
    MailMessage,
    ModerationDecision,
    News,
    Notice,
    Person,
    SplitIdea,
    Tally,
)
from app.models.person import Role
from app.records import decisions, tallies
from tests import factories
from tests.support import Page, post, sign_in, visit

from .conftest import Room

SENTENCE = "Er staan twee voorstellen in, en mensen willen los kunnen stemmen."
BENCHES = "Er staan te weinig banken bij de bushaltes. Ouderen kunnen nergens zitten als ze wachten."
LAMPS = "Op het plein is het donker. Zet daar lampen neer die alleen branden als er iemand loopt."
BODY = f"{BENCHES}\n\n{LAMPS}"
FIELDS = {
    "title": "Slimme lampen op het plein",
    "summary": "Lampen die alleen branden als er iemand loopt.",
    "body": LAMPS,
    "sentence": SENTENCE,
}


@pytest.fixture
def theme(room: Room) -> int:
    """A theme of the process."""
    with room.app.app_context():
        made = factories.a_theme(db.session.get_one(Call, room.call).process, title="Straat")
        db.session.commit()
        return made.id


@pytest.fixture
def idea(room: Room, theme: int) -> int:
    """An idea with two proposals, and two votes."""
    number = room.idea(IdeaState.PUBLISHED, body=BODY, title="Banken en lampen", neighbourhood="Wyck")
    with room.app.app_context():
        db.session.add(IdeaTheme(idea_id=number, theme_id=theme))
        found = db.session.get_one(Idea, number)
        factories.a_vote(found)
        factories.a_vote(found, value=VoteValue.AGAINST)
        db.session.commit()
    return number


def split(desk: FlaskClient, idea: int, **fields: object) -> int:
    """Split it through the form; the number of the new idea."""
    page = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    answer = page.submit("main form.form", {**FIELDS, **fields})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def undo(room: Room, now: datetime | None = None) -> None:
    with room.app.app_context():
        found = db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id.desc())).first()
        assert found is not None
        decisions.undo(found, db.session.get_one(Person, room.second), now or datetime.now(UTC))
        db.session.commit()


def trail(page: Page) -> list[str]:
    return page.texts(".trail__title")


def test_a_part_becomes_an_idea_of_the_author_and_both_say_so(
    room: Room, desk: FlaskClient, client: FlaskClient, idea: int, theme: int, heard: list[tuple[str, object]]
) -> None:
    page = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    assert page.one("textarea[name=body]").get_text().strip() == BODY
    new = split(desk, idea)
    made = room.get(Idea, new)
    assert (made.state, made.author_id, made.call_id) == (IdeaState.PUBLISHED, room.author, room.call)
    assert (made.title, made.body, made.neighbourhood) == (FIELDS["title"], LAMPS, "Wyck")
    assert room.get(Idea, idea).body == BODY, "without the tick the passages stand in both"
    with room.app.app_context():
        row = db.session.get_one(SplitIdea, new)
        decision = db.session.scalars(select(ModerationDecision)).one()
        assert (row.from_id, row.decision_id, decision.verb) == (idea, decision.id, "split")
        assert db.session.scalars(select(IdeaTheme.theme_id).where(IdeaTheme.idea_id == new)).all() == [theme]
        votes = dict(
            tuple(row)
            for row in db.session.execute(
                select(Tally.idea_id, db.func.sum(Tally.votes_for + Tally.votes_against)).group_by(
                    Tally.idea_id
                )
            )
        )
        assert votes == {idea: 2, new: 0}, "votes stay where they were cast"
        assert tallies.differences() == []
    stranger = room.app.test_client()
    first, second = visit(stranger, f"/ideeen/{idea}"), visit(stranger, f"/ideeen/{new}")
    assert "Een deel werd een eigen idee: “Slimme lampen op het plein”" in trail(first)
    assert f"/ideeen/{new}" in first.links("main .panel a")
    assert "Afgesplitst van het idee “Banken en lampen”" in trail(second)
    assert f"/ideeen/{idea}" in second.links("main .panel a")
    assert "Inge" in second.text
    (letter,) = [mail for mail in room.all(MailMessage) if mail.kind == "idea_split"]
    assert letter.recipient == "inge@voorbeeld.example"
    assert f"http://localhost/ideeen/{new}/intrekken" in letter.text
    assert SENTENCE in letter.text
    line = room.written()[1][0]
    assert (line.action, line.after) == ("moderation.split", {"idea": new, "leaves": False})
    assert [("idea_changed", idea), ("idea_changed", new)] == [each for each in heard if each[1]]
    author = sign_in(client, room.author)
    assert visit(author, f"/ideeen/{new}/intrekken").submit("main form").status_code == 303
    assert room.get(Idea, new).state == IdeaState.WITHDRAWN
    gone = visit(stranger, f"/ideeen/{idea}")
    assert "Slimme lampen" not in gone.text, "what is off the site is not named elsewhere"
    assert "Een deel werd een eigen idee" in trail(gone)


def test_passages_leave_in_view_of_everybody_and_come_back(room: Room, desk: FlaskClient, idea: int) -> None:
    before = room.get(Idea, idea)
    new = split(desk, idea, leaves="y")
    assert room.get(Idea, idea).body == BENCHES
    (amendment,) = room.all(Amendment)
    assert (amendment.body, amendment.number) == (BODY, 1)
    assert "Slimme lampen op het plein" in amendment.reason
    assert LAMPS in visit(room.app.test_client(), f"/ideeen/{idea}/wijzigingen").text.replace("  ", " ")
    undo(room)
    after = room.get(Idea, idea)
    kept = ("title", "summary", "body", "state", "published_at", "argument_count", "neighbourhood")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert room.all(Amendment) == []
    assert [found.id for found in room.all(Idea)] == [idea]
    with room.app.app_context():
        assert db.session.scalars(select(SplitIdea)).all() == []
        assert db.session.scalars(select(Tally.idea_id).where(Tally.idea_id == new)).all() == []
    assert room.all(MailMessage) == []
    assert room.all(Notice) == []
    assert room.all(News) == [], "nobody hears of an idea that is not there"


@pytest.mark.parametrize("acted", ["vote", "argument", "decision", "amended"])
def test_it_stays_split_when_somebody_acted_on_it(
    room: Room, desk: FlaskClient, idea: int, acted: str
) -> None:
    new = split(desk, idea, leaves="y")
    with room.app.app_context():
        made, first = db.session.get_one(Idea, new), db.session.get_one(Idea, idea)
        if acted == "vote":
            factories.a_vote(made)
        elif acted == "argument":
            factories.an_argument(made)
        elif acted == "decision":
            factories.a_decision(
                made, db.session.get_one(Person, room.second), decided_at=datetime(2020, 1, 1, tzinfo=UTC)
            )
        else:
            first.body = "Dit is een heel andere tekst geworden. " * 3
        db.session.commit()
    sentence = {
        "vote": "have voted on the new idea",
        "argument": "have voted on the new idea",
        "decision": "Something else has happened",
        "amended": "has changed since it was split",
    }[acted]
    with room.app.app_context():
        found = db.session.scalars(select(ModerationDecision).where(ModerationDecision.verb == "split")).one()
        with pytest.raises(NotAllowed, match=sentence):
            decisions.undo(found, db.session.get_one(Person, room.second), datetime.now(UTC))
        db.session.rollback()
    assert room.get(Idea, new).state == IdeaState.PUBLISHED
    assert room.get(Idea, idea).body != BODY


@pytest.mark.parametrize(
    ("body", "leaves", "sentence"),
    [
        (
            LAMPS + " En gratis ijs voor iedereen.",
            None,
            "Dit staat niet in de tekst van de schrijver: “En gratis ijs",
        ),
        (LAMPS.replace("donker", "licht"), None, "Dit staat niet in de tekst van de schrijver"),
        (LAMPS + "\n\n" + LAMPS, None, "Dit staat niet in de tekst van de schrijver"),
        (BODY, None, "Dit is de hele tekst."),
        (
            BODY.replace("Er staan te weinig banken bij de bushaltes. ", "").replace(" Ouderen", "Ouderen"),
            "y",
            "blijft er te weinig over",
        ),
        ("Te kort.", None, "Schrijf hier ten minste 50 tekens"),
    ],
)
@pytest.mark.one_database
def test_nobody_puts_words_into_the_mouth_of_the_author(
    room: Room, desk: FlaskClient, idea: int, body: str, leaves: str | None, sentence: str
) -> None:
    page = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    answer = page.submit("main form.form", {**FIELDS, "body": body, "leaves": leaves})
    assert answer.status_code == 400
    assert sentence in " ".join(answer.text.split())
    assert [found.id for found in room.all(Idea)] == [idea]
    assert room.written() == ([], [], [])


def test_a_text_that_its_author_changed_is_read_again(room: Room, desk: FlaskClient, idea: int) -> None:
    page = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    with room.app.app_context():
        db.session.get_one(Idea, idea).version = 5
        db.session.commit()
    late = page.submit("main form.form", FIELDS)
    assert late.status_code == 409
    assert "Lees hem nog eens voor je besluit." in late.text
    assert [found.id for found in room.all(Idea)] == [idea]
    twice = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    assert twice.submit("main form.form", FIELDS).status_code == 303
    assert twice.submit("main form.form", FIELDS).status_code == 409, "the same form makes no second idea"
    assert len(room.all(Idea)) == 2


def test_who_may(room: Room, client: FlaskClient, idea: int, theme: int) -> None:
    path = f"/moderatie/ideeen/{idea}/splitsen"
    fields = {**FIELDS, "version": 1, "themes": theme}
    assert "/inloggen" in post(client, path, 303, **fields).location
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        post(sign_in(client, room.person(*roles)), path, 403, **fields)
    own = room.idea(IdeaState.PUBLISHED, author=room.moderator, body=BODY)
    mo = sign_in(client, room.moderator)
    post(mo, f"/moderatie/ideeen/{own}/splitsen", 403, **fields)
    room.report(idea=idea, by=room.moderator)
    post(mo, path, 403, **fields)
    assert len(room.all(Idea)) == 2
    assert room.written() == ([], [], [])
    post(sign_in(client, room.second), path, 303, **fields)
    assert len(room.all(Idea)) == 3


@pytest.mark.parametrize("state", [IdeaState.SUBMITTED, IdeaState.HIDDEN, IdeaState.MERGED])
@pytest.mark.one_database
def test_only_a_published_idea_is_split(room: Room, desk: FlaskClient, theme: int, state: IdeaState) -> None:
    idea = room.idea(state, body=BODY)
    assert "alleen met een geplaatst idee" in visit(desk, f"/moderatie/ideeen/{idea}/splitsen").text
    post(desk, f"/moderatie/ideeen/{idea}/splitsen", 409, **{**FIELDS, "version": 1, "themes": theme})
    assert len(room.all(Idea)) == 1
