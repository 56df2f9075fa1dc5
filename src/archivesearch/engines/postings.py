"""Postings: where a term occurs, as arrays, and the bytes that an index keeps of them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from archivesearch.engines.arrays import Array, Numbers

_HEAD = struct.Struct("<Iccc")
"""How many posts, and the widths of their numbers, of the counts and of the places."""
_WIDTHS: dict[bytes, np.dtype[Any]] = {b"B": np.dtype("u1"), b"H": np.dtype("<u2"), b"I": np.dtype("<u4")}
_SIZES = {kind: width.itemsize for kind, width in _WIDTHS.items()}
_NO_PLACES = b"-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """The posts that have a term, ascending, and how often each has it.

    `places` are those of the term among the words of the field, post by post; None where they were not read.
    """

    posts: Numbers
    counts: Numbers
    places: Numbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The postings of a term as bytes, and what an index notes of them.

    That is the number of posts, the first and the last of them, the occurrences, and the most of these in one post.
    """

    raw: bytes
    posts: int
    first: int
    last: int
    occurrences: int
    most: int


def pack_all(ends: Numbers, postings: Postings) -> Iterator[Packed]:
    """The postings of many terms, each of which ends where `ends` says, term by term.

    Each array of a term is as narrow as its values allow; gaps would be narrower than numbers, but to add them up again
    would take most of the time of a search. All is reckoned for all terms at once: most have one post, and an array of
    one number costs as much as one of thousands.
    """
    posts, counts = postings.posts.astype(np.int64), postings.counts.astype(np.int64)
    starts = ends - np.diff(ends, prepend=0)
    sums = np.concatenate([[0], np.cumsum(counts)])
    lists = [_Run(posts, starts, ends), _Run(counts, starts, ends)]
    if postings.places is not None:
        lists.append(_Run(postings.places, sums[starts], sums[ends]))
    notes = zip(
        (ends - starts).tolist(),
        posts[starts].tolist(),
        posts[ends - 1].tolist(),
        (sums[ends] - sums[starts]).tolist(),
        np.maximum.reduceat(counts, starts).tolist(),
        strict=True,
    )
    for (length, first, last, occurrences, most), *cut in zip(notes, *lists, strict=True):
        kinds = [kind for kind, _ in cut] + [_NO_PLACES]
        yield Packed(
            raw=_HEAD.pack(length, *kinds[:3]) + b"".join([raw for _, raw in cut]),
            posts=length,
            first=first,
            last=last,
            occurrences=occurrences,
            most=most,
        )


class _Run:
    """One array of many terms, cut into the bytes of each."""

    def __init__(self, values: Numbers, starts: Numbers, ends: Numbers) -> None:
        most = np.maximum.reduceat(values, starts)
        self._kinds = [b"B" if m < 2**8 else b"H" if m < 2**16 else b"I" for m in most.tolist()]
        self._raw = {kind: values.astype(width).tobytes() for kind, width in _WIDTHS.items() if kind in self._kinds}
        self._bounds = zip(starts.tolist(), ends.tolist(), strict=True)

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        for kind, (start, end) in zip(self._kinds, self._bounds, strict=True):
            size = _SIZES[kind]
            yield kind, self._raw[kind][start * size : end * size]


def pack(postings: Postings) -> bytes:
    """The postings of one term (in one post at least) as bytes."""
    return next(pack_all(np.array([len(postings.posts)]), postings)).raw


def size_without_places(posts: int) -> int:
    """How many bytes of packed postings of so many posts hold all but their places, at most."""
    return _HEAD.size + 2 * max(_SIZES.values()) * posts


def unpack(packed: bytes, *, places: bool = False) -> Postings:
    """What `pack` packed; without `places` the first `size_without_places` bytes are enough.

    Raises struct.error, LookupError or ValueError for other bytes.
    """
    length, post_kind, count_kind, place_kind = _HEAD.unpack_from(packed)
    numbers, place = _widened(packed, _HEAD.size, post_kind, length)
    counts, place = _widened(packed, place, count_kind, length)
    posts = numbers.astype(np.int32)
    if not places:
        return Postings(posts=posts, counts=counts)
    found, _ = _widened(packed, place, place_kind, int(counts.sum(dtype=np.int64)))
    return Postings(posts=posts, counts=counts, places=found)


def join(parts: list[tuple[int, Postings]]) -> Postings:
    """Postings of one term (in one part at least) as one, each part's posts moved up by its offset."""
    if len(parts) == 1 and parts[0][0] == 0:
        return parts[0][1]
    places = [part.places for _, part in parts if part.places is not None]
    return Postings(
        posts=np.concatenate([part.posts + np.int32(offset) for offset, part in parts]),
        counts=np.concatenate([part.counts for _, part in parts]),
        places=np.concatenate(places) if places else None,
    )


def within(postings: Postings, posts: Numbers) -> tuple[Numbers, Numbers]:
    """The places in those of `posts` (ascending) that have the term: each with the number of its post, in order."""
    if postings.places is None:
        raise ValueError("These postings were read without places.")
    at = np.searchsorted(postings.posts, posts)
    inside = at < len(postings.posts)
    at = at[inside]
    at = at[postings.posts[at] == posts[inside]]
    starts = np.cumsum(postings.counts, dtype=np.int64) - postings.counts
    counts = postings.counts[at].astype(np.int64)
    return np.repeat(postings.posts[at], counts), postings.places[spread(starts[at], counts)].astype(np.int64)


def spread(starts: Numbers, counts: Numbers) -> Numbers:
    """For each start as many numbers from it upwards as its count says, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()), dtype=np.int64)


def _widened(packed: bytes, start: int, kind: bytes, length: int) -> tuple[Array, int]:
    width = _WIDTHS[kind]
    return np.frombuffer(packed, width, length, start), start + width.itemsize * length


def size_in_memory(postings: Postings | None) -> int:
    """About how many bytes postings take in a cache, None (a term that does not occur) included."""
    if postings is None:
        return _ENTRY
    places = 0 if postings.places is None else postings.places.nbytes
    return int(_ENTRY + postings.posts.nbytes + postings.counts.nbytes + places)


_ENTRY = 400
"""What an entry takes besides its arrays: the key, three array objects and the record."""
