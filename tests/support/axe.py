"""Runs axe on a page: the rules of WCAG 2.2 A and AA and its best practices."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def findings(page: Page) -> list[str]:
    """What axe has against the page as it stands: rule, element and reason."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    outcome: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
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
