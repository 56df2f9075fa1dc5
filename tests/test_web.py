"""The page as browsers, crawlers and strangers meet it."""

import ast
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup

import payloads
from archivesearch import pages, pages_post, pages_search
from archivesearch.archive import Archive
from archivesearch.coverage import cover
from archivesearch.dates import DateSource, Published
from archivesearch.errors import ArchiveSearchError, CatalogError, EngineUnavailable, IndexOutdated
from archivesearch.posts import Block, Post, Provenance, post_id
from archivesearch.search import Around, Hit, Search, Stamp
from archivesearch.settings import LANGUAGES, Settings
from archivesearch.snippets import snippet
from archivesearch.web import create_app, serve, slots
from archivesearch.web.app import SECURITY_HEADERS
from archivesearch.web.serving import SERVER
from archivesearch.web.slots import SEARCHES_AT_ONCE, SEARCHES_IN_LINE
from oracle import Oracle
from served import archive_of, client_of

WEB = Path(__file__).parent.parent / "web"


def found_at(dump, line=1, **more):
    return Provenance(dump=dump, sha256="0f" * 32, reader="page-text", line=line, start=1200, end=3400, **more)


def write_post(title, day, text, **more):
    published = day and Published(moment=day, source=DateSource.HEADING, printed=f"{day:%d %B %Y}")
    body = more.pop("body", None) or (Block(lines=(text,)),)
    more = {"language": "en", "provenance": (found_at("hills.txt"),)} | more
    return Post(id=post_id(published, title), title=title, published=published, body=body, **more)


RAIN = write_post(
    "Rain on the hills",
    date(2021, 2, 6),
    "",
    body=(
        Block(lines=("The rain came late this year.", "It stayed for a week.")),
        Block(kind="bullets", lines=("Roofs were mended.", "Wells filled."), markers=("•", "•")),
        Block(kind="numbers", lines=("Clear the drains.", "Count the sandbags."), markers=("3.", "4.")),
        Block(kind="numbers", lines=("by hand", "by cart"), markers=("a)", "b)")),
    ),
    labels=("Weather", "Hills & valleys"),
    countries=("Nepal",),
    permalink="http://blog.example/2021/02/rain.html",
    provenance=(
        found_at("hills.txt", 12, certainty=0.85, evidence="a title between blank lines"),
        found_at("rain.txt"),
    ),
)
DIKE = write_post("De dijk bij het dorp", date(2019, 8, 17), "De dijk is weer hoog genoeg.", language="nl")
LOST = write_post("A note without a day", None, "Nobody wrote down when this rain fell.", language=None)
POSTS = (RAIN, DIKE, LOST)


class ShelfArchive:
    """An archive in memory: the oracle with snippets."""

    def __init__(self, posts=POSTS, title="Archive of the hills", introduction="What the valley wrote."):
        self.settings = Settings(title=title, introduction=introduction)
        self._engine = Oracle()
        self._engine.rebuild(posts, Stamp(schema=1, analysis=1, catalog=""))

    def post(self, post_id):
        return self._engine.post(post_id)

    def present_id(self, post_id):
        return None

    def around(self, post_id, similar):
        return self._engine.around(post_id, similar)

    def duplicates(self, of):
        return ()

    def coverage(self):
        posts = self._engine.search(Search(size=10_000)).hits
        return cover(day_and_dumps(hit.post) for hit in posts)

    def search(self, search):
        results = self._engine.search(search)
        hits = [replace(hit, snippet=passage(hit.post, search.query)) for hit in results.hits]
        return replace(results, hits=tuple(hits))


def day_and_dumps(post):
    return post.published and post.published.day_key, frozenset(copy.dump for copy in post.provenance)


def passage(post, query):
    return snippet(post.text, query, post.language)


class BrokenArchive(ShelfArchive):
    def __init__(self, error):
        super().__init__()
        self._error = error

    def search(self, search):
        raise self._error

    def post(self, post_id):
        raise self._error

    def around(self, post_id, similar):
        raise self._error

    def coverage(self):
        raise self._error


EXAMPLE = ShelfArchive()


@pytest.fixture(scope="module")
def client():
    return client_of(EXAMPLE)


def get(client, path, **params):
    response = client.get(f"{path}?{urlencode(params, doseq=True)}" if params else path)
    return BeautifulSoup(response.text, "lxml")


def texts(found):
    return [" ".join(part.get_text().split()) for part in found]


def hit_titles(soup):
    return texts(soup.select(".hit .name"))


# What is found


def test_the_start_page_shows_the_posts_and_says_what_the_archive_is(client):
    soup = get(client, "/")

    assert texts(soup.select("h1")) == ["Archive of the hills"]
    assert "What the valley wrote." in soup.get_text()
    assert hit_titles(soup) == [post.title for post in POSTS]
    assert soup.select_one("meta[name=robots]") is None


def test_the_start_page_of_an_empty_archive_says_how_to_fill_it():
    soup = get(client_of(ShelfArchive(posts=())), "/")

    assert "archivesearch import" in soup.main.get_text()


def test_a_search_shows_what_it_found_with_its_words_marked(client):
    soup = get(client, "/", q="rain")

    assert texts(soup.select("h1")) == ["2 posts found"]
    assert hit_titles(soup) == ["Rain on the hills", "A note without a day"]
    assert set(texts(soup.select(".hit mark"))) == {"Rain", "rain"}
    assert "posts with “rain”" in soup.main.get_text()
    assert soup.select_one("#q")["value"] == "rain"


def test_results_are_kept_out_of_the_indexes_of_search_engines(client):
    assert get(client, "/", q="rain").select_one("meta[name=robots]")["content"] == "noindex"


def test_a_hit_says_its_date_countries_labels_and_other_dumps(client):
    about = texts(get(client, "/", q="hills").select(".hit .about"))

    assert about == [
        "6 February 2021 Countries: Nepal Labels: Weather, Hills & valleys also in 1 dump",
    ]


def test_an_undated_post_says_so(client):
    assert texts(get(client, "/", q="nobody").select(".hit .about")) == ["undated"]


def test_a_label_of_a_hit_leads_to_the_same_search_with_that_label(client):
    link = get(client, "/", q="rain").find("a", string="Hills & valleys")
    soup = get(client, link["href"])

    assert link["rel"] == ["nofollow"]
    assert hit_titles(soup) == ["Rain on the hills"]
    assert texts(soup.select(".chips li")) == ["Remove filter: Label: Hills & valleys ×"]


def test_nothing_found_says_what_was_searched_and_what_to_try(client):
    soup = get(client, "/", q="volcano", year="2019")

    assert texts(soup.select("h1")) == ["Nothing found"]
    assert "“volcano”" in soup.main.get_text()
    assert soup.find("a", string="The same search without filters")["href"] == "/?q=volcano"


# Facets


def sent_by_form(soup):
    """What a browser sends when the form is sent as it stands."""
    form = soup.select_one("form#search")
    fields = form.select("input[name]") + soup.select("input[form=search]")
    checked = [f for f in fields if f.get("type") != "checkbox" or f.has_attr("checked")]
    return [(field["name"], field.get("value", "")) for field in checked]


def test_every_facet_shows_its_values_in_words_with_counts(client):
    soup = get(client, "/", q="rain")
    shown = {texts([field.legend])[0]: texts(field.select(".value")) for field in soup.select("aside fieldset")}

    assert shown == {
        "Country": ["Nepal 1 post", "not about one country 1 post"],
        "Year": ["2021 1 post", "undated 1 post"],
        "Label": ["Hills & valleys 1 post", "Weather 1 post", "without label 1 post"],
        "Language": ["English 1 post", "not known 1 post"],
        "Published": [],
    }


def test_picked_values_are_checked_stand_first_and_have_a_link_that_takes_them_away(client):
    soup = get(client, "/", q="rain", year=["none", "2021"], language="en")
    year = soup.select("aside fieldset")[1]

    assert [box["value"] for box in year.select("input[checked]")] == ["2021", "none"]
    assert [parse_qs(urlsplit(chip["href"]).query) for chip in soup.select(".chips a")] == [
        {"q": ["rain"], "year": ["2021"], "language": ["en"]},
        {"q": ["rain"], "year": ["none"], "language": ["en"]},
        {"q": ["rain"], "year": ["none", "2021"]},
        {"q": ["rain"]},
    ]


def test_picked_values_stand_above_the_list_of_the_others():
    posts = [write_post(f"Note {n}", date(2020, 1, 1 + n), "Rain.", labels=(f"label {n:02}",)) for n in range(20)]
    soup = get(client_of(ShelfArchive(posts)), "/", label="label 17")
    label = soup.find("legend", string="Label").parent

    assert [box["value"] for box in label.select(".picked input")] == ["label 17"]
    assert len(label.select(".values.long input")) == 19


def test_sending_the_form_unchanged_asks_for_the_same_search(client):
    asked = {"q": ["rain"], "year": ["2021"], "from": ["2020"], "to": ["2021-03"], "sort": ["newest"], "size": ["5"]}
    soup = get(client, "/", **asked)
    sent = {}
    for name, value in sent_by_form(soup):
        sent.setdefault(name, []).append(value)

    assert sent == asked


def test_dates_narrow_the_search_down_and_can_be_taken_away(client):
    soup = get(client, "/", **{"from": "2019-08", "to": "2019"})

    assert hit_titles(soup) == ["De dijk bij het dorp"]
    assert [(texts([a])[0], a["href"]) for a in soup.select(".chips a")] == [
        ("Remove filter: August 2019 to December 2019 ×", "/?sort=relevance"),
    ]


def test_an_order_is_a_link_that_keeps_the_search(client):
    soup = get(client, "/", q="rain", sort="oldest", page="1")
    orders = soup.select("nav[aria-label=Order] a")

    assert texts(orders) == ["Relevance", "Newest", "Oldest", "Title"]
    assert [a["href"] for a in orders if a.has_attr("aria-current")] == ["/?q=rain&sort=oldest"]


# Paging


@pytest.fixture(scope="module")
def long_client():
    posts = [write_post(f"Note {n}", date(2020, 1, 1), "Rain again.") for n in range(1203)]
    return client_of(ShelfArchive(posts))


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (1, "Page 1 Page 2 Page 3 … Page 100 Next"),
        (4, "Previous Page 1 Page 2 Page 3 Page 4 Page 5 Page 6 … Page 100 Next"),
        (50, "Previous Page 1 … Page 48 Page 49 Page 50 Page 51 Page 52 … Page 100 Next"),
        (97, "Previous Page 1 … Page 95 Page 96 Page 97 Page 98 Page 99 Page 100 Next"),
        (100, "Previous Page 1 … Page 98 Page 99 Page 100"),
    ],
)
def test_pages_are_numbered_around_the_present_one(long_client, page, shown):
    soup = get(long_client, "/", q="rain", page=page)

    assert " ".join(texts(soup.select(".pages li"))) == shown
    assert texts(soup.select(".pages [aria-current=page]")) == [f"Page {page}"]
    assert soup.select_one(".hits")["start"] == str(page * 10 - 9)


def test_more_hits_than_can_be_paged_through_lead_to_each_year_alone(long_client):
    soup = get(long_client, "/", q="rain", page=100)

    assert "Only the first 1,000 posts can be paged through." in soup.main.get_text()
    assert [(a.get_text(), a["href"]) for a in soup.select(".beyond a")] == [
        ("2020: 1,203 posts", "/?q=rain&year=2020")
    ]


def test_hits_beyond_a_thousand_are_refused_with_a_sentence(long_client):
    response = long_client.get("/?q=rain&page=101")

    assert response.status_code == 400
    assert "Only the first 1,000 hits can be paged through" in response.text


def test_a_page_that_a_search_does_not_have_leads_to_its_first(client):
    soup = get(client, "/", q="rain", page=7)

    assert soup.find("a", string="Go to its first page")["href"] == "/?q=rain"


def test_words_that_stand_for_a_title_or_a_text_are_in_the_language_of_the_page():
    posts = [
        write_post("", date(2021, 2, 6), "regen", language="nl"),
        write_post("Regen", date(2021, 2, 7), "regen", language="nl"),
    ]
    posts.append(replace(posts[0], id="2021-02-08-00000000", body=()))
    client = client_of(ShelfArchive(posts))
    bare, titled = get(client, f"/post/{posts[0].id}"), get(client, f"/post/{posts[1].id}")
    hits = get(client, "/", q="regen").select(".hit")

    assert {hit.a.get_text(): (hit.a.get("lang"), hit.select_one(".snippet")["lang"]) for hit in hits} == {
        "(without title)": (None, "nl"), "Regen": ("nl", "nl"),
    }  # fmt: skip
    assert [(page.h1.get("lang"), page.select_one(".body")["lang"]) for page in (bare, titled)] == [
        (None, "nl"), ("nl", "nl"),
    ]  # fmt: skip
    assert titled.select_one(".beside a").get("lang") is None
    assert bare.select_one(".citation bdi").get("lang") is None
    assert get(client, f"/post/{posts[2].id}").select_one(".body").get("lang") is None


# The page of a post


def test_a_post_shows_its_paragraphs_and_lists_as_structure(client):
    body = get(client, f"/post/{RAIN.id}").select_one(".body")

    assert [str(part) for part in body.find_all(["p", "ul", "ol"])] == [
        "<p>The rain came late this year.<br/>It stayed for a week.</p>",
        "<ul><li>Roofs were mended.</li><li>Wells filled.</li></ul>",
        '<ol><li value="3">Clear the drains.</li><li value="4">Count the sandbags.</li></ol>',
        '<ol><li class="printed">a) by hand</li><li class="printed">b) by cart</li></ol>',
    ]


def test_a_post_says_when_it_was_published_and_where_the_date_was_read(client):
    soup = get(client, f"/post/{RAIN.id}")

    assert soup.time["datetime"] == "2021-02-06"
    assert "6 February 2021 (from the page heading “06 February 2021”)" in texts(soup.select("dd"))
    assert "undated" in texts(get(client, f"/post/{LOST.id}").select("dd"))


def test_a_post_links_to_the_searches_that_its_labels_countries_and_language_are(client):
    links = get(client, f"/post/{RAIN.id}").select("dl.about a[href^='/']")

    assert [a["href"] for a in links] == [
        "/?country=Nepal",
        "/?label=Weather",
        "/?label=Hills+%26+valleys",
        "/?language=en",
    ]
    assert all(a["rel"] == ["nofollow"] for a in links)


def test_a_post_shows_every_copy_that_the_dumps_hold(client):
    copies = texts(get(client, f"/post/{RAIN.id}").select(".provenance li"))

    assert copies == [
        "hills.txt Where exactly (hills.txt) Line 12 Bytes 1,200 to 3,400 Reader page-text "
        f"Certainty 85% a title between blank lines SHA-256 {'0f' * 32}",
        f"rain.txt Where exactly (rain.txt) Line 1 Bytes 1,200 to 3,400 Reader page-text Certainty 100% SHA-256 {'0f' * 32}",
    ]


def test_a_post_of_another_language_says_which(client):
    soup = get(client, f"/post/{DIKE.id}")

    assert (soup.html["lang"], soup.h1["lang"], soup.select_one(".body")["lang"]) == ("en", "nl", "nl")
    assert get(client, "/", q="dijk").select_one(".snippet")["lang"] == "nl"


def test_a_link_out_of_the_archive_tells_neither_where_it_comes_from_nor_crawlers_to_follow(client):
    link = get(client, f"/post/{RAIN.id}").find("a", string=RAIN.permalink)

    assert link["href"] == RAIN.permalink
    assert link["rel"] == ["nofollow", "noopener", "noreferrer", "ugc"]


@pytest.mark.parametrize(
    "permalink",
    ["javascript:alert(1)", "data:text/html,x", "ftp://blog.example/", "//blog.example/", "http://", "http://[", "x"],
)
def test_only_http_and_https_addresses_become_links(permalink):
    post = replace(RAIN, permalink=permalink)
    soup = get(client_of(ShelfArchive([post])), f"/post/{post.id}")

    assert [a for a in soup.select("a[href]") if not a["href"].startswith(("/", "#"))] == []


def test_a_post_without_title_or_text_still_has_a_page():
    post = write_post("", None, "", provenance=())
    client = client_of(ShelfArchive([replace(post, body=())]))

    assert texts(get(client, f"/post/{post.id}").select("h1")) == ["(without title)"]
    assert hit_titles(get(client, "/")) == ["(without title)"]


# Coverage


def on_days(*days, dump="hills.txt"):
    """Posts of these days, written as exactly as they are known."""
    precisions = {4: "year", 7: "month", 10: "day"}
    for number, day in enumerate(days):
        moment = date.fromisoformat(day + "-01-01"[len(day) - 4 :])
        published = Published(moment=moment, precision=precisions[len(day)], source=DateSource.PERMALINK)
        yield replace(write_post(f"Note {number}", moment, "Rain."), published=published, provenance=(found_at(dump),))


HILLS = (
    *on_days("2017-02-03", "2017-02-04", "2017-05", "2017", "2021-11-30"),
    *on_days("2017-02-05", dump="b.txt"),
    LOST,
)


@pytest.fixture(scope="module")
def hills():
    return client_of(ShelfArchive(HILLS))


def test_every_page_leads_to_the_coverage(client):
    for path in ("/", "/?q=rain", f"/post/{RAIN.id}", "/nothing", "/coverage"):
        assert get(client, path).select_one("footer a")["href"] == "/coverage"


def rectangle(drawn):
    """Left, top, width and height of what a path outlines."""
    left, top, width, height = map(int, re.fullmatch(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", drawn["d"]).groups())
    return left, top, width, height


def test_the_bars_of_a_year_stand_in_their_columns_on_one_line_inside_the_picture(hills):
    for picture in get(hills, "/coverage").select("svg"):
        _, _, width, height = map(int, picture["viewbox"].split())
        base = float(re.fullmatch(rf"M0 ([\d.]+)h{width}", picture.select_one(".base")["d"])[1])
        columns, bars, empty = (
            [rectangle(each) for each in picture.select(f".{kind}")] for kind in ("column", "bar", "empty")
        )

        assert {x % 24 for x, *_ in (*columns, *empty)} == {0}
        assert all(0 <= x <= width - w and 0 <= y <= height - h for x, y, w, h in (*columns, *bars, *empty))
        for (x, y, w, h), (left, top, wide, high) in zip(columns, bars, strict=True):
            assert x < left < left + wide < x + w
            assert y < top < top + high == int(base) < y + h
        assert [int(text["x"]) for text in picture.select("text")] == [24 * n + 12 for n in range(12)]


def test_where_something_of_the_picture_stands_is_not_reckoned_in_its_template():
    template = (WEB / "templates" / "coverage.html").read_text("utf-8")

    assert re.findall(r' (?:viewBox|x|y|width|height|d)="[^"]*[1-9]', template) == []


def test_each_bar_is_a_link_to_the_posts_of_its_month_and_says_how_many(hills):
    soup = get(hills, "/coverage")
    bars = {texts([link.title])[0]: link for link in soup.select("svg a")}
    heights = [rectangle(bar)[3] for bar in soup.select("svg .bar")]

    assert list(bars) == ["February 2017: 3 posts", "May 2017: 1 post", "November 2021: 1 post"]
    assert bars["February 2017: 3 posts"]["href"] == "/?from=2017-02&to=2017-02"
    assert [len(hit_titles(get(hills, link["href"]))) for link in bars.values()] == [3, 1, 1]
    assert heights == [72, 24, 24]
    assert {link["rel"][0] for link in bars.values()} == {"nofollow"}


def test_a_picture_says_in_words_what_it_shows(hills):
    soup = get(hills, "/coverage")
    first = soup.select("svg")[0]

    assert texts([soup.find(id=first["aria-labelledby"]), soup.find(id=first["aria-describedby"])]) == [
        "2017: 5 posts",
        "A bar for each month. No post in March, April, June, July, August, September, October, November, December.",
    ]


def test_the_table_has_a_row_a_year_and_years_without_a_post_in_one(hills):
    table = get(hills, "/coverage").select_one("table.months")

    assert [texts(row.select("th, td")) for row in table.select("tr")] == [
        [*"Year Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(), "Month not known", "Total"],
        ["2017", "", "3", "0", "0", "1", *"0000000", "1", "5"],
        ["2018 to 2020", "no post", "0", "0"],
        ["2021", *"0000000000", "1", "", "0", "1"],
    ]
    assert {cell["scope"] for cell in table.select("th")} == {"col", "row"}


def test_the_coverage_tells_the_posts_of_each_dump_and_those_that_only_it_has(client):
    rows = [texts(row.select("th, td")) for row in get(client, "/coverage").select("tbody")[1].select("tr")]

    assert rows == [
        ["hills.txt", "August 2019", "February 2021", "3", "2"],
        ["rain.txt", "February 2021", "February 2021", "1", "0"],
    ]


def test_the_coverage_tells_gaps_and_posts_without_month_or_date_in_words(hills):
    soup = get(hills, "/coverage")
    said = " ".join(soup.main.get_text().split())

    assert texts(soup.select(".gaps li")) == [
        "No post from June 2017 to October 2021 (53 months); of 1 post of that time only the year is known",
        "No post from March 2017 to April 2017 (2 months); of 1 post of that time only the year is known",
    ]
    assert "7 posts from February 2017 to November 2021, each counted once. Of 1 post only the year is known" in said
    assert soup.find("a", string="1 post without a date")["href"] == "/?year=none"


def test_many_gaps_unfold():
    posts = on_days(*(f"20{year}-0{month}-01" for year in (10, 11, 12) for month in (1, 3, 5, 7, 9)))
    soup = get(client_of(ShelfArchive(posts)), "/coverage")

    assert len(soup.select("section > ol.gaps > li")) == 12
    assert texts(soup.select("details summary")) == ["2 shorter or later gaps"]
    assert soup.select_one("details ol")["start"] == "13"


@pytest.mark.parametrize("posts", [(), (LOST,), tuple(on_days("2019")), tuple(on_days("0001", "9999-12"))])
def test_an_archive_without_dates_or_with_odd_ones_has_a_coverage(posts):
    response = client_of(ShelfArchive(posts)).get("/coverage")

    assert response.status_code == 200
    assert len(response.text) < 20_000
    assert ("There are no posts yet" in response.text) == (not posts)


# Errors


def test_a_post_that_is_not_there_is_a_page_of_our_own(client):
    response = client.get("/post/2020-01-01-00000000")

    assert response.status_code == 404
    assert "There is no such page" in response.text
    assert "2020-01-01-00000000" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", f"/post/{RAIN.id}", "/healthz", "/robots.txt", "/static/page.css"])
def test_nothing_but_reading_is_allowed(client, method, path):
    response = client.open(path, method=method)

    assert response.status_code == 405
    assert {allowed.strip() for allowed in response.headers["Allow"].split(",")} == {"GET", "HEAD"}
    assert "can only be read" in response.text


def test_a_part_that_a_file_does_not_have_is_said_to_be_none_with_how_long_the_file_is(client):
    response = client.get("/static/page.css", headers={"Range": "bytes=999999-"})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(client.get('/static/page.css').data)}"
    assert "The file has no such part" in response.text


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"q": "r" * 257}, "shorten it to 256"),
        ({"q": "rain", "from": "may"}, "such as 2019, 2019-05 or 2019-05-03"),
        ({"q": "rain", "page": "0"}, "must be a whole number from 1 to 1,000"),
        ({"q": "rain", "label": list("abcdefghi")}, "At most 8 values"),
        ({"q": "rain", "sort": "luck"}, "must be one of relevance, newest, oldest, title"),
    ],
)
def test_a_search_that_cannot_be_read_says_why_and_keeps_what_was_typed(client, params, sentence):
    response = client.get("/", query_string=params)
    soup = BeautifulSoup(response.text, "lxml")

    assert response.status_code == 400
    assert sentence in soup.select_one("[role=alert]").get_text()
    assert soup.select_one("#q")["value"] == params["q"]


def test_a_search_that_cannot_be_read_keeps_its_filters_and_dates_to_be_mended(client):
    soup = get(client, "/", **{"q": "rain", "label": "Weather", "from": "may", "to": "2020"})

    assert sent_by_form(soup) == [("q", "rain"), ("label", "Weather"), ("from", "may"), ("to", "2020")]


def test_a_search_that_cannot_be_read_keeps_what_its_form_has_no_field_for_if_that_can_be_read(client):
    choices = {"sort": "newest", "size": "20", "match": "any", "dump": ["hills.txt", "b"], "facet-sort": "name"}
    sent = sent_by_form(get(client, "/", q="rain", page="2", country="Nepal", **{"from": "abc"}, **choices))
    mended = [(name, "2020" if name == "from" else value) for name, value in sent]

    assert {(name, value) for name, value in sent if name in choices} == {
        ("sort", "newest"), ("size", "20"), ("match", "any"), ("dump", "hills.txt"), ("dump", "b"),
        ("facet-sort", "name"),
    }  # fmt: skip
    assert "page" not in dict(sent)
    assert client.get("/", query_string=mended).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("sort", "luck"), ("size", "0"), ("since-import", "x"), ("page", "0")])
def test_what_no_field_can_mend_is_not_kept(client, name, value):
    soup = get(client, "/", **{"q": "rain", "match": "any", name: value})

    assert sent_by_form(soup) == [("q", "rain"), ("match", "any")]
    assert client.get("/", query_string=sent_by_form(soup)).status_code == 200


@pytest.mark.parametrize("kind", [EngineUnavailable, IndexOutdated, CatalogError])
@pytest.mark.parametrize("path", ["/?q=rain", f"/post/{RAIN.id}", "/coverage", "/healthz"])
def test_an_archive_that_cannot_answer_is_a_503_that_keeps_the_reason_to_its_maintainer(kind, path, caplog):
    client = client_of(BrokenArchive(kind("The index in /srv/hills is gone:\nrun archivesearch reindex.")))
    response = client.get(path)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "/srv/hills" not in response.text
    assert [record.getMessage() for record in caplog.records] == [
        "The archive cannot answer: The index in /srv/hills is gone: run archivesearch reindex."
    ]


def test_a_fault_of_the_program_shows_no_path_version_or_traceback():
    response = client_of(BrokenArchive(ZeroDivisionError("at /srv/hills/x.py"))).get("/?q=rain")

    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert not re.search(r"Traceback|ZeroDivision|\.py|Werkzeug|Flask|\d\.\d", response.text)


class BusyArchive(ShelfArchive):
    """Searches last until `finish` is set; each says when it has begun."""

    def __init__(self):
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.finish = threading.Event()

    def search(self, search):
        self.begun.release()
        self.finish.wait()
        return super().search(search)


def search_in_thread(app, statuses):
    def search():
        statuses.put(app.test_client().get("/?q=rain").status_code)

    thread = threading.Thread(target=search)
    thread.start()
    return thread


def test_searches_wait_in_a_line_and_those_beyond_it_are_put_off_while_posts_are_shown(monkeypatch):
    monkeypatch.setattr(slots, "PATIENCE", 60)
    archive, statuses = BusyArchive(), SimpleQueue()
    app = create_app(archive)
    admitted = SEARCHES_AT_ONCE + SEARCHES_IN_LINE
    searching = [search_in_thread(app, statuses) for _ in range(admitted + 1)]
    try:
        first = statuses.get(timeout=30)  # all others have no answer before `finish`
        put_off = app.test_client().get("/?q=rain")
        shown = [app.test_client().get(path).status_code for path in ("/healthz", f"/post/{RAIN.id}")]
        at_once = [archive.begun.acquire(timeout=30) for _ in range(SEARCHES_AT_ONCE)]
        more = archive.begun.acquire(blocking=False)
    finally:
        archive.finish.set()
    for thread in searching:
        thread.join()

    assert SERVER["threads"] - admitted == 2
    assert first == 503
    assert (put_off.status_code, put_off.headers["Retry-After"]) == (503, "30")
    assert shown == [200, 200]
    assert all(at_once)
    assert not more
    assert [statuses.get() for _ in range(admitted)] == [200] * admitted
    assert app.test_client().get("/?q=rain").status_code == 200


def test_a_search_that_has_waited_long_enough_is_put_off(monkeypatch):
    monkeypatch.setattr(slots, "PATIENCE", 0.1)
    archive, statuses = BusyArchive(), SimpleQueue()
    app = create_app(archive)
    searching = [search_in_thread(app, statuses) for _ in range(SEARCHES_AT_ONCE)]
    try:
        assert all(archive.begun.acquire(timeout=30) for _ in searching)
        put_off = app.test_client().get("/?q=rain").status_code
    finally:
        archive.finish.set()
    for thread in searching:
        thread.join()

    assert put_off == 503
    assert [statuses.get() for _ in searching] == [200] * SEARCHES_AT_ONCE


def test_a_post_is_shown_without_those_like_it_while_every_place_is_taken():
    """To find them is a search, too: so many posts at once could hold up all that stays free for them."""
    archive, statuses = BusyArchive(), SimpleQueue()
    archive.around = lambda post_id, similar: Around(post=RAIN, similar=(Hit(post=DIKE, score=1.0),)[:similar])
    app = create_app(archive)
    searching = [search_in_thread(app, statuses) for _ in range(SEARCHES_AT_ONCE)]
    try:
        assert all(archive.begun.acquire(timeout=30) for _ in searching)
        alone = get(app.test_client(), f"/post/{RAIN.id}")
    finally:
        archive.finish.set()
    for thread in searching:
        thread.join()

    assert alone.select(".similar") == []
    assert DIKE.title in get(app.test_client(), f"/post/{RAIN.id}").select_one(".similar").text


# Strangers

PATHS = (
    "/",
    "/?q=rain",
    "/?q=rain&page=9",
    "/?page=0",
    f"/post/{RAIN.id}",
    "/coverage",
    "/post/x",
    "/nothing",
    "/healthz",
    "/robots.txt",
    "/static/page.css",
    "/static/icon.svg",
    "/static/page.js",
    "/static/results.js",
    "/static/none.css",
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers_and_no_cookie(client, path, method):
    headers = client.open(path, method=method).headers

    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Set-Cookie" not in headers


def test_errors_of_the_archive_and_of_the_program_carry_the_security_headers():
    for error in (EngineUnavailable("x"), ZeroDivisionError("x")):
        headers = client_of(BrokenArchive(error)).get("/").headers

        assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_content_security_policy_is_the_one_that_was_graded():
    assert SECURITY_HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_a_crawler_that_obeys_visits_no_address_with_a_question_mark(client):
    seen, ahead = set(), ["/"]
    while ahead:
        path = ahead.pop()
        seen.add(path)
        links = BeautifulSoup(client.get(path).text, "lxml").select("a[href^='/']")
        allowed = {a["href"] for a in links if "nofollow" not in a.get("rel", [])}
        ahead += sorted(allowed - seen - set(ahead))

    assert seen == {"/", "/coverage"} | {f"/post/{post.id}" for post in POSTS}


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "<!-- --><![CDATA[<x>]]>",
    "\u202egnp.exe\u2066 <a href=//x.example>",
    "<mark>rain</mark>",
    "\x00\x1b[31m\ufffe<base href=//x.example>",
    "`${alert(1)}`",
)
ELEMENTS = set(
    "html head meta title link body a header div form label input button aside details summary fieldset legend span p "
    "main h1 h2 h3 ul ol li nav time mark code article dl dt dd br section strong footer "
    "svg desc g rect path text table caption thead tbody tr th td figure figcaption bdi pre script".split()
)

SCRIPTS = [{"type": "module", "src": f"/static/{name}.js"} for name in ("page", "results")]


def poisoned(payload, post_id="2021-02-06-0a1b2c3d"):
    published = Published(moment=date(2021, 2, 6), source=DateSource.HEADING, printed=payload)
    block = Block(lines=(payload, payload))
    return Post(
        id=post_id,
        title=payload,
        published=published,
        body=(
            block,
            Block(kind="bullets", lines=(payload,)),
            Block(kind="numbers", lines=(payload,), markers=(payload,)),
        ),
        labels=(payload,),
        permalink=f"https://blog.example/{payload}",
        language=payload,
        countries=(payload,),
        provenance=(replace(found_at(payload), sha256=payload, reader=payload, evidence=payload),) * 2,
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_dumps_addresses_and_settings_stays_text(payload):
    archive = ShelfArchive([poisoned(payload)], title=payload, introduction=payload)
    client = client_of(archive)
    asked = {"q": payload, "label": payload, "country": payload, "year": payload, "language": payload}
    addresses = [
        "/",
        f"/?{urlencode({'label': payload})}",
        f"/?{urlencode(asked)}",
        f"/?{urlencode(asked | {'from': payload})}",
        f"/?{urlencode({payload: payload, 'sort': payload})}",
        "/post/2021-02-06-0a1b2c3d",
        "/coverage",
        f"/post/{quote(payload, safe='')}",
        f"/{quote(payload, safe='')}",
    ]
    for address in addresses:
        check_harmless(client.get(address).text)


def check_harmless(html):
    """Nothing on a page but what its templates write, and no link out of the archive but those of the post."""
    soup = BeautifulSoup(html, "lxml")
    elements = soup.find_all(True)

    assert {element.name for element in elements} <= ELEMENTS
    scripts = soup.select("script:not([type='application/ld+json'])")
    assert all(script.attrs in SCRIPTS for script in scripts)
    assert SCRIPTS[0] in [script.attrs for script in scripts]
    assert not [name for element in elements for name in element.attrs if name.startswith("on") or name == "style"]
    outside = "https://blog.example/", "https://web.archive.org/web/20210206/https://blog.example/"
    assert all(a["href"].startswith(("/", "#", *outside)) for a in soup.select("a[href]"))
    assert all(json.loads(script.text) for script in soup.select("script[type='application/ld+json']"))
    assert not [a for a in soup.select("a[href]") if a["href"].startswith("//")]


@pytest.fixture(scope="module")
def poisoned_client(tmp_path_factory):
    """The page of a real archive with a post for each payload, which stands in every field of it."""
    posts = [poisoned(payload, name) for name, payload in payloads.PAYLOADS.items()]
    with archive_of(tmp_path_factory.mktemp("poisoned"), posts) as archive:
        yield client_of(archive)


@pytest.mark.parametrize("way", payloads.WAYS_OUT)
def test_no_way_out_of_its_place_makes_a_text_anything_else(poisoned_client, way):
    named = {name: payload for name, payload in payloads.PAYLOADS.items() if name.rpartition("-")[0] == way}
    for name, payload in named.items():
        fields = dict.fromkeys(("label", "country", "language", "dump"), payload)
        shown = poisoned_client.get(f"/post/{name}?{urlencode({'q': payload})}")
        found = poisoned_client.get("/", query_string={"label": payload, "q": "alert"})
        others = [
            poisoned_client.get("/", query_string=fields | {"q": payload, "ui": payload}),
            poisoned_client.get("/", query_string={"q": "alert", "from": payload, "sort": payload, payload: payload}),
            poisoned_client.get(f"/post/{quote(payload, safe='')}"),
            poisoned_client.get(f"/{quote(payload, safe='')}"),
        ]

        assert texts(BeautifulSoup(shown.text, "lxml").select("h1")) == [" ".join(payload.split())]
        assert re.search("[1-9] posts? found", found.text)
        for answer in (shown, found, *others):
            check_harmless(answer.text)


def test_no_page_of_many_poisoned_posts_has_anything_but_text(poisoned_client):
    for address in ("/", "/?size=100", "/?size=100&page=2", "/?sort=title&size=100&facet-all=label"):
        answer = poisoned_client.get(address)

        assert answer.status_code == 200
        check_harmless(answer.text)


@pytest.mark.parametrize("payload", [payload for payload in PAYLOADS if "\x00" not in payload])
def test_text_from_dumps_is_shown_letter_by_letter(payload):
    client = client_of(ShelfArchive([poisoned(payload)]))
    soup = get(client, "/post/2021-02-06-0a1b2c3d")

    assert get(client, "/coverage").select("tbody")[1].th.get_text() == payload
    assert soup.h1.get_text() == payload
    assert soup.select_one(".body p").get_text() == payload * 2
    assert soup.select_one(".provenance strong").get_text() == payload


ODD_VALUES = (
    "%00", "%FF%FE", "%C0%AF", "%F0%9F%92%A9", "%ED%A0%80", "%0a%0dX", "(" * 60, "%22" * 99, "-%22", "OR", "-", "--", "*", "a*",
    "%2B%2B", "AND+OR+NOT", "title:rain", "rain~9", "[1+TO+2]", "..%2F..%2Fetc", "9" * 400, "-1", "1e9", "NaN", "none",
    "%D9%A1", "0", "2020-02-31", "&", "=", "a" * 300, "%u0041", ";", "{}", "%E2%80%AE",
)  # fmt: skip
ODD_PATHS = (
    "///post//x", "/post", "/post/", "/post/%00", "/post/%2e%2e/%2e%2e", "/post/..%2f..%2fetc%2fpasswd", "/%ff",
    "/post/" + "x" * 4000, "/static", "/static/", "/static/../web.py", "/static/%2e%2e/templates/base.html",
    "/static//etc/passwd", "/static/..%5c..%5cx", "/static/\x7f", "/?", "/??", "/?&&&", "/?=", "/#", "/healthz/",
    "/favicon.ico", "/.git/config", "/index.php?x=1", "/post/a/b", "/*", "/%2F%2Fblog.example", "/\\blog.example",
)  # fmt: skip
ODD = [f"/?{name}={value}" for name in ("q", "label", "year", "from", "page", "sort") for value in ODD_VALUES]


@pytest.mark.parametrize("path", [*ODD_PATHS, *ODD])
def test_no_odd_request_is_a_fault_or_leads_elsewhere(client, path):
    response = client.get(path)

    assert response.status_code in {200, 400, 404}
    assert "Location" not in response.headers
    assert "{%" not in response.text


@pytest.mark.parametrize("path", ["//", "//blog.example/", "/post//x", "///blog.example//"])
def test_doubled_slashes_lead_nowhere_else(client, path):
    response = client.get("/", environ_overrides={"PATH_INFO": path})

    assert response.status_code in {200, 404}
    assert "Location" not in response.headers


def test_a_file_of_the_page_is_asked_for_again_and_sent_only_when_it_has_changed(client):
    first = client.get("/static/page.css")
    again = client.get("/static/page.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert {name: again.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_what_belongs_to_the_page_loads_from_this_archive_alone(client):
    soup = get(client, "/")
    css = client.get("/static/page.css").text

    assert [link["href"] for link in soup.select("link")] == [
        *("/feed.atom", "/static/page.css", "/static/icon.svg", "/opensearch.xml")
    ]
    assert [script["src"] for script in soup.select("script")] == ["/static/page.js"]
    assert soup.select("img, iframe, style, [style]") == []
    assert not re.search(r"url\(|@import|https?:", css)


def test_every_address_that_the_page_loads_is_there_and_is_what_it_says(client):
    for loaded in get(client, "/").select("link, script"):
        response = client.get(loaded.get("href") or loaded["src"])

        assert response.status_code == 200
        assert response.mimetype == loaded.get("type", "text/css").replace("module", "text/javascript")


# People


@pytest.mark.parametrize(
    "path", ["/", "/?q=rain&year=2021", "/?q=volcano", "/?page=0", f"/post/{RAIN.id}", "/coverage", "/nothing"]
)
def test_every_page_can_be_used_without_seeing_it(client, path):
    soup = get(client, path)
    labelled = {label.get("for") for label in soup.select("label")}
    fields = [field for field in soup.select("input") if field["type"] != "hidden"]

    assert len(soup.select("h1")) == len(soup.select("main")) == 1
    assert soup.find("a")["href"] == "#main"
    assert soup.select_one("[role=search] input[type=search]") is not None
    assert all(field.get("id") in labelled or field.find_parent("label") for field in fields)
    assert all(field.legend and texts([field.legend])[0] for field in soup.select("fieldset"))
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert soup.title.get_text().strip()


def test_head_answers_like_get_without_a_body(client):
    for path in ("/", f"/post/{RAIN.id}", "/nothing"):
        head = client.head(path)

        assert (head.status_code, head.data) == (client.get(path).status_code, b"")


@pytest.mark.parametrize(
    ("precision", "shown"), [("year", "2021"), ("month", "February 2021"), ("day", "6 February 2021")]
)
def test_a_date_is_shown_no_more_exactly_than_it_is_known(precision, shown):
    published = Published(moment=date(2021, 2, 6), precision=precision, source=DateSource.PERMALINK)
    client = client_of(ShelfArchive([replace(RAIN, published=published)]))

    assert texts(get(client, f"/post/{RAIN.id}").select("time")) == [shown]


# Templates


def record_fields():
    modules = [ast.parse(Path(module.__file__).read_text("utf-8")) for module in (pages, pages_post, pages_search)]
    for record in (record for module in modules for record in module.body):
        if isinstance(record, ast.ClassDef):
            for field, after in zip(record.body, [*record.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign):
                    yield record.name, field.target.id, after


def test_each_field_that_a_template_receives_is_explained_and_used():
    templates = "".join(path.read_text("utf-8") for path in sorted((WEB / "templates").iterdir()))
    fields = list(record_fields())
    used = set(re.findall(r"(?:\.|{{ )(\w+)", templates))  # what a loop takes apart has no dot before it

    assert fields
    assert [f"{record}.{name}" for record, name, after in fields if not isinstance(after, ast.Expr)] == []
    assert [f"{record}.{name}" for record, name, _ in fields if name not in used] == []


UNESCAPED = re.compile(
    r"\|\s*safe|autoescape|Markup|=\{\{|javascript:|style=|<script(?! type=.application/ld\+json.>| type=.module. src=./static/)"
)
"""Data for machines in a script element is no script: `tojson` writes it so that it cannot end the element."""


def test_no_template_switches_escaping_off():
    for path in (WEB / "templates").iterdir():
        assert not UNESCAPED.search(path.read_text("utf-8")), path


# A real archive

DUMP = """About this site

This site tells of a valley.

06 February 2021

Water in the streets of the town

The river rose in the night and stood in the streets of Kathmandu.

17 August 2019

De dijk bij het dorp

De dijk is weer hoog genoeg en het water blijft nu buiten het dorp.
"""


def test_a_search_and_its_post_come_from_a_real_archive(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "valley.txt").write_text(DUMP, "utf-8")
    with Archive.open(tmp_path) as archive:
        client = client_of(archive)
        before = client.get("/").status_code, client.get("/healthz").status_code
        told = get(client, "/").h1.text
        archive.import_dumps()
        found = get(client, "/", q="water", year="2021")
        post = get(client, found.select_one(".hit .name a")["href"])

        assert before == (503, 503)
        assert told == "There are no posts yet"
        assert hit_titles(found) == ["Water in the streets of the town"]
        assert texts(post.select("h1, .provenance strong")) == ["Water in the streets of the town", "valley.txt"]
        assert client.get("/healthz").text == "ok\n"


# The server


@contextmanager
def run_server(archive, host="127.0.0.1", told=None):
    """A real server in a process of its own, with an archive made by this expression: the process, and its address.

    What it tells at the end is added to the list `told`; without that, it must be nothing.
    """
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_web import *\n"
        "from archivesearch.web import serve\n"
        f"serve({archive}, {host!r}, 0, lambda address: print(address, flush=True))\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process, urlsplit(process.stdout.readline().strip())
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=60)

        assert process.returncode == 0
        if told is None:
            assert complained == ""
        else:
            told += complained.splitlines(keepends=True)


@pytest.fixture
def server():
    """The address of a real server."""
    with run_server("EXAMPLE") as (_, address):
        yield address


def fetch(server, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(server.hostname, server.port, timeout=30)
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response


def test_the_real_server_answers_on_a_free_port_within_its_bounds(server):
    page = fetch(server, "GET", "/?q=rain")
    long_header = fetch(server, "GET", "/", headers={"X-Long": "x" * 17_000})
    body = fetch(server, "POST", "/", body="x" * 2000)

    assert server.port > 0
    assert page.status == 200
    assert "Rain" in page.text
    assert page.getheader("Server") is None
    assert {name: page.getheader(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert (long_header.status, body.status) == (431, 413)
    assert fetch(server, "GET", "/healthz").text == "ok\n"


def converse(server, *lines):
    """What the server answers to these lines, byte by byte: the head and the body."""
    with socket.create_connection((server.hostname, server.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head.splitlines(), body


TOO_LONG = SERVER["max_request_header_size"] - len("GET /?q= HTTP/1.1\r\nHost: a\r\n\r\n")
"""By nothing: of what is longer the end is left unread, at which the connection is reset and not closed."""
READ_ONLY = "This archive can only be read. Use the search box or follow a link."


@pytest.mark.parametrize(
    ("status", "sentence", "lines"),
    [
        (400, "This address cannot be read. Go to the start page", ["get / HTTP/1.1", "Host: a"]),
        (413, READ_ONLY, ["POST / HTTP/1.1", "Host: a", "Content-Length: 2000"]),
        (431, "This request is too long. Go to the start page", [f"GET /?q={'x' * TOO_LONG} HTTP/1.1", "Host: a"]),
        (501, READ_ONLY, ["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: zip"]),
    ],
)
def test_what_the_server_refuses_before_the_page_sees_it_is_said_by_us_with_the_headers_of_every_answer(
    server, status, sentence, lines
):
    head, body = converse(server, *lines)

    assert head[0].split()[1] == str(status)
    assert {f"{name}: {value}" for name, value in SECURITY_HEADERS.items()} <= set(head)
    assert body.startswith(sentence)
    assert len(set(body.splitlines())) == len(LANGUAGES)


def test_an_answer_to_head_has_no_body_not_even_the_end_of_one(tmp_path):
    archive_of(tmp_path, [RAIN]).close()
    paths = ["/", "/export.csv", "/export.jsonl", "/nothing"]
    with run_server(f"Archive.open(Path({str(tmp_path)!r}))") as (_, address):
        answers = [converse(address, f"HEAD {path} HTTP/1.1", "Host: localhost", "Connection: close") for path in paths]

    assert [head[0].split()[1] for head, _ in answers] == ["200", "200", "200", "404"]
    assert [body for _, body in answers] == [""] * 4


class WaitingArchive(BusyArchive):
    """Searches last until something comes by standard input."""

    def __init__(self):
        super().__init__()
        threading.Thread(target=lambda: sys.stdin.readline() and self.finish.set()).start()


def test_the_real_server_shows_posts_and_its_health_while_it_has_many_searches_to_answer():
    with run_server("WaitingArchive()") as (process, address), ExitStack() as open_ones:
        asking = [
            open_ones.enter_context(closing(http.client.HTTPConnection(address.hostname, address.port, timeout=60)))
            for _ in range(64)
        ]
        for connection in asking:
            connection.request("GET", "/?q=rain")
        shown = [fetch(address, "GET", path).status for path in ("/healthz", f"/post/{RAIN.id}")]
        process.stdin.write("finish\n")
        process.stdin.flush()
        statuses = [connection.getresponse().status for connection in asking]

    assert shown == [200, 200]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= SEARCHES_AT_ONCE


FORGED = "a%0aFAKE%0d%0a%1b%5b2J%e2%80%a8FAKE"


def ask_for_forged(address):
    for path in (f"/?q={FORGED}", f"/post/{FORGED}", f"/{FORGED}", f"/api/search?label={FORGED}"):
        fetch(address, "GET", path)


def test_what_is_searched_for_is_written_into_no_log():
    with run_server("EXAMPLE") as (_, address):  # which says that nothing was told
        ask_for_forged(address)


class OutOfOrder(BrokenArchive):
    """Every question ends in a fault that repeats what was asked, and an export in the middle of it."""

    def __init__(self):
        super().__init__(None)

    def search(self, search):
        raise ZeroDivisionError(f"at {search.typed or search.label}")

    def around(self, post_id, similar):
        raise ZeroDivisionError(f"at {post_id}")

    def hits(self, search):
        yield Hit(post=RAIN, score=1.0)
        raise ZeroDivisionError(f"at {search.typed}")


def test_each_event_is_one_line_of_the_log_whatever_was_asked_for():
    told = []
    with run_server("OutOfOrder()", told=told) as (_, address):
        ask_for_forged(address)
        with suppress(http.client.IncompleteRead):
            fetch(address, "GET", f"/export.csv?q={FORGED}")

    assert len(told) == 4
    assert all(re.match(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] ERROR: Exception ", line) for line in told)
    assert not [line for line in told if re.search("[^\n -\x7e]", line)]
    assert r"ZeroDivisionError: at a\nFAKE\r\n\x1b[2J\u2028FAKE" in told[1]


def test_a_port_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ArchiveSearchError, match=f"Port {port} of 127.0.0.1 is in use by another program: choose"):
            serve(EXAMPLE, "127.0.0.1", port, print)


def test_a_host_that_is_not_there_is_one_sentence():
    with pytest.raises(ArchiveSearchError, match=r"cannot be listened on .* choose others with --host and --port"):
        serve(EXAMPLE, "host.invalid", 0, print)
