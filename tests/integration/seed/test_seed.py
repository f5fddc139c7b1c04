"""The seeded demo: complete, exact, plausible, and the same each time on the same day."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.cli.seed import fill
from app.db import Base, db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState, PublicStatus
from app.domain.phases import Action
from app.domain.ranking import AgendaMethod, Method, Weighting
from app.features.integrity import looking
from app.kit.i18n import TIME_ZONE
from app.models import (
    Activity,
    Argument,
    Call,
    ContactMessage,
    FocusElement,
    Idea,
    IdeaTheme,
    ModerationDecision,
    OfficialResponse,
    Organisation,
    Outcome,
    Person,
    Practice,
    Process,
    ProgrammePart,
    Report,
    StatusChange,
    Tally,
    Theme,
    Vote,
    Workshop,
)
from app.models.argument import ArgumentState, HelpfulMark
from app.models.council import AnswerClock, CouncilResult, Milestone
from app.models.integrity import IntegritySignal, SignalKind, SignalState
from app.models.process import ActivityKind, ProcessState
from app.models.seal import SealPlan, SealReason, Snapshot
from app.records import calls, seals, standings, tallies, vote_tables
from tests import factories
from tests.support import databases, servers

TODAY = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
MAIN = "waar-moet-maastricht-slim-in-zijn"
VOTERS = 330 + 39 + 14


@pytest.fixture
def seeded(app_context: None) -> None:
    """A site that was seeded on a fixed day."""
    fill(TODAY)


@pytest.fixture
def demo(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[None]:
    """The same, as a copy of one that was seeded before."""
    copy = tmp_path / "demo.sqlite"
    shutil.copyfile(_seeded_file(), copy)
    with make_app(DATABASE_URL=f"sqlite:///{copy}").app_context():
        yield


@cache
def _seeded_file() -> Path:
    path = servers.run_folder() / f"seeded-{databases.WORKER}.sqlite"
    app = databases.make_app(f"sqlite:///{path}")
    databases.migrate(app)
    with app.app_context():
        fill(TODAY)
    databases.let_go(app)
    return path


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["seed", *arguments])


def number_of(table: type[Base], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def per(column: Any, *conditions: Any) -> dict[Any, int]:
    """How many rows there are per value of a column."""
    rows = db.session.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {row[0]: row[1] for row in rows}


SALTED = {"audit_entry": {"salt", "content_digest", "digest"}, "audit_head": {"digest"}}
"""What is drawn by lot for every line of the audit log, and what follows from that."""


def _without_time(value: Any) -> Any:
    """How long a computation took is another number each time."""
    return {key: one for key, one in value.items() if key != "seconds"} if isinstance(value, dict) else value


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, without what is another one each time on purpose."""
    return {
        table.name: [
            tuple(map(_without_time, row))
            for row in db.session.execute(
                select(
                    *(column for column in table.c if column.name not in SALTED.get(table.name, ()))
                ).order_by(*table.primary_key)
            )
        ]
        for table in Base.metadata.sorted_tables
    }


def test_the_command_fills_an_empty_site_and_says_how_far_it_is(app: Flask) -> None:
    result = run(app)
    assert result.exit_code == 0, result.output
    assert "votes" in result.output
    with app.app_context():
        assert number_of(Process) == 2
        call = calls.main_call()
        assert call is not None
        assert call.slug == MAIN
        now = datetime.now(UTC)
        assert all(call.allows(action, now) for action in Action)


@pytest.mark.one_database
@pytest.mark.parametrize("make", [factories.a_person, factories.a_process, factories.an_organisation])
def test_a_site_with_content_is_left_alone(app: Flask, make: Callable[[], object]) -> None:
    with app.app_context():
        make()
        db.session.commit()
        before = everything()
    result = run(app)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "empty site" in result.stderr
    quiet = run(app, "--if-empty")
    assert (quiet.exit_code, quiet.output) == (0, "")
    with app.app_context():
        assert everything() == before


@pytest.mark.one_database
def test_a_fault_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("app.cli.seed.build_votes", fail)
    assert run(app).exit_code == 1
    with app.app_context():
        assert not any(everything().values())


@pytest.mark.one_database
def test_the_same_day_gives_the_same_site(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    seen = []
    for hour in (6, 21):
        app = make_app(DATABASE_URL=f"sqlite:///{tmp_path}/{hour}.sqlite")
        with app.app_context():
            db.create_all()
            fill(TODAY.replace(hour=hour))
            seen.append(everything())
    assert seen[0] == seen[1]


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_people_come_in_three_groups() -> None:
    in_group = per(Person.group)
    assert in_group[Group.COUNCIL] == 39
    assert 330 <= in_group[Group.RESIDENT] <= 355, "with the false accounts"
    assert 25 <= in_group[Group.PARTNER] <= 35
    assert number_of(Organisation) >= 12
    assert number_of(Person, Person.is_delegate) == number_of(Organisation)
    assert number_of(Person, Person.confirmed_at.is_(None)) == 0
    names = list(db.session.scalars(select(Person.name)))
    assert len(set(names)) == len(names)
    assert all(email.endswith(".example") for email in db.session.scalars(select(Person.email)) if email)


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_the_sign_in_page_has_one_person_of_every_kind() -> None:
    people = list(db.session.scalars(select(Person).where(Person.demo_order > 0).order_by(Person.demo_order)))
    kinds = [(person.group.value, *sorted(role.value for role in person.roles)) for person in people]
    assert kinds == [
        ("resident",),
        ("council",),
        ("partner",),
        ("resident", "moderator"),
        ("resident", "facilitator"),
        ("resident", "organiser"),
    ]
    assert people[2].is_delegate
    own = {idea.state for idea in db.session.scalars(select(Idea).where(Idea.author_id == people[0].id))}
    assert own == {IdeaState.DRAFT, IdeaState.RETURNED, IdeaState.PUBLISHED}


@pytest.mark.usefixtures("seeded")
def test_there_is_something_in_every_state() -> None:
    states = per(Idea.state)
    assert set(states) == set(IdeaState)
    assert states[IdeaState.SUBMITTED] >= 8
    assert set(db.session.scalars(select(Idea.public_status))) == set(PublicStatus)
    assert set(db.session.scalars(select(Argument.side))) == set(Side)
    assert number_of(Argument) >= 250
    assert number_of(Argument, Argument.parent_id.is_not(None)) >= 20
    assert number_of(Argument, Argument.state == ArgumentState.HIDDEN) == 1
    assert number_of(Argument, Argument.state == ArgumentState.DELETED) == 1
    assert number_of(Argument, Argument.edited_at.is_not(None)) == 1
    marked = dict(
        db.session.execute(
            select(HelpfulMark.argument_id, func.count()).group_by(HelpfulMark.argument_id)
        ).all()
    )
    stands = select(Argument.id, Argument.helpful_count).where(Argument.helpful_count > 0)
    assert marked == dict(db.session.execute(stands).all())
    assert len(marked) >= 150
    own = select(HelpfulMark).join(Argument, Argument.id == HelpfulMark.argument_id)
    assert db.session.scalars(own.where(Argument.author_id == HelpfulMark.person_id)).all() == []
    assert number_of(HelpfulMark, HelpfulMark.marked_at > TODAY) == 0
    assert number_of(Report, Report.handled_at.is_(None)) >= 4
    assert number_of(Report, Report.handled_at.is_not(None)) >= 3
    assert number_of(OfficialResponse) >= 7
    assert number_of(ContactMessage, ContactMessage.handled_at.is_(None)) == 2
    assert per(Practice.state) == {"published": 8, "suggested": 2, "refused": 1}
    merged = db.session.scalars(select(Idea).where(Idea.state == IdeaState.MERGED))
    assert all(idea.merged_into_id for idea in merged)
    refused = select(ModerationDecision.sentence).join(Idea).where(Idea.state == IdeaState.REFUSED)
    assert all(db.session.scalars(refused.where(ModerationDecision.verb == "refuse")))


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_the_council_answered_and_did_not_answer() -> None:
    results = set(db.session.scalars(select(FocusElement.result)))
    assert results == {*CouncilResult, None}
    assert number_of(AnswerClock, AnswerClock.answered_at.is_(None), AnswerClock.due_at < TODAY) == 2
    assert number_of(AnswerClock, AnswerClock.answered_at.is_(None), AnswerClock.due_at > TODAY) == 1
    assert number_of(AnswerClock, AnswerClock.answered_at.is_not(None)) == 2
    assert number_of(Milestone, Milestone.done_at.is_(None)) == 2


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_the_last_status_change_is_the_status_of_the_idea() -> None:
    last: dict[int, StatusChange] = {}
    for change in db.session.scalars(select(StatusChange).order_by(StatusChange.changed_at)):
        last[change.idea_id] = change
    for idea in db.session.scalars(select(Idea)):
        assert idea.public_status == (last[idea.id].status if idea.id in last else PublicStatus.OPEN)


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_nothing_happens_before_it_can_or_after_today() -> None:
    assert number_of(Vote, Vote.cast_at > TODAY) == 0
    joins = (
        (Vote.cast_at, Vote.person_id, Vote),
        (Argument.created_at, Argument.author_id, Argument),
        (Idea.created_at, Idea.author_id, Idea),
        (Report.created_at, Report.reporter_id, Report),
    )
    for moment, person_id, table in joins:
        early = select(func.count()).select_from(table).join(Person, Person.id == person_id)
        assert db.session.scalar(early.where(moment < Person.created_at)) == 0, table
    for moment, table in ((Vote.cast_at, Vote), (Argument.created_at, Argument)):
        early = select(func.count()).select_from(table).join(Idea, Idea.id == table.idea_id)
        assert db.session.scalar(early.where(moment < Idea.published_at)) == 0, table
        assert db.session.scalar(early.where(Idea.published_at.is_(None))) == 0, table
    for change in db.session.scalars(select(StatusChange)):
        assert change.idea.published_at is not None
        assert change.idea.published_at < change.changed_at < TODAY
    for call in [
        row for process in db.session.scalars(select(Process)) for row in calls.of_process(process.id)
    ]:
        voted = (
            select(Vote.cast_at, Person)
            .select_from(Vote)
            .join(Idea, Idea.id == Vote.idea_id)
            .join(Person, Person.id == Vote.person_id)
        )
        phases = [phase for phase in call.phases if phase.may_vote]
        for cast_at, voter in db.session.execute(voted.where(Idea.call_id == call.id)):
            assert any(phase.starts_at <= cast_at < phase.ends_at for phase in phases), call.slug
            assert voter.group != Group.PARTNER or voter.is_delegate
            assert not voter.roles


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_nobody_is_up_in_the_night() -> None:
    moments = [Vote.cast_at, Argument.created_at, Idea.submitted_at, Idea.published_at, Report.created_at]
    for column in (*moments, ModerationDecision.decided_at, ContactMessage.created_at):
        for moment in filter(None, db.session.scalars(select(column))):
            # Votes that were begun before midnight may be finished after it.
            assert not 1 <= moment.astimezone(ZoneInfo(TIME_ZONE)).hour < 6, column


@pytest.mark.usefixtures("seeded")
def test_tallies_and_counts_equal_a_recount() -> None:
    assert tallies.differences() == []
    assert number_of(Tally) == 3 * number_of(Idea)
    assert 5500 <= number_of(Vote) <= 6700
    counted = per(Argument.idea_id, Argument.state == ArgumentState.PUBLISHED)
    for idea in db.session.scalars(select(Idea)):
        assert idea.argument_count == counted.get(idea.id, 0)


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_the_three_methods_put_the_ideas_in_different_orders() -> None:
    main = db.session.scalars(select(Call.id).where(Call.slug == MAIN)).one()
    methods = (Method.DRAAGVLAK, Method.ZEKERHEID, Method.NETTO)
    tops = {vote_tables.ranked_ideas(main, method, None, TODAY).ids[:5] for method in methods}
    assert len(tops) == 3
    votes = per(Vote.idea_id)
    numbers = sorted(votes.values())
    assert numbers[-1] > 2.5 * numbers[len(numbers) // 4]


@pytest.mark.one_database
@pytest.mark.parametrize("today", ["2027-01-01", "2026-03-29", "2028-02-29", "2027-10-31"])
def test_on_any_day_the_votes_show_what_the_ranking_is_for(app: Flask, today: str) -> None:
    """Council and residents differ on themes, and equal shares does right to a minority that most votes skips.

    On New Year, on both days when the clock changes, and on a leap day.
    """
    now = datetime.fromisoformat(f"{today}T00:05:00+00:00")
    with time_machine.travel(now, tick=False):
        assert run(app).exit_code == 0
    with app.app_context():
        assert tallies.differences() == []
        call = calls.main_call()
        assert call is not None
        assert call.allows(Action.VOTE, now)
        main = db.session.scalars(select(Call).where(Call.slug == MAIN)).one()
        themes = vote_tables.ranked_themes(main.id)
        slugs = {theme.id: theme.slug for theme in db.session.scalars(select(Theme))}
        workshop = db.session.scalars(select(Workshop).where(Workshop.call == main)).one()
        agenda = standings.read(main.id, standings.agenda_kind(workshop.id, Weighting.PER_GROUP))
    assert len(themes.rows) == 12
    differ = {slugs[int(row.id)] for row in themes.rows if abs(row.approval[0] - row.approval[1]) > 0.25}
    assert differ >= {"veilig", "gastvrij"}
    assert agenda is not None
    chosen = [slugs[entry["id"]] for entry in agenda.data["entries"]]
    most_votes = next(
        found for found in agenda.data["comparisons"] if found["method"] == AgendaMethod.GREEDY.versioned
    )
    assert chosen[0] == "privacy"
    assert "maas" in chosen
    assert "maas" not in [slugs[theme] for theme in most_votes["items"]]
    river = next(row for row in themes.rows if slugs[int(row.id)] == "maas")
    assert sum(river.supporters) < 0.4 * VOTERS


@pytest.mark.usefixtures("seeded")
def test_the_standing_of_2019_is_sealed_and_that_of_the_workshop_is_planned() -> None:
    snapshot = db.session.scalars(select(Snapshot)).one()
    old, new = db.session.scalars(select(Workshop).order_by(Workshop.activity_id.desc())).all()
    assert snapshot.workshop_id == old.id
    assert snapshot.sealed_at.year == 2019
    assert snapshot.votes > 0
    assert seals.verify(snapshot.id) == []
    agenda = seals.public_document(snapshot.id)["outputs"]["agendas"][f"{old.id}:per_group"]
    concluded = set(db.session.scalars(select(Outcome.theme_id).where(Outcome.workshop_id == old.id)))
    in_spare_time = db.session.scalars(
        select(Theme.id).where(Theme.process_id == snapshot.call.process_id, Theme.slug == "privacy")
    ).one()
    assert concluded == {entry["id"] for entry in agenda["entries"]} | {in_spare_time}
    plan = db.session.scalars(select(SealPlan)).one()
    assert (plan.workshop_id, plan.done_at) == (new.id, None)
    assert new.activity.starts_at is not None
    assert TODAY < plan.at < new.activity.starts_at


@pytest.mark.one_database
@pytest.mark.usefixtures("demo")
def test_every_line_of_the_letter_has_its_place() -> None:
    current = db.session.scalars(select(Process).where(Process.state == ProcessState.OPEN)).one()
    closed = db.session.scalars(select(Process).where(Process.state == ProcessState.CLOSED)).one()
    assert [aim["title"].split()[0] for aim in current.aims] == ["Leefbaarheid", "Gastvrijheid"]
    kinds = {
        activity.kind for activity in db.session.scalars(select(Activity).where(Activity.process == current))
    }
    assert kinds == set(ActivityKind)
    for process in (current, closed):
        parts = (
            select(func.count())
            .select_from(ProgrammePart)
            .join(Activity, Activity.id == ProgrammePart.activity_id)
            .where(Activity.process == process, Activity.kind == ActivityKind.INFORMATION)
        )
        assert db.session.scalar(parts) == 3
    assert len(calls.of_process(current.id)) == 4
    workshop = db.session.scalars(select(Workshop).join(Activity).where(Activity.process == current)).one()
    assert workshop.minutes == 150
    assert workshop.activity.starts_at is not None
    assert timedelta(days=15) < workshop.activity.starts_at - TODAY < timedelta(days=24)
    old = db.session.scalars(select(Workshop).join(Activity).where(Activity.process == closed)).one()
    assert old.activity.starts_at is None
    assert old.activity.date_text
    assert number_of(Theme, Theme.process == current) == 12
    strays = (
        select(func.count())
        .select_from(IdeaTheme)
        .join(Theme, Theme.id == IdeaTheme.theme_id)
        .join(Idea, Idea.id == IdeaTheme.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(Theme.process_id != Call.process_id)
    )
    assert db.session.scalar(strays) == 0


@pytest.mark.one_database
def test_whoever_downloads_a_standing_of_the_demo_can_compute_support_by_group_again(demo: None) -> None:
    """Also in the open call: its withheld figures are of so many people that the means may be told."""
    sealed = seals.seal(calls.main_call().id, SealReason.COUNCIL, TODAY)  # type: ignore[union-attr]
    record = seals.public_document(sealed.id)["outputs"]["ideas"]["draagvlak:per_group"]
    assert record["mu"] is not None
    exact = [row for row in record["rows"] if None not in row["for"]]
    assert 30 < len(exact) < len(record["rows"])
    assert seals.verify(sealed.id) == []


@pytest.mark.usefixtures("demo")
def test_every_signal_about_votes_stands_there_once() -> None:
    """Votes that came in at once are found by the site itself, so that it does not bring them up a second time."""
    rows = db.session.execute(select(IntegritySignal.kind, IntegritySignal.state, IntegritySignal.key)).all()
    bursts = [(state, key) for kind, state, key in rows if kind == SignalKind.BURST]
    assert [(state, key.startswith("burst:")) for state, key in bursts] == [(SignalState.INVESTIGATING, True)]
    assert {"excluded", "dismissed", "open", "investigating"} == {state for _kind, state, _key in rows}
    before = len(rows)
    looking.look_at_all(TODAY)
    again = db.session.execute(select(IntegritySignal.kind, IntegritySignal.idea_id)).all()
    assert (len(again), len(set(again))) == (before, before)
