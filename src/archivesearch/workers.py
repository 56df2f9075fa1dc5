"""Worker processes: dumps are untrusted, so they are read where a hang or a crash costs one dump, and on all cores."""

import fcntl
import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar

from archivesearch.anew import command, cores
from archivesearch.dumps import Rejected
from archivesearch.errors import ArchiveSearchError, DumpError
from archivesearch.limits import ADVICE, Limits, say_death
from archivesearch.working import Begun, Ended, Item, Order, Setup, Task, packed, unpacked

A = TypeVar("A")

WORTH = 2 << 20
"""Bytes of dumps that must wait before one more worker is started.

A new one takes 0.3 s to load the readers and up to 1 s more for what they load at their first dump, in which one that
is there already reads 1 MiB and more.
"""

AHEAD = 32
"""Tasks that wait at most: the others are asked for when these are done, and need no memory until then."""

_CHUNK = 1 << 18  # bytes taken from a pipe at once: with one answer that has not come whole, all that is ever held
_PIPE = 1 << 20  # bytes that are on their way at most; without asking it is 64 KiB


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[A]):
    """What came next of the task with this name: some of its items, in their order, or its end, or both.

    Where the task has `ended`, `refused` is the DumpError that ended it, and `broken` says that it ended before its
    time, and why: by an error of another kind, a crash, or a limit. Its reason is the end of a sentence that begins
    with the name. What had come before stands.
    """

    name: str
    items: tuple[A, ...] = ()
    ended: bool = False
    refused: DumpError | None = None
    broken: Rejected | None = None


def items_of(answers: "Iterable[Answer[A]]") -> Iterator[A]:
    """What came of tasks that no dump has a part in. Raises ArchiveSearchError for one that did not come to its end."""
    for answer in answers:
        yield from answer.items
        if answer.refused or answer.broken:
            reason = answer.broken.reason.removesuffix(ADVICE).strip() if answer.broken else str(answer.refused)
            raise ArchiveSearchError(
                f"The import stopped: the work on {answer.name} {reason} Look whether the disk or the memory is full, "
                "then run the same command again."
            )


class Workers:
    """A few worker processes, at most one for each core. Leaving its context ends them, whatever they are doing.

    The first is started at once, and loads the modules named in `loading` while its parent does other things. Further
    ones, up to `most`, come when tasks on more than `worth` bytes wait. Raises ArchiveSearchError, from `run`, where a
    process cannot be started or cannot load what it was given.
    """

    def __init__(
        self, *, loading: Sequence[str] = (), limits: Limits | None = None, most: int | None = None, worth: int = WORTH
    ) -> None:
        self._setup = packed(Setup(limits=limits or Limits(), loading=tuple(loading)))
        self._limits = limits or Limits()
        self._most = most or cores()
        self._worth = worth
        self._given: dict[str, bytes] = {}
        self._coming: Iterator[Task[Any]] = iter(())
        self._waiting: deque[Task[Any]] = deque()
        self._bytes_waiting = 0
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._add_worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers and wait until they are gone."""
        while self._workers:
            self._end(self._workers[-1])
        self._selector.close()

    def give(self, name: str, value: object) -> None:
        """Let tasks that are run from now on find this value under this name; each worker gets it once.

        It is a value that pickle can send, of a class that can be imported.
        """
        self._given[name] = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def run(self, tasks: Iterable[Task[A]]) -> Iterator[Answer[A]]:
        """Do these tasks, begun in their order, and tell what comes of them; of different ones it comes mixed.

        They begin with this call. Only as much is read as is taken: a worker waits while nobody takes its answers. What
        a run has not done when its iterator is closed, or the next run begins, is left undone.
        """
        self._abandon()
        self._coming = iter(tasks)
        self._hand_out()
        return self._answers()

    def offer(self, task: Task[Any]) -> bool:
        """Do this task, too, in the run that goes on, if fewer wait than may; what comes of it comes with the rest."""
        if len(self._waiting) >= AHEAD:
            return False
        self._put_by(task)
        self._hand_out()
        return True

    def _answers(self) -> Iterator[Answer[Any]]:
        try:
            while any(worker.task for worker in self._workers):
                for key, _ in self._selector.select():
                    answer = self._take(key.data)
                    self._hand_out()  # before the answer is looked at, so that no worker waits for that
                    if answer:
                        yield answer
        finally:
            self._abandon()

    def _take(self, worker: "_Worker") -> Answer[Any] | None:
        """What has come from a worker: nothing yet, or some of its answers, or its end."""
        messages = worker.receive()
        items = tuple(message.value for message in messages if isinstance(message, Item))
        if worker.gone:
            return self._bury(worker, items)
        task, ended = worker.task, worker.ended
        if not task or not (items or ended):
            return None
        if not ended:
            return Answer(name=task.name, items=items)
        if ended.fault:
            self._end(worker)
            return Answer(name=task.name, items=items, ended=True, broken=worker.broken(task, ended.fault))
        worker.task = None
        refused = DumpError(ended.refused) if ended.refused else None
        return Answer(name=task.name, items=items, ended=True, refused=refused)

    def _bury(self, worker: "_Worker", items: tuple[Any, ...]) -> Answer[Any] | None:
        """What the end of a worker means for its task. Raises ArchiveSearchError if it never began one."""
        exit_code = self._end(worker)
        task = worker.task
        if task and worker.begun:
            fault = say_death(exit_code, self._limits, task.size)
            return Answer(name=task.name, items=items, ended=True, broken=worker.broken(task, fault))
        if not worker.proved:
            raise ArchiveSearchError(
                f"A process that reads dumps could not begin (exit code {exit_code}). Its own words stand above, or "
                "the system ended it: make room in memory and try again, or install archivesearch anew."
            )
        if task:  # it ended between two dumps: what comes next is not the cause
            self._waiting.appendleft(task)
            self._bytes_waiting += task.size
        return None

    def _hand_out(self) -> None:
        """Give tasks to those who have none; have one more worker where that pays."""
        for task in islice(self._coming, max(0, AHEAD - len(self._waiting))):
            self._put_by(task)
        for worker in self._workers:
            self._give_task(worker)
        if self._waiting and (not self._workers or self._another_pays()):
            self._give_task(self._add_worker())

    def _put_by(self, task: Task[Any]) -> None:
        self._waiting.append(task)
        self._bytes_waiting += task.size

    def _another_pays(self) -> bool:
        """They come one after the other: starting two at once would hold up the one that reads."""
        proved = all(worker.proved for worker in self._workers)
        return proved and len(self._workers) < self._most and self._bytes_waiting > self._worth

    def _give_task(self, worker: "_Worker") -> None:
        if self._waiting and not worker.task:
            task = self._waiting.popleft()
            self._bytes_waiting -= task.size
            worker.order(task, self._given)

    def _add_worker(self) -> "_Worker":
        worker = _Worker(self._setup)
        self._workers.append(worker)
        self._selector.register(worker.answers, selectors.EVENT_READ, worker)
        return worker

    def _end(self, worker: "_Worker") -> int:
        self._workers.remove(worker)
        self._selector.unregister(worker.answers)
        return worker.end()

    def _abandon(self) -> None:
        self._coming = iter(())
        self._waiting.clear()
        self._bytes_waiting = 0
        for worker in [worker for worker in self._workers if worker.task]:
            self._end(worker)


class _Worker:
    """One process as its parent sees it.

    It has `begun` its task once it has all it needs for it, is `proved` if it has ever begun one, and `gone` when no
    more can come from it.
    """

    def __init__(self, setup: bytes) -> None:
        self.task: Task[Any] | None = None
        self.begun = self.proved = self.gone = False
        self.ended: Ended | None = None
        self._items = 0
        self._held: dict[str, bytes] = {}
        self._buffer = bytearray()
        self._process = _start()
        self._send(setup)

    @property
    def answers(self) -> int:
        """Where its answers can be read."""
        return _pipe(self._process.stdout).fileno()

    def order(self, task: Task[Any], given: Mapping[str, bytes]) -> None:
        """Have a task done, and let it have what it does not hold yet."""
        self.task, self.begun, self.ended, self._items = task, False, None, 0
        self._send(packed(Order(task=task, given={n: v for n, v in given.items() if self._held.get(n) is not v})))
        self._held = dict(given)

    def receive(self) -> list[Any]:
        """The messages that have come, without waiting for those that have not come whole."""
        content = os.read(self.answers, _CHUNK)
        self.gone = not content
        self._buffer += content
        messages = list(unpacked(self._buffer))
        for message in messages:
            match message:
                case Begun():
                    self.begun = self.proved = True
                case Item():
                    self._items += 1
                case Ended():
                    self.ended = message
        return messages

    def broken(self, task: Task[Any], reason: str) -> Rejected:
        """The entry that stands for all that was not read."""
        entry = f"all that follows entry {self._items}" if self._items else "all of it"
        return Rejected(dump=task.name, entry=entry, reason=reason)

    def end(self) -> int:
        """End the process, if it has not ended by itself, and tell its exit code."""
        if not self.gone:
            self._process.kill()
        exit_code = self._process.wait()
        _pipe(self._process.stdin).close()
        _pipe(self._process.stdout).close()
        return exit_code

    def _send(self, message: bytes) -> None:
        rest = memoryview(message)
        with suppress(BrokenPipeError):  # that it is gone shows where its answers come from, with the reason
            while rest:
                rest = rest[os.write(_pipe(self._process.stdin).fileno(), rest) :]


def _start() -> "subprocess.Popen[bytes]":
    """A process of its own, not a copy of this one: that could inherit locks of its threads, and its open files."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until it has learnt to ignore Ctrl-C
    try:
        process = subprocess.Popen(  # noqa: S603  this Python and a text of our own
            command("archivesearch.working", "work"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if sys.__stderr__ else subprocess.DEVNULL,
            bufsize=0,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for pipe in (process.stdin, process.stdout):
        _widen(_pipe(pipe))
    return process


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more, where the system can do that: a worker goes on while its parent writes to the disk."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # more than this user may have
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError("a worker is started with pipes")
    return pipe
