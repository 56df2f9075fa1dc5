"""What the command line writes for people, safe for a terminal; text for programs in UTF-8."""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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


def point_at(typed: str, position: int) -> str:
    """Two lines that show what was typed and point at the place `position` (in characters) in it."""
    before = safe(typed[:position])
    return f"  {safe(typed)}\n  {' ' * _columns(before)}^"


def _columns(text: str) -> int:
    widths = (0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return sum(widths)
