import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block, Post, Provenance, from_record, post_id, to_record, united_labels

any_text = st.text(st.characters(), max_size=10)
any_texts = st.lists(any_text, max_size=3).map(tuple)
zones = st.timezones() | st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
published = st.builds(
    Published,
    moment=st.dates() | st.datetimes(timezones=zones, allow_imaginary=False).filter(lambda moment: moment.fold == 0),
    precision=st.sampled_from(["year", "month", "day", "minute"]),
    source=st.sampled_from(DateSource),
    printed=any_text,
)
blocks = st.builds(Block, kind=st.sampled_from(["paragraph", "bullets", "numbers"]), lines=any_texts, markers=any_texts)
copies = st.builds(Provenance, dump=any_text, reader=any_text, certainty=st.floats(0, 1), evidence=any_text)
posts = st.builds(
    Post,
    id=any_text,
    title=any_text,
    published=st.none() | published,
    body=st.lists(blocks, max_size=3).map(tuple),
    labels=any_texts,
    permalink=st.none() | any_text,
    language=st.none() | any_text,
    countries=any_texts,
    provenance=st.lists(copies, max_size=2).map(tuple),
)


@given(posts)
def test_a_post_comes_back_from_its_record_as_it_was(post):
    assert from_record(to_record(post)) == post
    assert from_record(json.loads(json.dumps(to_record(post)))) == post


@given(published)
def test_the_printed_form_of_a_date_survives_a_record(published):
    post = Post(id="a", title="", published=published, body=())
    found = from_record(to_record(post)).published

    assert (found.day, found.iso) == (published.day, published.iso)


@pytest.mark.parametrize("record", [{}, {"id": "a"}])
def test_what_is_no_record_of_a_post_is_an_error(record):
    with pytest.raises(KeyError):
        from_record(record)


def test_a_body_is_blocks_with_a_blank_line_between():
    body = (Block(lines=("one", "two")), Block(kind="bullets", lines=("a", "b"), markers=("•", "•")))

    assert Post(id="a", title="", published=None, body=body).text == "one\ntwo\n\n• a\n• b"


def test_an_id_is_the_day_and_a_hash_of_the_folded_title():
    day = Published(moment=date(2021, 2, 6), source=DateSource.HEADING)
    minute = Published(moment=datetime(2021, 2, 6, 9, 30, tzinfo=UTC), precision="minute", source=DateSource.FEED)

    assert post_id(day, "A “Title”") == post_id(minute, 'a  "title"')
    assert post_id(day, "A title").startswith("2021-02-06-")
    assert post_id(None, "A title").startswith("undated-")
    assert post_id(day, "A title") != post_id(day, "A title", "text")


def test_labels_that_fold_to_the_same_are_one():
    assert united_labels(["food", "Food", "Cash", "fóod"]) == ("Cash", "Food")


@given(st.lists(any_text, max_size=5))
def test_united_labels_do_not_depend_on_their_order(labels):
    assert united_labels(labels) == united_labels(reversed(labels)) == united_labels(united_labels(labels))
