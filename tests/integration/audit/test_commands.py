"""`flask audit`: what it says, how it ends, and that a file can be checked without the site."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from app.cli import audit as commands
from app.db import db
from app.domain.audit_chain import GENESIS
from app.kit import audit

from .conftest import NOW, Archive

Run = Callable[..., Result]


@pytest.fixture
def run(archive: Archive) -> Run:
    """Runs `flask audit …`."""
    return lambda *words: archive.app.test_cli_runner().invoke(args=["audit", *map(str, words)])


def test_a_whole_chain_ends_well(archive: Archive, run: Run) -> None:
    assert (run("verify").exit_code, run("verify").stdout) == (0, f"0 lines, head {GENESIS}\n")
    assert run("head").stdout == f"{GENESIS}\n"
    archive.write(3)
    done = run("verify")
    assert (done.exit_code, done.stdout) == (0, f"3 lines, head {archive.head}\n")
    assert run("head").stdout == f"{archive.head}\n"


def test_the_first_break_is_named(archive: Archive, run: Run) -> None:
    numbers = archive.write(4)
    archive.sql("UPDATE audit_entry SET why = 'anders' WHERE id = :n", n=numbers[1])
    archive.sql("UPDATE audit_entry SET why = 'anders' WHERE id = :n", n=numbers[2])
    done = run("verify")
    assert done.exit_code == 1
    assert done.stdout.startswith(f"Line {numbers[1]}: what it says")


def test_a_noted_head_has_to_be_in_the_chain(archive: Archive, run: Run) -> None:
    first, _second = archive.write(2)
    noted = archive.rows()[0].digest
    archive.write(2)
    done = run("verify", "--head", noted)
    assert (done.exit_code, done.stdout.splitlines()[1]) == (0, f"The noted head is that of line {first}.")
    assert run("verify", "--head", GENESIS).stdout.endswith("The noted head is that of an empty log.\n")
    assert run("verify", "--head", "0" * 63 + "1").exit_code == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "words",
    [("verify", "--head", "abc"), ("verify", "/nergens"), ("verify", "--hoofd"), ("export",), ("toon",)],
)
def test_a_command_that_is_no_command_ends_2(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")


def test_words_that_went_are_counted(archive: Archive, run: Run) -> None:
    numbers = archive.write(3)
    with archive.app.app_context():
        audit.redact(numbers[:2], NOW)
        db.session.commit()
    done = run("verify")
    assert done.exit_code == 0
    assert "The words of 2 of them are gone; later lines name them." in done.stdout


def test_long_ones_say_how_far_they_are(archive: Archive, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write(5)
    monkeypatch.setattr(commands, "EVERY", 2)
    assert run("verify").stderr.splitlines() == ["2 lines …", "4 lines …"]


@pytest.fixture
def exported(archive: Archive, run: Run, tmp_path: Path) -> Path:
    """Six lines in a file, two of them without their words."""
    numbers = archive.write(4, why="Ééntje ‘tussen’ “haakjes”\nen een regel erbij")
    archive.write(1, before={}, after={"certainty": 99.5, "minutes": [1, 2, None], "ja": True}, why="")
    with archive.app.app_context():
        audit.redact(numbers[1:3], NOW)
        db.session.commit()
    file = tmp_path / "log.jsonl"
    done = run("export", file)
    assert (done.exit_code, done.stdout) == (0, f"6 lines, head {archive.head}\n")
    return file


def test_a_file_holds_by_itself(archive: Archive, run: Run, exported: Path) -> None:
    head = archive.head
    archive.sql("DELETE FROM audit_entry")
    archive.sql("DELETE FROM audit_head")
    done = run("verify", exported)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"6 lines, head {head}")
    assert run("verify", exported, "--head", head).exit_code == 0
    assert run("verify", exported, "--head", "1" * 64).exit_code == 1


@pytest.mark.one_database
@pytest.mark.parametrize("number", range(7))
def test_a_changed_byte_in_a_file_is_found(run: Run, exported: Path, number: int) -> None:
    """Every letter and digit of a line, one at a time: none can be another one."""
    lines = exported.read_text().splitlines()
    text = lines[number]
    for place in range(0, len(text), 7):
        if text[place].isalnum():
            other = "1" if text[place] != "1" else "2"
            lines[number] = text[:place] + other + text[place + 1 :]
            exported.write_text("\n".join(lines))
            assert run("verify", exported).exit_code in (1, 2), (place, text[place - 20 : place + 1])


@pytest.mark.one_database
def test_lines_that_are_missing_or_moved_in_a_file_are_found(run: Run, exported: Path) -> None:
    lines = exported.read_text().splitlines()
    for changed, says in (
        ([*lines[:2], *lines[3:]], "Something was removed"),
        ([lines[1], lines[0], *lines[2:]], "is in the wrong place"),
        ([*lines[:5], lines[6]], "The last lines were removed"),
        ([*lines[:2], lines[1], *lines[2:]], "was put in later"),
    ):
        exported.write_text("\n".join(changed))
        done = run("verify", exported)
        assert done.exit_code == 1
        assert says in done.stdout


@pytest.mark.one_database
@pytest.mark.parametrize(
    "text", ["", "geen json\n", "[]\n", '{"id": 1}\n', '{"head": {}}\n', "[" * 100_000, "\xff\xfe"]
)
def test_a_file_of_something_else_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "iets"
    file.write_bytes(text.encode("latin-1"))
    done = run("verify", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.one_database
def test_a_part_of_the_log_is_not_taken_for_all_of_it(run: Run, exported: Path) -> None:
    exported.write_text("\n".join(exported.read_text().splitlines()[:-1]))
    done = run("verify", exported)
    assert done.exit_code == 2
    assert "has no head" in done.stderr


@pytest.mark.one_database
def test_the_words_in_a_file_are_as_they_were_written(exported: Path) -> None:
    record = json.loads(exported.read_text().splitlines()[0])
    assert record["why"] == "Ééntje ‘tussen’ “haakjes”\nen een regel erbij"
    assert record["at"] == "2026-06-15T12:00:00.000000+00:00"
