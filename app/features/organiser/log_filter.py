"""Which lines of the audit log somebody wants to see, read from the address and said in it again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import ColumnElement, Text, cast, or_, select

from app.kit import html, moments, paths
from app.models.argument import Argument
from app.models.audit import AuditEntry
from app.models.idea import Idea

SERVER = 0
"""What stands for lines of a command on the server in the choice of a person."""
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A choice of lines; nothing chosen means every line."""

    action: str = ""
    actor: int | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "LogFilter":
        """The choice in an address or a form; what makes no sense in it is left out."""
        person = given.get("persoon", "")
        return cls(
            action=html.tidy(given.get("actie", ""))[:60],
            actor=SERVER if person == str(SERVER) else _number(person),
            words=" ".join(html.tidy(given.get("zoek", "")).split())[:80],
            since=moments.day(given.get("van")),
            until=moments.day(given.get("tot")),
        )

    def __bool__(self) -> bool:
        return bool(self.address())

    def address(self) -> dict[str, str]:
        """The choice as the parts of an address; empty when nothing was chosen."""
        parts = {
            "actie": self.action,
            "persoon": "" if self.actor is None else str(self.actor),
            "zoek": self.words,
            "van": self.since.isoformat() if self.since else "",
            "tot": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in parts.items() if value}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for the lines that were chosen."""
        found: list[ColumnElement[bool]] = [_says(word) for word in self.words.split()[:MOST_WORDS]]
        if self.action:
            found.append(AuditEntry.action == self.action)
        if self.actor is not None:
            found.append(
                AuditEntry.actor_id.is_(None) if self.actor == SERVER else AuditEntry.actor_id == self.actor
            )
        begins = moments.moment(self.since, time())
        ends = moments.moment(self.until + timedelta(days=1), time()) if self.until else None
        if begins is not None:
            found.append(AuditEntry.at >= begins)
        if ends is not None:
            found.append(AuditEntry.at < ends)
        return found


def _says(word: str) -> ColumnElement[bool]:
    """Whether a line has the word in its reason, in what changed or in the title of its idea, or has this number."""
    stored = json.dumps(word)[1:-1]  # as JSON is kept, letters with accents written out
    ideas = select(Idea.id).where(Idea.title.icontains(word, autoescape=True))
    arguments = select(Argument.id).where(Argument.idea_id.in_(ideas))
    about: list[ColumnElement[bool]] = [
        AuditEntry.why.icontains(word, autoescape=True),
        cast(AuditEntry.before, Text).icontains(stored, autoescape=True),
        cast(AuditEntry.after, Text).icontains(stored, autoescape=True),
        (AuditEntry.subject_type == Idea.__tablename__) & AuditEntry.subject_id.in_(ideas),
        (AuditEntry.subject_type == Argument.__tablename__) & AuditEntry.subject_id.in_(arguments),
    ]
    number = _number(word)
    if number is not None:
        about.append(AuditEntry.id == number)
    return or_(*about)


def _number(text: str) -> int | None:
    try:
        return paths.number(text)
    except ValueError:
        return None
