"""Matching: which posts a query finds, and how well, from postings of terms and nothing else of an engine."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol

from archivesearch.engines.ordinals import Filters, Ordinals
from archivesearch.query import All, Any, Not, Phrase, Query, Word
from archivesearch.search import NONE
from archivesearch.text import STEMMED_LANGUAGES, stem

Field = Literal["title", "text"]
FIELDS: tuple[Field, ...] = ("title", "text")

Matches = dict[int, float]
"""The numbers of the posts that match, each with its score."""

K1 = 1.2
LENGTH_PART = {"title": 0.5, "text": 0.75}
"""BM25's k1 and b (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, give
1.2 to 2 and 0.5 to 0.8); titles differ less in length than texts, and their length says less."""
TITLE_WEIGHT = 3.0
"""What one occurrence in the title is worth in occurrences in the text."""
EXACT_BONUS = 0.25
"""What an occurrence in the typed form is worth beyond one in another form of the word. On 110 queries of the Cranfield
collection nDCG@10 is 0.355 with a quarter and 0.342 with a whole."""


class Postings(Protocol):
    """Where an engine's terms occur, by the numbers of the posts."""

    def exact(self, field: Field, term: str) -> dict[int, float]:
        """How often the term occurs, by post."""

    def stems(self, field: Field, key: str) -> dict[int, float]:
        """How often words with this `stem_key` occur, by post."""

    def positions(self, field: Field, term: str, posts: Collection[int]) -> dict[int, Sequence[int]]:
        """The places of the term among the words of the field, for those of `posts` that have it."""


def stem_key(term: str, language: str | None) -> str:
    """What a term is indexed under: its stem with the language it is a stem of; without a stemmer the term itself."""
    return f"{language}:{stem(term, language)}" if language in STEMMED_LANGUAGES else f":{term}"


class Matcher:
    """Evaluates queries over the postings and arrays of one generation; BM25F ranks."""

    def __init__(self, postings: Postings, ordinals: Ordinals, filters: Filters) -> None:
        self._postings = postings
        self._live = filters.live
        self._languages = [None if value == NONE else value for value in filters.languages()]
        self._lengths = {"title": ordinals.title_lengths, "text": ordinals.text_lengths}
        self._average = {
            name: sum(lengths[n] for n in self._live) / max(1, len(self._live)) or 1.0
            for name, lengths in self._lengths.items()
        }

    def match(self, query: Query) -> Matches:
        """The posts that the query matches; the scores of words and phrases add up."""
        match query:
            case Word(term):
                return self._match_word(term)
            case Phrase(terms):
                return self._score(self._count_phrase(field, terms) for field in FIELDS)
            case Not(inner):
                excluded = self.match(inner)
                return {number: 0.0 for number in self._live if number not in excluded}
            case Any(queries):
                return _add([self.match(inner) for inner in queries])
            case All(queries):
                return self._match_all(queries)

    def _match_all(self, queries: Iterable[Query]) -> Matches:
        found: Matches = dict.fromkeys(self._live, 0.0)
        # what excludes comes last: it is cheap on what the rest has left
        for query in sorted(queries, key=lambda q: isinstance(q, Not)):
            if not found:
                break
            if isinstance(query, Not):
                excluded = self.match(query.query)
                found = {number: score for number, score in found.items() if number not in excluded}
            else:
                matches = self.match(query)
                found = {n: score + matches[n] for n, score in found.items() if n in matches}
        return found

    def _match_word(self, term: str) -> Matches:
        keys = sorted({stem_key(term, language) for language in self._languages})
        return self._score(self._count_word(field, term, keys) for field in FIELDS)

    def _count_word(self, field: Field, term: str, keys: Sequence[str]) -> dict[int, float]:
        """Occurrences of the word in any form; those in the form that was typed count for more."""
        counts: dict[int, float] = {}
        for key in keys:
            counts.update(self._postings.stems(field, key))
        for number, count in self._postings.exact(field, term).items():
            counts[number] += EXACT_BONUS * count
        return counts

    def _count_phrase(self, field: Field, terms: Sequence[str]) -> dict[int, float]:
        """Occurrences of the words side by side, weighed as that many exact words."""
        posts: set[int] | None = None
        for term in set(terms):
            found = self._postings.exact(field, term).keys()
            posts = set(found) if posts is None else posts & found
            if not posts:
                return {}
        places = {term: self._postings.positions(field, term, posts or ()) for term in set(terms)}
        counts = {number: _runs([places[term][number] for term in terms]) for number in posts or ()}
        return {number: (1 + EXACT_BONUS) * len(terms) * count for number, count in counts.items() if count}

    def _score(self, counts: Iterable[Mapping[int, float]]) -> Matches:
        """BM25F: occurrences in title and text are weighed into one count, which then saturates."""
        weighed: Matches = {}
        for field, found in zip(FIELDS, counts, strict=True):
            weight = TITLE_WEIGHT if field == "title" else 1.0
            part, average, lengths = LENGTH_PART[field], self._average[field], self._lengths[field]
            for n, count in found.items():
                normal = 1 - part + part * lengths[n] / average
                weighed[n] = weighed.get(n, 0.0) + weight * count / normal
        rarity = math.log(1 + (len(self._live) - len(weighed) + 0.5) / (len(weighed) + 0.5))
        return {n: rarity * count * (K1 + 1) / (count + K1) for n, count in weighed.items()}


def _add(found: Iterable[Matches]) -> Matches:
    total: Matches = {}
    for matches in found:
        for number, score in matches.items():
            total[number] = total.get(number, 0.0) + score
    return total


def _runs(places: Sequence[Sequence[int]]) -> int:
    """How often the words stand side by side, given the places of each."""
    starts = set(places[0])
    for distance, of_word in enumerate(places):
        starts &= {place - distance for place in of_word}
    return len(starts)
