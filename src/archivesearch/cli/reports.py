"""What the command line says of the archive itself: imports, duplicates, doubts, status, problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivesearch.cli.results import copy_in_words, say_certainty
from archivesearch.cli.terminal import Row, row

if TYPE_CHECKING:
    from archivesearch.archive import Status
    from archivesearch.dedupe import Duplicate
    from archivesearch.importing import DumpReport, ImportReport
    from archivesearch.posts import Post
    from archivesearch.soundness import Problem


def doubtful_rows(posts: Iterable[Post]) -> Iterator[Row]:
    """The posts that may begin or end at the wrong place: where to look, and why, for people."""
    for post in posts:
        yield row((post.title or "(without a title)", "strong"), f"  {post.id}")
        for found in post.provenance:
            yield row(f"{found.dump}, line {found.line}: ", (say_certainty(found), "quiet"), head="   ")


def duplicate_rows(copies: Iterable[Duplicate]) -> Iterator[Row]:
    """Every further copy below the post that has it, for people."""
    listed = list(copies)
    for (of, title), found in itertools.groupby(listed, key=lambda copy: (copy.of, copy.title)):
        yield row((of, "quiet"), "  ", (title or "(without a title)", "strong"))
        for copy in found:
            yield row(f"{copy.provenance.dump}, line {copy.provenance.line}: {copy_in_words(copy)}", head="  ")
    yield row((f"{len(listed)} duplicate{_plural(len(listed))}", "strong"), " in the archive.")


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
