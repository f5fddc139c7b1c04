"""A sweep undone from the list of decisions: all of it in one step, with the block, and by whom."""

import re

import pytest

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import AuditEntry, Idea, MailMessage, ModerationDecision, Person, QueueItem, Report, Sanction
from app.models.person import Role
from app.models.queue import QueueKind
from tests import factories
from tests.support import look_at, post, visit

from .test_appealing import SWEEP, come_in, written
from .test_measures import Cast, cast

__all__ = ["cast"]


def swept(cast: Cast) -> tuple[int, int, int]:
    """Everything of the person taken off the site, and the person blocked: an idea, a waiting one, a report."""
    shown, argument = written(cast)
    with cast.app.app_context():
        other = db.session.get_one(Idea, cast.idea)
        person = db.session.get_one(Person, cast.person)
        waits = factories.an_idea(other.call, person, state=IdeaState.SUBMITTED).id
        reporter = factories.a_person(Role.MODERATOR, name="Meldt")
        idea = db.session.get_one(Idea, shown)
        report = factories.a_report(idea, reporter).id
        db.session.commit()
    page = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}")
    assert page.submit("form[action$='/opruimen']", SWEEP).status_code == 303
    assert argument
    return shown, waits, report


def test_the_strip_puts_all_of_it_back(cast: Cast) -> None:
    shown, waits, report = swept(cast)
    before = cast.get(Idea, cast.idea).argument_count
    desk = cast.client(cast.moderator)
    listed = visit(desk, "/moderatie/besluiten")
    assert len(listed.all("form[action*='/ongedaan']")) == 1, "one button for the whole step"
    strip = visit(desk, "/moderatie")
    assert "3 teksten in één keer" in strip.one(".undo").get_text()
    assert strip.submit(".undo form").status_code == 303
    assert [cast.get(Idea, number).state for number in (shown, waits)] == [
        IdeaState.PUBLISHED,
        IdeaState.SUBMITTED,
    ]
    assert cast.get(Idea, cast.idea).argument_count == before + 1
    assert cast.get(Report, report).handled_at is None
    assert {row.kind for row in cast.all(QueueItem) if row.closed_at is None} == {
        QueueKind.IDEA,
        QueueKind.REPORT,
    }
    assert all(row.undone_by_id == cast.moderator for row in cast.all(ModerationDecision))
    assert cast.all(Sanction)[0].lifted_by_id == cast.moderator
    kinds = [row.kind for row in cast.all(MailMessage)]
    assert kinds == ["sanction", "sanction_lifted"], "who heard of the block hears that it is over"
    told = re.search(r"\n\n\n\n", cast.all(MailMessage)[-1].text)
    assert told is None, "no empty place where no sentence is"
    line = cast.all(AuditEntry)[-1]
    assert (line.action, line.after["hidden"], line.after["refused"], line.after["blocked"]) == (
        "moderation.undo_sweep",
        2,
        1,
        1,
    )
    assert come_in(cast) == 303
    assert (
        "De moderatoren hebben dit opgeheven op"
        in visit(cast.app.test_client(), f"/maatregel/{cast.token(cast.all(Sanction)[0].id)}").text
    )
    batch = cast.all(ModerationDecision)[0].batch
    late = look_at(desk, desk.get(post(desk, f"/moderatie/samen/{batch}/ongedaan").location))
    assert "Dit is al teruggezet." in late.text


@pytest.mark.one_database
def test_no_text_of_a_step_goes_back_alone_or_by_who_reported_it(cast: Cast) -> None:
    shown, _waits, _report = swept(cast)
    decision = next(row for row in cast.all(ModerationDecision) if row.idea_id == shown)
    desk = cast.client(cast.moderator)
    alone = look_at(desk, desk.get(post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan").location))
    assert "Maak die stap in zijn geheel ongedaan." in alone.text
    with cast.app.app_context():
        report = db.session.get_one(Report, _report)
        reporter = report.reporter_id
    other = cast.client(reporter or 0)
    no = look_at(other, other.get(post(other, f"/moderatie/samen/{decision.batch}/ongedaan").location))
    assert "zelf gemeld" in no.text
    assert cast.get(Idea, shown).state == IdeaState.HIDDEN
    post(desk, "/moderatie/samen/sweep-bestaat-niet/ongedaan", 404)
    post(cast.client(cast.facilitator), f"/moderatie/samen/{decision.batch}/ongedaan", 403)
    assert cast.get(Idea, shown).state == IdeaState.HIDDEN
