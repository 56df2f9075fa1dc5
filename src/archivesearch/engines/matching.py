"""Matching: which posts a query finds and what each is worth, from postings and arrays alone."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from archivesearch.engines.arrays import Mask, Numbers, Scores
from archivesearch.engines.facets import Filters
from archivesearch.engines.fields import STEMS, stem_key
from archivesearch.engines.ordinals import Ordinals
from archivesearch.engines.postings import Postings, within
from archivesearch.engines.ranking import (
    FIELDS,
    FUNCTION_WORD_PART,
    Counts,
    Field,
    Neighbours,
    Places,
    Ranking,
    Scores as Scored,
    telling_terms,
)
from archivesearch.engines.vocabulary import Vocabulary
from archivesearch.posts import Post
from archivesearch.query import (
    All,
    Any,
    Dated,
    Fuzzy,
    Has,
    Id,
    In,
    Not,
    Phrase,
    Prefix,
    Query,
    Word,
    say,
    sought,
    to_text,
    within as in_field,
)
from archivesearch.said import say_number
from archivesearch.search import NONE, Note, tell_nobody
from archivesearch.text import words

_Fields = tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The posts that match, and the score of every post (0 for those that do not match), by number."""

    found: Mask
    scores: Scores


class Terms(Protocol):
    """Where an engine's terms occur."""

    def postings(self, field: str, term: str, *, places: bool = False) -> Postings | None:
        """The postings of a term in a field of `inverting`, with their places if asked for; None where it is not."""

    def vocabulary(self) -> Vocabulary:
        """The words of title and text."""

    def post(self, number: int) -> Post:
        """The post with this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all searches of a generation stand on."""

    ordinals: Ordinals
    filters: Filters
    ranking: Ranking
    function_words: Callable[[str], Collection[str]]
    """The words of a language (ISO 639-1) that hold its sentences together and say little alone."""


class Matcher:
    """Evaluates the queries of one search, for which `ranked` is typed; what it has evaluated it keeps.

    `note` is told of each word, phrase and field of them how many posts have it.
    """

    def __init__(self, terms: Terms, ground: Ground, ranked: Query, note: Note = tell_nobody) -> None:
        self._terms = terms
        self._ground = ground
        self._note = note
        self._live = ground.filters.live
        terms_sought = {term for part, _ in sought(ranked) for term in _terms_of(part)}
        damped = {term: self._languages_damping(term) for term in terms_sought}
        # a query of function words alone looks for just these
        self._damped = damped if any(len(languages) == 0 for languages in damped.values()) else {}
        self._known: dict[tuple[Query, _Fields], Matches] = {}
        self._rarities: dict[Word, float] = {}
        self.cut: dict[Query, None] = {}
        """The prefixes and fuzzy words of which only the commonest forms were looked for."""

    def match(self, query: Query, fields: _Fields = FIELDS) -> Matches:
        """The posts that the query matches; the scores of its words and phrases add up."""
        key = query, fields
        if key not in self._known:
            self._known[key] = self._match(query, fields)
        return self._known[key]

    def _match(self, query: Query, fields: _Fields) -> Matches:
        match query:
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._match_sought(query, fields)
            case In(field, inner):
                return self.match(inner, (field,))
            case All(queries):
                return self.match_some(queries, len(queries), fields)
            case Any(queries):
                return self.match_some(queries, 1, fields)
            case Not() | Has() | Dated() | Id():
                found = self._live & self._pass(query, fields)
                self._tell(query, fields, found)
                return Matches(found=found, scores=np.zeros(len(self._live)))

    def _tell(self, query: Query, fields: _Fields, found: Mask) -> None:
        self._note(f"{say(query if fields == FIELDS else in_field(fields[0], query))}: {np.count_nonzero(found):,}")

    def _pass(self, query: Not | Has | Dated | Id, fields: _Fields) -> Mask:
        """The posts that pass a filter, which ranks nothing."""
        match query:
            case Not(inner):
                return ~self.match(inner, fields).found
            case Has(facet, value):
                return self._ground.filters.having(facet, (value,))
            case Dated(since, until):
                return self._ground.filters.dated(since, until)
            case Id(value):
                found = np.zeros(len(self._live), bool)
                found[self._ground.ordinals.numbers(value)] = True
                return found

    def match_some(self, queries: Sequence[Query], least: int, fields: _Fields = FIELDS) -> Matches:
        """The posts that so many of the queries match at least; the scores of those that do add up."""
        size = len(self._live)
        matched, scores = np.zeros(size, np.int32), np.zeros(size)
        for query in queries:
            matches = self.match(query, fields)
            matched += matches.found
            scores += matches.scores
        found = self._live & (matched >= least)
        return Matches(found=found, scores=np.where(found, scores, 0.0))

    def _match_sought(self, query: Word | Phrase | Prefix | Fuzzy, fields: _Fields) -> Matches:
        scored = self._score(query, fields)
        found, scores = np.zeros(len(self._live), bool), np.zeros(len(self._live))
        found[scored.numbers] = True
        scores[scored.numbers] = scored.scores
        self._tell(query, fields, found)
        return Matches(found=found, scores=scores)

    def _score(self, query: Word | Phrase | Prefix | Fuzzy, fields: _Fields) -> Scored:
        ranking = self._ground.ranking
        match query:
            case Word():
                return self._score_word(query, fields)
            case Phrase(terms):
                scored = ranking.score({field: self._count_phrase(field, terms) for field in fields})
                return replace(scored, scores=scored.scores * len(terms))
            case Prefix() | Fuzzy():
                forms = self._forms(query)
                return ranking.score({field: self._counts(field, forms) for field in fields})

    def _score_word(self, word: Word, fields: _Fields) -> Scored:
        scored = self._ground.ranking.score_word(
            {field: self._any_form(field, word.term) for field in fields},
            {field: self._counts(field, (word.term,)) for field in fields},
        )
        damps = self._damps(word, scored.numbers)
        if not damps.all():
            self._rarities[word] = scored.rarity
        return replace(scored, scores=np.where(damps, FUNCTION_WORD_PART * scored.scores, scored.scores))

    def _forms(self, query: Prefix | Fuzzy) -> tuple[str, ...]:
        vocabulary = self._terms.vocabulary()
        found = vocabulary.beginning(query.start) if isinstance(query, Prefix) else vocabulary.near(query.term)
        if found.cut:
            self.cut[query] = None
        limit = ", the commonest that there are" if found.cut else ""
        self._note(f"“{to_text(query)}” stands for {say_number(len(found.words), 'word')}{limit}")
        return found.words

    def _any_form(self, field: Field, term: str) -> Counts:
        languages = (None if name == NONE else name for name in self._ground.filters.languages())
        return self._counts(STEMS[field], sorted({stem_key(term, language) for language in languages}))

    def _counts(self, field: str, terms: Iterable[str]) -> Counts:
        """How often one of the terms occurs, by post."""
        found = [postings for term in terms if (postings := self._terms.postings(field, term)) is not None]
        if len(found) == 1:
            numbers, counts = found[0].posts, found[0].counts
        elif found:
            posts = np.concatenate([postings.posts for postings in found])
            weights = np.concatenate([postings.counts for postings in found])
            dense = np.bincount(posts, weights, len(self._live))
            numbers = np.flatnonzero(dense)
            counts = dense[numbers]
        else:
            numbers = counts = np.empty(0, np.int32)
        here = self._live[numbers]
        return Counts(numbers=numbers[here], counts=counts[here])

    def _count_phrase(self, field: Field, terms: Sequence[str]) -> Counts:
        """How often the words stand side by side, by post."""
        found = {term: self._terms.postings(field, term, places=True) for term in terms}
        lists = {term: postings for term, postings in found.items() if postings is not None}
        if len(lists) < len(found):
            return Counts(numbers=np.empty(0, np.int32), counts=np.empty(0, np.int32))
        by_size = sorted(lists.values(), key=lambda postings: len(postings.posts))
        posts = by_size[0].posts[self._live[by_size[0].posts]]
        for postings in by_size[1:]:
            posts = posts[_is_in(posts, postings.posts)]
        # one number line for all posts, with room before each for the words in front of one
        lines = []
        places = {term: within(postings, posts) for term, postings in lists.items()}
        for distance, term in enumerate(terms):
            numbers, of_term = places[term]
            lines.append((numbers.astype(np.int64) << 32) + (of_term + len(terms) - distance))
        lines.sort(key=len)
        starts = lines[0]
        for line in lines[1:]:
            starts = starts[_is_in(starts, line)]
        numbers, counts = np.unique(starts >> 32, return_counts=True)
        return Counts(numbers=numbers, counts=counts)

    def _languages_damping(self, term: str) -> Numbers:
        """The numbers of the languages in which the term is a function word."""
        known = enumerate(self._ground.filters.languages())
        words = self._ground.function_words
        return np.array([number for number, name in known if term in words(name)], np.int32)

    def _damps(self, word: Word, numbers: Numbers) -> Mask:
        """In which of these posts the word is a function word of their language."""
        damped = self._damped.get(word.term)
        if damped is None or not len(damped):
            return np.zeros(len(numbers), bool)
        return np.isin(self._ground.filters.language_numbers[numbers], damped)

    def nearness(self, pairs: Iterable[tuple[Word, Word]], head: Numbers) -> Scores:
        """What the posts of the head (numbers, ascending) earn beyond their words by `neighbours` standing together."""
        found = [
            Neighbours(
                first=self._places(first, head),
                second=self._places(second, head),
                rarity=self._rarities[first] + self._rarities[second],
            )
            for first, second in pairs
        ]
        return self._ground.ranking.score_nearness(head, found)

    def neighbours(self, query: Query) -> Iterator[tuple[Word, Word]]:
        """The different words that follow each other in the query; function words between them say nothing."""
        if not isinstance(query, All | Any):
            return
        last = None
        for part in query.queries:
            if not isinstance(part, Word):
                yield from self.neighbours(part)
                last = None
            elif part in self._rarities:
                if last is not None and last != part:
                    yield last, part
                last = part

    def feedback(self, posts: Numbers, scores: Scores) -> Scores:
        """What every post (by number) earns by being about what these best posts, with these scores, are about."""
        told = [self._stems_of(self._terms.post(int(number))) for number in posts]
        weights = telling_terms(told, scores.tolist())
        counts = ({field: self._counts(STEMS[field], (key,)) for field in FIELDS} for key in weights)
        return self._ground.ranking.score_terms(weights, counts, len(self._rarities))

    def _stems_of(self, post: Post) -> Counter[str]:
        """How often each stem occurs in the post; function words and single letters tell nothing."""
        silent = self._ground.function_words(post.language or "")
        found = (word.term for text in (post.title, post.text) for word in words(text))
        return Counter(stem_key(term, post.language) for term in found if len(term) > 1 and term not in silent)

    def _places(self, word: Word, posts: Numbers) -> dict[Field, Places]:
        places: dict[Field, Places] = {}
        for field in FIELDS:
            postings = self._terms.postings(field, word.term, places=True)
            nothing = np.empty(0, np.int64), np.empty(0, np.int64)
            numbers, of_word = nothing if postings is None else within(postings, posts)
            places[field] = Places(numbers=numbers, places=of_word)
        return places


def apart(queries: Iterable[Query]) -> tuple[Query, ...]:
    """The queries with the words of each compound ("co-operation") in its place: where any word may do, each does."""
    return tuple(word for query in queries for word in _words_of(query))


def _words_of(query: Query) -> tuple[Query, ...]:
    match query:
        case Any((Phrase(terms), Word(joined))) if joined == "".join(terms):
            return tuple(Word(term) for term in terms)
        case _:
            return (query,)


def _terms_of(sought: Query) -> tuple[str, ...]:
    match sought:
        case Word(term):
            return (term,)
        case Phrase(terms):
            return terms
        case _:
            return ()


def _is_in(numbers: Numbers, others: Numbers) -> Mask:
    """Which of the numbers are among the others; both ascend."""
    at = np.searchsorted(others, numbers)
    at[at == len(others)] = 0
    found: Mask = others[at] == numbers if len(others) else np.zeros(len(numbers), bool)
    return found
