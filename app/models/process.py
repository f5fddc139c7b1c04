"""The whole way from question to decision: processes, their calls with phases, themes, and activities."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.phases import Action


class ProcessState(StrEnum):
    """Whether a process takes part in daily life."""

    OPEN = "open"
    CLOSED = "closed"


class Audience(StrEnum):
    """Who may answer a call."""

    EVERYONE = "everyone"
    COUNCIL = "council"
    PARTNERS = "partners"


class CallKind(StrEnum):
    """What a call asks for."""

    IDEAS = "ideas"
    PROCEDURE = "procedure"
    RESEARCH = "research"
    CHALLENGE = "challenge"


class ActivityKind(StrEnum):
    """What happens at an activity."""

    CONVERSATIONS = "conversations"
    INFORMATION = "information"
    RESEARCH = "research"
    WORKSHOP = "workshop"
    COUNCIL = "council"


class Curation(StrEnum):
    """When moderators read what people send in."""

    BEFORE = "before"
    """Before readers see it."""
    TRUSTED = "trusted"
    """Before readers see it, but of authors who earned trust afterwards."""
    AFTER = "after"
    """It stands on the site at once, and moderators read it afterwards."""
    REPORTED = "reported"
    """It stands on the site at once, and moderators read it when somebody reports it."""


class Process(Base):
    """The whole way from question to decision."""

    __tablename__ = "process"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(String(200))
    intro: Mapped[str] = mapped_column(Text, default="")
    goal: Mapped[str] = mapped_column(Text, default="")
    aims: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The aims of the process: a list of {"title", "text"}."""
    state: Mapped[ProcessState] = mapped_column(text_enum(ProcessState), default=ProcessState.OPEN)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ranking_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Parameters of the ranking that differ from the defaults, see app.domain.ranking."""
    tie_seed: Mapped[str] = mapped_column(String(64))
    """Decides the order of what is otherwise equal; fixed when the process is made."""
    retention_months: Mapped[int] = mapped_column(default=24)
    """How long after its end names stay with what people wrote."""
    promised_hours: Mapped[int] = mapped_column(default=24)
    """Within how many hours moderators promise to look at what is sent in."""
    report_threshold: Mapped[int] = mapped_column(default=5)
    """From so many open reports on it a text goes off the site until a moderator has looked; 0: never."""
    appeal_days: Mapped[int] = mapped_column(default=14)
    """How many days an author has to appeal, and moderators have to answer."""
    integrity_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Thresholds of the signals that differ from the defaults, see app.domain.integrity."""
    answer_days: Mapped[int] = mapped_column(default=42)
    """Within how many days the municipality answers an idea that got enough votes, unless somebody says otherwise."""
    evaluation: Mapped[str] = mapped_column(Text, default="")
    """What the organisers conclude from how the process went; it stands above the figures."""


class Theme(Base):
    """What ideas are grouped under."""

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("process_id", "slug"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    icon: Mapped[str] = mapped_column(String(40), default="speech")
    accent: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int] = mapped_column(default=30)
    position: Mapped[int] = mapped_column(default=0)

    process: Mapped[Process] = relationship()


class Call(Base):
    """One question put to an audience; ideas answer it."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[CallKind] = mapped_column(text_enum(CallKind), default=CallKind.IDEAS)
    audience: Mapped[Audience] = mapped_column(text_enum(Audience), default=Audience.EVERYONE)
    position: Mapped[int] = mapped_column(default=0)
    agenda_ballot: Mapped[bool] = mapped_column(default=False)
    """Whether people tick the themes of the agenda themselves; otherwise their votes on ideas tell."""
    agenda_changes: Mapped[int] = mapped_column(default=0)
    """Counted up with every change of what people ticked, so that a reader can tell cheaply whether anything
    happened; whoever writes ticks locks this row."""
    threshold: Mapped[int | None] = mapped_column()
    """How many votes for an idea asks for, to be sure of an answer of the municipality; None asks for none."""
    import_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    idea_curation: Mapped[Curation] = mapped_column(text_enum(Curation), default=Curation.BEFORE)
    argument_curation: Mapped[Curation] = mapped_column(text_enum(Curation), default=Curation.REPORTED)
    trust_after: Mapped[int] = mapped_column(default=3)
    """After how many accepted texts in a row an author is trusted; a refusal begins anew."""
    checklist: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What a moderator goes through before an idea goes on the site: sentences."""

    process: Mapped[Process] = relationship()


class Phase(Base):
    """A period of a call with its rights."""

    __tablename__ = "phase"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    may_submit: Mapped[bool] = mapped_column(default=False)
    may_argue: Mapped[bool] = mapped_column(default=False)
    may_vote: Mapped[bool] = mapped_column(default=False)
    hides_counts: Mapped[bool] = mapped_column(default=False)
    default_sort: Mapped[str] = mapped_column(String(40), default="random")

    call: Mapped[Call] = relationship()

    def gives(self, action: Action) -> bool:
        """Whether this phase gives the right to the action."""
        return {
            Action.SUBMIT: self.may_submit,
            Action.ARGUE: self.may_argue,
            Action.VOTE: self.may_vote,
        }[action]


class Activity(Base):
    """Something that happens in a process, such as an information round or a workshop."""

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id", ondelete="SET NULL"), index=True)
    """The call that belongs to this activity, such as the one for research elements."""
    kind: Mapped[ActivityKind] = mapped_column(text_enum(ActivityKind))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="")
    """What came out of it, published on the page."""
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    date_text: Mapped[str] = mapped_column(String(80), default="")
    """What stands in the place of a date that is still to be set, such as "tweede kwartaal"."""
    place: Mapped[str] = mapped_column(String(120), default="")
    capacity: Mapped[int | None] = mapped_column()
    """How many people can come; None when nobody needs to register, 0 when everybody who registers can come."""
    registration_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until when people can register; None: until it begins."""
    position: Mapped[int] = mapped_column(default=0)

    process: Mapped[Process] = relationship()


class ProgrammePart(Base):
    """One part of the programme of an activity, with its slides or link."""

    __tablename__ = "programme_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int | None] = mapped_column()
    link_label: Mapped[str] = mapped_column(String(120), default="")
    link_url: Mapped[str] = mapped_column(String(300), default="")
