"""Two ideas of one call that say the same, their authors, and moderators."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from app.db import db
from app.domain.ballot import Side, VoteValue
from app.features.duplicates import service
from app.models import (
    Argument,
    Call,
    DuplicateAnswer,
    DuplicateProposal,
    Idea,
    Merge,
    Person,
    QueueItem,
    Tally,
    Vote,
)
from app.models.person import Role
from app.records import merging, tallies
from tests import factories
from tests.support import sign_in

SENTENCE = "Beide ideeën vragen om meer bankjes langs het water."


class Pair:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            call = factories.a_call(title="Waar moet de stad slim in zijn?")
            self.call = call.id
            self.moderator = factories.a_person(Role.MODERATOR, name="Mo").id
            self.second = factories.a_person(Role.MODERATOR, name="Mia").id
            self.ann = factories.a_person(name="Ann", email="ann@voorbeeld.example").id
            self.ben = factories.a_person(name="Ben", email="ben@voorbeeld.example").id
            db.session.commit()
        self.stays = self.idea(
            self.ann, title="Bankjes langs de Maas", summary="Meer bankjes om te zitten aan het water.", age=9
        )
        self.goes = self.idea(
            self.ben, title="Zitplekken langs de Maas", summary="Bankjes om te zitten langs het water.", age=5
        )

    def idea(self, author: int | None = None, *, age: float = 4, **values: Any) -> int:
        """A published idea, so many days old."""
        with self.app.app_context():
            person = db.session.get(Person, author) if author else None
            at = datetime.now(UTC) - timedelta(days=age)
            idea = factories.an_idea(db.session.get_one(Call, self.call), person, published_at=at, **values)
            db.session.commit()
            return idea.id

    def person(self, *roles: Role, **values: Any) -> int:
        """Somebody."""
        with self.app.app_context():
            number = factories.a_person(*roles, **values).id
            db.session.commit()
            return number

    def vote(self, idea: int, person: int, value: int, at: datetime | None = None) -> None:
        """A counted vote."""
        with self.app.app_context():
            voter = db.session.get_one(Person, person)
            moment = at or datetime.now(UTC)
            tallies.put(idea, person, voter.group, VoteValue(value), moment)
            db.session.commit()

    def argument(self, idea: int, author: int | None = None, **values: Any) -> int:
        """A published argument."""
        with self.app.app_context():
            person = db.session.get(Person, author) if author else None
            found = factories.an_argument(db.session.get_one(Idea, idea), person, Side.FOR, **values)
            db.session.commit()
            return found.id

    def propose(self, by: int | None = None, one: int | None = None, other: int | None = None) -> int:
        """A proposal about the two ideas, of the site unless somebody is named."""
        with self.app.app_context():
            person = db.session.get(Person, by) if by else None
            ideas = [db.session.get_one(Idea, number) for number in (one or self.goes, other or self.stays)]
            service.propose(person, ideas[0], ideas[1], datetime.now(UTC))
            return (
                db.session.scalars(select(DuplicateProposal.id).order_by(DuplicateProposal.id.desc())).first()
                or 0
            )

    def agreed(self, by: int | None = None, one: int | None = None, other: int | None = None) -> int:
        """A proposal to which both authors said yes."""
        number = self.propose(by, one, other)
        now = datetime.now(UTC)
        with self.app.app_context():
            proposal = db.session.get_one(DuplicateProposal, number)
            service.ask(db.session.get_one(Person, self.moderator), number, proposal.into_id, now)
            for author in service.authors_of(db.session.get_one(DuplicateProposal, number)):
                service.answer(db.session.get_one(Person, author), number, True, "", now)
        return number

    def merge(self, proposal: int | None = None, *, one: int | None = None, other: int | None = None) -> int:
        """Merge a pair, by default the two ideas; the number of the proposal."""
        proposal = proposal or self.agreed(one=one, other=other)
        with self.app.app_context():
            into = db.session.get_one(DuplicateProposal, proposal).into_id
            service.merge(self.moderator, proposal, into, SENTENCE, datetime.now(UTC))
        return proposal

    def undo(self, proposal: int) -> None:
        """Undo a merge, as if long after it, so that everybody hears of it."""
        with self.app.app_context():
            made = db.session.scalars(
                select(Merge).where(Merge.proposal_id == proposal).order_by(Merge.id.desc())
            ).first()
            assert made is not None
            merging.part(made, db.session.get_one(Person, self.moderator), datetime.now(UTC), SENTENCE)
            db.session.commit()

    def votes(self, idea: int) -> dict[int, tuple[Any, ...]]:
        """The rows of votes on an idea, everything in them."""
        with self.app.app_context():
            rows = db.session.execute(
                select(
                    Vote.person_id,
                    Vote.value,
                    Vote.previous,
                    Vote.settled,
                    Vote.group,
                    Vote.cast_at,
                    Vote.excluded_at,
                ).where(Vote.idea_id == idea)
            )
            return {row[0]: tuple(row[1:]) for row in rows}

    def counts(self, idea: int) -> tuple[int, int]:
        """For and against, after checking that every tally equals a recount."""
        with self.app.app_context():
            assert tallies.differences() == []
            rows = db.session.execute(
                select(Tally.votes_for, Tally.votes_against).where(Tally.idea_id == idea)
            ).all()
            return sum(row[0] for row in rows), sum(row[1] for row in rows)

    def get(self, table: type[Any], number: Any) -> Any:
        """A row as it stands now."""
        with self.app.app_context():
            found = db.session.get_one(table, number)
            db.session.expunge_all()
            return found

    def all(self, table: type[Any]) -> list[Any]:
        """All rows of a table, in the order of their keys: PostgreSQL gives them back as it likes."""
        with self.app.app_context():
            rows = list(db.session.scalars(select(table).order_by(*inspect(table).primary_key)))
            db.session.expunge_all()
            return rows

    def waiting(self) -> list[str]:
        """The keys of what waits in the queue."""
        with self.app.app_context():
            return list(db.session.scalars(select(QueueItem.key).where(QueueItem.closed_at.is_(None))))

    def arguments(self, idea: int) -> list[int]:
        """The numbers of everything said under an idea."""
        with self.app.app_context():
            return list(
                db.session.scalars(select(Argument.id).where(Argument.idea_id == idea).order_by(Argument.id))
            )

    def answers(self) -> list[DuplicateAnswer]:
        """What authors said."""
        return self.all(DuplicateAnswer)


@pytest.fixture
def pair(app: Flask) -> Pair:
    """Two ideas that say the same."""
    return Pair(app)


@pytest.fixture
def desk(pair: Pair, client: FlaskClient) -> FlaskClient:
    """The first moderator, signed in."""
    return sign_in(client, pair.moderator)
