"""The page of a post: its text, where it comes from, and where to go on from it."""

import re

import pytest
from addresses import LONG_POST, ODD_PAGES, address_of
from playwright.sync_api import Page, expect
from seen import beside, chips, heading, hits, marks, search_for


@pytest.fixture
def read(page: Page) -> Page:
    """A post opened from the hits of a search, with scripts and without."""
    search_for(page, "truing")
    hits(page).filter(has_text=LONG_POST).click()
    expect(heading(page)).to_have_text(LONG_POST)
    return page


def test_the_words_of_the_search_are_marked_in_the_post(read):
    expect(marks(read).filter(has_text=re.compile("truing", re.IGNORECASE)).first).to_be_visible()


def test_a_label_or_country_of_a_post_leads_to_all_posts_that_have_it(read):
    read.get_by_role("article").get_by_role("link", name="Kenya", exact=True).click()

    expect(chips(read)).to_have_count(1)
    expect(hits(read).first).to_be_visible()


def test_the_older_post_of_a_newer_post_is_the_post_itself(read):
    beside(read, "Newer").click()
    expect(heading(read)).not_to_have_text(LONG_POST)
    beside(read, "Older").click()

    expect(heading(read)).to_have_text(LONG_POST)


def test_similar_posts_lead_to_other_posts(read):
    similar = read.get_by_role("region", name="Similar posts").get_by_role("link")
    title = similar.first.text_content()
    similar.first.click()

    expect(heading(read)).to_have_text(title)


def test_a_post_can_be_cited_as_text_and_as_bibtex(read):
    cite = read.get_by_role("region", name="Cite this post")

    expect(cite).to_contain_text(LONG_POST)
    expect(cite).to_contain_text("2012")

    cite.get_by_text("As BibTeX").click()

    expect(cite.get_by_role("code")).to_be_visible()
    expect(cite.get_by_role("code")).to_contain_text("title = ")


def test_the_provenance_names_the_dump_and_the_bytes(read):
    provenance = read.get_by_role("region", name="Provenance")
    expect(provenance).to_contain_text("2012-archive.txt")
    provenance.get_by_text("Where exactly").first.click()

    expect(provenance.get_by_text("SHA-256").first).to_be_visible()


def test_the_original_and_the_copy_in_the_internet_archive_are_plain_links(visit, odd_site):
    results = visit(f"{odd_site}/?q=odd")
    hits(results).filter(has_text="Odd and empty").click()
    original = results.get_by_role("link", name=re.compile("oddsizes.blogspot.com"))

    expect(original).to_have_attribute("href", "http://oddsizes.blogspot.com/2015/08/empty.html")
    expect(results.get_by_role("link", name=re.compile("Internet Archive"))).to_have_attribute(
        "href", re.compile(r"^https://web\.archive\.org/")
    )


def test_a_footnote_leads_to_its_note_and_back_within_the_post(visit, odd_site, scripted):
    post = address_of(odd_site, ODD_PAGES["odd-markup"])
    page = visit(post, java_script_enabled=scripted)
    page.get_by_role("link", name="[1]").click()

    expect(page).to_have_url(f"{post}#place-2")
    expect(page.locator(":target")).to_contain_text("An odd note")

    page.get_by_role("link", name="up").click()

    expect(page.locator(":target")).to_have_text("[1]")


def test_a_video_is_a_plain_link(visit, odd_site):
    page = visit(address_of(odd_site, ODD_PAGES["odd-markup"]))

    expect(page.get_by_role("link", name="[video: Odd wheels]")).to_have_attribute(
        "href", "https://www.youtube.com/embed/odd"
    )


def test_print_has_the_post_and_its_citation_and_no_more_than_that(visit, post):
    page = visit(post)
    page.emulate_media(media="print")

    expect(page.get_by_role("article")).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Newer and older post")).to_be_hidden()
