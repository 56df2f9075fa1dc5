"""What the command line writes for people, safe for a terminal; text for programs in UTF-8."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

from archivesearch.lines import STEERING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars, TaskID

Style = Literal["plain", "strong", "match", "quiet", "alarm"]

_RICH_STYLES: Mapping[Style, str] = {
    "plain": "",
    "strong": "bold cyan",
    "match": "bold yellow",
    "quiet": "dim",
    "alarm": "bold red",
}

_BREAKS = re.compile("\r\n|[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")

CUT = "…"
"""Stands where something is left out of a line."""

NARROWEST = 20
"""Columns that wrapped text takes at least, on a terminal however narrow: a long word still fits."""

Progress = Callable[[str, int, int], None]


def safe(text: str) -> str:
    """The text as one line that a terminal only shows and never obeys.

    Line breaks and tabs become spaces; escape sequences lose the character that starts them, and control characters
    and the controls of writing direction are left out.
    """
    return STEERING.sub("", _BREAKS.sub(" ", text))


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


class _Follower:
    """One bar at a time, for the stage that work is in: each stage has a rate of its own."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._stage = ""
        self._task: TaskID | None = None

    def follow(self, stage: str, done: int, of: int) -> None:
        if self._task is None or stage != self._stage:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._stage, self._task = stage, self._bars.add_task(safe(stage), total=of or None)
        self._bars.update(self._task, completed=done, total=of or None)


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A bar on the terminal that follows long work, gone when the work ends; None where no terminal shows it."""
    if not sys.stdout.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(TextColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    console = Console(file=sys.stdout)
    stages = TextColumn("{task.description}", markup=False)
    columns = (stages, BarColumn(), MofNCompleteColumn(), Rate(""), TimeRemainingColumn())
    try:
        with Bars(*columns, console=console, transient=True) as bars:
            yield _Follower(bars).follow
    finally:
        console.show_cursor()  # Ctrl-C while the bar is being put up would leave the terminal without one


def use_utf8() -> None:
    """Make standard output UTF-8 whatever the locale says, as JSON and CSV are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def width_of(stream: TextIO) -> int | None:
    """How many columns the terminal has that this stream writes to; None where it is none, or does not say it."""
    if not stream.isatty():
        return None
    return shutil.get_terminal_size(os.get_terminal_size(stream.fileno())).columns or None


def wrapped(text: str, width: int | None) -> list[str]:
    """The text, safe for a terminal, in lines of so many columns, or in one line; no word is cut."""
    line = safe(text)
    if width is None or len(line) <= width:
        return [line]
    return textwrap.wrap(line, max(NARROWEST, width), break_long_words=False, break_on_hyphens=False)


def point_at(typed: str, position: int, width: int | None = None) -> str:
    """Two lines that show what was typed and point at the place `position` (in characters) in it.

    Of what is wider than `width` columns what is near to the place stands there, "…" where it is cut.
    """
    before, after = safe(typed[:position]), safe(typed[position:])
    if width is not None:
        before, after = _around(before, after, max(NARROWEST, width) - len("  "))
    return f"  {before}{after}\n  {' ' * _columns(before)}^"


def _around(before: str, after: str, room: int) -> tuple[str, str]:
    """The end of one and the beginning of the other that have room beside each other."""
    needed = max(1, _columns(after))  # the place can be behind all
    # two parts of the room before the place and one behind it: what was typed before explains more
    before = _beginning(before[::-1], max(room - needed, room * 2 // 3))[::-1]
    return before, _beginning(after, room - _columns(before))


def _beginning(text: str, room: int) -> str:
    ends = list(itertools.accumulate(map(_width, text)))
    return text if not ends or ends[-1] <= room else text[: bisect_right(ends, room - len(CUT))] + CUT


def _columns(text: str) -> int:
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
