"""The shapes that are a public promise, written out in full."""

import json
from datetime import date, datetime, timedelta, timezone

from archivesearch.answers import (
    as_record,
    coverage_record,
    error_record,
    explained_record,
    post_record,
    similar_record,
    suggestions_record,
)
from archivesearch.coverage import cover
from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block, Post, Provenance
from archivesearch.query import parse
from archivesearch.search import FacetCount, Fragment, Hit, Results, Search, Suggestion

RAIN = Post(
    id="2021-02-06-0a1b2c3d",
    title="Rain on the hills",
    published=Published(moment=date(2021, 2, 6), source=DateSource.HEADING, printed="06 February 2021"),
    body=(Block(lines=("It rained.", "For days.")), Block(kind="bullets", lines=("one", "two"), markers=("•", "•"))),
    labels=("Rain", "Weather"),
    permalink="https://blog.example/rain",
    language="en",
    countries=("Nepal",),
    provenance=(
        Provenance(
            dump="a.txt", sha256="ab" * 32, reader="page-text", line=7, start=120, end=360, certainty=0.75, evidence="x"
        ),
    ),
)
UNDATED = Post(id="undated-00000000", title="", published=None, body=())


def test_a_post_is_written_whole():
    assert post_record(RAIN) == {
        "id": "2021-02-06-0a1b2c3d",
        "title": "Rain on the hills",
        "published": "2021-02-06",
        "labels": ["Rain", "Weather"],
        "countries": ["Nepal"],
        "language": "en",
        "permalink": "https://blog.example/rain",
        "text": "It rained.\nFor days.\n\n• one\n• two",
        "provenance": [
            {
                "dump": "a.txt",
                "sha256": "ab" * 32,
                "reader": "page-text",
                "line": 7,
                "start": 120,
                "end": 360,
                "certainty": 0.75,
                "evidence": "x",
            }
        ],
    }


def test_what_is_not_known_of_a_post_is_null_or_empty():
    assert post_record(UNDATED) == {
        "id": "undated-00000000",
        "title": "",
        "published": None,
        "labels": [],
        "countries": [],
        "language": None,
        "permalink": None,
        "text": "",
        "provenance": [],
    }


def test_a_date_is_written_as_exactly_as_it_is_known():
    moment = datetime(2021, 2, 6, 14, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    exact = Published(moment=moment, precision="minute", source=DateSource.FEED)
    month = Published(moment=date(2021, 2, 1), precision="month", source=DateSource.PERMALINK)

    assert post_record(Post(id="x", title="", published=exact, body=()))["published"] == "2021-02-06T14:05+05:45"
    assert post_record(Post(id="x", title="", published=month, body=()))["published"] == "2021-02"


def test_an_answer_is_written_whole():
    search = Search(typed="rain", query=parse("rain"), chosen={"year": ("2021",)})
    results = Results(
        total=12,
        hits=(Hit(post=RAIN, score=1.5, snippet=(Fragment("It "), Fragment("rained", marked=True), Fragment("."))),),
        facets={"year": (FacetCount(value="2021", count=12, selected=True), FacetCount(value="none", count=1))},
    )

    assert as_record(search, results) == {
        "version": 1,
        "total": 12,
        "query": "posts with “rain”",
        "hits": [
            {
                "id": "2021-02-06-0a1b2c3d",
                "title": "Rain on the hills",
                "published": "2021-02-06",
                "labels": ["Rain", "Weather"],
                "countries": ["Nepal"],
                "language": "en",
                "score": 1.5,
                "snippet": "It rained.",
                "permalink": "https://blog.example/rain",
            }
        ],
        "facets": {
            "country": [],
            "year": [
                {"value": "2021", "count": 12, "selected": True},
                {"value": "none", "count": 1, "selected": False},
            ],
            "label": [],
            "language": [],
            "dump": [],
        },
        "months": [],
        "relaxed": False,
        "repairs": [],
        "suggestion": "",
    }


def test_an_error_is_written_with_its_place():
    assert error_record("Mend it.", 3) == {"version": 1, "error": {"message": "Mend it.", "position": 3}}
    assert error_record("Come back.")["error"] == {"message": "Come back.", "position": None}


def test_both_shapes_are_json():
    results = Results(total=1, hits=(Hit(post=UNDATED, score=0.0),), facets={})
    records = [as_record(Search(), results), post_record(RAIN)]

    assert json.loads(json.dumps(records)) == records


def test_coverage_is_written_whole():
    posts = [("2019-05-03", {"a.txt"}), ("2019-07", {"a.txt", "b.txt"}), ("2019", {"b.txt"}), (None, {"b.txt"})]
    coverage = cover((day, frozenset(dumps)) for day, dumps in posts)
    year_only = [{"period": "2019", "posts": 1}]

    assert coverage_record(coverage, "month") == {
        "version": 1,
        "by": "month",
        "posts": 4,
        "periods": [
            {"period": "2019-05", "posts": 1},
            {"period": "2019-06", "posts": 0},
            {"period": "2019-07", "posts": 1},
        ],
        "year_only": year_only,
        "undated": 1,
        "dumps": [
            {
                "dump": "a.txt",
                "posts": 2,
                "only": 1,
                "periods": [{"period": "2019-05", "posts": 1}, {"period": "2019-07", "posts": 1}],
                "year_only": [],
                "undated": 0,
            },
            {
                "dump": "b.txt",
                "posts": 3,
                "only": 2,
                "periods": [{"period": "2019-07", "posts": 1}],
                "year_only": year_only,
                "undated": 1,
            },
        ],
        "gaps": [{"first": "2019-06", "last": "2019-06", "months": 1, "uncertain": 1}],
    }
    assert coverage_record(coverage, "year")["periods"] == [{"period": "2019", "posts": 3}]


def test_what_was_done_is_written_with_its_time():
    assert explained_record(Search(query=parse("rain -snow")), [("read 2 posts", 1.23456), ("counted", 0.5)]) == {
        "read": "posts with “rain” but without “snow”",
        "as": "rain -snow",
        "steps": [{"what": "read 2 posts", "ms": 1.235}, {"what": "counted", "ms": 0.5}],
        "ms": 1.735,
    }


def test_posts_like_another_are_written_without_text_or_snippet():
    assert similar_record("2021-02-06-00000000", [Hit(post=UNDATED, score=2.5)]) == {
        "version": 1,
        "of": "2021-02-06-00000000",
        "posts": [
            {
                "id": "undated-00000000",
                "title": "",
                "published": None,
                "labels": [],
                "countries": [],
                "language": None,
                "score": 2.5,
            }
        ],
    }


def test_suggestions_are_written_with_what_was_typed():
    suggestions = [
        Suggestion(kind="label", text='Rain: "heavy" -wind', count=2),
        Suggestion(kind="title", text='Rain: "heavy" -wind', count=1, id="a"),
        Suggestion(kind="word", text="rain", count=3),
    ]

    assert suggestions_record("ra", suggestions) == {
        "version": 1,
        "typed": "ra",
        "suggestions": [
            {
                "kind": "label",
                "text": 'Rain: "heavy" -wind',
                "count": 2,
                "id": None,
                "params": [("label", 'Rain: "heavy" -wind')],
            },
            {
                "kind": "title",
                "text": 'Rain: "heavy" -wind',
                "count": 1,
                "id": "a",
                "params": [("q", "Rain heavy wind")],
            },
            {"kind": "word", "text": "rain", "count": 3, "id": None, "params": [("q", "rain")]},
        ],
    }
