"""The page, the API and the command line give the same answers."""

import json
import re
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

from archivesearch.cli import commands
from archivesearch.params import MATCHES, MAX_REACH, MAX_SIZE, SORTS
from archivesearch.search import FACETS, NONE, PUBLIC_FACETS
from archivesearch.shown_start import BROWSED
from archivesearch.text import words
from served import archive_of, client_of, write_post

SEARCHES = 200


def shown_on_page(html):
    """What a page of results says: ids, total, and the counts of each facet, each with whether it is picked.

    This is all that knows how the page is written.
    """
    soup = BeautifulSoup(html, "lxml")
    said = soup.h1.get_text()
    return {
        "ids": [unquote(urlsplit(link["href"]).path.removeprefix("/post/")) for link in soup.select(".hits .name a")],
        "total": int("".join(re.findall(r"\d", said)) or 0),
        "facets": {
            facet: {
                box["value"]: (
                    int(re.sub(r"\D", "", box.parent.select_one(".count").get_text())),
                    box.has_attr("checked"),
                )
                for box in soup.select(f"input[type=checkbox][name={facet}]")
            }
            for facet in PUBLIC_FACETS
        },
    }


def shown_on_start_page(html):
    """The same of the start page, which has its facets as links: the years are a picture there."""
    soup = BeautifulSoup(html, "lxml")
    return {
        "ids": [unquote(urlsplit(link["href"]).path.removeprefix("/post/")) for link in soup.select(".hits .name a")],
        "total": int(re.sub(r"\D", "", soup.select_one(".facts li").get_text())),
        "facets": {
            facet: {
                parse_qs(urlsplit(item.a["href"]).query)[facet][0]: (
                    int(re.sub(r"\D", "", item.select_one(".count").get_text())),
                    False,
                )
                for item in soup.select(f"[aria-labelledby=by-{facet}] li")
            }
            for facet in BROWSED
        },
    }


def told_in_record(record, facets=PUBLIC_FACETS):
    return {
        "ids": [hit["id"] for hit in record["hits"]],
        "total": record["total"],
        "facets": {
            facet: {each["value"]: (each["count"], each["selected"]) for each in record["facets"][facet]}
            for facet in facets
        },
    }


def asked_on_command_line(archive, params):
    names = {"size": "limit"}
    options = [f"--{names.get(name, name)}={value}" for name, value in params if name != "q"]
    typed = dict(params).get("q", "")
    arguments = ["--archive", str(archive.root), "search", "--format=json", *options, "--", typed]
    result = CliRunner().invoke(commands, arguments)

    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def client(demonstration):
    return client_of(demonstration)


@pytest.fixture(scope="module")
def searches(demonstration):
    """Searches made of what the demonstration archive has: words, facets, days, orders, pages."""
    posts = list(demonstration.export())
    found = sorted({word.term for post in posts for word in words(f"{post.title} {post.text}")})
    word = st.sampled_from(found)
    part = st.one_of(
        word,
        word.map(lambda term: f"-{term}"),
        word.map(lambda term: f"title:{term}"),
        st.tuples(word, word).map(" OR ".join),
        st.sampled_from([" ".join(post.title.split()[:2]).replace('"', "") for post in posts]).map('"{}"'.format),
        word.filter(lambda term: len(term) > 3).map(lambda term: f"{term[:3]}*"),
    )
    typed = st.lists(part, max_size=2).map(" ".join)
    picks = [
        st.lists(st.sampled_from([count.value for count in counts] + [NONE]), max_size=2, unique=True).map(
            lambda values, facet=facet: [(facet, value) for value in values]
        )
        for facet, counts in demonstration.facets().items()
    ]
    # most facets stay open: with all of them picked next to nothing is found
    some_picks = st.lists(st.sampled_from(range(len(FACETS))), max_size=2, unique=True).flatmap(
        lambda places: st.tuples(*(picks[place] for place in places))
    )
    days = sorted({post.published.day_key[:length] for post in posts if post.published for length in (4, 7, 10)})
    span = st.tuples(st.sampled_from(["", *days]), st.sampled_from(["", *days])).filter(
        lambda ends: not all(ends) or ends[0][:4] <= ends[1][:4]
    )
    page = st.tuples(st.integers(1, 4), st.integers(1, MAX_SIZE)).filter(lambda both: both[0] * both[1] <= MAX_REACH)
    return st.tuples(typed, some_picks, span, st.sampled_from(SORTS), st.sampled_from(MATCHES), page).map(as_params)


def as_params(drawn):
    typed, picks, (since, until), sort, match, (page, size) = drawn
    if since and until and since > until:
        since, until = until, since
    pairs = [("q", typed), *(pair for pick in picks for pair in pick), ("from", since), ("to", until)]
    pairs += [("sort", sort), ("match", match), ("page", str(page)), ("size", str(size))]
    return [(name, value) for name, value in pairs if value]


def test_page_api_and_command_line_give_the_same_ids_totals_and_counts(demonstration, client, searches):
    seen = {"found": 0, "relaxed": 0}

    @settings(max_examples=SEARCHES, derandomize=True)
    @given(searches)
    def compare(params):
        query = urlencode(params)
        told = client.get(f"/api/search?{query}").get_json()
        seen["found"] += bool(told["hits"])
        seen["relaxed"] += told["relaxed"]

        assert shown_on_page(client.get(f"/?{query}").text) == told_in_record(told)
        assert told == asked_on_command_line(demonstration, params)

    compare()

    assert seen["found"] > SEARCHES / 4  # nothing found everywhere would be equal, too
    assert seen["relaxed"]


def test_the_start_page_tells_what_the_api_tells_without_parameters(demonstration, client):
    told = client.get("/api/search").get_json()

    assert shown_on_start_page(client.get("/").text) == told_in_record(told, BROWSED)
    assert told == asked_on_command_line(demonstration, [])
    assert told["total"] == len(list(demonstration.export())) > 0


def test_exports_have_what_the_command_line_writes(demonstration, client):
    for form in ("csv", "jsonl"):
        arguments = ["--archive", str(demonstration.root), "search", "--limit=0", f"--format={form}", "--", "repair"]
        written = CliRunner().invoke(commands, arguments).stdout_bytes.decode()
        exported = client.get(f"/export.{form}?q=repair").text

        # the command line knows no address of the page where archive.toml has none
        assert re.sub(r",http://localhost/post/[0-9a-f-]+$", ",", exported, flags=re.MULTILINE) == written
        assert written


def test_exports_as_csv_are_the_same_bytes_where_the_page_has_an_address(tmp_path):
    posts = [write_post("2020-05-03-0a1b2c3d"), write_post("2020-05-04-0a1b2c3d")]
    with archive_of(tmp_path, posts, 'address = "https://archive.example"\n') as archive:
        exported = client_of(archive).get("/export.csv?q=rained").data
    arguments = ["--archive", str(tmp_path), "search", "--limit=0", "--format=csv", "--", "rained"]

    assert CliRunner().invoke(commands, arguments).stdout_bytes == exported
    assert exported.count(b",https://archive.example/post/2020-05-0") == 2
