"""What each kind of signal watches, without numbers: for the public page, and at the desk while counts are hidden."""

from collections.abc import Mapping

from flask_babel import gettext as _

from app.domain.decision import N_
from app.models.integrity import SignalKind

WHAT: Mapping[SignalKind, str] = {
    SignalKind.NEW_ACCOUNTS: N_(
        "Within a day an unusual share of the votes on an idea comes from accounts that have only just been made."
    ),
    SignalKind.ONE_OFF: N_(
        "An unusual share of the votes on an idea comes from people who vote on hardly anything else."
    ),
    SignalKind.BURST: N_("Far more votes come in within a few minutes than at other moments."),
    SignalKind.SAME_NETWORK: N_(
        "Several accounts on one internet connection vote the same way, and were made at about the same time. "
        "Connections that many people share, such as that of the library or town hall, are left out."
    ),
    SignalKind.RING: N_(
        "A few accounts vote on the same ideas, the same way, within a minute of each other."
    ),
    SignalKind.INFLUENCE: N_(
        "We compute the ranking once more without the votes that stand out. If much changes, we look first."
    ),
    SignalKind.JUMP: N_("An idea rises many places within a day, while something else stands out as well."),
}


def what_it_is(kind: SignalKind) -> str:
    """What a signal of this kind watches, in a sentence."""
    return _(WHAT[kind])
