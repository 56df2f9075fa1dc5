"""How fast a whole results page is, beside Datasette and a bare page: writes its section of docs/PERFORMANCE.md.

    python tests/bench_page.py              collections of 2,000 and 20,000 posts
    python tests/bench_page.py 2000         this one

Each server is a process of its own. They are asked in turns, so that a busy moment meets all of them. No server keeps
pages: what comes back after a round of all words is made anew.
"""

import contextlib
import http.client
import json
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from archivesearch.archive import Archive
from archivesearch.engines.embedded import WhooshEngine
from archivesearch.params import from_params
from archivesearch.search import stamp_of
from bench_corpus import COUNTRIES, PAGE, ask, make_posts
from bench_load import CONNECTIONS, PATIENCE
from bench_written import WRITTEN, write_section

FOLDER = Path(__file__).parent
SIZES = (2_000, 20_000)
ROUNDS = 5
SECONDS = 6.0
"""How long a server is asked in each round; what is on its way then is still waited for."""
WARMING = 2.0
WORDS = 1_000
"""Drawn with repetition: nearly all of the about 500 common words are among them."""
PICKED = COUNTRIES[:10]
CHECKED = 9
LIMITS = {"sql_time_limit_ms": 60_000, "facet_time_limit_ms": 60_000}
"""What Datasette may take for a query and for a facet (1,000 and 200), raised so that it answers; else it is as it comes."""

HEAD = f"""\
## The whole request

tests/bench_page.py: from the request to the last byte of a results page for a common word (in a twentieth to a half of
the posts), each third time with a country picked: ten hits with snippets, the total, the counts of country, year and
label. archivesearch is what `serve` runs, and counts languages too. Datasette stands over SQLite FTS5, with `_search`,
`_facet` for the year and `_facet_array` for the others; its settings are as they come but for {" and ".join(LIMITS)}, and
its page has whole texts for snippets and no ranking. The bare page is tests/bench_bare_page.py: waitress with eight threads
over SQLite FTS5, counting with GROUP BY, in 80 lines.

They are asked in turns, {ROUNDS} times for {SECONDS:.0f} s after a warm-up, over {CONNECTIONS} connections that stay open, by
a process of its own on the same machine, which the last row is about. Words of which the stemmers find different posts are
left out, and before the timing each server must show the same totals."""

_TABLES = """
CREATE TABLE posts (number INTEGER PRIMARY KEY, title TEXT, text TEXT, day TEXT, year INTEGER, country TEXT, label TEXT);
CREATE TABLE countries (number INTEGER, value TEXT, PRIMARY KEY (number, value)) WITHOUT ROWID;
CREATE TABLE years (number INTEGER, value TEXT, PRIMARY KEY (number, value)) WITHOUT ROWID;
CREATE TABLE labels (number INTEGER, value TEXT, PRIMARY KEY (number, value)) WITHOUT ROWID;
CREATE INDEX countries_value ON countries (value);
CREATE INDEX years_value ON years (value);
CREATE INDEX labels_value ON labels (value);
CREATE INDEX posts_year ON posts (year);
CREATE VIRTUAL TABLE found USING fts5 (title, text, content="posts", content_rowid="number",
                                       tokenize='porter unicode61');
INSERT INTO found (found, rank) VALUES ('rank', 'bm25(3.0, 1.0)');
"""
_TOTAL = """
SELECT count(*) FROM found WHERE found MATCH :word
AND (:country = '' OR +rowid IN (SELECT number FROM countries WHERE value = :country))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page of results, and how many posts it must find."""

    word: str
    country: str
    total: int

    @property
    def address(self) -> str:
        """Of archivesearch and of the bare page."""
        return f"/?{urlencode({'q': self.word} | ({'country': self.country} if self.country else {}))}"

    @property
    def table(self) -> str:
        """The address in Datasette."""
        chosen = [("country__arraycontains", self.country)] if self.country else []
        facets = [("_facet", "year"), ("_facet_array", "country"), ("_facet_array", "label"), ("_size", "10")]
        return f"/posts/posts?{urlencode([('_search', self.word), *chosen, *facets])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One that is compared: how it is started with a port, and where its pages are."""

    name: str
    command: Callable[[Path, str], list[str]]
    path: Callable[[Asked], str]


def start_ours(folder: Path, port: str) -> list[str]:
    return ["-m", "archivesearch", "--archive", str(folder), "serve", "--port", port]


def start_datasette(folder: Path, port: str) -> list[str]:
    limits = [part for name, value in LIMITS.items() for part in ("--setting", name, str(value))]
    return ["-m", "datasette", "serve", "--immutable", str(folder / "posts.db"), "--port", port, *limits]


def start_bare(folder: Path, port: str) -> list[str]:
    return [str(FOLDER / "bench_bare_page.py"), str(folder / "posts.db"), port]


SERVERS = (
    Server(name="archivesearch", command=start_ours, path=lambda asked: asked.address),
    Server(name="Datasette", command=start_datasette, path=lambda asked: asked.table),
    Server(name="bare page", command=start_bare, path=lambda asked: asked.address),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a round: the milliseconds of each answer, answers of another status than 200, kB of all pages.

    `own` is the share of one core that the asking itself took.
    """

    times: tuple[float, ...]
    others: int
    size: float
    rate: float
    own: float


def main() -> None:
    """Measure and write the section."""
    parts = [HEAD]
    for posts in [int(size) for size in sys.argv[1:]] or SIZES:
        parts.append("\n".join(compare(posts)))
        say(parts[-1])
    write_section("requests", "\n\n".join(parts))
    say(f"Written to {WRITTEN}.")


def say(text: str) -> None:
    """Print now, so that a long run shows how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def compare(posts: int) -> Iterator[str]:
    """The table of one collection."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, posts)
        asked, left_out = choose(folder, posts)
        loads = measure(folder, asked)
    yield f"### A page over {posts:,} posts\n"
    yield from report(loads)
    words, pages = len({each.word for each in asked}), len(set(asked))
    yield f"\n{words} words, {pages:,} different pages; {left_out} words left out."


def build(folder: Path, posts: int) -> None:
    """The index of archivesearch, and a database for the other two."""
    engine = WhooshEngine(folder / "index" / "whoosh")
    engine.rebuild(make_posts(posts), stamp_of("bench"))
    engine.close()
    with closing(sqlite3.connect(folder / "posts.db")) as database:
        run, add = database.execute, database.executemany
        database.executescript(_TABLES)
        for number, post in enumerate(make_posts(posts)):
            day, lists = post.published.day, (json.dumps(post.countries), json.dumps(post.labels))
            row = (number, post.title, post.text, str(day), day.year, *lists)
            run("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            run("INSERT INTO found (rowid, title, text) VALUES (?, ?, ?)", row[:3])
            run("INSERT INTO years VALUES (?, ?)", (number, str(day.year)))
            add("INSERT INTO countries VALUES (?, ?)", [(number, value) for value in post.countries])
            add("INSERT INTO labels VALUES (?, ?)", [(number, value) for value in post.labels])
        run("INSERT INTO found (found) VALUES ('optimize')")
        run("ANALYZE")
        database.commit()


def choose(folder: Path, posts: int) -> tuple[list[Asked], int]:
    """The pages in the order in which they are asked for, and how many words are left out."""
    words = dict.fromkeys(question.words[0] for question in ask(f"{PAGE}, common word", WORDS, posts))
    with Archive.open(folder) as archive, closing(sqlite3.connect(folder / "posts.db")) as database:

        @cache
        def find(word: str, country: str = "") -> Asked | None:
            """None where archivesearch and SQLite find different posts."""
            theirs = database.execute(_TOTAL, {"word": word, "country": country}).fetchone()[0]
            mine = archive.search(from_params({"q": [word], "country": [country]})).total
            return Asked(word=word, country=country, total=mine) if mine == theirs else None

        same = [word for word in words if find(word)]
        asked = [
            found
            for turn, country in enumerate(PICKED)
            for number, word in enumerate(same)
            if (found := find(word, "" if (turn + number) % 3 else country))
        ]
    return asked, len(words) - len(same)


def measure(folder: Path, asked: Sequence[Asked]) -> dict[str, list[Load]]:
    """The rounds of every server, by its name."""
    loads: dict[str, list[Load]] = {server.name: [] for server in SERVERS}
    with ExitStack() as running:
        ports = {server.name: running.enter_context(run(server, folder)) for server in SERVERS}
        for server in SERVERS:
            check(server, ports[server.name], asked[:CHECKED])
            load(server, ports[server.name], asked, WARMING)
        for turn in range(ROUNDS):
            for server in SERVERS:
                begun = sum(len(each.times) for each in loads[server.name]) % len(asked) if turn else 0
                loads[server.name].append(load(server, ports[server.name], [*asked[begun:], *asked[:begun]], SECONDS))
    return loads


@contextmanager
def run(server: Server, folder: Path) -> Iterator[str]:
    """A server that answers, for as long as the block runs: its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / f"{server.name}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *server.command(folder, str(port))], stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield str(port)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the port is listened on."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise SystemExit(f"This does not serve: {process.args}")


def check(server: Server, port: str, asked: Sequence[Asked]) -> None:
    """End the run where a page does not show the total that it must."""
    for each in asked:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
        connection.request("GET", server.path(each))
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        if answer.status != http.client.OK or not re.search(rf"(?<![\d,]){each.total:,} (posts?|rows?)\b", page):
            raise SystemExit(
                f"{server.name} answers {answer.status} without a total of {each.total:,}: {server.path(each)}"
            )


def load(server: Server, port: str, asked: Sequence[Asked], seconds: float) -> Load:
    """One round: another process asks for these pages in this order."""
    command = [sys.executable, str(FOLDER / "bench_load.py"), port, str(seconds)]
    paths = json.dumps([server.path(each) for each in asked])
    told = json.loads(subprocess.run(command, input=paths, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return Load(
        times=tuple(1000 * taken for taken in told["times"]),
        others=told["others"],
        size=told["size"] / 1000,
        rate=len(told["times"]) / told["seconds"],
        own=told["own"] / told["seconds"],
    )


def report(loads: dict[str, list[Load]]) -> Iterator[str]:
    """The rows of the table; of three columns the first is archivesearch and the ratios are its own."""
    times = {name: [taken for each in rounds for taken in each.times] for name, rounds in loads.items()}
    cuts = {name: statistics.quantiles(taken, n=20) for name, taken in times.items()}
    yield f"| | {' | '.join(loads)} | to {' | to '.join(list(loads)[1:])} |"
    yield "|---|" + "---|" * (2 * len(loads) - 1)
    for row, values in (
        ("answers a second", [statistics.median(each.rate for each in rounds) for rounds in loads.values()]),
        ("p50, ms", [cuts[name][9] for name in loads]),
        ("p95, ms", [cuts[name][18] for name in loads]),
    ):
        cells, ratios = (f"{value:.1f}" for value in values), (f"{values[0] / value:.2f}" for value in values[1:])
        yield f"| {row} | {' | '.join((*cells, *ratios))} |"
    for row, cells in (
        ("answers", [f"{len(taken):,}" for taken in times.values()]),
        ("answers that were no page (503)", [f"{sum(each.others for each in rounds):,}" for rounds in loads.values()]),
        (
            "kB of a page",
            [f"{sum(each.size for each in rounds) / len(times[name]):.0f}" for name, rounds in loads.items()],
        ),
        (
            "share of a core that the asking takes",
            [f"{max(each.own for each in rounds):.0%}" for rounds in loads.values()],
        ),
    ):
        yield f"| {row} | {' | '.join(cells)} |{' |' * (len(loads) - 1)}"


if __name__ == "__main__":
    main()
