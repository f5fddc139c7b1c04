"""The public status of ideas: one dated step with its reason, of one idea or of all ideas of a theme at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, insert, select, true, update

from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus
from app.kit import mail
from app.kit.i18n import speaking
from app.kit.words import word
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.message import MailMessage
from app.models.person import Person
from app.models.process import Call
from app.records import news, notices
from app.records.notices import Audience

AT_ONCE = 400
"""So many numbers stand in one statement."""


ROW = {"key_share": True}
"""Locks the row of an idea against others who change it, not against votes and arguments that point at it."""


def step(actor: Person, idea: Idea, after: PublicStatus, reason: str, now: datetime) -> StatusChange:
    """Give a locked idea this status, and its trail the step; the caller asked the policy, tells and commits."""
    idea.public_status = after
    idea.version += 1
    change = StatusChange(idea_id=idea.id, status=after, reason=reason, actor_id=actor.id, changed_at=now)
    db.session.add(change)
    return change


def in_themes(
    process_id: int,
    theme_ids: Collection[int],
    before: Collection[PublicStatus],
    *,
    never: PublicStatus | None = None,
) -> dict[int, list[int]]:
    """The published ideas of these themes that have come so far: their number, and which of the themes they have.

    Without those that had the status `never` at any time.
    """
    found: dict[int, list[int]] = {}
    had = exists().where(StatusChange.idea_id == Idea.id, StatusChange.status == never)
    rows = db.session.execute(
        select(Idea.id, IdeaTheme.theme_id)
        .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .join(Call, Call.id == Idea.call_id)
        .where(
            Call.process_id == process_id,
            IdeaTheme.theme_id.in_(theme_ids),
            Idea.state == IdeaState.PUBLISHED,
            Idea.public_status.in_(before),
            ~had if never is not None else true(),
        )
        .order_by(Idea.id, IdeaTheme.theme_id)
    )
    for idea_id, theme_id in rows:
        found.setdefault(idea_id, []).append(theme_id)
    return found


def hears(idea_ids: Collection[int], now: datetime) -> int:
    """How many people hear of a step of these ideas: authors, followers, and voters who wish so; each once."""
    if not idea_ids:
        return 0
    everybody = notices.readers(
        Audience(ideas=tuple(idea_ids), voters_of_any=tuple(idea_ids)), now
    ).subquery()
    authors = select(Idea.author_id).where(Idea.id.in_(idea_ids))
    number = db.session.scalar(
        select(func.count(Person.id)).where(
            Person.id.in_(select(everybody.c.id).union(authors)),
            Person.not_blocked(now),
            Person.erased_at.is_(None),
        )
    )
    return number or 0


def move_all(
    reasons: Mapping[int, str],
    before: Collection[PublicStatus],
    after: PublicStatus,
    by: Person | None,
    now: datetime,
    *,
    is_correction: bool = False,
) -> list[int]:
    """Take these ideas, each with its reason, from one of these statuses to the next. The caller commits.

    Of two who do so at once only one moves an idea. Returns the numbers of those that moved. A correction stands in the
    trail and is told by the step that follows it, not by itself.
    """
    moved: list[int] = []
    numbers = sorted(reasons)
    for start in range(0, len(numbers), AT_ONCE):
        moved += db.session.scalars(
            update(Idea)
            .where(
                Idea.id.in_(numbers[start : start + AT_ONCE]),
                Idea.state == IdeaState.PUBLISHED,
                Idea.public_status.in_(before),
            )
            .values(public_status=after, version=Idea.version + 1)
            .returning(Idea.id)
            .execution_options(synchronize_session=False)
        ).all()
    moved.sort()
    if moved:
        steps = _changes(moved, reasons, after, by, now)
        if not is_correction:
            _tell(steps, after, now)
    return moved


def statuses_of(idea_ids: Collection[int]) -> dict[int, PublicStatus]:
    """The present status of these ideas."""
    rows = db.session.execute(select(Idea.id, Idea.public_status).where(Idea.id.in_(idea_ids)))
    return {row[0]: row[1] for row in rows}


def told_at(process_id: int, status: PublicStatus, at: datetime) -> str | None:
    """The reason with which ideas of a process got this status at that very moment; None when none did."""
    return db.session.scalar(
        select(StatusChange.reason)
        .join(Idea, Idea.id == StatusChange.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(Call.process_id == process_id, StatusChange.status == status, StatusChange.changed_at == at)
        .limit(1)
    )


def _changes(
    moved: Sequence[int],
    reasons: Mapping[int, str],
    after: PublicStatus,
    by: Person | None,
    now: datetime,
) -> dict[int, tuple[int, str]]:
    """Write the steps down; per idea the number of its step, and its reason."""
    rows = [
        {
            "idea_id": number,
            "status": after,
            "reason": reasons[number],
            "actor_id": by.id if by else None,
            "changed_at": now,
        }
        for number in moved
    ]
    steps = db.session.execute(insert(StatusChange).returning(StatusChange.idea_id, StatusChange.id), rows)
    return {row[0]: (row[1], reasons[row[0]]) for row in steps}


def _tell(steps: Mapping[int, tuple[int, str]], after: PublicStatus, now: datetime) -> None:
    """Authors by a mail of their own; followers, and voters who wish so, beside the request."""
    rows: list[Any] = []
    numbers = sorted(steps)
    for start in range(0, len(numbers), AT_ONCE):
        rows += db.session.execute(
            select(Idea.id, Idea.title, Person.id, Person.email, Person.language, Person.name)
            .join(Person, Person.id == Idea.author_id)
            .where(Idea.id.in_(numbers[start : start + AT_ONCE]))
            .order_by(Idea.id)
        ).all()
    news.statuses_changed([news.Change(row[0], row[1], row[2], *steps[row[0]]) for row in rows], after, now)
    letters: list[MailMessage] = []
    for idea_id, title, _author, email, language, name in rows:
        if not email:
            continue
        with speaking(language):
            status = word(after)
        letters.append(
            mail.compose(
                email,
                "status_changed",
                language,
                now,
                person_name=name,
                idea_title=title,
                idea_url=mail.address("ideas.show", language, idea_id=idea_id),
                status=status,
                correction=False,
                reason=steps[idea_id][1],
            )
        )
    db.session.add_all(letters)
