"""Adding an argument, replying to one, and reporting a text."""

import hashlib
from datetime import datetime

from sqlalchemy import bindparam, select, text, update

from app.db import UTCDateTime, db
from app.domain.ballot import Side
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.discussion.queries import ArgumentHead
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import ReportReason
from app.models.person import Person
from app.policies.discussion import may_reply, may_report
from app.policies.taking_part import may_argue
from app.records import drafts
from app.records.heads import IdeaHead

_ADD = text(
    """
    INSERT INTO argument (idea_id, author_id, parent_id, side, body, state, created_at, submission_key)
    VALUES (:idea, :author, :parent, :side, :body, 'published', :now, :key)
    ON CONFLICT (submission_key) DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))

_REPORT = text(
    """
    INSERT INTO report (idea_id, argument_id, reporter_id, reason, explanation, created_at)
    VALUES (:idea, :argument, :reporter, :reason, :explanation, :now)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))


def add_argument(
    author: Person, idea: IdeaHead, side: Side, body: str, now: datetime, draft: str = ""
) -> int:
    """Publish an argument or question and return its number; the same text again is the same argument.

    Raises NotAllowed. `draft` is the token of the kept text that this was, if it was one.
    """
    may_argue(author, idea.state, idea.call, now).or_raise()
    return _add(author, idea.id, None, side, body, now, draft)


def reply(author: Person, idea: IdeaHead, to: ArgumentHead, body: str, now: datetime, draft: str = "") -> int:
    """Publish a reply and return its number. There is one level: a reply to a reply stands beside it.

    Raises NotAllowed.
    """
    may_reply(author, idea.state, to.state, idea.call, now).or_raise()
    return _add(author, idea.id, to.parent_id or to.id, to.side, body, now, draft)


def _add(
    author: Person, idea_id: int, parent: int | None, side: Side, body: str, now: datetime, draft: str
) -> int:
    given = {"idea": idea_id, "author": author.id, "parent": parent, "side": side.value, "body": body}
    key = hashlib.sha256("\x1f".join(str(part) for part in given.values()).encode()).hexdigest()
    added = db.session.scalar(_ADD, {**given, "now": now, "key": key})
    if added is None:
        number, state = db.session.execute(
            select(Argument.id, Argument.state).where(Argument.submission_key == key)
        ).one()
        if state != ArgumentState.PUBLISHED:
            raise NotAllowed(Decision(N_("You posted this text before, and it has been removed.")))
    else:
        number = added
        counted = db.session.execute(
            update(Idea)
            .where(Idea.id == idea_id, Idea.state == IdeaState.PUBLISHED)
            .values(argument_count=Idea.argument_count + 1)
            .execution_options(synchronize_session=False)
        )
        if counted.rowcount != 1:  # type: ignore[attr-defined]
            raise NotAllowed(Decision(N_("You cannot react to this idea.")))
    drafts.drop(draft)
    db.session.commit()
    return int(number)


def report(
    reporter: Person,
    text_: IdeaHead | ArgumentHead,
    reason: ReportReason,
    explanation: str,
    now: datetime,
    draft: str = "",
) -> bool:
    """Lay a text before the moderators; whether this is the first time that this person does. Raises NotAllowed."""
    may_report(reporter, text_.author_id).or_raise()
    added = db.session.scalar(
        _REPORT,
        {
            "idea": text_.id if isinstance(text_, IdeaHead) else None,
            "argument": text_.id if isinstance(text_, ArgumentHead) else None,
            "reporter": reporter.id,
            "reason": reason.value,
            "explanation": explanation,
            "now": now,
        },
    )
    drafts.drop(draft)
    db.session.commit()
    return added is not None


def keep_for_later(kind: str, subject: int, fields: dict[str, str], now: datetime, replaces: str = "") -> str:
    """Keep what somebody typed until they have signed in; the token to find it by."""
    token = drafts.keep(kind, {"subject": subject, **fields}, now, replaces)
    db.session.commit()
    return token
