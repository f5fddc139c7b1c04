"""Focus elements: taken over from a workshop, or written; ordered and changed until they go to the council."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update

from app.db import db
from app.domain import places
from app.features.council.holding import Overtaken, element_of, hold
from app.kit import audit
from app.models.council import FocusElement
from app.models.outcome import Outcome
from app.models.person import Person
from app.models.process import Activity, Theme
from app.models.workshop import Workshop
from app.policies.council import may_arrange, may_change_element
from app.records import council

TITLE = 160


@dataclass(frozen=True, slots=True)
class Words:
    """What an element says, and the theme it follows from."""

    title: str
    text: str
    theme_id: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A sentence of an outcome that can become an element with one click."""

    outcome_id: int
    mark: str
    sentence: str
    workshop_id: int
    workshop: str
    activity_id: int
    theme_id: int | None
    theme: str
    is_taken: bool


def mark_of(sentence: str) -> str:
    """A short name of a sentence, for a form to tell which one was clicked although the list changed."""
    return sha256(sentence.encode()).hexdigest()[:16]


def words_mark(words: Words) -> str:
    """A short name of what an element says, for a form to compare with later."""
    return mark_of(f"{words.theme_id}|{words.title}|{words.text}")


def offers(process_id: int) -> list[Offer]:
    """What the workshops of a process concluded for vision and focus, sentence by sentence; two statements."""
    taken = set(
        db.session.execute(
            select(FocusElement.workshop_id, FocusElement.theme_id, FocusElement.taken_from).where(
                FocusElement.process_id == process_id, FocusElement.taken_from != ""
            )
        ).all()
    )
    rows = db.session.execute(
        select(Outcome, Activity.id, Activity.title, Theme.title)
        .join(Workshop, Workshop.id == Outcome.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .outerjoin(Theme, Theme.id == Outcome.theme_id)
        .where(Activity.process_id == process_id)
        .order_by(Activity.starts_at, Outcome.recorded_at, Outcome.id)
    )
    return [
        Offer(
            outcome_id=outcome.id,
            mark=mark_of(sentence),
            sentence=sentence,
            workshop_id=outcome.workshop_id,
            workshop=workshop,
            activity_id=activity_id,
            theme_id=outcome.theme_id,
            theme=theme or "",
            is_taken=(outcome.workshop_id, outcome.theme_id, sentence) in taken,
        )
        for outcome, activity_id, workshop, theme in rows
        for sentence in dict.fromkeys(str(each).strip() for each in outcome.elements or ())
        if sentence
    ]


def take(organiser: Person, process_id: int, outcome_id: int, mark: str, now: datetime) -> bool:
    """Make an element of a sentence that a workshop concluded; whether it was not one yet.

    Raises NotAllowed, and Overtaken when the outcome does not say this any more.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    offer = next(
        (each for each in offers(process_id) if each.outcome_id == outcome_id and each.mark == mark), None
    )
    if offer is None:
        db.session.rollback()
        raise Overtaken
    if offer.is_taken:
        db.session.rollback()
        return False
    title = offer.sentence if len(offer.sentence) <= TITLE else f"{offer.sentence[: TITLE - 1].rstrip()}…"
    element = FocusElement(
        process_id=process_id,
        theme_id=offer.theme_id,
        workshop_id=offer.workshop_id,
        taken_from=offer.sentence,
        title=title,
        text="" if title == offer.sentence else offer.sentence,
        position=_next_position(process_id),
        created_at=now,
    )
    _add(organiser, element, now)
    return True


def write(organiser: Person, process_id: int, words: Words, now: datetime) -> bool:
    """Write an element; the same one a second time changes nothing. Raises NotAllowed."""
    may_arrange(organiser).or_raise()
    hold(process_id)
    same = select(FocusElement.id).where(
        FocusElement.process_id == process_id,
        FocusElement.title == words.title,
        FocusElement.text == words.text,
        FocusElement.theme_id.is_(None)
        if words.theme_id is None
        else FocusElement.theme_id == words.theme_id,
    )
    if db.session.scalar(same.limit(1)) is not None:
        db.session.rollback()
        return False
    element = FocusElement(
        process_id=process_id,
        theme_id=words.theme_id,
        title=words.title,
        text=words.text,
        position=_next_position(process_id),
        created_at=now,
    )
    _add(organiser, element, now)
    return True


def change(
    organiser: Person, process_id: int, element_id: int, words: Words, seen: str, now: datetime
) -> None:
    """Say an element in other words; the same words change nothing. Raises NotAllowed, Overtaken and LookupError."""
    hold(process_id)
    row = element_of(process_id, element_id)
    may_change_element(organiser, row).or_raise()
    before = Words(row.title, row.text, row.theme_id)
    if before == words:
        db.session.rollback()
        return
    if words_mark(before) != seen:
        db.session.rollback()
        raise Overtaken
    element = db.session.get_one(FocusElement, element_id)
    audit.record(
        organiser,
        "council.change_element",
        element,
        now,
        before={"title": before.title, "text": before.text, "theme": before.theme_id},
        after={"title": words.title, "text": words.text, "theme": words.theme_id},
    )
    element.title, element.text, element.theme_id = words.title, words.text, words.theme_id
    db.session.commit()


def move(organiser: Person, process_id: int, element_id: int, to: int, now: datetime) -> None:
    """Put an element at a place of the order, counted from 0; the others make room. Raises NotAllowed, LookupError."""
    hold(process_id)
    rows = council.focus_of(process_id)
    order = [row.id for row in rows]
    if element_id not in order:
        raise LookupError(element_id)
    place = order.index(element_id)
    may_change_element(organiser, rows[place]).or_raise()
    wanted = places.moved(order, element_id, to)
    if list(wanted) == order:
        db.session.rollback()
        return
    for position, number in enumerate(wanted):
        db.session.execute(
            update(FocusElement)
            .where(FocusElement.id == number, FocusElement.position != position)
            .values(position=position)
            .execution_options(synchronize_session=False)
        )
    element = db.session.get_one(FocusElement, element_id)
    audit.record(
        organiser,
        "council.move_element",
        element,
        now,
        before={"position": place + 1},
        after={"position": wanted.index(element_id) + 1},
    )
    db.session.commit()


def remove(organiser: Person, process_id: int, element_id: int, now: datetime) -> None:
    """Take an element away; a second time changes nothing. Raises NotAllowed."""
    may_arrange(organiser).or_raise()
    hold(process_id)
    row = next((each for each in council.focus_of(process_id) if each.id == element_id), None)
    if row is None:
        db.session.rollback()
        return
    may_change_element(organiser, row).or_raise()
    element = db.session.get_one(FocusElement, element_id)
    audit.record(organiser, "council.remove_element", element, now, before={"title": row.title})
    db.session.execute(delete(FocusElement).where(FocusElement.id == element_id))
    db.session.commit()


def _next_position(process_id: int) -> int:
    last = db.session.scalar(
        select(func.max(FocusElement.position)).where(FocusElement.process_id == process_id)
    )
    return 0 if last is None else last + 1


def _add(organiser: Person, element: FocusElement, now: datetime) -> None:
    db.session.add(element)
    db.session.flush()
    audit.record(organiser, "council.add_element", element, now, after={"title": element.title})
    db.session.commit()
