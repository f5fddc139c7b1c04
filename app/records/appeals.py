"""Appeals as rows: until when an author may say no, what waits for an answer, and which decisions were overturned.

A room that puts sanctions on people says how one is lifted when its appeal is upheld:

    @appeals.on_upheld_sanction
    def _lift(sanction: Sanction, moderator: Person, sentence: str, now: datetime) -> Collection[int]: ...

It changes rows, commits nothing, and returns the numbers of the ideas whose pages changed; NotAllowed with a sentence
says that this cannot be any more. Decisions on texts go back by `decisions.put_back`. Whoever counts decisions leaves
out those that `overturned` is true for: an upheld appeal also marks the decision as undone, so that `undone_at IS NULL`
leaves them out as well.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.models.moderation import USUAL_DAYS, Appeal, AppealOutcome, ModerationDecision, Sanction
from app.models.person import Person
from app.models.practice import Practice, PracticeSuggestion
from app.models.process import Process, ProcessState
from app.models.queue import QueueKind
from app.records import decisions, queue

Lift = Callable[[Sanction, Person, str, datetime], Collection[int]]
_lifts: list[Lift] = []
APPEAL_LENGTH = (20, 2000)


def on_upheld_sanction(lift: Lift) -> Lift:
    """Register how a sanction is lifted when its appeal is upheld; the last one registered is asked."""
    _lifts[:] = [lift]
    return lift


def lift(sanction: Sanction, moderator: Person, sentence: str, now: datetime) -> Collection[int]:
    """Lift a sanction after an appeal, and say which ideas changed along with it; the caller commits.

    Raises NotAllowed when this cannot be.
    """
    if not _lifts:
        raise NotAllowed(Decision(N_("A measure of this kind cannot be lifted here.")))
    return _lifts[0](sanction, moderator, sentence, now)


def opens_at(decision: ModerationDecision) -> datetime:
    """From when the author may appeal: when nobody can undo the decision any more."""
    return decision.decided_at + decisions.UNDO


def days_of_measures() -> int:
    """How many days there are now to appeal against a measure, and to answer: those of the newest open process."""
    newest = select(Process.appeal_days).order_by(
        (Process.state == ProcessState.OPEN).desc(), Process.id.desc()
    )
    return db.session.scalar(newest.limit(1)) or USUAL_DAYS


def days_of(subject: ModerationDecision | Sanction) -> int:
    """Within how many days an appeal that is made now is answered; until when one may appeal stands in the row."""
    if isinstance(subject, Sanction):
        return days_of_measures()
    text = decisions.text_of(subject)
    named = text.__tablename__, text.id
    return decisions.days_to_appeal([named]).get(named, USUAL_DAYS)


def author_of(decision: ModerationDecision) -> int | None:
    """Whose text the decision is about; of an example, who suggested it."""
    text = decisions.text_of(decision)
    if isinstance(text, Practice):
        return db.session.scalar(
            select(PracticeSuggestion.person_id).where(PracticeSuggestion.practice_id == text.id)
        )
    return text.author_id


def of(subject: ModerationDecision | Sanction) -> Appeal | None:
    """The appeal against this decision or sanction, if there is one."""
    column = Appeal.sanction_id if isinstance(subject, Sanction) else Appeal.decision_id
    return db.session.scalar(select(Appeal).where(column == subject.id))


def lodge(author: Person, subject: ModerationDecision | Sanction, words: str, now: datetime) -> Appeal:
    """Write an appeal down and let it wait in the queue; the caller commits. Raises NotAllowed for a second one."""
    is_sanction = isinstance(subject, Sanction)
    appeal = Appeal(
        decision_id=None if is_sanction else subject.id,
        sanction_id=subject.id if is_sanction else None,
        author_id=author.id,
        text=words,
        created_at=now,
        due_at=now + timedelta(days=max(days_of(subject), 1)),
    )
    db.session.add(appeal)
    try:
        db.session.flush()
    except IntegrityError as twice:
        db.session.rollback()
        raise NotAllowed(
            Decision(N_("You have appealed already. You can do that once for every decision."))
        ) from twice
    queue.put(QueueKind.APPEAL, appeal, now)
    return appeal


def overturned() -> ColumnElement[bool]:
    """Whether the decision of the statement was put back because its author was right."""
    return exists().where(Appeal.decision_id == ModerationDecision.id, Appeal.outcome == AppealOutcome.UPHELD)
