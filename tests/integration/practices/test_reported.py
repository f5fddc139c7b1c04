"""A reported example: moderators leave it in the library or take it out, and everybody hears of it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.models import MailMessage, ModerationDecision, Practice, PracticeSuggestion, QueueItem, Report
from app.models.moderation import ModerationVerb, ReportOutcome, ReportReason
from app.models.person import Role
from app.models.practice import PracticeState
from app.models.queue import QueueKind
from app.records import queue
from tests import factories
from tests.support import look_at, post, sign_in, visit

SENTENCE = "De link gaat naar een winkel en niet naar de gemeente."


@pytest.fixture
def reported(app: Flask) -> dict[str, int]:
    """A practice that a resident suggested, reported by somebody and by a stranger."""
    with app.app_context():
        process = factories.a_process()
        author, reader = factories.a_person(name="Vera"), factories.a_person(email="rik@voorbeeld.example")
        practice = factories.a_practice(process, title="Slimme banken in Gent")
        now = factories.NOW
        db.session.add(PracticeSuggestion(practice_id=practice.id, person_id=author.id, suggested_at=now))
        for person, email in ((reader.id, ""), (None, "buur@voorbeeld.example")):
            db.session.add(
                Report(
                    practice_id=practice.id,
                    reporter_id=person,
                    email=email,
                    reason=ReportReason.ADVERTISING,
                    explanation="Kijk naar de link.",
                    created_at=now,
                )
            )
        queue.put(QueueKind.REPORT, practice, now, is_live=True)
        both = Role.MODERATOR, Role.ORGANISER
        numbers = {
            "practice": practice.id,
            "author": author.id,
            "reader": reader.id,
            "moderator": factories.a_person(Role.MODERATOR).id,
            "other": factories.a_person(*both).id,
        }
        db.session.commit()
    return numbers


def everything(app: Flask, table: Any) -> list[Any]:
    with app.app_context():
        rows = list(db.session.scalars(select(table).order_by(table.id)))
        db.session.expunge_all()
        return rows


@pytest.mark.parametrize("verb", ["laten-staan", "weghalen"])
def test_a_moderator_decides_and_everybody_hears(
    app: Flask, client: FlaskClient, reported: dict[str, int], verb: str
) -> None:
    stays = verb == "laten-staan"
    page = visit(
        sign_in(client, reported["moderator"]), f"/moderatie/praktijken/{reported['practice']}/meldingen"
    )
    assert page.texts(".reports__title") == ["2 open meldingen"]
    given = {"keep-sentence": SENTENCE} if stays else {"out-sentence": SENTENCE, "out-reason": "advertising"}
    assert page.submit(f"form[action$='/{verb}']", given).status_code == 303
    (practice,) = everything(app, Practice)
    assert practice.state == (PracticeState.PUBLISHED if stays else PracticeState.REFUSED)
    outcome = ReportOutcome.KEPT if stays else ReportOutcome.RIGHT
    assert [row.outcome for row in everything(app, Report)] == [outcome] * 2
    assert all(item.closed_at for item in everything(app, QueueItem))
    (decision,) = everything(app, ModerationDecision)
    assert (decision.verb, decision.practice_id) == (
        ModerationVerb.KEEP if stays else ModerationVerb.HIDE,
        reported["practice"],
    )
    if not stays:
        (out,) = (mail for mail in everything(app, MailMessage) if mail.kind == "practice_taken_out")
        assert "/mijn/besluiten" in out.text
        assert "(spelregel 6:" in out.text
        assert "Je kunt bezwaar maken tot" in out.text
    letters = {mail.recipient: mail for mail in everything(app, MailMessage)}
    assert {"rik@voorbeeld.example", "buur@voorbeeld.example"} <= set(letters)
    assert len(letters) == (2 if stays else 3)
    assert "Je meldde het voorbeeld" in letters["rik@voorbeeld.example"].text
    late = page.submit(f"form[action$='/{verb}']", given)
    assert late.status_code == 403
    assert "intussen" in look_at(client, late).text
    assert len(everything(app, ModerationDecision)) == 1


@pytest.mark.parametrize("verb", ["laten-staan", "weghalen"])
def test_undone_the_reports_wait_again_and_can_be_answered(
    app: Flask, client: FlaskClient, reported: dict[str, int], verb: str
) -> None:
    with app.app_context():
        db.session.execute(update(Report).where(Report.reporter_id == reported["reader"]).values(
            reporter_id=reported["other"]
        ))  # fmt: skip
        db.session.commit()
    path = f"/moderatie/praktijken/{reported['practice']}/meldingen"
    given = {"keep-sentence": SENTENCE, "out-sentence": SENTENCE, "out-reason": "advertising"}
    page = visit(sign_in(client, reported["moderator"]), path)
    own = "keep-" if verb == "laten-staan" else "out-"
    mine = {name: words for name, words in given.items() if name.startswith(own)}
    assert page.submit(f"form[action$='/{verb}']", mine).status_code == 303
    (decision,) = everything(app, ModerationDecision)
    # Who reported it does not undo what was decided on that report.
    other = sign_in(app.test_client(), reported["other"])
    post(other, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert "Je hebt deze tekst zelf gemeld." in visit(other, "/moderatie/besluiten").text
    assert all(row.handled_at for row in everything(app, Report))
    post(client, f"/moderatie/besluiten/{decision.id}/ongedaan")
    assert [(row.handled_at, row.outcome) for row in everything(app, Report)] == [(None, None)] * 2
    assert [item.closed_at for item in everything(app, QueueItem)] == [None]
    assert everything(app, MailMessage) == []
    again = visit(client, path).submit("form[action$='/laten-staan']", {"keep-sentence": SENTENCE})
    assert again.status_code == 303
    assert [row.outcome for row in everything(app, Report)] == [ReportOutcome.KEPT] * 2
    assert all(item.closed_at for item in everything(app, QueueItem))


def test_a_report_that_was_not_on_the_page_is_not_closed(
    app: Flask, client: FlaskClient, reported: dict[str, int]
) -> None:
    page = visit(
        sign_in(client, reported["moderator"]), f"/moderatie/praktijken/{reported['practice']}/meldingen"
    )
    with app.app_context():
        about = {"practice_id": reported["practice"], "reporter_id": reported["other"]}
        db.session.add(Report(**about, reason=ReportReason.INSULT, created_at=factories.NOW))
        db.session.commit()
    late = page.submit("form[action$='/laten-staan']", {"keep-sentence": SENTENCE})
    assert late.status_code == 409
    again = look_at(client, late)
    assert "Iemand heeft deze tekst gemeld terwijl je ernaar keek." in again.text
    assert SENTENCE in again.text
    assert not any(row.handled_at for row in everything(app, Report))
    assert again.submit("form[action$='/laten-staan']", {"keep-sentence": SENTENCE}).status_code == 303
    assert all(row.handled_at for row in everything(app, Report))


@pytest.mark.one_database
def test_nobody_decides_on_own_texts_or_reports(
    app: Flask, client: FlaskClient, reported: dict[str, int]
) -> None:
    with app.app_context():
        db.session.add(
            Report(
                practice_id=reported["practice"],
                reporter_id=reported["moderator"],
                reason=ReportReason.OTHER,
                explanation="x",
                created_at=factories.NOW,
            )
        )
        db.session.commit()
    path = f"/moderatie/praktijken/{reported['practice']}/meldingen"
    page = visit(sign_in(client, reported["moderator"]), path)
    assert "Je hebt deze tekst zelf gemeld." in page.text
    assert not page.all("main form")
    assert visit(sign_in(client, reported["other"]), path).all("main form")
    assert sign_in(client, reported["reader"]).get(path).status_code == 403
