"""Adding an argument, replying to one, mending and removing one's own, and reporting a text."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, exists, select, text, update
from sqlalchemy.exc import IntegrityError

from app.db import UTCDateTime, db
from app.domain.ballot import Side
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.discussion import queries
from app.features.discussion.queries import ArgumentHead
from app.kit import signals
from app.models.argument import Argument, ArgumentState, HelpfulMark
from app.models.idea import Idea
from app.models.moderation import Report
from app.models.person import Person
from app.models.queue import QueueKind
from app.policies.discussion import may_change, may_delete, may_reply
from app.policies.friction import ARGUMENTS
from app.policies.taking_part import may_argue
from app.records import curation, drafts, friction, news, queue, reporting
from app.records.heads import IdeaHead
from app.records.reporting import Complaint, Filed

_ADD = text(
    """
    INSERT INTO argument (idea_id, author_id, parent_id, side, body, state, created_at, submission_key)
    VALUES (:idea, :author, :parent, :side, :body, :state, :now, :key)
    ON CONFLICT (submission_key) DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))


def add_argument(
    author: Person, idea: IdeaHead, side: Side, body: str, now: datetime, draft: str = ""
) -> int:
    """Post an argument or question and return its number; the same text again is the same argument.

    Where the call asks it, a moderator reads it first. Raises NotAllowed. `draft` is the token of the kept text that
    this was, if it was one.
    """
    may_argue(author, idea.state, idea.call, now).or_raise()
    return _add(author, idea, None, side, body, now, draft)


def reply(author: Person, idea: IdeaHead, to: ArgumentHead, body: str, now: datetime, draft: str = "") -> int:
    """Post a reply and return its number. There is one level: a reply to a reply stands beside it.

    Raises NotAllowed.
    """
    # Held until the commit, so that nobody changes or removes what is being answered.
    talk = db.session.execute(_talk(to, Argument.id, Argument.state).with_for_update(read=True))
    states = {row[0]: row[1] for row in talk}
    may_reply(author, idea.state, states.get(to.id, ArgumentState.DELETED), idea.call, now).or_raise()
    return _add(author, idea, to.parent_id or to.id, to.side, body, now, draft)


def _add(
    author: Person, idea: IdeaHead, parent: int | None, side: Side, body: str, now: datetime, draft: str
) -> int:
    way = curation.of_arguments(idea.call, author.id)
    key = _key(idea.id, author.id, parent, side, body)
    _not_too_many(author, key, now)
    given = {"idea": idea.id, "author": author.id, "parent": parent, "side": side.value, "body": body}
    state = ArgumentState.PUBLISHED if way.is_live else ArgumentState.WAITING
    number = db.session.scalar(_ADD, {**given, "state": state.value, "now": now, "key": key})
    if number is None:
        number, there = db.session.execute(
            select(Argument.id, Argument.state).where(Argument.submission_key == key)
        ).one()
        if there not in (ArgumentState.PUBLISHED, ArgumentState.WAITING):
            raise NotAllowed(Decision(N_("You posted this text before, and it has been removed.")))
    else:
        if way.is_live:
            _count(idea.id)
            news.argument_added(number, idea.id, author.id, parent, side, now)
        curation.take_in_argument(number, way, now)
    drafts.drop(draft)
    db.session.commit()
    return int(number)


def _not_too_many(author: Person, key: str, now: datetime) -> None:
    """Raises NotAllowed, unless the text is here already: the same form sent twice is no second text."""
    try:
        friction.may_post(author, ARGUMENTS, now)
    except NotAllowed:
        if not db.session.scalar(select(exists().where(Argument.submission_key == key))):
            raise


def _count(idea_id: int) -> None:
    """One more reaction on the idea; it may have left the site in this very moment."""
    counted = db.session.execute(
        update(Idea)
        .where(Idea.id == idea_id, Idea.state == IdeaState.PUBLISHED)
        .values(argument_count=Idea.argument_count + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowed(Decision(N_("You cannot react to this idea.")))


def _key(idea_id: int, author_id: int, parent: int | None, side: Side, body: str) -> str:
    """Who says what where, so that the same text is added once."""
    parts = (idea_id, author_id, parent, side.value, body)
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def _talk(head: ArgumentHead, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The text and the argument that it replies to, in the order in which everybody locks them."""
    return select(*columns).where(Argument.id.in_({head.id, head.top_id})).order_by(Argument.id)


def change(
    author: Person, idea: IdeaHead, head: ArgumentHead, body: str, now: datetime, draft: str = ""
) -> None:
    """Mend a text just posted. Raises NotAllowed: too late, answered in the meantime, or not one's own."""
    db.session.execute(_talk(head, Argument.id).with_for_update(key_share=True)).all()
    argument = queries.argument(head.id)
    if argument is None:
        raise NotAllowed(Decision(N_("You have removed this text already.")))
    way = curation.of_arguments(idea.call, author.id)
    may_change(
        author,
        argument.author_id,
        argument.created_at,
        argument.state,
        idea.state,
        idea.call,
        now,
        is_answered=queries.is_answered(argument),
        is_recalled=argument.is_recalled,
        is_read_first=not way.is_live,
    ).or_raise()
    if body != argument.body:
        key = _key(argument.idea_id, argument.author_id, argument.parent_id, argument.side, body)
        try:
            db.session.execute(
                update(Argument)
                .where(Argument.id == argument.id)
                .values(body=body, edited_at=now, submission_key=key)
                .execution_options(synchronize_session=False)
            )
        except IntegrityError as same_text:
            db.session.rollback()
            raise NotAllowed(Decision(N_("You posted exactly this text here before."))) from same_text
        # Nobody has read the new words yet, also when somebody left the former ones on the site.
        curation.take_in_argument(argument.id, way, now)
    drafts.drop(draft)
    db.session.commit()


def remove(author: Person, argument: ArgumentHead, now: datetime) -> None:
    """Take back one's own text: replies stay, the text goes, and nobody finds it helpful any more. Raises NotAllowed.

    While moderators still have to judge a report on it, they can read it; then it goes as well.
    """
    may_delete(author, argument.author_id, argument.state, is_recalled=argument.is_recalled).or_raise()
    is_reported = exists().where(Report.argument_id == argument.id, Report.handled_at.is_(None))
    removed = db.session.execute(
        update(Argument)
        .where(Argument.id == argument.id, Argument.state == argument.state)
        .values(
            state=ArgumentState.DELETED,
            body=case((is_reported, Argument.body), else_=""),
            helpful_count=0,
            # Who takes a text back may post it again.
            submission_key=None,
        )
        .execution_options(synchronize_session=False)
    )
    if removed.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowed(Decision(N_("This text was removed in the meantime.")))
    db.session.execute(
        delete(HelpfulMark)
        .where(HelpfulMark.argument_id == argument.id)
        .execution_options(synchronize_session=False)
    )
    if argument.state == ArgumentState.PUBLISHED:
        db.session.execute(
            update(Idea)
            .where(Idea.id == argument.idea_id)
            .values(argument_count=Idea.argument_count - 1)
            .execution_options(synchronize_session=False)
        )
    kind = QueueKind.ARGUMENT if argument.parent_id is None else QueueKind.REPLY
    queue.take_out(kind, db.session.get_one(Argument, argument.id), now)
    db.session.commit()


def report(
    reporter: Person | None, kind: str, number: int, complaint: Complaint, now: datetime, draft: str = ""
) -> Filed:
    """Lay a text before the moderators; from enough people it goes off the site until they have looked.

    Raises NotAllowed. kind: `idea`, `argument` or `practice`; reporter: None for somebody without account.
    """
    filed = reporting.file(kind, number, reporter, complaint, now)
    drafts.drop(draft)
    db.session.commit()
    if filed.recalled:
        if filed.idea_id is not None:
            signals.idea_changed.send(filed.idea_id)
        signals.mail_queued.send()
    return filed


def keep_for_later(kind: str, subject: int, fields: dict[str, str], now: datetime, replaces: str = "") -> str:
    """Keep what somebody typed until they have signed in; the token to find it by."""
    token = drafts.keep(kind, {"subject": subject, **fields}, now, replaces)
    db.session.commit()
    return token
