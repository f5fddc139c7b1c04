"""The audit log as a chain: what a line is digested to, and where a chain is broken and how.

content = SHA-256(salt + canonical JSON of before, after and why)
digest  = SHA-256(digest of the line before + canonical JSON of id, at, actor_id, action, subject_type, subject_id
                  and content)

Words that have to go (of somebody who left, say) go with the salt, and `content` stays, so the chain still holds; a
later line names those lines, and a line that is empty without being named is a break like any other.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.domain.decision import N_
from app.domain.ranking.canonical import sha256

_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""The same text as that of sealed standings; made once, because a check writes two for every line."""
GENESIS = "0" * 64
"""What the first line follows."""
REDACTION = "audit.redact"
"""The action of a line that names the lines whose words went, in `after["lines"]`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log with everything that its digest is made from."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    subject_type: str
    subject_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    salt: str
    content_digest: str
    digest: str
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Head:
    """What the log says of itself: its last line, the digest of that, and how many lines there are."""

    entry_id: int | None
    digest: str
    lines: int


class Fault(StrEnum):
    """How a chain can be broken."""

    WORDS = "words"
    CHANGED = "changed"
    REMOVED = "removed"
    CUT_OFF = "cut_off"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNTOLD = "untold"
    HEAD = "head"
    NO_HEAD = "no_head"
    NOTED = "noted"


SENTENCES: Mapping[Fault, str] = {
    Fault.WORDS: N_("Line %(line)s: what it says (before, after or why) was changed after it was written."),
    Fault.CHANGED: N_("Line %(line)s was changed after it was written."),
    Fault.REMOVED: N_("Something was removed between line %(other)s and line %(line)s."),
    Fault.CUT_OFF: N_(
        "The last lines were removed: there should be %(should)s, there are %(lines)s. The last one is %(line)s."
    ),
    Fault.INSERTED: N_("Line %(line)s was put in later; it is no part of the chain."),
    Fault.REORDERED: N_("Line %(line)s is in the wrong place: what stands at %(other)s belongs there."),
    Fault.UNTOLD: N_("The words of line %(line)s were taken out, and no later line says so."),
    Fault.HEAD: N_("The head of the chain was changed: it does not fit the last line, %(line)s."),
    Fault.NO_HEAD: N_("The head of the chain is gone, or there is more than one."),
    Fault.NOTED: N_(
        "The head that was noted is not in this chain: lines were removed or written anew since."
    ),
}


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold. `line` and `other` are numbers of lines; 0 is the beginning."""

    fault: Fault
    line: int = 0
    other: int = 0
    lines: int = 0
    should: int = 0

    @property
    def sentence(self) -> str:
        """The break in a sentence, to be translated and filled with `values`."""
        return SENTENCES[self.fault]

    @property
    def values(self) -> dict[str, Any]:
        """What the sentence is filled with, and what is kept of the break."""
        return {
            "fault": self.fault.value,
            "line": self.line,
            "other": self.other,
            "lines": self.lines,
            "should": self.should,
        }

    def __str__(self) -> str:
        return self.sentence % self.values


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of going along a chain: how many lines, how many without their words, the last digest."""

    lines: int
    redacted: int
    digest: str
    broken: Break | None
    noted: int | None = None
    """The line that a noted head is the digest of; 0 for the head of an empty log."""


def content_of(salt: str, before: Mapping[str, Any], after: Mapping[str, Any], why: str) -> str:
    """The digest of what a line says, salted so that words that went cannot be guessed from it."""
    return sha256(salt + _canonical({"before": before, "after": after, "why": why}))


def digest_of(previous: str, line: Line) -> str:
    """The digest of a line that follows the line with this digest."""
    record = {
        "id": line.id,
        "at": moment(line.at),
        "actor_id": line.actor_id,
        "action": line.action,
        "subject_type": line.subject_type,
        "subject_id": line.subject_id,
        "content_digest": line.content_digest,
    }
    return sha256(previous + _canonical(record))


def moment(at: datetime) -> str:
    """A moment as it is digested and exported: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def is_empty(line: Line) -> bool:
    """Whether nothing is left of what the line said."""
    return not (line.before or line.after or line.why or line.salt)


Rest = Callable[[int, int], Iterable[Line]]
"""Gives the lines after a line, by its number and by how many lines came up to and with it."""


def verify(
    lines: Iterable[Line],
    heads: Sequence[Head],
    rest: Rest,
    noted: str | None = None,
    step: Callable[[int], None] = lambda _seen: None,
) -> Verdict:
    """Go along the chain from its beginning and compute everything anew; stops at the first break.

    heads: the heads that were found; exactly one is right, or none when there are no lines. rest is asked once, when
    the chain breaks, to find out how. noted: a digest that was written down before and has to be in the chain. step
    hears of every line how many there were. Keeps two lines in memory, and the numbers of lines not yet named.
    """
    walk = _Walk()
    found = 0 if noted == GENESIS else None
    for line in lines:
        broken = walk.take(line)
        if broken is not None:
            head = heads[0] if len(heads) == 1 else None
            broken = broken if broken.fault != Fault.CHANGED else _why(line, walk, head, rest)
            return Verdict(walk.seen, walk.redacted, walk.digest, broken, found)
        if line.digest == noted:
            found = line.id
        step(walk.seen)
    broken = _at_the_end(walk, heads, rest) or walk.untold()
    if broken is None and noted is not None and found is None:
        broken = Break(Fault.NOTED, line=walk.last_id)
    return Verdict(walk.seen, walk.redacted, walk.digest, broken, found)


class _Walk:
    """Where somebody is who goes along the chain."""

    def __init__(self) -> None:
        self.seen = self.redacted = self.last_id = 0
        self.digest = self.before_digest = GENESIS
        self.unnamed: dict[int, datetime] = {}

    def take(self, line: Line) -> Break | None:
        """Go on to a line; the break when it does not follow."""
        if line.redacted_at is None:
            if content_of(line.salt, line.before, line.after, line.why) != line.content_digest:
                return Break(Fault.WORDS, line.id)
        elif not is_empty(line):
            return Break(Fault.WORDS, line.id)
        if line.id <= self.last_id or digest_of(self.digest, line) != line.digest:
            return Break(Fault.CHANGED, line.id)
        if line.redacted_at is not None:
            self.redacted += 1
            self.unnamed[line.id] = line.redacted_at
        elif line.action == REDACTION:
            self._name(line)
        self.seen += 1
        self.before_digest, self.digest, self.last_id = self.digest, line.digest, line.id
        return None

    def _name(self, line: Line) -> None:
        for number in line.after.get("lines", []):
            if self.unnamed.get(number) == line.at:
                del self.unnamed[number]

    def untold(self) -> Break | None:
        """The break when words went without a line that says so."""
        return Break(Fault.UNTOLD, min(self.unnamed)) if self.unnamed else None


def _why(line: Line, walk: _Walk, head: Head | None, rest: Rest) -> Break:
    """What happened to a chain in which this line does not follow the one before it."""
    total, belongs = walk.seen, None
    for other in rest(walk.last_id, walk.seen):
        total += 1
        if belongs is None and (
            digest_of(walk.digest, other) == other.digest
            or digest_of(walk.digest, replace(other, id=line.id)) == other.digest
        ):
            belongs = other.id
    too_many = head is not None and total > head.lines
    if too_many and digest_of(walk.before_digest, line) == line.digest:
        return Break(Fault.INSERTED, walk.last_id)
    if too_many:
        return Break(Fault.INSERTED, line.id)
    if belongs is not None:
        return Break(Fault.REORDERED, line.id, belongs)
    too_few = head is None or total < head.lines
    if too_few and line.id > walk.last_id + 1:
        return Break(Fault.REMOVED, line.id, walk.last_id)
    return Break(Fault.CHANGED, line.id)


def _at_the_end(walk: _Walk, heads: Sequence[Head], rest: Rest) -> Break | None:
    """Whether the head fits the chain that led there."""
    if not heads and not walk.seen:
        return None
    if len(heads) != 1:
        return Break(Fault.NO_HEAD, walk.last_id)
    head = heads[0]
    if walk.seen < head.lines:
        return Break(Fault.CUT_OFF, walk.last_id, lines=walk.seen, should=head.lines)
    if walk.seen > head.lines:
        first = next(iter(rest(head.entry_id or 0, head.lines)), None)
        return Break(Fault.INSERTED, first.id) if first else Break(Fault.HEAD, walk.last_id)
    if (head.digest, head.entry_id or 0) != (walk.digest, walk.last_id):
        return Break(Fault.HEAD, walk.last_id)
    return None
