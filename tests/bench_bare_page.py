"""A bare results page, waitress over SQLite FTS5, for bench_page.py: `python tests/bench_bare_page.py DATABASE PORT`.

A connection for each thread, and SQLite works without Python's lock. "+" keeps FTS5 from starting over for each number.
"""

import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import parse_qs, quote_plus, urlencode

import waitress

SIZE, PAGES = 10, 10
FACETS = {"country": "countries", "year": "years", "label": "labels"}
HITS = (
    "highlight(found, 0, char(2), char(3)), snippet(found, 1, char(2), char(3), '…', 40), day, country, label, number"
)
Params = dict[str, list[str]]
local = threading.local()


def connect() -> sqlite3.Connection:
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
        local.connection.executescript("PRAGMA mmap_size = 2147483648; PRAGMA temp_store = memory")
    return local.connection


def matching(words: str, params: Params, without: str = "") -> tuple[str, list[str]]:
    """What follows FROM and its joins, with its values: posts with the words and what is picked in the other facets."""
    text, values = "WHERE found MATCH ?", [words]
    for facet in FACETS.keys() & params.keys() - {without}:
        marks = ", ".join("?" for _ in params[facet])
        text += f" AND +found.rowid IN (SELECT number FROM {FACETS[facet]} WHERE value IN ({marks}))"  # noqa: S608
        values += params[facet]
    return text, values


def marked(text: str) -> str:
    return escape(text).replace("\2", "<mark>").replace("\3", "</mark>")


def links(address: str, name: str, values: Iterable[str]) -> str:
    return ", ".join(f'<a href="{address}&amp;{name}={quote_plus(value)}">{escape(value)}</a>' for value in values)


def make_page(params: Params) -> Iterable[str]:
    run = connect().execute
    typed, number = params.get("q", [""])[0], int(params.get("page", ["1"])[0])
    address = escape("/?" + urlencode({name: values for name, values in params.items() if name != "page"}, doseq=True))
    words = " ".join('"{}"'.format(word.replace('"', '""')) for word in typed.split())
    where, values = matching(words, params)
    total = run(f"SELECT count(*) FROM found {where}", values).fetchone()[0]  # noqa: S608
    yield f'<!doctype html><title>{escape(typed)}</title><form><input name="q" value="{escape(typed)}"><button>Go</button>'
    for facet, table in FACETS.items():
        yield f"<fieldset><legend>{facet}</legend>"
        rest, picked = matching(words, params, without=facet)
        joined = f"found CROSS JOIN {table} ON number = found.rowid {rest} GROUP BY value ORDER BY posts DESC"
        for value, posts in run(f"SELECT value, count(*) AS posts FROM {joined}", picked):  # noqa: S608
            on = " checked" * (value in params.get(facet, ()))
            yield f'<label><input type="checkbox" name="{facet}" value="{escape(value)}"{on}>{escape(value)} {posts:,}</label>'
        yield "</fieldset>"
    yield f"</form><h1>{total:,} posts found</h1><ol>"
    best = f"FROM found JOIN posts ON number = found.rowid {where} ORDER BY rank LIMIT {SIZE} OFFSET ?"
    for title, text, day, countries, labels, post in run(f"SELECT {HITS} {best}", [*values, (number - 1) * SIZE]):
        about = links(address, "country", json.loads(countries)) + " " + links(address, "label", json.loads(labels))
        yield f'<li><h2><a href="/post/{post}">{marked(title)}</a></h2><p>{day} {about}<p>{marked(text)}'
    yield "</ol>" + links(address, "page", map(str, range(1, min(-(-total // SIZE), PAGES) + 1)))


def answer(environ: dict[str, str], start_response: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
    body = "".join(make_page(parse_qs(environ["QUERY_STRING"]))).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


waitress.serve(answer, host="127.0.0.1", port=int(sys.argv[2]), threads=8)
