"""Every line of the audit log is read in words: each action that the code records, and each field that it changes."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.audit_chain import REDACTION
from app.kit.audit_words import ACTIONS, FIELDS
from app.models.moderation import SanctionKind
from tests.support import project

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_ON_TEXTS = ("publish", "return", "refuse", "hide", "restore", "keep")
DRAWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("app/records/sanctions.py", "measure.kind"): tuple(SanctionKind),
    ("app/cli/demo/conduct.py", "kind"): ("warn", "pause"),
    ("app/cli/demo/rulings.py", "verb"): _ON_TEXTS,
    ("app/features/moderation/service.py", "decision.verb"): _ON_TEXTS,
    ("app/features/integrity/service.py", "verb"): ("investigate", "dismiss", "propose", "confirm", "refuse"),
    ("app/features/practices/service.py", "verb"): ("publish", "refuse"),
    ("app/features/workshop/service.py", "_VERBS[kind]"): ("pin_theme", "skip_theme", "retime_theme"),
}
"""What stands in the place of a value in the name of an action."""
NEVER = {"moderation.return_argument"}
"""A reaction cannot be returned with a request."""
FILES = [path for path in project.python() if any(project.calls(project.tree(path), "record"))]


def records(path: Path) -> Iterator[ast.Call]:
    """The calls that put a line in the log."""
    for call in project.calls(project.tree(path), "record"):
        if project.dotted(call.func) == "audit.record":
            yield call


def actions(path: Path, node: ast.expr) -> set[str]:
    """All names that an expression can give."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return actions(path, node.body) | actions(path, node.orelse)
    if isinstance(node, ast.BinOp):
        return {a + b for a in actions(path, node.left) for b in actions(path, node.right)}
    if isinstance(node, ast.JoinedStr):
        found = {""}
        for part in node.values:
            ends = drawn(path, part.value) if isinstance(part, ast.FormattedValue) else actions(path, part)
            found = {a + b for a in found for b in ends}
        return found
    if isinstance(node, ast.Name) and node.id.isupper():
        module = importlib.import_module(project.name(path).removesuffix(".py").replace("/", "."))
        return {getattr(module, node.id)}
    assert ast.unparse(node) == "action", f"{project.name(path)}: say here how {ast.unparse(node)} is named"
    return handed_on(path)


def drawn(path: Path, node: ast.expr) -> set[str]:
    """What can stand between braces."""
    if isinstance(node, ast.IfExp):
        return actions(path, node)
    return set(DRAWN[project.name(path), ast.unparse(node)])


def handed_on(path: Path) -> set[str]:
    """The names in a file that hands them to a helper of its own, or calls one `action` first."""
    tree = project.tree(path)
    places: list[ast.AST] = list(project.calls(tree, "_note"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(project.dotted(one) == "action" for one in node.targets):
            places.append(node.value)
    constants = {one.value for place in places for one in ast.walk(place) if isinstance(one, ast.Constant)}
    return {value for value in constants if isinstance(value, str) and ACTION.fullmatch(value)}


def fields(call: ast.Call) -> set[str]:
    """The names of the fields that the call itself spells out."""
    given = [one.value for one in call.keywords if one.arg in ("before", "after")]
    return {
        key.value
        for value in given
        for shown in ast.walk(value)
        if isinstance(shown, ast.Dict)
        for key in shown.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


@pytest.mark.parametrize("path", FILES, ids=project.name)
def test_what_is_recorded_has_words(path: Path) -> None:
    wordless = set()
    for call in records(path):
        found = actions(path, call.args[1])
        assert found, f"line {call.lineno} records nothing that we know of"
        wordless |= {f"action {name}" for name in found - set(ACTIONS) - NEVER}
        wordless |= {f"field {name}" for name in fields(call) - set(FIELDS)}
    assert not wordless, "give it words in app/kit/audit_words.py"


def test_words_are_for_what_is_recorded() -> None:
    recorded = {REDACTION}.union(*(actions(path, call.args[1]) for path in FILES for call in records(path)))
    assert set(ACTIONS) <= recorded, f"nobody records {sorted(set(ACTIONS) - recorded)}"
