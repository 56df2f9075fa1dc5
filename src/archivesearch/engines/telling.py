"""Telling words: what a person may have meant to type, and what tells one post from the others."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice, product

from archivesearch.engines.ranking import TITLE_WEIGHT
from archivesearch.engines.vocabulary import Vocabulary
from archivesearch.posts import Post
from archivesearch.query import All, Any, In, Phrase, Query, Word, all_of, is_loose, operands
from archivesearch.search import Suggestion
from archivesearch.text import terms, words

TELLING = 25
"""How many words of a post others are compared by. Systems that offer similar documents take 25 (Lucene's
MoreLikeThis and what stands on it); more of them tell little and cost as much."""
CHOICES = 4
"""How many words are tried in the place of one that no post has."""
TRIED = 10
"""How many corrected queries are tried: each costs as much as a search."""
COUNTED = 8
"""How many completions of several words are searched for, to tell how many posts have them: as many as a box shows."""
TWO_EDITS_FROM = 5
"""Letters from which a word may be mended by two edits; two of four letters would make another word of it."""


def corrections(query: Query, vocabulary: Vocabulary, is_unknown: Callable[[Word], bool]) -> Iterator[Query]:
    """The query with near words of the vocabulary in the place of those that no post has, the likeliest first.

    Words of one edit come before those of two, frequent ones before rare ones. What a relaxed search may go without is
    left out where a word in it has no near one. Nothing comes where no word can be replaced, or one would have to be
    that has no near word.
    """
    unknown = {term: _near(term, vocabulary) for term in dict.fromkeys(_terms(query)) if is_unknown(Word(term))}
    kept = all_of(
        part for part in operands(query) if not is_loose(part) or all(unknown.get(t, True) for t in _terms(part))
    )
    replaced = [term for term in dict.fromkeys(_terms(kept)) if term in unknown]
    if not replaced:
        return
    for chosen in islice(product(*(unknown[term] for term in replaced)), TRIED):
        yield _replaced(kept, dict(zip(replaced, chosen, strict=True)))


def _terms(query: Query) -> Iterator[str]:
    """The terms that a match would have; what is excluded stays as it is."""
    match query:
        case Word(term):
            yield term
        case Phrase(terms):
            yield from terms
        case In(_, inner):
            yield from _terms(inner)
        case All(queries) | Any(queries):
            for inner in queries:
                yield from _terms(inner)
        case _:
            return


def _near(term: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    near = vocabulary.near(term, 1, CHOICES).words
    return near if near or len(term) < TWO_EDITS_FROM else vocabulary.near(term, 2, CHOICES).words


def _replaced(query: Query, other: dict[str, str]) -> Query:
    match query:
        case Word(term):
            return Word(other.get(term, term))
        case Phrase(terms):
            return Phrase(tuple(other.get(term, term) for term in terms))
        case In(field, inner):
            return In(field, _replaced(inner, other))
        case All(queries):
            return All(tuple(_replaced(inner, other) for inner in queries))
        case Any(queries):
            return Any(tuple(_replaced(inner, other) for inner in queries))
        case _:
            return query


def telling_words(post: Post, vocabulary: Vocabulary, posts: int) -> tuple[Word, ...]:
    """The words of a post that other posts have too and that say most of it: frequent here, rare among `posts`."""
    counts: defaultdict[str, float] = defaultdict(float)
    for weight, text in ((TITLE_WEIGHT, post.title), (1.0, post.text)):
        for term in terms(text):
            counts[term] += weight
    weights = {
        term: count * math.log(1 + posts / having)
        for (term, count), having in zip(counts.items(), vocabulary.counts(list(counts)), strict=True)
        if having > 1
    }
    return tuple(Word(term) for term in sorted(weights, key=lambda term: (-weights[term], term))[:TELLING])


def complete(typed: str, vocabulary: Vocabulary, limit: int, count: Callable[[str], int]) -> list[Suggestion]:
    """What was typed, with its last word carried on to words that begin with it, the commonest first.

    Where other words stand before it, `count` tells how many posts have all of them: what none has is not suggested.
    """
    typed_words = list(words(typed))
    if not typed_words or typed_words[-1].end < len(typed):
        return []
    *others, last = typed_words
    found = vocabulary.beginning(last.term, min(limit, COUNTED) if others else limit)
    texts = [typed[: last.start] + word for word in found.words]
    counts = [count(text) for text in texts] if others else found.counts
    suggestions = [Suggestion(kind="word", text=t, count=n) for t, n in zip(texts, counts, strict=True) if n]
    return sorted(suggestions, key=lambda each: -each.count)
