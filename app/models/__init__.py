"""Tables, one file per subject; importing this package knows them all."""

from app.models.area import Area
from app.models.argument import Argument, HelpfulMark
from app.models.audit import AuditCheck, AuditEntry, AuditHead
from app.models.contribution import Amendment, IdeaChallenge, IdeaExposure, IdeaImage, IdeaOrigin
from app.models.council import AnswerClock, CouncilDecision, CouncilProposal, FocusElement, Milestone
from app.models.duplicate import (
    DuplicateAnswer,
    DuplicateLook,
    DuplicateProposal,
    Merge,
    MergedVote,
    MovedArgument,
)
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
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    IntegritySignal,
    KnownNetwork,
    NetworkKey,
    NetworkTrace,
    Objection,
    SignalVote,
)
from app.models.message import ContactMessage, MailMessage
from app.models.moderation import (
    Appeal,
    FlaggedWord,
    HeldMail,
    MaskedText,
    ModerationDecision,
    ModerationNote,
    Report,
    Sanction,
    SplitIdea,
)
from app.models.outcome import Outcome, OutcomeRevision, WorkshopEvening, WorkshopPicture
from app.models.person import Draft, Organisation, OrganisationTalk, Person, PersonRole, SignInCode
from app.models.practice import Practice, PracticeSuggestion, PracticeTheme
from app.models.pressure import Pressure, SpentProof
from app.models.process import Activity, Call, Phase, Process, ProgrammePart, Theme
from app.models.queue import DeskVisit, QueueItem
from app.models.response import OfficialResponse
from app.models.room import ActivityQuota, Attendee, PaperCount, Round, RoundOption, RoundVote
from app.models.screen import Screen
from app.models.seal import SealPlan, SealReason, Snapshot
from app.models.standing import JobLease, Recount, Standing, StandingDay
from app.models.vote import AgendaTick, Tally, Vote
from app.models.workshop import AgendaInvitation, AgendaItem, AgendaVersion, Workshop

__all__ = [
    "Activity",
    "ActivityQuota",
    "AgendaInvitation",
    "AgendaItem",
    "AgendaTick",
    "AgendaVersion",
    "Amendment",
    "AnswerClock",
    "Appeal",
    "Area",
    "Argument",
    "Attachment",
    "Attendee",
    "AuditCheck",
    "AuditEntry",
    "AuditHead",
    "Call",
    "CodeBatch",
    "ContactMessage",
    "CouncilDecision",
    "CouncilProposal",
    "DeskVisit",
    "DeviceSession",
    "Draft",
    "DuplicateAnswer",
    "DuplicateLook",
    "DuplicateProposal",
    "ExcludedVote",
    "Exclusion",
    "FlaggedWord",
    "FocusElement",
    "Follow",
    "HeldMail",
    "HelpfulMark",
    "Idea",
    "IdeaChallenge",
    "IdeaExposure",
    "IdeaImage",
    "IdeaOrigin",
    "IdeaTheme",
    "IntegritySignal",
    "Invitation",
    "JobLease",
    "KnownNetwork",
    "MailMessage",
    "MaskedText",
    "Merge",
    "MergedVote",
    "Milestone",
    "ModerationDecision",
    "ModerationNote",
    "MovedArgument",
    "NetworkKey",
    "NetworkTrace",
    "News",
    "Notice",
    "NoticeChoice",
    "Objection",
    "OfficialResponse",
    "Organisation",
    "OrganisationTalk",
    "Outcome",
    "OutcomeRevision",
    "PaperCount",
    "Person",
    "PersonRole",
    "Phase",
    "Practice",
    "PracticeSuggestion",
    "PracticeTheme",
    "Pressure",
    "Process",
    "ProgrammePart",
    "QueueItem",
    "Recount",
    "RecoveryCode",
    "Registration",
    "Report",
    "Round",
    "RoundOption",
    "RoundVote",
    "Sanction",
    "Screen",
    "SealPlan",
    "SealReason",
    "SecondFactor",
    "SignInCode",
    "SignalVote",
    "Snapshot",
    "SpentProof",
    "SplitIdea",
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
    "WorkshopEvening",
    "WorkshopPicture",
]
