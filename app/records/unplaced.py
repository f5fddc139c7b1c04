"""What somebody said in a discussion that readers do not see: it waits for a moderator, or one did not place it."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.ballot import Side
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument, ArgumentState
from app.models.moderation import ModerationDecision, ModerationVerb


@dataclass(frozen=True, slots=True)
class OwnText:
    """What somebody said that readers do not see: it waits for a moderator, or one did not place it."""

    id: int
    side: Side
    body: str
    state: ArgumentState
    reason: RefusalReason | None
    sentence: str
    is_recalled: bool
    """Whether it was on the site, and reports took it off until a moderator has looked."""


def of_person(idea_id: int, person_id: int) -> list[OwnText]:
    """What this person said on an idea and readers do not see, oldest first."""
    refused = and_(
        ModerationDecision.argument_id == Argument.id,
        ModerationDecision.verb == ModerationVerb.REFUSE,
        ModerationDecision.undone_at.is_(None),
    )
    recall = aliased(ModerationDecision)
    rows = db.session.execute(
        select(
            Argument.id,
            Argument.side,
            Argument.body,
            Argument.state,
            ModerationDecision.reason,
            func.coalesce(ModerationDecision.sentence, ""),
            exists().where(recall.argument_id == Argument.id, recall.verb == ModerationVerb.RECALL),
        )
        .outerjoin(ModerationDecision, refused)
        .where(
            Argument.idea_id == idea_id,
            Argument.author_id == person_id,
            Argument.state.in_((ArgumentState.WAITING, ArgumentState.REFUSED)),
        )
        .order_by(Argument.created_at, Argument.id)
    )
    return list({row[0]: OwnText(*row) for row in rows}.values())
