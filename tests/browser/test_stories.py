"""What visitors do, told with scripts and without: the page works the same either way."""

import re

import pytest
from playwright.sync_api import Page, expect
from seen import (
    apply_filters,
    box,
    chip,
    chips,
    found,
    heading,
    hits,
    language,
    marks,
    name_of,
    number_of,
    numbered_pages,
    open_filters,
    search_for,
    value,
)

TAXIS = "Two hundred bicycle taxis and one truing stand in Kisumu"


@pytest.fixture
def results(page: Page) -> Page:
    """The page of a search for a common word."""
    search_for(page, "bicycle")
    expect(heading(page)).to_have_text(re.compile(r"^\d+ posts found$"))
    return page


def test_the_start_page_says_what_the_archive_is_and_shows_posts(page):
    expect(page).to_have_title(re.compile("Open Stand, the archive"))
    expect(heading(page)).to_have_text("Open Stand, the archive")
    expect(page.get_by_text("invented blog").or_(page.get_by_text("are invented"))).to_be_visible()
    expect(box(page)).to_be_visible()


def test_a_word_finds_posts_and_is_marked_in_them(page):
    search_for(page, "truing")

    expect(heading(page)).to_have_text(re.compile(r"^\d+ posts? found$"))
    expect(hits(page).filter(has_text=TAXIS)).to_be_visible()
    expect(marks(page).filter(has_text=re.compile("truing", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_text("posts with “truing”")).to_be_visible()
    expect(box(page)).to_have_value("truing")


def test_two_countries_are_any_of_them_and_one_can_be_removed(results):
    everything = found(results)
    open_filters(results)
    kenya, peru = value(results, "Country", "Kenya"), value(results, "Country", "Peru")
    one, other = number_of(name_of(kenya)), number_of(name_of(peru))
    choose(results, "Kenya", "Peru")

    expect(chips(results)).to_have_count(2)
    both = found(results)
    assert max(one, other) <= both <= one + other
    assert both < everything

    chip(results, "Country: Peru").click()

    expect(chips(results)).to_have_count(1)
    expect(heading(results)).to_have_text(f"{one} posts found")
    open_filters(results)
    expect(kenya).to_be_checked()
    expect(peru).not_to_be_checked()


def test_the_counts_of_a_facet_stay_when_one_of_its_values_is_chosen(results):
    open_filters(results)
    before = name_of(value(results, "Country", "Peru"))
    choose(results, "Kenya")

    expect(chips(results)).to_have_count(1)
    open_filters(results)
    assert name_of(value(results, "Country", "Peru")) == before


def test_the_second_page_goes_on_where_the_first_one_ends_and_back_leads_to_it(results):
    first = hits(results).all_text_contents()
    numbered_pages(results).get_by_role("link", name="Page 2", exact=True).click()

    expect(numbered_pages(results).get_by_role("link", name="Page 2", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    second = hits(results).all_text_contents()
    assert not set(first) & set(second)
    assert len(first) == len(second) == 10

    results.go_back()

    expect(hits(results)).to_have_text(first)


def test_back_from_a_filter_gives_the_same_search_as_before(results):
    address, titles = results.url, hits(results).all_text_contents()
    open_filters(results)
    choose(results, "Kenya")
    expect(chips(results)).to_have_count(1)
    results.go_back()

    expect(results).to_have_url(address)
    expect(hits(results)).to_have_text(titles)
    expect(chips(results)).to_have_count(0)
    open_filters(results)
    expect(value(results, "Country", "Kenya")).not_to_be_checked()


def test_an_address_alone_gives_the_whole_search_again(results, visit):
    open_filters(results)
    choose(results, "Kenya")
    expect(chips(results)).to_have_count(1)
    titles = hits(results).all_text_contents()
    again = visit(results.url)

    expect(hits(again)).to_have_text(titles)
    expect(chips(again)).to_have_count(1)
    expect(box(again)).to_have_value("bicycle")


def test_a_hit_leads_to_its_post_and_back_to_the_hits(results):
    hits(results).filter(has_text=TAXIS).click()

    expect(heading(results)).to_have_text(TAXIS)
    expect(results.get_by_text("Kisumu Wheel Menders Association comes in")).to_be_visible()
    expect(results.get_by_role("link", name="Kenya", exact=True)).to_be_visible()

    results.go_back()

    expect(box(results)).to_have_value("bicycle")
    expect(hits(results).filter(has_text=TAXIS)).to_be_visible()


def test_a_search_without_hits_offers_a_way_on(page):
    search_for(page, "zymurgical")

    expect(heading(page)).to_have_text("Nothing found")
    expect(box(page)).to_have_value("zymurgical")


def test_a_misspelt_word_is_mended_by_one_click(page):
    search_for(page, "bycicle")
    expect(page.get_by_text("Did you mean")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="bicycle", exact=True).click()

    expect(box(page)).to_have_value("bicycle")
    assert found(page) > 10


def test_filters_that_leave_nothing_can_be_dropped_by_one_click(page, site):
    page.goto(f"{site}/?q=boda&country=Vietnam")
    expect(heading(page)).to_have_text("Nothing found")
    page.get_by_role("link", name=re.compile("without")).first.click()

    expect(hits(page).filter(has_text=TAXIS)).to_be_visible()


def test_a_month_of_the_coverage_leads_to_its_posts(page):
    page.get_by_role("link", name=re.compile("^Coverage")).click()
    expect(heading(page)).to_have_text("Coverage")
    month = page.get_by_role("link", name=re.compile("^September 2012"))
    posts = number_of(name_of(month).partition(":")[2])
    month.click()

    assert found(page) == posts
    expect(page.get_by_role("main").get_by_text("September 2012").first).to_be_visible()


def test_the_page_speaks_the_language_of_the_browser_until_another_is_chosen_which_then_stays(visit, site, scripted):
    page = visit(site, locale="nl-NL", java_script_enabled=scripted)
    expect(language(page)).to_have_attribute("lang", "nl")
    page.get_by_role("contentinfo").get_by_role("link", name="English").click()
    expect(language(page)).to_have_attribute("lang", "en")
    search_for(page, "bicycle")

    expect(heading(page)).to_contain_text("posts found")
    expect(language(page)).to_have_attribute("lang", "en")


@pytest.mark.parametrize("title", ["script", "Odd and empty"])
def test_what_a_dump_says_is_shown_and_never_done(visit, odd_site, title):
    """`watch` fails the test if a script of the dump runs, a dialog opens, or anything is fetched from elsewhere."""
    results = visit(f"{odd_site}/?q=odd")
    hits(results).filter(has_text=title).click()

    expect(heading(results)).to_contain_text(title)
    expect(heading(results)).to_be_visible()


def choose(page: Page, *names: str) -> None:
    """Tick these countries and apply them."""
    for name in names:
        value(page, "Country", name).check()
    apply_filters(page)
