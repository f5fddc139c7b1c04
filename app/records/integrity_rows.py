"""The votes of a call with what is known of their voters, as columns for app.domain.integrity: a few statements.

Nothing here reads what somebody wrote. Votes under an exclusion that is in force are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Float, and_, cast, exists, extract, func, select

from app.db import db
from app.domain.ballot import GROUPS
from app.domain.integrity import Base, Columns, Thresholds, thresholds_from
from app.domain.integrity.columns import Bools, Floats, Ints
from app.domain.lifecycle import IdeaState
from app.domain.ranking import ThemeRanking, Votes, rank_themes
from app.models.gathering import Registration, RegistrationState
from app.models.idea import Idea, IdeaTheme
from app.models.integrity import NetworkTrace, SignalVote
from app.models.person import Person
from app.models.process import Activity, Call, Process, Theme
from app.models.vote import Vote
from app.models.workshop import Workshop
from app.records import standings, vote_rows
from app.records.ranking_rules import Rules
from app.records.vote_rows import VoteRows

AROUND = timedelta(minutes=30)
"""So long before and after a workshop votes of who is there count as cast in it."""
FIRST_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Platform:
    """Every vote on the platform that counts, and everybody who could cast one.

    rows: groups are places in `GROUPS`. people (ids, sorted), created (seconds) and votes_cast: shape (P,).
    """

    rows: VoteRows
    people: Ints
    created: Floats
    votes_cast: Ints

    def base(self, thresholds: Thresholds) -> Base:
        """What is usual. Shares begin at one half, as if there had been two votes of which one was such a vote: a
        platform on which nobody voted yet knows nothing that is unusual."""
        total = len(self.rows.person)
        age = self.rows.moment - self.created[np.searchsorted(self.people, self.rows.person)]
        new = int((age < thresholds.new_hours * 3600.0).sum())
        few = int(self.votes_cast[self.votes_cast <= thresholds.one_off_most].sum())
        return Base(new=(new + 1) / (total + 2), one_off=(few + 1) / (total + 2))


def thresholds_of(call_id: int) -> Thresholds:
    """The thresholds of the process of a call."""
    settings = db.session.scalars(
        select(Process.integrity_settings).join(Call, Call.process_id == Process.id).where(Call.id == call_id)
    ).one()
    return thresholds_from(settings)


def _seconds(moment: Any) -> ColumnElement[float]:
    return cast(extract("epoch", moment), Float)


def platform() -> Platform:
    """Every vote that counts, once for all calls; two statements."""
    rows = vote_rows.read(Vote.excluded_at.is_(None), GROUPS)
    found = db.session.execute(select(Person.id, _seconds(Person.created_at)).order_by(Person.id)).all()
    people = np.array([row[0] for row in found], dtype=np.int64)
    rows = _only(rows, np.isin(rows.person, people))
    return Platform(
        rows,
        people,
        np.array([row[1] for row in found], dtype=np.float64),
        np.bincount(np.searchsorted(people, rows.person), minlength=len(people)).astype(np.int64),
    )


def _only(rows: VoteRows, chosen: Bools) -> VoteRows:
    return VoteRows(
        rows.person[chosen], rows.idea[chosen], rows.value[chosen], rows.group[chosen], rows.moment[chosen]
    )


def votes(call_id: int, groups: Sequence[str], but_also_of: int | None = None) -> VoteRows:
    """The votes on the published ideas of a call that count, and those of a signal whether they count or not; one
    statement."""
    counts: ColumnElement[bool] = Vote.excluded_at.is_(None)
    if but_also_of is not None:
        counts = counts | exists().where(
            SignalVote.signal_id == but_also_of,
            SignalVote.idea_id == Vote.idea_id,
            SignalVote.person_id == Vote.person_id,
        )
    return vote_rows.read(_published(call_id), groups, counts=counts)


def read(call_id: int, groups: Sequence[str], around: Platform) -> tuple[VoteRows, Columns]:
    """The votes on the published ideas of a call, with groups as places in `groups`, and the columns that the signals
    read, in the same order; four statements. Raises ValueError for a vote of a group that is not among them.
    """
    ideas = db.session.execute(
        select(Idea.id, _seconds(func.coalesce(Idea.published_at, Idea.created_at)))
        .where(_published(call_id))
        .order_by(Idea.id)
    ).all()
    ids = np.array([row[0] for row in ideas], dtype=np.int64)
    rows = _only(around.rows, np.isin(around.rows.idea, ids))
    place = np.array([groups.index(group) if group in groups else -1 for group in GROUPS], dtype=np.int64)
    rows = replace(rows, group=place[rows.group])
    if bool((rows.group < 0).any()):
        raise ValueError("Somebody of a group that the process does not know voted.")
    person, week, network = traces()
    return rows, Columns(
        idea=rows.idea,
        person=rows.person,
        value=rows.value,
        moment=rows.moment,
        muted=_muted(call_id, rows),
        people=around.people,
        created=around.created,
        votes_cast=around.votes_cast,
        ideas=ids,
        opened=np.array([row[1] for row in ideas], dtype=np.float64),
        trace_person=person,
        trace_week=week,
        trace_network=network,
    )


def _published(call_id: int) -> ColumnElement[bool]:
    return and_(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)


def traces() -> tuple[Ints, Ints, Ints]:
    """Who took part from which network in which week: ids of people, numbers of weeks, a number per hash."""
    rows = db.session.execute(select(NetworkTrace.person_id, NetworkTrace.week, NetworkTrace.network)).all()
    weeks = {week: (week - FIRST_MONDAY).days // 7 for week in {row[1] for row in rows}}
    hashes = {name: number for number, name in enumerate(sorted({row[2] for row in rows}))}
    return (
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([weeks[row[1]] for row in rows], dtype=np.int64),
        np.array([hashes[row[2]] for row in rows], dtype=np.int64),
    )


def _muted(call_id: int, rows: VoteRows) -> Bools:
    """Which votes were cast by people who were checked in at a workshop of the call, during that workshop.

    Who is checked in at a workshop where nobody is: everybody who had a place. A vote that a merge carried along
    keeps the moment at which it was cast.
    """
    muted = np.zeros(len(rows.idea), dtype=np.bool_)
    for starts_at, ends_at, people in _workshops(call_id):
        inside = (rows.moment >= starts_at.timestamp()) & (rows.moment <= ends_at.timestamp())
        muted |= inside & np.isin(rows.person, people)
    return muted


def _workshops(call_id: int) -> list[tuple[datetime, datetime, list[int]]]:
    """The workshops of a call: from when until when, and who was there."""
    found = db.session.execute(
        select(Activity.id, Activity.starts_at, Activity.ends_at, Workshop.minutes)
        .join(Workshop, Workshop.activity_id == Activity.id)
        .where(Workshop.call_id == call_id, Activity.starts_at.is_not(None))
    ).all()
    registered: dict[int, list[tuple[int, bool]]] = {row[0]: [] for row in found}
    for activity, person, ticked in db.session.execute(
        select(
            Registration.activity_id, Registration.person_id, Registration.checked_in_at.is_not(None)
        ).where(
            Registration.activity_id.in_(registered),
            (Registration.state == RegistrationState.COMING) | Registration.checked_in_at.is_not(None),
        )
    ):
        registered[activity].append((person, bool(ticked)))
    periods = []
    for activity, starts_at, ends_at, minutes in found:
        assert starts_at is not None
        people = registered[activity]
        ticks = any(ticked for _person, ticked in people)
        there = [person for person, ticked in people if ticked or not ticks]
        end = ends_at or starts_at + timedelta(minutes=minutes)
        periods.append((starts_at - AROUND, end + AROUND, there))
    return periods


@dataclass(frozen=True, slots=True)
class WorkshopAgenda:
    """The themes on the agenda of a workshop, in order; None when its minutes do not suffice."""

    workshop_id: int
    title: str
    themes: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class AgendaFrame:
    """What agendas follow from beside the votes: themes, their ideas, and what was fixed for every workshop."""

    idea_ids: tuple[int, ...]
    theme_ids: tuple[int, ...]
    titles: dict[int, str]
    minutes: dict[int, int]
    pairs: tuple[Ints, Ints]
    workshops: tuple[tuple[int, str, int, tuple[Any, ...]], ...]


def agenda_frame(call_id: int) -> AgendaFrame | None:
    """What the agendas of a call follow from; None when votes do not decide them: no workshop, or people tick."""
    workshops = db.session.execute(
        select(Workshop.id, Activity.title, Workshop.minutes)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Call, Call.id == Workshop.call_id)
        .where(Workshop.call_id == call_id, Call.agenda_ballot.is_(False))
        .order_by(Workshop.id)
    ).all()
    if not workshops:
        return None
    idea_ids = tuple(db.session.scalars(select(Idea.id).where(_published(call_id)).order_by(Idea.id)))
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    themes = db.session.execute(
        select(Theme.id, Theme.title, Theme.minutes)
        .where(Theme.process_id == process)
        .order_by(Theme.position, Theme.id)
    ).all()
    place = {row[0]: number for number, row in enumerate(themes)}
    row_of = {idea: number for number, idea in enumerate(idea_ids)}
    pairs = [
        (row_of[idea], place[theme])
        for idea, theme in db.session.execute(
            select(IdeaTheme.idea_id, IdeaTheme.theme_id)
            .join(Idea, Idea.id == IdeaTheme.idea_id)
            .where(_published(call_id))
        )
        if idea in row_of and theme in place
    ]
    fixed = []
    for number, title, minutes in workshops:
        items = standings.fixed_items(number)
        for item in items:
            db.session.expunge(item)  # read when the database has been let go
        fixed.append((number, title, minutes, tuple(items)))
    return AgendaFrame(
        idea_ids,
        tuple(place),
        {row[0]: row[1] for row in themes},
        {row[0]: row[2] for row in themes},
        (
            np.array([pair[0] for pair in pairs], dtype=np.int64),
            np.array([pair[1] for pair in pairs], dtype=np.int64),
        ),
        tuple(fixed),
    )


def agendas(frame: AgendaFrame, rules: Rules, rows: VoteRows, chosen: Bools) -> tuple[WorkshopAgenda, ...]:
    """The agendas of the workshops of a call as these votes alone would make them; no statement."""
    themes = _themes(frame, rules, rows, chosen)
    found = []
    for number, title, minutes, fixed in frame.workshops:
        try:
            draft = standings.agenda_of(themes, minutes, frame.minutes, fixed)
            on = tuple(int(theme) for theme in draft.items)
        except ValueError:
            on = None
        found.append(WorkshopAgenda(number, title, on))
    return tuple(found)


def _themes(frame: AgendaFrame, rules: Rules, rows: VoteRows, chosen: Bools) -> ThemeRanking:
    ids = np.array(frame.idea_ids, dtype=np.int64)
    chosen = chosen & np.isin(rows.idea, ids)
    person, idea = rows.person[chosen], rows.idea[chosen]
    voters, first, voter = np.unique(person, return_index=True, return_inverse=True)
    cast_votes = Votes.of(
        voter.reshape(-1),
        np.searchsorted(ids, idea),
        rows.value[chosen],
        rows.group[chosen][first] if len(voters) else [],
        len(ids),
    )
    return rank_themes(
        cast_votes,
        frame.idea_ids,
        frame.pairs,
        frame.theme_ids,
        rules.parameters,
        rules.seed,
        weighting=rules.weighting,
    )
