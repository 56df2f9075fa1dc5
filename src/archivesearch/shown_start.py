"""The start page: what an archive holds, as ways into it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from archivesearch.errors import QueryError
from archivesearch.pages import Box, Link
from archivesearch.pages_search import Browse, Entry, Example, StartPage
from archivesearch.query import All, Dated, Has, Phrase, Query, parse, to_text
from archivesearch.search import NONE, FacetCount, FacetName, Hit, Results, Search
from archivesearch.shown import FEED_SORT, View, feed_address
from archivesearch.shown_addresses import Addresses
from archivesearch.shown_facets import Listing
from archivesearch.shown_hits import show_hits
from archivesearch.shown_months import days_of, show_picture
from archivesearch.text import words

START = Search(counted=("country", "year", "label", "language", "dump"))
"""What the start page asks of an archive."""

BROWSED: tuple[FacetName, ...] = ("country", "label", "language")
"""The facets that lead into the archive from the start page; years stand in its picture."""

COMMONEST = 20
"""Values of a facet that the start page shows."""

EXAMPLE_WORDS = range(2, 6)
"""Words of a title that make an example: one is no phrase, and many are not typed."""


def show_start(view: View, results: Results) -> StartPage:
    """The start page of an archive that answers START with these results."""
    start = Search()
    addresses = Addresses(view, start)
    return StartPage(
        frame=view.frame(),
        box=Box(),
        introduction=view.settings.introduction,
        introduction_language=view.foreign_text("introduction"),
        total=results.total,
        facts=tuple(_say_facts(view, results)),
        picture=show_picture(view, start, results.months),
        newest=show_hits(view, start, results.hits, addresses),
        every=view.search(replace(start, sort="newest")),
        feed=feed_address(replace(start, sort=FEED_SORT)),
        browse=tuple(
            _show_browse(view, name, results.facets[name], addresses) for name in BROWSED if results.facets.get(name)
        ),
        examples=tuple(_show_examples(view, results)),
    )


def _say_facts(view: View, results: Results) -> Iterator[str]:
    speech = view.speech
    yield speech.posts(results.total)
    months = [month.value for month in results.months if month.count]
    if months:
        yield speech.span(months[0][:4], months[-1][:4])
    numbers = {name: sum(c.value != NONE for c in counts) for name, counts in results.facets.items()}
    if number := numbers.get("country"):
        yield speech.ngettext("%(n)s country", "%(n)s countries", number) % {"n": speech.number(number)}
    if number := numbers.get("language"):
        yield speech.ngettext("%(n)s language", "%(n)s languages", number) % {"n": speech.number(number)}
    if number := numbers.get("dump"):
        yield speech.ngettext("%(n)s dump", "%(n)s dumps", number) % {"n": speech.number(number)}


def _show_browse(view: View, name: FacetName, counts: Sequence[FacetCount], addresses: Addresses) -> Browse:
    gettext = view.speech.gettext
    titles: Mapping[FacetName, str] = {
        "country": gettext("Countries"),
        "label": gettext("Labels"),
        "language": gettext("Languages"),
    }
    entries = []
    for count in counts[:COMMONEST]:
        number, unit = view.posts(count.count)
        link = Link(text=view.value(name, count.value), address=addresses.with_value(name, count.value))
        entries.append(Entry(link=link, number=number, unit=unit))
    whole = None
    if len(counts) > COMMONEST:
        every = replace(view, state=Listing(order="name", whole=(name,)).params())
        text = gettext("All %(n)s values") % {"n": view.speech.number(len(counts))}
        whole = Link(text=text, address=f"{every.search(Search(sort='newest'))}#facet-{name}")
    return Browse(name=name, title=titles[name], entries=tuple(entries), whole=whole)


def _show_examples(view: View, results: Results) -> Iterator[Example]:
    """Searches made of what the archive itself says: each finds the post that it is made of."""
    gettext = view.speech.gettext
    titled = next((phrase for hit in results.hits if (phrase := _phrase_of(hit))), None)
    if titled:
        yield from _show_example(view, titled, gettext("these words side by side"))
    label = next((count.value for count in results.facets.get("label", ()) if count.value != NONE), None)
    if label:
        yield from _show_example(view, Has("label", label), gettext("posts with this label"))
    placed = next((hit.post for hit in results.hits if hit.post.countries and hit.post.published), None)
    if placed and placed.published:
        since, until = days_of(placed.published.day.isoformat()[:4])
        query = All((Has("country", placed.countries[0]), Dated(since, until)))
        yield from _show_example(view, query, gettext("about this country, of that year"))


def _phrase_of(hit: Hit) -> Phrase | None:
    terms = tuple(word.term for word in words(hit.post.title))
    return Phrase(terms) if len(terms) in EXAMPLE_WORDS else None


def _show_example(view: View, query: Query, said: str) -> Iterator[Example]:
    """The query as an example, if it can be typed: labels of dumps may hold what no query can."""
    typed = to_text(query)
    try:
        read = parse(typed)
    except QueryError:
        return
    if read == query:
        yield Example(link=Link(text=typed, address=view.search(Search(typed=typed, query=read))), said=said)
