"""A Polis export as plain data, checked down to the row before anything is written."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.ballot import Group

COMMENTS, VOTES, PARTICIPANTS, SUMMARY = "comments.csv", "votes.csv", "participants-votes.csv", "summary.csv"
MOST_THEMES = 3
LONGEST_STATEMENT = 5000
_LATEST = 4_102_444_800_000  # the year 2100 in milliseconds: anything later is not a moment of a vote


class ImportFault(Exception):
    """Something in a file is wrong: which file, which row (the header is row 1), and what."""

    def __init__(self, file: str, row: int | None, fault: str) -> None:
        where = f"{file}, row {row}" if row else file
        super().__init__(f"{where}: {fault} Nothing was imported.")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the conversation, which becomes an idea."""

    number: int
    author: int
    text: str
    made_at: datetime
    hidden: bool


@dataclass(frozen=True, slots=True)
class LastVote:
    """The last vote of one voter on one statement: 1 or -1. A pass leaves nothing."""

    statement: int
    voter: int
    value: int
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole export. `groups` has the opinion group per participant, where one was assigned."""

    topic: str
    description: str
    statements: tuple[Statement, ...]
    votes: tuple[LastVote, ...]
    groups: Mapping[int, str]
    events: int
    revisions: int

    @property
    def people(self) -> list[int]:
        """Everybody who voted, was assigned a group, or wrote a statement."""
        voters = {vote.voter for vote in self.votes}
        return sorted(voters | set(self.groups) | {statement.author for statement in self.statements})

    @property
    def first_moment(self) -> datetime:
        return min(statement.made_at for statement in self.statements)

    @property
    def last_moment(self) -> datetime:
        moments = [statement.made_at for statement in self.statements] + [vote.cast_at for vote in self.votes]
        return max(moments)


def read(folder: Path) -> Conversation:
    """Read and check an export. Raises ImportFault at the first fault."""
    if not folder.is_dir():
        raise ImportFault(str(folder), None, "this folder does not exist.")
    statements = _statements(folder)
    votes, events, revisions = _votes(folder, {statement.number for statement in statements})
    summary = _summary(folder)
    return Conversation(
        topic=summary.get("topic") or folder.name,
        description=summary.get("conversation-description", ""),
        statements=tuple(statements),
        votes=tuple(votes),
        groups=_groups(folder),
        events=events,
        revisions=revisions,
    )


def read_themes(file: Path, numbers: set[int]) -> dict[int, list[str]]:
    """Theme names per statement from a file with columns comment-id and theme; one to three each."""
    themes: dict[int, list[str]] = {}
    for row, line in _rows(file, ("comment-id", "theme")):
        number = _whole(file.name, row, "comment-id", line["comment-id"])
        name = line["theme"].strip()
        if number not in numbers:
            raise ImportFault(file.name, row, f"statement {number} is not in {COMMENTS}.")
        if not 2 <= len(name) <= 80:
            raise ImportFault(file.name, row, "a theme has a name of 2 to 80 characters.")
        mine = themes.setdefault(number, [])
        if name not in mine:
            mine.append(name)
        if len(mine) > MOST_THEMES:
            raise ImportFault(file.name, row, f"statement {number} has more than {MOST_THEMES} themes.")
    return themes


def read_group_spec(spec: str) -> dict[str, Group]:
    """`0=resident,1=council,none=partner`: which group an opinion group becomes; `*` is the rest."""
    groups: dict[str, Group] = {}
    for part in filter(None, (part.strip() for part in spec.split(","))):
        key, sign, name = part.partition("=")
        known = [group.value for group in Group]
        if not sign or not key.strip() or name.strip() not in known:
            raise ImportFault(
                "--groups", None, f"{part!r} is not like 0=resident; groups are {', '.join(known)}."
            )
        groups[key.strip()] = Group(name.strip())
    return groups


def group_for(participant: int, groups: Mapping[int, str], spec: Mapping[str, Group]) -> Group:
    """The group a participant gets: by opinion group, `none` without one, else `*`, else resident."""
    rest = spec.get("*", Group.RESIDENT)
    return spec.get(groups.get(participant, "") or "none", rest)


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise ImportFault(file.name, 1, f"column {', '.join(missing)} is missing.")
            for row, line in enumerate(reader, start=2):
                if None in line or any(line[column] is None for column in columns):
                    raise ImportFault(file.name, row, "the number of fields differs from the header.")
                yield row, line
    except FileNotFoundError:
        raise ImportFault(file.name, None, "this file is missing.") from None
    except UnicodeDecodeError:
        raise ImportFault(file.name, None, "this file is not UTF-8 text.") from None
    except csv.Error as error:
        raise ImportFault(file.name, None, f"this file is not valid CSV ({error}).") from None


def _whole(file: str, row: int, column: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise ImportFault(file, row, f"{column} {text[:40]!r} is not a whole number.") from None
    if not 0 <= number < 2**31:
        raise ImportFault(file, row, f"{column} {text[:40]!r} is out of range.")
    return number


def _moment(file: str, row: int, text: str) -> datetime:
    try:
        milliseconds = int(text)
    except ValueError:
        milliseconds = -1
    if not 0 < milliseconds < _LATEST:
        raise ImportFault(file, row, f"timestamp {text[:40]!r} is not a moment in milliseconds since 1970.")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _choice(file: str, row: int, column: str, text: str) -> int:
    if text.strip() not in ("1", "0", "-1"):
        raise ImportFault(file, row, f"{column} {text[:40]!r} is not 1, 0 or -1.")
    return int(text)


def _statements(folder: Path) -> list[Statement]:
    found: dict[int, Statement] = {}
    columns = ("timestamp", "comment-id", "author-id", "moderated", "comment-body")
    for row, line in _rows(folder / COMMENTS, columns):
        number = _whole(COMMENTS, row, "comment-id", line["comment-id"])
        text = line["comment-body"].strip()
        if number in found:
            raise ImportFault(COMMENTS, row, f"statement {number} stands twice.")
        if not text:
            raise ImportFault(COMMENTS, row, f"statement {number} has no text.")
        if len(text) > LONGEST_STATEMENT:
            raise ImportFault(
                COMMENTS, row, f"statement {number} is longer than {LONGEST_STATEMENT} characters."
            )
        found[number] = Statement(
            number=number,
            author=_whole(COMMENTS, row, "author-id", line["author-id"]),
            text=text,
            made_at=_moment(COMMENTS, row, line["timestamp"]),
            hidden=_choice(COMMENTS, row, "moderated", line["moderated"]) == -1,
        )
    if not found:
        raise ImportFault(COMMENTS, None, "there is no statement in this file.")
    return [found[number] for number in sorted(found)]


def _votes(folder: Path, numbers: set[int]) -> tuple[list[LastVote], int, int]:
    """The last event per (voter, statement), by time and then by row, as Polis itself keeps it."""
    last: dict[tuple[int, int], tuple[datetime, int, int]] = {}
    events = 0
    for row, line in _rows(folder / VOTES, ("timestamp", "comment-id", "voter-id", "vote")):
        statement = _whole(VOTES, row, "comment-id", line["comment-id"])
        voter = _whole(VOTES, row, "voter-id", line["voter-id"])
        if statement not in numbers:
            raise ImportFault(VOTES, row, f"statement {statement} is not in {COMMENTS}.")
        event = (_moment(VOTES, row, line["timestamp"]), row, _choice(VOTES, row, "vote", line["vote"]))
        events += 1
        key = (voter, statement)
        if key not in last or event[:2] > last[key][:2]:
            last[key] = event
    votes = [
        LastVote(statement=statement, voter=voter, value=value, cast_at=moment)
        for (voter, statement), (moment, _row, value) in sorted(last.items())
        if value != 0
    ]
    return votes, events, events - len(last)


def _groups(folder: Path) -> dict[int, str]:
    groups: dict[int, str] = {}
    for row, line in _rows(folder / PARTICIPANTS, ("participant", "group-id")):
        participant = _whole(PARTICIPANTS, row, "participant", line["participant"])
        if participant in groups:
            raise ImportFault(PARTICIPANTS, row, f"participant {participant} stands twice.")
        groups[participant] = line["group-id"].strip()
    return groups


def _summary(folder: Path) -> dict[str, str]:
    """Topic and description; an export without this file is named after its folder."""
    file = folder / SUMMARY
    if not file.exists():
        return {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return {line[0]: line[1].strip() for line in csv.reader(stream) if len(line) >= 2}
    except (UnicodeDecodeError, csv.Error):
        raise ImportFault(SUMMARY, None, "this file is not valid CSV in UTF-8.") from None
