"""Every address where staff change something: walked by the map itself, each leaves exactly one audit line."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.integrity.thresholds import LIMITS
from app.kit.audit_words import FIELDS
from app.models import AuditEntry
from tests.support import post, sign_in

from .conftest import Office
from .recipes_of_moderators import MODERATORS
from .recipes_of_organisers import ORGANISERS, SENTENCE
from .recipes_of_the_agenda import AGENDA
from .recipes_of_the_council import COUNCIL
from .recipes_of_the_evening import EVENING
from .recipes_of_the_room import ROOM

STAFF = frozenset({"moderator", "facilitator", "organiser"})
HARMLESS = frozenset(
    {
        "answers.arrange",
        "answers.merge",
        "council_desk.add_element",
        "council_desk.add_milestone",
        "council_desk.add_proposal",
        "council_desk.answer",
        "council_desk.change_element",
        "council_desk.change_proposal",
        "council_desk.conclude",
        "council_desk.correct",
        "council_desk.decide",
        "council_desk.finish",
        "council_desk.hand_in",
        "council_desk.move_element",
        "council_desk.promise",
        "council_desk.reach",
        "council_desk.remove_element",
        "council_desk.remove_milestone",
        "council_desk.take_element",
        "evening_pictures.add",
        "evening_pictures.describe",
        "evening_pictures.move",
        "evening_pictures.remove",
        "friction.add_words",
        "friction.end_level",
        "friction.remove_word",
        "friction.set_level",
        "gatherings.attach",
        "gatherings.detach",
        "gatherings.keep_places",
        "hall.change_group",
        "hall.confirm",
        "hall.remove",
        "hall.remove_waiting",
        "hall.set_doors",
        "integrity_settings.remove_network",
        "integrity_settings.set_thresholds",
        "invitations.remove_domain",
        "invitations.resend",
        "invitations.revoke",
        "moderation.release",
        "moderation.undo",
        "moderation_settings.choose",
        "organiser.handle_message",
        "organiser.reopen_message",
        "organiser.respond",
        "organiser.set_rules",
        "outcomes.finish",
        "outcomes.remove",
        "outcomes.reopen",
        "outcomes.save",
        "paper.count",
        "partners.choose_delegate",
        "rounds.add",
        "rounds.change",
        "rounds.lead",
        "rounds.move",
        "rounds.remove",
        "stands.cancel_plan",
        "stands.seal_workshop",
        "waves.undo",
    }
)
"""Where the same form again is answered as if it were the first time."""
MAKES_ITS_SUBJECT = frozenset(
    {
        "audit_log.export",
        "codes.make",
        "conduct.lift",
        "council_desk.add_element",
        "council_desk.add_milestone",
        "council_desk.add_proposal",
        "council_desk.conclude",
        "council_desk.decide",
        "council_desk.promise",
        "council_desk.take_element",
        "duplicates.merge",
        "duplicates.undo",
        "friction.add_words",
        "friction.end_level",
        "friction.set_level",
        "hall.confirm",
        "hall.remove_waiting",
        "integrity.propose",
        "integrity_settings.add_network",
        "integrity_settings.set_thresholds",
        "invitations.add_domain",
        "invitations.invite",
        "moderation.decide_together",
        "moderation.keep",
        "moderation.next_",
        "moderation.undo",
        "moderation.undo_together",
        "moderation_settings.choose",
        "organiser.set_rules",
        "outcomes.keep",
        "outcomes.remove",
        "outcomes.save",
        "partners.choose_delegate",
        "rounds.add",
        "stands.plan",
        "stands.seal",
        "stands.seal_workshop",
        "waves.clean",
        "waves.undo",
    }
)
"""Where the line is about something that the address does not name."""
ANSWERS = {
    "audit_log.export": 200,
    "codes.make": 200,
    "gatherings.take_list": 200,
    "outcomes.keep": 200,
    "stands.audit_file": 200,
}
"""What is answered with something else than the way to another page: the file itself, or what a script asked for."""
AGAIN = {
    "audit_log.export": 200,
    "conduct.add_note": 303,
    "conduct.impose": 303,
    "conduct.lift": 403,
    "conduct.put_back": 403,
    "conduct.sweep": 403,
    "curating.detach": 400,
    "curating.mask_argument": 400,
    "curating.mask_idea": 400,
    "gatherings.take_list": 200,
    "hall.renew_code": 303,
    "invitations.invite": 400,
    "moderation.claim": 303,
    "moderation.next_": 303,
    "moderation.note": 303,
    "moderation.undo_together": 404,
    "outcomes.keep": 200,
    "practices.keep": 403,
    "practices.take_out": 403,
    "stands.audit_file": 200,
    "waves.clean": 403,
}
"""What the same form again is answered with, where it is neither harmless nor overtaken."""
TWICE = frozenset(
    {
        "audit_log.export",
        "conduct.add_note",
        "gatherings.take_list",
        "hall.renew_code",
        "moderation.claim",
        "moderation.next_",
        "moderation.note",
        "stands.audit_file",
    }
)
"""Where the same form again is a second action: another file, note or measure, a quarter of an hour more."""
SAYS_ONLY_THAT = frozenset(
    {
        "conduct.add_note",
        "hall.renew_code",
        "moderation.claim",
        "moderation.next_",
        "moderation.note",
        "moderation.read",
        "moderation.read_argument",
        "moderation.release",
    }
)
"""Where nothing changes that the log may hold: what a note says stays out of it."""
RECIPES = {**MODERATORS, **ORGANISERS, **COUNCIL, **AGENDA, **ROOM, **EVENING}


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
    made, everything = RECIPES[endpoint](office), office.everything
    data = made.pop("data")
    with office.app.test_request_context():
        address = office.app.url_for(endpoint, **made)
    sign_in(client, everything)
    post(client, address, ANSWERS.get(endpoint, 303), **unread(data))
    (line,) = office.all(AuditEntry)
    assert line.actor_id == everything
    assert line.subject_id in made.values() or endpoint in MAKES_ITS_SUBJECT
    assert line.before != line.after or endpoint in SAYS_ONLY_THAT
    assert {name.partition("@")[0] for name in {**line.before, **line.after}} <= {*FIELDS, *LIMITS}, (
        "no words"
    )
    if any(str(name).endswith(("sentence", "reason")) for name in data):
        assert line.why == SENTENCE
    # Sending the same form again is refused, or changes nothing; either way it leaves no line.
    again = 303 if endpoint in HARMLESS or endpoint.startswith("workshop.") else 409
    post(client, address, AGAIN.get(endpoint, again), **unread(data))
    assert len(office.all(AuditEntry)) == (2 if endpoint in TWICE else 1)
