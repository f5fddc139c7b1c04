"""Every door has one sign, and a form that was accepted sends its visitor on."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from tests.support import project

SIGNS = {"public", "signed_in", "moderator", "facilitator", "organiser"}
ROUTES = project.files("app/features/*/routes.py", "app/features/*/*_routes.py")
SENDING = {"post", "put", "patch", "delete"}


def test_every_view_wears_a_sign(wired: Flask) -> None:
    bare = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in wired.url_map.iter_rules()
        if getattr(wired.view_functions[rule.endpoint], "__door__", None) not in SIGNS
    ]
    assert not bare, f"no sign on {bare}"


def test_no_view_wears_two_signs(wired: Flask) -> None:
    double = []
    for endpoint, view in wired.view_functions.items():
        inner = getattr(view, "__wrapped__", None)
        if inner is not None and hasattr(inner, "__door__"):
            double.append(endpoint)
    assert not double


def test_there_are_views(wired: Flask) -> None:
    assert len(wired.view_functions) > 10


@pytest.mark.parametrize("path", ROUTES, ids=project.name)
def test_the_sign_hangs_directly_under_the_address(path: Path) -> None:
    wrong = []
    for function in ast.walk(project.tree(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        hung = [project.dotted(d.func if isinstance(d, ast.Call) else d) for d in function.decorator_list]
        routes = [place for place, name in enumerate(hung) if name.startswith("bp.") and _is_route(name)]
        if routes and not (len(hung) > routes[-1] + 1 and hung[routes[-1] + 1].startswith("doors.")):
            wrong.append(f"{function.name} on line {function.lineno}")
    assert not wrong, f"no sign under the address of {wrong}"


@pytest.mark.parametrize("path", ROUTES, ids=project.name)
def test_a_redirect_says_which(path: Path) -> None:
    """After a form 303, so that the browser fetches the next page instead of sending the form again."""
    wrong = []
    for function in ast.walk(project.tree(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        hung = [project.dotted(d.func) for d in function.decorator_list if isinstance(d, ast.Call)]
        sends = any(name.rpartition(".")[2] in SENDING for name in hung)
        for call in project.calls(function, "redirect"):
            code = next((word.value for word in call.keywords if word.arg == "code"), None)
            value = code.value if isinstance(code, ast.Constant) else None
            if value is None or (sends and value != 303):
                wrong.append(f"{function.name} on line {call.lineno}")
    assert not wrong, f"redirects without (the right) code: {wrong}"


def _is_route(name: str) -> bool:
    return name.rpartition(".")[2] in {"get", "route", *SENDING}
