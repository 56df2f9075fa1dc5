"""Repeated articles: which posts of several dumps are one, and which copy of them survives."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeVar

from archivesearch.posts import Post, Provenance, post_id, united_labels
from archivesearch.text import fold

DuplicateKind = Literal["exact"]
T = TypeVar("T")

UNMARKED_READERS = ("page-text",)
"""Readers of dumps that mark nothing: the copy that any other reader gives is the better one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A further copy of a post: `of` is the survivor's id, `similarity` 1.0 where the folded texts are equal."""

    of: str
    kind: DuplicateKind
    similarity: float
    provenance: Provenance


def exact_key(post: Post) -> str:
    """Equal for copies of one article: the same day, title and text, folded.

    It begins with the id that all posts of its day and title share, so that those sort together.
    """
    article = "\x1f".join([fold(post.title), fold(post.text)])
    return f"{post_id(post.published, post.title)}\x1f{hashlib.sha256(article.encode()).hexdigest()}"


def articles(entries: Iterable[tuple[str, T]]) -> Iterator[tuple[str, bool, list[T]]]:
    """Each article from (`exact_key`, copy) pairs sorted by key: its key, if it needs an id of its own, and its copies.

    Of different articles that share an id the first in the order of keys has it.
    """
    for _, namesakes in groupby(entries, key=lambda entry: entry[0].partition("\x1f")[0]):
        for number, (key, copies) in enumerate(groupby(namesakes, key=lambda entry: entry[0])):
            yield key, number > 0, [copy for _, copy in copies]


def merge(copies: Sequence[Post], *, own_id: bool) -> tuple[Post, tuple[Duplicate, ...]]:
    """The survivor of these copies, with all their provenance and labels, and the other copies.

    `own_id` gives it the id of a post whose day and title another one has already. The order of copies does not matter.
    """
    survivor, *others = sorted(copies, key=_preference)
    identity = post_id(survivor.published, survivor.title, survivor.text if own_id else None)
    merged = replace(
        survivor,
        id=identity,
        labels=united_labels(label for post in copies for label in post.labels),
        permalink=next((post.permalink for post in (survivor, *others) if post.permalink), None),
        provenance=tuple(place for post in (survivor, *others) for place in post.provenance),
    )
    duplicates = (
        Duplicate(of=identity, kind="exact", similarity=1.0, provenance=place)
        for post in others
        for place in post.provenance
    )
    return merged, tuple(duplicates)


def _preference(post: Post) -> tuple[object, ...]:
    """The total order of copies, best first: a reader that marks posts, the longer text, then dump and place."""
    place = post.provenance[0]
    return (place.reader in UNMARKED_READERS, -len(post.text), place.dump, place.sha256, place.start)
