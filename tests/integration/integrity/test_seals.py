"""What was in force at the cut-off does not count in a standing; later decisions change no standing of before."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.ranking.canonical import canonical, parse, sha256
from app.domain.ranking.public_check import verify_public
from app.domain.ranking.verification import verify_audit
from app.models import Vote
from app.models.integrity import ExcludedVote, ExclusionReason
from app.models.seal import SealReason, Snapshot
from app.records import exclusions, sealing, seals, stand_recounts
from app.records.exclusions import NotNow

from .conftest import FAKES, HONEST, Desk

HOUR = timedelta(hours=1)


def sealed(desk: Desk, now: datetime) -> int:
    """Seal the standing of the call."""
    with desk.app.app_context():
        return seals.seal(desk.call, SealReason.COUNCIL, now).id


def told(desk: Desk, snapshot: int) -> tuple[tuple[int, int], int, int, dict[str, int]]:
    """For and against on the first idea, all votes, all voters, and what did not count; after every check there is."""
    with desk.app.app_context():
        assert seals.verify(snapshot) == []
        found = db.session.get_one(Snapshot, snapshot)
        audit, public = parse(found.audit), parse(found.public)
        assert verify_audit(found.audit) == []
        assert verify_public(found.public) == []
        assert audit["inputs"]["exclusions"] == public["inputs"]["exclusions"]
        row = next(row for row in audit["inputs"]["tallies"] if row[0] == desk.ideas[0])
        return (row[3], row[4]), found.votes, found.voters, public["inputs"]["exclusions"]


def agrees(desk: Desk, snapshot: int) -> None:
    """A recount of a standing from the votes finds no difference, in all of it."""
    with desk.app.app_context():
        recounted = stand_recounts.recount(snapshot)
        assert recounted.whole
        assert recounted.differences == ()


def test_before_while_and_after_all_recounts_agree(desk: Desk) -> None:
    start = datetime.now(UTC) + timedelta(minutes=1)
    before = sealed(desk, start)
    exclusion = desk.exclude(now=start + HOUR)
    while_ = sealed(desk, start + 2 * HOUR)
    with desk.app.app_context():
        for person in desk.fakes[:2]:
            exclusions.lift(exclusion, desk.call, person, start + 3 * HOUR)
        db.session.commit()
    partly = sealed(desk, start + 4 * HOUR)
    with desk.app.app_context():
        for person in desk.fakes[2:]:
            exclusions.lift(exclusion, desk.call, person, start + 5 * HOUR)
        db.session.commit()
    after = sealed(desk, start + 6 * HOUR)
    others, reason = 2 * HONEST, "many_accounts"
    assert told(desk, before) == ((FAKES, HONEST), FAKES + others, FAKES + HONEST, {})
    assert told(desk, while_) == ((0, HONEST), others, HONEST, {reason: FAKES})
    assert told(desk, partly) == ((2, HONEST), others + 2, HONEST + 2, {reason: FAKES - 2})
    assert told(desk, after) == ((FAKES, HONEST), FAKES + others, FAKES + HONEST, {})
    for snapshot in (before, while_, partly, after):
        agrees(desk, snapshot)


def test_a_recount_notices_an_exclusion_that_was_moved_in_time(desk: Desk) -> None:
    start = datetime.now(UTC) + timedelta(minutes=1)
    before = sealed(desk, start)
    desk.exclude(now=start + HOUR)
    with desk.app.app_context():
        db.session.query(ExcludedVote).update({"from_at": start - HOUR})
        db.session.commit()
        paths = [difference.path for difference in stand_recounts.recount(before).differences]
    assert paths[0] == "inputs.tallies.0.1.0"
    assert {"inputs.votes", "digests.events"} <= set(paths)
    assert any(path.startswith("inputs.exclusions") for path in paths)


def test_votes_that_change_later_are_left_out_of_a_recount_as_ever(desk: Desk) -> None:
    start = datetime.now(UTC) + timedelta(minutes=1)
    desk.exclude(now=start)
    snapshot = sealed(desk, start + HOUR)
    with desk.app.app_context():
        vote = db.session.get_one(Vote, (desk.ideas[0], desk.fakes[0]))
        vote.value, vote.cast_at = -1, start + 2 * HOUR
        db.session.commit()
        recounted = stand_recounts.recount(snapshot)
        assert (recounted.whole, recounted.changed_ideas, recounted.differences) == (
            False,
            (desk.ideas[0],),
            (),
        )


def test_whose_vote_does_not_count_may_change_it_after_a_planned_cut_off(desk: Desk) -> None:
    start = datetime.now(UTC) - HOUR
    with desk.app.app_context():
        db.session.query(Vote).update({"cast_at": start - HOUR})
        db.session.commit()
    desk.exclude(now=start)
    cut_off = start + timedelta(minutes=10)
    with desk.app.app_context():
        seals.plan(desk.call, cut_off, start)
    desk.vote(desk.fakes[0], VoteValue.AGAINST)
    desk.vote(desk.fakes[1], VoteValue.WITHDRAWN)
    desk.vote(desk.honest[0], VoteValue.FOR)
    with desk.app.app_context():
        (snapshot,) = seals.run_due(cut_off + timedelta(minutes=1))
    assert told(desk, snapshot)[0] == (0, HONEST)
    assert told(desk, snapshot)[3] == {"many_accounts": FAKES}


def test_nothing_is_put_in_force_or_lifted_while_a_standing_waits_to_be_sealed(desk: Desk) -> None:
    now = datetime.now(UTC)
    proposal, exclusion = desk.propose(desk.a_signal(desk.honest)), desk.exclude(now=now)
    with desk.app.app_context():
        seals.plan(desk.call, now + HOUR, now)
        db.session.expire_all()
        with pytest.raises(NotNow, match="is being sealed at this moment"):
            exclusions.put_in_force(proposal, desk.call, now + HOUR + timedelta(seconds=3))
        db.session.rollback()
        with pytest.raises(NotNow, match="is being sealed at this moment"):
            exclusions.lift(exclusion, desk.call, desk.fakes[0], now + HOUR + timedelta(seconds=3))
        db.session.rollback()
        (snapshot,) = seals.run_due(now + HOUR + timedelta(seconds=20))
        exclusions.lift(exclusion, desk.call, desk.fakes[0], now + HOUR + timedelta(seconds=30))
        db.session.commit()
    assert told(desk, snapshot)[0] == (0, HONEST)
    assert desk.tally() == (1, HONEST)
    agrees(desk, snapshot)


def test_a_decision_of_the_same_moment_comes_after_the_seal(desk: Desk) -> None:
    """Two requests may bear one moment; what was sealed stays true."""
    now = datetime.now(UTC) + timedelta(minutes=1)
    snapshot = sealed(desk, now)
    exclusion = desk.exclude(now=now - timedelta(seconds=5))
    first = next(row for row in desk.rows(ExcludedVote) if row.person_id == desk.fakes[0])
    assert first.from_at == now + timedelta(microseconds=1)
    assert told(desk, snapshot)[0] == (FAKES, HONEST)
    agrees(desk, snapshot)
    second = sealed(desk, now + HOUR)
    with desk.app.app_context():
        exclusions.lift(exclusion, desk.call, desk.fakes[0], now)
        db.session.commit()
    assert told(desk, second)[0] == (0, HONEST)
    agrees(desk, second)


def test_a_seal_begins_anew_when_votes_stop_counting_while_it_computes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision comes after the votes were read and before the standing is written, and bears an earlier moment."""
    now, real = datetime.now(UTC) + timedelta(minutes=1), sealing.documents
    turns: list[object] = []

    def slowly(*given: object, **more: object) -> object:
        made = real(*given, **more)  # type: ignore[arg-type]
        if not turns:
            desk.exclude(now=now - timedelta(seconds=1))
        turns.append(made)
        return made

    monkeypatch.setattr(sealing, "documents", slowly)
    snapshot = sealed(desk, now)
    assert len(turns) == 2
    assert told(desk, snapshot)[0] == (0, HONEST)
    agrees(desk, snapshot)


def test_reasons_are_counted_apart_and_stand_on_the_page(desk: Desk) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    desk.exclude(now=now)
    desk.exclude(desk.a_signal(desk.honest[:1], desk.ideas[1]), now=now, reason=ExclusionReason.NOT_ENTITLED)
    snapshot = sealed(desk, now + HOUR)
    assert told(desk, snapshot)[3] == {"many_accounts": FAKES, "not_entitled": 1}
    page = desk.page(None, f"/stand/{snapshot}")
    facts = dict(zip(page.texts("#excluded ~ dl dt"), page.texts("#excluded ~ dl dd"), strict=True))
    assert facts == {
        "Eén persoon stemde met meerdere accounts": str(FAKES),
        "Deze mensen mogen hier niet stemmen": "1",
    }


def test_a_changed_count_is_noticed(desk: Desk) -> None:
    desk.exclude()
    snapshot = sealed(desk, datetime.now(UTC) + timedelta(minutes=1))
    with desk.app.app_context():
        found = db.session.get_one(Snapshot, snapshot)
        for text in (found.audit, found.public):
            document = parse(text)
            document["inputs"]["exclusions"] = {"many_accounts": FAKES - 1}
            if text is found.audit:
                assert [each.path for each in verify_audit(canonical(document))] == ["inputs"]
            else:
                assert sha256(canonical(document)) != found.digest
            document["inputs"]["exclusions"] = {"many_accounts": -1}
            if text is found.public:
                assert [each.path for each in verify_public(canonical(document))] == ["inputs.exclusions"]


def test_the_command_verifies_the_files(desk: Desk, tmp_path: Path, app: Flask) -> None:
    desk.exclude()
    snapshot = sealed(desk, datetime.now(UTC) + timedelta(minutes=1))
    found = desk.get(Snapshot, snapshot)
    for name, text in (("public.json", found.public), ("audit.json", found.audit)):
        (tmp_path / name).write_text(text)
        result = app.test_cli_runner().invoke(args=["ranking", "verify", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
    assert json.loads(found.public)["inputs"]["exclusions"] == {"many_accounts": FAKES}
    assert app.test_cli_runner().invoke(args=["ranking", "verify", "--all"]).exit_code == 0
    assert app.test_cli_runner().invoke(args=["ranking", "recount", "--stand", str(snapshot)]).exit_code == 0
