"""What the command line says of imports: what one did or would do, and the history of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archivesearch.cli.terminal import Row, row
from archivesearch.said import say_number, say_posts

if TYPE_CHECKING:
    from archivesearch.catalog import Import
    from archivesearch.dumps import Rejected
    from archivesearch.folding import PostChange
    from archivesearch.importing import DumpReport, ImportReport

MOST_DUMPS = 40
"""Dumps that are listed one by one; of more (a mirror has thousands) each format and state is one line."""

PLACES = 3
"""Places of entries rejected for one reason that are named."""

_HEAD = ("dump", "format", "state", "entries", "posts", "duplicates", "rejected")


def import_rows(report: ImportReport) -> Iterator[Row]:
    """What an import did, or would do, for people; unreadable dumps are for `unreadable_rows`."""
    yield from _table(_dump_lines([dump for dump in report.dumps if dump.state != "unreadable"]))
    yield from _rejected_rows(report.rejected)
    for stale in report.stale:
        yield row(("without effect", "alarm"), f" in corrections.toml: {stale}.")
    if report.dry:
        yield from (_change_row(change) for change in report.posts)
    changes = f"{report.new} new, {report.changed} changed, {report.removed} removed"
    yield row((f"{say_posts(report.total)} in the archive", "strong"), f": {changes}.")
    if report.doubtful:
        doubtful = f"{say_posts(report.doubtful)} may begin or end at the wrong place"
        yield row(f"{doubtful}: archivesearch review lists them.")
    if report.dry:
        yield row(("This was a dry run", "strong"), ": nothing was changed. Leave out --dry-run to import.")
    else:
        yield row((f"digest {report.digest}", "quiet"))


def _dump_lines(dumps: Sequence[DumpReport]) -> Iterator[tuple[str, ...]]:
    """A line for each dump, or for each format and state where there are many."""
    if len(dumps) <= MOST_DUMPS:
        for dump in dumps:
            yield (dump.name, *_numbers(dump.reader or "-", dump.state, [dump]))
        return
    alike: dict[tuple[str, str], list[DumpReport]] = defaultdict(list)
    for dump in dumps:
        alike[dump.reader or "-", dump.state].append(dump)
    for (reader, state), group in sorted(alike.items()):
        yield (say_number(len(group), "dump"), *_numbers(reader, state, group))


def _numbers(reader: str, state: str, dumps: Iterable[DumpReport]) -> tuple[str, ...]:
    counted = [(dump.entries, dump.posts, dump.duplicates, dump.rejected) for dump in dumps]
    return (reader, state, *(f"{sum(numbers):,}" for numbers in zip(*counted, strict=True)))


def _table(lines: Iterable[tuple[str, ...]]) -> Iterator[Row]:
    """Columns that stand below each other, words to the left and numbers to the right."""
    rows = [_HEAD, *lines]
    widths = [max(len(line[column]) for line in rows) for column in range(len(_HEAD))]
    for number, line in enumerate(rows if len(rows) > 1 else []):
        cells = [
            cell.ljust(width) if column < 3 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text = "  ".join(cells)
        yield row(text) if number else row((text, "quiet"))


def _rejected_rows(rejected: Iterable[Rejected]) -> Iterator[Row]:
    """Each reason why entries were rejected, with their number and the first places."""
    reasons: dict[str, list[Rejected]] = defaultdict(list)
    for each in rejected:
        reasons[each.reason].append(each)
    for reason, entries in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        places = list(dict.fromkeys(f"{each.dump}, line {each.line}" if each.line else each.dump for each in entries))
        more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
        shown = f"({'; '.join(places[:PLACES])}{more})"
        yield row((f"rejected {len(entries)}", "alarm"), f": {reason} ", (shown, "quiet"))


def _change_row(change: PostChange) -> Row:
    doubtful = " (doubtful)" if change.doubtful else ""
    copies = "".join(f"; again in {copy}" for copy in change.copies)
    title = change.title or "(without a title)"
    return row(f"{change.state}{doubtful} ", (title, "strong"), (f"  {change.id}{copies}", "quiet"))


def unreadable_rows(dumps: Iterable[DumpReport]) -> Iterator[Row]:
    """The dumps that no reader could read, each with its reason."""
    for dump in dumps:
        if dump.state == "unreadable":
            yield row(("NOT READ", "alarm"), f": {dump.reason}")


def import_record(report: ImportReport) -> Mapping[str, Any]:
    """What an import did as what JSON can hold: every dump, every rejected entry, every post that is not as before."""
    return asdict(report)


def history_rows(imports: Iterable[Import]) -> Iterator[Row]:
    """The history of imports, for people."""
    for each in imports:
        changes = f"{each.new} new, {each.changed} changed, {each.removed} removed"
        told = f"{each.at}  {say_number(each.dumps, 'dump')} read: {changes}; {say_posts(each.posts)} then"
        yield row(told, head=f"{each.number:>4}  ")
