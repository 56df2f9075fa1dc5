"""What was done to answer a search, and the time that each step of it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archivesearch.cli.terminal import Row, row

if TYPE_CHECKING:
    from archivesearch.search import Search


class Watch:
    """Keeps what it is told, each with the milliseconds since what it was told before, or since it was made."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float]] = []
        self._last = time.perf_counter()

    def note(self, what: str) -> None:
        """Take down what has just been done."""
        now = time.perf_counter()
        self.steps.append((what, (now - self._last) * 1000))
        self._last = now


def explained_rows(search: Search, watch: Watch) -> Iterator[Row]:
    """How the query was read, what was done, and how long it took, for people."""
    from archivesearch.query import say, to_text

    yield row()
    yield row(("Explained", "strong"))
    yield row(say(search.query), head="read as  ")
    yield row(to_text(search.query), head="written  ")
    for what, ms in (*watch.steps, ("in all", sum(ms for _, ms in watch.steps))):
        yield row(what, head=f"{ms:9,.1f} ms  ")
