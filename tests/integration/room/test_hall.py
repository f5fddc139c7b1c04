"""The door: who is there, whose badge is confirmed, who is taken out, the code, and what everybody else may not."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.features.room import hall_service, voting
from app.models import Attendee, AuditEntry, Person, Process, Workshop
from app.models.person import Role
from app.models.room import RoundState
from app.records import rooms
from tests import factories
from tests.support import post, sign_in, visit
from tests.support.hall import Hall
from tests.support.room import a_room


@pytest.fixture
def desk(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The facilitator, signed in."""
    return sign_in(client, hall.facilitator)


def row(hall: Hall, attendee: int) -> Attendee:
    with hall.app.app_context():
        found = db.session.get_one(Attendee, attendee)
        db.session.expunge(found)
        return found


def lines(hall: Hall) -> list[tuple[str, dict[str, object]]]:
    with hall.app.app_context():
        return [
            (line.action, line.after)
            for line in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]


def test_badges_are_confirmed_one_by_one_and_all_of_a_colour(hall: Hall, desk: FlaskClient) -> None:
    one, two = hall.attendee(Group.COUNCIL, name="Noor"), hall.attendee(Group.COUNCIL)
    other = hall.attendee(Group.PARTNER)
    page = visit(desk, f"{hall.path}/zaal", max_queries=5)
    assert "Noor" in page.text
    assert page.texts(".hall-heads__number") == ["0", "2", "1"]
    page.submit(f"#attendee-{one} .hall-person__do > form")
    assert row(hall, one).confirmed_by == hall.facilitator
    assert row(hall, one).counts_as is Group.COUNCIL
    page = visit(desk, f"{hall.path}/zaal")
    answer = page.submit(".hall-heads form:has([value=council])")
    assert answer.location == f"{hall.path}/zaal#people"
    assert row(hall, two).confirmed_at is not None
    assert row(hall, other).confirmed_at is None
    post(desk, f"{hall.path}/zaal/bevestigen", wie=one)
    post(desk, f"{hall.path}/zaal/bevestigen", groep="council")
    assert lines(hall) == [("hall.confirm", {"group": "council", "count": 1})] * 2
    post(desk, f"{hall.path}/zaal/bevestigen", 400, groep="mayor")


def test_votes_move_along_while_the_round_is_open_and_not_after(hall: Hall, desk: FlaskClient) -> None:
    closed, number = hall.round(state=RoundState.CLOSED), hall.round()
    attendee = hall.attendee(Group.COUNCIL)
    hall.vote(closed, attendee, hall.options(closed)[0], 1)
    hall.vote(number, attendee, hall.options(number)[0], 1)
    post(desk, f"{hall.path}/zaal/bevestigen", wie=attendee)
    assert [vote[3] for vote in hall.votes(number)] == [Group.COUNCIL]
    assert [vote[3] for vote in hall.votes(closed)] == [Group.RESIDENT]
    post(desk, f"{hall.path}/zaal/{attendee}/groep", groep="partner")
    assert [vote[3] for vote in hall.votes(number)] == [Group.PARTNER]
    post(desk, f"{hall.path}/zaal/{attendee}/weg")
    assert hall.votes(number) == []
    assert len(hall.votes(closed)) == 1, "a closed round never changes"


def test_who_signed_in_keeps_the_group_of_the_account(hall: Hall, desk: FlaskClient) -> None:
    attendee = hall.attendee(Group.RESIDENT, confirmed=True, person_id=hall.room.person())
    post(desk, f"{hall.path}/zaal/{attendee}/groep", groep="council")
    assert row(hall, attendee).group is Group.RESIDENT
    assert not visit(desk, f"{hall.path}/zaal").all(".hall-person__change")


def test_a_phone_that_was_taken_out_hears_so_and_may_come_back(hall: Hall, desk: FlaskClient) -> None:
    attendee = hall.attendee()
    visit(desk, f"{hall.path}/zaal").submit(f"form[action$='/zaal/{attendee}/weg']")
    post(desk, f"{hall.path}/zaal/{attendee}/weg")
    assert [line[0] for line in lines(hall)] == ["hall.remove"]
    phone = hall.phone(attendee)
    assert (
        "niet meer" in visit(phone, f"{hall.path}/meedoen").text
        or "any more" in visit(phone, f"/en{hall.path}/meedoen").text
    )
    post(phone, "/doe-mee/MAAS47", group="resident")
    with hall.app.app_context():
        assert len(db.session.scalars(select(Attendee.id)).all()) == 2


def test_the_doors_are_opened_closed_and_left_to_the_clock(hall: Hall, desk: FlaskClient) -> None:
    for wish, status in (("close", 403), ("open", 303), ("clock", 303)):
        post(desk, f"{hall.path}/zaal/deuren", wish=wish)
        post(desk, f"{hall.path}/zaal/deuren", wish=wish)
        post(hall.app.test_client(), "/doe-mee/MAAS47", status, group="resident")
    assert lines(hall) == [("hall.set_doors", {"doors": wish}) for wish in ("close", "open", "clock")]
    post(desk, f"{hall.path}/zaal/deuren", 400, wish="explode")


def test_another_code_closes_the_old_one(hall: Hall, desk: FlaskClient) -> None:
    inside = hall.attendee()
    post(desk, f"{hall.path}/zaal/code")
    code = hall.code()
    assert code != "MAAS47"
    assert hall.app.test_client().get("/doe-mee/MAAS47").status_code == 404
    visit(hall.app.test_client(), f"/doe-mee/{code}")
    assert not visit(hall.phone(inside), f"{hall.path}/meedoen").all("form.join"), "who is in stays in"


def test_the_code_stands_large_on_the_page_and_the_poster_without_names(
    hall: Hall, desk: FlaskClient
) -> None:
    hall.attendee(name="Noor")
    for path in ("zaal", "zaal/affiche"):
        page = visit(desk, f"{hall.path}/{path}")
        assert "MAAS47" in page.texts(".join-card__code")
        assert "/doe-mee/MAAS47" in str(page.one(".qr-frame")["aria-label"])
    assert "Noor" not in page.html


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.ORGANISER,)])
def test_nobody_else_sees_names_or_decides(hall: Hall, client: FlaskClient, roles: tuple[Role, ...]) -> None:
    attendee = hall.attendee(Group.COUNCIL, name="Noor")
    person = hall.room.person(*roles)
    sign_in(client, person)
    for path in ("zaal", "zaal/affiche"):
        assert "Noor" not in visit(client, f"{hall.path}/{path}", 403).html
    for path in ("deuren", "code", "bevestigen", f"{attendee}/groep", f"{attendee}/weg"):
        post(client, f"{hall.path}/zaal/{path}", 403, wie=attendee, groep="council", wish="open")
    assert row(hall, attendee).confirmed_at is None
    with hall.app.app_context():
        room = rooms.get(hall.workshop)
        assert room is not None
        actor = db.session.get_one(Person, person)
        with pytest.raises(NotAllowed, match="Only facilitators"):
            hall_service.confirm(actor, room, attendee, factories.NOW)


def test_somebody_of_another_workshop_is_out_of_reach(hall: Hall, desk: FlaskClient) -> None:
    with hall.app.app_context():
        process = db.session.get_one(Process, hall.room.process)
        other = factories.a_workshop(factories.a_call(process)).id
        db.session.commit()
    attendee = hall.attendee(Group.COUNCIL, workshop=other)
    post(desk, f"{hall.path}/zaal/bevestigen", wie=attendee)
    post(desk, f"{hall.path}/zaal/{attendee}/weg")
    assert (row(hall, attendee).confirmed_at, row(hall, attendee).removed_at) == (None, None)


def test_confirming_while_somebody_votes_leaves_no_vote_in_the_old_group(hall: Hall) -> None:
    number = hall.round()
    option = hall.options(number)[0]
    people = [hall.attendee(Group.COUNCIL) for _ in range(12)]
    start = threading.Barrier(len(people) + 1)

    def vote(who: int) -> None:
        start.wait()
        with hall.app.app_context():
            voting.put(hall.workshop, who, number, option, 1, datetime.now(UTC))

    def confirm() -> None:
        start.wait()
        with hall.app.app_context():
            room = rooms.get(hall.workshop)
            assert room is not None
            actor = db.session.get_one(Person, hall.facilitator)
            hall_service.confirm_all(actor, room, Group.COUNCIL, datetime.now(UTC))

    threads = [threading.Thread(target=vote, args=(who,)) for who in people]
    threads.append(threading.Thread(target=confirm))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [vote[3] for vote in hall.votes(number)] == [Group.COUNCIL] * 12


def test_after_a_week_the_page_only_shows(hall: Hall, desk: FlaskClient) -> None:
    attendee = hall.attendee(name="Noor")
    with hall.app.app_context():
        workshop = db.session.get_one(Workshop, hall.workshop)
        workshop.activity.starts_at = datetime.now(UTC) - timedelta(days=9)
        db.session.commit()
    page = visit(desk, f"{hall.path}/zaal")
    assert not page.all("main form")
    post(desk, f"{hall.path}/zaal/{attendee}/weg", 403)


def test_a_crowd_from_afar_is_taken_out_at_once(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round()
    option = hall.options(number)[0]
    here = hall.attendee(confirmed=True)
    crowd = [hall.attendee() for _turn in range(3)]
    for attendee in (here, *crowd):
        hall.vote(number, attendee, option, 1)
    elsewhere = a_room(hall.app, votes=False)
    stranger = hall.attendee(workshop=elsewhere.workshop)
    page = visit(desk, f"{hall.path}/zaal")
    assert "Haal 3 telefoons weg" in page.text
    page.submit("form[action$='/onbevestigd-weg']")
    assert "3 telefoons zijn niet meer in de zaal." in visit(desk, f"{hall.path}/zaal").text
    assert [row(hall, each).removed_at is None for each in (here, stranger, *crowd)] == [True] * 2 + [
        False
    ] * 3
    assert [vote[0] for vote in hall.votes(number)] == [here]
    assert lines(hall) == [("hall.remove_waiting", {"count": 3})]
    post(desk, f"{hall.path}/zaal/onbevestigd-weg")
    assert len(lines(hall)) == 1, "a second time there is nobody"
    assert "onbevestigd-weg" not in visit(desk, f"{hall.path}/zaal").response.text


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.ORGANISER,)])
def test_only_facilitators_take_a_crowd_out(hall: Hall, client: FlaskClient, roles: tuple[Role, ...]) -> None:
    attendee = hall.attendee()
    sign_in(client, hall.room.person(*roles))
    post(client, f"{hall.path}/zaal/onbevestigd-weg", 403)
    assert row(hall, attendee).removed_at is None
