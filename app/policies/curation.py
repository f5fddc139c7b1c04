"""When do moderators read a text: before readers see it, afterwards, or only when somebody reports it?"""

from dataclasses import dataclass

from app.models.process import Curation


@dataclass(frozen=True, slots=True)
class Course:
    """What happens with a text that is sent in."""

    is_live: bool
    """Whether readers see it at once."""
    waits: bool
    """Whether it waits for a moderator."""


def is_trusted(accepted: int, trust_after: int) -> bool:
    """Whether an author has had enough texts accepted since one of theirs was refused or hidden."""
    return accepted >= trust_after


def course(curation: Curation, accepted: int = 0, trust_after: int = 0) -> Course:
    """What a call does with a text by an author with so many accepted texts; those count for TRUSTED only."""
    if curation == Curation.TRUSTED:
        curation = Curation.AFTER if is_trusted(accepted, trust_after) else Curation.BEFORE
    return Course(is_live=curation != Curation.BEFORE, waits=curation != Curation.REPORTED)
