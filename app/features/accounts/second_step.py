"""What the session holds between the first step of signing in and the second, and while a second one is set up."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from flask import session

from app.db import db
from app.features.accounts import second_factor
from app.features.accounts.service import Arrival
from app.kit import cipher, identity
from app.models.person import Person

LIFETIME = timedelta(minutes=10)
WAITING = "second_step"
SECRET = "second_secret"  # noqa: S105 - where the session keeps it
CODES = "recovery_codes"
PROVED = "second_proved"
_PURPOSE = "second-step-session"
_SECONDS = int(LIFETIME.total_seconds())
_BETWEEN = "\n"


def hold(arrival: Arrival, now: datetime) -> None:
    """Remember who took the first step. Nobody is signed in now, also not whoever was before."""
    draft, forms = session.get(identity.DRAFT, ""), identity.forms_left_open()
    key = arrival.person.get_id()
    rest = {f.name: getattr(arrival, f.name) for f in fields(Arrival) if f.name != "person"}
    identity.end_session()
    session[WAITING] = {"person": key, "at": int(now.timestamp()), "rest": rest}
    if draft:
        session[identity.DRAFT] = draft
    if forms:
        session[identity.FORMS] = forms


def waiting(now: datetime) -> Arrival | None:
    """Who took the first step in this browser within ten minutes, and has not been blocked or reset since."""
    held: dict[str, Any] = session.get(WAITING) or {}
    if not held:
        return None
    number = str(held["person"]).partition(".")[0]
    person = db.session.get(Person, int(number))
    in_time = 0 <= now.timestamp() - int(held["at"]) <= _SECONDS
    if (
        person is None
        or not in_time
        or not person.is_active
        or person.is_blocked(now)
        or person.get_id() != held["person"]
    ):
        session.pop(WAITING)
        session.pop(SECRET, None)
        return None
    known = {field.name for field in fields(Arrival)}
    return Arrival(person=person, **{name: value for name, value in held["rest"].items() if name in known})


def secret() -> str:
    """The secret of the app that is being set up in this browser, the same for ten minutes. Nothing is stored yet."""
    try:
        return cipher.unlock(_PURPOSE, str(session.get(SECRET, "")), _SECONDS)
    except cipher.Unreadable:
        made = second_factor.new_secret()
        session[SECRET] = cipher.lock(_PURPOSE, made)
        return made


def show_codes(codes: list[str], way_on: str) -> None:
    """Keep new recovery codes for the one page that shows them, until their person goes on or time is up."""
    session.pop(SECRET, None)
    session.pop(PROVED, None)
    session[CODES] = cipher.lock(_PURPOSE, _BETWEEN.join([way_on, *codes]))


def shown_codes() -> tuple[list[str], str]:
    """The codes to show and where to go afterwards; no codes when there are none any more."""
    try:
        way_on, *codes = cipher.unlock(_PURPOSE, str(session.get(CODES, "")), _SECONDS).split(_BETWEEN)
    except cipher.Unreadable:
        session.pop(CODES, None)
        return [], ""
    return codes, way_on


def forget_codes() -> None:
    """Their person has kept them."""
    session.pop(CODES, None)


def prove(now: datetime) -> None:
    """Remember that a present code was given just now, so that the app may be replaced."""
    session[PROVED] = int(now.timestamp())


def is_proved(now: datetime) -> bool:
    """Whether a present code was given in this session within ten minutes."""
    return 0 <= now.timestamp() - int(session.get(PROVED, 0)) <= _SECONDS
