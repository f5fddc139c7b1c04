"""Every idea knows whether it comes on the agenda of a workshop, and if not, why not."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import AgendaItem, Idea, Theme
from app.models.workshop import AgendaItemKind
from app.records import agenda_place, ideas
from app.records.agenda_place import AgendaPlace
from tests import factories
from tests.support import statements, visit
from tests.support.room import Room


def place(room: Room, idea: int) -> AgendaPlace | None:
    with room.app.app_context():
        row = ideas.one(idea)
        assert row is not None
        with statements() as sent:
            found = agenda_place.of_idea(row, datetime.now(UTC))
        assert len(sent) <= 1
        return found


def said(room: Room, idea: int) -> str:
    found = place(room, idea)
    assert found is not None
    return found.sentence % found.values


def test_an_idea_of_a_theme_on_the_agenda_names_the_item(room: Room, client: FlaskClient) -> None:
    idea = room.ideas["Maas"][1]
    found = place(room, idea)
    assert found is not None
    assert (found.number, found.theme_id, found.workshop_id) == (2, room.themes["Maas"], room.workshop)
    page = visit(client, f"/ideeen/{idea}", max_queries=6)
    (line,) = page.texts(".idea__agenda")
    assert line.startswith("Op de agenda van Werkatelier ")
    assert line.endswith(": punt 2, Maas. Bekijk de agenda (Voorlopig)")
    assert page.links(".idea__agenda a") == [room.path]
    assert page.texts("#place-title") == ["Op de agenda"]


def test_an_idea_of_a_theme_that_did_not_fit_says_its_place(room: Room, client: FlaskClient) -> None:
    page = visit(client, f"/ideeen/{room.ideas['Fietsen'][0]}")
    (line,) = page.texts(".idea__agenda")
    assert line.startswith("Niet op de agenda van Werkatelier ")
    assert "het thema Fietsen staat op plaats " in line
    assert page.texts("#place-title") == ["Waarom staat dit niet op de agenda?"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (1, "has place 3 in the ranking. The last place that fitted is 1."),
        (4, "has place 3 in the ranking, but its supporters are 2.5 minutes short."),
    ],
)
def test_the_last_place_that_fitted_is_named_when_it_stands_higher(last: int, expected: str) -> None:
    ranked = [{"id": 1, "rank": last}, {"id": 2, "rank": 3}]
    agenda = {
        "entries": [{"id": 1, "order": 1, "phase": "equal_shares"}],
        "left_out": [{"id": 2, "why": "no_time", "shortfall": "5/2", "minutes": 30, "note": ""}],
    }
    sentence, values = agenda_place._why_not(ranked[1], ranked, agenda)
    assert (sentence % {"workshop": "W", "theme": "T", **values}).endswith(expected)


def test_few_votes_come_before_everything(room: Room) -> None:
    with room.app.app_context():
        theme = db.session.get_one(Theme, room.themes["Groen"])
        idea = factories.an_idea(db.session.get_one(factories.Call, room.call), themes=[theme])
        factories.a_vote(idea)
        db.session.commit()
        number = idea.id
    assert said(room, number).endswith("an idea counts from 5 votes on. It now has 1.")


def test_a_theme_with_few_supporters_says_so(room: Room) -> None:
    with room.app.app_context():
        theme = factories.a_theme(db.session.get_one(factories.Process, room.process), title="Stilte")
        idea = factories.an_idea(db.session.get_one(factories.Call, room.call), themes=[theme])
        for place_ in range(6):
            value = factories.VoteValue.FOR if place_ < 2 else factories.VoteValue.AGAINST
            factories.a_vote(idea, value=value)
        db.session.commit()
        number = idea.id
    room.refresh()
    assert said(room, number).endswith("fewer than 5 people support the theme Stilte.")


def test_an_idea_without_a_theme_says_so(room: Room) -> None:
    with room.app.app_context():
        idea = factories.an_idea(db.session.get_one(factories.Call, room.call))
        for _ in range(6):
            factories.a_vote(idea)
        db.session.commit()
        number = idea.id
    assert said(room, number).endswith("the idea has no theme.")


def test_what_the_facilitator_left_out_and_what_is_too_long(room: Room) -> None:
    with room.app.app_context():
        db.session.add(
            AgendaItem(
                workshop_id=room.workshop,
                theme_id=room.themes["Groen"],
                kind=AgendaItemKind.SKIPPED,
                minutes=30,
                position=9,
                reason="Dit doen we in het najaar.",
            )
        )
        db.session.execute(update(Theme).where(Theme.id == room.themes["Maas"]).values(minutes=61))
        db.session.commit()
    room.refresh()
    assert said(room, room.ideas["Groen"][0]).endswith(
        "the facilitator left out the theme Groen. Dit doen we in het najaar."
    )
    assert said(room, room.ideas["Maas"][0]).endswith("takes 61 minutes. There is less time to divide.")


def test_nothing_is_said_where_nothing_may_be_known(room: Room, client: FlaskClient) -> None:
    idea = room.ideas["Maas"][0]
    room.hide_counts()
    assert place(room, idea) is None
    assert not visit(client, f"/ideeen/{idea}").all(".idea__agenda")


@pytest.mark.parametrize("state", [IdeaState.DRAFT, IdeaState.HIDDEN, IdeaState.SUBMITTED])
def test_an_idea_that_is_not_on_the_site_has_no_place(room: Room, state: IdeaState) -> None:
    with room.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == room.ideas["Maas"][0]).values(state=state))
        db.session.commit()
    assert place(room, room.ideas["Maas"][0]) is None


def test_a_call_without_a_workshop_says_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        number = factories.an_idea().id
        db.session.commit()
    assert not visit(client, f"/ideeen/{number}").all(".idea__agenda")
