"""What voters are told: that votes of theirs do not count, and what was decided on their objection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_
from app.domain.lifecycle import IdeaState
from app.features.integrity import queries
from app.kit import mail
from app.kit.i18n import speaking
from app.kit.words import word
from app.models.idea import Idea
from app.models.integrity import ExcludedVote, Exclusion
from app.models.message import MailMessage
from app.models.person import Person
from app.models.process import Call
from app.records import news, notices


@dataclass(frozen=True, slots=True)
class Post:
    """Mails by the person they go to, and the message in the inbox of everybody who is told."""

    people: tuple[int, ...]
    mails: tuple[tuple[int, MailMessage], ...]
    title: str
    event_key: str
    sentence: str
    call_title: str
    last: datetime | None = None
    """Until when the readers may object, where they may."""

    def send(self, exclusion: Exclusion, now: datetime) -> None:
        """Put all of it in the outbox and in the inboxes, in the transaction of what is told; the caller commits.

        Who deleted the account in the meantime is not written to any more.
        """
        here = set(
            db.session.scalars(
                select(Person.id).where(Person.id.in_(self.people), Person.erased_at.is_(None))
            )
        )
        db.session.add_all(letter for person, letter in self.mails if person in here)
        news.decided(
            sorted(here),
            self.event_key,
            self.title,
            notices.page("integrity.mine"),
            now,
            self.sentence,
            title=self.call_title,
        )


def of_exclusion(exclusion_id: int, now: datetime) -> Post:
    """To everybody whose votes will not count: which ones, why, and until when they may object."""
    exclusion, call_title = _exclusion(exclusion_id)
    last = now + timedelta(days=queries.days_to_object(exclusion.call_id))
    rows = db.session.execute(
        select(Person, Idea.title, Idea.state)
        .join(ExcludedVote, ExcludedVote.person_id == Person.id)
        .join(Idea, Idea.id == ExcludedVote.idea_id)
        .where(ExcludedVote.exclusion_id == exclusion_id)
        .order_by(Person.id, Idea.id)
    ).all()
    people: dict[int, Person] = {row[0].id: row[0] for row in rows}
    titles: dict[int, list[str]] = {person: [] for person in people}
    for person, title, state in rows:
        if state == IdeaState.PUBLISHED:
            titles[person.id].append(title)
    mails = (
        (
            person,
            {
                "call_title": call_title,
                "idea_titles": titles[person.id],
                "reason": exclusion.reason,
                "sentence": exclusion.sentence,
                "last": last,
            },
        )
        for person in people.values()
    )
    return Post(
        people=tuple(people),
        mails=_composed("votes_excluded", mails, now),
        title=N_("Votes of yours do not count: %(title)s"),
        last=last,
        event_key=f"exclusion:{exclusion_id}",
        sentence=exclusion.sentence,
        call_title=call_title,
    )


def of_ruling(exclusion_id: int, person_id: int, is_upheld: bool, sentence: str, now: datetime) -> Post:
    """To the person who objected: whether the votes count again, and why."""
    call_title = _exclusion(exclusion_id)[1]
    person = db.session.get_one(Person, person_id)
    said = {"call_title": call_title, "is_upheld": is_upheld, "sentence": sentence}
    return Post(
        people=(person_id,),
        mails=_composed("objection_decided", [(person, said)], now),
        title=N_("Your votes count again: %(title)s")
        if is_upheld
        else N_("Your votes still do not count: %(title)s"),
        event_key=f"objection:{exclusion_id}",
        sentence=sentence,
        call_title=call_title,
    )


def _composed(
    template: str, letters: Iterable[tuple[Person, dict[str, object]]], now: datetime
) -> tuple[tuple[int, MailMessage], ...]:
    found = []
    for person, said in letters:
        if not person.email:
            continue
        with speaking(person.language):
            words = {name: word(value) if name == "reason" else value for name, value in said.items()}  # type: ignore[arg-type]
        found.append(
            (
                person.id,
                mail.compose(
                    person.email,
                    template,
                    person.language,
                    now,
                    person_name=person.name,
                    url=mail.address("integrity.mine", person.language),
                    **words,
                ),
            )
        )
    return tuple(found)


def _exclusion(exclusion_id: int) -> tuple[Exclusion, str]:
    row = db.session.execute(
        select(Exclusion, Call.title)
        .join(Call, Call.id == Exclusion.call_id)
        .where(Exclusion.id == exclusion_id)
    ).one_or_none()
    if row is None:
        raise LookupError(f"There is no exclusion {exclusion_id}.")
    return row[0], row[1]
