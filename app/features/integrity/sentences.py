"""What stands out, in a sentence with its numbers: for people who look into it, and for the command line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import format_date, format_decimal, format_time, ngettext
from flask_babel import gettext as _

from app.domain.decision import N_
from app.domain.integrity import Kind

TITLES: Mapping[Kind, str] = {
    Kind.NEW_ACCOUNTS: N_("Many new accounts"),
    Kind.ONE_OFF: N_("Many people who vote on nothing else"),
    Kind.BURST: N_("Many votes in a short time"),
    Kind.SAME_NETWORK: N_("Accounts on one network that vote alike"),
    Kind.RING: N_("Accounts that vote as one"),
    Kind.INFLUENCE: N_("These votes change the ranking"),
    Kind.JUMP: N_("An idea that rose fast"),
}


_SENTENCES: Mapping[str, str] = {
    "new for": N_(
        "%(x)d of the %(n)d votes for this idea in 24 hours came from accounts that are younger than %(age)s; "
        "usual is %(usual)s in 100."
    ),
    "new against": N_(
        "%(x)d of the %(n)d votes against this idea in 24 hours came from accounts that are younger than "
        "%(age)s; usual is %(usual)s in 100."
    ),
    "one-off for": N_(
        "%(x)d of the %(n)d votes for this idea came from people who cast no more than %(most)d votes in all; "
        "usual is %(usual)s in 100."
    ),
    "one-off against": N_(
        "%(x)d of the %(n)d votes against this idea came from people who cast no more than %(most)d votes in "
        "all; usual is %(usual)s in 100."
    ),
    "burst for": N_(
        "From %(at)s on %(x)d votes for this idea came in within %(minutes)d minutes; about %(expected)s were "
        "to be expected."
    ),
    "burst against": N_(
        "From %(at)s on %(x)d votes against this idea came in within %(minutes)d minutes; about %(expected)s "
        "were to be expected."
    ),
    "network": N_(
        "%(x)d accounts on one network voted the same way; %(created)d of them were made within %(span)s."
    ),
    "ring": N_(
        "%(accounts)d accounts voted on %(ideas)d ideas in nearly the same way, and at least %(together)d times "
        "within %(seconds)d seconds of each other."
    ),
    "influence": N_(
        "With the votes that stand out this idea stands at %(with_)s, without them at %(without)s."
    ),
    "agenda other": N_(
        "Without the votes that stand out the agenda of the workshop would hold %(comes)s instead of %(leaves)s."
    ),
    "agenda less": N_(
        "Without the votes that stand out %(leaves)s would not be on the agenda of the workshop."
    ),
    "agenda more": N_(
        "Without the votes that stand out %(comes)s would be on the agenda of the workshop as well."
    ),
    "jump": N_("With the votes of the last 24 hours this idea rose from place %(before)d to place %(rank)d."),
}


def title(kind: str) -> str:
    """The name of a signal in a few words."""
    return _(TITLES[Kind(kind)])


def sentence(kind: str, direction: int, figures: Mapping[str, Any]) -> str:
    """What stands out with its numbers, and beside it what is usual. Says nothing about why."""
    way = "for" if direction > 0 else "against"
    match Kind(kind):
        case Kind.NEW_ACCOUNTS:
            told = [_filled(f"new {way}", figures, "x", "n", age=_hours(figures["hours"]), **_usual(figures))]
        case Kind.ONE_OFF:
            told = [_filled(f"one-off {way}", figures, "x", "n", "most", **_usual(figures))]
        case Kind.BURST:
            expected, at = format_decimal(round(figures["expected"], 1)), _moment(figures["from"])
            told = [_filled(f"burst {way}", figures, "x", "minutes", expected=expected, at=at)]
        case Kind.SAME_NETWORK:
            told = [_filled("network", figures, "x", "created", span=_hours(figures["hours"]))]
            if figures["ideas"] > 1:
                told.append(_("That happened on %(ideas)d ideas.", ideas=figures["ideas"]))
        case Kind.RING:
            told = [_filled("ring", figures, "accounts", "ideas", "together", "seconds")]
        case Kind.INFLUENCE:
            told = [_agenda(figures)] if "workshop" in figures else _influence(figures)
        case Kind.JUMP:
            told = [_filled("jump", figures, "before", "rank")]
    return " ".join([*told, *_altogether(kind, figures)])


def _influence(figures: Mapping[str, Any]) -> list[str]:
    places = {"with_": _place(figures["rank"]), "without": _place(figures["rank_without"])}
    told = [_filled("influence", figures, **places)]
    if figures["top_changes"]:
        is_in = figures["rank"] is not None and figures["rank"] <= figures["top"]
        told.append(
            _("Without them it would not be among the first ten.")
            if is_in
            else _("Without them it would be among the first ten.")
        )
    return told


def _agenda(figures: Mapping[str, Any]) -> str:
    leaves, comes = ", ".join(figures["leaves"]), ", ".join(figures["comes"])
    how = "other" if leaves and comes else "less" if leaves else "more"
    return _filled(f"agenda {how}", figures, leaves=leaves, comes=comes)


def _altogether(kind: str, figures: Mapping[str, Any]) -> list[str]:
    """How many votes a signal is about, where its first sentence does not say so already."""
    votes = figures["votes"]
    if figures.get("x") == votes:
        return []
    return [ngettext("It is about %(num)d vote in all.", "It is about %(num)d votes in all.", votes)]


def _filled(key: str, figures: Mapping[str, Any], *names: str, **values: Any) -> str:
    """A sentence with figures by their names, and with values that were made for it."""
    return str(_(_SENTENCES[key], **{name: figures[name] for name in names}, **values))


def _usual(figures: Mapping[str, Any]) -> dict[str, str]:
    """The usual share as a number of hundred: whole, except where that would be nought."""
    number = 100 * figures["usual"]
    return {"usual": str(format_decimal(round(number, 1) if number < 1 else round(number)))}


def _place(rank: int | None) -> str:
    return _("no place yet") if rank is None else _("place %(rank)d", rank=rank)


def _hours(hours: int) -> str:
    """A number of hours in words; whole days as days."""
    if hours % 24 == 0:
        return ngettext("%(num)d day", "%(num)d days", hours // 24)
    return ngettext("%(num)d hour", "%(num)d hours", hours)


def _moment(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return _("%(day)s at %(time)s", day=format_date(at, "d MMMM"), time=format_time(at, "HH:mm"))
