"""What processes, calls and activities are called on a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.phases import Action
from app.models.process import ActivityKind, Audience, CallKind
from app.records.calls import CallRow, PhaseRow

ACTIVITY_ICONS = {
    ActivityKind.CONVERSATIONS: "chat",
    ActivityKind.INFORMATION: "info",
    ActivityKind.RESEARCH: "search",
    ActivityKind.WORKSHOP: "agenda",
    ActivityKind.COUNCIL: "gavel",
}


def activity_kind(kind: ActivityKind) -> str:
    """The kind of an activity in words."""
    return {
        ActivityKind.CONVERSATIONS: _("Conversations"),
        ActivityKind.INFORMATION: _("Information round"),
        ActivityKind.RESEARCH: _("Research"),
        ActivityKind.WORKSHOP: _("Workshop"),
        ActivityKind.COUNCIL: _("Council meeting"),
    }[kind]


def call_kind(kind: CallKind) -> str:
    """The kind of a call in words."""
    return {
        CallKind.IDEAS: _("Ideas"),
        CallKind.PROCEDURE: _("Suggestions on the procedure"),
        CallKind.RESEARCH: _("Research elements"),
        CallKind.CHALLENGE: _("Right to challenge"),
    }[kind]


def audience(of: Audience) -> str:
    """Whom a call is meant for, in words."""
    return {
        Audience.EVERYONE: _("For everyone"),
        Audience.COUNCIL: _("For council members"),
        Audience.PARTNERS: _("For partners in the city"),
    }[of]


def rights(phase: PhaseRow) -> str:
    """What a phase allows, in words."""
    words = {
        Action.SUBMIT: _("send in ideas"),
        Action.ARGUE: _("join in the discussion"),
        Action.VOTE: _("cast votes"),
    }
    given = [words[action] for action in Action if phase.gives(action)]
    if not given:
        return _("Reading only")
    listed = (
        given[0]
        if len(given) == 1
        else _("%(first)s and %(last)s", first=", ".join(given[:-1]), last=given[-1])
    )
    return listed[:1].upper() + listed[1:]


def phase_state(phase: PhaseRow, now: datetime) -> str:
    """past, now or next."""
    if phase.ends_at <= now:
        return "past"
    return "now" if phase.starts_at <= now else "next"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which something of a call begins or ends, with what stands around the time to it."""

    moment: datetime
    is_end: bool
    time: str

    @property
    def pattern(self) -> str:
        """The sentence, with `#` in the place of the time."""
        return _("%(time)s left", time="#") if self.is_end else _("Opens in %(time)s", time="#")

    def __str__(self) -> str:
        return self.pattern.replace("#", self.time)


def deadline(call: CallRow, now: datetime) -> Deadline | None:
    """Until when people can still send in, vote or argue, or when that begins; None when all is over."""
    open_actions = [action for action in Action if call.allows(action, now)]
    if not open_actions or call.phase(now) is None:
        opens = [moment for action in Action if (moment := call.opens(action, now))]
        return Deadline(min(opens), False, _span(min(opens) - now)) if opens else None
    ends = max(moment for action in open_actions if (moment := call.closes(action)))
    return Deadline(ends, True, _span(ends - now))


def _span(length: timedelta) -> str:
    if length >= timedelta(days=1):
        return ngettext("%(num)d day", "%(num)d days", length.days)
    hours = int(length.total_seconds() // 3600)
    if hours:
        return ngettext("%(num)d hour", "%(num)d hours", hours)
    minutes = max(1, int(length.total_seconds() // 60))
    return ngettext("%(num)d minute", "%(num)d minutes", minutes)
