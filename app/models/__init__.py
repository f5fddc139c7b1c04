"""Tables, one file per subject; importing this package knows them all."""

from app.models.area import Area
from app.models.argument import Argument, HelpfulMark
from app.models.audit import AuditEntry
from app.models.contribution import Amendment, IdeaChallenge, IdeaExposure, IdeaImage, IdeaOrigin
from app.models.council import CouncilDecision, FocusElement
from app.models.entry import (
    CodeBatch,
    DeviceSession,
    Invitation,
    RecoveryCode,
    SecondFactor,
    TrustedDomain,
    VotingCode,
)
from app.models.following import Follow, News, Notice, NoticeChoice, VotedWish
from app.models.gathering import Attachment, Registration
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.message import ContactMessage, MailMessage
from app.models.moderation import ModerationDecision, Report
from app.models.person import Draft, Organisation, OrganisationTalk, Person, PersonRole, SignInCode
from app.models.practice import Practice, PracticeSuggestion, PracticeTheme
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
    "Amendment",
    "Area",
    "Argument",
    "Attachment",
    "AuditEntry",
    "Call",
    "CodeBatch",
    "ContactMessage",
    "CouncilDecision",
    "DeviceSession",
    "Draft",
    "FocusElement",
    "Follow",
    "HelpfulMark",
    "Idea",
    "IdeaChallenge",
    "IdeaExposure",
    "IdeaImage",
    "IdeaOrigin",
    "IdeaTheme",
    "Invitation",
    "JobLease",
    "MailMessage",
    "ModerationDecision",
    "News",
    "Notice",
    "NoticeChoice",
    "OfficialResponse",
    "Organisation",
    "OrganisationTalk",
    "Outcome",
    "Person",
    "PersonRole",
    "Phase",
    "Practice",
    "PracticeSuggestion",
    "PracticeTheme",
    "Process",
    "ProgrammePart",
    "Recount",
    "RecoveryCode",
    "Registration",
    "Report",
    "SealPlan",
    "SealReason",
    "SecondFactor",
    "SignInCode",
    "Snapshot",
    "Standing",
    "StandingDay",
    "StatusChange",
    "Tally",
    "Theme",
    "TrustedDomain",
    "Vote",
    "VotedWish",
    "VotingCode",
    "Workshop",
]
