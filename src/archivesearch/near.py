"""Near-duplicates: what tells which posts may be one article, and measuring exactly whether they are.

Pure, and a function of what `dedupe.exact_key` is made of: copies with one key have one wording and one sketch.
"""

import calendar
import html
import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zlib import crc32

from archivesearch.dates import Published
from archivesearch.posts import Post
from archivesearch.text import fold, terms

NEAR_VERSION = 4
"""Raised whenever sketches, candidates or comparisons come out differently: all of them are then made anew."""

LikenessKind = Literal["near", "excerpt"]
Days = tuple[int, int]
"""First and last day (date.toordinal) on which a post may have been published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What counts as alike, and how surely it is found.

    `near` is the least Jaccard similarity of the sets of shingles. Different posts of real blogs reach .08, abstracts
    of papers by one author about one thing .6. Saving one article from two systems adds words (captions, "read more")
    and hardly ever replaces any: .75 lets 100 words gain 32, or have 3 replaced apart from each other. Yearly reports
    on one template reach more than that, and no threshold tells them apart: that is what the title, the date, the
    numbers and `words_a_swap` do.

    A sketch is the `sketch` smallest hashes of the shingles, and two posts are compared if `run` neighbours of one
    sketch are neighbours in the other. Of the smallest hashes of both together each is shared with the probability of
    the similarity s, so the probability that a pair is missed is at most that of no `run` hits in a row among `sketch`
    tries: s = .75: .0015, .8: .0003, .9: .000001, and .05 is compared with .0026. (`sketch` = 16 would miss .015.)
    """

    shingle: int = 4
    """Words a shingle: four in a row are seldom the same by chance, and a replaced word spoils no more than four."""
    shortest: int = 30
    """Words below which one changed word may be the whole difference: those merge by equal text alone."""
    near: float = 0.75
    words_a_swap: int = 50
    """Each text may have one word in so many that the other lacks: a spelling, a slip. Templates have more."""
    ending: int = 10
    """Words that may close an excerpt: "Continue reading the rest of this entry" has seven."""
    whole: float = 0.8
    """An excerpt has at most this share of the words of its article; with more it is the article, cut."""
    days: int = 6
    """Days between two dates of one article. A week apart are the posts of a weekly series on one template."""
    sketch: int = 24
    run: int = 3
    crowd: int = 100
    """Posts with which one is compared for each run: many with one title and undated are a template, not copies."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A post as it is compared: the words of title and text without markup, and its days (None: undated)."""

    title: tuple[str, ...]
    text: tuple[str, ...]
    days: Days | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the search for candidates knows of a post: a hash of its title (0: none), its days, and its runs."""

    title: int
    days: Days | None
    runs: "array[int]"

    def to_bytes(self) -> bytes:
        """The sketch as bytes; `from_bytes` gives it back."""
        first, last = self.days or (0, 0)
        return struct.pack(f"<Qii{len(self.runs)}Q", self.title, first, last, *self.runs)


def from_bytes(packed: bytes) -> Sketch:
    """The sketch that `Sketch.to_bytes` wrote. Raises struct.error for bytes that are none."""
    title, first, last, *runs = struct.unpack(f"<Qii{(len(packed) - 16) // 8}Q", packed)
    return Sketch(title=title, days=(first, last) if last else None, runs=array("Q", runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How a post is another one again: "near", or "excerpt" where it is the beginning of the other.

    `similarity` is the Jaccard similarity of the sets of shingles, for an excerpt the share of its own shingles that
    the other has. `reason` says it in words.
    """

    kind: LikenessKind
    similarity: float
    reason: str


_LEFTOVERS = re.compile(
    r"""
      <[/!a-z][^<>]*>                 # a tag or a comment
    | \[/?[a-z]+(?:\ [^\[\]]*)?\]     # a shortcode of a blog system: [caption id="7"]
    | \[video:\ [^\[\]]*\]           # a video: a page saved as text has nothing of it
    | https?://\S+                    # an address: one system prints that of a link or a picture, the other does not
    """,
    re.VERBOSE,
)


def wording_of(post: Post) -> Wording:
    """The post as it is compared; what markup may have left in it counts in no copy."""
    return Wording(title=_words(post.title), text=_words(post.text), days=days_of(post.published))


def _words(text: str) -> tuple[str, ...]:
    folded = fold(text)
    if "&" in folded:
        folded = fold(html.unescape(folded))
    return tuple(terms(_LEFTOVERS.sub(" ", folded)))


def days_of(published: Published | None) -> Days | None:
    """The days on which a post with this date may have been published; None for an undated one."""
    if published is None:
        return None
    first = last = published.day
    if published.precision == "year":
        first, last = date(first.year, 1, 1), date(first.year, 12, 31)
    elif published.precision == "month":
        first = first.replace(day=1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first.toordinal(), last.toordinal()


def days_meet(one: Days | None, other: Days | None) -> bool:
    """Whether two posts may have been published within a few days of each other."""
    return one is None or other is None or max(one[0] - other[1], other[0] - one[1]) <= LIMITS.days


def sketch_of(wording: Wording) -> Sketch:
    """The post's sketch: the runs of its whole text and of its beginning, which an excerpt shares with its article."""
    if len(wording.text) < LIMITS.shortest:
        runs = {_hash((*wording.title, *wording.text))} if wording.text else set()
    else:
        runs = _runs(wording.text) | _runs(wording.text[: LIMITS.shortest])
    return Sketch(title=_hash(wording.title) if wording.title else 0, days=wording.days, runs=array("Q", sorted(runs)))


_BASE = 0x01000193  # a prime, that of the FNV hash
_SPREAD = 0x9E3779B97F4A7C15  # 2 to the 64 by the golden ratio


def _runs(text: Sequence[str]) -> set[int]:
    """A hash for each run of neighbours among the smallest hashes of the shingles."""
    smallest = _smallest_hashes(text)
    return {_mixed(run) for run in zip(*(smallest[place:] for place in range(LIMITS.run)), strict=False)}


def _mixed(numbers: Iterable[int]) -> int:
    """64 bits that depend on all of these numbers in their order (a polynomial with a large odd factor)."""
    mixed = 0
    for number in numbers:
        mixed = (mixed ^ number) * _SPREAD & 0xFFFFFFFFFFFFFFFF
    return mixed


def _shingles(text: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(text[place:] for place in range(LIMITS.shingle)), strict=False))


def _smallest_hashes(text: Sequence[str]) -> list[int]:
    """The smallest hashes of the shingles, sorted.

    A hash is 32 bits: a polynomial of the checksums of the words (Rabin and Karp 1987), times a factor that spreads the
    low bits over the high ones, which decide the order (Fibonacci hashing).
    """
    import numpy as np  # only where posts are sketched

    checksums = np.fromiter(map(crc32, map(str.encode, text)), np.uint32, len(text))
    number = max(len(text) - LIMITS.shingle + 1, 0)
    sums = np.zeros(number, np.uint32)
    for place in range(LIMITS.shingle):
        sums = sums * np.uint32(_BASE) + checksums[place : place + number]  # modulo 2 to the 32
    smallest: list[int] = np.unique(sums * np.uint32(_SPREAD >> 32))[: LIMITS.sketch].tolist()
    return smallest


def _hash(parts: Iterable[str]) -> int:
    """64 bits that depend on nothing but these words."""
    joined = " ".join(parts).encode()
    return crc32(joined) << 32 | crc32(joined[::-1] + b"\n")


def compare(copy: Wording, whole: Wording) -> Likeness | None:
    """How `copy` is the same article as `whole`, or its beginning; None if it is neither. "near" holds both ways."""
    if not days_meet(copy.days, whole.days):
        return None
    if copy.title and whole.title:
        if copy.title != whole.title:
            return None
        one, other = copy.text, whole.text
    else:
        one, other = copy.title + copy.text, whole.title + whole.text
    if min(len(copy.text), len(whole.text)) < LIMITS.shortest:
        return _same_words(one, other, copy, whole)
    return _near(one, other, copy, whole) or _excerpt(one, other, copy, whole)


def _same_words(one: Sequence[str], other: Sequence[str], copy: Wording, whole: Wording) -> Likeness | None:
    """Short posts: the same words, of which one copy knows the day. Two days would make them two short posts."""
    two_days = copy.days and whole.days and copy.days != whole.days
    if one != other or not copy.text or not whole.text or two_days:
        return None
    return Likeness(kind="near", similarity=1.0, reason=_say("the same words", copy, whole))


def _near(one: Sequence[str], other: Sequence[str], copy: Wording, whole: Wording) -> Likeness | None:
    overlap = _alike(one, other)
    if overlap is None:
        return None
    shared, every = overlap
    said = f"{shared} of {every} shingles of {LIMITS.shingle} words are in both texts"
    return Likeness(kind="near", similarity=shared / every, reason=_say(said, copy, whole))


def _excerpt(one: Sequence[str], other: Sequence[str], copy: Wording, whole: Wording) -> Likeness | None:
    """The copy is an excerpt if it is like the beginning of the whole, but for a few closing words of its own."""
    if len(one) > LIMITS.whole * len(other) or _numbers(Counter(one) - Counter(other)):
        return None
    kept, beginning = _shared_beginning(one, other)
    if len(kept) < max(LIMITS.shortest, len(one) - LIMITS.ending) or not _alike(kept, beginning):
        return None
    own, others = _shingles(one), _shingles(other)
    said = f"its {len(kept)} words are the beginning of {len(other)}"
    return Likeness(kind="excerpt", similarity=len(own & others) / len(own), reason=_say(said, copy, whole))


def _shared_beginning(one: Sequence[str], other: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Both texts up to the end of the last shingle of `one` that `other` has, where it stands there most fittingly."""
    ends: dict[tuple[str, ...], list[int]] = {}
    for end in range(LIMITS.shingle, len(other) + 1):
        ends.setdefault(tuple(other[end - LIMITS.shingle : end]), []).append(end)
    for end in range(len(one), LIMITS.shingle - 1, -1):
        if found := ends.get(tuple(one[end - LIMITS.shingle : end])):
            return one[:end], other[: min(found, key=lambda there: abs(there - end))]
    return (), ()


def _alike(one: Sequence[str], other: Sequence[str]) -> tuple[int, int] | None:
    """How many shingles both have, and how many there are in all, if the two are one text.

    They are if so much is the same and the rest is not what sets two uses of a template apart: each has numbers of its
    own, or more than a few words.
    """
    own, others = _shingles(one), _shingles(other)
    shared = len(own & others)
    every = len(own) + len(others) - shared
    if shared < LIMITS.near * every:
        return None
    here, there = Counter(one) - Counter(other), Counter(other) - Counter(one)
    few = min(len(one), len(other)) // LIMITS.words_a_swap
    if (_numbers(here) and _numbers(there)) or min(here.total(), there.total()) > few:
        return None
    return shared, every


def _numbers(terms: Iterable[str]) -> bool:
    return any(character.isdigit() for term in terms for character in term)


def _say(said: str, copy: Wording, whole: Wording) -> str:
    """The reason in words, with how the dates differ."""
    if copy.days == whole.days:
        return said
    if copy.days is None or whole.days is None:
        return f"{said}; {'it' if copy.days is None else 'the other'} is undated"
    if copy.days[0] == copy.days[1] and whole.days[0] == whole.days[1]:
        apart = abs(copy.days[0] - whole.days[0])
        return f"{said}; {apart} day{'' if apart == 1 else 's'} apart"
    return f"{said}; dates of different precision"
