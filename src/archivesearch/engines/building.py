"""Building: posts into the segments of an index, and into the arrays that belong to them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Protocol

from archivesearch.engines import ordinals as _ordinals, vocabulary as _vocabulary
from archivesearch.engines.fields import EXACT, STEMS
from archivesearch.engines.inverters import invert_all
from archivesearch.engines.inverting import Chunk, Gathered
from archivesearch.engines.ordinals import Row
from archivesearch.engines.postings import Packed
from archivesearch.engines.tables import NOTHING_YET, Tables
from archivesearch.errors import EngineError
from archivesearch.posts import Post

SEGMENT_WORDS = 12_000_000
"""Words that a segment has at most, or one chunk more: their arrays take some 300 MB while it is written."""


class Segment(Protocol):
    """A segment of an index that is being written."""

    def add(self, record: str) -> None:
        """Store the next post."""

    def finish(self, fields: Iterable[tuple[str, Iterable[tuple[str, Packed]]]]) -> None:
        """Write each field's terms, sorted, with their postings, and end."""

    def cancel(self) -> None:
        """Give the segment up."""


def build(
    posts: Iterable[Post],
    open_segment: Callable[[], Segment],
    before: Tables = NOTHING_YET,
    removed: Sequence[int] = (),
    processes: int | None = None,
) -> Tables:
    """Write the posts into as many segments as they need; the arrays of the index then.

    `before` are the arrays of the segments that stand before these, `removed` the numbers of the posts in them that are
    no longer live. Raises EngineError where an id comes twice: the post would be found twice and counted twice.
    """
    gone = set(removed)
    taken = before.ordinals.live_ids() - {before.ordinals.ids[number] for number in gone}
    rows: list[Row] = []
    words: Counter[str] = Counter()
    # closed at once if a segment cannot be written: processes may stand behind it
    with closing(invert_all(_each_once(posts, taken), processes)) as chunks:
        for of_segment in _segments(chunks):
            rows += _write(of_segment, open_segment(), words)
    return Tables(
        ordinals=_ordinals.extend(before.ordinals, sorted(gone), rows),
        vocabulary=_vocabulary.extend(before.vocabulary, words),
    )


def _each_once(posts: Iterable[Post], taken: set[str]) -> Iterator[Post]:
    for post in posts:
        if post.id in taken:
            raise EngineError(f"Two posts have the id {post.id}: run `archivesearch verify`.")
        taken.add(post.id)
        yield post


def _segments(chunks: Iterable[Chunk]) -> Iterator[Iterator[Chunk]]:
    """The chunks of each segment."""
    source = iter(chunks)
    for first in source:
        yield _chunks_of_segment(first, source)


def _chunks_of_segment(first: Chunk, following: Iterator[Chunk]) -> Iterator[Chunk]:
    yield first
    words = _count_words(first)
    while words < SEGMENT_WORDS and (chunk := next(following, None)) is not None:
        words += _count_words(chunk)
        yield chunk


def _count_words(chunk: Chunk) -> int:
    return sum(row.title_length + row.text_length for row in chunk.rows)


def _write(chunks: Iterable[Chunk], segment: Segment, words: Counter[str]) -> list[Row]:
    """Write a segment, count the posts that have each of its words, and give the rows of its posts."""
    rows: list[Row] = []
    gathered = {name: Gathered() for name in (*EXACT, *STEMS.values())}
    try:
        for chunk in chunks:
            for record in chunk.records:
                segment.add(record)
            for name, inverted in chunk.fields.items():
                gathered[name].add(inverted, len(rows))
            rows += chunk.rows
            words.subtract(chunk.twice)  # who has a word in both fields is counted for each of them
        segment.finish(_fields(gathered, words))
    except BaseException:
        segment.cancel()
        raise
    return rows


def _fields(
    gathered: Mapping[str, Gathered], words: Counter[str]
) -> Iterator[tuple[str, Iterator[tuple[str, Packed]]]]:
    for name, field in sorted(gathered.items()):
        yield name, _counted(field.packed(), words) if name in EXACT else field.packed()


def _counted(terms: Iterable[tuple[str, Packed]], words: Counter[str]) -> Iterator[tuple[str, Packed]]:
    for term, packed in terms:
        words[term] += packed.posts
        yield term, packed
