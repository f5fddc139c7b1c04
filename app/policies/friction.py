"""How much is asked of somebody, and how often they may post: by who they are, what they do, and the pressure."""

from datetime import datetime, timedelta

from app.domain.ballot import Group
from app.domain.decision import N_, YES, Decision, TooSoon
from app.models.person import Person

YOUNG = timedelta(hours=48)
SIGN_IN, POST, REPORT, CONTACT, ROOM_CODE = "sign_in", "post", "report", "contact", "room_code"
CODE_LEVEL = 2
"""What a try of a code of a room costs at the least, for everybody: whom we know may try codes as well."""
POST_FROM = 2
"""Posting from a young account asks for work from this level on."""
IDEAS, ARGUMENTS = "ideas", "arguments"
PER_HOUR = {IDEAS: 5, ARGUMENTS: 30}
STAFF_TIMES = 4
"""Who works here brings in what a meeting wrote down."""
PER_MINUTE = {1: 120, 2: 60, 3: 30}
"""So much from young accounts is taken in each minute, by level: what moderators can still look through afterwards."""


def has_standing(person: Person | None, now: datetime) -> bool:
    """Somebody we know: an account of two days or more, staff, the council, or a partner."""
    if person is None:
        return False
    return person.is_staff or person.group != Group.RESIDENT or person.created_at <= now - YOUNG


def level_asked(purpose: str, person: Person | None, level: int, now: datetime) -> int:
    """The level of the proof that is asked; 0 asks nothing. Voting never asks."""
    if purpose == ROOM_CODE:
        return max(CODE_LEVEL, level)
    if has_standing(person, now):
        return 0
    if purpose == REPORT and person is None:
        return max(1, level)
    if purpose == POST:
        return level if person is not None and level >= POST_FROM else 0
    return level


def may_post_more(person: Person, kind: str, lately: int) -> Decision:
    """So many ideas and arguments one person may send in within an hour. `lately`: how many they did."""
    most = PER_HOUR[kind] * (STAFF_TIMES if person.is_staff else 1)
    if lately < most:
        return YES
    if kind == IDEAS:
        sentence = N_(
            "You have sent in %(count)s ideas in an hour, and that is the most. Wait a while, then send in this one."
        )
    else:
        sentence = N_(
            "You have posted %(count)s times in an hour, and that is the most. Wait a while, then post this."
        )
    return TooSoon(sentence, {"count": most})


def may_come_in(person: Person, level: int, last_minute: int, now: datetime) -> Decision:
    """Under pressure only so much is taken in from young accounts. `last_minute`: how much all of them sent."""
    if not level or has_standing(person, now) or last_minute < PER_MINUTE[level]:
        return YES
    return TooSoon(
        N_(
            "Very much is coming in from new accounts now. Try again in a few minutes; your text has been kept."
        )
    )
