"""What a facilitator does at the desk: every verb asks the policy, changes the screen once and leaves one line.

Two may stand at a desk. A verb names the screen that it was meant for; when somebody else changed it meanwhile nothing
happens at all, and `Overtaken` says so. A step that opens, closes or reveals a round does so in one go with the screen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.evening import BESIDE, Does, Scene, Step
from app.domain.timer import NO_TIMER, Timer
from app.kit import audit
from app.models.person import Person
from app.models.room import RoundState
from app.models.workshop import Workshop
from app.policies.room import may_lead
from app.records import evening as evenings
from app.records import round_moments, screens, showing
from app.records.evening import Evening
from app.records.screens import ScreenRow

GONE = N_("This step is no longer part of the evening. Choose another one.")
_MOVES = {
    Does.OPEN: (RoundState.PLANNED, round_moments.open_round),
    Does.CLOSE: (RoundState.OPEN, round_moments.close_round),
    Does.REVEAL: (RoundState.CLOSED, round_moments.reveal_round),
}
_TURNS: Mapping[str, Callable[[Timer, datetime], Timer]] = {
    "pause": lambda timer, now: timer.paused(now),
    "resume": lambda timer, now: timer.resumed(now),
    "add": lambda timer, now: timer.longer(1, now),
    "stop": lambda timer, now: NO_TIMER,
}


@dataclass(frozen=True, slots=True)
class Overtaken(Exception):
    """Somebody changed the screen after the form was made; nothing was done."""

    workshop_id: int


def step(actor: Person, workshop_id: int, seen: int, key: str, now: datetime, *, back: bool = False) -> None:
    """Go to a step and do what it does; going `back` only shows. Raises NotAllowed, Overtaken.

    A round that has come further than the step asks is only shown: nothing is opened twice.
    """
    evening = _led(actor, workshop_id, now)
    row = evening.screen
    found = evening.script.step(key)
    if found is None:
        raise NotAllowed(Decision(GONE))
    values = _shown(evening, row, found, now, back=back)
    verb = None if back else _verb(evening, found)
    action = "desk.show" if found in BESIDE else "desk.step"
    before, after = {"step": row.step, "scene": row.scene.value}, {"step": key, "scene": found.scene.value}
    _note(actor, workshop_id, seen, values, action, now, before, after)
    if verb is not None and found.round_id is not None:
        verb(actor, found.round_id, now)  # commits, with the screen; or raises, and neither is changed
        if screens.version(workshop_id) == str(seen):
            # Somebody else moved the round between our look and the lock, so that there was nothing to do.
            _note(actor, workshop_id, seen, values, action, now, before, after)
    db.session.commit()


def start_timer(actor: Person, workshop_id: int, seen: int, minutes: int, now: datetime) -> None:
    """Set the timer and let it run. Raises NotAllowed, Overtaken, ValueError."""
    row = _led(actor, workshop_id, now).screen
    timer = row.timer.started(minutes, now)
    _note(
        actor,
        workshop_id,
        seen,
        _timed(timer),
        "desk.start_timer",
        now,
        {"minutes": row.timer_seconds // 60},
        {"minutes": minutes},
    )
    db.session.commit()


def turn_timer(actor: Person, workshop_id: int, seen: int, verb: str, now: datetime) -> None:
    """Pause, resume, add (a minute) or stop; what makes no difference does nothing. Raises NotAllowed, Overtaken."""
    row = _led(actor, workshop_id, now).screen
    action = {
        "pause": "desk.pause_timer",
        "resume": "desk.resume_timer",
        "add": "desk.extend_timer",
        "stop": "desk.stop_timer",
    }[verb]
    timer = _TURNS[verb](row.timer, now)
    if timer == row.timer:
        return _same(workshop_id, seen, row)
    left, after = row.timer.remaining(now), {"seconds": timer.remaining(now)}
    # Who pauses takes no second away: the line then says how many are left, and not that they changed.
    before = {"seconds": left} if left != after["seconds"] else {}
    _note(actor, workshop_id, seen, _timed(timer), action, now, before, after)
    db.session.commit()
    return None


def freeze(actor: Person, workshop_id: int, seen: int, on: bool, now: datetime) -> None:
    """Keep the picture of this moment on the screen, or let it move again. Raises NotAllowed, Overtaken."""
    evening = _led(actor, workshop_id, now)
    row = evening.screen
    if bool(row.frozen) == on:
        return _same(workshop_id, seen, row)
    values = {"frozen": showing.frozen(evening, row, now) if on else ""}
    action = "desk.freeze" if on else "desk.unfreeze"
    _note(actor, workshop_id, seen, values, action, now, {"frozen": not on}, {"frozen": on})
    db.session.commit()
    return None


def hide_names(actor: Person, workshop_id: int, seen: int, on: bool, now: datetime) -> None:
    """Show no names of people on any scene, or show them again. Raises NotAllowed, Overtaken."""
    row = _led(actor, workshop_id, now).screen
    if row.hides_names == on:
        return _same(workshop_id, seen, row)
    action = "desk.hide_names" if on else "desk.show_names"
    _note(
        actor,
        workshop_id,
        seen,
        {"hides_names": on},
        action,
        now,
        {"hides_names": not on},
        {"hides_names": on},
    )
    db.session.commit()
    return None


def spare(actor: Person, workshop_id: int, seen: int, on: bool, now: datetime) -> None:
    """Put the spare screen before everything, or take it away. Raises NotAllowed, Overtaken."""
    row = _led(actor, workshop_id, now).screen
    if row.spare == on:
        return _same(workshop_id, seen, row)
    action = "desk.show_spare" if on else "desk.end_spare"
    _note(actor, workshop_id, seen, {"spare": on}, action, now, {"spare": not on}, {"spare": on})
    db.session.commit()
    return None


def tell(actor: Person, workshop_id: int, seen: int, text: str, minutes: int | None, now: datetime) -> None:
    """Put a sentence over the screen, for so many minutes or until it is taken away. Raises NotAllowed, Overtaken."""
    row = _led(actor, workshop_id, now).screen
    ends = now + timedelta(minutes=minutes) if minutes else None
    _note(
        actor,
        workshop_id,
        seen,
        {"message": text, "message_ends_at": ends},
        "desk.send_message",
        now,
        {"message": row.message_at(now)},
        {"message": text},
    )
    db.session.commit()


def end_message(actor: Person, workshop_id: int, seen: int, now: datetime) -> None:
    """Take the sentence away. Raises NotAllowed, Overtaken."""
    row = _led(actor, workshop_id, now).screen
    if not row.message:
        return _same(workshop_id, seen, row)
    values = {"message": "", "message_ends_at": None}
    _note(
        actor, workshop_id, seen, values, "desk.end_message", now, {"message": row.message}, {"message": ""}
    )
    db.session.commit()
    return None


def _led(actor: Person, workshop_id: int, now: datetime) -> Evening:
    """The evening, when the actor may lead it. The workshop is held first, as by everybody who leads rounds: nobody
    deletes a round meanwhile of which the screen is going to speak."""
    db.session.get(Workshop, workshop_id, with_for_update={"key_share": True}, populate_existing=True)
    evening = evenings.of_workshop(workshop_id, now)
    if evening is None:
        raise NotAllowed(Decision(GONE))
    may_lead(actor, evening.workshop, now).or_raise()
    return evening


def _verb(evening: Evening, found: Step) -> Any:
    """What the step does to its round; nothing when it has been done."""
    if found.does not in _MOVES:
        return None
    asked = evening.round(found.round_id)
    needs, verb = _MOVES[found.does]
    states = list(RoundState)
    is_done = asked is not None and states.index(asked.state) > states.index(needs)
    return None if is_done else verb


def _shown(evening: Evening, row: ScreenRow, found: Step, now: datetime, *, back: bool) -> dict[str, Any]:
    """The screen as the step leaves it. A break brings its timer, and takes it along when it is over."""
    values: dict[str, Any] = {
        "scene": found.scene,
        "theme_id": found.theme_id,
        "round_id": found.round_id,
        "spare": False,
    }
    if found in BESIDE:
        return values
    values |= {"step": found.key, "place": evening.script.place(found.key) or 0}
    if found.does is Does.TIME and not back:
        values |= _timed(NO_TIMER.started(min(max(found.minutes, 1), 180), now))
    elif row.scene is Scene.BREAK:
        values |= _timed(NO_TIMER)
    return values


def _timed(timer: Timer) -> dict[str, Any]:
    return {"timer_seconds": timer.seconds, "timer_ends_at": timer.ends_at, "timer_left": timer.left}


def _same(workshop_id: int, seen: int, row: ScreenRow) -> None:
    """Nothing to do: fine for who saw this screen, overtaken for who saw an older one."""
    db.session.rollback()
    if row.number != seen:
        raise Overtaken(workshop_id)


def _note(
    actor: Person,
    workshop_id: int,
    seen: int,
    values: Mapping[str, Any],
    action: str,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """Change the screen and write the line, in the transaction of the caller. Raises Overtaken."""
    if not screens.change(workshop_id, seen, values, action, actor, now):
        db.session.rollback()
        raise Overtaken(workshop_id)
    about = db.session.scalars(select(Workshop).where(Workshop.id == workshop_id)).one()
    audit.record(actor, action, about, now, before=before, after=after)
