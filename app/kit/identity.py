"""Who is asking: the signed-in person, how a session starts and how it ends."""

from datetime import datetime, timedelta
from typing import cast

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import Integer, and_, bindparam, case, exists, func, inspect, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload, with_expression

from app.db import begin_write, db
from app.kit import clock, devices, signals, tokens
from app.kit.paths import LARGEST_NUMBER
from app.models.entry import DeviceSession, SecondFactor
from app.models.following import Notice
from app.models.integrity import IntegritySignal, Objection
from app.models.person import Person, PersonRole, Role
from app.models.queue import QueueItem

login_manager = LoginManager()
STAFF_IDLE = timedelta(minutes=30)
SEEN = "seen"
DRAFT = "draft"
"""Where the session keeps the token of what somebody typed before signing in, see app.models.person.Draft."""

SECOND_STEP = "second"
"""Where the session keeps that the person took a second step, see app.features.accounts.second_factor."""
FORMS = "forms"
"""Where the session keeps, between two steps of signing in, what `forms_left_open` found before the first."""
DEVICE = "device"
"""Where the session keeps the key of its row in `device_session`; without a row that lasts it lets nobody in."""
_TOKEN = "csrf_token"  # noqa: S105 - where the session keeps it
LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(hours=1)
"""How often it is written down that a device was here."""


def current_person() -> Person | None:
    """The person who is signed in, or None; nobody is in a command or a job."""
    if not has_request_context():
        return None
    return cast(Person, current_user._get_current_object()) if current_user.is_authenticated else None


def number_of(person: Person) -> int:
    """The number of somebody who was read before, without asking the database.

    After a commit every other way reads the person anew, in a transaction that nobody asked for.
    """
    identity = inspect(person).identity
    return cast(int, identity[0]) if identity else person.id


def person_number() -> int | None:
    """The number of the person who is signed in, or None; asks the database no more than `number_of`."""
    user = current_user._get_current_object() if has_request_context() else None
    return number_of(user) if isinstance(user, Person) else None


def the_person() -> Person:
    """The person who is signed in, behind a door that let nobody else through."""
    person = current_person()
    if person is None:
        raise RuntimeError("This view needs a door that asks for a person.")
    return person


def needs_second_step(person: Person) -> bool:
    """Whether this person comes in with a second step only: whoever has one, and staff where the site asks it."""
    if person.is_staff and current_app.config["SITE"].asks_second_factor:
        return True
    return db.session.get(SecondFactor, person.id) is not None


def start_session(person: Person, draft_token: str = "", *, second_step: bool = False) -> None:
    """Begin a fresh session for the person; whatever the old one held is gone (no session fixation).

    Two things are carried over on purpose, so that nothing typed before signing in is lost. The token of a draft:
    it opens no door; at worst somebody finds a text in a form that they did not write and did not send. And, for
    the person who was here before, the token in the forms that are still open (see `forms_left_open`).
    `draft_token` comes along with a sign-in link, for the device that opens it. `second_step` tells that the
    person took one, without which staff are nobody where the site asks it of them.
    """
    now, draft, forms = clock.now(), draft_token or session.get(DRAFT, ""), forms_left_open()
    _end_device(now)
    session.clear()
    if person.is_blocked(now) or not login_user(person):
        raise RuntimeError("A blocked person reached the start of a session; ask the policy first.")
    session.permanent = True
    session[SEEN] = int(now.timestamp())
    session[DEVICE] = tokens.new_token()
    if second_step:
        session[SECOND_STEP] = True
    if draft:
        session[DRAFT] = draft
    if forms and forms[0] == person.get_id():
        session[_TOKEN] = forms[1]
    db.session.add(
        DeviceSession(
            person_id=person.id,
            key_hash=this_device(),
            device=devices.words_of(request.user_agent.string),
            created_at=now,
            seen_at=now,
        )
    )
    person.last_seen_at = _day_of(now)
    db.session.commit()
    signals.person_signed_in.send(person)


def end_session() -> None:
    """End this session on this device."""
    _end_device(clock.now())
    db.session.commit()
    logout_user()
    session.clear()


def forms_left_open() -> list[str]:
    """Whose forms may still be open in other windows of this browser, and the token in them; empty for nobody's.

    So that what they typed before a silence that was too long can still be sent. A session that somebody ended, here
    or on another device, leaves nothing behind; see decision 0008.
    """
    if session.get(FORMS):
        return list(session[FORMS])
    key, token = session.get("_user_id"), session.get(_TOKEN)
    lasts = exists().where(DeviceSession.key_hash == this_device(), DeviceSession.ended_at.is_(None))
    return [key, token] if key and token and db.session.scalar(select(lasts)) else []


def device_hash(key: str) -> str:
    """What the table keeps of the key that a session holds."""
    return tokens.keyed_hash("device-session", key)


def this_device() -> str:
    """The hash of the session that asks, to tell it from the others of the same person."""
    return device_hash(str(session.get(DEVICE, "")))


def _end_device(now: datetime) -> None:
    """A cookie that somebody copied from this browser is worth nothing from now on. The caller commits."""
    if session.get(DEVICE):
        db.session.execute(
            update(DeviceSession)
            .where(DeviceSession.key_hash == this_device(), DeviceSession.ended_at.is_(None))
            .values(ended_at=now)
        )


def _day_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


_UNREAD = (
    select(func.count())
    .where(Notice.person_id == Person.id, Notice.read_at.is_(None))
    .correlate(Person)
    .scalar_subquery()
)
MOST_COUNTED = 100
"""More than this is said as "99+", so nothing beyond is counted."""
_WAITING = case(
    (
        exists()
        .where(PersonRole.person_id == Person.id, PersonRole.role == Role.MODERATOR)
        .correlate(Person),
        select(func.count())
        .select_from(select(QueueItem.id).where(QueueItem.closed_at.is_(None)).limit(MOST_COUNTED).subquery())
        .scalar_subquery()
        + select(func.count())
        .select_from(IntegritySignal)
        .where(IntegritySignal.waits_for(Person.id))
        .correlate(Person)
        .scalar_subquery()
        + select(func.count()).select_from(Objection).where(Objection.decided_at.is_(None)).scalar_subquery(),
    ),
    else_=0,
)
# Every request of somebody who signed in begins with this: one statement for person, roles, inbox and session.
_PERSON = (
    select(Person, DeviceSession.id, DeviceSession.seen_at)
    .join(
        DeviceSession,
        and_(
            DeviceSession.person_id == Person.id,
            DeviceSession.key_hash == bindparam("key_hash"),
            DeviceSession.ended_at.is_(None),
        ),
    )
    .options(
        joinedload(Person.role_rows),
        with_expression(Person.unread, _UNREAD),
        with_expression(Person.waiting, _WAITING),
    )
    .where(Person.id == bindparam("number", type_=Integer))
)


@login_manager.user_loader
def _load_person(key: str) -> Person | None:
    number, _, epoch = key.partition(".")
    if not (number.isdecimal() and epoch.isdecimal() and int(number) <= LARGEST_NUMBER):
        return None
    held = {"number": int(number), "key_hash": this_device()}
    found = db.session.execute(_PERSON, held).unique().one_or_none()
    if found is None:
        return None
    person, device, seen_at = found
    if not person.is_active or person.is_blocked(clock.now()) or person.session_epoch != int(epoch):
        return None
    if person.is_staff and not (_took_second_step() and _seen_lately()):
        return None
    if clock.now() - seen_at >= SEEN_EVERY:
        g.device_to_note = (device, person.id)
    return person


def _took_second_step() -> bool:
    """Also of somebody who signed in as a resident and was given a role since."""
    return bool(session.get(SECOND_STEP)) or not current_app.config["SITE"].asks_second_factor


def _note_device(response: Response) -> Response:
    """Write down that a device was here, once an hour and after the page was made; a busy database can wait for it."""
    noted = g.pop("device_to_note", None)
    if noted is None:
        return response
    device, number = noted
    now = clock.now()
    today = _day_of(now)
    try:
        begin_write()
        db.session.execute(update(DeviceSession).where(DeviceSession.id == device).values(seen_at=now))
        db.session.execute(
            update(Person)
            .where(Person.id == number, or_(Person.last_seen_at.is_(None), Person.last_seen_at < today))
            .values(last_seen_at=today)
        )
        db.session.commit()
    except OperationalError:
        db.session.rollback()
    return response


def _seen_lately() -> bool:
    """Staff sessions end after half an hour of silence."""
    moment = int(clock.now().timestamp())
    if moment - int(session.get(SEEN, 0)) > STAFF_IDLE.total_seconds():
        return False
    if moment - int(session.get(SEEN, 0)) > 60:
        session[SEEN] = moment
    return True


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = (
        None  # addresses change on a phone; the cookie is signed, secure and HttpOnly
    )
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        REMEMBER_COOKIE_DURATION=timedelta(seconds=0),
    )
    app.after_request(_note_device)
    app.context_processor(lambda: {"current_person": current_person()})
