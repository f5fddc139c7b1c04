"""The second step of signing in: codes of an authenticator app, and recovery codes for when it is gone."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pyotp
import structlog
from sqlalchemy import case, delete, func, insert, or_, select, update

from app.db import db
from app.kit import audit, cipher, tokens
from app.models.entry import RecoveryCode, SecondFactor
from app.models.person import Person
from app.policies.accounts import may_reset_second_factor

STEP = 30
"""Seconds that a code of the app stands."""
WINDOW = 1
"""How many steps the clock of a phone may be ahead or behind."""
TRIES = 5
WAIT = timedelta(minutes=15)
"""After so many wrong codes within this time nothing is compared until it has passed."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without the letters and digits that look alike on paper."""
_SECRET = "second-factor"  # noqa: S105 - the purpose of the key, not a secret
log = structlog.get_logger()


class Problem(StrEnum):
    """Why a code is not taken."""

    WRONG = "wrong"
    USED = "used"
    TOO_MANY_TRIES = "too_many_tries"
    UNREADABLE = "unreadable"


class WrongCode(Exception):
    """The code does not count; `left` tries remain, or `minutes` to wait."""

    def __init__(self, problem: Problem, *, left: int = 0, minutes: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.left = left
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class State:
    """How somebody's second step stands."""

    since: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whom an organiser sees in the list: staff, and everybody with a second step."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    since: datetime | None


def has_one(person: Person) -> bool:
    """Whether somebody has set up the second step."""
    return state_of(person).since is not None


def state_of(person: Person) -> State:
    """Since when somebody has the second step, and how many recovery codes are left."""
    left = (
        select(func.count())
        .where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    found = db.session.execute(
        select(SecondFactor.confirmed_at, left).where(SecondFactor.person_id == person.id)
    ).one_or_none()
    return State(found[0], int(found[1])) if found else State(None, 0)


def new_secret() -> str:
    """A secret for an app that is being set up: 160 bits."""
    return pyotp.random_base32(32)


def app_address(secret: str, label: str, site: str) -> str:
    """What the drawing for the phone holds."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=label, issuer_name=site)


def set_up(person: Person, secret: str, code: str, now: datetime) -> list[str]:
    """Take the app with this secret as the person's second step, in place of any before; the recovery codes.

    Raises WrongCode when the code does not come from it.
    """
    step = _step_of(secret, code, now)
    if step is None:
        raise WrongCode(Problem.WRONG)
    # Two who confirm at once wait for each other here.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    factor = db.session.get(SecondFactor, person.id)
    before = factor is not None
    if factor is None:
        factor = SecondFactor(person_id=person.id, created_at=now)
        db.session.add(factor)
    factor.secret = cipher.lock(_SECRET, secret).encode()
    factor.confirmed_at, factor.last_step = now, step
    factor.wrong_tries, factor.wrong_since = 0, None
    db.session.flush()
    codes = _replace_codes(person)
    _note(person, "accounts.replace_second_factor" if before else "accounts.set_up_second_factor", now)
    db.session.commit()
    return codes


def check(person: Person, code: str, now: datetime) -> None:
    """Take a code of the app; each counts once. Raises WrongCode."""
    row = _take_try(person, now)
    try:
        secret = cipher.unlock(_SECRET, row.secret.decode())
    except cipher.Unreadable:
        db.session.rollback()
        log.error("second_factor_unreadable", person=person.id)
        raise WrongCode(Problem.UNREADABLE) from None
    step = _step_of(secret, code, now)
    if step is None:
        refusal = _wrong(row, now)
        db.session.commit()
        raise refusal
    mine = SecondFactor.person_id == person.id
    taken = db.session.execute(
        update(SecondFactor)
        .where(mine, SecondFactor.last_step < step)
        .values(last_step=step, wrong_tries=0, wrong_since=None)
        .returning(SecondFactor.person_id)
    ).one_or_none()
    db.session.commit()
    if taken is None:
        raise WrongCode(Problem.USED)


def use_recovery_code(person: Person, code: str, now: datetime) -> int:
    """Take a recovery code, once; how many are left. Raises WrongCode."""
    row = _take_try(person, now)
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _hash(person, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).one_or_none()
    if used is None:
        refusal = _wrong(row, now)
        db.session.commit()
        raise refusal
    db.session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person.id)
        .values(wrong_tries=0, wrong_since=None)
    )
    left = state_of(person).codes_left
    _note(person, "accounts.use_recovery_code", now, {"codes_left": left})
    db.session.commit()
    return left


def renew_codes(person: Person, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones are worth nothing from now on."""
    codes = _replace_codes(person)
    _note(person, "accounts.renew_recovery_codes", now)
    db.session.commit()
    return codes


def stop(person: Person, now: datetime) -> None:
    """Go on without a second step; for people of whom the site does not ask it."""
    _forget(person)
    _note(person, "accounts.stop_second_factor", now)
    db.session.commit()


def reset(actor: Person | None, person: Person, why: str, now: datetime) -> bool:
    """Take somebody's second step away, so that they set up a new one, and sign them out everywhere.

    Actor is None for a command on the server. False when there was none. Raises NotAllowed.
    """
    if actor is not None:
        may_reset_second_factor(actor, person).or_raise()
    if not _forget(person):
        db.session.rollback()
        return False
    db.session.execute(
        update(Person).where(Person.id == person.id).values(session_epoch=Person.session_epoch + 1)
    )
    before, after = {"second_factor": True}, {"second_factor": False}
    audit.record(actor, "accounts.reset_second_factor", person, now, before=before, after=after, why=why)
    db.session.commit()
    return True


def holders(now: datetime, words: str = "", most: int = 200) -> list[Holder]:
    """Staff and everybody with a second step, by name; `words` looks in name and address."""
    staff = Person.role_rows.any()
    query = (
        select(Person, SecondFactor.confirmed_at)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(or_(staff, SecondFactor.confirmed_at.is_not(None)), Person.not_blocked(now))
        .order_by(staff.desc(), Person.name, Person.id)
        .limit(most)
    )
    if words:
        part = f"%{words.lower().replace('%', '')}%"
        query = query.where(or_(func.lower(Person.name).like(part), Person.email.like(part)))
    return [
        Holder(person.id, person.name, person.email or "", tuple(sorted(person.roles)), since)
        for person, since in db.session.execute(query)
    ]


def written(code: str) -> str:
    """A recovery code as people read it: in two halves."""
    return f"{code[: RECOVERY_LENGTH // 2]}-{code[RECOVERY_LENGTH // 2 :]}"


def _take_try(person: Person, now: datetime) -> SecondFactor:
    """Count a try before anything is compared, so that of many at once no more than five are. Raises WrongCode."""
    fresh = or_(SecondFactor.wrong_since.is_(None), SecondFactor.wrong_since <= now - WAIT)
    mine = SecondFactor.person_id == person.id
    taken = db.session.execute(
        update(SecondFactor)
        .where(mine, or_(fresh, SecondFactor.wrong_tries < TRIES))
        .values(
            wrong_tries=case((fresh, 1), else_=SecondFactor.wrong_tries + 1),
            wrong_since=case((fresh, now), else_=SecondFactor.wrong_since),
        )
        .returning(SecondFactor.person_id)
    ).one_or_none()
    row = db.session.get(SecondFactor, person.id, populate_existing=True)
    if row is None:
        db.session.rollback()
        raise WrongCode(Problem.WRONG)  # an organiser took it away at this very moment
    if taken is None:
        minutes = _minutes(row, now)
        db.session.rollback()
        raise WrongCode(Problem.TOO_MANY_TRIES, minutes=minutes)
    return row


def _wrong(row: SecondFactor, now: datetime) -> WrongCode:
    left = TRIES - row.wrong_tries
    if left > 0:
        return WrongCode(Problem.WRONG, left=left)
    return WrongCode(Problem.TOO_MANY_TRIES, minutes=_minutes(row, now))


def _minutes(row: SecondFactor, now: datetime) -> int:
    since = row.wrong_since or now
    return max(1, -int((now - since - WAIT).total_seconds() // 60))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code belongs to, if it is one of those that stand now."""
    app = pyotp.TOTP(secret, interval=STEP)
    moment = now.astimezone(UTC)
    for shift in range(-WINDOW, WINDOW + 1):
        if tokens.same(app.at(moment, counter_offset=shift), code):
            return int(moment.timestamp()) // STEP + shift
    return None


def _replace_codes(person: Person) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes: list[str] = []
    while len(codes) < RECOVERY_CODES:
        code = "".join(secrets.choice(_LETTERS) for _letter in range(RECOVERY_LENGTH))
        if code not in codes:
            codes.append(code)
    rows = [{"person_id": person.id, "code_hash": _hash(person, code)} for code in codes]
    db.session.execute(insert(RecoveryCode), rows)
    return codes


def _forget(person: Person) -> bool:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    gone = db.session.execute(
        delete(SecondFactor).where(SecondFactor.person_id == person.id).returning(SecondFactor.person_id)
    )
    return gone.one_or_none() is not None


def _hash(person: Person, code: str) -> str:
    return tokens.keyed_hash("recovery-code", str(person.id), code)


def _note(person: Person, action: str, now: datetime, after: Mapping[str, object] | None = None) -> None:
    """Who may do more than take part leaves a line; for everybody else it is nobody's business."""
    if person.is_staff:
        audit.record(person, action, person, now, after=after)
