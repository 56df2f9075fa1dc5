"""What reading one dump may take of memory and time, held by the system and not by the code that reads."""

import math
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADVICE = "Report this with the file, and remove it from raw/ if it is no dump."

_MEMORY_NOW = Path("/proc/self/statm")  # proc(5): in pages; the sixth number is what RLIMIT_DATA counts, and the stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a worker may take for one dump: `memory` in bytes beside what it had, and time by the dump's size.

    The slowest reader of the real samples takes 1.3 s of computing for a MiB, after 1 s in which it loads what it
    needs. So half a minute and a minute for each MiB is twenty times that and more, on any machine; and a feed of a GiB
    may be read the whole day, but no page of 10 KB for a minute. On a machine that others use too, `patience` times as
    much may pass by the clock. With any of the real samples a worker stays below 160 MiB, and a stream needs no more
    for a GiB than for a MiB, so that a GiB of memory is room for pages many times as long.
    """

    memory: int = 1 << 30
    seconds: float = 30
    seconds_per_mib: float = 60
    patience: float = 5

    def computing(self, size: int) -> int:
        """The seconds of computing for a dump of so many bytes; the system counts whole ones."""
        return math.ceil(self.seconds + self.seconds_per_mib * size / (1 << 20))

    def clock(self, size: int) -> float:
        """The seconds that may pass by the clock for a dump of so many bytes."""
        return self.patience * (self.seconds + self.seconds_per_mib * size / (1 << 20))


def be_bounded() -> None:
    """Make this process one that limits end without a trace, and that keys pressed at the terminal do not reach."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # stopped, its clock would run on
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit(limits: Limits, size: int) -> None:
    """From now on this process may take for a dump of this size what the limits say.

    More memory raises MemoryError, or whatever else the code does where it gets none; more time ends the process by
    SIGXCPU (computing) or SIGALRM (the clock), also where it hangs in a library.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set_soft(resource.RLIMIT_DATA, _memory_now() + limits.memory)
    _set_soft(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + limits.computing(size))
    signal.setitimer(signal.ITIMER_REAL, limits.clock(size))


def unlimit() -> None:
    """Take the limits away, as far as they were not there before."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    _set_soft(resource.RLIMIT_DATA, None)
    _set_soft(resource.RLIMIT_CPU, None)


def say_death(exit_code: int, limits: Limits, size: int) -> str:
    """Why a process ended that was reading a dump of this size, as the end of a sentence that begins with its name.

    `exit_code` is that of `subprocess`, negative for a signal.
    """
    if exit_code == -signal.SIGXCPU:
        return (
            f"takes more than {limits.computing(size):,} seconds of computing, far more than its size needs. {ADVICE}"
        )
    if exit_code == -signal.SIGALRM:
        return f"is not read after {limits.clock(size):,g} seconds, far more than its size needs. {ADVICE}"
    if exit_code == -signal.SIGKILL:
        return (
            "could not be read to its end: the system ended its reader, as when memory is short. Make room, try again."
        )
    how = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return f"made its reader crash ({how}). {ADVICE}"


@contextmanager
def clock_stopped() -> Iterator[None]:
    """The time in here does not count: it is that of whoever takes what was read."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, left)


def _memory_now() -> int:
    """The bytes that the memory limit counts already; none where the system does not tell, and all count as new."""
    if not _MEMORY_NOW.exists():
        return 0
    return int(_MEMORY_NOW.read_text("ascii").split()[5]) * resource.getpagesize()


def _set_soft(kind: int, wanted: int | None) -> None:
    """Set a limit of this process as far as the one that it cannot raise lets it; None: up to that one."""
    _, hard = resource.getrlimit(kind)
    soft = hard if wanted is None else wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (soft, hard))
