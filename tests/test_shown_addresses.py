"""Addresses of searches that differ in one thing: what `View.search` writes, made faster."""

from dataclasses import replace

from hypothesis import given, strategies as st

from archivesearch.params import MAX_VALUES, SORTS, from_params, on_page, to_params, with_value
from archivesearch.posts import Post
from archivesearch.query.days import write_day
from archivesearch.search import FACETS, Search
from archivesearch.settings import Settings
from archivesearch.shown import View, address_of_id
from archivesearch.shown_addresses import ORDER, Addresses
from archivesearch.speech import ENGLISH
from test_params import VALUES, searches

STATES = st.sampled_from([(), (("facet-sort", "name"),), (("facet-sort", "name"), ("facet-all", "label"))])
VIEWS = st.builds(
    lambda asked, state: View(speech=ENGLISH, settings=Settings(), asked=asked, state=state),
    st.sampled_from(["", "nl"]),
    STATES,
)


@given(VIEWS, searches(), st.sampled_from(FACETS), VALUES)
def test_one_more_value_gives_the_address_of_the_search_with_it_if_it_can_be_picked(view, search, facet, value):
    more = with_value(search, facet, value)
    address = Addresses(view, search).with_value(facet, value)

    assert address == (view.search(more) if len(more.chosen[facet]) <= MAX_VALUES else "")


def test_a_ninth_value_has_no_address():
    search = Search(chosen={"label": tuple("abcdefgh")})
    addresses = Addresses(View(speech=ENGLISH, settings=Settings()), search)

    assert addresses.with_value("label", "i") == ""
    assert addresses.with_value("label", "h").count("label=") == MAX_VALUES
    assert "country=i&" in addresses.with_value("country", "i")


@given(VIEWS, searches(), st.sampled_from(FACETS))
def test_a_value_that_is_picked_already_is_not_picked_twice(view, search, facet):
    for value in search.chosen.get(facet, ()):
        assert Addresses(view, search).with_value(facet, value) == view.search(on_page(search, 1))


@given(VIEWS, searches())
def test_the_address_of_a_post_is_its_own_with_what_was_searched(view, search):
    post = Post(id="a/b", title="Rain", published=None, body=(), provenance=())
    typed = [("q", search.typed)] if search.typed else []

    assert Addresses(view, search).post(post) == view.path(address_of_id(post.id), typed)
    assert Addresses(view, Search()).post(post) == view.post(post)


@given(VIEWS, searches(), st.sampled_from(SORTS))
def test_another_order_gives_the_address_of_the_search_in_that_order(view, search, sort):
    written = sort if sort != Search().sort else ""

    assert Addresses(view, search).put("sort", written) == view.search(replace(search, sort=sort, page=1))


@given(VIEWS, searches(), st.integers(1, 10))
def test_another_page_gives_the_address_of_that_page(view, search, page):
    written = str(page) if page > 1 else ""

    assert Addresses(view, search).put("page", written) == view.search(on_page(search, page))


@given(VIEWS, searches(), st.none() | st.dates(), st.none() | st.dates())
def test_other_days_give_the_address_of_the_search_of_these_days(view, search, since, until):
    written = write_day(since, last=False), write_day(until, last=True)
    expected = view.search(replace(search, since=since, until=until, page=1))

    assert Addresses(view, search).within(*written) == expected


def test_the_order_of_parameters_is_the_one_in_which_searches_are_written():
    one_of_each = {name: ["1"] for name in FACETS} | {"q": ["rain"], "since-import": ["1"]}
    unusual = {"match": ["any"], "sort": ["title"], "page": ["2"], "size": ["20"], "from": ["2019"], "to": ["2020"]}

    assert tuple(name for name, _ in to_params(from_params(one_of_each | unusual))) == ORDER
