"""Ordinals: what filters, facet counts and orders need of every post, in arrays that are loaded once a generation.

A post's number is its place in the arrays. Each facet numbers the combinations of values that posts have, so that a
post has one ordinal a facet, and counting is one pass over the matches.
"""

import heapq
import json
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archivesearch.posts import Post
from archivesearch.search import (
    FACETS,
    MINUTES_A_DAY,
    NONE,
    FacetCount,
    FacetName,
    Search,
    facet_values,
    minute,
)
from archivesearch.text import fold

_UNDATED = -1


@dataclass(slots=True)
class FacetOrdinals:
    """A facet: the combinations of values that posts have, and each post's combination."""

    combinations: list[tuple[str, ...]] = field(default_factory=list)
    ordinals: "array[int]" = field(default_factory=lambda: array("l"))
    _known: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, values: tuple[str, ...]) -> None:
        """The next post has these values."""
        if not self._known:
            self._known.update((values, i) for i, values in enumerate(self.combinations))
        ordinal = self._known.setdefault(values, len(self.combinations))
        if ordinal == len(self.combinations):
            self.combinations.append(values)
        self.ordinals.append(ordinal)


@dataclass(slots=True)
class Ordinals:
    """The arrays of a generation, by the number of a post; the id of a removed post is None.

    `lengths` are words of the title and of the text, `minutes` those of `search.minute`, `titles` are folded.
    """

    ids: list[str | None] = field(default_factory=list)
    minutes: "array[int]" = field(default_factory=lambda: array("q"))
    titles: list[str] = field(default_factory=list)
    title_lengths: "array[int]" = field(default_factory=lambda: array("l"))
    text_lengths: "array[int]" = field(default_factory=lambda: array("l"))
    facets: dict[FacetName, FacetOrdinals] = field(default_factory=lambda: {f: FacetOrdinals() for f in FACETS})

    def add(self, post: Post, title_length: int, text_length: int) -> None:
        """Give the post the next number."""
        moment = minute(post)
        self.ids.append(post.id)
        self.minutes.append(_UNDATED if moment is None else moment)
        self.titles.append(fold(post.title))
        self.title_lengths.append(title_length)
        self.text_lengths.append(text_length)
        for name, facet in self.facets.items():
            facet.add(facet_values(post, name))

    def live(self) -> list[int]:
        """The numbers of the posts that are not removed."""
        return [number for number, post_id in enumerate(self.ids) if post_id is not None]

    def write(self, path: Path) -> None:
        """Write the arrays for `read_ordinals`."""
        written: dict[str, Any] = {
            "ids": self.ids,
            "minutes": list(self.minutes),
            "titles": self.titles,
            "title_lengths": list(self.title_lengths),
            "text_lengths": list(self.text_lengths),
            "facets": {
                name: {"combinations": facet.combinations, "ordinals": list(facet.ordinals)}
                for name, facet in self.facets.items()
            },
        }
        path.write_text(json.dumps(written, separators=(",", ":")), "ascii")


def read_ordinals(path: Path) -> Ordinals:
    """The arrays that `Ordinals.write` wrote. Raises OSError, KeyError or ValueError where it did not."""
    written = json.loads(path.read_text("ascii"))
    return Ordinals(
        ids=written["ids"],
        minutes=array("q", written["minutes"]),
        titles=written["titles"],
        title_lengths=array("l", written["title_lengths"]),
        text_lengths=array("l", written["text_lengths"]),
        facets={
            name: FacetOrdinals(
                combinations=[tuple(values) for values in written["facets"][name]["combinations"]],
                ordinals=array("l", written["facets"][name]["ordinals"]),
            )
            for name in FACETS
        },
    )


class Filters:
    """Filters, counts and orders over the arrays of one generation."""

    def __init__(self, ordinals: Ordinals) -> None:
        self._ordinals = ordinals
        self.live = ordinals.live()
        self.numbers = {ordinals.ids[number]: number for number in self.live}
        self._keys = {name: _keys(facet) for name, facet in ordinals.facets.items()}
        self._spellings = {name: _spellings(facet, self.live) for name, facet in ordinals.facets.items()}

    def languages(self) -> set[str]:
        """The languages that posts are in, NONE among them where one is in none that is known."""
        facet = self._ordinals.facets["language"]
        return {facet.combinations[ordinal][0] for ordinal in {facet.ordinals[n] for n in self.live}}

    def select(
        self, matches: Iterable[int], search: Search
    ) -> tuple[list[int], dict[FacetName, tuple[FacetCount, ...]]]:
        """The matches that pass every filter, and the counts of each facet, which leave out its own filter."""
        dated = self._dated(matches, search)
        allowed = {name: self._allowed(name, values) for name, values in search.chosen.items() if values}
        passed = self._pass(dated, allowed)
        counts = {}
        for name in FACETS:
            others = {other: ordinals for other, ordinals in allowed.items() if other != name}
            counted = passed if len(others) == len(allowed) else self._pass(dated, others)
            counts[name] = self._count(name, counted, search.chosen.get(name, ()))
        return passed, counts

    def order(self, numbers: Collection[int], search: Search, scores: Mapping[int, float]) -> list[int]:
        """The numbers on the page that is asked for, in its order."""
        end = search.page * search.size
        return heapq.nsmallest(end, numbers, key=self._order_key(search, scores))[end - search.size :]

    def _order_key(self, search: Search, scores: Mapping[int, float]) -> Callable[[int], Any]:
        ids, minutes, titles = self._ordinals.ids, self._ordinals.minutes, self._ordinals.titles
        match search.sort:
            case "relevance":
                return lambda n: (-scores[n], -minutes[n], ids[n])
            case "newest":
                return lambda n: (-minutes[n], ids[n])
            case "oldest":
                return lambda n: (minutes[n] == _UNDATED, minutes[n], ids[n])
            case "title":
                return lambda n: (titles[n], ids[n])

    def _dated(self, matches: Iterable[int], search: Search) -> list[int]:
        if search.since is None and search.until is None:
            return list(matches)
        first = search.since.toordinal() * MINUTES_A_DAY if search.since else 0
        end = (search.until.toordinal() + 1) * MINUTES_A_DAY if search.until else float("inf")
        minutes = self._ordinals.minutes
        return [number for number in matches if first <= minutes[number] < end]

    def _allowed(self, name: FacetName, values: Sequence[str]) -> set[int]:
        wanted = {fold(value) for value in values}
        return {i for i, keys in enumerate(self._keys[name]) if not wanted.isdisjoint(keys)}

    def _pass(self, numbers: list[int], allowed: Mapping[FacetName, set[int]]) -> list[int]:
        for name, combinations in allowed.items():
            ordinals = self._ordinals.facets[name].ordinals
            numbers = [number for number in numbers if ordinals[number] in combinations]
        return numbers

    def _count(self, name: FacetName, numbers: list[int], chosen: Sequence[str]) -> tuple[FacetCount, ...]:
        by_combination = Counter(map(self._ordinals.facets[name].ordinals.__getitem__, numbers))
        picked = {fold(value): value for value in reversed(chosen)}
        counts: Counter[str] = Counter(dict.fromkeys(picked, 0))
        for ordinal, count in by_combination.items():
            for key in self._keys[name][ordinal]:
                counts[key] += count
        spellings = {**picked, **self._spellings[name]}
        found = [FacetCount(value=spellings[key], count=count, selected=key in picked) for key, count in counts.items()]
        return sort_counts(name, found)


def sort_counts(name: FacetName, counts: Iterable[FacetCount]) -> tuple[FacetCount, ...]:
    """The counts of a facet in the order of `Results.facets`."""
    by_value = sorted(counts, key=lambda c: (fold(c.value), c.value), reverse=name == "year")
    by_count = by_value if name == "year" else sorted(by_value, key=lambda c: -c.count)
    return tuple(sorted(by_count, key=lambda c: fold(c.value) == NONE))


def _keys(facet: FacetOrdinals) -> list[tuple[str, ...]]:
    return [tuple(fold(value) for value in values) for values in facet.combinations]


def _spellings(facet: FacetOrdinals, live: Iterable[int]) -> dict[str, str]:
    """How each folded value is shown: of several spellings the first in code point order."""
    spellings: dict[str, str] = {}
    for ordinal in {facet.ordinals[number] for number in live}:
        for value in facet.combinations[ordinal]:
            key = fold(value)
            spellings[key] = min(value, spellings.get(key, value))
    return spellings
