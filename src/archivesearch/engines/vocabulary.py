"""The vocabulary: every word of an index with the number of posts that have it; what begins alike, what is near.

The words lie in one array a length, sorted, so that a beginning is a slice, and edits are counted for all at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archivesearch.engines.arrays import Array, Mask, Numbers, read_arrays, write_arrays
from archivesearch.engines.ascending import look_up

MAX_FORMS = 1000
"""How many words a beginning or a near word stands for at most, the commonest: reading the postings of so many takes
some 30 ms. Three letters begin more words than that only in archives of several hundred thousand different ones."""
MOST_COMPARED = 20_000
"""How many words, the commonest, are compared letter by letter for two edits."""

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Words of the vocabulary, the commonest first, with their posts; `cut` if more were found than are given."""

    words: tuple[str, ...]
    counts: tuple[int, ...]
    cut: bool = False


class Vocabulary:
    """The words of an index: for each length the words and their counts."""

    def __init__(self, by_length: Mapping[int, tuple[Array, Numbers]]) -> None:
        self.by_length = by_length

    def counts(self, words: list[str]) -> list[int]:
        """The number of posts that have each of these words; 0 for one that none has."""
        found = np.zeros(len(words), np.int32)
        lengths = np.array([len(word) for word in words], np.int32)
        for length in set(lengths.tolist()) & self.by_length.keys():
            known, counts = self.by_length[length]
            here = np.flatnonzero(lengths == length)
            places, there = look_up(np.array([words[n] for n in here.tolist()]), known)
            found[here[there]] = counts[places[there]]
        return found.tolist()

    def beginning(self, start: str, limit: int = MAX_FORMS) -> Found:
        """The words that begin with `start`, itself among them."""
        parts = []
        for length, (known, counts) in self.by_length.items():
            if length >= len(start):
                first, end = np.searchsorted(known, [start, start + _LAST * (length - len(start))])
                end += length == len(start) and end < len(known) and known[end] == start
                parts.append((known[first:end], counts[first:end]))
        return _commonest(parts, limit)

    def near(self, word: str, edits: int = 1, limit: int = MAX_FORMS) -> Found:
        """The words at most one or two edits from `word`, by Damerau's distance (optimal string alignment)."""
        parts = []
        for length in range(max(1, len(word) - edits), len(word) + edits + 1):
            if length in self.by_length:
                known, counts = self.by_length[length]
                letters = _letters(known, length)
                near = _near_by_one(letters, word) if edits == 1 else _near_by_some(letters, counts, word, edits)
                parts.append((known[near], counts[near]))
        return _commonest(parts, limit)


def _commonest(parts: list[tuple[Array, Numbers]], limit: int) -> Found:
    if not parts:
        return Found(words=(), counts=())
    words = [word for known, _ in parts for word in known.tolist()]
    counts = np.concatenate([counts for _, counts in parts])
    order = sorted(range(len(words)), key=lambda place: (-counts[place], words[place]))
    return Found(
        words=tuple(words[place] for place in order[:limit]),
        counts=tuple(int(counts[place]) for place in order[:limit]),
        cut=len(words) > limit,
    )


def _letters(words: Array, length: int) -> Array:
    """The words as a table of code points."""
    return np.ascontiguousarray(words).view(np.uint32).reshape(-1, length)


def _near_by_one(letters: Array, word: str) -> Numbers:
    """The places of the words within one edit: all but the edit is a common beginning and a common end."""
    sought = _letters(np.array([word]), len(word))[0]
    # whatever the edit, all before it or all behind it is as in the word: half of it, less the letter of the edit
    half = (len(word) - 1) // 2
    begun, ended = _alike(letters, sought[:half]), _alike(letters[:, ::-1], sought[::-1][: len(word) - 1 - half])
    places = np.union1d(begun, ended)
    near: Numbers = places[_is_near_by_one(letters[places], sought)]
    return near


def _alike(letters: Array, start: Array) -> Numbers:
    """The places of the words that begin so, found letter by letter among ever fewer."""
    places = np.arange(len(letters))
    for column, letter in enumerate(start):
        here = letters[places, column] if column else letters[:, 0]
        places = places[here == letter]
    return places


def _is_near_by_one(letters: Array, sought: Array) -> Mask:
    length, wanted = letters.shape[1], len(sought)
    shorter = min(length, wanted)
    same_from_start = letters[:, :shorter] == sought[:shorter]
    same_from_end = letters[:, ::-1][:, :shorter] == sought[::-1][:shorter]
    begins = np.cumprod(same_from_start, axis=1, dtype=np.uint8).sum(axis=1, dtype=np.int32)
    ends = np.cumprod(same_from_end, axis=1, dtype=np.uint8).sum(axis=1, dtype=np.int32)
    near: Mask = begins + ends >= max(length, wanted) - 1
    if length == wanted:
        at = np.minimum(begins, max(0, wanted - 2))
        rows = np.arange(len(letters))
        following = np.minimum(at + 1, wanted - 1)
        swapped = (letters[rows, at] == sought[following]) & (letters[rows, following] == sought[at])
        near |= swapped & (begins + ends == wanted - 2)
    return near


def _near_by_some(letters: Array, counts: Numbers, word: str, edits: int) -> Numbers:
    """The places of the words within so many edits, among the commonest that could be at all."""
    sought = _letters(np.array([word]), len(word))[0]
    # each edit leaves all but two letters of a word where the other has them too
    shared = np.isin(letters, sought).sum(axis=1)
    candidates = np.flatnonzero(shared >= letters.shape[1] - edits)
    if len(candidates) > MOST_COMPARED:
        candidates = np.sort(candidates[np.argpartition(-counts[candidates], MOST_COMPARED)[:MOST_COMPARED]])
    near: Numbers = candidates[_distances(letters[candidates], sought) <= edits]
    return near


def _distances(letters: Array, sought: Array) -> Numbers:
    """Damerau's distance of each word from the sought one: the usual table, a row at a time for all words at once."""
    length = letters.shape[1]
    before = last = np.repeat(np.arange(length + 1, dtype=np.int32)[:, None], len(letters), axis=1)
    for i, letter in enumerate(sought):
        row = np.empty_like(last)
        row[0] = i + 1
        for j in range(length):
            other = (letters[:, j] != letter).astype(np.int32)
            row[j + 1] = np.minimum(np.minimum(last[j + 1] + 1, row[j] + 1), last[j] + other)
            if i and j:
                swapped = (letters[:, j] == sought[i - 1]) & (letters[:, j - 1] == letter)
                row[j + 1] = np.where(swapped, np.minimum(row[j + 1], before[j - 1] + 1), row[j + 1])
        before, last = last, row
    found: Numbers = last[length]
    return found


def extend(before: Vocabulary, added: Mapping[str, int]) -> Vocabulary:
    """The vocabulary with the words of more posts."""
    by_length: dict[int, list[str]] = {}
    for word in added:
        by_length.setdefault(len(word), []).append(word)
    words = dict(before.by_length)
    for length, new in by_length.items():
        known, counts = words.get(length, (np.empty(0, f"<U{length}"), np.empty(0, np.int32)))
        together = np.concatenate([known, np.array(new, f"<U{length}")])
        united, places = np.unique(together, return_inverse=True)
        sums = np.concatenate([counts, [added[word] for word in new]])
        words[length] = united, np.bincount(places, sums, len(united)).astype(np.int32)
    return Vocabulary(words)


def write_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    """Write the words for `read_vocabulary`."""
    arrays: dict[str, Array] = {}
    for length, (known, counts) in sorted(vocabulary.by_length.items()):
        arrays |= {f"words {length}": known, f"counts {length}": counts}
    write_arrays(path, arrays, sorted(vocabulary.by_length))


def read_vocabulary(path: Path) -> Vocabulary:
    """The words that `write_vocabulary` wrote. Raises as `read_arrays` where it did not."""
    arrays, lengths = read_arrays(path)
    return Vocabulary({length: (arrays[f"words {length}"], arrays[f"counts {length}"]) for length in lengths})
