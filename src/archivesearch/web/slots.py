"""How many searches are answered at once, how many exports among them, and how many wait a moment for their turn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort

THREADS = 16
SEARCHES_AT_ONCE = 4
"""More would be no faster: they share one core, and hold up each other and the rest."""
EXPORTS_AT_ONCE = 2
"""An export lasts as long as its reader takes to read it: as many places must stay for those who search."""
SEARCHES_IN_LINE = THREADS - 2 - SEARCHES_AT_ONCE
"""Two threads stay free for posts, files and /healthz, however many searches are asked for."""
PATIENCE = 2.0
"""Seconds that a search waits for its place at most: as long as one may take."""


class Slots:
    """Places for what is answered at once, and in the line for one; the request that finds none gets a 503."""

    def __init__(self, number: int, *, in_line: int = 0) -> None:
        self._free = threading.BoundedSemaphore(number)
        self._admitted = threading.BoundedSemaphore(number + in_line)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A place for as long as the block runs."""
        with _acquired(self._admitted, 0), _acquired(self._free, PATIENCE):
            yield

    @contextmanager
    def held_if_free(self) -> Iterator[bool]:
        """Whether there is a place at once, which is then held for as long as the block runs."""
        if not self._free.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._free.release()


@contextmanager
def _acquired(places: threading.Semaphore, patience: float) -> Iterator[None]:
    if not places.acquire(timeout=patience):
        abort(503)
    try:
        yield
    finally:
        places.release()
