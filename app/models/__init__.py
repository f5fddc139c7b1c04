"""Tables, one file per subject; importing this package knows them all."""

from app.models.argument import Argument
from app.models.audit import AuditEntry
from app.models.council import CouncilDecision, FocusElement
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.message import ContactMessage, MailMessage
from app.models.moderation import ModerationDecision, Report
from app.models.person import Draft, Organisation, OrganisationTalk, Person, PersonRole, SignInCode
from app.models.practice import Practice, PracticeTheme
from app.models.process import Activity, Call, Phase, Process, ProgrammePart, Theme
from app.models.response import OfficialResponse
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.standing import JobLease, Recount, Standing, StandingDay
from app.models.vote import AgendaTick, Tally, Vote
from app.models.workshop import AgendaItem, Outcome, Workshop

__all__ = [
    "Activity",
    "AgendaItem",
    "AgendaTick",
    "Argument",
    "AuditEntry",
    "Call",
    "ContactMessage",
    "CouncilDecision",
    "Draft",
    "FocusElement",
    "Idea",
    "IdeaTheme",
    "JobLease",
    "MailMessage",
    "ModerationDecision",
    "OfficialResponse",
    "Organisation",
    "OrganisationTalk",
    "Outcome",
    "Person",
    "PersonRole",
    "Phase",
    "Practice",
    "PracticeTheme",
    "Process",
    "ProgrammePart",
    "Recount",
    "Report",
    "SealPlan",
    "SealReason",
    "SignInCode",
    "Snapshot",
    "Standing",
    "StandingDay",
    "StatusChange",
    "Tally",
    "Theme",
    "Vote",
    "Workshop",
]
