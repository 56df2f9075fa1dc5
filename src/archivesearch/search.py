"""A search and its answer, and the port that every engine implements."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol

from archivesearch.posts import Post
from archivesearch.query import EVERYTHING, NOTHING, Dated, Has, Query, all_of, any_of, is_loose, operands, say, to_text
from archivesearch.text import ANALYSIS_VERSION, fold

FacetName = Literal["country", "year", "label", "language", "dump"]
FACETS: tuple[FacetName, ...] = ("country", "year", "label", "language", "dump")

PUBLIC_FACETS: tuple[FacetName, ...] = ("country", "year", "label", "language")
"""The facets that visitors are shown; in which dumps a post was found matters to those who keep the archive."""

NONE = "none"
"""The facet value of posts without one: not about one country, undated, without label, language not known."""

EVERY_HIT = sys.maxsize
"""The size of a page that has every hit."""

Sort = Literal["relevance", "newest", "oldest", "title"]

Match = Literal["auto", "all", "any"]
"""How many of the words a post must have: all; one at least; or all, and if no post has them, most ("auto")."""

INDEX_SCHEMA = 4
"""Raised whenever an engine stores or reads anything differently: an index made before is then outdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched: the whole state of a page of results.

    `typed` is what the person typed and `query` how it was read. `chosen` holds the picked values of each facet (any of
    several values inside one facet, all facets together). `since` and `until` are days, both included; undated
    posts match neither. `page` counts from 1, `size` is hits a page. `since_import` asks for the posts that came after
    the import of this number; which those are the archive knows, and tells the engine as `among`: the ids of all posts
    that there are to search, None for every post. `counted` are the facets whose counts the answer is to have; without
    any it has no months either.

    Values are compared folded. Relevance ranks the newest first among equals; undated posts stand last in every order
    by date; titles are compared folded; what is equal still is in the order of ids.
    """

    typed: str = ""
    query: Query = EVERYTHING
    chosen: Mapping[FacetName, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    since_import: int | None = None
    among: frozenset[str] | None = None
    counted: tuple[FacetName, ...] = FACETS
    match: Match = "auto"
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
class Repair:
    """A way out of a search that no post passes: the same search without one of its filters.

    `dropped` is the filter, as a query (a picked facet is an `Any` of its values, `since` and `until` one `Dated`),
    `search` what is left of the search, on its first page, and `count` the number of posts (one or more) that it finds
    without being relaxed.
    """

    dropped: Query
    search: Search
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The answer: how many posts match in all, the hits of the page asked for, and the counts of each facet asked for.

    A facet's counts leave out its own filter. Values are sorted by count, highest first, then by value; years newest
    first; NONE stands last. A picked value is always among them, with count 0 if nothing else matches.

    `relaxed` says that no post has all of the words and these are the posts with most of them; hits, total and counts
    are then those of the relaxed search. `months` are the counts of each `month`, oldest first, without undated posts
    and months without any; they leave out `since` and `until`, and a month is selected if these let a day of it
    through. A year's count is the sum of its months.

    Where no post passes with all of the words, relaxed or not: `repairs` has each of `without_each_filter` that finds
    posts, and `suggestion` a corrected query text that has hits, or nothing.

    `cut` are the prefixes and fuzzy words of the query that stand for so many words that an engine looked only for the
    commonest of them.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]
    months: tuple[FacetCount, ...] = ()
    relaxed: bool = False
    repairs: tuple[Repair, ...] = ()
    suggestion: str = ""
    cut: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A post and those around it, all as they are in one generation of an index.

    `newer` and `older` are next to it in the order "newest": None where there is none; an undated post is next to no
    other. `similar` are those that have most of what tells the post from others, best first.
    """

    post: Post
    newer: Post | None = None
    older: Post | None = None
    similar: tuple[Hit, ...] = ()


SuggestionKind = Literal["label", "title", "word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What somebody may be about to type: the whole `text`, and the number of posts that have it.

    Of a title that one post alone has, `id` is that of the post.
    """

    kind: SuggestionKind
    text: str
    count: int
    id: str | None = None


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
        case "dump":
            values = tuple(sorted(provenance.dump for provenance in post.provenance))
    spelling: dict[str, str] = {}
    for value in values:
        spelling.setdefault(fold(value), value)
    return tuple(spelling.values()) or (NONE,)


def month(post: Post) -> str:
    """The month in which the post was published, as "2019-05": only "2019" if no more is known; NONE if undated."""
    return post.published.day_key[:7] if post.published else NONE


def without_each_filter(search: Search) -> Iterator[tuple[Query, Search]]:
    """Each filter of a search as a query, with the search that is left without it, on its first page.

    Filters are the picked values of a facet, the span of days, and the operands of the query that are not loose.
    """
    first = replace(search, page=1)
    for facet, values in search.chosen.items():
        if values:
            left = {other: kept for other, kept in search.chosen.items() if other != facet}
            yield any_of(Has(facet, value) for value in values), replace(first, chosen=left)
    if search.since or search.until:
        yield Dated(search.since, search.until), replace(first, since=None, until=None)
    parts = operands(search.query)
    for part in parts:
        if not is_loose(part) and part != NOTHING:
            query = all_of(other for other in parts if other is not part)
            yield part, replace(first, typed=to_text(query), query=query)


def say_search(search: Search) -> str:
    """The search in words: how the query was read, and the filters."""
    filters = [f"{facet} {' or '.join(values)}" for facet, values in search.chosen.items()]
    since = f"from {search.since}" if search.since else ""
    until = f"to {search.until}" if search.until else ""
    after = f"after import {search.since_import}" if search.since_import is not None else ""
    return ", ".join(filter(None, (say(search.query), *filters, since, until, after)))


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


Note = Callable[[str], None]
"""Is told in words each thing that is done to answer a search, when it is done."""


def tell_nobody(what: str) -> None:
    """The `Note` of those who only want the answer."""


class Engine(Protocol):
    """A search engine: the posts of the catalog in, answers out.

    Its documentation is the conformance suite in tests/conformance. Searches see the old index until `rebuild` or
    `apply` is complete, and a failed one leaves the old index in place. Errors are `EngineError`s.
    """

    def rebuild(self, posts: Iterable[Post], stamp: Stamp) -> None:
        """Index these posts and no others: built aside, swapped in when complete."""

    def apply(self, changed: Iterable[Post], removed: Iterable[str], stamp: Stamp) -> None:
        """Forget the posts with the ids `removed`, then index these posts anew; the rest stays."""

    def search(self, search: Search, note: Note = tell_nobody) -> Results:
        """The answer to a search; the hits have no snippets yet. `note` is told what is done for it."""

    def hits(self, search: Search) -> Generator[Hit, None, None]:
        """The hits that `search` gives, of a page of any size, read one by one as they are taken.

        All are from the generation that is the newest when the first is taken, whatever is built meanwhile.
        """

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all posts, sorted."""

    def around(self, post_id: str, similar: int = 0) -> Around | None:
        """The post with this id and those around it, so many similar ones at most; None where there is no such post.

        To find similar ones is a search; without them all is read at once.
        """

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What may be meant by somebody who has typed so far: labels, titles and words, of each so many at most."""

    def stamp(self) -> Stamp | None:
        """What the index was made from; None where there is no index."""

    def check(self, deep: bool = False) -> tuple[str, ...]:
        """What is wrong with the index, a sentence each; `deep` reads every byte of it."""

    def close(self) -> None:
        """Give back what is held open."""
