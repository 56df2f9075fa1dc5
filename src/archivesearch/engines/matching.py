"""Matching: which posts a query finds and what each is worth, from postings and arrays alone."""

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from archivesearch.engines.arrays import Mask, Numbers, Scores
from archivesearch.engines.ascending import add_up, both, count_either, either, is_in, look_up
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
from archivesearch.query.tree import Sought
from archivesearch.said import say_number
from archivesearch.search import NONE, Note, tell_nobody
from archivesearch.text import words

_Fields = tuple[Field, ...]


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

    `note` is told of each word, phrase and field of them how many posts have it. `near` says whether nearness is asked
    for, too.
    """

    def __init__(
        self, terms: Terms, ground: Ground, ranked: Query, note: Note = tell_nobody, *, near: bool = True
    ) -> None:
        self._near = near
        self._terms = terms
        self._ground = ground
        self._note = note
        self._live = ground.filters.live
        terms_sought = {term for part, _ in sought(ranked) for term in _terms_of(part)}
        damped = {term: self._languages_damping(term) for term in terms_sought}
        # a query of function words alone looks for just these
        self._damped = damped if any(len(languages) == 0 for languages in damped.values()) else {}
        self._known: dict[tuple[Query, _Fields], Numbers] = {}
        self._counted: dict[tuple[Sought, Field], Counts] = {}
        self._formed: dict[Query, tuple[str, ...]] = {}
        self._rarities: dict[Word, float] = {}
        self.cut: dict[Query, None] = {}
        """The prefixes and fuzzy words of which only the commonest forms were looked for."""

    def find(self, query: Query, fields: _Fields = FIELDS) -> Numbers:
        """The numbers of the posts that the query matches, ascending."""
        key = query, fields
        if key not in self._known:
            self._known[key] = self._find(query, fields)
        return self._known[key]

    def _find(self, query: Query, fields: _Fields) -> Numbers:
        match query:
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._find_sought(query, fields)
            case In(field, inner):
                return self.find(inner, (field,))
            case All(queries):
                return self.find_some(queries, len(queries), fields)
            case Any(queries):
                return self.find_some(queries, 1, fields)
            case Not() | Has() | Dated() | Id():
                found = np.flatnonzero(self._live & self._pass(query, fields))
                self._tell(query, fields, found)
                return found

    def _tell(self, query: Query, fields: _Fields, found: Numbers) -> None:
        self._note(f"{say(query if fields == FIELDS else in_field(fields[0], query))}: {len(found):,}")

    def _pass(self, query: Not | Has | Dated | Id, fields: _Fields) -> Mask:
        """The posts that pass a filter, which ranks nothing."""
        match query:
            case Not(inner):
                others = np.ones(len(self._live), bool)
                others[self.find(inner, fields)] = False
                return others
            case Has(facet, value):
                return self._ground.filters.having(facet, (value,))
            case Dated(since, until):
                return self._ground.filters.dated(since, until)
            case Id(value):
                found = np.zeros(len(self._live), bool)
                found[self._ground.ordinals.numbers(value)] = True
                return found

    def find_some(self, queries: Sequence[Query], least: int, fields: _Fields = FIELDS) -> Numbers:
        """The posts that so many of the queries match at least."""
        found = [self.find(query, fields) for query in queries]
        if least == len(found):
            return functools.reduce(both, sorted(found, key=len)) if found else self._ground.ranking.live
        numbers, matched = add_up(found, [np.ones(len(each), np.int32) for each in found], len(self._live))
        return numbers[matched >= least]

    def _find_sought(self, query: Sought, fields: _Fields) -> Numbers:
        found = functools.reduce(either, (self._counts_of(query, field).numbers for field in fields))
        if isinstance(query, Word) and not self._damps(query, found).all():
            self._rarities[query] = self._ground.ranking.rarity(len(found))
        self._tell(query, fields, found)
        return found

    def score(self, query: Query, posts: Numbers, fields: _Fields = FIELDS) -> Scores:
        """What each of these posts (numbers, ascending) is worth for the query, 0 for one that it does not match.

        The scores of the words and phrases of the query that a post matches add up.
        """
        match query:
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._score_sought(query, posts, fields)
            case In(field, inner):
                return self.score(inner, posts, (field,))
            case All(queries) | Any(queries):
                here = is_in(posts, self.find(query, fields))
                scores = np.zeros(len(posts))
                scores[here] = self.score_each(queries, posts[here], fields)
                return scores
            case Not() | Has() | Dated() | Id():
                return np.zeros(len(posts))

    def score_each(self, queries: Iterable[Query], posts: Numbers, fields: _Fields = FIELDS) -> Scores:
        """The sums of what the posts are worth for each of the queries."""
        scores = np.zeros(len(posts))
        for query in queries:
            scores += self.score(query, posts, fields)
        return scores

    def most(self, word: Word) -> float:
        """More than what any post is worth for the word."""
        typed = count_either(*(self._counts(field, (word.term,)).numbers for field in FIELDS))
        return self._ground.ranking.most(len(self.find(word)), typed)

    def _score_sought(self, query: Sought, posts: Numbers, fields: _Fields) -> Scores:
        ranking = self._ground.ranking
        counts = {field: self._counts_of(query, field) for field in fields}
        match query:
            case Word(term):
                # where several words rank, places are looked for next: one reading does for both
                places = self._near and len(self._rarities) > 1
                typed = {field: self._counts(field, (term,), places=places) for field in fields}
                scores = ranking.score_word(counts, typed, posts)
                return np.where(self._damps(query, posts), FUNCTION_WORD_PART * scores, scores)
            case Phrase(terms):
                return ranking.score(counts, posts) * len(terms)
            case Prefix() | Fuzzy():
                return ranking.score(counts, posts)

    def _counts_of(self, query: Sought, field: Field) -> Counts:
        """How often the posts have what is sought, in any form of it, in the field."""
        key = query, field
        if key not in self._counted:
            match query:
                case Word(term):
                    self._counted[key] = self._any_form(field, term)
                case Phrase(terms):
                    self._counted[key] = self._count_phrase(field, terms)
                case Prefix() | Fuzzy():
                    self._counted[key] = self._counts(field, self._forms(query))
        return self._counted[key]

    def _forms(self, query: Prefix | Fuzzy) -> tuple[str, ...]:
        """The words that the query stands for."""
        if query not in self._formed:
            self._formed[query] = self._look_for_forms(query)
        return self._formed[query]

    def _look_for_forms(self, query: Prefix | Fuzzy) -> tuple[str, ...]:
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

    def _counts(self, field: str, terms: Iterable[str], *, places: bool = False) -> Counts:
        """How often one of the terms occurs, by post; `places` reads where, too, for who asks for that next."""
        read = (self._terms.postings(field, term, places=places) for term in terms)
        found = [postings for postings in read if postings is not None]
        numbers, counts = add_up([each.posts for each in found], [each.counts for each in found], len(self._live))
        if self._ground.filters.all_live:
            return Counts(numbers=numbers, counts=counts)
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
            posts = both(posts, postings.posts)
        # one number line for all posts, with room before each for the words in front of one
        lines = []
        places = {term: within(postings, posts) for term, postings in lists.items()}
        for distance, term in enumerate(terms):
            numbers, of_term = places[term]
            lines.append((numbers.astype(np.int64) << 32) + (of_term + len(terms) - distance))
        lines.sort(key=len)
        starts = lines[0]
        for line in lines[1:]:
            starts = starts[look_up(starts, line)[1]]
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

    def feedback(self, best: Numbers, scores: Scores, posts: Numbers) -> Scores:
        """What the posts earn by being about what these best ones, with these scores, are about."""
        told = [self._stems_of(self._terms.post(int(number))) for number in best]
        weights = telling_terms(told, scores.tolist())
        counts = ({field: self._counts(STEMS[field], (key,)) for field in FIELDS} for key in weights)
        return self._ground.ranking.score_terms(weights, counts, len(self._rarities), posts)

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
