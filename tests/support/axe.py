"""Runs axe on a page: the rules of WCAG 2.2 A and AA and its best practices, narrow and wide, light and dark."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The only rules that can find something in one scheme and nothing in the other."""
VIEWS: tuple[tuple[int, Scheme, Any], ...] = (
    (1280, "light", RULES),
    (1280, "dark", COLOURS),
    (320, "light", COLOURS),
    (320, "dark", RULES),
)
"""Every width in both schemes; what does not depend on colour is looked at once for each width. Before the last view
all that can be unfolded is: what stands on the folded page stands there as well."""


def findings(page: Page, rules: Any = RULES) -> list[str]:
    """What axe has against the page as it stands: rule, element and reason."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    outcome: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        f"{fault['id']}: {node['html'][:160]} ({' '.join(str(node.get('failureSummary', '')).split())[:300]})"
        for fault in outcome["violations"]
        for node in fault["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """The elements that stick out of the window sideways, so that one has to scroll in two directions."""
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.body.querySelectorAll("*")]
                .filter(each => each.getBoundingClientRect().right > width + 1)
                .map(each => each.outerHTML.slice(0, 120))
                .slice(-5);
        }"""
    )
    return found


def faults(page: Page) -> list[str]:
    """Everything against the page in any view, as it comes and with all that can be unfolded unfolded."""
    found = []
    for width, scheme, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} px: sticks out: {element}" for element in overflow(page)]
        if (width, scheme, rules) == VIEWS[-1] and unfold(page):
            found += [f"unfolded: sticks out: {element}" for element in overflow(page)]
        found += [f"{width} px, {scheme}: {fault}" for fault in findings(page, rules)]
    return found


def unfold(page: Page) -> int:
    """Open everything in the main part that is folded; gives how much that was."""
    opened: int = page.evaluate(
        """() => {
            const folded = [...document.querySelectorAll("main details:not([open])")];
            for (const each of folded) { each.removeAttribute("name"); each.open = true; }
            return folded.length;
        }"""
    )
    return opened
