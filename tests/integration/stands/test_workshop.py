"""A workshop, its screen and its ideas go by the last standing that was sealed for it, whatever is voted afterwards."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.models import AgendaItem, Process, Workshop
from app.models.person import Role
from app.models.workshop import AgendaItemKind
from app.records import seals
from tests import factories
from tests.support import Page, post, sign_in, visit
from tests.support.evenings import text
from tests.support.room import Room

from .conftest import Sealer


def titles(page: Page) -> list[str]:
    return [tag.get_text(" ", strip=True) for tag in page.all(".agenda__item .agenda__title")]


def screen(client: FlaskClient, room: Room, scene: str) -> str:
    """The words of a scene of the screen."""
    found = client.get(f"{room.path}/scherm/stand?beeld={scene}").json
    assert isinstance(found, dict)
    return text(found["picture"]).replace("\xa0", " ")


BEFORE = ["Welkom", "1 Groen", "Pauze", "2 Maas", "Borrel"]
AFTER = ["Welkom", "1 Fietsen", "Pauze", "2 Groen", "Borrel"]


def turn_the_tables(room: Room) -> None:
    """Many of every group vote for Fietsen, so that another agenda follows."""
    for group, many in ((Group.COUNCIL, 12), (Group.PARTNER, 9)):
        for _ in range(many):
            room.vote("Fietsen", group=group)
    room.refresh()


def test_without_a_seal_everything_is_provisional(room: Room, client: FlaskClient) -> None:
    page = visit(client, room.path, max_queries=6)
    assert "Voorlopig" in page.texts(".badge")
    assert not page.all(".agenda__seal")
    turn_the_tables(room)
    assert titles(visit(client, room.path)) == AFTER
    assert all(
        screen(client, room, scene).startswith("Voorlopig") for scene in ("themas", "ideeen", "agenda")
    )
    assert visit(client, f"{room.path}/scherm?beeld=agenda").h1 == "Dit zou de agenda zijn"


def test_a_planned_seal_is_announced_until_it_is_there(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    with room.app.app_context():
        now = datetime.now(UTC)
        seals.plan(room.call, datetime(2031, 5, 19, 14, 0, tzinfo=UTC), now, workshop_id=room.workshop)
        seals.plan(room.call, datetime(2031, 5, 1, 14, 0, tzinfo=UTC), now)
    sentence = "De stand wordt verzegeld op 19 mei 2031, 16:00 . Tot dan telt elke stem mee voor de agenda."
    assert sentence in visit(client, room.path, max_queries=6).text
    sealer.seal()
    page = visit(client, room.path)
    assert sentence not in page.text
    assert "Op 19 mei 2031, 16:00 verzegelen we opnieuw." in page.texts(".agenda__seal")[0]
    sign_in(client, room.person(Role.FACILITATOR))
    assert sentence in visit(client, f"{room.path}/agenda").text


def test_a_sealed_agenda_stays_though_people_vote_on(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    number = sealer.seal()
    # The first one reads the document of the standing as well, once per process of the server.
    page = visit(client, room.path, max_queries=7)
    assert titles(page) == BEFORE
    assert "Voorlopig" not in page.text
    assert page.texts(".agenda__seal")[0].startswith("De agenda volgt uit stand 1 , verzegeld op ")
    assert f"/stand/{number}" in page.links()
    assert "nieuwe stemmen tellen niet mee" not in page.text
    turn_the_tables(room)
    page = visit(client, room.path, max_queries=6)
    assert titles(page) == BEFORE
    assert "De stand is verzegeld; nieuwe stemmen tellen niet mee" in page.text
    assert "Sindsdien hebben mensen gestemd." in page.text
    other = page.follow('.tabs__link[href*="per_person"]')
    assert "2 Fietsen" in titles(other)
    sketch = page.follow('a[href*="stand=voorlopig"]')
    assert titles(sketch) == AFTER
    assert "Dit is een schets, niet de agenda" in sketch.text
    assert all("stand=voorlopig" in link for link in sketch.links(".tabs__link"))
    assert titles(sketch.follow(f'main a[href="{room.path}"]')) == BEFORE
    newest = sealer.seal()
    page = visit(client, room.path)
    assert titles(page) == AFTER
    assert f"/stand/{newest}" in page.links()


def test_a_standing_for_nothing_in_particular_fixes_no_agenda(sealer: Sealer, client: FlaskClient) -> None:
    sealer.seal(workshop=False)
    turn_the_tables(sealer.room)
    assert titles(visit(client, sealer.room.path)) == AFTER


def test_the_screen_goes_by_the_seal_and_says_so(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    agenda = screen(client, room, "agenda").partition("Dit zou de agenda zijn ")[2]
    themes = screen(client, room, "themas").partition("het meeste draagvlak? ")[2]
    assert "Groen" in agenda
    assert "Groen" in themes
    sealer.seal()
    assert screen(client, room, "themas").startswith("Verzegeld: stand 1")
    assert screen(client, room, "themas").endswith(themes)
    turn_the_tables(room)
    assert screen(client, room, "agenda").startswith("Verzegeld: stand 1")
    assert screen(client, room, "agenda").endswith(agenda)
    # The rankings go on with the votes, and say from where.
    for scene in ("themas", "ideeen"):
        told = screen(client, room, scene)
        assert told.startswith("Voorlopig")
        assert "▲ en ▼: verschoven sinds stand 1" in told
        assert "123 stemmen" in told
    page = visit(client, f"{room.path}/scherm?beeld=agenda", max_queries=8)
    assert page.h1 == "Dit is de agenda"
    assert page.texts(".screen__badge") == ["Verzegeld: stand 1"]
    assert visit(client, f"{room.path}/scherm?beeld=ideeen").texts(".screen__badge") == ["Voorlopig"]


def test_what_the_facilitator_changes_afterwards_waits_for_a_new_seal(
    sealer: Sealer, client: FlaskClient
) -> None:
    room = sealer.room
    sealer.seal()
    with room.app.app_context():
        db.session.execute(update(AgendaItem).where(AgendaItem.title == "Pauze").values(minutes=5))
        db.session.execute(update(Workshop).where(Workshop.id == room.workshop).values(minutes=95))
        db.session.commit()
    room.refresh()
    page = visit(client, room.path)
    assert titles(page) == BEFORE
    assert "Sindsdien heeft de begeleider vaste onderdelen veranderd." in page.text
    assert "15 minuten" in page.texts(".agenda__minutes")
    assert "5 minuten" in visit(client, f"{room.path}?stand=voorlopig").texts(".agenda__minutes")


def test_another_usual_weighting_later_changes_no_sealed_agenda(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    sealer.seal()
    with room.app.app_context():
        db.session.execute(update(Process).values(ranking_settings={"weighting": "per_person"}))
        db.session.commit()
    assert titles(visit(client, room.path)) == BEFORE
    assert "2 Maas 30 min" in screen(client, room, "agenda")


def test_pinned_and_skipped_themes_stand_in_it(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    with room.app.app_context():
        for name, kind in (("Fietsen", AgendaItemKind.PINNED), ("Maas", AgendaItemKind.SKIPPED)):
            reason = f"Een goede reden voor {name}."
            db.session.add(
                AgendaItem(
                    workshop_id=room.workshop,
                    theme_id=room.themes[name],
                    kind=kind,
                    minutes=25,
                    position=9,
                    reason=reason,
                )
            )
        db.session.commit()
    room.refresh()
    before = titles(visit(client, room.path))
    number = sealer.seal()
    page = visit(client, room.path)
    assert titles(page) == before
    assert "nieuwe stemmen tellen niet mee" not in page.text
    assert "vaste onderdelen veranderd" not in page.text
    stand = visit(client, f"/stand/{number}")
    assert "Vooraf op de agenda gezet: Een goede reden voor Fietsen." in stand.text
    assert "De begeleider liet het weg: Een goede reden voor Maas." in stand.text


def test_an_idea_says_which_standing_its_place_follows_from(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    idea = room.ideas["Maas"][0]
    assert "(Voorlopig)" in visit(client, f"/ideeen/{idea}").texts(".idea__agenda")[0]
    number = sealer.seal()
    turn_the_tables(room)
    page = visit(client, f"/ideeen/{idea}")
    (line,) = page.texts(".idea__agenda")
    assert "punt 2, Maas" in line
    assert "Stand 1, verzegeld" in line
    assert f"/stand/{number}" in page.links(".idea__agenda a")
    (line,) = visit(client, f"/ideeen/{room.ideas['Fietsen'][0]}").texts(".idea__agenda")
    assert line.startswith("Niet op de agenda")
    with room.app.app_context():
        late = factories.an_idea(db.session.get_one(factories.Call, room.call)).id
        db.session.commit()
    (line,) = visit(client, f"/ideeen/{late}").texts(".idea__agenda")
    assert "het idee kwam nadat de stand was verzegeld" in line


def test_hidden_counts_hide_the_sealed_agenda_as_well(sealer: Sealer, client: FlaskClient) -> None:
    sealer.seal()
    sealer.room.hide_counts()
    for path in (sealer.room.path, f"{sealer.room.path}?stand=voorlopig"):
        page = visit(client, path)
        assert not page.all(".agenda__item, .agenda__seal")
        assert "Groen" not in page.text
    for scene in ("themas", "ideeen", "agenda"):
        told = screen(client, sealer.room, scene)
        assert "Je ziet de stand" in told
        assert not any(word in told for word in ("Groen", "Maas", "%"))


def test_a_facilitator_seals_with_one_button_and_a_second_press_seals_nothing(
    sealer: Sealer, client: FlaskClient
) -> None:
    room = sealer.room
    who = room.person(Role.FACILITATOR)
    sign_in(client, who)
    page = visit(client, f"{room.path}/agenda")
    assert page.submit(f'form[action="{room.path}/agenda/verzegelen"]').status_code == 303
    done = visit(client, f"{room.path}/agenda")
    assert "De stand is verzegeld. De agenda blijft zoals hij nu is." in done.text
    assert "Uit de stembriefjes van stand 1" in done.text
    # The same form again, as with a double click: it still says that nothing was sealed.
    post(client, f"{room.path}/agenda/verzegelen", seen="0")
    assert "Er is intussen al een stand verzegeld." in visit(client, f"{room.path}/agenda").text
    (line,) = sealer.lines("ranking.seal")
    assert line["actor"] == who
    assert line["after"]["number"] == 1
    assert titles(visit(client, room.path)) == BEFORE
    post(client, f"{room.path}/agenda/verzegelen", seen="1")
    assert len(sealer.lines("ranking.seal")) == 2


def test_the_facilitator_hears_of_votes_since_and_can_draft_from_them(
    sealer: Sealer, client: FlaskClient
) -> None:
    sealer.seal()
    turn_the_tables(sealer.room)
    sign_in(client, sealer.room.person(Role.FACILITATOR))
    page = visit(client, f"{sealer.room.path}/agenda")
    assert "Daarna is er gestemd; dat verandert dit concept niet." in page.text
    assert not any("Fietsen" in text for text in page.texts(".arrange__now li"))
    assert page.submit("form[action$='/agenda/stand']", {"basis-basis": "votes"}).status_code == 303
    page = visit(client, f"{sealer.room.path}/agenda")
    assert "Uit de stemmen van dit moment" in page.text
    assert any("Fietsen" in text for text in page.texts(".arrange__now li"))


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.ORGANISER])
def test_nobody_else_seals_from_the_desk_of_the_facilitator(
    sealer: Sealer, client: FlaskClient, role: Role | None
) -> None:
    sign_in(client, sealer.room.person(*([role] if role else [])))
    answer = post(client, f"{sealer.room.path}/agenda/verzegelen", 403, seen="0")
    assert "voor begeleiders" in answer.text
    assert not sealer.lines("ranking.seal")


def test_a_workshop_that_was_held_keeps_its_agenda(sealer: Sealer, client: FlaskClient) -> None:
    room = sealer.room
    with room.app.app_context():
        workshop = db.session.get_one(Workshop, room.workshop)
        workshop.activity.starts_at = factories.NOW.replace(year=2020)
        db.session.commit()
    sign_in(client, room.person(Role.FACILITATOR))
    sentence = "Het werkatelier is geweest, dus de agenda blijft bij wat eerder is verzegeld."
    page = visit(client, f"{room.path}/agenda")
    assert sentence in page.text
    assert not page.all(f'form[action="{room.path}/agenda/verzegelen"]')
    assert sentence in post(client, f"{room.path}/agenda/verzegelen", 403, seen="0").text
