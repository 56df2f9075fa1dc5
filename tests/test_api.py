"""The API: the command line's records by address, and errors that a program can read."""

import re
from pathlib import Path

import pytest

from archivesearch.answers import post_record, similar_record
from archivesearch.archive import Archive
from archivesearch.query import plain
from archivesearch.search import Suggestion
from archivesearch.web.api import SUGGESTIONS, choose
from archivesearch.web.app import OPEN_HEADERS, SECURITY_HEADERS
from served import archive_of, client_of, write_post


@pytest.fixture(scope="module")
def client(demonstration):
    return client_of(demonstration)


def test_a_post_is_told_whole(client, demonstration):
    post = next(iter(demonstration.export()))

    assert client.get(f"/api/posts/{post.id}").get_json() == post_record(post)


def test_the_posts_most_like_one_are_told_best_first(client, demonstration):
    post_id = client.get("/api/search?q=apprentices").get_json()["hits"][0]["id"]
    told = client.get(f"/api/posts/{post_id}/similar").get_json()

    assert told == similar_record(post_id, demonstration.around(post_id, 5).similar)
    assert len(told["posts"]) == 5
    assert client.get(f"/api/posts/{post_id}/similar?limit=2").get_json()["posts"] == told["posts"][:2]


def test_a_post_like_which_there_is_none_has_an_empty_list(tmp_path):
    with archive_of(tmp_path, [write_post("alone")]) as archive:
        answer = client_of(archive).get("/api/posts/alone/similar")

    assert answer.get_json() == {"version": 1, "of": "alone", "posts": []}


def test_suggestions_are_at_most_eight_of_every_kind_that_there_is(client):
    told = client.get("/api/suggest?q=re").get_json()
    kinds = [each["kind"] for each in told["suggestions"]]

    assert told["typed"] == "re"
    assert len(kinds) == SUGGESTIONS
    assert list(dict.fromkeys(kinds)) == ["label", "title", "word"]
    assert client.get("/api/suggest").get_json() == {"version": 1, "typed": "", "suggestions": []}


def test_suggestions_have_a_form_that_browsers_read(client):
    answer = client.get("/api/suggest?q=re&format=opensearch")
    told = client.get("/api/suggest?q=re").get_json()["suggestions"]

    assert answer.content_type == "application/x-suggestions+json"
    assert answer.get_json(force=True) == ["re", [plain(each["text"]) for each in told]]


def test_browsers_are_told_words_that_they_can_send_whatever_the_signs_of_a_title_mean(tmp_path):
    long = "Level three " + "and on " * 50
    titles = ["Level 2 -Second wheel", "Level title:one", "Level OR none", long, "Level 2 Second wheel!"]
    with archive_of(tmp_path, [write_post(f"p{n}", title=title) for n, title in enumerate(titles)]) as archive:
        client = client_of(archive)
        _, texts = client.get("/api/suggest?q=level&format=opensearch").get_json(force=True)
        found = [client.get("/api/search", query_string={"q": text}).get_json()["total"] for text in texts]

    assert {"Level 2 Second wheel", "Level title one", "Level or none"} < set(texts)
    assert len(texts) == len(set(texts))
    assert min(found) > 0


def test_suggestions_have_no_other_form(client):
    answer = client.get("/api/suggest?q=re&format=foo")

    assert (answer.status_code, answer.get_json()["error"]["message"]) == (400, '"format" must be one of opensearch.')
    assert client.get("/api/suggest?q=re&format=").status_code == 200


def suggestions(**numbers):
    return [Suggestion(kind=kind, text=f"{kind}{n}", count=1) for kind, most in numbers.items() for n in range(most)]


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ({"label": 8, "title": 8, "word": 8}, {"label": 3, "title": 3, "word": 2}),
        ({"label": 1, "title": 8, "word": 8}, {"label": 1, "title": 4, "word": 3}),
        ({"word": 8}, {"word": 8}),
        ({"title": 2, "word": 1}, {"title": 2, "word": 1}),
        ({}, {}),
    ],
)
def test_no_kind_of_suggestion_takes_the_room_of_the_others(found, chosen):
    assert choose(suggestions(**found), 8) == suggestions(**chosen)


@pytest.mark.parametrize(
    ("path", "status", "says", "position"),
    [
        ("/api/search?q=rain+date:2019-99", 400, "There is no such date", 10),
        ("/api/search?size=0", 400, '"size" must be a whole number from 1 to 100.', None),
        ("/api/search?page=11&size=100", 400, "Only the first 1,000 hits", None),
        ("/api/search?sort=odd", 400, '"sort" must be one of relevance', None),
        (f"/api/suggest?q={'a' * 257}", 400, "The query is 257 characters long", 256),
        ("/api/posts/x/similar?limit=0", 400, '"limit" must be a whole number from 1 to 100.', None),
        ("/api/posts/x", 404, "There is no such page. The address may be mistyped, or the post", None),
        ("/api/posts/x/similar", 404, "There is no such page.", None),
        ("/api/nothing", 404, "There is no such page.", None),
    ],
)
def test_an_error_is_a_record_with_the_sentence_of_the_page(client, path, status, says, position):
    answer = client.get(path)
    record = answer.get_json()

    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert record["version"] == 1
    assert record["error"]["message"].startswith(says)
    assert record["error"]["position"] == position


def test_what_is_not_read_is_refused_as_a_record(client):
    answer = client.post("/api/search")

    assert answer.status_code == 405
    assert answer.get_json()["error"]["message"].startswith("This archive can only be read.")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_an_archive_that_cannot_answer_says_when_to_come_back(tmp_path):
    with Archive.open(tmp_path) as archive:
        client = client_of(archive)
        answers = [client.get(f"/api/{path}") for path in ("search", "suggest?q=a", "posts/x", "posts/x/similar")]

    assert [(each.status_code, each.headers["Retry-After"], each.mimetype) for each in answers] == [
        (503, "30", "application/json")
    ] * 4
    assert str(tmp_path) not in answers[0].text


def test_a_text_that_steers_terminals_is_written_without_its_power(tmp_path):
    title = "\x1b[31m\u202e'<script>"
    with archive_of(tmp_path, [write_post("a", title=title)]) as archive:
        answer = client_of(archive).get("/api/posts/a")

    assert answer.get_json()["title"] == title
    assert "\x1b" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("path", ["/api/search", "/api/posts/a", "/api/posts/x", "/api/search?size=0", "/api/x"])
def test_scripts_of_other_sites_read_the_api_only_of_an_archive_that_says_its_address(tmp_path, path):
    """Or any site could read what stands on the visitor's own machine or network."""
    posts = [write_post("a")]
    with archive_of(tmp_path, posts) as closed:
        kept = client_of(closed).get(path).headers
    with archive_of(tmp_path, posts, 'address = "https://archive.example"') as published:
        opened = client_of(published).get(path).headers

    assert {name: kept.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Access-Control-Allow-Origin" not in kept
    assert {name: opened.get(name) for name in SECURITY_HEADERS | OPEN_HEADERS} == SECURITY_HEADERS | OPEN_HEADERS


def test_the_page_itself_stays_closed_to_scripts_of_other_sites(tmp_path):
    with archive_of(tmp_path, [write_post("a")], 'address = "https://archive.example"') as archive:
        for path in ("/", "/post/a", "/feed.atom", "/export.csv", "/static/page.css", "/api"):
            headers = client_of(archive).get(path).headers

            assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
            assert "Access-Control-Allow-Origin" not in headers


# docs/api.md

DOCS = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^    (/\S+)$", DOCS, re.MULTILINE)
TABLED = re.findall(r"^\| `(/[^`]+)`", DOCS, re.MULTILINE)
NAMED = [
    name
    for row in re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \|", DOCS, re.MULTILINE)
    for name in row[1:-1].split("`, `")
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_docs_finds_something(client, example):
    answer = client.get(example)

    assert answer.status_code == 200
    assert re.search(r'"id": "\d|<entry|\n20\d\d-|"rep', answer.text)


def test_every_address_of_the_docs_is_there_and_every_one_for_programs_is_in_the_docs(client, demonstration):
    post_id = demonstration.ids()[0]
    rules = {rule.rule for rule in client.application.url_map.iter_rules() if rule.endpoint != "static"}
    for_visitors = {"/", "/post/<post_id>", "/coverage", "/page/<name>", "/colours.css"}
    parts = {"/sitemap-<int(min=1):number>.xml"}

    assert {path.replace("ID", "<post_id>") for path in TABLED} == rules - for_visitors - parts
    assert {client.get(path.replace("ID", post_id)).status_code for path in TABLED} == {200}


def test_the_parameters_of_the_docs_are_those_of_the_openapi_document(client):
    told = client.get("/api/openapi.json").get_json()["paths"]["/api/search"]["get"]["parameters"]

    assert [each["name"] for each in told] == NAMED
