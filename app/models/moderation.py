"""What moderators decided, what readers reported, and what the author says against a decision."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.lifecycle import RefusalReason
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.person import Person
from app.models.practice import Practice

_ONE_TEXT = (
    "(CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN argument_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN practice_id IS NULL THEN 0 ELSE 1 END) = 1"
)
"""A row is about exactly one text."""
USUAL_DAYS = 14
"""So long one can appeal where no process says how long."""


def _usual_term(begins: str) -> Callable[[Any], datetime]:
    """The term of a row that says none: so many days after the moment in this column."""

    def term(row: Any) -> datetime:
        since: datetime = row.get_current_parameters()[begins]
        return since + timedelta(days=USUAL_DAYS)

    return term


class ModerationVerb(StrEnum):
    """What was done to a text."""

    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"
    """Read, after publication or after reports, and left as it is."""
    DETACH = "detach"
    """Taken out of one of its themes."""
    SPLIT = "split"
    """A part of it became an idea of its own."""
    MASK = "mask"
    """Personal data in it were made unreadable."""
    TAKE_IMAGE = "take_image"
    """Its image was taken off, and the text stays."""
    MERGE = "merge"
    """It says the same as another idea and became one with it."""
    RECALL = "recall"
    """Taken off the site by the site itself, after many reports, until a moderator has looked."""


class ReportReason(StrEnum):
    """Why somebody reports a text."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class ReportOutcome(StrEnum):
    """What came of a report."""

    RIGHT = "right"
    """The text was hidden, masked or sent back."""
    KEPT = "kept"
    """The moderators left the text as it is."""


class Report(Base):
    """Somebody says that a text breaks the rules; one per person and text."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(_ONE_TEXT, name="one_text"),
        UniqueConstraint("reporter_id", "idea_id"),
        UniqueConstraint("reporter_id", "argument_id"),
        UniqueConstraint("reporter_id", "practice_id"),
        Index("ix_report_open", "handled_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None for somebody without account."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where somebody without account wants to hear what came of it; emptied when that has been told."""
    language: Mapped[str] = mapped_column(String(5), default="nl")
    reason: Mapped[ReportReason] = mapped_column(text_enum(ReportReason))
    explanation: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[ReportOutcome | None] = mapped_column(text_enum(ReportOutcome))

    idea: Mapped[Idea | None] = relationship()
    argument: Mapped[Argument | None] = relationship()
    practice: Mapped[Practice | None] = relationship()
    reporter: Mapped[Person | None] = relationship()


class ModerationDecision(Base):
    """What was decided on a text, why, by whom; and what is needed to undo it."""

    __tablename__ = "moderation_decision"
    __table_args__ = (
        CheckConstraint(_ONE_TEXT, name="one_text"),
        Index("ix_moderation_decision_decided_at", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    verb: Mapped[ModerationVerb] = mapped_column(text_enum(ModerationVerb))
    reason: Mapped[RefusalReason | None] = mapped_column(text_enum(RefusalReason))
    sentence: Mapped[str] = mapped_column(Text, default="")
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None when the site did it by itself, as a rule that organisers chose told it to."""
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    waited: Mapped[int | None] = mapped_column()
    """Seconds that the text had waited in the queue; None when it did not wait."""
    checked: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The points of the call's checklist that the moderator ticked."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the decision changed, as it was before; what each verb needs to put it back."""
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
    """The same for all decisions that were taken in one step."""
    appeal_until: Mapped[datetime] = mapped_column(UTCDateTime, default=_usual_term("decided_at"))
    """Until when the author may appeal, as they were told: another rule of the process moves nothing."""
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    idea: Mapped[Idea | None] = relationship()
    argument: Mapped[Argument | None] = relationship()
    practice: Mapped[Practice | None] = relationship()
    moderator: Mapped[Person | None] = relationship(foreign_keys=moderator_id)


class HeldMail(Base):
    """A mail that tells of a decision; it waits as long as the decision can be undone, and goes with it."""

    __tablename__ = "held_mail"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("mail_message.id", ondelete="CASCADE"), primary_key=True
    )
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), index=True
    )


class SplitIdea(Base):
    """An idea that was a part of another one, until moderators split it off."""

    __tablename__ = "split_idea"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="SET NULL"), index=True
    )


class MaskedText(Base):
    """What a decision took out of an idea or reaction, words or an image: kept as long as an appeal is possible."""

    __tablename__ = "masked_text"

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), primary_key=True
    )
    original: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Field by field, encrypted with a key of the site; None once destroyed."""
    keep_until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    destroyed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    decision: Mapped[ModerationDecision] = relationship()


class SanctionKind(StrEnum):
    """How far the site keeps somebody from taking part."""

    WARN = "warn"
    PAUSE = "pause"
    """May read and vote, but posts nothing for a while."""
    BLOCK = "block"
    """May not sign in."""


class SanctionReason(StrEnum):
    """Why somebody is warned, paused or blocked."""

    SPAM = "spam"
    INSULTS = "insults"
    THREATS = "threats"
    PERSONAL_DATA = "personal_data"
    MANY_ACCOUNTS = "many_accounts"
    FALSE_REPORTS = "false_reports"
    OTHER = "other"


class Sanction(Base):
    """Somebody was warned, paused or blocked: why, by whom, until when."""

    __tablename__ = "sanction"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[SanctionKind] = mapped_column(text_enum(SanctionKind))
    reason: Mapped[SanctionReason] = mapped_column(text_enum(SanctionReason))
    sentence: Mapped[str] = mapped_column(Text)
    """What the person reads."""
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """None for a warning, and for what lasts until somebody lifts it."""
    appeal_until: Mapped[datetime] = mapped_column(UTCDateTime, default=_usual_term("started_at"))
    """Until when the person may appeal, also when it is over before."""
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_sentence: Mapped[str] = mapped_column(Text, default="")
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
    """The decisions that hid everything of this person along with it."""

    person: Mapped[Person] = relationship(foreign_keys=person_id)


class AppealOutcome(StrEnum):
    """What the second moderator decided on an appeal."""

    UPHELD = "upheld"
    """The author is right: the decision is put back."""
    REJECTED = "rejected"


class Appeal(Base):
    """The author says why a decision is wrong: once, and somebody else decides."""

    __tablename__ = "appeal"
    __table_args__ = (CheckConstraint("(decision_id IS NULL) <> (sanction_id IS NULL)", name="one_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), unique=True
    )
    sanction_id: Mapped[int | None] = mapped_column(
        ForeignKey("sanction.id", ondelete="CASCADE"), unique=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When the author was promised an answer at the latest."""
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[AppealOutcome | None] = mapped_column(text_enum(AppealOutcome))
    sentence: Mapped[str] = mapped_column(Text, default="")

    decision: Mapped[ModerationDecision | None] = relationship()
    sanction: Mapped[Sanction | None] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=author_id)


class ModerationNote(Base):
    """What moderators write to each other about a text or a person; nobody else reads it."""

    __tablename__ = "moderation_note"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN argument_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN practice_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_subject",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    argument_id: Mapped[int | None] = mapped_column(ForeignKey("argument.id", ondelete="CASCADE"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    author: Mapped[Person] = relationship(foreign_keys=author_id)


class FlaggedWord(Base):
    """A word that organisers want moderators to look at; a text with it is never refused by itself."""

    __tablename__ = "flagged_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(60), unique=True)
    """In small letters, without accents."""
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
