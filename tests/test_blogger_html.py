"""The reader `blogger-html` on golden files, on the shared pages, and what its promises are in general."""

import itertools
import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, strategies as st

from archivesearch.dumps import Rejected, open_dump
from archivesearch.errors import DumpError
from archivesearch.posts import permalink_normal_form
from archivesearch.readers.blogger_html import BloggerHtml
from archivesearch.readers.elements import DEEPEST, LARGEST, parse, places
from entries import as_lines

GOLDEN = Path(__file__).parent / "golden" / "blogger-html"
DUMPS = sorted(GOLDEN.glob("*.html"))
EMBEDDED = re.compile(r"\[(?:picture|video):[^]]*\]")


def read(*paths):
    reader = BloggerHtml()
    dumps = [open_dump(path, path.name) for path in paths]
    learnt = reader.learn([evidence for dump in dumps if (evidence := reader.evidence(dump))])
    return {dump.name: list(reader.read(dump, learnt)) for dump in dumps}


def read_text(folder, text, name="page.html"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reader = BloggerHtml()
    return list(reader.read(open_dump(path, name), {}))


def page(*posts, head=""):
    return f"<html><head><meta content='blogger' name='generator'/>{head}</head><body>{''.join(posts)}</body></html>"


def post(title="A title", body="A text.", more=""):
    return (
        f"<div class='post hentry'><h3 class='post-title'>{title}</h3><div class='post-body'>{body}</div>{more}</div>"
    )


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_page_is_recognised_and_read_as_its_golden_file_says(path, golden):
    assert BloggerHtml().recognises(open_dump(path, path.name))
    golden(path.with_suffix(".jsonl"), as_lines(read(path)[path.name]))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_every_post_stands_where_its_provenance_says(path):
    raw = path.read_bytes()
    encoding = {"classic-2005-windows-1252": "windows-1252", "utf-16": "utf-16"}.get(path.stem, "utf-8")
    for entry in read(path)[path.name]:
        if not isinstance(entry, Rejected):
            place = entry.provenance[0]
            found = BeautifulSoup(raw[place.start : place.end].decode(encoding, "replace"), "lxml").get_text(" ")
            assert 0 <= place.start < place.end <= len(raw)
            assert entry.title in " ".join(found.split())
            assert place.line == raw.count(b"\n", 0, place.start) + 1


DISAGREEMENTS = {
    # the hand that made gold.json took the first link of the post, which is that of its author
    ("htmldate__abookshelffullofsunshine.blogspot.com.interview.html", "permalink"),
    ("htmldate__security.googleblog.com.protection.html", "permalink"),
    # its title is marked by itemprop alone, and gold.json looked for the class
    ("htmldate__security.googleblog.com.protection.html", "title"),
    # a sentence of the post's own author that a comment has too, or that closes each of his posts
    ("trafilatura__plentylife.blogspot.pamela-reif.html", "Vielen Dank an den den Verlag"),
    ("htmldate__derpapierplanet.de.juni.html", "Du möchtest gerne bei Through"),
    ("htmldate__derpapierplanet.de.juni.html", "Teilnehmende Blogs:"),
    ("htmldate__weinlachgummis.blogspot.com.rezi.html", "Info zur Bewertung"),
}


def disagreements(gold, entry):
    """In what the post differs from what gold.json decides."""
    text = " ".join(EMBEDDED.sub(" ", entry.text).split())
    plain = re.sub(r"[\W_]+", "", text)
    day = gold["gold_date"] or gold["my_date"]
    if gold["title"] is not None and gold["title"] != entry.title:
        yield "title"
    if day and day != entry.published.day_key:
        yield "date"
    if gold["labels"] is not None and sorted(gold["labels"]) != sorted(entry.labels):
        yield "labels"
    if gold["permalink"] and permalink_normal_form(gold["permalink"]) != entry.permalink:
        yield "permalink"
    # spaces around links and before signs are not what is compared
    if gold["text80"] and not plain.startswith(re.sub(r"[\W_]+", "", gold["text80"])):
        yield "text"
    yield from (words for words in gold.get("must_contain") or () if words not in text)
    absent = [*(gold.get("must_not_contain") or ()), *(gold.get("comment_texts") or ())]
    yield from (words for words in absent if words in text)


def test_the_shared_pages_give_what_their_gold_decides(shared):
    folder = shared / "samples" / "blogger-html"
    found = set()
    for gold in json.loads((folder / "gold.json").read_text("utf-8")):
        name = gold["file"]
        (entry,) = read(folder / name)[name]
        if isinstance(entry, Rejected):
            # dynamic views: the saved file has frames and scripts alone, and gold.json decides nothing
            assert (name, gold["title"]) == ("htmldate__juliasleseblog.blogspot.com.irland.html", None)
            continue
        found.update((name, what) for what in disagreements(gold, entry))

    assert found == DISAGREEMENTS


def test_the_shared_pages_that_gold_leaves_undated_have_the_day_that_they_print(shared):
    folder = shared / "samples" / "blogger-html"
    names = ["trafilatura__luxuryhaven.co.hyatt.html", "trafilatura__plentylife.blogspot.pamela-reif.html"]

    assert [read(folder / name)[name][0].published.iso for name in names] == ["2019-05-30", "2017-05-03"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<feed><title>blogger.com/feeds/1</title></feed>",
        "5 May 2015\n\nA page about blogger.com/feeds/1\n",
        "<!DOCTYPE html><html><body><a href='http://x.blogspot.com/2011/01/y.html'>a link</a></body></html>",
        "<html><head><meta name='generator' content='WordPress 6'></head><body class='hentry'></body></html>",
    ],
)
def test_what_is_no_page_of_blogger_is_not_recognised(tmp_path, text):
    path = tmp_path / "page.html"
    path.write_text(text)

    assert not BloggerHtml().recognises(open_dump(path, path.name))


@pytest.mark.parametrize(
    "before", ["", "\ufeff", "\n\n", "<!-- saved from url=(0031)http://x.blogspot.com/ -->\n", "<?xml version='1.0'?>"]
)
def test_a_page_is_recognised_whatever_stands_before_its_first_tag(tmp_path, before):
    path = tmp_path / "page"
    path.write_text(before + "<!DOCTYPE html>" + page(post()), "utf-8")

    assert BloggerHtml().recognises(open_dump(path, path.name))


def test_another_page_tells_the_order_of_day_and_month(tmp_path):
    unsure, sure = tmp_path / "unsure.html", tmp_path / "sure.html"
    unsure.write_text(page("<h2 class='date-header'>5/4/2015</h2>", post()))
    sure.write_text(page("<h2 class='date-header'>25/3/2015</h2>", post()))

    assert read(unsure)["unsure.html"][0].published is None
    assert read(unsure, sure)["unsure.html"][0].published.day == date(2015, 4, 5)


def test_pages_that_contradict_each_other_tell_no_order(tmp_path):
    days = {"a.html": "5/4/2015", "b.html": "25/3/2015", "c.html": "3/25/2015"}
    for name, day in days.items():
        (tmp_path / name).write_text(page(f"<h2 class='date-header'>{day}</h2>", post()))

    entries = read(*(tmp_path / name for name in days))
    assert entries["a.html"][0].published is None


def test_the_printed_day_is_the_blogs_own_where_its_marks_say_another(tmp_path):
    more = "<abbr class='published' title='2015-05-06T02:00:00Z'>x</abbr>"
    (entry,) = read_text(tmp_path, page("<h2 class='date-header'>Tuesday, May 5, 2015</h2>", post(more=more)))

    assert entry.published.iso == "2015-05-05"


def test_the_marks_tell_the_minute_and_the_order_of_the_printed_day(tmp_path):
    more = "<abbr class='published' title='2015-05-04T21:00:00+02:00'>x</abbr>"
    (entry,) = read_text(tmp_path, page("<h2 class='date-header'>4/5/2015</h2>", post(more=more)))

    assert entry.published.iso == "2015-05-04T21:00+02:00"


@pytest.mark.parametrize(
    "name",
    [
        "mirror/quiet.blogspot.com/2012/07/rain.html",
        "quiet.blogspot.com/2012/07/rain.html?m=1",
        "quiet.blogspot.de/2012/07/rain.html%3FshowComment=1341",
        "quiet.blogspot.com/2012/07/rain.html?widgetType=BlogArchive&action=toggle",
    ],
)
def test_the_name_of_a_mirrors_file_tells_the_address_where_the_page_does_not(tmp_path, name):
    (entry,) = read_text(tmp_path, page(post()), name)

    assert entry.permalink == "http://quiet.blogspot.com/2012/07/rain.html"
    assert (entry.published.iso, entry.published.source) == ("2012-07", "permalink")


def test_a_list_with_one_post_does_not_give_it_its_own_address(tmp_path):
    head = "<link rel='canonical' href='http://quiet.blogspot.com/search/label/Rain'/>"
    (entry,) = read_text(tmp_path, page(post(), head=head))

    assert entry.permalink is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1251", "windows-1251"),
        ("koi8-r", "koi8-r"),
        ("ISO-8859-1", "windows-1252"),
        ("windows-1252", "utf-8"),
        ("utf-8", "windows-1252"),
        ("nonsense", "windows-1252"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_has(tmp_path, declared, encoding):
    title = "Маяк" if encoding in ("windows-1251", "koi8-r") else "Zoë – “naïve”"
    text = page(post(title), head=f"<meta http-equiv='Content-Type' content='text/html; charset={declared}'/>")
    (entry,) = read_text(tmp_path, text.encode(encoding))

    assert entry.title == title


def test_a_page_of_many_posts_gives_each_its_own_bytes(tmp_path):
    entries = read_text(tmp_path, page(*(post(f"Title {n}", f"Text {n}.") for n in range(300))))

    places_found = [(entry.provenance[0].start, entry.provenance[0].end) for entry in entries]
    assert [entry.title for entry in entries] == [f"Title {n}" for n in range(300)]
    assert places_found == sorted(set(places_found))
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places_found))


HOSTILE = {
    "comments": "<!--" * 200_000,
    "deep": "<div class='post'>" * 100_000,
    "deep bodies": "<div class='post-body'>" * 20_000 + "x",
    "wide bodies": "<div class='post-body'>x</div>" * 5_000,
    "wide frames": "<div class='post'><h3>t</h3>x</div>" * 5_000,
    "bold": "<b><i>" * 20_000,
    "signs": "<" * 500_000,
    "attributes": "<a " + "x " * 200_000,
    "headings": "<h2 class='date-header'>5 May 2015</h2>" * 10_000 + "<div class='post-body'>x</div>",
    "data": "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    "meta": "<meta charset" * 50_000,
}


@pytest.mark.parametrize(
    "before", ["<!---->" * 100_000, "<!-- " * 100_000, " " * 500_000, "<!-- x -->\n" * 50_000 + "text"]
)
def test_comments_before_a_page_do_not_hold_up_its_recognition(tmp_path, before):
    path = tmp_path / "page.html"
    path.write_text(before)

    assert not BloggerHtml().recognises(open_dump(path, path.name))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_or_rejected(tmp_path, name):
    entries = read_text(tmp_path, f"<html><meta content='blogger' name='generator'/>{HOSTILE[name]}")

    assert entries


def test_a_page_that_is_too_large_or_too_deep_is_rejected_with_the_reason(tmp_path):
    large = read_text(tmp_path, b"<html>" + b" " * LARGEST)
    deep = read_text(tmp_path, page("<div>" * (DEEPEST + 1)))

    assert ["more than the" in entry.reason for entry in large] == [True]
    assert ["inside each other" in entry.reason for entry in deep] == [True]


def broken(raw, chance):
    """The bytes with one thing wrong: cut off, flipped, doubled, lost, or in another encoding."""
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.randrange(1, 400))
    match chance.randrange(5):
        case 0:
            return raw[:start]
        case 1:
            return raw[:start] + bytes(byte ^ chance.randrange(256) for byte in raw[start:end]) + raw[end:]
        case 2:
            return raw[:end] + raw[start:end] * chance.randrange(1, 5) + raw[end:]
        case 3:
            return raw[:start] + raw[end:]
        case _:
            return raw.decode("windows-1252", "replace").encode(chance.choice(["utf-8", "utf-16", "utf-7"]))


@pytest.mark.parametrize("seed", range(90))
def test_a_broken_page_gives_entries_or_says_what_is_wrong(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311  the same bytes in each run
    path = tmp_path / "page.html"
    path.write_bytes(broken(chance.choice(DUMPS).read_bytes(), chance))
    dump = open_dump(path, path.name)
    reader = BloggerHtml()

    try:
        entries = list(reader.read(dump, reader.learn([e for e in [reader.evidence(dump)] if e])))
    except DumpError:
        return
    assert entries
    assert all(
        isinstance(e, Rejected) or 0 <= e.provenance[0].start < e.provenance[0].end <= dump.size for e in entries
    )


def test_a_page_that_lost_a_post_keeps_the_others(tmp_path):
    whole = page(*(post(f"Title {n}", f"Text {n}.") for n in range(9)))
    start = whole.index("<h3 class='post-title'>Title 4")
    entries = read_text(tmp_path, whole[:start] + whole[start + 30 :])

    assert {f"Title {n}" for n in range(9) if n != 4} <= {entry.title for entry in entries}


@given(st.text("<>/div p='\"!-script\nx", max_size=300))
def test_the_places_of_elements_lie_inside_the_bytes_in_their_order(text):
    raw = text.encode()
    found = places(raw, "div")

    assert [start for start, _ in found] == sorted(start for start, _ in found)
    assert all(0 <= start < end <= len(raw) for start, end in found)


@given(st.lists(st.sampled_from(["<div>", "</div>", "<p>", "x", "<b>", "</b>"]), max_size=30))
def test_an_element_holds_what_its_tree_holds(tags):
    elements = parse("".join(["<html><body>x", *tags]).encode())

    for element in elements:
        inside = {id(tag) for tag in element.tag.find_all(True)}
        assert inside == {id(other.tag) for other in elements if element.holds(other) and other is not element}
