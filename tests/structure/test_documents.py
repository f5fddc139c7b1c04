"""What the documents name exists: commands, make targets, settings and files."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

import config
from tests.support import project

DOCUMENTS = project.files("*.md", "docs/**/*.md")
FLASK = re.compile(r"flask --app wsgi ([a-z][a-z-]*(?: [a-z][a-z-]*)?)")
MAKE = re.compile(r"`make ([a-z]+)`|^\s*make ([a-z]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
TARGETS = set(re.findall(r"^([a-z]+):", (project.ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=project.name)
def test_the_commands_exist(path: Path, wired: Flask) -> None:
    unknown = []
    for words in FLASK.findall(path.read_text()):
        command: click.Command | None = wired.cli
        for word in words.split():
            if isinstance(command, click.Group):
                known = command.get_command(click.Context(command), word)
                if known is None:
                    unknown.append(words)
                command = known
    assert not unknown


@pytest.mark.parametrize("path", DOCUMENTS, ids=project.name)
def test_the_make_targets_exist(path: Path) -> None:
    named = {a or b for a, b in MAKE.findall(path.read_text())}
    assert named <= TARGETS


@pytest.mark.parametrize("path", DOCUMENTS, ids=project.name)
def test_the_links_lead_to_files(path: Path) -> None:
    broken = [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()]
    assert not broken


def test_make_help_lists_every_target_that_people_use() -> None:
    makefile = (project.ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert TARGETS - explained <= {"dev"}
    assert explained >= {"setup", "run", "check", "test", "bench", "help"}


def test_the_example_settings_are_the_settings() -> None:
    example = (project.ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    assert named == set(config.KNOWN)


def test_every_choice_is_short_and_numbered() -> None:
    choices = project.files("docs/decisions/*.md")
    assert [path.name[:4] for path in choices] == [f"{number:04}" for number in range(1, len(choices) + 1)]
    assert [path.name for path in choices if len(path.read_text().splitlines()) > 40] == []
