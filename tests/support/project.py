"""The files of the project, as tests about its structure read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("app", "migrations", "templates", "static", "tests", "tools", "docs")
MADE = ("static/build", "static/vendor", "__pycache__")


def files(*patterns: str) -> list[Path]:
    """The files of the project that match one of the patterns, without what is made or installed."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not any(part in path.as_posix() for part in MADE))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a Python file."""
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    """The path of a file below the root, as it is written."""
    return path.relative_to(ROOT).as_posix()


def python() -> list[Path]:
    """Every Python file of the application."""
    return files("*.py", "app/**/*.py")


def everything() -> list[Path]:
    """Every text file of the project; what Git keeps for itself is none, a folder or (of a second checkout) a file."""
    here = [f"{folder}/**/*" for folder in OURS]
    texts = (
        ".py",
        ".html",
        ".txt",
        ".css",
        ".mjs",
        ".md",
        ".toml",
        ".yml",
        ".po",
        ".cfg",
        ".json",
        ".mako",
        ".ini",
        "",
    )
    return [
        path
        for path in files("*", ".ci/*", ".*", *here)
        if path.suffix in texts and name(path).split("/")[0] != ".git"
    ]


def calls(root: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of functions with one of these names, however they are reached."""
    for node in ast.walk(root):
        if isinstance(node, ast.Call):
            called = node.func
            if (isinstance(called, ast.Name) and called.id in names) or (
                isinstance(called, ast.Attribute) and called.attr in names
            ):
                yield node


def dotted(node: ast.AST) -> str:
    """A name with its dots, as `db.session.commit`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
