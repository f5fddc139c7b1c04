"""What the pages about ideas read beside the shared rows: search, practices, what moderators asked, own drafts."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select, text

from app.db import db, is_postgresql
from app.domain.lifecycle import RefusalReason
from app.models.following import Follow
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.vote import Tally

MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_PLURALS = ("en", "s", "e")

# The expression of the index, letter by letter, or the database would read every idea.
_POSTGRESQL = text(
    """
    SELECT id FROM idea
    WHERE to_tsvector('dutch', title || ' ' || summary || ' ' || body)
          @@ (websearch_to_tsquery('dutch', :typed) || to_tsquery('dutch', :beginnings))
      AND call_id = :call AND state = 'published'
    """
)
_SQLITE = text(
    """
    SELECT idea.id FROM idea_search JOIN idea ON idea.id = idea_search.rowid
    WHERE idea_search MATCH :beginnings AND idea.call_id = :call AND idea.state = 'published'
    """
)


def search(typed: str, call_id: int) -> list[int]:
    """The published ideas of a call in which all words occur, also as the beginning of a longer word.

    PostgreSQL knows Dutch word forms and "quoted words", `or` and `-not`. SQLite looks for word beginnings.
    """
    given = asked(typed)
    if given is None:
        return []
    if is_postgresql():
        rows = db.session.execute(_POSTGRESQL, {**given, "call": call_id})
    else:
        rows = db.session.execute(_SQLITE, {"beginnings": given["beginnings"], "call": call_id})
    return [row[0] for row in rows]


def words_of(typed: str) -> list[str]:
    """The words that are searched for: the first few."""
    return _WORD.findall(typed)[:MOST_WORDS]


def asked(typed: str) -> dict[str, str] | None:
    """What a search asks of the database: what was typed, and the beginnings of its words; None without any word."""
    words = words_of(typed)
    if not words:
        return None
    if not is_postgresql():
        return {"typed": typed, "beginnings": " ".join(f'"{_stem(word)}"*' for word in words)}
    # Who quotes or excludes means it: beginnings of words would bring back what was excluded.
    beginnings = "" if _asks_for_more(typed) else " & ".join(f"'{word}':*" for word in words)
    return {"typed": typed, "beginnings": beginnings}


def _asks_for_more(typed: str) -> bool:
    return '"' in typed or bool(re.search(r"(^|\s)-\w|\bor\b", typed, re.IGNORECASE))


def _stem(word: str) -> str:
    """A word without its commonest endings, so that `fietsen` also finds `fiets`."""
    for ending in _PLURALS:
        if word.lower().endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_FOLLOWED = select(Follow.idea_id).where(Follow.person_id == bindparam("person"), Follow.idea_id.is_not(None))


def followed(person_id: int) -> list[int]:
    """The ideas that somebody follows."""
    rows = db.session.connection().execute(_FOLLOWED, {"person": person_id})
    return [row[0] for row in rows if row[0] is not None]


@dataclass(frozen=True, slots=True)
class LastDecision:
    """What a moderator decided last on an idea."""

    verb: ModerationVerb
    reason: RefusalReason | None
    sentence: str
    decided_at: datetime


_MOVING = (ModerationVerb.RETURN, ModerationVerb.REFUSE, ModerationVerb.HIDE, ModerationVerb.RECALL)


def last_decision(idea_id: int) -> LastDecision | None:
    """The last decision of the moderators that brought this idea where it stands; none that was taken back."""
    row = db.session.execute(
        select(
            ModerationDecision.verb,
            ModerationDecision.reason,
            ModerationDecision.sentence,
            ModerationDecision.decided_at,
        )
        .where(
            ModerationDecision.idea_id == idea_id,
            ModerationDecision.verb.in_(_MOVING),
            ModerationDecision.undone_at.is_(None),
        )
        .order_by(ModerationDecision.decided_at.desc(), ModerationDecision.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastDecision(*row)


def has_reactions(idea_id: int) -> bool:
    """Whether anybody's vote stands on the idea, or any argument."""
    votes = exists().where(Tally.idea_id == idea_id, or_(Tally.votes_for > 0, Tally.votes_against > 0))
    arguments = exists().where(Idea.id == idea_id, Idea.argument_count > 0)
    return bool(db.session.scalar(select(or_(votes, arguments))))
