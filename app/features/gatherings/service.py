"""Registering and cancelling, and what organisers arrange; every staff verb leaves one audit line."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.db import db
from app.domain.ballot import GROUPS, Group
from app.domain.decision import N_, Decision, NotAllowed
from app.features.gatherings import queries
from app.features.gatherings.documents import Document
from app.features.gatherings.queries import Guest
from app.kit import audit, mail, signals
from app.models.following import NoticeKind
from app.models.gathering import Attachment, RegistrationState
from app.models.person import Person
from app.models.process import Activity, Process
from app.policies.gatherings import may_arrange, may_cancel, may_register
from app.records import attachments, notices, quotas, registrations
from app.records.notices import Audience

MOST_FILES = 20
TOO_MANY = Decision(N_("An activity has at most 20 files. Remove one first."))
MORE_THAN_THERE_ARE = Decision(N_("Together these are more places than there are."))
FIELDS = ("starts_at", "ends_at", "date_text", "place", "capacity", "registration_ends_at")


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where an activity is, and who can come; the fields as in app.models.process.Activity."""

    starts_at: datetime | None
    ends_at: datetime | None
    date_text: str
    place: str
    capacity: int | None
    registration_ends_at: datetime | None


class Overtaken(Exception):
    """Another organiser changed the activity in the meantime."""


def register(person: Person, activity: Activity, note: str, now: datetime) -> RegistrationState:
    """Register somebody, or let them wait; doing so again keeps the place. Raises NotAllowed. A mail confirms it."""
    may_register(person, activity, now).or_raise()
    before = registrations.places(activity.id, activity.capacity, person.id, person.group).mine
    state = registrations.register(activity.id, person.id, note, now)
    if person.email and state != before:
        mail.queue(
            person.email,
            "registration",
            person.language,
            now,
            person_name=person.name,
            title=activity.title,
            starts_at=activity.starts_at,
            date_text=activity.date_text,
            place=activity.place,
            waits=state == RegistrationState.WAITING,
            url=mail.address("processes.activity", person.language, activity_id=activity.id),
        )
    db.session.commit()
    signals.mail_queued.send()
    return state


def cancel(person: Person, activity: Activity, now: datetime) -> bool:
    """Give a place back; whether there was one. Raises NotAllowed."""
    may_cancel(activity, now).or_raise()
    gave = registrations.cancel(activity.id, person.id, now)
    db.session.commit()
    return gave


def mark(activity: Activity) -> str:
    """What an activity is now, for a form to compare with later."""
    return "|".join(_plain(getattr(activity, name)) for name in FIELDS)


def arrange(organiser: Person, activity_id: int, plan: Plan, seen: str, now: datetime) -> None:
    """Set date, place and places; who comes hears of another date or place. Raises NotAllowed and Overtaken."""
    found = queries.activity(activity_id)
    if found is None:
        raise LookupError(activity_id)
    _activity, process = found
    may_arrange(organiser, process.state).or_raise()
    activity = db.session.get_one(Activity, activity_id, with_for_update=True, populate_existing=True)
    if mark(activity) != seen:
        db.session.rollback()
        raise Overtaken
    before = {name: getattr(activity, name) for name in FIELDS}
    after = {name: getattr(plan, name) for name in FIELDS}
    changed = [name for name in FIELDS if before[name] != after[name]]
    if not changed:
        db.session.rollback()
        return
    for name in changed:
        setattr(activity, name, after[name])
    audit.record(
        organiser,
        "gatherings.arrange",
        activity,
        now,
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(after[name]) for name in changed},
    )
    if {"starts_at", "ends_at", "place", "date_text"} & set(changed):
        _tell(activity, process, now)
    registrations.move_up(activity, now)
    db.session.commit()


def keep_places(organiser: Person, activity_id: int, places: Mapping[Group, int], now: datetime) -> None:
    """Keep places for groups, or fewer than before: then who waits longest moves up. Raises NotAllowed."""
    found = queries.activity(activity_id)
    if found is None:
        raise LookupError(activity_id)
    _activity, process = found
    may_arrange(organiser, process.state).or_raise()
    activity = db.session.get_one(Activity, activity_id, with_for_update=True, populate_existing=True)
    if sum(places.values()) > (activity.capacity or 0):
        raise NotAllowed(MORE_THAN_THERE_ARE)
    before = quotas.of_activity(activity_id)
    if {**dict.fromkeys(GROUPS, 0), **places} == before:
        db.session.rollback()
        return
    quotas.put(activity_id, places)
    audit.record(
        organiser,
        "gatherings.keep_places",
        activity,
        now,
        before={group.value: number for group, number in before.items() if number},
        after={group.value: number for group, number in places.items() if number},
    )
    registrations.move_up(activity, now)
    db.session.commit()


def _tell(activity: Activity, process: Process, now: datetime) -> None:
    notices.tell(
        Audience(processes=(process.id,), registered_for=activity.id),
        NoticeKind.ACTIVITY,
        f"activity:{activity.id}:{int(now.timestamp())}",
        N_("Changed: %(title)s"),
        N_("The date or the place of this activity is another one now. Look at the page before you go."),
        notices.page("processes.activity", activity_id=activity.id),
        now,
        title=activity.title,
    )


def attach(
    organiser: Person,
    activity: Activity,
    process: Process,
    document: Document,
    title: str,
    part_id: int | None,
    now: datetime,
) -> int:
    """Attach a file to an activity or a part of its programme; the number of the file. Raises NotAllowed.

    The same content at the same place again is the same file.
    """
    may_arrange(organiser, process.state).or_raise()
    known = db.session.scalar(
        select(Attachment.id).where(
            Attachment.activity_id == activity.id,
            Attachment.digest == document.digest,
            Attachment.part_id.is_(None) if part_id is None else Attachment.part_id == part_id,
        )
    )
    if known is not None:
        return known
    if len(attachments.files_of(activity.id)) >= MOST_FILES:
        raise NotAllowed(TOO_MANY)
    row = Attachment(
        activity_id=activity.id,
        part_id=part_id,
        title=title,
        filename=document.filename,
        media_type=document.media_type,
        size=len(document.data),
        digest=document.digest,
        data=document.data,
        added_at=now,
    )
    db.session.add(row)
    audit.record(
        organiser, "gatherings.attach", activity, now, after={"title": title, "digest": document.digest[:12]}
    )
    db.session.commit()
    return row.id


def detach(organiser: Person, activity: Activity, process: Process, file_id: int, now: datetime) -> None:
    """Remove a file; doing so again changes nothing. Raises NotAllowed."""
    may_arrange(organiser, process.state).or_raise()
    gone = db.session.execute(
        delete(Attachment)
        .where(Attachment.id == file_id, Attachment.activity_id == activity.id)
        .returning(Attachment.title)
    ).one_or_none()
    if gone is None:
        db.session.rollback()
        return
    audit.record(organiser, "gatherings.detach", activity, now, before={"title": gone[0]})
    db.session.commit()


def take_list(organiser: Person, activity: Activity, now: datetime) -> str:
    """The list of who comes as CSV, for the door; taking it leaves an audit line."""
    guests = queries.guests_of(activity.id)
    audit.record(organiser, "gatherings.take_list", activity, now, after={"people": len(guests)})
    db.session.commit()
    return as_csv(guests)


def as_csv(guests: Sequence[Guest]) -> str:
    """Names, groups and notes; no addresses: whoever needs those writes through the site."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(["naam", "groep", "organisatie", "stand", "opmerking", "aangemeld"])
    for guest in guests:
        row = (guest.name, guest.group, guest.organisation or "", guest.state.value, guest.note)
        lines.writerow([*map(_harmless, row), guest.asked_at.isoformat(timespec="minutes")])
    return "\ufeff" + out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins like this for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def file(activity_id: int, file_id: int) -> Attachment | None:
    """One file with its content."""
    return db.session.scalar(
        select(Attachment).where(Attachment.id == file_id, Attachment.activity_id == activity_id)
    )


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
