"""Drawings of app.kit.charts for paper: their colours inside, because no style sheet of a page reaches them."""

import re
from functools import cache
from pathlib import Path

from flask import current_app

WIDTH = 640
"""Of a drawing on paper, in its own pixels; charts count widths in percent of it."""
_ROOT = re.compile(r'<svg class="(?P<css>[^"]*)" width="100%" height="(?P<height>[\d.]+)"')
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,[^()]*)?\)")
_TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
_LIGHT = re.compile(r"light-dark\(\s*([^,()]+|\w+\([^()]*\))\s*,.*\)$")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def standalone(svg: str) -> str:
    """The drawing with a width of its own and the colours of the house in light."""
    svg = str(svg)  # markup would escape what is put in
    found = _ROOT.search(svg)
    if found is None:
        raise ValueError("This is no drawing of app.kit.charts.")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{found["css"]}" width="{WIDTH}" '
        f'height="{found["height"]}" viewBox="0 0 {WIDTH} {found["height"]}"'
    )
    drawing = svg[: found.start()] + opening + svg[found.end() :]
    return drawing.replace(">", f"><style>{_style(_folder())}</style>", 1)


def _folder() -> Path:
    return Path(str(current_app.jinja_loader.searchpath[0])).parent / "static" / "css"  # type: ignore[union-attr]


@cache
def _style(folder: Path) -> str:
    """The rules for drawings from the style sheet of the pages, with every token put in: one source of colours."""
    tokens: dict[str, str] = {}
    for name, value in _TOKEN.findall((folder / "tokens.css").read_text()):
        light = _LIGHT.match(value.strip())
        tokens.setdefault(name, light[1].strip() if light else value.strip())
    sheet = re.sub(r"/\*.*?\*/", "", (folder / "components" / "chart.css").read_text(), flags=re.DOTALL)
    sheet = sheet.split("@media", 1)[0]
    ink, quiet = (tokens[f"--basis-color-default-color-{name}"] for name in ("default", "subtle"))
    # In a drawing a variable font is set in its lightest weight; an outline makes that regular, and a wider one bold.
    rules = [
        f"text {{ font: 16px 'Source Sans 3'; fill: {ink}; stroke: {ink}; stroke-width: .45px; }}",
        f"text.c-quiet {{ stroke: {quiet}; }}",
        "text.c-strong { stroke-width: .9px; }",
    ]
    for selectors, body in _RULE.findall(sheet.split("{", 1)[1]):
        drawn = ", ".join(name.strip() for name in selectors.split(",") if ".c-" in name)
        if drawn:
            rules.append(
                f"{drawn.replace('.chart__svg ', '')} {{{_VARIABLE.sub(lambda m: tokens.get(m[1], ''), body)}}}"
            )
    return "\n".join(rules)
