"""What the actions of organisers and facilitators need: the thing itself, and the form that acts on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.db import db
from app.domain.ballot import Group
from app.domain.integrity.thresholds import thresholds_from
from app.domain.lifecycle import IdeaState
from app.features.gatherings import service as gatherings
from app.features.integrity import settings_service as integrity
from app.features.integrity.settings_form import fill as fill_thresholds
from app.features.organiser import moderation_rules
from app.features.organiser.moderation_form import Sheet
from app.features.organiser.rules import in_force, mark
from app.features.organiser.rules_form import fill
from app.models import Activity, AgendaItem, AuditEntry, Call, KnownNetwork
from app.models.entry import CodeBatch, Invitation, SecondFactor, TrustedDomain
from app.models.moderation import FlaggedWord
from app.models.seal import SealReason
from app.models.workshop import AgendaItemKind
from app.records import pressure, seals
from tests import factories

from .conftest import Office

SENTENCE = "Een zin die lang genoeg is om te mogen."
Recipe = Callable[[Office], dict[str, Any]]
"""Makes what the action is about; returns the parts of the address and, under `data`, the form."""


def idea_in(state: IdeaState, data: dict[str, Any]) -> Recipe:
    """An idea in a state, with the form that acts on it."""
    return lambda office: {"idea_id": office.idea(state=state), "data": data}


def _a_workshop(office: Office) -> tuple[int, int, int]:
    """A workshop with a theme and one part; the numbers of the three."""
    with office.app.app_context():
        call = db.session.get_one(Call, office.call)
        theme = factories.a_theme(call.process)
        workshop = factories.a_workshop(call)
        part = AgendaItem(
            workshop_id=workshop.id, kind=AgendaItemKind.OPENING, title="Welkom", minutes=10, position=0
        )
        db.session.add(part)
        db.session.commit()
        return workshop.id, theme.id, part.id


def _set_minutes(office: Office) -> dict[str, Any]:
    return {"workshop_id": _a_workshop(office)[0], "data": {"workshop-minutes": 90}}


def _add_block(office: Office) -> dict[str, Any]:
    data = {"new-title": "Een korte pauze", "new-minutes": 15, "new-kind": "break"}
    return {"workshop_id": _a_workshop(office)[0], "data": data}


def _change_block(office: Office) -> dict[str, Any]:
    workshop, _theme, part = _a_workshop(office)
    data = {f"block-{part}-title": "Welkom en uitleg", f"block-{part}-minutes": 20}
    return {"workshop_id": workshop, "item_id": part, "data": data}


def _place_theme(office: Office) -> dict[str, Any]:
    workshop, theme, _part = _a_workshop(office)
    data = {"theme-theme": theme, "theme-kind": "pinned", "theme-minutes": 30, "theme-reason": SENTENCE}
    return {"workshop_id": workshop, "data": data}


def _remove_item(office: Office) -> dict[str, Any]:
    workshop, _theme, part = _a_workshop(office)
    return {"workshop_id": workshop, "item_id": part, "data": {}}


def _set_rules(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        process = db.session.get_one(Call, office.call).process
        data = fill(*in_force(process.ranking_settings), mark(process.ranking_settings))
        slug = process.slug
    return {"slug": slug, "data": {f"rules-{k}": v for k, v in {**data, "m": 7, "reason": SENTENCE}.items()}}


def _moderate(office: Office) -> dict[str, Any]:
    with office.app.test_request_context():
        process = db.session.get_one(Call, office.call).process
        calls = moderation_rules.calls_of(process.id)
        sheet = Sheet(process, calls, sent=False)
        data = {field.name: field.data for form in sheet.forms for field in form if field.data is not None}
        slug, hours, reason = process.slug, sheet.process.promised_hours.name, sheet.reason.reason.name
    return {"slug": slug, "data": {**data, hours: 48, reason: SENTENCE}}


def _seal(office: Office) -> dict[str, Any]:
    data = {
        "seal-seen": 0,
        "seal-call": office.call,
        "seal-reason": "council",
        "seal-workshop": 0,
        "seal-why": SENTENCE,
    }
    return {"data": data}


def _plan(office: Office) -> dict[str, Any]:
    data = {"plan-call": office.call, "plan-reason": "council", "plan-workshop": 0, "plan-why": SENTENCE}
    return {"data": {**data, "plan-day": "2031-05-20", "plan-hour": "14:00"}}


def _cancel_plan(office: Office) -> dict[str, Any]:
    now = datetime.now(UTC)
    with office.app.app_context():
        plan = seals.plan(office.call, now + timedelta(days=3), now).id
        db.session.execute(delete(AuditEntry))
        db.session.commit()
    return {"plan_id": plan, "data": {}}


def _take_audit_file(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        snapshot = seals.seal(office.call, SealReason.COUNCIL, datetime.now(UTC)).id
        db.session.execute(delete(AuditEntry))
        db.session.commit()
    return {"snapshot_id": snapshot, "data": {"check-why": SENTENCE}}


def _reset_second_factor(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        person = factories.a_person()
        now = datetime.now(UTC)
        db.session.add(SecondFactor(person_id=person.id, secret=b"", created_at=now, confirmed_at=now))
        db.session.commit()
        return {"person_id": person.id, "data": {"reason": SENTENCE}}


def _an_activity(office: Office) -> int:
    with office.app.app_context():
        activity = factories.an_activity(db.session.get_one(Call, office.call).process)
        db.session.commit()
        return activity.id


def _arrange(office: Office) -> dict[str, Any]:
    number = _an_activity(office)
    with office.app.app_context():
        seen = gatherings.mark(db.session.get_one(Activity, number))
    return {"activity_id": number, "data": {"who": "some", "capacity": 20, "place": "Stadhuis", "seen": seen}}


def _attach(office: Office) -> dict[str, Any]:
    file = (b"%PDF-1.7 proef", "dia's.pdf")
    return {
        "activity_id": _an_activity(office),
        "data": {"file-file": file, "file-title": "De dia's", "file-part": 0},
    }


def _detach(office: Office) -> dict[str, Any]:
    number = _an_activity(office)
    with office.app.app_context():
        file = factories.a_file(number).id
        db.session.commit()
    return {"activity_id": number, "file_id": file, "data": {}}


SOME_DAY = datetime(2031, 5, 20, 12, tzinfo=UTC)


def _make_codes(office: Office) -> dict[str, Any]:
    data = {"batch-seen": 0, "batch-call": office.call, "batch-count": 2, "batch-language": "nl"}
    return {"data": data}


def _way_in(office: Office, table: type[CodeBatch | Invitation | TrustedDomain], **values: Any) -> int:
    with office.app.app_context():
        made = table(created_at=datetime.now(UTC), **values)
        db.session.add(made)
        db.session.commit()
        return made.id


def _an_invitation(office: Office) -> int:
    values = {"email": "raad@voorbeeld.example", "group": Group.COUNCIL, "token_hash": "0" * 64}
    return _way_in(office, Invitation, expires_at=SOME_DAY, **values)


def _choose_delegate(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        organisation = factories.an_organisation(verified_at=datetime.now(UTC))
        slug = organisation.slug
        member = factories.a_person(group=Group.PARTNER, organisation_id=organisation.id).id
        db.session.commit()
    return {
        "slug": slug,
        "data": {"delegate-person": member, "delegate-seen": 0, "delegate-reason": SENTENCE},
    }


def _a_word(office: Office) -> int:
    with office.app.app_context():
        row = FlaggedWord(word="mafkees", added_at=datetime.now(UTC))
        db.session.add(row)
        db.session.commit()
        return row.id


def _set_by_hand(office: Office) -> dict[str, Any]:
    now = datetime.now(UTC)
    with office.app.app_context():
        pressure.set_by_hand(2, SENTENCE, now + timedelta(hours=1), now)
        db.session.commit()
    return {"data": {}}


def _set_thresholds(office: Office) -> dict[str, Any]:
    with office.app.test_request_context():
        process = db.session.get_one(Call, office.call).process
        seen = integrity.mark(process.integrity_settings)
        data = fill_thresholds(thresholds_from(process.integrity_settings), seen)
        slug = process.slug
    return {
        "slug": slug,
        "data": {f"signals-{k}": v for k, v in {**data, "burst_votes": 31, "reason": SENTENCE}.items()},
    }


def _a_network(office: Office) -> int:
    with office.app.app_context():
        row = KnownNetwork(name="Bibliotheek", cidr="192.0.2.0/24", added_at=datetime.now(UTC))
        db.session.add(row)
        db.session.commit()
        return row.id


ORGANISERS: dict[str, Recipe] = {
    "audit_log.export": lambda office: {"data": {"vorm": "csv"}},
    "moderation_settings.choose": _moderate,
    "agenda_vote.set_open": lambda office: {
        "call_id": office.call,
        "data": {"vote-seen": "closed", "vote-reason": SENTENCE},
    },
    "friction.add_words": lambda office: {"data": {"words": "mafkees\nsukkel"}},
    "friction.remove_word": lambda office: {"word_id": _a_word(office), "data": {}},
    "friction.set_level": lambda office: {"data": {"level": "2", "hours": "4", "why": SENTENCE}},
    "friction.end_level": _set_by_hand,
    "workshop.set_minutes": _set_minutes,
    "workshop.add_block": _add_block,
    "workshop.change_block": _change_block,
    "workshop.place_theme": _place_theme,
    "workshop.remove_item": _remove_item,
    "codes.make": _make_codes,
    "codes.revoke": lambda office: {
        "batch_id": _way_in(office, CodeBatch, call_id=office.call, count=1, expires_at=SOME_DAY),
        "data": {"revoke-reason": SENTENCE},
    },
    "invitations.invite": lambda office: {
        "data": {
            "invite-emails": "raad@voorbeeld.example",
            "invite-group": "council",
            "invite-organisation": 0,
            "invite-days": 14,
            "invite-language": "nl",
        }
    },
    "invitations.resend": lambda office: {
        "invitation_id": _an_invitation(office),
        "data": {"seen": SOME_DAY.isoformat(timespec="seconds")},
    },
    "invitations.revoke": lambda office: {"invitation_id": _an_invitation(office), "data": {}},
    "invitations.add_domain": lambda office: {
        "data": {
            "domain-domain": "raad.example",
            "domain-group": "council",
            "domain-organisation": 0,
            "domain-confirmed": "raad.example",
        }
    },
    "invitations.remove_domain": lambda office: {
        "domain_id": _way_in(office, TrustedDomain, domain="raad.example", group=Group.COUNCIL),
        "data": {},
    },
    "stands.seal": _seal,
    "stands.plan": _plan,
    "stands.cancel_plan": _cancel_plan,
    "stands.audit_file": _take_audit_file,
    "stands.seal_workshop": lambda office: {"workshop_id": _a_workshop(office)[0], "data": {"seen": 0}},
    "gatherings.arrange": _arrange,
    "gatherings.attach": _attach,
    "gatherings.detach": _detach,
    "gatherings.take_list": lambda office: {"activity_id": _an_activity(office), "data": {}},
    "organiser.handle_message": lambda office: {"message_id": office.message(), "data": {}},
    "organiser.reopen_message": lambda office: {"message_id": office.message(handled=True), "data": {}},
    "organiser.set_rules": _set_rules,
    "partners.choose_delegate": _choose_delegate,
    "second_factor.reset": _reset_second_factor,
    "organiser.respond": idea_in(
        IdeaState.PUBLISHED,
        {"answer-version": 1, "answer-on_behalf_of": "het college", "answer-body": SENTENCE},
    ),
    "organiser.set_status": idea_in(
        IdeaState.PUBLISHED,
        {"status-before": "open", "status-status": "on_agenda", "status-reason": SENTENCE},
    ),
    "integrity_settings.set_thresholds": _set_thresholds,
    "integrity_settings.add_network": lambda office: {
        "data": {"name": "Bibliotheek", "cidr": "198.51.100.0/24"}
    },
    "integrity_settings.remove_network": lambda office: {"network_id": _a_network(office), "data": {}},
}
