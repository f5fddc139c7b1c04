"""Parts of the draft in another order: by buttons, for a reason that everybody reads, and by one of ten clicks."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models import AuditEntry, Workshop
from app.models.person import Role
from tests.support import csrf_token, look_at, post, sign_in, visit
from tests.support.room import Room

from .conftest import Builder, at_once


def titles(builder: Builder) -> list[str]:
    return [text.split(" ")[0] for text in builder.draft()]


def test_a_part_goes_one_place_and_the_page_goes_on_at_its_button(builder: Builder) -> None:
    answer = builder.move("Maas", "earlier")
    key = f"part-theme-{builder.room.themes['Maas']}-earlier"
    assert (answer.status_code, answer.location) == (303, f"{builder.room.path}/agenda#{key}")
    assert titles(builder) == ["Welkom", "Groen", "Maas", "Pauze", "Borrel"]
    assert builder.page().one(f"#{key}").name == "button"
    builder.move("Welkom", "later")
    assert titles(builder) == ["Groen", "Welkom", "Maas", "Pauze", "Borrel"]
    seen = builder.page().one("input[name=order-seen]")["value"]
    data = {"order-seen": seen, "order-reason": "Eerst het water.", "move": f"{builder.key('Borrel')} 0"}
    post(builder.client, f"{builder.room.path}/agenda/volgorde", **data)  # what the script sends after a drop
    assert titles(builder) == ["Borrel", "Groen", "Welkom", "Maas", "Pauze"]


def test_a_double_click_is_one_move_and_says_nothing_of_others(builder: Builder) -> None:
    page = builder.page()
    button = str(page.one(f"#part-theme-{builder.room.themes['Maas']}-earlier")["value"])
    for _click in range(2):
        page.submit('form[action$="/agenda/volgorde"]', {"order-reason": "Eerst het water."}, button=button)
    assert "intussen" not in " ".join(builder.page().texts(".notification"))
    assert titles(builder) == ["Welkom", "Groen", "Maas", "Pauze", "Borrel"]
    # Who saw another order hears so: the place that was meant is another one by now.
    other = str(page.one(f"#part-theme-{builder.room.themes['Groen']}-later")["value"])
    answer = page.submit(
        'form[action$="/agenda/volgorde"]', {"order-reason": "Groen kan later."}, button=other
    )
    assert answer.status_code == 409
    again = look_at(builder.client, answer)
    assert "intussen" in again.one("[role=alert]").get_text()
    assert again.one("[name=order-reason]").get_text().strip() == "Groen kan later.", "nothing typed is lost"
    assert again.one("[name=order-seen]")["value"] != page.one("[name=order-seen]")["value"]
    assert titles(builder) == ["Welkom", "Groen", "Maas", "Pauze", "Borrel"]


def test_everybody_reads_the_order_and_its_reason(builder: Builder, client: FlaskClient) -> None:
    builder.move("Maas", "earlier")
    builder.move("Maas", "earlier")
    page = visit(client, builder.room.path)
    assert page.texts(".agenda__title") == ["Welkom", "1 Maas", "2 Groen", "Pauze", "Borrel"]
    assert page.texts(".agenda__clock") == ["19:00", "19:10", "19:40", "20:10", "20:25"]
    assert (
        "De onderdelen staan in een andere volgorde dan uit de stemmen volgt. Reden: Eerst het water."
        in page.text
    )


def test_without_a_reason_nothing_moves(builder: Builder) -> None:
    answer = builder.move("Maas", "earlier", reason="Zomaar")
    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert "Schrijf minstens 10 tekens." in text
    assert "Zomaar</textarea>" in text, "what was typed is kept"
    assert titles(builder) == ["Welkom", "Groen", "Pauze", "Maas", "Borrel"]


def test_the_votes_can_have_their_order_back(builder: Builder) -> None:
    builder.move("Maas", "earlier")
    builder.page().submit('form[action$="/volgorde/terug"]')
    page = builder.page()
    assert titles(builder) == ["Welkom", "Groen", "Pauze", "Maas", "Borrel"]
    assert not page.all('form[action$="/volgorde/terug"]')
    assert "Niets: de agenda is zoals die uit de stemmen volgt." in page.text
    with builder.room.app.app_context():
        lines = [line.action for line in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert lines == ["workshop.reorder", "workshop.restore_order"]


def test_the_reason_can_be_said_anew(builder: Builder) -> None:
    builder.move("Maas", "earlier")
    builder.page().submit(
        'form[action$="/agenda/volgorde"]', {"order-reason": "De waterbus vertrekt vroeg."}, button=None
    )
    assert "Reden: De waterbus vertrekt vroeg." in builder.page().text


def test_a_theme_that_comes_later_stands_where_it_would_stand(builder: Builder) -> None:
    builder.move("Maas", "earlier")
    builder.page().submit('form[action$="/minuten"]', {"workshop-minutes": "120"})
    assert titles(builder) == ["Welkom", "Groen", "Maas", "Fietsen", "Pauze", "Borrel"]


@pytest.mark.parametrize("move", ["theme:1 sideways", "theme:1", "theme:1 -1", "theme:1 99999"])
def test_nonsense_is_refused(builder: Builder, move: str) -> None:
    seen = builder.page().one("input[name=order-seen]")["value"]
    post(
        builder.client,
        f"{builder.room.path}/agenda/volgorde",
        400,
        move=move,
        **{"order-seen": seen, "order-reason": "Eerst het water."},
    )
    assert titles(builder) == ["Welkom", "Groen", "Pauze", "Maas", "Borrel"]
    assert builder.page().one("input[name=order-seen]")["value"] == seen
    assert not builder.page().all('form[action$="/volgorde/terug"]'), "the order is still that of the votes"


def test_an_unknown_part_moves_nothing(builder: Builder) -> None:
    seen = builder.page().one("input[name=order-seen]")["value"]
    data = {"order-seen": seen, "order-reason": "Eerst het water.", "move": "theme:999 0"}
    post(builder.client, f"{builder.room.path}/agenda/volgorde", 409, **data)
    assert titles(builder) == ["Welkom", "Groen", "Pauze", "Maas", "Borrel"]


def test_hidden_counts_hide_the_order_too(builder: Builder) -> None:
    seen = builder.page().one("input[name=order-seen]")["value"]
    builder.room.hide_counts()
    data = {"order-seen": seen, "order-reason": "Eerst het water.", "move": f"{builder.key('Maas')} 2"}
    answer = post(builder.client, f"{builder.room.path}/agenda/volgorde", 403, **data)
    assert "Dit kan zodra de stemronde voorbij is" in answer.text
    assert not builder.page().all(".arrange__part")


def test_ten_clicks_at_once_move_one_place(app: Flask, room: Room) -> None:
    desks = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(2)]
    seen = visit(desks[0], f"{room.path}/agenda").one("input[name=order-seen]")["value"]
    clients = [sign_in(app.test_client(), room.person(Role.FACILITATOR)) for _ in range(8)] + desks

    def sender(client: FlaskClient) -> "object":
        data = {
            "csrf_token": csrf_token(client),
            "order-seen": seen,
            "order-reason": "Eerst het water.",
            "move": f"theme:{room.themes['Maas']} 2 earlier",
        }
        return lambda: client.post(f"{room.path}/agenda/volgorde", data=data).status_code

    assert at_once([sender(client) for client in clients]) == [303] * 10  # type: ignore[misc]
    with room.app.app_context():
        order = db.session.get_one(Workshop, room.workshop).order
        lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workshop.reorder")).all()
    assert order.index(f"theme:{room.themes['Maas']}") == 2, "one place, not two"
    assert len(lines) == 1
