"""The catalog: every dump, the entries read from it, and the posts they make, in SQLite.

It can be made again from raw/ at any time. One import is one transaction: it is there whole or not at all.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from archivesearch.dedupe import Duplicate, exact_key
from archivesearch.dumps import Rejected
from archivesearch.errors import CatalogError
from archivesearch.posts import Post, from_record, to_record

_Made = TypeVar("_Made")

SCHEMA = 1
"""Raised whenever the tables change: a catalog of another version is made again from raw/."""

BUSY_MS = 5000
"""How long to wait, in milliseconds, for another program that has the file locked; ours never hold it that long."""

_TABLES = """
CREATE TABLE dumps (
    name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, reader TEXT, version INTEGER NOT NULL,
    reason TEXT NOT NULL, evidence TEXT NOT NULL, basis TEXT NOT NULL, entries INTEGER NOT NULL
);
CREATE TABLE entries (
    dump TEXT NOT NULL REFERENCES dumps(name) ON DELETE CASCADE, number INTEGER NOT NULL,
    key TEXT, digest TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (dump, number)
);
CREATE INDEX entries_by_key ON entries (key, dump, number, digest) WHERE key IS NOT NULL;
CREATE TABLE posts (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, basis TEXT NOT NULL, certainty REAL NOT NULL, day TEXT,
    digest TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE duplicates (
    of TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE, dump TEXT NOT NULL, start INTEGER NOT NULL,
    kind TEXT NOT NULL, similarity REAL NOT NULL, PRIMARY KEY (of, dump, start)
);
CREATE TABLE imports (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    new INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL, digest TEXT NOT NULL
);
"""


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
        self._lock = _lock(path) if writable else None
        try:
            with _explained(path):
                self._db = _connect(path, writable=writable)
        except BaseException:
            self._unlock()
            raise

    def close(self) -> None:
        """Close the file and give the lock back."""
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All changes inside become durable together at its end, or none of them. Whatever writes is called inside."""
        with _explained(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite has ended it where the disk was full
                    self._db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows as they are read: damage shows only when the reading comes to it."""
        with _explained(self.path):
            for row in self._db.execute(query, values):  # noqa: UP028  `yield from` closes a cursor, which may be too late
                yield row

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        return next(self._rows(query, *values), None)

    def _number(self, query: str, *values: object) -> int:
        return sum(row[0] for row in self._rows(query, *values))

    # dumps and entries

    def dumps(self) -> dict[str, DumpRow]:
        """Every dump by its name, sorted."""
        names = [field.name for field in fields(DumpRow)]
        rows = self._rows(f"SELECT {', '.join(names)} FROM dumps ORDER BY name")  # noqa: S608  names of our own
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
        """Every entry that is a post, with its `exact_key`, sorted by key."""
        for key, *copy in self._rows(
            "SELECT key, dump, number, digest FROM entries WHERE key IS NOT NULL ORDER BY key, dump, number"
        ):
            yield key, Copy(*copy)

    def read_copy(self, copy: Copy) -> Post:
        """The post as it was read from its dump."""
        row = self._row("SELECT record FROM entries WHERE dump = ? AND number = ?", copy.dump, copy.number)
        if row is None:
            raise CatalogError(f"{self.path} has lost entry {copy.number} of {copy.dump}. {_MAKE_AGAIN}")
        return self._decode(row[0], from_record)

    def number_of_articles(self) -> int:
        """How many different keys the entries have."""
        return self._number("SELECT COUNT(DISTINCT key) FROM entries WHERE key IS NOT NULL")

    def rejected(self) -> Iterator[Rejected]:
        """Every entry that is no post, by dump and place."""
        for (record,) in self._rows("SELECT record FROM entries WHERE key IS NULL ORDER BY dump, number"):
            yield self._decode(record, lambda values: Rejected(**values))

    def number_of_rejected(self) -> int:
        """How many entries are no posts."""
        return self._number("SELECT COUNT(*) FROM entries WHERE key IS NULL")

    def counts(self) -> dict[str, DumpCounts]:
        """What became of the entries of each dump that has any."""
        copies = dict(self._rows("SELECT dump, COUNT(*) FROM duplicates GROUP BY dump"))
        return {
            dump: DumpCounts(posts=keyed - copies.get(dump, 0), duplicates=copies.get(dump, 0), rejected=every - keyed)
            for dump, every, keyed in self._rows("SELECT dump, COUNT(*), COUNT(key) FROM entries GROUP BY dump")
        }

    # posts

    def bases(self) -> dict[str, tuple[str, str]]:
        """For the key of each post's article its id and a digest of all that the post was made from."""
        return {key: (post, basis) for post, key, basis in self._rows("SELECT id, key, basis FROM posts")}

    def put_post(self, post: Post, key: str, basis: str, duplicates: Iterable[Duplicate]) -> bool:
        """Record a post with its further copies; true if it is new or not as before."""
        record = _encode(to_record(post))
        digest = _digest(record)
        before = self._row("SELECT digest FROM posts WHERE id = ?", post.id)
        self._db.execute("DELETE FROM posts WHERE id = ? OR key = ?", (post.id, key))
        certainty = max(place.certainty for place in post.provenance)
        day = post.published.day_key if post.published else None
        values = (post.id, key, basis, certainty, day, digest, record)
        self._db.execute("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self._db.executemany(
            "INSERT INTO duplicates (of, dump, start, kind, similarity) VALUES (?, ?, ?, ?, ?)",
            [(d.of, d.provenance.dump, d.provenance.start, d.kind, d.similarity) for d in duplicates],
        )
        return before != (digest,)

    def remove_post(self, post_id: str) -> None:
        """Forget a post."""
        self._db.execute("DELETE FROM posts WHERE id = ?", (post_id,))

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        row = self._row("SELECT record FROM posts WHERE id = ?", post_id)
        return self._decode(row[0], from_record) if row else None

    def post_of(self, key: str) -> Post | None:
        """The post of the article with this `exact_key`."""
        row = self._row("SELECT record FROM posts WHERE key = ?", key)
        return self._decode(row[0], from_record) if row else None

    def posts(self) -> Iterator[Post]:
        """Every post, sorted by id."""
        for (record,) in self._rows("SELECT record FROM posts ORDER BY id"):
            yield self._decode(record, from_record)

    def number_of_posts(self) -> int:
        """How many posts there are."""
        return self._number("SELECT COUNT(*) FROM posts")

    def number_of_duplicates(self) -> int:
        """How many further copies of posts there are."""
        return self._number("SELECT COUNT(*) FROM duplicates")

    def number_below(self, certainty: float) -> int:
        """How many posts have no copy that was cut with this certainty."""
        return self._number("SELECT COUNT(*) FROM posts WHERE certainty < ?", certainty)

    def posts_below(self, certainty: float) -> Iterator[Post]:
        """The posts that have no copy cut with this certainty, the least certain first."""
        rows = self._rows("SELECT record FROM posts WHERE certainty < ? ORDER BY certainty, id", certainty)
        yield from (self._decode(record, from_record) for (record,) in rows)

    def span(self) -> tuple[str | None, str | None]:
        """The first and the last day of any post, as ISO dates cut to what is known; None where no post has a date."""
        ((first, last),) = self._rows("SELECT MIN(day), MAX(day) FROM posts")
        return first, last

    def digest(self) -> str:
        """SHA-256 over every post: equal for equal catalogs, whatever order they were imported in."""
        whole = hashlib.sha256()
        for (digest,) in self._rows("SELECT digest FROM posts ORDER BY id"):
            whole.update(digest.encode())
        return whole.hexdigest()

    def _decode(self, record: str, make: Callable[[dict[str, Any]], _Made]) -> _Made:
        try:
            return make(json.loads(record))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogError(f"{self.path} has a record that is damaged ({error!r}). {_MAKE_AGAIN}") from error

    # its history, and what is wrong with it

    def add_import(self, *, new: int, changed: int, removed: int) -> None:
        """Write an import into the history, with the digest that the posts have after it."""
        values = (new, changed, removed, self.digest())
        self._db.execute("INSERT INTO imports (new, changed, removed, digest) VALUES (?, ?, ?, ?)", values)

    def last_import(self) -> str | None:
        """The digest that the posts had after the last import."""
        row = self._row("SELECT digest FROM imports ORDER BY number DESC LIMIT 1")
        return row[0] if row else None

    def damages(self) -> Iterator[str]:
        """What is wrong inside the file, in words: pages, references, records that are not what was written."""
        try:
            yield from (row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok")
            for table, _, referred, _ in self._rows("PRAGMA foreign_key_check"):
                yield f"a row of {table} refers to none of {referred}"
            for name, digest, record in self._rows(
                "SELECT id, digest, record FROM posts"
                " UNION ALL SELECT 'entry ' || number || ' of ' || dump, digest, record FROM entries"
            ):
                if _digest(record) != digest:
                    yield f"{name} is not what was written"
        except CatalogError as error:
            yield str(error.__cause__)


_MAKE_AGAIN = "Delete the folder index/ and run `archivesearch import`: it is made again from raw/."

_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: make room, then run the same command again. Nothing was changed.",
    sqlite3.SQLITE_IOERR: "Look whether the disk is full or failing, then run the same command again.",
    sqlite3.SQLITE_BUSY: "Another program has it locked: end that, then run the same command again.",
    sqlite3.SQLITE_CANTOPEN: "Give the right to read and write its folder, then run the same command again.",
    sqlite3.SQLITE_READONLY: "Give the right to write it, then run the same command again.",
    sqlite3.SQLITE_PERM: "Give the right to read and write it, then run the same command again.",
}
"""What to do by SQLite's primary result code (https://www.sqlite.org/rescode.html); for all others `_MAKE_AGAIN`."""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raises what SQLite raises inside as a CatalogError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _MAKE_AGAIN)
        raise CatalogError(f"{path} cannot be used ({error}). {advice}") from error


def _connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    uri = f"{Path(os.path.abspath(path)).as_uri()}?mode={'rwc' if writable else 'ro'}"  # noqa: PTH100  keeps links
    may_write = os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    if not writable and not may_write and not path.with_name(f"{path.name}-wal").exists():
        uri += "&immutable=1"  # else SQLite makes a file beside it, even to read
    # a stream of posts may end in another thread than it began in; two threads never use one catalog at a time
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        db.execute("PRAGMA foreign_keys = ON")
        if writable:
            _make_tables(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        else:
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")  # the first reading fixes what all others see
            _check_version(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _make_tables(db: sqlite3.Connection, path: Path) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version:
        _check_version(db, path)
    else:
        db.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {SCHEMA};COMMIT;")


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA:
        raise CatalogError(f"{path} is of another version ({version}, this program's is {SCHEMA}). {_MAKE_AGAIN}")


def _lock(path: Path) -> int:
    """A lock that ends with this process. Raises CatalogError naming the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name("import.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    except BlockingIOError as error:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace") or "that has just begun"
        os.close(lock)
        raise CatalogError(
            f"Another import is at work (process {holder}). Wait for its end, then try again."
        ) from error
    except BaseException:
        os.close(lock)
        raise
    return lock


def _entry_record(entry: Post | Rejected) -> tuple[str | None, str]:
    if isinstance(entry, Rejected):
        return None, _encode(asdict(entry))
    return exact_key(entry), _encode(to_record(entry))


def _encode(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode()).hexdigest()
