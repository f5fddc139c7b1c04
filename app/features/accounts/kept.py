"""What somebody began while signed out, on its way through the sign-in: told before, completed at the end, once."""

from datetime import datetime

from flask import session

from app.db import begin_write
from app.features.accounts.service import Arrival
from app.kit.identity import DRAFT
from app.models.person import SignInCode
from app.records import drafts, kept_actions
from app.records.kept_actions import Outcome, Promise

LONGEST_TOKEN = 64
ANSWER, DO, ONLY = "kept", "do", "only"
"""The buttons of a page on which one may also just sign in: their name, and what each says."""


def of_browser() -> str:
    """The token of what this browser began, if anything."""
    token = str(session.get(DRAFT, ""))
    return token if len(token) <= LONGEST_TOKEN else ""


def of_code(asked: SignInCode) -> str:
    """What the code completes: it is typed in the browser that began, which may have begun something else since."""
    return of_browser() or asked.draft_token or ""


def promise(token: str, now: datetime) -> Promise | None:
    """What signing in will do beside signing in."""
    return kept_actions.promise(token, now)


def carried(arrival: Arrival, now: datetime) -> str:
    """The draft that the new session holds: what came along with the way in, else what this browser began."""
    mine = of_browser()
    return mine if mine and drafts.look(arrival.draft_token, now) is None else arrival.draft_token


def finish(arrival: Arrival, now: datetime) -> Outcome | None:
    """Complete what came along with this way in, or let it be, in the session that has just begun."""
    token = arrival.draft_token
    outcome = None
    if arrival.with_kept:
        begin_write()  # the provider sends people back by an address, and such a request usually only reads
        outcome = kept_actions.complete(arrival.person, token, now)
    else:
        kept_actions.decline(token, now)
    if token and session.get(DRAFT) == token and drafts.look(token, now) is None:
        session.pop(DRAFT)
    return outcome
