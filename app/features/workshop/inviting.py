"""Asking people to come and talk about an item of the agenda, and what they answer by the link in the mail."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.workshop.service import open_
from app.kit import audit, mail, signals, tokens
from app.models.person import Person
from app.models.workshop import AgendaInvitation, Answer
from app.policies.workshop import may_answer
from app.records import agenda_invitations, agendas
from app.records.agenda_invitations import Candidate

MOST_AT_ONCE, MOST = 20, 120
NOT_THEM = Decision(N_("These people cannot be asked about this theme (any more)."))
TOO_MANY = Decision(N_("So many people cannot be asked. At most %(most)s for a workshop."), {"most": MOST})


def invite(
    facilitator: Person,
    workshop_id: int,
    theme_id: int,
    people: Collection[int],
    tops: Mapping[int, Sequence[int]],
    now: datetime,
) -> int:
    """Write to these people, each once for a theme however often it is asked; how many mails went.

    tops: the top ideas per theme of the draft. Raises NotAllowed.
    """
    workshop = open_(facilitator, workshop_id, now)
    known = {one.person_id: one for one in agenda_invitations.candidates(tops, now).get(theme_id, ())}
    if not people or len(people) > MOST_AT_ONCE or not set(people) <= set(known):
        raise NotAllowed(NOT_THEM)
    new = sorted(set(people) - agenda_invitations.asked(workshop_id, theme_id, people))
    if not new:
        return 0
    before = db.session.scalar(
        select(func.count()).select_from(AgendaInvitation).where(AgendaInvitation.workshop_id == workshop_id)
    )
    if (before or 0) + len(new) > MOST:
        raise NotAllowed(TOO_MANY)
    row = agendas.workshop(workshop_id)
    assert row is not None
    theme = agenda_invitations.theme_title(theme_id)
    for person in db.session.scalars(select(Person).where(Person.id.in_(new)).order_by(Person.id)):
        token = tokens.new_token()
        db.session.add(
            AgendaInvitation(
                workshop_id=workshop_id,
                theme_id=theme_id,
                person_id=person.id,
                role=known[person.id].role,
                token_hash=agenda_invitations.token_hash(token),
                asked_at=now,
                asked_by=facilitator.id,
            )
        )
        _write(person, known[person.id], row, theme, token, now)
    after = {"theme": theme_id, "people": len(new)}
    audit.record(facilitator, "workshop.invite", workshop, now, after=after)
    db.session.commit()
    signals.mail_queued.send()
    return len(new)


def _write(
    person: Person, known: Candidate, workshop: agendas.WorkshopRow, theme: str, token: str, now: datetime
) -> None:
    mail.queue(
        person.email or "",
        "agenda_invitation",
        person.language,
        now,
        name=person.name,
        workshop=workshop,
        theme=theme,
        role=known.role.value,
        organisation=known.organisation,
        ideas=known.ideas,
        link=mail.address("agenda_answers.answer", person.language, token=token),
    )


def withdraw(facilitator: Person, workshop_id: int, invitation_id: int, now: datetime) -> None:
    """Take an invitation back: its link works no more. Raises NotAllowed."""
    workshop = open_(facilitator, workshop_id, now)
    found = db.session.get(AgendaInvitation, invitation_id)
    if found is None or found.workshop_id != workshop_id:
        return
    before = {"theme": found.theme_id, "people": 1}
    audit.record(facilitator, "workshop.withdraw_invitation", workshop, now, before=before)
    db.session.delete(found)
    db.session.commit()


def answer(token: str, given: Answer, shows_name: bool, note: str, now: datetime) -> None:
    """Keep an answer, the last one counts. Raises LookupError for a link that leads nowhere, and NotAllowed."""
    found = agenda_invitations.with_token(token, locked=True)
    if found is None:
        raise LookupError("There is no such invitation.")
    row = agendas.workshop(found.workshop_id)
    assert row is not None
    may_answer(row, now).or_raise()
    found.answer, found.answered_at, found.note = given, now, note
    found.shows_name = shows_name and given == Answer.YES
    db.session.commit()
