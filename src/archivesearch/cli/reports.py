"""What the command line says of the archive itself: imports, duplicates, doubts, status, problems."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archivesearch.cli.results import copy_in_words
from archivesearch.cli.terminal import Row, row
from archivesearch.said import say_number, say_posts

if TYPE_CHECKING:
    from archivesearch.archive import Status
    from archivesearch.dedupe import Duplicate
    from archivesearch.doubts import Doubt
    from archivesearch.soundness import Problem


def doubt_rows(doubts: Sequence[Doubt]) -> Iterator[Row]:
    """Every doubt with the entries of corrections.toml to choose from, for people."""
    from archivesearch.corrections_toml import to_toml

    for doubt in doubts:
        yield from question_rows(doubt)
        for choice in doubt.choices:
            yield row((f"# {choice.words}", "quiet"), head="    ")
            for line in to_toml(choice.entry).splitlines():
                yield row(line, head="    ")
        if not doubt.choices:
            yield row(("nothing that can be written decides it: look at the dump", "quiet"), head="    ")
        yield row()
    if doubts:
        kinds = Counter(doubt.kind for doubt in doubts)
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        yield row((say_number(len(doubts), "doubt"), "strong"), f": {told}. {_DECIDE}")
    else:
        yield row("Nothing is doubtful.")


_DECIDE = (
    "Paste one entry of each into corrections.toml, or answer archivesearch review --interactive; then run"
    " archivesearch import."
)


def question_rows(doubt: Doubt) -> Iterator[Row]:
    """What is doubtful, where, and why, for people."""
    said = f"{doubt.kind}, certainty {doubt.certainty:.2f}: "
    yield row(said, (doubt.title or "(without a title)", "strong"), (f"  {doubt.post}", "quiet"))
    yield row(f"{doubt.dump}, line {doubt.line}: “{doubt.words}”", head="  ")
    yield row(doubt.reason, head="  ")


def doubt_record(doubt: Doubt) -> dict[str, Any]:
    """The doubt as what JSON can hold, with each choice as the text to paste."""
    from archivesearch.corrections_toml import to_toml

    choices = [{"words": choice.words, "toml": to_toml(choice.entry)} for choice in doubt.choices]
    return {**asdict(doubt), "choices": choices}


def duplicate_rows(copies: Iterable[Duplicate]) -> Iterator[Row]:
    """Every further copy below the post that has it, for people."""
    listed = list(copies)
    for (of, title), found in itertools.groupby(listed, key=lambda copy: (copy.of, copy.title)):
        yield row((of, "quiet"), "  ", (title or "(without a title)", "strong"))
        for copy in found:
            yield row(f"{copy.provenance.dump}, line {copy.provenance.line}: {copy_in_words(copy)}", head="  ")
    yield row((say_number(len(listed), "duplicate"), "strong"), " in the archive.")


def status_rows(status: Status) -> Iterator[Row]:
    """How the archive stands, for people."""
    days = f"{status.first} to {status.last}" if status.first else "no dated post"
    facts = {
        "posts": f"{status.posts}, from {say_number(status.dumps, 'dump')}",
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
