"""What moderators decided on a text, each with its line in the audit log."""

from datetime import datetime

from app.cli.demo.casting import Casting
from app.cli.demo.content import Entry
from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.kit import audit
from app.models import Argument, Idea, ModerationDecision
from app.models.moderation import ModerationVerb
from app.models.person import Role


def rule(text: Idea | Argument, entry: Entry, moment: datetime, casting: Casting) -> None:
    """Record a decision: its `verb`, and if given its `reason` and `sentence`."""
    verb, sentence = ModerationVerb(entry["verb"]), entry.get("sentence", "")
    moderator = casting.staff(Role.MODERATOR, but_not=text.author)
    db.session.add(
        ModerationDecision(
            idea=text if isinstance(text, Idea) else None,
            argument=text if isinstance(text, Argument) else None,
            verb=verb,
            reason=RefusalReason(entry["reason"]) if "reason" in entry else None,
            sentence=sentence,
            moderator_id=moderator.id,
            decided_at=moment,
            waited=_waited(text, verb, moment),
        )
    )
    before, after = _states(text, verb)
    audit.record(
        moderator,
        f"moderation.{verb}" if isinstance(text, Idea) else f"moderation.{verb}_argument",
        text,
        moment,
        before={"state": before},
        after={"state": after},
        why=sentence,
    )


def _waited(text: Idea | Argument, verb: ModerationVerb, moment: datetime) -> int | None:
    """How long it had been in the queue when it was decided, in seconds; only known of what was sent in."""
    sent_in = verb in (ModerationVerb.PUBLISH, ModerationVerb.RETURN, ModerationVerb.REFUSE)
    if not sent_in or not isinstance(text, Idea) or text.submitted_at is None:
        return None
    return int((moment - text.submitted_at).total_seconds())


def _states(text: Idea | Argument, verb: ModerationVerb) -> tuple[str, str]:
    """The state before and after. A published idea may have been hidden or merged since."""
    published = IdeaState.PUBLISHED.value
    if verb == ModerationVerb.PUBLISH:
        return IdeaState.SUBMITTED.value, published
    if verb in (ModerationVerb.HIDE, ModerationVerb.KEEP):
        return published, text.state.value
    return IdeaState.SUBMITTED.value, text.state.value
