"""What the benchmark compares: archivesearch as it is, and the same work done with SQLite FTS5 and with tantivy."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import tantivy

from archivesearch.archive import Archive
from archivesearch.engines.embedded import WhooshEngine
from archivesearch.posts import Post
from archivesearch.query import Phrase, Prefix, Word, all_of
from archivesearch.search import FACETS, Search, stamp_of
from bench_corpus import PAGE, Question

HITS = 10


class Rival(Protocol):
    """Answers questions over an index in a folder: the number of posts found, with ten hits read."""

    name: str

    def build(self, posts: Iterable[Post]) -> None:
        """Index the posts."""

    def answer(self, question: Question) -> int:
        """Ten hits with title and text, and the total; for a results page snippets and all facet counts too."""

    def close(self) -> None:
        """Give back the files."""


class Ours:
    """archivesearch as it is."""

    name = "archivesearch"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archive: Archive | None = None
        self._engine = WhooshEngine(folder / "index" / "whoosh")

    def build(self, posts: Iterable[Post]) -> None:
        self._engine.rebuild(posts, stamp_of("bench"))

    def answer(self, question: Question) -> int:
        if not question.kind.startswith(PAGE):
            return self._engine.search(search_of(question)).total
        self._archive = self._archive or Archive.open(self._folder)
        return self._archive.search(search_of(question)).total

    def close(self) -> None:
        self._engine.close()
        if self._archive:
            self._archive.close()


def search_of(question: Question) -> Search:
    """The question as a search of the archive."""
    match question.kind:
        case "phrase":
            query = Phrase(question.words)
        case "prefix":
            query = Prefix(question.words[0])
        case _:
            query = all_of(map(Word, question.words))
    chosen = {"country": (question.country,), "year": (str(question.year),)} if question.country else {}
    counted = FACETS if question.kind.startswith(PAGE) else ()
    return Search(query=query, chosen=chosen, match="all", size=HITS, counted=counted)


_TABLES = """
CREATE TABLE posts (number INTEGER PRIMARY KEY, title TEXT, text TEXT, day TEXT, year INTEGER, language TEXT);
CREATE TABLE countries (number INTEGER, value TEXT);
CREATE TABLE labels (number INTEGER, value TEXT);
CREATE INDEX posts_year ON posts (year);
CREATE INDEX countries_number ON countries (number, value);
CREATE INDEX labels_number ON labels (number, value);
CREATE VIRTUAL TABLE found USING fts5 (title, text, content='posts', content_rowid='number',
                                       tokenize='porter unicode61');
INSERT INTO found (found, rank) VALUES ('rank', 'bm25(3.0, 1.0)');
"""
_FACETS = (
    "SELECT year, count(*) FROM posts WHERE number IN ({}) GROUP BY year",
    "SELECT language, count(*) FROM posts WHERE number IN ({}) GROUP BY language",
    "SELECT value, count(*) FROM countries WHERE number IN ({}) GROUP BY value",
    "SELECT value, count(*) FROM labels WHERE number IN ({}) GROUP BY value",
)
_ROWS = "SELECT rowid FROM found "
_MATCHING = _ROWS + "WHERE found MATCH :words"
_FILTER = """ AND +rowid IN (SELECT number FROM countries WHERE value = :country)
              AND +rowid IN (SELECT number FROM posts WHERE year = :year)"""
"""Without "+" FTS5 starts the search over for each number."""


class Fts5:
    """SQLite FTS5 with its Porter stemmer, bm25 with title at three, and tables of the values for GROUP BY."""

    name = "FTS5"

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "posts.sqlite3")

    def build(self, posts: Iterable[Post]) -> None:
        run = self._database.execute
        self._database.executescript(_TABLES)
        for number, post in enumerate(posts):
            day = post.published.day
            row = number, post.title, post.text, str(day), day.year, post.language
            run("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?)", row)
            run("INSERT INTO found (rowid, title, text) VALUES (?, ?, ?)", (number, post.title, post.text))
            self._database.executemany("INSERT INTO countries VALUES (?, ?)", [(number, v) for v in post.countries])
            self._database.executemany("INSERT INTO labels VALUES (?, ?)", [(number, v) for v in post.labels])
        run("INSERT INTO found (found) VALUES ('optimize')")
        run("ANALYZE")
        self._database.commit()

    def answer(self, question: Question) -> int:
        # only constants of this file are put into the statements; what is asked for is bound
        run = self._database.execute
        values = {"words": self._typed(question), "country": question.country, "year": question.year}
        matching = _MATCHING + (_FILTER if question.country else "")
        shown = "snippet(found, 1, '<', '>', '…', 40)" if question.kind.startswith(PAGE) else "text"
        where = matching.removeprefix(_ROWS)
        hits = f"SELECT title, {shown} FROM found {where} ORDER BY rank LIMIT {HITS}"  # noqa: S608
        run(hits, values).fetchall()
        if question.kind.startswith(PAGE):
            for facet in _FACETS:
                run(facet.format(matching), values).fetchall()
        total: int = run(f"SELECT count(*) FROM ({matching})", values).fetchone()[0]  # noqa: S608
        return total

    def _typed(self, question: Question) -> str:
        if question.kind == "prefix":
            return f"{question.words[0]}*"
        together = " ".join(question.words)
        return f'"{together}"' if question.kind == "phrase" else together

    def close(self) -> None:
        self._database.close()


class Tantivy:
    """tantivy with its English stemmer, and terms aggregations over fast fields as facets."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        for field in ("title", "text"):
            builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
        for field in ("country", "label", "language", "year"):
            builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        folder.mkdir(exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(folder))

    def build(self, posts: Iterable[Post]) -> None:
        writer = self._index.writer(num_threads=2)
        for post in posts:
            values = {"country": list(post.countries), "label": list(post.labels), "language": [post.language]}
            year = [str(post.published.day.year)]
            writer.add_document(tantivy.Document(title=post.title, text=post.text, year=year, **values))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def answer(self, question: Question) -> int:
        searcher = self._index.searcher()
        query = self._query(question)
        found = searcher.search(query, HITS, count=True)
        documents = [searcher.doc(address) for _, address in found.hits]
        if question.kind.startswith(PAGE):
            snippets = tantivy.SnippetGenerator.create(searcher, query, self._schema, "text")
            for document in documents:
                snippets.snippet_from_doc(document).highlighted()
            fields = ("country", "label", "language", "year")
            searcher.aggregate(query, {field: {"terms": {"field": field, "size": 1000}} for field in fields})
        return found.count

    def _query(self, question: Question) -> tantivy.Query:
        fields = ["title", "text"]
        if question.kind == "prefix":
            parts = [tantivy.Query.regex_query(self._schema, field, f"{question.words[0]}.*") for field in fields]
            return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        together = " ".join(question.words)
        typed = f'"{together}"' if question.kind == "phrase" else " ".join(f"+{word}" for word in question.words)
        query = self._index.parse_query(typed, fields, field_boosts={"title": 3.0})
        if not question.country:
            return query
        terms = {"country": question.country, "year": str(question.year)}
        filters: Sequence[tantivy.Query] = [tantivy.Query.term_query(self._schema, *term) for term in terms.items()]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (query, *filters)])

    def close(self) -> None:
        """Nothing is held open."""


RIVALS = (Ours, Fts5, Tantivy)
