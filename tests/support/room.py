"""A workshop whose agenda can be worked out by hand: three themes of half an hour, time for two.

Eight residents and one partner support Groen, six other residents Fietsen, five council members Maas. Where every
group weighs the same Groen and Maas come on the agenda, where every person does Groen and Fietsen.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.models import AgendaItem, Person, Phase
from app.models.person import Role
from app.models.workshop import AgendaItemKind
from app.records import standings
from tests import factories

STARTS = datetime(2031, 5, 20, 17, 0, tzinfo=UTC)
"""Seven in the evening in Maastricht."""


@dataclass
class Room:
    """The numbers of what was made; every method opens its own application context."""

    app: Flask
    workshop: int
    call: int
    slug: str
    process: int
    themes: dict[str, int]
    ideas: dict[str, list[int]]
    author: int

    @property
    def path(self) -> str:
        """The address of the workshop."""
        return f"/werkateliers/{self.workshop}"

    def person(self, *roles: Role, group: Group = Group.RESIDENT, **values: Any) -> int:
        """Somebody new."""
        with self.app.app_context():
            person = factories.a_person(*roles, group=group, **values)
            db.session.commit()
            return person.id

    def vote(self, theme: str, *, group: Group = Group.RESIDENT, ideas: int = 3) -> int:
        """Somebody new votes for the first ideas of a theme; the tallies know, the standings do not yet."""
        with self.app.app_context():
            person = factories.a_person(group=group)
            for number in self.ideas[theme][:ideas]:
                factories.a_vote(db.session.get_one(factories.Idea, number), person)
            db.session.commit()
            return person.id

    def refresh(self) -> None:
        """What the job does."""
        with self.app.app_context():
            standings.refresh(self.call, datetime.now(UTC))

    def hide_counts(self) -> None:
        """Let the running phase hide all counts."""
        with self.app.app_context():
            db.session.execute(update(Phase).where(Phase.call_id == self.call).values(hides_counts=True))
            db.session.commit()

    def fixed(self) -> list[tuple[str, str, int, str]]:
        """What is fixed, in order: kind, title (or theme), minutes, reason."""
        with self.app.app_context():
            rows = standings.fixed_items(self.workshop)
            return [
                (row.kind.value, row.title or (row.theme.title if row.theme else ""), row.minutes, row.reason)
                for row in rows
            ]

    def item(self, kind: AgendaItemKind) -> int:
        """The number of the first fixed item of a kind."""
        with self.app.app_context():
            return next(row.id for row in standings.fixed_items(self.workshop) if row.kind == kind)


def a_room(app: Flask, *, votes: bool = True, minutes: int = 90) -> Room:
    """Make it, with its standings computed."""
    with app.app_context():
        process = factories.a_process()
        call = factories.a_call(process)
        author = factories.a_person()
        themes = {
            name: factories.a_theme(process, title=name, minutes=30, accent=place, icon="tree")
            for place, name in enumerate(("Groen", "Maas", "Fietsen"), start=1)
        }
        ideas = {
            name: [
                factories.an_idea(call, author, themes=[theme], title=f"{name}, idee nummer {place}")
                for place in (1, 2, 3)
            ]
            for name, theme in themes.items()
        }
        workshop = factories.a_workshop(call, minutes=minutes)
        workshop.activity.starts_at = STARTS
        blocks = (
            (AgendaItemKind.OPENING, "Welkom", 10),
            (AgendaItemKind.BREAK, "Pauze", 15),
            (AgendaItemKind.CLOSING, "Borrel", 5),
        )
        for position, (kind, title, length) in enumerate(blocks):
            db.session.add(
                AgendaItem(workshop_id=workshop.id, kind=kind, title=title, minutes=length, position=position)
            )
        voters: list[tuple[str, Person]] = []
        if votes:
            voters += [("Groen", factories.a_person()) for _ in range(8)]
            voters += [("Groen", factories.a_person(group=Group.PARTNER))]
            voters += [("Fietsen", factories.a_person()) for _ in range(6)]
            voters += [("Maas", factories.a_person(group=Group.COUNCIL)) for _ in range(5)]
        for name, voter in voters:
            for idea in ideas[name]:
                factories.a_vote(idea, voter)
        room = Room(
            app=app,
            workshop=workshop.id,
            call=call.id,
            slug=call.slug,
            process=process.id,
            themes={name: theme.id for name, theme in themes.items()},
            ideas={name: [idea.id for idea in found] for name, found in ideas.items()},
            author=author.id,
        )
        db.session.commit()
        standings.refresh(room.call, datetime.now(UTC))
    return room
