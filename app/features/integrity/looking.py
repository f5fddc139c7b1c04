"""Looks what stands out in the votes of a call: reads, lets go of the database, computes, and writes down."""

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from sqlalchemy import and_, func, insert, select, update

from app.db import begin_read, begin_snapshot, begin_write, db
from app.domain.integrity import Base, Columns, Finding, Thresholds, detect
from app.domain.integrity.columns import Bools
from app.domain.integrity.findings import Kind
from app.domain.integrity.influence import (
    agenda_influence,
    by_idea,
    flagged_votes,
    influence,
    jumps,
    moved,
    with_votes,
)
from app.domain.ranking import IdeaRanking, Tallies, rank_ideas
from app.models.idea import Idea
from app.models.process import Call, Process, ProcessState
from app.models.standing import Standing
from app.models.vote import Tally
from app.records import integrity_rows, integrity_signals, ranking_rules
from app.records.integrity_rows import AgendaFrame, Platform
from app.records.integrity_signals import Written
from app.records.ranking_rules import Rules
from app.records.standings import LOOKED
from app.records.vote_rows import VoteRows

DAY = 86400.0
log = structlog.get_logger()
SETTLING = timedelta(minutes=1)
"""Networks are written down a little later than votes: after a vote it takes one more look."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was found in the votes of a call, and how many votes were looked at."""

    findings: tuple[Finding, ...]
    votes: int
    newest: float
    """When the last of them was cast (seconds), or 0."""


def due() -> dict[int, str]:
    """The open calls in which anything changed since the last look, each with its version; one statement."""
    begin_read()
    changes = func.coalesce(func.sum(Tally.changes), 0)
    rows = db.session.execute(
        select(Call.id, Standing.input_version, Process.integrity_settings, changes)
        .join(Process, Process.id == Call.process_id)
        .join(Idea, Idea.call_id == Call.id)
        .join(Tally, Tally.idea_id == Idea.id)
        .outerjoin(Standing, and_(Standing.call_id == Call.id, Standing.kind == LOOKED))
        .where(Process.state == ProcessState.OPEN)
        .group_by(Call.id, Standing.input_version, Process.id)
        .having(changes > 0)
        .order_by(Call.id)
    ).all()
    db.session.rollback()
    late = {}
    for call_id, seen, settings, sum_of_changes in rows:
        version = f"{int(sum_of_changes)}:{_mark(settings)}"
        if seen != version:
            late[call_id] = version
    return late


def _mark(settings: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(repr(sorted(settings.items())).encode()):08x}"


def look_at_all(now: datetime) -> dict[int, Written]:
    """Look at every call in which anything changed, and write down what stands out. Commits per call."""
    late = due()
    if not late:
        return {}
    around = read_platform()
    done = {}
    for call_id, version in late.items():
        started = time.monotonic()
        try:
            found = look(call_id, now, around)
        except ValueError:  # settings or groups that make no sense; the other calls go on
            log.exception("look_failed", call=call_id)
            db.session.rollback()
            continue
        begin_write()
        done[call_id] = integrity_signals.write(call_id, found.findings, now)
        settled = now.timestamp() - found.newest >= SETTLING.total_seconds()
        took = round(time.monotonic() - started, 3)
        _looked(call_id, version if settled else "", found, took, now)
        db.session.commit()
    return done


def read_platform() -> Platform:
    """Every vote that counts at this moment."""
    begin_read()
    around = integrity_rows.platform()
    db.session.rollback()
    return around


def look(call_id: int, now: datetime, around: Platform) -> Look:
    """What stands out in the votes of a call. Writes nothing, and holds nothing while it computes."""
    begin_snapshot()
    thresholds = integrity_rows.thresholds_of(call_id)
    rules = ranking_rules.rules_of(call_id)
    rows, columns = integrity_rows.read(call_id, rules.parameters.groups, around)
    frame = integrity_rows.agenda_frame(call_id)
    db.session.rollback()
    findings = find(columns, rows, thresholds, around.base(thresholds), rules, frame, now)
    newest = float(rows.moment.max()) if len(rows.moment) else 0.0
    return Look(tuple(findings), len(rows.moment), newest)


def find(
    columns: Columns,
    rows: VoteRows,
    thresholds: Thresholds,
    base: Base,
    rules: Rules,
    frame: AgendaFrame | None,
    now: datetime,
) -> list[Finding]:
    """S1 to S7 on what was read: first what stands out by itself, then what it changes."""
    until = now.timestamp()
    found = detect(columns, thresholds, base, until)
    if not found:
        return []
    out = flagged_votes(found, columns)
    ideas = by_idea(found, columns)
    ranking = _ranked(rows, columns, rules, np.ones_like(out))
    shadow = _ranked(rows, columns, rules, ~out)
    yesterday = _ranked(rows, columns, rules, rows.moment <= until - DAY)
    flagged = {idea: len(votes) for idea, votes in ideas.items()}
    moves = moved(ranking, shadow, flagged)
    found += influence(moves, ideas, thresholds, len(ranking))
    found += jumps(ranking, yesterday, ideas, thresholds)
    if frame is not None:
        found += _agendas(frame, rules, rows, columns, out)
    return found


def _ranked(rows: VoteRows, columns: Columns, rules: Rules, chosen: Bools) -> IdeaRanking:
    """The ranking by these votes alone."""
    groups, ideas = rules.parameters.groups, columns.ideas.tolist()
    nothing = np.zeros((len(ideas), len(groups)), dtype=np.int64)
    place = np.searchsorted(columns.ideas, rows.idea[chosen])
    tallies = with_votes(
        Tallies.of(ideas, groups, nothing, nothing), place, rows.group[chosen], rows.value[chosen]
    )
    return rank_ideas(tallies, rules.parameters, seed=rules.seed, weighting=rules.weighting)


def _agendas(frame: AgendaFrame, rules: Rules, rows: VoteRows, columns: Columns, out: Bools) -> list[Finding]:
    places = np.flatnonzero(out)
    votes = Finding(Kind.INFLUENCE, "", None, 0, {}, columns.idea[places], columns.person[places])
    found = []
    for now, then in zip(
        integrity_rows.agendas(frame, rules, rows, np.ones_like(out)),
        integrity_rows.agendas(frame, rules, rows, ~out),
        strict=True,
    ):
        if now.themes is not None and then.themes is not None:
            found += agenda_influence(now.workshop_id, now.themes, then.themes, frame.titles, votes)
    return found


def _looked(call_id: int, version: str, found: Look, took: float, now: datetime) -> None:
    """Write down that somebody looked: when, at how many votes, and what there was to find."""
    values = {
        "input_version": version,
        "data": {"votes": found.votes, "found": len(found.findings), "seconds": took},
        "computed_at": now,
    }
    which = Standing.call_id == call_id, Standing.kind == LOOKED
    if db.session.execute(update(Standing).where(*which).values(**values)).rowcount == 0:  # type: ignore[attr-defined]
        db.session.execute(insert(Standing).values(call_id=call_id, kind=LOOKED, **values))
