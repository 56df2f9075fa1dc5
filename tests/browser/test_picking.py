"""Filters, lists and suggestions as the script works them: where the focus goes, and what can be seen then."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from browsers import archivesearch, served
from playwright.sync_api import Page, expect
from seen import apply_filters, box, filters, heading, hits, open_filters, value

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

LABELS = 620
"""More values than a page lists of one facet."""

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-707.archive</id>
<updated>2016-01-02T03:04:05.000+01:00</updated><title type='text'>Many labels</title>
<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>{entries}</feed>"""

ENTRY = """<entry><id>tag:blogger.com,1999:blog-707.post-{number}</id><published>{day}T07:08:00.000+02:00</published>
<updated>{day}T07:08:00.000+02:00</updated>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>
{labels}<title type='text'>{title}</title><content type='html'>{text}</content></entry>"""

LABEL = "<category scheme='http://www.blogger.com/atom/ns#' term='{label}'/>"


def write_entry(number: int, title: str, text: str, labels: list[str]) -> str:
    """A post as a feed has it, each on a day of its own."""
    categories = "".join(LABEL.format(label=escape(label)) for label in labels)
    day = f"{2001 + number % 15}-0{1 + number % 9}-1{number % 7}"
    return ENTRY.format(number=number, day=day, labels=categories, title=escape(title), text=escape(text))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an archive with more labels than a page lists, all of them at posts about gears."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "raw").mkdir()
    write_feed(folder / "raw" / "many.xml")
    archivesearch(folder, "import")
    with served(folder) as address:
        yield address


def write_feed(path: Path) -> None:
    labels = [f"gear {number:03}" for number in range(LABELS)]
    entries = [
        write_entry(number, f"Sprocket number {number}", f"<p>Gears of kind {number * 7919}.</p>", labels[number::20])
        for number in range(20)
    ]
    path.write_text(FEED.format(entries="".join(entries)), "utf-8")


@pytest.fixture
def desk(visit, many) -> Page:
    """All posts of that archive with all filters, on a desk."""
    return visit(f"{many}/?q=gears", viewport=DESK)


# Where a visitor is after a search


def test_to_apply_filters_on_a_phone_leads_to_what_was_found(visit, site, scripted):
    page = visit(f"{site}/?q=bicycle", viewport=PHONE, java_script_enabled=scripted)
    open_filters(page)
    posts = re.search(r"\d+", value(page, "Country", "Vietnam").evaluate("box => box.labels[0].innerText"))[0]
    value(page, "Country", "Vietnam").check()
    if scripted:
        expect(filters(page).get_by_text(f"{posts} posts found")).to_be_visible()
    apply_filters(page)

    expect(heading(page)).to_have_text(f"{posts} posts found")
    expect(heading(page)).to_be_in_viewport()
    expect(value(page, "Country", "Vietnam")).to_be_hidden()
    expect(hits(page).first).to_be_in_viewport()
    if scripted:
        expect(page.get_by_role("main")).to_be_focused()


def test_enter_in_the_box_of_a_page_of_results_leads_to_what_was_found(visit, site):
    page = visit(f"{site}/?q=bicycle", viewport=PHONE)
    for words in ("repair", "repair"):  # what stands there already is an answer too
        box(page).fill(words)
        box(page).press("Enter")

        expect(page).to_have_url(re.compile("q=repair"))
        expect(page.get_by_role("main")).to_be_focused()
        expect(heading(page)).to_have_text(re.compile(r"^\d+ posts found$"))
        expect(page.get_by_role("status").filter(has_text=heading(page).text_content()).first).to_be_attached()
        expect(heading(page)).to_be_in_viewport()
