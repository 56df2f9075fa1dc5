"""What the catalog knows of near-duplicates: sketches, comparisons, and under which key articles become one post.

All of it can be made again from the entries; it is kept so that an import compares only what is new.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple

from archivesearch.near import Likeness, Sketch, from_bytes
from archivesearch.tables import Tables


class Comparisons:
    """The tables of near-duplicates, in the file of the catalog; an article stands in them by its `exact_key`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def basis(self, step: str) -> str | None:
        """A digest of all that the last run of this step depended on."""
        row = self._tables.row("SELECT basis FROM steps WHERE name = ?", step)
        return row[0] if row else None

    def put_basis(self, step: str, basis: str) -> None:
        """Record what a step depended on."""
        self._tables.db.execute("INSERT OR REPLACE INTO steps VALUES (?, ?)", (step, basis))

    def forget(self) -> None:
        """Forget everything, so that all of it is made anew."""
        self._tables.db.execute("DELETE FROM sketches")
        self._tables.db.execute("DELETE FROM steps")

    def sketches(self) -> Iterator[tuple[int, Sketch]]:
        """Every sketch, in the order of the `exact_key` of its article, for which a number stands here."""
        for number, sketch in self._tables.rows("SELECT rowid, sketch FROM sketches ORDER BY key"):
            yield number, self._tables.made(sketch, from_bytes)

    def key(self, number: int) -> str:
        """The `exact_key` of the article for which `sketches` gave this number."""
        ((key,),) = self._tables.rows("SELECT key FROM sketches WHERE rowid = ?", number)
        return str(key)

    def is_sketched(self, key: str) -> bool:
        """Whether the article with this `exact_key` has a sketch."""
        return self._tables.row("SELECT 1 FROM sketches WHERE key = ?", key) is not None

    def unsketched(self) -> list[str]:
        """The `exact_key` of each article of the entries that has no sketch, sorted."""
        rows = self._tables.rows(
            "SELECT DISTINCT key FROM entries WHERE key IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM sketches WHERE sketches.key = entries.key) ORDER BY key"
        )
        return [key for (key,) in rows]

    def put_sketches(self, sketches: Iterable[tuple[str, bytes]]) -> None:
        """Record the sketches of articles, as `Sketch.to_bytes` gives them."""
        rows = [(key, hashlib.sha256(packed).hexdigest(), packed) for key, packed in sketches]
        self._tables.db.executemany("INSERT INTO sketches VALUES (?, ?, ?)", rows)

    def remove_lost(self) -> None:
        """Forget the sketches of articles that the entries have no more, and all comparisons with them."""
        self._tables.db.execute(
            "DELETE FROM sketches WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.key = sketches.key)"
        )

    def pairs(self) -> Iterator[tuple[str, str, Likeness | None]]:
        """Every pair of articles that was compared, by `exact_key`, and how the first is the second again."""
        for copy, whole, kind, similarity, reason in self._tables.rows(
            "SELECT * FROM comparisons ORDER BY copy, whole"
        ):
            yield copy, whole, Likeness(kind=kind, similarity=similarity, reason=reason) if kind else None

    def put_pair(self, copy: str, whole: str, likeness: Likeness | None) -> None:
        """Record what a comparison gave."""
        told = astuple(likeness) if likeness else (None, 0.0, "")
        self._tables.db.execute("INSERT INTO comparisons VALUES (?, ?, ?, ?, ?)", (copy, whole, *told))

    def remove_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Forget the comparisons of these pairs."""
        self._tables.db.executemany("DELETE FROM comparisons WHERE copy = ? AND whole = ?", pairs)

    def put_merged(self, keys: Mapping[str, str]) -> None:
        """Record under which key the copies of articles become one post, in the place of all that was so recorded."""
        self._tables.db.execute("DELETE FROM merged")
        self._tables.db.executemany("INSERT INTO merged VALUES (?, ?)", keys.items())

    def damages(self) -> Iterator[str]:
        """What is wrong with the sketches, in words; a comparison that is wrong shows in the posts."""
        for key, digest, sketch in self._tables.rows("SELECT key, digest, sketch FROM sketches"):
            if hashlib.sha256(sketch).hexdigest() != digest:
                yield f"the sketch of {key[:19]} is not what was written"
