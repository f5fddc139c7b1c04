"""The queue: everything that waits, oldest first, nothing twice, nothing that does not wait."""

import pytest
from flask.testing import FlaskClient

from app.domain.lifecycle import IdeaState
from app.features.moderation.queue_queries import PAGE, Place
from app.models.person import Role
from tests.support import sign_in, visit

from .conftest import Room, hours_ago

TITLES = ".queue__title"


def test_ideas_and_reports_stand_in_one_list_oldest_first(room: Room, desk: FlaskClient) -> None:
    new = room.idea(title="Het nieuwe idee van vandaag", submitted_at=hours_ago(2))
    published = room.idea(IdeaState.PUBLISHED, title="Een gemeld idee op de site")
    room.report(idea=published, at=hours_ago(30))
    argument = room.argument(published, body="Een gemeld argument dat al lang wacht op een besluit.")
    room.report(argument=argument, at=hours_ago(80))
    room.report(argument=argument, by=room.second, at=hours_ago(1))
    page = visit(desk, "/moderatie", max_queries=5)
    assert page.texts(TITLES) == [
        "Argument bij “Een gemeld idee op de site”",
        "Een gemeld idee op de site",
        "Het nieuwe idee van vandaag",
    ]
    assert page.texts(".queue__age") == ["wacht 3 dagen", "wacht 1 dag", "wacht 2 uur"]
    assert "2 meldingen" in page.texts(".queue__item")[0]
    assert "Een gemeld argument dat al lang wacht" in page.texts(".queue__item")[0]
    assert page.texts(".chip--filter") == ["Alles (3)", "Nieuwe ideeën (1)", "Meldingen (2)"]
    assert page.links(f"{TITLES} a") == [
        f"/moderatie/argumenten/{argument}",
        f"/moderatie/ideeen/{published}",
        f"/moderatie/ideeen/{new}",
    ]


def test_only_what_waits_is_listed(room: Room, desk: FlaskClient) -> None:
    for state in IdeaState:
        room.idea(state, title=f"Een idee dat {state.value} is")
    handled = room.idea(IdeaState.PUBLISHED, title="Een idee met een oude melding")
    room.report(idea=handled, handled=True)
    assert visit(desk, "/moderatie").texts(TITLES) == ["Een idee dat submitted is"]


def test_filters_show_one_kind(room: Room, desk: FlaskClient) -> None:
    room.idea(title="Een ingestuurd idee")
    published = room.idea(IdeaState.PUBLISHED, title="Een gemeld idee")
    room.report(idea=published)
    assert visit(desk, "/moderatie?soort=ideas").texts(TITLES) == ["Een ingestuurd idee"]
    assert visit(desk, "/moderatie?soort=reports").texts(TITLES) == ["Een gemeld idee"]
    assert len(visit(desk, "/moderatie?soort=iets-anders").texts(TITLES)) == 2


def test_forty_items_are_paged_by_key_without_gap_or_repeat(room: Room, desk: FlaskClient) -> None:
    moment = hours_ago(50)
    for number in range(PAGE + 5):
        # Many at the very same moment: the key must break the tie.
        room.idea(title=f"Idee nummer {number:02d} in de rij", submitted_at=moment)
    published = room.idea(IdeaState.PUBLISHED, title="Gemeld op hetzelfde moment")
    for _ in range(PAGE - 5):
        argument = room.argument(published)
        room.report(argument=argument, at=moment)
    seen: list[str] = []
    page = visit(desk, "/moderatie")
    for _ in range(5):
        seen += page.links(f"{TITLES} a")
        if not page.all("a[rel=next]"):
            break
        page = page.follow("a[rel=next]")
    assert len(seen) == 2 * PAGE
    assert len(set(seen)) == 2 * PAGE
    assert page.follow("a[rel=prev]").texts(TITLES)[0] == visit(desk, "/moderatie").texts(TITLES)[0]


@pytest.mark.parametrize("place", ["", "x", "1-idea", "99999999999999999999-idea-1", "1-draft-2", "%00"])
def test_a_place_that_is_none_shows_the_first_page(room: Room, desk: FlaskClient, place: str) -> None:
    room.idea()
    assert len(visit(desk, f"/moderatie?na={place}").texts(TITLES)) == 1


def test_a_place_survives_its_address() -> None:
    place = Place(hours_ago(3), "idea", 12)
    assert Place.read(str(place)) == place


def test_own_texts_and_own_reports_are_marked(room: Room, desk: FlaskClient) -> None:
    room.idea(author=room.moderator, submitted_at=hours_ago(5))
    published = room.idea(IdeaState.PUBLISHED)
    room.report(idea=published, at=hours_ago(4))
    room.report(idea=published, by=room.moderator, at=hours_ago(3))
    other = room.idea(title="Van iemand anders", submitted_at=hours_ago(2))
    page = visit(desk, "/moderatie")
    assert ["een andere moderator besluit" in text for text in page.texts(".queue__item")] == [
        True,
        True,
        False,
    ]
    start = page.one(".section__head .button")
    assert start["href"] == f"/moderatie/ideeen/{other}"


def test_an_empty_queue_says_thank_you(room: Room, desk: FlaskClient) -> None:
    page = visit(desk, "/moderatie")
    assert "Er wacht niets" in page.text
    assert page.texts(".chip--filter") == ["Alles (0)", "Nieuwe ideeën (0)", "Meldingen (0)"]


def test_the_queue_speaks_english(room: Room, desk: FlaskClient) -> None:
    room.idea(submitted_at=hours_ago(72))
    published = room.idea(IdeaState.PUBLISHED)
    room.report(argument=room.argument(published), at=hours_ago(2))
    page = visit(desk, "/en/moderatie")
    assert page.h1 == "Moderation"
    assert page.texts(".queue__age") == ["waiting for 3 days", "waiting for 2 hours"]
    assert all(link.startswith("/en/moderatie/") for link in page.links(f"{TITLES} a"))


@pytest.mark.parametrize("path", ["/moderatie", "/moderatie/besluiten"])
def test_only_moderators_come_in(room: Room, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        sign_in(client, room.person(*roles))
        page = visit(client, path, status=403)
        assert "Deze pagina is voor moderatoren." in page.text
