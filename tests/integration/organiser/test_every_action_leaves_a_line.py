"""Every address where staff change something: walked by the map itself, each leaves exactly one audit line."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.features.gatherings import service as gatherings
from app.features.organiser.rules import in_force, mark
from app.features.organiser.rules_form import fill
from app.models import Activity, AgendaItem, Argument, AuditEntry, Call, Idea, Person, Report
from app.models.argument import ArgumentState
from app.models.entry import CodeBatch, Invitation, SecondFactor, TrustedDomain
from app.models.moderation import ReportReason
from app.models.person import Role
from app.models.seal import SealReason
from app.models.workshop import AgendaItemKind
from app.records import seals
from tests import factories
from tests.support import post, sign_in

from .conftest import Office

STAFF = frozenset({"moderator", "facilitator", "organiser"})
SENTENCE = "Een zin die lang genoeg is om te mogen."
HARMLESS = frozenset(
    {
        "gatherings.attach",
        "gatherings.detach",
        "organiser.handle_message",
        "organiser.reopen_message",
        "organiser.respond",
        "organiser.set_rules",
        "partners.choose_delegate",
        "invitations.remove_domain",
        "invitations.resend",
        "invitations.revoke",
        "stands.cancel_plan",
        "stands.seal_workshop",
    }
)
"""Where the same form again is answered as if it were the first time."""
MAKES_ITS_SUBJECT = frozenset(
    {
        "codes.make",
        "invitations.invite",
        "invitations.add_domain",
        "moderation.keep",
        "organiser.set_rules",
        "partners.choose_delegate",
        "stands.seal",
        "stands.plan",
        "stands.seal_workshop",
    }
)
"""Where the line is about something that the address does not name."""
ANSWERS = {"codes.make": 200, "gatherings.take_list": 200, "stands.audit_file": 200}
"""What is answered with something else than the way to another page: the file itself."""
AGAIN = {"gatherings.take_list": 200, "invitations.invite": 400, "stands.audit_file": 200}
"""What the same form again is answered with, where it is neither harmless nor overtaken."""
Recipe = Callable[[Office], dict[str, Any]]
"""Makes what the action is about; returns the parts of the address and, under `data`, the form."""


def _idea(state: IdeaState, data: dict[str, Any]) -> Recipe:
    return lambda office: {"idea_id": office.idea(state=state), "data": data}


def _argument(state: ArgumentState, data: dict[str, Any]) -> Recipe:
    return lambda office: {"argument_id": _an_argument(office, state), "data": data}


def _an_argument(office: Office, state: ArgumentState) -> int:
    idea = office.idea()
    with office.app.app_context():
        argument: Argument = factories.an_argument(
            db.session.get_one(Idea, idea), db.session.get_one(Person, office.author)
        )
        argument.state = state
        db.session.commit()
        return argument.id


def _a_report(office: Office) -> dict[str, Any]:
    argument = _an_argument(office, ArgumentState.PUBLISHED)
    with office.app.app_context():
        report = Report(
            argument_id=argument,
            reporter_id=office.author,
            reason=ReportReason.OTHER,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        db.session.commit()
        return {"report_id": report.id, "data": {"keep-sentence": SENTENCE}}


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


def _a_suggestion(office: Office) -> int:
    with office.app.app_context():
        process = db.session.get_one(Call, office.call).process
        practice = factories.a_suggestion(process, db.session.get_one(Person, office.author))
        db.session.commit()
        return practice.id


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


HIDING = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
RECIPES: dict[str, Recipe] = {
    "agenda_vote.set_open": lambda office: {
        "call_id": office.call,
        "data": {"vote-seen": "closed", "vote-reason": SENTENCE},
    },
    "moderation.publish": _idea(IdeaState.SUBMITTED, {"publish-version": 1}),
    "moderation.return_": _idea(IdeaState.SUBMITTED, {"return-version": 1, "return-sentence": SENTENCE}),
    "moderation.refuse": _idea(
        IdeaState.SUBMITTED, {"refuse-version": 1, "refuse-sentence": SENTENCE, "refuse-reason": "unclear"}
    ),
    "moderation.hide": _idea(IdeaState.PUBLISHED, HIDING),
    "moderation.restore": _idea(IdeaState.HIDDEN, {"restore-sentence": SENTENCE}),
    "moderation.hide_argument": _argument(ArgumentState.PUBLISHED, HIDING),
    "moderation.restore_argument": _argument(ArgumentState.HIDDEN, {"restore-sentence": SENTENCE}),
    "moderation.keep": _a_report,
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
    "practices.publish": lambda office: {"practice_id": _a_suggestion(office), "data": {}},
    "practices.refuse": lambda office: {
        "practice_id": _a_suggestion(office),
        "data": {"refuse-sentence": SENTENCE},
    },
    "second_factor.reset": _reset_second_factor,
    "organiser.respond": _idea(
        IdeaState.PUBLISHED,
        {"answer-version": 1, "answer-on_behalf_of": "het college", "answer-body": SENTENCE},
    ),
    "organiser.set_status": _idea(
        IdeaState.PUBLISHED,
        {"status-before": "open", "status-status": "on_agenda", "status-reason": SENTENCE},
    ),
}


def unread(data: dict[str, Any]) -> dict[str, Any]:
    """The form with its files, (content, name), as streams that nobody has read yet."""
    return {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }


def staff_actions(app: Flask) -> set[str]:
    """Every endpoint behind a door of staff that takes a post."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and getattr(app.view_functions[rule.endpoint], "__door__", "") in STAFF
    }


@pytest.mark.one_database
def test_every_action_of_staff_is_known_here(app: Flask) -> None:
    assert staff_actions(app) == set(RECIPES), "add the new action with what it needs"


@pytest.mark.parametrize("endpoint", sorted(RECIPES))
def test_the_action_leaves_exactly_one_line(office: Office, client: FlaskClient, endpoint: str) -> None:
    made = RECIPES[endpoint](office)
    data = made.pop("data")
    everything = office.person(Role.MODERATOR, Role.FACILITATOR, Role.ORGANISER)
    with office.app.test_request_context():
        address = office.app.url_for(endpoint, **made)
    sign_in(client, everything)
    post(client, address, ANSWERS.get(endpoint, 303), **unread(data))
    (line,) = office.all(AuditEntry)
    assert line.actor_id == everything
    assert line.subject_id in made.values() or endpoint in MAKES_ITS_SUBJECT
    assert line.before != line.after
    if any(str(name).endswith(("sentence", "reason")) for name in data):
        assert line.why == SENTENCE
    # Sending the same form again is refused, or changes nothing; either way it leaves no line. Who takes a file
    # twice has it twice.
    again = 303 if endpoint in HARMLESS or endpoint.startswith("workshop.") else 409
    post(client, address, AGAIN.get(endpoint, again), **unread(data))
    assert len(office.all(AuditEntry)) == (2 if AGAIN.get(endpoint) == 200 else 1)
