"""The ranking in pictures: what is drawn is what people voted, and nothing that tells on a person."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.ranking import pictures
from app.kit.moments import day_of
from app.models import Call, Idea, Phase, Snapshot, StandingDay
from app.models.seal import SealReason
from app.records import frames, history
from tests import factories
from tests.support import visit

NOW = datetime.now(UTC)
TODAY = day_of(NOW)
PAGE = "/ranglijst/beelden?oproep=beeld"


def votes(idea: Idea, group: Group, yes: int, no: int) -> None:
    for value, number in ((VoteValue.FOR, yes), (VoteValue.AGAINST, no)):
        for _ in range(number):
            factories.a_vote(idea, factories.a_person(group=group), value)


def a_call() -> Call:
    """Three ideas: one on which groups differ, one on which they agree, and one on which two partners voted."""
    call = factories.a_call(slug="beeld")
    differ = factories.an_idea(call, title="Hier botst het")
    votes(differ, Group.RESIDENT, 8, 2)
    votes(differ, Group.COUNCIL, 1, 4)
    votes(differ, Group.PARTNER, 4, 0)
    agree = factories.an_idea(call, title="Hier zijn we het eens")
    votes(agree, Group.RESIDENT, 6, 4)
    votes(agree, Group.COUNCIL, 3, 2)
    votes(agree, Group.PARTNER, 3, 2)
    hidden = factories.an_idea(call, title="Hier stemden weinig raadsleden")
    votes(hidden, Group.RESIDENT, 9, 3)
    votes(hidden, Group.COUNCIL, 2, 0)
    votes(hidden, Group.PARTNER, 1, 3)
    db.session.commit()
    return call


def test_ideas_stand_by_the_shares_of_two_groups(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    page = visit(client, PAGE, max_queries=6)
    svg = page.one("section[aria-labelledby=agree] .chart__svg--plane")
    spots = {
        (round(float(str(spot["cx"]).rstrip("%"))), round(100 - float(str(spot["cy"])) / 3), spot["class"][1])
        for spot in svg.select("circle")
    }
    assert spots == {(80, 20, "c-spot--differ"), (60, 60, "c-spot--agree")}
    assert page.texts("section[aria-labelledby=agree] .key a") == ["Hier botst het", "Hier zijn we het eens"]
    assert page.texts("section[aria-labelledby=agree] .key__mark") == ["1", "A"]
    assert "Inwoners 80 % voor, raadsleden 20 % voor." in page.text.replace("\xa0", " ")
    assert "Over 1 idee zijn de groepen het eens" in page.text
    assert "1 idee is niet getekend" in page.text
    assert "Hier stemden weinig raadsleden" not in page.one("section[aria-labelledby=agree]").get_text()
    rows = page.texts("section[aria-labelledby=agree] tbody tr")
    assert [row.replace("\xa0", " ") for row in rows] == [
        "1. Hier botst het 80 % (8 voor, 2 tegen) 20 % (1 voor, 4 tegen) 60 procentpunten",
        "A. Hier zijn we het eens 60 % (6 voor, 4 tegen) 60 % (3 voor, 2 tegen) 0 procentpunten",
    ]


def test_partners_take_the_place_of_the_council(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    page = visit(client, f"{PAGE}&met=partner")
    # Of the third idea the council is withheld, and with it the smallest group, which is the partners.
    assert len(page.all(".chart__svg--plane circle")) == 2
    assert "Inwoners 80 % voor, partners in de stad 100 % voor." in page.text.replace("\xa0", " ")
    for nonsense in ("resident", "iedereen", "%00", ""):
        assert len(visit(client, f"{PAGE}&met={nonsense}").all(".chart__svg--plane circle")) == 2


def test_withheld_groups_are_said_and_not_drawn(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    section = visit(client, PAGE).one("section[aria-labelledby=support]")
    caption = section.find(string=re.compile("Hier stemden weinig raadsleden"))
    assert caption is not None
    figure = caption.find_parent("figure")
    assert figure is not None
    drawn = [text.get_text() for text in figure.select("svg text")]
    assert drawn.count("niet getoond") == 2
    cells = [" ".join(row.get_text(" ").split()).replace("\xa0", " ") for row in figure.select("tbody tr")]
    assert cells == [
        "Inwoners 9 3 75 %",
        "Raadsleden niet getoond niet getoond niet getoond",
        "Partners in de stad niet getoond niet getoond niet getoond",
    ]


def days(call: Call, *ranks: tuple[int | None, int | None, int | None]) -> list[int]:
    """Three themes with their ranks on the days up to yesterday."""
    themes = [factories.a_theme(call.process, title=name, accent=2) for name in ("Groen", "Maas", "Licht")]
    for place, row in enumerate(ranks):
        for theme, rank in zip(themes, row, strict=True):
            day = TODAY - timedelta(days=len(ranks) - place)
            values = {"day": day, "theme_id": theme.id, "rank": rank, "score": 0.5, "supporters": 9}
            db.session.add(StandingDay(call_id=call.id, **values))
    db.session.commit()
    return [theme.id for theme in themes]


def a_seal(call: Call, number: int, cut_off: datetime) -> None:
    text = f'{{"number": {number}}}'
    db.session.add(
        Snapshot(
            call_id=call.id,
            number=number,
            digest=f"{number:064d}",
            reason=SealReason.COUNCIL,
            cut_off=cut_off,
            sealed_at=cut_off,
            votes=1,
            voters=1,
            public=text,
            audit=text,
        )
    )
    db.session.commit()


def test_themes_move_from_day_to_day_and_seals_are_marked(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="beeld")
        days(call, (1, 2, None), (1, 1, 3), (3, 1, 2), (3, 1, 2), (3, 1, 2))
        middle = history.midnight(TODAY - timedelta(days=3))
        a_seal(call, 1, middle)
        a_seal(call, 2, NOW - timedelta(days=40))
        a_seal(call, 3, NOW)
    page = visit(client, PAGE, max_queries=6)
    section = page.one("section[aria-labelledby=days]")
    assert [a.get_text() for a in section.select("ol.key a")] == ["Maas", "Licht", "Groen"]
    rows = [" ".join(row.get_text(" ").split()) for row in section.select("tbody tr")]
    assert rows == ["Maas 2 1 1 1 1", "Licht – 3 2 2 2", "Groen 1 1 3 3 3"]
    assert "Maas steeg het meest: van plaats 2 naar plaats 1." in section.get_text()
    lines = section.select("rect.c-seal")
    assert [line["x"] for line in lines] == ["49.5%", "92%"]
    assert "stand 1" in section.get_text()
    assert "stand 2" not in section.get_text()
    assert "stand 3" in section.get_text()
    paths = [str(path["d"]) for path in section.select("path.c-course")]
    # Two share the first rank on the second day; the drawing gives each a place, Groen first.
    assert paths == [
        "M0 50L25 50L50 16.7L75 16.7L100 16.7",
        "M25 83.3L50 50L75 50L100 50",
        "M0 16.7L25 16.7L50 83.3L75 83.3L100 83.3",
    ]


def test_one_day_is_not_yet_a_picture(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        days(factories.a_call(slug="beeld"), (1, 2, 3))
    page = visit(client, PAGE)
    assert "Er zijn nog geen twee dagen om te vergelijken" in page.text
    assert page.all("path.c-course") == []


def test_only_the_last_ninety_days_are_drawn(app: Flask, app_context: None) -> None:
    call = factories.a_call(slug="beeld")
    days(call, *[(1, 2, 3)] * 120)
    found = pictures.courses(call.id)
    assert len(found.days) == 90
    assert found.days[-1] == TODAY - timedelta(days=1)


def test_neighbourhoods_count_people_once_and_hide_small_ones(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="beeld")
        wyck = [factories.a_person(neighbourhood=name) for name in ("Wyck", "wyck ", "Wyck", "Wyck")]
        idea = factories.an_idea(call, wyck[0])
        other = factories.an_idea(call, wyck[0])
        for person in wyck[1:]:
            factories.a_vote(idea, person)
            factories.a_vote(other, person)
        factories.an_argument(idea, wyck[1])
        for name, many in (("Amby", 3), ("Heer", 2), ("Scharn", 1), ("", 3)):
            for _ in range(many):
                factories.a_vote(idea, factories.a_person(neighbourhood=name))
        elsewhere = factories.an_idea()
        for _ in range(5):
            factories.a_vote(elsewhere, factories.a_person(neighbourhood="Limmel"))
        withdrawn = factories.a_person(neighbourhood="Amby")
        factories.a_vote(idea, withdrawn)
        factories.a_vote(idea, withdrawn, VoteValue.WITHDRAWN)
        db.session.commit()
    section = visit(client, PAGE, max_queries=6).one("section[aria-labelledby=breadth]")
    rows = [" ".join(row.get_text(" ").split()) for row in section.select("tbody tr")]
    assert rows == ["Wyck 4", "Amby 3", "Onbekend 3"]
    assert "Heer" not in section.get_text()
    assert "Van 2 buurten tonen we het aantal niet" in section.get_text()
    assert "Van 3 mensen weten we de buurt niet." in section.get_text()


@pytest.mark.parametrize(
    ("rows", "shown", "unknown", "withheld"),
    [
        # One person of Heer would be what is left of the total, so the smallest other one goes as well.
        ([("Heer", 1), ("Amby", 3), ("Wyck", 9)], ["Wyck"], 0, 2),
        ([("Heer", 2), ("", 3), ("Wyck", 9)], ["Wyck"], None, 1),
        ([("Heer", 1), ("Amby", 2), ("Wyck", 9)], ["Wyck"], 0, 2),
        ([("Amby", 3), ("Wyck", 9), ("", 1)], ["Wyck"], None, 1),
        ([("Heer", 1)], [], 0, 1),
        ([("Wyck", 2), ("WYCK", 1)], ["Wyck"], 0, 0),
        ([], [], 0, 0),
    ],
)
def test_nothing_that_is_shown_gives_a_small_neighbourhood_away(
    rows: list[tuple[str, int]], shown: list[str], unknown: int | None, withheld: int
) -> None:
    found = pictures.gathered(rows)
    assert [name for name, _number in found.places] == shown
    assert (found.unknown, found.withheld) == (unknown, withheld)


def test_pictures_are_silent_while_counts_are_hidden(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = a_call()
        days(call, (1, 2, 3), (1, 2, 3))
        db.session.query(Phase).update({"hides_counts": True})
        db.session.commit()
    page = visit(client, PAGE)
    assert page.all(".chart") == []
    assert "Hier botst het" not in page.text


@pytest.mark.one_database
def test_an_empty_call_says_what_will_come(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_call(slug="leeg")
        db.session.commit()
    for prefix in ("", "/en"):
        page = visit(client, f"{prefix}/ranglijst/beelden?oproep=leeg")
        assert len(page.all(".empty")) == 4
    visit(client, "/ranglijst/beelden?oproep=bestaat-niet", status=404)


def test_the_ranking_leads_to_its_pictures(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    for path in ("/ranglijst?oproep=beeld", "/ranglijst/themas?oproep=beeld"):
        assert PAGE in visit(client, path).links()


def test_many_ideas_are_drawn_up_to_a_number(app_context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_DOTS", 12)
    monkeypatch.setattr(pictures, "MOST_ROWS", 8)
    call = factories.a_call(slug="beeld")
    people = [factories.a_person() for _ in range(3)]
    people += [factories.a_person(group=Group.COUNCIL) for _ in range(3)]
    author = factories.a_person()
    for _ in range(15):
        idea = factories.an_idea(call, author)
        for person in people:
            factories.a_vote(idea, person)
    db.session.commit()
    frame = frames.read("beeld")
    assert frame is not None
    found = pictures.agreement(frame, Group.COUNCIL)
    assert (len(found.ideas), found.left_out, found.withheld) == (12, 3, 0)
    assert len(found.table) == 8 + pictures.MOST_AGREEING - 5
