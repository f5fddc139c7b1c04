"""A facilitator arranges the agenda; everybody else may not, and every change shows at once."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.features.workshop import service
from app.models import AuditEntry, Person, Process
from app.models.person import Role
from app.models.process import ProcessState
from app.models.workshop import AgendaItemKind
from tests import factories
from tests.support import Page, csrf_token, look_at, post, sign_in, visit
from tests.support.room import Room

REASON = "De raad vroeg erom."


@pytest.fixture
def facilitator(room: Room) -> int:
    """Somebody who may arrange the agenda."""
    return room.person(Role.FACILITATOR)


@pytest.fixture
def desk(room: Room, client: FlaskClient, facilitator: int) -> FlaskClient:
    """The facilitator, signed in."""
    return sign_in(client, facilitator)


def audit(room: Room) -> list[AuditEntry]:
    with room.app.app_context():
        lines = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        db.session.expunge_all()
        return lines


def items(page: Page) -> list[str]:
    return page.texts(".agenda__title")


def form(action: str) -> str:
    return f'form[action$="{action}"]'


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.ORGANISER])
@pytest.mark.parametrize("group", list(Group))
def test_only_facilitators_come_in(room: Room, client: FlaskClient, role: Role | None, group: Group) -> None:
    person = room.person(*([role] if role else []), group=group)
    sign_in(client, person)
    page = visit(client, f"{room.path}/agenda", status=403)
    assert "Deze pagina is voor begeleiders." in page.text
    for path in (
        *("minuten", "blokken", "blokken/1", "themas", "weg/1", "stand", "volgorde", "volgorde/terug"),
        *("publiceren", "uitnodigen/1", "uitnodigingen/1/intrekken"),
    ):
        post(client, f"{room.path}/agenda/{path}", 403)
    assert "Agenda regelen" not in visit(client, room.path).text
    assert audit(room) == []
    with room.app.app_context(), pytest.raises(NotAllowed, match="Only facilitators"):
        service.set_minutes(db.session.get_one(Person, person), room.workshop, 60, factories.NOW)


def test_signed_out_people_are_sent_to_sign_in(room: Room, client: FlaskClient) -> None:
    answer = client.get(f"{room.path}/agenda")
    assert (answer.status_code, answer.location) == (
        303,
        f"/inloggen?next=/werkateliers/{room.workshop}/agenda",
    )


def test_the_page_leads_to_the_screen_and_shows_how_it_stands(room: Room, desk: FlaskClient) -> None:
    page = visit(desk, room.path).follow(f'a[href="{room.path}/agenda"]')
    assert page.links(".arrange__screens a") == [
        f"{room.path}/scherm/openen?beeld=themas",
        f"{room.path}/scherm/openen?beeld=ideeen",
        f"{room.path}/scherm/openen?beeld=agenda",
    ]
    assert "Van de 90 minuten liggen er 30 vast. De stemmen verdelen de andere 60." in page.text
    assert page.texts(".arrange__now .arrange__name") == [
        *("19:00 Welkom 10 min", "19:10 Groen 30 min", "19:40 Pauze 15 min", "19:55 Maas 30 min"),
        "20:25 Borrel 5 min",
    ]


def test_another_length_changes_the_agenda_at_once(room: Room, desk: FlaskClient, facilitator: int) -> None:
    page = visit(desk, f"{room.path}/agenda")
    answer = page.submit(form("/minuten"), {"workshop-minutes": "120"})
    assert (answer.status_code, answer.location) == (303, f"{room.path}/agenda")
    assert "De minuten zijn aangepast." in visit(desk, f"{room.path}/agenda").text
    assert items(visit(desk, room.path)) == ["Welkom", "1 Groen", "Pauze", "2 Maas", "3 Fietsen", "Borrel"]
    (line,) = audit(room)
    assert (line.actor_id, line.action, line.subject_id) == (
        facilitator,
        "workshop.set_minutes",
        room.workshop,
    )
    assert (line.before, line.after) == ({"minutes": 90}, {"minutes": 120})


def test_parts_are_added_changed_and_removed(room: Room, desk: FlaskClient) -> None:
    page = visit(desk, f"{room.path}/agenda")
    page.submit(
        form("/blokken"), {"new-kind": "closing", "new-title": "Foto", "new-minutes": "5"}, button="closing"
    )
    pause = room.item(AgendaItemKind.BREAK)
    page = visit(desk, f"{room.path}/agenda")
    page.submit(form(f"/blokken/{pause}"), {f"block-{pause}-title": "Koffie", f"block-{pause}-minutes": "10"})
    welcome = room.item(AgendaItemKind.OPENING)
    page = visit(desk, f"{room.path}/agenda")
    page.submit(form(f"/weg/{welcome}"))
    assert room.fixed() == [
        ("break", "Koffie", 10, ""),
        ("closing", "Borrel", 5, ""),
        ("closing", "Foto", 5, ""),
    ]
    assert items(visit(desk, room.path)) == [
        *("1 Groen", "Koffie", "2 Maas", "Tijd over", "Borrel", "Foto"),
    ]
    assert [line.action for line in audit(room)] == [
        *("workshop.add_block", "workshop.change_block", "workshop.remove_item"),
    ]


def test_a_theme_is_pinned_then_left_out_then_left_to_the_votes(room: Room, desk: FlaskClient) -> None:
    given = {"theme-theme": room.themes["Fietsen"], "theme-minutes": "20", "theme-reason": REASON}
    page = visit(desk, f"{room.path}/agenda")
    page.submit(form("/themas"), {**given, "theme-kind": "pinned"})
    shown = visit(desk, room.path)
    assert items(shown)[:2] == ["Welkom", "1 Fietsen"]
    assert REASON in shown.text
    page.submit(form("/themas"), {**given, "theme-kind": "skipped"})
    assert room.fixed()[-1] == ("skipped", "Fietsen", 20, REASON)
    assert len(room.fixed()) == 4
    assert f"De begeleider liet het weg: {REASON}" in visit(desk, room.path).text
    item = room.item(AgendaItemKind.SKIPPED)
    visit(desk, f"{room.path}/agenda").submit(form(f"/weg/{item}"))
    assert "liet het weg" not in visit(desk, room.path).text
    assert [(line.action, line.why) for line in audit(room)] == [
        ("workshop.pin_theme", REASON),
        ("workshop.skip_theme", REASON),
        ("workshop.remove_item", ""),
    ]


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("minuten", {"workshop-minutes": "veel"}, "Schrijf het aantal minuten in cijfers."),
        ("minuten", {"workshop-minutes": "0"}, "Kies 1 tot 720 minuten."),
        ("minuten", {"workshop-minutes": "-5"}, "Schrijf het aantal minuten in cijfers."),
        ("minuten", {"workshop-minutes": "99999"}, "Kies 1 tot 720 minuten."),
        (
            "blokken",
            {"new-kind": "pinned", "new-title": "Koffie", "new-minutes": "10"},
            "Not a valid choice",
        ),
        ("blokken", {"new-title": "Koffie", "new-minutes": "10"}, "Kies waar het komt."),
        (
            "blokken",
            {"new-kind": "break", "new-title": "", "new-minutes": "10"},
            "Schrijf minstens 2 tekens.",
        ),
        (
            "themas",
            {"theme-kind": "pinned", "theme-minutes": "9", "theme-reason": "Zomaar"},
            "Schrijf minstens 10 tekens. Iedereen leest deze reden op de pagina.",
        ),
    ],
)
def test_a_fault_is_named_and_what_was_typed_stays(
    room: Room, desk: FlaskClient, path: str, data: dict[str, str], sentence: str
) -> None:
    if path == "themas":
        data = {**data, "theme-theme": str(room.themes["Maas"])}
    answer = post(desk, f"{room.path}/agenda/{path}", 400, **data)
    page = look_at(desk, answer, f"{room.path}/agenda/{path}")
    if sentence != "Not a valid choice":
        assert sentence in page.texts(".errors li")
    assert len(page.all(".errors li")) == 1
    for name, typed in data.items():
        for field in page.all(f'[name="{name}"]:is(input:not([type="radio"]), textarea)'):
            assert typed in (field.get("value"), field.get_text().strip())
    assert audit(room) == []
    # The other forms on the page hold what they held.
    others = [tag for tag in page.all('[name$="-title"]') if str(tag["name"]).startswith("block-")]
    assert [tag["value"] for tag in others] == ["Welkom", "Pauze", "Borrel"]


def test_a_theme_of_another_process_is_refused(room: Room, desk: FlaskClient, facilitator: int) -> None:
    with room.app.app_context():
        stranger = factories.a_theme(factories.a_process()).id
        db.session.commit()
        with pytest.raises(NotAllowed, match="does not belong"):
            service.place_theme(
                db.session.get_one(Person, facilitator),
                room.workshop,
                stranger,
                AgendaItemKind.PINNED,
                10,
                REASON,
                factories.NOW,
            )
    post(
        desk,
        f"{room.path}/agenda/themas",
        400,
        **{"theme-theme": stranger, "theme-kind": "pinned", "theme-minutes": 9, "theme-reason": REASON},
    )
    assert len(room.fixed()) == 3


def test_a_part_of_another_workshop_stays_where_it_is(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        other = factories.a_workshop(factories.a_call()).id
        db.session.commit()
    item = room.item(AgendaItemKind.BREAK)
    post(desk, f"/werkateliers/{other}/agenda/weg/{item}")
    path = f"/werkateliers/{other}/agenda/blokken/{item}"
    answer = post(desk, path, 403, **{f"block-{item}-title": "Weg ermee", f"block-{item}-minutes": 5})
    assert "Dit onderdeel staat niet meer op de agenda." in look_at(desk, answer, path).text
    assert room.fixed()[1] == ("break", "Pauze", 15, "")
    assert audit(room) == []


def test_what_does_not_fit_is_kept_and_said(room: Room, desk: FlaskClient) -> None:
    visit(desk, f"{room.path}/agenda").submit(form("/minuten"), {"workshop-minutes": "20"})
    for path in (f"{room.path}/agenda", room.path):
        assert "duurt 10 minuten langer dan het werkatelier" in visit(desk, path).text


def test_a_closed_process_stays_as_it_is(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    page = visit(desk, f"{room.path}/agenda")
    assert "Dit traject is gesloten. De agenda blijft zoals die is." in page.text
    assert not page.all('main form[method="post"]')
    post(desk, f"{room.path}/agenda/minuten", 403, **{"workshop-minutes": 60})
    post(desk, f"{room.path}/agenda/weg/{room.item(AgendaItemKind.BREAK)}", 403)
    assert len(room.fixed()) == 3


def test_hidden_counts_stay_hidden_from_the_facilitator_too(room: Room, desk: FlaskClient) -> None:
    room.hide_counts()
    page = visit(desk, f"{room.path}/agenda")
    assert not page.all(".arrange__now")
    page.submit(form("/minuten"), {"workshop-minutes": "120"})
    assert "Groen" not in visit(desk, room.path).text


def test_two_who_fix_one_theme_at_once_fix_it_once(app: Flask, room: Room) -> None:
    desks = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(4)]
    tokens = [csrf_token(desk) for desk in desks]
    start = threading.Barrier(len(desks))
    answers: list[int] = []

    def fix(place: int) -> None:
        data = {
            "csrf_token": tokens[place],
            "theme-theme": room.themes["Fietsen"],
            "theme-kind": ("pinned", "skipped")[place % 2],
            "theme-minutes": 10,
            "theme-reason": REASON,
        }
        start.wait()
        answers.append(desks[place].post(f"{room.path}/agenda/themas", data=data).status_code)

    threads = [threading.Thread(target=fix, args=(place,)) for place in range(len(desks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    assert len(room.fixed()) == 4
    room.refresh()
    visit(app.test_client(), room.path)
