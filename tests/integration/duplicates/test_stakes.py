"""Whoever posted one of two ideas for somebody else leaves it to another moderator whether they are the same."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from app.db import db
from app.features.moderation import appeals as moderation_appeals
from app.models import DuplicateProposal, Idea, ModerationDecision, Person
from app.models.contribution import Channel, IdeaOrigin
from app.models.person import Role
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import SENTENCE, Pair


def post_for_somebody(pair: Pair, idea: int, staff: int) -> None:
    """Staff posted this idea for its author."""
    with pair.app.app_context():
        posted = {"channel": Channel.PAPER, "posted_by_id": staff, "posted_at": datetime.now(UTC)}
        db.session.add(IdeaOrigin(idea_id=idea, **posted))
        db.session.commit()


@pytest.mark.parametrize("name", ["vragen", "samenvoegen", "afwijzen"])
@pytest.mark.parametrize("which", ["goes", "stays"])
@pytest.mark.one_database
def test_nobody_decides_on_what_they_posted_for_somebody_else(
    pair: Pair, client: FlaskClient, name: str, which: str
) -> None:
    post_for_somebody(pair, getattr(pair, which), pair.moderator)
    proposal = pair.propose()
    sign_in(client, pair.moderator)
    words = "Je hebt een van deze ideeën voor iemand anders geplaatst."
    assert words in visit(client, f"/moderatie/dubbel/{proposal}").text
    data = {
        "ask-stays": pair.stays,
        "merge-stays": pair.stays,
        "merge-sentence": SENTENCE,
        "reject-sentence": SENTENCE,
    }
    refused = post(client, f"/moderatie/dubbel/{proposal}/{name}", 409, **data)
    assert words in refused.text
    assert pair.get(DuplicateProposal, proposal).state == "proposed"


def test_who_posted_what_stays_neither_undoes_the_merge_nor_answers_the_appeal(
    pair: Pair, client: FlaskClient
) -> None:
    proposal = pair.merge(pair.agreed())
    post_for_somebody(pair, pair.stays, pair.second)
    sign_in(client, pair.second)
    (decision,) = pair.all(ModerationDecision)
    said = visit(client, post(client, f"/moderatie/besluiten/{decision.id}/ongedaan").location)
    assert "voor iemand anders geplaatst" in said.text
    post(client, f"/moderatie/dubbel/{proposal}/ongedaan-maken", 403, **{"undo-sentence": SENTENCE})
    assert pair.get(Idea, pair.goes).state == "merged"
    with pair.app.app_context(), time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        author = db.session.get_one(Person, pair.ben)
        made = db.session.get_one(ModerationDecision, decision.id)
        lodged = moderation_appeals.lodge(author, made, "Mijn idee is echt iets anders.", datetime.now(UTC))
        may = moderation_appeals.may_decide(db.session.get_one(Person, pair.second), lodged)
        assert may.refusal.startswith("You posted one of these ideas for somebody else.")
        assert moderation_appeals.may_decide(factories.a_person(Role.MODERATOR), lodged)
