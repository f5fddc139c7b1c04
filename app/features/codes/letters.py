"""Letters with voting codes on paper, one page each: the words here, the look in templates/pdf/letters.typ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from flask import current_app
from flask_babel import format_datetime, gettext

from app.domain import voting_codes
from app.kit import mail, pdf
from app.kit.i18n import speaking
from app.records.calls import CallRow

LEAST_CORRECTION = "m"
"""A code on paper may have a stain on it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: so many letters for a call, until a moment, in a language."""

    call: CallRow
    count: int
    name: str
    expires_at: datetime
    language: str


def write(order: Order, codes: Sequence[str], step: Callable[[], None]) -> bytes:
    """The letters as one PDF; `step` is called after each of them."""
    where = mail.address("codes.enter", order.language)
    letters = []
    for code in codes:
        shown = voting_codes.grouped(code)
        letters.append({"code": shown, "qr": _squares(f"{where}#{shown}")})
        step()
    return pdf.render("letters", {**_words(order, where), "letters": letters})


def _squares(address: str) -> list[str]:
    """A QR code, row by row: 1 is dark. What stands behind # never reaches a server or its logs."""
    made = segno.make(address, error=LEAST_CORRECTION, micro=False)
    return ["".join("1" if dark else "0" for dark in row) for row in made.matrix]


def _words(order: Order, where: str) -> dict[str, object]:
    site = current_app.config["SITE"]
    with speaking(order.language):
        until = format_datetime(order.expires_at, "EEEE d MMMM y, HH:mm")
        return {
            "language": order.language,
            "site": site.site_name,
            "municipality": site.municipality,
            "title": gettext("Your code to vote"),
            "process": order.call.process_title,
            "question": order.call.title,
            "invitation": gettext(
                "You can vote on ideas for the city, and say what you think of them. You do not need an e-mail "
                "address. With the code in this letter you take part."
            ),
            "code_label": gettext("Your code"),
            "until_label": gettext("You can use it until"),
            "until": until,
            "how": gettext("This is how it works"),
            "steps": [
                gettext(
                    "Scan the square with the camera of your phone. Or go to this address on a computer:"
                ),
                gettext("Fill in the code, if it is not there yet. Press “Sign in”."),
                gettext("Choose a name, if you want. Look at the ideas and vote for or against."),
            ],
            "address": where.partition("://")[2],
            "know": gettext("Good to know"),
            "rules": [
                gettext("The code is for one person. Do not give it to somebody else."),
                gettext(
                    "You can use the code more than once, also on another device. You stay the same person, so every "
                    "idea gets one vote of you."
                ),
                gettext("Nobody knows who got which code. Your votes stay secret."),
                gettext("No computer? They gladly help you in the library or the neighbourhood centre."),
            ],
            "questions": gettext("Questions? Write to %(address)s.", address=site.contact_email),
            "qr_alt": gettext("Square that opens the page with your code filled in"),
        }
