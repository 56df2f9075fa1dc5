"""What benchmarks have in common: they tell how far they are, and what memory they hold."""

import contextlib
import sys
from pathlib import Path


def say(text: str) -> None:
    """Print now, so that a long run shows how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def used_memory() -> float:
    """What this process holds of the memory now (VmRSS), in MiB; NaN where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return float("nan")
