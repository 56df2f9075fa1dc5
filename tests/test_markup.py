"""HTML of dumps: nothing dangerous stays, no visible word is lost, and the blocks are those that a reader would see."""

import html
import re
import urllib.parse

import pytest
from hypothesis import example, given, strategies as st

from archivesearch.footnotes import PLACE
from archivesearch.markup import read_html, read_inline
from archivesearch.text import clean, one_line


def blocks(fragment, base=None):
    return [(block.kind, block.lines, block.markers) for block in read_html(fragment, base).blocks]


def paragraphs(*lines):
    return [("paragraph", each, ()) for each in lines]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>one</p><p>two</p>", paragraphs(("one",), ("two",))),
        ("one<br>two<br /><br/>three", paragraphs(("one", "two"), ("three",))),
        ("one<br> \n&nbsp;<br>two", paragraphs(("one",), ("two",))),
        ("<br><br>one<br>", paragraphs(("one",))),
        ("one\n\ntwo <b>and\n \nthree</b>", paragraphs(("one",), ("two and",), ("three",))),
        ("<p>one\n\ntwo</p>", paragraphs(("one two",))),
        ("<div>one<div>two</div>three</div>", paragraphs(("one",), ("two",), ("three",))),
        ("a&nbsp;b\u202fc\xa0 d", paragraphs(("a b c d",))),
        ("H<sub>2</sub>O <b>bo</b>ld", paragraphs(("H2O bold",))),
        ("<center>one</center><section>two</section>", paragraphs(("one",), ("two",))),
        ("<h2>Head</h2>text", [("heading", ("Head",), ()), ("paragraph", ("text",), ())]),
        ("<blockquote>one<p>two</p></blockquote>", [("quotation", ("one",), ()), ("quotation", ("two",), ())]),
        ("<pre>a:\n  b\n\nc</pre>", paragraphs(("a:", "  b"), ("c",))),
        ("<form>one</form><form>two</form>", paragraphs(("one two",))),
        ("", []),
        ("  <p> </p><br>&nbsp;", []),
    ],
)
def test_a_fragment_has_the_blocks_that_a_reader_sees(fragment, expected):
    assert blocks(fragment) == expected


def test_lists_keep_their_items_numbers_and_depth():
    fragment = "<ol start=3><li>three<li>four<ul><li>a<ul><li>deep</ul><li>b</ul>rest</li><li value=9><p>nine</p><p>more</p></ol>"

    assert blocks(fragment) == [
        ("numbers", ("three", "four"), ("3.", "4.")),
        ("bullets", ("a",), ("◦",)),
        ("bullets", ("deep",), ("▪",)),
        ("bullets", ("b",), ("◦",)),
        ("paragraph", ("rest",), ()),
        ("numbers", ("nine more",), ("9.",)),
    ]


def test_a_table_is_read_row_by_row():
    fragment = "<table><caption>Tides</caption><tr><th>day<th>metres<tr><td>Monday<td><b>4</b>.1<tr><td><td>5</table>"

    assert blocks(fragment) == paragraphs(("Tides",), ("day | metres", "Monday | 4.1", "5"))


def test_a_table_that_lays_out_the_page_is_no_table():
    fragment = "<table><tr><td><p>one</p><p>two</p></td><td>side</td></tr><tr><td>alone</td></tr></table>"

    assert blocks(fragment) == paragraphs(("one",), ("two",), ("side",), ("alone",))


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ('<img src="http://h/a.jpg?x=1&amp;y=2" alt="the  tide">', "[picture: the tide, http://h/a.jpg?x=1&y=2]"),
        ('<img title="noon" src="//h/a.jpg">', "[picture: noon, https://h/a.jpg]"),
        ('<img src="data:image/png;base64,AAAA" alt="inside">', "[picture: inside]"),
        ("<img>", "[picture]"),
        ('a<img width="1" height="1" src="http://h/count">b', "a b"),
        ('<img alt="<script>alert(1)</script>">', "[picture: <script>alert(1)</script>]"),
        ('<a href="http://h/big"><img src="http://h/small"></a>', "[picture: http://h/small]"),
    ],
)
def test_a_picture_becomes_its_description_and_address(fragment, said):
    markup = read_html(fragment)

    assert [block.text for block in markup.blocks] == [said]
    assert "<img" not in markup.html
    assert "<script" not in markup.html


YOUTUBE = "https://www.youtube.com/embed/ab"


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        (f'<iframe width="560" src="{YOUTUBE}" title="the  tide" allowfullscreen></iframe>',
         f"[video: the tide, {YOUTUBE}]"),
        ("<IFRAME SRC='//www.youtube.com/embed/ab'>no frames</IFRAME>", f"[video: {YOUTUBE}]"),
        (f"a<iframe src={YOUTUBE}></iframe>b", f"a [video: {YOUTUBE}] b"),
        ('<object><param name="movie" value="http://www.youtube.com/v/ab"><embed src="http://www.youtube.com/v/ab">'
         "</object>", "[video: http://www.youtube.com/v/ab]"),
        ('<object data="http://vimeo.com/x.swf?clip=1&amp;y=2"></object>', "[video: http://vimeo.com/x.swf?clip=1&y=2]"),
        ('<embed src="http://video.google.com/player.swf?id=1">', "[video: http://video.google.com/player.swf?id=1]"),
        ('<iframe class="b" src="https://www.blogger.com/video.g?token=1"></iframe>',
         "[video: https://www.blogger.com/video.g?token=1]"),
        ("<video controls src='http://h/tide.mp4'></video>", "[video: http://h/tide.mp4]"),
        ('<video poster=x><source src="http://h/a.mp4"><source src="http://h/a.webm"></video>', "[video: http://h/a.mp4]"),
        ("<video></video>", "[video]"),
        ('<video src="data:video/mp4;base64,AAAA"></video>', "[video]"),
        ('<video src="javascript:alert(1)"></video>', "[video]"),
        (f'<iframe title="&lt;script&gt;" src="{YOUTUBE}"></iframe>', f"[video: <script>, {YOUTUBE}]"),
        (f'<iframe width="0" height="0" src="{YOUTUBE}"></iframe>word', "word"),
        ('<iframe src="https://www.facebook.com/plugins/like.php"></iframe>word', "word"),
        ('<iframe src="https://maps.example/"></iframe>word<object data="a.pdf"></object>', "word"),
        ('<object><param value="http://h/a.swf"></object>word<video src="http://h/b"></video>', "word [video: http://h/b]"),
        ('<img class="video" src="http://h/a.jpg">', "[picture: http://h/a.jpg]"),
    ],
)  # fmt: skip
def test_an_embedded_video_becomes_its_description_and_address(fragment, said):
    markup = read_html(fragment)

    assert [block.text for block in markup.blocks] == [said]
    assert not re.search("<(img|iframe|object|embed|video|script)", markup.html)


def test_a_video_of_the_same_site_has_its_whole_address():
    markup = read_html('<video src="/tide.mp4"></video>', "http://h/2013/05/a.html")

    assert [block.text for block in markup.blocks] == ["[video: http://h/tide.mp4]"]


HERE = "http://h/2013/05/a.html"
REL = 'rel="nofollow noopener noreferrer ugc"'
WORD_URL = "http://www.blogger.com/blogger.g?blogID=1"


@pytest.mark.parametrize(
    ("fragment", "kept"),
    [
        ('<p>a<a href="#n1" name="r1">1</a></p><p id="n1">b <a href="#r1">up</a></p>',
         '<p>a<a id="place-1" href="#place-2">1</a></p><p id="place-2">b <a href="#place-1">up</a></p>'),
        (f'<a href="{HERE}#n1">1</a><b id="n1">b</b>', '<a href="#place-1">1</a><b id="place-1">b</b>'),
        ('<a href="#n1">1</a><span style="x" id="n1">b</span><span>c</span>',
         '<a href="#place-1">1</a><span id="place-1"></span>bc'),
        (f'<a href="{WORD_URL}#_ftn1">1</a><a href="{WORD_URL}#_ftnref1" name="_ftn1">b</a>',
         '<a href="#place-1">1</a><a id="place-1">b</a>'),
        ('<a href="#n%C3%B6">1</a><b id="nö">b</b>', '<a href="#place-1">1</a><b id="place-1">b</b>'),
        ('<a href="#x">1</a><b id="x">b</b><b id="x">c</b><b id="y">d</b>',
         '<a href="#place-1">1</a><b id="place-1">b</b><b>c</b><b>d</b>'),
        ('<a href="#gone">a</a><a href="#">b</a><a href="">c</a>',
         f'<a>a</a><a>b</a><a href="{HERE}" {REL}>c</a>'),
        ('<a href="http://h/b.html#n1">1</a><b id="n1">b</b>', f'<a href="http://h/b.html#n1" {REL}>1</a><b>b</b>'),
        ('<a href="#n1">1</a><img id="n1" src="http://h/a">', "<a>1</a> [picture: http://h/a]"),
        ('<b id="n1" name="x">b</b>', "<b>b</b>"),
    ],
)  # fmt: skip
def test_links_within_a_body_lead_to_places_with_ids_of_our_own(fragment, kept):
    assert read_html(fragment, HERE).html == kept


def test_links_within_a_body_need_no_base():
    assert read_html('<a href="#n1">1</a><i id="n1">b</i>').html == '<a href="#place-1">1</a><i id="place-1">b</i>'


@pytest.mark.parametrize(
    ("address", "base", "stays"),
    [
        ("http://h/x", None, "http://h/x"),
        ("mailto:a@example.org", None, "mailto:a@example.org"),
        ("//h/x", None, "https://h/x"),
        ("/x", None, None),
        ("/x", "http://h/2013/05/a.html", "http://h/x"),
        ("b.html#c", "http://h/2013/05/a.html", "http://h/2013/05/b.html#c"),
        ("/x", "http://[", None),
        ("/x", "nonsense", None),
        ("javascript:alert(1)", "http://h/", None),
        (" JaVa\tScript:alert(1)", None, None),
        ("data:text/html,x", None, None),
        ("vbscript:x", None, None),
    ],
)
def test_only_links_of_the_web_and_of_mail_stay(address, base, stays):
    markup = read_html(f'<a href="{address}">x</a>', base)

    written = re.search('href="([^"]*)"', markup.html)
    assert (written and written[1]) == stays
    assert 'rel="nofollow noopener noreferrer ugc"' in markup.html


@pytest.mark.parametrize(
    "base", ["http://h:0/", "http://h:x/", "http://\x00/", "http://a b/", "http://%/", "http://[::1/"]
)
def test_a_base_that_is_no_address_is_no_base(base):
    assert [block.text for block in read_html("<a href='/x'>y</a>", base).blocks] == ["y"]


SNIPPETS = st.sampled_from(
    """<script>|</script>|<style>|</style>|<iframe src=http://h>|<svg onload=x>|<math>|</math>|<noscript>|<img src=x onerror=y>|<a href="javascript:x">
<a href='data:x'>|<form action=x>|<input autofocus onfocus=x>|<object data=x>|<embed src=x>|<base href=x>|<meta http-equiv=refresh>|<link rel=x>|<title>
<template>|<textarea>|</textarea>|<table>|<td>|<p style="x" onclick='y'>|<!--|-->|<![CDATA[|]]>|<mtext>|<mglyph>|<plaintext>|<xmp>|&lt;script&gt;|&#60;|&#8;
<b title="</b><script>">|"|'|`|<|>|&|\x00|\u0338|\ue000|\u2028|word|<select><option>|</p>|<br>|<frameset>|<body onload=x>|&#xD800;|<a href="http://h">|<a href="#x" name=y>|<p id="x">|<span id='"y'>|<video src=//h/a>|<embed src="http://vimeo.com/1">|<details open ontoggle=x>""".replace(
        "\n", "|"
    ).split("|")
)
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>')
ALLOWED = {"href", "title", "start", "value", "colspan", "rowspan", "dir", "lang", "rel", "id"}


@given(st.lists(st.one_of(SNIPPETS, st.text(max_size=8)), max_size=25).map("".join))
@example("<b>\u0338</b>")
@example("&#&#1;60;script>")
@example("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x&gt;'>")
def test_nothing_dangerous_survives(fragment):
    markup = read_html(fragment, "http://h/a")
    rest = TAG.sub("", markup.html)

    assert "<" not in rest
    for _, name, attributes in TAG.findall(markup.html):
        assert name in KEPT
        told = dict(re.findall(' ([a-z]+)="([^"]*)"', attributes))
        assert set(told) <= ALLOWED
        address = html.unescape(told.get("href", "http:"))
        assert PLACE.fullmatch(told.get("id", "place-1"))
        assert urllib.parse.urlsplit(address).scheme in ("http", "https", "mailto") or PLACE.fullmatch(address[1:])
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\ud800-\udfff\ue000\ue001]", markup.html)


KEPT = set(
    "a abbr address article aside b bdi bdo blockquote br caption center cite code dd del details dfn dir div dl dt em fieldset figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd legend li listing main mark menu nav ol p pre q s samp section small span strong sub summary "
    "sup table tbody td tfoot th thead time tr u ul var".split()
)

INLINE = st.sampled_from(["b", "i", "span", "a", "font", "sup", "u"])
BLOCK = st.sampled_from(["p", "div", "blockquote", "h3", "pre", "center", "ul", "ol", "section"])
WORD = st.text("abcdefghiklmno", min_size=1, max_size=6).map(lambda word: f" {word} ")
TREES = st.recursive(
    WORD | st.just("<br>") | st.just("\n\n"),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        INLINE | BLOCK | st.just("li"),
        st.lists(inner, max_size=5),
    ),
    max_leaves=40,
)


@given(st.lists(TREES, max_size=5).map("".join))
def test_all_visible_words_are_in_the_blocks_in_their_order(fragment):
    expected = re.sub("<[^>]*>", " ", fragment).split()

    assert " ".join(" ".join(block.lines) for block in read_html(fragment).blocks).split() == expected


@given(st.lists(TREES, max_size=3).map("".join))
def test_what_was_cleaned_stays_as_it_is(fragment):
    once = read_html(fragment)

    assert [block.text for block in read_html(once.html).blocks] == [block.text for block in once.blocks]


@given(st.lists(TREES, min_size=1, max_size=5).map("".join))
def test_a_large_fragment_has_the_words_of_a_small_one(fragment):
    """Behind many tags every tag is looked at: the words must not depend on it."""
    many = "<i>x</i>" * 300

    texts = [block.text for block in read_html(many + "<hr>" + fragment).blocks][1:]
    assert " ".join(texts).split() == " ".join(block.text for block in read_html(f"<hr>{fragment}").blocks).split()


N = 100_000
HOSTILE = {
    "depth": "<div>" * N + "word",
    "closed depth": "<blockquote>" * N + "word" + "</blockquote>" * N,
    "fonts": "".join(f"<font color={n}>" for n in range(2000)) + "<p>word" * 2000,
    "misnested": "<b><p>" * N + "word",
    "crossed": "<b><div></b>" * N + "word",
    "lists": "<ul><li>" * N + "word",
    "tables": "<table><tr><td>" * N + "word",
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(N)) + ">word",
    "quoted attributes": "<a " + " ".join(f"a{n}='1'" for n in range(N)) + ">word",
    "comments": "word" + "<!--" * N,
    "brackets": "<" * N + " word",
    "quotes": "<a \"'" * N + " word",
    "references": "&#x" * N + " word",
    "empty lines": "word" + "\n " * N,
    "ends": "</p>" * N + "word",
    "videos": "<video><source>" * N + "word",
    "objects": "<object><param>" * N + "</object>" * N + "word",
    "long attributes": f"<iframe src=http://youtube.com/ {'a' * 9000}></iframe>" * 100 + "word",
    "notes": "<a href=#x id=x>" * N + "word",
    "places": "".join(f"<a href=#x{n} id=x{n}></a>" for n in range(N // 10)) + "word",
    "addresses": "href=" * N + "# word",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_read_and_keeps_its_word(name):
    """Python's own parser needs minutes or more for most of these."""
    assert "word" in " ".join(block.text for block in read_html(HOSTILE[name]).blocks)


def test_nothing_is_resolved_or_fetched():
    fragment = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>&e;<xi:include href="file:///etc/hostname"/>'

    assert "&e;" in " ".join(block.text for block in read_html(fragment).blocks)


@pytest.mark.parametrize(
    ("fragment", "line"),
    [("plain", "plain"), ("a &amp; b\n c", "a & b c"), ("<em>with</em> <b>mark<sup>up</sup></b>", "with markup")],
)
def test_a_title_is_one_line_of_words(fragment, line):
    assert read_inline(fragment) == line


@given(st.text(max_size=60))
def test_text_that_was_escaped_is_the_same_text(text):
    lines = " ".join(block.text for block in read_html(f"<p>{html.escape(text)}</p>").blocks)

    assert lines == one_line(clean(text))
