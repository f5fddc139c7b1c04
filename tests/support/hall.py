"""The room of a workshop on its evening: rounds, people with phones, and a facilitator."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.domain import rounds as rules
from app.domain.ballot import Group
from app.models import Attendee, Person, Round, RoundOption, RoundVote, Workshop
from app.models.person import Role
from app.models.room import RoundKind, RoundState
from app.records import attendees, round_moments
from tests import factories
from tests.support.room import Room, a_room

COOKIE = "room"


@dataclass
class Hall:
    """The numbers of what was made; every method opens its own application context."""

    room: Room
    app: Flask
    facilitator: int
    path: str
    workshop: int
    tokens: dict[int, str] = field(default_factory=dict)

    def round(
        self,
        kind: RoundKind = RoundKind.FOR_AGAINST,
        *,
        options: tuple[str, ...] = ("Meer bomen", "Meer bankjes"),
        state: RoundState = RoundState.OPEN,
        **values: Any,
    ) -> int:
        """A round with its options."""
        with self.app.app_context():
            number = db.session.scalar(select(func.count()).select_from(Round)) or 0
            base = {
                "question": "Wat wil je hier?",
                "dots": 3,
                "position": number,
                "created_at": factories.NOW,
            }
            row = Round(workshop_id=self.workshop, kind=kind, state=state, **{**base, **values})
            db.session.add(row)
            db.session.flush()
            for position, text in enumerate(options):
                db.session.add(
                    RoundOption(
                        round_id=row.id,
                        text=text,
                        key=rules.key_of(text),
                        position=position,
                        created_at=factories.NOW,
                    )
                )
            db.session.commit()
            return row.id

    def options(self, round_id: int) -> list[int]:
        """The options of a round in their order."""
        with self.app.app_context():
            rows = select(RoundOption.id).where(RoundOption.round_id == round_id)
            return list(db.session.scalars(rows.order_by(RoundOption.position, RoundOption.id)))

    def attendee(
        self,
        group: Group = Group.RESIDENT,
        *,
        confirmed: bool = False,
        workshop: int | None = None,
        **values: Any,
    ) -> int:
        """Somebody in the room, with a phone."""
        with self.app.app_context():
            number = (db.session.scalar(select(func.count()).select_from(Attendee)) or 0) + 1
            token = f"secret-{number}"
            row = Attendee(
                workshop_id=workshop or self.workshop,
                token_hash=attendees.token_hash(token),
                group=group,
                confirmed_at=factories.NOW if confirmed else None,
                arrived_at=datetime.now(UTC),
                **values,
            )
            db.session.add(row)
            db.session.commit()
            self.tokens[row.id] = token
            return row.id

    def phone(self, attendee: int) -> FlaskClient:
        """The phone of somebody in the room."""
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.tokens[attendee])
        return client

    def vote(
        self, round_id: int, attendee: int, option: int, value: int, group: Group = Group.RESIDENT
    ) -> None:
        """A choice, straight into the table."""
        with self.app.app_context():
            db.session.add(
                RoundVote(
                    round_id=round_id,
                    attendee_id=attendee,
                    option_id=option,
                    value=value,
                    group=group,
                    cast_at=datetime.now(UTC),
                )
            )
            db.session.commit()

    def votes(self, round_id: int) -> list[tuple[int, int, int, Group]]:
        """Every choice: attendee, option, value, group."""
        with self.app.app_context():
            rows = select(RoundVote).where(RoundVote.round_id == round_id)
            return sorted(
                (row.attendee_id, row.option_id, row.value, row.group) for row in db.session.scalars(rows)
            )

    def state(self, round_id: int) -> RoundState:
        with self.app.app_context():
            return db.session.get_one(Round, round_id).state

    def lead(self, verb: str, round_id: int) -> None:
        """Open, close or reveal as the facilitator."""
        with self.app.app_context():
            actor = db.session.get_one(Person, self.facilitator)
            getattr(round_moments, f"{verb}_round")(actor, round_id, datetime.now(UTC))

    def code(self) -> str:
        with self.app.app_context():
            return db.session.get_one(Workshop, self.workshop).join_code


def a_hall(app: Flask, *, starts_in: timedelta = timedelta(hours=1)) -> Hall:
    """A workshop that begins in an hour, so that its doors are open."""
    room = a_room(app, votes=False)
    with app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        workshop.activity.starts_at = datetime.now(UTC) + starts_in
        workshop.join_code = "MAAS47"
        db.session.commit()
    return Hall(room, app, room.person(Role.FACILITATOR), room.path, room.workshop)
