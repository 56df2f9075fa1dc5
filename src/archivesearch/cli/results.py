"""What the command line says of posts: hits, facet counts, a whole post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from archivesearch.cli.terminal import Row, Style, row
from archivesearch.lines import csv_line
from archivesearch.said import say_posts

if TYPE_CHECKING:
    from archivesearch.dedupe import Duplicate
    from archivesearch.posts import Post, Provenance
    from archivesearch.search import FacetCount, FacetName, Fragment, Hit, Results, Search, Suggestion

FACET_COLUMNS = ("facet", "value", "count", "selected")

FACET_VALUES = 8
"""How many values of a facet stand under the hits; picked ones stand there in any case."""


def results_rows(search: Search, results: Results) -> Iterator[Row]:
    """The hits of one page and the facet counts, for people."""
    yield from _found_rows(search, results)
    if not results.total:
        return
    first = (search.page - 1) * search.size + 1
    for number, hit in enumerate(results.hits, start=first):
        yield row()
        yield from _hit_rows(number, hit)
    yield row()
    yield from facet_rows(results.facets, at_most=FACET_VALUES)
    yield from _paging_rows(search, results, first)


def counted_rows(search: Search, results: Results) -> Iterator[Row]:
    """All facet counts of an answer, for people who want no hits."""
    yield from _found_rows(search, results)
    if results.total:
        yield row()
        yield from facet_rows(results.facets)


def _found_rows(search: Search, results: Results) -> Iterator[Row]:
    """How many posts there are, how the search was read, and what else finds something."""
    from archivesearch.search import say_search

    said = say_search(search)
    if not results.total:
        yield row(("Nothing found", "strong"), f": {said}. Try fewer words or fewer filters.")
        yield from _other_ways(results)
        return
    yield row((f"{results.total} found", "strong"), f": {said}.")
    if results.relaxed:
        yield row(("No post has all of the words", "strong"), ": these have most of them.")
        yield from _other_ways(results)


def _other_ways(results: Results) -> Iterator[Row]:
    """What finds something where this search does not."""
    from archivesearch.query import say

    if results.suggestion:
        yield row("Did you mean ", (results.suggestion, "strong"), "?")
    for repair in results.repairs:
        yield row(f"Left out, {say(repair.dropped)}: {say_posts(repair.count)} would be found.")


def _paging_rows(search: Search, results: Results, first: int) -> Iterator[Row]:
    last = first + len(results.hits) - 1
    if not results.hits:
        yield row()
        yield row(f"No hits here: page {search.page} is after the last one. Try a smaller --page.")
    elif last < results.total:
        yield row()
        yield row((f"Hits shown: {first} to {last}. More with --page or --limit.", "quiet"))


def _hit_rows(number: int, hit: Hit) -> Iterator[Row]:
    post = hit.post
    head = f"{number}. "
    margin = " " * len(head)
    yield row((post.title or "(without a title)", "strong"), head=head)
    yield row((_facts(post), "quiet"), head=margin)
    if hit.snippet:
        yield row(*(_piece(fragment) for fragment in hit.snippet), head=margin)
    yield row((post.id, "quiet"), head=margin)


def _piece(fragment: Fragment) -> tuple[str, Style]:
    return fragment.text, "match" if fragment.marked else "plain"


def _facts(post: Post) -> str:
    published = post.published.iso if post.published else "undated"
    labels = "labels: " + ", ".join(post.labels) if post.labels else ""
    return " · ".join(filter(None, (published, ", ".join(post.countries), post.language, labels)))


def facet_rows(facets: Mapping[FacetName, Sequence[FacetCount]], *, at_most: int | None = None) -> Iterator[Row]:
    """One row a facet, with its values and counts: all of them, or the `at_most` first and those that are picked."""
    width = max(map(len, facets), default=0) + 2
    for name, counts in facets.items():
        shown = [count for place, count in enumerate(counts) if at_most is None or place < at_most or count.selected]
        pieces: list[str | tuple[str, Style]] = []
        for count in shown:
            pieces += [", " if pieces else "", (count.value, "match" if count.selected else "plain"), f" {count.count}"]
        left_out = len(counts) - len(shown)
        more = f" and {left_out} more (--facets shows all)" if left_out else ""
        yield row(*pieces or ["-"], (more, "quiet"), head=name.ljust(width))


def facet_lines(facets: Mapping[FacetName, Sequence[FacetCount]]) -> Iterator[str]:
    """The counts of all facets as the lines of a CSV file with the columns FACET_COLUMNS; selected is true or false."""
    yield csv_line(FACET_COLUMNS)
    for name, counts in facets.items():
        for count in counts:
            yield csv_line((name, count.value, count.count, "true" if count.selected else "false"))


def similar_rows(hits: Sequence[Hit]) -> Iterator[Row]:
    """Posts that are like another one, for people."""
    if not hits:
        yield row("No post is like this one.")
    for number, hit in enumerate(hits, start=1):
        if number > 1:
            yield row()
        yield from _hit_rows(number, hit)


def suggestion_rows(suggestions: Sequence[Suggestion]) -> Iterator[Row]:
    """What may be meant, one row each, for people."""
    if not suggestions:
        yield row("Nothing begins like this.")
    width = max((len(f"{each.count:,}") for each in suggestions), default=0)
    for each in suggestions:
        yield row(each.text, head=f"{each.kind:5}  {each.count:{width},}  ")


def post_rows(post: Post, copies: Iterable[Duplicate] = ()) -> Iterator[Row]:
    """A whole post with the places where it was found, and how its further copies differ, for people."""
    yield row((post.title or "(without a title)", "strong"))
    yield row((_facts(post), "quiet"))
    if post.permalink:
        yield row((post.permalink, "quiet"))
    yield row()
    yield from (row(line) for line in post.text.split("\n"))
    yield row()
    said = {copy.provenance: (copy_in_words(copy), *copy.differences.lines()) for copy in copies}
    for found in post.provenance:
        yield row((f"found in {found.dump}, line {found.line} ({found.reader})", "quiet"))
        if found.evidence or found.certainty < 1:
            yield row((say_certainty(found), "quiet"), head="  ")
        yield from (row((line, "quiet"), head="  ") for line in said.get(found, ()))


def copy_in_words(copy: Duplicate) -> str:
    """What kind of copy this is, and why."""
    return f"{copy.kind}, similarity {copy.similarity:.2f}: {copy.reason}"


def say_certainty(found: Provenance) -> str:
    """How sure the reader is of where the post begins and ends here, and why."""
    return f"certainty {found.certainty:.2f}" + (f"; {found.evidence}" if found.evidence else "")
