"""Asking about doubts on a terminal, one after the other; each answer is written at once."""

from __future__ import annotations

import io
import select
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivesearch.cli.reports import question_rows
from archivesearch.cli.terminal import Row, row, show
from archivesearch.errors import CorrectionsError

if TYPE_CHECKING:
    from archivesearch.corrections import Entry
    from archivesearch.doubts import Doubt

TYPED = {"date": "2019, 2019-05 or 2019-05-03", "countries": "English names with commas between them"}
"""The kinds of doubts whose answer can be typed, and how."""


class _End(Exception):
    """Nobody answers any more."""


def ask(doubts: Sequence[Doubt], decide: Callable[[Entry, str], None]) -> None:
    """Ask about each doubt, give the answers to `decide` with a comment, and say what to do next.

    Ends with the last doubt, with q, with the end of the input, or with Ctrl-C: what was decided before stays.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # what is typed in another encoding is no answer, and no reason to stop
    written = 0
    try:
        for number, doubt in enumerate(doubts, start=1):
            show(_rows(doubt, f"{number} of {len(doubts)}"))
            written += _answer(doubt, decide)
    except _End:
        show([row()])
    show(_closing_rows(written, found=bool(doubts)))


def _rows(doubt: Doubt, place: str) -> Iterator[Row]:
    """The question, with what to look at and what can be answered."""
    yield row((place, "quiet"))
    yield from question_rows(doubt)
    yield from (row((line, "quiet"), head="    ") for line in doubt.context)
    for number, choice in enumerate(doubt.choices, start=1):
        yield row(choice.words, head=f"  {number}  ")
    if doubt.kind in TYPED:
        yield row(f"type it: {TYPED[doubt.kind]}", head="  t  ")
    yield row("skip, ask again next time", head="  s  ")
    yield row("quit", head="  q  ")


def _answer(doubt: Doubt, decide: Callable[[Entry, str], None]) -> bool:
    """Whether the person decided; asks until there is an answer that can be understood and written."""
    while True:
        typed = _read("Your choice: ").lower()
        if typed == "q":
            raise _End
        if typed == "s":
            return False
        entry = _chosen(doubt, typed)
        if entry is None:
            continue
        try:
            decide(entry, f"{doubt.title}: {doubt.reason}")
        except CorrectionsError as error:
            show([row(("not written", "alarm"), f": {error}")])
        else:
            return True


def _chosen(doubt: Doubt, typed: str) -> Entry | None:
    """The entry that was chosen or typed; None, and it is said why, where that cannot be told."""
    if typed == "t" and doubt.kind in TYPED:
        from archivesearch.doubts import read_typed

        read = read_typed(doubt, _read(f"{TYPED[doubt.kind]}: "))
        if not isinstance(read, str):
            return read
        show([row(read)])
    elif typed.isdecimal() and 1 <= int(typed) <= len(doubt.choices):
        return doubt.choices[int(typed) - 1].entry
    else:
        show([row(f"Type {_say_keys(doubt)}, then Enter.")])
    return None


def _say_keys(doubt: Doubt) -> str:
    numbers = [str(number) for number in range(1, len(doubt.choices) + 1)]
    return ", ".join([*numbers, *["t"] * (doubt.kind in TYPED), "s"]) + " or q"


def _read(prompt: str) -> str:
    try:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        select.select([sys.stdin], [], [])  # input() would miss a Ctrl-C that comes just before it begins to wait
        line = sys.stdin.readline()
    except KeyboardInterrupt as end:
        raise _End from end
    if not line:
        raise _End
    return line.strip()


def _closing_rows(written: int, *, found: bool) -> Iterator[Row]:
    if not found:
        yield row("Nothing is doubtful.")
    elif written:
        number = f"{written} decision{'' if written == 1 else 's'}"
        yield row((f"{number} written to corrections.toml", "strong"), ": run archivesearch import.")
    else:
        yield row("Nothing was decided.")
