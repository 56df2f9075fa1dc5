"""What the command line writes: text for people, safe for a terminal, and JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from archivesearch.archive import Status
    from archivesearch.importing import DumpReport, ImportReport
    from archivesearch.posts import Post, Provenance
    from archivesearch.search import FacetCount, FacetName, Fragment, Hit, Results, Search
    from archivesearch.soundness import Problem

Style = Literal["plain", "strong", "match", "quiet", "alarm"]
_RICH_STYLES: Mapping[Style, str] = {
    "plain": "",
    "strong": "bold cyan",
    "match": "bold yellow",
    "quiet": "dim",
    "alarm": "bold red",
}

# C0 and C1 with DEL; the bidirectional controls of Unicode (UAX 9) and the deprecated format characters that follow
# them; the interlinear annotation characters; lone surrogates, which no encoding can carry.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""

NARROWEST = 20
"""Columns that wrapped text takes at least, on a terminal however narrow: a long word still fits."""

CSV_COLUMNS = ("id", "title", "published", "labels", "countries", "language", "score", "snippet")

FACET_VALUES = 8
"""How many values of a facet stand under the hits; picked ones stand there in any case."""

Progress = Callable[[str, int, int], None]


def safe(text: str) -> str:
    """The text as one line that a terminal only shows and never obeys.

    Line breaks and tabs become spaces; escape sequences lose the character that starts them, and control characters
    and the controls of writing direction are left out.
    """
    return _STEERING.sub("", _BREAKS.sub(" ", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line for people: pieces of text, each with its style, behind a head that stands in a column of its own."""

    head: str = ""
    pieces: tuple[tuple[str, Style], ...] = ()

    @property
    def text(self) -> str:
        """The row as plain text that is safe for a terminal."""
        return safe(self.head + "".join(text for text, _ in self.pieces)).rstrip()


def row(*pieces: str | tuple[str, Style], head: str = "") -> Row:
    """A row of these pieces; a piece without a style is plain."""
    styled: tuple[tuple[str, Style], ...] = tuple(
        (piece, "plain") if isinstance(piece, str) else piece for piece in pieces
    )
    return Row(head=head, pieces=styled)


def show(rows: Iterable[Row]) -> None:
    """Print rows on standard output: styled and wrapped on a terminal, each as one plain line in a pipe or a file."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a locale without some character is no reason to stop
    if sys.stdout.isatty():
        _show_styled(rows)
        return
    for each in rows:
        sys.stdout.write(each.text + "\n")


def _show_styled(rows: Iterable[Row]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    for each in rows:
        head = safe(each.head)
        text = Text.assemble(*((safe(piece), _RICH_STYLES[style]) for piece, style in each.pieces))
        lines = text.wrap(console, max(NARROWEST, console.width - len(head)))
        for number, line in enumerate(lines or [text]):
            line.rstrip()
            margin = " " * len(head) if number else head
            console.print(Text.assemble((margin, _RICH_STYLES["strong"]), line), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A bar on the terminal that follows long work, gone when the work ends; None where no terminal shows it."""
    if not sys.stdout.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn

    console = Console(file=sys.stdout)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    try:
        with Bars(*columns, console=console, transient=True) as bars:
            task = bars.add_task("", total=None)
            yield lambda stage, done, of: bars.update(task, description=safe(stage), completed=done, total=of or None)
    finally:
        console.show_cursor()  # Ctrl-C while the bar is being put up would leave the terminal without one


def use_utf8() -> None:
    """Make standard output UTF-8 whatever the locale says, as JSON and CSV are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def as_json(record: object, *, indent: int | None = None) -> str:
    r"""The record as JSON, its characters as they are but for those that steer a terminal, written as \uXXXX.

    A parser reads the same value either way.
    """
    written = json.dumps(record, ensure_ascii=False, indent=indent)
    return _STEERING.sub(lambda match: "\n" if match[0] == "\n" else f"\\u{ord(match[0]):04x}", written)


def csv_line(cells: Iterable[object]) -> str:
    """The cells as one record of a CSV file (RFC 4180, but for the line break, which is a newline).

    None is an empty cell, a list is joined by "; ". A text that a spreadsheet would run as a formula gets a ' before.
    """
    file = io.StringIO()
    # only with both characters in the line terminator do all versions of csv quote a cell that holds one of them
    csv.writer(file, lineterminator="\r\n").writerow([_csv_cell(cell) for cell in cells])
    return file.getvalue().removesuffix("\r\n") + "\n"


def _csv_cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        value = "; ".join(value)
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value


def hit_csv(record: Mapping[str, Any]) -> str:
    """A hit, as `answers.as_record` gives it, as one record of a CSV file with the columns CSV_COLUMNS."""
    return csv_line(record[column] for column in CSV_COLUMNS)


def point_at(typed: str, position: int) -> str:
    """Two lines that show what was typed and point at the place `position` (in characters) in it."""
    before = safe(typed[:position])
    return f"  {safe(typed)}\n  {' ' * _columns(before)}^"


def _columns(text: str) -> int:
    widths = (0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return sum(widths)


def say_search(search: Search) -> str:
    """The search in words: how the query was read, and the filters."""
    from archivesearch.query import say

    filters = [f"{facet} {' or '.join(values)}" for facet, values in search.chosen.items()]
    since = f"from {search.since}" if search.since else ""
    until = f"to {search.until}" if search.until else ""
    return ", ".join(filter(None, (say(search.query), *filters, since, until)))


def results_rows(search: Search, results: Results) -> Iterator[Row]:
    """The hits of one page and the facet counts, for people."""
    said = say_search(search)
    if not results.total:
        yield row(("Nothing found", "strong"), f": {said}. Try fewer words or fewer filters.")
        return
    yield row((f"{results.total} found", "strong"), f": {said}.")
    first = (search.page - 1) * search.size + 1
    for number, hit in enumerate(results.hits, start=first):
        yield row()
        yield from _hit_rows(number, hit)
    yield row()
    yield from facet_rows(results.facets, at_most=FACET_VALUES)
    yield from _paging_rows(search, results, first)


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
        more = f" and {left_out} more (see archivesearch facets)" if left_out else ""
        yield row(*pieces or ["-"], (more, "quiet"), head=name.ljust(width))


def post_rows(post: Post) -> Iterator[Row]:
    """A whole post with the places where it was found, for people."""
    yield row((post.title or "(without a title)", "strong"))
    yield row((_facts(post), "quiet"))
    if post.permalink:
        yield row((post.permalink, "quiet"))
    yield row()
    yield from (row(line) for line in post.text.split("\n"))
    yield row()
    for found in post.provenance:
        yield row((f"found in {found.dump}, line {found.line} ({found.reader})", "quiet"))
        if found.evidence or found.certainty < 1:
            yield row((_say_certainty(found), "quiet"), head="  ")


def _say_certainty(found: Provenance) -> str:
    return f"certainty {found.certainty:.2f}" + (f"; {found.evidence}" if found.evidence else "")


def doubtful_rows(posts: Iterable[Post]) -> Iterator[Row]:
    """The posts that may begin or end at the wrong place: where to look, and why, for people."""
    for post in posts:
        yield row((post.title or "(without a title)", "strong"), f"  {post.id}")
        for found in post.provenance:
            yield row(f"{found.dump}, line {found.line}: ", (_say_certainty(found), "quiet"), head="   ")


def import_rows(report: ImportReport) -> Iterator[Row]:
    """What an import did, dump by dump and in all, for people; unreadable dumps are for `unreadable_rows`."""
    for dump in report.dumps:
        if dump.state != "unreadable":
            yield row(_dump_in_words(dump))
    for rejected in report.rejected:
        place = f"{rejected.dump}, line {rejected.line}" if rejected.line else rejected.dump
        yield row(("rejected", "alarm"), f" {place}: {rejected.reason}", head="  ")
    changes = f"{report.new} new, {report.changed} changed, {report.removed} removed"
    yield row((f"{say_posts(report.total)} in the archive", "strong"), f": {changes}.")
    if report.doubtful:
        doubtful = f"{say_posts(report.doubtful)} may begin or end at the wrong place"
        yield row(f"{doubtful}: archivesearch review lists them.")
    yield row((f"digest {report.digest}", "quiet"))


def _dump_in_words(dump: DumpReport) -> str:
    if dump.state == "gone":
        return f"{dump.name}: gone"
    duplicates = f"{dump.duplicates} duplicate{_plural(dump.duplicates)}"
    entries = f"{dump.entries} {'entry' if dump.entries == 1 else 'entries'}"
    read = f"{entries}: {say_posts(dump.posts)}, {duplicates}, {dump.rejected} rejected"
    return f"{dump.name} ({dump.reader}): {dump.state}, {read}"


def unreadable_rows(dumps: Iterable[DumpReport]) -> Iterator[Row]:
    """The dumps that no reader could read, each with its reason."""
    for dump in dumps:
        if dump.state == "unreadable":
            yield row(("NOT READ", "alarm"), f": {dump.reason}")


def status_rows(status: Status) -> Iterator[Row]:
    """How the archive stands, for people."""
    days = f"{status.first} to {status.last}" if status.first else "no dated post"
    facts = {
        "posts": f"{status.posts}, from {status.dumps} dump{_plural(status.dumps)}",
        "published": days,
        "duplicates": status.duplicates,
        "rejected": status.rejected,
        "unreadable": ", ".join(status.unreadable) or "0",
        "doubtful": f"{say_posts(status.doubtful)} that may begin or end at the wrong place (archivesearch review)",
        "index": f"{status.index} ({say_posts(status.indexed)} indexed)",
        "digest": status.digest,
    }
    yield from (row(str(fact), head=name.ljust(12)) for name, fact in facts.items())


def problem_rows(problems: Sequence[Problem]) -> Iterator[Row]:
    """What verify found, for people."""
    for problem in problems:
        yield row((problem.kind, "alarm"), f": {problem.message}")
    if not problems:
        yield row("Nothing is lost: catalog and index hold what the dumps hold.")


def say_posts(number: int) -> str:
    """The number with its word: "1 post", "2 posts"."""
    return f"{number} post{_plural(number)}"


def _plural(number: int) -> str:
    return "" if number == 1 else "s"
