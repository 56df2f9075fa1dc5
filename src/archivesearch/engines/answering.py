"""Answering: a search over one generation, from the posts that match to the page of hits and all that is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from archivesearch.engines.arrays import Mask, Numbers, Scores
from archivesearch.engines.matching import Ground, Matcher, Matches, Terms, apart
from archivesearch.engines.ranking import FEEDBACK_POSTS, HEAD, best
from archivesearch.posts import Post
from archivesearch.query import All, Any, Dated, Has, Query, any_of, is_loose, operands, say, to_text
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
        matches = self._match(matcher, search)
        found = np.count_nonzero(_through(matches.found, filters))
        note(f"posts that match{' and pass the filters' if filters else ''}: {found:,}")
        relaxed = False
        if not found and search.match == "auto" and (most := self._match_most(matcher, search)) is not None:
            number = np.count_nonzero(_through(most.found, filters))
            note(f"relaxed, for no post has all of the words: {number:,} with most of them")
            relaxed = bool(number)
            matches = most if relaxed else matches
        passed = np.flatnonzero(_through(matches.found, filters))
        loosely = relaxed or search.match == "any"
        numbers, scores = self._page(matcher, search, passed, matches.scores[passed], note, loosely=loosely)
        facets = {name: self._count(name, matches.found, filters, search) for name in search.counted}
        months = self._count_months(matches.found, filters, search) if facets else ()
        if facets:
            note(f"counted {len(facets)} facets and the months")
        return Answer(
            total=len(passed),
            numbers=tuple(numbers.tolist()),
            scores=tuple(scores.tolist()),
            facets=facets,
            months=months,
            relaxed=relaxed,
            repairs=() if found else tuple(self._repairs(matcher, search, note)),
            suggestion="" if found else self._suggest_other(matcher, search, note),
            cut=tuple(matcher.cut),
        )

    def _count_strictly(self, matcher: Matcher, search: Search) -> int:
        return int(_through(self._match(matcher, search).found, self._filters(search)).sum())

    def _match(self, matcher: Matcher, search: Search) -> Matches:
        strict, loose = _parts(search.query)
        if search.match == "any" and loose:
            return _match_loosely(matcher, strict, loose, 1)
        return matcher.match(search.query)

    def _match_most(self, matcher: Matcher, search: Search) -> Matches | None:
        """The posts with at least half of the words; None where that is no fewer than all of them."""
        strict, loose = _parts(search.query)
        least = max(1, (len(loose) + 1) // 2)
        if least >= len(loose):
            return None
        return _match_loosely(matcher, strict, loose, least)

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
        self, name: FacetName, found: Mask, filters: Mapping[str, Mask], search: Search
    ) -> tuple[FacetCount, ...]:
        return self._ground.filters.count(name, _through(found, filters, but=name), search.chosen.get(name, ()))

    def _count_months(self, found: Mask, filters: Mapping[str, Mask], search: Search) -> tuple[FacetCount, ...]:
        counted = _through(found, filters, but="days")
        return self._ground.filters.count_months(counted, search.since, search.until)

    def _page(
        self, matcher: Matcher, search: Search, passed: Numbers, scores: Scores, note: Note, *, loosely: bool
    ) -> tuple[Numbers, Scores]:
        """The numbers of the posts on the page that is asked for, in its order, and their scores."""
        ordinals = self._ground.ordinals
        start, end = (search.page - 1) * search.size, search.page * search.size
        if search.sort == "relevance" and scores.any():
            ties = (ordinals.newest[passed],)
            scores = self._rank(matcher, search.query, passed, scores, note, loosely=loosely)
            chosen = best(scores, ties, end)[start:]
            note("ranked by relevance")
        else:
            places = {"oldest": ordinals.oldest, "title": ordinals.by_title}.get(search.sort, ordinals.newest)
            chosen = _first(places[passed], end)[start:]
            note(f"put in order: {'newest' if search.sort == 'relevance' else search.sort}")
        return passed[chosen], scores[chosen]

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
            scores += matcher.feedback(passed[most], scores[most])[passed]
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
        for query in corrections(search.query, vocabulary, lambda word: not matcher.match(word).found.any()):
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
        matches = Matcher(self._terms, self._ground, Any(words)).match(Any(words))
        others = np.flatnonzero(matches.found)
        others = others[others != number]
        chosen = best(matches.scores[others], (self._ground.ordinals.newest[others],), limit)
        return others[chosen].tolist(), matches.scores[others[chosen]].tolist()

    def suggest(self, typed: str, limit: int) -> tuple[list[Suggestion], list[int], list[Suggestion]]:
        """What begins as typed: labels, the numbers of posts by their titles, and words, of each so many at most."""
        from archivesearch.engines.telling import complete

        start = fold(typed)
        if not start:
            return [], [], []
        labels = self._ground.filters.beginning("label", start)[:limit]
        return (
            [Suggestion(kind="label", text=value, count=count) for value, count in labels],
            self._ground.ordinals.titled(start, limit),
            complete(typed, self._terms.vocabulary(), limit),
        )


def _say_filter(name: str, search: Search) -> str:
    if name == "among":
        return "posts to search among"
    if name == "days":
        return say(Dated(search.since, search.until))
    return say(any_of(Has(facet, value) for facet in FACETS if facet == name for value in search.chosen[facet]))


def _parts(query: Query) -> tuple[tuple[Query, ...], tuple[Query, ...]]:
    """What the query demands in any case, and the words that a search may go without."""
    parts = operands(query)
    return tuple(part for part in parts if not is_loose(part)), tuple(part for part in parts if is_loose(part))


def _match_loosely(matcher: Matcher, strict: Sequence[Query], loose: Sequence[Query], least: int) -> Matches:
    """The posts with all that is strict and so many of the loose words; each word of a compound ranks alone."""
    found = matcher.match_some(loose, least).found
    scores = matcher.match_some(apart(loose), 1).scores
    return _both(matcher.match(All(tuple(strict))), Matches(found=found, scores=np.where(found, scores, 0.0)))


def _both(first: Matches, second: Matches) -> Matches:
    found = first.found & second.found
    return Matches(found=found, scores=np.where(found, first.scores + second.scores, 0.0))


def _through(found: Mask, filters: Mapping[str, Mask], but: str = "") -> Mask:
    """What passes all filters but one."""
    for name, mask in filters.items():
        if name != but:
            found = found & mask
    return found


def _first(places: Numbers, size: int) -> Numbers:
    """The indices of the lowest `size` places, lowest first; no two are equal."""
    if size >= len(places):
        return np.argsort(places)
    chosen = np.argpartition(places, size)[:size]
    return chosen[np.argsort(places[chosen])]
