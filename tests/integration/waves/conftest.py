"""A town in a wave: an idea to vote on, residents, moderators, and strangers who send the same again and again."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.sameness import mark_of
from app.models import Argument, Idea, Person, QueueItem, Tally
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.queue import QueueKind
from tests import factories
from tests.support import csrf_token

OLD = timedelta(days=30)
SPAM = "Verdien snel geld, kijk op www.snelgeld-voorbeeld.com/{} voor meer uitleg hierover."
SENTENCE = "Dit is reclame die honderden keren is geplaatst."
_numbers = count(1)


class Town:
    """What a test of this room makes and looks up; every method opens its own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            now = datetime.now(UTC)
            call = factories.a_call()
            self.theme = factories.a_theme(call.process).slug
            self.call, self.slug, self.process = call.id, call.slug, call.process_id
            self.moderator = factories.a_person(Role.MODERATOR, name="Mo", created_at=now - OLD).id
            self.other = factories.a_person(Role.MODERATOR, name="Mia", created_at=now - OLD).id
            self.resident = factories.a_person(name="Inge", created_at=now - OLD).id
            self.idea = factories.an_idea(call, db.session.get_one(Person, self.resident)).id
            db.session.commit()

    def people(self, number: int, age: timedelta = timedelta(hours=1), **values: object) -> list[int]:
        """So many accounts of this age, in one statement."""
        made = datetime.now(UTC) - age
        start = next(_numbers) * 100_000
        rows = [
            {
                "email": f"nieuw{start + one}@golf.example",
                "name": f"Deelnemer {start + one}",
                "group": "resident",
                "is_delegate": False,
                "language": "nl",
                "neighbourhood": "",
                "postcode": "",
                "created_at": made,
                "confirmed_at": made,
                "session_epoch": 0,
                "digest": "daily",
                **values,
            }
            for one in range(number)
        ]
        with self.app.app_context():
            db.session.execute(insert(Person), rows)
            emails = [row["email"] for row in rows]
            found: list[int] = []
            for at in range(0, number, 500):
                found += db.session.scalars(select(Person.id).where(Person.email.in_(emails[at : at + 500])))
            db.session.commit()
        return sorted(found)

    def flood(self, people: list[int], texts: int, at: datetime | None = None, body: str = SPAM) -> None:
        """So many ideas that wait in the queue, in turn of these people, in a few statements."""
        now = at or datetime.now(UTC)
        number = next(_numbers)
        title = "Snel geld voor iedereen"
        with self.app.app_context():
            highest = db.session.scalar(select(func.coalesce(func.max(Idea.id), 0))) or 0
            db.session.execute(
                insert(Idea),
                [
                    {
                        "call_id": self.call,
                        "author_id": people[one % len(people)],
                        "title": title,
                        "summary": "Dit wil je niet missen, echt niet.",
                        "body": body.format(f"{number}-{one}"),
                        "neighbourhood": "",
                        "state": IdeaState.SUBMITTED,
                        "public_status": "open",
                        "version": 1,
                        "created_at": now,
                        "submitted_at": now,
                        "argument_count": 0,
                    }
                    for one in range(texts)
                ],
            )
            ideas = db.session.execute(
                select(Idea.id, Idea.author_id, Idea.body).where(Idea.id > highest)
            ).all()
            self._tallies([row.id for row in ideas])
            db.session.execute(
                insert(QueueItem),
                [
                    self._item(QueueKind.IDEA, row.id, row.author_id, mark_of(title, row.body), now)
                    for row in ideas
                ],
            )
            db.session.commit()

    def said(self, person: int, body: str, state: ArgumentState = ArgumentState.PUBLISHED) -> int:
        """An argument that waits for a look, on the site or not yet."""
        with self.app.app_context():
            idea = db.session.get_one(Idea, self.idea)
            argument = factories.an_argument(idea, db.session.get_one(Person, person), body=body, state=state)
            now = datetime.now(UTC)
            row = self._item(QueueKind.ARGUMENT, idea.id, person, mark_of("", body), now)
            row |= {"key": f"argument:{argument.id}", "argument_id": argument.id}
            row |= {"is_live": state == ArgumentState.PUBLISHED}
            db.session.execute(insert(QueueItem), [row])
            db.session.commit()
            return argument.id

    def _item(
        self, kind: QueueKind, idea: int, author: int, sameness: str, now: datetime
    ) -> dict[str, object]:
        return {
            "kind": kind,
            "key": f"idea:{idea}",
            "process_id": self.process,
            "call_id": self.call,
            "idea_id": idea,
            "argument_id": None,
            "author_id": author,
            "is_live": False,
            "sameness": sameness,
            "waits_since": now,
            "due_at": now + timedelta(hours=24),
        }

    def _tallies(self, ideas: list[int]) -> None:
        rows = [
            {"idea_id": idea, "group": group, "votes_for": 0, "votes_against": 0, "changes": 0}
            for idea in ideas
            for group in ("resident", "council", "partner")
        ]
        db.session.execute(insert(Tally), rows)

    def waiting(self) -> int:
        """How many items of the queue are open."""
        with self.app.app_context():
            return db.session.scalar(select(func.count()).where(QueueItem.closed_at.is_(None))) or 0

    def states(self, table: type[Idea] | type[Argument] = Idea) -> dict[str, int]:
        """How many texts there are in each state."""
        with self.app.app_context():
            rows = db.session.execute(select(table.state, func.count()).group_by(table.state))
            return {state.value: number for state, number in rows}


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    """Send a form, whatever the answer is."""
    return client.post(path, data={"csrf_token": csrf_token(client), **data})


@pytest.fixture
def town(app: Flask) -> Town:
    return Town(app)
