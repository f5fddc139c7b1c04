"""Takes name and address off an account: what was counted stays counted, what was published stays readable."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Base, db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, IdeaVerb
from app.models import (
    Argument,
    ContactMessage,
    DeviceSession,
    Follow,
    Idea,
    Invitation,
    MailMessage,
    ModerationDecision,
    Notice,
    NoticeChoice,
    Person,
    PersonRole,
    Practice,
    PracticeSuggestion,
    RecoveryCode,
    SecondFactor,
    SignInCode,
    VotedWish,
    VotingCode,
)
from app.models.practice import PracticeState
from app.records import groups, images, lifecycle, registrations

_THEIRS: tuple[tuple[type[Base], InstrumentedAttribute[int]], ...] = (
    (DeviceSession, DeviceSession.person_id),
    (SecondFactor, SecondFactor.person_id),
    (RecoveryCode, RecoveryCode.person_id),
    (Follow, Follow.person_id),
    (Notice, Notice.person_id),
    (NoticeChoice, NoticeChoice.person_id),
    (VotedWish, VotedWish.person_id),
    (PersonRole, PersonRole.person_id),
)
"""Rows that serve nobody but the person."""


def erase(person_id: int, now: datetime) -> list[int]:
    """Remove name, address and everything that serves the person alone; the ideas whose pages change.

    Group, organisation, votes, marks and published texts stay, with a number in the place of a name: what was
    counted stays counted, and sealed standings hold no persons at all. A delegate goes on filling the seat until
    an organiser names another one, so that the vote of the organisation is never counted twice; the votes of a
    council member count as those of a resident in open rounds, so that a seat is not either. Drafts go, and
    so do examples that are not in the library; an idea that waits for a moderator is withdrawn. The caller
    commits and then announces the ideas.
    """
    person = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    if person.erased_at is not None:
        return []
    email = person.email
    groups.leave_seat(person, now)
    changed = _leave_ideas(person_id, now)
    registrations.leave_all(person_id, now)
    suggested = select(PracticeSuggestion.practice_id).where(PracticeSuggestion.person_id == person_id)
    db.session.execute(
        delete(Practice)
        .where(Practice.id.in_(suggested), Practice.state != PracticeState.PUBLISHED)
        .execution_options(synchronize_session=False)
    )
    for table, column in _THEIRS:
        db.session.execute(delete(table).where(column == person_id))
    db.session.execute(update(VotingCode).where(VotingCode.person_id == person_id).values(person_id=None))
    images.forget(person_id)
    if email:
        _forget_address(email)
    db.session.expire(person)
    person.email = person.oidc_hash = person.import_key = person.demo_order = None
    person.name = person.postcode = person.neighbourhood = ""
    person.session_epoch += 1
    person.erased_at = now
    db.session.flush()
    return changed


def _leave_ideas(person_id: int, now: datetime) -> list[int]:
    """Throw away drafts, withdraw what waits, and count up the version of everything that showed the name."""
    was_judged = exists().where(ModerationDecision.idea_id == Idea.id)
    db.session.execute(
        delete(Idea).where(
            Idea.author_id == person_id,
            Idea.published_at.is_(None),
            Idea.state == IdeaState.DRAFT,
            ~was_judged,
        )
    )
    waiting = db.session.scalars(
        select(Idea).where(
            Idea.author_id == person_id,
            Idea.state.in_([IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.RETURNED]),
        )
    )
    for idea in waiting:
        with suppress(NotAllowed):  # a moderator decided on it at this very moment: it stands as decided
            lifecycle.move(idea, IdeaVerb.WITHDRAW, now)
    argued = select(Argument.idea_id).where(Argument.author_id == person_id)
    named: Any = or_(Idea.author_id == person_id, Idea.id.in_(argued))
    return list(
        db.session.scalars(
            update(Idea)
            .where(named)
            .values(version=Idea.version + 1)
            .returning(Idea.id)
            .execution_options(synchronize_session=False)
        )
    )


def _forget_address(email: str) -> None:
    """Nothing goes out to the address any more, and nothing that came from it keeps it."""
    addressed: tuple[tuple[type[Base], InstrumentedAttribute[str]], ...] = (
        (MailMessage, MailMessage.recipient),
        (SignInCode, SignInCode.email),
        (Invitation, Invitation.email),
    )
    for table, column in addressed:
        db.session.execute(delete(table).where(column == email))
    # People write their address with capitals, too; and the organisers were told by mail who wrote.
    theirs = func.lower(ContactMessage.email) == email
    db.session.execute(update(ContactMessage).where(theirs).values(email="", name=""))
    db.session.execute(
        delete(MailMessage).where(
            MailMessage.kind == "contact_message",
            func.lower(MailMessage.text).contains(f" {email}\n", autoescape=True),
        )
    )
