"""What an investigator sees: the votes in time, and the ranking without them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask

from app.db import db
from app.models import Call, Idea, IdeaTheme, Tally, Vote
from app.models.integrity import IntegritySignal, SignalKind
from app.models.person import Role
from app.records import exclusions, integrity_views, tallies
from app.records.integrity_views import MOST_BARS, STEPS
from tests import factories
from tests.support import odd_votes

from .conftest import Field


@pytest.fixture
def burst(field: Field) -> IntegritySignal:
    """Forty new accounts on the ninth idea in five minutes."""
    field.vote(field.ideas[8], field.people(40))
    field.look()
    return field.signals(SignalKind.BURST)[0]


def test_a_timeline_shows_every_vote_around_it(app: Flask, field: Field, burst: IntegritySignal) -> None:
    against = field.people(3, field.now - timedelta(days=90))
    field.vote(field.ideas[8], against, field.now - timedelta(minutes=118), value=-1)
    with app.app_context():
        shown = integrity_views.timeline(burst.id)
    assert shown.width in STEPS
    assert 0 < len(shown.bars) <= MOST_BARS
    assert shown.flagged == 40
    assert sum(bar.other_against for bar in shown.bars) >= 3
    starts = [bar.starts_at for bar in shown.bars]
    assert [later - first for first, later in pairwise(starts)] == [shown.width] * (len(starts) - 1)
    first = min(bar.starts_at for bar in shown.bars if bar.flagged_for)
    assert first <= field.now - timedelta(hours=2) < first + shown.width
    assert shown.highest == max(bar.total for bar in shown.bars)


def test_a_long_signal_gets_wide_bars(app: Flask, field: Field) -> None:
    people = field.people(70, field.now - timedelta(days=40))
    field.vote(field.ideas[8], people, field.now - timedelta(days=14), apart=4 * 3600)
    field.look()
    (one_off,) = field.signals(SignalKind.ONE_OFF)
    with app.app_context():
        shown = integrity_views.timeline(one_off.id)
    assert shown.width == timedelta(days=1)
    assert (shown.flagged, len(shown.bars) <= MOST_BARS) == (70, True)


def test_votes_that_were_taken_back_leave_the_timeline(
    app: Flask, field: Field, burst: IntegritySignal
) -> None:
    people = [person for _idea, person in field.votes_of(burst)]
    field.vote(field.ideas[8], people, field.now, apart=0, value=0)
    with app.app_context():
        assert integrity_views.timeline(burst.id).bars == ()
        assert integrity_views.shadow(burst.id).votes == 0


def test_the_shadow_ranking(app: Flask, field: Field, burst: IntegritySignal) -> None:
    with app.app_context():
        shadow = integrity_views.shadow(burst.id)
    assert (shadow.votes, shadow.ranked, shadow.agendas) == (40, 12, ())
    (row,) = [each for each in shadow.ideas if each.flagged]
    assert (row.idea_id, row.title, row.flagged) == (field.ideas[8], "Idee 8", 40)
    assert row.rank is not None
    assert row.rank_without is not None
    assert row.shift == row.rank_without - row.rank > 0


def test_the_shadow_is_the_same_whether_the_votes_count_or_not(
    app: Flask, field: Field, burst: IntegritySignal
) -> None:
    """Once they are excluded the tallies are without them, and the shadow still shows what they did."""
    with app.app_context():
        before = integrity_views.shadow(burst.id)
    people = [person for _idea, person in field.votes_of(burst)]
    field.exclude(field.ideas[8], people)
    with app.app_context():
        for person in people:
            vote = db.session.get_one(Vote, (field.ideas[8], person))
            tally = db.session.get_one(Tally, (field.ideas[8], vote.group))
            if tally.votes_for > 0:
                tally.votes_for -= 1
        db.session.commit()
        assert integrity_views.shadow(burst.id) == before


def test_the_shadow_agenda_is_the_same_whether_the_votes_count_or_not(
    app: Flask, field: Field, burst: IntegritySignal
) -> None:
    """Two themes for one place in a workshop; the odd votes bring in the one that their idea is about."""
    people = [person for _idea, person in field.votes_of(burst)]
    with app.app_context():
        call = db.session.get_one(Call, field.call)
        call.process.ranking_settings = {"min_votes": 1}  # one vote is enough to be asked about the agenda
        themes = [factories.a_theme(call.process, title=title, minutes=60) for title in ("Fietsen", "Water")]
        ideas = [db.session.get_one(Idea, field.ideas[number]) for number in (11, 8)]
        for theme, idea in zip(themes, ideas, strict=True):
            db.session.add(IdeaTheme(idea_id=idea.id, theme_id=theme.id))
        factories.a_workshop(call, minutes=60)
        db.session.commit()
    # Without the forty new accounts twenty-five others would have it otherwise.
    field.vote(field.ideas[11], field.people(25, field.now - timedelta(days=60)), apart=4000)
    with app.app_context():
        before = integrity_views.shadow(burst.id)
        (agenda,) = before.agendas
        assert (agenda.themes, agenda.themes_without) == (("Water",), ("Fietsen",))
        assert before.changes_agenda
        one, other = factories.a_person(Role.MODERATOR), factories.a_person(Role.MODERATOR)
        signal = db.session.get_one(IntegritySignal, burst.id)
        exclusion = odd_votes.an_exclusion(signal, one, other)
        db.session.commit()
        assert tallies.differences() == []
        assert integrity_views.shadow(burst.id) == before
        exclusions.lift(exclusion.id, field.call, people[0], field.now + timedelta(minutes=1))
        db.session.commit()
        assert integrity_views.shadow(burst.id) == before, "also when some count and some do not"
