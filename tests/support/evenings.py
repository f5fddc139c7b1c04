"""An evening at the desk: a workshop with an agenda, a round, and two facilitators."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain import rounds as rules
from app.domain.ballot import Group
from app.models import Attendee, AuditEntry, Person, Round, RoundOption, RoundVote, Workshop
from app.models.person import Role
from app.models.room import RoundKind, RoundState
from app.records import attendees, screens
from app.records.screens import ScreenRow
from tests import factories
from tests.support import look_at, post, sign_in
from tests.support.room import Room, a_room


@dataclass
class Evening:
    """The numbers of what was made; every method opens its own application context."""

    app: Flask
    room: Room
    ann: int
    bob: int
    round: int

    @property
    def path(self) -> str:
        return self.room.path

    def desk(self, person: int | None = None) -> FlaskClient:
        """A facilitator, signed in at a browser of their own."""
        return sign_in(self.app.test_client(), person or self.ann)

    def row(self) -> ScreenRow:
        with self.app.app_context():
            return screens.of_workshop(self.room.workshop)

    def state(self, round_id: int | None = None) -> RoundState:
        with self.app.app_context():
            return db.session.get_one(Round, round_id or self.round).state

    def lines(self, prefix: str = "desk.") -> list[AuditEntry]:
        """What the log says of the desk."""
        with self.app.app_context():
            found = select(AuditEntry).where(AuditEntry.action.startswith(prefix)).order_by(AuditEntry.id)
            rows = list(db.session.scalars(found))
            db.session.expunge_all()
            return rows

    def press(self, client: FlaskClient, where: str, status: int = 303, **fields: Any) -> Any:
        """Press a button of the desk, with the number of the screen as it is now unless another is given."""
        prefix = {"klok": "timer-", "bericht": "message-"}.get(where, "")
        number = fields.pop("number", None)
        data = {f"{prefix}{name}": value for name, value in fields.items()}
        data[f"{prefix}number"] = self.row().number if number is None else number
        path = f"{self.path}/regie/{where}"
        answer = post(client, path, status, **data)
        return answer if status == 303 else look_at(client, answer, path)

    def step(self, client: FlaskClient, key: str, status: int = 303, **fields: Any) -> Any:
        return self.press(client, "stap", status, key=key, **fields)

    def frame(self, prefix: str = "", query: str = "") -> dict[str, Any]:
        """What the screen asks for."""
        answer = self.app.test_client().get(f"{prefix}{self.path}/scherm/stand{query}")
        assert answer.status_code == 200
        content: dict[str, Any] = json.loads(answer.get_data())
        return content

    def picture(self, prefix: str = "", query: str = "") -> str:
        """The words on the wall."""
        return text(self.frame(prefix, query)["picture"])

    def a_round(self, theme: str | None = None, **values: Any) -> int:
        """Another round, with two options."""
        with self.app.app_context():
            return _round(self.room, self.room.themes[theme] if theme else None, **values)

    def vote(self, round_id: int, people: int, value: int = 1, *, more: int = 0) -> None:
        """So many people in the room, of whom the first vote for (or against) every option; `more` only look."""
        with self.app.app_context():
            options = db.session.scalars(select(RoundOption.id).where(RoundOption.round_id == round_id)).all()
            known = len(db.session.scalars(select(Attendee.id)).all())
            for place in range(people + more):
                row = Attendee(
                    workshop_id=self.room.workshop,
                    token_hash=attendees.token_hash(f"phone {known + place}"),
                    group=Group.RESIDENT,
                    arrived_at=datetime.now(UTC),
                )
                db.session.add(row)
                db.session.flush()
                for option in options if place < people else ():
                    db.session.add(
                        RoundVote(
                            round_id=round_id,
                            attendee_id=row.id,
                            option_id=option,
                            value=value,
                            group=Group.RESIDENT,
                            cast_at=datetime.now(UTC),
                        )
                    )
            db.session.commit()


def text(html: str) -> str:
    """The words of a piece of HTML, as they are read."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def an_evening(app: Flask) -> Evening:
    """Groen with one round, then Maas; the workshop begins in an hour."""
    room = a_room(app)
    with app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        workshop.activity.starts_at = datetime.now(UTC) + timedelta(hours=1)
        workshop.join_code = "MAAS47"
        people = [factories.a_person(Role.FACILITATOR) for _ in range(2)]
        for person, name in zip(people, ("Ann Vos", "Bob Smeets"), strict=True):
            person.name = name
        numbers = [person.id for person in people]
        round_id = _round(room, room.themes["Groen"])
        db.session.commit()
    return Evening(app, room, numbers[0], numbers[1], round_id)


def _round(room: Room, theme: int | None, **values: Any) -> int:
    options = values.pop("options", ("Meer bomen", "Meer bankjes"))
    base: dict[str, Any] = {
        "kind": RoundKind.FOR_AGAINST,
        "question": "Wat wil je hier?",
        "dots": 3,
        "state": RoundState.PLANNED,
        "position": 0,
    }
    row = Round(workshop_id=room.workshop, theme_id=theme, created_at=factories.NOW, **(base | values))
    db.session.add(row)
    db.session.flush()
    for position, each in enumerate(options):
        db.session.add(
            RoundOption(
                round_id=row.id,
                text=each,
                key=rules.key_of(each),
                position=position,
                created_at=factories.NOW,
            )
        )
    db.session.commit()
    return row.id


def a_person(app: Flask, *roles: Role) -> int:
    """Somebody new."""
    with app.app_context():
        person: Person = factories.a_person(*roles)
        db.session.commit()
        return person.id
