"""The reader `wordpress-wxr` on golden files, on real exports, and the paragraphs of WordPress."""

import random
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch.dumps import Rejected, open_dump, reader_for
from archivesearch.errors import DumpError
from archivesearch.markup import read_html
from archivesearch.posts import Post
from archivesearch.readers.blogger_atom import BloggerAtom
from archivesearch.readers.wordpress_wxr import WordPressWxr, mark_paragraphs
from entries import as_lines

GOLDEN = Path(__file__).parent / "golden" / "wordpress-wxr"
DUMPS = sorted(GOLDEN.glob("*.xml"))
REAL = {
    "small-export.xml": (9, {"a draft": 1, "private": 1}),
    "theme-unit-test-data.xml": (
        76,
        {
            "an entry of a menu": 70,
            "an attachment": 37,
            "a draft": 1,
            "scheduled and not published yet": 1,
            "protected by a password": 1,
        },
    ),
    "valid-wxr-1.0.xml": (6, {}),
    "valid-wxr-1.1.xml": (2, {}),
    "wxr-simple.xml": (1, {}),
    "wxr-utf-8-challenges.xml": (1, {}),
}


def read(path):
    reader = WordPressWxr()
    dump = open_dump(path, path.name)
    assert reader.recognises(dump)
    return list(reader.read(dump, reader.learn([reader.evidence(dump)])))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_dump_is_read_as_its_golden_file_says(path, golden):
    golden(path.with_suffix(".jsonl"), as_lines(read(path)))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_the_bytes_of_a_provenance_are_the_entry(path):
    raw = path.read_bytes()

    for post in read(path):
        if isinstance(post, Post):
            place = post.provenance[0]
            assert raw[place.start : place.end].startswith(b"<item>")
            assert raw[place.start : place.end].endswith(b"</item>")
            assert raw[: place.start].count(b"\n") + 1 == place.line


@pytest.mark.parametrize("name", REAL)
def test_a_real_export_gives_its_posts_and_says_why_not_the_others(shared, name):
    posts, reasons = REAL[name]
    path = shared / "samples" / "wordpress-wxr" / name

    entries = read(path)

    said = [entry.reason for entry in entries if isinstance(entry, Rejected)]
    assert sum(isinstance(entry, Post) for entry in entries) == posts
    assert {reason: said.count(reason) for reason in said} == reasons
    assert len(entries) == path.read_text("utf-8").count("<item>")
    assert all(entry.published for entry in entries if isinstance(entry, Post))


@pytest.mark.parametrize("name", ["malformed.xml", "missing-version-tag.xml"])
def test_an_export_without_entries_is_an_error_that_says_what_to_do(shared, name):
    with pytest.raises(DumpError, match=r"without any entry\. Export the blog again"):
        read(shared / "samples" / "wordpress-wxr" / name)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_an_export_of_wordpress_is_of_no_other_reader(path):
    assert reader_for(open_dump(path, path.name), (BloggerAtom(), WordPressWxr())).name == "wordpress-wxr"


@pytest.mark.parametrize("seed", range(60))
def test_a_broken_export_ends_no_run_and_says_what_it_lost(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - the same breaks in each run
    raw = chance.choice(DUMPS).read_bytes()
    at, length = chance.randrange(len(raw)), chance.randrange(1, 400)
    path = tmp_path / "feed.xml"
    path.write_bytes(
        chance.choice(
            [
                raw[:at],
                raw[:at] + raw[at + length :],
                raw[:at] + raw[at : at + length] * 2 + raw[at + length :],
                raw[:at] + bytes(chance.randrange(256) for _ in range(20)) + raw[at + 1 :],
            ]
        )
    )
    dump = open_dump(path, path.name)
    reader = WordPressWxr()

    entries = list(reader.read(dump, None)) if reader.recognises(dump) else []

    assert all(isinstance(entry, Post) or entry.reason for entry in entries)
    assert not entries or len(entries) >= path.read_bytes().count(b"</item>") - 4  # one file quotes two in a section


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("one\n\ntwo\nthree", [("one",), ("two", "three")]),
        ("one\r\n\r\n \r\ntwo", [("one",), ("two",)]),
        ("<b>one</b>\ntwo", [("one", "two")]),
        ("<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\nafter", [("a", "b"), ("after",)]),
        ("<pre>a\n\nb</pre>\n\nc", [("a",), ("b",), ("c",)]),
        ("<!-- wp:paragraph -->\n<p>one\ntwo</p>\n<!-- /wp:paragraph -->", [("one two",)]),
        ("[caption id='x']the pier[/caption] and more", [("the pier and more",)]),
        ("a [gallery ids='1'] b", [("a [gallery ids='1'] b",)]),
        ("<p>one</p>\n\n<p>two</p>", [("one",), ("two",)]),
        ("", []),
    ],
)
def test_an_empty_line_parts_paragraphs(body, paragraphs):
    assert [block.lines for block in read_html(mark_paragraphs(body)).blocks] == paragraphs


@given(st.text("ab \n\r<>/p[]re!-", max_size=200))
def test_marking_paragraphs_changes_nothing_but_white_space(body):
    marked = mark_paragraphs(body).replace("<p>", "").replace("<br>", "")

    assert "".join(marked.split()) == "".join(body.replace("<p>", "").replace("<br>", "").split())


def test_many_tags_without_an_end_cost_no_time():
    assert mark_paragraphs("<pre" * 200_000 + "\n" * 200_000 + "[caption" * 100_000)
