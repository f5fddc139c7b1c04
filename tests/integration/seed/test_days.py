"""The days of the demo: where themes stood is computed from its votes, up to the standing of today."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.kit.moments import day_of
from app.models import Call, Idea, Standing, StandingDay, Vote
from app.records import history, standings

TODAY = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.one_database


@pytest.fixture
def seeded(app: Flask) -> Iterator[Flask]:
    """A site on which `flask seed` ran on a fixed day."""
    with time_machine.travel(TODAY, tick=False):
        result = app.test_cli_runner().invoke(args=["seed"])
        assert result.exit_code == 0, result.output
        yield app


def test_the_days_follow_from_the_votes_and_end_in_the_standing_of_today(seeded: Flask) -> None:
    with seeded.app_context():
        main = db.session.scalars(select(Call).where(Call.slug.startswith("waar-moet"))).one()
        first = db.session.scalar(
            select(func.min(Vote.cast_at)).join(Idea, Idea.id == Vote.idea_id).where(Idea.call_id == main.id)
        )
        assert first is not None
        days = db.session.scalars(
            select(StandingDay.day).where(StandingDay.call_id == main.id).distinct().order_by(StandingDay.day)
        ).all()
        yesterday = day_of(TODAY) - timedelta(days=1)
        assert list(days) == [
            day_of(first) + timedelta(days=number) for number in range((yesterday - day_of(first)).days + 1)
        ]
        assert len(days) > 20
        last = db.session.execute(
            select(StandingDay.theme_id, StandingDay.rank, StandingDay.supporters).where(
                StandingDay.call_id == main.id, StandingDay.day == yesterday
            )
        ).all()
        standing = db.session.get_one(Standing, (main.id, standings.THEMES)).data
        assert {tuple(row) for row in last} == {
            (row["id"], row["rank"], row["reach"]) for row in (*standing["rows"], *standing["too_few"])
        }
        # Nobody loses a supporter in a demo in which people only add votes, but ranks do move.
        moved = db.session.execute(
            select(StandingDay.theme_id, func.count(StandingDay.rank.distinct()))
            .where(StandingDay.call_id == main.id)
            .group_by(StandingDay.theme_id)
        ).all()
        assert sum(number > 1 for _theme, number in moved) > 5
        assert history.missing(TODAY) == {}
        old = db.session.scalars(select(Call).where(Call.slug == "ideeen-voor-visie-en-focus-2019")).one()
        past = db.session.scalars(
            select(StandingDay.day).where(StandingDay.call_id == old.id).distinct()
        ).all()
        assert len(past) > 20
        assert {day.year for day in past} == {2019}
