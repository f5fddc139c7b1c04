"""Cleans up a wave in one step, and puts it back: set-based, however many texts and accounts it is."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, insert, select, update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.waves import queries
from app.features.waves.queries import By
from app.kit import audit
from app.models.entry import DeviceSession
from app.models.moderation import ModerationDecision, Sanction, SanctionKind, SanctionReason
from app.models.person import Person
from app.policies.waves import goes_along, may_clean
from app.records import appeals, decisions, stakes, sweeping, unsweeping
from app.records.sweep_letters import parts
from app.records.sweeping import Ruling, Swept


def clean(
    moderator: Person,
    by: By,
    mark: str,
    until: datetime,
    named: Collection[int],
    ruling: Ruling,
    now: datetime,
    *,
    blocks: bool = False,
) -> Swept:
    """Take everything of the accounts behind a group off the site and out of the queue. Raises NotAllowed.

    `until`: when the moderator looked; who came after that stays. `named`: whom of those with standing they ticked.
    """
    may_clean(moderator).or_raise()
    authors = queries.authors(by, mark, until)
    held = stakes.among([author.id for author in authors], moderator.id)
    people = [author.id for author in authors if goes_along(moderator, author, named, held, now)]
    batch = sweeping.new_batch()
    swept = sweeping.sweep(people, moderator, ruling, now, batch)
    if not swept.people:
        db.session.rollback()
        raise NotAllowed(
            Decision(N_("Nothing of this wave is left: somebody was first, or nobody may go along."))
        )
    blocked = _block(swept.people, moderator, ruling.sentence, now, batch) if blocks else 0
    after = {"batch": batch, **swept.counts, "blocked": blocked, "reason": ruling.reason}
    audit.record(moderator, "waves.clean", _first(batch), now, after=after, why=ruling.sentence)
    db.session.commit()
    sweeping.announce(swept)
    return swept


def undo(moderator: Person, batch: str, now: datetime) -> Swept:
    """Put a cleaned wave back: texts, the queue, and the accounts that were blocked with it. Raises NotAllowed."""
    may_clean(moderator).or_raise()
    is_known = exists().where(ModerationDecision.batch == batch)
    if not sweeping.is_sweep(batch) or not db.session.scalar(select(is_known)):
        raise NotAllowed(Decision(N_("No wave was cleaned up under this name.")))
    back, freed = unsweeping.put_back(batch, moderator, "", now)
    after = {"batch": batch, **back.counts, "blocked": freed}
    audit.record(moderator, "waves.undo", _first(batch), now, after=after)
    db.session.commit()
    sweeping.announce(back)
    return back


def _first(batch: str) -> ModerationDecision:
    """What the line in the audit log is about: the first decision of the step."""
    first = (
        select(ModerationDecision).where(ModerationDecision.batch == batch).order_by(ModerationDecision.id)
    )
    return db.session.scalars(first.limit(1)).one()


def _block(people: Sequence[int], moderator: Person, sentence: str, now: datetime, batch: str) -> int:
    """Nobody of them signs in any more, until somebody lifts it; who was blocked already stays so. How many."""
    blocked = 0
    for some in parts(people):
        new = list(
            db.session.scalars(
                update(Person)
                .where(Person.id.in_(some), Person.not_blocked(now), Person.erased_at.is_(None))
                .values(blocked_at=now, blocked_until=None, session_epoch=Person.session_epoch + 1)
                .returning(Person.id)
                .execution_options(synchronize_session=False)
            )
        )
        if not new:
            continue
        db.session.execute(delete(DeviceSession).where(DeviceSession.person_id.in_(new)))
        until = decisions.until(now, appeals.days_of_measures())
        rows = [
            _sanction(number, moderator, sentence, now, batch) | {"appeal_until": until} for number in new
        ]
        db.session.execute(insert(Sanction), rows)
        blocked += len(new)
    db.session.expire_all()
    return blocked


def _sanction(
    person_id: int, moderator: Person, sentence: str, now: datetime, batch: str
) -> dict[str, object]:
    return {
        "person_id": person_id,
        "kind": SanctionKind.BLOCK,
        "reason": SanctionReason.SPAM,
        "sentence": sentence,
        "by_id": moderator.id,
        "started_at": now,
        "ends_at": None,
        "lifted_at": None,
        "lifted_by_id": None,
        "lifted_sentence": "",
        "batch": batch,
    }
