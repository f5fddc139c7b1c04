"""The account moderators give of their work: what was decided how often, for which rule, how fast. Only counts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Float, Select, and_, case, cast, exists, extract, func, or_, select

from app.db import db
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument
from app.models.duplicate import Merge
from app.models.idea import Idea
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason, ExclusionState
from app.models.moderation import (
    Appeal,
    AppealOutcome,
    ModerationDecision,
    ModerationVerb,
    Report,
    ReportOutcome,
    ReportReason,
    Sanction,
    SanctionKind,
)
from app.models.practice import Practice
from app.models.process import Call
from app.models.queue import QueueItem, QueueKind
from app.records import calls

PERIOD = timedelta(days=30)
TEXTS = (
    QueueKind.IDEA,
    QueueKind.AMENDMENT,
    QueueKind.IMAGE,
    QueueKind.ARGUMENT,
    QueueKind.REPLY,
    QueueKind.PRACTICE,
)
WAITS = {"texts": TEXTS, "reports": (QueueKind.REPORT,), "appeals": (QueueKind.APPEAL,)}


@dataclass(frozen=True, slots=True)
class Wait:
    """How long something waited for a moderator, in seconds, and how often the promise was kept."""

    number: int
    median: float | None = None
    ninetieth: float | None = None
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """All figures of one process over one period."""

    decisions: Mapping[tuple[ModerationVerb, RefusalReason | None], int]
    overturned: int
    """How many of these were put back after an appeal."""
    by_site: int
    """How many the site took by itself, by a rule that organisers chose."""
    waits: Mapping[str, Wait]
    waiting_now: int
    late_now: int
    reports: Mapping[tuple[ReportReason, str], int]
    """By reason and outcome: right, kept, open or handled."""
    appeals: Mapping[str, int]
    """lodged, upheld, rejected, open, late."""
    merges: int
    excluded: Mapping[ExclusionReason, int]
    sanctions: Mapping[SanctionKind, int]
    """On the whole site: people are not blocked in one process."""
    lifted: int
    verbs: Mapping[ModerationVerb, int] = field(default_factory=dict)
    rules: Mapping[RefusalReason, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All decisions together."""
        return sum(self.decisions.values())


def of(process_id: int, since: datetime | None, now: datetime) -> Account:
    """The account of a process from a moment on, or from its beginning; nine statements, none reads a text.

    Of a call whose counts are hidden it tells no votes, also not those that do not count.
    """
    silent = [call.id for call in calls.of_process(process_id) if call.hides_counts(now)]
    decided = _decisions(process_id, since)
    verbs: dict[ModerationVerb, int] = {}
    rules: dict[RefusalReason, int] = {}
    for (verb, reason), number in decided.items():
        verbs[verb] = verbs.get(verb, 0) + number
        if reason is not None:
            rules[reason] = rules.get(reason, 0) + number
    overturned, by_site = _aside(process_id, since)
    waiting_now, late_now = _waiting(process_id, now)
    sanctions, lifted = _sanctions(since)
    return Account(
        decided, overturned, by_site, _waits(process_id, since), waiting_now, late_now,
        _reports(process_id, since), _appeals(process_id, since, now), _merges(process_id, since),
        _excluded(process_id, since, silent), sanctions, lifted, verbs, rules,
    )  # fmt: skip


def _upheld() -> Any:
    return exists().where(Appeal.decision_id == ModerationDecision.id, Appeal.outcome == AppealOutcome.UPHELD)


def _in_process(query: Select[*tuple[Any, ...]], table: Any, process_id: int) -> Select[*tuple[Any, ...]]:
    """Rows about a text of the process: an idea, an argument on one, or an example."""
    return (
        query.outerjoin(Argument, Argument.id == table.argument_id)
        .outerjoin(Idea, Idea.id == func.coalesce(table.idea_id, Argument.idea_id))
        .outerjoin(Call, Call.id == Idea.call_id)
        .outerjoin(Practice, Practice.id == table.practice_id)
        .where(func.coalesce(Call.process_id, Practice.process_id) == process_id)
    )


def _counted(process_id: int, since: datetime | None, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Decisions that count: not those that a moderator took back at once, but those that an appeal overturned."""
    query = _in_process(select(*columns).select_from(ModerationDecision), ModerationDecision, process_id)
    query = query.where(or_(ModerationDecision.undone_at.is_(None), _upheld()))
    return query if since is None else query.where(ModerationDecision.decided_at >= since)


def _decisions(
    process_id: int, since: datetime | None
) -> dict[tuple[ModerationVerb, RefusalReason | None], int]:
    columns = (ModerationDecision.verb, ModerationDecision.reason)
    rows = db.session.execute(_counted(process_id, since, *columns, func.count()).group_by(*columns))
    return {(row[0], row[1]): row[2] for row in rows}


def _aside(process_id: int, since: datetime | None) -> tuple[int, int]:
    overturned = func.count().filter(_upheld())
    by_site = func.count().filter(ModerationDecision.moderator_id.is_(None))
    row = db.session.execute(_counted(process_id, since, overturned, by_site)).one()
    return row[0], row[1]


def _waits(process_id: int, since: datetime | None) -> dict[str, Wait]:
    """What moderators closed; what its author took back meanwhile nobody had to wait for."""
    start, end = extract("epoch", QueueItem.waits_since), extract("epoch", QueueItem.closed_at)
    query = select(
        case(*((QueueItem.kind.in_(kinds), name) for name, kinds in WAITS.items()), else_=""),
        cast(end, Float) - cast(start, Float),
        QueueItem.closed_at <= QueueItem.due_at,
    ).where(
        QueueItem.process_id == process_id,
        QueueItem.closed_at.is_not(None),
        QueueItem.closed_by_id.is_not(None),
    )
    if since is not None:
        query = query.where(QueueItem.closed_at >= since)
    seconds: dict[str, list[float]] = {name: [] for name in WAITS}
    kept = dict.fromkeys(WAITS, 0)
    for name, waited, in_time in db.session.execute(query):
        if name:
            seconds[name].append(max(float(waited), 0.0))
            kept[name] += bool(in_time)
    return {name: _wait(values, kept[name]) for name, values in seconds.items()}


def _wait(seconds: list[float], kept: int) -> Wait:
    if not seconds:
        return Wait(0)
    median, ninetieth = np.percentile(np.array(seconds), [50, 90])
    return Wait(len(seconds), float(median), float(ninetieth), kept)


def _waiting(process_id: int, now: datetime) -> tuple[int, int]:
    row = db.session.execute(
        select(func.count(), func.count().filter(QueueItem.due_at < now)).where(
            QueueItem.process_id == process_id, QueueItem.closed_at.is_(None)
        )
    ).one()
    return row[0], row[1]


def _reports(process_id: int, since: datetime | None) -> dict[tuple[ReportReason, str], int]:
    outcome = case(
        (Report.outcome == ReportOutcome.RIGHT, "right"),
        (Report.outcome == ReportOutcome.KEPT, "kept"),
        (Report.handled_at.is_not(None), "handled"),
        else_="open",
    )
    query = _in_process(select(Report.reason, outcome, func.count()).select_from(Report), Report, process_id)
    if since is not None:
        query = query.where(Report.created_at >= since)
    return {(row[0], row[1]): row[2] for row in db.session.execute(query.group_by(Report.reason, outcome))}


def _appeals(process_id: int, since: datetime | None, now: datetime) -> dict[str, int]:
    open_ = Appeal.decided_at.is_(None)
    query = _in_process(
        select(
            func.count(),
            func.count().filter(Appeal.outcome == AppealOutcome.UPHELD),
            func.count().filter(Appeal.outcome == AppealOutcome.REJECTED),
            func.count().filter(open_),
            func.count().filter(and_(open_, Appeal.due_at < now)),
        )
        .select_from(Appeal)
        .join(ModerationDecision, ModerationDecision.id == Appeal.decision_id),
        ModerationDecision,
        process_id,
    )
    if since is not None:
        query = query.where(Appeal.created_at >= since)
    names = ("lodged", "upheld", "rejected", "open", "late")
    return dict(zip(names, db.session.execute(query).one(), strict=True))


def _merges(process_id: int, since: datetime | None) -> int:
    query = (
        select(func.count())
        .select_from(Merge)
        .join(Idea, Idea.id == Merge.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(Call.process_id == process_id, Merge.undone_at.is_(None))
    )
    return db.session.scalar(query if since is None else query.where(Merge.merged_at >= since)) or 0


def _excluded(process_id: int, since: datetime | None, silent: Collection[int]) -> dict[ExclusionReason, int]:
    """Votes that do not count, per reason; none of the calls whose counts are hidden now."""
    query = (
        select(Exclusion.reason, func.count())
        .select_from(ExcludedVote)
        .join(Exclusion, Exclusion.id == ExcludedVote.exclusion_id)
        .join(Call, Call.id == Exclusion.call_id)
        .where(
            Call.process_id == process_id,
            Exclusion.state == ExclusionState.IN_FORCE,
            ExcludedVote.merge_id.is_(None),
            ExcludedVote.from_at.is_not(None),
            ExcludedVote.lifted_at.is_(None),
        )
        .group_by(Exclusion.reason)
    )
    if since is not None:
        query = query.where(ExcludedVote.from_at >= since)
    if silent:
        query = query.where(Call.id.not_in(silent))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _sanctions(since: datetime | None) -> tuple[dict[SanctionKind, int], int]:
    query = select(
        Sanction.kind, func.count(), func.count().filter(Sanction.lifted_at.is_not(None))
    ).group_by(Sanction.kind)
    if since is not None:
        query = query.where(Sanction.started_at >= since)
    rows = db.session.execute(query).all()
    return {row[0]: row[1] for row in rows}, sum(row[2] for row in rows)


Line = tuple[str, str, str, int | float | None]
"""Part, subject, detail and number: one line of the open data."""


def lines(account: Account) -> Iterator[Line]:
    """Every figure as one line, with the words of the code."""
    for (verb, reason), number in sorted(account.decisions.items(), key=lambda item: str(item[0])):
        yield "decisions", verb.value, reason.value if reason else "", number
    yield "decisions", "overturned", "", account.overturned
    yield "decisions", "by_the_site", "", account.by_site
    for name, wait in account.waits.items():
        yield "waiting", name, "number", wait.number
        yield "waiting", name, "median_seconds", _whole(wait.median)
        yield "waiting", name, "ninetieth_percentile_seconds", _whole(wait.ninetieth)
        yield "waiting", name, "promise_kept", wait.kept
    yield "waiting", "now", "number", account.waiting_now
    yield "waiting", "now", "late", account.late_now
    for (cause, outcome), number in sorted(account.reports.items()):
        yield "reports", cause.value, outcome, number
    for name, number in account.appeals.items():
        yield "appeals", name, "", number
    yield "merges", "", "", account.merges
    for why, number in sorted(account.excluded.items()):
        yield "votes_that_do_not_count", why.value, "", number
    for kind, number in sorted(account.sanctions.items()):
        yield "measures", kind.value, "", number
    yield "measures", "lifted", "", account.lifted


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
