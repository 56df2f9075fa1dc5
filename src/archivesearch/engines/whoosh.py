"""The index of the embedded engine: Whoosh keeps terms and postings in its files, in segments.

Its own query parser, matching, scoring, sorting and grouping are not used: what matches and how it ranks is decided
from arrays (`answering`). So that these need not be put together from single postings, a codec of ours, which Whoosh
asks to write and to read its lists of postings, keeps each list as arrays. The posts of a segment stand beside it.
"""

import functools
import os
import pickle
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import IDAnalyzer
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo
from whoosh.fields import TEXT, Schema
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.filedb.structfile import StructFile
from whoosh.matching import ListMatcher

from archivesearch.engines.fields import EXACT, STEMS
from archivesearch.engines.postings import Packed, Postings, join, size_without_places, unpack
from archivesearch.engines.records import Records, RecordWriter
from archivesearch.errors import EngineUnavailable
from archivesearch.text import fold

LOCK_SECONDS = 10.0
"""How long to wait for Whoosh's own lock; nobody else knows the folder, so it is free."""
_DAMAGE = (
    OSError, EOFError, ValueError, TypeError, LookupError, struct.error, zlib.error, pickle.UnpicklingError,
    whoosh_index.IndexError,
)  # fmt: skip
"""What Whoosh and numpy raise while they read files that are not as they were written."""


_RECORDS = ".records"
"""How the name of the file with the posts of a segment ends."""


class ArrayCodec(W3Codec):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's own codec, but for lists of postings: each is one run of bytes, as `postings.pack` makes it."""

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "_ListWriter":
        """What writes lists into the file of a segment; there are no lists by bytes, which Whoosh keeps of vectors."""
        if byteids:
            raise NotImplementedError("The schema has no vectors.")
        return _ListWriter(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        """A list as Whoosh's own searchers read it."""
        found = unpack(dbfile.get(*_extent(terminfo)))
        weights = found.counts.astype(float).tolist()
        return ListMatcher(found.posts.tolist(), weights, None, format_, scorer=scorer, term=term, terminfo=terminfo)


class _ListWriter(PostingsWriter):  # type: ignore[misc] # Whoosh has no types
    """Writes lists of postings, each of which comes whole, as the value of what Whoosh takes for one posting."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._info: Any = None

    def start_postings(self, format_: Any, terminfo: Any) -> None:  # noqa: ARG002 - as Whoosh calls it
        self._info = None

    def add_posting(self, id_: int, weight: float, vbytes: Packed, length: Any) -> None:  # noqa: ARG002 - as above
        self._info = W3TermInfo(weight=weight, df=vbytes.posts, maxweight=vbytes.most, minid=id_, maxid=vbytes.last)
        self._info.set_extent(self._file.tell(), len(vbytes.raw))
        self._file.write(vbytes.raw)

    def finish_postings(self) -> Any:
        return self._info

    def written(self) -> bool:
        return self._info is not None


def _extent(info: Any) -> tuple[int, int]:
    """Where a list lies, and its size in bytes: Whoosh 2.7.4 and whoosh3 read the size as a tuple of one."""
    place, size = info.extent()
    return place, size[0] if isinstance(size, tuple) else size


def _schema() -> Any:
    """Terms come analysed, so the analyzer stands idle; of stems only how often they occur is looked for."""
    fields = {name: TEXT(analyzer=IDAnalyzer()) for name in EXACT}
    stems = {name: TEXT(analyzer=IDAnalyzer(), phrase=False) for name in STEMS.values()}
    return Schema(**fields, **stems)


class Segment:
    """A segment of Whoosh's that is being written."""

    def __init__(self, folder: Path) -> None:
        index = whoosh_index.open_dir(str(folder))
        self._schema = index.schema
        self._writer = index.writer(timeout=LOCK_SECONDS, compound=False, codec=ArrayCodec())
        self._records = RecordWriter(folder / self._writer.newsegment.make_filename(_RECORDS))

    def add(self, record: str) -> None:
        """Store the next post."""
        self._writer.add_document()
        self._records.add(record)

    def finish(self, fields: Iterable[tuple[str, Iterable[tuple[str, Packed]]]]) -> None:
        """Write each field's terms, sorted, with their postings, and end."""
        terms = self._writer.fieldwriter
        for name, packed_by_term in fields:
            terms.start_field(name, self._schema[name])
            for term, packed in packed_by_term:
                terms.start_term(term.encode())
                terms.add(packed.first, packed.occurrences, packed, None)
                terms.finish_term()
            terms.finish_field()
        self._records.finish()
        self._writer.commit(merge=False)

    def cancel(self) -> None:
        """Give the segment up."""
        self._records.close()
        self._writer.cancel()


class Reader:
    """Reads the index in a folder; of several threads each needs its own."""

    def __init__(self, folder: Path) -> None:
        with reading():
            self._reader = whoosh_index.open_dir(str(folder), readonly=True).reader()
            # an index without a post has a reader, but no segment
            self._segments = [
                _Segment(segment, offset, folder)
                for leaf, offset in self._reader.leaf_readers()
                if (segment := leaf.segment()) is not None
            ]

    def close(self) -> None:
        """Give back the files."""
        self._reader.close()
        for segment in self._segments:
            segment.close()

    def segments(self) -> int:
        """The number of segments."""
        return len(self._segments)

    def record(self, number: int) -> str:
        """What was stored of the post with this number."""
        with reading():
            segment = next(segment for segment in reversed(self._segments) if segment.offset <= number)
            return segment.records.read(number - segment.offset)

    def postings(self, field: str, term: str, *, places: bool = False) -> Postings | None:
        """The postings of a term, with their places if asked for; None where it does not occur."""
        with reading():
            found = ((each.offset, each.read(field, term, places=places)) for each in self._segments)
            parts = [(offset, part) for offset, part in found if part is not None]
        return join(parts) if parts else None


class _Segment:
    """The posts and the lists of postings of a segment, whose first post has the number `offset`."""

    def __init__(self, segment: Any, offset: int, folder: Path) -> None:
        self.offset = offset
        self.records = Records(folder / segment.make_filename(_RECORDS))
        self._terms = _Terms(folder / segment.make_filename(W3Codec.TERMS_EXT))
        self._file = (folder / segment.make_filename(W3Codec.POSTS_EXT)).open("rb", buffering=0)

    def close(self) -> None:
        """Give back the files."""
        self.records.close()
        self._terms.close()
        self._file.close()

    def read(self, field: str, term: str, *, places: bool) -> Postings | None:
        """The list of a term: Whoosh tells where it lies, and only the bytes that are needed are read."""
        found = self._terms.find(field, term)
        if found is None:
            return None
        info = W3TermInfo.from_bytes(found)
        place, size = _extent(info)
        if not places:
            size = min(size, size_without_places(info.doc_frequency()))
        return unpack(os.pread(self._file.fileno(), size, place), places=places)


class _Terms:
    """Whoosh's table of the terms of a segment, asked in two readings a term where Whoosh takes five or more."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._table = OrderedHashReader(StructFile(self._file), path.stat().st_size)
        self._fields: dict[str, int] = self._table.extras["fieldmap"]

    def close(self) -> None:
        """Give back the file."""
        self._table.close()

    def find(self, field: str, term: str) -> bytes | None:
        """What stands in the table for a term; None where it is not."""
        if field not in self._fields:
            return None
        key = _FIELD.pack(self._fields[field]) + term.encode()
        digest = self._table.hashfn(key)
        start, slots = self._table.tables[digest & 255]
        if not slots:
            return None
        slot = (digest >> 8) % slots
        run = self._read(start + slot * _SLOT.size, _SLOT.size * min(_SLOTS, slots - slot))
        for found, place in _SLOT.iter_unpack(run):
            if not place:
                return None
            if found == digest and (value := self._value(place, key)) is not None:
                return value
        rest: bytes | None = self._table.get(key)  # a run of slots that is longer, or goes on from the first one
        return rest

    def _value(self, place: int, key: bytes) -> bytes | None:
        """The value of the entry there, if it is that of the key."""
        start = _ENTRY.size + len(key)
        entry = self._read(place, start + _VALUE)
        size, length = _ENTRY.unpack_from(entry)
        if size != len(key) or entry[_ENTRY.size : start] != key:
            return None
        return entry[start : start + length] if length <= _VALUE else self._read(place + start, length)

    def _read(self, place: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, place)


_FIELD = struct.Struct("!H")
_SLOT = struct.Struct("!Iq")
_ENTRY = struct.Struct("!ii")
"""How Whoosh writes the number of a field, a slot of its table (hash, entry's place), and the sizes of an entry."""
_SLOTS = 8
"""So many slots are read at once: half of them are empty, and the first empty one ends the search."""
_VALUE = 64
"""Bytes that a value seldom exceeds."""


@contextmanager
def reading() -> Iterator[None]:
    """Errors of damaged files as the EngineUnavailable that says what to do."""
    try:
        yield
    except _DAMAGE as error:
        raise EngineUnavailable(f"The index is damaged ({error}): run `archivesearch reindex`.") from error


def make_index(folder: Path) -> None:
    """Make the index of an empty folder, which has no segment yet."""
    whoosh_index.create_in(str(folder), _schema())


def delete(folder: Path, numbers: Sequence[int]) -> None:
    """Mark the posts with these numbers as removed."""
    writer = whoosh_index.open_dir(str(folder)).writer(timeout=LOCK_SECONDS, compound=False, codec=ArrayCodec())
    for number in numbers:
        writer.delete_document(number)
    writer.commit(merge=False)


def remove_locks(folder: Path) -> None:
    """Remove the files by which Whoosh keeps writers apart: they are no part of an index."""
    for lock in folder.glob("*LOCK"):
        lock.unlink()


@functools.cache
def function_words(language: str) -> frozenset[str]:
    """The words that hold the sentences of a language (ISO 639-1) together, folded; none where Whoosh has no list."""
    from whoosh.lang.stopwords import stoplists

    return frozenset(map(fold, stoplists.get(language, ())))
