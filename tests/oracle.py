"""The slowest engine that could possibly be right: it evaluates each query over every post, word by word.

It ranks by nothing: of an order by relevance only the set of posts is comparable.
"""

from collections.abc import Iterable, Iterator

from archivesearch.errors import EngineError, EngineUnavailable
from archivesearch.posts import Post
from archivesearch.query import All, Any, Not, Phrase, Query, Word
from archivesearch.search import FACETS, NONE, FacetCount, FacetName, Hit, Results, Search, Stamp
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

    def search(self, search: Search) -> Results:
        found = [post for post in self._all() if matches(search.query, post) and dated(post, search)]
        passed = [post for post in found if all(picked(post, name, search) for name in FACETS)]
        ordered = sorted(passed, key=lambda post: place(post, search.sort))
        page = ordered[(search.page - 1) * search.size :][: search.size]
        return Results(
            total=len(passed),
            hits=tuple(Hit(post=post, score=0.0) for post in page),
            facets={name: tuple(self._count(found, name, search)) for name in FACETS},
        )

    def post(self, post_id: str) -> Post | None:
        return {post.id: post for post in self._all()}.get(post_id)

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


def matches(query: Query, post: Post) -> bool:
    fields = [[word.term for word in words(field)] for field in (post.title, post.text)]
    match query:
        case Word(term):
            wanted = stem(term, post.language)
            return any(stem(found, post.language) == wanted for field in fields for found in field)
        case Phrase(terms):
            length = len(terms)
            return any(
                tuple(field[i : i + length]) == terms for field in fields for i in range(len(field) - length + 1)
            )
        case Not(inner):
            return not matches(inner, post)
        case All(queries):
            return all(matches(inner, post) for inner in queries)
        case Any(queries):
            return any(matches(inner, post) for inner in queries)


def values(post: Post, name: FacetName) -> list[str]:
    found = {
        "country": list(post.countries),
        "year": [str(post.published.day.year)] if post.published else [],
        "label": list(post.labels),
        "language": [post.language] if post.language else [],
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
