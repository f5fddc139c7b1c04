"""The agenda and its reasons in words that everybody can read."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from app.domain.ranking import AgendaPhase, Weighting, WhyNot, number
from app.domain.ranking.rounding import TENTH, in_tenths
from app.kit import voices
from app.kit.words import word
from app.models.workshop import AgendaItemKind


def minutes_text(value: str | int | float | Fraction) -> str:
    """Minutes with one decimal; a fraction "a/b" as well."""
    return str(format_decimal(number(str(value)), "#,##0.0"))


def carriers(groups: Sequence[str], entry: Mapping[str, Any]) -> str:
    """Who carries an item, by group."""
    return voices.carried(groups, entry["supporters"])


def payment(entry: Mapping[str, Any]) -> str:
    """What the supporters pay, per group in the same order; empty for an item that nobody pays."""
    if entry["phase"] != AgendaPhase.EQUAL_SHARES:
        return ""
    paid: Sequence[str | None] = entry["paid"]
    if any(value is None for value in paid):
        return _(
            "They pay its minutes from their equal share. We do not show how much per group: one group is very small."
        )
    parts = [
        minutes_text(tenths)
        for tenths, heads in zip(paid_tenths(entry), entry["supporters"], strict=True)
        if heads
    ]
    return _("They pay %(parts)s minutes from their equal share.", parts=" + ".join(parts))


def paid_tenths(entry: Mapping[str, Any]) -> tuple[Fraction, ...]:
    """What every group pays as it is shown: in tenths of minutes that add up to the minutes of the item."""
    return in_tenths([value or 0 for value in entry["paid"]], entry["minutes"])


def shares(groups: Sequence[str], entry: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Per group: its name, supporters, minutes paid, the most that one person pays; empty where one is withheld."""
    if entry["phase"] != AgendaPhase.EQUAL_SHARES or None in entry["supporters"]:
        return []
    return [
        (voices.group_plural(group), str(heads), minutes_text(paid), minutes_text(min(Fraction(most), paid)))
        for group, heads, paid, most in zip(
            groups, entry["supporters"], paid_tenths(entry), entry["highest"], strict=True
        )
    ]


def phase_name(phase: str) -> str:
    """How an item came on the agenda, in a word or three."""
    return {
        AgendaPhase.EQUAL_SHARES: _("From equal shares"),
        AgendaPhase.COMPLETION: _("Fills the time that was left"),
        AgendaPhase.PINNED: _("Put on the agenda beforehand"),
    }[AgendaPhase(phase)]


def why_not(row: Mapping[str, Any], budget: int, free: int) -> str:
    """Why a theme is not on the agenda, in one or two sentences."""
    reason = WhyNot(row["why"])
    if reason is WhyNot.SKIPPED:
        return _("The facilitator left it out: %(reason)s", reason=row["note"])
    if reason is WhyNot.TOO_LONG:
        return str(
            ngettext(
                "It takes %(minutes)s minutes, but there is only %(num)s minute to divide.",
                "It takes %(minutes)s minutes, but there are only %(num)s minutes to divide.",
                budget,
                minutes=row["minutes"],
            )
        )
    if reason is WhyNot.NO_SUPPORT:
        return _("Nobody whose votes count for the agenda supports this theme.")
    if row["shortfall"] is None:
        first = _("Its supporters come short. We do not show how many minutes: one group is very small.")
    else:
        behind, short = in_tenths([row["money_behind"], row["shortfall"]], row["minutes"])
        if not short:  # so little is lacking that it would be rounded away
            behind, short = behind - TENTH, TENTH
        first = _(
            "Its supporters still have %(behind)s of the %(minutes)s minutes: %(short)s too few.",
            behind=minutes_text(behind),
            minutes=row["minutes"],
            short=minutes_text(short),
        )
    if row["fits_time"]:
        return first
    last = (
        ngettext("Only %(num)s minute is left.", "Only %(num)s minutes are left.", free)
        if free
        else _("All the time is used.")
    )
    return f"{first} {last}"


def percent(share: float) -> str:
    """A share in whole percents."""
    return str(format_percent(share, "#,##0 %"))


def promise(holds: bool, checked: int) -> str:
    """Whether the promise to groups of supporters is kept, and on how many it was checked."""
    if not holds:
        return _("The promise is not kept for every group of supporters.")
    return str(
        ngettext(
            "Checked on %(num)s group of supporters: the promise is kept.",
            "Checked on %(num)s groups of supporters: the promise is kept.",
            checked,
        )
    )


def weighting_name(weighting: Weighting) -> str:
    """How people weigh."""
    return word(weighting)


def item_kind(kind: AgendaItemKind) -> str:
    """What the facilitator fixed, in a word."""
    return {
        AgendaItemKind.OPENING: _("Opening"),
        AgendaItemKind.BREAK: _("Break"),
        AgendaItemKind.CLOSING: _("Closing"),
        AgendaItemKind.PINNED: _("Certainly on the agenda"),
        AgendaItemKind.SKIPPED: _("Not on the agenda"),
        AgendaItemKind.RETIMED: _("Other minutes; the votes decide"),
    }[kind]


def difference(added: Sequence[str], dropped: Sequence[str]) -> str:
    """What changes with another way to choose, in one sentence."""
    if not added and not dropped:
        return _("Nothing would change: the same themes would be on the agenda.")
    parts = []
    if added:
        parts.append(_("Added: %(themes)s.", themes=voices.listed(added)))
    if dropped:
        parts.append(_("Dropped: %(themes)s.", themes=voices.listed(dropped)))
    return " ".join(parts)


def block_place(kind: AgendaItemKind) -> str:
    """Where a block of time stands in the programme."""
    return {
        AgendaItemKind.OPENING: _("At the start"),
        AgendaItemKind.BREAK: _("Halfway, as a break"),
        AgendaItemKind.CLOSING: _("At the end"),
    }[kind]
