"""The level of friction: measured from what strangers do, kept as rows, raised at once and lowered a step at a time.

`level` is what everybody asks; it costs one small statement a second per process. `measure` looks at what came in and
raises the level; whoever lets strangers in calls it, and a job does so every few seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from app.db import begin_read, begin_write, db
from app.domain import pressure as rules
from app.domain.pressure import Flow
from app.kit.kept import Kept
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.person import Person, SignInCode
from app.models.pressure import Pressure
from app.policies.friction import YOUNG

MOST_COUNTED = 2000
"""Counting stops here: every level has been reached by then."""
GAIN = timedelta(minutes=1)
"""A level that lasts is written down anew once a minute, not with every request."""

_levels: Kept[tuple[int, bool]] = Kept("pressure-level")
_usual: Kept[dict[str, list[int]]] = Kept("pressure-usual", 3600.0)
_measured: Kept[int] = Kept("pressure-measured")


@dataclass(frozen=True, slots=True)
class State:
    """The level now, why, and until when at the latest if nothing more happens."""

    level: int
    until: datetime | None
    by_hand: bool
    why: str
    rows: Sequence[Pressure]


def level(now: datetime) -> int:
    """How much is asked of strangers now: 0 to 3; at most a second old."""
    return _known(now)[0]


def level_at_a_post(now: datetime) -> int:
    """The level that a text of a stranger meets, measured along with it; unless an organiser fixed it."""
    known, is_fixed = _known(now)
    return known if is_fixed else max(measure(now), known)


def _known(now: datetime) -> tuple[int, bool]:
    """The level, and whether an organiser fixed it; at most a second old."""
    return _levels.get("now", lambda _stale: _level_of(state(now))) or (0, False)


def _level_of(found: State) -> tuple[int, bool]:
    return found.level, found.by_hand


def state(now: datetime) -> State:
    """The level now, read from the rows. What an organiser set goes before what was measured."""
    rows = list(
        db.session.scalars(
            select(Pressure)
            .where(Pressure.until > now, Pressure.started_at <= now)
            .order_by(Pressure.id.desc())
        )
    )
    chosen = next((row for row in rows if row.figures.get("by_hand")), None)
    if chosen is None:
        chosen = max(rows, key=lambda row: row.level, default=None)
    if chosen is None:
        return State(0, None, False, "", rows)
    by_hand = bool(chosen.figures.get("by_hand"))
    return State(chosen.level, chosen.until, by_hand, str(chosen.figures.get("why", "")), rows)


def flows(now: datetime) -> list[Flow]:
    """What strangers did in the last ten minutes, and on each of the past days."""
    usual = _usual.get("days", lambda _stale: _past_days(now)) or {}
    since = now - rules.WINDOW
    return [
        Flow("sign_ins", _sign_ins(since, now), usual.get("sign_ins", [])),
        Flow("submissions", submissions(since, now), usual.get("submissions", [])),
    ]


def submissions(since: datetime, now: datetime) -> int:
    """How many ideas and arguments came in from young accounts since then, up to a limit."""
    return sum(
        _up_to(
            select(table.id)
            .join(Person, Person.id == table.author_id)
            .where(moment > since, Person.created_at > now - YOUNG)  # also what others sent in since `now`
            .limit(MOST_COUNTED)
        )
        for table, moment in ((Idea, Idea.submitted_at), (Argument, Argument.created_at))
    )


def measure(now: datetime) -> int:
    """Look at what came in, at most once a second per process, and raise the level if that is more than ever usual.

    Writes in the transaction of the caller, who commits.
    """
    found = _measured.get("now", lambda _stale: _measure(now) + 1)
    return (found or 1) - 1


def job(now: datetime) -> None:
    """The same by the clock; only a raised level is written."""
    begin_read()
    found = flows(now)
    if rules.level_of(found):
        begin_write()
        _raise(rules.level_of(found), found, now)
        db.session.commit()


def set_by_hand(chosen: int, why: str, until: datetime, now: datetime) -> Pressure:
    """Fix the level for a while, whatever is measured; the last choice counts. The caller commits."""
    end_by_hand(now)
    row = Pressure(level=chosen, started_at=now, until=until, figures={"by_hand": True, "why": why})
    db.session.add(row)
    db.session.flush()
    _levels.forget()
    return row


def end_by_hand(now: datetime) -> bool:
    """Let the site measure by itself again; whether anything was set. The caller commits."""
    rows = [row for row in state(now).rows if row.figures.get("by_hand")]
    for row in rows:
        row.until = now
    db.session.flush()
    _levels.forget()
    return bool(rows)


def history(since: datetime) -> list[Pressure]:
    """The stretches of pressure since then, newest first."""
    return list(
        db.session.scalars(
            select(Pressure)
            .where(Pressure.until > since)
            .order_by(Pressure.started_at.desc(), Pressure.id.desc())
        )
    )


def _measure(now: datetime) -> int:
    found = flows(now)
    reached = rules.level_of(found)
    _raise(reached, found, now)
    return reached


def _raise(reached: int, found: Sequence[Flow], now: datetime) -> None:
    """Every level up to the one reached goes on for its time; one row each as long as it goes on."""
    if not reached:
        return
    figures = {flow.name: {"count": flow.count, "calm": round(flow.calm, 1)} for flow in found}
    going_on = {row.level: row for row in reversed(state(now).rows) if not row.figures.get("by_hand")}
    for number in range(1, reached + 1):
        until, row = now + rules.LASTS[number], going_on.get(number)
        if row is None:
            db.session.add(Pressure(level=number, started_at=now, until=until, figures=figures))
        elif until - row.until > GAIN:
            row.until = until
    db.session.flush()
    _levels.forget()


def _sign_ins(since: datetime, now: datetime) -> int:
    """How many mails to sign in were asked for at addresses that nobody had before."""
    known = exists().where(Person.email == SignInCode.email, Person.created_at <= since)
    return _up_to(
        select(SignInCode.id)
        .where(SignInCode.created_at > since, SignInCode.created_at <= now, ~known)
        .limit(MOST_COUNTED)
    )


def _up_to(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _past_days(now: datetime) -> dict[str, list[int]]:
    """New accounts, and ideas and arguments of those who were new, on each of the past days: three statements."""
    ends = [now - timedelta(days=number) for number in range(rules.DAYS)]
    oldest = ends[-1] - timedelta(days=1)

    def per_day(moment: ColumnElement[datetime], young: bool = False) -> list[ColumnElement[int]]:
        return [
            func.sum(
                case(
                    (
                        (moment > end - timedelta(days=1))
                        & (moment <= end)
                        & (
                            (Person.created_at > end - timedelta(days=1) - YOUNG)
                            if young
                            else Person.id.is_not(None)
                        ),
                        1,
                    ),
                    else_=0,
                )
            )
            for end in ends
        ]

    accounts = db.session.execute(
        select(*per_day(Person.created_at)).where(Person.created_at > oldest, Person.email.is_not(None))  # type: ignore[arg-type]
    ).one()
    sent = [
        db.session.execute(
            select(*per_day(moment, young=True))  # type: ignore[arg-type]
            .select_from(table)
            .join(Person, Person.id == table.author_id)
            .where(moment > oldest)
        ).one()
        for table, moment in ((Idea, Idea.submitted_at), (Argument, Argument.created_at))
    ]
    return {
        "sign_ins": [int(number or 0) for number in accounts],
        "submissions": [int(one or 0) + int(other or 0) for one, other in zip(*sent, strict=True)],
    }
