"""Verbs that change where an idea stands: taken out of a theme, or split in two; each can be put back."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import delete, exists, func, insert, or_, select, update

from app.db import db
from app.domain import passages
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import BODY_LENGTH, THEMES_PER_IDEA, IdeaState
from app.features.moderation.telling import Told, finish, letter
from app.kit import audit
from app.kit.i18n import DEFAULT_LANGUAGE, speaking
from app.models.argument import Argument
from app.models.contribution import Amendment, IdeaOrigin
from app.models.idea import Idea, IdeaTheme, StatusChange
from app.models.moderation import ModerationDecision, ModerationVerb, Report, SplitIdea
from app.models.person import Person
from app.models.process import Call, Theme
from app.models.response import OfficialResponse
from app.models.vote import Vote
from app.policies.curating import may_detach, may_split
from app.policies.moderation import may_decide
from app.records import decisions, news, tallies

ROW = {"key_share": True}
"""Locks the row of an idea against other moderators and its author, not against votes that point at it."""


class Overtaken(NotAllowed):
    """The text changed while the moderator was looking at it: somebody else decided, or the author wrote."""


class NotOwnWords(NotAllowed):
    """The new text holds something that the author did not write."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a moderator makes of a part of an idea: title and summary are new, the body is the author's."""

    title: str
    summary: str
    body: str
    theme_ids: tuple[int, ...]
    leaves: bool
    """Whether the passages leave the idea that they stood in."""


def detach(
    moderator: Person, idea: Idea, theme_id: int, into_id: int | None, sentence: str, now: datetime
) -> ModerationDecision:
    """Take an idea out of a theme, or move it to another one. Raises NotAllowed and Overtaken."""
    may_decide(moderator, idea.author_id, reporters_of(idea), posted_by(idea)).or_raise()
    rows = db.session.execute(
        select(Theme.id, Theme.title)
        .join(Call, Call.process_id == Theme.process_id)
        .where(Call.id == idea.call_id)
    )
    titles = {row[0]: row[1] for row in rows}
    left, joined = titles.get(theme_id, ""), titles.get(into_id or 0, "")
    told = Told("idea_detached", N_("Your idea is no longer in the theme %(theme)s: %(title)s"), sentence)
    letters = letter(idea, told, now, theme=left, into=joined)
    _lock(idea)
    _not_overtaken(may_detach(idea.state, themes_of(idea.id), theme_id, into_id, titles))
    db.session.execute(delete(IdeaTheme).where(IdeaTheme.idea_id == idea.id, IdeaTheme.theme_id == theme_id))
    if into_id is not None:
        db.session.execute(insert(IdeaTheme).values(idea_id=idea.id, theme_id=into_id))
    _count_up(idea)
    decision = decisions.write(
        idea,
        ModerationVerb.DETACH,
        moderator,
        now,
        sentence=sentence,
        before={"theme": theme_id, "into": into_id},
    )
    audit.record(
        moderator,
        "moderation.detach",
        idea,
        now,
        before={"theme": theme_id},
        after={"theme": into_id},
        why=sentence,
    )
    finish(idea, decision, letters, told, now, theme=left)
    return decision


@decisions.reverts(ModerationVerb.DETACH)
def _attach_again(decision: ModerationDecision, _now: datetime) -> None:
    """The theme comes back, and the one that it made place for goes."""
    idea = _locked(decision)
    theme_id, into_id = decision.before["theme"], decision.before["into"]
    here = themes_of(idea.id)
    if db.session.get(Theme, theme_id) is None:
        raise NotAllowed(Decision(N_("This theme no longer exists.")))
    after = (here - {into_id}) | {theme_id}
    if len(after) > THEMES_PER_IDEA[1]:
        raise NotAllowed(
            Decision(N_("The idea has got other themes since, and it has no room for this one any more."))
        )
    db.session.execute(
        delete(IdeaTheme).where(IdeaTheme.idea_id == idea.id, IdeaTheme.theme_id.in_(here - after))
    )
    if theme_id not in here:
        db.session.execute(insert(IdeaTheme).values(idea_id=idea.id, theme_id=theme_id))
    _count_up(idea)


def split(
    moderator: Person, idea: Idea, part: Part, version: int, sentence: str, now: datetime
) -> ModerationDecision:
    """Make a part of an idea an idea of its own, under the name of its author; votes stay where they are.

    Raises NotAllowed, Overtaken when the text is not what the moderator read, and NotOwnWords.
    """
    may_decide(moderator, idea.author_id, reporters_of(idea), posted_by(idea)).or_raise()
    told = Told("idea_split", N_("A part of your idea is an idea of its own now: %(title)s"), sentence)
    _lock(idea)
    _not_overtaken(may_split(idea.state))
    if idea.version != version:
        raise Overtaken(Decision(N_("The author has changed this text. Read it again before you decide.")))
    left = _what_is_left(idea.body, part)
    new = Idea(
        call_id=idea.call_id,
        author_id=idea.author_id,
        title=part.title,
        summary=part.summary,
        body=part.body,
        neighbourhood=idea.neighbourhood,
        state=IdeaState.PUBLISHED,
        created_at=now,
        submitted_at=now,
        published_at=now,
    )
    db.session.add(new)
    db.session.flush()
    tallies.open_for([new.id])
    db.session.execute(
        insert(IdeaTheme), [{"idea_id": new.id, "theme_id": number} for number in part.theme_ids]
    )
    _copy_origin(idea.id, new.id)
    before: dict[str, object] = {"idea": new.id, "leaves": part.leaves}
    if part.leaves:
        before |= {"body": idea.body, "left": left, "amendment": _amend(idea, left, part.title, now)}
    _count_up(idea)
    decision = decisions.write(idea, ModerationVerb.SPLIT, moderator, now, sentence=sentence, before=before)
    db.session.add(SplitIdea(idea_id=new.id, from_id=idea.id, decision_id=decision.id))
    db.session.flush()
    db.session.refresh(new)
    news.idea_published(new, now)
    audit.record(
        moderator,
        "moderation.split",
        idea,
        now,
        after={"idea": new.id, "leaves": part.leaves},
        why=sentence,
    )
    letters = letter(idea, told, now, new_id=new.id, new_title=part.title, leaves=part.leaves)
    finish(idea, decision, letters, told, now, also=[new.id])
    return decision


@decisions.reverts(ModerationVerb.SPLIT)
def _join_again(decision: ModerationDecision, _now: datetime) -> None:
    """The new idea goes, if nobody acted on it yet, and the passages come back."""
    idea = _locked(decision)
    before = decision.before
    if before["leaves"]:
        _put_passages_back(idea, before)
    new = db.session.get(Idea, before["idea"], with_for_update=True, populate_existing=True)
    if new is not None:
        _untouched(new.id).or_raise()
        news.idea_gone(new.id)
        db.session.execute(delete(SplitIdea).where(SplitIdea.idea_id == new.id))
        db.session.expunge(new)
        db.session.execute(
            delete(Idea).where(Idea.id == before["idea"]).execution_options(synchronize_session=False)
        )
    _count_up(idea)


def themes_of(idea_id: int) -> set[int]:
    """The themes that an idea is in now."""
    return set(db.session.scalars(select(IdeaTheme.theme_id).where(IdeaTheme.idea_id == idea_id)))


def themes_in(process_id: int) -> list[Theme]:
    """All themes of a process, in their order."""
    return list(
        db.session.scalars(
            select(Theme).where(Theme.process_id == process_id).order_by(Theme.position, Theme.id)
        )
    )


def reporters_of(text: Idea | Argument) -> set[int]:
    """Who reported this text, and still waits to hear what comes of it."""
    column = Report.idea_id if isinstance(text, Idea) else Report.argument_id
    rows = db.session.scalars(
        select(Report.reporter_id).where(
            column == text.id, Report.handled_at.is_(None), Report.reporter_id.is_not(None)
        )
    )
    return {number for number in rows if number is not None}


def posted_by(idea: Idea) -> int | None:
    """Who of the staff posted this idea for somebody else."""
    return db.session.scalar(select(IdeaOrigin.posted_by_id).where(IdeaOrigin.idea_id == idea.id))


def _what_is_left(body: str, part: Part) -> str:
    """The body without the passages that leave. Raises NotAllowed when that, or the part, makes no idea."""
    strange = passages.foreign(part.body, body)
    if strange:
        raise NotOwnWords(
            Decision(
                N_(
                    "This does not stand in the author's text: “%(sentence)s”."
                    " Take whole sentences, as they are written there."
                ),
                {"sentence": _short(strange[0])},
            )
        )
    left = passages.without(body, part.body)
    if not left:
        raise NotOwnWords(
            Decision(N_("This is the whole text. Leave out what does not belong in the new idea."))
        )
    if part.leaves and len(left) < BODY_LENGTH[0]:
        raise NotOwnWords(
            Decision(
                N_(
                    "Without these passages too little is left of the first idea:"
                    " at least %(least)d characters. Let them stand in both."
                ),
                {"least": BODY_LENGTH[0]},
            )
        )
    return left if part.leaves else body


def _amend(idea: Idea, left: str, title: str, now: datetime) -> int:
    """Change the body in view of everybody: the former wording stays to be read."""
    number = (
        db.session.scalar(select(func.max(Amendment.number)).where(Amendment.idea_id == idea.id)) or 0
    ) + 1
    with speaking(DEFAULT_LANGUAGE):
        reason = gettext(N_("A moderator made a part of it an idea of its own: “%(title)s”."), title=title)
    db.session.add(
        Amendment(
            idea_id=idea.id,
            number=number,
            title=idea.title,
            summary=idea.summary,
            body=idea.body,
            reason=reason[:300],
            made_at=now,
        )
    )
    db.session.execute(update(Idea).where(Idea.id == idea.id).values(body=left))
    return number


def _put_passages_back(idea: Idea, before: dict[str, object]) -> None:
    last = db.session.scalar(select(func.max(Amendment.number)).where(Amendment.idea_id == idea.id))
    if idea.body != before["left"] or last != before["amendment"]:
        raise NotAllowed(
            Decision(
                N_(
                    "The text has changed since it was split, so the passages cannot be put back by themselves."
                )
            )
        )
    db.session.execute(
        delete(Amendment).where(Amendment.idea_id == idea.id, Amendment.number == before["amendment"])
    )
    db.session.execute(update(Idea).where(Idea.id == idea.id).values(body=before["body"]))


def _untouched(idea_id: int) -> Decision:
    """Whether nobody would lose anything when this idea goes."""
    acted = select(
        or_(
            exists().where(Vote.idea_id == idea_id, Vote.value != 0),
            exists().where(Argument.idea_id == idea_id),
        ),
        or_(
            exists().where(Amendment.idea_id == idea_id),
            exists().where(StatusChange.idea_id == idea_id),
            exists().where(OfficialResponse.idea_id == idea_id),
            exists().where(ModerationDecision.idea_id == idea_id),
            exists().where(SplitIdea.from_id == idea_id),
            exists().where(Idea.merged_into_id == idea_id),
        ),
    )
    reacted, handled = db.session.execute(acted).one()
    if reacted:
        return Decision(
            N_(
                "Others have voted on the new idea or reacted to it, so the two stay apart. The author can withdraw it."
            )
        )
    if handled:
        return Decision(
            N_(
                "Something else has happened to the new idea since, so the two stay apart. The author can withdraw it."
            )
        )
    return Decision()


def _copy_origin(idea_id: int, new_id: int) -> None:
    """What staff brought in for somebody else says so in both parts."""
    origin = db.session.get(IdeaOrigin, idea_id)
    if origin is not None:
        db.session.add(
            IdeaOrigin(
                idea_id=new_id,
                channel=origin.channel,
                note=origin.note,
                posted_by_id=origin.posted_by_id,
                posted_at=origin.posted_at,
            )
        )


def _short(sentence: str, most: int = 120) -> str:
    return sentence if len(sentence) <= most else sentence[: most - 1].rstrip() + "…"


def _lock(idea: Idea) -> None:
    db.session.refresh(idea, with_for_update=ROW)


def _locked(decision: ModerationDecision) -> Idea:
    return db.session.get_one(Idea, decision.idea_id, with_for_update=ROW, populate_existing=True)


def _count_up(idea: Idea) -> None:
    """Lists, pages and standings see by the version that something changed."""
    db.session.execute(update(Idea).where(Idea.id == idea.id).values(version=Idea.version + 1))
    db.session.expire(idea)


def _not_overtaken(possible: Decision) -> None:
    if not possible:
        raise Overtaken(possible)
