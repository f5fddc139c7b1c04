"""Appeals: once, in time, answered by somebody else; upheld puts back exactly, rejected leaves; deadlines are seen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.models import (
    Appeal,
    Argument,
    Call,
    Idea,
    IdeaTheme,
    MailMessage,
    MaskedText,
    ModerationDecision,
    Notice,
    Person,
    Process,
    QueueItem,
    Sanction,
)
from app.models.argument import ArgumentState
from app.models.moderation import AppealOutcome, ModerationVerb
from app.models.person import Role
from app.models.queue import QueueKind
from app.policies.appeals import APPEALABLE
from app.records import appeals, decisions, erasure, queue
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Room, hours_ago
from .test_races import at_once

SENTENCE = "Dit kwetst de mensen over wie het gaat."
WORDS = "Ik heb niemand beledigd. Ik was het alleen niet eens met het plan."
ANSWER = "De schrijver noemt een plan slecht, en geen mensen."


@pytest.fixture(autouse=True)
def lifts() -> Iterator[None]:
    """Whoever registered how sanctions are lifted is asked again afterwards."""
    kept = list(appeals._lifts)
    yield
    appeals._lifts[:] = kept


@pytest.fixture
def author(room: Room) -> FlaskClient:
    """The author, signed in."""
    return sign_in(room.app.test_client(), room.author)


def decided(room: Room, verb: ModerationVerb = ModerationVerb.HIDE, **values: Any) -> int:
    """An idea of the author with a decision of the first moderator; the number of the decision."""
    idea = room.idea(IdeaState.HIDDEN)
    with room.app.app_context():
        mo = db.session.get_one(Person, room.moderator)
        found = factories.a_decision(db.session.get_one(Idea, idea), mo, verb=verb, **values)
        db.session.commit()
        return found.id


def detached(room: Room) -> tuple[int, int, int]:
    """An idea that the first moderator took out of a theme an hour ago: decision, idea, theme."""
    idea = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        process = db.session.get_one(Call, room.call).process
        left, stays = factories.a_theme(process), factories.a_theme(process)
        db.session.add(IdeaTheme(idea_id=idea, theme_id=stays.id))
        found = factories.a_decision(
            db.session.get_one(Idea, idea),
            db.session.get_one(Person, room.moderator),
            verb=ModerationVerb.DETACH,
            reason=None,
            before={"theme": left.id, "into": None},
        )
        db.session.commit()
        return found.id, idea, left.id


def lodge(author: FlaskClient, decision: int) -> None:
    page = visit(author, f"/mijn/besluiten/{decision}")
    assert page.submit("main form.form", text=WORDS).status_code == 303


def answer(client: FlaskClient, appeal: int, outcome: str, status: int = 303, **more: object) -> str:
    page = visit(client, f"/moderatie/bezwaren/{appeal}")
    given = {"outcome": outcome, "sentence": ANSWER, **more}
    found = page.submit("main form[action$='/besluit']", given)
    assert found.status_code == status, found.text
    return found.text


def themes(room: Room, idea: int) -> set[int]:
    with room.app.app_context():
        return set(db.session.scalars(select(IdeaTheme.theme_id).where(IdeaTheme.idea_id == idea)))


def test_the_author_reads_the_decision_and_says_no_once(room: Room, author: FlaskClient) -> None:
    decision = decided(room)
    idea = room.get(ModerationDecision, decision).idea_id
    until = room.get(ModerationDecision, decision).decided_at + timedelta(days=14)
    own = visit(author, f"/ideeen/{idea}")
    for page in (own, visit(author, "/mijn/besluiten"), visit(author, f"/mijn/besluiten/{decision}")):
        assert SENTENCE in page.text
        assert "Spelregel 5: Wees vriendelijk voor elkaar." in page.text
        assert until.isoformat()[:16] in page.html, "until when"
    assert f"/mijn/besluiten/{decision}" in own.links("main a")
    page = visit(author, f"/mijn/besluiten/{decision}")
    assert "Een andere moderator besluit." in page.text
    short = page.submit("main form.form", text="Nee hoor.")
    assert short.status_code == 400
    assert "Schrijf minstens 20 tekens." in look_at(author, short).text
    assert room.all(Appeal) == []
    before = datetime.now(UTC)
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    assert (appeal.decision_id, appeal.author_id, appeal.text) == (decision, room.author, WORDS)
    assert before + timedelta(days=14) <= appeal.due_at <= datetime.now(UTC) + timedelta(days=14)
    (item,) = room.all(QueueItem)
    assert (item.kind, item.appeal_id, item.due_at) == (QueueKind.APPEAL, appeal.id, appeal.due_at)
    assert item.author_id == room.author
    again = visit(author, f"/mijn/besluiten/{decision}")
    assert not again.all("main form")
    assert "Je krijgt uiterlijk op" in again.text
    assert WORDS in again.text
    assert (
        "Je hebt al bezwaar gemaakt."
        in post(author, f"/mijn/besluiten/{decision}/bezwaar", 403, text=WORDS).text
    )
    assert len(room.all(Appeal)) == 1
    assert room.all(MailMessage) == []


@pytest.mark.parametrize("verb", list(ModerationVerb))
@pytest.mark.one_database
def test_against_what_one_appeals(room: Room, author: FlaskClient, verb: ModerationVerb) -> None:
    decision = decided(room, verb)
    allowed = verb in {"refuse", "hide", "detach", "split", "mask", "take_image", "merge"}
    assert (verb in APPEALABLE) == allowed
    post(author, f"/mijn/besluiten/{decision}/bezwaar", 303 if allowed else 403, text=WORDS)
    assert len(room.all(Appeal)) == allowed


@pytest.mark.parametrize(
    ("at", "undone", "sentence"),
    [
        (timedelta(minutes=9), False, "Over een paar minuten kun je bezwaar maken."),
        (timedelta(minutes=11), False, ""),
        (timedelta(days=14, minutes=-1), False, ""),
        (timedelta(days=14), False, "De tijd om bezwaar te maken is voorbij."),
        (timedelta(hours=1), True, "Dit besluit geldt niet meer"),
    ],
)
@pytest.mark.one_database
def test_from_when_until_when(
    room: Room, author: FlaskClient, at: timedelta, undone: bool, sentence: str
) -> None:
    now = datetime.now(UTC)
    decision = decided(room, decided_at=now - at, undone_at=now if undone else None)
    told = post(author, f"/mijn/besluiten/{decision}/bezwaar", 403 if sentence else 303, text=WORDS)
    assert sentence in told.text
    assert len(room.all(Appeal)) == (not sentence)
    if sentence and not undone:
        page = visit(author, f"/mijn/besluiten/{decision}")
        assert sentence in page.text
        assert not page.all("main form")


def test_the_process_says_how_long(room: Room, author: FlaskClient) -> None:
    with room.app.app_context():
        db.session.scalars(select(Process)).one().appeal_days = 3
        db.session.commit()
    late = decided(room, decided_at=hours_ago(73))
    post(author, f"/mijn/besluiten/{late}/bezwaar", 403, text=WORDS)
    lodge(author, decided(room, decided_at=hours_ago(71)))
    (appeal,) = room.all(Appeal)
    assert appeal.due_at - appeal.created_at == timedelta(days=3)


def test_nobody_else_appeals_or_reads_it(room: Room, client: FlaskClient) -> None:
    decision = decided(room)
    path = f"/mijn/besluiten/{decision}"
    assert "/inloggen" in post(client, f"{path}/bezwaar", 303, text=WORDS).location
    for number in (room.reader, room.moderator, room.person(Role.ORGANISER)):
        sign_in(client, number)
        assert SENTENCE not in client.get(path).text
        assert client.get(path).status_code == 403
        post(client, f"{path}/bezwaar", 403, text=WORDS)
        assert SENTENCE not in visit(client, "/mijn/besluiten").text
    assert room.all(Appeal) == []


def test_somebody_else_answers(
    room: Room, author: FlaskClient, desk: FlaskClient, client: FlaskClient
) -> None:
    decision, idea, theme = detached(room)
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    path, given = f"/moderatie/bezwaren/{appeal.id}", {"outcome": "upheld", "sentence": ANSWER}
    page = visit(desk, path)
    assert "Jij nam het eerste besluit." in page.text
    assert not page.all("main form")
    post(desk, f"{path}/besluit", 403, **given)
    other = room.app.test_client()
    assert "/inloggen" in post(other, f"{path}/besluit", 303, **given).location
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        post(sign_in(other, room.person(*roles)), f"{path}/besluit", 403, **given)
        assert other.get(path).status_code == 403
    with room.app.app_context():
        db.session.get_one(Person, room.author).role_rows = [
            *db.session.get_one(Person, room.reader).role_rows,
            type(db.session.get_one(Person, room.moderator).role_rows[0])(role=Role.MODERATOR),
        ]
        db.session.commit()
    assert "Dit is je eigen bezwaar." in post(author, f"{path}/besluit", 403, **given).text
    room.report(idea=idea, by=room.person(Role.MODERATOR, name="Meldt"), handled=True)
    witness = room.all(Person)[-1].id
    assert "zelf gemeld" in post(sign_in(other, witness), f"{path}/besluit", 403, **given).text
    assert room.get(Appeal, appeal.id).decided_at is None
    assert theme not in themes(room, idea)
    mia = sign_in(client, room.second)
    assert WORDS in visit(mia, path).text
    answer(mia, appeal.id, "upheld")
    assert theme in themes(room, idea)


def test_upheld_puts_back_and_the_author_hears_it_at_once(
    room: Room, author: FlaskClient, client: FlaskClient, heard: list[tuple[str, object]]
) -> None:
    decision, idea, theme = detached(room)
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    before = len(themes(room, idea))
    mia = sign_in(client, room.second)
    none = visit(mia, f"/moderatie/bezwaren/{appeal.id}").submit(
        "main form[action$='/besluit']", sentence=ANSWER
    )
    assert none.status_code == 400
    assert "Kies wie er gelijk heeft." in none.text
    answer(mia, appeal.id, "upheld")
    assert themes(room, idea) >= {theme}
    assert len(themes(room, idea)) == before + 1
    found, row = room.get(Appeal, appeal.id), room.get(ModerationDecision, decision)
    assert (found.outcome, found.decided_by_id, found.sentence) == ("upheld", room.second, ANSWER)
    assert row.undone_at == found.decided_at, "whoever counts decisions that stand leaves it out"
    with room.app.app_context():
        assert db.session.scalars(select(ModerationDecision.id).where(appeals.overturned())).all() == [
            decision
        ]
    (item,) = room.all(QueueItem)
    assert (item.closed_at, item.closed_by_id) == (found.decided_at, room.second)
    (letter,) = room.all(MailMessage)
    assert (letter.kind, letter.recipient) == ("appeal_decided", "inge@voorbeeld.example")
    assert letter.next_try_at == letter.created_at, "at once"
    assert "Je hebt gelijk." in letter.text
    assert ANSWER in letter.text
    (note,) = room.all(Notice)
    assert note.path == f"/mijn/besluiten/{decision}"
    line = room.written()[1][-1]
    assert (line.action, line.actor_id, line.why) == ("moderation.uphold_appeal", room.second, ANSWER)
    assert ("idea_changed", idea) in heard
    page = visit(author, f"/mijn/besluiten/{decision}")
    assert "Je had gelijk" in page.text
    assert ANSWER in page.text
    assert "Je had gelijk" in visit(author, f"/ideeen/{idea}").text


def test_rejected_leaves_everything_and_destroys_what_was_kept(
    room: Room, author: FlaskClient, client: FlaskClient
) -> None:
    decision = decided(room, ModerationVerb.MASK)
    with room.app.app_context():
        db.session.add(
            MaskedText(decision_id=decision, original={"body": "gAAAA"}, keep_until=hours_ago(-300))
        )
        db.session.commit()
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    answer(sign_in(client, room.second), appeal.id, "rejected")
    assert room.get(ModerationDecision, decision).undone_at is None
    assert room.get(Idea, room.get(ModerationDecision, decision).idea_id).state == IdeaState.HIDDEN
    (kept,) = room.all_by(MaskedText)
    assert kept.original is None
    (letter,) = room.all(MailMessage)
    assert "Het besluit blijft zoals het is." in letter.text
    assert "ombudsman" in letter.text
    assert "Het besluit blijft" in visit(author, f"/mijn/besluiten/{decision}").text


def test_what_cannot_be_put_back_says_so(
    room: Room, author: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_decision: ModerationDecision, _now: datetime) -> None:
        db.session.get_one(Idea, _decision.idea_id).title = "Half gedaan"
        db.session.flush()
        raise NotAllowed(Decision("The time to appeal is over."))

    monkeypatch.setitem(decisions._reverts, ModerationVerb.MERGE, refuse)
    decision = decided(room, ModerationVerb.MERGE)
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    mia = sign_in(client, room.second)
    stuck = answer(mia, appeal.id, "upheld", 409)
    assert "De tijd om bezwaar te maken is voorbij." in stuck
    assert ANSWER in stuck, "what was typed is still there"
    assert room.get(Appeal, appeal.id).decided_at is None
    assert room.all(MailMessage) == []
    page = look_at(mia, mia.post(
        f"/moderatie/bezwaren/{appeal.id}/besluit",
        data={"csrf_token": _token(mia, appeal.id), "outcome": "upheld", "sentence": ANSWER},
    ))  # fmt: skip
    done = page.submit("main form[action$='/besluit']", anyhow="y")
    assert done.status_code == 303
    found = room.get(Appeal, appeal.id)
    assert (found.outcome, found.sentence) == (
        "upheld", f"{ANSWER}\n\nDe tijd om bezwaar te maken is voorbij.",
    )  # fmt: skip
    assert room.get(ModerationDecision, decision).undone_at is not None, "overturned all the same"
    assert room.get(Idea, room.get(ModerationDecision, decision).idea_id).title != "Half gedaan"
    assert "De tijd om bezwaar te maken is voorbij." in room.all(MailMessage)[0].text
    assert room.written()[1][-1].after["put_back"] is False


def _token(client: FlaskClient, appeal: int) -> str:
    return str(visit(client, f"/moderatie/bezwaren/{appeal}").one("main input[name=csrf_token]")["value"])


def test_of_two_who_answer_at_once_one_does(room: Room, author: FlaskClient) -> None:
    third = room.person(Role.MODERATOR, name="Max")
    for _round in range(3):
        decision, idea, theme = detached(room)
        lodge(author, decision)
        appeal = room.all(Appeal)[-1].id
        before = [len(rows) for rows in room.written()]
        path = f"/moderatie/bezwaren/{appeal}/besluit"
        upheld, rejected = at_once(
            room,
            (room.second, path, {"outcome": "upheld", "sentence": ANSWER}),
            (third, path, {"outcome": "rejected", "sentence": ANSWER}),
        )
        assert sorted((upheld[0], rejected[0])) == [303, 409]
        won, lost = ("upheld", rejected) if upheld[0] == 303 else ("rejected", upheld)
        assert room.get(Appeal, appeal).outcome == won
        assert (theme in themes(room, idea)) == (won == "upheld")
        assert "Over dit bezwaar is al besloten." in lost[1]
        assert [len(rows) for rows in room.written()] == [before[0], before[1] + 1, before[2] + 1]


def test_of_two_clicks_one_appeal(room: Room) -> None:
    decision = decided(room)
    path = f"/mijn/besluiten/{decision}/bezwaar"
    answers = at_once(room, *((room.author, path, {"text": WORDS}),) * 3)
    assert sorted(status for status, _page in answers) == [303, 403, 403]
    assert len(room.all(Appeal)) == len(room.all(QueueItem)) == 1


def test_every_deadline_is_seen_and_what_is_late_says_so(
    room: Room, author: FlaskClient, client: FlaskClient
) -> None:
    idea = room.idea()
    with room.app.app_context():
        queue.put(QueueKind.IDEA, db.session.get_one(Idea, idea), hours_ago(1))
        db.session.commit()
    due = room.all(QueueItem)[0].due_at
    for path in (f"/ideeen/{idea}", "/mijn/besluiten"):
        page = visit(author, path)
        assert due.isoformat()[:16] in page.html
        assert "Een moderator leest het vóór" in page.text
    with room.app.app_context():
        db.session.get_one(QueueItem, room.all(QueueItem)[0].id).due_at = hours_ago(1)
        db.session.commit()
    assert "dat ligt aan ons" in visit(author, f"/ideeen/{idea}").text
    decision = decided(room)
    lodge(author, decision)
    (appeal,) = room.all(Appeal)
    with room.app.app_context():
        db.session.get_one(Appeal, appeal.id).due_at = hours_ago(1)
        db.session.commit()
    assert "Dat is te laat" in visit(author, f"/mijn/besluiten/{decision}").text
    assert "Te laat" in visit(sign_in(client, room.second), f"/moderatie/bezwaren/{appeal.id}").text


def test_an_argument_and_what_others_wrote(room: Room, author: FlaskClient) -> None:
    idea = room.idea(IdeaState.HIDDEN, author=room.reader, title="Iemand anders schreef dit")
    argument = room.argument(idea, state=ArgumentState.HIDDEN)
    with room.app.app_context():
        mo = db.session.get_one(Person, room.moderator)
        decision = factories.a_decision(db.session.get_one(Argument, argument), mo).id
        factories.a_decision(db.session.get_one(Idea, idea), mo, sentence="Dit is voor een ander.")
        db.session.commit()
    page = visit(author, "/mijn/besluiten")
    assert SENTENCE in page.text
    assert "Dit is voor een ander." not in page.text
    assert "Iemand anders schreef dit" not in page.text, "the idea above it is off the site"
    lodge(author, decision)


def test_a_measure_that_nobody_can_lift_stays(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        made = factories.a_sanction(
            db.session.get_one(Person, room.author), db.session.get_one(Person, room.moderator)
        )
        appeal = appeals.lodge(made.person, made, WORDS, datetime.now(UTC)).id
        db.session.commit()
        number = made.id
        appeals._lifts.clear()
    mia = sign_in(client, room.second)
    assert "kan hier niet worden opgeheven" in answer(mia, appeal, "upheld", 409)
    assert room.get(Sanction, number).lifted_at is None
    assert room.get(Appeal, appeal).decided_at is None
    assert room.all(MailMessage) == []
    mo = sign_in(room.app.test_client(), room.moderator)
    post(mo, f"/moderatie/bezwaren/{appeal}/besluit", 403, outcome="upheld", sentence=ANSWER)
    assert room.get(Appeal, appeal).decided_at is None


def test_own_decisions_list_measures_and_lead_to_their_page(room: Room, author: FlaskClient) -> None:
    with room.app.app_context():
        mo = db.session.get_one(Person, room.moderator)
        factories.a_sanction(db.session.get_one(Person, room.author), mo)
        factories.a_sanction(db.session.get_one(Person, room.reader), mo, sentence="Dit gaat over een ander.")
        db.session.commit()
    page = visit(author, "/mijn/besluiten")
    assert "Dit gaat over een ander." not in page.text
    assert "Lees meer en maak bezwaar" in page.text
    own = page.follow("main a[href*='/maatregel/']")
    assert own.submit("main form.form", text=WORDS).status_code == 303
    (appeal,) = room.all(Appeal)
    assert appeal.author_id == room.author
    page = visit(author, "/mijn/besluiten")
    assert "Je bezwaar wacht" in page.text
    assert "Lees meer en maak bezwaar" not in page.text


def test_who_leaves_takes_the_words_along(room: Room, author: FlaskClient) -> None:
    lodge(author, decided(room))
    answered = decided(room)
    lodge(author, answered)
    kept = decided(room, ModerationVerb.MASK)
    with room.app.app_context():
        appeal = db.session.scalars(select(Appeal).where(Appeal.decision_id == answered)).one()
        appeal.decided_at, appeal.outcome = datetime.now(UTC), AppealOutcome.REJECTED
        db.session.add(MaskedText(decision_id=kept, original={"body": "x"}, keep_until=hours_ago(-300)))
        db.session.commit()
        assert WORDS in author.get("/mijn/gegevens/bestand.json").text
        erasure.erase(room.author, datetime.now(UTC))
        db.session.commit()
        assert [(row.decision_id, row.text) for row in db.session.scalars(select(Appeal))] == [(answered, "")]
        assert db.session.scalars(select(QueueItem.id).where(QueueItem.closed_at.is_(None))).all() == [
            row.id for row in db.session.scalars(select(QueueItem)) if row.appeal_id is not None
        ]
        assert db.session.scalars(select(MaskedText)).one().original is None
