"""The catalog: every dump, the entries read from it, and the posts they make, in SQLite.

It can be made again from raw/ at any time. What an import changes in the posts is one transaction: it is there whole or
not at all.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from archivesearch.comparisons import Comparisons
from archivesearch.dedupe import Duplicate
from archivesearch.entries import PostRow, digest_of
from archivesearch.errors import CatalogError
from archivesearch.posts import Post, from_record
from archivesearch.readings import Readings
from archivesearch.tables import Tables

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import of the history, with the posts it brought and those that there were after it.

    `at` is when it ended, in UTC, as ISO 8601; `dumps` counts those that it read, not those that it could not read.
    """

    number: int
    at: str
    new: int
    changed: int
    removed: int
    posts: int
    dumps: int
    digest: str


class Known(NamedTuple):
    """Of a post its id, its title, the digest of its record, and the number of the import that brought it."""

    id: str
    title: str
    digest: str
    since: int


_KNOWN = "id, json_extract(record, '$.title'), digest, since"


class Catalog:
    """The catalog in one file: as it was when it was opened, or `writable` by one process at a time.

    Raises CatalogError where the file is damaged, of another version, or locked by another import, and from every
    method where it cannot be read or written.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self._tables = Tables(path, writable=writable)
        self._db = self._tables.db
        self.readings = Readings(self._tables)
        self.comparisons = Comparisons(self._tables)

    def close(self) -> None:
        """Close the file and give the lock back."""
        self._tables.close()

    def writing(self, *, keep: bool = True) -> AbstractContextManager[None]:
        """All changes inside become durable together at its end, or none of them: none if they are not to be kept.

        Whatever writes is called inside.
        """
        return self._tables.writing(keep=keep)

    # posts

    def keys(self) -> dict[str, str]:
        """The key of the article of each post, by the post's id."""
        return dict(self._tables.rows("SELECT id, key FROM posts"))

    def basis(self, key: str) -> tuple[str, str] | None:
        """The id of the post of the article with this key, and a digest of all that it was made from."""
        return self._tables.row("SELECT id, basis FROM posts WHERE key = ?", key)

    def known(self, post_id: str) -> Known | None:
        """What is known of a post before it is written anew."""
        row = self._tables.row(f"SELECT {_KNOWN} FROM posts WHERE id = ?", post_id)  # noqa: S608  names of our own
        return Known(*row) if row else None

    def ids(self) -> Iterator[str]:
        """The id of every post, sorted."""
        for (post_id,) in self._tables.rows("SELECT id FROM posts ORDER BY id"):
            yield post_id

    def put_post(self, row: PostRow, since: int) -> tuple[Known, ...]:
        """Record a post, with its further copies, and tell the posts in whose place it comes.

        Those are the one with its id, which goes on to count as brought by the import that brought it, and that of its
        article under another id. A post in nobody's place was brought by the import `since`.
        """
        if self._added(row, since):
            return ()
        rows = list(self._tables.rows(f"SELECT {_KNOWN} FROM posts WHERE id = ? OR key = ?", row.id, row.key))  # noqa: S608  names of our own
        replaced = tuple(Known(*values) for values in rows)
        self._db.execute("DELETE FROM posts WHERE id = ? OR key = ?", (row.id, row.key))
        self._added(row, next((known.since for known in replaced if known.id == row.id), since))
        return replaced

    def _added(self, row: PostRow, since: int) -> bool:
        """Record a post, if nothing is in its place: most often nothing is, and to ask first would cost as much."""
        values = (row.id, row.key, row.basis, row.certainty, row.day, since, row.digest, row.record)
        added = self._db.execute("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
        if not added.rowcount:
            return False
        copies = [(row.id, *each) for each in row.duplicates]
        if copies:
            self._db.executemany("INSERT INTO duplicates VALUES (?, ?, ?, ?, ?, ?)", copies)
        return True

    def remove_post(self, post_id: str) -> None:
        """Forget a post."""
        self._db.execute("DELETE FROM posts WHERE id = ?", (post_id,))

    def put_suppressed(self, keys: Iterable[str]) -> None:
        """Record the articles whose posts nobody shall see, by key, in the place of all that were."""
        self._db.execute("DELETE FROM suppressed")
        self._db.executemany("INSERT INTO suppressed VALUES (?)", [(key,) for key in keys])

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        row = self._tables.row("SELECT record FROM posts WHERE id = ?", post_id)
        return self._decode(row[0], from_record) if row else None

    def present_id(self, post_id: str) -> str | None:
        """The id of the post that has this id, or of the one that had it: one of whose copies had it alone.

        None for an id that nothing here has or had, and for one of a suppressed post.
        """
        if self._tables.row("SELECT 1 FROM posts WHERE id = ?", post_id):
            return post_id
        called = self.readings.articles_called(post_id)
        if any(self._tables.row("SELECT 1 FROM suppressed WHERE key = ?", key) for key in called):
            return None  # though another post may have had it too: what nobody shall see leads nowhere
        row = self._tables.row("SELECT id FROM posts WHERE key = ?", called[0]) if called else None
        return row[0] if row else None

    def post_of(self, key: str) -> Post | None:
        """The post of the article with this key."""
        row = self._tables.row("SELECT record FROM posts WHERE key = ?", key)
        return self._decode(row[0], from_record) if row else None

    def posts(self) -> Iterator[Post]:
        """Every post, sorted by id."""
        for (record,) in self._tables.rows("SELECT record FROM posts ORDER BY id"):
            yield self._decode(record, from_record)

    def number_of_posts(self) -> int:
        """How many posts there are."""
        return self._tables.number("SELECT COUNT(*) FROM posts")

    def number_of_duplicates(self) -> int:
        """How many further copies of posts there are."""
        return self._tables.number("SELECT COUNT(*) FROM duplicates")

    def duplicates(self, of: str | None = None) -> Iterator[Duplicate]:
        """Every further copy, sorted by its post, or those of one post."""
        for record, place, kind, similarity, reason in self._tables.rows(
            "SELECT record, place, kind, similarity, reason FROM duplicates JOIN posts ON posts.id = duplicates.of"
            " WHERE ? IS NULL OR duplicates.of = ? ORDER BY duplicates.of, place",
            of,
            of,
        ):
            post = self._decode(record, from_record)
            yield Duplicate(
                of=post.id,
                title=post.title,
                kind=kind,
                similarity=similarity,
                reason=reason,
                provenance=self._tables.made(place, post.provenance.__getitem__),
            )

    def number_below(self, certainty: float) -> int:
        """How many posts have no copy that was cut with this certainty."""
        return self._tables.number("SELECT COUNT(*) FROM posts WHERE certainty < ?", certainty)

    def span(self) -> tuple[str | None, str | None]:
        """The first and the last day of any post, as ISO dates cut to what is known; None where no post has a date."""
        ((first, last),) = self._tables.rows("SELECT MIN(day), MAX(day) FROM posts")
        return first, last

    def days_and_dumps(self) -> Iterator[tuple[str | None, frozenset[str]]]:
        """For each post its day, as an ISO date cut to what is known (None: undated), and the dumps it stands in."""
        # From an index over the entries to their posts: no record is read. CROSS JOIN is how SQLite is told the order
        # (https://www.sqlite.org/optoverview.html), for it cannot know that all entries are fewer steps than all pairs.
        for day, dumps in self._tables.rows(
            "SELECT posts.day, json_group_array(entries.dump)"
            " FROM entries LEFT JOIN merged ON merged.key = entries.key CROSS JOIN posts"
            " WHERE entries.key IS NOT NULL AND posts.key = COALESCE(merged.of, entries.key) GROUP BY posts.key"
        ):
            yield day, frozenset(json.loads(dumps))

    def digest(self) -> str:
        """SHA-256 over every post: equal for equal catalogs, whatever order they were imported in."""
        whole = hashlib.sha256()
        for (digest,) in self._tables.rows("SELECT digest FROM posts ORDER BY id"):
            whole.update(digest.encode())
        return whole.hexdigest()

    def _decode(self, record: str, make: Callable[[dict[str, Any]], _Made]) -> _Made:
        return self._tables.made(record, lambda written: make(json.loads(written)))

    # its history, and what is wrong with it

    def add_import(self, *, new: int, changed: int, removed: int, dumps: int) -> None:
        """Write an import into the history, with the digest that the posts have after it."""
        values = (new, changed, removed, self.number_of_posts(), dumps, self.digest())
        self._db.execute(
            "INSERT INTO imports (new, changed, removed, posts, dumps, digest) VALUES (?, ?, ?, ?, ?, ?)", values
        )

    def imports(self) -> Iterator[Import]:
        """The history of imports, the last one first."""
        names = [field.name for field in fields(Import)]
        for row in self._tables.rows(
            "SELECT number, strftime('%Y-%m-%dT%H:%M:%SZ', at), new, changed, removed, posts, dumps, digest"
            " FROM imports ORDER BY number DESC"
        ):
            yield Import(**dict(zip(names, row, strict=True)))

    def last_import(self) -> str | None:
        """The digest that the posts had after the last import."""
        row = self._tables.row("SELECT digest FROM imports ORDER BY number DESC LIMIT 1")
        return row[0] if row else None

    def next_import(self) -> int:
        """The number of the import that is not in the history yet."""
        return self._tables.number("SELECT COALESCE(MAX(number), 0) + 1 FROM imports")

    def ids_since(self, number: int) -> frozenset[str]:
        """The ids of the posts that no import up to this one, by its number, had brought."""
        return frozenset(post_id for (post_id,) in self._tables.rows("SELECT id FROM posts WHERE since > ?", number))

    def damages(self) -> Iterator[str]:
        """What is wrong inside the file, in words: pages, references, records that are not what was written."""
        try:
            yield from (row[0] for row in self._tables.rows("PRAGMA integrity_check") if row[0] != "ok")
            for table, _, referred, _ in self._tables.rows("PRAGMA foreign_key_check"):
                yield f"a row of {table} refers to none of {referred}"
            for name, digest, record in self._tables.rows(
                "SELECT id, digest, record FROM posts"
                " UNION ALL SELECT 'entry ' || number || ' of ' || dump, digest, record FROM entries"
            ):
                if digest_of(record) != digest:
                    yield f"{name} is not what was written"
            yield from self.comparisons.damages()
        except CatalogError as error:
            yield str(error.__cause__)
