"""Who is asked to come and talk about an item of an agenda, what they answered, and who else could be asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import tokens
from app.models.idea import Idea
from app.models.person import Organisation, Person
from app.models.process import Theme
from app.models.workshop import AgendaInvitation, Answer, Invited


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """Somebody who was asked, for the facilitator."""

    id: int
    theme_id: int
    person_id: int
    name: str
    organisation: str
    role: Invited
    asked_at: datetime
    answer: Answer | None
    answered_at: datetime | None
    note: str
    shows_name: bool

    @property
    def is_named(self) -> bool:
        """Whether everybody may read who comes."""
        return self.answer == Answer.YES and self.shows_name

    @property
    def told(self) -> str:
        """The name with the organisation."""
        return f"{self.name} ({self.organisation})" if self.organisation else self.name


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked about a theme. ideas: the titles of the top ideas that they proposed."""

    person_id: int
    name: str
    organisation: str
    role: Invited
    ideas: tuple[str, ...] = ()


_COLUMNS: tuple[Any, ...] = (
    AgendaInvitation.id,
    AgendaInvitation.theme_id,
    AgendaInvitation.person_id,
    Person.name,
    func.coalesce(Organisation.name, ""),
    AgendaInvitation.role,
    AgendaInvitation.asked_at,
    AgendaInvitation.answer,
    AgendaInvitation.answered_at,
    AgendaInvitation.note,
    AgendaInvitation.shows_name,
)


def of_workshop(workshop_id: int) -> dict[int, list[InvitationRow]]:
    """Everybody who was asked, by theme, in the order in which they were; one statement."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .join(Person, Person.id == AgendaInvitation.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(AgendaInvitation.workshop_id == workshop_id)
        .order_by(AgendaInvitation.asked_at, AgendaInvitation.id)
    )
    found: dict[int, list[InvitationRow]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(InvitationRow(*row))
    return found


def coming(workshop_id: int) -> dict[int, list[str]]:
    """By theme the names of those who come and do not mind that everybody reads it; one statement."""
    return {
        theme: named
        for theme, rows in of_workshop(workshop_id).items()
        if (named := [row.told for row in rows if row.is_named])
    }


def candidates(tops: Mapping[int, Sequence[int]], now: datetime) -> dict[int, list[Candidate]]:
    """By theme who proposed its top ideas and who speaks for a partner, as far as mail reaches them; one statement."""
    reachable = (Person.email.is_not(None), Person.erased_at.is_(None), Person.not_blocked(now))
    ideas = sorted({idea for ids in tops.values() for idea in ids})
    proposers = (
        select(
            Idea.id,
            Idea.title,
            Person.id.label("person_id"),
            Person.name,
            func.coalesce(Organisation.name, "").label("organisation"),
        )
        .join(Person, Person.id == Idea.author_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Idea.id.in_(ideas), Idea.state == IdeaState.PUBLISHED, *reachable)
    )
    partners = (
        select(null(), null(), Person.id, Person.name, Organisation.name)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.is_delegate, *reachable)
    )
    rows: Sequence[Any] = db.session.execute(
        proposers.union_all(partners).order_by("organisation", "person_id")
    ).all()
    proposed = [row for row in rows if row[0] is not None]
    delegates = [Candidate(row[2], row[3], row[4], Invited.PARTNER) for row in rows if row[0] is None]
    found = {}
    for theme, ids in tops.items():
        mine: dict[int, Candidate] = {}
        for row in sorted((row for row in proposed if row[0] in ids), key=lambda row: ids.index(row[0])):
            titles = (*(mine[row[2]].ideas if row[2] in mine else ()), row[1])
            mine[row[2]] = Candidate(row[2], row[3], row[4], Invited.PROPOSER, titles)
        found[theme] = [*mine.values(), *(one for one in delegates if one.person_id not in mine)]
    return found


def token_hash(token: str) -> str:
    """What is kept of the secret in a link."""
    return tokens.keyed_hash("agenda-invitation", token)


def with_token(token: str, *, locked: bool = False) -> AgendaInvitation | None:
    """The invitation whose link this is, with who was asked; `locked` keeps it for who answers."""
    statement = select(AgendaInvitation).where(AgendaInvitation.token_hash == token_hash(token))
    return db.session.scalar(statement.with_for_update() if locked else statement)


def asked(workshop_id: int, theme_id: int, people: Iterable[int]) -> set[int]:
    """Which of these people were asked about a theme before."""
    return set(
        db.session.scalars(
            select(AgendaInvitation.person_id).where(
                AgendaInvitation.workshop_id == workshop_id,
                AgendaInvitation.theme_id == theme_id,
                AgendaInvitation.person_id.in_(list(people)),
            )
        )
    )


def theme_title(theme_id: int) -> str:
    """What a theme is called."""
    return db.session.scalar(select(Theme.title).where(Theme.id == theme_id)) or ""
