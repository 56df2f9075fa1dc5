"""A search and its answer, and the port that every engine implements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from archivesearch.posts import Post
from archivesearch.query import EVERYTHING, Query
from archivesearch.text import ANALYSIS_VERSION, fold

FacetName = Literal["country", "year", "label", "language"]
FACETS: tuple[FacetName, ...] = ("country", "year", "label", "language")

NONE = "none"
"""The facet value of posts without one: not about one country, undated, without label, language not known."""

Sort = Literal["relevance", "newest", "oldest", "title"]

INDEX_SCHEMA = 1
"""Raised whenever an engine stores or reads anything differently: an index made before is then outdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched: the whole state of a page of results.

    `typed` is what the person typed and `query` how it was read. `chosen` holds the picked values of each facet (any of
    several values inside one facet, all facets together). `since` and `until` are days, both included; undated
    posts match neither. `page` counts from 1, `size` is hits a page.

    Values are compared folded. Relevance ranks the newest first among equals; undated posts stand last in every order
    by date; titles are compared folded; what is equal still is in the order of ids.
    """

    typed: str = ""
    query: Query = EVERYTHING
    chosen: Mapping[FacetName, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    page: int = 1
    size: int = 10


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a snippet; `marked` where it matches the query."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post that the search found; `score` is 0.0 where nothing ranks (no words in the query)."""

    post: Post
    score: float
    snippet: tuple[Fragment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    """A facet's value, the number of posts that picking it would give, and whether it is picked."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The answer: how many posts match in all, the hits of the page asked for, and the counts of every facet.

    A facet's counts leave out its own filter. Values are sorted by count, highest first, then by value; years newest
    first; NONE stands last. A picked value is always among them, with count 0 if nothing else matches.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an index was made from: its own schema, the analysis of the text, and the catalog's digest."""

    schema: int
    analysis: int
    catalog: str


def stamp_of(catalog: str) -> Stamp:
    """The stamp of an index made by this version of the program from the catalog with this digest."""
    return Stamp(schema=INDEX_SCHEMA, analysis=ANALYSIS_VERSION, catalog=catalog)


def facet_values(post: Post, name: FacetName) -> tuple[str, ...]:
    """The values of a post in a facet, each once (two that fold to the same are one); NONE where it has none."""
    values: tuple[str, ...]
    match name:
        case "country":
            values = post.countries
        case "year":
            values = (post.published.day.isoformat()[:4],) if post.published else ()
        case "label":
            values = post.labels
        case "language":
            values = (post.language,) if post.language else ()
    spelling: dict[str, str] = {}
    for value in values:
        spelling.setdefault(fold(value), value)
    return tuple(spelling.values()) or (NONE,)


MINUTES_A_DAY = 24 * 60


def minute(post: Post) -> int | None:
    """When the post was published, for ordering: minutes of the blog's own clock since the day before 0001-01-01.

    A day without a time counts from its midnight; None for an undated post.
    """
    if post.published is None:
        return None
    moment = post.published.moment
    minutes = moment.hour * 60 + moment.minute if isinstance(moment, datetime) else 0
    return post.published.day.toordinal() * MINUTES_A_DAY + minutes


class Engine(Protocol):
    """A search engine: the posts of the catalog in, answers out.

    Its documentation is the conformance suite in tests/conformance. Searches see the old index until `rebuild` or
    `apply` is complete, and a failed one leaves the old index in place. Errors are `EngineError`s.
    """

    def rebuild(self, posts: Iterable[Post], stamp: Stamp) -> None:
        """Index these posts and no others: built aside, swapped in when complete."""

    def apply(self, changed: Iterable[Post], removed: Iterable[str], stamp: Stamp) -> None:
        """Forget the posts with the ids `removed`, then index these posts anew; the rest stays."""

    def search(self, search: Search) -> Results:
        """The answer to a search; the hits have no snippets yet."""

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""

    def stamp(self) -> Stamp | None:
        """What the index was made from; None where there is no index."""

    def check(self, deep: bool = False) -> tuple[str, ...]:
        """What is wrong with the index, a sentence each; `deep` reads every byte of it."""

    def close(self) -> None:
        """Give back what is held open."""
