"""Reads the texts of the demo, which stand in TOML files beside the code."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).resolve().parent / "content"

Entry = Mapping[str, Any]
"""One table of a file; which keys it has stands at the top of that file."""


@cache
def read(name: str) -> Entry:
    """The whole file of this name."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def ideas() -> tuple[Entry, ...]:
    """The ideas of every call, each with the key of its call."""
    files = sorted(path.stem for path in (FOLDER / "ideas").glob("*.toml"))
    found = [{"call": "main", **idea} for name in files for idea in read(f"ideas/{name}")["ideas"]]
    return (*found, *read("process_2019")["ideas"])


@cache
def arguments(idea_key: str) -> tuple[Entry, ...]:
    """The arguments on an idea: those that stand with it, then those of people who came by later."""
    own = next(idea for idea in ideas() if idea["key"] == idea_key).get("arguments", ())
    later = [entry for entry in read("arguments")["arguments"] if entry["idea"] == idea_key]
    return (*own, *later)


def paragraphs(text: str) -> str:
    """A text as somebody would have typed it: the lines of a paragraph joined, an empty line between."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def dice(part: str) -> Random:
    """Chance that falls the same way each time, and for each part on its own."""
    return Random(f"stem van de stad: {part}")  # noqa: S311 - nothing secret is drawn with it
