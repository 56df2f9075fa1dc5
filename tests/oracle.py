"""The slowest engine that could possibly be right: it evaluates each query over every post, word by word.

It ranks by nothing: of an order by relevance only the set of posts is comparable.
"""

import functools
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from archivesearch.errors import EngineError, EngineUnavailable
from archivesearch.posts import Post
from archivesearch.query import (
    All,
    Any,
    Dated,
    Fuzzy,
    Has,
    Id,
    In,
    Not,
    Phrase,
    Prefix,
    Query,
    Word,
    is_loose,
    operands,
)
from archivesearch.query.days import read_day
from archivesearch.search import (
    FACETS,
    NONE,
    Around,
    FacetCount,
    FacetName,
    Hit,
    Note,
    Repair,
    Results,
    Search,
    Stamp,
    month,
    tell_nobody,
    without_each_filter,
)
from archivesearch.text import fold, stem, words


class Oracle:
    """An engine in memory, as plain as it can be."""

    def __init__(self) -> None:
        self._posts: dict[str, Post] | None = None
        self._stamp: Stamp | None = None

    def rebuild(self, posts: Iterable[Post], stamp: Stamp) -> None:
        self._posts = each_once(posts)
        self._stamp = stamp

    def apply(self, changed: Iterable[Post], removed: Iterable[str], stamp: Stamp) -> None:
        gone = set(removed)
        kept = {post.id: post for post in self._all() if post.id not in gone}
        self._posts = kept | each_once(changed)
        self._stamp = stamp

    def search(self, search: Search, note: Note = tell_nobody) -> Results:
        matching, relaxed = self._match(search)
        note(f"held {len(self._all())} posts against the query")
        hits = [post for post in matching if search.among is None or post.id in search.among]
        found = [post for post in hits if dated(post, search)]
        passed = [post for post in found if all(picked(post, name, search) for name in FACETS)]
        ordered = sorted(passed, key=lambda post: place(post, search.sort))
        page = ordered[(search.page - 1) * search.size :][: search.size]
        nothing = relaxed or not passed
        return Results(
            total=len(passed),
            hits=tuple(Hit(post=post, score=0.0) for post in page),
            facets={name: tuple(self._count(found, name, search)) for name in search.counted},
            months=tuple(months(hits, search)) if search.counted else (),
            relaxed=relaxed,
            repairs=tuple(self._repairs(search)) if nothing else (),
        )

    def _match(self, search: Search) -> tuple[list[Post], bool]:
        """The posts that the query matches as it is asked for, and whether it had to be relaxed for that."""
        strict = [post for post in self._all() if matches_enough(search, post, relaxed=False)]
        if search.match != "auto" or any(passes(post, search) for post in strict):
            return strict, False
        relaxed = [post for post in self._all() if matches_enough(search, post, relaxed=True)]
        return (relaxed, True) if any(passes(post, search) for post in relaxed) else (strict, False)

    def _repairs(self, search: Search) -> Iterator[Repair]:
        asked = search.match if search.match == "any" else "all"
        for dropped, left in without_each_filter(search):
            left_strictly = replace(left, match=asked)
            if total := sum(passes(post, left_strictly) for post in self._match(left_strictly)[0]):
                yield Repair(dropped=dropped, search=left, count=total)

    def post(self, post_id: str) -> Post | None:
        return {post.id: post for post in self._all()}.get(post_id)

    def hits(self, search: Search) -> Generator[Hit, None, None]:
        yield from self.search(search).hits

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(post.id for post in self._all()))

    def around(self, post_id: str, similar: int = 0) -> Around | None:
        if (post := self.post(post_id)) is None:
            return None
        alike = tuple(Hit(post=other, score=0.0) for other in self._similar(post))[:similar]
        dated = sorted((post for post in self._all() if post.published), key=lambda post: place(post, "newest"))
        if post not in dated:
            return Around(post=post, similar=alike)
        beside = (None, *dated, None)
        at = beside.index(post)
        return Around(post=post, newer=beside[at - 1], older=beside[at + 1], similar=alike)

    def _similar(self, post: Post) -> Iterator[Post]:
        """The other posts that have, in any form, a word of this one that is not its alone."""
        others = [other for other in self._all() if other != post]
        shared = Any(tuple(Word(term) for term in terms_of(post) if any(term in terms_of(other) for other in others)))
        return (other for other in others if matches(shared, other))

    def stamp(self) -> Stamp | None:
        return self._stamp

    def check(self, deep: bool = False) -> tuple[str, ...]:
        return () if self._posts is not None else ("There is no index yet: run `archivesearch reindex`.",)

    def close(self) -> None:
        """Nothing is held open."""

    def _all(self) -> list[Post]:
        if self._posts is None:
            raise EngineUnavailable("There is no index yet: run `archivesearch reindex`.")
        return list(self._posts.values())

    def _count(self, found: Iterable[Post], name: FacetName, search: Search) -> Iterator[FacetCount]:
        others = [other for other in FACETS if other != name]
        counted = [post for post in found if all(picked(post, other, search) for other in others)]
        chosen = {fold(value): value for value in reversed(search.chosen.get(name, ()))}
        known = {fold(v): v for v in sorted((v for post in self._all() for v in values(post, name)), reverse=True)}
        shown = chosen | known
        counts = {key: sum(key in map(fold, values(post, name)) for post in counted) for key in shown}
        in_order = sorted(shown, reverse=True) if name == "year" else sorted(shown, key=lambda k: (-counts[k], k))
        for key in sorted(in_order, key=lambda k: k == NONE):
            if counts[key] or key in chosen:
                yield FacetCount(value=shown[key], count=counts[key], selected=key in chosen)


def each_once(posts: Iterable[Post]) -> dict[str, Post]:
    by_id: dict[str, Post] = {}
    for post in posts:
        if post.id in by_id:
            raise EngineError(f"Two posts have the id {post.id}.")
        by_id[post.id] = post
    return by_id


def matches_enough(search: Search, post: Post, *, relaxed: bool) -> bool:
    """Whether the post has all that is strictly demanded, and so many of the loose operands as are demanded."""
    loose = [operand for operand in operands(search.query) if is_loose(operand)]
    strict = [operand for operand in operands(search.query) if not is_loose(operand)]
    wanted = len(loose)
    if search.match == "any":
        wanted = min(1, len(loose))
    elif relaxed:
        wanted = (len(loose) + 1) // 2
    number = sum(matches(operand, post) for operand in loose)
    return number >= wanted and all(matches(operand, post) for operand in strict)


def passes(post: Post, search: Search) -> bool:
    among = search.among is None or post.id in search.among
    return among and dated(post, search) and all(picked(post, name, search) for name in FACETS)


def matches(  # noqa: C901, PLR0911 - a line for each node of the tree says most plainly what it means
    query: Query, post: Post, fields: tuple[str, ...] = ("title", "text")
) -> bool:
    texts = [[word.term for word in words(getattr(post, field))] for field in fields]
    every_word = [term for found in texts for term in found]
    match query:
        case Word(term):
            wanted = stem(term, post.language)
            return any(stem(found, post.language) == wanted for found in every_word)
        case Phrase(terms):
            length = len(terms)
            return any(tuple(found[i : i + length]) == terms for found in texts for i in range(len(found) - length + 1))
        case Prefix(start):
            return any(found.startswith(start) for found in every_word)
        case Fuzzy(term):
            return any(edits(term, found) <= 1 for found in set(every_word))
        case In(field, inner):
            return matches(inner, post, (field,))
        case Has(facet, value):
            return fold(value) in map(fold, values(post, facet))
        case Id(value):
            return post.id == value
        case Dated(since, until):
            return dated(post, Search(since=since, until=until)) and post.published is not None
        case Not(inner):
            return not matches(inner, post, fields)
        case All(queries):
            return all(matches(inner, post, fields) for inner in queries)
        case Any(queries):
            return any(matches(inner, post, fields) for inner in queries)


def terms_of(post: Post) -> set[str]:
    return {word.term for word in words(f"{post.title}\n{post.text}")}


def edits(one: str, other: str) -> int:
    """The optimal string alignment distance, by the book's recursion."""
    if not one or not other:
        return len(one) + len(other)
    fewest = min(
        edits_known(one[1:], other) + 1,
        edits_known(one, other[1:]) + 1,
        edits_known(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and one[:2] == other[1::-1]:
        fewest = min(fewest, edits_known(one[2:], other[2:]) + 1)
    return fewest


edits_known = functools.lru_cache(maxsize=None)(edits)


def months(found: Iterable[Post], search: Search) -> Iterator[FacetCount]:
    """The counts of the months; the facets narrow them, the days do not, but these tell which are selected."""
    counted = [post for post in found if post.published and all(picked(post, name, search) for name in FACETS)]
    for value in sorted({month(post) for post in counted}):
        first, last = read_day(value, last=False), read_day(value, last=True)
        chosen = search.since is not None or search.until is not None
        inside = (search.since is None or search.since <= last) and (search.until is None or first <= search.until)
        count = sum(month(post) == value for post in counted)
        yield FacetCount(value=value, count=count, selected=chosen and inside)


def values(post: Post, name: FacetName) -> list[str]:
    found = {
        "country": list(post.countries),
        "year": [post.published.day.isoformat()[:4]] if post.published else [],
        "label": list(post.labels),
        "language": [post.language] if post.language else [],
        "dump": sorted({provenance.dump for provenance in post.provenance}),
    }[name]
    return found or [NONE]


def picked(post: Post, name: FacetName, search: Search) -> bool:
    chosen = {fold(value) for value in search.chosen.get(name, ())}
    return not chosen or any(fold(value) in chosen for value in values(post, name))


def dated(post: Post, search: Search) -> bool:
    if search.since is None and search.until is None:
        return True
    if post.published is None:
        return False
    day = post.published.day
    return (search.since is None or search.since <= day) and (search.until is None or day <= search.until)


def place(post: Post, sort: str) -> tuple[object, ...]:
    """Where the post stands in an order; by relevance, as if all were equally relevant."""
    if sort == "title":
        return fold(post.title), post.id
    if post.published is None:
        return 1, 0, 0, post.id
    moment = post.published.moment
    day, time = post.published.day.toordinal(), 0
    if hasattr(moment, "hour"):
        time = moment.hour * 60 + moment.minute
    sign = 1 if sort == "oldest" else -1
    return 0, sign * day, sign * time, post.id
