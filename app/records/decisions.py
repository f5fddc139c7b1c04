"""Decisions of moderators as rows: written with what they changed, told after ten minutes, undone until then.

A room that adds a verb says how to put it back:

    @decisions.reverts(ModerationVerb.DETACH)
    def _attach_again(decision: ModerationDecision, now: datetime) -> None: ...

`undo` and an appeal that is upheld both call it. Whoever takes a decision calls `write`, then `hold` with the mails
that tell of it; all in one transaction, which the caller commits.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument
from app.models.contribution import IdeaOrigin
from app.models.following import News, Notice
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import USUAL_DAYS, HeldMail, ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.practice import Practice
from app.models.process import Call, Process

UNDO = timedelta(minutes=10)
"""So long a decision can be undone; until then nobody is told of it by mail."""

Text = Idea | Argument | Practice
Named = tuple[str, int]
"""A text as the name of its table and its number."""
_PART = 2000
Revert = Callable[[ModerationDecision, datetime], None]
_reverts: dict[ModerationVerb, Revert] = {}


def reverts(*verbs: ModerationVerb) -> Callable[[Revert], Revert]:
    """Register how decisions with these verbs are put back: it moves the text, and commits nothing."""

    def register(revert: Revert) -> Revert:
        for verb in verbs:
            _reverts[verb] = revert
        return revert

    return register


def write(
    text: Text,
    verb: ModerationVerb,
    moderator: Person | None,
    now: datetime,
    *,
    sentence: str = "",
    reason: RefusalReason | None = None,
    before: Mapping[str, object] | None = None,
    waited: int | None = None,
    checked: Sequence[str] = (),
    batch: str | None = None,
) -> ModerationDecision:
    """Write a decision down and give it its number. `before` holds plain JSON values: what `put_back` will need."""
    decision = ModerationDecision(
        idea_id=text.id if isinstance(text, Idea) else None,
        argument_id=text.id if isinstance(text, Argument) else None,
        practice_id=text.id if isinstance(text, Practice) else None,
        verb=verb,
        reason=reason,
        sentence=sentence,
        moderator_id=moderator.id if moderator else None,
        decided_at=now,
        waited=waited,
        checked=list(checked),
        before=dict(before or {}),
        batch=batch,
    )
    write_all([decision])
    return decision


def write_all(rows: Sequence[ModerationDecision]) -> None:
    """Write many decisions down in one statement, and give them their numbers and their term to appeal."""
    about = [_about(row) for row in rows]
    days = days_to_appeal(about)
    for row, text in zip(rows, about, strict=True):
        row.appeal_until = until(row.decided_at, days.get(text, USUAL_DAYS))
    db.session.add_all(rows)
    db.session.flush()


def until(decided_at: datetime, days: int) -> datetime:
    """Until when one may appeal: so many days after the decision, and never before it is final."""
    return decided_at + max(timedelta(days=days), UNDO)


def days_to_appeal(texts: Collection[Named]) -> dict[Named, int]:
    """How many days the process of each text gives to appeal, now; a statement for some thousand texts of a kind."""
    of_idea = (
        select(Idea.id, Process.appeal_days)
        .join(Call, Call.id == Idea.call_id)
        .join(Process, Process.id == Call.process_id)
    )
    queries = {
        "idea": (of_idea, Idea.id),
        "argument": (
            of_idea.with_only_columns(Argument.id, Process.appeal_days).join(
                Argument, Argument.idea_id == Idea.id
            ),
            Argument.id,
        ),
        "practice": (
            select(Practice.id, Process.appeal_days).join(Process, Process.id == Practice.process_id),
            Practice.id,
        ),
    }
    found: dict[Named, int] = {}
    for table, (query, column) in queries.items():
        numbers = sorted({number for name, number in texts if name == table})
        for start in range(0, len(numbers), _PART):
            rows = db.session.execute(query.where(column.in_(numbers[start : start + _PART])))
            found |= {(table, row[0]): row[1] for row in rows}
    return found


def _about(decision: ModerationDecision) -> Named:
    if decision.argument_id is not None:
        return "argument", decision.argument_id
    if decision.practice_id is not None:
        return "practice", decision.practice_id
    return "idea", decision.idea_id or 0


def hold(decision: ModerationDecision, letters: Sequence[MailMessage]) -> None:
    """Queue the mails that tell of a decision, to leave when it can no longer be undone."""
    hold_all([(decision, letter) for letter in letters])


def hold_all(letters: Sequence[tuple[ModerationDecision, MailMessage]]) -> None:
    """The same for many decisions at once, each with one of its mails."""
    for decision, letter in letters:
        letter.next_try_at = decision.decided_at + UNDO
    db.session.add_all(letter for _decision, letter in letters)
    db.session.flush()
    db.session.add_all(
        HeldMail(message_id=letter.id, decision_id=decision.id) for decision, letter in letters
    )


def event_key(decision: ModerationDecision) -> str:
    """The name of the messages on the site that tell of a decision, so that they can go with it."""
    return f"moderation:{decision.id}"


def text_of(decision: ModerationDecision) -> Text:
    """What the decision is about."""
    text = decision.idea or decision.argument or decision.practice
    if text is None:
        raise LookupError(f"Decision {decision.id} is about nothing.")
    return text


def other_author(decision: ModerationDecision) -> int | None:
    """Who wrote the idea that a merged one went on in: whether the two stay one is about their text as well."""
    if decision.verb != ModerationVerb.MERGE:
        return None
    return db.session.scalar(select(Idea.author_id).where(Idea.id == decision.before.get("into", 0)))


def other_poster(decision: ModerationDecision) -> int | None:
    """Who of the staff posted that idea for somebody else."""
    if decision.verb != ModerationVerb.MERGE:
        return None
    into = decision.before.get("into", 0)
    return db.session.scalar(select(IdeaOrigin.posted_by_id).where(IdeaOrigin.idea_id == into))


def is_fresh(decision: ModerationDecision, now: datetime) -> bool:
    """Whether it can still be undone."""
    return decision.undone_at is None and now < decision.decided_at + UNDO


def undo(decision: ModerationDecision, actor: Person, now: datetime) -> None:
    """Put a fresh decision back as if it had not been taken: nobody gets a mail of it. The caller commits.

    Raises NotAllowed when it is too late, when it was undone already, or when the text has changed since.
    """
    claimed = db.session.scalar(
        update(ModerationDecision)
        .where(
            ModerationDecision.id == decision.id,
            ModerationDecision.undone_at.is_(None),
            ModerationDecision.decided_at > now - UNDO,
        )
        .values(undone_at=now, undone_by_id=actor.id)
        .returning(ModerationDecision.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        raise NotAllowed(
            Decision(
                N_("This decision can no longer be undone: ten minutes have passed, or somebody undid it.")
            )
        )
    db.session.refresh(decision)
    put_back(decision, now)
    held = select(HeldMail.message_id).where(HeldMail.decision_id == decision.id)
    db.session.execute(
        delete(MailMessage)
        .where(MailMessage.id.in_(held), MailMessage.sent_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    for table in (News, Notice):
        db.session.execute(
            delete(table)
            .where(table.event_key == event_key(decision))
            .execution_options(synchronize_session=False)
        )


def put_back(decision: ModerationDecision, now: datetime) -> None:
    """Bring the text back to where it was before the decision; also after an appeal. The caller commits.

    Raises NotAllowed when this cannot be any more.
    """
    revert = _reverts.get(decision.verb)
    if revert is None:
        raise NotAllowed(Decision(N_("A decision of this kind cannot be put back.")))
    revert(decision, now)
