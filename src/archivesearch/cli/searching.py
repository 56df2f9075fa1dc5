"""The commands that find and give posts: search, show, facets, coverage, export, serve."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archivesearch.cli import results, terminal
from archivesearch.cli.frame import (
    DONE,
    FORM_HELP,
    NOTHING_FOUND,
    commands,
    fail,
    format_option,
    open_archive,
    write_record,
)
from archivesearch.errors import QueryError

if TYPE_CHECKING:
    from archivesearch.archive import Archive
    from archivesearch.coverage import Step
    from archivesearch.search import Search

STEP = 100
"""The most hits of one answer of the archive; a larger --limit is fetched in steps of it."""


@commands.command()
@click.argument("query")
@click.option("--country", multiple=True, help="Posts about this country; none: not about one country.")
@click.option("--year", multiple=True, help="Posts of this year; none: undated.")
@click.option("--label", multiple=True, help="Posts with this label; none: without label.")
@click.option("--language", multiple=True, help="Posts in this language (en, nl ...); none: not known.")
@click.option("--dump", multiple=True, help="Posts that this dump has.")
@click.option("--since-import", metavar="NUMBER", help="Posts that came after this import; imports lists them.")
@click.option(
    "--match",
    type=click.Choice(["auto", "all", "any"]),
    default="auto",
    show_default=True,
    help="Posts with all words, with any of them; auto: with all, and if there is none, with most.",
)
@click.option("--from", "since", metavar="DATE", help="Posts of this day and later: 2019, 2019-05 or 2019-05-03.")
@click.option("--to", "until", metavar="DATE", help="Posts up to this day, or to the end of this month or year.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "title"]),
    default="relevance",
    show_default=True,
    help="Which hits come first.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many hits: 1 to 100; in jsonl, csv and ids any number, 0 for all.",
)
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which --limit hits.")
@click.option("--count", is_flag=True, help="Only say how many posts there are.")
@format_option("text", "json", "jsonl", "csv", "ids")
@click.option("-0", "--null", is_flag=True, help="With --format ids: a NUL after each ID, for xargs -0.")
@click.pass_obj
def search(  # noqa: PLR0913  each parameter is an option
    root: Path, /, query: str, limit: int, page: int, form: str, *, count: bool, null: bool, **options: Any
) -> int:
    """Find posts by words and facets.

    A QUERY is made of words, which must all be in the post in any of their forms, "exact phrases", -words that must not
    be there, OR, (groups), beginnings*, words with a letter wrong~, and fields: title:, label:, country:, date:2019-05
    and others (docs/search.md has all of them). An empty QUERY ("") means every post; a QUERY that begins with - stands
    after --.

    Options for a facet may be repeated: posts with any of the values are found.
    """
    streamed = form in ("jsonl", "csv", "ids")
    if null and form != "ids":
        raise click.UsageError("--null is for --format ids.")
    if not streamed and not 1 <= limit <= STEP:
        raise click.UsageError(
            f"--limit must be 1 to {STEP} here; with --format jsonl, csv or ids it may be any number."
        )
    if page > 1 and not limit:
        raise click.UsageError("--limit 0 means all hits, which are one page: leave out --page, or set a --limit.")
    asked = _read_search(query, options, *((1, STEP) if streamed else (page, limit)))
    with open_archive(root) as archive:
        if count:
            number = archive.search(dataclasses.replace(asked, page=1, size=1)).total
            click.echo(number)
            found = number > 0
        elif form == "ids":
            found = _write_ids(_hits(archive, asked, page, limit), end="\0" if null else "\n")
        elif streamed:
            found = _write_hits(_hits(archive, asked, page, limit), form)
        else:
            found = _write_results(archive, asked, form)
    return DONE if found else NOTHING_FOUND


def _read_search(typed: str, options: Mapping[str, Any], page: int, size: int) -> Search:
    from archivesearch.params import from_params

    names = {"since": "from", "until": "to", "since_import": "since-import"}
    given = {names.get(name, name): [value] if isinstance(value, str) else value for name, value in options.items()}
    params: dict[str, Sequence[str]] = {name: values for name, values in given.items() if values}
    _check_query(typed)
    return from_params({**params, "q": [typed], "page": [str(page)], "size": [str(size)]})


def _check_query(typed: str) -> None:
    """End with a message that points into the query where it cannot be read; options have no place to point at."""
    from archivesearch.query import parse

    written = typed.strip()
    try:
        parse(written)
    except QueryError as error:
        fail(f"{error}\n{terminal.point_at(written, error.position)}", error.exit_code)


def _write_results(archive: Archive, asked: Search, form: str) -> bool:
    from archivesearch.answers import as_record

    answer = archive.search(asked)
    if form == "json":
        write_record(as_record(asked, answer))
    else:
        terminal.show(results.results_rows(asked, answer))
    return bool(answer.hits)


def _hits(archive: Archive, asked: Search, page: int, limit: int) -> Iterator[Mapping[str, Any]]:
    """The hits of a page of `limit` hits (0: of all) as records, fetched in steps of STEP."""
    first = (page - 1) * limit
    every = _hits_from(archive, asked, first // STEP + 1)
    start = first % STEP
    return itertools.islice(every, start, start + limit if limit else None)


def _hits_from(archive: Archive, asked: Search, page: int) -> Iterator[Mapping[str, Any]]:
    from archivesearch.answers import as_record

    for number in itertools.count(page):
        step = dataclasses.replace(asked, page=number, size=STEP)
        answer = archive.search(step)
        yield from as_record(step, answer)["hits"]
        if number * STEP >= answer.total:
            return


def _write_ids(hits: Iterator[Mapping[str, Any]], end: str) -> bool:
    found = False
    for hit in hits:
        sys.stdout.write(hit["id"] + end)
        found = True
    return found


def _write_hits(hits: Iterator[Mapping[str, Any]], form: str) -> bool:
    terminal.use_utf8()
    if form == "csv":
        sys.stdout.write(terminal.csv_line(results.CSV_COLUMNS))
    write = results.hit_csv if form == "csv" else lambda hit: terminal.as_json(hit) + "\n"
    found = False
    for hit in hits:
        sys.stdout.write(write(hit))
        found = True
    return found


@commands.command()
@click.argument("post_id", metavar="ID")
@format_option("text", "json")
@click.pass_obj
def show(root: Path, post_id: str, form: str) -> int:
    """Show a whole post, where it was found, and how its copies differ; search prints IDs."""
    from archivesearch.answers import duplicate_record, post_record

    with open_archive(root) as archive:
        post = archive.post(post_id)
        copies = list(archive.duplicates(post.id)) if post and len(post.provenance) > 1 else []
    if post is None:
        click.echo(f"No post has the ID {terminal.safe(post_id)}. Search for it: each hit has its ID.", err=True)
        return NOTHING_FOUND
    if form == "json":
        write_record({**post_record(post), "duplicates": [duplicate_record(copy) for copy in copies]})
    else:
        terminal.show(results.post_rows(post, copies))
    return DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def facets(root: Path, form: str) -> int:
    """List countries, years, labels and languages with counts."""
    from archivesearch.answers import VERSION

    with open_archive(root) as archive:
        counted = archive.facets()
    if form == "json":
        values = {name: [dataclasses.asdict(count) for count in counts] for name, counts in counted.items()}
        write_record({"version": VERSION, "facets": values})
    else:
        terminal.show(results.facet_rows(counted))
    return DONE


@commands.command()
@click.option(
    "--by",
    "step",
    type=click.Choice(["month", "year"]),
    help="What one bar counts.  [default: month; as text year, where there are more than 60 months]",
)
@format_option("text", "json", "csv")
@click.pass_obj
def coverage(root: Path, step: Step | None, form: str) -> int:
    """Show how many posts each month has, in all and by dump, and the gaps.

    A post that stands in several dumps counts once in all, and in each of its dumps. In csv each line is a month or
    year (or "undated"), a dump and its posts; lines without a dump count the whole archive.
    """
    from archivesearch.answers import coverage_record
    from archivesearch.cli import covered_rows

    with open_archive(root) as archive:
        covered = archive.coverage()
    if form == "json":
        write_record(coverage_record(covered, step or "month"))
    elif form == "csv":
        terminal.use_utf8()
        sys.stdout.writelines(map(terminal.csv_line, covered_rows.coverage_cells(covered, step or "month")))
    else:
        terminal.show(covered_rows.coverage_rows(covered, step or covered_rows.fitting_step(covered)))
    return DONE


@commands.command()
@click.option(
    "--format", type=click.Choice(["jsonl"]), default="jsonl", show_default=True, expose_value=False, help=FORM_HELP
)
@click.pass_obj
def export(root: Path) -> int:
    """Write every post, one JSON object a line, for other programs."""
    from archivesearch.answers import post_record

    terminal.use_utf8()
    with open_archive(root) as archive:
        for post in archive.export():
            sys.stdout.write(terminal.as_json(post_record(post)) + "\n")
    return DONE


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free port.")
@click.pass_obj
def serve(root: Path, host: str, port: int) -> int:
    """Serve the search page until Ctrl-C."""
    from archivesearch.web import serve as serve_page

    with open_archive(root) as archive:
        serve_page(archive, host, port, announce=_announce)
    return DONE


def _announce(address: str) -> None:
    click.echo(f"The search page is at {address} (Ctrl-C ends it).")
