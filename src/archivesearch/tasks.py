"""What workers do: open dumps, look whose they are, read them; sketch articles, and make posts of them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from archivesearch.corrections import PostCorrection
from archivesearch.dumps import Dump, reader_for
from archivesearch.enrich import prepare_to_enrich
from archivesearch.entries import EntryRow, PostRow, entry_row, post_row
from archivesearch.making import Places, make_post
from archivesearch.near import sketch_of, wording_of
from archivesearch.posts import from_record
from archivesearch.raw import Unusable, open_dumps

READERS = "readers"
"""What the workers are given the readers as."""

PLACES = "places"
"""What the workers are given the places of archive.toml as."""


def learnt_of(reader: str) -> str:
    """What the workers are given as that which the reader of this name has learnt."""
    return f"learnt of {reader}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Whose a dump is, and what it tells about others."""

    reader: str
    version: int
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a file of raw/: the dump in it, or all dumps that are packed in it, with their digests."""

    name: str
    path: Path
    size: int

    def answers(self, given: Mapping[str, Any]) -> Iterator[Dump | Unusable]:  # noqa: ARG002  it needs nothing
        """See `open_dumps`."""
        return open_dumps(self.path, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Look which reader recognises a dump; the one answer is `Looked`, or a DumpError ends it."""

    dump: Dump

    @property
    def name(self) -> str:
        """The dump's."""
        return self.dump.name

    @property
    def size(self) -> int:
        """The dump's."""
        return self.dump.size

    def answers(self, given: Mapping[str, Any]) -> Iterator[Looked]:
        """See `reader_for` and `Reader.evidence`."""
        reader = reader_for(self.dump, given[READERS])
        yield Looked(reader=reader.name, version=reader.version, evidence=reader.evidence(self.dump))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Read a dump with the reader of this name and what that has learnt."""

    dump: Dump
    reader: str

    @property
    def name(self) -> str:
        """The dump's."""
        return self.dump.name

    @property
    def size(self) -> int:
        """The dump's."""
        return self.dump.size

    def answers(self, given: Mapping[str, Any]) -> Iterator[EntryRow]:
        """The dump's entries in their order, as the catalog keeps them. See `Reader.read`."""
        reader = next(reader for reader in given[READERS] if reader.name == self.reader)
        yield from (entry_row(entry) for entry in reader.read(self.dump, given[learnt_of(self.reader)]))


ARTICLES_A_TASK = 64
"""Articles that are sketched or made into posts in one task: enough that handing them over costs little."""

_Item = TypeVar("_Item")


def in_batches(items: Iterable[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """The items in their order, so many at a time; fewer the last time."""
    left = iter(items)
    while batch := tuple(islice(left, size)):
        yield batch


Sketches = tuple[tuple[str, bytes], ...]
"""Sketches as bytes, each with the `exact_key` of its article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Sketch articles, each given by its `exact_key` and the record of an entry with that."""

    name: str
    articles: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """The characters of the records."""
        return sum(len(record) for _, record in self.articles)

    def answers(self, given: Mapping[str, Any]) -> Iterator[Sketches]:  # noqa: ARG002  it needs nothing
        """All of them in one answer, so that the parent is woken once."""
        yield tuple(
            (key, sketch_of(wording_of(from_record(json.loads(record)))).to_bytes()) for key, record in self.articles
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Load what posts are enriched with, which takes a second: there is no answer."""

    name: str
    size: int = 0

    def answers(self, given: Mapping[str, Any]) -> Iterator[Sketches]:  # noqa: ARG002  it needs nothing
        """None."""
        prepare_to_enrich()
        return iter(())


class Article(NamedTuple):
    """An article by its key, with the records of its copies and what people decided; see `make_post`."""

    key: str
    basis: str
    records: tuple[str, ...]
    decided: tuple[PostCorrection, ...]
    own_id: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """Make the posts of articles."""

    name: str
    articles: tuple[Article, ...]

    @property
    def size(self) -> int:
        """The characters of the records."""
        return sum(len(record) for article in self.articles for record in article.records)

    def answers(self, given: Mapping[str, Any]) -> Iterator[tuple[PostRow, ...]]:
        """The post of each article, as the catalog keeps it; all in one answer, so that the parent is woken once."""
        yield tuple(_made(article, given[PLACES]) for article in self.articles)


def _made(article: Article, places: Places) -> PostRow:
    copies = [from_record(json.loads(record)) for record in article.records]
    post, duplicates = make_post(copies, article.decided, places, own_id=article.own_id)
    return post_row(post, article.key, article.basis, duplicates)
