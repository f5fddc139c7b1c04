"""The end of the evening: ideas that were discussed get that status, and everybody whom it concerns hears it once.

Finishing again moves only what was not discussed before. What an organiser put back stays back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.outcomes import agenda
from app.features.outcomes.service import held
from app.kit import audit, mail, signals
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.message import MailMessage
from app.models.outcome import WorkshopEvening
from app.models.person import Person
from app.models.process import Theme
from app.models.room import Round, RoundOption
from app.models.workshop import Workshop
from app.policies.outcomes import may_finish, may_write
from app.records import evening_news, notices, outcomes, statuses
from app.records.agendas import WorkshopRow
from app.records.outcomes import OutcomeRow

LONGEST_REASON = 300
MOVES = (PublicStatus.OPEN, PublicStatus.ON_AGENDA)


@dataclass(frozen=True, slots=True)
class Discussed:
    """An idea that becomes discussed, and under which theme."""

    id: int
    title: str
    author_id: int
    theme_id: int
    theme: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What finishing does: which ideas move, how many authors get a mail, how many others hear of it."""

    ideas: tuple[Discussed, ...]
    authors: int
    others: int
    outcomes: int
    tells: bool
    """Whether anybody hears anything: at the first time, and when ideas move."""


def outlook(workshop: WorkshopRow, now: datetime) -> Outlook:
    """What finishing would do at this moment."""
    concluded = _by_theme(workshop.id)
    moved = _discussed(workshop, concluded, now)
    tells = bool(moved) or _evening(workshop.id) is None
    authors = {idea.author_id for idea in moved}
    audience = evening_news.audience(
        [idea.id for idea in moved], list(concluded), workshop.activity_id, sorted(authors)
    )
    return Outlook(
        tuple(moved), len(authors), notices.size(audience, now) if tells else 0, len(concluded), tells
    )


def finish(facilitator: Person, workshop_id: int, now: datetime) -> int:
    """Finish the evening and return how many ideas became discussed; doing it again changes nothing.

    Raises NotAllowed, also when nothing was concluded yet.
    """
    workshop, evening = held(workshop_id)
    may_finish(facilitator, workshop, now).or_raise()
    concluded = _by_theme(workshop_id)
    if not concluded:
        raise NotAllowed(Decision(N_("Write down what the room concluded first, on one theme at least.")))
    moved = _discussed(workshop, concluded, now)
    is_first = evening is None
    if evening is not None and evening.finished_at is not None and not moved:
        db.session.rollback()
        return 0
    if evening is None:
        evening = WorkshopEvening(workshop_id=workshop_id, told_at=now)
        db.session.add(evening)
    if evening.finished_at is None:
        evening.finished_at, evening.finished_by = now, facilitator.id
    letters = _letters(workshop, moved, concluded, now)
    first = _move(facilitator, workshop, moved, concluded, now)
    if moved or is_first:
        evening_news.finished(
            workshop,
            f"evening:{workshop_id}:{first}",
            {idea.id: (idea.title, idea.author_id) for idea in moved},
            list(concluded),
            now,
        )
    audit.record(
        facilitator,
        "outcomes.finish",
        db.session.get_one(Workshop, workshop_id),
        now,
        after={"outcomes": len(concluded), "ideas": [idea.id for idea in moved]},
    )
    db.session.add_all(letters)
    db.session.commit()
    for idea in moved:
        signals.idea_changed.send(idea.id)
    if letters:
        signals.mail_queued.send()
    return len(moved)


def reopen(facilitator: Person, workshop_id: int, now: datetime) -> None:
    """Open an evening that was finished too early; statuses and messages stay. Raises NotAllowed."""
    workshop, evening = held(workshop_id)
    may_write(facilitator, workshop, now).or_raise()
    if evening is None or evening.finished_at is None:
        db.session.rollback()
        return
    audit.record(
        facilitator,
        "outcomes.reopen",
        db.session.get_one(Workshop, workshop_id),
        now,
        before={"at": evening.finished_at.isoformat()},
    )
    evening.finished_at = evening.finished_by = None
    db.session.commit()


def _evening(workshop_id: int) -> WorkshopEvening | None:
    return db.session.get(WorkshopEvening, workshop_id)


def _by_theme(workshop_id: int) -> dict[int, OutcomeRow]:
    return {row.theme_id: row for row in outcomes.of_workshop(workshop_id) if row.theme_id is not None}


def _discussed(workshop: WorkshopRow, concluded: Mapping[int, OutcomeRow], now: datetime) -> list[Discussed]:
    """Published ideas of the themes with an outcome that were on the agenda, and never became discussed before."""
    frame, _tags = agenda.tags(workshop)
    named = [number for part in agenda.planned(workshop, frame, now).themes for number in part.ideas]
    was_on: ColumnElement[bool] = or_(
        Idea.public_status == PublicStatus.ON_AGENDA,
        Idea.id.in_(named),
        exists().where(
            RoundOption.idea_id == Idea.id,
            RoundOption.round_id == Round.id,
            Round.workshop_id == workshop.id,
            Round.revealed_at.is_not(None),
        ),
    )
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.author_id, IdeaTheme.theme_id, Theme.title)
        .join(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .join(Theme, Theme.id == IdeaTheme.theme_id)
        .where(
            Idea.call_id == workshop.call_id,
            Idea.state == IdeaState.PUBLISHED,
            Idea.public_status.in_(MOVES),
            IdeaTheme.theme_id.in_(concluded),
            was_on,
            ~exists().where(StatusChange.idea_id == Idea.id, StatusChange.status == PublicStatus.DISCUSSED),
        )
        .order_by(Theme.position, Theme.id, Idea.id)
    )
    found: dict[int, Discussed] = {}
    for row in rows:
        found.setdefault(row[0], Discussed(*row))
    return list(found.values())


def _move(
    facilitator: Person,
    workshop: WorkshopRow,
    moved: Sequence[Discussed],
    concluded: Mapping[int, OutcomeRow],
    now: datetime,
) -> int:
    """Give them the status, with what the room concluded as the reason; the number of the first step, 0 for none.

    The rows are locked in one order. Raises NotAllowed when one of them changed since it was found.
    """
    if not moved:
        return 0
    by_id = {idea.id: idea for idea in moved}
    rows = db.session.scalars(
        select(Idea)
        .where(Idea.id.in_(by_id), Idea.state == IdeaState.PUBLISHED, Idea.public_status.in_(MOVES))
        .order_by(Idea.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) < len(by_id):
        raise NotAllowed(Decision(N_("An idea has changed in the meantime. Look again at what this does.")))
    steps = [
        statuses.step(
            facilitator, idea, PublicStatus.DISCUSSED, _reason(workshop, by_id[idea.id], concluded), now
        )
        for idea in rows
    ]
    db.session.flush()
    return min(step.id for step in steps)


def _reason(workshop: WorkshopRow, idea: Discussed, concluded: Mapping[int, OutcomeRow]) -> str:
    """Why an idea has its new status, as the trail keeps it: in the language of the site."""
    conclusion = concluded[idea.theme_id].conclusion
    if len(conclusion) > LONGEST_REASON:
        conclusion = conclusion[: LONGEST_REASON - 1].rstrip() + "…"
    with speaking(DEFAULT_LANGUAGE):
        return evening_news.reason(workshop.title, idea.theme, conclusion)


def _letters(
    workshop: WorkshopRow, moved: Sequence[Discussed], concluded: Mapping[int, OutcomeRow], now: datetime
) -> list[MailMessage]:
    """One mail to each author about all of their ideas."""
    authors = db.session.scalars(
        select(Person)
        .where(Person.id.in_({idea.author_id for idea in moved}), Person.email.is_not(None))
        .order_by(Person.id)
    ).all()
    return [
        mail.compose(
            author.email or "",
            "ideas_discussed",
            author.language,
            now,
            person_name=author.name,
            workshop_title=workshop.title,
            ideas=[
                (
                    idea.title,
                    idea.theme,
                    concluded[idea.theme_id].conclusion,
                    mail.address("ideas.show", author.language, idea_id=idea.id),
                )
                for idea in moved
                if idea.author_id == author.id
            ],
            page_url=mail.address("outcomes.index", author.language, workshop_id=workshop.id),
        )
        for author in authors
    ]
