"""What a visitor finds after Back and Forward: the page of its address, whether the browser kept it or asks anew."""

import re
from collections.abc import Iterator

import pytest
from browsers import FLAGS, find_chromium
from playwright.sync_api import Browser, Page, expect
from seen import apply_filters, box, chips, found, heading, hits, value

DESK = {"width": 1280, "height": 900}
WITHOUT_CACHE = "--disable-back-forward-cache"
"""What Playwright starts every Chromium with: a page that is kept is never loaded again, and it waits for that."""


@pytest.fixture(scope="module", params=[True, False], ids=["kept", "asked-anew"])
def keeps(request: pytest.FixtureRequest) -> bool:
    """Whether the browser keeps the pages that are left, as visitors' browsers do, or asks for them anew."""
    return request.param


@pytest.fixture(scope="module")
def chromium(chromium: Browser, keeps: bool) -> Iterator[Browser]:
    if not keeps:
        yield chromium
        return
    path = find_chromium()
    browser = chromium.browser_type.launch(executable_path=path, args=FLAGS, ignore_default_args=[WITHOUT_CACHE])
    yield browser
    browser.close()


@pytest.fixture
def results(visit, site, scripted) -> Page:
    """The page of a search for a common word."""
    return visit(f"{site}/?q=bicycle", viewport=DESK, java_script_enabled=scripted)


def test_back_and_forward_give_the_page_of_their_address(results, scripted, keeps):
    everything = found(results)
    tick_kenya(results, scripted)
    some = found(results)
    title = hits(results).first.text_content()
    leave(results)
    expect(heading(results)).to_have_text(title)

    assert go(results, "back", "country=Kenya") is keeps
    expect_kenya(results, some)

    go(results, "back", r"q=bicycle$")
    expect(heading(results)).to_have_text(f"{everything} posts found")
    expect(chips(results)).to_have_count(0)
    expect(box(results)).to_have_value("bicycle")
    if scripted or not keeps:
        expect(value(results, "Country", "Kenya")).not_to_be_checked()

    go(results, "forward", "country=Kenya")
    expect_kenya(results, some)


def test_what_was_typed_or_ticked_and_not_sent_is_gone_after_back(results, scripted, keeps):
    tick_kenya(results, scripted)
    some = found(results)
    box(results).fill("unsent")
    value(results, "Country", "Peru").evaluate("box => box.checked = true")  # as if no answer had come yet
    leave(results)

    assert go(results, "back", "country=Kenya") is keeps
    expect_kenya(results, some, mended=scripted or not keeps)


def test_what_is_typed_on_the_start_page_is_gone_when_it_is_seen_again(visit, site, keeps):
    page = visit(site)
    note(page)
    box(page).fill("bicycle")
    box(page).press("Enter")
    expect(heading(page)).to_have_text(re.compile("found$"))

    assert go(page, "back", "/$") is keeps
    expect(box(page)).to_have_value("")


def test_two_steps_back_at_once_give_the_page_of_that_address(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=DESK)
    everything = found(page)
    tick_kenya(page, scripted=True)
    leave(page)
    page.evaluate("void setTimeout(() => history.go(-2))")  # once this has been answered

    expect(page).to_have_url(re.compile("q=bicycle$"))
    expect(heading(page)).to_have_text(f"{everything} posts found")
    expect(value(page, "Country", "Kenya")).not_to_be_checked()


def test_a_page_that_was_left_while_it_was_asking_is_not_busy_for_ever(visit, site, keeps):
    page = visit(f"{site}/?q=bicycle", viewport=DESK)
    everything = found(page)
    page.route("**/*country=Kenya*", lambda _route: None)  # an answer that never comes
    value(page, "Country", "Kenya").check()
    expect(page.get_by_role("main")).to_have_attribute("aria-busy", "true")
    leave(page)
    go(page, "back", "q=bicycle$")

    expect(page.get_by_role("main")).not_to_have_attribute("aria-busy", "true")
    expect(heading(page)).to_have_text(f"{everything} posts found")
    expect(value(page, "Country", "Kenya")).not_to_be_checked()


def tick_kenya(page: Page, scripted: bool) -> None:
    value(page, "Country", "Kenya").check()
    if not scripted:
        apply_filters(page)
    expect(page).to_have_url(re.compile("country=Kenya"))
    expect(chips(page)).to_have_count(1)


def expect_kenya(page: Page, posts: int, *, mended: bool = True) -> None:
    """Expect the page of the search for that word in that country; `mended` is whether its form says so, too.

    Without scripts nothing can take away what was left in the form of a page that the browser keeps.
    """
    expect(heading(page)).to_have_text(f"{posts} posts found")
    expect(chips(page)).to_have_count(1)
    expect(value(page, "Country", "Kenya")).to_be_checked()
    if mended:
        expect(box(page)).to_have_value("bicycle")
        expect(value(page, "Country", "Peru")).not_to_be_checked()


def leave(page: Page) -> None:
    """Open the first hit."""
    note(page)
    hits(page).first.click()
    expect(page).to_have_url(re.compile("/post/"))
    expect(heading(page)).to_be_visible()


def note(page: Page) -> None:
    """Leave a note on the page, which is there again only where the browser has kept it."""
    page.evaluate("window.isKept = true")


def go(page: Page, way: str, address: str) -> bool:
    """Go one step of the history, which leads to this address; whether the page there had been kept."""
    step = page.go_back if way == "back" else page.go_forward
    step(wait_until="commit")
    expect(page).to_have_url(re.compile(address))
    return bool(page.evaluate("window.isKept"))
