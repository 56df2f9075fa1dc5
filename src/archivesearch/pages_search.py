"""What the templates of the start page and of results receive: frozen records, a docstring on every field."""

from dataclasses import dataclass
from typing import NamedTuple

from archivesearch.pages import Box, Day, Frame, Link
from archivesearch.search import FacetName, Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHit:
    """A post among the hits."""

    title: tuple[Fragment, ...]
    """The post's title, or words that say that it has none, with what matches marked."""
    title_language: str | None
    """ISO 639-1 code of the title's language where it is known and not the page's own, for the `lang` attribute."""
    address: str
    """The post's own page."""
    published: Day | None
    """When it was published; None for an undated post."""
    language: str | None
    """The same of its text."""
    snippet: tuple[Fragment, ...]
    """The best passage of the text."""
    countries: tuple[Link, ...]
    """The countries that it is about, each a link to this search with that country picked too, if one more can be."""
    labels: tuple[Link, ...]
    """Its labels, as the countries."""
    other_dumps: int
    """The number of dumps, beside the first, that hold a copy."""


class FacetValue(NamedTuple):
    """A value of a facet as a checkbox: a tuple, for a page has hundreds, each made and taken apart once."""

    value: str
    """The value as it stands in the address."""
    text: str
    """The value as people read it."""
    number: str
    """The number of posts that picking it would give, as it is written."""
    unit: str
    """What is read aloud after the number and not shown: " posts"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A facet with its values."""

    name: FacetName
    """The name of its parameter."""
    title: str
    """The name that people read."""
    picked: tuple[FacetValue, ...]
    """The picked values."""
    others: tuple[FacetValue, ...]
    """The values that can be picked too."""
    full: bool
    """Whether as many are picked as can be."""
    long: bool
    """Whether the others are so many that their list scrolls."""
    orders: tuple[Link, ...]
    """The orders that a long list can have; none where there is only one."""
    whole: Link | None
    """A link to this page with the values that are left out here; None where all are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A month or a year of the picture, or several years without a post as one."""

    text: str
    """The time and its posts in words, such as "May 2019: 4 posts"."""
    name: str
    """The time in words."""
    short: str
    """What stands below the bar; empty where there is no room for it."""
    minor: bool
    """Whether that can be left out where there is less room."""
    number: str
    """The number of its posts, as it is written."""
    address: str
    """This search, of this time alone; empty where the time has no post."""
    onwards: Link
    """This search from this time on."""
    upto: Link
    """This search up to the end of this time."""
    column: str
    """The outline of its column, as an SVG path."""
    bar: str
    """The outline of the bar, as an SVG path."""
    inside: bool
    """Whether the search lets this time through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """How the posts of a search lie in time, whatever days it asks for."""

    title: str
    """What the picture is of, in words."""
    bars: tuple[Bar, ...]
    """The months or years in their order."""
    width: int
    """Its width in pixels where there is room for no more; elsewhere it is stretched."""
    left: range
    """One number for each column that stays free at its end."""
    unknown: int
    """The number of posts of its time of which only the year is known, where the bars are months."""
    span: str
    """The days that the search asks for, in words; empty where it asks for any."""
    onwards: str
    """This search from its first day on; empty where it has no last one."""
    upto: str
    """This search up to its last day; empty where it has no first one."""
    ever: str
    """This search of any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where a search can be taken."""

    feed: str
    """The address of its Atom feed."""
    csv: str
    """The address of all its posts as CSV."""
    jsonl: str
    """The address of all its posts as JSON Lines."""
    command: str
    """The same search as a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The pages of results, and what can be reached by them."""

    first: int
    """The number of the first hit on this page, from 1; 0 where there is none."""
    last: int
    """The number of the last hit on this page."""
    pages: tuple[Link | None, ...]
    """The numbered pages; None where some are left out."""
    previous: str | None
    """The address of the page before; None on the first."""
    following: str | None
    """The address of the page after; None on the last."""
    start: str
    """The address of the first page."""
    sizes: tuple[Link, ...]
    """How many hits a page can have."""
    reach: int | None
    """How many hits can be paged through, where there are more than that; else None."""
    years: tuple[Link, ...]
    """Where there are more hits than can be paged through: this search of each year, with the number of its posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Every page of results: search.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form."""
    said: str
    """How the typed text was read, in words; empty where nothing was typed."""
    total: int
    """The number of posts found."""
    hits: tuple[ShownHit, ...]
    """The hits of this page."""
    facets: tuple[Facet, ...]
    """Every facet that has values."""
    most: int
    """How many values of one facet can be picked."""
    chips: tuple[Link, ...]
    """One link for each filter that is on: it says the filter and leads to this search without it."""
    all_off: str
    """The address of this search without any filter."""
    picture: Picture | None
    """How the posts lie in time; None where none is dated."""
    sorts: tuple[Link, ...]
    """The orders that the hits can have."""
    matches: tuple[Link, ...]
    """How many of the words a post must have; none where that is no choice."""
    paging: Paging
    """The pages of the results."""
    relaxed: bool
    """Whether no post has all of the words, and these have most of them."""
    cut: tuple[str, ...]
    """What was typed and stands for so many words that only the commonest of them were looked for."""
    meant: Link | None
    """A search that may have been meant and finds something, where this one finds nothing with all of its words."""
    repairs: tuple[Link, ...]
    """This search without one of its filters each, with the number of posts that it finds then."""
    ways: Ways
    """Where this search can be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A value of a facet as a way into the archive."""

    link: Link
    """The value, with a link to its posts."""
    number: str
    """The number of its posts, as it is written."""
    unit: str
    """What is read aloud after the number and not shown: " posts"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browse:
    """A facet as ways into the archive."""

    name: FacetName
    """The name of its parameter."""
    title: str
    """What stands above it."""
    entries: tuple[Entry, ...]
    """Its commonest values, each with its posts."""
    whole: Link | None
    """A link to all values; None where they stand here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A search to try."""

    link: Link
    """What to type, with a link to what it finds."""
    said: str
    """What it finds, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """The start page: start.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form, empty."""
    introduction: str
    """The archive's introduction; empty where it has none."""
    introduction_language: str | None
    """ISO 639-1 code of its language where that is not the page's own, for the `lang` attribute."""
    total: int
    """The number of posts."""
    facts: tuple[str, ...]
    """What the archive holds, in words."""
    picture: Picture | None
    """How the posts lie in time; None where none is dated."""
    newest: tuple[ShownHit, ...]
    """The newest posts."""
    every: str
    """The address of all posts, the newest first."""
    feed: str
    """The address of the same as a feed."""
    browse: tuple[Browse, ...]
    """Ways into the archive by facet."""
    examples: tuple[Example, ...]
    """Searches to try, each of which finds something."""
