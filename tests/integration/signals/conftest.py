"""A call with ideas and a crowd of old voters, on which attacks are made."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.integrity import looking
from app.models import Call, Idea, IntegritySignal, SignalVote, Vote
from app.models.integrity import SignalKind, SignalState
from app.models.person import Role
from app.records import tallies
from app.records.integrity_signals import Written
from tests import factories
from tests.support import sign_in


def row(idea: int, person: int, value: VoteValue, moment: datetime) -> dict[str, Any]:
    """A vote of a resident as it stands in the table."""
    return {
        "idea_id": idea, "person_id": person, "value": int(value), "previous": 0, "settled": 0,
        "group": Group.RESIDENT, "cast_at": moment,
    }  # fmt: skip


class Field:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.now = datetime.now(UTC).replace(microsecond=0)
        with app.app_context():
            call = factories.a_call(title="Waar moet de stad slim in zijn?")
            self.call, self.slug, self.process = call.id, call.slug, call.process.slug
            published = self.now - timedelta(days=15)
            self.ideas = [
                factories.an_idea(call, title=f"Idee {number}", published_at=published).id
                for number in range(12)
            ]
            old = self.now - timedelta(days=60)
            crowd = [factories.a_person(created_at=old).id for _ in range(30)]
            self.organiser = factories.a_person(Role.ORGANISER, name="Olaf").id
            # Everybody votes on every idea, spread over two weeks; the first ideas are liked best.
            rows = []
            for number, idea in enumerate(self.ideas):
                for place, person in enumerate(crowd):
                    against = (place * 7 + number * 3) % 30 < 2 * number + 1
                    later = timedelta(minutes=55 * ((place * 12 + number * 41) % 360))
                    value = VoteValue.AGAINST if against else VoteValue.FOR
                    rows.append(row(idea, person, value, self.now - timedelta(days=14) + later))
            db.session.execute(insert(Vote), rows)
            tallies.rebuild(self.ideas)
            db.session.commit()
        self.crowd = crowd

    def people(self, number: int, created_at: datetime | None = None) -> list[int]:
        """Somebody new, several times."""
        with self.app.app_context():
            made = [
                factories.a_person(created_at=created_at or self.now - timedelta(hours=3))
                for _ in range(number)
            ]
            db.session.commit()
            return [person.id for person in made]

    def vote(
        self,
        idea: int,
        people: Sequence[int],
        start: datetime | None = None,
        apart: float = 8.0,
        value: int = 1,
    ) -> None:
        """These people vote, one after the other."""
        with self.app.app_context():
            begin = start or self.now - timedelta(hours=2)
            for place, person in enumerate(people):
                moment = begin + timedelta(seconds=apart * place)
                tallies.put(idea, person, Group.RESIDENT, VoteValue(value), moment)
            db.session.commit()

    def look(self, now: datetime | None = None) -> dict[int, Written]:
        """What the job does."""
        with self.app.app_context():
            return looking.look_at_all(now or self.now)

    def signals(self, *kinds: SignalKind) -> list[IntegritySignal]:
        """The signals of these kinds (or all), oldest first."""
        with self.app.app_context():
            rows = db.session.scalars(select(IntegritySignal).order_by(IntegritySignal.id)).all()
            db.session.expunge_all()
            return [row for row in rows if not kinds or row.kind in kinds]

    def votes_of(self, signal: IntegritySignal) -> set[tuple[int, int]]:
        """The votes of a signal, as (idea, person)."""
        with self.app.app_context():
            query = select(SignalVote.idea_id, SignalVote.person_id).where(SignalVote.signal_id == signal.id)
            return {(row[0], row[1]) for row in db.session.execute(query)}

    def close(self, signal: IntegritySignal, state: SignalState = SignalState.DISMISSED) -> None:
        """Somebody closed a signal."""
        with self.app.app_context():
            db.session.execute(
                update(IntegritySignal)
                .where(IntegritySignal.id == signal.id)
                .values(
                    state=state, closed_at=self.now, closing_sentence="Een klas van het Bonnefanten College."
                )
            )
            db.session.commit()

    def exclude(self, idea: int, people: Sequence[int]) -> None:
        """Votes do not count from now on, as the decision of two moderators has it."""
        with self.app.app_context():
            db.session.execute(
                update(Vote)
                .where(Vote.idea_id == idea, Vote.person_id.in_(people))
                .values(excluded_at=self.now)
            )
            db.session.commit()

    def get(self, table: type[Any], number: Any) -> Any:
        """A row as it stands now."""
        with self.app.app_context():
            found = db.session.get_one(table, number)
            db.session.expunge_all()
            return found

    def idea(self, number: int) -> Idea:
        return self.get(Idea, self.ideas[number])

    def settings(self, **thresholds: Any) -> None:
        """Other thresholds for the process."""
        with self.app.app_context():
            db.session.get_one(Call, self.call).process.integrity_settings = thresholds
            db.session.commit()


@pytest.fixture
def field(app: Flask) -> Field:
    """Twelve ideas and thirty people who voted on each of them over two weeks."""
    return Field(app)


@pytest.fixture
def desk(field: Field, client: FlaskClient) -> FlaskClient:
    """An organiser, signed in."""
    return sign_in(client, field.organiser)
