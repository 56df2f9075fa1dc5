"""The file of the catalog: connection, tables, transactions, the lock of its one writer, what SQLite's errors mean."""

import fcntl
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from archivesearch.errors import CatalogError

_Made = TypeVar("_Made")
_Written = TypeVar("_Written")

SCHEMA = 4
"""Raised whenever the tables change: a catalog of another version is made again from raw/."""

BUSY_MS = 5000
"""How long to wait, in milliseconds, for another program that has the file locked; ours never hold it that long."""

_TABLES = """
CREATE TABLE readings (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('begun', 'read', 'current')),
    name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, reader TEXT, version INTEGER NOT NULL,
    reason TEXT NOT NULL, evidence TEXT NOT NULL, basis TEXT NOT NULL, entries INTEGER NOT NULL
);
CREATE UNIQUE INDEX readings_by_name ON readings (name) WHERE state = 'current';
CREATE VIEW dumps AS SELECT * FROM readings WHERE state = 'current';
CREATE TABLE read_entries (
    reading INTEGER NOT NULL REFERENCES readings(id) ON DELETE CASCADE, number INTEGER NOT NULL,
    key TEXT, digest TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (reading, number)
);
CREATE INDEX entries_by_key ON read_entries (key, reading, number, digest) WHERE key IS NOT NULL;
CREATE VIEW entries AS
    SELECT dumps.name AS dump, reading, number, key, digest, record FROM read_entries JOIN dumps ON dumps.id = reading;
CREATE TABLE posts (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, basis TEXT NOT NULL, certainty REAL NOT NULL, day TEXT,
    since INTEGER NOT NULL, digest TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE suppressed (key TEXT PRIMARY KEY);
CREATE TABLE duplicates (
    of TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE, place INTEGER NOT NULL, dump TEXT NOT NULL,
    kind TEXT NOT NULL, similarity REAL NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (of, place)
);
CREATE TABLE sketches (key TEXT PRIMARY KEY, digest TEXT NOT NULL, sketch BLOB NOT NULL);
CREATE TABLE comparisons (
    copy TEXT NOT NULL REFERENCES sketches(key) ON DELETE CASCADE,
    whole TEXT NOT NULL REFERENCES sketches(key) ON DELETE CASCADE,
    kind TEXT, similarity REAL NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (copy, whole)
);
CREATE INDEX comparisons_by_whole ON comparisons (whole);
CREATE TABLE merged (key TEXT PRIMARY KEY, of TEXT NOT NULL);
CREATE TABLE steps (name TEXT PRIMARY KEY, basis TEXT NOT NULL);
CREATE TABLE imports (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    new INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL, posts INTEGER NOT NULL,
    dumps INTEGER NOT NULL, digest TEXT NOT NULL
);
"""


class Tables:
    """The tables in one file: as they were when it was opened, or `writable` by one process at a time.

    Raises CatalogError where the file is damaged, of another version, or locked by another import, and from every
    method where it cannot be read or written.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self._lock = _lock(path) if writable else None
        try:
            with _explained(path):
                self.db = _connect(path, writable=writable)
        except BaseException:
            self._unlock()
            raise

    def close(self) -> None:
        """Close the file and give the lock back."""
        self.db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[None]:
        """All changes inside become durable together at its end, or none of them: none if they are not to be kept.

        `db` writes only inside.
        """
        with _explained(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                if self.db.in_transaction:  # SQLite has ended it where the disk was full
                    self.db.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows as they are read: damage shows only when the reading comes to it."""
        with _explained(self.path):
            for row in self.db.execute(query, values):  # noqa: UP028  `yield from` closes a cursor, which may be too late
                yield row

    def row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """The first row, if there is any."""
        with _explained(self.path):
            found: tuple[Any, ...] | None = self.db.execute(query, values).fetchone()
            return found

    def number(self, query: str, *values: object) -> int:
        """The sum of the first column."""
        return sum(row[0] for row in self.rows(query, *values))

    def made(self, written: _Written, make: Callable[[_Written], _Made]) -> _Made:
        """What `make` makes of something written here. Raises CatalogError where it is not what was written."""
        try:
            return make(written)
        except (ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
            raise CatalogError(f"{self.path} has a record that is damaged ({error!r}). {MAKE_AGAIN}") from error


MAKE_AGAIN = "Delete the folder index/ and run `archivesearch import`: it is made again from raw/."
"""What to do about a catalog that cannot be used."""

_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: make room, then run the same command again. Nothing was changed.",
    sqlite3.SQLITE_IOERR: "Look whether the disk is full or failing, then run the same command again.",
    sqlite3.SQLITE_BUSY: "Another program has it locked: end that, then run the same command again.",
    sqlite3.SQLITE_CANTOPEN: "Give the right to read and write its folder, then run the same command again.",
    sqlite3.SQLITE_READONLY: "Give the right to write it, then run the same command again.",
    sqlite3.SQLITE_PERM: "Give the right to read and write it, then run the same command again.",
}
"""What to do by SQLite's primary result code (https://www.sqlite.org/rescode.html); for all others `MAKE_AGAIN`."""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raises what SQLite raises inside as a CatalogError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, MAKE_AGAIN)
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
        raise CatalogError(f"{path} is of another version ({version}, this program's is {SCHEMA}). {MAKE_AGAIN}")


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
