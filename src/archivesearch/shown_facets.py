"""Facets and filters of a search as the page shows them: values in, the records of `pages_search` out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from archivesearch.pages import Link
from archivesearch.pages_search import Facet, FacetValue
from archivesearch.params import MAX_VALUES, without_value
from archivesearch.query.days import write_day
from archivesearch.search import FACETS, NONE, PUBLIC_FACETS, FacetCount, FacetName, Results, Search
from archivesearch.shown import View
from archivesearch.text import fold

LISTED = 200
"""Values of a facet that stand on a page at once: 40 KB. Who wants them all asks for them (`facet-all`)."""

LONG = 10
"""A longer list scrolls, can be narrowed down, and has orders to choose from."""

Order = Literal["count", "name"]

_Said = Mapping[int, tuple[str, str]]
"""Numbers of posts as `View.posts` says them."""

ORDER_PARAMETER = "facet-sort"
WHOLE_PARAMETER = "facet-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a page lists the values of facets: in which order, and of which facets all of them."""

    order: Order = "count"
    whole: tuple[FacetName, ...] = ()

    def params(self) -> tuple[tuple[str, str], ...]:
        """The parameters that ask for it; none where it is as usual."""
        order = [(ORDER_PARAMETER, self.order)] if self.order != "count" else []
        return (*order, *((WHOLE_PARAMETER, facet) for facet in self.whole))


def read_listing(params: Mapping[str, Sequence[str]]) -> Listing:
    """The listing that these parameters ask for; what cannot be read is as usual."""
    wanted = params.get(WHOLE_PARAMETER, ())
    return Listing(
        order="name" if "name" in params.get(ORDER_PARAMETER, ())[:1] else "count",
        whole=tuple(facet for facet in PUBLIC_FACETS if facet in wanted),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What the facets of one page have in common."""

    view: View
    search: Search
    listing: Listing
    said: _Said
    orders: tuple[Link, ...]


def show_facets(view: View, search: Search, results: Results, listing: Listing) -> tuple[Facet, ...]:
    """Every facet that has values."""
    numbers = {count.count for counts in results.facets.values() for count in counts}
    shared = _Shared(
        view=view,
        search=search,
        listing=listing,
        said={number: view.posts(number) for number in numbers},
        orders=_show_orders(view, search, listing),
    )
    return tuple(_show_facet(shared, name, results.facets[name]) for name in PUBLIC_FACETS if results.facets.get(name))


def _show_facet(shared: _Shared, name: FacetName, counts: Sequence[FacetCount]) -> Facet:
    view, listing = shared.view, shared.listing
    others = [count for count in counts if not count.selected and count.count]
    long = len(others) > LONG
    most = len(others) if name in listing.whole else LISTED
    picked = _show_values(view, name, (count for count in counts if count.selected), shared.said)
    if long and listing.order == "name" and name != "year":  # all of them: of the commonest alone many letters lack
        every = _show_values(view, name, others, shared.said)
        shown = sorted(every, key=lambda each: (each.value == NONE, fold(each.text)))[:most]
    else:
        shown = _show_values(view, name, others[:most], shared.said)
    return Facet(
        name=name,
        title=view.facet_title(name),
        picked=tuple(picked),
        others=tuple(shown),
        full=len(picked) >= MAX_VALUES,
        long=long,
        orders=shared.orders if long and name != "year" else (),
        whole=_show_whole(view, shared.search, name, len(others), listing) if len(shown) < len(others) else None,
    )


def _show_values(view: View, name: FacetName, counts: Iterable[FacetCount], said: _Said) -> list[FacetValue]:
    return [FacetValue(count.value, view.value(name, count.value), *said[count.count]) for count in counts]


def _show_orders(view: View, search: Search, listing: Listing) -> tuple[Link, ...]:
    gettext = view.speech.gettext
    texts: dict[Order, str] = {"count": gettext("Most posts"), "name": gettext("A–Z")}
    return tuple(
        Link(
            text=text,
            address=replace(view, state=replace(listing, order=order).params()).search(search),
            current=order == listing.order,
        )
        for order, text in texts.items()
    )


def _show_whole(view: View, search: Search, name: FacetName, number: int, listing: Listing) -> Link:
    whole = replace(listing, whole=tuple(facet for facet in PUBLIC_FACETS if facet in {*listing.whole, name}))
    return Link(
        text=view.speech.gettext("All %(n)s values") % {"n": view.speech.number(number)},
        address=f"{replace(view, state=whole.params()).search(search)}#facet-{name}",
    )


def show_chips(view: View, search: Search) -> tuple[Link, ...]:
    """A link for each filter that is on: it says the filter and leads to the search without it."""
    speech = view.speech
    first = replace(search, page=1)
    chips = [
        (speech.named(view.facet_title(facet), view.value(facet, value)), without_value(search, facet, value))
        for facet in FACETS
        for value in search.chosen.get(facet, ())
    ]
    if search.since or search.until:  # one, for who picks a year in the picture picks both ends at once
        span = speech.span(write_day(search.since, last=False), write_day(search.until, last=True))
        chips.append((span, replace(first, since=None, until=None)))
    if search.since_import is not None:
        number = {"n": search.since_import}
        chips.append((speech.gettext("After import %(n)s") % number, replace(first, since_import=None)))
    return tuple(Link(text=text, address=view.search(left)) for text, left in chips)


def without_filters(search: Search) -> Search:
    """The search without any of the filters that `show_chips` shows."""
    return replace(search, chosen={}, since=None, until=None, since_import=None, page=1)


def kept_by_form(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of a search's parameters that its form has no fields for, so that it has to send them unseen."""
    fields = {"q", "from", "to", "page", *PUBLIC_FACETS}
    return tuple(pair for pair in pairs if pair[0] not in fields)
