"""The kinds of messages and how often they are mailed, as pages say it."""

from flask_babel import lazy_gettext as _l

from app.models.following import NoticeKind
from app.models.person import Digest

DIGESTS = {
    Digest.DAILY: _l("Every day, in the morning"),
    Digest.WEEKLY: _l("Every Monday"),
    Digest.OFF: _l("Never: I look here myself"),
}
KINDS = {
    NoticeKind.STATUS: _l("How far an idea has come"),
    NoticeKind.IDEA: _l("New ideas"),
    NoticeKind.ARGUMENT: _l("New reactions to ideas"),
    NoticeKind.REPLY: _l("Replies to me"),
    NoticeKind.ACTIVITY: _l("Activities"),
}
"""What can be switched off; decisions on one's own texts are always mailed, and at once."""
ICONS = {
    NoticeKind.DESK: "flag",
    NoticeKind.DECISION: "gavel",
    NoticeKind.STATUS: "flag",
    NoticeKind.IDEA: "idea",
    NoticeKind.ARGUMENT: "chat",
    NoticeKind.REPLY: "reply",
    NoticeKind.ACTIVITY: "calendar",
}
