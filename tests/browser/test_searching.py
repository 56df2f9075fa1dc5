"""What the search page adds to finding: facets, the picture of years and months, suggestions, and ways on."""

import re

import pytest
from playwright.sync_api import Page, expect
from seen import (
    apply_filters,
    bar,
    box,
    chip,
    chips,
    focused,
    found,
    heading,
    hits,
    name_of,
    narrow,
    number_of,
    numbered_pages,
    open_filters,
    row,
    search_for,
    suggestions,
    value,
    values,
)

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


@pytest.fixture
def results(page: Page) -> Page:
    """The page of a search for a common word, with scripts and without."""
    search_for(page, "bicycle")
    expect(heading(page)).to_have_text(re.compile(r"^\d+ posts found$"))
    return page


@pytest.fixture
def quick(visit, site) -> Page:
    """The same with scripts, on a desk."""
    return visit(f"{site}/?q=bicycle", viewport=DESK)


# The start page


def test_the_start_page_is_of_use_with_an_empty_box(page):
    browse = page.get_by_role("navigation", name="Browse the archive")

    expect(page.get_by_role("heading", name="Newest posts")).to_be_visible()
    for title in ("Countries", "Labels"):
        expect(browse.get_by_role("heading", name=title)).to_be_visible()

    browse.get_by_role("link", name="Kenya").click()

    expect(chip(page, "Country: Kenya")).to_be_visible()
    expect(hits(page).first).to_be_visible()


def test_a_year_of_the_picture_of_the_start_page_leads_to_its_posts(page):
    posts = number_of(name_of(bar(page, "2012")).partition(":")[2])
    bar(page, "2012").click()

    expect(heading(page)).to_have_text(f"{posts} posts found")


# Facets


def test_every_value_of_a_facet_can_be_seen_without_a_dialog(results):
    open_filters(results)

    for country in ("Kenya", "Peru", "Belgium"):
        expect(value(results, "Country", country)).to_be_visible()


def test_a_value_that_is_chosen_stands_first(results):
    open_filters(results)
    value(results, "Country", "Peru").check()
    apply_filters(results)
    expect(chips(results)).to_have_count(1)
    open_filters(results)

    expect(values(results, "Country").first).to_be_checked()
    assert name_of(values(results, "Country").first).startswith("Peru")


def test_all_filters_are_removed_at_once(results):
    open_filters(results)
    for country in ("Kenya", "Peru"):
        value(results, "Country", country).check()
    apply_filters(results)
    expect(chips(results)).to_have_count(2)
    results.get_by_role("link", name="Remove all filters").click()

    expect(chips(results)).to_have_count(0)
    expect(box(results)).to_have_value("bicycle")


def test_filters_stand_before_the_hits_and_a_link_leads_past_them(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=DESK, java_script_enabled=False)
    filter_, hit = value(page, "Country", "Kenya").element_handle(), hits(page).first.element_handle()

    assert page.evaluate(
        "([a, b]) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING)", [filter_, hit]
    )

    past = page.get_by_role("complementary", name="Filters").get_by_role("link", name="Skip to the results")
    past.focus()
    expect(past).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.getElementById('results').contains(document.activeElement)")


def test_the_script_applies_a_filter_when_it_is_ticked_and_leaves_the_focus_on_it(quick):
    everything = found(quick)
    kenya = value(quick, "Country", "Kenya")
    posts = number_of(name_of(kenya))
    kenya.focus()
    quick.keyboard.press("Space")

    expect(heading(quick)).to_have_text(f"{posts} posts found")
    expect(quick).to_have_url(re.compile("country=Kenya"))
    expect(value(quick, "Country", "Kenya")).to_be_focused()
    expect(quick.get_by_role("status").filter(has_text=f"{posts} posts found")).to_be_attached()

    quick.go_back()

    expect(heading(quick)).to_have_text(f"{everything} posts found")
    expect(value(quick, "Country", "Kenya")).not_to_be_checked()

    quick.go_forward()

    expect(heading(quick)).to_have_text(f"{posts} posts found")
    expect(value(quick, "Country", "Kenya")).to_be_checked()


def test_ticks_that_follow_fast_on_each_other_all_count(quick):
    for country in ("Kenya", "Peru", "Senegal"):
        value(quick, "Country", country).check()

    expect(chips(quick)).to_have_count(3)
    expect(quick).to_have_url(re.compile("country=Kenya.*country=Peru.*country=Senegal|country=Senegal"))


def test_a_long_list_is_narrowed_down_by_typing(quick):
    narrow(quick, "Year").fill("201")

    expect(values(quick, "Year")).to_have_count(8)
    expect(value(quick, "Year", "2012")).to_be_visible()
    expect(value(quick, "Year", "2024")).to_be_hidden()

    narrow(quick, "Year").fill("")

    expect(value(quick, "Year", "2024")).to_be_visible()


def test_without_scripts_nothing_is_offered_that_does_not_work(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=DESK, java_script_enabled=False)

    expect(narrow(page, "Year")).to_be_hidden()
    expect(page.get_by_role("listbox")).to_have_count(0)


# The picture


def test_a_year_and_then_a_month_of_the_picture_narrow_the_search(results):
    everything = found(results)
    bar(results, "2012").click()
    expect(bar(results, "September 2012")).to_be_visible()
    expect(chip(results, "2012")).to_be_visible()
    expect(chips(results)).to_have_count(1)
    of_the_year = found(results)
    bar(results, "September 2012").click()

    expect(results).to_have_url(re.compile("from=2012-09"))
    assert everything > of_the_year >= found(results) > 0


def test_a_range_of_years_is_picked_from_the_table(results):
    everything = found(results)
    for year, cell, address in (("2015", "From 2015", "from=2015"), ("2018", "Up to 2018", "from=2015.*to=2018")):
        open_table(results)
        row(results, year).get_by_role("link", name=re.compile(cell)).click()
        expect(results).to_have_url(re.compile(address))
        results.wait_for_load_state()

    expect(heading(results)).not_to_have_text(f"{everything} posts found")
    expect(results.get_by_role("figure").get_by_text("2015 to 2018")).to_be_visible()


def open_table(page: Page) -> None:
    table = page.get_by_role("figure").locator("details")
    if table.get_attribute("open") is None:
        table.get_by_text("As a table").click()


def test_picture_and_table_say_the_same(results):
    open_table(results)
    rows = results.get_by_role("figure").get_by_role("row").filter(has=results.get_by_role("rowheader")).all()
    cells = ((each.get_by_role("rowheader"), each.get_by_role("cell").first) for each in rows)
    table = {span.inner_text(): number_of(posts.inner_text()) for span, posts in cells}
    drawn = {
        span: number_of(posts)
        for span, _, posts in (
            name_of(link).partition(":") for link in results.locator("svg").get_by_role("link").all()
        )
    }

    assert drawn == {span: posts for span, posts in table.items() if posts}
    assert sum(table.values()) == found(results)


# Suggestions


def test_what_is_typed_is_completed_by_arrows_and_enter(visit, site):
    page = visit(site)
    box(page).press_sequentially("trui")
    expect(suggestions(page).first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(suggestions(page).first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Enter")

    expect(heading(page)).to_contain_text("found")
    assert box(page).input_value() != "trui"


def test_escape_closes_the_suggestions_and_keeps_what_is_typed(visit, site):
    page = visit(site)
    box(page).press_sequentially("bicy")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Escape")

    expect(suggestions(page)).to_have_count(0)
    expect(box(page)).to_have_value("bicy")


def test_enter_searches_for_what_is_typed_while_suggestions_are_open(visit, site):
    page = visit(site)
    box(page).press_sequentially("bicy")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Enter")

    expect(box(page)).to_have_value("bicy")
    expect(page).to_have_url(re.compile("q=bicy"))


def test_a_suggestion_is_taken_by_a_click(visit, site):
    page = visit(site)
    box(page).press_sequentially("huế")
    suggestions(page).filter(has_text="Word").first.click()

    expect(page).to_have_url(re.compile("q="))
    expect(heading(page)).to_contain_text("found")


# Ways on


def test_the_order_and_the_size_of_pages_are_chosen_by_links(results):
    results.get_by_role("navigation", name="Order").get_by_role("link", name="Oldest").click()
    expect(hits(results).first).to_have_text("The Open Stand network is born in Porto")
    results.get_by_role("navigation", name="Posts a page").get_by_role("link", name="20", exact=True).click()

    expect(hits(results)).to_have_count(20)
    expect(results.get_by_role("navigation", name="Order").get_by_role("link", name="Oldest")).to_have_attribute(
        "aria-current", "true"
    )


def test_a_search_can_be_taken_along_as_feed_and_table(results):
    for name in ("Feed (Atom)", "All posts found, as CSV", "All posts found, as JSON Lines"):
        address = results.get_by_role("link", name=name).get_attribute("href")
        answer = results.request.get(results.url.partition("/?")[0] + address)

        assert answer.ok
        assert "bicycle" in answer.text().lower()


def test_on_a_phone_the_picture_leaves_the_first_hit_in_reach(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=PHONE)
    page.get_by_role("link", name="Skip to the results").last.focus()
    page.keyboard.press("Enter")

    expect(hits(page).first).to_be_in_viewport()


def test_print_has_no_picture_and_no_ways_on(visit, site):
    page = visit(f"{site}/?q=bicycle")
    page.emulate_media(media="print")

    expect(numbered_pages(page)).to_be_hidden()
    expect(page.get_by_role("contentinfo").get_by_role("link").first).to_be_hidden()
    expect(hits(page).first).to_be_visible()


def test_the_focus_is_never_lost_while_the_script_works(quick):
    value(quick, "Country", "Kenya").check()
    expect(chips(quick)).to_have_count(1)
    chips(quick).first.focus()
    quick.keyboard.press("Enter")
    expect(chips(quick)).to_have_count(0)

    expect(focused(quick)).to_have_count(1)
