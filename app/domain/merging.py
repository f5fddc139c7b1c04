"""What a merge of two ideas does to one person's vote, and how far the authors have come with their answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TO_ANSWER = timedelta(days=7)
"""So long authors can object before silence counts as no objection."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The state of a vote: 1 for, -1 against or 0 withdrawn, and since when."""

    value: int
    cast_at: datetime


def together(merged: Cast, stays: Cast | None) -> Cast | None:
    """What somebody's vote on the idea that stays becomes, by their vote on the merged one; None when nothing changes.

    The last vote wins. Withdrawing beats no vote on the other idea: whoever takes a vote back because the same idea
    is there twice still wants it. Whether it counts is not asked here: an exclusion goes along by itself.
    """
    if merged.value == 0:
        return None
    wins = stays is None or stays.value == 0 or merged.cast_at > stays.cast_at
    return merged if wins else None


class Consent(StrEnum):
    """What the authors think of a merge, as far as is known."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    AGREED = "agreed"
    """Everybody who can be asked agrees; also when nobody can."""
    SILENT = "silent"
    """The week is over, and nobody objected."""
    OBJECTED = "objected"


def consent(
    asked_at: datetime | None,
    answer_until: datetime | None,
    answers: Mapping[int, bool],
    authors: Collection[int],
    now: datetime,
) -> Consent:
    """How far a proposal has come. answers: who agrees (True) or objects; authors: those who can answer at all."""
    if asked_at is None or answer_until is None:
        return Consent.NOT_ASKED
    if not all(answers.values()):
        return Consent.OBJECTED
    if all(author in answers for author in authors):
        return Consent.AGREED
    return Consent.SILENT if now >= answer_until else Consent.WAITING
