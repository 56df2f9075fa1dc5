"""A worker: a process that does tasks on untrusted dumps within limits, one after the other, until its parent is gone.

Messages go through pipes, each with its length before it: orders come by standard input, answers leave by standard
output.
"""

import importlib
import os
import pickle
import struct
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeVar

from archivesearch.errors import DumpError
from archivesearch.limits import ADVICE, Limits, be_bounded, clock_stopped, limit, unlimit
from archivesearch.text import clean, one_line

A_co = TypeVar("A_co", covariant=True)

_LENGTH = struct.Struct(">Q")
_MOST_SAID = 200  # characters of an error's own words


class Task(Protocol[A_co]):
    """Something to do with one dump, or with one file of them. It is a record that pickle can send."""

    @property
    def name(self) -> str:
        """The dump's name."""

    @property
    def size(self) -> int:
        """The dump's bytes, by which its limits are set."""

    def answers(self, given: Mapping[str, Any]) -> Iterator[A_co]:
        """What comes of it, in its order; `given` is what all workers were given. Raises DumpError to refuse a dump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a worker is told first: the limits of each task, and the modules that it loads before the first one."""

    limits: Limits
    loading: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A task, and what the worker has not been given yet, each packed by pickle."""

    task: Task[Any]
    given: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Begun:
    """The worker has all it needs, and what happens now is the dump's doing."""


class Item(NamedTuple):
    """One answer."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a task: `refused` are the words of a DumpError, `fault` says which other error broke it."""

    refused: str = ""
    fault: str = ""


def packed(message: object) -> bytes:
    """The message as it goes through the pipe."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(content)) + content


def unpacked(buffer: bytearray) -> Iterator[Any]:
    """The messages that have come whole; they are taken out of the buffer."""
    start = 0
    while len(buffer) >= start + _LENGTH.size:
        begin = start + _LENGTH.size
        end = begin + _LENGTH.unpack_from(buffer, start)[0]
        if len(buffer) < end:
            break
        yield pickle.loads(bytes(buffer[begin:end]))  # noqa: S301  from a process of our own, that runs our code
        start = end
    del buffer[:start]


def work() -> None:
    """Do what is ordered, for as long as the parent lives."""
    be_bounded()
    answers = open(os.dup(1), "wb", buffering=0)  # noqa: PTH123, SIM115  a pipe, open as long as the process
    os.dup2(2, 1)  # what is printed must not get between the answers
    orders: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    setup: Setup = pickle.loads(orders.get())  # noqa: S301  from the parent
    for module in setup.loading:
        importlib.import_module(module)
    given: dict[str, Any] = {}
    while True:
        order: Order = pickle.loads(orders.get())  # noqa: S301  from the parent
        given |= {name: pickle.loads(content) for name, content in order.given.items()}  # noqa: S301  from the parent
        _be_silent()
        _do(order.task, given, setup.limits, answers)


def _listen(orders: "SimpleQueue[bytes]") -> None:
    """Take orders in, and end this process when no more can come: whatever it is doing, nobody waits for it."""
    with open(0, "rb") as pipe:
        while len(length := pipe.read(_LENGTH.size)) == _LENGTH.size:
            orders.put(pipe.read(_LENGTH.unpack(length)[0]))
    os._exit(0)


def _do(task: Task[Any], given: Mapping[str, Any], limits: Limits, answers: BinaryIO) -> None:
    _send(answers, Begun())
    limit(limits, task.size)
    ended = Ended()
    try:
        for item in task.answers(given):
            # each at once: what came before a crash is kept, and it is the same each time
            with clock_stopped():
                _send(answers, Item(item))
    except DumpError as error:
        ended = Ended(refused=str(error))
    except BaseException as error:
        unlimit()
        _send(answers, Ended(fault=_say(error, limits)))  # and then this process ends: who knows what is left behind
        raise
    unlimit()
    _send(answers, ended)


def _be_silent() -> None:
    """What dumps make libraries print is not for the terminal. What goes wrong before the first dump is: it is seen."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _send(answers: BinaryIO, message: object) -> None:
    rest = memoryview(packed(message))
    while rest:
        rest = rest[answers.write(rest) :]


def _say(error: BaseException, limits: Limits) -> str:
    """What happened, as the end of a sentence that begins with the dump's name."""
    if isinstance(error, MemoryError):
        return f"needs more than {limits.memory >> 20:,} MiB of memory. {ADVICE}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = one_line(clean(f"{type(error).__name__}: {error}"))[:_MOST_SAID]
    return f"made its reader fail ({words}, {os.path.basename(place.filename)} line {place.lineno}). {ADVICE}"  # noqa: PTH119
