"""The commands that find and give posts: search, show, similar, suggest, facets, coverage, export."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archivesearch import lines
from archivesearch.cli import results, terminal
from archivesearch.cli.asked import MOST_HITS, STREAMED, check_hits, check_instead, read_search
from archivesearch.cli.frame import (
    DONE,
    FORM_HELP,
    NOTHING_FOUND,
    commands,
    format_option,
    open_archive,
    write_record,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from archivesearch.archive import Archive
    from archivesearch.cli.explaining import Watch
    from archivesearch.coverage import Step
    from archivesearch.search import FacetName, Results, Search

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _limit_option(help_text: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--limit", type=click.IntRange(1, MOST_HITS), default=5, show_default=True, metavar="NUMBER", help=help_text
    )


def _facet_option(name: FacetName, help_text: str) -> Callable[[_Command], _Command]:
    """The option that picks values of a facet; a shell completes them."""
    return click.option(f"--{name}", multiple=True, shell_complete=_complete, help=help_text)


def _complete(context: click.Context, option: click.Parameter, typed: str) -> list[CompletionItem[str]]:
    from archivesearch.cli.completing import complete

    return complete(context.find_root().params["root"], option.name or "", typed)


@commands.command()
@click.argument("query")
@_facet_option("country", "Posts about this country; none: not about one country.")
@_facet_option("year", "Posts of this year; none: undated.")
@_facet_option("label", "Posts with this label; none: without label.")
@_facet_option("language", "Posts in this language (en, nl ...); none: not known.")
@_facet_option("dump", "Posts that this dump has.")
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
@click.option("--facets", is_flag=True, help="Only say how many posts each value of a facet has.")
@click.option("--explain", is_flag=True, help="Say how the query was read, what was done, and how long it took.")
@format_option("text", "json", "jsonl", "csv", "ids")
@click.option("-0", "--null", is_flag=True, help="With --format ids: a NUL after each ID, for xargs -0.")
@click.pass_obj
def search(  # noqa: PLR0913  each parameter is an option
    root: Path,
    /,
    query: str,
    limit: int,
    page: int,
    form: str,
    *,
    count: bool,
    facets: bool,
    explain: bool,
    null: bool,
    **options: Any,
) -> int:
    """Find posts by words and facets.

    A QUERY is made of words, which must all be in the post in any of their forms, "exact phrases", -words that must not
    be there, OR, (groups), beginnings*, words with a letter wrong~, and fields: title:, label:, country:, date:2019-05
    and others (docs/search.md has all of them). An empty QUERY ("") means every post; a QUERY that begins with - stands
    after --.

    Options for a facet may be repeated: posts with any of the values are found.
    """
    check_hits(form, limit, page, null=null)
    check_instead(form, count=count, facets=facets, explain=explain)
    watch = _start_watch() if explain else None
    one = count or facets
    asked = read_search(query, options, *((1, 1) if one or form in STREAMED else (page, limit)))
    if watch:
        watch.note("read what was typed")
    with open_archive(root) as archive:
        if count:
            found = _write_count(archive, asked)
        elif facets or form not in STREAMED:
            found = _write_results(archive, asked, form, watch, facets=facets)
        else:
            found = _write_streamed(archive, _hits(archive, asked, page, limit), form, null=null)
    return DONE if found else NOTHING_FOUND


def _start_watch() -> Watch:
    from archivesearch.cli.explaining import Watch

    return Watch()


def _write_count(archive: Archive, asked: Search) -> bool:
    number = archive.search(dataclasses.replace(asked, counted=())).total
    click.echo(number)
    return number > 0


def _write_results(archive: Archive, asked: Search, form: str, watch: Watch | None, *, facets: bool) -> bool:
    answer = _answer(archive, asked, watch)
    found = bool(answer.hits)
    shown = dataclasses.replace(answer, hits=()) if facets else answer
    if form == "json":
        _write_json(asked, shown, watch)
    elif form == "csv":
        terminal.use_utf8()
        sys.stdout.writelines(results.facet_lines(shown.facets))
    else:
        terminal.show(results.counted_rows(asked, shown) if facets else results.results_rows(asked, shown))
        if watch:
            from archivesearch.cli.explaining import explained_rows

            terminal.show(explained_rows(asked, watch))
    return found


def _answer(archive: Archive, asked: Search, watch: Watch | None) -> Results:
    if not watch:
        return archive.search(asked)
    watch.note("opened the archive")
    return archive.search(asked, watch.note)


def _write_json(asked: Search, answer: Results, watch: Watch | None) -> None:
    from archivesearch.answers import as_record, explained_record

    explained = {"explain": explained_record(asked, watch.steps)} if watch else {}
    write_record({**as_record(asked, answer), **explained})


def _hits(archive: Archive, asked: Search, page: int, limit: int) -> Iterator[Mapping[str, Any]]:
    """The hits of a page of `limit` hits (0: of all) as records."""
    from archivesearch.answers import hit_record
    from archivesearch.search import EVERY_HIT

    return map(hit_record, archive.hits(dataclasses.replace(asked, page=page, size=limit or EVERY_HIT)))


def _write_streamed(archive: Archive, hits: Iterator[Mapping[str, Any]], form: str, *, null: bool) -> bool:
    if form == "ids":
        return _write_ids(hits, end="\0" if null else "\n")
    return _write_hits(hits, form, archive.settings.address)


def _write_ids(hits: Iterator[Mapping[str, Any]], end: str) -> bool:
    found = False
    for hit in hits:
        sys.stdout.write(hit["id"] + end)
        found = True
    return found


def _write_hits(hits: Iterator[Mapping[str, Any]], form: str, site: str) -> bool:
    terminal.use_utf8()
    if form == "csv":
        sys.stdout.write(lines.csv_line(lines.CSV_COLUMNS))
    write = functools.partial(lines.hit_csv, site=site) if form == "csv" else lines.json_line
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
        return _say_no_post(post_id)
    if form == "json":
        write_record({**post_record(post), "duplicates": [duplicate_record(copy) for copy in copies]})
    else:
        terminal.show(results.post_rows(post, copies))
    return DONE


def _say_no_post(post_id: str) -> int:
    click.echo(f"No post has the ID {terminal.safe(post_id)}. Search for it: each hit has its ID.", err=True)
    return NOTHING_FOUND


@commands.command()
@click.argument("post_id", metavar="ID")
@_limit_option("How many posts.")
@format_option("text", "json", "jsonl")
@click.pass_obj
def similar(root: Path, post_id: str, limit: int, form: str) -> int:
    """List the posts that are most like this one; search prints IDs."""
    from archivesearch.answers import like_record, similar_record

    with open_archive(root) as archive:
        found = archive.around(post_id, limit)
    if found is None:
        return _say_no_post(post_id)
    hits = found.similar
    if form == "json":
        write_record(similar_record(post_id, hits))
    elif form == "jsonl":
        terminal.use_utf8()
        sys.stdout.writelines(lines.json_line(like_record(hit)) for hit in hits)
    else:
        terminal.show(results.similar_rows(hits))
    return DONE if hits else NOTHING_FOUND


@commands.command()
@click.argument("typed")
@_limit_option("How many labels, titles and words, of each.")
@format_option("text", "json")
@click.pass_obj
def suggest(root: Path, typed: str, limit: int, form: str) -> int:
    """Say what may be meant by somebody who has TYPED so far: labels, titles and words."""
    from archivesearch.answers import suggestions_record

    with open_archive(root) as archive:
        suggestions = archive.suggest(typed, limit)
    if form == "json":
        write_record(suggestions_record(typed, suggestions))
    else:
        terminal.show(results.suggestion_rows(suggestions))
    return DONE if suggestions else NOTHING_FOUND


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
        sys.stdout.writelines(map(lines.csv_line, covered_rows.coverage_cells(covered, step or "month")))
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
            sys.stdout.write(lines.json_line(post_record(post)))
    return DONE
