"""Searches and results as the page shows them: values in, the records of `pages_search` out. Pure."""

import functools
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from archivesearch.errors import QueryError
from archivesearch.pages import Box, Link, Picked
from archivesearch.pages_search import SearchPage, Ways
from archivesearch.params import MAX_VALUES, from_params, to_params
from archivesearch.query import Any, Dated, Has, Id, In, Query, is_loose, operands, parse, say, say_part, to_text
from archivesearch.query.days import write_day
from archivesearch.search import PUBLIC_FACETS, Match, Repair, Results, Search, Sort
from archivesearch.shown import FEED_SORT, View, export_address, feed_address
from archivesearch.shown_addresses import ORDER, Addresses
from archivesearch.shown_facets import Listing, kept_by_form, read_listing, show_chips, show_facets, without_filters
from archivesearch.shown_hits import show_hits, show_paging
from archivesearch.shown_months import show_picture
from archivesearch.text import clean

KEPT_VALUES = 4 * MAX_VALUES
"""Values of a facet that a page of errors gives back to be mended: more were picked by no person."""


def is_start(search: Search, sent: Iterable[str]) -> bool:
    """Whether a search, of an address with parameters of these names, asks for nothing: the start page stands there.

    The form of results sends empty days, too: who takes the last filter away there sees every post with all filters.
    """
    return not to_params(search) and not any(name in ORDER for name in sent if name != "q")


def show_search(view: View, search: Search, results: Results, listing: Listing | None = None) -> SearchPage:
    """The page for a search and its results."""
    listing = listing or Listing()
    view = replace(view, state=listing.params())
    addresses = Addresses(view, search)
    suggestion = results.suggestion
    return SearchPage(
        frame=view.frame(),
        box=_box(view, search),
        said=say(search.query, view.speech) if search.typed else "",
        total=results.total,
        hits=show_hits(view, search, results.hits, addresses),
        facets=show_facets(view, search, results, listing),
        most=MAX_VALUES,
        chips=show_chips(view, search),
        all_off=view.search(without_filters(search)),
        picture=show_picture(view, search, results.months),
        sorts=_show_sorts(view, search, addresses),
        matches=_show_matches(view, search, addresses),
        paging=show_paging(view, search, results, addresses),
        relaxed=results.relaxed,
        cut=tuple(to_text(part) for part in results.cut),
        meant=Link(text=suggestion, address=view.search(_retyped(search, suggestion))) if suggestion else None,
        repairs=tuple(_show_repair(view, repair) for repair in results.repairs),
        ways=show_ways(search),
    )


def _box(view: View, search: Search) -> Box:
    return Box(
        typed=search.typed,
        since=write_day(search.since, last=False),
        until=write_day(search.until, last=True),
        kept=kept_by_form((*to_params(search), *view.state)),
    )


def _show_sorts(view: View, search: Search, addresses: Addresses) -> tuple[Link, ...]:
    gettext = view.speech.gettext
    texts: dict[Sort, str] = {
        "relevance": gettext("Relevance"),
        "newest": gettext("Newest"),
        "oldest": gettext("Oldest"),
        "title": gettext("Title"),
    }
    usual = Search().sort
    return tuple(
        Link(text=text, address=addresses.put("sort", sort if sort != usual else ""), current=sort == search.sort)
        for sort, text in texts.items()
    )


def _show_matches(view: View, search: Search, addresses: Addresses) -> tuple[Link, ...]:
    """The choice of how many words a post must have; none where there is one word and nothing was chosen."""
    usual = Search().match
    if search.match == usual and sum(is_loose(operand) for operand in operands(search.query)) < 2:
        return ()
    gettext = view.speech.gettext
    texts: dict[Match, str] = {
        "auto": gettext("All words, else most"),
        "all": gettext("All words"),
        "any": gettext("Any word"),
    }
    return tuple(
        Link(text=text, address=addresses.put("match", match if match != usual else ""), current=match == search.match)
        for match, text in texts.items()
    )


def _retyped(search: Search, typed: str) -> Search:
    return replace(search, typed=typed, query=parse(typed), page=1)


def _show_repair(view: View, repair: Repair) -> Link:
    said = {"filter": _say_filter(view, repair.dropped), "posts": view.speech.posts(repair.count)}
    return Link(text=view.speech.gettext("Without %(filter)s: %(posts)s") % said, address=view.search(repair.search))


def _say_filter(view: View, query: Query) -> str:
    """A filter as people picked it: its value, its days as on the chips; what was typed in words, or as it was."""
    quoted = view.speech.gettext("“%(words)s”")
    match query:
        case Has(facet, value):
            return view.value(facet, value)
        case Dated(since, until):
            span = view.speech.span(write_day(since, last=False), write_day(until, last=True))
            return quoted % {"words": span}
        case Any(queries):
            either = view.speech.gettext("%(one)s or %(other)s")
            said = (_say_filter(view, each) for each in queries)
            return functools.reduce(lambda one, other: either % {"one": one, "other": other}, said)
        case Id():
            return say_part(query, view.speech)
        case In(_, inner) if is_loose(inner):
            return say_part(query, view.speech)
    return quoted % {"words": to_text(query)}


def show_ways(search: Search) -> Ways:
    """Where a search can be taken: a feed, files with all its posts, the command line."""
    return Ways(
        feed=feed_address(replace(search, sort=FEED_SORT, page=1, size=Search().size)),
        csv=export_address(search, "csv"),
        jsonl=export_address(search, "jsonl"),
        command=write_command(search),
    )


def write_command(search: Search) -> str:
    """The command that answers a search as the page does, for a shell."""
    params = [(name, value) for name, value in to_params(search) if name != "q"]
    options = [word for name, value in params for word in (f"--{'limit' if name == 'size' else name}", value)]
    # what begins with a hyphen stands behind "--", or it would be read as an option
    typed = ["--", search.typed] if search.typed.startswith("-") else [search.typed]
    words = [*options, *typed] if search.typed.startswith("-") else [*typed, *options]
    return shlex.join(["archivesearch", "search", *words])


def keep_typed(params: Mapping[str, Sequence[str]]) -> Box:
    """The form as it was sent, for a search that could not be answered: what was typed stays, to be mended.

    What has no field in the form stays too, if it can be read.
    """
    values = _cleaned(params)
    return Box(
        typed=next(iter(values.get("q", ())), ""),
        since=next(iter(values.get("from", ())), ""),
        until=next(iter(values.get("to", ())), ""),
        kept=kept_by_form([*_read_each(values), *read_listing(values).params()]),
    )


def _read_each(params: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Each parameter of a search that can be read alone; the others would be refused again."""
    for name in ORDER:
        try:
            yield from to_params(from_params({name: params.get(name, ())}))
        except QueryError:
            continue


def keep_picked(view: View, params: Mapping[str, Sequence[str]]) -> tuple[Picked, ...]:
    """The values that were picked for a search that could not be answered, so that some can be taken away."""
    picked = {facet: list(dict.fromkeys(filter(None, _cleaned(params).get(facet, ())))) for facet in PUBLIC_FACETS}
    return tuple(
        Picked(
            name=facet,
            title=view.facet_title(facet),
            values=tuple((value, view.value(facet, value)) for value in values[:KEPT_VALUES]),
        )
        for facet, values in picked.items()
        if values
    )


def _cleaned(params: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: [clean(value) for value in sent] for name, sent in params.items()}
