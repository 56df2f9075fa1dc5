"""The body of a post as it is shown: whole, marked, and whatever a dump holds, nothing but words and plain elements."""

import html as escaping
import re
from datetime import date
from functools import partial
from itertools import groupby

import nh3
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, strategies as st
from jinja2 import Environment, FileSystemLoader

from archivesearch.markup import read_html
from archivesearch.posts import Block
from archivesearch.query import EVERYTHING, parse
from archivesearch.shown_body import show_body
from archivesearch.shown_pieces import ELEMENTS
from archivesearch.snippets import mark_body
from test_web import WEB, write_post

BODY = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True).get_template("_body.html").module


def post_of(html="", blocks=(), language="en"):
    read = read_html(html)
    return write_post("Rain", date(2021, 2, 6), "", body=blocks or read.blocks, html=read.html, language=language)


def pieces_of(post, typed=""):
    query = parse(typed) if typed else EVERYTHING
    return show_body(post, partial(mark_body, query=query, language=post.language))


def write(pieces):
    """The pieces as HTML, as the template writes them."""
    return str(BODY.pieces(pieces))


def shown(html="", typed="", **more):
    return write(pieces_of(post_of(html, **more), typed))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one <b>two</b></p>", "<p>one <b>two</b></p>"),
        ("one<br>two<br><br>three", "<p>one<br>two</p><p>three</p>"),
        ("<br>one<br><br><br>two<br>", "<p>one</p><p>two</p>"),
        ("one\ntwo\n\nthree <i>four</i>", "<p>one\ntwo</p><p>three <i>four</i></p>"),
        ("<div>one</div><div>two</div><div><br></div><div>three</div>", "<p>one<br>two</p><p>three</p>"),
        ('<div dir="rtl">one<br><br>two</div>', '<div dir="rtl"><p dir="ltr">one</p><p dir="ltr">two</p></div>'),
        ("<p></p><p>&nbsp;</p><b></b><h2> </h2><ul></ul>x<div><br></div>", "<p>x</p>"),
        ("<h3>a</h3><h5>b</h5><h1>c</h1><h4>d</h4>", "<h2>a</h2><h3>b</h3><h2>c</h2><h3>d</h3>"),
        ("<h2>a<div>b</div></h2>", "<h2>a b </h2>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ul>\n<li>a</li><ul><li>b</li></ul></ul>",
         '<ul><li>a</li><li class="printed"><ul><li>b</li></ul></li></ul>'),
        ("<li>a</li>", "<p>a</p>"),
        ('<ol start="3"><li value="x">a</li><li value="7">b</li></ol>', '<ol start="3"><li>a</li><li value="7">b</li></ol>'),
        ("<blockquote>one<p>two</p></blockquote>", "<blockquote><p>one</p><p>two</p></blockquote>"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ("<pre>a\n  b\n\nc</pre>", "<pre>a\n  b\n\nc</pre>"),
        ("<p>a</p><hr><p>b</p>", "<p>a</p><hr><p>b</p>"),
        ("<main>a</main><header><h1>b</h1></header>", "<p>a</p><div><h2>b</h2></div>"),
        ("<center>a</center>", "<p>a</p>"),
        ("<b><p>a</p></b>", "<p>a</p>"),
        ("<p>a <mark>b</mark></p>", "<p>a <strong>b</strong></p>"),
        ('<p lang="nl">a <span lang="{x">b</span></p>', '<p lang="nl">a b</p>'),
        ("<table><tr><th>a</th><td></td></tr></table>",
         '<div class="sideways" tabindex="0"><table><tbody><tr><th>a</th><td></td></tr></tbody></table></div>'),
        ('<table><tr><td colspan="2" rowspan="99999">a</td></tr></table>',
         '<div class="sideways" tabindex="0"><table><tbody><tr><td colspan="2">a</td></tr></tbody></table></div>'),
        ('<p>a <img src="http://h/a.jpg" alt="the tide">b</p>',
         '<p>a  <a href="http://h/a.jpg" rel="nofollow noopener noreferrer ugc">[picture: the tide]</a> b</p>'),
        ('<p><img src="http://h/a.jpg"></p>',
         '<p> <a href="http://h/a.jpg" rel="nofollow noopener noreferrer ugc">[picture]</a> </p>'),
        ('<p><a href="http://h/"><img src="http://h/a.jpg" alt="x"></a></p>',
         '<p><a href="http://h/" rel="nofollow noopener noreferrer ugc"> [picture: x] </a></p>'),
        ('<p><iframe src="https://vimeo.com/1" title="the tide"></iframe></p>',
         '<p> <a href="https://vimeo.com/1" rel="nofollow noopener noreferrer ugc">[video: the tide]</a> </p>'),
        ('<video src="http://h/a.mp4"></video>',
         '<p><a href="http://h/a.mp4" rel="nofollow noopener noreferrer ugc">[video]</a></p>'),
        ('<p>a<a href="#n" name="r">1</a></p><ol><li id="n">b <a href="#r">up</a></li></ol>',
         '<p>a<a href="#place-2" id="place-1">1</a></p><ol><li id="place-2">b <a href="#place-1">up</a></li></ol>'),
        ('<p>a<a href="#n">1</a><a href="#m">2</a></p><p id="n"></p><a name="m"></a>c',
         '<p>a<a href="#place-1">1</a><a href="#place-2">2</a></p><p id="place-1"></p><p><span id="place-2"></span>c</p>'),
        ('<p>a<a href="#n">1</a></p><b id="n"><p>b</p></b>',
         '<p>a<a href="#place-1">1</a></p><p><b id="place-1"></b></p><p>b</p>'),
        ('<p>a<a href="#n">1</a></p><h2>b<div id="n">c</div></h2>',
         '<p>a<a href="#place-1">1</a></p><h2>b <span id="place-1"></span>c </h2>'),
        ('<p>a<a href="#n">1</a></p><main id="n">b</main>', '<p>a<a href="#place-1">1</a></p><p id="place-1">b</p>'),
        ('<p>a<a href="#gone">1</a></p>', "<p>a1</p>"),
        ("<p>a<address>b</address>c<center>d</center></p>", "<p>a</p><p>b</p><p>c</p><p>d</p>"),
        ("<p>a<b> </b>b<i>\n</i>c<b></b>d</p>", "<p>a b\ncd</p>"),
        ("<p>a<b><br></b>b<b><i><br></i><br> </b>c</p>", "<p>a<br>b<br><br> c</p>"),
    ],
)  # fmt: skip
def test_html_is_shown_as_its_author_meant_it(html, expected):
    assert shown(html) == expected


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("http://h.example/a?b=1&c=é", "http://h.example/a?b=1&c=%C3%A9"),
        ("https://h.example/", "https://h.example/"),
        ("mailto:a@h.example", None),
        ("javascript:alert(1)", None),
        ("/inside", None),
    ],
)
def test_only_addresses_of_the_web_become_links(address, leads):
    soup = BeautifulSoup(shown(f'<p><a href="{address}">there</a></p>'), "lxml")

    assert soup.p.get_text() == "there"
    assert [a["href"] for a in soup.select("a")] == ([leads] if leads else [])
    assert all(a["rel"] == ["nofollow", "noopener", "noreferrer", "ugc"] for a in soup.select("a"))


def test_blocks_of_plain_text_are_shown_as_what_they_are():
    blocks = (
        Block(lines=("one", "two")),
        Block(kind="heading", lines=("head",)),
        Block(kind="quotation", lines=("said",)),
        Block(kind="bullets", lines=("a",), markers=("•",)),
        Block(kind="numbers", lines=("b", "c"), markers=("3.", "iv)")),
        Block(kind="numbers", lines=("d",)),
    )

    assert shown(blocks=blocks) == (
        "<p>one<br>two</p><h2>head</h2><blockquote><p>said</p></blockquote><ul><li>a</li></ul>"
        '<ol><li value="3">b</li><li class="printed">iv) c</li></ol><ol><li>d</li></ol>'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p><p>شارع one</p><p>1. שלום</p><p>123</p>",
         '<p>one</p><p dir="rtl">شارع one</p><p dir="rtl">1. שלום</p><p>123</p>'),
        ("<p dir=rtl>one</p><p dir=auto>شارع</p><p dir=ltr>two</p>",
         '<p dir="rtl">one</p><p dir="rtl">شارع</p><p>two</p>'),
        ("<ul><li>شارع</li><li>one</li></ul>", '<ul dir="rtl"><li>شارع</li><li>one</li></ul>'),
        ("<ul><li>one</li><li>شارع</li></ul>", "<ul><li>one</li><li>شارع</li></ul>"),
        ("<ol><li><p>1</p><p>شارع</p></li></ol>", '<ol dir="rtl"><li><p>1</p><p>شارع</p></li></ol>'),
        ("<ul><li dir=rtl>one</li></ul>", '<ul dir="rtl"><li>one</li></ul>'),
        ("<ul><li>one<ul><li>شارع</li></ul></li></ul>", '<ul><li>one<ul dir="rtl"><li>شارع</li></ul></li></ul>'),
        ("<table><tr><td>1</td><td>شارع</td></tr><tr><td>one</td><td></td></tr></table>",
         '<div dir="rtl" class="sideways" tabindex="0"><table><tbody><tr><td>1</td><td>شارع</td></tr>'
         '<tr><td dir="ltr">one</td><td></td></tr></tbody></table></div>'),
        ("<blockquote><p>شارع</p><p>one</p></blockquote>",
         '<blockquote dir="rtl"><p>شارع</p><p dir="ltr">one</p></blockquote>'),
        ("<dl><dt>شارع</dt><dd>one</dd></dl>", '<dl dir="rtl"><dt>شارع</dt><dd dir="ltr">one</dd></dl>'),
        ("<p>a <bdo dir=rtl>b</bdo></p>", '<p>a <bdo dir="rtl">b</bdo></p>'),
    ],
)  # fmt: skip
def test_every_part_has_the_direction_of_its_own_words_and_items_and_rows_that_of_all(html, expected):
    assert shown(html) == expected


def test_lists_of_plain_text_have_their_direction_too():
    blocks = (Block(kind="bullets", lines=("شارع", "one"), markers=("•", "•")),)

    assert shown(blocks=blocks) == '<ul dir="rtl"><li>شارع</li><li>one</li></ul>'


@pytest.mark.parametrize(
    ("html", "typed", "expected"),
    [
        ("<p>The rain, the <b>rains</b> of\n may</p>", "rain",
         "<p>The <mark>rain</mark>, the <b><mark>rains</mark></b> of\n may</p>"),
        ("<p>It rained cats &amp; dogs</p>", '"cats dogs"', "<p>It rained <mark>cats &amp; dogs</mark></p>"),
        ("<p>title:x rain</p>", "title:rain", "<p>title:x rain</p>"),
        ("<p>rain</p>", "label:rain", "<p>rain</p>"),
        ('<p>see <a href="http://h/rain">http://h/rain</a></p>', "rain",
         '<p>see <a href="http://h/rain" rel="nofollow noopener noreferrer ugc">http://h/<mark>rain</mark></a></p>'),
        ("<p>cold <em>rain</em> fell</p>", '"cold rain"', "<p><mark>cold</mark> <em><mark>rain</mark></em> fell</p>"),
        ("<p>a <b>cold</b> <i>and <u>wet</u> </i>day</p>", '"cold and wet day"',
         "<p>a <b><mark>cold</mark></b> <i><mark>and</mark> <u><mark>wet</mark></u> </i><mark>day</mark></p>"),
        ("<p><b>R</b>ains fell</p>", "rain", "<p><b><mark>R</mark></b><mark>ains</mark> fell</p>"),
        ("<p>cold<br>rain</p>", '"cold rain"', "<p><mark>cold</mark><br><mark>rain</mark></p>"),
        ("<ul>\n<li>cold</li>\n<li>rain</li>\n</ul>", '"cold rain"',
         "<ul><li><mark>cold</mark></li><li><mark>rain</mark></li></ul>"),
        ("<table><tr><td>cold</td>\n<td>rain</td></tr></table>", '"cold rain"',
         '<div class="sideways" tabindex="0"><table><tbody><tr><td><mark>cold</mark></td>\n<td><mark>rain</mark></td>'
         "</tr></tbody></table></div>"),
        ("<p>cold</p>rain", "coldrain", "<p>cold</p><p>rain</p>"),
    ],
)  # fmt: skip
def test_what_was_searched_is_marked_in_the_words_and_nowhere_else(html, typed, expected):
    assert shown(html, typed) == expected


INLINE = st.sampled_from(["{}", "<b>{}</b>", "<a href='http://h/'>{}</a>", "<em><u>{}</u></em>", "<q>{}", "{}</q>"])


@given(st.lists(st.tuples(INLINE, st.sampled_from(["cold", "rain", "rains", "Cold", " ", " ", "\n", ", "]))))
def test_elements_in_a_line_hide_no_match(parts):
    plain, query = "".join(text for _, text in parts), parse('"cold rain" rain')
    html = "".join(element.format(text) for element, text in parts)
    soup = BeautifulSoup(shown(f"<p>{html}</p>", '"cold rain" rain'), "html.parser")

    assert "".join("".join(mark.get_text() for mark in soup.select("mark")).split()) == "".join(
        "".join(part.text for part in mark_body(plain, query, "en") if part.marked).split()
    )


@given(st.lists(st.sampled_from(["rain", "Rains", " ", "\n\t", "\xa0", "wind", ", ", "-", "é"])).map("".join))
def test_marking_changes_no_letter_and_no_space(text):
    assert "".join(part.text for part in mark_body(text, parse('rain "rain wind"'), "en")) == text


CONTEXTS = (
    "{}", "<p>{}</p>", "<b>{}</b>", "<table><td>{}</table>", '<a href="{}">x</a>', "<p title='{}' lang=\"{}\">x</p>",
    "<ul><li>{}</ul>", "<pre>{}</pre>", "<blockquote>{}", "<!--{}-->",
)  # fmt: skip
ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "javascript:alert(1)",
    "java\tscript:alert(1)", "&#106;avascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<style>@import 'http://x'</style>",
)  # fmt: skip


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_hidden_in_a_body_runs_or_leads_to_what_runs(context, attack):
    """The pieces are safe by themselves, whether or not what came before has cleaned the HTML."""
    html = context.replace("{}", attack)
    for post in (post_of(f"{html}<p>word"), write_post("Rain", None, "", html=html)):
        soup = BeautifulSoup(write(pieces_of(post)), "html.parser")
        attributes = {name for element in soup.find_all(True) for name in element.attrs}

        assert {element.name for element in soup.find_all(True)} <= ELEMENTS
        assert attributes <= {
            "href",
            "rel",
            "dir",
            "lang",
            "title",
            "start",
            "value",
            "colspan",
            "rowspan",
            "class",
            "tabindex",
            "id",
        }
        assert all(re.match("https?://|#place-[0-9]+$", a["href"]) for a in soup.select("[href]"))


@pytest.mark.parametrize("name", ["b", "div", "blockquote", "ul", "li", "table", "a"])
def test_elements_as_deep_as_can_be_keep_their_word(name):
    deep = f"<{name}>" * 399 + "word"

    for post in (post_of(deep), write_post("Rain", None, "", html=deep)):
        assert "word" in BeautifulSoup(write(pieces_of(post)), "html.parser").get_text()


TAGS = st.sampled_from("p div b a ul ol li table tr td h2 blockquote br hr dl dd pre center legend".split())
TREES = st.recursive(
    st.sampled_from(["word", " ", "a\n\nb", "b word ", "&lt;"]),
    lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@given(TREES)
def test_no_word_is_lost_and_every_element_is_closed_where_it_stands(html):
    post = post_of(html)
    pieces = pieces_of(post)
    open_ones = []
    for piece in pieces:
        if piece.start and piece.start not in ("br", "hr"):
            open_ones.append(piece.start)
        elif piece.end:
            assert open_ones.pop() == piece.end

    assert open_ones == []
    said = "".join(piece.text for piece in pieces)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", escaping.unescape(re.sub("<[^>]*>", "", post.html)))
    assert started(nh3.clean(write(pieces), tags=ELEMENTS)) == [piece.start for piece in pieces if piece.start]


PLACES = st.lists(
    st.tuples(
        st.sampled_from("p div b a span ul li table td h2 main blockquote br img hr em legend".split()),
        st.sampled_from(["id=x", "name=x", "id=y", "href=#x", "href=#y", "id=x href=#y", "href=#place-1 id=place-1"]),
        st.sampled_from(["", "word", " "]),
        st.booleans(),
    ),
    max_size=8,
).map(lambda tags: "".join(f"<{name} {said}>{text}{f'</{name}>' * closed}" for name, said, text, closed in tags))


@given(PLACES)
def test_links_within_a_post_lead_to_a_place_that_is_there_once(html):
    for post in (post_of(html), write_post("Rain", None, "", html=html)):
        soup = BeautifulSoup(write(pieces_of(post)), "html.parser")
        places = [each["id"] for each in soup.select("[id]")]

        assert len(set(places)) == len(places)
        assert {a["href"][1:] for a in soup.select("a[href^='#']")} <= set(places)
        assert all(re.fullmatch("place-[0-9]+", place) for place in places)


@given(PLACES)
def test_places_change_no_word(html):
    without = re.sub(" (id|name|href)=[^ >]*", "", html)

    assert words_of(html) == words_of(without)


def words_of(html):
    return re.sub(r"\s", "", "".join(piece.text for piece in pieces_of(post_of(html))))


SCRIPTS = TREES.map(lambda html: re.sub("word", "شارع", html, count=1)) | TREES


@given(SCRIPTS)
def test_what_stands_together_runs_in_the_direction_of_its_first_letter(html):
    soup = BeautifulSoup(shown(html), "html.parser")
    for part in soup.select("p, h2, ul, ol, dl, dt, dd, table, td, blockquote, pre"):
        first = re.search("[a-zش]", part.get_text())
        directions = [each["dir"] for each in (part, *part.parents) if each.has_attr("dir")]

        assert not first or (directions or ["ltr"])[0] == ("rtl" if first[0] == "ش" else "ltr")
    assert soup.select("li[dir], tr[dir], tbody[dir]") == []


@given(TREES)
def test_marks_add_nothing_but_themselves_around_words(html):
    post = post_of(html)
    plain, marked = pieces_of(post), pieces_of(post, 'word "word a" "b word" "a b"')
    inside = [marked[place + 1] for place, piece in enumerate(marked) if piece.start == "mark"]

    assert joined(marked) == joined(plain)
    assert all(marked[place + 2].end == "mark" for place, piece in enumerate(marked) if piece.start == "mark")
    assert all(piece.text and piece.text == piece.text.strip() for piece in inside)


def joined(pieces):
    """The tags and texts without the marks, neighbouring texts as one."""
    kept = [piece for piece in pieces if "mark" not in (piece.start, piece.end)]
    return [
        "".join(piece.text for piece in some) if is_text else [(each.start, each.attributes, each.end) for each in some]
        for is_text, some in groupby(kept, key=lambda piece: bool(piece.text))
    ]


def started(html):
    """The elements that begin, as a browser's own parser finds them."""
    return re.findall("<([a-z0-9]+)", html)
