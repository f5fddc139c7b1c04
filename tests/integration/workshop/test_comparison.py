"""Four ways to choose the agenda side by side: which themes, for whom, and in words what differs."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group
from app.domain.ranking import Weighting
from app.features.workshop import comparison
from app.models import AgendaItem, Process, Workshop
from app.models.workshop import AgendaItemKind
from app.records import agendas, frames
from tests import factories
from tests.support import Page, visit
from tests.support.room import Room, a_room


def cells(page: Page) -> dict[str, list[str]]:
    """The table as rows of text."""
    rows = {}
    for row in page.all("table.compared tbody tr"):
        name, *others = (" ".join(cell.get_text(" ").split()) for cell in row.select("th, td"))
        marks = [["ja" if cell.select("[aria-label='staat erop']") else "" for cell in row.select("td")]]
        rows[name] = [f"{mark} {text}".strip() for mark, text in zip(marks[0], others, strict=True)]
    return rows


def test_the_table_shows_who_gets_what(room: Room, client: FlaskClient) -> None:
    for _ in range(3):  # with the one partner there would be too few to show, and the council would go along
        room.vote("Groen", group=Group.PARTNER)
    room.refresh()
    page = visit(client, room.path, max_queries=6)
    assert page.texts("table.compared thead th") == [
        "Thema",
        "Per groep deze agenda",
        "Per persoon",
        "Om beurten sparen (Phragmén)",
        "Meeste stemmen eerst",
    ]
    rows = cells(page)
    assert rows["Groen 30 min"] == ["ja 1"] * 4
    assert rows["Maas 30 min"] == ["ja 2", "niet", "ja 2", "ja 2"]
    assert rows["Fietsen 30 min"] == ["niet", "ja 2", "niet", "niet"]
    assert rows["Minuten voor thema's"] == ["60"] * 4
    assert [text.replace("\xa0", " ") for text in rows["Raadsleden met een eigen thema erop"]] == [
        "100 %",
        "0 %",
        "100 %",
        "100 %",
    ]
    (per_person,) = [
        text for text in page.texts("section[aria-labelledby=compared] li") if text.startswith("Per persoon")
    ]
    assert "Erbij: Fietsen. Eraf: Maas." in per_person
    assert "Meer inwoners zouden een thema terugvinden waar ze voor zijn." in per_person
    assert "Minder raadsleden zouden een thema terugvinden waar ze voor zijn." in per_person


def test_whom_most_votes_leave_out_is_said(app: Flask, client: FlaskClient) -> None:
    """Ten people like Groen and Fietsen, nine only Maas: with time for two the nine get nothing by most votes."""
    room = a_room(app, votes=False)
    with app.app_context():
        people = [("Groen", "Fietsen")] * 10 + [("Maas",)] * 10
        for names in people:
            voter = factories.a_person()
            for name in names:
                for number in room.ideas[name]:
                    factories.a_vote(db.session.get_one(factories.Idea, number), voter)
        eleventh = factories.a_person()
        for name in ("Groen", "Fietsen"):
            for number in room.ideas[name]:
                factories.a_vote(db.session.get_one(factories.Idea, number), eleventh)
        # Ten of twenty-one weigh 28.6 of 60 minutes: enough when Maas takes 25.
        db.session.execute(
            update(factories.Theme).where(factories.Theme.id == room.themes["Maas"]).values(minutes=25)
        )
        db.session.commit()
    room.refresh()
    page = visit(client, room.path)
    rows = cells(page)
    assert rows["Maas 25 min"][0].startswith("ja")
    assert rows["Maas 25 min"][3] == "niet"
    assert rows["Is de belofte gehouden?"][0] == "ja"
    assert rows["Is de belofte gehouden?"][3] == "nee"
    (line,) = [
        text
        for text in page.texts("section[aria-labelledby=compared] li")
        if text.startswith("Meeste stemmen")
    ]
    assert "De voorstanders van Maas zouden tekortkomen" in line
    assert "voor de 25 minuten, maar een deel van hen zou hooguit 0 minuten krijgen" in line
    assert "Minder inwoners zouden een thema terugvinden waar ze voor zijn." in line


def test_what_is_pinned_stands_in_every_column(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        pin = AgendaItem(
            workshop_id=room.workshop,
            kind=AgendaItemKind.PINNED,
            theme_id=room.themes["Fietsen"],
            minutes=20,
            position=9,
            reason="De raad vroeg erom.",
        )
        db.session.add(pin)
        db.session.commit()
    room.refresh()
    rows = cells(visit(client, room.path))
    assert rows["Fietsen 20 min"] == ["ja 1"] * 4


@pytest.mark.one_database
def test_the_agenda_that_counts_comes_first_whatever_it_is(room: Room, client: FlaskClient) -> None:
    with room.app.app_context():
        db.session.execute(update(Process).values(ranking_settings={"weighting": "per_person"}))
        db.session.commit()
    heads = visit(client, room.path).texts("table.compared thead th")
    assert heads[1:3] == ["Per persoon deze agenda", "Per groep"]


@pytest.mark.one_database
def test_an_older_standing_without_these_figures_says_less(room: Room) -> None:
    """Sealed before they were kept: the table goes without."""
    with room.app.app_context():
        workshop = agendas.workshop(room.workshop)
        frame = frames.of_call(room.slug)
        assert workshop is not None
        assert frame is not None
        plans = agendas.plans(workshop, datetime.now(UTC))
        for row in plans.by[Weighting.PER_GROUP].data["comparisons"]:
            del row["with_item"], row["broken"]
        tags = {tag.id: tag for tag in frame.themes}
        table = comparison.table(plans, tags, Weighting.PER_GROUP)
        assert table is not None
        assert [column.keeps for column in table.columns] == [True, True, None, None]
        assert set(table.columns[3].shares) == {None}


def test_nothing_to_compare_while_counts_are_hidden_or_what_is_fixed_does_not_fit(
    room: Room, client: FlaskClient
) -> None:
    with room.app.app_context():
        db.session.get_one(Workshop, room.workshop).minutes = 10
        db.session.commit()
    room.refresh()
    assert not visit(client, room.path).all("table.compared")
    room.hide_counts()
    assert not visit(client, room.path).all("table.compared")


def test_a_small_group_is_not_told_by_the_difference(room: Room, client: FlaskClient) -> None:
    room.vote("Fietsen", group=Group.PARTNER)
    room.refresh()
    assert (
        cells(visit(client, room.path))["Partners in de stad met een eigen thema erop"]
        == ["niet getoond"] * 4
    )


@pytest.mark.parametrize(
    ("voters", "reached", "expected"),
    [
        ([9, 4, 5], [9, 0, 5], (1.0, 0.0, 1.0)),
        ([9, 2, 5], [9, 0, 5], (1.0, None, 1.0)),
        ([9, 4, 5], [None, None, 5], (None, None, 1.0)),
        ([9, 4, 5], None, (None, None, None)),
    ],
)
def test_shares_of_very_few_people_are_not_told(
    voters: list[int], reached: list[int | None] | None, expected: tuple[float | None, ...]
) -> None:
    """Nobody out of two found anything: that tells what both did not vote for."""
    assert comparison._shares({"voters": voters}, reached, [0, 1, 2]) == expected
