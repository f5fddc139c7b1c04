"""Letting people in by mail, and what they change about themselves."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from app.db import db, is_postgresql
from app.features.accounts import devices, queries
from app.kit import mail, signals, tokens
from app.models.person import Person, SignInCode
from app.records import areas, people, pressure, sanctions

LIFETIME = mail.SIGN_IN_LIFETIME
TRIES = 5
"""How many codes may be typed for one mail."""
MOST_ASKED = 6
ASKED_WITHIN = timedelta(hours=1)
"""How many mails one address may be sent in this time, whoever asks. The link in each goes on working, so
that somebody whose mailbox is flooded by another still gets in."""
MOST_WRONG = 20
WRONG_WITHIN = timedelta(days=1)
"""After so many wrong codes for one address only links let in: nobody guesses a code by asking again."""


class Problem(StrEnum):
    """Why somebody is not let in."""

    UNKNOWN = "unknown"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    TOO_MANY_TRIES = "too_many_tries"
    ONLY_LINKS = "only_links"


class NoEntry(Exception):
    """A code or link that does not let anybody in; nothing is wrong with the person."""

    def __init__(self, problem: Problem, tries_left: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.tries_left = tries_left


class TooManyMails(Exception):
    """This address was sent enough mails lately; `minutes` says when the next may follow."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail that was queued: what the asking browser keeps, and what the mail holds."""

    browser_token: str
    link_token: str
    code: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who may come in: who, where to, and what was typed before."""

    person: Person
    is_new: bool
    next_path: str
    draft_token: str
    with_kept: bool = True
    """Whether what was begun while signed out is completed now, or only waits."""


def ask_to_sign_in(
    email: str, language: str, now: datetime, *, next_path: str = "", draft_token: str = ""
) -> Asked:
    """Queue a mail with a code and a link. Does the same work whether or not somebody has this address.

    Raises TooManyMails when this address was sent enough of them lately.
    """
    asked = Asked(tokens.new_token(), tokens.new_token(), tokens.new_code())
    letter = mail.compose(
        email,
        mail.SIGN_IN,
        language,
        now,
        code=asked.code,
        link=mail.address("accounts.open_link", language, token=asked.link_token),
        minutes=int(LIFETIME.total_seconds() // 60),
    )
    _limit_mails(email, now)
    _remember(asked, email, language, now, next_path, draft_token)
    pressure.measure(now)
    db.session.add(letter)
    db.session.commit()
    signals.mail_queued.send()
    return asked


def write_to_known(email: str, language: str, now: datetime, next_path: str = "") -> None:
    """While strangers press the site, somebody with an account gets the mail also without any proof.

    The page says the same to everybody, so that nobody learns from it who has an account.
    """
    if people.with_address(email) is not None:
        with suppress(TooManyMails):
            ask_to_sign_in(email, language, now, next_path=next_path)


def make_link(email: str, language: str, now: datetime) -> str:
    """A sign-in link to hand over in another way than by mail; used by the command line."""
    asked = Asked(tokens.new_token(), tokens.new_token(), tokens.new_code())
    _remember(asked, email, language, now)
    db.session.commit()
    return mail.address("accounts.open_link", language, token=asked.link_token)


def enter_code(browser_token: str, code: str, now: datetime) -> Arrival:
    """Let in whoever types the code in the browser that asked for it.

    Raises NoEntry, and NotAllowed for a blocked person.
    """
    mine = SignInCode.request_hash == queries.browser_hash(browser_token)
    # The try is taken before the code is looked at, by one conditional statement: of ten wrong codes sent at
    # once no more than the tries that are left are ever compared.
    taken = db.session.execute(
        update(SignInCode)
        .where(mine, SignInCode.used_at.is_(None), SignInCode.expires_at > now, SignInCode.tries_left > 0)
        .values(tries_left=SignInCode.tries_left - 1)
        .returning(SignInCode.id)
    ).one_or_none()
    row = db.session.scalar(select(SignInCode).where(mine).execution_options(populate_existing=True))
    if taken is None or row is None:
        db.session.rollback()
        raise NoEntry(_problem_of(row, now))
    if _wrong_codes(row.email, now) - 1 >= MOST_WRONG:
        db.session.rollback()
        raise NoEntry(Problem.ONLY_LINKS)
    if not tokens.same(row.code_hash, tokens.keyed_hash("sign-in-code", browser_token, code)):
        left = row.tries_left
        db.session.commit()
        raise NoEntry(Problem.WRONG if left else Problem.TOO_MANY_TRIES, left)
    return _let_in(row, now, given_back=1)


def open_link(link_token: str, now: datetime) -> Arrival:
    """Let in whoever follows the link, on any device.

    Raises NoEntry, and NotAllowed for a blocked person.
    """
    row = queries.mail_with_link(link_token)
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise NoEntry(_problem_of(row, now))
    return _let_in(row, now)


def problem_of_link(row: SignInCode | None, now: datetime) -> Problem | None:
    """Why a link does not work, or None when it does."""
    if row is None or row.used_at is not None or row.expires_at <= now:
        return _problem_of(row, now)
    return None


def change_profile(person: Person, name: str, postcode: str, language: str) -> None:
    """Change how somebody is called, where they live and in which language they are written to."""
    person.name = name
    person.language = language
    _live_in(person, postcode)
    db.session.commit()


def introduce(person: Person, name: str, postcode: str) -> None:
    """Give the name that stands beside everything the person writes, and in which part of the city they live."""
    person.name = name
    _live_in(person, postcode)
    db.session.commit()


def _live_in(person: Person, postcode: str) -> None:
    """The neighbourhood follows from the postcode, where the site knows it; who leaves it as it was keeps theirs."""
    if postcode == person.postcode:
        return
    area = areas.of_postcode(postcode) if postcode else None
    person.postcode = postcode
    person.neighbourhood = area.name if area else ""


def end_all_sessions(person: Person, now: datetime) -> None:
    """Sign the person out on every device."""
    devices.end_all(person, now)
    db.session.execute(
        update(Person).where(Person.id == person.id).values(session_epoch=Person.session_epoch + 1)
    )
    db.session.commit()


def forget_old_codes(now: datetime) -> None:
    """Delete codes that say nothing any more; addresses of people who never came back go with them."""
    db.session.execute(delete(SignInCode).where(SignInCode.expires_at < now - WRONG_WITHIN))
    db.session.commit()


def _limit_mails(email: str, now: datetime) -> None:
    if is_postgresql():
        # Two requests for one address wait for each other here, so that both count right; SQLite has one
        # writer at a time anyway.
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(email))))
    count, first = db.session.execute(
        select(func.count(), func.min(SignInCode.created_at)).where(
            SignInCode.email == email, SignInCode.created_at > now - ASKED_WITHIN
        )
    ).one()
    if count >= MOST_ASKED:
        minutes = max(1, round((first + ASKED_WITHIN - now).total_seconds() / 60))
        db.session.rollback()
        raise TooManyMails(minutes)


def _remember(
    asked: Asked, email: str, language: str, now: datetime, next_path: str = "", draft_token: str = ""
) -> None:
    db.session.add(
        SignInCode(
            email=email,
            request_hash=queries.browser_hash(asked.browser_token),
            code_hash=tokens.keyed_hash("sign-in-code", asked.browser_token, asked.code),
            link_hash=queries.link_hash(asked.link_token),
            created_at=now,
            expires_at=now + LIFETIME,
            tries_left=TRIES,
            next_path=next_path,
            draft_token=draft_token or None,
            language=language,
        )
    )


def _wrong_codes(email: str, now: datetime) -> int:
    """How many wrong codes were typed for an address in the last day."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(TRIES - SignInCode.tries_left), 0)).where(
                SignInCode.email == email, SignInCode.created_at > now - WRONG_WITHIN
            )
        )
        or 0
    )


def _problem_of(row: SignInCode | None, now: datetime) -> Problem:
    if row is None:
        return Problem.UNKNOWN
    if row.used_at is not None:
        return Problem.USED
    if row.expires_at <= now:
        return Problem.EXPIRED
    return Problem.TOO_MANY_TRIES


def _let_in(row: SignInCode, now: datetime, given_back: int = 0) -> Arrival:
    """Use the mail up and find or make the person. Of two who come at once exactly one gets through."""
    email, next_path, draft_token, language = row.email, row.next_path, row.draft_token or "", row.language
    used = db.session.execute(
        update(SignInCode)
        .where(SignInCode.id == row.id, SignInCode.used_at.is_(None), SignInCode.expires_at > now)
        .values(used_at=now, draft_token=None, tries_left=SignInCode.tries_left + given_back)
        .returning(SignInCode.id)
    ).one_or_none()
    if used is None:
        db.session.rollback()
        raise NoEntry(Problem.USED)
    person, is_new = people.by_mail(email, language, now)
    sanctions.let_in(person, now)
    if person.confirmed_at is None:
        person.confirmed_at = now
    person.mail_stopped_at = None  # this mail did arrive
    db.session.commit()
    return Arrival(person, is_new, next_path, draft_token)
