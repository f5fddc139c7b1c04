"""What was begun while signed out is said on the pages to sign in, and completed by the sign-in, once.

A room registers how to describe and how to complete what it keeps; the accounts room asks here and knows no other
room. Something is kept as a draft (`app.records.drafts`); its kind, up to a colon, says whose it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import session
from flask_babel import gettext as _

from app.db import begin_write, db
from app.domain.decision import NotAllowed
from app.kit.identity import DRAFT
from app.models.person import Person
from app.records import drafts
from app.records.drafts import Kept


@dataclass(frozen=True, slots=True)
class Promise:
    """What signing in will do beside signing in, in the words of the page."""

    sentence: str
    """`After signing in, your vote for ‘A bench’ is counted.`"""
    button: str
    texts: tuple[tuple[str, str], ...] = ()
    """What will be published or sent, as it was typed, each under its name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a sentence, its kind of notification, and where the person goes on."""

    sentence: str
    address: str
    kind: str = "success"


class NotComplete(Exception):
    """What was kept cannot be sent as it is: something is missing or too long. It waits in its form."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a room completes what it keeps.

    `describe` gives None for what cannot be completed as things stand; the sign-in page then promises nothing.
    `complete` commits, and raises NotAllowed or NotComplete. `address` is where it was begun: the form or the text.
    `waits` says whether that page shows it again; what does not wait is forgotten when it is refused or not wanted.
    """

    describe: Callable[[Kept, datetime], Promise | None]
    complete: Callable[[Person, Kept, datetime], Outcome]
    address: Callable[[Kept], str]
    waits: bool = True


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Called by a room when it is set up."""
    _kinds[name] = kind


def promise(token: str, now: datetime) -> Promise | None:
    """What signing in with this draft will do, if anything. Reads only."""
    kept = drafts.look(token, now)
    kind = _kind_of(kept)
    return kind.describe(kept, now) if kept and kind else None


def complete(person: Person, token: str, now: datetime) -> Outcome | None:
    """Do what was kept, for the person who has just signed in; None when nothing was, or when it waits in its form.

    Taking it and doing it are one transaction: of two at once one does it, and what fails is still there.
    """
    if person.is_blocked(now):
        return None
    kept = drafts.take(token, now)
    kind = _kind_of(kept)
    if kept is None or kind is None:
        db.session.rollback()
        return None
    try:
        outcome = kind.complete(person, kept, now)
    except NotComplete:
        db.session.rollback()
        return None
    except NotAllowed as no:
        db.session.rollback()
        if not kind.waits:
            forget(token)
        return Outcome(_(no.decision.refusal, **no.decision.values), kind.address(kept), "warning")
    forget(
        token
    )  # it is gone, unless the room had to start over because somebody did the same at that moment
    return outcome


LONGEST_TOKEN = 64
ANSWER, DO, ONLY = "kept", "do", "only"
"""The buttons of a page on which one may also just sign in: their name, and what each says."""


def of_browser() -> str:
    """The token of what this browser began, if anything."""
    token = str(session.get(DRAFT, ""))
    return token if len(token) <= LONGEST_TOKEN else ""


def after_sign_in(person: Person, token: str, now: datetime, *, wanted: bool) -> Outcome | None:
    """Complete what was begun, or let it be, in the session that has just begun; every way in ends with this."""
    outcome = None
    if wanted:
        begin_write()  # the provider sends people back by an address, and such a request usually only reads
        outcome = complete(person, token, now)
    else:
        decline(token, now)
    if token and session.get(DRAFT) == token and drafts.look(token, now) is None:
        session.pop(DRAFT)
    return outcome


def decline(token: str, now: datetime) -> bool:
    """Only sign in: what waits in a form goes on waiting, the rest is forgotten. Whether anything waits."""
    kept = drafts.look(token, now)
    kind = _kind_of(kept)
    if kind is not None and not kind.waits:
        forget(token)
        return False
    return kept is not None


def forget(token: str) -> None:
    """It was done, or nobody wants it any more."""
    drafts.drop(token)
    db.session.commit()


def _kind_of(kept: Kept | None) -> Kind | None:
    return _kinds.get(kept.kind.partition(":")[0]) if kept else None
