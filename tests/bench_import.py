"""How fast dumps are imported, beside what others take only to parse them, in one run on invented dumps: two tables.

The time of an import is that of a process that reads the dumps and writes the synced catalog: format, entries, cleaned
HTML, text, near-duplicates, languages and countries; without the index. feedparser and BeautifulSoup only parse. The
memory is the most that the importing process and the largest of its workers held.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from bench_near import VOCABULARY, spell

if TYPE_CHECKING:
    from archivesearch.importing import ImportReport
    from archivesearch.workers import Workers

WORDS = 300
FIRST = datetime(2005, 1, 1, 12, tzinfo=UTC)
ROUNDS = 3
BYTES_A_POST = 1600


def paragraphs(draw: random.Random, words: Sequence[str], weights: Sequence[float]) -> str:
    """The body of a post as HTML: four paragraphs with a link and an emphasis, as people write them."""
    parts = [" ".join(draw.choices(words, cum_weights=weights, k=WORDS // 4)) for _ in range(4)]
    first = f'<p>{parts[0]} <a href="https://example.org/{draw.randrange(10**6)}">{parts[1][:20]}</a></p>'
    return f"{first}<p>{parts[1]}</p><div>{parts[2]} <b>{parts[3][:12]}</b><br/>{parts[3]}</div>"


def posts(number: int) -> Iterator[tuple[str, str, datetime]]:
    """So many posts, the same in every run: title, body, time."""
    draw = random.Random(7)  # noqa: S311  no secrets are drawn
    words = [spell(rank) for rank in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    for place in range(number):
        title = " ".join(draw.choices(words, cum_weights=weights, k=6))
        yield title, paragraphs(draw, words, weights), FIRST + timedelta(hours=7 * place)


def write_feed(path: Path, number: int) -> None:
    """A public feed of Blogger with so many posts."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">')
        file.write("<id>tag:blogger.com,1999:blog-1</id><title>Wells</title>")
        file.write('<generator version="7.00" uri="http://www.blogger.com">Blogger</generator>')
        for place, (title, body, moment) in enumerate(posts(number)):
            escaped = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            file.write(
                f"<entry><id>tag:blogger.com,1999:blog-1.post-{place}</id><published>{moment.isoformat()}</published>"
                f"<updated>{moment.isoformat()}</updated><title type='text'>{title}</title>"
                f"<category scheme='http://www.blogger.com/atom/ns#' term='Wells'/>"
                f"<content type='html'>{escaped}</content>"
                f"<link rel='alternate' type='text/html' href='http://wells.example.org/{moment:%Y/%m}/{place}.html'/>"
                "</entry>\n"
            )
        file.write("</feed>")


def write_pages(folder: Path, number: int) -> None:
    """So many saved pages of a Blogger template, one post each, with the frame that such pages have."""
    folder.mkdir()
    frame = "".join(f'<li><a href="http://wells.example.org/{year}/">{year}</a> (12)</li>' for year in range(400))
    for place, (title, body, moment) in enumerate(posts(number)):
        (folder / f"{place}.html").write_text(
            '<!DOCTYPE html><html><head><meta content="blogger" name="generator"/>'
            f'<link rel="canonical" href="http://wells.example.org/{moment:%Y/%m}/{place}.html"/><title>{title}</title>'
            "</head><body><div class='main'><div class='date-outer'>"
            f"<h2 class='date-header'><span>{moment:%A, %B %d, %Y}</span></h2>"
            "<div class='post hentry'><h3 class='post-title entry-title'>"
            f"<a href='http://wells.example.org/{moment:%Y/%m}/{place}.html'>{title}</a></h3>"
            f"<div class='post-body entry-content'>{body}</div>"
            f"<div class='post-footer'><abbr class='published' title='{moment.isoformat()}'>{moment:%H:%M}</abbr>"
            "<span class='post-labels'><a href='/search/label/Wells' rel='tag'>Wells</a></span></div></div></div></div>"
            f"<div class='sidebar'><ul>{frame}</ul></div></body></html>",
            encoding="utf-8",
        )


def import_dumps(raw: str) -> None:
    """Import a folder of dumps up to the synced catalog."""
    from archivesearch.workers import Workers

    with (
        tempfile.TemporaryDirectory() as folder,
        Workers(loading=["archivesearch.readers", "archivesearch.tasks"]) as workers,
    ):
        report = import_with(workers, Path(folder), Path(raw))
    sys.stdout.write(f"{report.total} ")


def import_with(workers: "Workers", folder: Path, raw: Path) -> "ImportReport":
    """Import these dumps into a catalog in this folder, while the workers get ready, as `Archive.import_dumps` does."""
    from archivesearch.catalog import Catalog
    from archivesearch.corrections import Corrections
    from archivesearch.importing import Order, import_files
    from archivesearch.readers import READERS
    from archivesearch.reading import files_of

    with closing(Catalog(folder / "catalog.sqlite3", writable=True)) as catalog:
        order = Order(files=files_of(raw), readers=READERS, places={}, corrections=Corrections())
        return import_files(catalog, order, workers, lambda *_: None)[0]


def parse_feed(raw: str) -> None:
    """Parse a feed with feedparser."""
    import feedparser

    for path in Path(raw).iterdir():
        sys.stdout.write(f"{len(feedparser.parse(str(path)).entries)} ")


def parse_pages(raw: str) -> None:
    """Parse pages with BeautifulSoup and lxml."""
    from bs4 import BeautifulSoup

    pages = [BeautifulSoup(path.read_bytes(), "lxml").title for path in Path(raw).iterdir()]
    sys.stdout.write(f"{len(pages)} ")


WORK: dict[str, Callable[[str], None]] = {
    "import": import_dumps,
    "feedparser": parse_feed,
    "BeautifulSoup": parse_pages,
}


def measure(what: str, raw: Path) -> tuple[float, int, int]:
    """Wall seconds of a process that does this, its posts, and the most memory it and a worker of it held, in MB."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--work", what, str(raw)], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    number, memory, workers = map(int, done.stdout.split())
    return seconds, number, max(memory, workers) // 1024


def best(what: str, raw: Path, rounds: int) -> tuple[float, int, int]:
    """The fastest of several rounds: what else the machine does only ever adds."""
    return min(measure(what, raw) for _ in range(rounds))


def compare(name: str, raw: Path, rival: str) -> None:
    """A row of the table."""
    size = sum(path.stat().st_size for path in raw.iterdir()) / 1e6
    ours, number, memory = best("import", raw, ROUNDS)
    theirs, parsed, _ = best(rival, raw, ROUNDS)
    if number != parsed:
        raise SystemExit(f"{number} posts were imported, but {rival} found {parsed}.")
    row(
        name,
        f"{number:,}",
        f"{size:.0f}",
        f"{ours:.1f}",
        f"{theirs:.1f} ({rival})",
        f"{ours / theirs:.2f}",
        str(memory),
    )


def row(*cells: str) -> None:
    """Print a row of a table."""
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def main() -> None:
    """Print the tables; --large adds a feed of a GiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--large", action="store_true", help="also a feed of a GiB, which takes some minutes")
    given = parser.parse_args()
    if given.work:
        WORK[given.work[0]](given.work[1])
        usages = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        sys.stdout.write(" ".join(map(str, usages)))
        return
    with tempfile.TemporaryDirectory() as folder:
        feed, pages, large = (Path(folder) / name for name in ("feed", "pages", "large"))
        feed.mkdir()
        write_feed(feed / "feed.xml", given.posts)
        write_pages(pages, given.posts // 10)
        row("dumps", "posts", "MB", "import, s", "only parsing, s", "ratio", "most memory, MB")
        row(*["---"] * 7)
        compare("a feed", feed, "feedparser")
        compare("saved pages", pages, "BeautifulSoup")
        if given.large:
            large.mkdir()
            write_feed(large / "feed.xml", (1 << 30) // BYTES_A_POST)
            seconds, number, memory = measure("import", large)
            size = (large / "feed.xml").stat().st_size / 1e6
            row("a large feed", f"{number:,}", f"{size:.0f}", f"{seconds:.1f}", "", "", str(memory))


if __name__ == "__main__":
    main()
