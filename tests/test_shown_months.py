"""The picture of years and months, by example and by property."""

import re
from collections import Counter
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from archivesearch.params import from_params
from archivesearch.search import FacetCount, Search
from archivesearch.settings import Settings
from archivesearch.shown import View
from archivesearch.shown_months import (
    COLUMN,
    FEWEST,
    HIGHEST,
    LOWEST,
    MONTHS,
    days_of,
    first_day,
    last_day,
    show_picture,
)
from archivesearch.speech import ENGLISH

VIEW = View(speech=ENGLISH, settings=Settings())
DATES = st.lists(
    st.dates(date(1999, 1, 1), date(2024, 12, 31)).map(lambda day: day.isoformat()[:7])
    | st.integers(1999, 2024).map(str),
    min_size=1,
    max_size=40,
)
SPANS = st.lists(st.none() | st.dates(date(1999, 1, 1), date(2024, 12, 31)), min_size=2, max_size=2).map(
    lambda days: sorted(days) if all(days) else days
)


def counted(dates):
    """The months of a search that finds posts of these dates."""
    return tuple(FacetCount(value=each, count=number) for each, number in sorted(Counter(dates).items()))


def picture_of(*dates, **search):
    return show_picture(VIEW, Search(**search), counted(dates))


def posts_of(bar):
    return int(bar.number)


def search_at(address):
    return from_params(parse_qs(urlsplit(address).query))


@given(DATES, SPANS)
def test_no_post_is_left_out_of_years_and_of_months_only_those_that_have_none(dates, span):
    picture = picture_of(*dates, since=span[0], until=span[1])
    drawn = sum(posts_of(bar) for bar in picture.bars)
    months = "month" in picture.title
    years = {bar.name[-4:] for bar in picture.bars} if months else {each[:4] for each in dates}

    assert drawn + picture.unknown == sum(each[:4] in years for each in dates)
    assert picture.unknown == (sum(len(each) == 4 and each in years for each in dates) if months else 0)


@given(DATES, SPANS)
def test_each_bar_leads_to_the_search_of_its_time_and_each_end_keeps_the_other(dates, span):
    since, until = span
    for bar in picture_of(*dates, since=since, until=until).bars:
        onwards, upto = search_at(bar.onwards.address), search_at(bar.upto.address)

        assert bool(bar.address) == bool(posts_of(bar))
        assert onwards.until in {until, None}
        assert upto.since in {since, None}
        if bar.address:
            alone = search_at(bar.address)
            assert (alone.since, alone.until) == (onwards.since, upto.until)
            assert bar.inside == ((since is None or since <= alone.until) and (until is None or alone.since <= until))


@given(DATES, SPANS)
def test_bars_stand_side_by_side_and_each_is_wide_and_high_enough_to_be_seen(dates, span):
    picture = picture_of(*dates, since=span[0], until=span[1])
    most = max(posts_of(bar) for bar in picture.bars)
    places = [tuple(map(int, re.findall(r"\d+", bar.column))) for bar in picture.bars]
    heights = [int(re.search(r"v(\d+)", bar.bar)[1]) for bar in picture.bars]

    assert [(x, width) for x, _, width, *_ in places] == [(n * COLUMN, COLUMN) for n in range(len(places))]
    assert picture.width == COLUMN * (len(picture.bars) + len(picture.left)) >= COLUMN * FEWEST
    for bar, height in zip(picture.bars, heights, strict=True):
        posts = posts_of(bar)
        assert height == (0 if not posts else HIGHEST if posts == most else height)
        assert not posts or LOWEST <= height <= HIGHEST


def test_a_short_time_is_drawn_in_months_of_whole_years():
    picture = picture_of("2019-03", "2019-03", "2020-11")

    assert picture.title == "Posts a month, 2019 to 2020"
    assert [bar.text for bar in picture.bars if bar.address] == ["March 2019: 2 posts", "November 2020: 1 post"]
    assert "".join(bar.short for bar in picture.bars) == "JFMAMJJASOND" * 2
    assert picture.bars[2].address == "/?from=2019-03&to=2019-03"


def test_a_few_months_in_three_years_are_drawn_without_the_rest_of_these_years():
    picture = picture_of("2018-12", "2020-01")

    assert [picture.bars[0].name, picture.bars[-1].name, len(picture.bars)] == ["December 2018", "January 2020", 14]


def test_a_long_time_is_drawn_in_years_and_the_months_of_a_year_when_it_is_picked():
    dates = ["2012-05", "2019-03", "2019-12", "2019", "2024-01"]
    years = picture_of(*dates)
    months = picture_of(*dates, since=date(2019, 3, 1), until=date(2019, 3, 31))

    assert years.title == "Posts a year, 2012 to 2024"
    assert [bar.text for bar in years.bars if bar.address][1] == "2019: 3 posts"
    assert years.bars[-1].address == "/?from=2024&to=2024"
    assert months.title == "Posts a month, 2019"
    assert [bar.name for bar in months.bars if bar.address and bar.inside] == ["March 2019"]
    assert [bar.name for bar in months.bars if bar.address and not bar.inside] == ["December 2019"]
    assert months.unknown == 1
    assert (months.span, months.onwards, months.upto, months.ever) == (
        "March 2019",
        "/?from=2019-03",
        "/?to=2019-03",
        "/?sort=relevance",
    )


def test_a_year_without_months_does_not_hide_the_others():
    picture = picture_of("2012-05", "2019-03", since=date(2015, 1, 1), until=date(2015, 12, 31))

    assert picture.title == "Posts a year, 2012 to 2019"
    assert not any(bar.inside for bar in picture.bars if bar.address)


def test_many_years_without_a_post_stand_in_one_column():
    picture = picture_of("0001", "2019-03", "2021-01")

    assert [bar.text for bar in picture.bars] == [
        "1: 1 post",
        "2 to 2018: 0 posts",
        "2019: 1 post",
        "2020: 0 posts",
        "2021: 1 post",
    ]
    assert picture.bars[1].short == "…"


def test_of_many_years_every_other_one_has_its_name_the_last_among_them():
    picture = picture_of(*(f"{year}-01" for year in range(2001, 2021)))

    assert [bar.short for bar in picture.bars[-4:]] == ["", "2018", "", "2020"]
    assert picture_of("2012-01", "2013-01", "2014-01", "2015-01").bars[0].short == "2012"


def test_without_dated_posts_there_is_no_picture():
    assert show_picture(VIEW, Search(), ()) is None


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("2019", "2019", "2019"),
        ("2019-01", "2019", "2019-01"),
        ("2019-12", "2019-12", "2019"),
        ("2020-02", "2020-02", "2020-02"),
    ],
)
def test_a_period_is_written_as_short_as_parameters_are(period, since, until):
    search = from_params({"from": [period], "to": [period]})

    assert (first_day(period), last_day(period)) == (since, until)
    assert days_of(period) == (search.since, search.until)
    assert from_params({"from": [since], "to": [until]}) == search


def test_as_many_months_as_are_drawn_at_once_fit_on_a_wide_screen():
    assert MONTHS * COLUMN <= 736  # the widest that the style sheet lets the content be: 46rem
