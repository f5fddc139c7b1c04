"""The dated way of a theme and of a whole process: each in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Integer, bindparam, exists, func, select, union_all

from app.domain.decision import N_
from app.domain.lifecycle import IdeaState
from app.models.council import AnswerClock, CouncilProposal, FocusElement
from app.models.idea import Idea, IdeaTheme
from app.models.outcome import Outcome
from app.models.process import Activity, Call, Process
from app.models.seal import Snapshot
from app.models.workshop import Workshop
from app.records import stations, trail_parts
from app.records.stations import Station
from app.records.trail_parts import Step

_ICONS = {"opened": "flag", "ideas": "idea", "activity": "calendar", "focus_made": "star", "closed": "lock"}


@dataclass(frozen=True, slots=True)
class Way:
    """Everything that happened, oldest first, and the same in seven stations."""

    steps: tuple[Step, ...]
    stations: tuple[Station, ...]
    newest: tuple[tuple[int, str, str], ...] = ()
    """Of a theme its newest ideas: number, title, summary. They come along in the same statement."""


_one = bindparam("one", type_=Integer)
_first_idea = (
    trail_parts.part("ideas", func.min(Idea.published_at), func.count())
    .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
    .where(IdeaTheme.theme_id == _one, Idea.state == IdeaState.PUBLISHED, Idea.published_at.is_not(None))
    .having(func.count() > 0)
)
_calls_of_theme = (
    select(Idea.call_id).join(IdeaTheme, IdeaTheme.idea_id == Idea.id).where(IdeaTheme.theme_id == _one)
)


def _made(*conditions: Any) -> Any:
    """Focus elements that were written down."""
    return trail_parts.part("focus_made", FocusElement.created_at, FocusElement.id, FocusElement.title).where(
        FocusElement.created_at.is_not(None), *conditions
    )


NEWEST = "newest"
MOST_NEWEST = 12
_newest = (
    trail_parts.part(NEWEST, Idea.published_at, Idea.id, Idea.title, Idea.summary)
    .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
    .where(IdeaTheme.theme_id == _one, Idea.state == IdeaState.PUBLISHED)
    .order_by(Idea.published_at.desc(), Idea.id.desc())
    .limit(MOST_NEWEST)
    .subquery()
)
_OF_THEME = union_all(
    select(_newest),
    _first_idea,
    trail_parts.seals(Snapshot.call_id.in_(_calls_of_theme)),
    trail_parts.agendas(trail_parts.names(_one)),
    trail_parts.outcomes(Outcome.theme_id == _one),
    _made(FocusElement.theme_id == _one),
    trail_parts.proposals(FocusElement.theme_id == _one),
    trail_parts.decisions(FocusElement.theme_id == _one),
    trail_parts.milestones(FocusElement.theme_id == _one),
    trail_parts.promises(
        AnswerClock.focus_element_id.in_(select(FocusElement.id).where(FocusElement.theme_id == _one))
    ),
)
_calls = select(Call.id).where(Call.process_id == _one)
_activities = trail_parts.part(
    "activity",
    Activity.starts_at,
    Activity.id,
    Activity.title,
    func.substr(Activity.summary, 1, trail_parts.LONGEST_TEXT),
).where(Activity.process_id == _one, Activity.starts_at.is_not(None))
_edges = union_all(
    trail_parts.part("opened", Process.starts_at, Process.id, "", Process.question).where(Process.id == _one),
    trail_parts.part("closed", Process.ends_at, Process.id).where(
        Process.id == _one, Process.ends_at.is_not(None)
    ),
).subquery()
_ideas_of_process = (
    trail_parts.part("ideas", func.min(Idea.published_at), func.count())
    .join(Call, Call.id == Idea.call_id)
    .where(Call.process_id == _one, Idea.state == IdeaState.PUBLISHED, Idea.published_at.is_not(None))
    .having(func.count() > 0)
)
_OF_PROCESS = union_all(
    select(_edges),
    _ideas_of_process,
    _activities,
    trail_parts.seals(Snapshot.call_id.in_(_calls)),
    trail_parts.agendas(Workshop.call_id.in_(_calls)),
    trail_parts.outcomes(
        exists().where(Workshop.id == Outcome.workshop_id, Workshop.call_id.in_(_calls)).correlate(Outcome)
    ),
    _made(FocusElement.process_id == _one),
    trail_parts.proposals(CouncilProposal.process_id == _one),
    trail_parts.decisions(FocusElement.process_id == _one),
    trail_parts.milestones(FocusElement.process_id == _one),
    trail_parts.promises(AnswerClock.process_id == _one, AnswerClock.focus_element_id.is_not(None)),
)


def of_theme(theme_id: int, now: datetime) -> Way:
    """The trail of a theme, and its newest ideas."""
    return _way(trail_parts.run(_OF_THEME, one=theme_id), now)


def of_process(process_id: int, now: datetime) -> Way:
    """The trail of a process; what is planned stands in it once it has been."""
    return _way(trail_parts.run(_OF_PROCESS, one=process_id), now)


def _way(rows: Sequence[Any], now: datetime) -> Way:
    steps = [
        *trail_parts.steps(rows),
        *(_step(row) for row in rows if row[0] in _ICONS and row[1] is not None),
    ]
    been = sorted((step for step in steps if step.at <= now), key=lambda step: step.at)
    newest = sorted((row for row in rows if row[0] == NEWEST), key=lambda row: (row[1], row[2]), reverse=True)
    return Way(
        tuple(been),
        stations.of_steps(_with_start(been)),
        tuple((row[2], row[3], row[4]) for row in newest),
    )


def _with_start(steps: list[Step]) -> list[Step]:
    """Where ideas came in, both first stations are reached."""
    first = [step for step in steps if step.kind == "ideas"]
    return [
        *(Step(kind, each.at, "", {}, "", "") for each in first for kind in ("submitted", "published")),
        *steps,
    ]


def _step(row: Sequence[Any]) -> Step:
    kind, at, number, word, text, _url = row
    sentence, values, url = {
        "opened": (N_("The process began"), {}, ""),
        "closed": (N_("The process was closed"), {}, ""),
        "ideas": (N_("The first idea came in. There are %(number)s now."), {"number": str(number)}, ""),
        "activity": (
            "%(title)s",
            {"title": word},
            url_for("processes.activity", activity_id=number) if kind == "activity" else "",
        ),
        "focus_made": (N_("This became a focus element: %(title)s"), {"title": word}, ""),
    }[kind]
    return Step(kind, at, sentence, values, text, _ICONS[kind], url=url)
