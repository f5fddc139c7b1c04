"""Reports on every text, by people with and without account; once each; who reported hears what came of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit import proof
from app.models import Idea, MailMessage, Practice, QueueItem, Report
from app.models.moderation import ReportOutcome
from app.models.practice import PracticeState
from app.policies.conduct import MOST_WITHOUT_ACCOUNT
from app.records import reports
from app.records.decisions import UNDO
from tests import factories
from tests.support import Page, look_at, sign_in, visit
from tests.support.proofs import solved

from .conftest import Room
from .test_races import at_once

SENTENCE = "We hebben de tekst gelezen en naar de spelregels gekeken."


def a_practice(room: Room) -> tuple[int, str]:
    with room.app.app_context():
        practice = factories.a_practice(factories.a_process(), title="Slimme banken in Gent")
        db.session.commit()
        return practice.id, practice.slug


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that is quickly found; how much work it is has tests of its own."""
    monkeypatch.setattr(proof, "ZEROS", dict.fromkeys((1, 2, 3), 4))


def without_account(page: Page, **fields: str) -> TestResponse:
    """Fill the form in as somebody whom nobody knows, whose browser did its work."""
    return page.submit("main form", {"reason": "insult", "how": "without", **fields, **solved(page.html)})


def every_text(room: Room) -> dict[str, tuple[str, int]]:
    """The address to report each kind of text, and its number."""
    idea = room.idea(IdeaState.PUBLISHED)
    merged = room.idea(IdeaState.MERGED, title="Een samengevoegd idee", merged_into_id=idea)
    argument = room.argument(idea)
    reply = room.argument(idea, parent_id=argument, body="Daar ben ik het dus helemaal niet mee eens.")
    practice, _slug = a_practice(room)
    return {
        "idea": (f"/ideeen/{idea}/melden", idea),
        "merged": (f"/ideeen/{merged}/melden", merged),
        "argument": (f"/argumenten/{argument}/melden", argument),
        "reply": (f"/argumenten/{reply}/melden", reply),
        "practice": (f"/praktijk/{practice}/melden", practice),
    }


def test_every_text_can_be_reported_with_and_without_account(room: Room, client: FlaskClient) -> None:
    texts = every_text(room)
    stranger = room.app.test_client()
    for address, _number in texts.values():
        page = visit(stranger, address)
        answer = without_account(page, explanation="Kijk hier eens naar.")
        assert answer.status_code == 303
        assert (
            "Bedankt voor je melding." in stranger.get(answer.headers["Location"], follow_redirects=True).text
        )
    sign_in(client, room.reader)
    for address, _number in texts.values():
        assert visit(client, address).submit("main form", reason="insult").status_code == 303
    with room.app.app_context():
        items = dict(db.session.execute(select(QueueItem.key, QueueItem.is_live)).all())
    assert items == {
        f"report:idea:{texts['idea'][1]}": True,
        f"report:idea:{texts['merged'][1]}": True,
        f"report:argument:{texts['argument'][1]}": True,
        f"report:argument:{texts['reply'][1]}": True,
        f"report:practice:{texts['practice'][1]}": True,
    }, "the reports on one text are one item"
    made = Counter((row.idea_id, row.argument_id, row.practice_id) for row in room.all(Report))
    assert set(made.values()) == {2}
    assert len(made) == 5


def test_a_practice_is_reported_from_its_page(room: Room, client: FlaskClient) -> None:
    number, slug = a_practice(room)
    page = visit(client, f"/praktijk/{slug}").follow(".report-link")
    answer = without_account(page, reason="advertising")
    assert answer.headers["Location"] == f"/praktijk/{slug}"
    assert [row.practice_id for row in room.all(Report)] == [number]


@pytest.mark.one_database
@pytest.mark.parametrize("email", ["geen adres", "a@", "x" * 300 + "@voorbeeld.example"])
def test_an_address_is_checked_and_not_asked_for(room: Room, client: FlaskClient, email: str) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    page = visit(client, f"/ideeen/{idea}/melden")
    answer = without_account(page, explanation="Kijk eens.", email=email)
    assert answer.status_code == 400
    again = look_at(client, answer)
    assert "Schrijf je e-mailadres zoals naam@voorbeeld.nl" in again.one("[data-error-summary]").get_text()
    assert again.one("#explanation").get_text().strip() == "Kijk eens."
    assert room.all(Report) == []
    assert again.one("[name=proof_answer]")["value"], "the work that was done is still good"
    assert without_account(again, email="").status_code == 303


def test_one_press_after_the_other_is_one_report(room: Room, client: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    address = f"/ideeen/{idea}/melden"
    for _press in range(2):
        answer = without_account(visit(client, address), email="buur@voorbeeld.example")
        # Whoever fills in the address of somebody else does not learn whether they reported the text.
        assert "We mailen je" in visit(client, answer.headers["Location"]).text
    sign_in(client, room.reader)
    at = [(room.reader, address, {"reason": "insult"})] * 4
    assert [status for status, _page in at_once(room, *at)] == [303] * 4
    assert Counter(row.reporter_id for row in room.all(Report)) == {None: 1, room.reader: 1}


def test_without_account_a_browser_works_for_it(room: Room, client: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    address = f"/ideeen/{idea}/melden"
    page = visit(client, address)
    work = solved(page.html)
    given = {"reason": "insult", "explanation": "Mijn eigen woorden.", "how": "without"}
    with room.app.app_context():
        other = proof.challenge("contact", 1, datetime.now(UTC)).token
    for wrong in (
        {},
        {"proof_answer": "1,2,3,4,5,6,7,8"},
        {"proof_token": work["proof_token"][:-1] + "x", "proof_answer": work["proof_answer"]},
        {"proof_token": other},
    ):
        answer = page.submit("main form", {**given, **wrong})
        assert answer.status_code == 429, wrong
        again = look_at(client, answer)
        assert "geen programma" in again.text
        assert again.one("#explanation").get_text().strip() == "Mijn eigen woorden."
    assert room.all(Report) == room.all(QueueItem) == []
    assert page.submit("main form", {**given, **work}).status_code == 303
    assert [row.explanation for row in room.all(Report)] == ["Mijn eigen woorden."]
    spent = page.submit("main form", {**given, **work})
    assert spent.status_code == 429
    assert "Dit formulier is al eerder verstuurd." in look_at(client, spent).text
    assert len(room.all(Report)) == 1
    # Who chooses to sign in does no work, and who is signed in is asked for none.
    there = visit(room.app.test_client(), address)
    assert there.one("[data-proof]")["data-only"] == "without"
    assert "/inloggen" in there.submit("main form", reason="insult", how="sign_in").location
    signed = visit(sign_in(client, room.reader), address)
    assert not signed.all("[data-proof]")
    assert signed.submit("main form", reason="insult").status_code == 303


@pytest.mark.one_database
def test_strangers_do_not_flood_one_text(room: Room, client: FlaskClient) -> None:
    idea, other = room.idea(IdeaState.PUBLISHED), room.idea(IdeaState.PUBLISHED, title="Een ander idee hier")
    with room.app.app_context():
        db.session.add_all(
            Report(
                idea_id=idea,
                reason="other",
                explanation="x",
                email=f"buur{number}@voorbeeld.example",
                created_at=datetime.now(UTC),
            )
            for number in range(MOST_WITHOUT_ACCOUNT)
        )
        db.session.commit()
    page = visit(client, f"/ideeen/{idea}/melden")
    answer = without_account(page, explanation="Mijn eigen woorden.")
    assert answer.status_code == 403
    known = without_account(visit(client, f"/ideeen/{idea}/melden"), email="buur1@voorbeeld.example")
    assert known.status_code == 403, "whose address is known hears the same as everybody"
    said = look_at(client, answer)
    assert "Veel mensen hebben deze tekst al gemeld." in said.text
    assert said.one("#kept-text").get_text().strip() == "Mijn eigen woorden."
    assert len(room.all(Report)) == MOST_WITHOUT_ACCOUNT
    # Somebody with an account, and another text, are not kept from it.
    elsewhere = visit(client, f"/ideeen/{other}/melden")
    assert without_account(elsewhere).status_code == 303
    sign_in(client, room.reader)
    assert visit(client, f"/ideeen/{idea}/melden").submit("main form", reason="insult").status_code == 303
    assert len(room.all(Report)) == MOST_WITHOUT_ACCOUNT + 2


def decide(room: Room, idea: int, verb: str, **fields: Any) -> None:
    desk = sign_in(room.app.test_client(), room.moderator)
    answer = visit(desk, f"/moderatie/ideeen/{idea}").submit(f"main form[action$='/{verb}']", **fields)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("verb", "fields", "outcome", "sentence"),
    [
        ("laten-staan", {"keep-sentence": SENTENCE}, ReportOutcome.KEPT, "De tekst blijft staan."),
        (
            "verbergen",
            {"hide-sentence": SENTENCE, "hide-reason": "insult"},
            ReportOutcome.RIGHT,
            "de tekst verborgen",
        ),
    ],
)
def test_everybody_hears_what_came_of_it_and_a_strangers_address_goes(
    room: Room, client: FlaskClient, verb: str, fields: dict[str, Any], outcome: ReportOutcome, sentence: str
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    without_account(visit(client, f"/en/ideeen/{idea}/melden"), email="Buur@Voorbeeld.example")
    without_account(visit(room.app.test_client(), f"/ideeen/{idea}/melden"))
    room.report(idea=idea)
    decide(room, idea, verb, **fields)
    made = room.all(Report)
    assert {row.outcome for row in made} == {outcome}
    assert all(row.handled_at for row in made)
    letters = {row.recipient: row for row in room.all(MailMessage) if row.kind == "report_handled"}
    assert set(letters) == {"buur@voorbeeld.example", "rik@voorbeeld.example"}
    assert sentence in letters["rik@voorbeeld.example"].text
    assert letters["buur@voorbeeld.example"].subject.startswith("We looked at your report")
    reader = visit(sign_in(room.app.test_client(), room.reader), "/mijn/berichten")
    assert "We hebben naar je melding gekeken" in reader.text
    with room.app.app_context():
        assert not any(item.closed_at is None for item in db.session.scalars(select(QueueItem)))
        # As long as the decision can be undone the address stays, or nobody could be told of the next one.
        reports.forget_addresses(made[0].handled_at + UNDO - timedelta(seconds=1))
        assert sorted(db.session.scalars(select(Report.email)))[-1] == "buur@voorbeeld.example"
        assert reports.forget_addresses(made[0].handled_at + UNDO) == 1
        assert set(db.session.scalars(select(Report.email))) == {""}
        db.session.rollback()


def test_undoing_opens_the_reports_again(room: Room) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    room.report(idea=idea)
    decide(room, idea, "laten-staan", **{"keep-sentence": SENTENCE})
    at = room.all(Report)[0].handled_at
    with room.app.app_context():
        text = db.session.get_one(Idea, idea)
        assert len(reports.reopen(reports.about(text), at)) == 1
        db.session.commit()
    (report,) = room.all(Report)
    assert (report.handled_at, report.outcome) == (None, None)


def test_an_author_who_takes_the_text_back_makes_nobody_wrong(room: Room) -> None:
    idea = room.idea(IdeaState.WITHDRAWN)
    room.report(idea=idea)
    decide(room, idea, "laten-staan", **{"keep-sentence": SENTENCE})
    (report,) = room.all(Report)
    assert report.handled_at is not None
    assert report.outcome is None


@pytest.mark.one_database
def test_what_is_not_on_the_site_cannot_be_reported(room: Room, client: FlaskClient) -> None:
    number, slug = a_practice(room)
    with room.app.app_context():
        db.session.get_one(Practice, number).state = PracticeState.REFUSED
        db.session.commit()
    for address in (f"/praktijk/{number}/melden", "/praktijk/4711/melden"):
        assert client.get(address).status_code == 404
        assert client.post(address, data={"reason": "insult", "how": "without"}).status_code == 404
    assert room.all(Report) == []
    assert slug


def test_moderators_see_how_earlier_reports_turned_out(room: Room, desk: FlaskClient) -> None:
    poor = room.person(name="Piet Melder")
    ideas = [room.idea(IdeaState.PUBLISHED, title=f"Idee nummer {n} dat gemeld is") for n in range(10)]
    for place, idea in enumerate(ideas[:9]):
        number = room.report(idea=idea, by=poor, handled=True)
        with room.app.app_context():
            outcome = ReportOutcome.RIGHT if place == 0 else ReportOutcome.KEPT
            db.session.get_one(Report, number).outcome = outcome
            db.session.commit()
    room.report(idea=ideas[9], by=poor)
    room.report(idea=ideas[9], by=room.reader)
    page = visit(desk, f"/moderatie/ideeen/{ideas[9]}")
    assert page.texts(".record") == [
        "8 van 9 eerdere meldingen bleken onterecht",
        "Nog geen eerdere meldingen beoordeeld",
    ]
    listed = visit(desk, "/moderatie/melders")
    assert listed.texts(".people__name") == ["Piet Melder"]
    assert listed.texts(".people__item .meta li") == ["10 meldingen", "1 terecht", "8 onterecht"]
    person = listed.follow(".people__item a[href*='reden=']")
    assert person.one("#measure-kind input[value=warn]").has_attr("checked")
    assert person.one("#measure-reason input[value=false_reports]").has_attr("checked")
