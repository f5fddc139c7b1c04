"""Everything that the site keeps of one person, in parts that make a page, a file for people and one for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select

from app.db import db
from app.kit.words import NAMES, word
from app.models import (
    Activity,
    AgendaTick,
    Amendment,
    Argument,
    Call,
    CodeBatch,
    ContactMessage,
    DeviceSession,
    Follow,
    HelpfulMark,
    Idea,
    IdeaImage,
    MailMessage,
    ModerationDecision,
    Notice,
    Organisation,
    Person,
    PersonRole,
    Practice,
    PracticeSuggestion,
    Process,
    Registration,
    Report,
    SecondFactor,
    Theme,
    Vote,
    VotingCode,
)
from app.models.person import Role

SCHEMA = "eigen-gegevens@1"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing: rows of values under named columns. Keys are for machines, titles for people."""

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    """(key, title) of each column."""
    rows: Sequence[Sequence[Any]]

    def shown(self) -> list[list[Any]]:
        """The rows as people read them: moments as they are, words of the code in words of the language."""
        return [[_said(value) for value in row] for row in self.rows]

    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON values: moments in ISO 8601 and UTC, words of the code as they are stored."""
        keys = [key for key, _title in self.columns]
        return [dict(zip(keys, map(_plain, row), strict=True)) for row in self.rows]


def everything(person: Person) -> list[Part]:
    """All parts, those without rows too: that we keep nothing of a kind is an answer as well."""
    return [_profile(person), *(_part(*one) for one in _questions(person))]


def as_json(person: Person, now: datetime) -> dict[str, Any]:
    """The file for machines: every part under its key."""
    parts = {part.key: part.records() for part in everything(person)}
    return {"schema": SCHEMA, "made_at": _plain(now), **parts}


def has_other_organisers(person_id: int) -> bool:
    """Whether anybody else holds the keys of the site."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    PersonRole.role == Role.ORGANISER,
                    PersonRole.person_id != person_id,
                    PersonRole.person_id == Person.id,
                    Person.blocked_at.is_(None),
                )
            )
        )
    )


def _profile(person: Person) -> Part:
    organisation = db.session.get(Organisation, person.organisation_id) if person.organisation_id else None
    values = [
        (_("Name"), "name", person.name),
        (_("E-mail address"), "email", person.email),
        (_("Group"), "group", person.group),
        (_("Organisation name"), "organisation", organisation.name if organisation else None),
        (_("Speaks for the organisation"), "is_delegate", person.is_delegate),
        (_("Tasks on this site"), "roles", ", ".join(sorted(word(role) for role in person.roles)) or None),
        (_("Language"), "language", person.language),
        (_("Postcode, four digits"), "postcode", person.postcode or None),
        (_("Neighbourhood"), "neighbourhood", person.neighbourhood or None),
        (_("Signs in through another provider"), "has_provider", person.oidc_hash is not None),
        (_("Here since"), "created_at", person.created_at),
        (_("Last here on"), "last_seen_at", person.last_seen_at),
        (_("How often news is mailed"), "digest", person.digest),
        (_("Address does not take mail since"), "mail_stopped_at", person.mail_stopped_at),
    ]
    return Part(
        "profile",
        _("You"),
        tuple((key, title) for title, key, _value in values),
        [[value for _title, _key, value in values]],
    )


Question = tuple[str, str, tuple[tuple[str, str], ...], Select[*tuple[Any, ...]]]


def _part(
    key: str, title: str, columns: tuple[tuple[str, str], ...], query: Select[*tuple[Any, ...]]
) -> Part:
    return Part(key, title, columns, [tuple(row) for row in db.session.execute(query)])


def _questions(person: Person) -> Iterator[Question]:
    yield from _written(person.id)
    yield from _voted(person.id)
    yield from _around(person)


def _written(me: int) -> Iterator[Question]:
    idea, when = ("idea", _("Idea")), ("at", _("When"))
    yield (
        "ideas",
        _("Your ideas"),
        (
            ("id", _("Number of the idea")), ("call", _("Call")), ("title", _("Title")),
            ("summary", _("In one sentence")),
            ("text", _("Text")), ("neighbourhood", _("Neighbourhood")), ("latitude", _("Latitude")),
            ("longitude", _("Longitude")), ("image_words", _("Image in words")), ("state", _("State")), when,
            ("published_at", _("Published on")),
        ),
        select(
            Idea.id, Call.title, Idea.title, Idea.summary, Idea.body, Idea.neighbourhood, Idea.latitude,
            Idea.longitude, IdeaImage.alt, Idea.state, Idea.created_at, Idea.published_at,
        )
        .join(Call, Call.id == Idea.call_id)
        .outerjoin(IdeaImage, IdeaImage.idea_id == Idea.id)
        .where(Idea.author_id == me)
        .order_by(Idea.id),
    )  # fmt: skip
    yield (
        "amendments",
        _("Earlier versions of your ideas"),
        (
            idea,
            ("title", _("Title")),
            ("summary", _("In one sentence")),
            ("text", _("Text")),
            ("reason", _("Why it changed")),
            when,
        ),
        select(
            Amendment.idea_id,
            Amendment.title,
            Amendment.summary,
            Amendment.body,
            Amendment.reason,
            Amendment.made_at,
        )
        .join(Idea, Idea.id == Amendment.idea_id)
        .where(Idea.author_id == me)
        .order_by(Amendment.id),
    )
    yield (
        "decisions",
        _("What moderators decided on your ideas"),
        (idea, ("verb", _("Decision")), ("reason", _("Reason")), ("sentence", _("Words of the moderator")), when),
        select(
            ModerationDecision.idea_id, ModerationDecision.verb, ModerationDecision.reason,
            ModerationDecision.sentence, ModerationDecision.decided_at,
        )
        .join(Idea, Idea.id == ModerationDecision.idea_id)
        .where(Idea.author_id == me)
        .order_by(ModerationDecision.id),
    )  # fmt: skip
    yield (
        "arguments",
        _("Your arguments, questions and replies"),
        (
            idea,
            ("side", _("Side")),
            ("text", _("Text")),
            ("state", _("State")),
            when,
            ("edited_at", _("Changed")),
        ),
        select(
            Argument.idea_id,
            Argument.side,
            Argument.body,
            Argument.state,
            Argument.created_at,
            Argument.edited_at,
        )
        .where(Argument.author_id == me)
        .order_by(Argument.id),
    )
    yield (
        "practices",
        _("Practices that you suggested"),
        (
            ("title", _("Title")), ("place", _("Place")), ("done", _("What was done")),
            ("learned", _("What was learned")), ("state", _("State")), when,
        ),
        select(
            Practice.title, Practice.place, Practice.done, Practice.learned, Practice.state,
            PracticeSuggestion.suggested_at,
        )
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(PracticeSuggestion.person_id == me)
        .order_by(Practice.id),
    )  # fmt: skip


def _voted(me: int) -> Iterator[Question]:
    when = ("at", _("When"))
    yield (
        "votes",
        _("Your votes"),
        (
            ("idea", _("Idea")),
            ("title", _("Title")),
            ("value", _("Vote: 1 for, -1 against, 0 withdrawn")),
            when,
        ),
        select(Vote.idea_id, Idea.title, Vote.value, Vote.cast_at)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id == me)
        .order_by(Vote.idea_id),
    )
    yield (
        "agenda_choices",
        _("Themes that you chose for an agenda"),
        (("call", _("Call")), ("theme", _("Theme")), ("value", _("1 chosen, 0 taken back")), when),
        select(Call.title, Theme.title, AgendaTick.value, AgendaTick.cast_at)
        .join(Call, Call.id == AgendaTick.call_id)
        .join(Theme, Theme.id == AgendaTick.theme_id)
        .where(AgendaTick.person_id == me)
        .order_by(AgendaTick.call_id, AgendaTick.theme_id),
    )
    yield (
        "helpful",
        _("Arguments that you found helpful"),
        (("idea", _("Idea")), ("text", _("Text")), when),
        select(Argument.idea_id, Argument.body, HelpfulMark.marked_at)
        .join(Argument, Argument.id == HelpfulMark.argument_id)
        .where(HelpfulMark.person_id == me, Argument.state == "published")
        .order_by(HelpfulMark.marked_at),
    )
    yield (
        "reports",
        _("What you reported"),
        (
            ("idea", _("Idea")),
            ("argument", _("Argument")),
            ("reason", _("Reason")),
            ("explanation", _("Explanation")),
            when,
        ),
        select(Report.idea_id, Report.argument_id, Report.reason, Report.explanation, Report.created_at)
        .where(Report.reporter_id == me)
        .order_by(Report.id),
    )
    yield (
        "follows",
        _("What you follow"),
        (("idea", _("Idea")), ("theme", _("Theme")), ("call", _("Call")), ("process", _("Process")), when),
        select(Idea.title, Theme.title, Call.title, Process.title, Follow.created_at)
        .outerjoin(Idea, Idea.id == Follow.idea_id)
        .outerjoin(Theme, Theme.id == Follow.theme_id)
        .outerjoin(Call, Call.id == Follow.call_id)
        .outerjoin(Process, Process.id == Follow.process_id)
        .where(Follow.person_id == me)
        .order_by(Follow.id),
    )


def _around(person: Person) -> Iterator[Question]:
    me, when = person.id, ("at", _("When"))
    yield (
        "registrations",
        _("Activities that you registered for"),
        (
            ("activity", _("Activity")),
            ("state", _("State")),
            ("note", _("What the organiser should know")),
            when,
        ),
        select(Activity.title, Registration.state, Registration.note, Registration.asked_at)
        .join(Activity, Activity.id == Registration.activity_id)
        .where(Registration.person_id == me)
        .order_by(Registration.id),
    )
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
    yield (
        "devices",
        _("Devices that you signed in on"),
        (("device", _("Device")), when, ("seen_at", _("Last seen")), ("ended_at", _("Ended"))),
        select(DeviceSession.device, DeviceSession.created_at, DeviceSession.seen_at, DeviceSession.ended_at)
        .where(DeviceSession.person_id == me)
        .order_by(DeviceSession.id),
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


def _said(value: Any) -> Any:
    return word(value) if type(value) in NAMES else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    return value
