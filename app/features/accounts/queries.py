"""What somebody's own page and the demo show: reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.ballot import Side
from app.domain.lifecycle import IdeaState, PublicStatus
from app.kit import tokens
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person, SignInCode
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.vote import Vote

STATE_ORDER = (
    IdeaState.RETURNED,
    IdeaState.DRAFT,
    IdeaState.SUBMITTED,
    IdeaState.PUBLISHED,
    IdeaState.REFUSED,
    IdeaState.HIDDEN,
    IdeaState.MERGED,
    IdeaState.WITHDRAWN,
)
"""What asks for the person's attention comes first."""


@dataclass(frozen=True, slots=True)
class OwnIdea:
    """An idea as its author sees it."""

    id: int
    title: str
    state: IdeaState
    public_status: PublicStatus
    at: datetime
    sentence: str
    """What the moderator wrote about it last, if anything."""
    merged_into_id: int | None


@dataclass(frozen=True, slots=True)
class OwnArgument:
    """An argument or reply as its author sees it."""

    id: int
    idea_id: int
    idea_title: str
    side: Side
    body: str
    state: ArgumentState
    created_at: datetime
    is_reply: bool


def own_ideas(person_id: int) -> list[OwnIdea]:
    """Everything the person wrote as an idea, what needs their attention first, then the newest."""
    last = (
        select(func.max(ModerationDecision.id))
        .where(
            ModerationDecision.idea_id == Idea.id,
            ModerationDecision.verb.in_([ModerationVerb.RETURN, ModerationVerb.REFUSE, ModerationVerb.HIDE]),
            ModerationDecision.undone_at.is_(None),
        )
        .correlate(Idea)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.state,
            Idea.public_status,
            func.coalesce(Idea.published_at, Idea.submitted_at, Idea.created_at).label("at"),
            func.coalesce(ModerationDecision.sentence, "").label("sentence"),
            Idea.merged_into_id,
        )
        .outerjoin(ModerationDecision, ModerationDecision.id == last)
        .where(Idea.author_id == person_id)
        .order_by(Idea.created_at.desc(), Idea.id.desc())
    )
    ideas = [OwnIdea(*row) for row in rows]
    return sorted(ideas, key=lambda idea: STATE_ORDER.index(idea.state))


def own_arguments(person_id: int, most: int = 200) -> list[OwnArgument]:
    """The newest arguments and replies of the person."""
    rows = db.session.execute(
        select(
            Argument.id,
            Argument.idea_id,
            Idea.title,
            Argument.side,
            Argument.body,
            Argument.state,
            Argument.created_at,
            Argument.parent_id.is_not(None),
        )
        .join(Idea, Idea.id == Argument.idea_id)
        .where(Argument.author_id == person_id, Argument.state != ArgumentState.DELETED)
        .order_by(Argument.created_at.desc(), Argument.id.desc())
        .limit(most)
    )
    return [OwnArgument(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class OwnPractice:
    """A practice that the person suggested, and what a moderator made of it."""

    slug: str
    title: str
    state: PracticeState
    suggested_at: datetime
    sentence: str


def own_practices(person_id: int, most: int = 100) -> list[OwnPractice]:
    """What the person suggested for the library, newest first."""
    rows = db.session.execute(
        select(
            Practice.slug,
            Practice.title,
            Practice.state,
            PracticeSuggestion.suggested_at,
            PracticeSuggestion.sentence,
        )
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(PracticeSuggestion.person_id == person_id)
        .order_by(PracticeSuggestion.suggested_at.desc(), Practice.id.desc())
        .limit(most)
    )
    return [OwnPractice(*row) for row in rows]


def own_vote_count(person_id: int) -> int:
    """On how many ideas the person has a vote standing; shown to the person alone."""
    standing = (
        select(func.count())
        .select_from(Vote)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id == person_id, Vote.value != 0, Idea.merged_into_id.is_(None))
    )
    return db.session.scalar(standing) or 0


def browser_hash(token: str) -> str:
    """What the table keeps of the token in the browser that asked for a mail."""
    return tokens.keyed_hash("sign-in-browser", token)


def link_hash(token: str) -> str:
    """What the table keeps of the token in the link of a mail."""
    return tokens.keyed_hash("sign-in-link", token)


def mail_asked_by(browser_token: str) -> SignInCode | None:
    """The sign-in mail that this browser asked for, if any."""
    return db.session.scalar(select(SignInCode).where(SignInCode.request_hash == browser_hash(browser_token)))


def mail_with_link(link_token: str) -> SignInCode | None:
    """The sign-in mail that a link belongs to, if any."""
    return db.session.scalar(select(SignInCode).where(SignInCode.link_hash == link_hash(link_token)))


def demo_people(now: datetime) -> list[Person]:
    """The people that the sign-in page of the demo offers, in their order."""
    return list(
        db.session.scalars(
            select(Person)
            .options(joinedload(Person.organisation))
            .where(Person.demo_order.is_not(None), Person.not_blocked(now))
            .order_by(Person.demo_order)
        )
    )


def latest_mail(most: int = 50) -> list[MailMessage]:
    """The newest messages of the outbox, newest first."""
    return list(
        db.session.scalars(
            select(MailMessage).order_by(MailMessage.created_at.desc(), MailMessage.id.desc()).limit(most)
        )
    )
