"""Everything of a spam account goes, also what became one with the idea of somebody else."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.models import Idea, Person
from app.records import sweeping, unsweeping
from tests.support import post, sign_in, visit

from .conftest import SENTENCE, Pair

TITLE = "Zitplekken langs de Maas"


def sweep(pair: Pair, person: int) -> str:
    """Take everything of somebody off the site; the name of the step."""
    batch = sweeping.new_batch()
    ruling = sweeping.Ruling(SENTENCE, RefusalReason.ADVERTISING)
    with pair.app.app_context():
        moderator = db.session.get_one(Person, pair.moderator)
        sweeping.sweep([person], moderator, ruling, datetime.now(UTC), batch)
        db.session.commit()
    return batch


def shows(pair: Pair) -> bool:
    """Whether readers find the merged idea, and what was said under it, on the page of the other one."""
    return TITLE in visit(pair.app.test_client(), f"/ideeen/{pair.stays}").text


def test_a_merged_idea_of_a_spam_account_goes_and_comes_back(pair: Pair, client: FlaskClient) -> None:
    voter = pair.person(name="Rik")
    pair.vote(pair.goes, voter, 1)
    pair.argument(pair.goes, voter)
    pair.merge()
    counts, own = pair.counts(pair.stays), visit(sign_in(client, voter), "/mijn").text.count(TITLE)
    assert shows(pair)
    batch = sweep(pair, pair.ben)
    assert not shows(pair)
    assert pair.get(Idea, pair.goes).state == IdeaState.HIDDEN
    for path in (f"/ideeen/{pair.goes}", f"/ideeen/{pair.goes}?origineel=1"):
        assert pair.app.test_client().get(path).status_code == 410
    # Votes stay where they are counted, once.
    assert pair.counts(pair.stays) == counts
    assert visit(client, "/mijn").text.count(TITLE) <= own
    with pair.app.app_context():
        unsweeping.undo(batch, db.session.get_one(Person, pair.second), datetime.now(UTC))
        db.session.commit()
    assert pair.get(Idea, pair.goes).state == IdeaState.MERGED
    assert shows(pair)
    assert pair.counts(pair.stays) == counts


def test_put_back_by_itself_it_is_still_one_with_the_other(pair: Pair, desk: FlaskClient) -> None:
    pair.merge()
    sweep(pair, pair.ben)
    post(desk, f"/moderatie/ideeen/{pair.goes}/terugzetten", **{"restore-sentence": SENTENCE})
    found = pair.get(Idea, pair.goes)
    assert (found.state, found.merged_into_id) == (IdeaState.MERGED, pair.stays)
    assert shows(pair)
