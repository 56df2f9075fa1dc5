"""How fast the command line is, as real processes on this machine: `make bench` prints the table of the README.

Times depend on the machine, so each stands beside its ratio to a process that does nothing but load click and Whoosh.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 9


def seconds(command: Sequence[str]) -> float:
    """The wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


@contextmanager
def folder() -> Iterator[str]:
    """An empty archive."""
    with tempfile.TemporaryDirectory() as name:
        yield name


def main() -> None:
    """Print the table: the median of several rounds, which take turns so that a busy moment meets them all."""
    shared = ROOT.parent / "shared" / "dumps"
    dumps = sorted(map(str, (shared if shared.is_dir() else ROOT / "raw").glob("*.txt")))
    program = [sys.executable, "-m", "archivesearch", "--archive"]
    base = [sys.executable, "-c", "import click, whoosh"]
    times: dict[str, list[float]] = {"base": [], "import": [], "again": [], "search": []}
    with folder() as kept:
        seconds([*program, kept, "import", *dumps])
        for _ in range(ROUNDS):
            with folder() as fresh:
                times["import"].append(seconds([*program, fresh, "import", *dumps]))
            times["again"].append(seconds([*program, kept, "import"]))
            times["search"].append(seconds([*program, kept, "search", "social protection", "--format", "json"]))
            times["base"].append(seconds(base))
    medians = {name: statistics.median(values) for name, values in times.items()}
    size = sum(Path(dump).stat().st_size for dump in dumps) // 1000
    print(f"| process ({len(dumps)} dumps, {size} kB, median of {ROUNDS}) | seconds | times `import click, whoosh` |")
    print("|---|---|---|")
    for name, words in (
        ("import", "`archivesearch import`, first time"),
        ("again", "`archivesearch import`, nothing new"),
        ("search", "`archivesearch search`"),
        ("base", "`python -c 'import click, whoosh'`"),
    ):
        print(f"| {words} | {medians[name]:.2f} | {medians[name] / medians['base']:.1f} |")


if __name__ == "__main__":
    main()
