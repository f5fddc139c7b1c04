"""Themes by every method and weighting: what stands beside each row, and nothing about a small group."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.domain.ranking import ThemeMethod, Weighting
from app.models import Call, Idea, Theme
from app.records import standings
from tests import factories
from tests.support import Page, visit

PATH = "/ranglijst/themas?oproep=themas"


def supporters(idea: Idea, group: Group, yes: int, no: int = 0) -> None:
    for value, number in ((VoteValue.FOR, yes), (VoteValue.AGAINST, no)):
        for _ in range(number):
            factories.a_vote(idea, factories.a_person(group=group), value)


def a_call() -> Call:
    """Residents like Groen, all groups like Maas, many are for and against Fietsen; Licht has few supporters."""
    call = factories.a_call(slug="themas")
    for title, groups in {
        "Groen": ((18, 2), (0, 7), (0, 5)),
        "Maas": ((6, 3), (6, 1), (4, 0)),
        "Fietsen": ((14, 12), (3, 4), (3, 3)),
        "Licht": ((3, 3), (0, 0), (0, 0)),
    }.items():
        theme = factories.a_theme(call.process, title=title)
        best = factories.an_idea(call, themes=[theme], title=f"Eerste van {title}")
        for group, (yes, no) in zip(Group, groups, strict=True):
            supporters(best, group, yes, no)
    db.session.commit()
    standings.refresh(call.id, datetime.now(UTC))
    return call


def order_of(page: Page) -> list[str]:
    return page.texts(".ranking__title")


def test_every_method_gives_its_own_order(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    found = {
        (method, weighting): visit(client, f"{PATH}&methode={method}&weging={weighting}", max_queries=4)
        for method in ThemeMethod
        for weighting in Weighting
    }
    orders = {key: order_of(page) for key, page in found.items()}
    reach = orders[ThemeMethod.BEREIK, Weighting.PER_GROUP]
    assert reach == ["Fietsen", "Groen", "Maas"] == orders[ThemeMethod.BEREIK, Weighting.PER_PERSON]
    assert orders[ThemeMethod.MEERDERHEID, Weighting.PER_GROUP][0] == "Maas"
    assert orders[ThemeMethod.TOP3, Weighting.PER_GROUP][0] == "Maas"
    page = found[ThemeMethod.BEREIK, Weighting.PER_GROUP]
    assert page.texts(".ranking__score") == ["20", "18", "16"]
    assert "Per groep of per persoon maakt voor deze volgorde geen verschil." in page.text
    for key, shown in found.items():
        assert ("Wat verandert er:" in shown.text) is key[0].heeds_weighting
        assert "Licht" in shown.one("section[aria-labelledby=too-few]").get_text()
        assert "Licht" not in order_of(shown)


def test_a_move_stands_with_every_theme(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    here, there = (order_of(visit(client, f"{PATH}&weging={weighting}")) for weighting in Weighting)
    assert here != there
    page = visit(client, PATH)
    for place, (title, note) in enumerate(
        zip(order_of(page), page.texts(".ranking__move"), strict=True), start=1
    ):
        other = there.index(title) + 1
        assert note == "Dezelfde plaats per persoon" if other == place else f"daar plaats {other}" in note


def test_beside_a_theme_stand_its_people_and_best_ideas(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = a_call()
        maas = db.session.query(Theme).filter_by(title="Maas").one()
        hidden = factories.an_idea(call, themes=[maas], title="Een idee dat verborgen werd")
        second = factories.an_idea(call, themes=[maas], title="Tweede van Maas")
        for idea in (hidden, second):
            for _ in range(5):
                factories.a_vote(idea)
        undecided = factories.a_person()
        factories.a_vote(second, undecided)
        factories.a_vote(hidden, undecided, VoteValue.AGAINST)
        db.session.commit()
        standings.refresh(call.id, datetime.now(UTC))
        hidden.state = IdeaState.HIDDEN
        db.session.commit()
    page = visit(client, PATH)
    place = order_of(page).index("Maas")
    row = page.all(".ranking__row")[place]
    assert [link.get_text() for link in row.select(".ranking__top a")] == [
        "Eerste van Maas",
        "Tweede van Maas",
    ]
    table = [" ".join(line.get_text(" ").split()) for line in row.select("tbody tr")]
    assert table == ["Inwoner 16 3 1", "Raadslid 6 1 0", "Partner in de stad 4 0 0", "Iedereen 26 4 1"]
    assert "26 voorstanders, 3 ideeën" in row.get_text(" ")
    assert re.search(r"Verschil tussen de groepen: \d+", row.get_text(" "))
    assert "met een marge van" in row.get_text(" ")


@pytest.mark.parametrize("weighting", Weighting)
def test_a_small_group_is_not_told(app: Flask, client: FlaskClient, weighting: Weighting) -> None:
    with app.app_context():
        call = factories.a_call(slug="themas")
        theme = factories.a_theme(call.process, title="Groen")
        idea = factories.an_idea(call, themes=[theme])
        supporters(idea, Group.RESIDENT, 8, 3)
        supporters(idea, Group.COUNCIL, 1)
        supporters(idea, Group.PARTNER, 3, 1)
        db.session.commit()
        standings.refresh(call.id, datetime.now(UTC))
    for method in ThemeMethod:
        page = visit(client, f"{PATH}&methode={method}&weging={weighting}")
        (row,) = page.texts(".ranking__row")
        (score,) = page.texts(".ranking__score")
        assert row.count("niet getoond") == 2
        assert "We tonen niet hoe ver de groepen uit elkaar liggen" in row
        assert "Verschil tussen de groepen" not in row
        exact = method is ThemeMethod.MEERDERHEID and weighting is Weighting.PER_PERSON
        if method is not ThemeMethod.BEREIK:
            assert ("," in score) is exact
        assert ("met een marge van" in row) is exact


@pytest.mark.parametrize("query", ["methode=onzin", "weging=onzin", "methode=%00&weging=%00"])
@pytest.mark.one_database
def test_nonsense_shows_the_usual_ranking(app: Flask, client: FlaskClient, query: str) -> None:
    with app.app_context():
        a_call()
    assert order_of(visit(client, f"{PATH}&{query}")) == order_of(visit(client, PATH))


def test_the_agenda_follows_majority_by_the_usual_weighting(app: Flask) -> None:
    with app.app_context():
        call = a_call()
        kinds = {standings.THEMES, standings.themes_kind(ThemeMethod.MEERDERHEID, Weighting.PER_GROUP)}
        one, other = (row.data for row in standings.several(call.id, kinds, datetime.now(UTC)).values())
        assert one == other
