"""What a phone in the room follows: whether something else is asked now, and how many people voted. Never a figure."""

import hashlib
import json
from datetime import datetime

from app.features.room import queries, words
from app.kit.kept import Kept
from app.kit.live import Channel, Frame
from app.models.room import RoundKind, RoundState
from app.records import rooms, rounds
from app.records.rounds import RoundRow

NAME = "ronde"

LIFETIME = 0.3
"""Seconds that a frame is shared by all phones of a room."""


_frames: Kept[Frame] = Kept("room_frames", LIFETIME)
_answers: Kept[bytes] = Kept("room_answers")


def now_on(every: list[RoundRow]) -> RoundRow | None:
    """The round that the room is at: the one that is open, else the one that was closed or revealed last."""
    been = [row for row in every if row.state is not RoundState.PLANNED]
    is_open = next((row for row in been if row.state is RoundState.OPEN), None)
    return is_open or max(been, key=_latest, default=None)


def _latest(row: RoundRow) -> str:
    moments = (row.opened_at, row.closed_at, row.revealed_at)
    return max((moment.isoformat() for moment in moments if moment), default="")


def version(workshop_id: int) -> str:
    """Changes whenever the frame does: two statements."""
    row = now_on(rounds.of_workshop(workshop_id))
    return "" if row is None else f"{row.id}|{rounds.version(row.id)}"


def pushed(workshop_id: int, language: str, _now: datetime) -> Frame | None:
    """What a stream tells the phones; None when there is no such workshop."""
    return None if rooms.get(workshop_id) is None else of_workshop(workshop_id, language)


def of_workshop(workshop_id: int, language: str) -> Frame | None:
    """The frame in the language of the request, at most a moment old."""
    return _frames.get((workshop_id, language), lambda _stale: read(workshop_id))


def read(workshop_id: int) -> Frame:
    """The same, from the database at this moment."""
    row = now_on(rounds.of_workshop(workshop_id))
    content = {"sign": "", "answers": "", "voters": ""}
    if row is not None:
        voters = queries.voters([row.id]).get(row.id, 0)
        content = {"sign": sign(row), "answers": answers(row), "voters": words.voters_text(voters)}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Frame(body, hashlib.sha256(body).hexdigest()[:20])


def sign(row: RoundRow | None) -> str:
    """Another one as soon as the page of a phone is out of date; empty while nothing is asked.

    Answers to an open question come in all the time, and no page is out of date for that: see `answers`.
    """
    if row is None:
        return ""
    options = queries.hidden(row.id) if row.kind is RoundKind.OPEN else queries.option_marks(row.id)
    return _mark(f"{row.id}|{row.state}|{row.reopened}|{row.closed_at}|{row.revealed_at}|{options}")


def answers(row: RoundRow | None) -> str:
    """Another one as soon as the answers to an open question are others; empty when none is open."""
    if row is None or row.kind is not RoundKind.OPEN or row.state is not RoundState.OPEN:
        return ""
    return _mark(queries.option_marks(row.id))


def answers_of(workshop_id: int, round_id: int) -> bytes | None:
    """The answers that show, with their mark, as JSON that is at most a second old; None when nobody asks for them."""
    return _answers.get((workshop_id, round_id), lambda _stale: _read_answers(workshop_id, round_id))


def _read_answers(workshop_id: int, round_id: int) -> bytes | None:
    row = rounds.get(round_id)
    if row is None or row.workshop_id != workshop_id or not (mark := answers(row)):
        return None
    listed = [[each.option_id, each.text] for each in rounds.figures(row).rows]
    return json.dumps({"mark": mark, "answers": listed}, ensure_ascii=False, separators=(",", ":")).encode()


def _mark(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:16]


CHANNEL = Channel(NAME, rooms.exists, version, pushed)
