"""Everything of a spam account in one step: gone, and back exactly; ten thousand texts within seconds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, RefusalReason
from app.models import (
    Argument,
    Idea,
    MailMessage,
    ModerationDecision,
    Notice,
    Person,
    PracticeSuggestion,
    QueueItem,
    Report,
    Tally,
)
from app.models.argument import ArgumentState
from app.models.moderation import ModerationVerb, ReportOutcome, ReportReason
from app.models.person import Role
from app.models.practice import PracticeState
from app.models.queue import QueueKind
from app.records import decisions, queue, sweeping, unsweeping
from app.records.sweeping import Ruling
from tests import factories
from tests.support.statements import statements

NOW = datetime.now(UTC)
RULING = Ruling("Dit is reclame voor een webwinkel.", RefusalReason.ADVERTISING)


class Spam:
    """A spammer with texts of every kind, and somebody honest under whose idea they wrote."""

    def __init__(self) -> None:
        self.call = factories.a_call()
        self.moderator = factories.a_person(Role.MODERATOR)
        self.spammer, self.other = factories.a_person(), factories.a_person()
        self.shown = factories.an_idea(self.call, self.spammer)
        self.waiting = factories.an_idea(
            self.call,
            self.spammer,
            state=IdeaState.SUBMITTED,
            submitted_at=NOW - timedelta(hours=2),
            published_at=None,
        )
        self.draft = factories.an_idea(self.call, self.spammer, state=IdeaState.DRAFT, published_at=None)
        self.honest = factories.an_idea(self.call, self.other)
        self.said = factories.an_argument(self.honest, self.spammer)
        self.said_twice = factories.an_argument(self.honest, self.spammer)
        self.honest_words = factories.an_argument(self.honest, self.other)
        self.unread = factories.an_argument(
            self.honest, self.spammer, state=ArgumentState.WAITING, created_at=NOW - timedelta(hours=1)
        )
        self.practice = factories.a_practice(self.call.process, state=PracticeState.SUGGESTED)
        db.session.add(
            PracticeSuggestion(practice_id=self.practice.id, person_id=self.spammer.id, suggested_at=NOW)
        )
        factories.a_vote(self.honest, self.spammer)
        factories.a_vote(self.shown, self.other)
        db.session.flush()
        queue.put(QueueKind.PRACTICE, self.practice, NOW - timedelta(hours=1))
        queue.put(QueueKind.REPORT, self.said, NOW - timedelta(hours=3), is_live=True)
        db.session.add(
            Report(
                argument_id=self.said.id,
                reporter_id=self.other.id,
                reason=ReportReason.ADVERTISING,
                created_at=NOW - timedelta(hours=3),
            )
        )
        db.session.commit()

    def sweep(self, now: datetime = NOW) -> sweeping.Swept:
        swept = sweeping.sweep([self.spammer.id], self.moderator, RULING, now, sweeping.new_batch())
        db.session.commit()
        return swept

    def states(self) -> dict[str, Any]:
        """Everything that a sweep may change."""
        db.session.expire_all()
        return {
            "ideas": [row.state for row in (self.shown, self.waiting, self.draft, self.honest)],
            "arguments": [row.state for row in (self.said, self.said_twice, self.honest_words, self.unread)],
            "practice": self.practice.state,
            "count": self.honest.argument_count,
            "queue": [
                (item.key, item.closed_at, item.waits_since)
                for item in db.session.scalars(select(QueueItem).order_by(QueueItem.key))
            ],
            "reports": [(report.handled_at, report.outcome) for report in db.session.scalars(select(Report))],
            "votes": db.session.execute(select(Tally.idea_id, Tally.votes_for).order_by(Tally.idea_id)).all(),
            "suggestion": db.session.execute(
                select(PracticeSuggestion.decided_at, PracticeSuggestion.sentence)
            ).all(),
        }


@pytest.fixture
def spam(app: Flask) -> Iterator[Spam]:
    with app.app_context():
        yield Spam()


def test_everything_goes_in_one_step(spam: Spam) -> None:
    before = spam.states()
    swept = spam.sweep()
    after = spam.states()
    assert after["ideas"] == [IdeaState.HIDDEN, IdeaState.REFUSED, IdeaState.DRAFT, IdeaState.PUBLISHED]
    assert after["arguments"] == [
        ArgumentState.HIDDEN,
        ArgumentState.HIDDEN,
        ArgumentState.PUBLISHED,
        ArgumentState.REFUSED,
    ]
    assert after["practice"] == PracticeState.REFUSED
    assert (before["count"], after["count"]) == (3, 1)
    assert all(closed == NOW for _key, closed, _since in after["queue"])
    assert after["reports"] == [(NOW, ReportOutcome.RIGHT)]
    assert after["votes"] == before["votes"], "votes are for the integrity desk"
    assert (swept.hidden, swept.refused, swept.people) == (3, 3, (spam.spammer.id,))
    assert set(swept.ideas) == {spam.shown.id, spam.honest.id}


def test_each_text_has_its_decision_in_one_batch(spam: Spam) -> None:
    swept = spam.sweep()
    written = list(db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id)))
    assert len(written) == 6
    assert {row.batch for row in written} == {swept.batch}
    assert {row.moderator_id for row in written} == {spam.moderator.id}
    assert {row.sentence for row in written} == {RULING.sentence}
    assert {row.reason for row in written} == {RefusalReason.ADVERTISING}
    by_text = {(row.idea_id, row.argument_id, row.practice_id): row for row in written}
    refused = by_text[spam.waiting.id, None, None]
    assert (refused.verb, refused.before["state"], refused.waited) == (
        ModerationVerb.REFUSE,
        "submitted",
        7200,
    )
    assert by_text[None, spam.said.id, None].waited == 3 * 3600
    assert by_text[spam.shown.id, None, None].verb == ModerationVerb.HIDE


def test_one_letter_to_the_account_and_one_to_who_reported(spam: Spam) -> None:
    spam.sweep()
    mails = list(db.session.scalars(select(MailMessage)))
    assert sorted((mail.recipient, mail.kind) for mail in mails) == sorted(
        [(spam.spammer.email, "texts_swept"), (spam.other.email, "report_handled")]
    )
    assert all(mail.next_try_at == NOW + decisions.UNDO for mail in mails)
    assert RULING.sentence in next(mail.text for mail in mails if mail.kind == "texts_swept")
    assert "/mijn/besluiten" in next(mail.text for mail in mails if mail.kind == "texts_swept")
    notes = list(db.session.scalars(select(Notice)))
    assert sorted(note.person_id for note in notes) == sorted([spam.spammer.id, spam.other.id])


def test_undoing_brings_everything_back_exactly(spam: Spam) -> None:
    before = spam.states()
    swept = spam.sweep()
    back = unsweeping.undo(swept.batch, spam.moderator, NOW + timedelta(minutes=5))
    db.session.commit()
    assert spam.states() == before
    assert (back.hidden, back.refused) == (swept.hidden, swept.refused)
    assert db.session.scalar(select(func.count()).select_from(MailMessage)) == 0
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    assert all(row.undone_at for row in db.session.scalars(select(ModerationDecision)))
    with pytest.raises(NotAllowed):
        unsweeping.undo(swept.batch, spam.moderator, NOW + timedelta(minutes=6))


def test_it_comes_back_a_month_later_as_well_and_the_person_hears_of_it(spam: Spam) -> None:
    before = spam.states()
    swept = spam.sweep()
    for letter in db.session.scalars(select(MailMessage)):
        letter.sent_at = NOW + timedelta(minutes=11)
    unsweeping.undo(swept.batch, spam.moderator, NOW + timedelta(days=30))
    db.session.commit()
    assert spam.states() == before
    kinds = sorted(db.session.scalars(select(MailMessage.kind)))
    assert kinds == ["report_handled", "texts_put_back", "texts_swept"]


def test_what_was_decided_separately_since_stays(spam: Spam) -> None:
    swept = spam.sweep()
    later = NOW + timedelta(minutes=1)
    spam.shown.state = IdeaState.PUBLISHED
    decisions.write(spam.shown, ModerationVerb.RESTORE, spam.moderator, later)
    spam.said.state = ArgumentState.HIDDEN
    decisions.write(spam.said, ModerationVerb.HIDE, spam.moderator, later, sentence="Om een andere reden.")
    db.session.commit()
    unsweeping.undo(swept.batch, spam.moderator, NOW + timedelta(minutes=5))
    db.session.commit()
    after = spam.states()
    assert after["ideas"][0] == IdeaState.PUBLISHED
    assert after["arguments"][0] == ArgumentState.HIDDEN
    assert after["arguments"][1] == ArgumentState.PUBLISHED
    assert after["count"] == 2


def test_nothing_of_a_person_without_texts(spam: Spam) -> None:
    nobody = factories.a_person()
    swept = sweeping.sweep([nobody.id], spam.moderator, RULING, NOW, sweeping.new_batch())
    db.session.commit()
    assert (swept.hidden, swept.refused, swept.mails) == (0, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(MailMessage)) == 0


def test_ten_thousand_texts_go_and_come_back_in_a_few_statements(spam: Spam) -> None:
    people = _many(Person, 2500, lambda number: {"email": f"spam{number}@voorbeeld.example", "name": "S"})
    ideas = _many(
        Idea,
        5000,
        lambda number: {
            "call_id": spam.call.id,
            "author_id": people[number % 2500],
            "title": f"Koop nu {number}",
            "summary": "Koop",
            "body": "Koop nu",
            "state": IdeaState.PUBLISHED if number % 5 == 0 else IdeaState.SUBMITTED,
        },
    )
    _many(
        Argument,
        5000,
        lambda number: {
            "idea_id": spam.honest.id if number % 2 else ideas[number],
            "author_id": people[number % 2500],
            "side": "for",
            "body": "Koop nu",
            "state": ArgumentState.PUBLISHED,
        },
    )
    _many(
        QueueItem,
        5000,
        lambda number: {
            "kind": QueueKind.IDEA,
            "key": f"idea:{ideas[number]}",
            "process_id": spam.call.process_id,
            "idea_id": ideas[number],
            "author_id": people[number % 2500],
            "waits_since": NOW,
            "due_at": NOW,
        },
    )
    spam.honest.argument_count += 2500
    db.session.commit()
    before = spam.states()
    with statements() as swept_by:
        swept = sweeping.sweep(people, spam.moderator, RULING, NOW, sweeping.new_batch())
        db.session.commit()
    assert (swept.hidden, swept.refused, len(swept.people)) == (6000, 4000, 2500)
    assert spam.states()["count"] == before["count"] - 2500
    with statements() as undone_by:
        unsweeping.undo(swept.batch, spam.moderator, NOW + timedelta(minutes=1))
        db.session.commit()
    assert spam.states() == before
    # A statement for some thousand texts of a kind, none for each text (SQLite inserts mails one by one). How long it
    # takes is for `make bench`.
    for seen in (swept_by, undone_by):
        assert len([one for one in seen if not one.startswith("INSERT INTO mail_message")]) < 120


def _many(table: type[Any], count: int, row: Any) -> list[int]:
    common = {"created_at": NOW} if hasattr(table, "created_at") else {}
    rows = [{**common, **row(number)} for number in range(count)]
    return list(db.session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), rows))
