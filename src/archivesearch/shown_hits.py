"""Hits and the pages that they stand on: values in, the records of `pages_search` out. Pure."""

from collections.abc import Sequence

from archivesearch.pages import Link
from archivesearch.pages_search import Paging, ShownHit
from archivesearch.params import MAX_REACH, last_page
from archivesearch.search import NONE, FacetCount, Hit, Results, Search
from archivesearch.shown import View
from archivesearch.shown_addresses import Addresses
from archivesearch.snippets import mark

SIZES = (10, 20, 50, 100)
"""Hits a page that are offered; the address may ask for others."""


def show_hits(view: View, search: Search, hits: Sequence[Hit], addresses: Addresses) -> tuple[ShownHit, ...]:
    """The hits of one page."""
    return tuple(_show_hit(view, search, hit, addresses) for hit in hits)


def _show_hit(view: View, search: Search, hit: Hit, addresses: Addresses) -> ShownHit:
    post, value, pick = hit.post, view.value, addresses.with_value
    return ShownHit(
        title=mark(view.heading(post), search.query, post.language),
        title_language=view.foreign_heading(post),
        address=addresses.post(post),
        published=view.day(post.published) if post.published else None,
        language=view.foreign(post),
        snippet=hit.snippet,
        countries=tuple(Link(text=value("country", each), address=pick("country", each)) for each in post.countries),
        labels=tuple(Link(text=value("label", each), address=pick("label", each)) for each in post.labels),
        other_dumps=max(0, len({copy.dump for copy in post.provenance}) - 1),
    )


def show_paging(view: View, search: Search, results: Results, addresses: Addresses) -> Paging:
    """The pages of results, and ways to what they do not reach."""
    pages = last_page(results.total, search.size)
    before = (search.page - 1) * search.size
    beyond = results.total > MAX_REACH
    return Paging(
        first=before + 1 if results.hits else 0,
        last=before + len(results.hits),
        pages=_number_pages(view, search, pages, addresses),
        previous=_on_page(addresses, search.page - 1) if 1 < search.page <= pages else None,
        following=_on_page(addresses, search.page + 1) if search.page < pages else None,
        start=_on_page(addresses, 1),
        sizes=_show_sizes(view, search, addresses),
        reach=MAX_REACH if beyond else None,
        years=_show_years(view, results.facets.get("year", ()), addresses) if beyond else (),
    )


def _on_page(addresses: Addresses, page: int) -> str:
    return addresses.put("page", str(page) if page > 1 else "")


def _number_pages(view: View, search: Search, pages: int, addresses: Addresses) -> tuple[Link | None, ...]:
    """The first, the last, and those around the present page; a gap of one page is that page itself."""
    if pages < 2:
        return ()
    near = {1, pages, *range(search.page - 2, search.page + 3)}
    near |= {2} if 3 in near else set()
    near |= {pages - 1} if pages - 2 in near else set()
    links: list[Link | None] = []
    last = 0
    for number in sorted(number for number in near if 1 <= number <= pages):
        if number > last + 1:
            links.append(None)
        text = view.speech.number(number)
        links.append(Link(text=text, address=_on_page(addresses, number), current=number == search.page))
        last = number
    return tuple(links)


def _show_sizes(view: View, search: Search, addresses: Addresses) -> tuple[Link, ...]:
    return tuple(
        Link(
            text=view.speech.number(size),
            address=addresses.put("size", str(size) if size != Search().size else ""),
            current=size == search.size,
        )
        for size in sorted({*SIZES, search.size})
    )


def _show_years(view: View, years: Sequence[FacetCount], addresses: Addresses) -> tuple[Link, ...]:
    """The search of each year alone, the newest first; those without a date stand last."""
    return tuple(
        Link(
            text=view.speech.named(view.value("year", year.value), view.speech.posts(year.count)),
            address=addresses.put("year", year.value),
            current=year.selected,
        )
        for year in sorted(years, key=lambda year: year.value == NONE)
        if year.count
    )
