"""Ranking: how well each post answers a query, from arrays of counts and places and nothing else of an engine.

A score is a sum over the words of the query. Each word is worth its BM25F, once for the posts that have any form of it
and once for those that have the form that was typed; words that stand side by side in the query are worth something
more where they stand near each other in the post. No post is worth less for what it has besides.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archivesearch.engines.ascending import count_either, look_up, meet

Field = Literal["title", "text"]
FIELDS: tuple[Field, ...] = ("title", "text")

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]

K1 = 1.5
LENGTH_PART: Mapping[Field, float] = {"title": 0.5, "text": 0.75}
"""BM25's k1 and b. Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, give 1.2 to
2 and 0.5 to 0.8, and within these nothing that was tried changed much. Titles differ less in length than texts, and
their length says less."""
TITLE_WEIGHT = 3.0
"""What one occurrence in the title is worth in occurrences in the text. Of 1, 2, 3 and 5, each does better than the one
before on manual pages whose title is their line of description; most titles of posts tell less than such a line."""
EXACT_PART = 0.25
"""The part of a word's score that only the typed form earns. Chosen among 0, 1/4 and 1/2 on 3,000 manual pages, asked
for by their line of description or by their first sentence."""
FUNCTION_WORD_PART = 0.25
"""What is left of the score of a function word ("what", "about"): in a question it says little, however rare it is in
the posts. Chosen among 0, 1/4, 1/2 and 1 on the same pages, on those that a page's "see also" names, asked for by its
first sentence, and on 50 news articles whose likeness people had judged."""

ORDERED_PART = 0.10 / 0.85
UNORDERED_PART = 0.05 / 0.85
NEAR = 8
"""The sequential dependence model of Metzler and Croft, "A Markov Random Field Model for Term Dependencies", 2005: two
words that are neighbours in the query earn 0.10 for standing side by side in that order and 0.05 for standing within 8
words in any order, where a single word earns 0.85."""
HEAD = 500
"""How many of the best posts are looked at for words near each other: reading places costs more than all the rest."""

FEEDBACK_POSTS = 5
FEEDBACK_TERMS = 20
FEEDBACK_PART = 0.25
"""The relevance model of Lavrenko and Croft, "Relevance-Based Language Models", 2001, in the form that keeps the query
(RM3: Abdul-Jaleel and others, "UMass at TREC 2004"): of how many of the best posts the terms are taken, how many of
these, and what they weigh together beside the query's words. Chosen on the collections named above, where 5 posts did
as well as 10, and 20 terms as 30. More weight (1 is usual) finds more on a topic, but puts the one post that somebody
knows and looks for lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """In which posts something occurs and how often: the `numbers` of the posts ascending, each once."""

    numbers: Ints
    counts: NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a word stands in some posts: of each occurrence the post's number and the place among the field's words.

    Ascending by number, then by place.
    """

    numbers: Ints
    places: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Two words side by side in the query: the places of each in the head, by field.

    `rarity` is the sum of theirs: what the pair would have if the words stood together by chance only.
    """

    first: Mapping[Field, Places]
    second: Mapping[Field, Places]
    rarity: float


@dataclass(slots=True)
class Ranking:
    """Ranks the posts of one generation. `lengths` are in words, by the number of a post; `live` are those not removed.

    Nothing here depends on filters: adding one never changes what a word is worth in a post.
    """

    lengths: Mapping[Field, Ints]
    live: Ints
    _worth: dict[Field, Floats] = field(init=False)

    def __post_init__(self) -> None:
        self._worth = {name: _worth(name, self.lengths[name], self.live) for name in FIELDS}

    def rarity(self, found: int) -> float:
        """What it says of a post that it has something that `found` posts have: BM25's idf in the form above zero."""
        return math.log(1 + (len(self.live) - found + 0.5) / (found + 0.5))

    def score(self, counts: Mapping[Field, Counts], posts: Ints) -> Floats:
        """BM25F: occurrences in title and text are weighed into one count, which then saturates.

        `counts` are of all posts; what is given is the score of each of `posts` (numbers, ascending), 0 for one that
        does not count.
        """
        found = count_either(*(of_field.numbers for of_field in counts.values()))
        return self.rarity(found) * _saturate(self._weigh(counts, posts))

    def score_word(self, any_form: Mapping[Field, Counts], typed_form: Mapping[Field, Counts], posts: Ints) -> Floats:
        """What a word is worth: most of it in any form, the rest in the typed form, which is among these."""
        return (1 - EXACT_PART) * self.score(any_form, posts) + EXACT_PART * self.score(typed_form, posts)

    def most(self, any_form: int, typed_form: int) -> float:
        """What a word that so many posts have is worth in none: `score_word` comes near it the oftener it occurs."""
        return (K1 + 1) * ((1 - EXACT_PART) * self.rarity(any_form) + EXACT_PART * self.rarity(typed_form))

    def score_nearness(self, head: Ints, pairs: Iterable[Neighbours]) -> Floats:
        """What each post of the head (numbers, ascending) earns beyond its words by words that stand together."""
        earned = np.zeros(len(head))
        for pair in pairs:
            ordered, unordered = np.zeros(len(head)), np.zeros(len(head))
            for name in FIELDS:
                worth = self._worth[name][head]
                side_by_side, near = _count_near(head, pair.first[name], pair.second[name])
                ordered += worth * side_by_side
                unordered += worth * near
            earned += pair.rarity * (ORDERED_PART * _saturate(ordered) + UNORDERED_PART * _saturate(unordered))
        return earned

    def score_terms(
        self, weights: Mapping[str, float], counts: Iterable[Mapping[Field, Counts]], words: int, posts: Ints
    ) -> Floats:
        """What each of the posts earns by `telling_terms`, beside what it earned by so many words of a query.

        `counts` are those of each term, in the order of `weights`.
        """
        earned = np.zeros(len(posts))
        for weight, of_term in zip(weights.values(), counts, strict=True):
            earned += weight * self.score(of_term, posts)
        return FEEDBACK_PART * words * earned

    def _weigh(self, counts: Mapping[Field, Counts], posts: Ints) -> Floats:
        """What occurs in each of these posts."""
        weighed = np.zeros(len(posts))
        for name, of_field in counts.items():
            here, there = meet(posts, of_field.numbers)
            weighed[here] += self._worth[name][posts[here]] * of_field.counts[there]
        return weighed


def best(scores: Floats, ties: Sequence[Ints], size: int) -> Ints:
    """The indices of the best `size` scores, best first; equal scores are ordered by `ties`, the lowest first.

    Several ties are compared one after the other. With ties that tell all posts apart the order is total, so pages cut
    from it neither repeat nor miss a post.
    """
    if size < len(scores):
        least = np.partition(scores, len(scores) - size)[len(scores) - size]
        chosen = np.flatnonzero(scores >= least)
    else:
        chosen = np.arange(len(scores))
    keys = [key[chosen] for key in reversed(ties)]
    return chosen[np.lexsort([*keys, -scores[chosen]])[:size]]


def telling_terms(posts: Sequence[Mapping[str, int]], scores: Sequence[float]) -> dict[str, float]:
    """What the best posts are about: the terms that make up most of them, each with its weight; the weights' sum is 1.

    `posts` are the counts of the terms of each of them, function words left out; `scores` say how good each one is.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for counts, score in zip(posts, scores, strict=True):
        length = sum(counts.values())
        for term, count in counts.items():
            weights[term] += score * count / length
    most = sorted(weights.items(), key=lambda term: (-term[1], term[0]))[:FEEDBACK_TERMS]
    whole = sum(weight for _, weight in most)
    return {term: weight / whole for term, weight in most if whole}


def _worth(name: Field, lengths: Ints, live: Ints) -> Floats:
    """What one occurrence in the field is worth in each post: more in a short one."""
    average = float(lengths[live].mean()) if len(live) else 0.0
    part = LENGTH_PART[name]
    normal = 1 - part + part * lengths / (average or 1.0)
    weight = TITLE_WEIGHT if name == "title" else 1.0
    return np.asarray(weight / normal, dtype=np.float64)


def _saturate(counts: Floats) -> Floats:
    return counts * (K1 + 1) / (counts + K1)


def _count_near(head: Ints, first: Places, second: Places) -> tuple[Ints, Ints]:
    """How often the words stand side by side in their order, and how often near each other in any, in each post."""
    # one number line for all posts, with room between them, so that nearness never crosses from a post into the next
    room = 2 * NEAR + int(max(first.places.max(initial=0), second.places.max(initial=0)))
    ones, others = (p.numbers.astype(np.int64) * room + p.places for p in (first, second))
    _, side_by_side = look_up(ones + 1, others)
    of_first = _count_by_post(head, first.numbers[_has_near(ones, others)])
    of_second = _count_by_post(head, second.numbers[_has_near(others, ones)])
    return _count_by_post(head, first.numbers[side_by_side]), np.minimum(of_first, of_second)


def _has_near(ones: Ints, others: Ints) -> NDArray[np.bool_]:
    """For each place whether there is one of the others less than NEAR words away."""
    lowest = np.searchsorted(others, ones - NEAR, side="right")
    highest = np.searchsorted(others, ones + NEAR, side="left")
    return lowest < highest


def _count_by_post(head: Ints, numbers: Ints) -> Ints:
    return np.bincount(np.searchsorted(head, numbers), minlength=len(head))
