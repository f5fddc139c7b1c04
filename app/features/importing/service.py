"""Writing an imported conversation: a call with its ideas, people and votes, the same after every run."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.features.importing.polis import Conversation, Statement, group_for
from app.kit import audit, html
from app.models.idea import Idea, IdeaTheme
from app.models.person import Person
from app.models.process import Call, Phase, Process, ProcessState, Theme
from app.models.vote import Vote
from app.records import carried, tallies

BATCH = 2000
NO_THEME = "Overig"
ICONS = ("tree", "water", "speech", "education", "shop", "care", "safety", "living", "sun", "data")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought in, and where it stands."""

    call_slug: str
    new_ideas: int
    hidden: int
    new_people: int
    votes: int
    themes: int


def import_conversation(
    conversation: Conversation,
    key: str,
    themes: Mapping[int, Sequence[str]],
    groups: Mapping[str, Group],
    now: datetime,
    *,
    open_days: int = 0,
    progress: Progress = lambda done: None,
) -> ImportResult:
    """Bring a conversation in, in one transaction. `key` names it; the same key again adds only what is new.

    Ideas that stand already keep their text and state (moderators may have decided on them); the votes of the
    imported people become those of the export. `progress` hears how many rows were written.
    """
    call = _call(conversation, key, now, open_days)
    people, new_people = _people(conversation, key, groups, progress)
    ideas, new_ideas = _ideas(conversation, call, key, people, progress)
    theme_count = _themes(conversation, call, ideas, themes, new_ideas)
    _votes(conversation, ideas, people, groups, progress)
    for batch in _batches(sorted(ideas.values()), 500):
        carried.mark(batch)
        tallies.rebuild(batch)
    result = ImportResult(
        call_slug=call.slug,
        new_ideas=len(new_ideas),
        hidden=sum(statement.hidden for statement in conversation.statements),
        new_people=new_people,
        votes=len(conversation.votes),
        themes=theme_count,
    )
    audit.record(None, "import.polis", call, now, after={"ideas": result.new_ideas, "votes": result.votes})
    db.session.commit()
    return result


def slug_of(text: str) -> str:
    """A name for an address: small letters, digits and hyphens, at most 70 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "gesprek"


def shortened(text: str, most: int) -> str:
    """The text when it fits; else its beginning up to a whole word, with an ellipsis."""
    line = " ".join(html.tidy(text).split())
    if len(line) <= most:
        return line
    start = line[: most - 1]
    space = start.rfind(" ")
    return (start[:space] if space > most // 2 else start).rstrip(" ,;:.-") + "…"


def _call(conversation: Conversation, key: str, now: datetime, open_days: int) -> Call:
    call = db.session.scalar(select(Call).where(Call.import_key == f"polis:{key}"))
    if call is not None:
        return call
    slug = slug_of(key)
    start, end = conversation.first_moment, conversation.last_moment + timedelta(minutes=1)
    process = Process(
        slug=slug,
        title=shortened(conversation.topic, 120),
        question=shortened(conversation.topic, 200),
        intro=conversation.description,
        aims=[],
        ranking_settings={},
        state=ProcessState.OPEN if open_days else ProcessState.CLOSED,
        starts_at=start,
        ends_at=None if open_days else end,
        created_at=now,
        tie_seed=hashlib.sha256(f"polis:{key}".encode()).hexdigest(),
    )
    db.session.add(process)
    db.session.flush()
    call = Call(
        process_id=process.id,
        slug=slug,
        title=process.title,
        question=conversation.description,
        import_key=f"polis:{key}",
    )
    db.session.add(call)
    db.session.flush()
    rights = {"may_submit": True, "may_argue": True, "may_vote": True}
    db.session.add(Phase(call_id=call.id, name="Gesprek", starts_at=start, ends_at=end, **rights))
    if open_days:
        later = now + timedelta(days=open_days)
        db.session.add(Phase(call_id=call.id, name="Vervolg", starts_at=now, ends_at=later, **rights))
    db.session.flush()
    return call


def _people(
    conversation: Conversation, key: str, groups: Mapping[str, Group], progress: Progress
) -> tuple[dict[int, int], int]:
    prefix = f"polis:{key}:p"
    known = _numbered(
        select(Person.import_key, Person.id).where(Person.import_key.startswith(prefix, autoescape=True))
    )
    rows = []
    for number in conversation.people:
        if number in known:
            continue
        group = group_for(number, conversation.groups, groups)
        rows.append(
            {
                "name": f"Deelnemer {number}",
                "group": group,
                "is_delegate": group == Group.PARTNER,
                "language": "nl",
                "neighbourhood": "",
                "session_epoch": 0,
                "created_at": conversation.first_moment,
                "import_key": f"{prefix}{number}",
            }
        )
    _insert(Person, rows, progress)
    for number in known:
        group = group_for(number, conversation.groups, groups)
        moved = update(Person).where(Person.id == known[number], Person.group != group)
        if db.session.execute(moved.values(group=group, is_delegate=group == Group.PARTNER)).rowcount:  # type: ignore[attr-defined]
            tallies.move_person(known[number], group)
    query = select(Person.import_key, Person.id).where(Person.import_key.startswith(prefix, autoescape=True))
    return _numbered(query), len(rows)


def _ideas(
    conversation: Conversation, call: Call, key: str, people: Mapping[int, int], progress: Progress
) -> tuple[dict[int, int], set[int]]:
    prefix = f"polis:{key}:s"
    query = select(Idea.import_key, Idea.id).where(Idea.import_key.startswith(prefix, autoescape=True))
    known = _numbered(query)
    new = [statement for statement in conversation.statements if statement.number not in known]
    _insert(Idea, [_idea(statement, call, people, prefix) for statement in new], progress)
    ideas = _numbered(query)
    for batch in _batches([ideas[statement.number] for statement in new], 500):
        tallies.open_for(batch)
    return ideas, {statement.number for statement in new}


def _idea(statement: Statement, call: Call, people: Mapping[int, int], prefix: str) -> dict[str, Any]:
    return {
        "call_id": call.id,
        "author_id": people[statement.author],
        "title": shortened(statement.text, 80),
        "summary": shortened(statement.text, 140),
        "body": html.tidy(statement.text),
        "neighbourhood": "",
        "state": IdeaState.HIDDEN if statement.hidden else IdeaState.PUBLISHED,
        "version": 1,
        "argument_count": 0,
        "created_at": statement.made_at,
        "submitted_at": statement.made_at,
        "published_at": None if statement.hidden else statement.made_at,
        "import_key": f"{prefix}{statement.number}",
    }


def _themes(
    conversation: Conversation,
    call: Call,
    ideas: Mapping[int, int],
    themes: Mapping[int, Sequence[str]],
    new_ideas: set[int],
) -> int:
    """Give ideas the themes of the mapping; a new one without any gets the rest theme."""
    names = list(dict.fromkeys(name for number in sorted(themes) for name in themes[number]))
    if any(number not in themes for number in new_ideas):
        names.append(NO_THEME)
    ids: dict[str, int] = {}
    for position, name in enumerate(names):
        slug = slug_of(name)
        theme = db.session.scalar(
            select(Theme).where(Theme.process_id == call.process_id, Theme.slug == slug)
        )
        if theme is None:
            look = {"icon": ICONS[position % len(ICONS)], "accent": position % 6 + 1, "position": position}
            theme = Theme(process_id=call.process_id, slug=slug, title=name, **look)
            db.session.add(theme)
            db.session.flush()
        ids[name] = theme.id
    mapped = sorted(set(themes) | new_ideas)
    for batch in _batches([ideas[number] for number in mapped], 500):
        db.session.execute(delete(IdeaTheme).where(IdeaTheme.idea_id.in_(batch)))
    rows = [
        {"idea_id": ideas[number], "theme_id": theme_id}
        for number in mapped
        for theme_id in sorted({ids[name] for name in themes.get(number, (NO_THEME,))})
    ]
    _insert(IdeaTheme, rows, lambda done: None)
    return len(ids)


def _votes(
    conversation: Conversation,
    ideas: Mapping[int, int],
    people: Mapping[int, int],
    groups: Mapping[str, Group],
    progress: Progress,
) -> None:
    imported = sorted(people.values())
    for batch in _batches(imported, 500):
        mine = Vote.person_id.in_(batch), Vote.idea_id.in_(select(Idea.id).where(Idea.id.in_(ideas.values())))
        db.session.execute(delete(Vote).where(*mine))
    group_of = {number: group_for(number, conversation.groups, groups) for number in people}
    rows = [
        {
            "idea_id": ideas[vote.statement],
            "person_id": people[vote.voter],
            "value": vote.value,
            "previous": 0,
            "group": group_of[vote.voter],
            "cast_at": vote.cast_at,
        }
        for vote in conversation.votes
    ]
    _insert(Vote, rows, progress)


def _insert(table: Any, rows: list[dict[str, Any]], progress: Progress) -> None:
    for batch in _batches(rows, BATCH):
        db.session.execute(insert(table), batch)
        progress(len(batch))


def _numbered(query: Any) -> dict[int, int]:
    """From the number at the end of an import key to the id."""
    return {int(re.sub(r".*\D", "", key)): row_id for key, row_id in db.session.execute(query)}


def _batches(rows: Sequence[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
