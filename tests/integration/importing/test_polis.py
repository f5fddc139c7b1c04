"""Importing a Polis export: all comes in once, and a broken file changes nothing."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models import AuditEntry, Call, Idea, Person, Tally, Theme, Vote
from app.records import tallies
from tests.support.polis import write_export

BIODIVERSITY = "scoop-hivemind.biodiversity"
ROOT = Path(__file__).parents[3]
VECTORS = json.loads((ROOT / "tests/data/ranking_vectors.json").read_text())["polis"]
GROUPS = "0=resident,1=council,none=partner"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export("brexit-consensus", tmp_path / "brexit-consensus")


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["import", "polis", *map(str, arguments)])


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def everything() -> tuple[object, ...]:
    votes = db.session.execute(
        select(Vote.idea_id, Vote.person_id, Vote.value, Vote.group).order_by(Vote.idea_id, Vote.person_id)
    )
    counts = db.session.execute(
        select(Tally.idea_id, Tally.group, Tally.votes_for, Tally.votes_against).order_by(
            Tally.idea_id, Tally.group
        )
    )
    return votes.all(), counts.all(), count(Idea), count(Person), count(Call), count(Theme)


@pytest.mark.parametrize(
    "conversation", ["brexit-consensus", BIODIVERSITY, "scoop-hivemind.affordable-housing"]
)
def test_tallies_and_totals_equal_those_of_an_independent_program(
    app: Flask, tmp_path: Path, conversation: str
) -> None:
    folder = write_export(conversation, tmp_path / conversation)
    result = run(app, folder, "--groups", GROUPS)
    assert result.exit_code == 0, result.output
    expected = VECTORS.get(conversation)
    with app.app_context():
        assert tallies.differences() == []
        if expected is None:  # the vectors cover two of the three conversations
            assert count(Vote) > 10_000
            return
        shown = select(Idea.id).where(Idea.state == IdeaState.PUBLISHED)
        assert count(Idea) >= expected["items"] == len(db.session.scalars(shown).all())
        totals = select(func.sum(Tally.votes_for), func.sum(Tally.votes_against)).where(
            Tally.idea_id.in_(shown)
        )
        assert tuple(db.session.execute(totals).one()) == (expected["totals"]["p"], expected["totals"]["q"])


def test_running_it_again_changes_nothing(app: Flask, export: Path) -> None:
    assert run(app, export, "--groups", GROUPS).exit_code == 0
    with app.app_context():
        first = everything()
    second = run(app, export, "--groups", GROUPS)
    assert second.exit_code == 0
    assert "(0 new, 0 hidden)" in second.output
    with app.app_context():
        assert everything() == first


def test_groups_can_be_given_anew_and_votes_move_along(app: Flask, export: Path) -> None:
    run(app, export)
    with app.app_context():
        assert set(db.session.scalars(select(Person.group))) == {Group.RESIDENT}
    run(app, export, "--groups", "1=council,*=resident")
    with app.app_context():
        council = select(func.count()).select_from(Person).where(Person.group == Group.COUNCIL)
        assert (db.session.scalar(council) or 0) > 50
        assert tallies.differences() == []
        by_group = select(func.sum(Tally.votes_for)).where(Tally.group == Group.COUNCIL)
        assert (db.session.scalar(by_group) or 0) > 1000


def test_what_moderators_decided_since_the_first_import_stands(app: Flask, export: Path) -> None:
    run(app, export)
    with app.app_context():
        idea = db.session.scalars(select(Idea).order_by(Idea.id)).first()
        assert idea is not None
        idea.state = IdeaState.HIDDEN
        idea_id = idea.id
        db.session.commit()
    run(app, export)
    with app.app_context():
        kept = db.session.get(Idea, idea_id)
        assert kept is not None
        assert kept.state == IdeaState.HIDDEN


def test_moderated_out_arrives_hidden_and_long_statements_keep_their_text(app: Flask, tmp_path: Path) -> None:
    folder = write_export(BIODIVERSITY, tmp_path / "gesprek")
    assert run(app, folder).exit_code == 0
    with (folder / "comments.csv").open() as stream:
        lines = {int(line["comment-id"]): line for line in csv.DictReader(stream)}
    with app.app_context():
        for idea in db.session.scalars(select(Idea)):
            number = int((idea.import_key or "").rpartition(":s")[2])
            hidden = lines[number]["moderated"] == "-1"
            assert idea.state == (IdeaState.HIDDEN if hidden else IdeaState.PUBLISHED)
            assert idea.body == lines[number]["comment-body"]
            assert len(idea.title) <= 80
            assert len(idea.summary) <= 140


def test_last_vote_counts_and_a_pass_leaves_nothing(app: Flask, export: Path) -> None:
    votes = export / "votes.csv"
    lines = votes.read_text().splitlines()[:1]
    lines += ["3000,1,7,1", "2000,1,7,-1", "4000,2,7,1", "5000,2,7,0", "1000,3,7,-1", "1000,3,7,1"]
    votes.write_text("\n".join(lines) + "\n")
    assert run(app, export).exit_code == 0
    with app.app_context():
        rows = db.session.execute(
            select(Idea.import_key, Vote.value).join(Vote, Vote.idea_id == Idea.id)
        ).all()
        assert sorted(((key or "").rpartition(":")[2], value) for key, value in rows) == [
            ("s1", 1),
            ("s3", 1),
        ]


def test_themes_follow_the_mapping(app: Flask, tmp_path: Path) -> None:
    folder = write_export(BIODIVERSITY, tmp_path / "gesprek")
    mapping = ROOT / "docs/examples/biodiversity-themes.csv"
    result = run(app, folder, "--themes", mapping)
    assert result.exit_code == 0, result.output
    with mapping.open() as stream:
        wanted: dict[int, set[str]] = {}
        for line in csv.DictReader(stream):
            wanted.setdefault(int(line["comment-id"]), set()).add(line["theme"])
    with app.app_context():
        for idea in db.session.scalars(select(Idea)):
            number = int((idea.import_key or "").rpartition(":s")[2])
            assert {theme.title for theme in idea.themes} == wanted.get(number, {"Overig"})


FAULTS = {
    "a vote that is no vote": ("votes.csv", 10, 3, "7", "votes.csv, row 11: vote '7' is not 1, 0 or -1."),
    "an unknown statement": (
        "votes.csv",
        3,
        1,
        "9999",
        "votes.csv, row 4: statement 9999 is not in comments.csv.",
    ),
    "a moment that is none": (
        "votes.csv",
        1,
        0,
        "soon",
        "votes.csv, row 2: timestamp 'soon' is not a moment",
    ),
    "a statement without text": ("comments.csv", 5, 7, " ", "comments.csv, row 6: statement"),
    "a number that is none": (
        "comments.csv",
        2,
        2,
        "x",
        "comments.csv, row 3: comment-id 'x' is not a whole number.",
    ),
    "a field too many": ("comments.csv", 4, 7, 'a",b', "comments.csv"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_refused_as_a_whole(app: Flask, export: Path, fault: str) -> None:
    name, row, column, value, sentence = FAULTS[fault]
    with (export / name).open() as stream:
        lines = list(csv.reader(stream))
    lines[row][column] = value
    with (export / name).open("w", newline="") as stream:
        csv.writer(stream).writerows(lines)
    if fault == "a field too many":
        with (export / name).open("a") as stream:
            stream.write("1,2,3,4,5,6,7,8,9\n")
    result = run(app, export)
    assert result.exit_code == 2
    assert sentence in result.output
    assert len(result.stderr.strip().splitlines()) == 1
    with app.app_context():
        assert (count(Idea), count(Person), count(Call), count(Vote), count(AuditEntry)) == (0, 0, 0, 0, 0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "this folder does not exist"),
        (["{export}", "--groups", "0=king"], "'0=king' is not like 0=resident"),
        (["{export}", "--themes", "nowhere.csv"], "nowhere.csv: this file is missing."),
    ],
)
def test_wrong_arguments_end_with_one_sentence(
    app: Flask, export: Path, arguments: list[str], sentence: str
) -> None:
    result = run(app, *(argument.format(export=export) for argument in arguments))
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.one_database
def test_a_missing_file_is_named(app: Flask, export: Path) -> None:
    (export / "participants-votes.csv").unlink()
    result = run(app, export)
    assert result.exit_code == 2
    assert "participants-votes.csv: this file is missing." in result.stderr


def test_a_fault_while_writing_leaves_nothing(
    app: Flask, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("app.records.tallies.rebuild", fail)
    result = run(app, export)
    assert result.exit_code != 0
    monkeypatch.undo()
    with app.app_context():
        assert (count(Idea), count(Person), count(Vote)) == (0, 0, 0)
