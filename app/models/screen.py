"""What the screen in the room shows, as the control desk puts it: one row per workshop, one change at a time."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, text_enum
from app.domain.evening import Scene as Scene
from app.models.workshop import Workshop


class Screen(Base):
    """The state of the screen. `number` counts its changes: a button that was made for an older state does nothing."""

    __tablename__ = "screen"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    scene: Mapped[Scene] = mapped_column(text_enum(Scene), default=Scene.JOIN)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id", ondelete="SET NULL"), index=True)
    step: Mapped[str] = mapped_column(String(40), default="")
    """The key of the step of the evening that is on."""
    place: Mapped[int] = mapped_column(default=0)
    """Where that step stood in the evening, for when it is not there any more."""
    spare: Mapped[bool] = mapped_column(default=False)
    """Whether the spare screen stands before it all; what was on stays as it is behind it."""
    frozen: Mapped[str] = mapped_column(Text, default="")
    """The picture that was kept when somebody froze the screen, as JSON per language; empty: the screen goes on."""
    hides_names: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(String(200), default="")
    """A sentence to the room, over whatever is shown."""
    message_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the sentence goes by itself; None: when somebody takes it away."""
    timer_seconds: Mapped[int] = mapped_column(default=0)
    """How long the timer was set for; 0: there is none."""
    timer_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a running timer is at zero."""
    timer_left: Mapped[int | None] = mapped_column()
    """Seconds left on a timer that stands still."""
    did: Mapped[str] = mapped_column(String(40), default="")
    """What the last change was, as an action of the audit log."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    workshop: Mapped[Workshop] = relationship()
