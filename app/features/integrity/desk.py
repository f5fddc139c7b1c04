"""One signal as its page shows it: what stands out in words, when votes came, what would stand where without them.

While a phase hides counts nothing here tells any: then only which accounts it is about (product rule 3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_datetime, format_decimal, format_timedelta
from flask_babel import gettext as _
from markupsafe import Markup

from app.features.integrity import accounts, kinds, queries, sentences
from app.features.integrity.accounts import Account
from app.kit import charts
from app.models.integrity import IntegritySignal, Objection
from app.records import calls, integrity_views
from app.records.integrity_views import Shadow, Timeline


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """The votes over time, as a drawing and as the rows of its table."""

    drawing: Markup
    caption: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SignalPage:
    """Everything on the page of a signal. Where counts are hidden, picture and shadow are None."""

    signal: IntegritySignal
    kind: str
    sentence: str
    hides_counts: bool
    picture: TimelinePicture | None
    shadow: Shadow | None
    accounts: tuple[Account, ...]
    proposals: tuple[queries.ProposalRow, ...]
    chosen: dict[int, tuple[str, ...]]
    """Which accounts each proposal is about, by their names here."""
    objections: tuple[tuple[str, str, Objection], ...]
    """Token and name of the account, and what was said."""
    log: tuple[queries.LogLine, ...]


def hides_counts(call_id: int, now: datetime) -> bool:
    """Whether nobody may see counts of the call now."""
    call = calls.get(call_id)
    return call is None or call.hides_counts(now)


def sentence_of(signal: IntegritySignal, hidden: bool) -> str:
    """What stands out, with its numbers; while counts are hidden only what kind of thing it is."""
    return (
        kinds.what_it_is(signal.kind)
        if hidden
        else sentences.sentence(signal.kind, signal.direction, signal.figures)
    )


def page(signal: IntegritySignal, now: datetime) -> SignalPage:
    """Read everything about a signal."""
    hidden = hides_counts(signal.call_id, now)
    labels = accounts.labels_of(signal.id)
    keys = accounts.tokens_of(signal.id, labels)
    proposals = queries.proposals(signal.id)
    numbers = [row.exclusion.id for row in proposals]
    return SignalPage(
        signal=signal,
        kind=sentences.title(signal.kind),
        sentence=sentence_of(signal, hidden),
        hides_counts=hidden,
        picture=None if hidden else picture(integrity_views.timeline(signal.id)),
        shadow=None if hidden else integrity_views.shadow(signal.id),
        accounts=tuple(accounts.of_signal(signal.id, signal.call_id, signal.found_at)),
        proposals=tuple(proposals),
        chosen={
            each: tuple(_in_order(labels[person] for person in queries.accounts_in(each) if person in labels))
            for each in numbers
        },
        objections=tuple(
            (keys[row.person_id], labels[row.person_id], row)
            for row in queries.objections_to(numbers)
            if row.person_id in labels
        ),
        log=tuple(queries.log(signal.id, numbers)),
    )


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: int(name[1:]))


def _short(moment: datetime) -> str:
    return str(format_datetime(moment, "short"))


def picture(of: Timeline) -> TimelinePicture | None:
    """The votes over time; None when none of them is left."""
    if not of.bars:
        return None
    values = [(bar.flagged_for + bar.flagged_against, bar.other_for + bar.other_against) for bar in of.bars]
    caption = _("When the votes came in, per %(width)s", width=width_of(of.width))
    out, rest = sum(each[0] for each in values), sum(each[1] for each in values)
    drawing = charts.columns(
        caption,
        values,
        _short(of.bars[0].starts_at),
        _short(of.bars[-1].starts_at),
        _(
            "%(out)s votes of this signal and %(rest)s other votes.",
            out=format_decimal(out),
            rest=format_decimal(rest),
        ),
    )
    rows = tuple(
        (_short(bar.starts_at), format_decimal(value[0]), format_decimal(value[1]))
        for bar, value in zip(of.bars, values, strict=True)
        if any(value)
    )
    return TimelinePicture(drawing, caption, rows)


def span(of: timedelta) -> str:
    """How long something is, in words such as "3 days"."""
    return str(format_timedelta(of, granularity="minute"))


def width_of(width: timedelta) -> str:
    """How wide a bar is, in words."""
    seconds = int(width.total_seconds())
    for size, word in (
        (86400, _("%(number)s days")),
        (3600, _("%(number)s hours")),
        (60, _("%(number)s minutes")),
    ):
        if seconds == size:
            return {86400: _("day"), 3600: _("hour"), 60: _("minute")}[size]
        if seconds > size and seconds % size == 0:
            return word % {"number": seconds // size}
    return _("%(number)s seconds", number=seconds)


def accounts_of(signal: IntegritySignal) -> list[Account]:
    """The accounts whose votes a signal is about."""
    return accounts.of_signal(signal.id, signal.call_id, signal.found_at)
