"""What the home page, the sitemap, the open data and the figures for operators read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import GROUPS, groups_to_show
from app.domain.lifecycle import IdeaState
from app.models.idea import Idea, IdeaTheme
from app.models.message import MailMessage
from app.models.person import Person
from app.models.process import Activity, Call, Process, Theme
from app.models.standing import Standing
from app.models.vote import Tally
from app.models.workshop import Workshop
from app.records.calls import CallRow


def next_activities(process_id: int, now: datetime, most: int = 3) -> list[tuple[Activity, int | None]]:
    """What happens next: dated activities from now on, then those whose date is still to be set."""
    rows = db.session.execute(
        select(Activity, Workshop.id)
        .outerjoin(Workshop, Workshop.activity_id == Activity.id)
        .where(
            Activity.process_id == process_id,
            func.coalesce(Activity.ends_at, Activity.starts_at, now) >= now,
        )
        .order_by(Activity.starts_at.is_(None), Activity.starts_at, Activity.position, Activity.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def newest_ideas(call_id: int, most: int = 6) -> list[int]:
    """The ideas that were published last."""
    return list(
        db.session.scalars(
            select(Idea.id)
            .where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
            .order_by(Idea.published_at.desc(), Idea.id.desc())
            .limit(most)
        )
    )


def readable_ideas(most: int = 5000) -> list[tuple[int, datetime | None]]:
    """Numbers of published ideas with their date, for search engines, newest first."""
    rows = db.session.execute(
        select(Idea.id, Idea.published_at)
        .where(Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def process_slugs() -> list[str]:
    """The names of all processes in addresses."""
    return list(db.session.scalars(select(Process.slug).order_by(Process.id)))


def open_ideas(call: CallRow, now: datetime) -> list[dict[str, Any]]:
    """Published ideas of a call as open data; counts only when everybody may see them, small groups withheld."""
    ideas = db.session.execute(
        select(Idea.id, Idea.title, Idea.summary, Idea.neighbourhood, Idea.public_status, Idea.published_at)
        .where(Idea.call_id == call.id, Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.id)
    ).all()
    themes: dict[int, list[str]] = {}
    for idea_id, title in db.session.execute(
        select(IdeaTheme.idea_id, Theme.title)
        .join(Theme, Theme.id == IdeaTheme.theme_id)
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .where(Idea.call_id == call.id)
        .order_by(Theme.position)
    ):
        themes.setdefault(idea_id, []).append(title)
    counts = {} if call.hides_counts(now) else _counts(call.id)
    return [
        {
            "id": row.id,
            "title": row.title,
            "summary": row.summary,
            "neighbourhood": row.neighbourhood or None,
            "status": row.public_status.value,
            "published": row.published_at.isoformat() if row.published_at else None,
            "themes": themes.get(row.id, []),
            "votes": counts.get(row.id),
        }
        for row in ideas
    ]


def _counts(call_id: int) -> dict[int, Mapping[str, Any]]:
    totals: dict[int, dict[Any, tuple[int, int]]] = {}
    for idea_id, group, yes, no in db.session.execute(
        select(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against)
        .join(Idea, Idea.id == Tally.idea_id)
        .where(Idea.call_id == call_id)
    ):
        totals.setdefault(idea_id, {})[group] = (yes, no)
    found: dict[int, Mapping[str, Any]] = {}
    for idea_id, groups in totals.items():
        shown = groups_to_show(groups)
        found[idea_id] = {
            "for": sum(pair[0] for pair in groups.values()),
            "against": sum(pair[1] for pair in groups.values()),
            "groups": {
                group.value: {"for": groups.get(group, (0, 0))[0], "against": groups.get(group, (0, 0))[1]}
                if group in shown
                else None
                for group in GROUPS
            },
        }
    return found


def figures() -> dict[str, float]:
    """What operators watch: people, ideas per state, votes, mail that waits, and when standings were last computed.

    A moment and not an age: whoever reads figures late can still tell how old it was.
    """
    found: dict[str, float] = {
        "stem_people": db.session.scalar(select(func.count()).select_from(Person)) or 0
    }
    states = select(Idea.state, func.count()).group_by(Idea.state)
    for state, count in db.session.execute(states):
        found[f'stem_ideas{{state="{state.value}"}}'] = count
    # The votes on a merged idea count in the one that it became one with.
    votes = (
        select(func.coalesce(func.sum(Tally.votes_for + Tally.votes_against), 0))
        .join(Idea, Idea.id == Tally.idea_id)
        .where(Idea.merged_into_id.is_(None))
    )
    found["stem_votes"] = float(db.session.scalar(votes) or 0)
    waiting = select(func.count()).select_from(MailMessage).where(MailMessage.sent_at.is_(None))
    found["stem_mail_waiting"] = db.session.scalar(waiting) or 0
    newest = db.session.scalar(select(func.max(Standing.computed_at)))
    if newest is not None:
        found["stem_standing_computed_timestamp_seconds"] = round(newest.timestamp())
    return found


def is_ready() -> bool:
    """Whether the database answers with our tables."""
    db.session.execute(select(Call.id).limit(1)).all()
    return True
