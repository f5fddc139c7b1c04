"""Another number of days to appeal holds from now on: it moves nothing that somebody was told before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import select, update

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.features.conduct import service as conduct
from app.features.integrity import own
from app.features.moderation import appeals, masking
from app.models import Argument, Idea, MaskedText, ModerationDecision, Person, Process, Sanction, Vote
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason, ExclusionState
from app.models.moderation import ModerationVerb, SanctionKind, SanctionReason
from app.records import course, decisions, sanctions, sweeping
from app.records.sanctions import Measure
from app.records.sweeping import Ruling
from tests import factories
from tests.support import databases

from .conftest import Room

NOW = datetime.now(UTC).replace(microsecond=0)
SENTENCE = "Dit kwetst de mensen over wie het gaat."


def day(number: float) -> datetime:
    return NOW + timedelta(days=number)


def choose(room: Room, days: int) -> None:
    """The organisers change how many days there are."""
    with room.app.app_context():
        db.session.execute(update(Process).values(appeal_days=days))
        db.session.commit()


@pytest.mark.parametrize(("after", "later", "open_"), [(1, 13.9, True), (60, 14.1, False)])
def test_a_decision_keeps_its_term(room: Room, after: int, later: float, open_: bool) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    with room.app.app_context():
        moderator = db.session.get_one(Person, room.moderator)
        text = db.session.get_one(Argument, argument)
        single = decisions.write(text, ModerationVerb.HIDE, moderator, NOW, sentence=SENTENCE).id
        ruling = Ruling(SENTENCE, RefusalReason.INSULT)
        sweeping.sweep([room.author], moderator, ruling, NOW, sweeping.new_batch())
        db.session.commit()
    choose(room, after)
    with room.app.app_context():
        author = db.session.get_one(Person, room.author)
        taken = db.session.scalars(select(ModerationDecision)).all()
        assert len(taken) == 3
        assert {row.appeal_until for row in taken} == {day(14)}
        assert {bool(appeals.may_lodge(author, row, day(later))) for row in taken} == {open_}
        told = course.one(single, room.author)
        assert told is not None
        assert told.until == day(14)
        assert told.is_open(day(later)) is open_
        fresh = decisions.write(
            db.session.get_one(Idea, idea), ModerationVerb.HIDE, None, NOW, sentence=SENTENCE
        )
        assert fresh.appeal_until == day(after)


@pytest.mark.parametrize(("after", "later", "open_"), [(1, 13.9, True), (60, 14.1, False)])
def test_a_warning_keeps_its_term(room: Room, after: int, later: float, open_: bool) -> None:
    with room.app.app_context():
        moderator, author = (db.session.get_one(Person, one) for one in (room.moderator, room.author))
        measure = Measure(SanctionKind.WARN, SanctionReason.INSULTS, SENTENCE)
        number = sanctions.impose(moderator, author, measure, NOW).id
        db.session.commit()
    choose(room, after)
    with room.app.app_context():
        warning = db.session.get_one(Sanction, number)
        assert bool(conduct.may_appeal(warning, None, day(later))) is open_


def test_what_was_masked_is_kept_as_long_as_an_appeal_is_possible(room: Room) -> None:
    idea = room.idea(IdeaState.PUBLISHED, body="Bel mij op 043 350 40 40 en dan praten we erover. " * 2)
    with room.app.app_context():
        text = db.session.get_one(Idea, idea)
        masking.mask(
            db.session.get_one(Person, room.moderator),
            text,
            ["043 350 40 40"],
            "Dit is een nummer van iemand anders.",
            NOW,
        )
    choose(room, 60)
    with room.app.app_context():
        [kept] = db.session.scalars(select(MaskedText))
        assert kept.keep_until == kept.decision.appeal_until == day(14)


def test_votes_that_do_not_count_keep_their_term(room: Room) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    with room.app.app_context():
        factories.a_vote(db.session.get_one(Idea, idea), db.session.get_one(Person, room.reader))
        exclusion = Exclusion(
            call_id=room.call,
            reason=next(iter(ExclusionReason)),
            sentence=SENTENCE,
            state=ExclusionState.IN_FORCE,
            proposed_by_id=room.moderator,
            proposed_at=NOW,
            decided_by_id=room.second,
            decided_at=NOW,
            object_until=day(14),
        )
        db.session.add(exclusion)
        db.session.flush()
        vote = {"exclusion_id": exclusion.id, "idea_id": idea, "person_id": room.reader, "from_at": NOW}
        db.session.add(ExcludedVote(**vote))
        db.session.commit()
    choose(room, 1)
    with room.app.app_context():
        assert db.session.scalars(select(Vote.person_id)).all() == [room.reader]
        [mine] = own.exclusions(room.reader, day(13.9))
        assert mine.last == day(14)
        assert mine.may


@pytest.mark.parametrize("kind", databases.KINDS)
@pytest.mark.one_database
def test_rows_from_before_get_the_rule_of_today(kind: str, tmp_path: Path) -> None:
    address = (
        f"sqlite:///{tmp_path / 'old.sqlite'}"
        if kind == "sqlite"
        else databases.create_postgresql(f"old_{databases.WORKER}")
    )
    app = databases.make_app(address)
    with app.app_context():
        flask_migrate.upgrade()
        process = factories.a_process(appeal_days=3)
        idea = factories.an_idea(factories.a_call(process))
        moderator, person = factories.a_person(), factories.a_person()
        factories.a_decision(idea, moderator, decided_at=NOW)
        masked = factories.a_decision(factories.an_argument(idea), moderator, decided_at=NOW)
        db.session.add(MaskedText(decision_id=masked.id, original={}, keep_until=day(14)))
        factories.a_sanction(person, moderator, started_at=NOW)
        common = {"call_id": idea.call_id, "reason": next(iter(ExclusionReason)), "sentence": SENTENCE}
        common |= {"proposed_by_id": moderator.id, "proposed_at": NOW}
        db.session.add(Exclusion(**common, state=ExclusionState.IN_FORCE, decided_at=NOW))
        db.session.add(Exclusion(**common, state=ExclusionState.PROPOSED))
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(revision="0024")
        flask_migrate.upgrade()
        terms = db.session.scalars(select(ModerationDecision.appeal_until).order_by(ModerationDecision.id))
        assert terms.all() == [day(3), day(14)], "as long as the words were to be kept"
        assert db.session.scalars(select(Sanction.appeal_until)).all() == [day(3)]
        objecting = db.session.scalars(select(Exclusion.object_until).order_by(Exclusion.id))
        assert objecting.all() == [day(3), None]
        db.session.remove()
    databases.let_go(app)
