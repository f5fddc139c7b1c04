"""Objections: a voter objects once, somebody who did not decide before rules on it, and the votes may count again."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from app.db import db
from app.features.integrity import letters, queries
from app.features.integrity.service import announce, held_exclusion, not_overtaken
from app.kit import audit
from app.models.integrity import ExcludedVote, ExclusionState, Objection
from app.models.person import Person
from app.policies.integrity import is_undecided, may_decide_objection, may_object
from app.records import exclusions


def object_to(voter: Person, exclusion_id: int, text: str, now: datetime) -> None:
    """Say what one has against it: once, within the time that the mail named. Raises NotAllowed, LookupError."""
    exclusion = held_exclusion(exclusion_id)
    made = db.session.get(Objection, (exclusion_id, voter.id), populate_existing=True)
    days = queries.days_to_object(exclusion.call_id)
    last = queries.last_moment(exclusion)
    may_object(_is_out(exclusion_id, voter.id), made, last, now).or_raise()
    db.session.add(
        Objection(
            exclusion_id=exclusion_id,
            person_id=voter.id,
            text=text,
            made_at=now,
            due_at=now + timedelta(days=days),
        )
    )
    db.session.commit()


def rule(
    staff: Person, exclusion_id: int, person_id: int, is_upheld: bool, sentence: str, now: datetime
) -> None:
    """Decide on an objection; upheld, the votes of this person count again. Raises NotAllowed and Overtaken."""
    post = letters.of_ruling(exclusion_id, person_id, is_upheld, sentence, now)
    exclusion = held_exclusion(exclusion_id)
    stake, others = queries.stake_in_exclusion(exclusion), queries.moderators_without_part(exclusion, now)
    may_decide_objection(staff, exclusion, stake, others).or_raise()
    objection = db.session.get_one(Objection, (exclusion_id, person_id), populate_existing=True)
    not_overtaken(is_undecided(objection))
    objection.decided_at, objection.decided_by_id = now, staff.id
    objection.is_upheld, objection.sentence = is_upheld, sentence
    db.session.flush()
    ideas = queries.ideas_of(exclusion_id, person_id)
    counted = exclusions.lift(exclusion_id, exclusion.call_id, person_id, now) if is_upheld else 0
    if is_upheld and not _is_out(exclusion_id):
        exclusion.state = ExclusionState.LIFTED
    post.send(exclusion, now)
    audit.record(
        staff,
        "integrity.uphold" if is_upheld else "integrity.reject",
        exclusion,
        now,
        after={"state": exclusion.state, "votes": counted},
        why=sentence,
    )
    db.session.commit()
    announce(ideas if is_upheld else [], letters=bool(post.mails))


def _is_out(exclusion_id: int, person_id: int | None = None) -> bool:
    """Whether a vote of the exclusion, or of one person in it, does not count now."""
    which = [
        ExcludedVote.exclusion_id == exclusion_id,
        ExcludedVote.from_at.is_not(None),
        ExcludedVote.lifted_at.is_(None),
    ]
    if person_id is not None:
        which.append(ExcludedVote.person_id == person_id)
    return bool(db.session.scalar(select(exists().where(*which))))
