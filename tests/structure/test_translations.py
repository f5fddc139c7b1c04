"""Every string has its translation, with the same places to fill in."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tests.support import project
from tools import translations

PLACES = re.compile(r"%\((\w+)\)[sd]|%%")
LANGUAGES = sorted(translations.catalogues())


@pytest.fixture(scope="module")
def source() -> Catalog:
    """Every string as it stands in the code and the templates."""
    return translations.strings()


def test_the_site_speaks_dutch() -> None:
    assert LANGUAGES == ["nl"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(language: str, source: Catalog) -> None:
    catalogue = translations.read(translations.catalogues()[language])
    missing = []
    for message in source:
        if not message.id:
            continue
        known = catalogue.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        if known is None or known.fuzzy or not all(_forms(known)) or not known.string:
            missing.append(message.id)
    assert not missing, "run: make translations"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_places(language: str) -> None:
    catalogue = translations.read(translations.catalogues()[language])
    wrong = []
    for message in catalogue:
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        wanted = set().union(*(set(PLACES.findall(text)) for text in ids)) - {""}
        for text in filter(None, _forms(message)):
            found = set(PLACES.findall(text)) - {""}
            # The singular may say "one" instead of the number.
            if message.id and not (
                found == wanted or (len(ids) > 1 and found == wanted - {"num", "count", "number"})
            ):
                wrong.append(f"{message.id!r}: {sorted(found)} instead of {sorted(wanted)}")
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_all_its_plurals(language: str) -> None:
    catalogue = translations.read(translations.catalogues()[language])
    wrong = [m.id for m in catalogue if isinstance(m.id, tuple) and len(_forms(m)) != catalogue.num_plurals]
    assert not wrong


@pytest.mark.parametrize("path", project.files("app/features/**/*.py", "app/kit/*.py"), ids=project.name)
def test_what_code_says_can_be_translated(path: Path) -> None:
    """What is flashed, or labels a field, is not a bare literal."""
    bare = [
        f"line {call.lineno}"
        for call in project.calls(project.tree(path), "flash", "ValidationError")
        if call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ]
    bare += [
        f"line {node.lineno}"
        for node in ast.walk(project.tree(path))
        if isinstance(node, ast.Call)
        and project.dotted(node.func).endswith("Field")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value
    ]
    assert not bare


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string or ""),)
