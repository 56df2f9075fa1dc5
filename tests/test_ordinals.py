from datetime import date

import numpy as np
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.engines import ordinals
from archivesearch.engines.ordinals import NOTHING_YET, extend, month_name, month_number, read_ordinals, row_of
from archivesearch.posts import Post
from archivesearch.search import NONE

months = st.dates().map(lambda day: day.isoformat()[:7])


def rows(*posts):
    return [
        row_of(
            Post(id=post_id, title=title, body=(), published=day and Published(moment=day, source=DateSource.HEADING)),
            1,
            2,
        )
        for post_id, title, day in posts
    ]


@given(st.lists(st.one_of(months, months.map(lambda month: month[:4])), max_size=5))
def test_months_as_numbers_keep_their_names_and_their_order(names):
    numbers = [month_number(name) for name in names]

    assert [month_name(number) for number in numbers] == names
    assert [month_name(number) for number in sorted(numbers)] == sorted(names)
    assert all(month_number(NONE) < number for number in numbers)


def test_each_order_is_complete_and_undated_posts_stand_last_in_those_by_date():
    made = extend(NOTHING_YET, [], rows(("b", "Z", None), ("a", "Z", date(2020, 1, 1)), ("c", "Y", date(2019, 1, 1))))

    assert made.newest.tolist() == [2, 0, 1]
    assert made.oldest.tolist() == [2, 1, 0]
    assert made.by_title.tolist() == [2, 1, 0]


def test_a_post_that_was_changed_has_the_number_of_its_live_form():
    before = extend(NOTHING_YET, [], rows(("a", "", None), ("b", "", None)))
    after = extend(before, before.numbers("a"), rows(("a", "", None)))

    assert (after.numbers("a"), after.numbers("b"), after.numbers("c")) == ([2], [1], [])
    assert after.live_ids() == {"a", "b"}
    assert after.words() == 6


def test_titles_that_begin_alike_are_given_the_newest_first_and_each_once_with_its_posts():
    made = extend(NOTHING_YET, [], rows(
        ("a", "Links", date(2018, 1, 1)), ("b", "Links", date(2019, 1, 1)), ("c", "Linking", date(2020, 1, 1)),
        ("d", "Other", date(2020, 1, 1)),
    ))  # fmt: skip

    assert made.titled("link", 5) == [(2, 1), (1, 2)]
    assert made.titled("link", 1) == [(2, 1)]
    assert made.titled("x", 5) == []


def test_ordinals_come_back_from_their_file(tmp_path):
    made = extend(NOTHING_YET, [], rows(("é\ud800", "Tïtle", date(2020, 5, 1)), ("b", "", None)))
    ordinals.write_ordinals(tmp_path / "file", made)
    again = read_ordinals(tmp_path / "file")

    assert again.ids.all() == ["é\ud800", "b"]
    assert np.array_equal(again.minutes, made.minutes)
    assert {name: facet.values for name, facet in again.facets.items()} == {
        name: facet.values for name, facet in made.facets.items()
    }
