"""The start page: what the archive holds, and ways into it that all lead somewhere."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archivesearch.params import from_params
from archivesearch.shown_start import COMMONEST
from archivesearch.web import checkboxes
from test_web import PAYLOADS, WEB, ShelfArchive, client_of, get, hit_titles, poisoned, texts, write_post

MOST = 50_000
"""Bytes of the start page and all that it loads, as they are sent without being packed."""


@pytest.fixture(scope="module")
def client():
    return client_of(ShelfArchive())


@pytest.fixture(scope="module")
def served(demonstration):
    return client_of(demonstration)


def test_it_says_what_the_archive_holds(client):
    assert texts(get(client, "/").select(".facts li")) == [
        "3 posts",
        "2019 to 2021",
        "1 country",
        "2 languages",
        "2 dumps",
        "Months and gaps",
    ]


def test_of_an_archive_without_dates_countries_or_languages_nothing_is_said_of_these():
    archive = ShelfArchive([write_post("Bare", None, "Rain.", language=None, provenance=())])

    assert texts(get(client_of(archive), "/").select(".facts li")) == ["1 post", "Months and gaps"]


def test_it_leads_to_countries_labels_and_languages_with_their_numbers(client):
    soup = get(client, "/")

    assert {texts([part.h2])[0]: texts(part.select("li")) for part in soup.select(".browse section")} == {
        "Countries": ["Nepal 1 post", "not about one country 2 posts"],
        "Labels": ["Hills & valleys 1 post", "Weather 1 post", "without label 2 posts"],
        "Languages": ["English 1 post", "Dutch 1 post", "not known 1 post"],
    }
    assert hit_titles(get(client, soup.find("a", string="Weather")["href"])) == ["Rain on the hills"]


def test_of_many_labels_it_shows_the_commonest_and_leads_to_all():
    labels = tuple(f"label {n:03}" for n in range(300))
    client = client_of(ShelfArchive([write_post("Much", date(2020, 1, 1), "Rain.", labels=labels)]))
    part = get(client, "/").select_one("section[aria-labelledby=by-label]")
    every = part.select_one("p a")
    listed = get(client, every["href"]).select("#facet-label .value")

    assert len(part.select("li")) == COMMONEST
    assert (every.get_text(), every["href"]) == (
        "All 300 values",
        "/?sort=newest&facet-sort=name&facet-all=label#facet-label",
    )
    assert [value.input["value"] for value in listed] == list(labels)


def test_years_stand_in_a_picture_that_leads_to_their_posts(served):
    bars = get(served, "/").select("svg a")
    numbers = [int(re.search(r": (\d+) ", texts([bar.title])[0])[1]) for bar in bars]

    assert len(bars) == 13
    assert [len(hit_titles(get(served, f"{bar['href']}&size=100"))) for bar in bars] == numbers


def test_every_example_finds_the_post_that_it_is_made_of(client, served):
    for archive in (client, served):
        examples = get(archive, "/").select(".examples a")

        assert len(examples) == 3
        for example in examples:
            assert from_params(parse_qs(urlsplit(example["href"]).query)).typed == example.get_text()
            assert hit_titles(get(archive, example["href"]))


def test_examples_are_made_of_what_the_archive_itself_says(client):
    assert [(texts([div.a])[0], texts([div.dd])[0]) for div in get(client, "/").select(".examples dl > div")] == [
        ('"rain on the hills"', "these words side by side"),
        ('label:"Hills & valleys"', "posts with this label"),
        ("country:Nepal date:2021", "about this country, of that year"),
    ]


@pytest.mark.parametrize("payload", [*PAYLOADS, "x" * 400, '" "', "-", "*"])
def test_a_label_that_no_query_can_hold_is_no_example(payload):
    response = client_of(ShelfArchive([poisoned(payload)])).get("/")

    assert response.status_code == 200


def test_the_newest_posts_come_first_and_all_of_them_can_be_reached(client):
    every = get(client, "/").find("a", string="All 3 posts")

    assert every["href"] == "/?sort=newest"
    assert len(hit_titles(get(client, every["href"]))) == 3


def test_an_address_with_nothing_but_an_empty_box_is_the_start_page_and_the_empty_form_of_results_is_not(client):
    for address in ("/?q=", "/?q=+", "/?q=&x=1", "/?q=&ui=nl", "/?facet-sort=name"):
        assert get(client, address).select_one(".welcome") is not None
    for address in ("/?q=&from=&to=", "/?sort=relevance", "/?sort=newest"):
        assert get(client, address).select_one(".welcome") is None


def test_it_is_light(served):
    soup = get(served, "/")
    loaded = [part.get("href") or part["src"] for part in soup.select("link[rel=stylesheet], link[rel=icon], script")]
    sizes = {path: len(served.get(path).data) for path in ("/", *loaded)}

    assert {"/static/page.css", "/static/page.js", "/static/icon.svg"} <= set(sizes)
    assert sum(sizes.values()) < MOST, sizes


def test_every_template_is_used():
    templates = {path.name: path.read_text("utf-8") for path in (WEB / "templates").iterdir()}
    shared = {name for name in templates if name.startswith("_") or name == "base.html"}

    code = [path.read_text("utf-8") for path in Path(checkboxes.__file__).parent.glob("*.py")]

    assert {name for name in shared if not any(f'"{name}"' in text for text in (*templates.values(), *code))} == set()


def test_search_engines_are_told_what_the_archive_is(client):
    described = get(client, "/").select_one("meta[name=description]")["content"]

    assert described == get(client, "/").select_one(".introduction").get_text()
