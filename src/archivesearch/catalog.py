"""The catalog: every dump, the entries read from it, and the posts they make, in SQLite.

It can be made again from raw/ at any time. One import is one transaction: it is there whole or not at all.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from archivesearch.comparisons import Comparisons
from archivesearch.dedupe import Duplicate, exact_key
from archivesearch.dumps import Rejected
from archivesearch.errors import CatalogError
from archivesearch.posts import Post, from_record, to_record
from archivesearch.tables import MAKE_AGAIN, Tables

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpRow:
    """A dump as the catalog knows it.

    Where no reader could read it, `reader` is None and `reason` says why. `evidence` is what it tells about others,
    `basis` a digest of all that its entries depend on, and `entries` how many were read from it.
    """

    name: str
    sha256: str
    size: int
    reader: str | None
    version: int
    reason: str
    evidence: str
    basis: str = ""
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpCounts:
    """How many entries of a dump are posts, further copies of posts, and rejected."""

    posts: int = 0
    duplicates: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """An entry that is a post, by its place in the catalog; `digest` is that of its record."""

    dump: str
    number: int
    digest: str


class Catalog:
    """The catalog in one file: as it was when it was opened, or `writable` by one process at a time.

    Raises CatalogError where the file is damaged, of another version, or locked by another import, and from every
    method where it cannot be read or written.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self._tables = Tables(path, writable=writable)
        self._db = self._tables.db
        self.comparisons = Comparisons(self._tables)

    def close(self) -> None:
        """Close the file and give the lock back."""
        self._tables.close()

    def writing(self) -> AbstractContextManager[None]:
        """All changes inside become durable together at its end, or none of them. Whatever writes is called inside."""
        return self._tables.writing()

    # dumps and entries

    def dumps(self) -> dict[str, DumpRow]:
        """Every dump by its name, sorted."""
        names = [field.name for field in fields(DumpRow)]
        rows = self._tables.rows(f"SELECT {', '.join(names)} FROM dumps ORDER BY name")  # noqa: S608  names of our own
        return {row[0]: DumpRow(**dict(zip(names, row, strict=True))) for row in rows}

    def put_dump(self, dump: DumpRow, entries: Iterable[Post | Rejected]) -> None:
        """Record a dump with these entries in the place of those it had; `dump.entries` is counted anew."""
        self.remove_dump(dump.name)
        self._db.execute("INSERT INTO dumps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(dump))
        count = 0
        for count, entry in enumerate(entries, start=1):
            key, record = _entry_record(entry)
            values = (dump.name, count, key, _digest(record), record)
            self._db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", values)
        self._db.execute("UPDATE dumps SET entries = ? WHERE name = ?", (count, dump.name))

    def remove_dump(self, name: str) -> None:
        """Forget a dump and its entries."""
        self._db.execute("DELETE FROM dumps WHERE name = ?", (name,))

    def copies(self) -> Iterator[tuple[str, Copy]]:
        """Every entry that is a post, with the key of its article, sorted by key.

        That is its `exact_key`, or what `put_merged` has put in its place.
        """
        for key, *copy in self._tables.rows(
            "SELECT COALESCE(merged.of, entries.key) AS article, dump, number, digest"
            " FROM entries LEFT JOIN merged ON merged.key = entries.key"
            " WHERE entries.key IS NOT NULL ORDER BY article, dump, number"
        ):
            yield key, Copy(*copy)

    def read_copy(self, copy: Copy) -> Post:
        """The post as it was read from its dump."""
        row = self._tables.row("SELECT record FROM entries WHERE dump = ? AND number = ?", copy.dump, copy.number)
        if row is None:
            raise CatalogError(f"{self.path} has lost entry {copy.number} of {copy.dump}. {MAKE_AGAIN}")
        return self._decode(row[0], from_record)

    def number_of_articles(self) -> int:
        """How many different articles the entries are."""
        return self._tables.number(
            "SELECT COUNT(DISTINCT COALESCE(merged.of, entries.key)) FROM entries"
            " LEFT JOIN merged ON merged.key = entries.key WHERE entries.key IS NOT NULL"
        )

    def rejected(self) -> Iterator[Rejected]:
        """Every entry that is no post, by dump and place."""
        for (record,) in self._tables.rows("SELECT record FROM entries WHERE key IS NULL ORDER BY dump, number"):
            yield self._decode(record, lambda values: Rejected(**values))

    def number_of_rejected(self) -> int:
        """How many entries are no posts."""
        return self._tables.number("SELECT COUNT(*) FROM entries WHERE key IS NULL")

    def counts(self) -> dict[str, DumpCounts]:
        """What became of the entries of each dump that has any."""
        copies = dict(self._tables.rows("SELECT dump, COUNT(*) FROM duplicates GROUP BY dump"))
        return {
            dump: DumpCounts(posts=keyed - copies.get(dump, 0), duplicates=copies.get(dump, 0), rejected=every - keyed)
            for dump, every, keyed in self._tables.rows("SELECT dump, COUNT(*), COUNT(key) FROM entries GROUP BY dump")
        }

    def entries_digest(self) -> str:
        """A digest of every entry that is a post."""
        whole = hashlib.sha256()
        for key, dump, digest in self._tables.rows(
            "SELECT key, dump, digest FROM entries WHERE key IS NOT NULL ORDER BY key, dump, number"
        ):
            whole.update(f"{key}\x1f{dump}\x1f{digest}\n".encode())
        return whole.hexdigest()

    def exact_keys(self) -> list[str]:
        """The different `exact_key` of the entries, sorted."""
        rows = self._tables.rows("SELECT DISTINCT key FROM entries WHERE key IS NOT NULL ORDER BY key")
        return [key for (key,) in rows]

    def entries_of(self, key: str) -> Iterator[Post]:
        """The entries with this `exact_key`."""
        for (record,) in self._tables.rows("SELECT record FROM entries WHERE key = ? ORDER BY dump, number", key):
            yield self._decode(record, from_record)

    # posts

    def bases(self) -> dict[str, tuple[str, str]]:
        """For the key of each post's article its id and a digest of all that the post was made from."""
        return {key: (post, basis) for post, key, basis in self._tables.rows("SELECT id, key, basis FROM posts")}

    def put_post(self, post: Post, key: str, basis: str, duplicates: Iterable[Duplicate]) -> bool:
        """Record a post with its further copies; true if it is new or not as before."""
        record = _encode(to_record(post))
        digest = _digest(record)
        before = self._tables.row("SELECT digest FROM posts WHERE id = ?", post.id)
        self._db.execute("DELETE FROM posts WHERE id = ? OR key = ?", (post.id, key))
        certainty = max(place.certainty for place in post.provenance)
        day = post.published.day_key if post.published else None
        values = (post.id, key, basis, certainty, day, digest, record)
        self._db.execute("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self._db.executemany(
            "INSERT INTO duplicates VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    each.of,
                    post.provenance.index(each.provenance),
                    each.provenance.dump,
                    each.kind,
                    each.similarity,
                    each.reason,
                )
                for each in duplicates
            ],
        )
        return before != (digest,)

    def remove_post(self, post_id: str) -> None:
        """Forget a post."""
        self._db.execute("DELETE FROM posts WHERE id = ?", (post_id,))

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        row = self._tables.row("SELECT record FROM posts WHERE id = ?", post_id)
        return self._decode(row[0], from_record) if row else None

    def post_of(self, key: str) -> Post | None:
        """The post of the article with this `exact_key`."""
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

    def copies_of(self, post_id: str) -> Iterator[Post]:
        """The copies of a post, each as it was read from its dump."""
        for (record,) in self._tables.rows(
            "SELECT entries.record FROM posts, entries LEFT JOIN merged ON merged.key = entries.key"
            " WHERE posts.id = ? AND COALESCE(merged.of, entries.key) = posts.key ORDER BY dump, number",
            post_id,
        ):
            yield self._decode(record, from_record)

    def number_below(self, certainty: float) -> int:
        """How many posts have no copy that was cut with this certainty."""
        return self._tables.number("SELECT COUNT(*) FROM posts WHERE certainty < ?", certainty)

    def posts_below(self, certainty: float) -> Iterator[Post]:
        """The posts that have no copy cut with this certainty, the least certain first."""
        rows = self._tables.rows("SELECT record FROM posts WHERE certainty < ? ORDER BY certainty, id", certainty)
        yield from (self._decode(record, from_record) for (record,) in rows)

    def span(self) -> tuple[str | None, str | None]:
        """The first and the last day of any post, as ISO dates cut to what is known; None where no post has a date."""
        ((first, last),) = self._tables.rows("SELECT MIN(day), MAX(day) FROM posts")
        return first, last

    def digest(self) -> str:
        """SHA-256 over every post: equal for equal catalogs, whatever order they were imported in."""
        whole = hashlib.sha256()
        for (digest,) in self._tables.rows("SELECT digest FROM posts ORDER BY id"):
            whole.update(digest.encode())
        return whole.hexdigest()

    def _decode(self, record: str, make: Callable[[dict[str, Any]], _Made]) -> _Made:
        return self._tables.made(record, lambda written: make(json.loads(written)))

    # its history, and what is wrong with it

    def add_import(self, *, new: int, changed: int, removed: int) -> None:
        """Write an import into the history, with the digest that the posts have after it."""
        values = (new, changed, removed, self.digest())
        self._db.execute("INSERT INTO imports (new, changed, removed, digest) VALUES (?, ?, ?, ?)", values)

    def last_import(self) -> str | None:
        """The digest that the posts had after the last import."""
        row = self._tables.row("SELECT digest FROM imports ORDER BY number DESC LIMIT 1")
        return row[0] if row else None

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
                if _digest(record) != digest:
                    yield f"{name} is not what was written"
            yield from self.comparisons.damages()
        except CatalogError as error:
            yield str(error.__cause__)


def _entry_record(entry: Post | Rejected) -> tuple[str | None, str]:
    if isinstance(entry, Rejected):
        return None, _encode(asdict(entry))
    return exact_key(entry), _encode(to_record(entry))


def _encode(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode()).hexdigest()
