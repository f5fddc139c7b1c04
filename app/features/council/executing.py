"""Carrying out what the council agreed with: milestones planned and reached, and what that does to ideas."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext
from sqlalchemy import delete, func, select, update

from app.db import db
from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.features.council.holding import Overtaken, element_of, hold, who_follows
from app.features.council.proposals import announce
from app.kit import audit
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.council import FocusElement, Milestone
from app.models.following import NoticeKind
from app.models.person import Person
from app.policies.council import may_arrange, may_carry_out
from app.records import council, notices, statuses
from app.records.council import FocusRow
from app.records.notices import page

ADOPTED = frozenset({PublicStatus.ADOPTED})
BEGUN = frozenset({PublicStatus.ADOPTED, PublicStatus.IN_EXECUTION})
_BEGINS = N_("Carrying out “%(element)s” has begun. The first step: %(title)s")


@dataclass(frozen=True, slots=True)
class Step:
    """What a milestone says, and the day it is planned on."""

    title: str
    text: str
    planned_on: date | None


def add(organiser: Person, process_id: int, element_id: int, step: Step, now: datetime) -> bool:
    """Plan a milestone; the same one again changes nothing. With the first one, ideas are in execution.

    Raises NotAllowed and LookupError.
    """
    element = _held(organiser, process_id, element_id)
    same = select(Milestone.id).where(
        Milestone.focus_element_id == element_id,
        Milestone.title == step.title,
        Milestone.text == step.text,
        Milestone.planned_on.is_(None)
        if step.planned_on is None
        else Milestone.planned_on == step.planned_on,
    )
    if db.session.scalar(same.limit(1)) is not None:
        db.session.rollback()
        return False
    position = db.session.scalar(
        select(func.coalesce(func.max(Milestone.position) + 1, 0)).where(
            Milestone.focus_element_id == element_id
        )
    )
    milestone = Milestone(
        focus_element_id=element_id,
        title=step.title,
        text=step.text,
        planned_on=step.planned_on,
        position=position or 0,
    )
    db.session.add(milestone)
    db.session.flush()
    with speaking(DEFAULT_LANGUAGE):
        reason = str(gettext(_BEGINS, element=element.title, title=step.title))
    themes = {element.theme_id} - {None}
    begins = dict.fromkeys(statuses.in_themes(process_id, themes, ADOPTED), reason)  # type: ignore[arg-type]
    moved = statuses.move_all(begins, ADOPTED, PublicStatus.IN_EXECUTION, organiser, now)
    db.session.get_one(FocusElement, element_id).finished_at = None  # there is something to do again
    audit.record(
        organiser,
        "council.add_milestone",
        milestone,
        now,
        after={
            "title": step.title,
            "planned_on": step.planned_on.isoformat() if step.planned_on else None,
            "ideas": len(moved),
        },
    )
    db.session.commit()
    announce(moved)
    return True


def set_done(organiser: Person, process_id: int, milestone_id: int, *, done: bool, now: datetime) -> bool:
    """A milestone is reached, or turns out not to be; whether that is new. Followers hear of it the first time.

    Raises NotAllowed and LookupError.
    """
    may_arrange(organiser).or_raise()
    process = hold(process_id)
    milestone, element = _milestone(process_id, milestone_id)
    may_carry_out(organiser, element).or_raise()
    other = Milestone.done_at.is_(None) if done else Milestone.done_at.is_not(None)
    changed = db.session.scalar(
        update(Milestone)
        .where(Milestone.id == milestone_id, other)
        .values(done_at=now if done else None)
        .returning(Milestone.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        db.session.rollback()
        return False
    if done:
        notices.tell(
            who_follows(process_id, [element.theme_id]),
            NoticeKind.STATUS,
            f"milestone:{milestone_id}",
            N_("A step has been taken: %(title)s"),
            N_("It carries out “%(element)s”."),
            page("council.show", slug=process.slug, anchor="execution"),
            now,
            title=milestone.title,
            element=element.title,
        )
    audit.record(
        organiser,
        "council.reach_milestone" if done else "council.reopen_milestone",
        milestone,
        now,
        before={"handled": not done},
        after={"handled": done},
    )
    db.session.commit()
    return True


def remove(organiser: Person, process_id: int, milestone_id: int, now: datetime) -> None:
    """Take a milestone away; a second time changes nothing. Raises NotAllowed."""
    may_arrange(organiser).or_raise()
    hold(process_id)
    try:
        milestone, _element = _milestone(process_id, milestone_id)
    except LookupError:
        db.session.rollback()
        return
    if milestone.done_at is not None:
        db.session.rollback()
        raise Overtaken
    audit.record(organiser, "council.remove_milestone", milestone, now, before={"title": milestone.title})
    db.session.execute(delete(Milestone).where(Milestone.id == milestone_id))
    db.session.commit()


@dataclass(frozen=True, slots=True)
class Finish:
    """What it does to ideas when everything about an element has been carried out."""

    ideas: tuple[int, ...]
    """Those that are done then."""
    waiting: int
    """How many wait for another element of their themes that the council agreed with."""


def finishes(process_id: int) -> dict[int, Finish]:
    """What finishing would do, by the number of the element; two statements."""
    taken = [row for row in council.focus_of(process_id) if row.is_taken]
    of_theme: dict[int, list[FocusRow]] = {}
    for row in taken:
        if row.theme_id is not None:
            of_theme.setdefault(row.theme_id, []).append(row)
    ideas = statuses.in_themes(process_id, of_theme, BEGUN)
    asks = {
        number: {row.id: row for its in themes for row in of_theme[its]} for number, themes in ideas.items()
    }
    found = {}
    for row in taken:
        mine = [number for number, rows in asks.items() if row.id in rows]
        done = tuple(
            number
            for number in mine
            if all(each.is_finished or each.id == row.id for each in asks[number].values())
        )
        found[row.id] = Finish(done, len(mine) - len(done))
    return found


def finish(organiser: Person, process_id: int, element_id: int, reason: str, now: datetime) -> int:
    """Everything about a focus element has been carried out: its ideas are done, unless they wait for another element
    of their themes. How many ideas moved.

    A second time moves none. Raises NotAllowed, LookupError, and Overtaken when it was finished with other words.
    """
    element = _held(organiser, process_id, element_id)
    ideas = finishes(process_id)[element_id].ideas
    if element.finished_at is not None and not ideas:
        told = statuses.told_at(process_id, PublicStatus.DONE, element.finished_at)
        db.session.rollback()
        if told in (None, reason):
            return 0
        raise Overtaken
    moved = statuses.move_all(dict.fromkeys(ideas, reason), BEGUN, PublicStatus.DONE, organiser, now)
    subject = db.session.get_one(FocusElement, element_id)
    subject.finished_at = now
    db.session.flush()
    audit.record(
        organiser,
        "council.finish",
        subject,
        now,
        after={"title": element.title, "ideas": len(moved)},
        why=reason,
    )
    db.session.commit()
    announce(moved)
    return len(moved)


def _held(organiser: Person, process_id: int, element_id: int) -> FocusRow:
    may_arrange(organiser).or_raise()
    hold(process_id)
    element = element_of(process_id, element_id)
    may_carry_out(organiser, element).or_raise()
    return element


def _milestone(process_id: int, milestone_id: int) -> tuple[Milestone, FocusRow]:
    milestone = db.session.get(Milestone, milestone_id, populate_existing=True)
    if milestone is None:
        raise LookupError(milestone_id)
    return milestone, element_of(process_id, milestone.focus_element_id)
