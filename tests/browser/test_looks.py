"""The page on a phone, enlarged, dark, with forced colours, printed, and with what is hard to show."""

import re

import pytest
from addresses import ODD_PAGES, address_of
from playwright.sync_api import Page, expect
from seen import box, filters, heading, hits, numbered_pages, open_filters, value

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
A4 = {"width": 794, "height": 1123}


def background(page: Page) -> tuple[int, ...]:
    """The colour of the page: red, green, blue."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(map(int, re.findall(r"\d+", colour)[:3]))


def wider_than_the_screen(page: Page) -> int:
    """By how many pixels a reader would have to scroll sideways."""
    return page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")


def sticking_out(page: Page) -> list[str]:
    """What stands out at the right of the screen, for whoever has to mend it."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('[tabindex="0"]'))
            .map(each => each.outerHTML.slice(0, 160))"""
    )


def open_all(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


def test_nothing_is_wider_than_the_smallest_phone_nor_with_text_twice_as_large_than_a_desk(visit, address):
    """As WCAG 1.4.10 and 1.4.4 have it; enlarged text must not be cut off either."""
    page = visit(address, viewport=PHONE)
    open_all(page)

    assert wider_than_the_screen(page) == 0, sticking_out(page)
    expect(heading(page)).to_be_visible()

    page.set_viewport_size(DESK)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert wider_than_the_screen(page) == 0, sticking_out(page)
    assert cut_off(page) == []


def cut_off(page: Page) -> list[str]:
    """Elements that hide a part of their own text."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(each => getComputedStyle(each).overflowY === 'hidden' && each.clientHeight > 1
                && each.scrollHeight > each.clientHeight + 1)
            .map(each => each.outerHTML.slice(0, 160))"""
    )


def test_a_table_of_a_post_breaks_no_word_on_a_phone_but_scrolls(visit, odd_site):
    page = visit(address_of(odd_site, ODD_PAGES["odd-unbroken"]), viewport=PHONE)
    lines = (
        page.locator("article :is(td, th)")
        .filter(has_text=re.compile(r"^\w+$"))
        .evaluate_all(
            """cells => cells.map(cell => {
            const word = document.createRange()
            word.selectNodeContents(cell)
            return [cell.textContent, word.getClientRects().length]
        })"""
        )
    )

    assert ("Salary", 1) in [tuple(each) for each in lines]
    assert [word for word, rows in lines if rows > 1] == []
    assert wider_than_the_screen(page) == 0, sticking_out(page)


def test_filters_do_not_push_the_hits_off_the_screen_of_a_phone(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=PHONE)

    expect(value(page, "Country", "Kenya")).to_be_hidden()
    expect(hits(page).first).to_be_in_viewport()

    open_filters(page)

    expect(value(page, "Country", "Kenya")).to_be_visible()


def test_filters_and_hits_stand_side_by_side_on_a_desk(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=DESK)

    expect(value(page, "Country", "Kenya")).to_be_in_viewport()
    expect(hits(page).first).to_be_in_viewport()


def test_dark_is_dark_and_light_is_light(visit, site):
    page = visit(site, color_scheme="light")

    assert min(background(page)) > 200

    page.emulate_media(color_scheme="dark")

    assert max(background(page)) < 60


def test_forced_colours_are_those_of_the_reader(visit, site):
    page = visit(f"{site}/?q=bicycle", forced_colors="active")
    link, system = page.evaluate(
        """() => {
            const colour = at => getComputedStyle(at).color
            const probe = document.body.appendChild(document.createElement('span'))
            probe.style.color = 'LinkText'
            return [colour(document.querySelector('main h2 a')), colour(probe)]
        }"""
    )

    assert link == system


def test_the_bars_of_the_picture_stand_out_from_forced_colours(visit, site):
    page = visit(f"{site}/coverage", forced_colors="active")
    bar = page.locator("svg .bar").first

    assert bar.evaluate("bar => getComputedStyle(bar).fill") != bar.evaluate(
        "bar => getComputedStyle(document.body).backgroundColor"
    )


def test_print_has_the_hits_and_nothing_to_click(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=A4)
    page.emulate_media(media="print")

    for control in (box(page), filters(page), numbered_pages(page)):
        expect(control).to_be_hidden()
    expect(heading(page)).to_be_visible()
    expect(hits(page).first).to_be_visible()


def test_a_printed_post_is_dark_on_white_however_dark_the_screen(visit, site, post):
    page = visit(post, viewport=A4, color_scheme="dark")
    page.emulate_media(media="print")
    ink = page.evaluate("getComputedStyle(document.querySelector('article')).color")

    assert min(background(page)) > 200
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 100


def test_a_printed_table_is_as_wide_as_the_paper_and_none_of_it_is_cut_off(visit, odd_site):
    page = visit(address_of(odd_site, ODD_PAGES["odd-unbroken"]), viewport={"width": 400, "height": 600})
    page.emulate_media(media="print")
    table = page.get_by_role("table").last.bounding_box()  # the widest

    assert table["x"] + table["width"] <= 400
    assert page.locator(".sideways").last.evaluate("box => getComputedStyle(box).overflowX") == "visible"


def test_months_without_a_post_are_shaded_on_paper_too(visit, site):
    page = visit(f"{site}/coverage", viewport=A4)
    page.emulate_media(media="print")
    shade = page.locator(".years .empty").first.evaluate("month => getComputedStyle(month).fill")

    assert max(map(int, re.findall(r"\d+", shade)[:3])) < 240


def test_a_title_from_right_to_left_keeps_its_direction_and_lets_its_neighbours_keep_theirs(visit, odd_site):
    page = visit(f"{odd_site}/?q=odd")
    title = hits(page).filter(has_text="ورشة")
    about = page.get_by_text("6 May 2014")

    assert direction(title) == "rtl"
    assert direction(about) == "ltr"


def direction(seen) -> str:
    return seen.evaluate("at => getComputedStyle(at).direction")


@pytest.mark.parametrize("label", ["دراجات", "Odd sizes"])
def test_each_label_has_a_direction_of_its_own(visit, odd_site, label):
    page = visit(f"{odd_site}/?q=odd")
    link = page.get_by_role("main").get_by_role("link", name=label, exact=True)

    assert link.evaluate("at => getComputedStyle(at).unicodeBidi") == "isolate"


def test_lists_and_tables_from_right_to_left_begin_at_the_right(visit, odd_site):
    page = visit(address_of(odd_site, ODD_PAGES["odd-right-to-left"]), viewport=PHONE)
    bullets, numbers = page.get_by_role("article").get_by_role("list").all()
    cells = page.get_by_role("table").get_by_role("columnheader")

    for each in (bullets, numbers):
        inside = each.get_by_role("listitem").first.bounding_box()
        assert right(each.bounding_box()) - right(inside) > 20  # the markers stand there
    assert [direction(item) for item in bullets.get_by_role("listitem").all()] == ["rtl", "rtl"]
    assert cells.nth(1).bounding_box()["x"] < cells.nth(0).bounding_box()["x"]


def right(place: dict[str, float]) -> float:
    return place["x"] + place["width"]
