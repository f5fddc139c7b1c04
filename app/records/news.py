"""What people hear about ideas: who is told when one is published, moves on, is answered, changed or reacted to."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from app.records import follows, notices
from app.records.notices import Audience, Telling, page, tell

AS_WRITTEN = "%(sentence)s"
"""A text that somebody wrote to the reader; it is not translated."""
LONGEST_QUOTE = 280
GONE_AT_ONCE = 25


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
    ideas_published([idea], now)


def ideas_published(ideas: Sequence[Idea], now: datetime) -> None:
    """The same for many at once, in two statements."""
    if not ideas:
        return
    follows.begin_all([(idea.author_id, idea.id) for idea in ideas], now)
    notices.announce(
        NoticeKind.IDEA,
        [
            Telling(
                Audience(
                    themes=tuple(theme.id for theme in idea.themes),
                    calls=(idea.call_id,),
                    processes=(idea.call.process_id,),
                    but=(idea.author_id,),
                ),
                f"idea:{idea.id}",
                N_("A new idea: “%(title)s”"),
                AS_WRITTEN,
                page("ideas.show", idea_id=idea.id),
                {"title": idea.title, "sentence": idea.summary},
            )
            for idea in ideas
        ],
        now,
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


@dataclass(frozen=True, slots=True)
class Change:
    """A step of one idea among many: its author, and the number and reason of the step."""

    idea_id: int
    title: str
    author_id: int
    change_id: int
    reason: str


def statuses_changed(changes: Sequence[Change], status: PublicStatus, now: datetime) -> None:
    """The same of many ideas at once, in a few statements; their authors by mails of their own."""
    own = N_("Your idea “%(title)s” has a new status: %(status)s")
    others = N_("The idea “%(title)s” has a new status: %(status)s")
    for title, kind, say in (
        (own, NoticeKind.DECISION, notices.tell_each),
        (others, NoticeKind.STATUS, notices.announce),
    ):
        is_own = kind == NoticeKind.DECISION
        tellings = [
            Telling(
                Audience(people=(change.author_id,))
                if is_own
                else Audience(ideas=(change.idea_id,), voters_of=change.idea_id, but=(change.author_id,)),
                f"status:{change.change_id}",
                title,
                AS_WRITTEN,
                page("ideas.show", idea_id=change.idea_id),
                {"title": change.title, "status": status, "sentence": change.reason},
            )
            for change in changes
        ]
        say(kind, tellings, now)


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


def arguments_published(arguments: Sequence[Argument], now: datetime) -> None:
    """The same of reactions that a moderator read first, at once."""
    tops = [argument for argument in arguments if argument.parent_id is None]
    notices.announce(
        NoticeKind.ARGUMENT,
        [
            Telling(
                Audience(ideas=(top.idea_id,), but=(top.author_id,)),
                f"argument:{top.id}",
                N_("A new reaction to the idea “%(title)s”"),
                N_("%(side)s."),
                page("discussion.show", argument_id=top.id),
                {"title": top.idea.title, "side": top.side},
            )
            for top in tops
        ],
        now,
    )
    for one in arguments:
        if one.parent_id is not None:
            argument_added(one.id, one.idea_id, one.author_id, one.parent_id, one.side, now)


def idea_gone(idea_id: int) -> None:
    """Nobody reads of an idea that left the site: its title and words go from inboxes, and from what is still told.

    Decisions stay: they tell its author, and who reported it, why it is gone. The caller commits.
    """
    ideas_gone([idea_id])


def ideas_gone(idea_ids: Sequence[int]) -> None:
    """The same for many at once, a few in each statement."""
    for start in range(0, len(idea_ids), GONE_AT_ONCE):
        numbers = idea_ids[start : start + GONE_AT_ONCE]
        paths = [page("ideas.show", idea_id=number) for number in numbers]
        answers = select(literal("argument:") + cast(Argument.id, String)).where(
            Argument.idea_id.in_(numbers)
        )
        # First what is still told: who tells it at this moment is waited for, and what they told goes as well.
        for table in (News, Notice):
            about = or_(
                table.path.in_(paths),
                *(table.path.startswith(f"{path}#", autoescape=True) for path in paths),
                table.event_key.in_(answers),
            )
            db.session.execute(
                delete(table)
                .where(about, table.kind != NoticeKind.DECISION)
                .execution_options(synchronize_session=False)
            )


def arguments_gone(argument_ids: Sequence[int]) -> None:
    """Nobody is told any more of these reactions. The caller commits."""
    keys = [f"argument:{number}" for number in argument_ids]
    for table in (News, Notice):
        db.session.execute(
            delete(table).where(table.event_key.in_(keys)).execution_options(synchronize_session=False)
        )


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_QUOTE else flat[: LONGEST_QUOTE - 1].rstrip() + "…"
