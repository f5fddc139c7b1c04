"""From a block to its end: the letter, the appeal without signing in, and a second moderator who agrees with it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.features.waves import service as waves
from app.features.waves.queries import By
from app.models import (
    Appeal,
    Argument,
    AuditEntry,
    Idea,
    MailMessage,
    ModerationDecision,
    Notice,
    Person,
    QueueItem,
    Sanction,
)
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.queue import QueueKind
from app.records import sanctions, sweeping
from app.records.sweeping import Ruling
from tests import factories
from tests.support import post, visit

from .test_measures import Cast, cast, fill

__all__ = ["cast"]
WORDS = "Ik verkoop niets. Het is een voorbeeld van hoe ze het in Gent doen."
ANSWER = "Je tekst is geen reclame. Onze excuses, alles staat er weer."
SWEEP = {
    "sweep-reason": "advertising",
    "sweep-sentence": "Dit is reclame voor een webwinkel.",
    "sweep-block": "y",
}


def written(cast: Cast) -> tuple[int, int]:
    """An idea and an argument of the person, both on the site."""
    with cast.app.app_context():
        other = db.session.get_one(Idea, cast.idea)
        person = db.session.get_one(Person, cast.person)
        idea = factories.an_idea(other.call, person, title="Zo doen ze het in Gent")
        argument = factories.an_argument(other, person)
        db.session.commit()
        return idea.id, argument.id


def second(cast: Cast) -> FlaskClient:
    """Another moderator, signed in."""
    with cast.app.app_context():
        person = factories.a_person(Role.MODERATOR, name="Mia").id
        db.session.commit()
    return cast.client(person)


def appeal_by_mail(cast: Cast) -> None:
    """Follow the link in the last mail about a measure, and appeal, signed in nowhere."""
    letter = [row for row in cast.all(MailMessage) if row.kind == "sanction"][-1]
    found = re.search(r"https?://\S*?(/maatregel/\S+)", letter.text)
    assert found, letter.text
    page = visit(cast.app.test_client(), found[1])
    assert page.submit("main form.form", text=WORDS).status_code == 303


def answer(client: FlaskClient, appeal: int, outcome: str, status: int = 303, **more: Any) -> str:
    page = visit(client, f"/moderatie/bezwaren/{appeal}")
    given = {"outcome": outcome, "sentence": ANSWER, **more}
    found = page.submit("main form[action$='/besluit']", given)
    assert found.status_code == status, found.text
    return found.text


def come_in(cast: Cast) -> int:
    """Sign in by mail as the person; the status of the last step."""
    client = cast.app.test_client()
    visit(client, "/inloggen").submit("main form[action$='/inloggen']", email="bas@voorbeeld.example")
    letter = [row for row in cast.all(MailMessage) if row.kind == "sign_in"][-1]
    code = next(word for word in letter.text.split() if word.isdigit() and len(word) == 6)
    return visit(client, "/inloggen/code").submit("main form:has([name=code])", code=code).status_code


def test_from_the_block_to_its_end(cast: Cast) -> None:
    idea, argument = written(cast)
    count = cast.get(Idea, cast.idea).argument_count
    mo = cast.client(cast.moderator)
    page = visit(mo, f"/moderatie/mensen/{cast.person}")
    assert page.submit("form[action$='/opruimen']", SWEEP).status_code == 303
    assert cast.get(Idea, idea).state == IdeaState.HIDDEN
    assert cast.get(Idea, cast.idea).argument_count == count - 1
    assert come_in(cast) == 403
    appeal_by_mail(cast)
    (appeal,) = cast.all(Appeal)
    own = visit(mo, f"/moderatie/bezwaren/{appeal.id}")
    assert "Jij nam het eerste besluit." in own.text
    mia = second(cast)
    waits = visit(mia, "/moderatie").follow("main a[href*='/moderatie/bezwaren/']")
    assert WORDS in waits.text
    assert "Blokkade" in waits.h1
    answer(mia, appeal.id, "upheld")
    assert cast.get(Idea, idea).state == IdeaState.PUBLISHED
    assert cast.get(Argument, argument).state == ArgumentState.PUBLISHED
    assert cast.get(Idea, cast.idea).argument_count == count
    assert "Zo doen ze het in Gent" in visit(cast.app.test_client(), "/ideeen").html
    (sanction,) = cast.all(Sanction)
    assert sanction.lifted_by_id == cast.get(Appeal, appeal.id).decided_by_id
    assert cast.get(Person, cast.person).blocked_at is None
    assert come_in(cast) == 303
    kinds = [row.kind for row in cast.all(MailMessage) if row.kind != "sign_in"]
    assert kinds == ["sanction", "appeal_decided"], "one letter each way"
    letter = [row for row in cast.all(MailMessage) if row.kind == "appeal_decided"][-1]
    assert ANSWER in letter.text
    assert f"/maatregel/{cast.token(sanction.id)}" in letter.text
    told = visit(cast.app.test_client(), f"/maatregel/{cast.token(sanction.id)}")
    assert "Je kreeg gelijk: de maatregel is opgeheven." in told.text
    assert told.text.count(ANSWER) == 1
    assert [row.path for row in cast.all(Notice)][-1].startswith("/maatregel/")
    assert [row.action for row in cast.all(AuditEntry)][-3:] == [
        "conduct.lift",
        "conduct.put_back",
        "moderation.uphold_appeal",
    ]
    assert all(item.closed_at for item in cast.all(QueueItem) if item.kind == QueueKind.APPEAL)


def test_rejected_everything_stays_away(cast: Cast) -> None:
    idea, _argument = written(cast)
    page = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}")
    page.submit("form[action$='/opruimen']", SWEEP)
    appeal_by_mail(cast)
    answer(second(cast), cast.all(Appeal)[0].id, "rejected")
    assert cast.get(Idea, idea).state == IdeaState.HIDDEN
    assert cast.all(Sanction)[0].lifted_at is None
    assert come_in(cast) == 403


def test_what_was_put_back_before_stays_and_what_is_over_says_so(cast: Cast) -> None:
    idea, _argument = written(cast)
    desk = cast.client(cast.organiser)
    page = visit(desk, f"/moderatie/mensen/{cast.person}")
    page.submit("form[action$='/opruimen']", SWEEP)
    appeal_by_mail(cast)
    page = visit(desk, f"/moderatie/mensen/{cast.person}")
    back = {"back-sentence": "Het was een vergissing van ons."}
    assert page.submit("form[action$='/terugzetten']", back).status_code == 303
    mia, appeal = second(cast), cast.all(Appeal)[0].id
    assert "Deze maatregel is al voorbij." in answer(mia, appeal, "upheld", 409)
    assert cast.get(Appeal, appeal).decided_at is None
    assert cast.get(Idea, idea).state == IdeaState.PUBLISHED


def test_of_a_wave_only_who_appealed_gets_the_texts_back(cast: Cast) -> None:
    with cast.app.app_context():
        now = datetime.now(UTC)
        call = db.session.get_one(Idea, cast.idea).call
        people = [db.session.get_one(Person, cast.person), factories.a_person(name="Spam", created_at=now)]
        people[0].created_at = now
        ideas = []
        for person in people:
            idea = factories.an_idea(call, person, state=IdeaState.SUBMITTED, submitted_at=now)
            ideas.append(idea.id)
        db.session.commit()
        waves.clean(
            db.session.get_one(Person, cast.moderator),
            By.NEW,
            "10",
            datetime.now(UTC),
            [],
            Ruling("Hetzelfde bericht van veel accounts.", RefusalReason.ADVERTISING),
            datetime.now(UTC),
            blocks=True,
        )
        own = db.session.scalars(select(Sanction).where(Sanction.person_id == cast.person)).one()
        path = sanctions.path_of(own)
    assert {cast.get(Idea, number).state for number in ideas} == {IdeaState.REFUSED}
    page = visit(cast.app.test_client(), path)
    assert page.submit("main form.form", text=WORDS).status_code == 303
    answer(second(cast), cast.all(Appeal)[0].id, "upheld")
    assert [cast.get(Idea, number).state for number in ideas] == [IdeaState.SUBMITTED, IdeaState.REFUSED]
    assert {
        row.idea_id for row in cast.all(QueueItem) if row.kind == QueueKind.IDEA and not row.closed_at
    } == {ideas[0]}
    lifted = {row.person_id: row.lifted_at is not None for row in cast.all(Sanction)}
    (other,) = lifted.keys() - {cast.person}
    assert lifted == {cast.person: True, other: False}
    told = {row.person_id for row in cast.all(Notice) if row.event_key.startswith("sweep:")}
    assert told == {other}, "the message that the texts are gone was taken back"
    assert come_in(cast) == 303


def test_a_single_swept_text_waits_again_after_its_own_appeal(cast: Cast) -> None:
    with cast.app.app_context():
        now = datetime.now(UTC) - timedelta(hours=1)
        call, person = db.session.get_one(Idea, cast.idea).call, db.session.get_one(Person, cast.person)
        idea = factories.an_idea(
            call, person, state=IdeaState.SUBMITTED, submitted_at=now - timedelta(hours=5), published_at=None
        ).id
        sweeping.sweep(
            [person.id],
            db.session.get_one(Person, cast.moderator),
            Ruling("Dit is reclame.", RefusalReason.ADVERTISING),
            now,
            sweeping.new_batch(),
        )
        decision = db.session.scalars(select(ModerationDecision)).one().id
        db.session.commit()
    page = visit(cast.client(cast.person), f"/mijn/besluiten/{decision}")
    assert page.submit("main form.form", text=WORDS).status_code == 303
    answer(second(cast), cast.all(Appeal)[0].id, "upheld")
    assert cast.get(Idea, idea).state == IdeaState.SUBMITTED
    (item,) = [row for row in cast.all(QueueItem) if row.kind == QueueKind.IDEA]
    assert (item.closed_at, item.waits_since) == (None, now - timedelta(hours=5))


def test_a_measure_against_somebody_who_works_here_is_an_organisers_to_the_end(cast: Cast) -> None:
    with cast.app.app_context():
        facilitator = db.session.get_one(Person, cast.facilitator)
        facilitator.email = "fa@voorbeeld.example"
        db.session.commit()
    page = visit(cast.client(cast.organiser), f"/moderatie/mensen/{cast.facilitator}")
    assert page.submit("form[action$='/maatregel']", fill("block")).status_code == 303
    appeal_by_mail(cast)
    (appeal,) = cast.all(Appeal)
    refused = visit(cast.client(cast.moderator), f"/moderatie/bezwaren/{appeal.id}")
    assert "Alleen een organisator besluit hierover." in refused.text
    forged = post(
        cast.client(cast.moderator),
        f"/moderatie/bezwaren/{appeal.id}/besluit",
        403,
        outcome="upheld",
        sentence=ANSWER,
    )
    assert forged.status_code == 403
    assert cast.get(Appeal, appeal.id).decided_at is None
    with cast.app.app_context():
        other = factories.a_person(Role.MODERATOR, Role.ORGANISER, name="Olga").id
        db.session.commit()
    answer(cast.client(other), appeal.id, "upheld")
    assert cast.get(Person, cast.facilitator).blocked_at is None
