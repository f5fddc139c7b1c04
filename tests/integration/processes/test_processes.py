"""Process pages: question, phases as a timeline, activities with open dates, numbers, focus and decisions."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.models import CouncilDecision, FocusElement, Outcome, ProgrammePart
from app.models.council import CouncilResult
from app.models.process import ActivityKind, Audience, ProcessState
from app.records import standings
from tests import factories
from tests.support import visit

NOW = datetime.now(UTC)


def test_a_process_shows_its_calls_phases_and_what_is_possible(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(
            slug="visie", aims=[{"title": "Leefbaarheid", "text": "Voor wie hier woont."}]
        )
        call = factories.a_call(process, open_now=False, title="Hoofdoproep")
        factories.a_phase(
            call, name="Stemmen maar", starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=9)
        )
        factories.a_phase(
            call,
            name="Afronden",
            starts_at=NOW + timedelta(days=9),
            ends_at=NOW + timedelta(days=20),
            may_submit=False,
            may_argue=False,
            may_vote=False,
        )
        factories.a_call(process, title="Voor de raad", audience=Audience.COUNCIL)
        db.session.commit()
    page = visit(client, "/trajecten/visie", max_queries=10)
    assert page.texts(".timeline__step--now .timeline__title")[0] == "Stemmen maar"
    assert "Afronden" in page.texts(".timeline__step--next .timeline__title")
    assert "Ideeën insturen, meepraten en stemmen" in page.text
    assert "Alleen lezen" in page.text
    assert "Nog 8 dagen" in page.text
    assert "Voor raadsleden" in page.text
    assert "Leefbaarheid" in page.text


def test_numbers_follow_the_votes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(slug="visie")
        call = factories.a_call(process)
        first, second = factories.an_idea(call), factories.an_idea(call)
        voter = factories.a_vote(first)
        factories.a_vote(second, voter)
        factories.a_vote(second)
        db.session.commit()
        standings.refresh(call.id, NOW)
    page = visit(client, "/trajecten/visie")
    assert page.texts(".stat") == ["2 ideeën", "2 mensen stemden", "3 stemmen"]


def test_an_open_date_is_said_in_words_everywhere(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(slug="visie")
        number = factories.an_activity(
            process, kind=ActivityKind.WORKSHOP, title="Werkavond", date_text="tweede kwartaal"
        ).id
        factories.an_activity(process, title="Zonder enige datum")
        db.session.commit()
    for path in ("/trajecten/visie", f"/activiteiten/{number}"):
        assert "Datum nog te bepalen: tweede kwartaal" in visit(client, path).text
    assert "Datum nog te bepalen" in visit(client, "/trajecten/visie").text


def test_an_activity_has_its_programme_findings_and_outcomes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        workshop = factories.a_workshop(call)
        workshop.activity.findings = "De zaal wil beginnen met de bussen."
        part = ProgrammePart(
            activity_id=workshop.activity_id,
            position=1,
            title="Wat is slim?",
            minutes=20,
            text="Een korte uitleg.",
            link_label="De dia's",
            link_url="https://www.maastricht.nl",
        )
        theme = factories.a_theme(call.process, title="Verkeer")
        outcome = Outcome(
            workshop_id=workshop.id, theme_id=theme.id, conclusion="We beginnen klein.", recorded_at=NOW
        )
        db.session.add_all([part, outcome])
        db.session.commit()
        path, agenda = f"/activiteiten/{workshop.activity_id}", f"/werkateliers/{workshop.id}"
    page = visit(client, path)
    for words in (
        "Wat is slim?",
        "20 minuten",
        "De dia's",
        "De zaal wil beginnen",
        "Verkeer",
        "We beginnen klein.",
    ):
        assert words in page.text, words
    assert agenda in page.links()


def test_a_closed_process_stays_readable_with_its_decision(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(slug="toen", state=ProcessState.CLOSED)
        factories.a_call(process)
        factories.an_activity(process, title="Nooit een datum gekregen")
        decision = CouncilDecision(
            process_id=process.id,
            title="Visie vastgesteld",
            text="De raad nam de visie aan.",
            result=CouncilResult.AMENDED,
            decided_at=NOW,
            document_url="https://raad.voorbeeld.example/1",
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(FocusElement(process_id=process.id, decision_id=decision.id, title="Eerst de buurt"))
        db.session.commit()
    page = visit(client, "/trajecten/toen")
    for words in (
        "Dit traject is gesloten",
        "Eerst de buurt",
        "Visie vastgesteld",
        "Aangenomen met wijzigingen",
    ):
        assert words in page.text, words
    assert not page.all(".timeline__step--next")
    assert "Deel je idee" not in page.text


def test_the_list_puts_open_processes_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_process(title="Oud en dicht", state=ProcessState.CLOSED)
        factories.a_process(title="Nu open", starts_at=NOW - timedelta(days=900))
        db.session.commit()
    assert visit(client, "/trajecten").texts("main h2") == ["Nu open", "Oud en dicht"]


def test_themes_count_their_published_ideas_and_show_their_place(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        theme = factories.a_theme(call.process, title="Groen in de straat")
        for _ in range(2):
            idea = factories.an_idea(call, themes=[theme], title="Een boom erbij graag")
            for _ in range(6):
                factories.a_vote(idea)
        db.session.commit()
        number = theme.id
        standings.refresh(call.id, NOW)
    assert "2 ideeën" in visit(client, "/themas", max_queries=4).text
    page = visit(client, f"/themas/{number}", max_queries=4)
    assert "Plaats 1 van 1 thema's" in page.text
    assert "12 voorstanders" in page.text
    assert "Een boom erbij graag" in page.text


@pytest.mark.one_database
def test_english_pages_speak_english(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_call(factories.a_process(slug="visie"))
        db.session.commit()
    page = visit(client, "/en/trajecten/visie")
    assert "Calls" in page.texts("main h2")
    assert all(link.startswith(("/en", "#", "http", "mailto:")) for link in page.links("main a"))
