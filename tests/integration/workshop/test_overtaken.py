"""Two facilitators who publish at the same time: whoever is late hears so and loses nothing that was typed."""

from sqlalchemy import select

from app.db import db
from app.models.person import Role
from app.models.workshop import AgendaVersion
from tests.support import look_at, sign_in
from tests.support.room import Room

from .conftest import Builder


def numbers(room: Room) -> list[int]:
    with room.app.app_context():
        return list(db.session.scalars(select(AgendaVersion.number).order_by(AgendaVersion.number)))


def test_what_a_colleague_published_meanwhile_loses_no_note(builder: Builder) -> None:
    room = builder.room
    builder.publish()
    page = builder.page()
    other = Builder(room, sign_in(room.app.test_client(), room.person(Role.FACILITATOR)))
    other.publish("Dit is van de ander.")
    note = "Dit is van mij, en nog niet van de ander."
    answer = page.submit('form[action$="/agenda/publiceren"]', {"publish-note": note})
    assert answer.status_code == 409
    again = look_at(builder.client, answer)
    assert "intussen al een versie" in again.one("[role=alert]").get_text()
    assert again.one("[name=publish-note]").get_text().strip() == note
    assert again.one("[name=publish-seen]")["value"] == "2"
    for _click in range(2):
        assert again.submit('form[action$="/agenda/publiceren"]').status_code == 303
    assert numbers(room) == [1, 2, 3]


def test_a_note_is_not_lost_when_the_agenda_no_longer_fits(builder: Builder) -> None:
    page = builder.page()
    builder.fix("Groen", "pinned", 200)
    answer = page.submit('form[action$="/agenda/publiceren"]', {"publish-note": "De zaal is kleiner."})
    assert answer.status_code == 409
    shown = look_at(builder.client, answer)
    assert not shown.all('form[action$="/agenda/publiceren"]')
    assert "De zaal is kleiner." in shown.text
