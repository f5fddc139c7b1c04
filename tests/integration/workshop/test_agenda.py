"""The page of a workshop says what is on the agenda, who carries it, and why the rest is not on it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.models import Activity, AgendaItem, Outcome, Process, Theme
from app.models.process import ProcessState
from app.models.workshop import AgendaItemKind
from tests import factories
from tests.support import Page, visit
from tests.support.room import Room, a_room

ITEMS = "li.agenda__item"


def titles(page: Page) -> list[str]:
    return [item.select_one(".agenda__title").get_text(" ", strip=True) for item in page.all(ITEMS)]  # type: ignore[union-attr]


def test_the_programme_has_clock_times_and_a_break_between_the_themes(
    room: Room, client: FlaskClient
) -> None:
    page = visit(client, room.path, max_queries=6)
    assert titles(page) == ["Welkom", "1 Groen", "Pauze", "2 Maas", "Borrel"]
    assert page.texts(".agenda__clock") == ["19:00", "19:10", "19:40", "19:55", "20:25"]
    assert page.texts(".agenda__minutes") == [
        *("10 minuten", "30 minuten", "15 minuten", "30 minuten", "5 minuten"),
    ]
    assert "Voorlopig" in page.text
    assert "20 mei 2031 19:00" in page.text.replace(" om ", " ").replace(",", "")


def test_the_agenda_prints_the_values_in_force(app: Flask, room: Room, client: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(
            update(Process).values(ranking_settings={"k": 17, "weights": ["1/2", "1/4", "1/4"]})
        )
        db.session.commit()
        room.refresh()
    page = visit(client, room.path, max_queries=6)
    rules = dict(zip(page.texts(".details__body dt"), page.texts(".details__body dd"), strict=True))
    assert rules["Demping van een kleine groep in de agenda (k)"] == "17"
    weights = [said for name, said in rules.items() if name.startswith("Gewicht van de groepen")]
    assert weights == ["2 : 1 : 1"]
    assert "mes_add1@1" in page.text


def test_an_item_says_who_carries_it_and_what_they_pay(room: Room, client: FlaskClient) -> None:
    page = visit(client, room.path)
    carried = page.texts(".agenda__carrier")
    assert carried[1] == (
        "Gedragen door 5 deelnemers: 5 raadsleden. Zij betalen 30,0 minuten uit hun gelijke deel."
    )
    # Groen has one partner. Naming the residents would give that one away, and so would no council members.
    assert carried[0].startswith(
        "Gedragen door inwoners (aantal niet getoond), raadsleden (aantal niet getoond) en partners (aantal niet "
        "getoond)."
    )
    assert not any(digit in carried[0] for digit in "0123456789")


def test_an_item_links_its_three_best_ideas(room: Room, client: FlaskClient) -> None:
    links = visit(client, room.path).links(".agenda__ideas a")
    assert sorted(links[:3]) == [f"/ideeen/{number}" for number in room.ideas["Groen"]]
    assert sorted(links[3:]) == [f"/ideeen/{number}" for number in room.ideas["Maas"]]


def test_what_is_left_out_says_why(room: Room, client: FlaskClient) -> None:
    page = visit(client, room.path)
    (left,) = page.texts(".missing__row")
    # Six of fourteen residents hold a sixth of a third of 107 minutes (ranking.md section 4, Add1).
    assert left.startswith("Fietsen 30 minuten De voorstanders hebben samen nog ")
    assert left.endswith("te weinig. Alle tijd is verdeeld.")


def test_another_weighting_is_a_click_away_and_says_what_changes(room: Room, client: FlaskClient) -> None:
    page = visit(client, room.path)
    assert page.texts(".tabs__link[aria-current]") == ["Per groep"]
    other = page.follow('.tabs__link[href*="per_person"]')
    assert titles(other) == ["Welkom", "1 Groen", "Pauze", "2 Fietsen", "Borrel"]
    assert "Erbij: Fietsen. Eraf: Maas." in other.text
    assert ["Nieuw: niet op de gewone agenda" in text for text in other.texts(ITEMS)] == [
        *(False, False, False, True, False),
    ]
    (left,) = other.texts(".missing__row")
    assert left.startswith("Maas 30 minuten")
    assert left.endswith("Staat wel op de gewone agenda")
    assert "Nieuw" not in page.text
    assert visit(client, f"{room.path}?weging=onzin").text == page.text


def test_the_process_decides_which_weighting_is_usual(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Process).values(ranking_settings={"weighting": "per_person"}))
        db.session.commit()
    page = visit(client, room.path)
    assert titles(page)[3] == "2 Fietsen"
    assert page.links(".tabs__link")[1].endswith("weging=per_group")


def test_the_guarantee_and_who_finds_something(room: Room, client: FlaskClient) -> None:
    page = visit(client, room.path)
    assert "de belofte is gehouden" in page.text
    facts = dict(zip(page.texts(".definitions dt"), page.texts(".definitions dd"), strict=True))
    # 8 of 14 residents; of one partner nothing is said, and with that nothing of the smallest other group.
    assert facts["Inwoners"] == "57 %"
    assert facts["Partners in de stad"] == "niet getoond: te weinig mensen"
    assert "Meeste stemmen eerst: Er zou niets veranderen" in page.text


def test_a_theme_that_is_too_long_or_skipped_or_unknown_says_so(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Theme).where(Theme.id == room.themes["Fietsen"]).values(minutes=200))
        db.session.add(
            AgendaItem(
                workshop_id=room.workshop,
                theme_id=room.themes["Maas"],
                kind=AgendaItemKind.SKIPPED,
                minutes=30,
                position=9,
                reason="Dit doen we in het najaar.",
            )
        )
        factories.a_theme(db.session.get_one(Process, room.process), title="Stilte")
        db.session.commit()
    room.refresh()
    page = visit(client, room.path)
    left = dict(text.split(" ", 1) for text in page.texts(".missing__row"))
    assert left["Maas"].endswith("De begeleider liet het weg: Dit doen we in het najaar.")
    assert left["Fietsen"].endswith("Het duurt 200 minuten, maar er zijn maar 60 minuten te verdelen.")
    assert "Nog te weinig voorstanders: Stilte" in page.text
    # The half hour that nobody claimed stands in the programme.
    assert titles(page) == ["Welkom", "1 Groen", "Pauze", "Tijd over", "Borrel"]


def test_a_pinned_theme_comes_first_with_its_reason(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.add(
            AgendaItem(
                workshop_id=room.workshop,
                theme_id=room.themes["Fietsen"],
                kind=AgendaItemKind.PINNED,
                minutes=25,
                position=9,
                reason="De raad vroeg erom.",
            )
        )
        db.session.commit()
    room.refresh()
    page = visit(client, room.path)
    first = page.texts(ITEMS)[1]
    assert "1 Fietsen" in first
    assert "25 minuten" in first
    assert "Vooraf vastgezet De raad vroeg erom." in first
    assert "betalen" not in first


def test_blocks_that_take_too_long_are_said_in_a_sentence(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(AgendaItem).where(AgendaItem.title == "Pauze").values(minutes=100))
        db.session.commit()
    room.refresh()
    page = visit(client, room.path)
    assert "Wat vooraf is vastgezet, duurt 25 minuten langer dan het werkatelier." in page.text
    assert not page.all(ITEMS)


def test_without_votes_the_agenda_is_empty_and_asks_for_them(app: Flask, client: FlaskClient) -> None:
    room = a_room(app, votes=False)
    page = visit(client, room.path)
    assert "De agenda is nog leeg" in page.text
    assert f"/ideeen?oproep={room.slug}" in page.links()
    assert titles(page) == ["Welkom", "Pauze", "Tijd over", "Borrel"]


def test_nothing_was_computed_yet(app: Flask, client: FlaskClient) -> None:
    """A fresh site, before its first job: the page computes once."""
    with app.app_context():
        workshop = factories.a_workshop(factories.a_call()).id
        db.session.commit()
    assert "De agenda is nog leeg" in visit(client, f"/werkateliers/{workshop}").text


def test_hidden_counts_hide_the_agenda_as_well(room: Room, client: FlaskClient) -> None:
    room.hide_counts()
    for path in (room.path, f"{room.path}?weging=per_person", f"/en{room.path}"):
        page = visit(client, path)
        assert not page.all(f"{ITEMS}, .missing__row, .agenda-bar, .definitions")
        for word in ("Groen", "Maas", "Fietsen", "raadsleden", "council members"):
            assert word not in page.text
    assert "Je ziet de agenda als deze stemronde voorbij is." in visit(client, room.path).text


def test_a_date_may_be_open(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Activity).values(starts_at=None, date_text="tweede kwartaal"))
        db.session.commit()
    page = visit(client, room.path)
    assert "Datum nog te bepalen: tweede kwartaal" in page.text
    assert page.texts(".agenda__clock") == []


def test_a_workshop_that_has_been_shows_what_came_out_of_it(room: Room, client: FlaskClient) -> None:
    now = datetime.now(UTC)
    with room.app.app_context():
        db.session.execute(update(Activity).values(starts_at=now - timedelta(days=2)))
        outcome = Outcome(workshop_id=room.workshop, theme_id=room.themes["Groen"], recorded_at=now)
        outcome.conclusion = "Er komt een boom bij."
        db.session.add(outcome)
        db.session.commit()
    page = visit(client, room.path)
    assert "Er komt een boom bij." in page.text
    assert "Voorlopig" not in page.text
    assert "Geweest" in page.text


def test_the_page_is_there_in_english(room: Room, client: FlaskClient) -> None:
    page = visit(client, f"/en{room.path}")
    assert "Carried by 5 participants: 5 council members. They pay 30.0 minutes" in page.text
    assert page.texts(".agenda__clock")[1] == "19:10"
    assert page.follow('.tabs__link[href*="per_person"]').path.startswith("/en/werkateliers/")


def test_an_unknown_workshop_is_not_found(client: FlaskClient) -> None:
    visit(client, "/werkateliers/4711", status=404)


def test_the_list_has_what_comes_first_and_what_has_been_last(app: Flask, client: FlaskClient) -> None:
    now = datetime.now(UTC)
    with app.app_context():
        call = factories.a_call()
        for title, starts in (
            ("Geweest", now - timedelta(days=9)),
            ("Later", now + timedelta(days=9)),
            ("Ooit", None),
            ("Straks", now + timedelta(days=2)),
        ):
            activity = factories.a_workshop(call).activity
            activity.title, activity.starts_at = title, starts
        closed = factories.a_workshop(factories.a_call(factories.a_process(state=ProcessState.CLOSED)))
        closed.activity.title = "Lang geleden"
        db.session.commit()
    page = visit(client, "/werkateliers", max_queries=1)
    assert page.texts('[aria-labelledby="coming"] .card__title') == ["Straks", "Later", "Ooit"]
    assert page.texts('[aria-labelledby="past"] .card__title') == ["Lang geleden", "Geweest"]


def test_without_workshops_the_list_says_so(client: FlaskClient) -> None:
    assert "Er is nu geen werkatelier gepland" in visit(client, "/werkateliers").text


@pytest.mark.parametrize("heads", [1, 2, 3])
def test_a_group_counts_in_words_from_three_people_on(app: Flask, client: FlaskClient, heads: int) -> None:
    room = a_room(app)
    for _ in range(heads - 1):
        room.vote("Groen", group=Group.PARTNER)
    room.refresh()
    text = visit(client, room.path).texts(".agenda__carrier")[0]
    assert ("8 inwoners en 3 partners" in text) == (heads == 3)
    assert ("niet getoond" in text) == (heads < 3)
