"""The embedded engine: generations of an index of Whoosh, with the ordinals and the vocabulary beside it.

What matches and how it ranks is decided in `answering`, from arrays.
"""

import json
import os
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np

from archivesearch.engines import generations, whoosh
from archivesearch.engines.answering import Answering
from archivesearch.engines.cache import Cache
from archivesearch.engines.facets import Filters
from archivesearch.engines.generations import Content, Generation, SealedFile
from archivesearch.engines.matching import Ground
from archivesearch.engines.ordinals import read_ordinals
from archivesearch.engines.postings import Postings, size_in_memory
from archivesearch.engines.ranking import Ranking
from archivesearch.engines.tables import ORDINALS, TABLES, VOCABULARY, Tables, read_tables, write_tables
from archivesearch.engines.vocabulary import Vocabulary, read_vocabulary
from archivesearch.errors import EngineUnavailable
from archivesearch.posts import Post, from_record
from archivesearch.said import say_posts
from archivesearch.search import Around, Hit, Note, Results, Search, Stamp, Suggestion, tell_nobody

# A search from the command line is a process of its own: what only building needs is loaded by it.

MAX_SEGMENTS = 8
MAX_CHANGED = 0.1
"""With so many more segments than its posts need, or a bigger part of them changed, an index is built whole: each
segment costs every search, and each removed post keeps its room."""
CACHE_BYTES = 32 * 2**20
"""Room for the postings that were asked for last: in 100,000 posts those of some hundred common words."""
POST_CACHE_BYTES = 12 * 2**20
"""Room for the posts that were shown last: one or two thousand."""
_POST_SIZE = 2
"""About how many times the memory of its record a post takes."""


class WhooshEngine:
    """The engine whose index is the folder of its generations. Threads may share it: each search has its own reader."""

    def __init__(self, folder: Path, processes: int | None = None) -> None:
        self._folder = folder
        self._processes = processes
        self._free: deque[_View] = deque()
        self._shared: _Shared | None = None
        self._loading = threading.Lock()

    def rebuild(self, posts: Iterable[Post], stamp: Stamp) -> None:
        """Index these posts and no others: built aside, swapped in when complete."""
        generations.publish(self._folder, stamp, lambda aside: self._build(aside, posts))

    def apply(self, changed: Iterable[Post], removed: Iterable[str], stamp: Stamp) -> None:
        """Forget the posts with the ids `removed`, then index these posts anew; the rest stays."""
        added = list(changed)
        gone = set(removed) | {post.id for post in added}
        generations.publish(self._folder, stamp, lambda aside: self._extend(aside, added, gone))

    def search(self, search: Search, note: Note = tell_nobody) -> Results:
        """The answer to a search; the hits have no snippets yet. `note` is told what is done for it."""
        with self._viewing() as view:
            generation = view.shared.generation
            note(f"took up generation {generation.folder.name} of the index, with {say_posts(generation.posts)}")
            answer = view.answering.answer(search, note)
            hits = tuple(view.hits(answer.numbers, answer.scores))
            note(f"read {say_posts(len(hits))}")
            return Results(
                total=answer.total,
                hits=hits,
                facets=answer.facets,
                months=answer.months,
                relaxed=answer.relaxed,
                repairs=answer.repairs,
                suggestion=answer.suggestion,
                cut=answer.cut,
            )

    def hits(self, search: Search) -> Generator[Hit, None, None]:
        """The hits that `search` gives, of a page of any size, read one by one as they are taken.

        All are from the generation that is the newest when the first is taken, whatever is built meanwhile.
        """
        with self._viewing() as view:
            answer = view.answering.answer(replace(search, counted=()))
            yield from view.hits(answer.numbers, answer.scores)

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        with self._viewing() as view:
            return next(map(view.post, view.shared.ground.ordinals.numbers(post_id)), None)

    def ids(self) -> tuple[str, ...]:
        """The ids of all posts, sorted."""
        with self._viewing() as view:
            return tuple(sorted(view.shared.ground.ordinals.live_ids()))

    def around(self, post_id: str, similar: int = 0) -> Around | None:
        """The post with this id and those around it, so many similar ones at most; None where there is no such post."""
        with self._viewing() as view:
            numbers = view.shared.ground.ordinals.numbers(post_id)
            return next((view.around(number, similar) for number in numbers), None)

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What may be meant by somebody who has typed so far: labels, titles and words, of each so many at most."""
        with self._viewing() as view:
            labels, titles, words = view.answering.suggest(typed, limit)
            return (*labels, *(_suggest_title(view.post(number), count) for number, count in titles), *words)

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
            self._free.popleft().close()

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
            view.close()
        return self._open(current)

    def _open(self, current: bytes) -> "_View":
        while True:
            try:
                generation = generations.open_generation(self._folder)
                generation.require_this_version()
                return _View(current, self._share(generation))
            except EngineUnavailable:
                # the generation may have gone while it was opened, after two builds in that time
                newest = generations.read_current(self._folder)
                if newest == current:
                    raise
                current = newest

    def _share(self, generation: Generation) -> "_Shared":
        """The arrays of the generation, loaded once for all threads."""
        with self._loading:
            if self._shared is None or self._shared.generation.seal != generation.seal:
                self._shared = _Shared(generation)
            return self._shared

    def _build(self, aside: Path, posts: Iterable[Post]) -> Content:
        """Fill the empty folder with an index of these posts."""
        from archivesearch.engines.building import build

        whoosh.make_index(aside)
        return _content(aside, build(posts, lambda: whoosh.Segment(aside), processes=self._processes))

    def _extend(self, aside: Path, added: Sequence[Post], gone: set[str]) -> Content:
        """A new generation from the published one: its files and one more segment, or all of it anew."""
        from archivesearch.engines.building import SEGMENT_WORDS, build

        generation = generations.published_generation(self._folder)
        generation.require_this_version()
        with whoosh.reading():
            tables = read_tables(generation.folder)
        live, ids = tables.ordinals.live, tables.ordinals.ids.all()
        removed = [number for number, post_id in enumerate(ids) if post_id in gone and live[number]]
        stale = len(live) - int(live.sum()) + len(removed) + len(added)
        with closing(whoosh.Reader(generation.folder)) as reader:
            most = MAX_SEGMENTS + tables.ordinals.words() // SEGMENT_WORDS
            if stale > MAX_CHANGED * generation.posts or reader.segments() >= most:
                kept = (number for number, post_id in enumerate(ids) if live[number] and post_id not in gone)
                return self._build(aside, chain((_read_post(reader, number)[0] for number in kept), added))
        linked = {name: file for name, file in generation.files.items() if name not in TABLES}
        for name in linked:
            os.link(generation.folder / name, aside / name)
        whoosh.delete(aside, removed)
        return _content(aside, build(added, lambda: whoosh.Segment(aside), tables, removed, self._processes), linked)


class _Shared:
    """What all threads use of a generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        with whoosh.reading():
            ordinals = read_ordinals(generation.folder / ORDINALS)
        self.ground = Ground(
            ordinals=ordinals,
            filters=Filters(ordinals),
            ranking=Ranking(
                lengths={"title": ordinals.title_lengths, "text": ordinals.text_lengths},
                live=np.flatnonzero(ordinals.live),
            ),
            function_words=whoosh.function_words,
        )
        self.postings: Cache[Postings | None] = Cache(CACHE_BYTES)
        self.posts: Cache[Post] = Cache(POST_CACHE_BYTES)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words, loaded where they are needed first: most searches need only the terms that Whoosh knows."""
        # From Python 3.12 on nothing keeps two threads from reading them at once, which is harmless: a generation never
        # changes, so both have the same words, one array stays, and the other goes when the search that read it ends.
        with whoosh.reading():
            return read_vocabulary(self.generation.folder / VOCABULARY)


class _View:
    """A generation as one search at a time reads it; `current` tells whether it is still the newest."""

    def __init__(self, current: bytes, shared: _Shared) -> None:
        self.current = current
        self.shared = shared
        self.answering = Answering(self, shared.ground)
        self._reader = whoosh.Reader(shared.generation.folder)

    def close(self) -> None:
        """Give back the files."""
        self._reader.close()

    def post(self, number: int) -> Post:
        """The post with this number."""
        if known := self.shared.posts.get(number):
            return known[0]
        post, size = _read_post(self._reader, number)
        self.shared.posts.put(number, post, _POST_SIZE * size)
        return post

    def around(self, number: int, similar: int) -> Around:
        """The post with this number and those around it, so many similar ones at most."""
        post = self.post(number)
        newer, older = self.shared.ground.ordinals.around(number)
        return Around(
            post=post,
            newer=None if newer is None else self.post(newer),
            older=None if older is None else self.post(older),
            similar=tuple(self.hits(*self.answering.similar(post, number, similar))) if similar else (),
        )

    def hits(self, numbers: Iterable[int], scores: Iterable[float]) -> Iterator[Hit]:
        """The posts with these numbers and scores, each read when it is taken."""
        return (Hit(post=self.post(number), score=s) for number, s in zip(numbers, scores, strict=True))

    def vocabulary(self) -> Vocabulary:
        """The words of title and text."""
        return self.shared.vocabulary

    def postings(self, field: str, term: str, *, places: bool = False) -> Postings | None:
        """The postings of a term, with their places if asked for; None where it does not occur."""
        key = field, term, places
        if known := self.shared.postings.get(key):
            return known[0]
        postings = self._reader.postings(field, term, places=places)
        self.shared.postings.put(key, postings, size_in_memory(postings))
        return postings


def _read_post(reader: whoosh.Reader, number: int) -> tuple[Post, int]:
    """The post with this number, and the bytes that its record takes in memory: one to four a character."""
    with whoosh.reading():
        record = reader.record(number)
        return from_record(json.loads(record)), sys.getsizeof(record)


def _suggest_title(post: Post, count: int) -> Suggestion:
    """The title of a post that `count` posts have; it leads to this one where no other has it."""
    return Suggestion(kind="title", text=post.title, count=count, id=post.id if count == 1 else None)


def _content(aside: Path, tables: Tables, linked: Mapping[str, SealedFile] | None = None) -> Content:
    """What stands in the folder once the tables are written."""
    write_tables(aside, tables)
    whoosh.remove_locks(aside)
    return Content(posts=int(tables.ordinals.live.sum()), linked=linked or {})
