"""Every address of the site that can be fetched, with something of the demo in its places, and who may come in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import (
    Activity,
    AgendaInvitation,
    AgendaItem,
    AgendaVersion,
    Appeal,
    Argument,
    Attachment,
    Attendee,
    Call,
    ContactMessage,
    CouncilDecision,
    DuplicateProposal,
    Exclusion,
    FlaggedWord,
    FocusElement,
    Idea,
    IdeaImage,
    IntegritySignal,
    ModerationDecision,
    Organisation,
    Outcome,
    Person,
    Practice,
    Process,
    QueueItem,
    Report,
    Round,
    RoundOption,
    Sanction,
    Theme,
    Workshop,
    WorkshopPicture,
)
from app.models.argument import ArgumentState
from app.models.council import AnswerClock, CouncilProposal, Milestone
from app.models.entry import CodeBatch, Invitation, TrustedDomain
from app.models.integrity import KnownNetwork
from app.models.practice import PracticeState
from app.models.room import RoundKind, RoundState
from app.models.seal import SealPlan, Snapshot

PUBLISHED = (
    select(Idea.id).where(Idea.state == IdeaState.PUBLISHED).order_by(Idea.argument_count.desc(), Idea.id)
)
WAITING = select(Idea.id).where(Idea.state == IdeaState.SUBMITTED).order_by(Idea.id)
OF_AN_OUTCOME = select(Outcome.theme_id).order_by(Outcome.id)
ASKED = (
    select(Round.id)
    .where(Round.kind == RoundKind.OPEN, Round.state == RoundState.REVEALED)
    .order_by(Round.id)
    .limit(1)
)
PLACES: dict[str, Callable[[], Any]] = {
    "agenda_versions.workshop_id": lambda: select(AgendaVersion.workshop_id).order_by(AgendaVersion.id),
    "agenda_versions.number": lambda: select(AgendaVersion.number).order_by(AgendaVersion.id),
    "workshop.invitation_id": lambda: select(AgendaInvitation.id).order_by(AgendaInvitation.id),
    "idea_id": lambda: PUBLISHED,
    "moderation.idea_id": lambda: WAITING,
    "activity_id": lambda: select(Activity.id).order_by(Activity.id),
    "argument_id": lambda: (
        select(Argument.id)
        .where(Argument.state == ArgumentState.PUBLISHED, Argument.parent_id.is_(None))
        .order_by(Argument.id)
    ),
    "appeal_id": lambda: select(Appeal.id).order_by(Appeal.id),
    "batch_id": lambda: select(CodeBatch.id).order_by(CodeBatch.id),
    "call_id": lambda: select(Call.id).order_by(Call.id),
    "decision_id": lambda: select(ModerationDecision.id).order_by(ModerationDecision.id),
    "domain_id": lambda: select(TrustedDomain.id).order_by(TrustedDomain.id),
    "exclusion_id": lambda: select(Exclusion.id).order_by(Exclusion.id),
    "invitation_id": lambda: select(Invitation.id).order_by(Invitation.id),
    "item_id": lambda: select(AgendaItem.id).order_by(AgendaItem.id),
    "moderation.item_id": lambda: select(QueueItem.id).order_by(QueueItem.id),
    "network_id": lambda: select(KnownNetwork.id).order_by(KnownNetwork.id),
    "message_id": lambda: select(ContactMessage.id).order_by(ContactMessage.id),
    "person_id": lambda: select(Person.id).where(Person.demo_order.is_not(None)).order_by(Person.demo_order),
    "plan_id": lambda: select(SealPlan.id).order_by(SealPlan.id),
    "proposal_id": lambda: select(DuplicateProposal.id).order_by(DuplicateProposal.id),
    "report_id": lambda: select(Report.id).order_by(Report.id),
    "discussion.practice_id": lambda: (
        select(Practice.id).where(Practice.state == PracticeState.PUBLISHED).order_by(Practice.id)
    ),
    "sanction_id": lambda: select(Sanction.id).order_by(Sanction.id),
    "signal_id": lambda: select(IntegritySignal.id).order_by(IntegritySignal.id),
    "snapshot_id": lambda: select(Snapshot.id).order_by(Snapshot.id),
    "theme_id": lambda: select(Theme.id).order_by(Theme.id),
    "attendee_id": lambda: select(Attendee.id).order_by(Attendee.workshop_id, Attendee.id),
    "round_id": lambda: ASKED,
    "option_id": lambda: (
        select(RoundOption.id).where(RoundOption.round_id.in_(ASKED)).order_by(RoundOption.id)
    ),
    "hall.workshop_id": lambda: select(Attendee.workshop_id).order_by(Attendee.workshop_id, Attendee.id),
    "room.workshop_id": lambda: select(Round.workshop_id).where(Round.id.in_(ASKED)),
    "answers.workshop_id": lambda: select(Round.workshop_id).where(Round.id.in_(ASKED)),
    "paper.workshop_id": lambda: select(Round.workshop_id).where(Round.id.in_(ASKED)),
    "following.workshop_id": lambda: select(Round.workshop_id).where(Round.id.in_(ASKED)),
    "rounds.workshop_id": lambda: select(Round.workshop_id).where(Round.id.in_(ASKED)),
    "word_id": lambda: select(FlaggedWord.id).order_by(FlaggedWord.id),
    "workshop_id": lambda: select(Workshop.id).order_by(Workshop.id),
    "code": lambda: select(Workshop.join_code).order_by(Workshop.id),
    "notifications.number": lambda: PUBLISHED,
    "moderation.number": lambda: WAITING,
    "file_id": lambda: select(Attachment.id).order_by(Attachment.activity_id, Attachment.id),
    "gatherings.activity_id": lambda: (
        select(Activity.id).join(Attachment, Attachment.activity_id == Activity.id).order_by(Activity.id)
    ),
    "gatherings.filename": lambda: select(Attachment.filename).order_by(
        Attachment.activity_id, Attachment.id
    ),
    "council.slug": lambda: select(Process.slug).order_by(Process.id.desc()),
    "council_desk.slug": lambda: select(Process.slug).order_by(Process.id.desc()),
    "council_desk.element_id": lambda: (
        select(FocusElement.id).where(FocusElement.proposal_id.is_not(None)).order_by(FocusElement.id)
    ),
    "council_desk.proposal_id": lambda: select(CouncilProposal.id).order_by(CouncilProposal.id),
    "council_desk.decision_id": lambda: select(CouncilDecision.id).order_by(CouncilDecision.id),
    "clock_id": lambda: (
        select(AnswerClock.id).where(AnswerClock.focus_element_id.is_not(None)).order_by(AnswerClock.id)
    ),
    "milestone_id": lambda: select(Milestone.id).order_by(Milestone.id),
    "gatherings.slug": lambda: select(Process.slug).order_by(Process.id),
    "integrity_settings.slug": lambda: select(Process.slug).order_by(Process.id),
    "media.idea_id": lambda: select(IdeaImage.idea_id).order_by(IdeaImage.idea_id),
    "live.key": lambda: select(Workshop.id).order_by(Workshop.id),
    "media.key": lambda: select(IdeaImage.key).order_by(IdeaImage.idea_id),
    "organiser.slug": lambda: select(Process.slug).order_by(Process.id),
    "moderation_settings.slug": lambda: select(Process.slug).order_by(Process.id),
    "partners.slug": lambda: select(Organisation.slug).order_by(Organisation.id),
    "outcomes.workshop_id": lambda: OF_AN_OUTCOME.with_only_columns(Outcome.workshop_id),
    "outcomes.theme_id": lambda: OF_AN_OUTCOME,
    "evening_pictures.key": lambda: select(WorkshopPicture.digest).order_by(WorkshopPicture.id),
    "evening_pictures.workshop_id": lambda: select(WorkshopPicture.workshop_id).order_by(WorkshopPicture.id),
    "evening_report.workshop_id": lambda: OF_AN_OUTCOME.with_only_columns(Outcome.workshop_id),
    "picture_id": lambda: select(WorkshopPicture.id).order_by(WorkshopPicture.id),
    "practice_id": lambda: (
        select(Practice.id).where(Practice.state == PracticeState.SUGGESTED).order_by(Practice.id)
    ),
    "practices.slug": lambda: (
        select(Practice.slug).where(Practice.state == PracticeState.PUBLISHED).order_by(Practice.id)
    ),
    "processes.slug": lambda: select(Process.slug).order_by(Process.id),
}
"""What stands in a place of an address: by the room and the name of the place, else by the name alone."""
MADE_UP = {
    "ending": "docx",
    "kind": "idee",
    "channel": "scherm",
    "batch": "0" * 32,
    "by": "nieuw",
    "mark": "1440",
    "name": "agenda.json",
    "width": 480,
    "what": "idee",
    "where": "later",
    "token": "geen-echte-sleutel",
    "session_id": 1,
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address rule, where it leads, and the sign on its door."""

    rule: str
    endpoint: str
    sign: str

    def __str__(self) -> str:
        return self.rule


def addresses(app: Flask, method: str = "GET") -> list[Address]:
    """Every address that answers to the method, in a fixed order."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(
        (_address(app, rule) for rule in found), key=lambda address: (address.rule, address.endpoint)
    )


def example(app: Flask, address: Address) -> str:
    """The address with real things of the demo in its places. Raises LookupError when the demo has none."""
    values: dict[str, object] = {}
    room = address.endpoint.partition(".")[0]
    rule = next(rule for rule in app.url_map.iter_rules(address.endpoint) if rule.rule == address.rule)
    with app.app_context():
        for place in sorted(rule.arguments - set(rule.defaults or ())):
            if place in MADE_UP:
                values[place] = MADE_UP[place]
                continue
            query = PLACES.get(f"{room}.{place}") or PLACES.get(place)
            if query is None:
                raise LookupError(
                    f"say in tests/support/addresses.py what stands in <{place}> of {address.rule}"
                )
            values[place] = db.session.scalars(query().limit(1)).one_or_none()
            if values[place] is None:
                raise LookupError(f"the demo has nothing for <{place}> of {address.rule}")
        db.session.rollback()
    built = rule.build(values)
    if built is None:
        raise LookupError(f"{address.rule} cannot be filled in with {values}")
    return str(built[1])


def _address(app: Flask, rule: Rule) -> Address:
    return Address(rule.rule, rule.endpoint, getattr(app.view_functions[rule.endpoint], "__door__", ""))
