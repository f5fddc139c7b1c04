"""What somebody began while signed out, on its way through the sign-in: told before, completed at the end, once."""

from datetime import datetime

from app.features.accounts.service import Arrival
from app.models.person import SignInCode
from app.records import drafts, kept_actions
from app.records.kept_actions import Outcome


def of_code(asked: SignInCode) -> str:
    """What the code completes: it is typed in the browser that began, which may have begun something else since."""
    return kept_actions.of_browser() or asked.draft_token or ""


def carried(arrival: Arrival, now: datetime) -> str:
    """The draft that the new session holds: what came along with the way in, else what this browser began."""
    mine = kept_actions.of_browser()
    return mine if mine and drafts.look(arrival.draft_token, now) is None else arrival.draft_token


def finish(arrival: Arrival, now: datetime) -> Outcome | None:
    """Complete what came along with this way in, if that is wanted, in the session that has just begun."""
    return kept_actions.after_sign_in(arrival.person, arrival.draft_token, now, wanted=arrival.with_kept)
