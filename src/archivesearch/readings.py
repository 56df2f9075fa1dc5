"""What the catalog knows of dumps: each reading of one, and the entries that were read from it.

A dump is read in the transactions of its own, so that what an interrupted import has read is there for the next one.
Only the readings that the last whole import made current are what the archive is made of.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any

from archivesearch.dedupe import OWN_DIGITS
from archivesearch.dumps import Rejected
from archivesearch.entries import EntryRow
from archivesearch.errors import CatalogError
from archivesearch.posts import Post, from_record
from archivesearch.tables import MAKE_AGAIN, Tables

SUPPRESSED = "suppressed by corrections.toml"
"""Why an entry of a suppressed post is rejected."""


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


_COLUMNS = ", ".join(field.name for field in fields(DumpRow))


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


class Readings:
    """The tables of dumps and entries, in the file of the catalog; whatever writes is called inside its `writing`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    # reading dumps

    def begin(self, dump: DumpRow) -> int:
        """Begin to read a dump; the number of this reading. `dump.entries` is counted by `end`."""
        marks = ", ".join("?" * len(fields(DumpRow)))
        inserted = self._tables.db.execute(
            f"INSERT INTO readings (state, {_COLUMNS}) VALUES ('begun', {marks})",  # noqa: S608  names of our own
            astuple(dump),
        )
        return int(inserted.lastrowid or 0)

    def add(self, reading: int, number: int, entries: Iterable[EntryRow]) -> None:
        """Record entries of a dump in their order; `number` of them are there already."""
        self._tables.db.executemany(
            "INSERT INTO read_entries VALUES (?, ?, ?, ?, ?)",
            ((reading, n, row.key, row.digest, row.record) for n, row in enumerate(entries, start=number + 1)),
        )

    def end(self, reading: int) -> None:
        """The dump has been read to its end."""
        self._tables.db.execute(
            "UPDATE readings SET state = 'read', entries = (SELECT COUNT(*) FROM read_entries WHERE reading = id)"
            " WHERE id = ?",
            (reading,),
        )

    def refuse(self, reading: int, reason: str) -> None:
        """No reader could read the dump after all; it has no entries."""
        self._tables.db.execute("DELETE FROM read_entries WHERE reading = ?", (reading,))
        self._tables.db.execute(
            "UPDATE readings SET state = 'read', entries = 0, reader = NULL, reason = ? WHERE id = ?", (reason, reading)
        )

    def waiting(self) -> dict[int, DumpRow]:
        """The readings that an import has ended without making them current, by their numbers in their order."""
        rows = self._tables.rows(f"SELECT id, {_COLUMNS} FROM readings WHERE state = 'read' ORDER BY id")  # noqa: S608  ours
        return {reading: _dump_row(values) for reading, *values in rows}

    def number_read(self, readings: Iterable[int]) -> int:
        """How many of these readings are of dumps that a reader could read."""
        query = "SELECT reader IS NOT NULL FROM readings WHERE id = ?"
        return sum(self._tables.number(query, reading) for reading in readings)

    def make_current(self, readings: Collection[int], gone: Collection[str]) -> None:
        """Put these readings in the place of what their dumps had, forget the dumps that are gone and other readings.

        The entries of all that stays untouched.
        """
        db = self._tables.db
        db.executemany("DELETE FROM readings WHERE state = 'current' AND name = ?", [(name,) for name in gone])
        for reading in readings:
            db.execute(
                "DELETE FROM readings WHERE state = 'current' AND name = (SELECT name FROM readings WHERE id = ?)",
                (reading,),
            )
            db.execute("UPDATE readings SET state = 'current' WHERE id = ?", (reading,))
        db.execute("DELETE FROM readings WHERE state <> 'current'")

    def dumps(self) -> dict[str, DumpRow]:
        """Every dump by its name, sorted."""
        rows = self._tables.rows(f"SELECT {_COLUMNS} FROM dumps ORDER BY name")  # noqa: S608  names of our own
        return {values[0]: _dump_row(values) for values in rows}

    # entries that are posts

    def copies(self) -> Iterator[tuple[str, Copy]]:
        """Every entry that is a post, with the key of its article, sorted by key.

        That is its `exact_key`, or what `Comparisons.put_merged` has put in its place.
        """
        for key, *copy in self._tables.rows(
            "SELECT COALESCE(merged.of, entries.key) AS article, dump, number, digest"
            " FROM entries LEFT JOIN merged ON merged.key = entries.key"
            " WHERE entries.key IS NOT NULL ORDER BY article, dump, number"
        ):
            yield key, Copy(*copy)

    def articles(self) -> Iterator[tuple[str, str]]:
        """The `exact_key` of each article of the entries, and the key under which it becomes a post."""
        yield from self._tables.rows(
            "SELECT DISTINCT entries.key, COALESCE(merged.of, entries.key)"
            " FROM entries LEFT JOIN merged ON merged.key = entries.key WHERE entries.key IS NOT NULL"
        )

    def articles_called(self, post_id: str) -> list[str]:
        """The keys of the articles that a post of this id is, or one of whose copies had it alone, sorted."""
        day, digits = post_id[: -OWN_DIGITS - 1], post_id[-OWN_DIGITS:]
        rows = self._tables.rows(
            "SELECT DISTINCT COALESCE(merged.of, entries.key) AS article"
            " FROM entries LEFT JOIN merged ON merged.key = entries.key"
            # only the keys of its day are looked at, in their index; a month has those of its days among them
            " WHERE entries.key BETWEEN ? || '-' AND ? || '.' AND substr(entries.key, ?, 1) = char(31)"
            " AND ? IN (substr(entries.key, ?, ?), substr(entries.key, -?)) ORDER BY article",
            day, day, len(post_id) + 1, digits, len(day) + 2, OWN_DIGITS, OWN_DIGITS,
        )  # fmt: skip
        return [article for (article,) in rows]

    def read_copy(self, copy: Copy) -> Post:
        """The post as it was read from its dump."""
        return self._post(self.record_of(copy))

    def record_of(self, copy: Copy) -> str:
        """The record of the post as it was read from its dump."""
        row = self._tables.row("SELECT record FROM entries WHERE dump = ? AND number = ?", copy.dump, copy.number)
        if row is None:
            raise CatalogError(f"{self._tables.path} has lost entry {copy.number} of {copy.dump}. {MAKE_AGAIN}")
        return str(row[0])

    def copies_of(self, post_id: str) -> Iterator[Post]:
        """The copies of a post, each as it was read from its dump."""
        for (record,) in self._tables.rows(
            "SELECT entries.record FROM posts, entries LEFT JOIN merged ON merged.key = entries.key"
            " WHERE posts.id = ? AND COALESCE(merged.of, entries.key) = posts.key ORDER BY dump, number",
            post_id,
        ):
            yield self._post(record)

    def number_of_articles(self) -> int:
        """How many different articles the entries are."""
        return self._tables.number(
            "SELECT COUNT(DISTINCT COALESCE(merged.of, entries.key)) FROM entries"
            " LEFT JOIN merged ON merged.key = entries.key WHERE entries.key IS NOT NULL"
        )

    def digest(self) -> str:
        """A digest of every entry that is a post."""
        whole = hashlib.sha256()
        for key, dump, digest in self._tables.rows(
            "SELECT key, dump, digest FROM entries WHERE key IS NOT NULL ORDER BY key, dump, number"
        ):
            whole.update(f"{key}\x1f{dump}\x1f{digest}\n".encode())
        return whole.hexdigest()

    def keys_in(self, dump: str) -> set[str]:
        """The `exact_key` of each entry of this dump that is a post."""
        rows = self._tables.rows("SELECT DISTINCT key FROM entries WHERE key IS NOT NULL AND dump = ?", dump)
        return {key for (key,) in rows}

    def entries_of(self, key: str) -> Iterator[Post]:
        """The entries with this `exact_key`."""
        yield from map(self._post, self.records_of(key))

    def records_of(self, key: str) -> Iterator[str]:
        """The records of the entries with this `exact_key`."""
        for (record,) in self._tables.rows("SELECT record FROM entries WHERE key = ? ORDER BY dump, number", key):
            yield record

    def evidence(self) -> Iterator[str]:
        """The evidence in the provenance of every entry that is a post, for those that have any."""
        for (text,) in self._tables.rows(
            "SELECT DISTINCT json_extract(record, '$.provenance[0].evidence') FROM entries"
            " WHERE key IS NOT NULL AND json_extract(record, '$.provenance[0].evidence') <> ''"
        ):
            yield text

    def _post(self, record: str) -> Post:
        return self._tables.made(record, lambda written: from_record(json.loads(written)))

    # entries that are none

    def rejected(self) -> Iterator[Rejected]:
        """Every entry that is no post, or of a suppressed one, by dump and place; of those nothing but the place."""
        for key, record in self._tables.rows(
            "SELECT suppressed.key, record FROM entries LEFT JOIN merged ON merged.key = entries.key"
            " LEFT JOIN suppressed ON suppressed.key = COALESCE(merged.of, entries.key)"
            " WHERE entries.key IS NULL OR suppressed.key IS NOT NULL ORDER BY dump, number"
        ):
            values = self._tables.made(record, json.loads)
            yield self._tables.made(values, _suppressed if key else _rejected)

    def number_of_rejected(self) -> int:
        """How many entries are no posts, or of suppressed ones."""
        return sum(count.rejected for count in self.counts().values())

    def counts(self) -> dict[str, DumpCounts]:
        """What became of the entries of each dump that has any."""
        copies = dict(self._tables.rows("SELECT dump, COUNT(*) FROM duplicates GROUP BY dump"))
        return {
            dump: DumpCounts(posts=shown - copies.get(dump, 0), duplicates=copies.get(dump, 0), rejected=every - shown)
            for dump, every, shown in self._tables.rows(
                "SELECT dump, COUNT(*), COUNT(CASE WHEN suppressed.key IS NULL THEN entries.key END) FROM entries"
                " LEFT JOIN merged ON merged.key = entries.key"
                " LEFT JOIN suppressed ON suppressed.key = COALESCE(merged.of, entries.key) GROUP BY dump"
            )
        }


def _dump_row(values: Iterable[Any]) -> DumpRow:
    return DumpRow(**dict(zip(_COLUMNS.split(", "), values, strict=True)))


def _rejected(values: dict[str, Any]) -> Rejected:
    return Rejected(**values)


def _suppressed(values: dict[str, Any]) -> Rejected:
    place = values["provenance"][0]
    return Rejected(dump=place["dump"], entry="a post", reason=SUPPRESSED, line=place["line"])
