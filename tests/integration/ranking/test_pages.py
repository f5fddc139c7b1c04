"""The ranking pages: the order of the rules, the reason of every place, nothing that tells on a person."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.models import Call, Idea
from app.records import standings
from tests import factories
from tests.support import visit

NOW = datetime.now(UTC)


def votes(idea: object, group: Group, yes: int, no: int) -> None:
    for value, number in ((VoteValue.FOR, yes), (VoteValue.AGAINST, no)):
        for _ in range(number):
            factories.a_vote(idea, factories.a_person(group=group, is_delegate=group == Group.PARTNER), value)  # type: ignore[arg-type]


def a_call() -> Call:
    """Residents love the first idea and the council does not; the second is liked by all; the third has few votes."""
    call = factories.a_call(slug="hoofd")
    first = factories.an_idea(call, title="Geliefd bij inwoners")
    votes(first, Group.RESIDENT, 14, 1)
    votes(first, Group.COUNCIL, 1, 6)
    second = factories.an_idea(call, title="Gedragen door allen")
    votes(second, Group.RESIDENT, 8, 2)
    votes(second, Group.COUNCIL, 4, 1)
    votes(second, Group.PARTNER, 3, 0)
    third = factories.an_idea(call, title="Nog bijna niemand gezien")
    votes(third, Group.RESIDENT, 2, 0)
    db.session.commit()
    return call


def test_methods_give_their_own_order_and_few_votes_stand_apart(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    page = visit(client, "/ranglijst?oproep=hoofd", max_queries=4)
    assert page.texts(".ranking__title") == ["Gedragen door allen", "Geliefd bij inwoners"]
    assert "Nog bijna niemand gezien" in page.one("section[aria-labelledby=too-few]").get_text()
    assert "minder dan 5 stemmen" in page.text
    netto = visit(client, "/ranglijst?oproep=hoofd&methode=groepsverschil")
    assert netto.texts(".ranking__title") == ["Geliefd bij inwoners", "Gedragen door allen"]
    assert visit(client, "/ranglijst?oproep=hoofd&methode=netto").texts(".ranking__score")[0] == "+12"


def test_every_row_explains_itself(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call()
    page = visit(client, "/ranglijst?oproep=hoofd")
    rows = page.all(".ranking__row")
    assert [str(row["value"]) for row in rows] == ["1", "2"]
    table = [" ".join(cell.get_text(" ").split()) for cell in rows[0].select("tbody tr")]
    assert [line.split()[0] for line in table] == ["Inwoner", "Raadslid", "Partner"]
    assert "8 2" in table[0]
    assert "33" in table[0]
    assert "met een marge van" in rows[0].get_text()
    assert "Hoe vast staat deze plaats" in rows[0].get_text()


def test_small_groups_are_withheld(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="klein")
        idea = factories.an_idea(call)
        votes(idea, Group.RESIDENT, 9, 2)
        votes(idea, Group.COUNCIL, 1, 0)
        votes(idea, Group.PARTNER, 3, 1)
        db.session.commit()
    table = visit(client, "/ranglijst?oproep=klein").texts(".ranking__row tbody tr")
    assert "9 2" in table[0]
    assert "niet getoond: te weinig stemmen" in table[1]
    assert "niet getoond: te weinig stemmen" in table[2]


def test_pages_of_twenty_follow_each_other_without_gap(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="lang")
        voters = [factories.a_person() for _ in range(6)]
        for _ in range(45):
            idea = factories.an_idea(call)
            for voter in voters:
                factories.a_vote(idea, voter)
        db.session.commit()
    seen: list[str] = []
    path: str | None = "/ranglijst?oproep=lang&methode=netto"
    while path:
        page = visit(client, path, max_queries=4)
        seen += page.texts(".ranking__title")
        path = next((link for link in page.links("a[rel=next]")), None)
    assert len(seen) == len(set(seen)) == 45
    # All are equal, so all share the first place.
    assert set(visit(client, "/ranglijst?oproep=lang&vanaf=21").texts(".ranking__place")) == {"1"}


@pytest.mark.parametrize(
    "query", ["methode=onzin", "vanaf=-4", "vanaf=99999", "vanaf=abc", "vanaf=1e9", "methode=%00"]
)
def test_nonsense_in_the_address_shows_the_ranking(app: Flask, client: FlaskClient, query: str) -> None:
    with app.app_context():
        a_call()
    assert visit(client, f"/ranglijst?oproep=hoofd&{query}").all(".ranking__row")


def test_themes_rank_by_people_not_by_ideas(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="themas")
        many, one = (
            factories.a_theme(call.process, title="Veel ideeën"),
            factories.a_theme(call.process, title="Eén idee"),
        )
        voters = [factories.a_person() for _ in range(6)]
        for _ in range(4):
            idea = factories.an_idea(call, themes=[many])
            for voter in voters:
                factories.a_vote(idea, voter)
        idea = factories.an_idea(call, themes=[one])
        for _ in range(9):
            factories.a_vote(idea)
        db.session.commit()
        standings.refresh(call.id, NOW)
    page = visit(client, "/ranglijst/themas?oproep=themas", max_queries=4)
    assert page.texts(".ranking__title") == ["Eén idee", "Veel ideeën"]
    assert "6 voorstanders, 4 ideeën" in page.text


def test_a_fresh_site_computes_its_first_standing_by_itself(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="nieuw")
        theme = factories.a_theme(call.process, title="Meteen zichtbaar")
        idea = factories.an_idea(call, themes=[theme])
        for _ in range(6):
            factories.a_vote(idea)
        db.session.commit()
    assert visit(client, "/ranglijst/themas?oproep=nieuw").texts(".ranking__title") == ["Meteen zichtbaar"]


@pytest.mark.one_database
def test_an_empty_call_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_call(slug="leeg")
        db.session.commit()
    for path in ("/ranglijst", "/ranglijst/themas"):
        assert "Er is nog geen ranglijst" in visit(client, f"{path}?oproep=leeg").text
    visit(client, "/ranglijst?oproep=bestaat-niet", status=404)


@pytest.mark.one_database
def test_the_explanation_prints_the_values_in_force(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(ranking_settings={"n_min": 8, "weights": ["1/2", "1/4", "1/4"]})
        factories.a_call(process)
        db.session.commit()
    page = visit(client, "/over/rangschikking")
    assert "2 : 1 : 1" in page.text
    assert (
        dict(zip(page.texts("dt"), page.texts("dd"), strict=True))[
            "Stemmen die een idee nodig heeft voor een plaats (n_min)"
        ]
        == "8"
    )


def test_a_score_does_not_tell_what_a_withheld_group_voted(app: Flask, client: FlaskClient) -> None:
    """With one decimal, five out of six scores have a single explanation; in whole percents, one of eleven."""
    with app.app_context():
        call = factories.a_call(slug="klein")
        theme = factories.a_theme(call.process)
        idea = factories.an_idea(call, themes=[theme])
        votes(idea, Group.RESIDENT, 9, 2)
        votes(idea, Group.COUNCIL, 1, 0)
        votes(idea, Group.PARTNER, 3, 1)
        open_ = factories.an_idea(call, themes=[factories.a_theme(call.process)])
        for group in Group:
            votes(open_, group, 5, 1)
        db.session.commit()
        standings.refresh(call.id, NOW)
    page = visit(client, "/ranglijst?oproep=klein")
    scores = dict(zip(page.texts(".ranking__title"), page.texts(".ranking__score"), strict=True))
    with app.app_context():
        titles = [db.session.get_one(Idea, number).title for number in (1, 2)]
    assert re.fullmatch(r"\d+ ?%", scores[titles[0]].replace("\xa0", " "))
    assert re.fullmatch(r"\d+,\d ?%", scores[titles[1]].replace("\xa0", " "))
    rows = dict(zip(page.texts(".ranking__title"), page.texts(".ranking__row"), strict=True))
    assert "marge" not in rows[titles[0]]
    assert "marge" in rows[titles[1]]
    themes = visit(client, "/ranglijst/themas?oproep=klein")
    assert any(re.fullmatch(r"\d+ ?%", text.replace("\xa0", " ")) for text in themes.texts(".ranking__score"))
    table = themes.texts(".ranking__row tbody tr")
    assert sum("niet getoond" in line for line in table) == 2


@pytest.mark.parametrize("room", ["/ranglijst", "/ranglijst/themas"])
def test_a_ranking_is_provisional_only_while_votes_can_still_come(
    app: Flask, client: FlaskClient, room: str
) -> None:
    with app.app_context():
        for slug, is_open in (("loopt", True), ("voorbij", False)):
            votes(factories.an_idea(factories.a_call(slug=slug, open_now=is_open)), Group.RESIDENT, 6, 1)
        soon = factories.a_call(slug="straks", open_now=False)
        factories.a_phase(soon, starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=9))
        db.session.commit()
    for slug, badge in (("loopt", "Voorlopig"), ("straks", "Voorlopig"), ("voorbij", "Stemmen is gesloten")):
        page = visit(client, f"{room}?oproep={slug}")
        assert page.texts("main .badge")[0] == badge
        assert ("Elke stem kan dit veranderen" in page.text) is (badge == "Voorlopig")
        assert "/stand" in page.links()
