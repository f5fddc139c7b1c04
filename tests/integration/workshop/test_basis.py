"""What the draft follows from: the votes of this moment or sealed ballots, with the fixed parts of today."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.ranking.canonical import parse
from app.domain.ranking.material import UnknownMethod
from app.domain.ranking.redraft import redraft
from app.models.seal import Snapshot
from app.models.standing import Standing
from app.records import agenda_drafts, agendas, seals
from tests.support import post, statements, visit
from tests.support.room import Room

from .conftest import Builder

BEFORE = ["Welkom 10 min", "Groen 30 min", "Pauze 15 min", "Maas 30 min", "Borrel 5 min"]
AFTER = ["Welkom 10 min", "Fietsen 30 min", "Pauze 15 min", "Groen 30 min", "Borrel 5 min"]


def turn_the_tables(room: Room) -> None:
    for group, many in ((Group.COUNCIL, 12), (Group.PARTNER, 9)):
        for _ in range(many):
            room.vote("Fietsen", group=group)
    room.refresh()


def test_the_draft_follows_the_newest_seal_unless_it_is_told_otherwise(
    builder: Builder, seal: Callable[[], int]
) -> None:
    assert builder.draft() == BEFORE
    number = seal()
    turn_the_tables(builder.room)
    page = builder.page()
    assert builder.draft() == BEFORE
    assert "Uit de stembriefjes van stand 1 , verzegeld op" in page.text
    assert "Daarna is er gestemd; dat verandert dit concept niet." in page.text
    builder.basis("votes")
    assert builder.draft() == AFTER
    seal()
    assert builder.draft() == AFTER, "a new seal does not change what was chosen"
    builder.basis(f"stand:{number}")
    assert builder.draft() == BEFORE
    builder.basis("newest")
    assert builder.draft() == AFTER


def test_other_minutes_after_the_seal_are_computed_from_the_sealed_ballots(
    builder: Builder, seal: Callable[[], int]
) -> None:
    seal()
    turn_the_tables(builder.room)
    builder.fix("Maas", "skipped", reason="Die komt in juni aan de beurt.")
    assert builder.draft() == [
        *("Welkom 10 min", "Groen 30 min", "Pauze 15 min", "Fietsen 30 min", "Borrel 5 min"),
    ], "the order of then: in the votes of today Fietsen comes first"
    page = builder.page()
    assert "opnieuw berekend uit de verzegelde stembriefjes" in page.text
    assert "Nagerekend voor" in page.text, "the certificate of the new draft"
    with builder.room.app.app_context():
        heads = [
            row.data["entries"][1]["supporters"]
            for row in db.session.scalars(select(Standing).where(Standing.kind.like("draft:%:per_person")))
        ]
    assert heads == [[6, 0, 0]], "the six of then, not the 27 of today"


def test_the_same_arrangement_as_at_the_seal_is_the_sealed_agenda_itself(
    builder: Builder, seal: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.fix("Maas", "retimed", 25)
    seal()
    monkeypatch.setattr(agenda_drafts, "redraft", lambda *_given: pytest.fail("nothing is to be computed"))
    assert "Maas 25 min" in builder.draft()


def test_reading_a_draft_computes_nothing(builder: Builder, seal: Callable[[], int]) -> None:
    seal()
    builder.fix("Groen", "retimed", 20)
    room = builder.room
    with room.app.app_context():
        workshop = agendas.workshop(room.workshop)
        assert workshop is not None
        agenda_drafts.plans(workshop, datetime.now(UTC))
        with statements() as told:
            found = agenda_drafts.plans(workshop, datetime.now(UTC), compute=False)
    assert found is not None
    assert not any("audit" in text for text in told), "the ballots are not even read"
    assert len(told) <= 5


def test_a_draft_that_was_lost_is_computed_by_who_looks(builder: Builder, seal: Callable[[], int]) -> None:
    seal()
    builder.fix("Groen", "retimed", 20)
    with builder.room.app.app_context():
        for row in db.session.scalars(select(Standing).where(Standing.kind.like("draft:%"))):
            db.session.delete(row)
        db.session.commit()
    assert "Groen 20 min" in builder.draft()


def test_a_sealed_agenda_with_other_minutes_can_be_verified_and_says_why(
    builder: Builder, seal: Callable[[], int]
) -> None:
    room = builder.room
    seal()
    builder.fix("Groen", "retimed", 20, reason="Het rondje langs de bomen is kort.")
    builder.move("Maas", "earlier")
    seal()
    with room.app.app_context():
        first, second = db.session.scalars(select(Snapshot).order_by(Snapshot.number)).all()
        assert seals.verify(first.id) == []
        assert seals.verify(second.id) == []
        (scope,) = seals.public_document(second.id)["scope"]["workshops"]
        (old,) = seals.public_document(first.id)["scope"]["workshops"]
    assert scope["retimed"] == [
        {"theme": room.themes["Groen"], "minutes": 20, "reason": "Het rondje langs de bomen is kort."}
    ]
    assert scope["order"][:2] == ["block:1", f"theme:{room.themes['Groen']}"]
    assert scope["order_reason"] == "Eerst het water."
    assert not {"retimed", "order"} & old.keys(), "a standing without them is the text it always was"
    page = visit(builder.client, room.path)
    assert "Groen duurt hier 20 minuten" in page.text
    assert "Reden: Eerst het water." in page.text


def test_retiming_changes_who_comes_on(builder: Builder) -> None:
    """Groen in 10 minutes leaves 50: Fietsen fits beside Maas only when it takes 20."""
    builder.fix("Groen", "retimed", 10)
    assert "Fietsen 30 min" not in builder.draft()
    builder.fix("Fietsen", "retimed", 20)
    assert {"Groen 10 min", "Maas 30 min", "Fietsen 20 min"} <= set(builder.draft())
    text = builder.page().text
    assert "Fietsen duurt hier 20 minuten, en anders 30. De stemmen bepaalden of het erop komt." in text


def test_the_usual_minutes_are_no_other_minutes(builder: Builder) -> None:
    answer = builder.fix("Groen", "retimed", 30)
    assert answer.status_code == 400
    assert "Dit thema duurt al zo lang." in answer.get_data(as_text=True)
    assert "retimed" not in {row[0] for row in builder.room.fixed()}


@pytest.mark.parametrize("value", ["stand:99", "stand:", "stand:x", "iets", ""])
def test_only_standings_of_the_call_can_be_chosen(
    builder: Builder, seal: Callable[[], int], value: str
) -> None:
    seal()
    post(builder.client, f"{builder.room.path}/agenda/stand", 400, **{"basis-basis": value})
    assert "stand 1" in builder.page().text


def test_what_cannot_be_computed_is_said(builder: Builder, seal: Callable[[], int]) -> None:
    seal()
    builder.fix("Groen", "pinned", 200)
    assert "De agenda past niet" in builder.page().text
    with builder.room.app.app_context():
        audit = parse(db.session.scalar(select(Snapshot.audit)) or "")
    audit["methods"]["agenda"] = ["mes_add1@9"]
    with pytest.raises(UnknownMethod, match="mes_add1@9"):
        redraft(audit, {})
