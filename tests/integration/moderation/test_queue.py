"""The queue: everything that waits, oldest first, nothing twice, nothing that does not wait."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from app.db import db, is_postgresql
from app.domain.lifecycle import IdeaState
from app.features.moderation import queue_queries
from app.features.moderation.queue_queries import PAGE, Choice, Place
from app.features.moderation.words import by_when
from app.models import Call, Idea, Person, Process
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.queue import QueueItem, QueueKind
from app.records import queue
from tests import factories
from tests.support import sign_in, statements, visit

from .conftest import Room, hours_ago

TITLES = ".queue__title"


def test_ideas_and_reports_stand_in_one_list_oldest_first(room: Room, desk: FlaskClient) -> None:
    new = room.idea(title="Het nieuwe idee van vandaag", submitted_at=hours_ago(2))
    published = room.idea(IdeaState.PUBLISHED, title="Een gemeld idee op de site")
    room.report(idea=published, at=hours_ago(30))
    argument = room.argument(published, body="Een gemeld argument dat al lang wacht op een besluit.")
    room.report(argument=argument, at=hours_ago(80))
    room.report(argument=argument, by=room.second, at=hours_ago(1))
    page = visit(desk, "/moderatie", max_queries=7)
    assert page.texts(TITLES) == [
        "Argument bij “Een gemeld idee op de site”",
        "Een gemeld idee op de site",
        "Het nieuwe idee van vandaag",
    ]
    assert page.texts(".queue__since") == ["wacht 3 dagen", "wacht 1 dag", "wacht 2 uur"]
    assert "nog 22 uur om te lezen" in page.texts(".queue__age")[2]
    assert "gelezen moeten zijn" in page.texts(".queue__age--late")[0]
    assert "2 meldingen" in page.texts(".queue__item")[0]
    assert "Een gemeld argument dat al lang wacht" in page.texts(".queue__item")[0]
    assert "Staat op de site" in page.texts(".queue__item")[0]
    assert "Staat op de site" not in page.texts(".queue__item")[2]
    assert page.texts(".queue__filters .chip") == ["Alles (3)", "Nieuwe ideeën (1)", "Meldingen (2)"]
    assert page.texts(".queue__parts .chip") == ["Te laat (2)", "Ik lees dit (0)", "Zonder die van mij (3)"]
    assert page.links(f"{TITLES} a") == [
        f"/moderatie/argumenten/{argument}",
        f"/moderatie/ideeen/{published}",
        f"/moderatie/ideeen/{new}",
    ]


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(hours=-5), "nog 5 uur om te lezen"),
        (timedelta(minutes=1), "had om 11:59 gelezen moeten zijn"),
        (timedelta(days=1), "had gisteren gelezen moeten zijn"),
        (timedelta(days=3), "had op 26 november gelezen moeten zijn"),
    ],
)
@pytest.mark.one_database
def test_what_was_promised_is_said_in_words(room: Room, late: timedelta, words: str) -> None:
    now = datetime(2026, 11, 29, 11, 0, tzinfo=UTC)
    with room.app.test_request_context("/moderatie"):
        assert by_when(now - late, now).replace("\xa0", " ") == words


def test_the_promise_is_that_of_the_process(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        db.session.get_one(Call, room.call).process.promised_hours = 4
        db.session.commit()
    room.idea(submitted_at=hours_ago(1))
    room.idea(submitted_at=hours_ago(5))
    page = visit(desk, "/moderatie")
    assert len(page.all(".queue__age--late")) == 1
    assert "nog 3 uur om te lezen" in page.texts(".queue__age")[1]


def test_every_kind_has_its_line_and_its_page(room: Room, desk: FlaskClient) -> None:
    published = room.idea(IdeaState.PUBLISHED, title="Een idee op de site")
    room.argument(published, state=ArgumentState.WAITING)
    with room.app.app_context():
        idea = db.session.get_one(Idea, published)
        queue.put(QueueKind.IMAGE, idea, hours_ago(3), is_live=True)
        process = db.session.get_one(Call, room.call).process
        practice = factories.a_suggestion(process, db.session.get_one(Person, room.reader)).id
        db.session.commit()
    page = visit(desk, "/moderatie")
    assert set(page.texts(".queue__labels .badge")) == {
        "Nieuwe afbeelding",
        "Staat op de site",
        "Nieuwe reactie",
        "Voorgesteld voorbeeld",
    }
    assert f"/moderatie/praktijken/{practice}" in page.links(f"{TITLES} a")
    for link in page.links(f"{TITLES} a"):
        visit(desk, link)


def test_only_what_waits_is_listed(room: Room, desk: FlaskClient) -> None:
    for state in IdeaState:
        room.idea(state, title=f"Een idee dat {state.value} is")
    handled = room.idea(IdeaState.PUBLISHED, title="Een idee met een oude melding")
    room.report(idea=handled, handled=True)
    assert visit(desk, "/moderatie").texts(TITLES) == ["Een idee dat submitted is"]


def test_filters_show_a_part_and_say_how_much_the_others_hold(room: Room, desk: FlaskClient) -> None:
    with room.app.app_context():
        other = factories.a_call(db.session.get_one(Call, room.call).process, title="Een andere oproep")
        slug = other.slug
        factories.an_idea(other, state=IdeaState.SUBMITTED, title="Een antwoord op iets anders")
        db.session.commit()
    room.idea(title="Een ingestuurd idee")
    published = room.idea(IdeaState.PUBLISHED, title="Een gemeld idee")
    room.report(idea=published)
    room.idea(title="Een idee van de moderator zelf", author=room.moderator)
    assert len(visit(desk, "/moderatie?soort=idea").texts(TITLES)) == 3
    assert visit(desk, "/moderatie?soort=report").texts(TITLES) == ["Een gemeld idee"]
    page = visit(desk, f"/moderatie?oproep={slug}")
    assert page.texts(TITLES) == ["Een antwoord op iets anders"]
    assert page.texts(".queue__filters .chip")[1] == "Nieuwe ideeën (1)"
    page = visit(desk, "/moderatie?deel=zonder-eigen")
    assert "Een idee van de moderator zelf" not in page.texts(TITLES)
    assert len(page.texts(TITLES)) == 3
    page = visit(desk, "/moderatie?deel=te-laat")
    assert page.texts(TITLES) == ["Een antwoord op iets anders"]
    assert len(visit(desk, "/moderatie?soort=iets-anders&deel=x&per=7").texts(TITLES)) == 4


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fontein", ["Een fontein op het plein"]),
        ("FONTEIN op", ["Een fontein op het plein"]),
        ("inge", ["Een fontein op het plein", "Argument bij “Iets anders op de site”"]),
        ("stoel", ["Argument bij “Iets anders op de site”"]),
        ("100%", []),
        ("nergens", []),
    ],
)
def test_a_search_looks_in_title_text_and_author(
    room: Room, desk: FlaskClient, words: str, found: list[str]
) -> None:
    room.idea(title="Een fontein op het plein", submitted_at=hours_ago(9))
    room.idea(title="Een ander idee van Rik", author=room.reader)
    published = room.idea(IdeaState.PUBLISHED, title="Iets anders op de site", author=room.reader)
    argument = room.argument(published, body="Zet er liever een stoel neer voor wie moe is.")
    room.report(argument=argument, at=hours_ago(2), by=room.second)
    page = visit(desk, f"/moderatie?zoek={words.replace('%', '%25').replace(' ', '+')}", max_queries=7)
    assert page.texts(TITLES) == found
    if not found:
        assert "Niets met deze keuzes" in page.text or "Er wacht niets" in page.text


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
    larger = visit(desk, "/moderatie?per=50", max_queries=7)
    assert larger.links(f"{TITLES} a") == seen


@pytest.mark.parametrize("place", ["", "x", "1-idea", "99999999999999999999-1", "1-draft-2", "%00"])
def test_a_place_that_is_none_shows_the_first_page(room: Room, desk: FlaskClient, place: str) -> None:
    room.idea()
    assert len(visit(desk, f"/moderatie?na={place}").texts(TITLES)) == 1


def test_a_place_survives_its_address() -> None:
    place = Place(hours_ago(3), 12)
    assert Place.read(str(place)) == place


def test_own_texts_and_own_reports_are_marked(room: Room, desk: FlaskClient) -> None:
    room.idea(author=room.moderator, submitted_at=hours_ago(5))
    published = room.idea(IdeaState.PUBLISHED)
    room.report(idea=published, at=hours_ago(4))
    room.report(idea=published, by=room.moderator, at=hours_ago(3))
    other = room.idea(title="Van iemand anders", submitted_at=hours_ago(2))
    page = visit(desk, "/moderatie")
    assert ["een andere moderator besluit" in line for line in page.texts(".queue__item")] == [
        True,
        True,
        False,
    ]
    assert len(page.all("[data-claim]")) == 1
    assert len(page.all(".queue__tick input:not([disabled])")) == 1
    assert page.submit(".section__head form").location == f"/moderatie/ideeen/{other}"


def test_an_empty_queue_says_thank_you(room: Room, desk: FlaskClient) -> None:
    page = visit(desk, "/moderatie")
    assert "Er wacht niets" in page.text
    assert page.texts(".queue__filters .chip") == ["Alles (0)"]


def test_the_queue_speaks_english(room: Room, desk: FlaskClient) -> None:
    room.idea(submitted_at=hours_ago(72))
    published = room.idea(IdeaState.PUBLISHED)
    room.report(argument=room.argument(published), at=hours_ago(2))
    page = visit(desk, "/en/moderatie")
    assert page.h1 == "Moderation"
    assert page.texts(".queue__since") == ["waiting for 3 days", "waiting for 2 hours"]
    assert "22 hours left to read it" in page.texts(".queue__age")[1]
    assert all(link.startswith("/en/moderatie/") for link in page.links(f"{TITLES} a"))


@pytest.mark.parametrize("path", ["/moderatie", "/moderatie/besluiten", "/moderatie/samen?kies=1"])
def test_only_moderators_come_in(room: Room, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        sign_in(client, room.person(*roles))
        page = visit(client, path, status=403)
        assert "Deze pagina is voor moderatoren." in page.text


def test_the_header_counts_what_waits_for_moderators_only(room: Room, client: FlaskClient) -> None:
    for _ in range(3):
        room.idea()
    counter = ".person__panel a[href='/moderatie'] .counter"
    page = visit(sign_in(client, room.moderator), "/over")
    assert page.texts(counter) == ["3 wachten op een moderator"]
    with room.app.app_context():
        _many(120)
    assert visit(client, "/over").texts(counter) == ["99+ wachten op een moderator"]
    assert visit(sign_in(client, room.reader), "/over").texts(counter) == []


def test_a_long_queue_is_read_along_its_index(room: Room) -> None:
    with room.app.app_context():
        _many(3000)
        db.session.execute(text("ANALYZE"))
        now = datetime.now(UTC)
        query = queue_queries.page(Choice(), room.moderator, now, Place(hours_ago(20), 5))
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN "
        plan = "\n".join(
            str(row) for row in db.session.execute(text(explain + str(compiled).replace(":", "\\:")))
        )
        assert "ix_queue_item_open_since" in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan
        with statements() as few:
            queue_queries.waiting(Choice(), room.moderator, now)
            queue_queries.counts(room.moderator, now)
        assert len(few) == 2


def _many(number: int) -> None:
    """Many that wait, without the texts that they are about."""
    process = db.session.scalars(db.select(Process.id)).first()
    rows = [
        {
            "kind": QueueKind.IDEA,
            "key": f"many:{place}",
            "process_id": process,
            "waits_since": hours_ago(48) + timedelta(seconds=place),
            "due_at": hours_ago(24) + timedelta(seconds=place),
            "is_live": False,
            "sameness": "",
        }
        for place in range(number)
    ]
    db.session.execute(insert(QueueItem), rows)
    db.session.commit()


def test_the_name_of_an_author_leads_to_what_is_known_of_them(room: Room, desk: FlaskClient) -> None:
    nameless = room.person(name="")
    room.idea(author=nameless, submitted_at=hours_ago(3))
    room.idea(author=room.reader, submitted_at=hours_ago(2))
    page = visit(desk, "/moderatie")
    links = page.all(".queue .meta a")
    assert [(link["href"], link.get_text()) for link in links] == [
        (f"/moderatie/mensen/{nameless}", f"Deelnemer {nameless}"),
        (f"/moderatie/mensen/{room.reader}", "Rik"),
    ]
    assert visit(desk, str(links[1]["href"])).h1 == "Rik"
