"""Templates: nothing inline, no text that cannot be translated, none that nobody uses."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from tests.support import project

TEMPLATES = project.files("templates/**/*.html", "templates/**/*.txt")
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
INLINE = {
    "a style attribute": re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "text taken as HTML": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
}
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-description")
TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "N_"}
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
SENTENCE = re.compile(r"^[A-ZÀ-Þ][a-zà-ÿ]+([ ,.:;!?…]|$)")
THE_SAME_EVERYWHERE = {"Nederlands", "English", "RSS", "CSV", "JSON", "PDF", "GitHub", "EUPL-1.2", "Subject:"}
"""Words that stand the same in every language, and the name of the line that mails begin with."""


@pytest.mark.parametrize("path", PAGES, ids=project.name)
def test_nothing_is_inline(path: Path) -> None:
    source = COMMENT.sub("", path.read_text())
    found = [what for what, pattern in INLINE.items() if pattern.search(source)]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=project.name)
def test_every_text_can_be_translated(path: Path, wired: Flask) -> None:
    bare = [text for text in _texts(wired.jinja_env, path) if text.strip("()") not in THE_SAME_EVERYWHERE]
    assert not bare, f"texts outside _(): {bare}"


def test_every_template_is_used() -> None:
    named = "\n".join(path.read_text() for path in [*project.python(), *TEMPLATES])
    unused = []
    for path in TEMPLATES:
        address = path.relative_to(project.ROOT / "templates").as_posix()
        # Error pages and mails are named by their number or kind, in a place that is filled in.
        stem = address.rpartition(".")[0]
        folder, _, last = stem.rpartition("/")
        found = f'"{address}"' in named or (folder in {"emails", "errors"} and _is_built(folder, last, named))
        if not found:
            unused.append(address)
    assert not unused


@pytest.mark.parametrize("path", TEMPLATES, ids=project.name)
def test_every_template_compiles(path: Path, wired: Flask) -> None:
    wired.jinja_env.get_template(path.relative_to(project.ROOT / "templates").as_posix())


def _is_built(folder: str, last: str, named: str) -> bool:
    """Whether a template is found by a name such as f"errors/{status}.html"."""
    return f'f"{folder}/{{' in named and (folder == "errors" or f'"{last}"' in named or f"'{last}'" in named)


def _texts(environment: Environment, path: Path) -> Iterator[str]:
    """The words a visitor would read or hear that pass through no translation."""
    tree = _parsed(environment, path)
    written = " ".join(part.data for part in tree.find_all(nodes.TemplateData))
    if path.suffix == ".txt":
        yield from (line.strip() for line in written.splitlines() if WORD.search(line))
    else:
        reader = _Reader()
        reader.feed(_written(tree))
        yield from reader.found
    yield from _spoken_literals(tree, translated=False)


def _written(node: nodes.Node, before: str = "") -> str:
    """The HTML of a template; what an expression puts in is unknown: a mark in its place keeps tags whole."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            before += child.data
        elif isinstance(child, nodes.Expr):
            before += "x" if before.endswith(("<", "</")) else "0"
        elif not _is_inside_a_tag(child):
            before = _written(child, before)
    return before


def _is_inside_a_tag(node: nodes.Node) -> bool:
    """Whether it fills in classes or attributes, as its name says."""
    return isinstance(node, nodes.Block | nodes.Macro) and node.name.endswith(("class", "attributes"))


def _spoken_literals(node: nodes.Node, translated: bool) -> Iterator[str]:
    """Literals that look like a sentence or a heading and are not handed to a translation."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATES:
        translated = True
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not translated:
        if SENTENCE.match(node.value):
            yield node.value
        return
    for child in node.iter_child_nodes():
        yield from _spoken_literals(child, translated)


@cache
def _parsed(environment: Environment, path: Path) -> nodes.Template:
    return environment.parse(path.read_text())


class _Reader(HTMLParser):
    """Collects what is read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SPOKEN and value and WORD.search(value)]

    def handle_data(self, data: str) -> None:
        if WORD.search(data):
            self.found.append(" ".join(data.replace("0", " ").split()))
