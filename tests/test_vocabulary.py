import pytest
from hypothesis import example, given, strategies as st

from archivesearch.engines import vocabulary
from archivesearch.engines.vocabulary import Vocabulary, extend, read_vocabulary, write_vocabulary
from oracle import edits

letters = st.text("abæ\U0001d518", min_size=1, max_size=6)
counted = st.dictionaries(letters, st.integers(1, 9), max_size=30)


def made(words):
    return extend(Vocabulary({}), words)


def in_order(words, chosen):
    return tuple(sorted(chosen, key=lambda word: (-words[word], word)))


@given(counted, letters)
def test_the_words_that_begin_alike_are_found_the_commonest_first(words, start):
    found = made(words).beginning(start)

    assert found.words == in_order(words, [word for word in words if word.startswith(start)])
    assert found.counts == tuple(words[word] for word in found.words)
    assert not found.cut


@given(counted, letters, st.integers(1, 2))
@example({"ab": 1, "ba": 1, "a": 1}, "ab", 1)
@example({"bca": 1, "cab": 1}, "abc", 2)
def test_the_words_that_are_near_are_those_of_the_distance(words, word, distance):
    found = made(words).near(word, distance)

    assert found.words == in_order(words, [other for other in words if edits(word, other) <= distance])


def test_of_too_many_words_the_commonest_are_given_and_it_is_said():
    found = made({"aa": 1, "ab": 3, "ac": 2}).beginning("a", 2)

    assert (found.words, found.cut) == (("ab", "ac"), True)


def test_of_too_many_words_the_commonest_are_compared(monkeypatch):
    monkeypatch.setattr(vocabulary, "MOST_COMPARED", 2)

    found = made({"abcd": 1, "abce": 2, "abcf": 3}).near("abxy", 2)

    assert found.words == ("abcf", "abce")


@given(counted, counted)
def test_words_of_more_posts_add_to_those_known(before, after):
    both = extend(made(before), after)

    words = sorted(before.keys() | after.keys())
    assert both.counts(words) == [before.get(word, 0) + after.get(word, 0) for word in words]
    assert both.counts(["absent"]) == [0]


@given(counted)
def test_a_vocabulary_comes_back_from_its_file(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("vocabulary") / "file"
    write_vocabulary(path, made(words))

    assert read_vocabulary(path).counts(sorted(words)) == [words[word] for word in sorted(words)]


@pytest.mark.parametrize(("word", "other"), [("a", "b"), ("a", "ab"), ("ab", "ba"), ("ab", "b")])
def test_words_of_one_letter_are_near_like_others(word, other):
    assert made({other: 1}).near(word).words == (other,)
