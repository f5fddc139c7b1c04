"""Choosing who speaks and votes for an organisation."""

from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit
from app.models.person import Organisation, Person
from app.records import groups


class Overtaken(NotAllowed):
    """The organisation has another delegate than the organiser saw."""


def choose_delegate(
    organiser: Person, organisation: Organisation, person_id: int, seen: int, reason: str, now: datetime
) -> bool:
    """Give the voice of an organisation to somebody of it, or (0) to nobody; whether that changed anything.

    In rounds that are open the votes of the former delegate stop counting. Raises NotAllowed and Overtaken.
    """
    if not organiser.is_organiser:
        raise NotAllowed(Decision(N_("Only organisers choose the delegate of an organisation.")))
    # As in every move of a person the organisation comes first, so that of two organisers one sees the other.
    db.session.refresh(organisation, with_for_update={"key_share": True})
    former = db.session.scalars(
        select(Person).where(Person.organisation_id == organisation.id, Person.is_delegate)
    ).one_or_none()
    now_is = former.id if former else 0
    if now_is == person_id:
        db.session.rollback()
        return False
    if now_is != seen:
        raise Overtaken(
            Decision(N_("Somebody changed the delegate in the meantime. Look again and choose once more."))
        )
    chosen = db.session.get(Person, person_id) if person_id else None
    if chosen is not None and chosen.organisation_id != organisation.id:
        raise NotAllowed(Decision(N_("Choose somebody of this organisation.")))
    if chosen is not None:
        groups.move_person(chosen, Group.PARTNER, organisation, True, now)
    elif former is not None:
        groups.move_person(former, former.group, organisation, False, now)
    audit.record(
        organiser,
        "partners.choose_delegate",
        organisation,
        now,
        before={"delegate": former.id if former else None},
        after={"delegate": chosen.id if chosen else None},  # a number: names go with accounts
        why=reason,
    )
    db.session.commit()
    return True
