import numpy as np
import pytest
from hypothesis import given, strategies as st

from archivesearch.engines.arrays import Texts, read_arrays, write_arrays
from archivesearch.engines.cache import Cache
from archivesearch.engines.postings import Postings, join, pack, pack_all, size_in_memory, unpack, within

counts = st.lists(st.integers(1, 4), min_size=1, max_size=8)


@st.composite
def postings(draw):
    """Postings of one term, with numbers and places of every width."""
    posts = sorted(draw(st.sets(st.integers(0, 2**31 - 1), min_size=1, max_size=8)))
    occurrences = draw(st.lists(st.integers(1, 4), min_size=len(posts), max_size=len(posts)))
    width = draw(st.sampled_from((2**8, 2**16, 2**31))) - 1
    places = [
        place
        for count in occurrences
        for place in sorted(draw(st.lists(st.integers(0, width), min_size=count, max_size=count)))
    ]
    return Postings(posts=np.array(posts), counts=np.array(occurrences), places=np.array(places))


def plain(found):
    return found.posts.tolist(), found.counts.tolist(), None if found.places is None else found.places.tolist()


@given(postings())
def test_what_is_packed_comes_back(given_postings):
    assert plain(unpack(pack(given_postings), places=True)) == plain(given_postings)
    assert plain(unpack(pack(given_postings)))[:2] == plain(given_postings)[:2]


@given(st.lists(postings(), min_size=1, max_size=5))
def test_terms_packed_together_are_packed_as_each_alone(terms):
    together = Postings(
        posts=np.concatenate([term.posts for term in terms]),
        counts=np.concatenate([term.counts for term in terms]),
        places=np.concatenate([term.places for term in terms]),
    )
    ends = np.cumsum([len(term.posts) for term in terms])

    packed = list(pack_all(ends, together))

    assert [each.raw for each in packed] == [pack(term) for term in terms]
    assert [each.posts for each in packed] == [len(term.posts) for term in terms]
    assert [each.occurrences for each in packed] == [int(term.counts.sum()) for term in terms]
    assert [each.most for each in packed] == [int(term.counts.max()) for term in terms]


@given(postings(), st.sets(st.integers(0, 2**31 - 1), max_size=4))
def test_the_places_in_some_posts_are_those_that_stand_there(found, others):
    wanted = sorted({*found.posts[::2].tolist(), *others})
    ends = np.cumsum(found.counts)

    numbers, places = within(found, np.array(wanted, dtype=np.int64))

    expected = [
        (post, place)
        for post, count, end in zip(found.posts.tolist(), found.counts.tolist(), ends.tolist(), strict=True)
        if post in wanted
        for place in found.places[end - count : end].tolist()
    ]
    assert list(zip(numbers.tolist(), places.tolist(), strict=True)) == expected


def test_places_that_were_not_read_are_not_taken_for_none():
    with pytest.raises(ValueError, match="without places"):
        within(Postings(posts=np.array([1]), counts=np.array([1])), np.array([1]))


def test_postings_of_segments_become_those_of_the_index():
    one = Postings(posts=np.array([0, 2], np.int32), counts=np.array([1, 1]), places=np.array([7, 8]))
    two = Postings(posts=np.array([1], np.int32), counts=np.array([2]), places=np.array([3, 4]))

    assert plain(join([(0, one), (10, two)])) == ([0, 2, 11], [1, 1, 2], [7, 8, 3, 4])


def made(size):
    return Postings(posts=np.zeros(size, np.int8), counts=np.zeros(0, np.int8))


def keep(cache, name, postings):
    cache.put(name, postings, size_in_memory(postings))


def test_a_full_cache_forgets_what_was_not_asked_for_longest():
    cache = Cache(10_000)
    for name in "abcd":
        keep(cache, name, made(2000))
    assert cache.get("a")
    keep(cache, "e", made(2000))

    assert [cache.get(name) is not None for name in "abcde"] == [True, False, True, True, True]


def test_a_cache_knows_what_does_not_occur_and_takes_in_nothing_that_would_push_out_the_rest():
    cache = Cache(10_000)
    keep(cache, "absent", None)
    keep(cache, "huge", made(5000))

    assert cache.get("absent") == (None,)
    assert cache.get("huge") is None


def test_what_is_put_twice_takes_the_room_of_one():
    cache = Cache(10_000)
    for _ in range(20):
        keep(cache, "a", made(2000))
    keep(cache, "b", made(2000))

    assert cache.get("a")
    assert cache.get("b")


@given(st.lists(st.text(st.characters(codec=None), max_size=5), max_size=8))
def test_any_texts_come_back_from_their_bytes(texts):
    kept = Texts.of(texts)

    assert kept.all() == texts
    assert [kept[number] for number in range(len(kept))] == texts


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=5),
)
def test_a_place_in_an_order_of_texts_is_found(texts, sought):
    order = np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int32)

    assert Texts.of(texts).first_from(order, sought) == sum(text < sought for text in texts)


def test_arrays_come_back_from_a_file_and_cannot_be_changed(tmp_path):
    written = {"a": np.array([1, 2], np.int32), "b": np.array([], bool), "c": np.array(["é", "yz"])}
    write_arrays(tmp_path / "file", written, {"rest": ["ü"]})

    arrays, rest = read_arrays(tmp_path / "file")

    assert {name: array.tolist() for name, array in arrays.items()} == {"a": [1, 2], "b": [], "c": ["é", "yz"]}
    assert rest == {"rest": ["ü"]}
    with pytest.raises(ValueError, match="read-only"):
        arrays["a"][0] = 3


@pytest.mark.parametrize("size", [0, 5, 30, 70])
def test_a_file_of_arrays_that_is_cut_off_is_an_error(tmp_path, size):
    path = tmp_path / "file"
    write_arrays(path, {"a": np.arange(10)})
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises((ValueError, LookupError, TypeError)):
        read_arrays(path)
