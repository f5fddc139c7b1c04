"""Lines are chained in the transaction they belong to: none is lost, none is left behind, nobody waits in a ring."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.db import db
from app.domain.audit_chain import GENESIS
from app.kit import audit
from app.models import AuditEntry, AuditHead, Idea, Person
from app.models.person import Role
from app.records import audit_log
from tests import factories
from tests.support import csrf_token, sign_in, statements

from .conftest import NOW, Archive


def _record(archive: Archive, why: str) -> None:
    idea = db.session.get_one(Idea, archive.idea)
    audit.record(db.session.get_one(Person, archive.moderator), "moderation.hide", idea, NOW, why=why)


def _whys() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.why).order_by(AuditEntry.id)))


def test_an_empty_log_has_no_head_and_holds(archive: Archive) -> None:
    verdict = archive.verify()
    assert (verdict.lines, verdict.digest, verdict.broken) == (0, GENESIS, None)
    assert archive.head == GENESIS


def test_every_line_follows_the_one_before_it(archive: Archive) -> None:
    archive.write(3)
    verdict = archive.verify()
    assert (verdict.lines, verdict.redacted, verdict.broken) == (3, 0, None)
    assert verdict.digest == archive.head == archive.rows()[-1].digest
    assert len({row.salt for row in archive.rows()}) == 3
    last = archive.rows()[-1].id
    with archive.app.app_context():
        head = db.session.scalars(select(AuditHead)).one()
        assert (head.entry_id, head.lines) == (last, 3)


def test_many_lines_of_one_transaction_are_one_piece_of_the_chain(archive: Archive) -> None:
    with archive.app.app_context():
        for number in range(200):
            _record(archive, str(number))
        with statements() as sent:
            db.session.commit()
        assert _whys() == [str(number) for number in range(200)]
    assert archive.verify().broken is None
    assert len([statement for statement in sent if "audit_head" in statement]) <= 4


def test_nothing_is_locked_before_the_commit(archive: Archive) -> None:
    with archive.app.app_context(), statements() as sent:
        _record(archive, "eerst")
        db.session.flush()
        assert not [statement for statement in sent if "audit_" in statement]
        db.session.commit()
        assert _whys() == ["eerst"]


@pytest.mark.parametrize("close", [False, True])
def test_what_is_rolled_back_leaves_no_line(archive: Archive, close: bool) -> None:
    with archive.app.app_context():
        _record(archive, "nooit")
        if close:
            db.session.close()
        else:
            db.session.rollback()
        db.session.commit()
        assert _whys() == []
        _record(archive, "wel")
        db.session.commit()
        assert _whys() == ["wel"]
    assert archive.verify().lines == 1


def test_a_session_that_is_thrown_away_takes_its_lines_along(archive: Archive) -> None:
    with archive.app.app_context():
        _record(archive, "nooit")
    archive.write(1, why="wel")
    with archive.app.app_context():
        assert _whys() == ["wel"]


def test_a_savepoint_takes_its_lines_along(archive: Archive) -> None:
    with archive.app.app_context():
        _record(archive, "voor")
        with db.session.begin_nested():
            _record(archive, "erin")
            with db.session.begin_nested() as inner:
                _record(archive, "teruggedraaid")
                inner.rollback()
        outer = db.session.begin_nested()
        with db.session.begin_nested():
            _record(archive, "binnenin bewaard")
        outer.rollback()
        _record(archive, "na")
        db.session.commit()
        assert _whys() == ["voor", "erin", "na"]
    assert archive.verify().broken is None


def test_a_commit_from_within_a_savepoint_writes_everything_once(archive: Archive) -> None:
    with archive.app.app_context():
        _record(archive, "voor")
        db.session.begin_nested()
        _record(archive, "erin")
        db.session.commit()
        assert _whys() == ["voor", "erin"]
    assert archive.verify().lines == 2


def test_a_commit_that_fails_leaves_no_line_and_the_next_one_is_whole(archive: Archive) -> None:
    with archive.app.app_context():
        _record(archive, "nooit")
        db.session.add(Person(email="dubbel@voorbeeld.example", name="A", created_at=NOW))
        db.session.add(Person(email="dubbel@voorbeeld.example", name="B", created_at=NOW))
        with pytest.raises(Exception, match=r"(?i)unique"):
            db.session.commit()
        db.session.rollback()
        _record(archive, "wel")
        db.session.commit()
        assert _whys() == ["wel"]
    assert archive.verify().lines == 1


def test_twenty_actions_at_once_make_one_unbroken_chain(archive: Archive) -> None:
    """Each moves its own idea and a shared one, in opposite orders, so that a head held early would be a ring."""
    with archive.app.app_context():
        people = [factories.a_person(Role.MODERATOR).id for _ in range(20)]
        ideas = [factories.an_idea().id for _ in range(20)]
        db.session.commit()
    start = Barrier(20)

    def act(number: int) -> str:
        start.wait()
        with archive.app.app_context():
            actor = db.session.get_one(Person, people[number])
            idea = db.session.get_one(Idea, ideas[number])
            audit.record(actor, "moderation.hide", idea, NOW, after={"n": number}, why=f"{number} a")
            # A lock that is taken after the line was noted, and that another one holds while it notes its own.
            shared = db.session.get_one(Idea, archive.idea, with_for_update=True, populate_existing=True)
            shared.version += 1
            audit.record(actor, "moderation.hide", shared, NOW, why=f"{number} b")
            db.session.commit()
        return "done"

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(act, range(20))) == ["done"] * 20
    verdict = archive.verify()
    assert (verdict.lines, verdict.broken) == (40, None)
    whys = [row.why for row in archive.rows()]
    assert sorted(whys) == sorted(f"{number} {part}" for number in range(20) for part in "ab")
    # The two lines of one action stand together: they became final in one commit.
    assert all(whys[place].split()[0] == whys[place + 1].split()[0] for place in range(0, 40, 2))


def test_staff_who_are_held_themselves_do_not_make_a_ring(archive: Archive) -> None:
    """Somebody holds the own row for update and leaves a line; others leave lines in the name of the same person."""
    start = Barrier(8)

    def act(number: int) -> str:
        start.wait()
        with archive.app.app_context():
            actor = db.session.get_one(Person, archive.moderator, with_for_update=number % 2 == 1 or None)
            idea = db.session.get_one(Idea, archive.idea)
            audit.record(actor, "moderation.hide", idea, NOW, why=str(number))
            db.session.commit()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(act, range(8))) == ["done"] * 8
    verdict = archive.verify()
    assert (verdict.lines, verdict.broken) == (8, None)


def test_twenty_moderators_at_once_through_the_site(archive: Archive) -> None:
    with archive.app.app_context():
        people = [factories.a_person(Role.ORGANISER).id for _ in range(20)]
        db.session.commit()
    clients = [sign_in(archive.app.test_client(), person) for person in people]
    tokens = [csrf_token(client) for client in clients]
    start = Barrier(20)

    def act(number: int) -> int:
        start.wait()
        data = {"answer-version": number + 1, "answer-on_behalf_of": "het college"}
        answer = clients[number].post(
            f"/beheer/ideeen/{archive.idea}/reactie",
            data={
                **data,
                "answer-body": f"Een antwoord dat lang genoeg is, nummer {number}.",
                "csrf_token": tokens[number],
            },
        )
        return answer.status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(act, range(20)))
    assert set(answers) <= {303, 409}, answers
    assert answers.count(303) >= 1
    verdict = archive.verify()
    assert (verdict.lines, verdict.broken) == (answers.count(303), None)


def test_the_words_of_a_line_go_and_the_chain_holds(archive: Archive) -> None:
    first, second, third = archive.write(3)
    with archive.app.app_context():
        assert audit.redact([first, third], NOW) == [first, third]
        db.session.commit()
        assert audit.redact([first], NOW) == []
        db.session.commit()
    rows = archive.rows()
    assert len(rows) == 4
    assert [(row.before, row.after, row.why, row.salt) for row in (rows[0], rows[2])] == [
        ({}, {}, "", "")
    ] * 2
    assert rows[0].redacted_at is not None
    assert rows[0].actor_id == archive.moderator
    assert (rows[1].id, rows[1].why) == (second, "Reden nummer 1.")
    assert (rows[3].action, rows[3].after, rows[3].actor_id) == (
        "audit.redact",
        {"lines": [first, third]},
        None,
    )
    verdict = archive.verify()
    assert (verdict.lines, verdict.redacted, verdict.broken) == (4, 2, None)
    with archive.app.app_context():
        assert audit.redact([rows[3].id], NOW) == [], "a line that names others keeps its words"


def test_the_log_reads_in_batches(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write(7)
    monkeypatch.setattr(audit_log, "BATCH", 3)
    heard: list[int] = []
    with archive.app.app_context():
        verdict = audit_log.verify(step=heard.append)
    assert (verdict.lines, verdict.broken, heard) == (7, None, [1, 2, 3, 4, 5, 6, 7])
