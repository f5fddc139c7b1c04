"""The fixed values of the house (groups, states, reasons) as pages and mails say them."""

from collections.abc import Mapping
from enum import StrEnum

from flask import Flask
from flask_babel import gettext

from app.domain.ballot import Group, Side
from app.domain.decision import N_
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.domain.ranking import Weighting
from app.models.argument import ArgumentState
from app.models.contribution import Channel
from app.models.council import CouncilResult
from app.models.gathering import RegistrationState
from app.models.integrity import ExclusionReason, ExclusionState, SignalState
from app.models.moderation import (
    AppealOutcome,
    ModerationVerb,
    ReportOutcome,
    ReportReason,
    SanctionKind,
    SanctionReason,
)
from app.models.person import Digest, Role
from app.models.practice import PracticeState
from app.models.process import Curation
from app.models.room import RoundKind, RoundState
from app.models.seal import SealReason
from app.models.workshop import AgendaBasis, AgendaItemKind, Answer

NAMES: Mapping[type[StrEnum], Mapping[str, str]] = {
    Group: {
        Group.RESIDENT: N_("Resident"),
        Group.COUNCIL: N_("Council member"),
        Group.PARTNER: N_("Partner in the city"),
    },
    Role: {
        Role.MODERATOR: N_("Moderator"),
        Role.FACILITATOR: N_("Facilitator"),
        Role.ORGANISER: N_("Organiser"),
    },
    Digest: {
        Digest.DAILY: N_("Every day, in the morning"),
        Digest.WEEKLY: N_("Every Monday"),
        Digest.OFF: N_("Never: I look here myself"),
    },
    RegistrationState: {
        RegistrationState.COMING: N_("Is coming"),
        RegistrationState.WAITING: N_("Waits"),
        RegistrationState.CANCELLED: N_("Cancelled"),
    },
    Side: {
        Side.FOR: N_("Argument for"),
        Side.AGAINST: N_("Argument against"),
        Side.QUESTION: N_("Question"),
    },
    ArgumentState: {
        ArgumentState.WAITING: N_("Waiting for a moderator"),
        ArgumentState.REFUSED: N_("Not placed"),
        ArgumentState.PUBLISHED: N_("Published"),
        ArgumentState.HIDDEN: N_("Hidden"),
        ArgumentState.DELETED: N_("Deleted"),
    },
    PracticeState: {
        PracticeState.SUGGESTED: N_("Waiting for a moderator"),
        PracticeState.PUBLISHED: N_("In the library"),
        PracticeState.REFUSED: N_("Not placed"),
    },
    Channel: {
        Channel.MEETING: N_("From a youth meeting"),
        Channel.PAPER: N_("From a paper form"),
        Channel.PHONE: N_("By telephone"),
        Channel.STREET: N_("From a conversation in the street"),
        Channel.OTHER: N_("Passed on to the municipality"),
    },
    IdeaState: {
        IdeaState.DRAFT: N_("Draft"),
        IdeaState.SUBMITTED: N_("Waiting for a moderator"),
        IdeaState.RETURNED: N_("Returned with a request"),
        IdeaState.REFUSED: N_("Refused"),
        IdeaState.PUBLISHED: N_("Published"),
        IdeaState.MERGED: N_("Merged with another idea"),
        IdeaState.WITHDRAWN: N_("Withdrawn"),
        IdeaState.HIDDEN: N_("Hidden"),
    },
    PublicStatus: {
        PublicStatus.OPEN: N_("Open"),
        PublicStatus.ON_AGENDA: N_("On the agenda"),
        PublicStatus.DISCUSSED: N_("Discussed"),
        PublicStatus.BEFORE_COUNCIL: N_("Before the council"),
        PublicStatus.ADOPTED: N_("Adopted"),
        PublicStatus.NOT_ADOPTED: N_("Not adopted"),
        PublicStatus.IN_EXECUTION: N_("In execution"),
        PublicStatus.DONE: N_("Carried out"),
    },
    RefusalReason: {
        RefusalReason.OFF_TOPIC: N_("Not about this call"),
        RefusalReason.OUTSIDE_MANDATE: N_("The municipality cannot do this"),
        RefusalReason.DUPLICATE: N_("Already on the site"),
        RefusalReason.PERSONAL_DATA: N_("Personal details of others"),
        RefusalReason.INSULT: N_("Hurtful or insulting"),
        RefusalReason.ADVERTISING: N_("Advertising"),
        RefusalReason.UNCLEAR: N_("Not clear enough"),
    },
    ReportReason: {
        ReportReason.INSULT: N_("It hurts or insults"),
        ReportReason.PERSONAL_DATA: N_("It holds personal details of others"),
        ReportReason.ADVERTISING: N_("It is advertising"),
        ReportReason.OFF_TOPIC: N_("It is not about this subject"),
        ReportReason.OTHER: N_("Something else"),
    },
    ModerationVerb: {
        ModerationVerb.PUBLISH: N_("Publish"),
        ModerationVerb.RETURN: N_("Return with a request"),
        ModerationVerb.REFUSE: N_("Refuse"),
        ModerationVerb.HIDE: N_("Hide"),
        ModerationVerb.RESTORE: N_("Put back"),
        ModerationVerb.KEEP: N_("Leave it on the site"),
        ModerationVerb.DETACH: N_("Take out of a theme"),
        ModerationVerb.SPLIT: N_("Split off"),
        ModerationVerb.MASK: N_("Make personal details unreadable"),
        ModerationVerb.TAKE_IMAGE: N_("Take the image off"),
        ModerationVerb.MERGE: N_("Merge with another idea"),
        ModerationVerb.RECALL: N_("Taken off the site after reports, until a moderator has looked"),
    },
    AppealOutcome: {
        AppealOutcome.UPHELD: N_("The author is right"),
        AppealOutcome.REJECTED: N_("The decision stays"),
    },
    ExclusionReason: {
        ExclusionReason.MANY_ACCOUNTS: N_("One person voted with several accounts"),
        ExclusionReason.AUTOMATED: N_("A program cast these votes"),
        ExclusionReason.BOUGHT: N_("Votes were paid for, or people were put under pressure"),
        ExclusionReason.NOT_ENTITLED: N_("These people may not vote here"),
    },
    ExclusionState: {
        ExclusionState.PROPOSED: N_("Waits for a second moderator"),
        ExclusionState.IN_FORCE: N_("In force"),
        ExclusionState.REFUSED: N_("The second moderator did not agree"),
        ExclusionState.LIFTED: N_("The votes count again"),
    },
    SignalState: {
        SignalState.OPEN: N_("New"),
        SignalState.INVESTIGATING: N_("Being investigated"),
        SignalState.EXCLUDED: N_("Votes do not count"),
        SignalState.DISMISSED: N_("Nothing wrong"),
    },
    Curation: {
        Curation.BEFORE: N_("Before publication"),
        Curation.TRUSTED: N_("Before publication, except of trusted authors"),
        Curation.AFTER: N_("After publication"),
        Curation.REPORTED: N_("Only after a report"),
    },
    ReportOutcome: {
        ReportOutcome.RIGHT: N_("Right: something was done about the text"),
        ReportOutcome.KEPT: N_("Unfounded: the text stayed"),
    },
    SanctionKind: {
        SanctionKind.WARN: N_("Warning"),
        SanctionKind.PAUSE: N_("Pause"),
        SanctionKind.BLOCK: N_("Block"),
    },
    SanctionReason: {
        SanctionReason.SPAM: N_("Advertising, or the same text again and again"),
        SanctionReason.INSULTS: N_("Hurting or insulting others"),
        SanctionReason.THREATS: N_("Threatening others"),
        SanctionReason.PERSONAL_DATA: N_("Spreading personal details of others"),
        SanctionReason.MANY_ACCOUNTS: N_("Taking part with more than one account"),
        SanctionReason.FALSE_REPORTS: N_("Reporting texts again and again that break no rule"),
        SanctionReason.OTHER: N_("Something else"),
    },
    AgendaItemKind: {
        AgendaItemKind.OPENING: N_("Opening"),
        AgendaItemKind.BREAK: N_("Break"),
        AgendaItemKind.CLOSING: N_("Closing"),
        AgendaItemKind.PINNED: N_("Certainly on the agenda"),
        AgendaItemKind.SKIPPED: N_("Not on the agenda"),
        AgendaItemKind.RETIMED: N_("Other minutes; the votes decide"),
    },
    Answer: {
        Answer.YES: N_("Comes"),
        Answer.NO: N_("Cannot come"),
    },
    AgendaBasis: {
        AgendaBasis.NEWEST: N_("The newest standing that was sealed for it"),
        AgendaBasis.VOTES: N_("The votes of this moment"),
        AgendaBasis.STAND: N_("A sealed standing"),
    },
    SealReason: {
        SealReason.SCHEDULED: N_("At a moment fixed beforehand"),
        SealReason.WORKSHOP: N_("For a workshop"),
        SealReason.COUNCIL: N_("For the council"),
    },
    CouncilResult: {
        CouncilResult.ADOPTED: N_("Adopted"),
        CouncilResult.AMENDED: N_("Adopted with changes"),
        CouncilResult.NOT_ADOPTED: N_("Not adopted"),
    },
    RoundKind: {
        RoundKind.FOR_AGAINST: N_("For or against"),
        RoundKind.DOTS: N_("Dots over the options"),
        RoundKind.AGREE: N_("Agree, unsure or disagree"),
        RoundKind.OPEN: N_("Open question"),
    },
    RoundState: {
        RoundState.PLANNED: N_("Not open yet"),
        RoundState.OPEN: N_("Open"),
        RoundState.CLOSED: N_("Closed, result not shown yet"),
        RoundState.REVEALED: N_("Result shown"),
    },
    Weighting: {
        Weighting.PER_GROUP: N_("Per group"),
        Weighting.PER_PERSON: N_("Per person"),
    },
}


def word(member: StrEnum) -> str:
    """The name of a fixed value in the language of the page or mail. Raises KeyError when it has none."""
    return str(gettext(NAMES[type(member)][member]))


def init_app(app: Flask) -> None:
    app.jinja_env.filters["word"] = word
