"""What organisers do with the list of words and with the level; every step leaves a line in the audit log."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.db import db
from app.domain.decision import N_, YES, Decision, NotAllowed
from app.kit import audit
from app.models.moderation import FlaggedWord
from app.models.person import Person
from app.records import checks, pressure

MOST_WORDS = 2000
"""Every text that is sent in is compared with the whole list."""


def may_manage(person: Person | None) -> Decision:
    """Organisers decide what moderators look at, and how much is asked of strangers."""
    return YES if person is not None and person.is_organiser else Decision(N_("Only organisers do this."))


def add_words(organiser: Person, words: Sequence[str], now: datetime) -> list[str]:
    """Put these words in the list; those that were not in it yet. Raises NotAllowed."""
    may_manage(organiser).or_raise()
    known = set(db.session.scalars(select(FlaggedWord.word).where(FlaggedWord.word.in_(words))))
    new = [word for word in words if word not in known]
    if (db.session.scalar(select(func.count()).select_from(FlaggedWord)) or 0) + len(new) > MOST_WORDS:
        raise NotAllowed(
            Decision(
                N_("The list holds at most %(most)s words. Take out words that you no longer need."),
                {"most": MOST_WORDS},
            )
        )
    rows = [FlaggedWord(word=word, added_by_id=organiser.id, added_at=now) for word in new]
    db.session.add_all(rows)
    if rows:
        audit.record(organiser, "friction.add_words", rows[0], now, after={"words": new})
    db.session.commit()
    checks.words_changed()
    return new


def remove_word(organiser: Person, word_id: int, now: datetime) -> str:
    """Take a word out of the list. Raises NotAllowed, and LookupError when it is gone already."""
    may_manage(organiser).or_raise()
    row = db.session.get(FlaggedWord, word_id)
    gone = delete(FlaggedWord).where(FlaggedWord.id == word_id).returning(FlaggedWord.word)
    word = db.session.scalar(gone.execution_options(synchronize_session=False)) if row else None
    if row is None or word is None:
        db.session.rollback()
        raise LookupError(word_id)
    audit.record(organiser, "friction.remove_word", row, now, before={"words": [word]})
    db.session.commit()
    checks.words_changed()
    return word


def set_level(organiser: Person, level: int, why: str, lasts: timedelta, now: datetime) -> None:
    """Fix the level for a while. Raises NotAllowed."""
    may_manage(organiser).or_raise()
    state = pressure.state(now)
    if state.by_hand and (state.level, state.why) == (level, why):
        db.session.rollback()  # the same form sent twice
        return
    row = pressure.set_by_hand(level, why, now + lasts, now)
    after = {"level": level, "until": (now + lasts).isoformat()}
    audit.record(
        organiser, "friction.set_level", row, now, before={"level": state.level}, after=after, why=why
    )
    db.session.commit()


def end_level(organiser: Person, now: datetime) -> bool:
    """Let the site measure by itself again; whether anything had been set. Raises NotAllowed."""
    may_manage(organiser).or_raise()
    state = pressure.state(now)
    row = next((row for row in state.rows if row.figures.get("by_hand")), None)
    if row is None or not pressure.end_by_hand(now):
        db.session.rollback()
        return False
    after = {"level": pressure.state(now).level}
    audit.record(organiser, "friction.end_level", row, now, before={"level": state.level}, after=after)
    db.session.commit()
    return True
