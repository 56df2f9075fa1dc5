"""How many searches are answered at once, and how many exports among them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort

THREADS = 8
SEARCHES_AT_ONCE = THREADS - 2
"""Two threads stay free for posts, files and /healthz, however many searches are asked for."""


EXPORTS_AT_ONCE = 2
"""An export lasts as long as its reader takes to read it: most places must stay for those who search."""


class Slots:
    """Places for what is answered at once; the request that finds none free is answered with 503."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A place for as long as the block runs."""
        if not self._free.acquire(blocking=False):
            abort(503)
        try:
            yield
        finally:
            self._free.release()
