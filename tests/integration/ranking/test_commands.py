"""The ranking and agenda commands on imported conversations, equal to an independent program."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from app.db import db
from app.models import AgendaItem, AuditEntry, Idea, Process, Tally
from app.models.workshop import AgendaItemKind
from tests import factories
from tests.support.polis import write_export

ROOT = Path(__file__).parents[3]
VECTORS = json.loads((ROOT / "tests/data/ranking_vectors.json").read_text())["polis"]
GROUPS = "0=resident,1=council,none=partner"
METHODS = {"draagvlak": "balanced", "zekerheid": "wilson", "netto": "net", "brug": "bridging"}


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


def imported(app: Flask, folder: Path, conversation: str, *more: str) -> str:
    result = run(app, "import", "polis", str(write_export(conversation, folder)), "--groups", GROUPS, *more)
    assert result.exit_code == 0, result.output
    return result.stdout.partition(":")[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("conversation", sorted(VECTORS))
def test_the_ranking_of_an_imported_conversation_equals_the_vectors(
    app: Flask, tmp_path: Path, conversation: str, method: str
) -> None:
    slug = imported(app, tmp_path / conversation, conversation)
    with app.app_context():
        db.session.execute(update(Process).values(ranking_settings={"n_min": 0}))
        number = {
            idea: int((key or "").rpartition(":s")[2])
            for idea, key in db.session.execute(select(Idea.id, Idea.import_key))
        }
        db.session.commit()
    result = run(app, "ranking", "show", "--call", slug, "--method", method, "--json")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)["rows"]
    expected = VECTORS[conversation]["rankings"][METHODS[method]]
    # The vectors break ties by id where a site draws lots, so equal scores are put in the order of the ids.
    rows.sort(key=lambda row: (-float(row["score"]), -row["n"], number[row["id"]]))
    for row, wanted in zip(rows, expected["top10"], strict=False):
        assert (number[row["id"]], row["p"], row["q"]) == (wanted["id"], wanted["p"], wanted["q"])
        assert float(row["score"]) == pytest.approx(wanted["score"], abs=1e-9)
    assert len(rows) == VECTORS[conversation]["items"]


def test_themes_and_agenda_of_the_biodiversity_conversation(app: Flask, tmp_path: Path) -> None:
    mapping = str(ROOT / "docs/examples/biodiversity-themes.csv")
    slug = imported(app, tmp_path / "b", "scoop-hivemind.biodiversity", "--themes", mapping)
    themes = run(app, "ranking", "show", "--call", slug, "--themes")
    assert themes.exit_code == 0, themes.output
    assert len(themes.stdout.splitlines()) >= 9
    result = run(app, "agenda", "draft", "--call", slug, "--minutes", "150", "--json")
    assert result.exit_code == 0, result.output
    agenda = json.loads(result.stdout)
    assert agenda["certificate"]["holds"] is True
    assert sum(entry["minutes"] for entry in agenda["entries"]) == agenda["used"] <= 150
    assert agenda["free"] < 30
    for plain in (run(app, "agenda", "draft", "--call", slug), run(app, "agenda", "draft", "--call", slug)):
        assert "Every group that is large enough has its share." in plain.stdout


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ranking", "show"], "There is no call yet."),
        (["ranking", "show", "--call", "nergens"], "There is no call 'nergens'."),
        (["agenda", "draft", "--workshop", "7"], "There is no workshop 7."),
    ],
)
def test_a_refusal_is_one_sentence_and_ends_2(app: Flask, arguments: list[str], sentence: str) -> None:
    result = run(app, *arguments)
    assert (result.exit_code, result.stderr.strip()) == (2, sentence)


@pytest.mark.one_database
def test_blocks_that_take_too_long_are_refused(app: Flask) -> None:
    with app.app_context():
        workshop = factories.a_workshop(factories.a_call(), minutes=30)
        block = AgendaItem(workshop_id=workshop.id, kind=AgendaItemKind.BREAK, title="Pauze", minutes=45)
        db.session.add(block)
        db.session.commit()
        number = workshop.id
    result = run(app, "agenda", "draft", "--workshop", str(number))
    assert result.exit_code == 2
    assert "take more time than the workshop has" in result.stderr


def test_recount_finds_and_repairs_a_wrong_tally(app: Flask) -> None:
    with app.app_context():
        idea = factories.an_idea()
        factories.a_vote(idea)
        db.session.commit()
    assert run(app, "ranking", "recount").exit_code == 0
    with app.app_context():
        db.session.execute(update(Tally).values(votes_for=4))
        db.session.commit()
    found = run(app, "ranking", "recount")
    assert found.exit_code == 1
    assert "tally 4 for 0 against, votes 1 for 0 against" in found.output
    assert run(app, "ranking", "recount", "--repair").exit_code == 0
    assert "Every tally equals its votes." in run(app, "ranking", "recount").output
    with app.app_context():
        line = db.session.scalars(select(AuditEntry)).one()
        assert (line.actor_id, line.action, line.after["count"]) == (None, "ranking.repair", 3)
