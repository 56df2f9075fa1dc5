"""Addresses, days and values of facets as every page shows them.

Pure: an address is made from a `Search` value, and texts stay data.
"""

from datetime import datetime
from urllib.parse import quote, urlencode

from babel import Locale
from babel.dates import format_date

from archivesearch.dates import Published
from archivesearch.pages import Day, Link
from archivesearch.params import to_params, with_value
from archivesearch.posts import Post
from archivesearch.search import NONE, FacetName, Search

PAGE_LANGUAGE = "en"
"""ISO 639-1 code of the language in which the page itself speaks."""

FACET_TITLES: dict[FacetName, str] = {
    "country": "Country",
    "year": "Year",
    "label": "Label",
    "language": "Language",
}
NONE_SHOWN: dict[FacetName, str] = {
    "country": "not about one country",
    "year": "undated",
    "label": "without label",
    "language": "not known",
}

_ENGLISH = Locale(PAGE_LANGUAGE)


def address(search: Search) -> str:
    """The address of a search in this archive."""
    params = to_params(search)
    return f"/?{urlencode(params)}" if params else "/"


def show_value(facet: FacetName, value: str) -> str:
    """A value of a facet as people read it: languages by their English names, NONE in words."""
    if value == NONE:
        return NONE_SHOWN[facet]
    if facet == "language":
        name: str = _ENGLISH.languages.get(value, value)
        return name
    return value


def show_day(published: Published) -> Day:
    """A date as people read it, no more exact than it is known."""
    forms = {"year": "y", "month": "MMMM y"}
    text = format_date(published.day, forms.get(published.precision, "d MMMM y"), locale=_ENGLISH)
    if isinstance(published.moment, datetime) and published.precision == "minute":
        text += f", {published.moment:%H:%M} {published.moment.tzname() or ''}".rstrip()
    return Day(text=text, iso=published.iso)


def post_address(post: Post) -> str:
    """The address of a post's own page."""
    return f"/post/{quote(post.id, safe='')}"


def heading_of(post: Post) -> str:
    """Its title, or words that say that it has none."""
    return post.title.strip() or "(without title)"


def foreign(post: Post) -> str | None:
    """The language of a post where it is known and not the one of the page."""
    return post.language if post.language != PAGE_LANGUAGE else None


def pick(search: Search, facet: FacetName, value: str) -> Link:
    """A link to the search with this value of a facet picked too."""
    return Link(text=show_value(facet, value), address=address(with_value(search, facet, value)))
