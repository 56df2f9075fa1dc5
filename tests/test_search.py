from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Post, Provenance
from archivesearch.query import Dated, Has, any_of, parse
from archivesearch.search import (
    FACETS,
    INDEX_SCHEMA,
    MINUTES_A_DAY,
    NONE,
    PUBLIC_FACETS,
    Search,
    facet_values,
    minute,
    month,
    stamp_of,
    without_each_filter,
)
from archivesearch.text import ANALYSIS_VERSION


def made(moment=None, **rest):
    published = moment and Published(moment=moment, source=DateSource.HEADING)
    return Post(id="a", title="", published=published, body=(), **rest)


@pytest.mark.parametrize("facet", FACETS)
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


def test_the_dumps_of_a_post_are_those_of_its_provenance_each_once():
    places = [Provenance(dump=name, sha256="", reader="", line=n, start=0, end=0) for n, name in enumerate("aba")]

    assert facet_values(made(provenance=tuple(places)), "dump") == ("a", "b")


def test_visitors_are_shown_every_facet_but_the_dumps():
    assert set(FACETS) - set(PUBLIC_FACETS) == {"dump"}


@pytest.mark.parametrize(
    ("precision", "expected"), [("year", "2019"), ("month", "2019-01"), ("day", "2019-01"), (None, NONE)]
)
def test_a_month_is_told_only_where_it_is_known(precision, expected):
    post = made(date(2019, 1, 1)) if precision else made()
    if precision:
        post = replace(post, published=replace(post.published, precision=precision))

    assert month(post) == expected


def test_each_filter_is_left_out_once_and_words_never():
    search = Search(
        typed="cash label:food -rain", query=parse("cash label:food -rain"),
        chosen={"country": ("Nepal", "Kenya"), "year": ()}, since=date(2019, 1, 1), page=4,
    )  # fmt: skip
    dropped = dict(without_each_filter(search))

    assert dropped == {
        any_of([Has("country", "Nepal"), Has("country", "Kenya")]): replace(search, chosen={"year": ()}, page=1),
        Dated(date(2019, 1, 1), None): replace(search, since=None, page=1),
        parse("label:food"): replace(search, typed="cash -rain", query=parse("cash -rain"), page=1),
        parse("-rain"): replace(search, typed="cash label:food", query=parse("cash label:food"), page=1),
    }


def test_a_search_of_words_or_of_nothing_has_no_filter():
    for typed in ("", "cash food", "cash OR food", "!!!"):
        assert list(without_each_filter(Search(typed=typed, query=parse(typed)))) == []
