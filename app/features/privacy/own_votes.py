"""The questions about where somebody took part: votes, choices, reports, follows, and what became of them."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, null, or_, select
from sqlalchemy.orm import aliased

from app.domain.lifecycle import READABLE_STATES
from app.features.privacy.parts import Question
from app.models import (
    AgendaTick,
    Argument,
    Call,
    DuplicateAnswer,
    DuplicateProposal,
    ExcludedVote,
    Exclusion,
    Follow,
    HelpfulMark,
    Idea,
    Merge,
    MergedVote,
    Objection,
    Process,
    Report,
    Sanction,
    Theme,
    Vote,
)


def voted(me: int) -> Iterator[Question]:
    """Votes and what happened to them, reports and what came of them, measures, follows."""
    yield from _votes(me)
    yield from _marks(me)
    yield from _reports(me)
    yield from _follows(me)


def _title(me: int, idea: Any = Idea) -> ColumnElement[str | None]:
    """The title of an idea, as long as readers see it or it is one's own; nothing when it is off the site."""
    return case((or_(idea.state.in_(READABLE_STATES), idea.author_id == me), idea.title), else_=null())


def _votes(me: int) -> Iterator[Question]:
    """Votes on ideas, those of them that do not count, and what was said against that."""
    when = ("at", _("When"))
    yield (
        "votes",
        _("Your votes"),
        (
            ("idea", _("Idea")),
            ("title", _("Title")),
            ("value", _("Vote: 1 for, -1 against, 0 withdrawn")),
            when,
        ),
        select(Vote.idea_id, _title(me), Vote.value, Vote.cast_at)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id == me)
        .order_by(Vote.idea_id),
    )
    yield (
        "excluded_votes",
        _("Votes of yours that do not count"),
        (
            ("title", _("Idea")),
            ("reason", _("Why")),
            ("sentence", _("What we wrote to you")),
            ("from", _("Since when")),
            ("lifted", _("Counts again since")),
        ),
        select(_title(me), Exclusion.reason, Exclusion.sentence, ExcludedVote.from_at, ExcludedVote.lifted_at)
        .join(Exclusion, Exclusion.id == ExcludedVote.exclusion_id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .where(ExcludedVote.person_id == me, ExcludedVote.from_at.is_not(None))
        .order_by(ExcludedVote.from_at, Idea.id),
    )
    yield (
        "vote_objections",
        _("Your objections to votes that do not count"),
        (("text", _("Text")), when, ("upheld", _("Upheld")), ("answer", _("What was decided"))),
        select(Objection.text, Objection.made_at, Objection.is_upheld, Objection.sentence)
        .where(Objection.person_id == me)
        .order_by(Objection.made_at),
    )


def _marks(me: int) -> Iterator[Question]:
    """What somebody chose beside votes: themes for an agenda, arguments that helped."""
    when = ("at", _("When"))
    yield (
        "agenda_choices",
        _("Themes that you chose for an agenda"),
        (("call", _("Call")), ("theme", _("Theme")), ("value", _("1 chosen, 0 taken back")), when),
        select(Call.title, Theme.title, AgendaTick.value, AgendaTick.cast_at)
        .join(Call, Call.id == AgendaTick.call_id)
        .join(Theme, Theme.id == AgendaTick.theme_id)
        .where(AgendaTick.person_id == me)
        .order_by(AgendaTick.call_id, AgendaTick.theme_id),
    )
    yield (
        "helpful",
        _("Arguments that you found helpful"),
        (("idea", _("Idea")), ("text", _("Text")), when),
        select(Argument.idea_id, Argument.body, HelpfulMark.marked_at)
        .join(Argument, Argument.id == HelpfulMark.argument_id)
        .join(Idea, Idea.id == Argument.idea_id)
        .where(
            HelpfulMark.person_id == me,
            Argument.state == "published",
            Idea.state.in_(READABLE_STATES),
        )
        .order_by(HelpfulMark.marked_at),
    )


def _reports(me: int) -> Iterator[Question]:
    """What somebody reported, and what was decided about their own account."""
    when = ("at", _("When"))
    yield (
        "reports",
        _("What you reported"),
        (
            ("idea", _("Idea")),
            ("argument", _("Argument")),
            ("practice", _("Example")),
            ("reason", _("Reason")),
            ("explanation", _("Explanation")),
            when,
            ("outcome", _("What came of it")),
        ),
        select(
            Report.idea_id,
            Report.argument_id,
            Report.practice_id,
            Report.reason,
            Report.explanation,
            Report.created_at,
            Report.outcome,
        )
        .where(Report.reporter_id == me)
        .order_by(Report.id),
    )
    yield (
        "measures",
        _("What moderators did about your account"),
        (
            ("kind", _("What")),
            ("reason", _("Reason")),
            ("sentence", _("Words of the moderator")),
            when,
            ("until", _("Until")),
            ("lifted_at", _("Lifted")),
            ("lifted_sentence", _("Why it was lifted")),
        ),
        select(
            Sanction.kind,
            Sanction.reason,
            Sanction.sentence,
            Sanction.started_at,
            Sanction.ends_at,
            Sanction.lifted_at,
            Sanction.lifted_sentence,
        )
        .where(Sanction.person_id == me)
        .order_by(Sanction.id),
    )


def _follows(me: int) -> Iterator[Question]:
    """What somebody follows."""
    when = ("at", _("When"))
    yield (
        "follows",
        _("What you follow"),
        (("idea", _("Idea")), ("theme", _("Theme")), ("call", _("Call")), ("process", _("Process")), when),
        select(_title(me), Theme.title, Call.title, Process.title, Follow.created_at)
        .outerjoin(Idea, Idea.id == Follow.idea_id)
        .outerjoin(Theme, Theme.id == Follow.theme_id)
        .outerjoin(Call, Call.id == Follow.call_id)
        .outerjoin(Process, Process.id == Follow.process_id)
        .where(Follow.person_id == me)
        .order_by(Follow.id),
    )


def merged(me: int) -> Iterator[Question]:
    """What somebody said of ideas that are the same, and what merges did to their votes."""
    other, when = aliased(Idea), ("at", _("When"))
    pair = (("idea", _("Idea")), ("other", _("Other idea")))
    yield (
        "same_ideas",
        _("Ideas that you pointed out as the same"),
        (*pair, ("text", _("Text")), when),
        select(_title(me), _title(me, other), DuplicateProposal.sentence, DuplicateProposal.created_at)
        .join(Idea, Idea.id == DuplicateProposal.idea_id)
        .join(other, other.id == DuplicateProposal.into_id)
        .where(DuplicateProposal.proposed_by_id == me)
        .order_by(DuplicateProposal.id),
    )
    yield (
        "merge_answers",
        _("What you answered about merging your ideas"),
        (*pair, ("agrees", _("You agree")), ("text", _("Text")), when),
        select(
            _title(me),
            _title(me, other),
            DuplicateAnswer.agrees,
            DuplicateAnswer.text,
            DuplicateAnswer.answered_at,
        )
        .join(DuplicateProposal, DuplicateProposal.id == DuplicateAnswer.proposal_id)
        .join(Idea, Idea.id == DuplicateProposal.idea_id)
        .join(other, other.id == DuplicateProposal.into_id)
        .where(DuplicateAnswer.person_id == me)
        .order_by(DuplicateProposal.id),
    )
    yield (
        "merged_votes",
        _("Your votes that a merge of ideas carried over"),
        (
            ("idea", _("Merged idea")), ("other", _("Idea that stays")), ("value", _("Vote that counts together")),
            ("before", _("Vote before")), when,
        ),
        select(Merge.idea_id, Merge.into_id, MergedVote.value_after, MergedVote.value_before, Merge.merged_at)
        .join(Merge, Merge.id == MergedVote.merge_id)
        .where(MergedVote.person_id == me)
        .order_by(Merge.id),
    )  # fmt: skip
