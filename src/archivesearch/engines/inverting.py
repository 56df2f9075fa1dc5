"""Inverting: posts in, what an index keeps of them out: the stored record, a row of ordinals, and terms with places."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from archivesearch.engines.arrays import Numbers
from archivesearch.engines.ascending import look_up
from archivesearch.engines.fields import EXACT, STEMS, stem_key
from archivesearch.engines.ordinals import Row, row_of
from archivesearch.engines.postings import Packed, Postings, pack_all, spread
from archivesearch.posts import Post, to_record
from archivesearch.text import terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverted:
    """The terms of one field in some posts: postings sorted by term and post, `terms` as numbers into `known`."""

    known: tuple[str, ...]
    terms: Numbers
    posts: Numbers
    counts: Numbers
    places: Numbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What an index keeps of some posts, which are numbered from 0; `fields` by their names.

    `twice` says of each word how many of the posts have it both in the title and in the text.
    """

    records: tuple[str, ...]
    rows: tuple[Row, ...]
    fields: dict[str, Inverted]
    twice: Mapping[str, int]


def invert(posts: Sequence[Post]) -> Chunk:
    """These posts as an index keeps them."""
    fields: dict[str, Inverted] = {}
    lengths: dict[str, list[int]] = {}
    for name in EXACT:
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        texts = [[numbers[term] for term in terms(getattr(post, name))] for post in posts]
        lengths[name] = [len(text) for text in texts]
        tokens = _Tokens.of(texts)
        known = tuple(numbers)
        fields[name] = _group(known, tokens.terms, tokens)
        keys, of_tokens = _stems(known, tokens, [post.language for post in posts])
        fields[STEMS[name]] = _group(keys, of_tokens, tokens, places=False)
    rows = (row_of(p, *sizes) for p, *sizes in zip(posts, lengths["title"], lengths["text"], strict=True))
    return Chunk(
        records=tuple(json.dumps(to_record(post), ensure_ascii=False) for post in posts),
        rows=tuple(rows),
        fields=fields,
        twice=_count_twice(fields["title"], fields["text"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    """Every word of a field of some posts, in order: its term, its post, and its place in it."""

    terms: Numbers
    posts: Numbers
    places: Numbers

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> "_Tokens":
        lengths = np.array([len(text) for text in texts], np.int32)
        terms = np.fromiter((term for text in texts for term in text), np.int32, int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        return cls(
            terms=terms,
            posts=np.repeat(np.arange(len(texts), dtype=np.int32), lengths),
            places=np.arange(len(terms), dtype=np.int32) - np.repeat(starts, lengths).astype(np.int32),
        )


def _stems(known: Sequence[str], tokens: _Tokens, languages: Sequence[str | None]) -> tuple[tuple[str, ...], Numbers]:
    """The stem keys of the known terms in the languages of the posts, and each token's as a number into them."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    of_tokens = np.empty_like(tokens.terms)
    spoken = {language: number for number, language in enumerate(dict.fromkeys(languages))}
    of_posts = np.array([spoken[language] for language in languages], np.int32)[tokens.posts]
    for language, number in spoken.items():
        here = of_posts == number
        used, places = np.unique(tokens.terms[here], return_inverse=True)
        keys = [numbers[stem_key(known[term], language)] for term in used.tolist()]
        of_tokens[here] = np.array(keys, np.int32)[places]
    return tuple(numbers), of_tokens


def _group(known: tuple[str, ...], terms: Numbers, tokens: _Tokens, *, places: bool = True) -> Inverted:
    """One posting for each term and post; tokens come in the order of posts, and a stable sort keeps it."""
    order = np.argsort(terms, kind="stable")
    term, post = terms[order], tokens.posts[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (term[1:] != term[:-1]) | (post[1:] != post[:-1])
    starts = np.flatnonzero(begins)
    return Inverted(
        known=known,
        terms=term[starts],
        posts=post[starts],
        counts=np.diff(starts, append=len(order)).astype(np.int32),
        places=tokens.places[order] if places else None,
    )


def _count_twice(title: Inverted, text: Inverted) -> Mapping[str, int]:
    numbers = {term: number for number, term in enumerate(text.known)}
    in_text = np.array([numbers.get(term, -1) for term in title.known], np.int64)[title.terms]
    # one number for each term and post, ascending as the postings are
    _, found = look_up((in_text << 32) + title.posts, (text.terms.astype(np.int64) << 32) + text.posts)
    return Counter(title.known[term] for term in title.terms[found].tolist())


class Gathered:
    """The terms of one field in many chunks, brought together for a segment."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._parts: list[tuple[int, Numbers, Inverted]] = []

    def add(self, inverted: Inverted, first: int) -> None:
        """Take in a chunk whose first post has this number in the segment."""
        numbers = np.array([self._numbers[term] for term in inverted.known], np.int32)
        self._parts.append((first, numbers[inverted.terms], inverted))

    def packed(self) -> Iterator[tuple[str, Packed]]:
        """Each term with its postings, in the order of terms by code point."""
        if not self._numbers:
            return
        known = sorted(self._numbers)
        places_in_order = np.empty(len(known), np.int32)
        places_in_order[[self._numbers[term] for term in known]] = np.arange(len(known), dtype=np.int32)
        terms = places_in_order[np.concatenate([terms for _, terms, _ in self._parts])]
        posts = np.concatenate([part.posts + np.int32(first) for first, _, part in self._parts])
        counts = np.concatenate([part.counts for _, _, part in self._parts])
        places = self._concatenated_places()
        order = np.argsort(terms, kind="stable")
        if places is not None:
            places = places[spread((np.cumsum(counts) - counts)[order], counts[order])]
        postings = Postings(posts=posts[order], counts=counts[order], places=places)
        ends = np.cumsum(np.bincount(terms, minlength=len(known)))
        yield from zip(known, pack_all(ends, postings), strict=True)

    def _concatenated_places(self) -> Numbers | None:
        parts = [part.places for _, _, part in self._parts if part.places is not None]
        return np.concatenate(parts) if parts else None
