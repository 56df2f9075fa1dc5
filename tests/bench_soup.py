"""Generated queries over 20,000 posts: no error but a QueryError, none that takes too long, and memory that stays.

    python tests/bench_soup.py          10,000 of them
    python tests/bench_soup.py 500      so many

The index is built once, into build/soup, and kept. How it stands is told after every tenth of the queries. The exit
code is 1 where a query took too long; an error ends the run with the query that raised it. What counts is the time of
the processor, for by the clock a query also takes what the machine spends on others; both are told.
"""

import random
import statistics
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from archivesearch.archive import Archive
from archivesearch.engines.embedded import WhooshEngine
from archivesearch.errors import QueryError
from archivesearch.params import from_params
from archivesearch.search import stamp_of
from bench_corpus import make_posts, make_words
from bench_telling import say, used_memory

FOLDER = Path(__file__).parent.parent / "build" / "soup"
POSTS = 20_000
QUERIES = 10_000
SLOWEST = 2.5
"""What a query may take at most, in seconds."""


def main() -> None:
    """Ask the queries, and tell."""
    if sys.argv[1:] == ["--build"]:
        build()
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else QUERIES
    # by another process, so that what building takes is not in the memory that is told
    subprocess.run([sys.executable, __file__, "--build"], check=True)
    refused, taken = 0, []
    with Archive.open(FOLDER) as archive:
        archive.search(from_params({}))
        say(f"{count:,} queries over {POSTS:,} posts, with {used_memory():.0f} MiB before the first")
        for number, typed in enumerate(soup(count), start=1):
            start, worked = time.perf_counter(), time.process_time()
            try:
                archive.search(from_params({"q": [typed]}))
            except QueryError:
                refused += 1
            except BaseException:
                say(f"Query {number:,} is {typed!r}")
                raise
            taken.append((time.process_time() - worked, time.perf_counter() - start, typed))
            if number % max(1, count // 10) == 0:
                say(report(taken, refused))
    sys.exit(max(taken)[0] > SLOWEST)


def build() -> None:
    """Index the posts, unless an earlier run has and the index is of this version."""
    engine, stamp = WhooshEngine(FOLDER / "index" / "whoosh"), stamp_of("soup")
    if engine.check() or engine.stamp() != stamp:
        FOLDER.mkdir(parents=True, exist_ok=True)
        engine.rebuild(make_posts(POSTS), stamp)
    engine.close()


def report(taken: list[tuple[float, float, str]], refused: int) -> str:
    """How it stands after these queries: for each the seconds of the processor, those by the clock, and what it is."""
    seconds, _, slowest = max(taken)
    half = statistics.median(each for each, _, _ in taken)
    slow = sum(each > SLOWEST for each, _, _ in taken)
    return (
        f"{len(taken):6,} asked, {refused:,} refused; half in {half * 1000:.0f} ms, {slow} over {SLOWEST} s, "
        f"{used_memory():.0f} MiB; by the clock {max(clock for _, clock, _ in taken):.2f} s at most; "
        f"slowest {seconds:.2f} s: {slowest!r}"
    )


def soup(count: int) -> Iterator[str]:
    """Queries of which half are by the grammar and half any signs in any order."""
    chosen = random.Random(1)  # noqa: S311 - nothing here is secret
    words = make_words()
    fields = ("title", "text", "label", "country", "language", "year", "date", "before", "after", "dump", "id")
    for _ in range(count):
        parts = []
        for _ in range(chosen.randint(1, 12)):
            word = words[int(len(words) ** chosen.random()) - 1]
            parts.append(chosen.choice((
                word, word, word, f'"{word} {words[chosen.randint(0, 50)]}"', f"{word[:3]}*", f"{word}~", f"-{word}", "OR",
                f"({word} OR {words[chosen.randint(0, 50)]})", f"{chosen.choice(fields)}:{word}", f"year:{chosen.randint(1999, 2021)}",
                "".join(chosen.choices(string.printable, k=chosen.randint(1, 6))),
            )))  # fmt: skip
        yield " ".join(parts)[: chosen.choice((40, 100, 256, 300))]


if __name__ == "__main__":
    main()
