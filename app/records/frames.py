"""What a list of ideas stands in: a process with its calls, phases, themes and rules; one statement, kept a second."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.domain.ranking import Weighting
from app.kit.kept import Kept
from app.models.process import Call, CallKind, Process, ProcessState, Theme
from app.records import calls
from app.records.calls import CallRow
from app.records.standings import Rules, parameters_from


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """A theme as cards, chips and filters show it."""

    id: int
    slug: str
    title: str
    icon: str
    accent: int
    position: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A process with what its lists of ideas need."""

    process_id: int
    calls: tuple[CallRow, ...]
    call: CallRow
    """The call that was asked for, or the main one."""
    themes: tuple[ThemeTag, ...]
    rules: Rules

    def theme(self, slug: str) -> ThemeTag | None:
        """The theme with this name in addresses."""
        return next((theme for theme in self.themes if theme.slug == slug), None)


_frames: Kept[Frame] = Kept("frames")


def of_call(slug: str = "") -> Frame | None:
    """The process of the call with this name; without a name that of the main call. None when there is none."""
    return _frames.get(slug, lambda _stale: read(slug))


def read(slug: str = "") -> Frame | None:
    """The same, from the database at this moment."""
    rows = db.session.execute(_statement(slug)).all()
    if not rows:
        return None
    width = len(calls.COLUMNS)
    themes = {row[width + 2]: ThemeTag(*row[width + 2 :]) for row in rows if row[width + 2] is not None}
    # Every phase comes once with every theme; the first theme is enough to gather the calls from.
    first = rows[0][width + 2]
    found = calls.gather(row for row in rows if row[width + 2] == first)
    call = next(
        (row for row in found if row.slug == slug),
        next((row for row in found if row.kind == CallKind.IDEAS), found[0]),
    )
    settings, seed = rows[0][width], rows[0][width + 1]
    return Frame(
        process_id=call.process_id,
        calls=tuple(found),
        call=call,
        themes=tuple(sorted(themes.values(), key=lambda theme: (theme.position, theme.id))),
        rules=Rules(
            parameters_from(settings), Weighting(settings.get("weighting", Weighting.PER_GROUP)), seed
        ),
    )


def _statement(slug: str) -> Select[Any]:
    if slug:
        process = select(Call.process_id).where(Call.slug == slug)
    else:
        process = (
            select(Process.id)
            .join(Call, Call.process_id == Process.id)
            .order_by(Process.state != ProcessState.OPEN, Process.starts_at.desc(), Process.id.desc())
            .limit(1)
        )
    return (
        calls.joined()
        .add_columns(
            Process.ranking_settings,
            Process.tie_seed,
            Theme.id,
            Theme.slug,
            Theme.title,
            Theme.icon,
            Theme.accent,
            Theme.position,
        )
        .outerjoin(Theme, Theme.process_id == Process.id)
        .where(Call.process_id == process.scalar_subquery())
    )
