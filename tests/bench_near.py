"""How the search for near-duplicates grows with the number of posts, on invented ones: prints a table.

Each size is an archive of its own: posts of some 300 words, a third of which another dump has too, with other
punctuation, leftovers of markup, cut off, or dated a day later; and yearly reports on one template. The time is that of
the step in an import: to sketch, to find candidates, to compare them exactly, to choose the survivors.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from math import log2
from pathlib import Path

from archivesearch.catalog import Catalog
from archivesearch.dates import DateSource, Published
from archivesearch.joining import find_near_duplicates
from archivesearch.posts import Block, Post, Provenance, post_id
from archivesearch.readings import DumpRow
from archivesearch.workers import Workers
from invented import put_dump

SIZES = (10_000, 30_000, 100_000)
VOCABULARY = 20_000
FIRST = date(2005, 1, 1)
DAYS = 7000


def posts(number: int, seed: int = 1) -> Iterator[Post]:
    """So many posts; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311  no secrets are drawn
    words = [spell(rank) for rank in range(VOCABULARY)]
    # words are as frequent as Zipf found them to be
    weights = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    template = draw.choices(words, cum_weights=weights, k=280)
    made = 0
    while made < number:
        report = draw.random() < 0.02
        drawn = draw.choices(words, cum_weights=weights, k=20 if report else 300)
        text = template + drawn if report else drawn
        title = "yearly report" if report else " ".join(draw.choices(words, cum_weights=weights, k=6))
        day = FIRST + timedelta(draw.randrange(DAYS))
        first = write(title, text, day, made)
        yield first
        made += 1
        if draw.random() < 0.5 and made < number:
            yield copy(first, text, draw, made)
            made += 1


def spell(rank: int) -> str:
    """A word for each number, with the frequent ones the short ones."""
    letters = ""
    rank += 1
    while rank:
        rank, letter = divmod(rank, 20)
        letters += "aeioulnrstbcdfghkmpw"[letter]
    return letters


def write(title: str, text: list[str], day: date, number: int) -> Post:
    published = Published(moment=day, source=DateSource.FEED)
    place = Provenance(dump="a.txt", sha256="0" * 64, reader="bench", line=number + 1, start=number, end=number + 1)
    return Post(
        id=post_id(published, title),
        title=title,
        published=published,
        body=(Block(lines=(" ".join(text),)),),
        provenance=(place,),
    )


def copy(post: Post, text: list[str], draw: random.Random, number: int) -> Post:
    """The post as another system has it."""
    words = list(text)
    way = draw.randrange(4)
    if way == 0:
        words = [f"{word}," if draw.random() < 0.1 else word for word in words]
    elif way == 1:
        words.insert(draw.randrange(len(words)), "<!--more--> Read more")
    elif way == 2:
        words = [*words[:80], "Read", "more"]
    day = post.published.day + timedelta(draw.randrange(2)) if post.published else FIRST
    return replace(write(post.title, words, day, number))


def seconds(number: int) -> tuple[float, int, int]:
    """The time of the search among so many posts, the pairs compared, and those found to be alike."""
    row = DumpRow(name="a.txt", sha256="0" * 64, size=number, reader="bench", version=1, reason="", evidence="")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Catalog(Path(folder) / "catalog.sqlite3", writable=True)) as catalog,
        Workers() as workers,
        catalog.writing(),
    ):
        put_dump(catalog, row, posts(number))
        start = time.perf_counter()
        find_near_duplicates(catalog, workers, lambda stage, done, of: None)
        took = time.perf_counter() - start
        pairs = list(catalog.comparisons.pairs())
        return took, len(pairs), sum(likeness is not None for _, _, likeness in pairs)


def main() -> None:
    """Print the table; sizes may be given as arguments."""
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    write_row("posts", "seconds", "µs / (n log2 n)", "pairs compared", "alike", "most memory, MB")
    write_row(*["---"] * 6)
    for number in sizes:
        took, compared, alike = seconds(number)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        grown = f"{took / number / log2(number) * 1e6:.1f}"
        write_row(f"{number:,}", f"{took:.1f}", grown, f"{compared:,}", f"{alike:,}", str(memory))


def write_row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
