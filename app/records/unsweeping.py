"""Puts back what a sweep took off the site: exactly, at any time; what was decided separately since stays."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, true, update
from sqlalchemy.orm import aliased

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.kit import mail
from app.models.argument import Argument, ArgumentState
from app.models.following import News, Notice, NoticeKind
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import HeldMail, ModerationDecision, ModerationVerb, Report, Sanction
from app.models.person import Person, PersonRole
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.queue import QueueItem
from app.policies.moderation import may_decide
from app.records import lifecycle, notices, queue, reports, sanctions, standings
from app.records.decisions import UNDO
from app.records.notices import Audience
from app.records.sweep_letters import event_key, first_decisions, parts, same_text
from app.records.sweeping import Swept, change_counts, count_by_idea, items_of, lock


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of text: its table, and the states that a sweep brings it to and from."""

    name: str
    table: type[Any]
    on_decision: Any
    on_report: Any
    on_item: Any
    after: Mapping[ModerationVerb, Any]
    before: Mapping[ModerationVerb, Any]


_HIDE, _REFUSE = ModerationVerb.HIDE, ModerationVerb.REFUSE
_KINDS = (
    _Kind(
        "argument",
        Argument,
        ModerationDecision.argument_id,
        Report.argument_id,
        QueueItem.argument_id,
        {_HIDE: ArgumentState.HIDDEN, _REFUSE: ArgumentState.REFUSED},
        {_HIDE: ArgumentState.PUBLISHED, _REFUSE: ArgumentState.WAITING},
    ),
    _Kind(
        "idea",
        Idea,
        ModerationDecision.idea_id,
        Report.idea_id,
        QueueItem.idea_id,
        {_HIDE: IdeaState.HIDDEN, _REFUSE: IdeaState.REFUSED},
        {_HIDE: IdeaState.PUBLISHED, _REFUSE: IdeaState.SUBMITTED},
    ),
    _Kind(
        "practice",
        Practice,
        ModerationDecision.practice_id,
        Report.practice_id,
        QueueItem.practice_id,
        {_HIDE: PracticeState.REFUSED, _REFUSE: PracticeState.REFUSED},
        {_HIDE: PracticeState.PUBLISHED, _REFUSE: PracticeState.SUGGESTED},
    ),
)
"""In the order in which they are locked: arguments before the ideas that count them."""


def undo(batch: str, actor: Person, now: datetime, people: Collection[int] | None = None) -> Swept:
    """Bring every text of the batch back to where it was; `hidden` and `refused` count what came back.

    people: only the texts of these, when one of a thousand accounts turned out to be somebody's own.

    A text that somebody decided on since, or that left that state in another way, stays as it is. Reports and items of
    the queue that the sweep closed are open again, as long as before. The caller asks the policy, writes the audit
    line, commits, and calls `sweeping.announce`. Raises NotAllowed when nothing of the batch is in force any more.
    """
    decisions = db.session.execute(
        select(
            ModerationDecision.id,
            ModerationDecision.verb,
            ModerationDecision.decided_at,
            *(kind.on_decision for kind in _KINDS),
        )
        .where(
            ModerationDecision.batch == batch,
            ModerationDecision.undone_at.is_(None),
            true() if people is None else _written_by(people),
        )
        .order_by(ModerationDecision.id)
    ).all()
    if not decisions:
        raise NotAllowed(Decision(N_("This has been put back already.")))
    at = decisions[0].decided_at
    back: dict[str, list[tuple[int, int, ModerationVerb]]] = {}
    rows = {kind.name: _locked(kind, decisions) for kind in _KINDS}
    decided_since = {kind.name: _decided_since(kind, batch) for kind in _KINDS}
    for kind in _KINDS:
        back[kind.name] = [
            (decision.id, number, decision.verb)
            for decision in decisions
            if (number := getattr(decision, f"{kind.name}_id")) is not None
            and number not in decided_since[kind.name]
            and rows[kind.name].get(number) == kind.after[decision.verb]
        ]
    claimed = _claim([line[0] for lines in back.values() for line in lines], actor, now)
    for kind in _KINDS:
        back[kind.name] = [line for line in back[kind.name] if line[0] in claimed]
        _restore(kind, back[kind.name])
        _wait_again(kind, [line[1] for line in back[kind.name]], at)
    told = sorted(first_decisions(batch, _authors(back)))
    changed = _follow(back)
    mails = _untell(batch, sorted(claimed), told, at, now, is_whole=people is None)
    db.session.expire_all()
    verbs = [line[2] for lines in back.values() for line in lines]
    return Swept(
        batch,
        hidden=verbs.count(_HIDE),
        refused=verbs.count(_REFUSE),
        ideas=tuple(sorted(changed)),
        people=tuple(told),
        mails=mails,
    )


def put_back(batch: str, actor: Person, sentence: str, now: datetime) -> tuple[Swept, int]:
    """The texts of the whole batch, and the people who were blocked along with them: what came back, and how many.

    The caller writes the audit line, commits, and announces. Raises NotAllowed, also when `actor` has a stake in it.
    """
    may_put_back(batch, actor).or_raise()
    _hold_people(batch)
    swept = undo(batch, actor, now)
    return swept, sanctions.lift_batch(batch, actor, sentence, now)


def may_put_back(batch: str, person: Person) -> Decision:
    """Whether somebody may decide on a batch: not when a text of it is theirs, or when they reported one.

    Of somebody who works here only an organiser decides, as with every measure.
    """
    author, staff, reporter = db.session.execute(
        select(
            exists().where(ModerationDecision.batch == batch, _written_by([person.id])),
            exists().where(ModerationDecision.batch == batch, _written_by(select(PersonRole.person_id))),
            exists().where(ModerationDecision.batch == batch, same_text(), Report.reporter_id == person.id),
        )
    ).one()
    may = may_decide(person, person.id if author else 0, [person.id] if reporter else ())
    if may and staff and not person.is_organiser:
        return Decision(N_("This person works for the site. Only an organiser decides about them."))
    return may


def _hold_people(batch: str) -> None:
    """Lock whoever the batch took texts of or blocked: people are locked before texts, everywhere."""
    of_text = (
        select(Idea.author_id).join(ModerationDecision, ModerationDecision.idea_id == Idea.id),
        select(Argument.author_id).join(ModerationDecision, ModerationDecision.argument_id == Argument.id),
        select(PracticeSuggestion.person_id).join(
            ModerationDecision, ModerationDecision.practice_id == PracticeSuggestion.practice_id
        ),
    )
    people = set(db.session.scalars(select(Sanction.person_id).where(Sanction.batch == batch)))
    for query in of_text:
        people |= set(db.session.scalars(query.where(ModerationDecision.batch == batch)))
    lock(Person, people)


def _written_by(people: Collection[int] | Select[int]) -> ColumnElement[bool]:
    return or_(
        ModerationDecision.idea_id.in_(select(Idea.id).where(Idea.author_id.in_(people))),
        ModerationDecision.argument_id.in_(select(Argument.id).where(Argument.author_id.in_(people))),
        ModerationDecision.practice_id.in_(
            select(PracticeSuggestion.practice_id).where(PracticeSuggestion.person_id.in_(people))
        ),
    )


def _locked(kind: _Kind, decisions: Sequence[Any]) -> dict[int, Any]:
    """The state of every text of this kind in the batch; ideas that count arguments are locked along with them."""
    numbers = {number for row in decisions if (number := getattr(row, f"{kind.name}_id")) is not None}
    if kind.table is Idea:
        argued = [row.argument_id for row in decisions if row.argument_id is not None]
        numbers |= {
            number
            for some in parts(argued)
            for number in db.session.scalars(select(Argument.idea_id).where(Argument.id.in_(some)))
        }
    return {row[0]: row[1] for row in lock(kind.table, numbers, kind.table.state)}


def _decided_since(kind: _Kind, batch: str) -> set[int]:
    """The texts of the batch that somebody decided on afterwards."""
    later = aliased(ModerationDecision)
    column = getattr(later, kind.on_decision.key)
    return set(
        db.session.scalars(
            select(kind.on_decision).where(
                ModerationDecision.batch == batch,
                kind.on_decision.is_not(None),
                exists().where(
                    column == kind.on_decision,
                    later.id > ModerationDecision.id,
                    later.undone_at.is_(None),
                ),
            )
        )
    )


def _claim(numbers: Sequence[int], actor: Person, now: datetime) -> set[int]:
    """Mark the decisions undone; of two who do so at once each decision goes to one."""
    claimed: set[int] = set()
    for some in parts(numbers):
        claimed |= set(
            db.session.scalars(
                update(ModerationDecision)
                .where(ModerationDecision.id.in_(some), ModerationDecision.undone_at.is_(None))
                .values(undone_at=now, undone_by_id=actor.id)
                .returning(ModerationDecision.id)
                .execution_options(synchronize_session=False)
            )
        )
    return claimed


def _restore(kind: _Kind, lines: Sequence[tuple[int, int, ModerationVerb]]) -> None:
    for verb in (_HIDE, _REFUSE):
        values: dict[str, Any] = {"state": kind.before[verb]}
        if kind.table is Idea:
            values["version"] = Idea.version + 1
            if verb == _HIDE:
                values["state"] = lifecycle.SHOWN_AGAIN
        for some in parts(line[1] for line in lines if line[2] == verb):
            db.session.execute(
                update(kind.table)
                .where(kind.table.id.in_(some))
                .values(values)
                .execution_options(synchronize_session=False)
            )
    if kind.table is Practice:
        for decision_id, number, _verb in lines:
            before = db.session.get_one(ModerationDecision, decision_id).before
            told = before.get("decided_at")
            db.session.execute(
                update(PracticeSuggestion)
                .where(PracticeSuggestion.practice_id == number)
                .values(
                    decided_at=datetime.fromisoformat(told) if told else None,
                    decided_by_id=before.get("decided_by_id"),
                    sentence=before.get("sentence", ""),
                )
                .execution_options(synchronize_session=False)
            )


def _wait_again(kind: _Kind, numbers: Sequence[int], at: datetime) -> None:
    """Open what the sweep closed: items of the queue, and reports."""
    for some in parts(numbers):
        keys = db.session.scalars(
            select(QueueItem.key).where(items_of(kind.name, kind.on_item, some), QueueItem.closed_at == at)
        ).all()
        for few in parts(keys):
            queue.reopen(few, at)
        reports.reopen(kind.on_report.in_(some), at)


def _authors(back: Mapping[str, Sequence[tuple[int, int, ModerationVerb]]]) -> set[int]:
    columns = {
        "idea": (Idea.author_id, Idea.id),
        "argument": (Argument.author_id, Argument.id),
        "practice": (PracticeSuggestion.person_id, PracticeSuggestion.practice_id),
    }
    return {
        person_id
        for name, (author, number) in columns.items()
        for some in parts(line[1] for line in back[name])
        for person_id in db.session.scalars(select(author).where(number.in_(some)))
    }


def _follow(back: Mapping[str, Sequence[tuple[int, int, ModerationVerb]]]) -> set[int]:
    """Counts of arguments and standings; the ideas whose pages change."""
    shown = [line[1] for line in back["argument"] if line[2] == _HIDE]
    counts = count_by_idea(
        number
        for some in parts(shown)
        for number in db.session.scalars(select(Argument.idea_id).where(Argument.id.in_(some)))
    )
    change_counts(counts, 1)
    ideas = {line[1] for line in back["idea"] if line[2] == _HIDE}
    calls = {
        call_id
        for some in parts(ideas)
        for call_id in db.session.scalars(select(Idea.call_id).where(Idea.id.in_(some)).distinct())
    }
    for call_id in sorted(calls):
        standings.outdate(call_id)
    return {*ideas, *counts}


def _untell(
    batch: str,
    decisions: Sequence[int],
    people: Sequence[int],
    at: datetime,
    now: datetime,
    *,
    is_whole: bool,
) -> int:
    """Take back what was told and has not gone out; tell people whose letter has; how many mails."""
    for some in parts(decisions):
        held = select(HeldMail.message_id).where(HeldMail.decision_id.in_(some))
        db.session.execute(
            delete(MailMessage)
            .where(MailMessage.id.in_(held), MailMessage.sent_at.is_(None))
            .execution_options(synchronize_session=False)
        )
    if is_whole:
        db.session.execute(
            delete(News)
            .where(News.event_key.startswith(f"{event_key(batch)}:", autoescape=True))
            .execution_options(synchronize_session=False)
        )
    for some in parts(people):
        db.session.execute(
            delete(Notice)
            .where(
                Notice.event_key.startswith(f"{event_key(batch)}:", autoescape=True),
                Notice.person_id.in_(some),
            )
            .execution_options(synchronize_session=False)
        )
    if now < at + UNDO or not people:
        return 0
    return _tell_back(batch, people, now)


def _tell_back(batch: str, people: Iterable[int], now: datetime) -> int:
    mails = 0
    for some in parts(people):
        notices.tell(
            Audience(people=tuple(some)),
            NoticeKind.DECISION,
            f"unsweep:{batch}:{some[0]}",
            N_("Your texts are where they were before"),
            N_("A moderator took a decision about all your texts back."),
            notices.page("accounts.mine"),
            now,
        )
        for email, language in db.session.execute(
            select(Person.email, Person.language).where(
                Person.id.in_(some), Person.email.is_not(None), Person.erased_at.is_(None)
            )
        ):
            if email is not None:
                mail.queue(email, "texts_put_back", language, now)
                mails += 1
    return mails
