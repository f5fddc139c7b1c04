"""Inviting people, sending an invitation again, taking it back, and accepting it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import N_, Decision, NotAllowed
from app.features.invitations import queries
from app.kit import audit, mail, signals, tokens
from app.models.entry import Invitation
from app.models.message import MailMessage
from app.models.person import Organisation, Person
from app.records import groups, people, sanctions

DAYS = 14
MOST_DAYS = 90
MOST_AT_ONCE = 100


class Overtaken(NotAllowed):
    """What the organiser was looking at changed meanwhile."""


class NotValid(Exception):
    """An invitation that nobody can accept (any more); `state` says why: unknown, used, revoked or expired."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people are invited to, for how long, and in which language they are written to."""

    group: Group
    organisation_id: int | None = None
    new_organisation: str = ""
    as_delegate: bool = False
    days: int = DAYS
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who accepted."""

    person: Person
    is_new: bool


def faults(emails: Sequence[str], wanted: Wanted, now: datetime) -> list[tuple[str, Decision]]:
    """Which of these addresses need no invitation, and why; every one that is wrong, not just the first."""
    found = []
    present = {
        row[0]: row
        for row in db.session.execute(
            select(Person.email, Person.group, Person.organisation_id, Person.is_delegate).where(
                Person.email.in_(emails)
            )
        )
    }
    waiting = set(
        db.session.scalars(
            select(Invitation.email).where(Invitation.email.in_(emails), queries.in_state("waiting", now))
        )
    )
    for email in emails:
        row = present.get(email)
        if email in waiting:
            found.append(
                (email, Decision(N_("There is an invitation that still waits. Send that one again.")))
            )
        elif row is not None and _is_already(row[1], row[2], row[3], wanted):
            found.append((email, Decision(N_("This person is already in this group."))))
    return found


def invite(organiser: Person | None, emails: Sequence[str], wanted: Wanted, now: datetime) -> list[str]:
    """Write to all these addresses; `organiser` is None for the command line. Returns the links, in order.

    The addresses were found good: see `faults`. Raises LookupError when the organisation is gone.
    """
    organisation = organisation_for(wanted, now)
    links, letters, first = [], [], None
    sender = organiser.name if organiser else ""
    for email in emails:
        token = tokens.new_token()
        invitation = Invitation(
            email=email,
            group=wanted.group,
            organisation=organisation,
            as_delegate=wanted.as_delegate,
            token_hash=queries.token_hash(token),
            created_at=now,
            expires_at=now + timedelta(days=wanted.days),
            invited_by_id=organiser.id if organiser else None,
        )
        first = first or invitation
        letters.append(_letter(invitation, token, sender, wanted.language, now))
        links.append(_link(token, wanted.language))
        db.session.add(invitation)
    if first is None:
        return []
    db.session.add_all(letters)
    told = {
        "people": len(emails),
        "group": wanted.group.value,
        "organisation": organisation.name if organisation else "",
        "delegate": wanted.as_delegate,
        "until": first.expires_at.isoformat(timespec="minutes"),
    }
    audit.record(organiser, "invitations.invite", first, now, after=told)
    db.session.commit()
    signals.mail_queued.send()
    return links


def resend(organiser: Person, invitation_id: int, seen: str, language: str, now: datetime) -> None:
    """Send an invitation anew: a fresh link that works for two weeks; the old link dies.

    `seen` is the end of validity that the organiser saw. Raises LookupError, and Overtaken.
    """
    invitation = _locked(invitation_id)
    if invitation.used_at is not None or invitation.revoked_at is not None:
        raise Overtaken(Decision(N_("This invitation has been used or revoked in the meantime.")))
    if seen != mark(invitation.expires_at):
        raise Overtaken(Decision(N_("This invitation was sent again just now.")))
    token, before = tokens.new_token(), invitation.expires_at
    invitation.token_hash = queries.token_hash(token)
    invitation.expires_at = now + timedelta(days=DAYS)
    db.session.add(_letter(invitation, token, organiser.name, language, now))
    audit.record(
        organiser,
        "invitations.resend",
        invitation,
        now,
        before={"until": before.isoformat(timespec="minutes")},
        after={"until": invitation.expires_at.isoformat(timespec="minutes")},
    )
    db.session.commit()
    signals.mail_queued.send()


def revoke(organiser: Person, invitation_id: int, now: datetime) -> None:
    """Take an invitation back. Raises LookupError, and Overtaken when it was used or taken back before."""
    invitation = _locked(invitation_id)
    if invitation.used_at is not None or invitation.revoked_at is not None:
        raise Overtaken(Decision(N_("This invitation has been used or revoked in the meantime.")))
    invitation.revoked_at = now
    audit.record(
        organiser, "invitations.revoke", invitation, now, before={"valid": True}, after={"valid": False}
    )
    db.session.commit()


def usable(invitation: Invitation | None, now: datetime) -> Invitation:
    """The invitation when somebody can accept it. Raises NotValid."""
    if invitation is None:
        raise NotValid("unknown")
    if invitation.used_at is not None:
        raise NotValid("used")
    if invitation.revoked_at is not None:
        raise NotValid("revoked")
    if invitation.expires_at <= now:
        raise NotValid("expired")
    return invitation


def accept(token: str, language: str, now: datetime) -> Arrival:
    """Let in whoever holds the link, in the group of the invitation. Of two at once exactly one gets through.

    Raises NotValid, and NotAllowed for a blocked person. No role is ever given this way.
    """
    found = queries.with_token(token)
    invitation = usable(found and _locked(found.id), now)
    if invitation.token_hash != queries.token_hash(token):
        raise NotValid("unknown")  # it was sent again in this very moment
    person, is_new = people.by_mail(invitation.email, language, now)
    sanctions.let_in(person, now)
    before = {"group": person.group.value, "delegate": person.is_delegate}
    groups.move_person(
        person, invitation.group, invitation.organisation, delegate_after(person, invitation), now
    )
    person.confirmed_at = person.confirmed_at or now
    invitation.used_at, invitation.used_by_id = now, person.id
    after = {"group": person.group.value, "delegate": person.is_delegate}
    if invitation.organisation is not None:
        after["organisation"] = invitation.organisation.name
    audit.record(person, "invitations.accept", invitation, now, before=before, after=after)
    db.session.commit()
    return Arrival(person, is_new)


def delegate_after(person: Person | None, invitation: Invitation) -> bool:
    """Whether the person speaks for the organisation afterwards: who does already keeps doing so."""
    speaks = (
        person is not None
        and person.is_delegate
        and person.organisation_id is not None
        and person.organisation_id == invitation.organisation_id
    )
    return invitation.as_delegate or speaks


def mark(moment: datetime) -> str:
    """A moment as a form carries it."""
    return moment.isoformat(timespec="seconds")


def _is_already(group: Group, organisation_id: int | None, is_delegate: bool, wanted: Wanted) -> bool:
    same = group == wanted.group and not wanted.new_organisation and organisation_id == wanted.organisation_id
    return same and (is_delegate or not wanted.as_delegate)


def organisation_for(wanted: Wanted, now: datetime) -> Organisation | None:
    """The organisation that was chosen, or the new one that was named. Raises LookupError."""
    if wanted.new_organisation:
        made = Organisation(
            slug=_free_slug(wanted.new_organisation), name=wanted.new_organisation, verified_at=now
        )
        db.session.add(made)
        db.session.flush()
        return made
    if wanted.organisation_id is None:
        return None
    found = db.session.get(Organisation, wanted.organisation_id)
    if found is None:
        raise LookupError(wanted.organisation_id)
    return found


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "partner"
    taken = set(db.session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base))))
    return next(
        slug
        for number in range(1, len(taken) + 2)
        if (slug := f"{base}-{number}" if number > 1 else base) not in taken
    )


def _locked(invitation_id: int) -> Invitation:
    found = db.session.get(
        Invitation, invitation_id, with_for_update={"of": Invitation}, populate_existing=True
    )
    if found is None:
        raise LookupError(invitation_id)
    return found


def _link(token: str, language: str) -> str:
    return mail.address("invitations.open", language, token=token)


def _letter(invitation: Invitation, token: str, sender: str, language: str, now: datetime) -> MailMessage:
    return mail.compose(
        invitation.email,
        mail.INVITATION,
        language,
        now,
        sender=sender,
        group=invitation.group.value,
        organisation=invitation.organisation.name if invitation.organisation else "",
        as_delegate=invitation.as_delegate,
        link=_link(token, language),
        expires_at=invitation.expires_at,
    )
