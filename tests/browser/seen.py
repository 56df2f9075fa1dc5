"""What a person finds on the page, by the roles and names that a screen reader says: every selector stands here."""

import re

from playwright.sync_api import Locator, Page

BOX = "Search the posts"


def box(page: Page) -> Locator:
    return page.get_by_label(BOX)


def search_for(page: Page, words: str) -> None:
    """Type words into the box and press Enter."""
    box(page).fill(words)
    box(page).press("Enter")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def hits(page: Page) -> Locator:
    """The links of the hits, which are their titles."""
    return page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link")


def marks(page: Page) -> Locator:
    """The marked words; browsers give them no name, and Chromium the role of their element."""
    return page.get_by_role("main").get_by_role("mark")


def language(page: Page) -> Locator:
    """What carries the language of the page."""
    return page.locator("html")


def skip_link(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile("^Skip to"))


def filters(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Filters")


def open_filters(page: Page) -> None:
    """Open the panel of filters where it is closed, as on a phone."""
    page.wait_for_load_state()  # what can be seen is told by the style sheet
    opener = filters(page).get_by_text(re.compile("^Filters")).first
    if opener.is_visible():
        opener.click()


def value(page: Page, facet: str, name: str) -> Locator:
    """The box to tick of a value of a facet; its name is the value and the number of its posts."""
    return page.get_by_role("group", name=facet).get_by_role("checkbox", name=re.compile(rf"^{name}\b"))


def apply_filters(page: Page) -> None:
    page.get_by_role("button", name="Apply filters").click()


def chips(page: Page) -> Locator:
    """The links that each take a filter away."""
    return page.get_by_role("link", name=re.compile("^Remove (the )?filter(?!s)"))


def chip(page: Page, text: str) -> Locator:
    return page.get_by_role("link", name=re.compile(f"^Remove (the )?filter:? {text}"))


def numbered_pages(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Pages")


def number_of(text: str | None) -> int:
    """The first number of a text, such as a heading or the name of a value."""
    found = re.search(r"\d[\d,]*", text or "")
    assert found, f"no number in {text!r}"
    return int(found[0].replace(",", ""))


def found(page: Page) -> int:
    """How many posts the page says that it found."""
    return number_of(heading(page).text_content())


def name_of(seen: Locator) -> str:
    """The name by which a screen reader calls it."""
    quoted = re.search(r'"((?:[^"\\]|\\.)*)"', seen.aria_snapshot())
    return quoted[1] if quoted else ""


def focused(page: Page) -> Locator:
    return page.locator(":focus")


# What the script adds


def narrow(page: Page, facet: str) -> Locator:
    """The field that shows only those values of a facet that contain what is typed."""
    return page.get_by_label(f"{facet}: find in this list")


def values(page: Page, facet: str) -> Locator:
    """The boxes to tick of a facet, those only that can be seen."""
    return page.get_by_role("group", name=facet, exact=True).get_by_role("checkbox").filter(visible=True)


def suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


# The picture of years and months


def bar(page: Page, span: str) -> Locator:
    """The bar of a year or a month, which is a link; its name says how many posts that is."""
    return page.locator("svg").get_by_role("link", name=re.compile(f"^{span}:"))


def row(page: Page, span: str) -> Locator:
    """The row of a year or a month in the table beside the picture."""
    header = page.get_by_role("rowheader", name=span, exact=True)
    return page.get_by_role("figure").get_by_role("row").filter(has=header)


# The page of a post


def beside(page: Page, which: str) -> Locator:
    """The link to the newer or older post; `which` is that word."""
    neighbours = page.get_by_role("navigation", name="Newer and older post")
    return neighbours.get_by_role("paragraph").filter(has_text=which).get_by_role("link")
