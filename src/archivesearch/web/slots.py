"""How many searches are answered at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort

THREADS = 8
SEARCHES_AT_ONCE = THREADS - 2
"""Two threads stay free for posts, files and /healthz, however many searches are asked for."""


class Slots:
    """Places for searches; the one that finds none free is answered with 503."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(SEARCHES_AT_ONCE)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A place for as long as the block runs."""
        if not self._free.acquire(blocking=False):
            abort(503)
        try:
            yield
        finally:
            self._free.release()
