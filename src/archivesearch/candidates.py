"""Finding the pairs of posts that may be one article: those whose sketches share a run."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray

from archivesearch.near import LIMITS, Days, Sketch, days_meet

AT_ONCE = 4_000_000
"""Runs that are sorted at one time, which takes about 100 MB."""

_Pair = tuple[int, int]


def candidates(sketches: Iterable[Sketch], at_once: int = AT_ONCE) -> set[_Pair]:
    """The pairs of posts to compare, as places in the sequence, the smaller one first.

    A pair shares a run and has dates that meet, and its titles are equal or one has none. In memory a sketch takes
    some 200 bytes: of its runs half the bits, for what two share by chance is compared in vain and no more.
    """
    known = _Sketches(sketches)
    parts = 1 + len(known.runs) // at_once
    return {pair for part in range(parts) for places in known.sharing(part, parts) for pair in _pairs(places, known)}


class _Sketches:
    """Sketches as arrays; each is known by its place."""

    def __init__(self, sketches: Iterable[Sketch]) -> None:
        self.titles, self._first, self._last = array("Q"), array("i"), array("i")
        self.runs = array("I")
        ends = array("q")
        for sketch in sketches:
            first, last = sketch.days or (0, 0)
            self.titles.append(sketch.title)
            self._first.append(first)
            self._last.append(last)
            self.runs.frombytes(np.frombuffer(sketch.runs, np.uint64).astype(np.uint32).tobytes())
            ends.append(len(self.runs))
        self._ends = np.frombuffer(ends, np.int64) if ends else np.empty(0, np.int64)

    def days(self, place: int) -> Days | None:
        """As in the sketch."""
        return (self._first[place], self._last[place]) if self._last[place] else None

    def sharing(self, part: int, parts: int) -> Iterator[list[int]]:
        """The posts of each run that more than one has; of the runs every one of `parts`."""
        runs = np.frombuffer(self.runs, np.uint32) if self.runs else np.empty(0, np.uint32)
        chosen = _every(runs, part, parts)
        if not len(chosen):
            return
        chosen = chosen[np.argsort(runs[chosen], kind="stable")]
        same = runs[chosen][1:] == runs[chosen][:-1]
        shared = chosen[np.concatenate([[False], same]) | np.concatenate([same, [False]])]
        bounds = np.flatnonzero(np.diff(runs[shared])) + 1
        places = np.searchsorted(self._ends, shared, side="right")
        for group in np.split(places, bounds):
            if len(posts := sorted(set(group.tolist()))) > 1:
                yield posts


def _every(runs: NDArray[np.uint32], part: int, parts: int) -> NDArray[np.int64]:
    """Where every one of `parts` runs stands, looked for in pieces, so that little is held besides."""
    pieces = range(0, len(runs), AT_ONCE)
    found = [np.flatnonzero(runs[start : start + AT_ONCE] % parts == part) + start for start in pieces]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _pairs(places: Sequence[int], known: _Sketches) -> Iterator[_Pair]:
    """The pairs among posts that share a run; in a crowd each with its neighbours in time only."""
    ordered = sorted(places, key=lambda place: (known.titles[place], known.days(place) or (0, 0), place))
    for _, titled in groupby(ordered, key=lambda place: known.titles[place]):
        group = list(titled)
        for number, place in enumerate(group):
            for other in islice(group, number + 1, number + 1 + LIMITS.crowd):
                if not days_meet(known.days(place), known.days(other)):
                    break  # those that follow are later still
                yield min(place, other), max(place, other)
    untitled = [place for place in ordered if not known.titles[place]]
    for place in untitled[: LIMITS.crowd]:
        for other in ordered[len(untitled) :]:
            if days_meet(known.days(place), known.days(other)):
                yield min(place, other), max(place, other)
