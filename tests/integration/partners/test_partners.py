"""Partners: verified organisations, the conversations with them, their delegate and their ideas."""

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models import OrganisationTalk
from app.models.person import TalkState
from tests import factories
from tests.support import visit

NOW = datetime.now(UTC)


def test_those_spoken_to_come_first_and_unverified_ones_stay_away(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process()
        planned = factories.an_organisation(name="Aankomend", verified_at=NOW)
        held = factories.an_organisation(name="Zojuist gesproken", verified_at=NOW)
        factories.an_organisation(name="Niet nagegaan")
        for organisation, state in ((planned, TalkState.PLANNED), (held, TalkState.HELD)):
            db.session.add(
                OrganisationTalk(organisation_id=organisation.id, process_id=process.id, state=state)
            )
        db.session.commit()
    page = visit(client, "/partners", max_queries=2)
    assert page.texts("main h2") == ["Zojuist gesproken", "Aankomend"]
    assert "Gesprek gevoerd" in page.text
    assert "Gesprek gepland" in page.text


def test_a_partner_shows_its_delegate_conversation_and_published_ideas(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        process = factories.a_process(title="Visie")
        organisation = factories.an_organisation(slug="zuyd", verified_at=NOW)
        delegate = factories.a_person(
            name="Dina", group=Group.PARTNER, organisation_id=organisation.id, is_delegate=True
        )
        talk = OrganisationTalk(
            organisation_id=organisation.id,
            process_id=process.id,
            state=TalkState.HELD,
            held_at=NOW,
            outcome="Studenten willen meedoen.",
        )
        db.session.add(talk)
        call = factories.a_call(process)
        factories.an_idea(call, delegate, title="Een lab in de wijk")
        factories.an_idea(call, delegate, title="Nog in de la gebleven", state=IdeaState.DRAFT)
        db.session.commit()
    page = visit(client, "/partners/zuyd")
    assert "Dina spreekt en stemt namens deze organisatie." in page.text
    assert "Studenten willen meedoen." in page.text
    assert "Een lab in de wijk" in page.text
    assert "Nog in de la" not in page.html
