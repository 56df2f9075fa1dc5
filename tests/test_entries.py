"""Entries as the catalog keeps them."""

import hashlib
import json
from datetime import date

from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import exact_key
from archivesearch.dumps import Rejected
from archivesearch.entries import digest_of, encode, entry_row
from archivesearch.posts import Block, Post, Provenance, from_record, post_id

PLACE = Provenance(dump="a.txt", sha256="00", reader="page-text", line=3, start=10, end=20)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


def post(title, text, labels=()):
    published = Published(moment=date(2020, 5, 3), source=DateSource.FEED)
    return Post(
        id=post_id(published, title),
        title=title,
        published=published,
        body=(Block(lines=(text,)),),
        labels=labels,
        provenance=(PLACE,),
    )


POSTS = st.builds(post, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))
REJECTED = st.builds(Rejected, dump=TEXTS, entry=TEXTS, reason=TEXTS, line=st.integers(0))


@given(POSTS)
def test_a_post_comes_back_from_its_row_and_has_the_key_of_its_article(entry):
    row = entry_row(entry)

    assert from_record(json.loads(row.record)) == entry
    assert row.key == exact_key(entry)


@given(REJECTED)
def test_a_rejected_entry_comes_back_from_its_row_and_has_no_key(entry):
    row = entry_row(entry)

    assert Rejected(**json.loads(row.record)) == entry
    assert row.key is None


@given(POSTS | REJECTED)
def test_a_row_is_one_line_and_its_digest_is_that_of_the_bytes(entry):
    row = entry_row(entry)

    assert "\n" not in row.record
    assert row.digest == digest_of(row.record) == hashlib.sha256(row.record.encode("utf-8")).hexdigest()


@given(st.dictionaries(st.text("abc"), st.integers()))
def test_records_that_differ_in_the_order_of_their_keys_are_encoded_alike(record):
    turned = dict(reversed(record.items()))

    assert encode(turned) == encode(record)


def test_a_record_is_written_as_it_reads_and_without_spaces():
    row = entry_row(Rejected(dump="ä.txt", entry="„Regen“", reason="no text", line=7))

    assert row.record == '{"dump":"ä.txt","entry":"„Regen“","line":7,"reason":"no text"}'
