"""Live rounds: who opens, closes and reveals them, what their figures say, and that nothing leaves too early."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.models import Attendee, AuditEntry, PaperCount, Person, Process, Round, RoundOption
from app.models.person import Role
from app.models.process import Activity, ProcessState
from app.models.room import RoundKind, RoundState
from app.records import attendees, rounds
from tests.support.hall import Hall

PLANNED, OPEN, CLOSED, REVEALED = RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED, RoundState.REVEALED


def figures(hall: Hall, number: int) -> rounds.Figures:
    with hall.app.app_context():
        row = rounds.get(number)
        assert row is not None
        return rounds.figures(row)


def lines(hall: Hall) -> list[str]:
    with hall.app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_round_is_opened_closed_and_revealed_once(hall: Hall) -> None:
    number = hall.round(state=PLANNED)
    for verb, state in (("open", OPEN), ("close", CLOSED), ("reveal", REVEALED)):
        hall.lead(verb, number)
        hall.lead(verb, number)
        assert hall.state(number) == state
    assert lines(hall) == ["rounds.open", "rounds.close", "rounds.reveal"]
    with pytest.raises(NotAllowed, match="Everybody has seen the result"):
        hall.lead("open", number)


def test_a_closed_round_is_opened_again_and_says_so(hall: Hall) -> None:
    number = hall.round(state=PLANNED)
    for verb in ("open", "close", "open"):
        hall.lead(verb, number)
    with hall.app.app_context():
        row = rounds.get(number)
        assert row is not None
        assert (row.state, row.reopened, row.closed_at is not None) == (OPEN, 1, True)


@pytest.mark.parametrize(
    ("state", "verb", "sentence"),
    [
        (PLANNED, "close", "has not been opened"),
        (PLANNED, "reveal", "Close the round first"),
        (OPEN, "reveal", "Close the round first"),
    ],
)
def test_no_step_is_skipped(hall: Hall, state: RoundState, verb: str, sentence: str) -> None:
    number = hall.round(state=state)
    with pytest.raises(NotAllowed, match=sentence):
        hall.lead(verb, number)
    assert hall.state(number) == state
    assert lines(hall) == []


def test_one_round_is_open_at_a_time(hall: Hall) -> None:
    hall.round(state=OPEN)
    other = hall.round(state=PLANNED)
    with pytest.raises(NotAllowed, match="Another round is open"):
        hall.lead("open", other)
    assert hall.state(other) == PLANNED


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.ORGANISER,)])
def test_only_facilitators_lead(hall: Hall, roles: tuple[Role, ...]) -> None:
    number = hall.round(state=PLANNED)
    hall.facilitator = hall.room.person(*roles)
    for verb in ("open", "close", "reveal"):
        with pytest.raises(NotAllowed, match="Only facilitators lead"):
            hall.lead(verb, number)


def test_nobody_leads_after_a_week_or_in_a_closed_process(hall: Hall) -> None:
    number = hall.round(state=PLANNED)
    with hall.app.app_context():
        ends = datetime.now(UTC) - timedelta(days=8)
        db.session.execute(update(Activity).values(starts_at=ends))
        db.session.commit()
    with pytest.raises(NotAllowed, match="more than a week ago"):
        hall.lead("open", number)
    with hall.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    with pytest.raises(NotAllowed, match="process is closed"):
        hall.lead("open", number)


def test_two_facilitators_open_two_rounds_at_once_and_one_hears_no(hall: Hall) -> None:
    numbers = [hall.round(state=PLANNED) for _ in range(6)]
    start, outcomes = threading.Barrier(len(numbers)), {}

    def press(number: int) -> None:
        start.wait()
        try:
            hall.lead("open", number)
            outcomes[number] = "opened"
        except NotAllowed as no:
            outcomes[number] = no.decision.refusal

    threads = [threading.Thread(target=press, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["Another round is open. Close that one first."] * 5 + ["opened"]
    assert [hall.state(number) for number in numbers].count(OPEN) == 1


@pytest.mark.parametrize("state", [PLANNED, OPEN, CLOSED])
def test_no_figure_leaves_before_it_is_revealed_but_how_many_voted(hall: Hall, state: RoundState) -> None:
    number = hall.round(state=state)
    one, two = hall.options(number)
    for attendee in (hall.attendee(), hall.attendee()):
        hall.vote(number, attendee, one, 1)
        hall.vote(number, attendee, two, -1)
    found = figures(hall, number)
    assert found.voters == 2
    assert [(row.text, row.counts, row.paper) for row in found.rows] == [
        ("Meer bomen", {}, None),
        ("Meer bankjes", {}, None),
    ]


def test_figures_of_a_revealed_round(hall: Hall) -> None:
    number = hall.round(RoundKind.DOTS, state=REVEALED)
    one, two = hall.options(number)
    people = [hall.attendee() for _ in range(3)]
    for attendee, dots in zip(people, (3, 2, 1), strict=True):
        hall.vote(number, attendee, one, dots)
    hall.vote(number, people[1], two, 1)
    found = figures(hall, number)
    assert found.voters == 3
    assert [(row.counts, row.dots) for row in found.rows] == [({3: 1, 2: 1, 1: 1}, 6), ({1: 1}, 1)]


def test_answers_that_mean_the_same_count_their_people_once(hall: Hall) -> None:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen", "Niets"), state=REVEALED)
    one, two, three = hall.options(number)
    with hall.app.app_context():
        db.session.get_one(RoundOption, two).merged_into_id = one
        db.session.get_one(RoundOption, three).hidden_at = datetime.now(UTC)
        db.session.commit()
    both, other = hall.attendee(), hall.attendee()
    for attendee, option in ((both, one), (both, two), (other, two), (other, three)):
        hall.vote(number, attendee, option, 1)
    assert [(row.text, row.counts) for row in figures(hall, number).rows] == [("Bomen", {1: 2})]


def test_paper_counts_once_two_people_found_the_same(hall: Hall) -> None:
    number = hall.round(state=REVEALED)
    one, two = hall.options(number)
    people = [hall.room.person(), hall.room.person()]

    def count(person: int, option: int, for_: int, against: int) -> None:
        with hall.app.app_context():
            for value, found in ((1, for_), (-1, against)):
                db.session.merge(
                    PaperCount(
                        option_id=option,
                        value=value,
                        entered_by=person,
                        number=found,
                        entered_at=datetime.now(UTC),
                    )
                )
            db.session.commit()

    count(people[0], one, 7, 2)
    assert [row.paper for row in figures(hall, number).rows] == [None, None]
    count(people[1], one, 7, 2)
    count(people[0], two, 4, 0)
    count(people[1], two, 5, 0)
    assert [row.paper for row in figures(hall, number).rows] == [{1: 7, -1: 2}, None]
    count(people[1], two, 4, 0)
    assert figures(hall, number).rows[1].paper == {1: 4, -1: 0}


def test_the_version_changes_with_everything_that_shows(hall: Hall) -> None:
    number = hall.round(state=PLANNED)
    one, two = hall.options(number)
    attendee = hall.attendee()

    def version() -> str:
        with hall.app.app_context():
            return rounds.version(number)

    def merge() -> None:
        with hall.app.app_context():
            db.session.get_one(RoundOption, two).merged_into_id = one
            db.session.commit()

    def hide() -> None:
        with hall.app.app_context():
            db.session.get_one(RoundOption, two).hidden_at = datetime.now(UTC)
            db.session.commit()

    seen = [version()]
    for change in (
        lambda: hall.lead("open", number),
        lambda: hall.vote(number, attendee, one, 1),
        lambda: hall.vote(number, attendee, two, -1),
        merge,
        hide,
        lambda: hall.lead("close", number),
        lambda: hall.lead("reveal", number),
    ):
        change()
        seen.append(version())
    assert len(set(seen)) == len(seen)
    assert version() == seen[-1]
    with hall.app.app_context():
        assert rounds.version(number + 1000) == ""


def test_opening_again_counts_votes_in_the_group_of_the_badge_now(hall: Hall) -> None:
    number = hall.round(state=CLOSED)
    attendee = hall.attendee(Group.COUNCIL)
    hall.vote(number, attendee, hall.options(number)[0], 1)
    with hall.app.app_context():
        db.session.get_one(Attendee, attendee).confirmed_at = datetime.now(UTC)
        db.session.commit()
    assert hall.votes(number)[0][3] == Group.RESIDENT, "a closed round never changes"
    hall.lead("open", number)
    assert hall.votes(number)[0][3] == Group.COUNCIL


def test_who_is_here_per_group(hall: Hall) -> None:
    hall.attendee()
    hall.attendee(Group.COUNCIL, confirmed=True)
    hall.attendee(Group.COUNCIL)
    hall.attendee(Group.PARTNER, removed_at=datetime.now(UTC))
    with hall.app.app_context():
        assert attendees.here(hall.workshop) == {Group.RESIDENT: 1, Group.COUNCIL: 2, Group.PARTNER: 0}
        assert attendees.heads(hall.workshop)[Group.COUNCIL] == attendees.Heads(1, 1)
        assert attendees.by_token(hall.workshop, "secret-1") is not None
        assert attendees.by_token(hall.workshop + 1, "secret-1") is None
        assert attendees.by_token(hall.workshop, "") is None


def test_a_second_open_round_is_refused_by_the_database(hall: Hall) -> None:
    hall.round(state=OPEN)
    with pytest.raises(Exception, match=r"(?i)unique"):
        hall.round(state=OPEN)
    with hall.app.app_context():
        assert len(rounds.of_workshop(hall.workshop)) == 1
        assert db.session.get(Person, hall.facilitator) is not None
        assert db.session.scalar(select(Round.state)) == OPEN
