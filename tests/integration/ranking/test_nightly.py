"""What happens at night: the recount and the day's places are written down once, whoever is there to do it."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.ranking.jobs import DAYS, RECOUNT
from app.kit import jobs
from app.kit.jobs import Job, Turn
from app.kit.moments import day_of
from app.models import Call, JobLease, MailMessage, Phase, Recount, StandingDay, Tally, Vote
from app.models.person import Role
from app.records import history, recounts, tallies
from tests import factories
from tests.support import visit
from tests.support.page import sign_in

NIGHT = datetime(2026, 6, 16, 1, 0, tzinfo=UTC)
"""Three at night in the city."""


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2026, 6, 16, 0, 59, tzinfo=UTC), datetime(2026, 6, 15, 1, 0, tzinfo=UTC)),
        (NIGHT, NIGHT),
        (datetime(2026, 6, 16, 23, 30, tzinfo=UTC), NIGHT),
        (datetime(2026, 1, 16, 12, 0, tzinfo=UTC), datetime(2026, 1, 16, 2, 0, tzinfo=UTC)),
        # The nights on which the clocks change.
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_recount_is_due_at_three_by_the_clocks_of_the_city(now: datetime, since: datetime) -> None:
    assert recounts.due_since(now) == since


def run(app: Flask, job: Job, now: datetime, holder: str = "one") -> Turn:
    """One turn of a job at a moment."""
    with time_machine.travel(now, tick=False), app.app_context():
        return jobs.run_once(job, now, holder)


def counted(app: Flask) -> list[tuple[datetime, int, int]]:
    """When was counted, how many were compared, and how many differed."""
    with app.app_context():
        rows = db.session.scalars(select(Recount).order_by(Recount.id))
        return [(row.counted_at, row.tallies, len(row.differences)) for row in rows]


def letters(app: Flask) -> list[str]:
    """Who got mail about a difference."""
    with app.app_context():
        kind = MailMessage.kind == "recount_differs"
        return list(db.session.scalars(select(MailMessage.recipient).where(kind).order_by(MailMessage.id)))


def an_idea_with_votes(app: Flask) -> int:
    with app.app_context():
        idea = factories.an_idea()
        for _ in range(4):
            factories.a_vote(idea)
        db.session.commit()
        return idea.id


def test_once_a_night_all_is_counted_anew(app: Flask) -> None:
    an_idea_with_votes(app)
    assert run(app, RECOUNT, NIGHT) is Turn.RAN
    assert run(app, RECOUNT, NIGHT + timedelta(hours=5)) is Turn.IDLE
    assert run(app, RECOUNT, NIGHT + timedelta(hours=23, minutes=59)) is Turn.IDLE
    assert run(app, RECOUNT, NIGHT + timedelta(days=1)) is Turn.RAN
    # The server was down for three nights: it counts as soon as it is back, once.
    assert run(app, RECOUNT, NIGHT + timedelta(days=4, hours=9)) is Turn.RAN
    assert run(app, RECOUNT, NIGHT + timedelta(days=4, hours=9, minutes=1)) is Turn.IDLE
    assert counted(app) == [
        (NIGHT, 3, 0),
        (NIGHT + timedelta(days=1), 3, 0),
        (NIGHT + timedelta(days=4, hours=9), 3, 0),
    ]
    assert letters(app) == []


def test_organisers_hear_of_a_difference_and_nothing_is_changed(app: Flask, client: FlaskClient) -> None:
    number = an_idea_with_votes(app)
    with app.app_context():
        organiser = factories.a_person(Role.ORGANISER, email="organiseert@stad.example")
        factories.a_person(Role.ORGANISER, email="weg@stad.example", blocked_at=NIGHT)
        factories.a_person(Role.MODERATOR, email="modereert@stad.example")
        wrong = Tally.idea_id == number, Tally.group == Group.RESIDENT
        db.session.execute(update(Tally).where(*wrong).values(votes_for=9))
        db.session.commit()
        organiser_id = organiser.id
    assert run(app, RECOUNT, NIGHT) is Turn.RAN
    assert counted(app) == [(NIGHT, 3, 1)]
    assert letters(app) == ["organiseert@stad.example"]
    with app.app_context():
        row = db.session.scalars(select(Recount)).one()
        assert row.differences == [{"idea": number, "group": "resident", "tally": [9, 0], "votes": [4, 0]}]
        letter = db.session.scalars(select(MailMessage)).one()
        assert letter.subject == "De hertelling vond een verschil"
        assert f"Idee {number}, inwoner: bewaard 9/0, geteld 4/0." in letter.text
        assert db.session.scalar(select(Tally.votes_for).where(*wrong)) == 9
    sign_in(client, organiser_id)
    assert "1 bewaard totaal is anders dan de stemmen" in visit(client, "/beheer").text
    with app.app_context():
        tallies.rebuild([number])
        db.session.commit()
    assert run(app, RECOUNT, NIGHT + timedelta(days=1)) is Turn.RAN
    page = visit(client, "/beheer").text
    assert "De hertelling vond een verschil" not in page
    assert "Alle 3 totalen zijn gelijk aan de stemmen" in page


def test_without_organisers_the_address_of_the_site_hears_it(app: Flask) -> None:
    number = an_idea_with_votes(app)
    with app.app_context():
        db.session.execute(update(Tally).where(Tally.idea_id == number).values(votes_against=1))
        db.session.commit()
    assert run(app, RECOUNT, NIGHT) is Turn.RAN
    assert letters(app) == [app.config["SITE"].contact_email]


def test_a_vote_in_the_middle_of_a_recount_is_no_difference(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, other = make_app(), make_app()
    number = an_idea_with_votes(app)
    plain, voted = tallies.counted_from_votes, []

    def vote() -> None:
        with other.app_context():
            factories.a_vote(db.session.get_one(factories.Idea, number))
            db.session.commit()
            voted.append(1)

    def interrupted(*given: object) -> object:
        found = plain(*given)  # type: ignore[arg-type]
        if not voted:
            somebody = threading.Thread(target=vote)
            somebody.start()
            somebody.join()
        return found

    monkeypatch.setattr(tallies, "counted_from_votes", interrupted)
    assert run(app, RECOUNT, NIGHT) is Turn.RAN
    assert voted == [1]
    assert counted(app) == [(NIGHT, 3, 0)]


def at_once(makers: list[Flask], job: Job, now: datetime) -> list[Turn]:
    """Every application takes a turn at the same moment, each in a thread of its own."""
    start, found = threading.Barrier(len(makers)), list[Turn]()

    def take(app: Flask, holder: str) -> None:
        with app.app_context():
            start.wait()
            found.append(jobs.run_once(job, now, holder))

    threads = [
        threading.Thread(target=take, args=(app, f"server:{place}")) for place, app in enumerate(makers)
    ]
    with time_machine.travel(now, tick=False):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


def test_of_servers_that_wake_at_once_one_counts(make_app: Callable[..., Flask]) -> None:
    servers = [make_app() for _ in range(3)]
    number = an_idea_with_votes(servers[0])
    with servers[0].app_context():
        db.session.execute(update(Tally).where(Tally.idea_id == number).values(votes_against=1))
        db.session.commit()
    for night in range(4):
        now = NIGHT + timedelta(days=night)
        turns = at_once(servers, RECOUNT, now)
        assert Turn.FAILED not in turns
        assert Turn.RAN in turns
        assert [row[0] for row in counted(servers[0])] == [
            NIGHT + timedelta(days=n) for n in range(night + 1)
        ]
        assert len(letters(servers[0])) == night + 1


def test_also_when_a_lease_ran_out_at_work_the_night_is_written_once(make_app: Callable[..., Flask]) -> None:
    """Both have counted; the row of the lease makes the second wait, and what it finds then makes it stop."""
    servers = [make_app() for _ in range(2)]
    number = an_idea_with_votes(servers[0])
    with servers[0].app_context():
        db.session.add(JobLease(name=RECOUNT.name, holder="gone", until=NIGHT))
        db.session.execute(update(Tally).where(Tally.idea_id == number).values(votes_against=1))
        db.session.commit()
    both_counted = threading.Barrier(2)
    plain, wrote = recounts.count, list[bool]()

    def work(app: Flask) -> None:
        with app.app_context():
            result = plain()
            both_counted.wait()
            wrote.append(recounts.write(result, NIGHT, RECOUNT.name))
            db.session.commit()

    threads = [threading.Thread(target=work, args=(app,)) for app in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wrote) == [False, True]
    assert len(counted(servers[0])) == 1


# --- the end of a day


def a_voted_call(app: Flask, now: datetime) -> tuple[int, int, int]:
    """Two themes; until yesterday evening six people want the first and five the second. The numbers of all."""
    with app.app_context():
        process = factories.a_process()
        call = factories.a_call(process)
        call_id = call.id
        first, second = (factories.a_theme(process) for _ in range(2))
        for theme, many in ((first, 6), (second, 5)):
            idea = factories.an_idea(call, themes=[theme])
            for _ in range(many):
                person = factories.a_person()
                tallies.put(idea.id, person.id, person.group, VoteValue.FOR, now - timedelta(hours=8))
        ids = call_id, first.id, second.id
        db.session.commit()
        return ids


def written(app: Flask, call_id: int) -> dict[date, list[tuple[int, int | None, int]]]:
    """Per day the themes with their rank and supporters."""
    found: dict[date, list[tuple[int, int | None, int]]] = {}
    with app.app_context():
        rows = db.session.execute(
            select(StandingDay.day, StandingDay.theme_id, StandingDay.rank, StandingDay.supporters)
            .where(StandingDay.call_id == call_id)
            .order_by(StandingDay.day, StandingDay.rank, StandingDay.theme_id)
        )
        for day, theme, rank, supporters in rows:
            found.setdefault(day, []).append((theme, rank, supporters))
    return found


@pytest.fixture
def tonight() -> datetime:
    """Five past midnight in the city, on a day on which the calls of the factories are open."""
    today = day_of(datetime.now(UTC))
    return history.midnight(today - timedelta(days=1)) + timedelta(minutes=5)


def test_a_day_is_written_down_as_it_ended(app: Flask, tonight: datetime) -> None:
    call, first, second = a_voted_call(app, tonight)
    day = day_of(tonight) - timedelta(days=1)
    with app.app_context():
        # After midnight one leaves the first theme and two join the second: that is for the next day.
        voter, idea = db.session.execute(
            select(Vote.person_id, Vote.idea_id).order_by(Vote.idea_id)
        ).first() or (0, 0)
        tallies.put(idea, voter, Group.RESIDENT, VoteValue.AGAINST, tonight)
        other = db.session.scalar(select(func.max(factories.Idea.id)))
        for _ in range(2):
            person = factories.a_person()
            tallies.put(int(other or 0), person.id, person.group, VoteValue.FOR, tonight)
        db.session.commit()
    assert run(app, DAYS, tonight) is Turn.RAN
    assert written(app, call) == {day: [(first, 1, 6), (second, 2, 5)]}
    assert run(app, DAYS, tonight + timedelta(minutes=1)) is Turn.IDLE
    assert run(app, DAYS, tonight + timedelta(days=1)) is Turn.RAN
    assert written(app, call)[day + timedelta(days=1)] == [(second, 1, 7), (first, 2, 5)]


def test_days_on_which_the_server_was_down_are_filled_in(app: Flask, tonight: datetime) -> None:
    call, _first, _second = a_voted_call(app, tonight)
    assert run(app, DAYS, tonight) is Turn.RAN
    assert run(app, DAYS, tonight + timedelta(days=4)) is Turn.RAN
    days = sorted(written(app, call))
    assert len(days) == 5
    assert days[-1] - days[0] == timedelta(days=4)
    assert len({tuple(rows) for rows in written(app, call).values()}) == 1


def test_a_call_that_ended_gets_no_more_days(app: Flask, tonight: datetime) -> None:
    call, _first, _second = a_voted_call(app, tonight)
    assert run(app, DAYS, tonight + timedelta(days=300)) is Turn.IDLE
    assert written(app, call) == {}


def test_of_servers_that_see_midnight_at_once_one_writes_the_day(
    make_app: Callable[..., Flask], tonight: datetime
) -> None:
    servers = [make_app() for _ in range(3)]
    call, _first, _second = a_voted_call(servers[0], tonight)
    for night in range(4):
        turns = at_once(servers, DAYS, tonight + timedelta(days=night))
        assert Turn.FAILED not in turns
        assert Turn.RAN in turns
        found = written(servers[0], call)
        assert [len(rows) for rows in found.values()] == [2] * (night + 1)


def test_a_day_that_two_compute_at_once_is_written_once(
    make_app: Callable[..., Flask], tonight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = [make_app() for _ in range(2)]
    call, _first, _second = a_voted_call(servers[0], tonight)
    day = day_of(tonight) - timedelta(days=1)
    both = threading.Barrier(2)
    plain = history._rankings

    def meet(*given: object) -> object:
        found = plain(*given)  # type: ignore[arg-type]
        both.wait()
        return found

    monkeypatch.setattr(history, "_rankings", meet)
    rows = list[int]()

    def work(app: Flask) -> None:
        with app.app_context():
            rows.append(history.write(call, [day]))

    threads = [threading.Thread(target=work, args=(app,)) for app in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rows) == [0, 2]
    assert list(written(servers[0], call)) == [day]


def test_a_recount_reads_the_index_alone(app: Flask) -> None:
    """The covering index holds all that is counted; the table with its million rows stays closed."""
    an_idea_with_votes(app)
    with app.app_context():
        statement = str(
            tallies.counting().compile(db.engine, compile_kwargs={"literal_binds": True}),
        )
        if db.engine.dialect.name == "sqlite":
            plan = db.session.execute(db.text(f"EXPLAIN QUERY PLAN {statement}")).all()
            assert any("COVERING INDEX ix_vote_idea_group_value" in str(row) for row in plan)
        else:
            # A handful of rows is read faster in any other way, so every other way is closed.
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashagg"):
                db.session.execute(db.text(f"SET LOCAL enable_{way} = off"))
            plan = db.session.execute(db.text(f"EXPLAIN {statement}")).all()
            assert any("Index Only Scan using ix_vote_idea_group_value" in str(row) for row in plan)


def test_calls_without_themes_or_voting_wait_for_nothing(app: Flask, tonight: datetime) -> None:
    with app.app_context():
        factories.a_call()
        process = factories.a_process()
        factories.a_theme(process)
        db.session.add(Call(process_id=process.id, slug="kaal", title="Kaal"))
        quiet = factories.a_call(process)
        db.session.execute(update(Phase).where(Phase.call_id == quiet.id).values(may_vote=False))
        db.session.commit()
        assert history.missing(tonight) == {}
