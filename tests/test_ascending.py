"""What arrays of numbers in their order have in common or together, told by sets."""

import numpy as np
from hypothesis import given, strategies as st

from archivesearch.engines.ascending import add_up, both, count_either, either, is_in, look_up, meet

# short ones beside long ones: each way to compare them is taken
numbers = st.one_of(
    st.sets(st.integers(0, 300), max_size=4),
    st.sets(st.integers(0, 300), max_size=40),
    st.integers(1, 5).map(lambda step: set(range(0, 300, step))),
    st.integers(1, 5).map(lambda step: set(range(step, 3000, step))),
)


def ascending(found):
    return np.array(sorted(found), np.int32)


@given(numbers, numbers)
def test_what_two_arrays_have_in_common_and_together_is_that_of_sets(one, other):
    ones, others = ascending(one), ascending(other)

    assert ones[is_in(ones, others)].tolist() == sorted(one & other)
    assert both(ones, others).tolist() == sorted(one & other)
    assert either(ones, others).tolist() == sorted(one | other)
    assert count_either(ones, others) == len(one | other)


@given(numbers, numbers)
def test_where_arrays_meet_both_have_the_same_numbers(one, other):
    ones, others = ascending(one), ascending(other)
    here, there = meet(ones, others)

    assert ones[here].tolist() == others[there].tolist() == sorted(one & other)


@given(numbers, numbers)
def test_each_number_is_looked_up_where_it_stands(one, other):
    ones, others = ascending(one), ascending(other)
    places, found = look_up(ones, others)

    assert ones[found].tolist() == others[places[found]].tolist() == sorted(one & other)


@given(st.lists(numbers, max_size=4), st.sampled_from((3001, 100_000)))
def test_counts_add_up_however_many_there_could_be(sets, size):
    arrays = [ascending(each) for each in sets]
    united, sums = add_up(arrays, [array + 1 for array in arrays], size)

    assert united.tolist() == sorted(set().union(*sets))
    assert sums.tolist() == [sum(n + 1 for each in sets if n in each) for n in united.tolist()]
