"""Ways in beside the mail, as the organisers of the demo see them: invitations, a trusted domain, voting codes."""

from datetime import timedelta

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import Entry, read
from app.cli.demo.people import Crowd
from app.db import db
from app.domain.ballot import Group
from app.domain.phases import Action
from app.kit import tokens
from app.models.entry import CodeBatch, Invitation, TrustedDomain, VotingCode
from app.records import calls


def build_ways_in(calendar: Calendar, crowd: Crowd) -> int:
    """Make them; returns how many there are. Nobody has the links and letters, so none opens a door."""
    ways = read("ways_in")
    organiser = crowd.demo["organiser"]
    for entry in sorted(ways["invitations"], key=lambda each: each["hours"], reverse=True):
        sent = calendar.hours_ago(entry["hours"])
        used = crowd.council[entry["used_by"]] if "used_by" in entry else None
        organisation = crowd.organisations[entry["organisation"]] if "organisation" in entry else None
        db.session.add(
            Invitation(
                email=used.email if used else entry["email"],
                group=Group(entry["group"]),
                organisation=organisation,
                as_delegate=entry.get("delegate", False),
                token_hash=tokens.keyed_hash("demo-invitation", entry["email"]),
                created_at=sent,
                expires_at=sent + timedelta(days=14),
                used_at=sent + timedelta(hours=5) if used else None,
                used_by_id=used.id if used else None,
                revoked_at=sent + timedelta(hours=3) if entry.get("revoked") else None,
                invited_by_id=organiser.id,
            )
        )
    for entry in ways["domains"]:
        group = Group(entry["group"])
        db.session.add(
            TrustedDomain(domain=entry["domain"], group=group, created_at=calendar.hours_ago(entry["hours"]))
        )
    made = sum(_codes(calendar, crowd, entry) for entry in ways["codes"])
    return made + len(ways["invitations"])


def _codes(calendar: Calendar, crowd: Crowd, entry: Entry) -> int:
    """A batch of letters; some of the residents who came afterwards came with one, and have no address."""
    call = calls.main_call()
    if call is None:
        return 0
    made_at = calendar.hours_ago(entry["hours"])
    batch = CodeBatch(
        call_id=call.id,
        name=entry["name"],
        count=entry["count"],
        created_at=made_at,
        expires_at=call.closes(Action.VOTE) or made_at + timedelta(days=60),
    )
    db.session.add(batch)
    db.session.flush()
    came = [one for one in crowd.residents if one.created_at > made_at and one.demo_order is None]
    for number in range(entry["count"]):
        person = came[number] if number < min(entry["used"], len(came)) else None
        if person is not None:
            person.email = None
        db.session.add(
            VotingCode(
                batch_id=batch.id,
                code_hash=tokens.keyed_hash("demo-code", entry["name"], str(number)),
                person_id=person.id if person else None,
                used_at=person.created_at if person else None,
            )
        )
    return int(entry["count"])
