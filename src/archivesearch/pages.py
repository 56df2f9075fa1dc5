"""What each template of the page receives: frozen records, a docstring on every field.

Texts in them are data; only the templates write HTML.
"""

from dataclasses import dataclass
from typing import Literal

from archivesearch.search import FacetName


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a search, to a page of results or to a post."""

    text: str
    """What the link says."""
    address: str
    """Where it leads, in this archive; empty where it is plain text, because it would lead to nothing."""
    current: bool = False
    """Whether it leads to what is shown already."""
    language: str | None = None
    """ISO 639-1 code of the language of the text and of the page it leads to, where that may be another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the content of every page: base.html."""

    title: str
    """The archive's title."""
    language: str
    """ISO 639-1 code of the language in which the page speaks."""
    asked: str
    """The language that the address asks for, which every form sends again; empty where it asks for none."""
    home: str
    """The address of the start page."""
    coverage: str
    """The address of the coverage."""
    languages: tuple[Link, ...]
    """This page in each language that pages are in, by its own name."""
    colours: str
    """The address of the archive's own colours; empty where it has none."""
    own_pages: tuple[Link, ...]
    """The pages that the archive's maintainers wrote."""
    footer: "tuple[Run, ...]"
    """What the archive's maintainers say at the foot of every page."""
    footer_language: str | None
    """ISO 639-1 code of its language where that is not the page's own, for the `lang` attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date as people read it."""

    text: str
    """As exact as it is known: "2021", "February 2021", "6 February 2021" or "6 February 2021, 14:05 UTC+01:00"."""
    iso: str
    """The same in ISO 8601, for the `datetime` attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The search form: its box and what else the form sends."""

    typed: str = ""
    """What was typed."""
    since: str = ""
    """What stands in the field "from"."""
    until: str = ""
    """What stands in the field "to"."""
    kept: tuple[tuple[str, str], ...] = ()
    """Names and values that the form sends without showing them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The values of a facet that were picked where the page has no counts."""

    name: FacetName
    """The name of its parameter."""
    title: str
    """The name that people read."""
    values: tuple[tuple[str, str], ...]
    """The values, each as it stands in the address and as people read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMonth:
    """A month of the picture and of the table."""

    text: str
    """The month and its posts in words, such as "May 2019: 4 posts"."""
    posts: int
    """The number of its posts."""
    address: str
    """The search of this month."""
    column: str
    """The outline of its column in the picture, as the `d` of a path; with posts that of a link, with its initial."""
    bar: str
    """The outline of its bar, likewise; empty where it has no post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initial:
    """The first letter of a month, below its column in the picture of every year."""

    text: str
    """The letter."""
    x: int
    """The middle of the column."""
    y: int
    """Where the letter stands, from above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownYear:
    """A year of the picture and of the table, or several without a post in one."""

    name: str
    """The year, or the first and the last one."""
    posts: int
    """The number of its posts, those among them of which only the year is known."""
    unknown: int
    """The number of its posts of which only the year is known."""
    address: str
    """The search of this year; empty for several."""
    months: tuple[ShownMonth | None, ...]
    """Its twelve months, None where one lies before the first dated post or after the last; none of several years."""
    described: str
    """What the picture of this year shows, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDump:
    """A dump and the posts that stand in it."""

    dump: str
    """Its name."""
    first: Day | None
    """The month of its first dated post, or the year where nothing more is known; None where none is dated."""
    last: Day | None
    """The month of its last dated post, as the first."""
    posts: int
    """The number of posts that stand in it."""
    only: int
    """The number of posts that stand in no other dump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage:
    """How the posts lie in time: coverage.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form, empty."""
    posts: int
    """The number of posts."""
    span: str
    """The months from the first to the last dated post, in words; empty where none is dated."""
    highest: str
    """The month with the highest bar and its posts in words; empty where there is no bar."""
    years: tuple[ShownYear, ...]
    """Every year from the first to the last dated post; several in a row without a post stand in one."""
    width: int
    """The width of the picture of each year."""
    height: int
    """Its height."""
    base: str
    """The line that the bars stand on, as the `d` of a path."""
    initials: tuple[Initial, ...]
    """The first letters of the twelve months."""
    short: tuple[str, ...]
    """The short names of the twelve months."""
    unknown: int
    """The number of posts of which only the year is known."""
    undated: Link | None
    """How many posts are undated, in words, with a link to them; None where none is."""
    dumps: tuple[ShownDump, ...]
    """The dumps that posts stand in."""
    gaps: tuple[str, ...]
    """The longest gaps in words, the longest first."""
    more_gaps: tuple[str, ...]
    """The others, which unfold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text of the archive's own that looks alike from its beginning to its end."""

    text: str
    """What it says."""
    address: str = ""
    """Where it leads, out of this archive or, as a path, within it; empty where it is no link."""
    strong: bool = False
    """Whether it is important."""
    emphasised: bool = False
    """Whether it is stressed."""
    code: bool = False
    """Whether it is written as for a machine."""
    line_break: bool = False
    """Whether it is the end of a line, and `text` only the space that stands for it elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBlock:
    """A paragraph, a quotation, a heading, code, a list or an item of one, in a page of the archive's own."""

    kind: Literal["paragraph", "quotation", "heading", "code", "bullets", "numbers", "item"]
    """Which element it becomes."""
    level: int = 0
    """The level of a heading, 2 to 6."""
    first: int = 1
    """The number of the first item, in a list with numbers."""
    runs: tuple[Run, ...] = ()
    """The text of a paragraph, a heading or code."""
    inside: tuple["OwnBlock", ...] = ()
    """What a quotation, a list or an item holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTextPage:
    """A page that the archive's maintainers wrote: own.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form, empty."""
    title: str
    """Its title."""
    language: str | None
    """ISO 639-1 code of its language where that is not the page's own, for the `lang` attribute."""
    blocks: tuple[OwnBlock, ...]
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What is shown instead of an answer: error.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form with what was typed, so that it can be mended."""
    picked: tuple[Picked, ...]
    """The filters that were picked, so that some can be taken away."""
    heading: str
    """What is the matter, in a few words."""
    message: str
    """What to do, in a sentence or two."""
