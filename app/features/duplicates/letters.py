"""The mails to the authors of two ideas: a question, and what became of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.kit import mail
from app.models.duplicate import DuplicateProposal
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.person import Person
from app.records.appeal_words import last_day


def question(
    proposal: DuplicateProposal, idea: Idea, into: Idea, asked: Collection[int], now: datetime
) -> list[MailMessage]:
    """Do these two become one? To every author who can answer."""
    return [
        _letter(
            person,
            "ideas_alike",
            idea,
            into,
            now,
            answer_url=mail.address("duplicates.answer", person.language, proposal_id=proposal.id),
            until=proposal.answer_until,
        )
        for person in _people(asked)
        if person.email
    ]


def merged(idea: Idea, into: Idea, sentence: str, now: datetime) -> list[MailMessage]:
    """They became one."""
    return [
        _letter(
            person,
            "idea_merged",
            idea,
            into,
            now,
            sentence=sentence,
            is_gone=person.id == idea.author_id,
            appeal_until=last_day(idea, now),
        )
        for person in _people({idea.author_id, into.author_id})
        if person.email
    ]


def parted(idea: Idea, into: Idea, sentence: str, now: datetime) -> list[MailMessage]:
    """They are two again."""
    return [
        _letter(person, "idea_parted", idea, into, now, sentence=sentence)
        for person in _people({idea.author_id, into.author_id})
        if person.email
    ]


def _people(numbers: Collection[int]) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person).where(Person.id.in_(numbers), Person.erased_at.is_(None)).order_by(Person.id)
        )
    )


def _letter(person: Person, template: str, idea: Idea, into: Idea, now: datetime, **more: Any) -> MailMessage:
    language = person.language
    return mail.compose(
        person.email or "",
        template,
        language,
        now,
        person_name=person.name,
        title=idea.title,
        other=into.title,
        idea_url=mail.address("ideas.show", language, idea_id=idea.id),
        into_url=mail.address("ideas.show", language, idea_id=into.id),
        **more,
    )
