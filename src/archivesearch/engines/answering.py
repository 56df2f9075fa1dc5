"""Answering: a search over one generation, from the posts that match to the page of hits and all that is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from archivesearch.engines.arrays import Mask, Numbers, Scores
from archivesearch.engines.ascending import both
from archivesearch.engines.matching import Ground, Matcher, Terms, apart
from archivesearch.engines.ranking import FEEDBACK_POSTS, HEAD, best
from archivesearch.errors import QueryError
from archivesearch.posts import Post
from archivesearch.query import All, Any, Dated, Has, Query, Word, any_of, is_loose, operands, parse, say, to_text
from archivesearch.said import say_number, say_posts
from archivesearch.search import (
    FACETS,
    FacetCount,
    FacetName,
    Note,
    Repair,
    Search,
    Suggestion,
    tell_nobody,
    without_each_filter,
)
from archivesearch.text import fold

COMMON = 50
"""A word that one in so many posts has is common: before it is looked for, it pays to ask which posts can be among the
best at all. Of the 25 words that tell a post from others four are common, and would take most of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What answers a search: as `Results`, with the numbers of the posts of the page and their scores for the hits."""

    total: int
    numbers: tuple[int, ...]
    scores: tuple[float, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]
    months: tuple[FacetCount, ...]
    relaxed: bool
    repairs: tuple[Repair, ...]
    suggestion: str
    cut: tuple[Query, ...]


class Answering:
    """Answers searches of one generation."""

    def __init__(self, terms: Terms, ground: Ground) -> None:
        self._terms = terms
        self._ground = ground

    def answer(self, search: Search, note: Note = tell_nobody) -> Answer:
        """The answer to a search. `note` is told what is done for it."""
        matcher = Matcher(self._terms, self._ground, search.query, note)
        filters = self._filters(search)
        self._tell_filters(search, filters, note)
        found = self._find(matcher, search)
        passed = _through(found, filters)
        strictly = len(passed)
        note(f"posts that match{' and pass the filters' if filters else ''}: {strictly:,}")
        relaxed = False
        if not strictly and search.match == "auto" and (most := self._find_most(matcher, search)) is not None:
            passed = _through(most, filters)
            note(f"relaxed, for no post has all of the words: {len(passed):,} with most of them")
            relaxed = bool(len(passed))
            found = most if relaxed else found
        loosely = relaxed or search.match == "any"
        numbers, scores = self._page(matcher, search, passed, note, loosely=loosely)
        facets = {name: self._count(name, found, filters, search) for name in search.counted}
        months = self._count_months(found, filters, search) if facets else ()
        if facets:
            note(f"counted {len(facets)} facets and the months")
        return Answer(
            total=len(passed),
            numbers=tuple(numbers.tolist()),
            scores=tuple(scores.tolist()),
            facets=facets,
            months=months,
            relaxed=relaxed,
            repairs=() if strictly else tuple(self._repairs(matcher, search, note)),
            suggestion="" if strictly else self._suggest_other(matcher, search, note),
            cut=tuple(matcher.cut),
        )

    def _count_strictly(self, matcher: Matcher, search: Search) -> int:
        return len(_through(self._find(matcher, search), self._filters(search)))

    def _find(self, matcher: Matcher, search: Search) -> Numbers:
        strict, loose = _parts(search.query)
        if search.match == "any" and loose:
            return _find_loosely(matcher, strict, loose, 1)
        return matcher.find(search.query)

    def _find_most(self, matcher: Matcher, search: Search) -> Numbers | None:
        """The posts with at least half of the words; None where that is no fewer than all of them."""
        strict, loose = _parts(search.query)
        least = max(1, (len(loose) + 1) // 2)
        if least >= len(loose):
            return None
        return _find_loosely(matcher, strict, loose, least)

    def _filters(self, search: Search) -> dict[str, Mask]:
        filters = self._ground.filters
        masks: dict[str, Mask] = {
            name: filters.having(name, values) for name, values in search.chosen.items() if values
        }
        if search.since is not None or search.until is not None:
            masks["days"] = filters.dated(search.since, search.until)
        if search.among is not None:
            masks["among"] = filters.among(search.among)
        return masks

    def _tell_filters(self, search: Search, filters: Mapping[str, Mask], note: Note) -> None:
        """Tell of each filter beside the query how many posts pass it."""
        for name, mask in filters.items():
            note(f"filter, {_say_filter(name, search)}: {np.count_nonzero(self._ground.filters.live & mask):,}")

    def _count(
        self, name: FacetName, found: Numbers, filters: Mapping[str, Mask], search: Search
    ) -> tuple[FacetCount, ...]:
        return self._ground.filters.count(name, _through(found, filters, but=name), search.chosen.get(name, ()))

    def _count_months(self, found: Numbers, filters: Mapping[str, Mask], search: Search) -> tuple[FacetCount, ...]:
        counted = _through(found, filters, but="days")
        return self._ground.filters.count_months(counted, search.since, search.until)

    def _page(
        self, matcher: Matcher, search: Search, passed: Numbers, note: Note, *, loosely: bool
    ) -> tuple[Numbers, Scores]:
        """The numbers of the posts on the page that is asked for, in its order, and their scores."""
        start, end = (search.page - 1) * search.size, search.page * search.size
        if search.sort == "relevance":
            scores = _score(matcher, search.query, passed, loosely=loosely)
            if scores.any():
                scores = self._rank(matcher, search.query, passed, scores, note, loosely=loosely)
                chosen = best(scores, (self._ground.ordinals.newest[passed],), end)[start:]
                note("ranked by relevance")
                return passed[chosen], scores[chosen]
        shown = passed[_first(self._places(search)[passed], end)[start:]]
        note(f"put in order: {'newest' if search.sort == 'relevance' else search.sort}")
        in_order = np.argsort(shown)
        scores = np.empty(len(shown))
        scores[in_order] = _score(matcher, search.query, shown[in_order], loosely=loosely)
        return shown, scores

    def _places(self, search: Search) -> Numbers:
        """The place of each post in the order that is asked for, that by date where nothing ranks."""
        ordinals = self._ground.ordinals
        return {"oldest": ordinals.oldest, "title": ordinals.by_title}.get(search.sort, ordinals.newest)

    def _rank(
        self, matcher: Matcher, query: Query, passed: Numbers, scores: Scores, note: Note, *, loosely: bool
    ) -> Scores:
        """The scores with what words earn that stand together, and posts that are about the same as the best ones.

        The latter only where a post need not have every word: who asks for all of them gets just these ranked.
        """
        scores, ties = scores.copy(), (self._ground.ordinals.newest[passed],)
        if pairs := tuple(matcher.neighbours(All(apart(operands(query))) if loosely else query)):
            head = np.sort(best(scores, ties, HEAD))
            scores[head] += matcher.nearness(pairs, passed[head])
            note(f"looked in {say_posts(len(head))} for words that stand together: {say_number(len(pairs), 'pair')}")
        if loosely:
            most = best(scores, ties, FEEDBACK_POSTS)
            scores += matcher.feedback(passed[most], scores[most], passed)
            note(f"compared all of them with what the best are about: {say_posts(len(most))}")
        return scores

    def _repairs(self, matcher: Matcher, search: Search, note: Note) -> Iterator[Repair]:
        for dropped, left in without_each_filter(search):
            count = self._count_strictly(matcher, left)
            note(f"tried without this filter, {say(dropped)}: {count:,}")
            if count:
                yield Repair(dropped=dropped, search=left, count=count)

    def _suggest_other(self, matcher: Matcher, search: Search, note: Note) -> str:
        """The query with words of the index in the place of words that no post has, if that finds something."""
        from archivesearch.engines.telling import corrections

        vocabulary = self._terms.vocabulary()
        for query in corrections(search.query, vocabulary, lambda word: not len(matcher.find(word))):
            corrected = replace(search, query=query)
            count = self._count_strictly(Matcher(self._terms, self._ground, query), corrected)
            note(f"tried the words “{to_text(query)}”: {count:,}")
            if count:
                return to_text(query)
        return ""

    def similar(self, post: Post, number: int, limit: int) -> tuple[list[int], list[float]]:
        """The numbers of the posts most like the one with this number, best first, and their scores."""
        from archivesearch.engines.telling import telling_words

        words = telling_words(post, self._terms.vocabulary(), int(self._ground.filters.live.sum()))
        worth = self._weigh(words, number, limit)
        others = np.flatnonzero(worth > 0)
        scores = worth[others]
        chosen = best(scores, (self._ground.ordinals.newest[others],), limit)
        return others[chosen].tolist(), scores[chosen].tolist()

    def _weigh(self, words: tuple[Word, ...], number: int, limit: int) -> Scores:
        """What each post but the one with this number is worth for any of the words.

        Once no post with common words alone could come among the best `limit`, these words are looked for only in what
        still could, so that what is given of the others is less (MaxScore: Turtle and Flood, 1995).
        """
        matcher = Matcher(self._terms, self._ground, Any(words), near=False)
        common = len(self._ground.filters.live) // COMMON
        worth, within = np.zeros(len(self._ground.filters.live)), None
        worth[number] = -np.inf
        in_order = sorted(words, key=lambda word: len(matcher.find(word)))
        for place, word in enumerate(in_order):
            found = matcher.find(word)
            if within is None and len(found) > common:
                within = _within_reach(worth, sum(map(matcher.most, in_order[place:])), limit)
            posts = found if within is None else within
            worth[posts] += matcher.score(word, posts)
        return worth

    def suggest(self, typed: str, limit: int) -> tuple[list[Suggestion], list[tuple[int, int]], list[Suggestion]]:
        """What begins as typed, of each so many at most: labels, titles, and words.

        A title is told by the number of its newest post and by how many have it.
        """
        from archivesearch.engines.telling import complete

        start = fold(typed)
        if not start:
            return [], [], []
        labels = self._ground.filters.beginning("label", start)[:limit]
        return (
            [Suggestion(kind="label", text=value, count=count) for value, count in labels],
            self._ground.ordinals.titled(start, limit),
            complete(typed, self._terms.vocabulary(), limit, self._count_typed),
        )

    def _count_typed(self, typed: str) -> int:
        """How many posts a search for this finds: none where it cannot be read."""
        try:
            query = parse(typed)
        except QueryError:
            return 0
        return len(Matcher(self._terms, self._ground, query).find(query))


def _say_filter(name: str, search: Search) -> str:
    if name == "among":
        return "posts to search among"
    if name == "days":
        return say(Dated(search.since, search.until))
    return say(any_of(Has(facet, value) for facet in FACETS if facet == name for value in search.chosen[facet]))


def _within_reach(worth: Scores, more: float, limit: int) -> Numbers | None:
    """The posts that could still come among the best `limit` if any may earn so much more; None if that is any post."""
    numbers = np.flatnonzero(worth > 0)
    if len(numbers) < limit:
        return None
    least = np.partition(worth[numbers], len(numbers) - limit)[len(numbers) - limit]
    return numbers[worth[numbers] + more >= least] if more < least else None


def _parts(query: Query) -> tuple[tuple[Query, ...], tuple[Query, ...]]:
    """What the query demands in any case, and the words that a search may go without."""
    parts = operands(query)
    return tuple(part for part in parts if not is_loose(part)), tuple(part for part in parts if is_loose(part))


def _find_loosely(matcher: Matcher, strict: Sequence[Query], loose: Sequence[Query], least: int) -> Numbers:
    """The posts with all that is strict and so many of the loose words."""
    found = matcher.find_some(loose, least)
    for word in apart(loose):  # how rare each is must be known, for those that stand in a compound too
        matcher.find(word)
    return both(found, matcher.find(All(tuple(strict))))


def _score(matcher: Matcher, query: Query, posts: Numbers, *, loosely: bool) -> Scores:
    """What these posts that it finds are worth for the query; loosely each word of a compound ranks alone."""
    if not loosely:
        return matcher.score(query, posts)
    strict, loose = _parts(query)
    return matcher.score(All(strict), posts) + matcher.score_each(apart(loose), posts)


def _through(found: Numbers, filters: Mapping[str, Mask], but: str = "") -> Numbers:
    """What passes all filters but one."""
    for name, mask in filters.items():
        if name != but:
            found = found[mask[found]]
    return found


def _first(places: Numbers, size: int) -> Numbers:
    """The indices of the lowest `size` places, lowest first; no two are equal."""
    if size >= len(places):
        return np.argsort(places)
    chosen = np.argpartition(places, size)[:size]
    return chosen[np.argsort(places[chosen])]
