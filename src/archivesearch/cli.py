"""The command line: each command is one call of the archive, its answer written for people or for programs."""

from __future__ import annotations

import dataclasses
import itertools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from archivesearch import terminal
from archivesearch.errors import ArchiveSearchError, QueryError

if TYPE_CHECKING:
    from archivesearch.archive import Archive
    from archivesearch.search import Search

_Command = TypeVar("_Command", bound=Callable[..., Any])

DONE = 0
NOTHING_FOUND = 1
NOT_ALL_READ = 1
REBUILD = 1
DATA_PROBLEM = 2
SYSTEM_ERROR = 8
INTERRUPTED = 130
"""128 and SIGINT's number, as shells count an end by Ctrl-C."""
OUTPUT_CLOSED = 141
"""128 and SIGPIPE's number, as shells count a program whose reader, such as head, has gone."""

STEP = 100
"""The most hits of one answer of the archive; a larger --limit is fetched in steps of it."""

EXIT_CODES = """\b
Exit codes:
  0  found; done; fine
  1  search, show: nothing found
     import: a whole dump could not be read (the others were imported)
     verify: the index must be rebuilt
  2  wrong use, or a query or an option that cannot be read
     verify: posts or dumps are damaged or missing
  3  another error that its message explains
  4  archive.toml holds something that cannot be
  5  a dump cannot be read
  6  there is no index, or it is outdated or damaged
  7  the catalog is damaged, locked or of another version
  8  the system refused: disk full, no permission, port taken
  130 after Ctrl-C, 141 when the reader of the output has gone
"""


class _Commands(click.Group):
    """A group whose commands return their exit codes, and end in one sentence and a documented one if stopped."""

    def invoke(self, context: click.Context) -> NoReturn:
        try:
            exit_code: int = super().invoke(context)
            sys.stdout.flush()
        except ArchiveSearchError as error:
            _fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            _forget_output()
            _fail("Interrupted. What was finished is kept; run the same command again to do the rest.", INTERRUPTED)
        except BrokenPipeError:
            _forget_output()
            raise click.exceptions.Exit(OUTPUT_CLOSED) from None
        except OSError as error:
            _forget_output()
            _fail(_explain(error), SYSTEM_ERROR)
        raise click.exceptions.Exit(exit_code)


def _fail(message: str, exit_code: int) -> NoReturn:
    for line in f"Error: {message}".split("\n"):
        click.echo(terminal.safe(line), err=True)
    raise click.exceptions.Exit(exit_code)


def _explain(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}. Make room or give permission, and run the command again."


def _forget_output() -> None:
    """Let what is still buffered go nowhere: Python flushes standard output once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--archive",
    "root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="ARCHIVESEARCH_ARCHIVE",
    show_envvar=True,
    default=".",
    help="The archive's folder.  [default: the current folder]",
)
@click.pass_context
def commands(context: click.Context, /, root: Path) -> None:
    """A searchable archive for the raw dumps that a blog leaves behind.

    The archive is a folder: dumps lie in its raw/, and `archivesearch import` makes them searchable.
    """
    context.obj = root


def main() -> None:
    """Run the command line with the arguments of the process and end the process with a documented exit code."""
    if sys.stdout is None:  # closed by the shell: nobody would get the answer
        sys.exit(SYSTEM_ERROR)
    commands(prog_name="archivesearch")


def _open(root: Path) -> Archive:
    from archivesearch.archive import Archive

    return Archive.open(root)


FORM_HELP = "Form of the output."


def _format(*forms: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=FORM_HELP
    )


@commands.command("import")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def import_(root: Path, paths: tuple[Path, ...]) -> int:
    """Read dumps and make their posts searchable.

    Each PATH is a dump or a folder of dumps and is first copied into the archive's raw/; then all that lies in raw/ is
    imported. To import the same dumps twice changes nothing.
    """
    with _open(root) as archive, terminal.progress() as progress:
        report = archive.import_dumps(paths, progress=progress)
    terminal.show(terminal.import_rows(report))
    unreadable = [dump for dump in report.dumps if dump.state == "unreadable"]
    sys.stdout.flush()
    for each in terminal.unreadable_rows(unreadable):
        click.echo(each.text, err=True)
    return NOT_ALL_READ if unreadable else DONE


@commands.command()
@click.argument("query")
@click.option("--country", multiple=True, help="Posts about this country; none: not about one country.")
@click.option("--year", multiple=True, help="Posts of this year; none: undated.")
@click.option("--label", multiple=True, help="Posts with this label; none: without label.")
@click.option("--language", multiple=True, help="Posts in this language (en, nl ...); none: not known.")
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
    help="How many hits: 1 to 100; in jsonl and csv any number, 0 for all.",
)
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which --limit hits.")
@_format("text", "json", "jsonl", "csv")
@click.pass_obj
def search(root: Path, /, query: str, limit: int, page: int, form: str, **options: Any) -> int:
    """Find posts by words and facets.

    A QUERY is made of words, which must all be in the post in any of their forms, "exact phrases", -words and
    -"phrases" that must not be there, OR, and (groups). An empty QUERY ("") means every post; a QUERY that begins with
    - stands after --.

    Options for a facet may be repeated: posts with any of the values are found.
    """
    streamed = form in ("jsonl", "csv")
    if not streamed and not 1 <= limit <= STEP:
        raise click.UsageError(f"--limit must be 1 to {STEP} here; with --format jsonl or csv it may be any number.")
    if page > 1 and not limit:
        raise click.UsageError("--limit 0 means all hits, which are one page: leave out --page, or set a --limit.")
    asked = _read_search(query, options, *((1, STEP) if streamed else (page, limit)))
    with _open(root) as archive:
        if streamed:
            found = _write_hits(_hits(archive, asked, page, limit), form)
        else:
            found = _write_results(archive, asked, form)
    return DONE if found else NOTHING_FOUND


def _read_search(typed: str, options: Mapping[str, Any], page: int, size: int) -> Search:
    from archivesearch.params import from_params

    names = {"since": "from", "until": "to"}
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
        _fail(f"{error}\n{terminal.point_at(written, error.position)}", error.exit_code)


def _write_results(archive: Archive, asked: Search, form: str) -> bool:
    from archivesearch.answers import as_record

    results = archive.search(asked)
    if form == "json":
        _write_record(as_record(asked, results))
    else:
        terminal.show(terminal.results_rows(asked, results))
    return bool(results.hits)


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
        results = archive.search(step)
        yield from as_record(step, results)["hits"]
        if number * STEP >= results.total:
            return


def _write_hits(hits: Iterator[Mapping[str, Any]], form: str) -> bool:
    terminal.use_utf8()
    if form == "csv":
        sys.stdout.write(terminal.csv_line(terminal.CSV_COLUMNS))
    write = terminal.hit_csv if form == "csv" else lambda hit: terminal.as_json(hit) + "\n"
    found = False
    for hit in hits:
        sys.stdout.write(write(hit))
        found = True
    return found


def _write_record(record: object) -> None:
    terminal.use_utf8()
    sys.stdout.write(terminal.as_json(record, indent=2) + "\n")


@commands.command()
@click.argument("post_id", metavar="ID")
@_format("text", "json")
@click.pass_obj
def show(root: Path, post_id: str, form: str) -> int:
    """Show a whole post and where it was found; search prints IDs."""
    from archivesearch.answers import post_record

    with _open(root) as archive:
        post = archive.post(post_id)
    if post is None:
        click.echo(f"No post has the ID {terminal.safe(post_id)}. Search for it: each hit has its ID.", err=True)
        return NOTHING_FOUND
    if form == "json":
        _write_record(post_record(post))
    else:
        terminal.show(terminal.post_rows(post))
    return DONE


@commands.command()
@_format("text", "json")
@click.pass_obj
def review(root: Path, form: str) -> int:
    """List the posts that may begin or end at the wrong place, the most doubtful first."""
    from archivesearch.answers import VERSION, post_record

    with _open(root) as archive:
        doubtful = list(archive.doubtful())
    if form == "json":
        _write_record({"version": VERSION, "posts": [post_record(post) for post in doubtful]})
    elif doubtful:
        terminal.show(terminal.doubtful_rows(doubtful))
    else:
        click.echo("No post is doubtful.")
    return DONE


@commands.command()
@_format("text", "json")
@click.pass_obj
def facets(root: Path, form: str) -> int:
    """List countries, years, labels and languages with counts."""
    from archivesearch.answers import VERSION

    with _open(root) as archive:
        counted = archive.facets()
    if form == "json":
        values = {name: [dataclasses.asdict(count) for count in counts] for name, counts in counted.items()}
        _write_record({"version": VERSION, "facets": values})
    else:
        terminal.show(terminal.facet_rows(counted))
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
    with _open(root) as archive:
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

    with _open(root) as archive:
        serve_page(archive, host, port, announce=_announce)
    return DONE


def _announce(address: str) -> None:
    click.echo(f"The search page is at {address} (Ctrl-C ends it).")


@commands.command()
@click.pass_obj
def reindex(root: Path) -> int:
    """Build the index anew from the catalog."""
    with _open(root) as archive, terminal.progress() as progress:
        number = archive.reindex(progress=progress)
    click.echo(f"{terminal.say_posts(number)} indexed.")
    return DONE


@commands.command()
@_format("text", "json")
@click.pass_obj
def status(root: Path, form: str) -> int:
    """Say what the archive holds and whether its index is up to date."""
    from archivesearch.answers import VERSION

    with _open(root) as archive:
        stands = archive.status()
    if form == "json":
        _write_record({"version": VERSION, **dataclasses.asdict(stands)})
    else:
        terminal.show(terminal.status_rows(stands))
    return DONE


@commands.command()
@click.option("--deep", is_flag=True, help="Also read every dump and every file of the index again.")
@click.pass_obj
def verify(root: Path, deep: bool) -> int:
    """Check that nothing is lost: dumps, catalog and index must agree."""
    with _open(root) as archive:
        problems = archive.verify(deep=deep)
    terminal.show(terminal.problem_rows(problems))
    kinds = {problem.kind for problem in problems}
    return DATA_PROBLEM if "data" in kinds else REBUILD if kinds else DONE
