"""What waits and by when it is to be read, as the pages of the moderators say it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time, format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.kit.i18n import TIME_ZONE
from app.models.queue import QueueKind
from app.records.queue import CLAIM

KINDS = {
    QueueKind.IDEA: _l("New ideas"),
    QueueKind.AMENDMENT: _l("Changed texts"),
    QueueKind.IMAGE: _l("New images"),
    QueueKind.ARGUMENT: _l("Arguments"),
    QueueKind.REPLY: _l("Replies"),
    QueueKind.PRACTICE: _l("Examples"),
    QueueKind.REPORT: _l("Reports"),
    QueueKind.APPEAL: _l("Appeals"),
    QueueKind.DUPLICATE: _l("Possible duplicates"),
}
ONE = {
    QueueKind.IDEA: _l("New idea"),
    QueueKind.AMENDMENT: _l("Changed text"),
    QueueKind.IMAGE: _l("New image"),
    QueueKind.ARGUMENT: _l("New reaction"),
    QueueKind.REPLY: _l("New reply"),
    QueueKind.PRACTICE: _l("Suggested example"),
    QueueKind.REPORT: _l("Report"),
    QueueKind.APPEAL: _l("Appeal"),
    QueueKind.DUPLICATE: _l("Possible duplicate"),
}
ICONS = {
    QueueKind.IDEA: "idea",
    QueueKind.AMENDMENT: "edit",
    QueueKind.IMAGE: "camera",
    QueueKind.ARGUMENT: "chat",
    QueueKind.REPLY: "reply",
    QueueKind.PRACTICE: "practice",
    QueueKind.REPORT: "flag",
    QueueKind.APPEAL: "scale",
    QueueKind.DUPLICATE: "merge",
}
COLOURS = {QueueKind.REPORT: "warning", QueueKind.APPEAL: "warning"}


def by_when(due_at: datetime, now: datetime) -> str:
    """How much time is left of what was promised, or when it should have been read."""
    if due_at >= now:
        return str(
            _(
                "%(time)s left to read it",
                time=format_timedelta(due_at - now, granularity="minute", threshold=1),
            )
        )
    zone = ZoneInfo(TIME_ZONE)
    due, today = due_at.astimezone(zone), now.astimezone(zone).date()
    if due.date() == today:
        return str(_("should have been read at %(time)s", time=format_time(due_at, "HH:mm")))
    if due.date() == today - timedelta(days=1):
        return str(_("should have been read yesterday"))
    return str(_("should have been read on %(day)s", day=format_date(due, "d MMMM")))


def claimed_until(claimed_at: datetime) -> str:
    """Until what time of day a claim holds."""
    return clock_time(claimed_at + CLAIM)


def clock_time(moment: datetime) -> str:
    """The time of day."""
    return str(format_time(moment, "HH:mm"))
