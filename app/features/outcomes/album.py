"""Pictures of the evening: put in, described, put in order and taken away by facilitators."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.db import db
from app.domain import places
from app.domain.decision import N_, Decision, NotAllowed
from app.features.outcomes.service import held
from app.kit import audit
from app.kit.images import LARGE, SMALL, Encoded
from app.models.outcome import WorkshopPicture
from app.models.person import Person
from app.models.workshop import Workshop
from app.policies.outcomes import may_remove_picture, may_write

MOST = 24
"""Pictures of one evening."""
ALT = (10, 200)


def add(facilitator: Person, workshop_id: int, picture: Encoded, alt: str, now: datetime) -> None:
    """Put a picture behind the others; the same picture again changes nothing. Raises NotAllowed."""
    workshop, _evening = held(workshop_id)
    may_write(facilitator, workshop, now).or_raise()
    rows = _rows(workshop_id)
    if any(row.digest == picture.key for row in rows):
        db.session.rollback()
        return
    if len(rows) >= MOST:
        raise NotAllowed(
            Decision(N_("There are %(most)s pictures already. Take one away first."), {"most": str(MOST)})
        )
    db.session.add(
        WorkshopPicture(
            workshop_id=workshop_id,
            alt=alt,
            digest=picture.key,
            width=picture.width,
            height=picture.height,
            large=picture.large,
            small=picture.small,
            position=rows[-1].position + 1 if rows else 0,
            added_at=now,
        )
    )
    _note(facilitator, "outcomes.add_picture", workshop_id, now, after={"alt": alt})
    db.session.commit()


def describe(facilitator: Person, workshop_id: int, picture_id: int, alt: str, now: datetime) -> None:
    """Say otherwise what is to be seen. Raises NotAllowed."""
    workshop, _evening = held(workshop_id)
    may_write(facilitator, workshop, now).or_raise()
    row = _one(workshop_id, picture_id)
    if row.alt == alt:
        db.session.rollback()
        return
    _note(
        facilitator,
        "outcomes.describe_picture",
        workshop_id,
        now,
        before={"alt": row.alt},
        after={"alt": alt},
    )
    row.alt = alt
    db.session.commit()


def move(facilitator: Person, workshop_id: int, picture_id: int, to: int, now: datetime) -> None:
    """Put a picture at a place of the order, counted from 0; the others make room. Raises NotAllowed."""
    workshop, _evening = held(workshop_id)
    may_write(facilitator, workshop, now).or_raise()
    row, rows = _one(workshop_id, picture_id), _rows(workshop_id)
    wanted = places.moved(rows, row, to)
    if list(wanted) == rows:
        db.session.rollback()
        return
    for position, each in enumerate(wanted):
        each.position = position
    after = {"alt": row.alt, "position": row.position + 1}
    _note(facilitator, "outcomes.move_picture", workshop_id, now, after=after)
    db.session.commit()


def remove(facilitator: Person, workshop_id: int, picture_id: int, now: datetime) -> None:
    """Take a picture away for good, at any time; doing it again changes nothing. Raises NotAllowed."""
    may_remove_picture(facilitator).or_raise()
    held(workshop_id)
    row = db.session.get(WorkshopPicture, picture_id)
    if row is None or row.workshop_id != workshop_id:
        db.session.rollback()
        return
    _note(facilitator, "outcomes.remove_picture", workshop_id, now, before={"alt": row.alt})
    db.session.delete(row)
    db.session.commit()


def content(workshop_id: int, key: str, width: int) -> bytes | None:
    """The file of this address, when the evening has this very picture."""
    column = {LARGE: WorkshopPicture.large, SMALL: WorkshopPicture.small}.get(width)
    if column is None:
        return None
    found = select(column).where(WorkshopPicture.workshop_id == workshop_id, WorkshopPicture.digest == key)
    body: bytes | None = db.session.scalar(found.limit(1))
    return body


def contents(workshop_id: int) -> dict[int, bytes]:
    """The larger files of all pictures by number, for paper."""
    rows = db.session.execute(
        select(WorkshopPicture.id, WorkshopPicture.large).where(WorkshopPicture.workshop_id == workshop_id)
    )
    return {row[0]: row[1] for row in rows}


def _rows(workshop_id: int) -> list[WorkshopPicture]:
    return list(
        db.session.scalars(
            select(WorkshopPicture)
            .options(defer(WorkshopPicture.large), defer(WorkshopPicture.small))
            .where(WorkshopPicture.workshop_id == workshop_id)
            .order_by(WorkshopPicture.position, WorkshopPicture.id)
        )
    )


def _one(workshop_id: int, picture_id: int) -> WorkshopPicture:
    row = db.session.get(WorkshopPicture, picture_id, populate_existing=True)
    if row is None or row.workshop_id != workshop_id:
        raise NotAllowed(Decision(N_("This picture is gone.")))
    return row


def _note(
    facilitator: Person,
    action: str,
    workshop_id: int,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        facilitator, action, db.session.get_one(Workshop, workshop_id), now, before=before, after=after
    )
