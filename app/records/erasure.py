"""Takes name and address off an account: what was counted stays counted, what was published stays readable."""

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Base, db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, IdeaVerb
from app.kit import audit
from app.models import (
    AgendaInvitation,
    Appeal,
    Argument,
    Attendee,
    AuditEntry,
    ContactMessage,
    DeskVisit,
    DeviceSession,
    DuplicateAnswer,
    DuplicateProposal,
    Follow,
    Idea,
    Invitation,
    MailMessage,
    MaskedText,
    ModerationDecision,
    ModerationNote,
    NetworkTrace,
    Notice,
    NoticeChoice,
    Objection,
    Person,
    PersonRole,
    Practice,
    PracticeSuggestion,
    RecoveryCode,
    Report,
    Sanction,
    Screen,
    SecondFactor,
    SignInCode,
    VotedWish,
    VotingCode,
)
from app.models.argument import ArgumentState
from app.models.practice import PracticeState
from app.models.queue import QueueKind
from app.records import groups, images, lifecycle, queue, registrations

_THEIRS: tuple[tuple[type[Base], InstrumentedAttribute[int]], ...] = (
    (DeviceSession, DeviceSession.person_id),
    (SecondFactor, SecondFactor.person_id),
    (RecoveryCode, RecoveryCode.person_id),
    (Follow, Follow.person_id),
    (Notice, Notice.person_id),
    (NoticeChoice, NoticeChoice.person_id),
    (VotedWish, VotedWish.person_id),
    (PersonRole, PersonRole.person_id),
    (NetworkTrace, NetworkTrace.person_id),
    (DuplicateAnswer, DuplicateAnswer.person_id),
    (DeskVisit, DeskVisit.person_id),
    (AgendaInvitation, AgendaInvitation.person_id),
)
"""Rows that serve nobody but the person."""


def erase(person_id: int, now: datetime) -> list[int]:
    """Remove name, address and everything that serves the person alone; the ideas whose pages change.

    Group, organisation, votes, marks and published texts stay, with a number in the place of a name: what was
    counted stays counted, and sealed standings hold no persons at all. What does not count stays that way; of an
    objection to it the words go. A delegate goes on filling the seat until
    an organiser names another one, so that the vote of the organisation is never counted twice; the votes of a
    council member count as those of a resident in open rounds, so that a seat is not either. Drafts go, and
    so do examples that are not in the library; an idea that waits for a moderator is withdrawn. The caller
    commits and then announces the ideas.
    """
    person = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    if person.erased_at is not None:
        return []
    email, name = person.email, person.name
    groups.leave_seat(person, now)
    changed = _leave_ideas(person_id, now)
    _leave_arguments(person_id, now)
    db.session.execute(delete(ModerationNote).where(ModerationNote.person_id == person_id))
    registrations.leave_all(person_id, now)
    # What somebody chose in a room stays counted, as a vote on the site does.
    db.session.execute(
        update(Attendee).where(Attendee.person_id == person_id).values(person_id=None, name="")
    )
    _leave_screens(name)
    suggested = select(PracticeSuggestion.practice_id).where(PracticeSuggestion.person_id == person_id)
    db.session.execute(
        delete(Practice)
        .where(Practice.id.in_(suggested), Practice.state != PracticeState.PUBLISHED)
        .execution_options(synchronize_session=False)
    )
    for table, column in _THEIRS:
        db.session.execute(delete(table).where(column == person_id))
    db.session.execute(update(VotingCode).where(VotingCode.person_id == person_id).values(person_id=None))
    db.session.execute(update(Objection).where(Objection.person_id == person_id).values(text=""))
    db.session.execute(
        update(DuplicateProposal)
        .where(DuplicateProposal.proposed_by_id == person_id)
        .values(proposed_by_id=None, sentence="")
    )
    images.forget(person_id)
    _leave_appeals(person_id, now)
    _forget_conduct(person_id)
    if email:
        _forget_address(email)
    audit.redact(_lines_with(person_id, email, name), now)
    db.session.expire(person)
    person.email = person.oidc_hash = person.import_key = person.demo_order = None
    person.name = person.postcode = person.neighbourhood = ""
    person.session_epoch += 1
    person.erased_at = now
    db.session.flush()
    return changed


def _leave_screens(name: str) -> None:
    """A picture that stands still keeps the names of who proposed its ideas: this one is taken out of it."""
    said = f'"by":{json.dumps(name, ensure_ascii=False)}'
    if name:
        db.session.execute(
            update(Screen)
            .where(Screen.frozen.contains(said, autoescape=True))
            .values(frozen=func.replace(Screen.frozen, said, '"by":""'))
            .execution_options(synchronize_session=False)
        )


def _leave_appeals(person_id: int, now: datetime) -> None:
    """Take back what was not answered yet, empty what was said, destroy what was kept of masked texts."""
    open_ = select(Appeal.id).where(Appeal.author_id == person_id, Appeal.decided_at.is_(None))
    queue.close([f"appeal:{number}" for number in db.session.scalars(open_)], now)
    db.session.execute(delete(Appeal).where(Appeal.author_id == person_id, Appeal.decided_at.is_(None)))
    db.session.execute(update(Appeal).where(Appeal.author_id == person_id).values(text=""))
    ideas = select(Idea.id).where(Idea.author_id == person_id)
    arguments = select(Argument.id).where(Argument.author_id == person_id)
    theirs = select(ModerationDecision.id).where(
        or_(ModerationDecision.idea_id.in_(ideas), ModerationDecision.argument_id.in_(arguments))
    )
    db.session.execute(
        update(MaskedText)
        .where(MaskedText.decision_id.in_(theirs), MaskedText.destroyed_at.is_(None))
        .values(original=None, destroyed_at=now)
        .execution_options(synchronize_session=False)
    )


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


def _forget_conduct(person_id: int) -> None:
    """That somebody was warned, paused or blocked stays a figure; what was said about them goes, and so do notes."""
    db.session.execute(delete(ModerationNote).where(ModerationNote.person_id == person_id))
    db.session.execute(
        update(Sanction).where(Sanction.person_id == person_id).values(sentence="", lifted_sentence="")
    )


def _leave_arguments(person_id: int, now: datetime) -> None:
    """What nobody has read yet goes, and waits for nobody any more."""
    numbers = db.session.scalars(
        update(Argument)
        .where(Argument.author_id == person_id, Argument.state == ArgumentState.WAITING)
        .values(state=ArgumentState.DELETED, body="", submission_key=None)
        .returning(Argument.id)
        .execution_options(synchronize_session=False)
    ).all()
    kinds = (QueueKind.ARGUMENT, QueueKind.REPLY)
    keys = [queue.key_named(kind, Argument, number) for kind in kinds for number in numbers]
    queue.closed(keys, now)


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
    db.session.execute(update(Report).where(func.lower(Report.email) == email).values(email=""))
    db.session.execute(
        delete(MailMessage).where(
            MailMessage.kind == "contact_message",
            func.lower(MailMessage.text).contains(f" {email}\n", autoescape=True),
        )
    )


def _lines_with(person_id: int, email: str | None, name: str) -> list[int]:
    """The lines of the audit log in which the address stands, or the name where the line is about this person.

    Anybody can choose a name that stands in every line, so a name alone takes nothing out of the log.
    """
    theirs = or_(
        and_(AuditEntry.subject_type == Person.__tablename__, AuditEntry.subject_id == person_id),
        *(
            and_(AuditEntry.subject_type == table.__tablename__, AuditEntry.subject_id.in_(made))
            for table, made in (
                (Idea, select(Idea.id).where(Idea.author_id == person_id)),
                (Argument, select(Argument.id).where(Argument.author_id == person_id)),
            )
        ),
    )
    found: set[int] = set()
    if email:
        found.update(db.session.scalars(select(AuditEntry.id).where(_has_address(email))))
    if name:
        rows = db.session.execute(
            select(AuditEntry.id, AuditEntry.before, AuditEntry.after, AuditEntry.why).where(theirs)
        )
        for number, *words in rows:
            said = json.dumps(words, ensure_ascii=False).casefold()
            if json.dumps(name, ensure_ascii=False)[1:-1].casefold() in said:
                found.add(number)
    return sorted(found)


def _has_address(email: str) -> ColumnElement[bool]:
    stored = json.dumps(email)[1:-1]  # as JSON is kept, letters with accents written out
    return or_(
        AuditEntry.why.icontains(email, autoescape=True),
        cast(AuditEntry.before, Text).icontains(stored, autoescape=True),
        cast(AuditEntry.after, Text).icontains(stored, autoescape=True),
    )
