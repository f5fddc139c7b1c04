"""The questions about what somebody wrote, and what moderators decided on it."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from app.features.privacy.parts import Question
from app.models import (
    Amendment,
    Appeal,
    Argument,
    Call,
    Idea,
    IdeaImage,
    ModerationDecision,
    Practice,
    PracticeSuggestion,
)


def written(me: int) -> Iterator[Question]:
    """Ideas with their versions, decisions and appeals; arguments; practices."""
    yield from _ideas(me)
    yield from _decided(me)
    yield from _said(me)


def _ideas(me: int) -> Iterator[Question]:
    """Ideas and the texts that they have had."""
    when = ("at", _("When"))
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
            ("idea", _("Idea")),
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


def _decided(me: int) -> Iterator[Question]:
    """What moderators decided on ideas, and what the author said to that."""
    idea, when = ("idea", _("Idea")), ("at", _("When"))
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
        "appeals",
        _("Your appeals"),
        (
            ("text", _("Text")), when, ("due_at", _("Answer promised by")), ("outcome", _("Outcome")),
            ("answer", _("Words of the moderator")), ("decided_at", _("Answered")),
        ),
        select(
            Appeal.text, Appeal.created_at, Appeal.due_at, Appeal.outcome, Appeal.sentence, Appeal.decided_at
        )
        .where(Appeal.author_id == me)
        .order_by(Appeal.id),
    )  # fmt: skip


def _said(me: int) -> Iterator[Question]:
    """What somebody said in discussions, and practices from elsewhere that they knew of."""
    idea, when = ("idea", _("Idea")), ("at", _("When"))
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
