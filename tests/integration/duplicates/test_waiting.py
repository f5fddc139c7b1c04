"""What waited before a merge or a hiding waits again when it is undone."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.models import Idea, ModerationDecision
from app.models.queue import QueueItem, QueueKind
from app.records import decisions, queue
from tests.support import post

from .conftest import SENTENCE, Pair

HIDING = {"hide-sentence": SENTENCE, "hide-reason": "off_topic"}


def unread(pair: Pair, idea: int) -> datetime:
    """An idea that readers see and no moderator has read; since when it waits."""
    with pair.app.app_context():
        queue.put(QueueKind.IDEA, db.session.get_one(Idea, idea), datetime.now(UTC), is_live=True)
        db.session.commit()
    (since,) = (item.waits_since for item in pair.all(QueueItem) if item.kind == "idea")
    return since


@pytest.mark.parametrize("quickly", [True, False])
def test_an_idea_that_nobody_read_waits_again_after_its_merge(
    pair: Pair, desk: FlaskClient, quickly: bool
) -> None:
    since = unread(pair, pair.goes)
    proposal = pair.merge()
    assert f"idea:{pair.goes}" not in pair.waiting()
    if quickly:
        post(desk, f"/moderatie/dubbel/{proposal}/ongedaan-maken", **{"undo-sentence": SENTENCE})
    else:
        pair.undo(proposal)
    assert f"idea:{pair.goes}" in pair.waiting()
    (item,) = (row for row in pair.all(QueueItem) if row.kind == "idea")
    assert (item.waits_since, item.is_live) == (since, True)


@pytest.mark.parametrize("way", ["undone", "restored", "appeal"])
def test_a_pair_waits_again_when_its_idea_is_back(pair: Pair, desk: FlaskClient, way: str) -> None:
    waiting = f"duplicate:duplicate_proposal:{pair.propose()}"
    post(desk, f"/moderatie/ideeen/{pair.goes}/verbergen", **HIDING)
    assert waiting not in pair.waiting()
    (decision,) = pair.all(ModerationDecision)
    if way == "undone":
        post(desk, f"/moderatie/besluiten/{decision.id}/ongedaan")
    elif way == "restored":
        post(desk, f"/moderatie/ideeen/{pair.goes}/terugzetten", **{"restore-sentence": SENTENCE})
    else:
        with pair.app.app_context():
            decisions.put_back(db.session.get_one(ModerationDecision, decision.id), datetime.now(UTC))
            db.session.commit()
    assert pair.get(Idea, pair.goes).state == "published"
    assert waiting in pair.waiting()
    if way == "restored":
        # Taken off once more by undoing, nobody has to compare it.
        post(desk, f"/moderatie/besluiten/{pair.all(ModerationDecision)[-1].id}/ongedaan")
        assert waiting not in pair.waiting()


def test_who_points_out_a_pair_that_left_the_queue_brings_it_back(pair: Pair) -> None:
    waiting = f"duplicate:duplicate_proposal:{pair.propose()}"
    with pair.app.app_context():
        db.session.execute(update(QueueItem).values(closed_at=datetime.now(UTC)))
        db.session.commit()
    pair.propose(pair.person(name="Rik"))
    assert pair.waiting() == [waiting]
