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
from app.models.gathering import RegistrationState
from app.models.moderation import ModerationVerb, ReportReason
from app.models.person import Digest, Role
from app.models.practice import PracticeState
from app.models.seal import SealReason
from app.models.workshop import AgendaItemKind

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
    },
    AgendaItemKind: {
        AgendaItemKind.OPENING: N_("Opening"),
        AgendaItemKind.BREAK: N_("Break"),
        AgendaItemKind.CLOSING: N_("Closing"),
        AgendaItemKind.PINNED: N_("Certainly on the agenda"),
        AgendaItemKind.SKIPPED: N_("Not on the agenda"),
    },
    SealReason: {
        SealReason.SCHEDULED: N_("At a moment fixed beforehand"),
        SealReason.WORKSHOP: N_("For a workshop"),
        SealReason.COUNCIL: N_("For the council"),
    },
    Weighting: {
        Weighting.PER_GROUP: N_("Per group"),
        Weighting.PER_PERSON: N_("Per person"),
    },
}

ACTIONS: Mapping[str, str] = {
    "moderation.publish": N_("published an idea"),
    "moderation.return": N_("returned an idea with a request"),
    "moderation.refuse": N_("refused an idea"),
    "moderation.hide": N_("hid an idea"),
    "moderation.restore": N_("put an idea back"),
    "moderation.keep": N_("left a reported idea on the site"),
    "moderation.hide_argument": N_("hid an argument"),
    "moderation.restore_argument": N_("put an argument back"),
    "moderation.keep_argument": N_("left a reported argument on the site"),
    "areas.load": N_("loaded the neighbourhoods"),
    "ideas.post_for_other": N_("posted an idea for somebody else"),
    "practices.publish": N_("put a suggested example into the library"),
    "practices.refuse": N_("did not place a suggested example"),
    "partners.choose_delegate": N_("chose the delegate of an organisation"),
    "responses.answer": N_("answered an idea"),
    "responses.status": N_("changed the status of an idea"),
    "organiser.handle_message": N_("handled a message"),
    "organiser.reopen_message": N_("reopened a message"),
    "workshop.set_minutes": N_("changed the length of a workshop"),
    "workshop.add_block": N_("added a part to an agenda"),
    "workshop.change_block": N_("changed a part of an agenda"),
    "workshop.pin_theme": N_("put a theme on an agenda"),
    "workshop.skip_theme": N_("kept a theme off an agenda"),
    "workshop.remove_item": N_("removed a part from an agenda"),
    "ranking.set_rules": N_("chose the rules of the ranking"),
    "ranking.seal": N_("sealed a standing"),
    "ranking.plan_seal": N_("planned to seal a standing"),
    "ranking.cancel_seal": N_("called off a planned seal"),
    "stands.take_audit_file": N_("took the file for checkers of a standing"),
    "voting.open_agenda_vote": N_("let people tick the themes of an agenda themselves"),
    "voting.close_agenda_vote": N_("let the votes on ideas fill an agenda again"),
    "accounts.create": N_("made an account"),
    "accounts.login_link": N_("made a link to sign in"),
    "accounts.set_up_second_factor": N_("set up the second step of signing in"),
    "accounts.replace_second_factor": N_("replaced the app of the second step"),
    "accounts.renew_recovery_codes": N_("made new recovery codes"),
    "accounts.use_recovery_code": N_("came in with a recovery code"),
    "accounts.stop_second_factor": N_("stopped the second step of signing in"),
    "accounts.reset_second_factor": N_("reset the second step of somebody"),
    "accounts.link_provider": N_("linked the account at the sign-in provider"),
    "accounts.unlink_provider": N_("unlinked the account at the sign-in provider"),
    "gatherings.arrange": N_("changed the date, the place or the places of an activity"),
    "gatherings.attach": N_("attached a file to an activity"),
    "gatherings.detach": N_("removed a file from an activity"),
    "gatherings.take_list": N_("took the list of who comes to an activity"),
    "privacy.erase_own_account": N_("deleted their own account"),
    "import.polis": N_("imported a conversation"),
    "codes.make": N_("made voting codes"),
    "codes.revoke": N_("revoked a batch of voting codes"),
    "codes.forget": N_("removed voting codes whose letters could not be written"),
    "invitations.invite": N_("invited people"),
    "invitations.resend": N_("sent an invitation again"),
    "invitations.revoke": N_("revoked an invitation"),
    "invitations.accept": N_("accepted an invitation"),
    "domains.add": N_("trusted a mail domain"),
    "domains.remove": N_("stopped trusting a mail domain"),
    "domains.join": N_("joined a group by the mail domain"),
}
"""What the lines of the audit log say that somebody did; an action without words is shown as it is written."""


def action_words(action: str) -> str:
    """What somebody did, in the language of the page."""
    return str(gettext(ACTIONS[action])) if action in ACTIONS else action


def word(member: StrEnum) -> str:
    """The name of a fixed value in the language of the page or mail. Raises KeyError when it has none."""
    return str(gettext(NAMES[type(member)][member]))


def init_app(app: Flask) -> None:
    app.jinja_env.filters["word"] = word
    app.jinja_env.filters["action_words"] = action_words
