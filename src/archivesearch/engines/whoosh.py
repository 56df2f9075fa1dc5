"""The embedded engine: Whoosh keeps the postings and the posts, and does nothing else.

What matches and how it ranks is decided in `matching`; filters, counts and orders in `ordinals`. Whoosh's own query
parser, scoring, sorting and grouping are not used. A generation holds Whoosh's files and ordinals.json.
"""

import json
import os
import pickle
import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from whoosh import index as whoosh_index
from whoosh.analysis import IDAnalyzer
from whoosh.fields import STORED, TEXT, Schema

from archivesearch.engines import generations
from archivesearch.engines.generations import Content, Generation
from archivesearch.engines.matching import Field, Matcher, stem_key
from archivesearch.engines.ordinals import Filters, Ordinals, read_ordinals
from archivesearch.errors import EngineError, EngineUnavailable, IndexOutdated
from archivesearch.posts import Post, from_record, to_record
from archivesearch.search import Hit, Results, Search, Stamp, stamp_of
from archivesearch.text import words

_Value = TypeVar("_Value")

ORDINALS = "ordinals.json"
LOCK_SECONDS = 10.0
"""How long to wait for Whoosh's own lock; nobody else knows the folder, so it is free."""
MAX_SEGMENTS = 8
MAX_CHANGED = 0.1
"""With more segments, or a bigger part of its posts changed, an index is built whole: each segment costs every search,
and each removed post keeps its room."""

_DAMAGE = (
    OSError, EOFError, ValueError, TypeError, LookupError, struct.error, zlib.error, pickle.UnpicklingError,
    whoosh_index.IndexError,
)  # fmt: skip
"""What Whoosh raises while it reads files that are not as it wrote them."""


def _schema() -> Any:
    """Terms come analysed, so the analyzer stands idle; stems have no places, because phrases are of exact forms."""
    analyzer = IDAnalyzer()
    return Schema(
        post=STORED,
        title=TEXT(analyzer=analyzer),
        text=TEXT(analyzer=analyzer),
        title_stems=TEXT(analyzer=analyzer, phrase=False),
        text_stems=TEXT(analyzer=analyzer, phrase=False),
    )


class WhooshEngine:
    """The engine whose index is the folder of its generations. Threads may share it: each search has its own reader."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free: deque[_View] = deque()
        self._shared: _Shared | None = None
        self._loading = threading.Lock()

    def rebuild(self, posts: Iterable[Post], stamp: Stamp) -> None:
        """Index these posts and no others: built aside, swapped in when complete."""
        generations.publish(self._folder, stamp, lambda aside: _build(aside, posts))

    def apply(self, changed: Iterable[Post], removed: Iterable[str], stamp: Stamp) -> None:
        """Forget the posts with the ids `removed`, then index these posts anew; the rest stays."""
        added = list(changed)
        gone = set(removed) | {post.id for post in added}
        generations.publish(self._folder, stamp, lambda aside: self._extend(aside, added, gone))

    def search(self, search: Search) -> Results:
        """The answer to a search; the hits have no snippets yet."""
        with self._viewing() as view:
            matches = view.matcher.match(search.query)
            filters = view.shared.filters
            found, counts = filters.select(matches, search)
            hits = tuple(
                Hit(post=view.post(number), score=matches[number]) for number in filters.order(found, search, matches)
            )
            return Results(total=len(found), hits=hits, facets=counts)

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        with self._viewing() as view:
            number = view.shared.filters.numbers.get(post_id)
            return None if number is None else view.post(number)

    def stamp(self) -> Stamp | None:
        """What the index that answers was made from; None where there is no index."""
        if not generations.read_current(self._folder):
            return None
        return generations.open_generation(self._folder).stamp

    def check(self, deep: bool = False) -> tuple[str, ...]:
        """What is wrong with the index, a sentence each; `deep` reads every byte of it."""
        return generations.check(self._folder, deep)

    def close(self) -> None:
        """Give back what is held open."""
        while self._free:
            self._free.popleft().reader.close()

    @contextmanager
    def _viewing(self) -> Iterator["_View"]:
        """A view of the newest generation that nobody else reads through meanwhile."""
        view = self._take(generations.read_current(self._folder))
        try:
            yield view
        finally:
            self._free.append(view)

    def _take(self, current: bytes) -> "_View":
        while True:
            try:
                view = self._free.popleft()
            except IndexError:
                break
            if view.current == current:
                return view
            view.reader.close()
        return self._open(current)

    def _open(self, current: bytes) -> "_View":
        while True:
            try:
                generation = generations.open_generation(self._folder)
                _require_this_version(generation)
                return _View(current, self._share(generation), _open_reader(generation))
            except EngineUnavailable:
                # the generation may have gone while it was opened, after two builds in that time
                newest = generations.read_current(self._folder)
                if newest == current:
                    raise
                current = newest

    def _share(self, generation: Generation) -> "_Shared":
        """The arrays of the generation, loaded once for all threads."""
        with self._loading:
            if self._shared is None or self._shared.seal != generation.seal:
                ordinals = _read_ordinals(generation)
                self._shared = _Shared(generation.seal, ordinals, Filters(ordinals))
            return self._shared

    def _extend(self, aside: Path, added: Sequence[Post], gone: set[str]) -> Content:
        """A new generation from the published one: its files and one more segment, or all of it anew."""
        generation = generations.published_generation(self._folder)
        _require_this_version(generation)
        ordinals = _read_ordinals(generation)
        reader = _open_reader(generation)
        try:
            removed = [n for n, post_id in enumerate(ordinals.ids) if post_id in gone]
            stale = ordinals.ids.count(None) + len(removed) + len(added)
            if stale > MAX_CHANGED * generation.posts or len(reader.leaf_readers()) >= MAX_SEGMENTS:
                kept = (_read_post(reader, n) for n in ordinals.live() if ordinals.ids[n] not in gone)
                return _build(aside, chain(kept, added))
        finally:
            reader.close()
        linked = {name: file for name, file in generation.files.items() if name != ORDINALS}
        for name in linked:
            os.link(generation.folder / name, aside / name)
        posts = _write(whoosh_index.open_dir(str(aside)), aside, ordinals, removed, added)
        return Content(posts=posts, linked=linked)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all threads use of a generation."""

    seal: str
    ordinals: Ordinals
    filters: Filters


class _View:
    """A generation as one search at a time reads it; `current` tells whether it is still the newest."""

    def __init__(self, current: bytes, shared: _Shared, reader: Any) -> None:
        self.current = current
        self.shared = shared
        self.reader = reader
        self.matcher = Matcher(_Postings(reader), shared.ordinals, shared.filters)

    def post(self, number: int) -> Post:
        """The post with this number."""
        return _read_post(self.reader, number)


class _Postings:
    """Whoosh's postings as `matching` asks for them."""

    def __init__(self, reader: Any) -> None:
        self._leaves = reader.leaf_readers()

    def exact(self, field: Field, term: str) -> dict[int, float]:
        """How often the term occurs, by post."""
        return self._read(field, term, _weight)

    def stems(self, field: Field, key: str) -> dict[int, float]:
        """How often words with this `stem_key` occur, by post."""
        return self._read(f"{field}_stems", key, _weight)

    def positions(self, field: Field, term: str, posts: Collection[int]) -> dict[int, Sequence[int]]:
        """The places of the term among the words of the field, for those of `posts` that have it."""
        return self._read(field, term, _places, posts)

    def _read(
        self, field: str, term: str, value: Callable[[Any], _Value], posts: Collection[int] | None = None
    ) -> dict[int, _Value]:
        """A value of the posting of each post that has the term, or of those among them that are in `posts`."""
        values: dict[int, _Value] = {}
        with _reading():
            for leaf, offset in self._leaves:
                if (field, term) not in leaf:
                    continue
                posting = leaf.postings(field, term)
                while posting.is_active():
                    number = offset + posting.id()
                    if posts is None or number in posts:
                        values[number] = value(posting)
                    posting.next()
        return values


def _weight(posting: Any) -> float:
    return float(posting.weight())


def _places(posting: Any) -> Sequence[int]:
    places: list[int] = posting.value_as("positions")
    return places


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise EngineUnavailable(f"The index is damaged ({error}): run `archivesearch reindex`.") from error


def _require_this_version(generation: Generation) -> None:
    stamp = generation.stamp
    if stamp != stamp_of(stamp.catalog):
        raise IndexOutdated("The index was made by another version of archivesearch: run `archivesearch reindex`.")


def _open_reader(generation: Generation) -> Any:
    with _reading():
        return whoosh_index.open_dir(str(generation.folder), readonly=True).reader()


def _read_ordinals(generation: Generation) -> Ordinals:
    with _reading():
        return read_ordinals(generation.folder / ORDINALS)


def _read_post(reader: Any, number: int) -> Post:
    with _reading():
        return from_record(json.loads(reader.stored_fields(number)["post"]))


def _build(aside: Path, posts: Iterable[Post]) -> Content:
    """Fill the empty folder with an index of these posts."""
    index = whoosh_index.create_in(str(aside), _schema())
    return Content(posts=_write(index, aside, Ordinals(), (), posts))


def _write(index: Any, aside: Path, ordinals: Ordinals, removed: Iterable[int], added: Iterable[Post]) -> int:
    """Add a segment with these posts, take the removed ones out, and write the arrays; the number of posts then."""
    writer = index.writer(timeout=LOCK_SECONDS, compound=False)
    try:
        for number in removed:
            writer.delete_document(number)
            ordinals.ids[number] = None
        for post in _each_once(added, ordinals):
            _add(writer, ordinals, post)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)
    ordinals.write(aside / ORDINALS)
    for lock in aside.glob("*LOCK"):
        lock.unlink()
    return len(ordinals.live())


def _each_once(posts: Iterable[Post], ordinals: Ordinals) -> Iterator[Post]:
    """The posts, as long as no id comes twice: it would be found twice and counted twice."""
    seen = set(ordinals.ids)
    for post in posts:
        if post.id in seen:
            raise EngineError(f"Two posts have the id {post.id}: run `archivesearch verify`.")
        seen.add(post.id)
        yield post


def _add(writer: Any, ordinals: Ordinals, post: Post) -> None:
    title = [word.term for word in words(post.title)]
    text = [word.term for word in words(post.text)]
    writer.add_document(
        post=json.dumps(to_record(post)),
        title=title,
        text=text,
        title_stems=[stem_key(term, post.language) for term in title],
        text_stems=[stem_key(term, post.language) for term in text],
    )
    ordinals.add(post, len(title), len(text))
