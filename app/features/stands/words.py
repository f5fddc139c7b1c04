"""Sealed standings in words that everybody can read."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.domain.ranking import AgendaPhase, Weighting, WhyNot, certainty_of, number
from app.kit import i18n, voices
from app.kit.words import word
from app.models.integrity import ExclusionReason

Record = Mapping[str, Any]


def share(text: str, *, whole: bool) -> str:
    """A score of the document in percent; `whole` where it was rounded because a small group is withheld."""
    return i18n.percent(number(text), "#,##0 %" if whole else "#,##0.0 %")


def exclusion(reason: str) -> str:
    """Why votes were not counted."""
    known = {each.value: each for each in ExclusionReason}
    return word(known[reason]) if reason in known else reason


def weighting(of: str) -> str:
    """How people weigh, in a sentence."""
    if Weighting(of) is Weighting.PER_GROUP:
        return _("Every group weighs as much as its weight says, however many people it has.")
    return _("Every person weighs the same.")


def ballots(kind: str) -> str:
    """What the agenda was made from, in a sentence."""
    if kind == "ticked":
        return _("People ticked themselves which themes belong on the agenda.")
    return _("Somebody supports a theme when that person voted for more often than against on its ideas.")


def weights(parameters: Record) -> str:
    """The weight of every group: `Residents 1/3, Council members 1/3`."""
    pairs = zip(parameters["groups"], parameters["weights"], strict=True)
    return ", ".join(f"{voices.group_plural(group)} {weight}" for group, weight in pairs)


def phase(entry: Record) -> str:
    """How a theme came on the agenda, in a sentence."""
    return {
        AgendaPhase.EQUAL_SHARES: _("Paid from equal shares."),
        AgendaPhase.COMPLETION: _("Fills the time that was left."),
        AgendaPhase.PINNED: _("Put on the agenda beforehand: %(reason)s", reason=entry["reason"]),
    }[AgendaPhase(entry["phase"])]


def why_not(row: Record) -> str:
    """Why a theme is not on the agenda, in a sentence."""
    return {
        WhyNot.SKIPPED: _("The facilitator left it out: %(reason)s", reason=row["note"]),
        WhyNot.TOO_LONG: _("More minutes than there are to divide."),
        WhyNot.NO_SUPPORT: _("No support from anybody whose votes count for the agenda."),
        WhyNot.NO_TIME: _("The supporters could not pay for the minutes, and no time was left."),
    }[WhyNot(row["why"])]


def figure(value: float) -> str:
    """A share between 0 and 1 as a formula shows it, with four decimals."""
    return str(format_decimal(value, "0.0000"))


def between(low: float | Fraction, high: float | Fraction) -> str:
    """Between which two shares something lies; outwards, so that the true value is never left out."""
    return _(
        "between %(low)s and %(high)s",
        low=figure(floor(low * 10_000) / 10_000),
        high=figure(ceil(high * 10_000) / 10_000),
    )


def outcome(value: float) -> str:
    """What a formula ends with: one decimal more than its terms, so that whoever rounds it comes to the score."""
    return str(format_decimal(value, "0.00000"))


def certainty(z: float) -> str:
    """How sure margins are: in percent, with z as it was counted with."""
    percent, width = format_decimal(certainty_of(z), "0.#"), format_decimal(z, "0.00####")
    return _("%(percent)s (z = %(z)s)", percent=percent, z=width)


def settings(parameters: Record) -> list[tuple[str, str]]:
    """Every setting that was in force, with its name."""
    return [
        (_("Weight of the groups"), weights(parameters)),
        (_("Imagined average votes per group (m)"), str(parameters["m"])),
        (_("Votes an idea needs before it is ranked (n_min)"), str(parameters["n_min"])),
        (_("Supporters a theme needs"), str(parameters["min_supporters"])),
        (_("Votes a person needs before the ballot counts for the agenda"), str(parameters["min_votes"])),
        (_("Damping of a small group in the agenda (k)"), str(parameters["k"])),
        (_("Certainty of margins, in percent (z)"), certainty(number(str(parameters["z"])))),
        (
            _("Days after which a vote counts half in Current"),
            str(format_decimal(number(str(parameters["half_life_days"])))),
        ),
        (_("Votes at which Disputed counts half"), str(parameters["calm"])),
    ]


def commands(file: str, seed: str) -> tuple[tuple[str, ...], str, str]:
    """What a checker types: for the fingerprint of the file (two systems), for the lot, and for everything again."""
    return (
        (f"sha256sum {file}", f"certutil -hashfile {file} SHA256"),
        f"printf '%s' '{seed}' | sha256sum",
        f"flask --app wsgi ranking verify {file}",
    )
