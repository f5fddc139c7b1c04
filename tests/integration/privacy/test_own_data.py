"""Everything that is kept of somebody, for them to see and to take along, and nothing of anybody else."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Base, db
from app.domain.ballot import Side, VoteValue
from app.domain.lifecycle import IdeaState
from app.features.privacy import queries
from app.models import Follow, HelpfulMark, Idea, Person
from tests import factories
from tests.support import sign_in, visit

SHOWN = {
    "agenda_invitation", "agenda_tick", "appeal", "argument", "attendee", "device_session",
    "duplicate_answer", "duplicate_proposal", "excluded_vote", "follow", "helpful_mark", "idea",
    "merged_vote", "network_trace", "notice", "objection", "person_role", "practice_suggestion",
    "registration", "report", "sanction", "second_factor", "vote", "voting_code",
}  # fmt: skip
NOT_SHOWN = {
    "agenda_version": "work of staff",
    "audit_entry": "work of staff",
    "exclusion": "work of staff; decisions on one's own votes are found by the vote",
    "flagged_word": "work of staff",
    "desk_visit": "work of staff: when a moderator looked at the queue",
    "paper_count": "work of staff: what a facilitator counted on paper",
    "queue_item": "work of staff: the text that waits is shown",
    "idea_origin": "work of staff",
    "integrity_signal": "work of staff",
    "invitation": "who invited whom: the group that follows from it stands in the profile",
    "known_network": "work of staff",
    "merge": "work of staff; what it did to one's votes is shown",
    "moderation_note": "what moderators write to each other; one about a person goes with the account",
    "moderation_decision": "work of staff; decisions on one's own ideas are found by the idea",
    "notice_choice": "stands on the page of messages",
    "official_response": "work of staff",
    "outcome_revision": "work of staff: what a facilitator wrote down for the room",
    "recovery_code": "a secret",
    "signal_vote": "a question that is looked into; a decision about one's votes is told",
    "screen": "work of staff: who pressed the last button of the control desk",
    "seal_plan": "work of staff",
    "status_change": "work of staff",
    "workshop_evening": "work of staff: when a facilitator finished the evening",
    "voted_wish": "stands on the page of messages",
}


def somebody(app: Flask) -> tuple[int, int, int]:
    """A person who did a little of everything, their idea, and another one's idea that they voted on."""
    with app.app_context():
        me, other = factories.a_person(name="Inge Inwoner"), factories.a_person(name="Rob Raadslid")
        call = factories.a_call()
        own = factories.an_idea(call, me, title="Bankjes langs de Maas")
        theirs = factories.an_idea(call, other, title="Een veilige fietsbrug")
        factories.a_vote(theirs, me, VoteValue.AGAINST)
        factories.an_argument(theirs, me, Side.QUESTION, body="Wie gaat die brug straks onderhouden?")
        said = factories.an_argument(own, other, Side.FOR, body="Daar kan mijn moeder even op adem komen.")
        now = factories.NOW
        db.session.add(HelpfulMark(argument_id=said.id, person_id=me.id, marked_at=now))
        db.session.add(Follow(person_id=me.id, idea_id=theirs.id, created_at=now))
        db.session.commit()
        return me.id, own.id, theirs.id


def test_everything_comes_along_and_nothing_of_others(app: Flask, client: FlaskClient) -> None:
    me, own, theirs = somebody(app)
    answer = sign_in(client, me).get("/mijn/gegevens/bestand.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mijn-gegevens.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    kept = json.loads(answer.text)
    assert kept["schema"] == queries.SCHEMA
    assert kept["profile"][0]["name"] == "Inge Inwoner"
    assert [row["title"] for row in kept["ideas"]] == ["Bankjes langs de Maas"]
    assert [(row["idea"], row["value"]) for row in kept["votes"]] == [(theirs, -1)]
    assert [row["text"] for row in kept["arguments"]] == ["Wie gaat die brug straks onderhouden?"]
    assert [row["idea"] for row in kept["helpful"]] == [own]
    assert [row["idea"] for row in kept["follows"]] == ["Een veilige fietsbrug"]
    assert kept["votes"][0]["at"].endswith("Z")
    assert "Rob" not in answer.text


@pytest.mark.parametrize("state", [IdeaState.HIDDEN, IdeaState.SUBMITTED, IdeaState.REFUSED])
def test_what_is_off_the_site_does_not_leave_by_it(app: Flask, client: FlaskClient, state: IdeaState) -> None:
    me, own, theirs = somebody(app)
    with app.app_context():
        factories.a_pair(db.session.get_one(Idea, own), db.session.get_one(Idea, theirs), proposed_by_id=me)
        for number in (own, theirs):
            db.session.get_one(Idea, number).state = state
        db.session.commit()
    sign_in(client, me)
    answer = client.get("/mijn/gegevens/bestand.json")
    kept = json.loads(answer.text)
    assert "fietsbrug" not in answer.text
    assert "adem komen" not in answer.text, "said by somebody else on an idea that nobody can read"
    assert [(row["idea"], row["title"]) for row in kept["votes"]] == [(theirs, None)]
    assert [(row["idea"], row["other"]) for row in kept["same_ideas"]] == [("Bankjes langs de Maas", None)]
    for path in ("/mijn/gegevens", "/mijn/gegevens/bestand.html", "/mijn/volgend"):
        assert "fietsbrug" not in client.get(path).text, path


def test_people_read_the_same_on_the_page_and_in_a_file_of_its_own(app: Flask, client: FlaskClient) -> None:
    me, _own, _theirs = somebody(app)
    with app.test_request_context():
        kinds = sum(1 for _ in queries.questions(db.session.get_one(Person, me)))
    page = visit(sign_in(client, me), "/mijn/gegevens", max_queries=kinds + 1)
    answer = client.get("/mijn/gegevens/bestand.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for text in (page.text, answer.text):
        assert "Bankjes langs de Maas" in text
        assert "Wie gaat die brug straks onderhouden?" in text
        assert "Vraag" in text, "a word, and not the value in the database"
        assert "Elke dag, in de ochtend" in text
        assert "Rob Raadslid" not in text
    assert "<script" not in answer.text
    assert "/static/" not in answer.text
    assert "href" not in answer.text


def test_no_table_with_people_in_it_is_forgotten() -> None:
    """A new table that points at people is shown to them, or stands among those that need not be."""
    people = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == Person.__tablename__
    }
    assert people - SHOWN - set(NOT_SHOWN) == set()
    assert (SHOWN | set(NOT_SHOWN)) - people == set()
