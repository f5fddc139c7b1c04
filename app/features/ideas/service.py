"""What authors do with their ideas: put them forward, keep a draft, change, send in again, withdraw."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState, IdeaVerb
from app.features.ideas import extras, queries
from app.features.ideas.extras import Extras
from app.kit import signals
from app.kit.images import Encoded
from app.models.idea import Idea, IdeaTheme
from app.models.person import Person
from app.models.process import Curation
from app.models.queue import QueueKind
from app.policies.friction import IDEAS
from app.policies.ideas import may_edit, may_send_in, may_withdraw
from app.policies.taking_part import may_submit
from app.records import calls, curation, drafts, friction, images, lifecycle, queue, tallies
from app.records.calls import CallRow

MOST_NEW = 20
NEW_WITHIN = timedelta(hours=1)
"""How many ideas and drafts one person may begin in this time: moderators read every one of them."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an author writes."""

    title: str
    summary: str
    body: str
    neighbourhood: str
    theme_ids: tuple[int, ...]
    extras: Extras | None = field(default=None, compare=False)
    """What stands beside the text; None leaves that as it is."""


class Outdated(Exception):
    """The idea was changed after the author opened the form."""


def put_forward(author: Person, call: CallRow, content: Content, key: str, now: datetime) -> int:
    """Send in a new idea and return its number. The same key again changes that idea instead of adding one.

    Raises NotAllowed.
    """
    known = _by_key(author, key)
    if known is not None:
        return _put_again(author, known, call, content, now)
    may_submit(author, call, now).or_raise()
    friction.may_post(author, IDEAS, now)
    number = _make(author, call, content, key, now, IdeaState.SUBMITTED)
    made = db.session.get_one(Idea, number)
    # The draft that saves itself while somebody types may have been first by the blink of an eye.
    return _put_again(author, made, call, content, now) if made.state == IdeaState.DRAFT else number


def keep_draft(author: Person, call: CallRow, content: Content, key: str, now: datetime) -> int:
    """Keep an unfinished idea that only its author sees, and return its number; also while the call is closed."""
    known = _by_key(author, key)
    if known is None:
        return _make(author, call, content, key, now, IdeaState.DRAFT)
    if known.state == IdeaState.DRAFT:
        known.call_id = call.id
        db.session.flush()
        write(known, content, now)
        db.session.commit()
    return known.id


def change(
    author: Person, idea_id: int, content: Content, version: int, now: datetime, *, send_in: bool = False
) -> None:
    """Change the text of an idea, and with `send_in` hand it (back) to the moderators.

    `version` is that of the text the author was looking at. Raises NotAllowed, and Outdated when it is not
    the present one.
    """
    idea = db.session.get_one(Idea, idea_id, with_for_update=True, populate_existing=True)
    call = call_of(idea)
    may_edit(author, idea, call, now, has_reactions=queries.has_reactions(idea_id)).or_raise()
    if idea.version != version:
        raise Outdated
    if send_in:
        may_send_in(author, idea, call, now).or_raise()
        if idea.state == IdeaState.DRAFT:  # what a moderator asked to change comes back whenever it is ready
            friction.may_post(author, IDEAS, now)
    write(idea, content, now)
    if send_in:
        db.session.flush()
        lifecycle.move(idea, IdeaVerb.SUBMIT, now)
        curation.take_in(idea, call, now)
    elif idea.state == IdeaState.PUBLISHED and call.idea_curation != Curation.REPORTED:
        # Nobody has read the new words yet.
        queue.put(QueueKind.IDEA, idea, now, is_live=True)
    db.session.commit()
    signals.idea_changed.send(idea_id)


def withdraw(author: Person, idea_id: int, now: datetime) -> None:
    """Take an idea back. Raises NotAllowed."""
    idea = db.session.get_one(Idea, idea_id)
    may_withdraw(author, idea, call_of(idea)).or_raise()
    lifecycle.move(idea, IdeaVerb.WITHDRAW, now)
    db.session.commit()
    signals.idea_changed.send(idea_id)


def keep_typed(kind: str, typed: dict[str, object], now: datetime, replaces: str = "") -> str:
    """Keep what somebody typed who is not signed in (any more); the token goes into their session."""
    token = drafts.keep(kind, typed, now, replaces)
    db.session.commit()
    return token


def keep_image(person: Person, image: Encoded, now: datetime) -> str:
    """Keep an image while its sender mends the rest of the form; the token goes into the form."""
    token = images.keep(person.id, image, now)
    db.session.commit()
    return token


def forget_typed(token: str) -> None:
    """What was kept has been used."""
    drafts.drop(token)
    db.session.commit()


def make_for(
    author: Person,
    staff: Person,
    call: CallRow,
    content: Content,
    key: str,
    now: datetime,
    also: Callable[[Idea], None],
) -> int:
    """Send in an idea that staff post for `author`, who is new here; `also` writes what goes with it."""
    known = _by_key(staff, key)
    if known is not None and known.state != IdeaState.DRAFT:
        return known.id
    if known is not None:  # what saved itself before staff said that it comes from somebody else
        db.session.delete(known)
    db.session.add(author)
    db.session.flush()
    return _store(author.id, staff.id, call, content, key, now, IdeaState.SUBMITTED, also)


def _make(author: Person, call: CallRow, content: Content, key: str, now: datetime, state: IdeaState) -> int:
    author_id = author.id
    _not_too_many(author_id, now)
    return _store(author_id, author_id, call, content, key, now, state, lambda _idea: None)


def _store(
    author_id: int,
    sender_id: int,
    call: CallRow,
    content: Content,
    key: str,
    now: datetime,
    state: IdeaState,
    also: Callable[[Idea], None],
) -> int:
    """Write a new idea with all that stands around it. `sender_id` is who filled in the form."""
    idea = Idea(
        call_id=call.id,
        author_id=author_id,
        title=content.title,
        summary=content.summary,
        body=content.body,
        neighbourhood=content.neighbourhood,
        state=state,
        created_at=now,
        submitted_at=now if state == IdeaState.SUBMITTED else None,
        submission_key=key_of(sender_id, key),
    )
    db.session.add(idea)
    try:
        db.session.flush()
    except IntegrityError:
        # The same form arrived twice at once, and the other one was first.
        db.session.rollback()
        other = db.session.scalars(db.select(Idea.id).filter_by(submission_key=key_of(sender_id, key))).one()
        return int(other)
    tallies.open_for([idea.id])
    _choose_themes(idea.id, content.theme_ids)
    extras.write(idea.id, sender_id, content.extras, now)
    also(idea)
    number = idea.id
    if state == IdeaState.SUBMITTED:
        queue.put(QueueKind.IDEA, idea, now)
        curation.take_in(idea, call, now)
    db.session.commit()
    signals.idea_changed.send(number)
    return number


def _not_too_many(author_id: int, now: datetime) -> None:
    # Several forms of one person sent at once wait for each other here, so that each counts the others.
    db.session.execute(select(Person.id).where(Person.id == author_id).with_for_update(key_share=True))
    begun = select(func.count()).where(Idea.author_id == author_id, Idea.created_at > now - NEW_WITHIN)
    if (db.session.scalar(begun) or 0) >= MOST_NEW:
        raise NotAllowed(
            Decision(N_("You have sent in many ideas in a short time. Wait an hour, then send in this one."))
        )


def _put_again(author: Person, idea: Idea, call: CallRow, content: Content, now: datetime) -> int:
    """A form that was sent before: finish the draft, take over what changed, or do nothing."""
    number = idea.id
    if idea.state == IdeaState.DRAFT:
        idea.call_id = call.id
        db.session.flush()
        change(author, number, content, idea.version, now, send_in=True)
    elif content_of(idea) != content or extras.differ(idea, content.extras):
        change(author, number, content, idea.version, now)
    return number


def _by_key(author: Person, key: str) -> Idea | None:
    if not key:
        return None
    return db.session.scalars(db.select(Idea).filter_by(submission_key=key_of(author.id, key))).one_or_none()


def key_of(author_id: int, key: str) -> str | None:
    """The author is part of the key, so that nobody can take the key of somebody else."""
    return f"{author_id}:{key}"[:64] if key else None


def content_of(idea: Idea) -> Content:
    """What an idea says now, to compare with what was sent."""
    return Content(
        idea.title,
        idea.summary,
        idea.body,
        idea.neighbourhood,
        tuple(sorted(theme.id for theme in idea.themes)),
    )


def write(idea: Idea, content: Content, now: datetime) -> None:
    """Put what was sent in the place of what an idea says; the caller commits."""
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(
            title=content.title,
            summary=content.summary,
            body=content.body,
            neighbourhood=content.neighbourhood,
            version=Idea.version + 1,
        )
    )
    _choose_themes(idea.id, content.theme_ids)
    extras.write(idea.id, idea.author_id, content.extras, now)
    db.session.expire(idea)


def _choose_themes(idea_id: int, theme_ids: tuple[int, ...]) -> None:
    db.session.execute(delete(IdeaTheme).where(IdeaTheme.idea_id == idea_id))
    if theme_ids:
        rows = [{"idea_id": idea_id, "theme_id": theme_id} for theme_id in theme_ids]
        db.session.execute(insert(IdeaTheme), rows)


def call_of(idea: Idea) -> CallRow:
    """The call of an idea with its phases. Raises NotAllowed when it is gone."""
    call = calls.get(idea.call_id)
    if call is None:
        raise NotAllowed(Decision(N_("This call no longer exists.")))
    return call
