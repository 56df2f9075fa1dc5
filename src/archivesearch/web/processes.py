"""Several processes that serve one page: Python computes on one core a process, and the machine has more."""

import gc
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from archivesearch.anew import command, cores
from archivesearch.archive import Archive
from archivesearch.errors import ArchiveSearchError
from archivesearch.web.clients import ANYBODY, Clients
from archivesearch.web.events import tell_in_lines
from archivesearch.web.serving import address_of, answer, listen

MOST = 4
"""Processes that are started unasked: each has memory of its own for what it holds of the index."""

_PAUSE, _LONG_PAUSE = 1.0, 30.0  # seconds before one is replaced that had begun to answer, and one that never had
_GRACE = 10.0  # seconds: twice what waitress gives the answers that are on their way when it ends
_LINE = 0  # the descriptor on which one of them is tied to its parent: its standard input

_log = logging.getLogger(__name__)


def usual_number() -> int:
    """How many processes serve where nobody says it: one for each core, and no more than MOST."""
    return min(cores(), MOST)


def serve_in_processes(
    root: Path, number: int, host: str, port: int, announce: Callable[[str], None], clients: Clients = ANYBODY
) -> None:
    """Serve the page of the archive in this folder as `serving.serve` does, in so many processes below this one.

    All take their connections from one socket: whichever has time takes the next. One that ends is replaced. They end
    with this process, whatever ends it. Raises ArchiveSearchError, too, where one cannot begin.
    """
    tell_in_lines()
    with listen(host, port) as listening:
        processes: list[_Process] = []
        with _ended_together(processes):
            processes.extend(_Process(root, listening, host, clients) for _ in range(number))
            for process in processes:
                process.expect_begin()
            with suppress(KeyboardInterrupt):
                announce(address_of(listening, host))
                _keep(processes)


def _keep(processes: "Sequence[_Process]") -> NoReturn:
    while True:
        for process in select.select(processes, [], [])[0]:
            if not process.says_begun():
                process.replace()


@contextmanager
def _ended_together(processes: "Sequence[_Process]") -> Iterator[None]:
    """End them however the block is left. SIGTERM and SIGHUP end this process when they are gone, and the port free."""

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        _end(processes)
        signal.raise_signal(number)

    # one that is ignored stays so: nohup does that
    numbers = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in numbers:
            signal.signal(number, end)
        yield
    finally:
        _end(processes)
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _end(processes: "Sequence[_Process]") -> None:
    for process in processes:
        process.tell_to_end()
    for process in processes:
        process.wait()


class _Process:
    """One of the processes as its parent sees it. `select` tells when it has something to say."""

    def __init__(self, root: Path, listening: socket.socket, host: str, clients: Clients) -> None:
        told = [str(root), str(listening.fileno()), host, clients.proxy or "", str(clients.rate)]
        self._command = command(__name__, "answer_as_one", *told)
        self._listening = listening
        self._start()

    def _start(self) -> None:
        """Start it anew and not as a copy, which could inherit locks and open files."""
        self._begun = False
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  this Python and a text of our own
                self._command,
                stdin=theirs.fileno(),
                stderr=None if sys.__stderr__ else subprocess.DEVNULL,
                pass_fds=[self._listening.fileno()],
                process_group=0,  # so that Ctrl-C comes to its parent alone
            )

    def fileno(self) -> int:
        """Where it says that it has begun, and where its end shows."""
        return self._line.fileno()

    def says_begun(self) -> bool:
        """Whether it says that it has begun, or else has ended; until one of them is known this waits."""
        begun = self._line.recv(1) != b""
        self._begun = self._begun or begun
        return begun

    def expect_begin(self) -> None:
        """Wait until it answers. Raises ArchiveSearchError if it ends before."""
        if not self.says_begun():
            raise ArchiveSearchError(
                f"A process of the page could not begin (exit code {self.wait()}). Its own words stand above, or the "
                "system ended it: make room in memory and try again, or serve with fewer --processes."
            )

    def replace(self) -> None:
        """Put another in the place of one that has ended.

        There is a pause before, so that one that ends again and again does not take the time of the others.
        """
        _log.error("A process of the page has ended (exit code %d). Another takes its place.", self.wait())
        self.tell_to_end()
        time.sleep(_PAUSE if self._begun else _LONG_PAUSE)
        self._start()

    def tell_to_end(self) -> None:
        """Let it give the answers that are on their way, and end."""
        self._line.close()

    def wait(self) -> int:
        """Its exit code, once it has ended. It is killed if it does not."""
        try:
            return self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def answer_as_one() -> None:
    """Be one of the processes, from its beginning to its end."""
    gc.set_threshold(50_000)  # as in every process of the command line
    root, number, host, proxy, rate = sys.argv[1:]
    clients = Clients(proxy=proxy or None, rate=int(rate))
    with socket.socket(fileno=int(number)) as listening, Archive.open(Path(root)) as archive:
        answer(archive, listening, host, _begin, clients)


def _begin() -> None:
    main = threading.get_ident()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # at which `answer` ends what it is doing, and returns

    def follow_parent() -> None:
        with suppress(ConnectionResetError):
            os.read(_LINE, 1)  # nothing ever comes: it returns when the parent has closed its end, or is gone
        signal.pthread_kill(main, signal.SIGTERM)

    with suppress(BrokenPipeError):  # gone already: that thread sees it, too
        os.write(_LINE, b".")
    threading.Thread(target=follow_parent, daemon=True).start()
