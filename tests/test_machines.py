"""What crawlers, monitors and browsers ask for."""

import json
from itertools import chain
from types import SimpleNamespace
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from lxml import etree
from werkzeug.exceptions import BadRequest
from werkzeug.test import create_environ, run_wsgi_app

from archivesearch.settings import Settings
from archivesearch.web.addresses import site_address
from archivesearch.web.app import SECURITY_HEADERS
from archivesearch.web.clients import COSTS
from archivesearch.web.sitemap import MOST_ADDRESSES, parts_of
from served import archive_of, client_of, fill, write_post

SITE = "https://archive.example"
SETTINGS = f'title = "Hills & valleys of the north"\naddress = "{SITE}"\n'
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
OPENSEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}

PATHS = (
    "/api/search",
    "/api/search?q=rained",
    "/api/posts/a",
    "/api/posts/a/similar",
    "/api/suggest?q=ra",
    "/api/openapi.json",
    "/feed.atom",
    "/export.csv",
    "/export.jsonl",
    "/opensearch.xml",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/robots.txt",
    "/healthz",
)
ALWAYS = {name: value for name, value in SECURITY_HEADERS.items() if name != "Cross-Origin-Resource-Policy"}
STREAMED = ("/export.csv", "/export.jsonl")
TAGGED = tuple(path for path in PATHS if path not in {*STREAMED, "/healthz"})
WITH_ADDRESSES = ("/feed.atom", "/export.csv", "/opensearch.xml", "/sitemap.xml", "/sitemap-1.xml", "/robots.txt")


@pytest.fixture
def archive(tmp_path):
    with archive_of(tmp_path, [write_post("a"), write_post("b & c")], SETTINGS) as filled:
        yield filled


@pytest.fixture
def client(archive):
    return client_of(archive)


@pytest.fixture
def open_client(tmp_path):
    """The page of an archive whose settings do not say its address."""
    with archive_of(tmp_path, [write_post("a")]) as archive:
        yield client_of(archive)


def read(client, path, **more):
    response = client.get(path, **more)

    assert response.status_code == 200
    return etree.fromstring(response.data)


# All of them


@pytest.mark.parametrize("path", [*PATHS, "/sitemap-2.xml", "/feed.atom?page=0", "/export.csv?q=date:2019-99"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_carries_the_security_headers_and_no_cookie(open_client, path, method):
    response = open_client.open(path, method=method)

    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Set-Cookie" not in response.headers
    assert response.status_code == (405 if method in ("POST", "OPTIONS") else open_client.get(path).status_code)


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_like_get_without_a_body(client, path):
    head, whole = client.head(path), client.get(path)

    assert (head.status_code, head.data) == (whole.status_code, b"") == (200, b"")
    assert head.content_type == whole.content_type


@pytest.mark.parametrize("path", TAGGED)
def test_who_has_an_answer_already_is_told_so_until_it_changes(client, archive, path):
    first = client.get(path)
    tag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    fill(archive, [write_post("new"), write_post("a", title="Rained anew", labels=("Raft",))])
    changed = client.get(path, headers={"If-None-Match": tag})

    assert first.headers["Cache-Control"] == "no-cache"
    assert not tag.startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert {name: again.headers.get(name) for name in ALWAYS} == ALWAYS
    assert changed.status_code == (304 if path in ("/api/openapi.json", "/opensearch.xml", "/robots.txt") else 200)


@pytest.mark.parametrize("path", STREAMED)
def test_an_export_is_asked_for_anew_each_time(client, path):
    assert client.get(path).headers["Cache-Control"] == "no-cache"


# Absolute addresses

HOSTS = (
    'evil.example"/><x y="',
    "evil.example/path",
    "evil.example?x=1",
    "someone@evil.example",
    "evil.example#x",
    "evil.example:8080:8080",
    "evil.example:port",
    "<evil>",
    "evil example",
    "evil.example\\x",
    "[evil]",
    "-evil.example",
    "évil.example",
    "",
)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", WITH_ADDRESSES)
def test_a_host_that_cannot_be_one_stands_in_no_document(open_client, path, host):
    response = open_client.get(path, environ_overrides={"HTTP_HOST": host})

    assert response.status_code == 400
    assert "evil" not in response.text


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_refused_also_where_werkzeug_lets_it_through(host):
    """Its versions before 3.1.7 look at no character of it."""
    with pytest.raises(BadRequest):
        site_address(Settings(), SimpleNamespace(host=host, scheme="http"))


@pytest.mark.parametrize("path", WITH_ADDRESSES)
def test_where_no_host_is_asked_for_the_name_of_the_server_does_not_stand_in_for_it(open_client, path):
    environ = create_environ(path) | {"SERVER_NAME": "server.invalid"}
    del environ["HTTP_HOST"]

    body, status, _ = run_wsgi_app(open_client.application, environ, buffered=True)

    assert status == "400 BAD REQUEST"
    assert b"server.invalid" not in b"".join(body)


@pytest.mark.parametrize("host", ["archive.example", "127.0.0.1:8000", "[::1]:8000", "localhost"])
@pytest.mark.parametrize("path", WITH_ADDRESSES)
def test_without_a_setting_addresses_begin_with_the_host_that_was_asked_for(open_client, path, host):
    text = open_client.get(path, headers={"Host": host}).text

    assert f"http://{host}/" in text


@pytest.mark.parametrize("host", [*HOSTS, "other.example"])
@pytest.mark.parametrize("path", WITH_ADDRESSES)
def test_the_address_of_the_settings_stands_whatever_host_is_asked_for(client, path, host):
    text = client.get(path, environ_overrides={"HTTP_HOST": host}).text

    assert f"{SITE}/" in text
    assert "evil" not in text
    assert "other.example" not in text


# Crawlers


def test_crawlers_are_told_what_to_leave_and_where_the_sitemap_is(client):
    assert client.get("/robots.txt").text == (
        "User-agent: *\nDisallow: /?\nDisallow: /feed.atom\nDisallow: /export.\nDisallow: /api/\n\n"
        f"Sitemap: {SITE}/sitemap.xml\n"
    )


def test_a_crawler_may_read_all_of_the_sitemap_and_nothing_that_searches(client):
    lines = client.get("/robots.txt").text.splitlines()
    kept_out = tuple(line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: "))
    listed = read(client, "/sitemap.xml").xpath("//s:loc/text()", namespaces=SITEMAP)

    for address in [*listed, f"{SITE}/sitemap.xml"]:
        assert not address.removeprefix(SITE).startswith(kept_out)  # as RFC 9309 compares them
    for path in ("/?q=rain", "/?country=Kenya", "/feed.atom", "/feed.atom?q=rain", "/export.csv?q=rain", "/api/search"):
        assert path.startswith(kept_out)


PARSERS = {"text/html": "lxml", "application/xml": "xml"}
"""How a crawler reads what may have links."""


def crawl(client, *, all_links):
    """Every address of the archive that a crawler comes to from its start and its sitemap, obeying robots.txt.

    It leaves links that say nofollow, or follows `all_links`.
    """
    lines = client.get("/robots.txt").text.splitlines()
    kept_out = tuple(line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: "))
    waiting, seen = ["/", "/sitemap.xml"], set()
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(kept_out):
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.mimetype not in PARSERS:
            continue
        page = BeautifulSoup(answer.text, PARSERS[answer.mimetype])
        followed = [a for a in page.select("[href]") if all_links or "nofollow" not in a.get("rel", ())]
        found = [a["href"] for a in followed] + [place.text for place in page.select("url loc")]
        addresses = (urldefrag(urljoin(f"http://localhost{address}", each)).url for each in found)
        waiting += [each.removeprefix("http://localhost") for each in addresses if each.startswith("http://localhost/")]
    return seen


@pytest.mark.parametrize("all_links", [True, False])
def test_a_crawler_that_obeys_asks_for_every_post_and_for_no_search(demonstration, all_links):
    client = client_of(demonstration)
    router = client.application.url_map.bind("localhost")
    seen = crawl(client, all_links=all_links)
    searching = [each for each in seen if each != "/" and router.match(urlsplit(each).path)[0] in COSTS]
    posts = {f"/post/{post_id}" for post_id in demonstration.ids()}

    assert searching == []
    assert seen >= posts | {"/", "/coverage", "/page/about"}
    assert len(seen) < len(posts) * 5 + 50  # a page in four languages, and what belongs to all


def test_the_sitemap_names_every_page_of_a_post_and_each_is_there(client):
    root = read(client, "/sitemap.xml")
    listed = root.xpath("/s:urlset/s:url/s:loc/text()", namespaces=SITEMAP)

    assert listed == [f"{SITE}/", f"{SITE}/coverage", f"{SITE}/post/a", f"{SITE}/post/{quote('b & c')}"]
    assert [client.get(address.removeprefix(SITE)).status_code for address in listed[2:]] == [200, 200]
    assert root.xpath("//s:lastmod", namespaces=SITEMAP) == []
    assert client.get("/sitemap.xml").content_type == "application/xml; charset=utf-8"


def test_the_sitemap_names_the_pages_that_the_archives_maintainers_wrote(tmp_path):
    (tmp_path / "about.md").write_text("# About us", "utf-8")
    with archive_of(tmp_path, [write_post("a")], 'pages = ["about.md"]') as archive:
        client = client_of(archive)
        listed = read(client, "/sitemap.xml").xpath("//s:loc/text()", namespaces=SITEMAP)

        assert listed[2:] == ["http://localhost/page/about", "http://localhost/post/a"]
        assert client.get("/page/about").status_code == 200


def test_the_sitemap_of_an_archive_without_posts_names_its_start_page(tmp_path):
    with archive_of(tmp_path, [write_post("a")]) as archive:
        fill(archive, [])

        assert "<loc>http://localhost/</loc>" in client_of(archive).get("/sitemap.xml").text


def test_a_long_sitemap_is_a_list_of_parts_that_hold_every_address_once(tmp_path):
    ids = [f"p{number:05}" for number in range(MOST_ADDRESSES + 5)]
    with archive_of(tmp_path, map(write_post, ids), SETTINGS) as archive:
        client = client_of(archive)
        parts = read(client, "/sitemap.xml").xpath("/s:sitemapindex/s:sitemap/s:loc/text()", namespaces=SITEMAP)
        listed = [
            read(client, part.removeprefix(SITE)).xpath("/s:urlset/s:url/s:loc/text()", namespaces=SITEMAP)
            for part in parts
        ]
        after = client.get("/sitemap-3.xml").status_code

    assert parts == [f"{SITE}/sitemap-1.xml", f"{SITE}/sitemap-2.xml"]
    assert list(map(len, listed)) == [MOST_ADDRESSES, 7]
    assert list(chain(*listed))[2:] == [f"{SITE}/post/{post_id}" for post_id in ids]
    assert after == 404


@pytest.mark.parametrize("number", [0, 1, MOST_ADDRESSES - 2, MOST_ADDRESSES - 1, 3 * MOST_ADDRESSES])
def test_no_part_of_a_sitemap_is_too_long_and_none_is_empty(number):
    parts = parts_of([], [str(each) for each in range(number)])

    assert all(0 < len(part) <= MOST_ADDRESSES for part in parts)
    assert sum(map(len, parts)) == number + 2


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1e1", "99999999999999999999"])
def test_a_part_of_the_sitemap_that_is_not_there_is_not_found(client, number):
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


# Browsers


def test_a_browser_learns_how_to_search_and_where_suggestions_are(client):
    root = read(client, "/opensearch.xml")
    templates = {url.get("type"): url.get("template") for url in root.findall("o:Url", OPENSEARCH)}

    assert root.findtext("o:ShortName", namespaces=OPENSEARCH) == "Hills & valleys"
    assert root.findtext("o:LongName", namespaces=OPENSEARCH) == "Hills & valleys of the north"
    assert templates == {
        "text/html": f"{SITE}/?q={{searchTerms}}",
        "application/atom+xml": f"{SITE}/feed.atom?q={{searchTerms}}&page={{startPage?}}",
        "application/x-suggestions+json": f"{SITE}/api/suggest?format=opensearch&q={{searchTerms}}",
        "application/opensearchdescription+xml": f"{SITE}/opensearch.xml",
    }
    assert client.get("/opensearch.xml").content_type == "application/opensearchdescription+xml; charset=utf-8"


def test_every_template_that_a_browser_fills_leads_somewhere(client):
    for url in read(client, "/opensearch.xml").findall("o:Url", OPENSEARCH):
        filled = url.get("template").replace("{searchTerms}", "rained").replace("{startPage?}", "")
        response = client.get(filled.removeprefix(SITE))

        assert (response.status_code, response.mimetype) == (200, url.get("type"))


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Hills and valleys of the north", "Hills and"),
        ("Open Stand, the archive", "Open Stand, the"),
        ("Hills of the & x", "Hills of the & x"),
        ("Hills of the ab & c", "Hills of the ab"),
        ("Open  Stand,  archives", "Open Stand"),
        ("Donaudampfschifffahrt", "Donaudampfschiff"),
    ],
)
def test_a_name_is_shortened_between_its_words(tmp_path, title, short):
    with archive_of(tmp_path, [], f"title = {json.dumps(title)}\n") as archive:
        root = read(client_of(archive), "/opensearch.xml")

    assert root.findtext("o:ShortName", namespaces=OPENSEARCH) == short


@pytest.mark.parametrize("title", ["&" * 20, "x" * 300, "]]><&\ufffe\x08", "a\nb"])
def test_names_keep_to_the_lengths_that_opensearch_allows(tmp_path, title):
    with archive_of(tmp_path, [], f"title = {json.dumps(title)}\n") as archive:
        root = read(client_of(archive), "/opensearch.xml")

    assert 0 < len(root.findtext("o:ShortName", namespaces=OPENSEARCH)) <= 16
    assert 0 < len(root.findtext("o:LongName", namespaces=OPENSEARCH)) <= 48


def test_a_monitor_is_told_that_all_is_well(client):
    response = client.get("/healthz")

    assert (response.text, response.mimetype) == ("ok\n", "text/plain")
