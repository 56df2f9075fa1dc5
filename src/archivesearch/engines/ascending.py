"""Ascending: arrays of different numbers in their order, and what several of them have in common or together."""

from collections.abc import Sequence

import numpy as np

from archivesearch.engines.arrays import Array, Mask, Numbers

_FEW = 8
"""Where one array is so many times as long as the other, the numbers of the short one are looked up in it one by one:
that takes some 25 ns each, a table of what the long one has some 4 for each of its numbers."""

_SHORT = 500
"""So few numbers are looked up whatever the others are: only to make the table of `meet` takes longer."""

NOTHING = np.empty(0, np.int32)


def look_up(numbers: Numbers, others: Numbers) -> tuple[Numbers, Mask]:
    """Of each of the numbers its place among the others, and whether it is there at all; no place is beyond the end."""
    if not len(others):
        return np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool)
    places = np.searchsorted(others, numbers)
    places[places == len(others)] = 0
    return places, others[places] == numbers


def is_in(numbers: Numbers, others: Numbers) -> Mask:
    """Which of the numbers are among the others. Both count posts: a table may be made of them."""
    if numbers is others:
        return np.ones(len(numbers), bool)
    if len(numbers) * _FEW < len(others):
        return look_up(numbers, others)[1]
    found = np.zeros(len(numbers), bool)
    if len(others) * _FEW < len(numbers):
        found[meet(numbers, others)[0]] = True
    elif len(numbers):
        known = np.zeros(_size(numbers, others), bool)
        known[others] = True
        found = known[numbers]
    return found


def meet(numbers: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Where in each of the arrays the numbers stand that both have; as for `is_in`."""
    if len(others) < len(numbers):
        there, here = meet(others, numbers)
        return here, there
    if len(numbers) < max(_SHORT, len(others) / _FEW):
        places, found = look_up(numbers, others)
        here = np.flatnonzero(found)
    elif len(numbers):
        table = np.full(_size(numbers, others), -1, np.int32)
        table[others] = np.arange(len(others), dtype=np.int32)
        places = table[numbers]
        here = np.flatnonzero(places >= 0)
    else:
        return NOTHING, NOTHING
    return here, places[here]


def _size(numbers: Numbers, others: Numbers) -> int:
    return 1 + max(int(numbers[-1]), int(others[-1]))


def both(numbers: Numbers, others: Numbers) -> Numbers:
    """The numbers that both arrays have."""
    return numbers[is_in(numbers, others)]


def either(numbers: Numbers, others: Numbers) -> Numbers:
    """The numbers that one of two arrays has, or both."""
    few, many = sorted((numbers, others), key=len)
    new = few[~is_in(few, many)]
    if not len(new):
        return many
    united = np.empty(len(many) + len(new), many.dtype)
    taken = np.zeros(len(united), bool)
    taken[np.searchsorted(many, new) + np.arange(len(new))] = True
    united[taken], united[~taken] = new, many
    return united


def count_either(numbers: Numbers, others: Numbers = NOTHING) -> int:
    """How many numbers one of two arrays has, or both."""
    few, many = sorted((numbers, others), key=len)
    return len(many) + len(few) - int(np.count_nonzero(is_in(few, many)))


def add_up(numbers: Sequence[Numbers], counts: Sequence[Array], size: int) -> tuple[Numbers, Array]:
    """The numbers, all below `size`, that any of the arrays has, and of each the sum of its counts (above 0)."""
    if not numbers:
        return NOTHING, NOTHING
    if len(numbers) == 1:
        return numbers[0], counts[0]
    together, weights = np.concatenate(numbers), np.concatenate(counts)
    if len(together) * _FEW < size:
        united, places = np.unique(together, return_inverse=True)
        return united, np.bincount(places, weights, len(united))
    sums = np.bincount(together, weights, size)
    united = np.flatnonzero(sums)
    return united, sums[united]
