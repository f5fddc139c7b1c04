"""What facilitators write down. Every verb asks the policy, behind a lock on the workshop, and commits once at the end.

Two facilitators at the same text do not overwrite each other: who writes names the number of the text that was seen.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.outcome import Outcome, OutcomeRevision, WorkshopEvening
from app.models.person import Person
from app.models.process import Process, Theme
from app.models.workshop import Workshop
from app.policies.outcomes import is_correction, may_remove, may_write
from app.records import agendas, outcomes
from app.records.agendas import WorkshopRow
from app.records.outcomes import OutcomeRow, OutcomeText
from app.records.statuses import ROW

ONE_TEXT = timedelta(minutes=1)
"""What the same person saves within a minute while the evening goes on is one text in the history."""
WHY = (10, 300)


class Overtaken(NotAllowed):
    """Somebody else wrote something else in the meantime; `now` is what stands there, None when it is gone."""

    def __init__(self, now: OutcomeRow | None) -> None:
        super().__init__(Decision(N_("Somebody else has changed this text in the meantime.")))
        self.now = now


@dataclass(frozen=True, slots=True)
class Saved:
    """The number of the text that stands there now, and whether this made it so."""

    number: int
    is_new: bool


def held(workshop_id: int) -> tuple[WorkshopRow, WorkshopEvening | None]:
    """The workshop behind a lock, so that nobody finishes the evening or writes meanwhile. Raises LookupError."""
    locked = db.session.get(Workshop, workshop_id, with_for_update=ROW, populate_existing=True)
    if locked is None:
        raise LookupError(workshop_id)
    process_id = locked.call.process_id
    db.session.execute(select(Process.state).where(Process.id == process_id).with_for_update(read=True))
    workshop = agendas.workshop(workshop_id)
    if workshop is None:
        raise LookupError(workshop_id)
    return workshop, db.session.get(WorkshopEvening, workshop_id, populate_existing=True)


def write(
    facilitator: Person,
    workshop_id: int,
    theme_id: int,
    text: OutcomeText,
    number: int,
    why: str,
    now: datetime,
) -> Saved:
    """Keep what the room concluded on a theme; the same text again changes nothing.

    `number` is that of the text that was seen, 0 when there was none. Raises NotAllowed, and Overtaken when it is
    not the present one. After the evening `why` says why it is changed.
    """
    workshop, evening = held(workshop_id)
    may_write(facilitator, workshop, now).or_raise()
    theme = _theme(workshop_id, theme_id)
    correction = is_correction(workshop, evening.finished_at if evening else None, now)
    outcome = _outcome(workshop_id, theme_id)
    if outcome is not None and _text_of(outcome) == text:
        seen = outcome.number
        db.session.rollback()
        return Saved(seen, is_new=False)
    if (outcome.number if outcome else 0) != number:
        present = outcomes.of_theme(workshop_id, theme_id)
        db.session.rollback()
        raise Overtaken(present)
    if text.is_empty:
        raise NotAllowed(Decision(N_("Write something down first.")))
    if correction and len(why) < WHY[0]:
        raise NotAllowed(Decision(N_("Say why you change this after the evening.")))
    why = why if correction else ""
    before = _text_of(outcome) if outcome else None
    if outcome is None:
        outcome = Outcome(workshop_id=workshop_id, theme_id=theme_id, number=1, recorded_at=now)
        db.session.add(outcome)
    else:
        outcome.number += 1
        outcome.changed_at = now
    _put(outcome, text)
    db.session.flush()
    _keep(outcome, facilitator, why, now)
    _note(facilitator, outcome, theme, before, text, why, now)
    saved = outcome.number
    db.session.commit()
    return Saved(saved, is_new=True)


def remove(facilitator: Person, workshop_id: int, theme_id: int, number: int, now: datetime) -> None:
    """Throw away what was written with the wrong theme, with its history; doing it again changes nothing.

    Raises NotAllowed, also after the evening, and Overtaken.
    """
    workshop, evening = held(workshop_id)
    may_remove(facilitator, workshop, evening.finished_at if evening else None, now).or_raise()
    outcome = _outcome(workshop_id, theme_id)
    if outcome is None:
        db.session.rollback()
        return
    if outcome.number != number:
        present = outcomes.of_theme(workshop_id, theme_id)
        db.session.rollback()
        raise Overtaken(present)
    theme = _theme(workshop_id, theme_id)
    audit.record(
        facilitator,
        "outcomes.remove",
        outcome,
        now,
        before={"theme": theme.title, **_plain(_text_of(outcome))},
    )
    db.session.delete(outcome)
    db.session.commit()


def _theme(workshop_id: int, theme_id: int) -> Theme:
    theme = db.session.get(Theme, theme_id)
    workshop = db.session.get_one(Workshop, workshop_id)
    if theme is None or theme.process_id != workshop.call.process_id:
        raise NotAllowed(Decision(N_("This theme does not belong to the process of the workshop.")))
    return theme


def _outcome(workshop_id: int, theme_id: int) -> Outcome | None:
    return db.session.scalar(
        select(Outcome)
        .where(Outcome.workshop_id == workshop_id, Outcome.theme_id == theme_id)
        .execution_options(populate_existing=True)
    )


def _text_of(outcome: Outcome) -> OutcomeText:
    return OutcomeText(
        outcome.conclusion, tuple(outcome.elements), tuple(outcome.questions), outcome.taken_by
    )


def _put(row: Outcome | OutcomeRevision, text: OutcomeText) -> None:
    row.conclusion, row.taken_by = text.conclusion, text.taken_by
    row.elements, row.questions = list(text.elements), list(text.questions)


def _keep(outcome: Outcome, writer: Person, why: str, now: datetime) -> None:
    """Keep the text in the history: a new one, or the last one of this writer while a minute has not passed."""
    last = db.session.scalar(
        select(OutcomeRevision)
        .where(OutcomeRevision.outcome_id == outcome.id)
        .order_by(OutcomeRevision.number.desc())
        .limit(1)
    )
    goes_on = (
        last is not None
        and not why
        and not last.why
        and last.written_by == writer.id
        and now - last.written_at < ONE_TEXT
    )
    if last is None or not goes_on:
        last = OutcomeRevision(outcome_id=outcome.id, written_at=now, written_by=writer.id, why=why)
        db.session.add(last)
    last.number = outcome.number
    _put(last, _text_of(outcome))


def _note(
    facilitator: Person,
    outcome: Outcome,
    theme: Theme,
    before: OutcomeText | None,
    after: OutcomeText,
    why: str,
    now: datetime,
) -> None:
    """One line when a theme gets its first text, and one for each correction; what is typed live has its history."""
    if before is None:
        audit.record(
            facilitator,
            "outcomes.record",
            outcome,
            now,
            after={"theme": theme.title, **(_plain(after) if why else {})},
            why=why,
        )
    elif why:
        old, new = _plain(before), _plain(after)
        changed = [name for name in new if old.get(name) != new[name]]
        audit.record(
            facilitator,
            "outcomes.correct",
            outcome,
            now,
            before={name: old[name] for name in changed},
            after={"theme": theme.title, **{name: new[name] for name in changed}},
            why=why,
        )


def _plain(text: OutcomeText) -> dict[str, object]:
    """As the log keeps it; elements of an outcome are no focus elements yet."""
    plain: dict[str, object] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(text).items()
    }
    plain["building_blocks"] = plain.pop("elements")
    return plain
