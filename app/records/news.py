"""What people hear about ideas: who is told when one is published, moves on, is answered, changed or reacted to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, literal, or_, select

from app.db import db
from app.domain.ballot import Side
from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.models.argument import Argument
from app.models.following import News, Notice, NoticeKind
from app.models.idea import Idea
from app.records import follows
from app.records.follows import Subject
from app.records.notices import Audience, page, tell

AS_WRITTEN = "%(sentence)s"
"""A text that somebody wrote to the reader; it is not translated."""
LONGEST_QUOTE = 280


def decided(
    people: Sequence[int],
    event_key: str,
    title: str,
    path: str,
    now: datetime,
    sentence: str = "",
    /,
    **values: Any,
) -> None:
    """Put into the inbox what the mail about a decision says; the mail itself goes at once. The caller commits."""
    text = AS_WRITTEN if sentence else ""
    tell(people, NoticeKind.DECISION, event_key, title, text, path, now, sentence=sentence, **values)


def idea_published(idea: Idea, now: datetime) -> None:
    """Its author follows it from now on; who follows one of its themes, its call or its process hears of it."""
    follows.begin(idea.author_id, Subject.IDEA, idea.id, now)
    audience = Audience(
        themes=tuple(theme.id for theme in idea.themes),
        calls=(idea.call_id,),
        processes=(idea.call.process_id,),
        but=(idea.author_id,),
    )
    tell(
        audience,
        NoticeKind.IDEA,
        f"idea:{idea.id}",
        N_("A new idea: “%(title)s”"),
        AS_WRITTEN,
        page("ideas.show", idea_id=idea.id),
        now,
        title=idea.title,
        sentence=idea.summary,
    )


def status_changed(
    idea: Idea, change_id: int, status: PublicStatus, reason: str, now: datetime, *, correction: bool
) -> None:
    """Followers and voters who asked for it hear how far the idea has come; its author by a mail of its own."""
    key, path = f"status:{change_id}", page("ideas.show", idea_id=idea.id)
    decided(
        [idea.author_id],
        key,
        N_("A correction about your idea “%(title)s”: %(status)s")
        if correction
        else N_("Your idea “%(title)s” has a new status: %(status)s"),
        path,
        now,
        reason,
        title=idea.title,
        status=status,
    )
    tell(
        Audience(ideas=(idea.id,), voters_of=idea.id, but=(idea.author_id,)),
        NoticeKind.STATUS,
        key,
        N_("A correction about the idea “%(title)s”: %(status)s")
        if correction
        else N_("The idea “%(title)s” has a new status: %(status)s"),
        AS_WRITTEN,
        path,
        now,
        title=idea.title,
        status=status,
        sentence=reason,
    )


def idea_answered(idea: Idea, response_id: int, on_behalf_of: str, body: str, now: datetime) -> None:
    """Followers and voters who asked for it hear that there is an answer; its author by a mail of its own."""
    key = f"answer:{response_id}"
    path = page("ideas.show", f"reactie-{response_id}", idea_id=idea.id)
    said = f"{on_behalf_of}: {_quote(body)}"
    title = N_("An answer on your idea: %(title)s")
    decided([idea.author_id], key, title, path, now, said, title=idea.title)
    tell(
        Audience(ideas=(idea.id,), voters_of=idea.id, but=(idea.author_id,)),
        NoticeKind.STATUS,
        key,
        N_("There is an answer on the idea “%(title)s”"),
        AS_WRITTEN,
        path,
        now,
        title=idea.title,
        sentence=said,
    )


def idea_amended(idea_id: int, number: int, reason: str, now: datetime) -> None:
    """Followers hear that the text of an idea changed after others had reacted to it."""
    title, author_id = db.session.execute(select(Idea.title, Idea.author_id).where(Idea.id == idea_id)).one()
    tell(
        Audience(ideas=(idea_id,), but=(author_id,)),
        NoticeKind.STATUS,
        f"amendment:{idea_id}:{number}",
        N_("The text of the idea “%(title)s” was changed"),
        AS_WRITTEN,
        page("ideas.show", idea_id=idea_id),
        now,
        title=title,
        sentence=reason,
    )


def argument_added(
    number: int, idea_id: int, author_id: int, parent: int | None, side: Side, now: datetime
) -> None:
    """Followers of the idea hear of an argument or question, and its writer of a reply.

    The message quotes nothing and names nobody: what is taken off the site must not stay in inboxes and mails.
    """
    title = db.session.scalar(select(Idea.title).where(Idea.id == idea_id)) or ""
    path = page("discussion.show", argument_id=number)
    if parent is None:
        tell(
            Audience(ideas=(idea_id,), but=(author_id,)),
            NoticeKind.ARGUMENT,
            f"argument:{number}",
            N_("A new reaction to the idea “%(title)s”"),
            N_("%(side)s."),
            path,
            now,
            title=title,
            side=side,
        )
        return
    writer = db.session.scalar(select(Argument.author_id).where(Argument.id == parent))
    if writer is not None and writer != author_id:
        tell(
            [writer],
            NoticeKind.REPLY,
            f"argument:{number}",
            N_("A reply to your reaction to the idea “%(title)s”"),
            "",
            path,
            now,
            title=title,
        )


def idea_gone(idea_id: int) -> None:
    """Nobody reads of an idea that left the site: its title and words go from inboxes, and from what is still told.

    Decisions stay: they tell its author, and who reported it, why it is gone. The caller commits.
    """
    path = page("ideas.show", idea_id=idea_id)
    answers = select(literal("argument:") + cast(Argument.id, String)).where(Argument.idea_id == idea_id)
    # First what is still told: who tells it at this moment is waited for, and what they told goes as well.
    for table in (News, Notice):
        about = or_(
            table.path == path,
            table.path.startswith(f"{path}#", autoescape=True),
            table.event_key.in_(answers),
        )
        db.session.execute(
            delete(table)
            .where(about, table.kind != NoticeKind.DECISION)
            .execution_options(synchronize_session=False)
        )


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_QUOTE else flat[: LONGEST_QUOTE - 1].rstrip() + "…"
