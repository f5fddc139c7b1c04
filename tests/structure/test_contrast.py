"""Every colour of the look, and of each theme, can be read: WCAG AA in light and in dark, computed from the tokens."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT, PART = 4.5, 3.0  # WCAG 2.2, 1.4.3 for text and 1.4.11 for parts of the interface
GROUNDS = ("default-bg-document", "default-bg-elevated", "default-bg-subtle")
ROLES = [
    "action-1",
    "action-2",
    "accent-1",
    "accent-2",
    "accent-3",
    "info",
    "positive",
    "warning",
    "negative",
    "highlight",
]
THEMES = [None, *sorted(path.stem for path in (CSS / "themes").glob("*.css"))]


def tokens(theme: str | None, mode: int) -> dict[str, str]:
    """The colours by name without `--basis-color-`, for light (0) or dark (1)."""
    text = (CSS / "tokens.css").read_text() + ((CSS / "themes" / f"{theme}.css").read_text() if theme else "")
    found: dict[str, str] = {}
    for name, value in re.findall(r"--basis-(?:color-)?([\w-]+):\s*([^;]+);", text):
        both = re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
        colour = both[mode + 1] if both else value
        if colour.startswith("#"):
            found[name] = colour
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """Which colours stand on each other in the components, and how much contrast that takes."""
    wanted = [
        (ink, ground, TEXT) for ground in GROUNDS for ink in ("default-color-default", "default-color-subtle")
    ]
    wanted += [("default-color-default", f"default-bg-{kind}", TEXT) for kind in ("default", "hover")]
    wanted += [
        (f"action-1-color-{kind}", ground, TEXT) for ground in GROUNDS for kind in ("default", "hover")
    ]
    wanted += [
        ("action-1-color-default", "action-1-bg-default", TEXT),
        ("action-1-color-hover", "action-1-bg-hover", TEXT),
    ]
    wanted += [("action-1-inverse-color-default", "action-1-inverse-bg-hover", TEXT)]
    wanted += [
        (f"default-inverse-color-{kind}", "default-inverse-bg-default", TEXT)
        for kind in ("default", "subtle")
    ]
    wanted += [("default-inverse-color-default", f"screen-bg-{kind}", TEXT) for kind in ("default", "subtle")]
    wanted += [("highlight-inverse-bg-default", f"screen-bg-{kind}", PART) for kind in ("default", "subtle")]
    wanted += [
        ("default-inverse-color-default", "screen-track", PART),
        ("focus-color", "focus-background-color", TEXT),
    ]
    wanted += [("default-border-default", ground, PART) for ground in GROUNDS]
    wanted += [("negative-color-default", ground, TEXT) for ground in (*GROUNDS, "negative-bg-subtle")]
    wanted += [("accent-3-color-default", ground, TEXT) for ground in GROUNDS]
    wanted += [
        ("default-color-default", "illustration-sky", TEXT),
        ("default-color-subtle", "illustration-sky", TEXT),
    ]
    for role in ROLES:
        wanted.append((f"{role}-color-default", f"{role}-bg-default", TEXT))
        wanted.append((f"{role}-inverse-color-default", f"{role}-inverse-bg-default", TEXT))
        wanted += [(f"{role}-border-default", ground, PART) for ground in GROUNDS[:2]]
        if role not in ("warning", "highlight"):
            wanted.append((f"{role}-color-default", f"{role}-bg-subtle", TEXT))
    return wanted


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme or "own")
def test_what_stands_on_each_other_has_enough_contrast(theme: str | None, mode: int) -> None:
    colours = tokens(theme, mode)
    found = ((ink, ground, least, contrast(colours[ink], colours[ground])) for ink, ground, least in pairs())
    weak = [
        f"{ink} on {ground}: {ratio:.2f}, wants {least}"
        for ink, ground, least, ratio in found
        if ratio < least
    ]
    assert weak == []


def test_no_colour_is_written_outside_the_tokens() -> None:
    """A theme re-skins everything only when components know no colour of their own."""
    sheets = [
        path for path in CSS.rglob("*.css") if path.name != "tokens.css" and path.parent.name != "themes"
    ]
    literal = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.I)
    assert {
        path.name: literal.findall(path.read_text()) for path in sheets if literal.search(path.read_text())
    } == {}


def test_every_token_that_is_used_exists() -> None:
    named = set(re.findall(r"(--basis-[\w-]+):", (CSS / "tokens.css").read_text()))
    used = {
        name for path in CSS.rglob("*.css") for name in re.findall(r"var\((--basis-[\w-]+)", path.read_text())
    }
    assert used - named == set()
