"""The commands of sealed standings, with what they print and how they end."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select, update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.ranking.canonical import sha256
from app.kit import clock
from app.models import AuditEntry, Call, Idea, Person, Process, Vote
from app.models.seal import SealPlan, SealReason, Snapshot
from app.records import tallies
from tests import factories
from tests.support.polis import write_export

ROOT = Path(__file__).parents[3]


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["ranking", *arguments])


@pytest.fixture
def call(app: Flask) -> str:
    """A call with two ideas, one theme, a workshop and votes of yesterday; its name."""
    with app.app_context():
        process = factories.a_process()
        theme = factories.a_theme(process)
        call = factories.a_call(process)
        ideas = [factories.an_idea(call, themes=[theme]) for _ in range(2)]
        for number in range(18):
            person = factories.a_person(group=list(Group)[number % 3])
            value = VoteValue.AGAINST if number % 5 == 0 else VoteValue.FOR
            for idea in ideas:
                at = clock.now() - timedelta(days=1, minutes=number)
                tallies.put(idea.id, person.id, person.group, value, at)
        factories.a_workshop(call)
        db.session.commit()
        return call.slug


def test_seal_list_verify_export_and_recount(app: Flask, call: str, tmp_path: Path) -> None:
    assert run(app, "verify").stdout == "No standing was sealed yet.\n"
    assert run(app, "stands").stdout == f"No standing of {call} was sealed yet.\n"
    first = run(app, "seal", "--call", call)
    assert first.exit_code == 0, first.output
    assert "Standing 1 is sealed: 36 votes of 18 people" in first.stdout
    second = run(app, "seal", "--workshop", "1")
    assert second.exit_code == 0, second.output
    with app.app_context():
        made = list(db.session.scalars(select(Snapshot).order_by(Snapshot.number)))
        assert [(one.reason, one.workshop_id) for one in made] == [("council", None), ("workshop", 1)]
        digests = [one.digest for one in made]
    listed = run(app, "stands").stdout.splitlines()
    assert "  workshop 1  " in listed[1]
    assert [line.split()[-1] for line in listed] == digests
    whole = run(app, "verify")
    assert (whole.exit_code, whole.stdout.splitlines()[-1]) == (
        0,
        "2 standings were computed again; every one is the same and the chain is whole.",
    )
    public, auditor = tmp_path / "public.json", tmp_path / "auditor.json"
    assert run(app, "export", "2", "-o", str(public)).exit_code == 0
    assert run(app, "export", "2", "--auditor", "-o", str(auditor)).exit_code == 0
    assert sha256(public.read_text()) == digests[1]
    assert json.loads(public.read_text())["digests"]["audit"] == sha256(auditor.read_text())
    with app.app_context():
        lines = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert lines == ["ranking.seal", "ranking.seal", "stands.take_audit_file"]
    for file, says in (
        (public, "Whatever follows from the figures in a public file"),
        (auditor, "Everything"),
    ):
        for more in ((), ("--digest", sha256(file.read_text()))):
            result = run(app, "verify", str(file), *more)
            assert result.exit_code == 0, result.output
            assert f"{says} was computed again and is the same." in result.stdout
    counted = run(app, "recount", "--stand", "2")
    assert counted.exit_code == 0, counted.output
    assert "give the same counts as the standing: 2. So do themes" in counted.stdout


def test_verify_names_the_first_difference_and_ends_1(app: Flask, call: str, tmp_path: Path) -> None:
    assert run(app, "seal").exit_code == 0
    assert run(app, "seal").exit_code == 0
    file = tmp_path / "auditor.json"
    run(app, "export", "1", "--auditor", "-o", str(file))
    text = file.read_text()
    file.write_text(text.replace('"weighting":"per_group"', '"weighting":"per_person"', 1))
    spoilt = run(app, "verify", str(file))
    assert spoilt.exit_code == 1
    assert "(the whole file): it says" in spoilt.stdout
    file.write_text(text.replace('"n_min":5', '"n_min":4'))
    with app.app_context():
        db.session.execute(update(Call).values(slug="elders"))
        db.session.commit()
    spoilt = run(app, "verify", str(file))
    assert spoilt.exit_code == 1
    assert "This database did not seal it" in spoilt.stderr
    assert f"{file}: parameters: it says something that does not fit its digest" in spoilt.stdout
    wrong = run(app, "verify", str(file), "--digest", "ab" * 32)
    assert (wrong.exit_code, "(the whole file)" in wrong.stdout) == (1, True)
    with app.app_context():
        public = db.session.scalars(select(Snapshot.public).where(Snapshot.number == 2)).one()
        db.session.execute(
            update(Snapshot).where(Snapshot.number == 2).values(public=public.replace('"p":14', '"p":15', 1))
        )
        db.session.commit()
    found = run(app, "verify", "--all")
    assert found.exit_code == 1
    assert "standing 2 of elders: digest: it says" in found.stdout


def test_verify_misses_a_link_at_either_end_of_the_chain(app: Flask, call: str) -> None:
    for _ in range(3):
        assert run(app, "seal").exit_code == 0
    with app.app_context():
        db.session.execute(delete(Snapshot).where(Snapshot.number == 3))
        db.session.commit()
    last = run(app, "verify")
    assert last.exit_code == 1
    assert "seed.next_hash" in last.stdout
    with app.app_context():
        db.session.execute(delete(Snapshot).where(Snapshot.number == 1))
        db.session.commit()
    first = run(app, "verify")
    assert first.exit_code == 1
    assert f"standing 2 of {call}: previous: it says" in first.stdout


def test_a_moment_to_come_is_planned_and_one_that_passed_is_sealed_exactly(app: Flask, call: str) -> None:
    planned = run(app, "seal", "--at", "2099-05-21T20:00", "--reason", "scheduled")
    assert (planned.exit_code, planned.stdout) == (0, "Planned for 2099-05-21 20:00:00 CEST.\n")
    assert "2099-05-21 20:00:00 CEST  scheduled" in run(app, "stands").stdout
    passed = (clock.now() - timedelta(hours=1)).isoformat()
    assert run(app, "seal", "--at", passed).exit_code == 0
    with app.app_context():
        assert db.session.scalars(select(SealPlan.reason)).one() == SealReason.SCHEDULED
        idea = db.session.scalars(select(Idea.id)).first() or 0
        person = factories.a_person()
        tallies.put(idea, person.id, person.group, VoteValue.FOR, clock.now())
        db.session.commit()
    late = run(app, "seal", "--at", passed)
    assert (late.exit_code, "People voted after that moment" in late.stderr) == (2, True)


def test_a_recount_of_a_stand_says_what_it_cannot_compare(app: Flask, call: str) -> None:
    assert run(app, "seal").exit_code == 0
    with app.app_context():
        ideas = list(db.session.scalars(select(Idea.id).order_by(Idea.id)))
        vote = db.session.scalars(select(Vote).where(Vote.idea_id == ideas[0])).first()
        assert vote is not None
        tallies.put(ideas[0], vote.person_id, vote.group, VoteValue.WITHDRAWN, clock.now())
        db.session.commit()
    result = run(app, "recount", "--stand", "1")
    assert result.exit_code == 0, result.output
    assert f"changed since the cut-off: 1. So these ideas cannot be compared: {ideas[0]};" in (result.stdout)
    assert "give the same counts as the standing: 1.\n" in result.stdout
    with app.app_context():
        db.session.execute(update(Vote).where(Vote.idea_id == ideas[1]).values(value=1))
        db.session.commit()
    result = run(app, "recount", "--stand", "1")
    assert result.exit_code == 1
    assert "inputs.tallies.1.1.0: it says" in result.stdout


def test_erased_accounts_and_hidden_ideas_leave_a_stand_to_be_recounted(app: Flask, call: str) -> None:
    assert run(app, "seal").exit_code == 0
    with app.app_context():
        db.session.execute(update(Person).values(email=None, name=""))
        db.session.execute(update(Idea).values(state="hidden"))
        db.session.commit()
    result = run(app, "recount", "--stand", "1")
    assert result.exit_code == 0, result.output
    assert "give the same counts as the standing: 2." in result.stdout
    assert "One standing was computed again; it is the same" in run(app, "verify").stdout


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["seal", "--workshop", "99"], "There is no workshop 99."),
        (["seal", "--call", "nergens"], "There is no call 'nergens'."),
        (["seal", "--at", "morgen"], "'morgen' is no moment. Write it as 2026-05-21T20:00."),
        (["export", "9", "-o", "x.json"], "There is no standing 9 of"),
        (["recount", "--stand", "9"], "There is no standing 9 of"),
        (["recount", "--stand", "9", "--repair"], "A sealed standing is never changed"),
        (["verify", "FILE", "--all"], "Name a file, or ask for all; not both."),
        (["verify", "FILE"], "is not a sealed standing"),
    ],
)
def test_a_refusal_is_one_sentence_and_ends_2(
    app: Flask, call: str, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"schema": "stand@9"}')
    result = run(app, *[str(file) if word == "FILE" else word for word in arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.one_database
def test_the_seed_of_an_open_round_is_told_as_a_hash_only(app: Flask, call: str) -> None:
    with app.app_context():
        seed = db.session.scalars(select(Process.tie_seed)).one()
    for arguments in (["show"], ["show", "--json"], ["show", "--themes", "--json"]):
        shown = run(app, *arguments).stdout
        assert sha256(seed) in shown
        assert seed not in shown


def test_the_sealed_biodiversity_conversation_has_the_expected_counts(app: Flask, tmp_path: Path) -> None:
    name = "scoop-hivemind.biodiversity"
    folder = write_export(name, tmp_path)
    mapping = str(ROOT / "docs/examples/biodiversity-themes.csv")
    groups = "0=resident,1=council,none=partner"
    imported = app.test_cli_runner().invoke(
        args=["import", "polis", str(folder), "--groups", groups, "--themes", mapping]
    )
    assert imported.exit_code == 0, imported.output
    assert run(app, "seal").exit_code == 0
    vectors = json.loads((ROOT / "tests/data/ranking_vectors.json").read_text())["polis"][name]
    with app.app_context():
        document = json.loads(db.session.scalars(select(Snapshot.public)).one())
        number = {
            idea: int((key or "").rpartition(":s")[2])
            for idea, key in db.session.execute(select(Idea.id, Idea.import_key))
        }
    rows = {number[row[0]]: (row[3], row[4]) for row in document["inputs"]["tallies"]}
    assert len(rows) == vectors["items"]
    for row in vectors["rankings"]["net"]["top10"]:
        assert rows[row["id"]] == (row["p"], row["q"])
    assert run(app, "verify").exit_code == 0
    assert run(app, "recount", "--stand", "1").exit_code == 0


@pytest.mark.one_database
def test_a_file_is_checked_without_any_database(
    app: Flask, call: str, tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    assert run(app, "seal").exit_code == 0
    for number, more in enumerate((["--auditor"], [])):
        file = tmp_path / f"{number}.json"
        run(app, "export", "1", "-o", str(file), *more)
        elsewhere = make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite'}")
        result = run(elsewhere, "verify", str(file))
        assert result.exit_code == 0, result.output
        assert "This database did not seal it" in result.stderr
        assert "is the same." in result.stdout


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ('{"schema":"stand@1","number":' + "9" * 5000 + "}", 2),
        (r'{"schema":"stand@1","number":1,"call":{"slug":"\ud800"}}', 2),
        (r'{"schema":"stand@1","number":1,"call":{"slug":"\u0000"}}', 1),
        ('{"schema":"stand@1","number":' + "9" * 40 + ',"call":{"slug":"x"}}', 1),
        ('{"schema":"stand-audit@1","number":-' + "9" * 40 + ',"call":{"slug":"x"}}', 1),
        ('{"schema":"stand@1","methods":[]}', 1),
    ],
)
def test_a_file_that_is_made_to_hurt_gets_a_sentence(
    app: Flask, tmp_path: Path, text: str, ends: int
) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    result = run(app, "verify", str(file))
    assert result.exit_code == ends, result.exception
    assert isinstance(result.exception, SystemExit)
