"""What ranking promises: which of two posts comes first, and that nothing else than what is said moves it."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from archivesearch.engines.ranking import (
    FEEDBACK_TERMS,
    NEAR,
    Counts,
    Neighbours,
    Places,
    Ranking,
    best,
    telling_terms,
)


def ranking_of(text_lengths, title_lengths=None):
    lengths = {"title": title_lengths or [3] * len(text_lengths), "text": text_lengths}
    arrays = {name: np.array(of_field, np.int32) for name, of_field in lengths.items()}
    return Ranking(lengths=arrays, live=np.arange(len(text_lengths)))


def counts_of(found):
    """Counts from a dict of posts."""
    return Counts(numbers=np.array(sorted(found), np.int32), counts=np.array([found[n] for n in sorted(found)]))


def fields_of(title=None, text=None):
    return {"title": counts_of(title or {}), "text": counts_of(text or {})}


def scores_of(ranking, scores):
    """The scores of those posts that have any."""
    assert len(scores) == len(ranking.live)
    return {number: score for number, score in enumerate(scores.tolist()) if score}


def score(ranking, title=None, text=None):
    return scores_of(ranking, ranking.score(fields_of(title, text), ranking.live))


def score_word(ranking, any_form, typed_form):
    return scores_of(ranking, ranking.score_word(fields_of(text=any_form), fields_of(text=typed_form), ranking.live))


def places_of(found):
    """Places from a dict of posts."""
    numbers = [number for number in sorted(found) for _ in found[number]]
    places = [place for number in sorted(found) for place in sorted(found[number])]
    return Places(numbers=np.array(numbers, np.int64), places=np.array(places, np.int64))


def nearness(ranking, head, first, second, rarity=2.0):
    """What each post of the head earns by two words at these places of its text."""
    nothing = places_of({})
    pair = Neighbours(
        first={"title": nothing, "text": places_of(first)},
        second={"title": nothing, "text": places_of(second)},
        rarity=rarity,
    )
    earned = ranking.score_nearness(np.array(head), [pair])
    return dict(zip(head, earned.tolist(), strict=True))


def test_a_word_in_the_title_is_worth_more_than_in_the_text():
    scores = score(ranking_of([100] * 9), title={0: 1}, text={1: 1})

    assert scores[0] > scores[1] > 0


def test_a_word_in_title_and_text_is_worth_more_than_in_the_title_alone():
    scores = score(ranking_of([100] * 9), title={0: 1, 1: 1}, text={1: 1})

    assert scores[1] > scores[0]


def test_more_occurrences_are_worth_more_but_each_further_one_less():
    scores = score(ranking_of([100] * 9), text={0: 1, 1: 2, 2: 3})

    assert scores[2] > scores[1] > scores[0]
    assert scores[2] - scores[1] < scores[1] - scores[0]


def test_an_occurrence_in_a_short_post_is_worth_more():
    scores = score(ranking_of([20, 2000, 300]), text={0: 1, 1: 1})

    assert scores[0] > scores[1]


def test_a_rarer_word_is_worth_more_than_a_commoner_one():
    ranking = ranking_of([100] * 9)

    assert score(ranking, text={0: 1})[0] > score(ranking, text={0: 1, 1: 1, 2: 1})[0]


def test_even_a_word_that_every_post_has_is_worth_something():
    scores = score(ranking_of([100] * 3), text={0: 1, 1: 1, 2: 1})

    assert min(scores.values()) > 0


def test_the_typed_form_is_worth_more_than_another_form_of_the_word():
    scores = score_word(ranking_of([100] * 9), any_form={0: 1, 1: 1}, typed_form={1: 1})

    assert scores[1] > scores[0] > 0


def test_another_form_in_great_number_is_worth_more_than_the_typed_one_once():
    """The form is a part of the score, so it decides between like posts only."""
    scores = score_word(ranking_of([100] * 9), any_form={0: 5, 1: 1, 2: 1, 3: 1}, typed_form={1: 1, 2: 1, 3: 1})

    assert scores[0] > scores[1]


def test_a_removed_post_makes_no_word_commoner_and_no_post_longer():
    lengths = {"title": np.array([3, 3, 3]), "text": np.array([100, 100, 9999])}
    some_gone = Ranking(lengths=lengths, live=np.array([0, 1]))

    scores = some_gone.score(fields_of(text={0: 1}), np.array([0]))

    assert scores.tolist() == [score(ranking_of([100, 100]), text={0: 1})[0]]


def test_words_that_stand_nearer_earn_more():
    earned = nearness(
        ranking_of([100] * 4),
        [0, 1, 2, 3],
        first={0: [10], 1: [10], 2: [10], 3: [10]},
        second={0: [11], 1: [9], 2: [10 + NEAR - 1], 3: [10 + NEAR]},
    )

    assert earned[0] > earned[1] == earned[2] > earned[3] == 0


def test_words_do_not_stand_near_each_other_across_two_posts():
    earned = nearness(ranking_of([100] * 2), [0, 1], first={0: [99]}, second={1: [0]})

    assert earned == {0: 0, 1: 0}


def test_words_that_stand_together_more_often_earn_more():
    earned = nearness(
        ranking_of([100] * 2), [0, 1], first={0: [5], 1: [5, 50]}, second={0: [6, 50], 1: [6, 51]}
    )  # fmt: skip

    assert earned[1] > earned[0]


def test_rare_words_that_stand_together_earn_more_than_common_ones():
    ranking, places = ranking_of([100]), {"first": {0: [1]}, "second": {0: [2]}}

    assert nearness(ranking, [0], **places, rarity=5.0)[0] > nearness(ranking, [0], **places, rarity=1.0)[0]


def test_the_best_come_first_and_the_lowest_tie_among_equals():
    chosen = best(np.array([1.0, 3.0, 3.0, 2.0]), [np.array([0, 7, 5, 0])], 3)

    assert chosen.tolist() == [2, 1, 3]


def test_what_the_best_posts_share_tells_most():
    weights = telling_terms([{"meal": 2, "school": 1}, {"meal": 1, "crop": 2}], [1.0, 1.0])

    assert max(weights, key=weights.get) == "meal"
    assert sum(weights.values()) == pytest.approx(1)


def test_the_better_of_the_best_posts_tells_more():
    weights = telling_terms([{"meal": 1}, {"crop": 1}], [3.0, 1.0])

    assert weights == {"meal": 0.75, "crop": 0.25}


def test_a_long_post_tells_no_more_than_a_short_one():
    weights = telling_terms([{"meal": 50}, {"crop": 1}], [1.0, 1.0])

    assert weights == {"meal": 0.5, "crop": 0.5}


def test_only_so_many_terms_tell():
    assert len(telling_terms([{str(number): 1 for number in range(99)}], [1.0])) == FEEDBACK_TERMS


def test_posts_without_a_word_tell_nothing():
    assert telling_terms([{}], [1.0]) == {}


def test_a_post_about_the_same_earns_more_but_less_than_by_the_word_itself():
    ranking = ranking_of([100] * 9)

    earned = ranking.score_terms({"meal": 1.0}, [fields_of(text={4: 1})], 1, ranking.live)

    assert 0 < earned[4] < score(ranking, text={4: 1})[4]
    assert np.flatnonzero(earned).tolist() == [4]


found = st.dictionaries(st.integers(0, 7), st.integers(1, 9))
places = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 40), min_size=1))


@given(title=found, text=found)
def test_every_post_with_the_word_scores_and_no_other(title, text):
    scores = score(ranking_of([100] * 8), title, text)

    assert set(scores) == set(title) | set(text)
    assert all(value > 0 for value in scores.values())


@given(any_form=found, data=st.data())
def test_the_typed_form_never_lowers_a_score(any_form, data):
    typed = {n: data.draw(st.integers(1, count)) for n, count in any_form.items() if data.draw(st.booleans())}
    ranking = ranking_of([100] * 8)

    with_typed, without = score_word(ranking, any_form, typed), score_word(ranking, any_form, {})

    assert with_typed.keys() == without.keys()
    assert all(with_typed[n] > without[n] if n in typed else with_typed[n] == without[n] for n in without)


@given(first=places, second=places)
def test_nearness_is_that_of_counting_each_pair_of_places(first, second):
    """Against the plain definition: side by side, and near, the smaller of how many of either word have one near."""
    second = {n: second[n] - first.get(n, set()) for n in second}
    ranking = ranking_of([100] * 8)

    earned = nearness(ranking, list(range(8)), first, second)

    for n in range(8):
        ones, others = first.get(n, set()), second.get(n, set())
        ordered = sum(one + 1 in others for one in ones)
        near = min(
            sum(any(abs(one - other) < NEAR for other in others) for one in ones),
            sum(any(abs(one - other) < NEAR for one in ones) for other in others),
        )
        expected = nearness_by_hand(ranking, n, ordered, near)
        assert earned[n] == pytest.approx(expected)


def nearness_by_hand(ranking, number, ordered, near):
    """As many pairs, each far from the others."""
    far = 100
    first = {number: [far * i for i in range(near)]}
    second = {number: [far * i + (1 if i < ordered else -1) for i in range(near)]}
    if not near:
        return 0.0
    shifted = {n: [place + far for place in p] for n, p in first.items()}
    return nearness(ranking, [number], shifted, {n: [place + far for place in p] for n, p in second.items()})[number]


@given(
    scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5]), max_size=30),
    seed=st.randoms(use_true_random=False),
    size=st.integers(1, 12),
)
def test_pages_are_pieces_of_one_order_that_repeat_and_miss_nothing(scores, seed, size):
    ties = list(range(len(scores)))
    seed.shuffle(ties)
    array, keys = np.array(scores), [np.array(ties, np.int64)]

    pages = [best(array, keys, end + size)[end:].tolist() for end in range(0, len(scores), size)]

    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], ties[i]))
    assert [index for page in pages for index in page] == expected
