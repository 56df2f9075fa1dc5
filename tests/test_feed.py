"""Feeds, held against RFC 4287 and RFC 5005."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import etree

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block
from archivesearch.web.feed import LEFT_OUT, NOTHING_DATED, RELAXED
from served import archive_of, client_of, write_post

ATOM = {"a": "http://www.w3.org/2005/Atom", "t": "http://purl.org/dc/terms/"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
ONCE = ("id", "title", "updated")

NEPAL = timezone(timedelta(hours=5, minutes=45))


def published(moment, precision="day"):
    return Published(moment=moment, precision=precision, source=DateSource.FEED)


POSTS = (
    write_post("minute", published=published(datetime(2021, 2, 6, 14, 5, tzinfo=NEPAL), "minute"), language="ne"),
    write_post("day", published=published(date(2020, 5, 9)), labels=("Rain & hail",), countries=("Nepal",)),
    write_post("month", published=published(date(2019, 7, 23), "month"), title=""),
    write_post("year", published=published(date(2018, 7, 23), "year"), body=()),
    write_post("undated", published=None, title="Snow"),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = 'title = "Hills & valleys"\naddress = "https://archive.example"\n'
    with archive_of(tmp_path_factory.mktemp("hills"), POSTS, settings) as archive:
        yield client_of(archive)


def read(client, **params):
    response = client.get(f"/feed.atom?{urlencode(params, doseq=True)}")

    assert (response.status_code, response.content_type) == (200, "application/atom+xml; charset=utf-8")
    return checked(etree.fromstring(response.data))


def checked(feed):
    """The feed, after all that RFC 4287 demands of one has been looked at."""
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    entries = feed.findall("a:entry", ATOM)
    for part in (feed, *entries):
        assert [len(part.findall(f"a:{name}", ATOM)) for name in ONCE] == [1, 1, 1]
        assert part.findtext("a:id", namespaces=ATOM).startswith("urn:uuid:")
        kinds = [(link.get("rel"), link.get("type")) for link in part.findall("a:link", ATOM)]
        assert kinds.count(("alternate", "text/html")) == 1
        assert all(urlsplit(link.get("href")).scheme == "https" for link in part.findall("a:link", ATOM))
    assert feed.findtext("a:author/a:name", namespaces=ATOM)
    for moment in feed.xpath("//a:updated | //a:published", namespaces=ATOM):
        assert MOMENT.fullmatch(moment.text)
        datetime.fromisoformat(moment.text)
    ids = [part.findtext("a:id", namespaces=ATOM) for part in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert len(entry.findall("a:summary", ATOM)) == 1
        assert all(category.get("term") for category in entry.findall("a:category", ATOM))
    return feed


def all_of(feed, path):
    return feed.xpath(path, namespaces=ATOM)


def link_of(feed, relation):
    found = all_of(feed, f"a:link[@rel='{relation}']/@href")
    return found[0] if found else None


def pages_of(feed):
    return {relation: link_of(feed, relation) for relation in ("first", "previous", "self", "next", "last")}


def test_the_newest_posts_stand_first_unless_another_order_is_asked_for(client):
    titles = "a:entry/a:title/text()"

    assert all_of(read(client), titles) == ["Post minute", "Post day", "(without title)", "Post year"]
    assert all_of(read(client, sort="oldest"), titles)[0] == "Post year"
    assert all_of(read(client, sort=""), titles)[0] == "Post minute"


def test_each_date_is_the_first_moment_of_what_is_known_and_says_how_much_that_is(client):
    feed = read(client)

    assert all_of(feed, "a:entry/a:published/text()") == [
        "2021-02-06T14:05:00+05:45",
        "2020-05-09T00:00:00Z",
        "2019-07-01T00:00:00Z",
        "2018-01-01T00:00:00Z",
    ]
    assert all_of(feed, "a:entry/a:updated/text()") == all_of(feed, "a:entry/a:published/text()")
    assert all_of(feed, "a:entry/t:issued/text()") == ["2021-02-06T14:05+05:45", "2020-05-09", "2019-07", "2018"]
    assert feed.findtext("a:updated", namespaces=ATOM) == "2021-02-06T14:05:00+05:45"


def test_a_summary_says_in_words_that_no_day_is_known(client):
    assert all_of(read(client), "a:entry/a:summary/text()") == [
        "It rained.",
        "It rained.",
        "It rained.\n\n(Published in July 2019: no day is known.)",
        "(Published in 2018: no day is known.)",
    ]


def test_the_latest_change_of_a_feed_is_found_across_time_zones(tmp_path):
    early = write_post("a", published=published(datetime(2021, 2, 6, 23, 0, tzinfo=NEPAL), "minute"))
    late = write_post("b", published=published(datetime(2021, 2, 6, 22, 0, tzinfo=timezone.utc), "minute"))  # noqa: UP017
    with archive_of(tmp_path, [early, late], 'address = "https://a.example"') as archive:
        feed = read(client_of(archive))

    assert feed.findtext("a:updated", namespaces=ATOM) == "2021-02-06T22:00:00+00:00"


def test_an_offset_with_seconds_is_written_in_utc(tmp_path):
    odd = timezone(timedelta(minutes=19, seconds=32))
    post = write_post("a", published=published(datetime(1921, 2, 6, 14, 5, tzinfo=odd), "minute"))
    with archive_of(tmp_path, [post], 'address = "https://a.example"') as archive:
        assert all_of(read(client_of(archive)), "a:entry/a:updated/text()") == ["1921-02-06T13:45:28+00:00"]


def test_undated_posts_are_left_out_and_the_feed_says_so(client):
    feed = read(client, q="snow")

    assert all_of(feed, "a:entry") == []
    assert feed.findtext("a:subtitle", namespaces=ATOM) == LEFT_OUT
    assert feed.findtext("a:updated", namespaces=ATOM) == NOTHING_DATED


def test_the_days_that_are_asked_for_hold(client):
    feed = read(client, **{"from": "2020"})

    assert all_of(feed, "a:entry/a:title/text()") == ["Post minute", "Post day"]
    assert parse_qs(urlsplit(link_of(feed, "self")).query) == {"from": ["2020"]}


def test_a_relaxed_answer_says_so(client):
    feed = read(client, q="post rained snowed hailed")

    assert feed.findtext("a:subtitle", namespaces=ATOM) == f"{RELAXED} {LEFT_OUT}"


def test_labels_and_countries_are_categories_and_the_language_is_told(client):
    minute, day = all_of(read(client), "a:entry")[:2]

    assert [dict(each.attrib) for each in day.findall("a:category", ATOM)] == [
        {"term": "Rain & hail", "scheme": "https://archive.example/#label"},
        {"term": "Nepal", "scheme": "https://archive.example/#country"},
    ]
    assert minute.get("{http://www.w3.org/XML/1998/namespace}lang") == "ne"


def test_every_link_of_a_feed_leads_somewhere(client):
    feed = read(client, q="rained", size="2", page="2", sort="oldest")
    for address in all_of(feed, "//a:link/@href"):
        path = address.removeprefix("https://archive.example")

        assert path != address
        assert client.get(path).status_code == 200


def test_the_alternate_of_a_feed_is_the_page_with_the_same_hits(client):
    feed = read(client, q="rained", country="Nepal")
    path = link_of(feed, "alternate").removeprefix("https://archive.example")

    assert parse_qs(urlsplit(path).query) == {"q": ["rained"], "country": ["Nepal"], "sort": ["newest"]}


def test_the_pages_of_a_feed_lead_through_every_post_once(client):
    seen, ids, address = [], set(), "/feed.atom?size=1"
    while address:
        feed = checked(etree.fromstring(client.get(address.removeprefix("https://archive.example")).data))
        seen += all_of(feed, "a:entry/a:title/text()")
        ids.add(feed.findtext("a:id", namespaces=ATOM))
        address = link_of(feed, "next")

    assert seen == ["Post minute", "Post day", "(without title)", "Post year"]
    assert len(ids) == 1  # all pages are one feed


def test_each_page_of_a_feed_names_those_around_it(client):
    feed = "https://archive.example/feed.atom"

    assert pages_of(read(client, size=1, page=2)) == {
        "first": f"{feed}?size=1",
        "previous": f"{feed}?size=1",
        "self": f"{feed}?page=2&size=1",
        "next": f"{feed}?page=3&size=1",
        "last": f"{feed}?page=4&size=1",
    }
    assert pages_of(read(client)) == {"first": feed, "previous": None, "self": feed, "next": None, "last": feed}
    assert pages_of(read(client, page=9))["previous"] is None


def test_an_order_that_is_asked_for_stays_in_the_addresses_of_a_feed(client):
    assert link_of(read(client, sort="relevance", q="rained"), "self").endswith("?q=rained&sort=relevance")
    assert link_of(read(client, sort="newest", q="rained"), "self").endswith("?q=rained")


def test_the_id_of_an_entry_is_the_same_in_every_feed_and_at_every_address(client, tmp_path):
    with archive_of(tmp_path, POSTS, 'address = "https://elsewhere.example"') as moved:
        there = all_of(read(client_of(moved)), "a:entry/a:id/text()")
    some = all_of(read(client, q="post", sort="title"), "a:entry/a:id/text()")

    assert there == all_of(read(client), "a:entry/a:id/text()")
    assert some
    assert set(some) < set(there)


HOSTILE = (
    "]]><x>",
    "<!DOCTYPE x [<!ENTITY e 'x'>]>&e;",
    '"/><link rel="next" href="https://evil.example"/>',
    "\x00\x08\x1b[31m\ufffe\uffff tail",
    "\r\n\u2028\u202e",
    "--><!--",
    "&#0;&lt;",
)


@pytest.mark.parametrize("payload", HOSTILE)
def test_text_from_dumps_addresses_and_settings_stays_text(tmp_path, payload):
    post = replace(
        write_post("a", title=payload, body=(Block(lines=(payload,)),)),
        labels=(payload,),
        countries=(payload,),
        language=payload,
    )
    with archive_of(tmp_path, [post], 'address = "https://a.example"') as archive:
        feed = read(client_of(archive), q=[payload], label=[payload])
        every = read(client_of(archive))

    legal = "".join(c for c in payload if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert all_of(every, "a:entry/a:title/text()") == [legal.strip()]
    assert {element.tag.partition("}")[2] for element in every.iter()} == {
        "feed", "id", "title", "subtitle", "updated", "author", "name", "link", "entry", "published", "issued", "summary",
        "category",
    }  # fmt: skip
    assert len(all_of(feed, "a:link")) == len(set(all_of(feed, "a:link/@rel"))) == 4


@pytest.mark.parametrize("parameter", ["page=0", "size=999", "q=date:2019-99", "sort=odd", "from=x"])
def test_a_feed_that_cannot_be_read_is_an_error_and_no_feed(client, parameter):
    response = client.get(f"/feed.atom?{parameter}")

    assert (response.status_code, response.mimetype) == (400, "text/html")
