"""How fast a search and an index are, beside SQLite FTS5 and tantivy: writes its section of docs/PERFORMANCE.md.

    python tests/bench_search.py                    collections of 2,000 and 20,000 posts
    python tests/bench_search.py 2000 20000 100000  these

Times depend on the machine, so what counts are the ratios of one run. Each question of a row has words of its own. The
first time it is asked ("cold") nothing of it is in a cache of ours; the second round ("hot") asks the same ones again.
"""

import compileall
import importlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import archivesearch
from archivesearch.engines.embedded import WhooshEngine
from archivesearch.posts import Post
from archivesearch.search import stamp_of
from bench_corpus import PAGE, ROWS, Question, ask, make_posts
from bench_rivals import RIVALS, Ours, Rival
from bench_telling import say, used_memory
from bench_written import WRITTEN, write_section

SIZES = (2_000, 20_000)
QUESTIONS = 60
ROUNDS = 9
SERVED = 1_000
HEAD = """\
## Searches and indexes

tests/bench_search.py: posts of about 400 words, as frequent as Zipf found them, indexed and searched with archivesearch
(on Whoosh), with SQLite FTS5 and with tantivy, one after the other on the same machine.

Each answer has the total and ten hits with title and text; that of a results page also has their snippets and the counts
of every facet. A rare word is in 2 to 20 posts, a common one in a twentieth to a half of them; words are else in a
hundredth to a fifth. The first time that a question is asked (cold) nothing of it is in a cache of archivesearch; then
the same questions are asked again (hot)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long the questions of a row took, in milliseconds: half of them at most p50, all but a twentieth p95."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One rival over one collection; `rows` by kind and round."""

    name: str
    rate: float
    size: float
    rows: dict[tuple[str, str], Times]
    memory: float | None = None
    changes: float | None = None


def main() -> None:
    """Measure and write the page."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--serve"]:
        say(serve(Path(arguments[1]), int(arguments[2])))
        return
    sizes = [int(size) for size in arguments] or list(SIZES)
    parts = [HEAD]
    for size in sizes:
        measured = [measure(rival, size) for rival in RIVALS]
        parts.append("\n".join(report(size, measured)))
        say(parts[-1])
    parts.append("\n".join(("### Start of the command line\n", *report_start())))
    write_section("searches", "\n\n".join(parts))
    say(f"Written to {WRITTEN}.")


def measure(rival: type[Rival], posts: int) -> Measured:
    """Build an index of so many posts, and ask every row's questions twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        opened = rival(folder)
        taken = build(opened, posts)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        rows = {}
        for kind in ROWS:
            questions = ask(kind, QUESTIONS + 1, posts)
            opened.answer(questions.pop())  # what opens files is not what is measured
            rows |= {(kind, round_): time_answers(opened, questions) for round_ in ("cold", "hot")}
        opened.close()
        memory, changes = (serve_apart(folder, posts), change(folder, posts)) if rival is Ours else (None, None)
        rate, megabytes = posts / taken, size / 2**20
        return Measured(name=rival.name, rate=rate, size=megabytes, rows=rows, memory=memory, changes=changes)


def build(rival: Rival, posts: int) -> float:
    """The seconds that indexing takes; making up the posts is not part of it."""
    waited = 0.0

    def timed() -> Iterator[Post]:
        nonlocal waited
        made = make_posts(posts)
        while True:
            start = time.perf_counter()
            post = next(made, None)
            waited += time.perf_counter() - start
            if post is None:
                return
            yield post

    start = time.perf_counter()
    rival.build(timed())
    return time.perf_counter() - start - waited


def time_answers(rival: Rival, questions: Sequence[Question]) -> Times:
    """The times of the answers to these questions, each asked once."""
    times = []
    for question in questions:
        start = time.perf_counter()
        rival.answer(question)
        times.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(times, n=20)
    return Times(p50=cuts[9], p95=cuts[18])


def change(folder: Path, posts: int) -> float:
    """The seconds that 20 more posts take."""
    added = [replace(post, id=f"new {n}") for n, post in enumerate(make_posts(20))]
    engine = WhooshEngine(folder / "index" / "whoosh")
    start = time.perf_counter()
    engine.apply(added, (), stamp_of("changed"))
    taken = time.perf_counter() - start
    engine.close()
    return taken


def serve_apart(folder: Path, posts: int) -> float:
    """What another process holds in memory after it has answered a thousand questions of all kinds."""
    command = [sys.executable, __file__, "--serve", str(folder), str(posts)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def serve(folder: Path, posts: int) -> str:
    """Answer a thousand questions, with the page's libraries loaded, and tell the memory."""
    importlib.import_module("archivesearch.web")
    ours = Ours(folder)
    for kind in ROWS:
        for question in ask(kind, SERVED // len(ROWS), posts):
            ours.answer(replace(question, kind=PAGE) if kind in ROWS[:3] else question)
    memory = used_memory()
    ours.close()
    return str(memory)


def report(size: int, measured: Sequence[Measured]) -> Iterator[str]:
    """The tables of one collection."""
    ours, *others = measured
    fts5 = others[0]
    yield f"### {size:,} posts\n"
    yield "| | " + " | ".join(each.name for each in measured) + " |"
    yield "|---|" + "---|" * len(measured)
    yield "| posts indexed a second | " + " | ".join(f"{each.rate:,.0f}" for each in measured) + " |"
    yield "| size of the index, MB | " + " | ".join(f"{each.size:,.0f}" for each in measured) + " |"
    yield f"\n20 posts more take archivesearch {ours.changes or 0:.1f} s; a process that has answered {SERVED:,} questions holds {ours.memory:.0f} MiB.\n"
    names = " | ".join(f"{each.name} p50 / p95, ms" for each in measured)
    yield f"| query | | {names} | ratio to FTS5, p50 / p95 |"
    yield "|---|---|" + "---|" * (len(measured) + 1)
    for kind, round_ in ours.rows:
        times = [each.rows[kind, round_] for each in measured]
        cells = " | ".join(f"{t.p50:.2f} / {t.p95:.2f}" for t in times)
        base = fts5.rows[kind, round_]
        yield f"| {kind} | {round_} | {cells} | {times[0].p50 / base.p50:.1f} / {times[0].p95 / base.p95:.1f} |"


def report_start() -> Iterator[str]:
    """How long a search takes as a process, beside one that only loads click and Whoosh."""
    with tempfile.TemporaryDirectory() as name:
        posts = SIZES[0]
        ours = Ours(Path(name))
        ours.build(make_posts(posts))
        word = ask(PAGE, 1, posts)[0].words[0]
        search = [sys.executable, "-m", "archivesearch", "--archive", name, "search", word, "--format", "json"]
        base = [sys.executable, "-c", "import click, whoosh.index"]
        compileall.compile_dir(Path(archivesearch.__file__).parent, quiet=1)  # as pip does with what it installs
        times: dict[str, list[float]] = {"search": [], "base": []}
        for _ in range(ROUNDS):  # in turns, so that a busy moment meets both
            for key, command in (("search", search), ("base", base)):
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times[key].append(time.perf_counter() - start)
    taken, least = statistics.median(times["search"]), statistics.median(times["base"])
    yield f"`archivesearch search` over {posts:,} posts: {taken:.2f} s, {taken / least:.1f} times `import click, whoosh.index`."


if __name__ == "__main__":
    main()
