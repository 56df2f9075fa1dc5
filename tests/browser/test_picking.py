"""Filters, lists and suggestions as the script works them: where the focus goes, and what can be seen then."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from browsers import archivesearch, served
from playwright.sync_api import Page, expect
from seen import (
    apply_filters,
    bar,
    box,
    chip,
    chips,
    filters,
    found,
    heading,
    hits,
    narrow,
    open_filters,
    search_for,
    suggestions,
    value,
)

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

LONG = "Tandem " + "and another " * 25
QUOTED = 'tyres "wide" & round'
ODD = (
    ("Level 2 -Second wheel", "<p>Rims.</p>", [QUOTED]),
    ("Hubs: -old", "<p>Hubs of a shop.</p>", []),
    ("Hubs: -old", "<p>Other hubs.</p>", []),
    (LONG, "<p>Two riders.</p>", []),
)
"""Titles and labels that mean something else where they are typed."""

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
    entries += [write_entry(30 + number, *odd) for number, odd in enumerate(ODD)]
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


# Where the keyboard is after a change


def test_who_ticks_a_value_deep_in_a_long_list_goes_on_from_there(desk):
    value(desk, "Label", "gear 150").focus()
    desk.keyboard.press("Space")
    expect(chips(desk)).to_have_count(1)

    expect(value(desk, "Label", "gear 150")).to_be_focused()
    expect(value(desk, "Label", "gear 150")).to_be_checked()
    expect(value(desk, "Label", "gear 150")).to_be_in_viewport()

    desk.keyboard.press("Tab")
    expect(value(desk, "Label", "gear 151")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    expect(chips(desk)).to_have_count(2)
    desk.keyboard.press("Shift+Tab")

    expect(value(desk, "Label", "gear 151")).to_be_focused()


def test_what_was_ticked_in_a_long_list_stands_above_it_on_the_next_page(desk):
    value(desk, "Label", "gear 150").check()
    expect(chips(desk)).to_have_count(1)
    desk.reload()

    expect(desk.get_by_role("group", name="Label", exact=True).get_by_role("checkbox").first).to_be_checked()


def test_a_value_that_is_unticked_above_a_long_list_is_seen_in_it(visit, many):
    page = visit(f"{many}/?q=gears&label=gear+150", viewport=DESK)
    value(page, "Label", "gear 150").focus()
    page.keyboard.press("Space")
    expect(chips(page)).to_have_count(0)

    expect(value(page, "Label", "gear 150")).to_be_focused()
    expect(value(page, "Label", "gear 150")).to_be_in_viewport()


def test_the_keyboard_keeps_its_place_when_years_turn_into_months(visit, site):
    page = visit(f"{site}/?q=repair", viewport=DESK)
    bar(page, "2013").focus()
    page.keyboard.press("Enter")
    expect(bar(page, "September 2013")).to_be_visible()

    expect(page.get_by_role("main")).to_be_focused()


def test_to_list_all_values_leads_the_keyboard_into_the_list(desk):
    desk.get_by_role("link", name=f"All {LABELS} values").focus()
    desk.keyboard.press("Enter")

    expect(value(desk, "Label", "gear 619")).to_be_attached()
    expect(desk.get_by_role("group", name="Label: all values")).to_be_focused()
    expect(desk.get_by_role("group", name="Label: all values")).to_be_in_viewport()


@pytest.mark.parametrize("way", ["untick", "chip"])
def test_the_last_filter_taken_away_leaves_all_posts_with_their_filters(visit, site, scripted, way):
    page = visit(f"{site}/?country=Kenya", viewport=DESK, java_script_enabled=scripted)
    some = found(page)
    if way == "chip":
        chips(page).first.click()
    else:
        value(page, "Country", "Kenya").uncheck()
        if not scripted:
            apply_filters(page)
    expect(chips(page)).to_have_count(0)

    expect(value(page, "Country", "Kenya")).not_to_be_checked()
    assert found(page) > some
    if scripted:
        expect(value(page, "Country", "Kenya") if way == "untick" else page.get_by_role("main")).to_be_focused()

    search_for(page, "bicycle")
    expect(heading(page)).to_have_text("47 posts found")

    expect(hits(page).first).to_have_text("Huế, from bicycle city to motorbike city")


# Suggestions


@pytest.mark.parametrize(("typed", "title"), [("level", "Level 2 -Second wheel"), ("tandem", LONG.strip())])
@pytest.mark.parametrize("path", ["/?ui=nl", "/?q=gears&ui=nl"])
def test_a_title_that_is_suggested_leads_to_its_post(visit, many, path, typed, title):
    page = visit(many + path)
    page.get_by_role("combobox").fill("")
    page.get_by_role("combobox").press_sequentially(typed)
    page.get_by_role("option", name=re.compile("Titel · 1$")).click()

    expect(heading(page)).to_have_text(title)
    expect(page).to_have_url(re.compile("/post/.*ui=nl"))


def test_a_title_that_several_posts_have_is_searched_as_plain_words(visit, many):
    page = visit(many)
    box(page).press_sequentially("hubs")
    page.get_by_role("option", name=re.compile("Title · 2$")).click()

    expect(heading(page)).to_have_text("2 posts found")
    expect(box(page)).to_have_value("Hubs old")


@pytest.mark.parametrize("path", ["/", "/?q=gears&sort=newest"])
def test_a_label_that_is_suggested_is_searched_whatever_its_signs(visit, many, path):
    page = visit(many + path)
    box(page).fill("")
    box(page).press_sequentially("tyre")
    suggestions(page).first.click()

    expect(chip(page, f"Label: {QUOTED}")).to_be_visible()
    expect(heading(page)).to_have_text("1 post found")
    expect(box(page)).to_have_value("")


# The picture on a phone


@pytest.mark.parametrize("path", ["/", "/?q=bicycle"])
def test_the_picture_of_a_phone_begins_with_its_newest_years_and_shows_that_there_are_more(visit, site, scripted, path):
    page = visit(site + path, viewport={"width": 320, "height": 640}, java_script_enabled=scripted)
    page.get_by_role("figure").scroll_into_view_if_needed()

    expect(bar(page, "2024")).to_be_in_viewport(ratio=0.9)
    assert bar(page, "2024").evaluate("bar => getComputedStyle(bar.closest('.sideways')).backgroundImage") != "none"


def test_the_picture_of_a_phone_shows_the_end_of_what_was_picked(visit, many):
    page = visit(f"{many}/?q=gears&from=2001&to=2003", viewport={"width": 320, "height": 640})

    expect(bar(page, "2003")).to_be_in_viewport(ratio=0.9)

    page.get_by_role("link", name="any time").click()

    expect(bar(page, "2015")).to_be_in_viewport(ratio=0.9)


# Lists that are cut


def test_what_stands_beyond_the_end_of_a_cut_list_is_found_by_typing(desk):
    expect(value(desk, "Label", "gear 615")).to_have_count(0)
    value(desk, "Label", "gear 003").check()
    expect(chips(desk)).to_have_count(1)
    narrow(desk, "Label").press_sequentially("gear 61")

    expect(value(desk, "Label", "gear 615")).to_be_visible()
    expect(desk.get_by_text(f"10 of {LABELS} shown")).to_be_visible()
    expect(narrow(desk, "Label")).to_be_focused()
    expect(narrow(desk, "Label")).to_have_value("gear 61")

    value(desk, "Label", "gear 615").focus()
    desk.keyboard.press("Space")
    expect(chips(desk)).to_have_count(2)

    expect(value(desk, "Label", "gear 615")).to_be_focused()
    expect(value(desk, "Label", "gear 616")).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("^All .* values$"))).to_have_count(0)

    narrow(desk, "Label").fill("")

    for label in ("gear 003", "gear 615"):
        expect(value(desk, "Label", label)).to_have_count(1)
        expect(value(desk, "Label", label)).to_be_checked()


def test_a_cut_list_that_cannot_be_had_whole_stays_as_it_is(desk):
    desk.route("**/*facet-all=label*", lambda route: route.abort())
    with desk.expect_event("requestfailed"):
        narrow(desk, "Label").press_sequentially("gear 15")

    expect(desk.get_by_role("link", name=f"All {LABELS} values")).to_be_visible()
    expect(value(desk, "Label", "gear 150")).to_be_visible()
    expect(value(desk, "Label", "gear 000")).to_be_hidden()
