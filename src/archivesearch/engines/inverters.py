"""Inverters: processes that invert posts, so that a big index is built on all processors.

A process reads chunks of posts from its standard input and writes what `invert` makes of them to its standard output,
until the input ends; so it ends with the process that started it, however that one ends.
"""

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from queue import SimpleQueue
from threading import Thread
from typing import Any

from archivesearch.anew import command, cores
from archivesearch.engines.inverting import Chunk, invert
from archivesearch.errors import EngineError
from archivesearch.posts import Post

CHUNK = 250
"""Posts that are inverted at once: enough to make a sort worth its call, and few in memory."""
ALONE = 4
"""So many chunks are inverted without other processes: starting one takes as long as inverting two chunks."""
AHEAD = 2
"""Chunks that a process is given before the first is taken from it, so that it need not wait for the next."""


def invert_all(posts: Iterable[Post], processes: int | None = None) -> Generator[Chunk, None, None]:
    """The posts inverted, chunk by chunk in their order, however many processes take part (None: one a processor)."""
    source = iter(posts)
    chunks = iter(lambda: list(islice(source, CHUNK)), [])
    first = list(islice(chunks, ALONE + 1))
    number = cores() if processes is None else processes
    if len(first) <= ALONE or number < 2:
        yield from map(invert, chain(first, chunks))
    else:
        yield from _invert_beside(chain(first, chunks), number)


def _invert_beside(chunks: Iterator[list[Post]], number: int) -> Iterator[Chunk]:
    with ExitStack() as stack:
        workers = [_Inverter(stack) for _ in range(number)]
        given: deque[_Inverter] = deque()
        for turn, posts in enumerate(chunks):
            if len(given) == AHEAD * number:
                yield given.popleft().take()
            worker = workers[turn % number]
            worker.give(posts)
            given.append(worker)
        while given:
            yield given.popleft().take()


class _Inverter:
    """A process that inverts; it ends with the stack of contexts it was started in."""

    def __init__(self, stack: ExitStack) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            command(__name__, "serve"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the process that started it, which then ends this one
        )
        stack.callback(self._end)
        self._given: Any = self._process.stdin
        self._taken: Any = self._process.stdout

    def give(self, posts: list[Post]) -> None:
        """Hand over a chunk."""
        try:
            pickle.dump(posts, self._given, pickle.HIGHEST_PROTOCOL)
            self._given.flush()
        except BrokenPipeError as error:
            raise self._lost() from error

    def take(self) -> Chunk:
        """The oldest chunk that was given and not taken yet."""
        try:
            chunk: Chunk = pickle.load(self._taken)  # noqa: S301 - from this program itself
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._lost() from error
        return chunk

    def _lost(self) -> EngineError:
        return EngineError(
            "A process that helped to build the index has ended: the old index stays. Make room in memory, then run "
            "`archivesearch reindex`."
        )

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """Invert what standard input gives until it ends: what a process of `invert_all` does."""
    given: SimpleQueue[list[Post] | None] = SimpleQueue()
    # a thread of its own, so that who gives the next chunk never waits for the answer to this one to be taken
    Thread(target=_read, args=(given,), daemon=True).start()
    while (posts := given.get()) is not None:
        pickle.dump(invert(posts), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


def _read(given: "SimpleQueue[list[Post] | None]") -> None:
    try:
        while True:
            given.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from this program itself
    except EOFError:
        given.put(None)
