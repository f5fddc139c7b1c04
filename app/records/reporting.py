"""Laying a text before the moderators: one report per person and text, and what many reports together do.

From so many open reports by different people with standing (`Process.report_threshold`) a text goes off the site until
a moderator has looked: an idea is sent in again, an argument or suggested practice waits. Nothing is lost: votes, dates
and replies stay. The text is locked from here to the commit, so that of reports at the same moment one sees them all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text, update

from app.db import UTCDateTime, db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import IdeaVerb
from app.kit import mail
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import ModerationVerb, Report, ReportReason
from app.models.person import Person
from app.models.practice import Practice, PracticeState, PracticeSuggestion
from app.models.process import Call, Process
from app.models.queue import QueueItem, QueueKind
from app.policies.conduct import has_standing, may_report_without_account
from app.policies.discussion import may_report
from app.records import decisions, lifecycle, news, queue, reporters, reports, standings
from app.records.decisions import Text

TABLES: dict[str, type[Text]] = {"idea": Idea, "argument": Argument, "practice": Practice}
_GONE = N_("This text has been removed in the meantime.")

_ADD = text(
    """
    INSERT INTO report (idea_id, argument_id, practice_id, reporter_id, email, language, reason, explanation,
                        created_at)
    VALUES (:idea, :argument, :practice, :reporter, :email, :language, :reason, :explanation, :now)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody says is wrong with a text."""

    reason: ReportReason
    explanation: str = ""
    email: str = ""
    """Where somebody without account wants to hear what came of it."""
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class Filed:
    """What a report did."""

    is_first: bool
    """Whether this person had not reported the text before."""
    recalled: bool = False
    """Whether the text went off the site with it."""
    idea_id: int | None = None
    """The idea whose page changed with that."""


def file(kind: str, number: int, reporter: Person | None, complaint: Complaint, now: datetime) -> Filed:
    """Put a report before the moderators; kind is `idea`, `argument` or `practice`. The caller commits.

    Raises NotAllowed: an own text, a paused account, too many reports by strangers, or a text that is gone.
    """
    about = _locked(kind, number)
    if about is None or not is_readable(about):
        raise NotAllowed(Decision(_GONE))
    if reporter is not None:
        may_report(reporter, author_of(about), now).or_raise()
    elif _knows(about, complaint.email):
        return Filed(is_first=False)
    added = db.session.scalar(
        _ADD,
        {
            **{name: number if name == kind else None for name in TABLES},
            "reporter": reporter.id if reporter else None,
            "email": complaint.email,
            "language": complaint.language,
            "reason": complaint.reason.value,
            "explanation": complaint.explanation,
            "now": now,
        },
    )
    if added is None:
        return Filed(is_first=False)
    queue.put(QueueKind.REPORT, about, now, is_live=True)
    if reporter is None or not _is_too_much(about, now):
        return Filed(is_first=True)
    return _recall(about, now)


def _locked(kind: str, number: int) -> Text | None:
    table = TABLES[kind]
    lock: Any = {"key_share": True, "of": table}
    found: Any = db.session.get(table, number, with_for_update=lock, populate_existing=True)
    return found if isinstance(found, Idea | Argument | Practice) else None


def _knows(about: Text, email: str) -> bool:
    """Whether a stranger with this address reported the text before. Raises NotAllowed when strangers said enough."""
    strangers = db.session.execute(
        select(Report.email).where(
            reports.about(about), Report.reporter_id.is_(None), Report.handled_at.is_(None)
        )
    ).all()
    may_report_without_account(len(strangers)).or_raise()  # first: or it would tell who reported it
    return bool(email) and any(row[0] == email for row in strangers)


def is_readable(about: Text) -> bool:
    """Whether readers find the text on the site."""
    if isinstance(about, Idea):
        return about.is_readable
    if isinstance(about, Argument):
        return about.state == ArgumentState.PUBLISHED and about.idea.is_readable
    return about.state == PracticeState.PUBLISHED


def author_of(about: Text) -> int | None:
    """Who wrote the text; nobody for a practice that organisers put into the library."""
    if not isinstance(about, Practice):
        return about.author_id
    return db.session.scalar(
        select(PracticeSuggestion.person_id).where(PracticeSuggestion.practice_id == about.id)
    )


def _is_too_much(about: Text, now: datetime) -> bool:
    """Whether enough people with standing reported a text that can be taken back."""
    threshold = _threshold(about)
    if threshold < 1 or not _can_be_recalled(about):
        return False
    people = db.session.scalars(
        select(Person)
        .join(Report, Report.reporter_id == Person.id)
        .where(reports.about(about), Report.handled_at.is_(None))
    ).all()
    if len(people) < threshold:
        return False
    known = reporters.figures([person.id for person in people])
    return threshold <= sum(_weighs(person, known.get(person.id, reporters.NONE), now) for person in people)


def _weighs(person: Person, figures: reporters.Figures, now: datetime) -> bool:
    return has_standing(person, figures.right, figures.kept, now)


def _threshold(about: Text) -> int:
    query = select(Process.report_threshold)
    if isinstance(about, Practice):
        query = query.where(Process.id == about.process_id)
    else:
        idea_id = about.id if isinstance(about, Idea) else about.idea_id
        query = (
            query.join(Call, Call.process_id == Process.id)
            .join(Idea, Idea.call_id == Call.id)
            .where(Idea.id == idea_id)
        )
    return db.session.scalar(query) or 0


def _can_be_recalled(about: Text) -> bool:
    """A merged idea shows as the other one, and what organisers put into the library is theirs to take out."""
    if isinstance(about, Idea):
        return about.is_published
    return not isinstance(about, Practice) or author_of(about) is not None


def _recall(about: Text, now: datetime) -> Filed:
    """Take the text off the site until a moderator has looked; its author hears it, readers see a sentence."""
    title = reports.title_of(about)
    if isinstance(about, Idea):
        lifecycle.move(about, IdeaVerb.RECALL, now)
        standings.outdate(about.call_id)
    elif isinstance(about, Argument):
        about.state = ArgumentState.WAITING
        news.arguments_gone([about.id])
        db.session.execute(
            update(Idea)
            .where(Idea.id == about.idea_id)
            .values(argument_count=Idea.argument_count - 1, version=Idea.version + 1)
            .execution_options(synchronize_session=False)
        )
    else:
        about.state = PracticeState.SUGGESTED
    decision = decisions.write(
        about, ModerationVerb.RECALL, None, now, before={"state": "published", "reports": _open(about)}
    )
    db.session.execute(
        update(QueueItem)
        .where(QueueItem.key == queue.key_of(QueueKind.REPORT, about), QueueItem.closed_at.is_(None))
        .values(is_live=False)
        .execution_options(synchronize_session=False)
    )
    _tell_author(about, title, decisions.event_key(decision), now)
    idea_id = None if isinstance(about, Practice) else about.id if isinstance(about, Idea) else about.idea_id
    return Filed(is_first=True, recalled=True, idea_id=idea_id)


def _open(about: Text) -> int:
    found = select(func.count()).where(reports.about(about), Report.handled_at.is_(None))
    return db.session.scalar(found) or 0


def _tell_author(about: Text, title: str, event_key: str, now: datetime) -> None:
    person_id = author_of(about)
    author = db.session.get(Person, person_id) if person_id is not None else None
    if author is None:
        return
    news.decided(
        [author.id],
        event_key,
        N_("A moderator looks at your text again: %(title)s"),
        reports.path_of(about),
        now,
        title=title,
    )
    if author.email and author.erased_at is None:
        mail.queue(
            author.email,
            "text_recalled",
            author.language,
            now,
            person_name=author.name,
            title=title,
            about_argument=isinstance(about, Argument),
        )


def has_reported(person_id: int, kind: str, number: int) -> bool:
    """Whether the person has reported this text before."""
    column = {"idea": Report.idea_id, "argument": Report.argument_id, "practice": Report.practice_id}[kind]
    return (
        db.session.scalar(select(Report.id).where(Report.reporter_id == person_id, column == number))
        is not None
    )
