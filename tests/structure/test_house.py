"""The house rules that a parser can hold: where things stand, and who does what."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy.orm import class_mapper

import app.models
from app.db import Base
from tests.support import project

ROOMS = sorted(
    path for path in (project.ROOT / "app" / "features").iterdir() if (path / "__init__.py").exists()
)
FEATURE_FILES = project.files("app/features/**/*.py")
VALUES_OF_THEIR_OWN = {"Person.role_rows"}
"""Rows that are a value of their parent (the roles of a person), not things with a life of their own."""
LONGEST = 500


def test_the_models_are_known() -> None:
    assert app.models.__name__
    assert len(Base.registry.mappers) > 10


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_has_a_door_or_a_service(room: Path) -> None:
    names = {path.stem for path in room.glob("*.py")}
    assert names & {"routes", "service"}, "a room is entered by routes, or by a command through its service"


def _answers_requests(path: Path) -> bool:
    tree = project.tree(path)
    doors = {project.dotted(call.func) for call in project.calls(tree, "get", "post", "route")}
    return bool(doors & {"bp.get", "bp.post", "bp.route"}) or any(project.calls(tree, "Blueprint"))


@pytest.mark.parametrize("path", FEATURE_FILES, ids=project.name)
def test_only_who_answers_requests_or_does_jobs_reads_the_clock_and_the_visitor(path: Path) -> None:
    if _answers_requests(path) or any(project.calls(project.tree(path), "Job")):
        return
    read = {
        project.dotted(node)
        for node in ast.walk(project.tree(path))
        if project.dotted(node)
        in {"clock.now", "current_person", "the_person", "current_user", "datetime.now"}
    }
    assert not read, f"hand in {read} as an argument"


@pytest.mark.parametrize("path", FEATURE_FILES, ids=project.name)
def test_whoever_answers_requests_asks_or_shows_does_not_write(path: Path) -> None:
    """Writing is for services, and for what services and jobs call: actor and moment are handed in."""
    reads_only = path.stem in {"queries", "forms", "words", "view"}
    if not (reads_only or _answers_requests(path)):
        return
    written = [
        f"{project.dotted(call.func)} on line {call.lineno}"
        for call in project.calls(project.tree(path), "commit", "add", "add_all", "delete", "flush", "merge")
        if project.dotted(call.func).startswith("db.session.")
    ]
    assert not written


def test_a_child_knows_its_parent_and_not_the_other_way_round() -> None:
    known = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in class_mapper(mapper.class_).relationships
        if relation.uselist and relation.secondary is None
    ]
    known = [name for name in known if name not in VALUES_OF_THEIR_OWN]
    assert not known, f"parents that know their children: {known}"


@pytest.mark.parametrize("path", project.python(), ids=project.name)
def test_a_file_opens_with_its_purpose(path: Path) -> None:
    purpose = ast.get_docstring(project.tree(path)) or ""
    assert purpose.split("\n\n")[0].rstrip().endswith((".", "!", "?")), "no sentence at the top"


@pytest.mark.parametrize("path", [*project.python(), *project.files("tests/**/*.py")], ids=project.name)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


def test_nothing_is_left_to_do_or_skipped() -> None:
    leftovers = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|mark\.(skip|xfail)\b|pytest\.(skip|xfail)\(")
    ours = [path for path in project.everything() if path != Path(__file__)]
    assert not _mentions(leftovers, ours)


def test_no_address_of_a_package_index_is_named() -> None:
    hosts = re.compile(
        r"pypi\.org|pythonhosted|registry\.npm|deb\.debian|--(extra-)?index-url|--find-links", re.IGNORECASE
    )
    ours = [path for path in project.everything() if path != Path(__file__)]
    assert not _mentions(hosts, ours)


def test_nothing_reaches_outside_the_project() -> None:
    outside = re.compile(r"(\.\./)+shared/|/work/|sys\.path\.(insert|append)")
    ours = [path for path in project.everything() if path != Path(__file__)]
    assert not _mentions(outside, ours)


def _mentions(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{project.name(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("path", project.files("app/**/*.py"), ids=project.name)
def test_whether_somebody_is_blocked_is_asked_about_a_moment(path: Path) -> None:
    """A block with an end is over by itself, so the column alone says nothing: ask `is_blocked` or `not_blocked`."""
    if path.name == "person.py" and path.parent.name == "models":
        return
    asked = [
        f"line {node.lineno}"
        for node in ast.walk(project.tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"blocked_at", "blocked_until"}
        if isinstance(node.ctx, ast.Load) and project.dotted(node).startswith("Person.")
    ]
    assert not asked
