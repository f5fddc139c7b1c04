"""What becomes of a text at the moment it is sent in: it waits for a moderator, or stands on the site at once."""

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from app.db import db
from app.domain.lifecycle import IdeaVerb
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import Appeal, AppealOutcome, ModerationDecision, ModerationVerb
from app.models.process import Curation
from app.models.queue import QueueKind
from app.policies.curation import Course, course
from app.records import lifecycle, news, queue
from app.records.calls import CallRow

_GOOD = (ModerationVerb.PUBLISH, ModerationVerb.KEEP)
_BAD = (ModerationVerb.REFUSE, ModerationVerb.HIDE)


def accepted(person_id: int) -> int:
    """How many texts of this person moderators accepted since they refused or hid one; a text counts once.

    A decision that was undone, or put back after an appeal, counts for nothing. One statement.
    """
    theirs = or_(Idea.author_id == person_id, Argument.author_id == person_id)
    overturned = exists().where(
        Appeal.decision_id == ModerationDecision.id, Appeal.outcome == AppealOutcome.UPHELD
    )
    standing = (
        select(ModerationDecision.id)
        .outerjoin(Idea, Idea.id == ModerationDecision.idea_id)
        .outerjoin(Argument, Argument.id == ModerationDecision.argument_id)
        .where(theirs, ModerationDecision.undone_at.is_(None), ~overturned)
    )
    last_bad = standing.where(ModerationDecision.verb.in_(_BAD)).with_only_columns(
        func.coalesce(func.max(ModerationDecision.id), 0)
    )
    good = and_(
        ModerationDecision.verb.in_(_GOOD), ModerationDecision.id > last_bad.correlate(None).scalar_subquery()
    )
    counted = standing.where(good).with_only_columns(
        func.count(ModerationDecision.idea_id.distinct())
        + func.count(ModerationDecision.argument_id.distinct())
    )
    return int(db.session.scalar(counted) or 0)


def of_ideas(call: CallRow, person_id: int | None) -> Course:
    """What the call does with an idea of this person; of a stranger it knows nothing good yet."""
    return _course(call.idea_curation, call.trust_after, person_id)


def of_arguments(call: CallRow, person_id: int | None) -> Course:
    """The same for arguments, questions and replies."""
    return _course(call.argument_curation, call.trust_after, person_id)


def take_in(idea: Idea, call: CallRow, now: datetime) -> None:
    """An idea that was sent in and waits: where the call allows it, it goes on the site at once. The caller commits."""
    way = of_ideas(call, idea.author_id)
    if way.is_live:
        lifecycle.move(idea, IdeaVerb.PUBLISH, now, stays=way.waits)
        news.idea_published(idea, now)


def take_in_argument(argument_id: int, way: Course, now: datetime) -> None:
    """Let an argument or reply wait where the call asks it. The caller commits."""
    if way.waits:
        argument = db.session.get_one(Argument, argument_id)
        kind = QueueKind.ARGUMENT if argument.parent_id is None else QueueKind.REPLY
        queue.put(kind, argument, now, is_live=way.is_live)


def _course(curation: Curation, trust_after: int, person_id: int | None) -> Course:
    earned = 0
    if curation == Curation.TRUSTED and person_id is not None:
        earned = accepted(person_id)
    return course(curation, earned, trust_after if person_id is not None else max(trust_after, 1))
