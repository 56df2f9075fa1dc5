"""Searches and results as the page shows them: values in, the records of `pages` out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from archivesearch.pages import Box, Facet, FacetValue, Link, SearchPage, ShownHit
from archivesearch.params import MAX_REACH, MAX_VALUES, SORTS, on_page, sorted_by, to_params, without_value
from archivesearch.query import Any, Has, Query, parse, say, to_text
from archivesearch.query.days import write_day
from archivesearch.search import PUBLIC_FACETS, FacetCount, FacetName, Hit, Repair, Results, Search
from archivesearch.shown import View
from archivesearch.snippets import mark
from archivesearch.text import clean

SHOWN_VALUES = 8
"""Values of a facet that are shown at once; the others unfold. Eight lines of four facets fit beside ten hits."""


def show_search(view: View, search: Search, results: Results) -> SearchPage:
    """The page for a search and its results."""
    start = not to_params(search)
    pages = _count_pages(results.total, search.size)
    before = (search.page - 1) * search.size
    return SearchPage(
        frame=view.frame(),
        introduction=view.settings.introduction if start else "",
        start=start,
        box=_box(search),
        said=say(search.query, view.speech) if search.typed else "",
        total=results.total,
        first=before + 1 if results.hits else 0,
        last=before + len(results.hits),
        hits=tuple(_show_hit(view, search, hit) for hit in results.hits),
        facets=tuple(
            _show_facet(view, name, results.facets[name]) for name in PUBLIC_FACETS if results.facets.get(name)
        ),
        chips=_chips(view, search),
        all_off=view.search(replace(search, chosen={}, since=None, until=None, page=1)),
        sorts=tuple(
            Link(text=sort.capitalize(), address=view.search(sorted_by(search, sort)), current=sort == search.sort)
            for sort in SORTS
        ),
        pages=_number_pages(view, search, pages),
        previous=view.search(on_page(search, search.page - 1)) if 1 < search.page <= pages else None,
        following=view.search(on_page(search, search.page + 1)) if search.page < pages else None,
        first_page=view.search(on_page(search, 1)),
        reach=MAX_REACH if results.total > MAX_REACH else None,
        relaxed=results.relaxed,
        meant=_show_suggestion(view, search, results.suggestion) if results.suggestion else None,
        repairs=tuple(_show_repair(view, repair) for repair in results.repairs),
    )


def _box(search: Search) -> Box:
    shown = {"q", "from", "to", "page", *PUBLIC_FACETS}
    return Box(
        typed=search.typed,
        since=write_day(search.since, last=False),
        until=write_day(search.until, last=True),
        kept=tuple(pair for pair in to_params(search) if pair[0] not in shown),
    )


def _show_hit(view: View, search: Search, hit: Hit) -> ShownHit:
    post = hit.post
    return ShownHit(
        title=mark(view.heading(post), search.query, post.language),
        address=view.post(post, search.typed),
        published=view.day(post.published) if post.published else None,
        language=view.foreign(post),
        snippet=hit.snippet,
        countries=tuple(view.pick(search, "country", country) for country in post.countries),
        labels=tuple(view.pick(search, "label", label) for label in post.labels),
        other_dumps=max(0, len({copy.dump for copy in post.provenance}) - 1),
    )


def _show_facet(view: View, name: FacetName, counts: Iterable[FacetCount]) -> Facet:
    values = [
        FacetValue(value=count.value, text=view.value(name, count.value), count=count.count, selected=count.selected)
        for count in sorted(counts, key=lambda count: not count.selected)
    ]
    visible = max(SHOWN_VALUES, sum(value.selected for value in values))
    return Facet(name=name, title=view.facet_title(name), shown=tuple(values[:visible]), more=tuple(values[visible:]))


def _chips(view: View, search: Search) -> tuple[Link, ...]:
    chips = [
        Link(
            text=f"{view.facet_title(facet)}: {view.value(facet, value)}",
            address=view.search(without_value(search, facet, value)),
        )
        for facet in PUBLIC_FACETS
        for value in search.chosen.get(facet, ())
    ]
    if search.since:
        text = f"From {write_day(search.since, last=False)}"
        chips.append(Link(text=text, address=view.search(replace(search, since=None, page=1))))
    if search.until:
        text = f"To {write_day(search.until, last=True)}"
        chips.append(Link(text=text, address=view.search(replace(search, until=None, page=1))))
    return tuple(chips)


def _show_suggestion(view: View, search: Search, typed: str) -> Link:
    return Link(text=typed, address=view.search(replace(search, typed=typed, query=parse(typed), page=1)))


def _show_repair(view: View, repair: Repair) -> Link:
    posts = view.speech.posts(repair.count)
    return Link(text=f"without {_say_filter(view, repair.dropped)}: {posts}", address=view.search(repair.search))


def _say_filter(view: View, query: Query) -> str:
    """A filter as people picked it: its values, or what was typed."""
    match query:
        case Has(facet, value):
            return view.value(facet, value) if facet in PUBLIC_FACETS else to_text(query)
        case Any(queries):
            return " or ".join(_say_filter(view, each) for each in queries)
    return to_text(query)


def _count_pages(total: int, size: int) -> int:
    return min(-(-total // size), MAX_REACH // size)


def _number_pages(view: View, search: Search, pages: int) -> tuple[Link | None, ...]:
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
        target = view.search(on_page(search, number))
        links.append(Link(text=str(number), address=target, current=number == search.page))
        last = number
    return tuple(links)


def keep_typed(params: Mapping[str, Sequence[str]]) -> Box:
    """The form as it was sent, for a search that could not be answered: what was typed stays, to be mended."""
    values = {name: [clean(value) for value in sent] for name, sent in params.items()}
    return Box(
        typed=next(iter(values.get("q", ())), ""),
        since=next(iter(values.get("from", ())), ""),
        until=next(iter(values.get("to", ())), ""),
        kept=tuple((facet, value) for facet in PUBLIC_FACETS for value in values.get(facet, ())[:MAX_VALUES]),
    )
