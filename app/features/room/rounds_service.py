"""What facilitators prepare: rounds with their options, in an order.

Every verb asks the policy, holds the round, and leaves one line in the audit log; doing it again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from app.db import db
from app.domain import places
from app.domain import rounds as rules
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.person import Person
from app.models.process import Theme
from app.models.room import Round, RoundKind, RoundOption
from app.models.workshop import Workshop
from app.policies.room import may_change, may_lead
from app.records import round_moments, rounds
from app.records.rooms import RoomRow

MOST_ROUNDS = 60
TOO_MANY = Decision(N_("A workshop has at most %(most)d rounds. Delete one first."), {"most": MOST_ROUNDS})
STRANGE_THEME = Decision(N_("This theme does not belong to the process of the workshop."))
HIDDEN = Decision(
    N_("As long as counts are hidden nobody knows which ideas are on top. Write the statements yourself.")
)
TOO_FEW = Decision(N_("There are fewer than two options to divide dots over. Write some yourself."))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a facilitator wants to ask. options: text with the number of the idea, or None for a text of one's own."""

    kind: RoundKind
    question: str
    dots: int
    theme_id: int | None
    options: tuple[tuple[str, int | None], ...]


def add(facilitator: Person, room: RoomRow, wish: Wish, now: datetime) -> int:
    """Prepare a round behind the others; its number. The same one, sent twice, is one. Raises NotAllowed."""
    _lead(facilitator, room, now)
    planned = rounds.of_workshop(room.id)
    if planned and _is_same(planned[-1], wish):
        db.session.rollback()
        return planned[-1].id
    if len(planned) >= MOST_ROUNDS:
        raise NotAllowed(TOO_MANY)
    _check(room, wish)
    position = max((row.position for row in planned), default=-1) + 1
    row = Round(workshop_id=room.id, position=position, created_at=now)
    _fill(row, wish)
    db.session.add(row)
    db.session.flush()
    _add_options(row.id, wish, now)
    audit.record(facilitator, "rounds.add", row, now, after=_values(row))
    db.session.commit()
    return row.id


def change(facilitator: Person, room: RoomRow, round_id: int, wish: Wish, now: datetime) -> None:
    """Ask something else, as long as nobody could vote; what was asked already is fine. Raises NotAllowed."""
    row = held(facilitator, room, round_id, now)
    may_change(row.state).or_raise()
    if _is_same(row, wish):
        db.session.rollback()
        return
    _check(room, wish)
    before = _values(row)
    _fill(row, wish)
    db.session.execute(
        delete(RoundOption)
        .where(RoundOption.round_id == round_id)
        .execution_options(synchronize_session=False)
    )
    _add_options(round_id, wish, now)
    audit.record(facilitator, "rounds.change", row, now, before=before, after=_values(row))
    db.session.commit()


def remove(facilitator: Person, room: RoomRow, round_id: int, now: datetime) -> None:
    """Delete a round that nobody could vote in; one that is gone already is fine. Raises NotAllowed."""
    _lead(facilitator, room, now)
    row = round_moments.hold(round_id)
    if row is None or row.workshop_id != room.id:
        db.session.rollback()
        return
    may_change(row.state).or_raise()
    audit.record(facilitator, "rounds.delete", row, now, before=_values(row))
    db.session.delete(row)
    db.session.commit()


def move(facilitator: Person, room: RoomRow, round_id: int, to: int, now: datetime) -> None:
    """Put a round at a place of the order, counted from 0; the others make room. Raises NotAllowed."""
    _lead(facilitator, room, now)
    order = [row.id for row in rounds.of_workshop(room.id)]
    wanted = places.moved(order, round_id, to)
    if list(wanted) == order:
        db.session.rollback()
        return
    for place, number in enumerate(wanted):
        db.session.execute(update(Round).where(Round.id == number).values(position=place))
    row = db.session.get_one(Round, round_id)
    after = {"question": row.question, "position": wanted.index(round_id) + 1}
    audit.record(facilitator, "rounds.move", row, now, after=after)
    db.session.commit()


def _lead(facilitator: Person, room: RoomRow, now: datetime) -> None:
    """The policy, with the workshop held: two facilitators arrange rounds one after the other."""
    may_lead(facilitator, room, now).or_raise()
    db.session.get_one(Workshop, room.id, with_for_update={"key_share": True}, populate_existing=True)


def held(facilitator: Person, room: RoomRow, round_id: int, now: datetime) -> Round:
    """The round, kept from everybody who votes or leads until this transaction ends. Raises NotAllowed."""
    _lead(facilitator, room, now)
    row = round_moments.hold(round_id)
    if row is None or row.workshop_id != room.id:
        raise NotAllowed(Decision(round_moments.GONE))
    return row


def _check(room: RoomRow, wish: Wish) -> None:
    if wish.kind is RoundKind.DOTS and len({rules.key_of(text) for text, _idea in wish.options}) < 2:
        raise NotAllowed(TOO_FEW)
    theme_id = wish.theme_id
    if theme_id is None:
        return
    process = db.session.get_one(Workshop, room.id).call.process_id
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.process_id != process:
        raise NotAllowed(STRANGE_THEME)


def _fill(row: Round, wish: Wish) -> None:
    row.kind, row.question, row.dots, row.theme_id = wish.kind, wish.question, wish.dots, wish.theme_id


def _add_options(round_id: int, wish: Wish, now: datetime) -> None:
    """The options in their order; equal ones are one."""
    for position, (text, idea) in enumerate(_different(wish.options)):
        key = rules.key_of(text)
        db.session.add(
            RoundOption(
                round_id=round_id, text=text, key=key, idea_id=idea, position=position, created_at=now
            )
        )
    db.session.flush()


def _is_same(row: rounds.RoundRow | Round, wish: Wish) -> bool:
    """Whether a round asks this already."""
    if (row.kind, row.question, row.dots, row.theme_id) != (
        wish.kind,
        wish.question,
        wish.dots,
        wish.theme_id,
    ):
        return False
    return wish.kind is RoundKind.OPEN or _different(wish.options) == _options(row.id)


def _options(round_id: int) -> list[tuple[str, int | None]]:
    """The options of a round as they stand, each with the number of its idea."""
    rows = db.session.execute(
        select(RoundOption.text, RoundOption.idea_id)
        .where(RoundOption.round_id == round_id)
        .order_by(RoundOption.position, RoundOption.id)
    )
    return [(text, idea) for text, idea in rows]


def _different(options: Sequence[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """The options in their order; of equal texts the first."""
    seen: dict[str, tuple[str, int | None]] = {}
    for text, idea in options:
        seen.setdefault(rules.key_of(text), (text, idea))
    return list(seen.values())


def _values(row: Round) -> dict[str, object]:
    """What the log says of a round: the words of facilitators, of ideas only how many there are with them."""
    options = _options(row.id)
    values: dict[str, object] = {"kind": row.kind.value, "question": row.question, "count": len(options)}
    own = [text for text, idea in options if idea is None and text != row.question]
    if row.kind is RoundKind.DOTS:
        values["dots"] = row.dots
    if own:
        values["text"] = "; ".join(own)
    if row.theme_id is not None:
        values["theme"] = row.theme_id
    return values
