"""Coverage: every post in its month, every month once, every gap told."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, strategies as st

from archivesearch.coverage import Gap, cover, every, shortened


def covered(*days, dumps=("a.txt",)):
    return cover((day, frozenset(dumps)) for day in days)


def months_of(*days):
    return dict(every(covered(*days).counts, "month"))


def gaps_of(*days):
    return [(gap.first, gap.last, gap.months, gap.uncertain) for gap in covered(*days).gaps]


def test_every_month_from_the_first_to_the_last_post_is_told_and_empty_ones_have_none():
    assert months_of("2019-11-30", "2020-02-01", "2020-02-29", "2020-02") == {
        "2019-11": 1,
        "2019-12": 0,
        "2020-01": 0,
        "2020-02": 3,
    }


def test_a_post_in_two_dumps_counts_once_in_all_and_once_in_each():
    coverage = cover([("2019-05-03", frozenset({"a.txt", "b.txt"})), ("2019-05-04", frozenset({"b.txt"}))])

    assert coverage.counts.posts == 2
    assert [(each.dump, each.counts.months, each.only) for each in coverage.dumps] == [
        ("a.txt", {"2019-05": 1}, 0),
        ("b.txt", {"2019-05": 2}, 1),
    ]


def test_posts_of_a_year_and_undated_ones_stand_in_no_month():
    counts = covered("2019-05-03", "2019", "2019", None).counts

    assert (counts.months, counts.years, counts.undated) == ({"2019-05": 1}, {"2019": 2}, 1)
    assert counts.posts == 4
    assert counts.by("year") == {"2019": 3}


def test_gaps_are_told_the_longest_first_and_of_equal_ones_the_earliest():
    assert gaps_of("2017-02-01", "2017-04-01", "2017-06-01", "2017-11-01") == [
        ("2017-07", "2017-10", 4, 0),
        ("2017-03", "2017-03", 1, 0),
        ("2017-05", "2017-05", 1, 0),
    ]


def test_a_gap_tells_how_many_posts_may_be_of_it():
    assert covered("2017-02-01", "2017", "2016", "2017-04-01").gaps[0] == Gap(
        first="2017-01", last="2017-01", months=1, uncertain=1
    )


@pytest.mark.parametrize(
    ("days", "gaps"),
    [
        (("2001", "2003-03-01"), [("2002-01", "2003-02", 14, 0)]),
        (("2003-03-01", "2005"), [("2003-04", "2004-12", 21, 0)]),
        (("2001", "2003"), [("2002-01", "2002-12", 12, 0)]),
        (("2001", "2002"), []),
        (("2001",), []),
        ((None,), []),
        (("9999", "9999-12-31"), []),
        (("0001", "0001-01-01"), []),
    ],
)
def test_the_months_of_a_year_of_which_nothing_more_is_known_are_no_gap_at_either_end(days, gaps):
    assert gaps_of(*days) == gaps


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (("2019-05-03", "2020"), ("2019-05", "2020")),
        (("2019", "2019-05-03"), ("2019-05", "2019-05")),
        (("2019",), ("2019", "2019")),
        ((None,), None),
    ],
)
def test_the_span_is_as_exact_as_the_dates(days, span):
    assert covered(*days).counts.span == span


def test_long_runs_of_empty_years_become_one_and_short_ones_stay():
    years = [("2001", 1), ("2002", 0), ("2003", 2), ("2004", 0), ("2005", 0), ("2006", 1)]

    assert list(shortened(years, 1)) == [
        ("2001", "2001", 1),
        ("2002", "2002", 0),
        ("2003", "2003", 2),
        ("2004", "2005", 0),
        ("2006", "2006", 1),
    ]


DAYS = st.one_of(
    st.none(),
    st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(str),
    st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(lambda day: str(day)[:7]),
    st.integers(1985, 2035).map(str),
    st.sampled_from(["2019", "2019-05", "2019-05-03", "2020-01-01", "2021"]),
)
POSTS = st.lists(st.tuples(DAYS, st.frozensets(st.sampled_from("abcd"), min_size=1)), max_size=12)


@given(POSTS)
def test_every_post_is_counted_exactly_once_in_all_and_once_in_each_of_its_dumps(posts):
    coverage = cover(posts)
    in_months = sum(number for _, number in every(coverage.counts, "month"))

    assert in_months + sum(coverage.counts.years.values()) + coverage.counts.undated == len(posts)
    assert sum(n for _, n in every(coverage.counts, "year")) + coverage.counts.undated == len(posts)
    assert {each.dump: each.counts.posts for each in coverage.dumps} == Counter(d for _, dumps in posts for d in dumps)
    assert sum(each.only for each in coverage.dumps) == sum(len(dumps) == 1 for _, dumps in posts)


@given(POSTS)
def test_months_follow_each_other_and_the_gaps_are_exactly_the_empty_ones(posts):
    coverage = cover(posts)
    months = list(every(coverage.counts, "month"))
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month, _ in months]
    inside = {month for gap in coverage.gaps for month, _ in months if gap.first <= month <= gap.last}

    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else not coverage.counts.months
    assert inside == {month for month, number in months if not number}
    assert sum(gap.months for gap in coverage.gaps) == len(inside)
    assert [gap.months for gap in coverage.gaps] == sorted((gap.months for gap in coverage.gaps), reverse=True)


@given(POSTS, st.integers(0, 5))
def test_shortening_loses_no_year(posts, longest):
    years = list(every(cover(posts).counts, "year"))
    short = list(shortened(years, longest))

    assert [(first, n) for first, last, n in short if n] == [(year, n) for year, n in years if n]
    assert sum(int(last) - int(first) + 1 for first, last, _ in short) == len(years)


@given(st.permutations([("2019-05-03", frozenset("ab")), ("2019", frozenset("b")), (None, frozenset("c"))] * 2))
def test_the_order_of_posts_makes_no_difference(posts):
    assert cover(posts) == cover(sorted(posts, key=str))
