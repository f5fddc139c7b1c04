"""Whose texts a moderator has a stake in without having written them: reported, or posted for somebody else."""

from collections.abc import Iterable

from sqlalchemy import select, union_all

from app.db import db
from app.models.argument import Argument
from app.models.contribution import IdeaOrigin
from app.models.idea import Idea
from app.models.moderation import Report
from app.models.practice import PracticeSuggestion
from app.records.sweep_letters import parts


def posters(idea_ids: Iterable[int]) -> frozenset[int]:
    """Who of the staff posted any of these ideas for somebody else."""
    found: set[int | None] = set()
    for some in parts(set(idea_ids)):
        found |= set(db.session.scalars(select(IdeaOrigin.posted_by_id).where(IdeaOrigin.idea_id.in_(some))))
    return frozenset(number for number in found if number is not None)


def among(people: Iterable[int], moderator_id: int) -> set[int]:
    """Those of these people of whom this moderator reported a text that still waits for an answer, or for whom they
    posted an idea: what keeps them from deciding on one text keeps them from deciding on all of them at once.
    """
    mine = (Report.reporter_id == moderator_id, Report.handled_at.is_(None))
    found: set[int] = set()
    for some in parts(set(people)):
        reported, said, example, posted = (
            select(Idea.author_id).join(Report, Report.idea_id == Idea.id).where(*mine),
            select(Argument.author_id).join(Report, Report.argument_id == Argument.id).where(*mine),
            select(PracticeSuggestion.person_id)
            .join(Report, Report.practice_id == PracticeSuggestion.practice_id)
            .where(*mine),
            select(Idea.author_id)
            .join(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
            .where(IdeaOrigin.posted_by_id == moderator_id),
        )
        found |= set(
            db.session.scalars(
                union_all(
                    reported.where(Idea.author_id.in_(some)),
                    said.where(Argument.author_id.in_(some)),
                    example.where(PracticeSuggestion.person_id.in_(some)),
                    posted.where(Idea.author_id.in_(some)),
                )
            )
        )
    return found
