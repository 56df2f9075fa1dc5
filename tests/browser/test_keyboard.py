"""The page with nothing but a keyboard: where Tab goes, that it is seen, and a whole search without a mouse."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from seen import box, chips, focused, found, heading, hits, open_filters, search_for, skip_link, value

PRESSES = 80
"""More than there are stops before any filter of the demonstration archive."""


DESK = {"width": 1280, "height": 900}

STYLES = """at => [at, ...at.querySelectorAll('*')].map(each => {
    const style = getComputedStyle(each)
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.stroke, style.boxShadow].join(' ')
})"""
"""By what a style sheet may show the focus, of an element and of all in it."""

MARKUP = "at => at.outerHTML.slice(0, 200)"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus."""
    handle = wanted.element_handle()
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === wanted", handle):
            return
    pytest.fail(f"{PRESSES} times Tab do not reach {wanted}")


def test_tab_goes_to_the_skip_link_first_and_then_into_the_box(page):
    page.keyboard.press("Tab")
    expect(skip_link(page).first).to_be_focused()
    expect(skip_link(page).first).to_be_in_viewport()

    tab_to(page, box(page))

    stops = page.evaluate(
        "[...document.querySelectorAll('header a, header button, header input:not([type=hidden])')].length"
    )
    assert stops <= 4, "the box stands among the first stops"


def test_the_skip_link_leads_past_all_that_stands_before_the_content(page):
    search_for(page, "bicycle")
    expect(heading(page)).to_contain_text("found")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_search_is_narrowed_and_a_post_opened_without_a_mouse(page):
    tab_to(page, box(page))
    page.keyboard.type("bicycle")
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("found")
    everything = found(page)
    open_filters(page)
    tab_to(page, value(page, "Country", "Kenya"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(chips(page)).to_have_count(1)
    assert found(page) < everything

    title = hits(page).first.text_content()
    tab_to(page, hits(page).first)
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text(title)


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", {}),
        ("/?q=bicycle&country=Kenya", {"color_scheme": "dark"}),
        ("/?q=bicycle&country=Kenya", {"forced_colors": "active"}),
        ("/coverage", {}),
    ],
    ids=["start", "dark", "forced-colours", "coverage"],
)
def test_every_stop_of_tab_is_seen_to_have_the_focus(visit, site, path, media):
    page = visit(site + path, viewport=DESK, **media)
    stops = 0
    page.keyboard.press("Tab")
    while stops < PRESSES and page.evaluate("document.activeElement !== document.body"):
        stop = focused(page).element_handle()
        with_focus = stop.evaluate(STYLES)
        page.keyboard.press("Tab")

        assert with_focus != stop.evaluate(STYLES), f"nothing shows the focus: {stop.evaluate(MARKUP)}"
        stops += 1

    assert stops > 10


def test_a_link_to_a_month_says_month_and_posts(visit, site):
    page = visit(f"{site}/coverage")

    expect(page.get_by_role("link", name=re.compile(r"^September 2012: \d+ posts?$"))).to_have_count(1)
