"""Addresses of searches that differ from one search in one thing, for pages that hold hundreds of them. Pure."""

import functools
from urllib.parse import quote_plus, urlencode

from archivesearch.params import MAX_VALUES, on_page, to_params
from archivesearch.posts import Post
from archivesearch.search import FACETS, FacetName, Search
from archivesearch.shown import EVERY_POST, UI, View, address_of_id

ORDER = ("q", *FACETS, "from", "to", "since-import", "match", "sort", "page", "size")
"""The order in which `to_params` writes parameters."""


@functools.lru_cache(maxsize=4096)
def _quote(value: str) -> str:
    """Values of facets and numbers of pages recur, on one page and from page to page."""
    return quote_plus(value)


class Addresses:
    """What `View.search` answers for a search with one thing changed, on its first page; the rest is written once."""

    def __init__(self, view: View, search: Search) -> None:
        self._search = search
        self._pairs = [(ORDER.index(name), urlencode([(name, value)])) for name, value in to_params(on_page(search, 1))]
        kept = [*view.state, *([(UI, view.asked)] if view.asked else ())]
        self._kept = f"&{urlencode(kept)}" if kept else ""
        self._around: dict[tuple[str, str], tuple[str, str]] = {}
        self._behind_post = view.path("", [("q", search.typed)] if search.typed else None)

    def post(self, post: Post) -> str:
        """The address of a post's own page, with what the visitor searched, so that it can be marked there."""
        return address_of_id(post.id) + self._behind_post

    def with_value(self, facet: FacetName, value: str) -> str:
        """The search with one more value of a facet picked; empty where no more can be picked."""
        picked = self._search.chosen.get(facet, ())
        if value not in picked and len(picked) >= MAX_VALUES:
            return ""
        values = picked if value in picked else (*picked, value)
        return self._join(facet, facet, "&".join([f"{facet}={_quote(each)}" for each in values]))

    def put(self, name: str, value: str) -> str:
        """The search with this value for a parameter in the place of those that it has; without it if that is empty."""
        return self._join(name, name, f"{name}={_quote(value)}" if value else "")

    def within(self, since: str, until: str) -> str:
        """The search of this span of days, written as parameters are; an empty end is open."""
        # digits and hyphens stand in an address as they are
        written = f"from={since}&to={until}" if since and until else f"from={since}" if since else f"to={until}"
        return self._join("from", "to", written if since or until else "")

    def _join(self, first: str, last: str, middle: str) -> str:
        before, after = self._around.get((first, last)) or self._split(first, last)
        query = before + middle + after if middle else before[:-1] + after
        return f"/?{query.removeprefix('&')}" if query != self._kept else f"/?{urlencode([EVERY_POST])}{query}"

    def _split(self, first: str, last: str) -> tuple[str, str]:
        """What stands before and after the parameters from the first to the last of these."""
        start, end = ORDER.index(first), ORDER.index(last)
        before = "".join(f"{pair}&" for place, pair in self._pairs if place < start)
        after = "".join(f"&{pair}" for place, pair in self._pairs if place > end)
        self._around[first, last] = before, after + self._kept
        return self._around[first, last]
