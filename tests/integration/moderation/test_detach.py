"""Taking an idea out of a theme: at least one stays, themes follow, the author hears it, and it can be put back."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import Call, Idea, IdeaOrigin, IdeaTheme, MailMessage, ModerationDecision, Notice, Person
from app.models.contribution import Channel
from app.models.person import Role
from app.records import decisions, standings
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import Room
from .test_races import at_once

SENTENCE = "Dit gaat over groen, en niet over vervoer."


@pytest.fixture
def themes(room: Room) -> list[int]:
    """Three themes of the process, and one of another process."""
    with room.app.app_context():
        process = db.session.get_one(Call, room.call).process
        made = [factories.a_theme(process, title=title) for title in ("Groen", "Vervoer", "Wonen")]
        made.append(factories.a_theme(factories.a_process(), title="Elders"))
        db.session.commit()
        return [theme.id for theme in made]


def an_idea(room: Room, *themes: int, **values: object) -> int:
    idea = room.idea(values.pop("state", IdeaState.PUBLISHED), **values)  # type: ignore[arg-type]
    with room.app.app_context():
        db.session.add_all(IdeaTheme(idea_id=idea, theme_id=theme) for theme in themes)
        db.session.commit()
    return idea


def themes_of(room: Room, idea: int) -> set[int]:
    with room.app.app_context():
        return set(db.session.scalars(select(IdeaTheme.theme_id).where(IdeaTheme.idea_id == idea)))


def undo(room: Room, decision: int, now: datetime | None = None) -> None:
    with room.app.app_context():
        found, mia = db.session.get_one(ModerationDecision, decision), db.session.get_one(Person, room.second)
        decisions.undo(found, mia, now or datetime.now(UTC))
        db.session.commit()


def test_an_idea_leaves_a_theme_and_the_ranking_follows(
    room: Room, desk: FlaskClient, themes: list[int], heard: list[tuple[str, object]]
) -> None:
    green, traffic, *_others = themes
    idea = an_idea(room, green, traffic)
    with room.app.app_context():
        before = standings.input_version(room.call)
    page = visit(desk, f"/moderatie/ideeen/{idea}").follow("main a[href$='/thema']")
    assert page.h1 == "Uit een thema halen"
    assert len(page.all("input[name=theme]")) == 2
    answer = page.submit("main form.form", theme=str(traffic), sentence=SENTENCE)
    assert (answer.status_code, answer.location) == (303, f"/moderatie/ideeen/{idea}")
    assert themes_of(room, idea) == {green}
    assert room.get(Idea, idea).version == 2
    with room.app.app_context():
        assert standings.input_version(room.call) != before
    (decision,), (line,), (letter,) = room.written()
    assert (decision.verb, decision.idea_id, decision.sentence) == ("detach", idea, SENTENCE)
    assert (line.action, line.before, line.after) == (
        "moderation.detach",
        {"theme": traffic},
        {"theme": None},
    )
    assert (letter.kind, letter.recipient) == ("idea_detached", "inge@voorbeeld.example")
    assert letter.next_try_at == decision.decided_at + decisions.UNDO, "told when it can no longer be undone"
    assert "uit het thema Vervoer gehaald" in letter.text
    assert SENTENCE in letter.text
    assert "http://localhost/mijn/besluiten" in letter.text
    (note,) = room.all(Notice)
    assert note.path == f"/mijn/besluiten/{decision.id}"
    assert heard == [("idea_changed", idea), ("mail_queued", None)]


def test_it_goes_to_another_theme_in_the_same_step_and_back(
    room: Room, desk: FlaskClient, themes: list[int]
) -> None:
    green, traffic, living, _elsewhere = themes
    idea = an_idea(room, traffic)
    page = visit(desk, f"/moderatie/ideeen/{idea}/thema")
    alone = page.submit("main form.form", theme=str(traffic), sentence=SENTENCE)
    assert alone.status_code == 409
    assert "Een idee heeft minstens één thema." in alone.text
    assert SENTENCE in alone.text, "what was typed is still there"
    page.submit("main form.form", theme=str(traffic), into=str(living), sentence=SENTENCE)
    assert themes_of(room, idea) == {living}
    (decision,) = room.all(ModerationDecision)
    assert "naar het thema Wonen" in room.written()[2][0].text
    undo(room, decision.id)
    assert themes_of(room, idea) == {traffic}
    assert room.all(MailMessage) == []
    assert room.all(Notice) == []
    with pytest.raises(NotAllowed):
        undo(room, decision.id)
    assert green not in themes_of(room, idea)


def test_after_ten_minutes_it_stays_undone_by_nobody(
    room: Room, desk: FlaskClient, themes: list[int]
) -> None:
    idea = an_idea(room, *themes[:2])
    visit(desk, f"/moderatie/ideeen/{idea}/thema").submit(
        "main form.form", theme=str(themes[0]), sentence=SENTENCE
    )
    (decision,) = room.all(ModerationDecision)
    with pytest.raises(NotAllowed):
        undo(room, decision.id, decision.decided_at + timedelta(minutes=10))
    assert themes_of(room, idea) == {themes[1]}


def test_a_theme_comes_back_only_while_there_is_room(
    room: Room, desk: FlaskClient, themes: list[int]
) -> None:
    green, traffic, living, elsewhere = themes
    idea = an_idea(room, green, traffic)
    visit(desk, f"/moderatie/ideeen/{idea}/thema").submit(
        "main form.form", theme=str(green), sentence=SENTENCE
    )
    with room.app.app_context():
        db.session.add_all(IdeaTheme(idea_id=idea, theme_id=theme) for theme in (living, elsewhere))
        db.session.commit()
    with pytest.raises(NotAllowed, match="other themes since"):
        undo(room, room.all(ModerationDecision)[0].id)
    assert themes_of(room, idea) == {traffic, living, elsewhere}


@pytest.mark.parametrize("wrong", ["other process", "not in it", "in it already", "nothing", "no sentence"])
@pytest.mark.one_database
def test_what_makes_no_sense_is_refused(room: Room, desk: FlaskClient, themes: list[int], wrong: str) -> None:
    green, traffic, living, elsewhere = themes
    idea = an_idea(room, green, traffic)
    fields = {
        "other process": {"theme": green, "into": elsewhere, "sentence": SENTENCE},
        "not in it": {"theme": living, "into": 0, "sentence": SENTENCE},
        "in it already": {"theme": green, "into": traffic, "sentence": SENTENCE},
        "nothing": {"into": 0, "sentence": SENTENCE},
        "no sentence": {"theme": green, "into": 0, "sentence": "Kort."},
    }[wrong]
    answer = post(desk, f"/moderatie/ideeen/{idea}/thema", 400, **fields)
    assert 'class="field__error"' in answer.text
    assert themes_of(room, idea) == {green, traffic}
    assert room.written() == ([], [], [])


@pytest.mark.parametrize("state", [state for state in IdeaState if state != IdeaState.PUBLISHED])
@pytest.mark.one_database
def test_only_a_published_idea_is_detached(
    room: Room, desk: FlaskClient, themes: list[int], state: IdeaState
) -> None:
    idea = an_idea(room, *themes[:2], state=state)
    fields = {"theme": themes[0], "into": 0, "sentence": SENTENCE}
    post(desk, f"/moderatie/ideeen/{idea}/thema", 404 if state == IdeaState.DRAFT else 409, **fields)
    assert themes_of(room, idea) == set(themes[:2])
    assert room.written() == ([], [], [])


def test_who_may(room: Room, client: FlaskClient, themes: list[int]) -> None:
    idea = an_idea(room, *themes[:2])
    path, fields = f"/moderatie/ideeen/{idea}/thema", {"theme": themes[0], "into": 0, "sentence": SENTENCE}
    assert "/inloggen" in post(client, path, 303, **fields).location
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        post(sign_in(client, room.person(*roles)), path, 403, **fields)
    own = an_idea(room, *themes[:2], author=room.moderator)
    mo = sign_in(client, room.moderator)
    assert "Dit is je eigen tekst." in visit(mo, f"/moderatie/ideeen/{own}/thema").text
    post(mo, f"/moderatie/ideeen/{own}/thema", 403, **fields)
    room.report(idea=idea, by=room.moderator)
    assert "zelf gemeld" in post(mo, path, 403, **fields).text
    with room.app.app_context():
        db.session.add(
            IdeaOrigin(
                idea_id=idea, channel=Channel.PHONE, posted_by_id=room.second, posted_at=datetime.now(UTC)
            )
        )
        db.session.commit()
    post(sign_in(client, room.second), path, 403, **fields)
    assert themes_of(room, idea) == set(themes[:2])
    assert room.written() == ([], [], [])
    third = room.person(Role.MODERATOR)
    post(sign_in(client, third), path, 303, **fields)
    assert themes_of(room, idea) == {themes[1]}


def test_two_who_take_the_last_two_themes_leave_one(room: Room, themes: list[int]) -> None:
    for _round in range(3):
        idea = an_idea(room, *themes[:2])
        path = f"/moderatie/ideeen/{idea}/thema"
        answers = at_once(
            room,
            (room.moderator, path, {"theme": themes[0], "into": 0, "sentence": SENTENCE}),
            (room.second, path, {"theme": themes[1], "into": 0, "sentence": SENTENCE}),
        )
        assert sorted(status for status, _page in answers) in ([303, 409], [303, 400])
        lost = next(page for status, page in answers if status != 303)
        assert "minstens één thema" in lost or "Kies het thema" in lost or 'class="field__error"' in lost
        assert len(themes_of(room, idea)) == 1
