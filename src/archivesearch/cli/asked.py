"""What is asked of `search`: its options, checked against each other and read as a search."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from archivesearch.cli import terminal
from archivesearch.cli.frame import fail
from archivesearch.errors import QueryError

if TYPE_CHECKING:
    from archivesearch.search import Search

MOST_HITS = 100
"""The most hits of an answer that is written as a whole."""

STREAMED = ("jsonl", "csv", "ids")
"""The forms that any number of hits can be written in, one after the other."""


def check_hits(form: str, limit: int, page: int, *, null: bool) -> None:
    """End with a message where these hits cannot be written in this form."""
    if null and form != "ids":
        raise click.UsageError("--null is for --format ids.")
    if form not in STREAMED and not 1 <= limit <= MOST_HITS:
        raise click.UsageError(
            f"--limit must be 1 to {MOST_HITS} here; with --format jsonl, csv or ids it may be any number."
        )
    if page > 1 and not limit:
        raise click.UsageError("--limit 0 means all hits, which are one page: leave out --page, or set a --limit.")


def check_instead(form: str, *, count: bool, facets: bool, explain: bool) -> None:
    """End with a message where what is asked for in the place of hits, or beside them, has no such form."""
    if count and (facets or explain):
        raise click.UsageError("--count says one number and nothing else: leave out --facets and --explain.")
    if facets and form in ("jsonl", "ids"):
        raise click.UsageError("--facets gives no hits to list: use --format text, json or csv.")
    if explain and form not in ("text", "json"):
        raise click.UsageError("--explain stands below an answer for people or in a record: use --format text or json.")


def read_search(typed: str, options: Mapping[str, Any], page: int, size: int) -> Search:
    """The search that these options ask for. Ends with a message where they cannot be read."""
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
        pointer = terminal.point_at(written, error.position or 0, terminal.width_of(sys.stderr))
        fail(str(error), error.exit_code, shown=pointer)
