"""Takes everything of some people off the site in one step: a spam account, or the thousand accounts of a wave.

    swept = sweeping.sweep(person_ids, moderator, Ruling(sentence, reason), now, batch)
    audit.record(moderator, "…", person, now, after={"batch": batch, **swept.counts}, why=sentence)
    db.session.commit()
    sweeping.announce(swept)

`app.records.unsweeping.undo(batch, …)` puts all of it back, at any time.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, String, and_, cast, delete, insert, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.kit import signals
from app.models.argument import Argument, ArgumentState
from app.models.following import News, Notice, NoticeKind
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.queue import QueueItem, QueueKind
from app.records import decisions, notices, stakes, standings
from app.records.sweep_letters import parts, tell, tell_reporters

BATCH = "sweep-"
"""How the name of a step of this kind begins."""
OF_TEXTS = (
    QueueKind.IDEA,
    QueueKind.AMENDMENT,
    QueueKind.IMAGE,
    QueueKind.ARGUMENT,
    QueueKind.REPLY,
    QueueKind.PRACTICE,
    QueueKind.REPORT,
)
"""What stops waiting along with the text. Appeals and proposals to merge are not about what the text says."""


class Words(Protocol):
    """What is said with a decision: any object with these two, such as `Ruling`."""

    @property
    def sentence(self) -> str: ...
    @property
    def reason(self) -> RefusalReason | None: ...


@dataclass(frozen=True, slots=True)
class Ruling:
    """The sentence that the author reads, and the house rule that it rests on."""

    sentence: str = ""
    reason: RefusalReason | None = None


@dataclass(frozen=True, slots=True)
class Swept:
    """What one step took off the site."""

    batch: str
    hidden: int = 0
    """Texts that readers saw."""
    refused: int = 0
    """Texts that waited for a moderator."""
    ideas: tuple[int, ...] = ()
    """The ideas whose pages changed: hidden ones, and those that lost arguments."""
    people: tuple[int, ...] = ()
    """Who had any of these texts."""
    mails: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """For the line in the audit log."""
        return {"hidden": self.hidden, "refused": self.refused, "people": len(self.people)}


@dataclass(frozen=True, slots=True)
class Line:
    """One text that goes: where it stood, and what is done to it."""

    table: str
    id: int
    author_id: int
    before: str
    verb: ModerationVerb
    more: Mapping[str, Any] = field(default_factory=dict)


def new_batch() -> str:
    """A name for all decisions of one step: 32 signs, told from other batches by how it begins."""
    return BATCH + secrets.token_hex(13)


def is_sweep(batch: str | None) -> bool:
    """Whether decisions with this batch go back by `unsweeping`, all of them together."""
    return batch is not None and batch.startswith(BATCH)


def sweep(
    person_ids: Iterable[int],
    moderator: Person | None,
    ruling: Words,
    now: datetime,
    batch: str,
    *,
    tells: bool = True,
) -> Swept:
    """Hide every published text of these people and refuse what waits, in the transaction of the caller.

    person_ids: one account or thousands; set-based, so ten thousand texts take seconds. It asks no policy: the caller
    does, and leaves out the moderator and staff. Whoever the moderator has a stake in (`stakes.among`) stays out of it,
    whatever the caller asked. moderator: who decides, or None for the site itself. ruling: anything with `.sentence`
    and `.reason`. batch: `new_batch()`; the same for everything that belongs to the step.

    Ideas (published or merged -> hidden, submitted -> refused), arguments and replies (published -> hidden, waiting ->
    refused), and suggested practices (published or suggested -> refused) each get a decision with `batch` and
    `before={"state": …}`. Open items of the queue and open reports on them close (reporters hear of it), counts of
    arguments, standings and news follow. Votes stay. Each person gets one message in the inbox and, when `tells`, one
    mail, which waits ten minutes like every mail about a decision; none per text.

    The caller writes the audit line, commits, and then calls `announce`.
    """
    people = sorted(set(person_ids))
    lock(Person, people)  # before their texts, as whoever posts does
    if moderator is not None:
        held = stakes.among(people, moderator.id)
        people = [number for number in people if number not in held]
    arguments, practices = _arguments(people), _practices(people)
    ideas, calls = _ideas(people, {line.more["idea_id"] for line in arguments})
    lines = [*ideas, *arguments, *practices]
    if not lines:
        return Swept(batch)
    hidden_ideas = _numbers(ideas, ModerationVerb.HIDE)
    _move(Idea, hidden_ideas, {"state": IdeaState.HIDDEN, "version": Idea.version + 1})
    refused = {"state": IdeaState.REFUSED, "version": Idea.version + 1}
    _move(Idea, _numbers(ideas, ModerationVerb.REFUSE), refused)
    _move(Argument, _numbers(arguments, ModerationVerb.HIDE), {"state": ArgumentState.HIDDEN})
    _move(Argument, _numbers(arguments, ModerationVerb.REFUSE), {"state": ArgumentState.REFUSED})
    _refuse_practices(practices, moderator, ruling.sentence, now)
    lost = count_by_idea(line.more["idea_id"] for line in arguments if line.verb == ModerationVerb.HIDE)
    change_counts(lost, -1)
    for call_id in sorted({calls[number] for number in hidden_ideas}):
        standings.outdate(call_id)
    _forget_news(hidden_ideas)
    waited = _close_queue(lines, now, moderator)
    _write(lines, waited, moderator, ruling, now, batch)
    whose = tuple(sorted({line.author_id for line in lines}))
    mails = tell_reporters([(line.table, line.id) for line in lines], now, batch)
    mails += tell(whose, ruling.sentence, now, batch, by_mail=tells)
    db.session.expire_all()
    return Swept(
        batch,
        hidden=sum(line.verb == ModerationVerb.HIDE for line in lines),
        refused=sum(line.verb == ModerationVerb.REFUSE for line in lines),
        ideas=tuple(sorted({*hidden_ideas, *lost})),
        people=whose,
        mails=mails,
    )


def announce(swept: Swept) -> None:
    """After the commit: lists and pages that are kept ready follow, and mail goes out."""
    for number in swept.ideas:
        signals.idea_changed.send(number)
    if swept.mails:
        signals.mail_queued.send()


def lock(table: type[Any], numbers: Iterable[int], *columns: Any) -> list[Any]:
    """Lock these rows in the order in which everybody locks them, and read them as they are now.

    Arguments come before ideas, as in every other decision, so that nobody waits for each other.
    """
    return [
        row
        for some in parts(numbers)
        for row in db.session.execute(
            select(table.id, *columns)
            .where(table.id.in_(some))
            .order_by(table.id)
            .with_for_update(key_share=True, of=table)
        )
    ]


def count_by_idea(idea_ids: Iterable[int]) -> dict[int, int]:
    """How often each idea is named."""
    counts: dict[int, int] = defaultdict(int)
    for number in idea_ids:
        counts[number] += 1
    return counts


def change_counts(counts: Mapping[int, int], sign: int) -> None:
    """Let ideas have so many arguments more (sign 1) or fewer (-1); one statement for all that change alike."""
    alike: dict[int, list[int]] = defaultdict(list)
    for number, count in counts.items():
        alike[count].append(number)
    for count, numbers in alike.items():
        changed = Idea.argument_count + sign * count
        _move(Idea, numbers, {"argument_count": changed, "version": Idea.version + 1})


def _of(people: Sequence[int], query: Any, author: InstrumentedAttribute[int]) -> list[Any]:
    return [row for some in parts(people) for row in db.session.execute(query.where(author.in_(some)))]


def _arguments(people: Sequence[int]) -> list[Line]:
    open_ = Argument.state.in_([ArgumentState.PUBLISHED, ArgumentState.WAITING])
    found = [row[0] for row in _of(people, select(Argument.id).where(open_), Argument.author_id)]
    rows = lock(Argument, found, Argument.author_id, Argument.state, Argument.idea_id)
    verbs = {
        ArgumentState.PUBLISHED: ModerationVerb.HIDE,
        ArgumentState.WAITING: ModerationVerb.REFUSE,
    }
    return [
        Line("argument", number, author, state.value, verbs[state], {"idea_id": idea_id})
        for number, author, state, idea_id in rows
        if state in verbs
    ]


def _ideas(people: Sequence[int], argued: set[int]) -> tuple[list[Line], dict[int, int]]:
    """The ideas that go, and the call of each; those in `argued` are locked along with them."""
    open_ = Idea.state.in_([IdeaState.PUBLISHED, IdeaState.MERGED, IdeaState.SUBMITTED])
    found = [row[0] for row in _of(people, select(Idea.id).where(open_), Idea.author_id)]
    theirs = set(found)
    rows = lock(Idea, {*found, *argued}, Idea.author_id, Idea.state, Idea.call_id)
    verbs = {
        IdeaState.PUBLISHED: ModerationVerb.HIDE,
        # What went on in another idea can still be read there; it stays one with it.
        IdeaState.MERGED: ModerationVerb.HIDE,
        IdeaState.SUBMITTED: ModerationVerb.REFUSE,
    }
    lines = [
        Line("idea", number, author, state.value, verbs[state])
        for number, author, state, _call in rows
        if number in theirs and state in verbs
    ]
    return lines, {row[0]: row[3] for row in rows}


def _practices(people: Sequence[int]) -> list[Line]:
    """What they suggested. What a moderator wrote on it earlier is kept with the line."""
    query = (
        select(
            Practice.id,
            PracticeSuggestion.person_id,
            Practice.state,
            PracticeSuggestion.decided_at,
            PracticeSuggestion.decided_by_id,
            PracticeSuggestion.sentence,
        )
        .join(PracticeSuggestion, PracticeSuggestion.practice_id == Practice.id)
        .where(Practice.state.in_([PracticeState.PUBLISHED, PracticeState.SUGGESTED]))
        .order_by(Practice.id)
        .with_for_update(key_share=True)
    )
    verbs = {
        PracticeState.PUBLISHED: ModerationVerb.HIDE,
        PracticeState.SUGGESTED: ModerationVerb.REFUSE,
    }
    return [
        Line(
            "practice",
            number,
            author,
            state.value,
            verbs[state],
            {"decided_at": at.isoformat() if at else None, "decided_by_id": by, "sentence": sentence},
        )
        for number, author, state, at, by, sentence in _of(people, query, PracticeSuggestion.person_id)
    ]


def _refuse_practices(lines: Sequence[Line], moderator: Person | None, sentence: str, now: datetime) -> None:
    numbers = [line.id for line in lines]
    _move(Practice, numbers, {"state": PracticeState.REFUSED})
    by = moderator.id if moderator else None
    for some in parts(numbers):
        db.session.execute(
            update(PracticeSuggestion)
            .where(PracticeSuggestion.practice_id.in_(some))
            .values(decided_at=now, decided_by_id=by, sentence=sentence)
            .execution_options(synchronize_session=False)
        )


def _numbers(lines: Sequence[Line], verb: ModerationVerb) -> list[int]:
    return [line.id for line in lines if line.verb == verb]


def _move(table: type[Any], numbers: Iterable[int], values: dict[str, Any]) -> None:
    for some in parts(numbers):
        db.session.execute(
            update(table)
            .where(table.id.in_(some))
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _forget_news(idea_ids: Sequence[int]) -> None:
    """Nobody reads of these ideas any more; the same as `news.idea_gone`, for many at once."""
    if not idea_ids:
        return
    paths = {notices.page("ideas.show", idea_id=number) for number in idea_ids}
    for table in (News, Notice):
        anchored = select(table.path).where(table.path.contains("#"), table.kind != NoticeKind.DECISION)
        paths |= {path for path in db.session.scalars(anchored.distinct()) if path.partition("#")[0] in paths}
    for table in (News, Notice):
        for some in parts(paths):
            _delete_told(table, table.path.in_(some))
        for some in parts(idea_ids):
            answers = select(literal("argument:") + cast(Argument.id, String)).where(
                Argument.idea_id.in_(some)
            )
            _delete_told(table, table.event_key.in_(answers))


def _delete_told(table: type[News] | type[Notice], which: ColumnElement[bool]) -> None:
    db.session.execute(
        delete(table)
        .where(which, table.kind != NoticeKind.DECISION)
        .execution_options(synchronize_session=False)
    )


def _close_queue(
    lines: Sequence[Line], now: datetime, moderator: Person | None
) -> dict[tuple[str, int], datetime]:
    """Nothing of these texts waits any more; since when each text had."""
    since: dict[tuple[str, int], datetime] = {}
    for table, column in (
        ("idea", QueueItem.idea_id),
        ("argument", QueueItem.argument_id),
        ("practice", QueueItem.practice_id),
    ):
        for some in parts(line.id for line in lines if line.table == table):
            closed = db.session.execute(
                update(QueueItem)
                .where(items_of(table, column, some), QueueItem.closed_at.is_(None))
                .values(closed_at=now, closed_by_id=moderator.id if moderator else None)
                .returning(column, QueueItem.waits_since)
                .execution_options(synchronize_session=False)
            )
            for number, at in closed:
                if number is not None:
                    since[table, number] = min(at, since.get((table, number), at))
    return since


def items_of(table: str, column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Which items of the queue are about these texts; an item about an argument names its idea as well."""
    of_text = and_(column.in_(numbers), QueueItem.kind.in_(OF_TEXTS))
    return and_(of_text, QueueItem.argument_id.is_(None)) if table == "idea" else of_text


def _write(
    lines: Sequence[Line],
    since: Mapping[tuple[str, int], datetime],
    moderator: Person | None,
    ruling: Words,
    now: datetime,
    batch: str,
) -> None:
    rows: list[dict[str, Any]] = []
    days = decisions.days_to_appeal({(line.table, line.id) for line in lines})
    for line in lines:
        waits = since.get((line.table, line.id))
        rows.append(
            {
                "idea_id": None,
                "argument_id": None,
                "practice_id": None,
                f"{line.table}_id": line.id,
                "verb": line.verb,
                "reason": ruling.reason,
                "sentence": ruling.sentence,
                "moderator_id": moderator.id if moderator else None,
                "decided_at": now,
                "appeal_until": decisions.until(now, days[line.table, line.id]),
                "waited": int((now - waits).total_seconds()) if waits else None,
                "checked": [],
                "before": {"state": line.before, **line.more},
                "batch": batch,
            }
        )
    db.session.execute(insert(ModerationDecision), rows)
