"""The computed results that pages read: themes, agendas and numbers of a call, computed anew when anything changed."""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, case, delete, func, insert, select, update

from app.db import begin_read, begin_write, db
from app.domain.ranking import (
    AgendaDraft,
    FixedBlock,
    Item,
    ThemeMethod,
    ThemeRanking,
    Weighting,
    agenda_record,
    draft_agenda,
    infer_ballots,
    theme_rankings,
    themes_record,
    withhold,
)
from app.domain.ranking.publishing import hidden_beside
from app.models.idea import Idea
from app.models.process import Call, Theme
from app.models.standing import Standing
from app.models.vote import Tally
from app.models.workshop import AgendaItem, AgendaItemKind, Workshop
from app.records import agenda_ballots, ranking_rules, vote_tables
from app.records.agenda_ballots import Ticks
from app.records.ranking_rules import Rules
from app.records.vote_tables import VoteTable

THEMES = "themes"
NUMBERS = "numbers"
RECENT = "recent"
EXPOSURE = "exposure"
"""How often ideas were seen, which app.records.exposures writes down; nothing of votes, so it outlives them."""
LOOKED = "integrity"
"""When somebody looked what stands out in the votes, which app.features.integrity.looking writes down."""
LASTING = (EXPOSURE, LOOKED)
"""Kinds that are not computed here, so that computing leaves them."""
DRAFT = "draft:"
"""How kinds begin that app.records.agenda_drafts computes from sealed ballots; no vote of today changes them."""
FIXED_KINDS = (AgendaItemKind.OPENING, AgendaItemKind.BREAK, AgendaItemKind.CLOSING)


def _of_call(amount: Any, source: Any, *joined: Any) -> Any:
    """The sum of an amount over what belongs to the call of the outer statement."""
    statement = select(func.coalesce(func.sum(amount), 0)).select_from(source)
    for condition in joined:
        statement = statement.where(condition)
    return statement.correlate(Call).scalar_subquery()


_INPUT = (
    _of_call(Tally.changes, Tally, Tally.idea_id == Idea.id, Idea.call_id == Call.id),
    _of_call(Idea.version, Idea, Idea.call_id == Call.id),
    _of_call(Theme.minutes * (Theme.id % 1009 + 1), Theme, Theme.process_id == Call.process_id),
    _of_call(
        (AgendaItem.id + 1) * AgendaItem.minutes
        + AgendaItem.position
        + func.coalesce(AgendaItem.theme_id, 0) * 13
        + func.length(AgendaItem.kind) * 11
        + func.length(AgendaItem.title) * 5
        + func.length(AgendaItem.reason) * 3,
        AgendaItem,
        AgendaItem.workshop_id == Workshop.id,
        Workshop.call_id == Call.id,
    ),
    _of_call(Workshop.minutes * (Workshop.id % 1009 + 1), Workshop, Workshop.call_id == Call.id),
    case((Call.agenda_ballot, Call.agenda_changes + 1), else_=0),
)
"""What the standings of a call follow from: votes, ideas, themes, fixed items and minutes of its workshops, and
what people ticked while they can tick."""


def _version(sums: Sequence[Any]) -> str:
    return ":".join(str(int(value)) for value in sums)


def input_version(call_id: int) -> str:
    """What the standings of a call follow from, in one cheap value: it differs after any vote or change."""
    return _version(db.session.execute(select(*_INPUT).where(Call.id == call_id)).one())


def out_of_date() -> list[int]:
    """The calls whose standings do not follow from what there is now, in one statement; not those that rest."""
    begin_read()
    rows = db.session.execute(
        select(Call.id, Standing.input_version, *_INPUT)
        .outerjoin(Standing, and_(Standing.call_id == Call.id, Standing.kind == THEMES))
        .order_by(Call.id)
    ).all()
    db.session.rollback()
    late = [row[0] for row in rows if row[1] != _version(row[2:])]
    return [call_id for call_id in late if _resting.get(call_id, 0.0) <= time.monotonic()]


def agenda_of(
    themes: ThemeRanking,
    minutes: int,
    theme_minutes: Mapping[int, int],
    fixed: Sequence[AgendaItem] = (),
    weighting: Weighting | None = None,
    ticks: Ticks | None = None,
) -> AgendaDraft:
    """Divide the minutes over the eligible themes. Pinned themes come along even when they are not eligible.

    With the ticks of a direct agenda vote, ballots and eligible themes follow from those alone.

    Raises ValueError when the fixed blocks and pinned themes take more time than there is.
    """
    pinned = {item.theme_id: item for item in fixed if item.kind == AgendaItemKind.PINNED}
    skipped = {item.theme_id: item for item in fixed if item.kind == AgendaItemKind.SKIPPED}
    retimed = {
        item.theme_id: item.minutes
        for item in fixed
        if item.kind == AgendaItemKind.RETIMED and item.theme_id is not None
    }
    lengths = {**theme_minutes, **retimed}
    ticked = ticks.ballots(ticks.theme_ids) if ticks else None
    eligible = (
        [int(theme) for theme in ticked.supported(themes.parameters.min_supporters)]
        if ticked
        else [int(row.id) for row in themes.rows]
    )
    items = []
    for theme_id in [*eligible, *(int(t) for t in pinned if t is not None and t not in eligible)]:
        pin, skip = pinned.get(theme_id), skipped.get(theme_id)
        items.append(
            Item(
                theme_id,
                minutes=pin.minutes if pin else lengths[theme_id],
                pinned=pin.reason if pin else "",
                skipped=skip.reason if skip and not pin else "",
            )
        )
    blocks = [FixedBlock(item.title, item.minutes) for item in fixed if item.kind in FIXED_KINDS]
    ballots = ticked or infer_ballots(
        themes.positions, [item.id for item in items], themes.parameters.min_votes
    )
    return draft_agenda(
        ballots, items, minutes, themes.parameters, weighting or themes.weighting, themes.seed, blocks
    )


def agenda_kind(workshop_id: int, weighting: Weighting) -> str:
    """The kind under which the draft agenda of a workshop is kept."""
    return f"agenda:{workshop_id}:{weighting}"


def themes_kind(method: ThemeMethod, weighting: Weighting) -> str:
    """The kind under which the ranking of themes by a method and weighting is kept."""
    return f"{THEMES}:{method}:{weighting}"


def refresh(call_id: int, now: datetime, *, anew: bool = False) -> bool:
    """Compute themes and agendas of a call when anything changed since (or `anew`); whether it did. Commits.

    Reads first and lets go of the database while it computes, so that nobody waits.
    """
    version = input_version(call_id)
    standing = db.session.get(Standing, (call_id, THEMES))
    if standing is not None and standing.input_version == version and not anew:
        return False
    rules = ranking_rules.rules_of(call_id)
    table = vote_tables.vote_table(call_id, rules.parameters.groups)
    ticks = agenda_ballots.if_open(call_id, rules.parameters.groups)
    workshops = db.session.scalars(select(Workshop).where(Workshop.call_id == call_id)).all()
    theme_minutes = theme_minutes_of(call_id)
    plans = [(workshop.id, workshop.minutes, fixed_items(workshop.id)) for workshop in workshops]
    for _number, _minutes, items in plans:
        for item in items:
            db.session.expunge(item)  # read below, when the database has been let go
    db.session.rollback()
    computed = _computed(table, rules, plans, theme_minutes, ticks, now)
    begin_write()
    # Two may have computed at once: the second waits here, then replaces what the first wrote.
    db.session.execute(select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))
    if ranking_rules.rules_of(call_id) != rules:
        version = ""  # somebody changed the rules meanwhile: once more at the next turn
    db.session.execute(
        delete(Standing).where(
            Standing.call_id == call_id, Standing.kind.not_in(LASTING), Standing.kind.not_like(f"{DRAFT}%")
        )
    )
    rows = [
        {"call_id": call_id, "kind": kind, "input_version": version, "data": data, "computed_at": now}
        for kind, data in computed.items()
    ]
    db.session.execute(insert(Standing), rows)
    db.session.commit()
    return True


def _computed(
    table: VoteTable,
    rules: Rules,
    plans: Sequence[tuple[int, int, list[AgendaItem]]],
    theme_minutes: Mapping[int, int],
    ticks: Ticks | None,
    now: datetime,
) -> dict[str, Any]:
    """Every record of a call by its kind. plans: number, minutes and fixed items of its workshops; no statement."""
    rankings = theme_rankings(
        table.votes, table.idea_ids, table.idea_themes, table.theme_ids, rules.parameters, rules.seed
    )
    themes = rankings[ThemeMethod.MEERDERHEID, rules.weighting]
    computed: dict[str, Any] = {
        themes_kind(method, weighting): themes_record(ranking)
        for (method, weighting), ranking in rankings.items()
    }
    computed[THEMES] = computed[themes_kind(ThemeMethod.MEERDERHEID, rules.weighting)]
    computed[NUMBERS] = {
        "voters": int((themes.positions.votes_cast > 0).sum()),
        "votes": int(themes.positions.votes_cast.sum()),
        **(ticks.record() if ticks else {"ballots": agenda_ballots.INFERRED}),
    }
    computed[RECENT] = recent_record(
        table.idea_ids, vote_tables.recent_of(table, now, rules.parameters), rules, now
    )
    beside = None if ticks else hidden_beside_themes(themes)
    for workshop_id, minutes, fixed in plans:
        for weighting in Weighting:
            try:
                draft = agenda_of(themes, minutes, theme_minutes, fixed, weighting, ticks)
                record: Any = agenda_record(withhold(draft, beside))
            except ValueError as error:
                record = {"error": str(error)}
            computed[agenda_kind(workshop_id, weighting)] = record
    return computed


def hidden_beside_themes(themes: ThemeRanking) -> dict[Any, frozenset[int]]:
    """What the agenda must not tell because the page of themes withholds it."""
    ranked = (*themes.rows, *themes.too_few)
    return hidden_beside(
        themes.parameters.groups, [(row.id, row.supporters, row.opponents, row.neutral) for row in ranked]
    )


def recent_record(
    idea_ids: Sequence[int], support: NDArray[np.float64], rules: Rules, now: datetime
) -> dict[str, Any]:
    """Actueel of every idea at a moment. It fades alike for all, so only a vote changes the order."""
    return {
        "at": now.isoformat(),
        "half_life_days": rules.parameters.half_life_days,
        "ideas": {str(idea): value for idea, value in zip(idea_ids, support.tolist(), strict=True)},
    }


def refresh_all(now: datetime, patience: float = 5.0) -> None:
    """Bring the standings of every call up to date; what takes long is done less often."""
    for call_id in out_of_date():
        started = time.monotonic()
        refresh(call_id, now)
        took = time.monotonic() - started
        _resting[call_id] = time.monotonic() + min(patience, 3 * took)
    db.session.rollback()


_resting: dict[int, float] = {}
"""Until when (monotonic seconds) a call rests: three times as long as it took last, at most five seconds."""


def read(call_id: int, kind: str) -> Standing | None:
    """The last computed result of a kind, or None when nothing was computed yet."""
    return db.session.get(Standing, (call_id, kind))


def current(call_id: int, kind: str, now: datetime) -> Standing | None:
    """The last computed result; computed here only when that never happened (a fresh site, before its first job).

    None when the call knows no such result.
    """
    standing = read(call_id, kind)
    if standing is None:
        begin_write()
        refresh(call_id, now, anew=True)
        standing = read(call_id, kind)
    return standing


def several(call_id: int, kinds: Collection[str], now: datetime) -> dict[str, Standing]:
    """The last computed results of these kinds, in one statement; computed here only when one never was."""

    def found() -> dict[str, Standing]:
        rows = db.session.scalars(
            select(Standing).where(Standing.call_id == call_id, Standing.kind.in_(kinds))
        )
        return {standing.kind: standing for standing in rows}

    standing = found()
    if len(standing) < len(kinds):
        begin_write()
        refresh(call_id, now, anew=True)
        standing = found()
    return standing


def outdate(call_id: int) -> None:
    """Have the standings of a call computed anew at the next turn, whatever they were computed from.

    The caller commits.
    """
    db.session.execute(
        update(Standing)
        .where(Standing.call_id == call_id, Standing.kind.not_like(f"{DRAFT}%"))
        .values(input_version="")
    )


def fixed_items(workshop_id: int) -> list[AgendaItem]:
    """What the facilitator fixed for a workshop, in order."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.workshop_id == workshop_id)
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def theme_minutes_of(call_id: int) -> dict[int, int]:
    """The minutes that every theme of a call usually takes."""
    process = select(Call.process_id).where(Call.id == call_id).scalar_subquery()
    rows = db.session.execute(select(Theme.id, Theme.minutes).where(Theme.process_id == process))
    return {row[0]: row[1] for row in rows}
