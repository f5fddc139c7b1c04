"""What moderators did beyond yes and no, what authors said against it, and what was answered."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.processes import Stage
from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import audit
from app.models import Appeal, Call, Idea, IdeaTheme, ModerationDecision, Person
from app.models.argument import ArgumentState
from app.models.moderation import AppealOutcome, ModerationVerb
from app.models.person import Role
from app.models.queue import QueueKind
from app.records import decisions, queue

_WRONG = "Ik noem geen mensen in mijn tekst. Ik vind alleen het plan niet goed, en dat mag ik toch zeggen?"
_THEME = "Mijn idee gaat juist wel over dat thema: zonder sensoren weet niemand waar het druk is. Lees het nog eens."


def build_due_process(calendar: Calendar, casting: Casting, stage: Stage) -> int:
    """Take an idea out of a theme, answer one appeal and let others wait; how many appeals."""
    casting.turn_to("due process")
    lodged = 0
    for number, idea in enumerate(_in_two_themes(stage)):
        at = calendar.hours_ago(24 * (9 - 5 * number))
        decision = _detach(idea, at, casting)
        if number == 0:
            _rejected(decision, idea.author, at + timedelta(days=1), casting)
        else:
            _waits(decision, idea.author, at + timedelta(days=2), _THEME)
        lodged += 1
    for decision in db.session.scalars(_hidden_arguments()):
        argument = decision.argument
        if argument is not None and argument.state == ArgumentState.HIDDEN:
            _waits(decision, argument.author, max(decision.decided_at, calendar.hours_ago(30)), _WRONG)
            lodged += 1
    return lodged


def _in_two_themes(stage: Stage) -> list[Idea]:
    """Two published ideas of the current process that stay in a theme when they leave one."""
    many = select(IdeaTheme.idea_id).group_by(IdeaTheme.idea_id).having(func.count() > 1)
    return list(
        db.session.scalars(
            select(Idea)
            .join(Call, Call.id == Idea.call_id)
            .join(Person, Person.id == Idea.author_id)
            .where(
                Call.process_id == stage.current.id,
                Idea.state == IdeaState.PUBLISHED,
                Idea.id.in_(many),
                Person.email.is_not(None),
            )
            .order_by(Idea.id)
            .limit(2)
        )
    )


def _detach(idea: Idea, at: datetime, casting: Casting) -> ModerationDecision:
    moderator = casting.staff(Role.MODERATOR, but_not=idea.author)
    theme = idea.themes[-1]
    idea.themes.remove(theme)
    sentence = f"Het idee gaat niet over {theme.title.lower()}. De andere thema’s passen wel."
    decision = decisions.write(
        idea,
        ModerationVerb.DETACH,
        moderator,
        at,
        sentence=sentence,
        before={"theme": theme.id, "into": None},
    )
    audit.record(
        moderator, "moderation.detach", idea, at,
        before={"theme": theme.id}, after={"theme": None}, why=sentence,
    )  # fmt: skip
    return decision


def _rejected(decision: ModerationDecision, author: Person, at: datetime, casting: Casting) -> None:
    first = decision.moderator or author
    second = casting.staff(Role.MODERATOR, but_not=first)
    if second.id == first.id:  # a demo with one moderator only
        _waits(decision, author, at, _THEME)
        return
    sentence = "Het idee noemt dit onderwerp één keer, in een bijzin. Stemmers zoeken het daar niet."
    appeal = Appeal(
        decision_id=decision.id, author_id=author.id, text=_THEME, created_at=at, due_at=at + timedelta(days=14),
        decided_at=at + timedelta(days=1), decided_by_id=second.id, outcome=AppealOutcome.REJECTED,
        sentence=sentence,
    )  # fmt: skip
    db.session.add(appeal)
    audit.record(
        second, "moderation.reject_appeal", appeal, at + timedelta(days=1),
        after={"decision": decision.id, "outcome": "rejected", "put_back": False}, why=sentence,
    )  # fmt: skip


def _waits(decision: ModerationDecision, author: Person, at: datetime, words: str) -> None:
    appeal = Appeal(
        decision_id=decision.id,
        author_id=author.id,
        text=words,
        created_at=at,
        due_at=at + timedelta(days=14),
    )
    db.session.add(appeal)
    db.session.flush()
    queue.put(QueueKind.APPEAL, appeal, at)


def _hidden_arguments() -> Select[ModerationDecision]:
    return (
        select(ModerationDecision)
        .where(ModerationDecision.argument_id.is_not(None), ModerationDecision.verb == ModerationVerb.HIDE)
        .order_by(ModerationDecision.decided_at.desc())
        .limit(1)
    )
