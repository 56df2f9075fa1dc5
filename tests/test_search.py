from datetime import date, datetime, timedelta, timezone

import pytest

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Post
from archivesearch.search import INDEX_SCHEMA, MINUTES_A_DAY, NONE, facet_values, minute, stamp_of
from archivesearch.text import ANALYSIS_VERSION


def made(moment=None, **rest):
    published = moment and Published(moment=moment, source=DateSource.HEADING)
    return Post(id="a", title="", published=published, body=(), **rest)


@pytest.mark.parametrize("facet", ["country", "year", "label", "language"])
def test_a_post_without_a_value_has_the_value_none(facet):
    assert facet_values(made(), facet) == (NONE,)


def test_the_values_of_a_post_are_those_it_has():
    post = made(date(987, 5, 4), countries=("Kenya", "Nepal"), labels=("Food",), language="nl")

    assert facet_values(post, "country") == ("Kenya", "Nepal")
    assert facet_values(post, "year") == ("0987",)
    assert facet_values(post, "label") == ("Food",)
    assert facet_values(post, "language") == ("nl",)


def test_two_spellings_of_a_label_are_one_value():
    assert facet_values(made(labels=("Food", "Cash", "food")), "label") == ("Food", "Cash")


def test_a_year_is_that_of_the_blogs_own_clock():
    new_year = datetime(2020, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=8)))

    assert facet_values(made(new_year), "year") == ("2020",)


def test_posts_are_ordered_by_the_blogs_own_minute():
    day = date(2020, 2, 29)
    evening = datetime(2020, 2, 29, 23, 59, tzinfo=timezone(timedelta(hours=-5)))

    assert minute(made(day)) == day.toordinal() * MINUTES_A_DAY
    assert minute(made(evening)) == day.toordinal() * MINUTES_A_DAY + MINUTES_A_DAY - 1
    assert minute(made()) is None


def test_a_stamp_tells_what_the_index_was_made_with():
    stamp = stamp_of("abc")

    assert (stamp.schema, stamp.analysis, stamp.catalog) == (INDEX_SCHEMA, ANALYSIS_VERSION, "abc")
