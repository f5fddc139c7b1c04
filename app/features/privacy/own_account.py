"""The questions about the account itself: messages, mails, devices, and where somebody is expected."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Boolean, Select, cast, func, null, select, union_all

from app.db import UTCDateTime
from app.features.privacy.parts import Question
from app.models import (
    Activity,
    AgendaInvitation,
    Attendee,
    CodeBatch,
    ContactMessage,
    DeviceSession,
    MailMessage,
    NetworkTrace,
    Notice,
    Person,
    Registration,
    Round,
    RoundOption,
    RoundVote,
    SecondFactor,
    Theme,
    VotingCode,
    Workshop,
)


def around(person: Person) -> Iterator[Question]:
    """Registrations, rooms, messages, mails, devices, networks, and ways to come in."""
    yield from _evenings(person.id)
    yield from _messages(person)
    yield from _ways_in(person.id)


def _evenings(me: int) -> Iterator[Question]:
    """Activities that somebody came to, and what they did in the room."""
    when = ("at", _("When"))
    yield (
        "registrations",
        _("Activities that you registered for, or were asked to come to"),
        (
            ("activity", _("Activity")),
            ("state", _("State")),
            ("theme", _("Theme")),
            ("answer", _("Your answer")),
            ("shows_name", _("Your name may be shown")),
            ("note", _("What the organiser should know")),
            when,
        ),
        _coming(me),
    )
    yield (
        "rooms",
        _("Workshops where you checked in"),
        (
            ("workshop", _("Workshop")),
            ("name", _("Name in the room")),
            ("group", _("Group")),
            when,
            ("removed_at", _("Taken out by the facilitator")),
        ),
        select(Activity.title, Attendee.name, Attendee.group, Attendee.arrived_at, Attendee.removed_at)
        .join(Workshop, Workshop.id == Attendee.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .where(Attendee.person_id == me)
        .order_by(Attendee.id),
    )
    yield (
        "room_votes",
        _("What you chose in live rounds"),
        (("round", _("Question")), ("option", _("Option")), ("value", _("Choice")), when),
        select(Round.question, RoundOption.text, RoundVote.value, RoundVote.cast_at)
        .join(Attendee, Attendee.id == RoundVote.attendee_id)
        .join(Round, Round.id == RoundVote.round_id)
        .join(RoundOption, RoundOption.id == RoundVote.option_id)
        .where(Attendee.person_id == me)
        .order_by(RoundVote.round_id, RoundVote.option_id),
    )


def _messages(person: Person) -> Iterator[Question]:
    """What was said to somebody, and what they wrote to the organisers."""
    me, when = person.id, ("at", _("When"))
    yield (
        "messages",
        _("Messages to you on this site"),
        (("title", _("Title")), ("text", _("Text")), when, ("read_at", _("Read"))),
        select(Notice.title, Notice.text, Notice.created_at, Notice.read_at)
        .where(Notice.person_id == me)
        .order_by(Notice.id),
    )
    yield (
        "mails",
        _("Mails to you that are still kept"),
        (("subject", _("Subject")), when, ("sent_at", _("Sent"))),
        select(MailMessage.subject, MailMessage.created_at, MailMessage.sent_at)
        .where(MailMessage.recipient == person.email)
        .order_by(MailMessage.id),
    )
    yield (
        "contact",
        _("What you wrote to the organisers"),
        (("text", _("Text")), when),
        select(ContactMessage.body, ContactMessage.created_at)
        .where(func.lower(ContactMessage.email) == person.email, func.length(ContactMessage.email) > 0)
        .order_by(ContactMessage.id),
    )


def _ways_in(me: int) -> Iterator[Question]:
    """From where and how somebody came in."""
    when = ("at", _("When"))
    yield (
        "devices",
        _("Devices that you signed in on"),
        (("device", _("Device")), when, ("seen_at", _("Last seen")), ("ended_at", _("Ended"))),
        select(DeviceSession.device, DeviceSession.created_at, DeviceSession.seen_at, DeviceSession.ended_at)
        .where(DeviceSession.person_id == me)
        .order_by(DeviceSession.id),
    )
    yield (
        "networks",
        _("From how many networks you took part, week by week"),
        (("week", _("Week that began on")), ("networks", _("Networks")), when, ("last_at", _("Last on"))),
        select(
            NetworkTrace.week,
            func.count(),
            func.min(NetworkTrace.first_at, type_=UTCDateTime()),
            func.max(NetworkTrace.last_at, type_=UTCDateTime()),
        )
        .where(NetworkTrace.person_id == me)
        .group_by(NetworkTrace.week)
        .order_by(NetworkTrace.week),
    )
    yield (
        "second_step",
        _("Your second step to sign in"),
        (when, ("confirmed_at", _("In use since"))),
        select(SecondFactor.created_at, SecondFactor.confirmed_at).where(SecondFactor.person_id == me),
    )
    yield (
        "voting_codes",
        _("Voting codes that you used"),
        (("batch", _("Letters")), when),
        select(CodeBatch.name, VotingCode.used_at)
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .where(VotingCode.person_id == me),
    )


def _coming(me: int) -> Select[Any]:
    """Registrations and invitations to talk about a theme, in one statement."""
    registered = (
        select(
            Activity.title.label("activity"),
            Registration.state.label("state"),
            cast(null(), Theme.title.type).label("theme"),
            cast(null(), AgendaInvitation.answer.type).label("answer"),
            cast(null(), Boolean).label("shows_name"),
            Registration.note.label("note"),
            Registration.asked_at.label("asked_at"),
        )
        .join(Activity, Activity.id == Registration.activity_id)
        .where(Registration.person_id == me)
    )
    asked = (
        select(
            Activity.title,
            cast(null(), Registration.state.type),
            Theme.title,
            AgendaInvitation.answer,
            AgendaInvitation.shows_name,
            AgendaInvitation.note,
            AgendaInvitation.asked_at,
        )
        .join(Workshop, Workshop.id == AgendaInvitation.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Theme, Theme.id == AgendaInvitation.theme_id)
        .where(AgendaInvitation.person_id == me)
    )
    both = union_all(registered, asked).subquery()
    return select(both).order_by(both.c.asked_at)
