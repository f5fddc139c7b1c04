"""Places that are kept for groups: who gets them, who waits, who moves up, and who may say so."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.features.gatherings import service
from app.models import Activity, ActivityQuota, AuditEntry, Notice, Person, Registration
from app.models.gathering import RegistrationState
from app.models.person import Role
from app.records import quotas, registrations
from tests import factories
from tests.support import look_at, post, sign_in, visit

R, C, P = Group.RESIDENT, Group.COUNCIL, Group.PARTNER
FORM = "form[action$='/groepen']"


def an_evening(app: Flask, capacity: int, **kept: int) -> int:
    with app.app_context():
        starts = datetime.now(UTC) + timedelta(days=1)
        activity = factories.an_activity(factories.a_process(), capacity=capacity, starts_at=starts)
        for group, places in kept.items():
            db.session.add(ActivityQuota(activity_id=activity.id, group=Group(group), places=places))
        db.session.commit()
        return activity.id


def ask(app: Flask, evening: int, group: Group, person: int | None = None) -> tuple[int, RegistrationState]:
    with app.app_context():
        number = person or factories.a_person(group=group).id
        state = registrations.register(evening, number, "", datetime.now(UTC))
        db.session.commit()
        return number, state


def states(app: Flask) -> list[str]:
    with app.app_context():
        return [row.state.value for row in db.session.scalars(select(Registration).order_by(Registration.id))]


def organiser(app: Flask) -> int:
    with app.app_context():
        person = factories.a_person(Role.ORGANISER).id
        db.session.commit()
        return person


def keep(app: Flask, evening: int, by: int, **places: int) -> None:
    with app.app_context():
        wanted = {Group(group): number for group, number in places.items()}
        service.keep_places(db.session.get_one(Person, by), evening, wanted, datetime.now(UTC))


def test_kept_places_go_to_their_group_first(app: Flask) -> None:
    evening = an_evening(app, 4, council=2, partner=1)
    outcomes = [ask(app, evening, group)[1].value for group in (R, R, C, C, C, P, P)]
    assert outcomes == ["coming", "waiting", "coming", "coming", "waiting", "coming", "waiting"]


def test_a_group_that_is_full_goes_on_with_the_places_for_everybody(app: Flask) -> None:
    evening = an_evening(app, 3, council=1)
    assert [ask(app, evening, C)[1].value for _ in range(4)] == ["coming"] * 3 + ["waiting"]


def test_who_cancels_a_kept_place_leaves_it_to_the_same_group(app: Flask) -> None:
    evening = an_evening(app, 2, council=1)
    ask(app, evening, R)
    member, _state = ask(app, evening, C)
    ask(app, evening, R)
    ask(app, evening, C)
    assert states(app) == ["coming", "coming", "waiting", "waiting"]
    with app.app_context():
        registrations.cancel(evening, member, datetime.now(UTC))
        db.session.commit()
    assert states(app) == ["coming", "cancelled", "waiting", "coming"]


def test_who_cancels_a_place_for_everybody_leaves_it_to_who_waits_longest(app: Flask) -> None:
    evening = an_evening(app, 2, council=1)
    first, _state = ask(app, evening, R)
    ask(app, evening, C)
    ask(app, evening, P)
    ask(app, evening, C)
    with app.app_context():
        registrations.cancel(evening, first, datetime.now(UTC))
        db.session.commit()
    assert states(app) == ["cancelled", "coming", "coming", "waiting"]


def test_fewer_kept_places_let_who_waits_move_up_and_hear(app: Flask) -> None:
    evening, by = an_evening(app, 3, council=3), organiser(app)
    people = [ask(app, evening, R)[0] for _ in range(3)]
    assert states(app) == ["waiting"] * 3
    keep(app, evening, by, council=1)
    assert states(app) == ["coming", "coming", "waiting"]
    keep(app, evening, by, council=1)
    with app.app_context():
        assert sorted(db.session.scalars(select(Notice.person_id))) == people[:2]
        (line,) = db.session.scalars(select(AuditEntry))
        assert (line.action, line.before, line.after) == (
            "gatherings.keep_places",
            {"council": 3},
            {"council": 1},
        )


def test_without_kept_places_nothing_changes(app: Flask) -> None:
    evening = an_evening(app, 2)
    assert [ask(app, evening, group)[1].value for group in (R, C, P)] == ["coming", "coming", "waiting"]
    assert ask(app, an_evening(app, 0, council=5), R)[1].value == "coming", "no limit, nothing to keep"


def test_of_thirty_who_ask_at_once_every_group_gets_what_was_kept(app: Flask) -> None:
    evening = an_evening(app, 10, council=4, partner=2)
    with app.app_context():
        made = [factories.a_person(group=group) for group in (R,) * 20 + (C,) * 6 + (P,) * 4]
        db.session.commit()
        people = [(person.id, person.group) for person in made]
    gate, outcomes = threading.Barrier(len(people)), []

    def press(person: int, group: Group) -> None:
        gate.wait()
        outcomes.append((group, ask(app, evening, group, person)[1].value))

    threads = [threading.Thread(target=press, args=each) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    told = Counter(outcomes)
    came = {group: told[group, "coming"] for group in (R, C, P)}
    assert sum(came.values()) == 10
    assert sum(told.values()) == 30
    assert came[R] <= 4
    assert came[C] >= 4
    assert came[P] >= 2


def test_the_page_says_what_is_left_for_whom(app: Flask, client: FlaskClient) -> None:
    evening = an_evening(app, 5, council=2)
    page = visit(client, f"/en/activiteiten/{evening}")
    assert "3 places left of 5. 2 more places are kept for other groups." in page.text
    with app.app_context():
        member = factories.a_person(group=C).id
        db.session.commit()
    page = visit(sign_in(app.test_client(), member), f"/en/activiteiten/{evening}/aanmelden")
    assert "5 places left of 5." in page.text
    for _ in range(3):
        ask(app, evening, R)
    page = visit(app.test_client(), f"/en/activiteiten/{evening}")
    assert "The 2 places that are left are kept for other groups." in page.text
    assert "Join the waiting list" in page.text
    with app.app_context():
        assert registrations.places(evening, 5, None, C).left == 2


def test_an_organiser_keeps_places(app: Flask, client: FlaskClient) -> None:
    evening = an_evening(app, 5)
    sign_in(client, organiser(app))
    page = visit(client, f"/beheer/activiteiten/{evening}")
    sent = page.submit(FORM, {"kept-council": "2", "kept-partner": ""})
    assert (sent.status_code, sent.location) == (303, f"/beheer/activiteiten/{evening}#kept")
    with app.app_context():
        assert quotas.of_activity(evening) == {R: 0, C: 2, P: 0}
    for typed in ({"kept-council": "9"}, {"kept-council": "-1"}, {"kept-partner": "veel"}):
        sent = page.submit(FORM, typed)
        assert sent.status_code == 400
        shown = look_at(client, sent)
        name, value = next(iter(typed.items()))
        assert shown.all("[data-error-summary]")
        assert value in (str(shown.one(f'[name="{name}"]').get("value")), "-1", "veel")
    with app.app_context():
        assert quotas.of_activity(evening) == {R: 0, C: 2, P: 0}


def test_more_than_there_are_is_refused_where_it_counts(app: Flask) -> None:
    evening, by = an_evening(app, 5), organiser(app)
    with pytest.raises(NotAllowed, match="more places than there are"):
        keep(app, evening, by, council=3, partner=3)
    with app.app_context():
        db.session.execute(db.update(Activity).values(capacity=None))
        db.session.commit()
    with pytest.raises(NotAllowed, match="more places than there are"):
        keep(app, evening, by, council=1)


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.FACILITATOR,)])
def test_only_organisers_keep_places(app: Flask, client: FlaskClient, roles: tuple[Role, ...]) -> None:
    evening = an_evening(app, 5)
    with app.app_context():
        person = factories.a_person(*roles).id
        db.session.commit()
    post(sign_in(client, person), f"/beheer/activiteiten/{evening}/groepen", 403)
    with pytest.raises(NotAllowed, match="Only organisers"):
        keep(app, evening, person, council=1)
