"""What people hear of merges: the authors, who followed or voted, and who brought it up."""

from datetime import datetime

from app.db import db
from app.domain.decision import N_
from app.models.duplicate import DuplicateProposal, Merge
from app.models.following import NoticeKind
from app.models.idea import Idea
from app.records import merges, news
from app.records.notices import Audience, page, tell


def merged(made: Merge, event_key: str, now: datetime) -> None:
    """Authors, and everybody who follows or voted on either and wants to hear of it: two ideas became one.

    event_key: of the decision, so that nothing is left of it when the decision is undone at once. Votes and follows
    have been carried over, so those of the idea that stays are those of both. The caller commits.
    """
    idea, into = db.session.get_one(Idea, made.idea_id), db.session.get_one(Idea, made.into_id)
    path = page("ideas.show", merges.anchor(idea.id), idea_id=into.id)
    values = {"title": idea.title, "other": into.title}
    authors = sorted({idea.author_id, into.author_id})
    title = N_("“%(title)s” has become one with “%(other)s”")
    news.decided(authors, event_key, title, path, now, made.sentence, **values)
    tell(
        Audience(ideas=(idea.id, into.id), voters_of=into.id, but=tuple(authors)),
        NoticeKind.STATUS,
        event_key,
        title,
        N_("Your vote counts there, once. If you voted on both, your last vote counts."),
        path,
        now,
        **values,
    )


def parted(made: Merge, now: datetime) -> None:
    """The same people: one idea is two again."""
    idea, into = db.session.get_one(Idea, made.idea_id), db.session.get_one(Idea, made.into_id)
    path = page("ideas.show", idea_id=idea.id)
    values = {"title": idea.title, "other": into.title}
    authors = sorted({idea.author_id, into.author_id})
    title = N_("“%(title)s” stands on its own again, apart from “%(other)s”")
    news.decided(authors, f"parted:{made.id}", title, path, now, made.undo_sentence, **values)
    tell(
        Audience(ideas=(idea.id, into.id), voters_of=idea.id, or_of=into.id, but=tuple(authors)),
        NoticeKind.STATUS,
        f"parted:{made.id}",
        title,
        N_("Your vote counts where you gave it. Look whether it still says what you want."),
        path,
        now,
        **values,
    )


def outcome(proposal: DuplicateProposal, now: datetime, *, is_merged: bool) -> None:
    """Who brought two ideas up hears what came of it. The caller commits."""
    if proposal.proposed_by_id is None:
        return
    news.decided(
        [proposal.proposed_by_id],
        f"duplicate:{proposal.id}:{'merged' if is_merged else 'apart'}",
        N_("The ideas that you pointed out have become one: %(title)s")
        if is_merged
        else N_("The ideas that you pointed out stay apart: %(title)s"),
        page("ideas.show", idea_id=proposal.idea_id),
        now,
        proposal.decision_sentence,
        title=proposal.idea.title,
    )
