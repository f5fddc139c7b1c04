"""The job finds what stands out, keeps it the same signal, and never does anything else."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.features.integrity import jobs, looking
from app.features.integrity.sentences import sentence, title
from app.kit.i18n import speaking
from app.kit.jobs import Turn, run_once
from app.models import Activity, IdeaTheme, IntegritySignal, Registration, Standing, Tally, Vote
from app.models.gathering import RegistrationState
from app.models.integrity import SignalKind, SignalState
from app.models.process import Call, ProcessState
from app.records import integrity_views, standings, tallies
from app.records.integrity_signals import Written
from tests import factories

from .conftest import Field

KIND = SignalKind


def counted(app: Flask) -> list[tuple[int, int, int]]:
    with app.app_context():
        query = select(Tally.idea_id, func.sum(Tally.votes_for), func.sum(Tally.votes_against))
        return [
            (row[0], row[1], row[2])
            for row in db.session.execute(query.group_by(Tally.idea_id).order_by(Tally.idea_id))
        ]


def attack(field: Field, number: int = 40, idea: int = 8) -> list[int]:
    """So many new accounts vote for an idea in a few minutes."""
    people = field.people(number)
    field.vote(field.ideas[idea], people)
    return people


def test_a_quiet_call_yields_nothing(field: Field) -> None:
    assert field.look() == {field.call: Written()}
    assert field.signals() == []


def test_a_crude_attack_is_found_by_several_signals(field: Field) -> None:
    people = attack(field)
    field.look()
    found = {signal.kind: signal for signal in field.signals()}
    assert set(found) == {KIND.NEW_ACCOUNTS, KIND.ONE_OFF, KIND.BURST, KIND.INFLUENCE}
    for signal in found.values():
        assert (signal.call_id, signal.idea_id, signal.direction) == (field.call, field.ideas[8], 1)
        assert signal.state == SignalState.OPEN
        assert field.votes_of(signal) == {(field.ideas[8], person) for person in people}
    assert found[KIND.NEW_ACCOUNTS].figures["x"] == 40
    assert found[KIND.BURST].figures["x"] == 40


def test_every_signal_has_a_sentence_with_its_numbers(app: Flask, field: Field) -> None:
    field.settings(shift=1)
    attack(field, 31)
    field.look()
    found = field.signals()
    with app.app_context(), speaking("nl"):
        told = {each.kind: sentence(each.kind, each.direction, each.figures) for each in found}
        titles = {title(each.kind) for each in found}
    new = told[KIND.NEW_ACCOUNTS]
    assert new.startswith("31 van de 31 stemmen voor dit idee in 24 uur kwamen van accounts"), new
    assert "die jonger zijn dan 2 dagen; gewoon is 8 op de 100." in new
    assert "31 van de " in told[KIND.ONE_OFF]
    assert "binnen 10 minuten 31 stemmen voor dit idee binnen" in told[KIND.BURST]
    assert "zonder die stemmen op plaats" in told[KIND.INFLUENCE]
    assert "Veel nieuwe accounts" in titles


def test_nothing_follows_from_a_signal(app: Flask, field: Field) -> None:
    attack(field)
    before = counted(app)
    field.look()
    assert field.signals()
    assert counted(app) == before
    with app.app_context():
        assert tallies.differences() == []
        assert db.session.scalar(select(func.count()).where(Vote.excluded_at.is_not(None))) == 0


def test_found_again_it_is_the_same_signal_with_the_new_votes(field: Field) -> None:
    first = attack(field)
    field.look()
    before = {signal.key: signal for signal in field.signals()}
    for signal in field.signals(KIND.BURST):
        field.close(signal, SignalState.INVESTIGATING)
    more = field.people(10)
    field.vote(field.ideas[8], more, field.now - timedelta(minutes=112))
    later = field.now + timedelta(minutes=3)
    field.look(later)
    after = {signal.key: signal for signal in field.signals()}
    assert after.keys() == before.keys()
    (burst,) = field.signals(KIND.BURST)
    assert burst.state == SignalState.INVESTIGATING, "what somebody did with it stays"
    assert (burst.found_at, burst.last_found_at) == (field.now, later)
    assert burst.figures["votes"] == 50
    assert field.votes_of(burst) == {(field.ideas[8], person) for person in (*first, *more)}


def test_votes_that_moved_keep_the_signal_the_same(field: Field) -> None:
    """The first of the attackers withdraws: the burst begins later, and is still that burst."""
    people = attack(field)
    field.look()
    field.vote(field.ideas[8], people[:12], field.now - timedelta(minutes=1), value=0)
    field.look()
    (burst,) = field.signals(KIND.BURST)
    assert burst.figures["x"] == 28
    assert len(field.votes_of(burst)) == 40, "also what was taken back"


def test_the_job_looks_only_when_something_changed(app: Flask, field: Field) -> None:
    attack(field)
    with app.app_context():
        assert run_once(jobs.LOOK, field.now, "one") is Turn.RAN
        assert run_once(jobs.LOOK, field.now, "one") is Turn.IDLE
        looked = db.session.get_one(Standing, (field.call, standings.LOOKED))
        assert looked.data["votes"] == 12 * 30 + 40
        assert looked.data["found"] == db.session.scalar(select(func.count()).select_from(IntegritySignal))
        standings.refresh(field.call, field.now, anew=True)
        assert run_once(jobs.LOOK, field.now, "one") is Turn.IDLE, "computing standings forgets no look"
    field.vote(field.ideas[0], field.people(1), field.now - timedelta(hours=1))
    with app.app_context():
        assert run_once(jobs.LOOK, field.now, "one") is Turn.RAN


def test_just_after_a_vote_it_looks_once_more(app: Flask, field: Field) -> None:
    field.vote(field.ideas[0], field.people(1), field.now - timedelta(seconds=20))
    with app.app_context():
        assert run_once(jobs.LOOK, field.now, "one") is Turn.RAN
        assert run_once(jobs.LOOK, field.now + timedelta(minutes=3), "one") is Turn.RAN, "networks come later"
        assert run_once(jobs.LOOK, field.now + timedelta(minutes=6), "one") is Turn.IDLE


def test_other_thresholds_are_a_reason_to_look(app: Flask, field: Field) -> None:
    attack(field, 12)
    field.look()
    assert {signal.kind for signal in field.signals()} >= {KIND.NEW_ACCOUNTS}
    assert not field.signals(KIND.BURST)
    field.settings(burst_votes=10)
    field.look()
    assert len(field.signals(KIND.BURST)) == 1


def test_settings_that_were_broken_by_hand_stop_no_other_call(app: Flask, field: Field) -> None:
    attack(field)
    with app.app_context():
        other = factories.a_call()
        other.process.integrity_settings = {"unheard": 1}
        factories.a_vote(factories.an_idea(other))
        broken = other.id
        db.session.commit()
        assert set(looking.due()) == {field.call, broken}
    assert set(field.look()) == {field.call}
    assert field.signals()
    with app.app_context():
        assert set(looking.due()) == {broken}, "until somebody mends them"


def test_a_closed_process_is_left_alone(app: Flask, field: Field) -> None:
    attack(field)
    with app.app_context():
        db.session.get_one(Call, field.call).process.state = ProcessState.CLOSED
        db.session.commit()
    assert field.look() == {}


@pytest.mark.parametrize(("more", "expected"), [(19, 1), (20, 2)])
def test_a_dismissed_signal_comes_back_when_it_grew_by_half(field: Field, more: int, expected: int) -> None:
    attack(field)
    field.look()
    (first,) = field.signals(KIND.BURST)
    field.close(first)
    field.look(field.now + timedelta(minutes=3))
    field.vote(field.ideas[8], field.people(more), field.now - timedelta(minutes=112))
    field.look(field.now + timedelta(minutes=6))
    bursts = field.signals(KIND.BURST)
    assert len(bursts) == expected
    assert (bursts[0].state, bursts[0].last_found_at) == (SignalState.DISMISSED, field.now), (
        "closed is closed"
    )
    if expected == 2:
        assert bursts[1].state == SignalState.OPEN
        assert bursts[1].key == f"{bursts[0].key}#2"
        assert bursts[1].figures["votes"] == 60


def test_another_attack_on_the_same_idea_is_another_signal(field: Field) -> None:
    attack(field)
    field.look()
    for signal in field.signals():
        field.close(signal)
    others = field.people(40, field.now - timedelta(days=60))
    field.vote(field.ideas[8], others, field.now - timedelta(days=5))
    field.look()
    first, second = field.signals(KIND.BURST)
    assert first.key != second.key
    assert field.votes_of(second) == {(field.ideas[8], person) for person in others}


def test_excluded_votes_are_looked_at_no_more(field: Field) -> None:
    people = attack(field)
    field.look()
    for signal in field.signals():
        field.close(signal, SignalState.EXCLUDED)
    field.exclude(field.ideas[8], people)
    number = len(field.signals())
    field.vote(field.ideas[0], field.people(1), field.now - timedelta(hours=1))
    field.look()
    assert len(field.signals()) == number
    again = attack(field)
    field.look()
    fresh = [signal for signal in field.signals(KIND.BURST) if signal.state == SignalState.OPEN]
    assert [field.votes_of(signal) for signal in fresh] == [{(field.ideas[8], person) for person in again}]


def test_an_idea_that_rose_fast_and_an_agenda_that_changes(app: Flask, field: Field) -> None:
    field.settings(jump=3, shift=1)
    with app.app_context():
        call = db.session.get_one(Call, field.call)
        themes = [
            factories.a_theme(call.process, title=name, minutes=30) for name in ("Groen", "Fietsen", "Maas")
        ]
        for place, idea in enumerate(field.ideas):
            db.session.add(IdeaTheme(idea_id=idea, theme_id=themes[min(place // 3, 2)].id))
        factories.a_workshop(call, minutes=60)
        db.session.commit()
    people = field.people(60)
    for idea in field.ideas[8:11]:
        field.vote(idea, people, apart=4)
    field.look()
    jumps = field.signals(KIND.JUMP)
    assert {signal.idea_id for signal in jumps} <= set(field.ideas[8:11])
    assert jumps
    agenda = [signal for signal in field.signals(KIND.INFLUENCE) if "workshop" in signal.figures]
    assert len(agenda) == 1
    assert (agenda[0].idea_id, agenda[0].figures["comes"] != []) == (None, True)
    with app.app_context():
        seen = integrity_views.shadow(agenda[0].id)
        assert seen.changes_agenda
        assert sorted(seen.agendas[0].comes) == sorted(agenda[0].figures["comes"])
        assert integrity_views.shadow(agenda[0].id, with_agendas=False).agendas == ()
        with speaking("nl"):
            assert "van het werkatelier" in sentence("influence", 0, agenda[0].figures)


class TestWorkshop:
    """Votes in the room are muted, within its time and for those who are there."""

    def room(self, field: Field, people: list[int], *, checked_in: bool, state: str = "coming") -> int:
        with field.app.app_context():
            workshop = factories.a_workshop(db.session.get_one(Call, field.call))
            activity = db.session.get_one(Activity, workshop.activity_id)
            activity.starts_at, activity.ends_at = (
                field.now - timedelta(hours=3),
                field.now - timedelta(hours=1),
            )
            for person in people:
                db.session.add(
                    Registration(
                        activity_id=activity.id,
                        person_id=person,
                        state=RegistrationState(state),
                        asked_at=field.now - timedelta(days=1),
                        changed_at=field.now - timedelta(days=1),
                        checked_in_at=field.now - timedelta(hours=3) if checked_in else None,
                    )
                )
            db.session.commit()
            return activity.id

    def found(self, field: Field) -> set[SignalKind]:
        field.look()
        return {signal.kind for signal in field.signals()} & {KIND.NEW_ACCOUNTS, KIND.BURST}

    @pytest.mark.parametrize("checked_in", [True, False])
    def test_who_is_there_is_muted(self, field: Field, checked_in: bool) -> None:
        people = field.people(40)
        self.room(field, people, checked_in=checked_in)
        field.vote(field.ideas[8], people)
        assert self.found(field) == set()

    @pytest.mark.parametrize(("minutes", "muted"), [(-29, True), (-37, False), (24, True), (31, False)])
    def test_half_an_hour_around_it(self, field: Field, minutes: int, muted: bool) -> None:
        people = field.people(40, field.now - timedelta(hours=6))
        self.room(field, people, checked_in=True)
        edge = field.now - timedelta(hours=3 if minutes < 0 else 1)
        field.vote(field.ideas[8], people, edge + timedelta(minutes=minutes))
        assert (self.found(field) == set()) is muted

    def test_who_has_no_place_is_not_muted(self, field: Field) -> None:
        people = field.people(40)
        self.room(field, people, checked_in=False, state="waiting")
        field.vote(field.ideas[8], people)
        assert self.found(field) == {KIND.NEW_ACCOUNTS, KIND.BURST}

    def test_where_somebody_is_checked_in_a_place_alone_is_not_enough(self, field: Field) -> None:
        people = field.people(40)
        activity = self.room(field, people, checked_in=False)
        with field.app.app_context():
            one = db.session.scalars(select(Registration).where(Registration.activity_id == activity)).first()
            assert one is not None
            one.checked_in_at = field.now - timedelta(hours=3)
            db.session.commit()
        field.vote(field.ideas[8], people)
        assert self.found(field) == {KIND.NEW_ACCOUNTS, KIND.BURST}


def test_the_command_prints_sentences_or_figures_and_writes_nothing(app: Flask, field: Field) -> None:
    field.settings(shift=1)
    attack(field, 31)
    runner = app.test_cli_runner()
    told = runner.invoke(args=["integrity", "look", "--call", field.slug])
    assert told.exit_code == 0, told.output
    assert "31 van de 31 stemmen voor dit idee in 24 uur" in told.output
    assert f"Looked at 391 votes of {field.slug}; 4 signals." in told.output
    plain = json.loads(runner.invoke(args=["integrity", "look", "--json", "--language", "en"]).output)
    assert [signal["kind"] for signal in plain["signals"]] == [
        "new_accounts",
        "one_off",
        "burst",
        "influence",
    ]
    assert plain["signals"][0]["figures"]["x"] == 31
    assert len(plain["signals"][0]["votes"]) == 31
    assert plain["signals"][0]["sentence"].startswith("31 of the 31 votes for this idea")
    assert field.signals() == []
    refused = runner.invoke(args=["integrity", "look", "--call", "nergens"])
    assert (refused.exit_code, refused.output) == (2, "There is no call 'nergens'.\n")
