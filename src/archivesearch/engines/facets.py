"""Facets: filters, counts and orders over the ordinals of one generation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from archivesearch.engines.arrays import Mask, Numbers
from archivesearch.engines.ordinals import MONTHS_A_YEAR, UNDATED, FacetOrdinals, Ordinals, month_name
from archivesearch.engines.postings import spread
from archivesearch.search import FACETS, MINUTES_A_DAY, NONE, FacetCount, FacetName
from archivesearch.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """A facet of the live posts: pairs of a post and a value's number, by posts.

    Values are numbered in the order of `keys`; the pairs of a post begin where `starts` says. There are `several` of a
    post, or each has one.
    """

    keys: tuple[str, ...]
    spellings: dict[str, str]
    posts: Numbers
    numbers: Numbers
    starts: Numbers
    several: bool


class Filters:
    """What a filter lets through, and what the facets count."""

    def __init__(self, ordinals: Ordinals) -> None:
        self.live = ordinals.live
        self.all_live = bool(ordinals.live.all())
        self._numbers = ordinals.numbers
        self._minutes = ordinals.minutes
        months, self._month_numbers = np.unique(ordinals.months, return_inverse=True)
        self._months = [(month, month_name(month)) for month in months.tolist()]
        self._values = {name: _live_values(ordinals.facets[name], ordinals.live) for name in FACETS}
        language = self._values["language"]
        self.language_numbers = np.full(len(self.live), -1, np.int32)
        self.language_numbers[language.posts] = language.numbers

    def languages(self) -> tuple[str, ...]:
        """The languages that posts are in, NONE among them where one is in none that is known."""
        return self._values["language"].keys

    def having(self, name: FacetName, values: Sequence[str]) -> Mask:
        """The posts with one of these values of the facet at least."""
        facet = self._values[name]
        wanted = {fold(value) for value in values}
        picked = np.array([key in wanted for key in facet.keys], bool)
        found = np.zeros(len(self.live), bool)
        found[facet.posts[picked[facet.numbers]]] = True
        return found

    def beginning(self, name: FacetName, start: str) -> list[tuple[str, int]]:
        """The values of the facet in which a word begins with `start` (folded), with their counts, highest first."""
        facet = self._values[name]
        counts = np.bincount(facet.numbers, minlength=len(facet.keys)).tolist()
        found = [
            (facet.spellings[key], count)
            for key, count in zip(facet.keys, counts, strict=True)
            if key != NONE and (key.startswith(start) or f" {start}" in key)
        ]
        return sorted(found, key=lambda value: -value[1])

    def among(self, ids: Collection[str]) -> Mask:
        """The posts with one of these ids."""
        found = np.zeros(len(self.live), bool)
        found[[number for post_id in ids for number in self._numbers(post_id)]] = True
        return found

    def dated(self, since: date | None, until: date | None) -> Mask:
        """The posts published on these days, both included: undated ones never."""
        found: Mask = self._minutes != UNDATED
        if since is not None:
            found &= self._minutes >= since.toordinal() * MINUTES_A_DAY
        if until is not None:
            found &= self._minutes < (until.toordinal() + 1) * MINUTES_A_DAY
        return found

    def count(self, name: FacetName, posts: Numbers, chosen: Sequence[str]) -> tuple[FacetCount, ...]:
        """The counts of a facet over these posts, in the order of `Results.facets`."""
        facet = self._values[name]
        picked = {fold(value): value for value in reversed(chosen)}
        pairs = facet.starts[posts]
        if facet.several:
            pairs = spread(pairs, facet.starts[posts + 1] - pairs)
        counted = np.bincount(facet.numbers[pairs], minlength=len(facet.keys))
        # values are numbered in the order of their keys, so that only what is not found needs to be put in its place
        numbers = np.flatnonzero(counted)
        order = numbers[::-1] if name == "year" else numbers[np.argsort(-counted[numbers], kind="stable")]
        counts = {facet.keys[n]: count for n, count in zip(order.tolist(), counted[order].tolist(), strict=True)}
        missing = [key for key in picked if key not in counts]
        if missing:
            counts = _in_order(name, counts | dict.fromkeys(missing, 0))
        elif NONE in counts:
            counts[NONE] = counts.pop(NONE)  # last
        return tuple(
            FacetCount(value=facet.spellings.get(key, picked.get(key, "")), count=count, selected=key in picked)
            for key, count in counts.items()
        )

    def count_months(self, posts: Numbers, since: date | None, until: date | None) -> tuple[FacetCount, ...]:
        """The counts of the months of these posts, in the order of `Results.months`."""
        counts = np.bincount(self._month_numbers[posts], minlength=len(self._months))
        asked = since is not None or until is not None
        return tuple(
            FacetCount(value=name, count=count, selected=asked and _reaches(month, since, until))
            for (month, name), count in zip(self._months, counts.tolist(), strict=True)
            if count and month != UNDATED
        )


def _live_values(facet: FacetOrdinals, live: Mask) -> _Values:
    here = live[facet.posts]
    posts, ordinals = facet.posts[here], facet.ordinals[here]
    spellings: dict[str, str] = {}
    used = np.flatnonzero(np.bincount(ordinals, minlength=len(facet.values)))
    keys = {ordinal: fold(facet.values[ordinal]) for ordinal in used.tolist()}
    for ordinal, key in keys.items():
        # of several spellings the first in code point order is shown
        spellings[key] = min(facet.values[ordinal], spellings.get(key, facet.values[ordinal]))
    in_order = {key: number for number, key in enumerate(sorted(spellings))}
    renumbered = np.zeros(len(facet.values), np.int32)
    for ordinal, key in keys.items():
        renumbered[ordinal] = in_order[key]
    return _Values(
        keys=tuple(in_order),
        spellings=spellings,
        posts=posts,
        numbers=renumbered[ordinals],
        starts=np.searchsorted(posts, np.arange(len(live) + 1)),
        several=bool(len(posts) > np.count_nonzero(live)),
    )


def _in_order(name: FacetName, counts: dict[str, int]) -> dict[str, int]:
    by_value = sorted(counts, reverse=name == "year")
    by_count = by_value if name == "year" else sorted(by_value, key=lambda key: -counts[key])
    return {key: counts[key] for key in sorted(by_count, key=lambda key: key == NONE)}


def _reaches(month: int, since: date | None, until: date | None) -> bool:
    """Whether a day of the month, or of the year where no month is known, lies in the span."""
    year, month_of_year = divmod(month, MONTHS_A_YEAR)
    first, last = (month_of_year or 1), (month_of_year or 12)
    begins = since is None or (since.year, since.month) <= (year, last)
    ends = until is None or (until.year, until.month) >= (year, first)
    return begins and ends
