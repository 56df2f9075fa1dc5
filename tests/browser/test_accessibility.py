"""No violation of WCAG 2.2 AA or of good practice that axe-core can find: every page, light and dark, narrow and wide."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
LOOKS = (("light", 320), ("dark", 390), ("light", 1280), ("dark", 1280))
"""Colours and width; two phones are enough for both colours, for the page looks the same on them."""

HEIGHT = 800


@pytest.fixture
def page(visit, address) -> Page:
    """Each kind of page, with axe-core in it and all that can be folded open, so that what is in it is looked at, too."""
    page = visit(address)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate(AXE_SCRIPT)  # past the page's policy, as a browser's own tools are
    return page


def violations(page: Page) -> str:
    """What axe-core finds, in words; '' where it finds nothing."""
    results = AxeResults(page.evaluate("rules => axe.run(rules)", RULES))
    return results.generate_report() if results.violations_count else ""


def test_axe_finds_no_violation(page):
    found = {}
    for scheme, width in LOOKS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        found[scheme, width] = violations(page)

    assert not any(found.values()), "\n".join(f"{look}: {text}" for look, text in found.items() if text)


def test_axe_does_find_what_is_wrong(visit, site):
    page = visit(site)
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.documentElement.removeAttribute('lang')")

    assert "html-has-lang" in violations(page)
