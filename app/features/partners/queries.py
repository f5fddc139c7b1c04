"""Partners, the conversations with them, what their people say, and who speaks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Side
from app.domain.lifecycle import IdeaState
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.person import Organisation, OrganisationTalk, Person, TalkState
from app.models.process import Process


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with a partner."""

    state: TalkState
    held_at: datetime | None
    outcome: str
    process_title: str
    process_slug: str


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner with its conversations, newest process first."""

    organisation: Organisation
    talks: tuple[Talk, ...]

    @property
    def state(self) -> TalkState | None:
        """Held when any conversation was held, else planned, else nothing."""
        states = {talk.state for talk in self.talks}
        if TalkState.HELD in states:
            return TalkState.HELD
        return TalkState.PLANNED if states else None


def partners() -> list[Partner]:
    """Every verified partner with its conversations, in one statement; those spoken to come first."""
    return _partners(None)


def partner(slug: str) -> Partner | None:
    """One partner."""
    return next(iter(_partners(slug)), None)


def _partners(slug: str | None) -> list[Partner]:
    query = (
        select(Organisation, OrganisationTalk, Process.title, Process.slug)
        .outerjoin(OrganisationTalk, OrganisationTalk.organisation_id == Organisation.id)
        .outerjoin(Process, Process.id == OrganisationTalk.process_id)
        .where(Organisation.verified_at.is_not(None))
        .order_by(Organisation.name, Process.starts_at.desc(), OrganisationTalk.held_at.desc())
    )
    if slug is not None:
        query = query.where(Organisation.slug == slug)
    found: dict[int, tuple[Organisation, list[Talk]]] = {}
    for organisation, talk, title, process_slug in db.session.execute(query):
        entry = found.setdefault(organisation.id, (organisation, []))
        if talk is not None:
            entry[1].append(Talk(talk.state, talk.held_at, talk.outcome, title, process_slug))
    everyone = [Partner(organisation, tuple(talks)) for organisation, talks in found.values()]
    order = {TalkState.HELD: 0, TalkState.PLANNED: 1, None: 2}
    return sorted(everyone, key=lambda partner: order[partner.state])


def delegate_of(organisation_id: int) -> str:
    """The name of the delegate, or nothing."""
    query = select(Person.name).where(Person.organisation_id == organisation_id, Person.is_delegate)
    return db.session.scalar(query) or ""


def ideas_of(organisation_id: int) -> Sequence[tuple[int, str, str]]:
    """Published ideas of people of this organisation, newest first: number, title, summary."""
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.summary)
        .join(Person, Person.id == Idea.author_id)
        .where(Person.organisation_id == organisation_id, Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(50)
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """An argument of somebody of an organisation."""

    id: int
    side: Side
    body: str
    created_at: datetime
    author: str
    idea_title: str


def arguments_of(organisation_id: int) -> list[Said]:
    """What people of this organisation say under published ideas, newest first."""
    rows = db.session.execute(
        select(Argument.id, Argument.side, Argument.body, Argument.created_at, Person.name, Idea.title)
        .join(Person, Person.id == Argument.author_id)
        .join(Idea, Idea.id == Argument.idea_id)
        .where(
            Person.organisation_id == organisation_id,
            Argument.state == ArgumentState.PUBLISHED,
            Idea.state == IdeaState.PUBLISHED,
        )
        .order_by(Argument.created_at.desc(), Argument.id.desc())
        .limit(30)
    )
    return [Said(*row) for row in rows]


def organisation(slug: str) -> Organisation | None:
    """The organisation with this name in addresses, verified or not."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an organisation."""

    id: int
    name: str
    is_delegate: bool


def members(organisation_id: int, now: datetime) -> list[Member]:
    """The people of an organisation who can sign in, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.is_delegate)
        .where(
            Person.organisation_id == organisation_id,
            Person.not_blocked(now),
            Person.erased_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    return [Member(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Voice:
    """An organisation, who speaks for it, and how many people it has here."""

    slug: str
    name: str
    delegate: str
    people: int


def voices() -> list[Voice]:
    """Every organisation by name."""
    rows = db.session.execute(
        select(
            Organisation.slug,
            Organisation.name,
            func.coalesce(func.max(Person.name).filter(Person.is_delegate), ""),
            func.count(Person.id),
        )
        .outerjoin(Person, Person.organisation_id == Organisation.id)
        .group_by(Organisation.id)
        .order_by(Organisation.name, Organisation.id)
    )
    return [Voice(*row) for row in rows]
