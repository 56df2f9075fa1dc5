"""All hits of a search as a file."""

import csv
import io
import json

import pytest

from archivesearch.archive import Archive
from archivesearch.engines.embedded import _View
from archivesearch.params import MAX_REACH
from archivesearch.posts import Block
from archivesearch.web.slots import EXPORTS_AT_ONCE, SEARCHES_AT_ONCE
from served import archive_of, client_of, fill, write_post

MANY = MAX_REACH + 50
FORMS = ("csv", "jsonl")


@pytest.fixture
def archive(tmp_path):
    """More posts than paging reaches."""
    with archive_of(tmp_path, [write_post(f"p{number:04}") for number in range(MANY)]) as filled:
        yield filled


def opened(client, path):
    """An answer of which only the beginning is read so far; to be closed."""
    return client.get(path, buffered=False)


def ids_in(form, text):
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    return [json.loads(line)["id"] for line in text.splitlines()]


@pytest.mark.parametrize("form", FORMS)
def test_an_export_has_every_hit_once_beyond_what_paging_reaches(archive, form):
    client = client_of(archive)

    assert sorted(ids_in(form, client.get(f"/export.{form}").text)) == list(archive.ids())
    assert len(ids_in(form, client.get(f"/export.{form}?q=rained&page=200&size=90").text)) == MANY


@pytest.mark.parametrize("form", FORMS)
def test_an_export_has_the_hits_of_the_search_in_its_order(demonstration, form):
    client = client_of(demonstration)
    query = "q=repair&country=Kenya&country=Senegal&sort=oldest"
    told = client.get(f"/api/search?{query}&size=100").get_json()

    assert ids_in(form, client.get(f"/export.{form}?{query}").text) == [hit["id"] for hit in told["hits"]]
    assert told["total"] == len(told["hits"]) > 1


def test_each_form_says_what_it_is_and_has_a_name_of_its_own(archive):
    client = client_of(archive)
    heads = [client.head(f"/export.{form}?q=Rain+%26+%C3%A9t%C3%A9%22").headers for form in FORMS]

    assert [head["Content-Type"] for head in heads] == [
        "text/csv; charset=utf-8; header=present",
        "application/jsonl; charset=utf-8",
    ]
    assert [head["Content-Disposition"] for head in heads] == [
        "attachment; filename=posts-rain-ete.csv",
        "attachment; filename=posts-rain-ete.jsonl",
    ]
    assert client.head("/export.csv?q=%22%0d%0aX:+1%22").headers["Content-Disposition"].endswith("=posts-x-1.csv")


@pytest.mark.parametrize(
    ("settings", "site"), [("", "http://localhost"), ('address = "https://a.example"\n', "https://a.example")]
)
def test_each_line_leads_to_the_post_and_to_its_original(tmp_path, settings, site):
    posts = [write_post("one", permalink="http://blog.example/one.html"), write_post("two")]
    with archive_of(tmp_path, posts, settings) as archive:
        rows = list(csv.DictReader(io.StringIO(client_of(archive).get("/export.csv?sort=title").text, newline="")))
        [first, _] = client_of(archive).get("/export.jsonl?sort=title").text.splitlines()

    assert [row["permalink"] for row in rows] == ["http://blog.example/one.html", ""]
    assert [row["address"] for row in rows] == [f"{site}/post/one", f"{site}/post/two"]
    assert json.loads(first)["permalink"] == "http://blog.example/one.html"


def test_nothing_found_is_a_file_without_hits(archive):
    client = client_of(archive)

    assert client.get("/export.csv?q=volcano").text.count("\n") == 1
    assert client.get("/export.jsonl?q=volcano").text == ""


@pytest.mark.parametrize("payload", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1"])
def test_no_cell_of_an_export_is_a_formula(tmp_path, payload):
    post = write_post("a", title=payload, body=(Block(lines=(payload,)),), labels=(payload,))
    with archive_of(tmp_path, [post]) as archive:
        text = client_of(archive).get("/export.csv").text

    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == f"'{payload}"
    assert row["labels"] == f"'{payload}"


@pytest.mark.parametrize("form", FORMS)
def test_an_export_stays_of_one_generation_whatever_is_indexed_meanwhile(archive, form):
    client = client_of(archive)
    with opened(client, f"/export.{form}") as response:
        pieces = response.iter_encoded()
        text = next(pieces) + next(pieces)
        for _ in range(3):
            fill(archive, [write_post("new")])
        text += b"".join(pieces)

    assert len(ids_in(form, text.decode())) == MANY
    assert ids_in(form, client.get(f"/export.{form}").text) == ["new"]


def test_an_export_begins_before_its_last_hit_is_read(archive, monkeypatch):
    """Or 20,000 posts would stand in memory at once."""
    read, post = [], _View.post
    monkeypatch.setattr(_View, "post", lambda view, number: read.append(number) or post(view, number))
    with opened(client_of(archive), "/export.jsonl") as response:
        next(response.iter_encoded())

        assert 0 < len(read) < 5


def test_more_exports_at_once_than_are_allowed_are_put_off(archive):
    client = client_of(archive)
    held = [opened(client, "/export.csv") for _ in range(EXPORTS_AT_ONCE)]
    put_off = client.get("/export.jsonl")
    searched = client.get("/api/search")
    for response in held:
        response.close()

    assert (put_off.status_code, put_off.headers["Retry-After"]) == (503, "30")
    assert searched.status_code == 200
    assert client.get("/export.jsonl").status_code == 200


def test_an_export_that_fails_is_headed_or_left_gives_its_place_back(archive):
    client = client_of(archive)
    for _ in range(SEARCHES_AT_ONCE + 1):
        client.head("/export.csv")
        client.get("/export.csv?sort=odd")
        opened(client, "/export.csv").close()  # nobody reads a byte
        with opened(client, "/export.csv") as response:
            next(response.iter_encoded())

    assert client.get("/export.csv").status_code == 200


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_in_the_way_of_an_export_shows_before_its_first_byte(tmp_path, form):
    with Archive.open(tmp_path) as archive:
        response = client_of(archive).get(f"/export.{form}")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "Content-Disposition" not in response.headers
