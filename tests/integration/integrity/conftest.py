"""A call with votes that stand out, three moderators and an organiser."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.models import AuditEntry, Idea, Person, Phase, Tally, Vote
from app.models.integrity import Exclusion, ExclusionReason, IntegritySignal
from app.models.person import Role
from app.records import excluded, standings, tallies
from tests import factories
from tests.support import odd_votes, sign_in
from tests.support.page import Page, visit

SENTENCE = odd_votes.SENTENCE
FAKES, HONEST = 6, 5


class Desk:
    """Two ideas: on the first six odd votes for and five honest ones, on the second five honest ones.

    Every method opens its own application context.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            process = factories.a_process()
            theme = factories.a_theme(process)
            call = factories.a_call(process, title="Waar moet de stad slim in zijn?")
            author = factories.a_person(name="Inge")
            self.call, self.slug, self.author = call.id, call.slug, author.id
            self.ideas = [
                factories.an_idea(call, author, themes=[theme], title=title).id
                for title in ("Een bank bij elke bushalte", "Sensoren in het riool")
            ]
            self.first, self.second, self.third = (
                factories.a_person(Role.MODERATOR, name=name).id for name in ("Mo", "Mia", "Max")
            )
            self.organiser = factories.a_person(Role.ORGANISER, name="Olga").id
            self.fakes = [
                factories.a_person(name=f"Nep {number}", email=f"nep{number}@voorbeeld.example").id
                for number in range(FAKES)
            ]
            self.honest = [factories.a_person().id for _ in range(HONEST)]
            db.session.commit()
            for person in self.fakes:
                self._put(self.ideas[0], person, VoteValue.FOR)
            for person in self.honest:
                self._put(self.ideas[0], person, VoteValue.AGAINST)
                self._put(self.ideas[1], person, VoteValue.FOR)
            db.session.commit()
        self.signal = self.a_signal(self.fakes)

    def _put(self, idea: int, person: int, value: VoteValue) -> None:
        voter = db.session.get_one(Person, person)
        tallies.put(idea, person, voter.group, value, datetime.now(UTC))

    def a_signal(self, people: Sequence[int], idea: int | None = None) -> int:
        """A signal about the votes of these people on the first idea, or another."""
        with self.app.app_context():
            found = odd_votes.a_signal(
                db.session.get_one(Idea, idea or self.ideas[0]),
                [db.session.get_one(Person, person) for person in people],
            )
            db.session.commit()
            return found.id

    def vote(self, person: int, value: VoteValue, idea: int | None = None) -> None:
        """Somebody votes or changes a vote."""
        with self.app.app_context():
            self._put(idea or self.ideas[0], person, value)
            db.session.commit()

    def person(self, *roles: Role, group: Group = Group.RESIDENT) -> int:
        """Somebody new."""
        with self.app.app_context():
            found = factories.a_person(*roles, group=group).id
            db.session.commit()
            return found

    def propose(
        self, signal: int | None = None, reason: ExclusionReason = ExclusionReason.MANY_ACCOUNTS
    ) -> int:
        """A proposal by the first moderator about all votes of a signal."""
        with self.app.app_context():
            found = odd_votes.a_proposal(
                db.session.get_one(IntegritySignal, signal or self.signal),
                db.session.get_one(Person, self.first),
                reason,
            )
            db.session.execute(
                update(IntegritySignal)
                .where(IntegritySignal.id == (signal or self.signal))
                .values(state="investigating", investigator_id=self.first, investigated_at=datetime.now(UTC))
            )
            db.session.commit()
            return found.id

    def exclude(self, signal: int | None = None, now: datetime | None = None, **values: Any) -> int:
        """An exclusion in force, by the first and the second moderator."""
        with self.app.app_context():
            found = odd_votes.an_exclusion(
                db.session.get_one(IntegritySignal, signal or self.signal),
                db.session.get_one(Person, self.first),
                db.session.get_one(Person, self.second),
                now=now,
                **values,
            )
            db.session.execute(
                update(IntegritySignal)
                .where(IntegritySignal.id == (signal or self.signal))
                .values(state="excluded", closed_at=datetime.now(UTC))
            )
            db.session.commit()
            return found.id

    def objection(self, exclusion: int, person: int | None = None) -> int:
        """Somebody in the exclusion objects; who."""
        with self.app.app_context():
            if person is None:
                person = odd_votes.an_objection(db.session.get_one(Exclusion, exclusion))
            db.session.commit()
            return person

    def tally(self, idea: int | None = None) -> tuple[int, int]:
        """For and against on the first idea or another, after checking that every tally equals a recount."""
        with self.app.app_context():
            assert tallies.differences() == []
            rows = db.session.execute(
                select(Tally.votes_for, Tally.votes_against).where(Tally.idea_id == (idea or self.ideas[0]))
            ).all()
            return sum(row[0] for row in rows), sum(row[1] for row in rows)

    def off(self) -> set[tuple[int, int]]:
        """The votes that do not count now, as the votes say, after checking that the exclusions say the same."""
        with self.app.app_context():
            marked = db.session.execute(
                select(Vote.idea_id, Vote.person_id).where(Vote.excluded_at.is_not(None))
            )
            said = {(row[0], row[1]) for row in marked}
            listed = excluded.in_force_at(self.call, datetime(2100, 1, 1, tzinfo=UTC))
            assert said == {(idea, person) for _exclusion, idea, person in listed}
            return said

    def refresh(self) -> None:
        """What the job does."""
        with self.app.app_context():
            standings.refresh(self.call, datetime.now(UTC))

    def hide_counts(self, hides: bool = True) -> None:
        """Let the running phase hide its counts."""
        with self.app.app_context():
            db.session.execute(update(Phase).where(Phase.call_id == self.call).values(hides_counts=hides))
            db.session.commit()

    def get(self, table: type[Any], key: Any) -> Any:
        """One row, with what it holds loaded."""
        with self.app.app_context():
            found = db.session.get_one(table, key)
            db.session.expunge_all()
            return found

    def rows(self, table: type[Any]) -> list[Any]:
        """All rows of a table."""
        with self.app.app_context():
            found = list(db.session.scalars(select(table).order_by(*inspect(table).primary_key)))
            db.session.expunge_all()
            return found

    def audit(self) -> list[tuple[str, int | None]]:
        """What staff did, in order, and who."""
        with self.app.app_context():
            rows = db.session.execute(
                select(AuditEntry.action, AuditEntry.actor_id)
                .where(AuditEntry.action.startswith("integrity."))
                .order_by(AuditEntry.id)
            )
            return [(row[0], row[1]) for row in rows]

    def client(self, person: int | None) -> FlaskClient:
        """A browser of somebody, or of a stranger."""
        made = self.app.test_client()
        return made if person is None else sign_in(made, person)

    def page(self, person: int | None, path: str, status: int = 200) -> Page:
        """A page as somebody sees it."""
        return visit(self.client(person), path, status)

    @property
    def path(self) -> str:
        """The address of the signal."""
        return f"/moderatie/integriteit/{self.signal}"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """It, fresh."""
    return Desk(app)
