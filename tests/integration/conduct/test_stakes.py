"""Who may not decide on one text of somebody may not take all of them off the site at once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import AuditEntry, Idea, Person, Report, Sanction
from app.models.argument import Argument
from app.models.contribution import Channel, IdeaOrigin
from app.models.moderation import ReportReason
from tests import factories
from tests.support import post, visit

from .test_appealing import SWEEP, written
from .test_measures import Cast, cast

__all__ = ["cast"]


def of_an_idea(cast: Cast) -> None:
    shown, _argument = written(cast)
    with cast.app.app_context():
        moderator = db.session.get_one(Person, cast.moderator)
        factories.a_report(db.session.get_one(Idea, shown), moderator)
        db.session.commit()


def of_an_argument(cast: Cast) -> None:
    _shown, argument = written(cast)
    with cast.app.app_context():
        moderator = db.session.get_one(Person, cast.moderator)
        factories.a_report(db.session.get_one(Argument, argument), moderator)
        db.session.commit()


def of_a_practice(cast: Cast) -> None:
    with cast.app.app_context():
        idea = db.session.get_one(Idea, cast.idea)
        practice = factories.a_suggestion(idea.call.process, db.session.get_one(Person, cast.person))
        reported = {"reporter_id": cast.moderator, "reason": ReportReason.INSULT, "explanation": "Gemeen."}
        db.session.add(Report(practice_id=practice.id, created_at=datetime.now(UTC), **reported))
        db.session.commit()


def for_somebody_else(cast: Cast) -> None:
    shown, _argument = written(cast)
    with cast.app.app_context():
        posted = {"channel": Channel.PAPER, "posted_by_id": cast.moderator, "posted_at": datetime.now(UTC)}
        db.session.add(IdeaOrigin(idea_id=shown, **posted))
        db.session.commit()


@pytest.mark.parametrize("stake", [of_an_idea, of_an_argument, of_a_practice, for_somebody_else])
def test_nobody_takes_all_away_of_whom_they_reported_or_posted_for(
    cast: Cast, stake: Callable[[Cast], None]
) -> None:
    stake(cast)
    address = f"/moderatie/mensen/{cast.person}"
    desk = cast.client(cast.moderator)
    page = visit(desk, address)
    assert "Een andere moderator haalt alles van de site." in page.text
    assert not page.all("form[action$='/opruimen']")
    assert page.all("form[action$='/maatregel']"), "warning and blocking decides on no text"
    assert "Een andere moderator haalt alles" in post(desk, f"{address}/opruimen", 403, **SWEEP).text
    assert {row.state for row in cast.all(Idea)} == {IdeaState.PUBLISHED}
    assert [row.handled_at for row in cast.all(Report) if row.handled_at] == []
    assert (cast.all(Sanction), cast.all(AuditEntry)) == ([], []), "no block came along either"
    other = visit(cast.client(cast.organiser), address)
    assert other.submit("form[action$='/opruimen']", SWEEP).status_code == 303
    assert {row.state for row in cast.all(Idea) if row.author_id == cast.person} <= {IdeaState.HIDDEN}
    assert len(cast.all(Sanction)) == 1


def test_a_report_that_was_answered_is_no_stake_any_more(cast: Cast) -> None:
    of_an_idea(cast)
    with cast.app.app_context():
        [report] = db.session.query(Report).all()
        report.handled_at = datetime.now(UTC)
        db.session.commit()
    page = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}")
    assert page.submit("form[action$='/opruimen']", SWEEP).status_code == 303
