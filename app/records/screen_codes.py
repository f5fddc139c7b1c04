"""The code of a room on a screen: only where a facilitator opened it, by a key in the address of that screen.

The key follows from the code, so it is worth as much as the code itself and opens nothing any more once there is
another one. Without it a screen is the one that everybody may look at, and has no code.
"""

from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.kit import i18n, qr, tokens
from app.policies.room import may_show_code
from app.records.evening import Evening

WAY = "/doe-mee"
"""Where a phone types the code."""
KEY_LENGTH = 32
"""Hexadecimal characters: 128 bits, which nobody guesses."""


@dataclass(frozen=True, slots=True)
class Joining:
    """What a screen in the room has, and no other: the code and the drawing that leads to the same, with their key."""

    code: str = field(repr=False)
    qr: Markup = field(repr=False)
    key: str = field(repr=False)
    mark: str
    """What everybody may know: another one for another code. A screen that stays open sees by it whether its code
    still counts."""

    def opens(self, given: str) -> bool:
        """Whether this is the key, in a time that tells nothing about it."""
        return tokens.same(self.key, given)


def joining(evening: Evening, now: datetime) -> Joining | None:
    """The code of an evening, in the language of the moment; None once nobody can come in with it any more."""
    if not may_show_code(evening.workshop, now):
        return None
    number, code = str(evening.workshop.id), evening.join_code
    root = "/en" if i18n.language() == "en" else ""
    address = f"{current_app.config['SITE'].site_url}{root}{WAY}/{code}"
    return Joining(
        code=code,
        qr=qr.drawing(address, _("QR code to join in")),
        key=tokens.keyed_hash("room-screen", number, code)[:KEY_LENGTH],
        mark=tokens.keyed_hash("room-screen-mark", number, code)[:16],
    )
