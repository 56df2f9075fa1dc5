"""The reader `blogger-atom` on golden files, on real exports, and what its promises are in general."""

import io
import json
import random
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.dumps import Rejected, open_dump, reader_for
from archivesearch.errors import DumpError
from archivesearch.posts import Post, from_record, permalink_normal_form, to_record, united_labels
from archivesearch.printed import read_feed_date, read_feed_dates, to_local_day
from archivesearch.readers.blogger_atom import BloggerAtom
from archivesearch.readers.boundaries import LARGEST, FeedHead, read_entries, read_head
from archivesearch.text import one_line
from entries import as_lines

GOLDEN = Path(__file__).parent / "golden" / "blogger-atom"
DUMPS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".jsonl")
START = b"<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-1</id>"
KIND = b"<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>"
GOOD = (
    b"<entry>" + KIND + b"<published>2014-05-06T07:08:00+02:00</published><title>%s</title><content>x</content></entry>"
)


def read(path):
    reader = BloggerAtom()
    dump = open_dump(path, path.name)
    assert reader.recognises(dump)
    return list(reader.read(dump, reader.learn([reader.evidence(dump)])))


def read_bytes(folder, content):
    path = folder / "feed.xml"
    path.write_bytes(content)
    return read(path)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_dump_is_read_as_its_golden_file_says(path, golden):
    golden(path.with_suffix(".jsonl"), as_lines(read(path)))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_the_bytes_of_a_provenance_are_the_entry(path):
    raw = path.read_bytes()
    head = read_head(open_dump(path, path.name))

    for post in read(path):
        if isinstance(post, Post):
            place = post.provenance[0]
            entry = raw[place.start : place.end].decode(head.encoding, "replace")
            assert entry.startswith("<entry")
            assert entry.endswith("</entry>")
            assert raw[: place.start].decode(head.encoding, "replace").count("\n") + 1 == place.line


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_post_is_the_same_after_it_was_a_record(path):
    for post in read(path):
        if isinstance(post, Post):
            assert from_record(json.loads(json.dumps(to_record(post)))) == post


@pytest.mark.parametrize(
    ("name", "gold"),
    [("jeffhandley_blogspot.xml", "jeffhandley.gold.json"), ("yms9654_blog-11-22-2015.xml", "yms9654.gold.json")],
)
def test_each_entry_of_a_real_export_is_read_as_what_it_is(shared, name, gold):
    """Of titles the white space alone differs: two of them have spaces at their end or two side by side."""
    folder = shared / "samples" / "blogger-atom"
    told = json.loads((folder / gold).read_text("utf-8"))

    entries = read(folder / name)

    posts = [entry for entry in entries if isinstance(entry, Post)]
    expected = [entry for entry in told["entries"] if entry["kind"] in ("post", "page") and entry["status"] == "live"]
    assert sorted((p.title, p.published.day.isoformat(), p.labels, p.permalink) for p in posts) == sorted(
        (one_line(e["title"]), e["date"][:10], united_labels(e["labels"]), permalink_normal_form(e["permalink"]))
        for e in expected
    )
    assert len(entries) == sum(told["summary"]["entry_kinds"].values())
    assert sum(isinstance(e, Rejected) and e.reason == "a comment" for e in entries) == told["summary"]["comments"]


@pytest.mark.parametrize(
    ("name", "gold"),
    [("jeffhandley_blogspot.xml", "jeffhandley.gold.json"), ("yms9654_blog-11-22-2015.xml", "yms9654.gold.json")],
)
def test_the_first_letters_of_a_real_post_are_in_its_text(shared, name, gold):
    """In their order; between them the text has pictures, and the numbers of lists, and the spaces are others."""
    folder = shared / "samples" / "blogger-atom"
    told = json.loads((folder / gold).read_text("utf-8"))["entries"]
    posts = {post.permalink: post for post in read(folder / name) if isinstance(post, Post)}

    for entry in told:
        if entry["kind"] == "post":
            text = iter(posts[permalink_normal_form(entry["permalink"])].text)
            assert all(letter in text for letter in "".join(entry["text80"].split()))


@pytest.mark.parametrize("name", ["old-schema.xml", "takeout.atom"])
def test_an_export_that_a_program_wrote_anew_with_prefixes_is_read_the_same(tmp_path, name):
    tree = ET.parse(GOLDEN / name)  # noqa: S314  a file of our own
    again = read_bytes(tmp_path, ET.tostring(tree.getroot(), encoding="utf-8"))

    assert b"<ns0:entry" in (tmp_path / "feed.xml").read_bytes()
    assert [told(entry) for entry in again] == [told(entry) for entry in read(GOLDEN / name)]


def told(entry):
    """What an entry says, wherever it stands."""
    if isinstance(entry, Rejected):
        return entry.entry, entry.reason
    return entry.id, entry.title, entry.published, entry.labels, entry.permalink, entry.text


def test_an_export_without_entries_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(DumpError, match=r"without any entry\. Export the blog again"):
        read_bytes(tmp_path, START + b"</feed>")


def test_what_stands_behind_a_fault_keeps_its_markup(tmp_path):
    spoilt = GOOD.replace(b"<content>x", b"<x a=1/><content>&lt;p&gt;one &amp;amp; two&lt;/p&gt;three")

    post = read_bytes(tmp_path, START + spoilt % b"spoilt" + b"</feed>")[0]

    assert [block.text for block in post.body] == ["one & two", "three"]
    assert post.provenance[0].certainty == 0.5
    assert "its XML is broken" in post.provenance[0].evidence


def test_another_feed_is_none_of_bloggers(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title></entry></feed>")

    with pytest.raises(DumpError, match="no known format"):
        reader_for(open_dump(path, path.name), (BloggerAtom(),))


def test_an_entry_that_is_too_large_is_rejected_and_its_neighbours_are_read(tmp_path):
    large = GOOD.replace(b"<content>x", b"<content>" + b"x" * LARGEST) % b"large"

    entries = read_bytes(tmp_path, START + GOOD % b"one" + large + GOOD % b"two" + b"</feed>")

    assert [(getattr(e, "title", ""), getattr(e, "reason", "")) for e in entries] == [
        ("one", ""),
        ("", "it is larger than 10 MB"),
        ("two", ""),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        b"<!--" * 300_000,
        b"<![CDATA[" * 100_000,
        b"<?" * 300_000,
        b"</entry>" * 3000,
        b"<x>" * 100_000,
        b"<entry><content type='xhtml'>" + b"<i>" * 100_000 + b"</i>" * 100_000 + b"</content></entry>",
        b"<entry>" + b"&a;" * 100_000 + b"</entry>",
        b"\0" * 300_000,
    ],
    ids=["comments", "sections", "instructions", "ends", "tags", "depth", "references", "nothing"],
)
def test_what_is_made_to_cost_time_costs_the_neighbours_nothing(tmp_path, hostile):
    entries = read_bytes(tmp_path, START + GOOD % b"one" + hostile + GOOD % b"two" + b"</feed>")

    assert [entry.title for entry in entries if isinstance(entry, Post)] == ["one", "two"]


@pytest.mark.parametrize("step", [1, 7, 64])
def test_it_does_not_matter_where_the_file_is_read_on(step):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, step))

    raw = (GOLDEN / "old-schema.xml").read_bytes()
    head = FeedHead(root="feed", text="", encoding="utf-8")

    assert list(read_entries(Slow(raw), head, "entry")) == list(read_entries(io.BytesIO(raw), head, "entry"))


def spoil(raw, chance):
    """One of the ways in which files break."""
    at, length = chance.randrange(len(raw)), chance.randrange(1, 400)
    return chance.choice(
        [
            raw[:at],
            raw[:at] + raw[at + length :],
            raw[:at] + raw[at : at + length] * 2 + raw[at + length :],
            raw[:at] + bytes(chance.randrange(256) for _ in range(length // 20)) + raw[at:],
            raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :],
            raw.decode("utf-8", "replace").encode("utf-16"),
        ]
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_broken_export_loses_no_neighbours_of_the_fault(tmp_path, seed):
    """Each entry that is whole in the file is read as before; what is not is rejected or doubtful, and said."""
    chance = random.Random(seed)  # noqa: S311 - the same breaks in each run
    raw = (GOLDEN / chance.choice(["old-schema.xml", "takeout.atom"])).read_bytes()
    before = [entry for entry in _read_or_none(tmp_path, raw) if isinstance(entry, Post)]
    broken = spoil(raw, chance)

    entries = _read_or_none(tmp_path, broken)

    titles = [entry.title for entry in entries if isinstance(entry, Post)]
    for post in before:
        place = post.provenance[0]
        alone = broken.count(raw[place.start : place.end]) == 1
        assert not entries or not alone or titles.count(post.title) >= 1


def _read_or_none(folder, content):
    path = folder / "feed.xml"
    path.write_bytes(content)
    dump = open_dump(path, path.name)
    reader = BloggerAtom()
    return list(reader.read(dump, None)) if reader.recognises(dump) else []


@given(st.binary(max_size=400))
def test_whatever_stands_between_two_entries_both_are_read_or_said_to_be_spoilt(tmp_path_factory, between):
    folder = tmp_path_factory.mktemp("feed")

    entries = read_bytes(folder, START + GOOD % b"one" + between + GOOD % b"two" + b"</feed>")

    assert entries[0].title == "one"
    assert any(isinstance(e, Rejected) or e.title == "two" for e in entries[1:])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2015-11-12T04:47:00.003-08:00", "2015-11-12"),
        ("2015-11-12T23:47:00+0530", "2015-11-12"),
        ("2015-11-12 04:47:00", "2015-11-12"),
        ("2015-11-12", "2015-11-12"),
        ("2015-11-12T04:47Z", "2015-11-12"),
        ("Thu, 12 Nov 2015 04:47:00 GMT", "2015-11-12"),
        ("12 Nov 2015 23:47:00 -0800", "2015-11-12"),
        ("Thu, 12 Nov 2015 04:47 PST", "2015-11-12"),
        (" 2016-02-29T12:00:00+14:00\n", "2016-02-29"),
    ],
)
def test_a_date_of_a_feed_has_the_day_that_is_written(written, day):
    assert read_feed_date(written).day.isoformat() == day


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "no date"),
        ("0000-00-00 00:00:00", "no day of the calendar"),
        ("0000-00-00T00:00:00Z", "no day of the calendar"),
        ("2014-02-31T10:00:00Z", "no day of the calendar"),
        ("2014-13-01T10:00:00Z", "no day of the calendar"),
        ("2015-02-29", "no day of the calendar"),
        ("2014-02-28T24:00:01Z", "no day of the calendar"),
        ("2014-02-28T10:61:00Z", "no day of the calendar"),
        ("2014-02-28T10:00:00+99:00", "no day of the calendar"),
        ("2014-02-28T10:00:00+23:59", "no time zone"),
        ("2014-02-28T10:00:00-13:00", "no time zone"),
        ("0001-01-01T00:00:00Z", "what programs write"),
        ("9999-12-31T23:59:59Z", "what programs write"),
        ("14-02-28", "no date of a form"),
        ("28/02/2014", "no date of a form"),
        ("Fri, 28 Feb 14 10:00:00 GMT", "no date of a form"),
        ("Fri, 28 Feb 2014 10:00:00 XYZ", "no date of a form"),
        ("Fri, 31 Feb 2014 10:00:00 GMT", "no day of the calendar"),
        ("28 Foo 2014 10:00:00 GMT", "no day of the calendar"),
        ("2014", "no date of a form"),
        ("2014-W09-5", "no date of a form"),
        ("yesterday", "no date of a form"),
        ("10", "no date of a form"),
        ("2014-02-28T10:00:00Z" * 9, "no date of a form"),
    ],
)
def test_what_is_no_date_is_told_and_no_date_is_invented(written, says):
    assert says in read_feed_date(written)


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", fullmatch=True))
def test_whatever_is_written_as_a_date_is_a_date_or_a_reason(written):
    published = read_feed_date(written)

    assert isinstance(published, str) or published.day.isoformat() in written or "," in written


@pytest.mark.parametrize(
    ("utc", "permalink", "day", "source"),
    [
        ("2013-06-01T05:30:00Z", "/2013/05/a.html", "2013-05-31", DateSource.PERMALINK),
        ("2013-05-31T12:00:00Z", "http://x.blogspot.com/2013/06/a.html", "2013-06-01", DateSource.PERMALINK),
        ("2012-12-31T15:00:00Z", "/2013/01/a.html", "2013-01-01", DateSource.PERMALINK),
        ("2013-05-15T05:30:00Z", "/2013/05/a.html", "2013-05-15", DateSource.FEED),
        ("2013-05-15T05:30:00Z", "/2013/04/a.html", "2013-05-15", DateSource.FEED),
        ("2013-06-01T05:30:00+02:00", "/2013/05/a.html", "2013-06-01", DateSource.FEED),
        ("2013-06-01T05:30:00Z", "/p/a.html", "2013-06-01", DateSource.FEED),
        ("2013-06-01T05:30:00Z", "", "2013-06-01", DateSource.FEED),
    ],
)
def test_the_permalink_tells_the_local_day_where_the_date_is_told_in_utc(utc, permalink, day, source):
    published = to_local_day(read_feed_date(utc), permalink)

    assert (published.day.isoformat(), published.source) == (day, source)


@given(
    st.datetimes(timezones=st.just(read_feed_date("2000-01-01T00:00:00Z").moment.tzinfo)).filter(
        lambda d: 2 < d.year < 9998
    )
)
def test_a_local_day_is_never_more_than_a_day_off(moment):
    published = Published(moment=moment, precision="minute", source=DateSource.FEED)
    for other in (moment - timedelta(days=3), moment, moment + timedelta(days=3)):
        local = to_local_day(published, f"/{other.year:04}/{other.month:02}/x.html")

        assert abs(local.day - moment.date()) <= timedelta(days=1)
        assert local.day == moment.date() or (local.day.year, local.day.month) == (other.year, other.month)


@pytest.mark.parametrize(
    ("local", "utc", "iso"),
    [
        ("2010-11-01 00:30:00", "2010-10-31 22:30:00", "2010-11-01T00:30+02:00"),
        ("2010-11-01 00:30:00", "2010-11-01 06:00:00", "2010-11-01T00:30-05:30"),
        ("2010-11-01 00:30:00", "0000-00-00 00:00:00", "2010-11-01"),
        ("2010-11-01 00:30:00", "", "2010-11-01"),
        ("2010-11-01 00:30:00", "2010-11-08 00:30:00", "2010-11-01"),
        ("2010-11-01 00:30:00", "2010-11-01 00:31:00", "2010-11-01"),
        ("0000-00-00 00:00:00", "2010-11-01 00:30:00", "2010-11-01"),
    ],
)
def test_local_time_and_utc_side_by_side_tell_the_offset(local, utc, iso):
    assert read_feed_dates(local, utc).iso == iso


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://Tide.Blogspot.de/2013/05/a.html?m=1#more", "http://tide.blogspot.com/2013/05/a.html"),
        ("http://tide.blogspot.co.uk:80/2013/05/a.html?showComment=1", "http://tide.blogspot.com/2013/05/a.html"),
        ("http://tide.blogspot.com.au", "http://tide.blogspot.com/"),
        ("http://tide.example.org/?p=12&x=1", "http://tide.example.org/?p=12"),
        ("http://tide.example.org:8080/caf%c3%A9/é", "http://tide.example.org:8080/caf%C3%A9/%C3%A9"),
        ("ftp://tide.example.org/", None),
        ("javascript:alert(1)", None),
        ("/2013/05/a.html", None),
        ("http://[", None),
        ("http://tide.example.org:99999/", None),
        ("", None),
    ],
)
def test_an_address_has_one_form(written, normal):
    assert permalink_normal_form(written) == normal


@given(st.text(max_size=60).map("http://x.blogspot.co.nz/".__add__) | st.text(max_size=60))
def test_the_normal_form_of_a_normal_form_is_the_same(url):
    normal = permalink_normal_form(url)

    assert normal is None or (permalink_normal_form(normal) == normal and normal.isascii())
