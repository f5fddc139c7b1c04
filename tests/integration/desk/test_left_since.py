"""A picture that stands still shows nothing that left the site since, and keeps no name of who went away."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.db import begin_write, db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.desk import service
from app.features.room import rounds_service
from app.models import Idea, Person, Round, RoundOption
from app.models.room import RoundKind, RoundState
from app.records import erasure, rooms
from tests.support.evenings import Evening


@pytest.mark.parametrize("scene", ["ideas", "theme"])
def test_an_idea_that_was_hidden_leaves_a_frozen_picture(evening: Evening, scene: str) -> None:
    client = evening.desk()
    evening.step(client, scene if scene == "ideas" else f"theme:{evening.room.themes['Groen']}")
    evening.press(client, "stilzetten", on="yes")
    first, second = evening.room.ideas["Groen"][:2]
    assert "Groen, idee nummer 1" in evening.picture()
    with evening.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == first).values(state=IdeaState.HIDDEN))
        db.session.execute(update(Idea).where(Idea.id == second).values(title="Groen, in andere woorden"))
        db.session.commit()
    frame = str(evening.frame())
    assert "Groen, idee nummer 1" not in frame
    assert "Groen, in andere woorden" in frame


def test_who_went_away_is_in_no_frozen_picture(evening: Evening) -> None:
    client, number = evening.desk(), evening.room.author
    with evening.app.app_context():
        db.session.get_one(Person, number).name = 'Riet "de Tuin" Janßen'
        db.session.commit()
    evening.step(client, "ideas")
    evening.press(client, "stilzetten", on="yes")
    assert "Janßen" in evening.row().frozen
    with evening.app.app_context():
        erasure.erase(number, datetime.now(UTC))
        db.session.commit()
    assert "Janßen" not in evening.row().frozen
    assert "Groen, idee nummer" in evening.picture(), "the picture itself still stands"


def test_an_answer_that_was_taken_off_the_screens_leaves_a_frozen_one_too(evening: Evening) -> None:
    number = evening.a_round(
        kind=RoundKind.OPEN, options=("Meer bomen", "Scheldwoord"), state=RoundState.CLOSED
    )
    client = evening.desk()
    evening.vote(number, 2)
    evening.step(client, f"round:{number}:reveal")
    evening.press(client, "stilzetten", on="yes")
    assert "Scheldwoord" in evening.picture()
    with evening.app.app_context():
        hidden = update(RoundOption).where(RoundOption.round_id == number, RoundOption.text == "Scheldwoord")
        db.session.execute(hidden.values(hidden_at=datetime.now(UTC)))
        db.session.commit()
    assert "Scheldwoord" not in str(evening.frame())
    assert "Meer bomen" in evening.picture()


def test_an_idea_that_left_the_site_is_no_option_of_a_frozen_round(evening: Evening) -> None:
    idea = evening.room.ideas["Groen"][0]
    with evening.app.app_context():
        title = db.session.get_one(Idea, idea).title
        options = update(RoundOption).where(RoundOption.round_id == evening.round)
        db.session.execute(options.where(RoundOption.position == 0).values(idea_id=idea, text=title))
        db.session.execute(update(Round).values(state=RoundState.OPEN))
        db.session.commit()
    client = evening.desk()
    evening.step(client, f"round:{evening.round}:open")
    evening.press(client, "stilzetten", on="yes")
    assert title in evening.picture()
    with evening.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == idea).values(state=IdeaState.HIDDEN))
        db.session.commit()
    assert title not in str(evening.frame())
    assert "Meer bankjes" in evening.picture()


def test_a_round_that_is_deleted_while_the_desk_goes_to_it_blocks_nobody(evening: Evening) -> None:
    told: list[str] = []

    def go() -> None:
        with evening.app.app_context():
            begin_write()
            actor = db.session.get_one(Person, evening.ann)
            try:
                service.step(
                    actor, evening.room.workshop, 0, f"round:{evening.round}:open", datetime.now(UTC)
                )
            except NotAllowed as no:
                told.append(no.decision.refusal)

    with evening.app.app_context():
        begin_write()
        room = rooms.get(evening.room.workshop)
        assert room is not None
        rounds_service._lead(db.session.get_one(Person, evening.bob), room, datetime.now(UTC))
        thread = threading.Thread(target=go)
        thread.start()
        time.sleep(1.0)
        db.session.delete(db.session.get_one(Round, evening.round))
        db.session.commit()
    thread.join(20)
    assert told == [service.GONE]
    assert evening.row().number == 0
