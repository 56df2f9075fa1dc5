"""A search as parameters, by example and by property."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from archivesearch.errors import QueryError
from archivesearch.params import (
    MATCHES,
    MAX_REACH,
    MAX_SIZE,
    MAX_VALUES,
    SORTS,
    from_params,
    last_page,
    read_limit,
    to_params,
    with_value,
    without_value,
)
from archivesearch.query import parse
from archivesearch.query.days import write_day
from archivesearch.search import FACETS, Search
from archivesearch.text import clean

VALUES = st.text(min_size=1, max_size=20).map(lambda text: clean(text).strip()).filter(bool)
CHOSEN = st.dictionaries(
    st.sampled_from(FACETS), st.lists(VALUES, min_size=1, max_size=MAX_VALUES, unique=True).map(tuple)
)


@st.composite
def searches(draw):
    typed = clean(draw(st.text(alphabet='abé "-()\n&', max_size=12))).strip()
    days = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    size = draw(st.integers(1, MAX_SIZE))
    return Search(
        typed=typed,
        query=parse(typed),
        chosen=draw(CHOSEN),
        since=draw(st.sampled_from([None, days[0]])),
        until=draw(st.sampled_from([None, days[1]])),
        match=draw(st.sampled_from(MATCHES)),
        sort=draw(st.sampled_from(SORTS)),
        page=draw(st.integers(1, MAX_REACH // size)),
        size=size,
    )


def grouped(pairs):
    params = {}
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    return params


@given(searches())
def test_a_search_comes_back_from_its_parameters(search):
    read = from_params(grouped(to_params(search)))

    assert read == search


@given(
    st.dictionaries(
        st.sampled_from(["q", *FACETS, "from", "to", "match", "sort", "page", "size", "other"]),
        st.lists(st.text(max_size=8) | st.sampled_from(["1", "0", "2019", "2019-13", "newest", "99999"]), max_size=10),
    )
)
def test_any_parameters_are_a_search_within_bounds_or_a_query_error(params):
    try:
        search = from_params(params)
    except QueryError:
        return

    assert 1 <= search.page * search.size <= MAX_REACH
    assert all(1 <= len(values) <= MAX_VALUES for values in search.chosen.values())


def test_no_parameters_are_the_search_for_everything():
    assert from_params({}) == Search()
    assert to_params(Search()) == []


def test_empty_values_and_unknown_parameters_are_ignored():
    params = {"q": [""], "from": [" "], "country": ["", "Nepal"], "page": [""], "utm_source": ["x"], "size": []}

    assert from_params(params) == Search(chosen={"country": ("Nepal",)})


def test_the_first_of_several_values_counts_where_only_one_can():
    assert from_params({"q": ["rain", "snow"], "page": ["2", "x"]}).typed == "rain"


def test_a_value_picked_twice_is_picked_once():
    assert from_params({"label": ["rain", " rain ", "snow"]}).chosen == {"label": ("rain", "snow")}


def test_typed_text_is_cleaned_and_read():
    search = from_params({"q": [" rain\x00 \ud800snow "]})

    assert search.typed == "rain snow"
    assert search.query == parse("rain snow")


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-05", date(2019, 5, 1), date(2019, 5, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-05-03", date(2019, 5, 3), date(2019, 5, 3)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_written_year_month_or_day_begins_and_ends_with_its_own_days(written, since, until):
    search = from_params({"from": [written], "to": [written]})

    assert (search.since, search.until) == (since, until)


@given(st.dates(), st.booleans())
def test_a_written_day_is_read_as_the_same_day(day, last):
    search = from_params({"to" if last else "from": [write_day(day, last=last)]})

    assert (search.until if last else search.since) == day


@pytest.mark.parametrize(
    "written",
    [
        "19",
        "2019-5",
        "2019-00",
        "2019-13",
        "2019-02-30",
        "2019-05-00",
        "0000",
        "2019/05",
        "٢٠١٩",
        "2019-05-03T00",
        "may",
    ],
)
@pytest.mark.parametrize("name", ["from", "to"])
def test_what_is_no_day_is_an_error_that_shows_how_to_write_one(name, written):
    with pytest.raises(QueryError, match=f'"{name}" must be .* such as 2019, 2019-05 or 2019-05-03'):
        from_params({name: [written]})


def test_a_beginning_after_the_end_is_an_error():
    with pytest.raises(QueryError, match="exchange them"):
        from_params({"from": ["2020"], "to": ["2019"]})


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "x", "١", "1001", "9" * 5000, "1e3", "0x1"])
def test_a_page_that_cannot_be_is_an_error(written):
    with pytest.raises(QueryError, match='"page" must be a whole number from 1 to 1,000'):
        from_params({"page": [written], "size": ["1"]})


@pytest.mark.parametrize("written", ["0", "101", "-5", "all"])
def test_a_size_that_cannot_be_is_an_error(written):
    with pytest.raises(QueryError, match='"size" must be a whole number from 1 to 100'):
        from_params({"size": [written]})


@pytest.mark.parametrize(("page", "size"), [(100, 10), (10, 100), (1000, 1), (99, 10)])
def test_paging_reaches_a_thousand_hits(page, size):
    search = from_params({"page": [str(page)], "size": [str(size)]})

    assert (search.page, search.size) == (page, size)


@pytest.mark.parametrize(("page", "size"), [(101, 10), (11, 100), (2, 501)])
def test_paging_beyond_a_thousand_hits_is_an_error(page, size):
    with pytest.raises(QueryError):
        from_params({"page": [str(page)], "size": [str(size)]})


@pytest.mark.parametrize("facet", FACETS)
def test_eight_values_of_a_facet_can_be_picked_and_nine_cannot(facet):
    values = [str(n) for n in range(MAX_VALUES + 1)]

    assert from_params({facet: values[:-1]}).chosen == {facet: tuple(values[:-1])}
    with pytest.raises(QueryError, match=f'take away some of "{facet}"'):
        from_params({facet: values})


def test_256_characters_can_be_typed_and_257_cannot():
    assert len(from_params({"q": ["a" * 256]}).typed) == 256
    with pytest.raises(QueryError):
        from_params({"q": ["a" * 257]})


def test_an_unknown_order_is_an_error_that_names_the_orders():
    with pytest.raises(QueryError, match="relevance, newest, oldest, title"):
        from_params({"sort": ["random"]})


@given(searches(), st.sampled_from(FACETS), VALUES)
def test_a_picked_value_can_be_taken_away_again(search, facet, value):
    picked = with_value(search, facet, value)
    left = without_value(picked, facet, value)

    assert value in picked.chosen[facet]
    assert value not in left.chosen.get(facet, ())
    assert picked.page == left.page == 1
    if value not in search.chosen.get(facet, ()):
        assert left.chosen == search.chosen


def test_a_value_that_is_picked_already_is_not_picked_again():
    search = Search(chosen={"year": ("2019", "2020")})

    assert with_value(search, "year", "2019").chosen == search.chosen


@pytest.mark.parametrize("match", MATCHES)
def test_how_many_words_must_be_there_can_be_asked_for(match):
    assert from_params({"match": [match]}).match == match


def test_an_unknown_match_is_an_error_that_names_the_known_ones():
    with pytest.raises(QueryError, match='"match" must be one of auto, all, any'):
        from_params({"match": ["some"]})


def test_dumps_are_picked_like_any_other_value():
    assert from_params({"dump": ["a.txt", "b.txt"]}).chosen == {"dump": ("a.txt", "b.txt")}


@pytest.mark.parametrize(
    ("total", "size", "last"), [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (5000, 10, 100), (5000, 30, 33)]
)
def test_paging_ends_with_the_hits_or_where_it_reaches_no_further(total, size, last):
    assert last_page(total, size) == last


@pytest.mark.parametrize(("written", "limit"), [([], 5), ([""], 5), (["1"], 1), (["100"], MAX_SIZE)])
def test_a_limit_is_read_within_its_bounds(written, limit):
    assert read_limit({"limit": written}) == limit


@pytest.mark.parametrize("written", ["0", "101", "x", "-1"])
def test_a_limit_out_of_its_bounds_is_refused(written):
    with pytest.raises(QueryError, match='"limit" must be a whole number from 1 to 100') as error:
        read_limit({"limit": [written]})

    assert error.value.position is None
