"""Asks axe-core what keeps people from using a page, and the browser whether it fits its window."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script() -> str:
    (path,) = (Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js")
    return path.read_text()


def violations(page: Page, *, opened: bool = True) -> list[str]:
    """Return one line a violation, naming rule, cause and place; with `opened`, folded parts are unfolded first.

    The script enters through the debugger, so the page's own policy stays as strict as it is served.
    """
    page.wait_for_load_state()  # a click on a link returns before its page is all there
    if opened:
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
    page.evaluate(_script())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", _RULES
    )
    return [
        f"{violation['id']}: {node['failureSummary']} at {' '.join(map(str, node['target']))}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def expect_usable(page: Page) -> None:
    """Fail unless axe finds nothing and nothing sticks out at the side."""
    found = violations(page)
    assert not found, (page.url, found)
    assert overflow(page) <= 0, page.url
