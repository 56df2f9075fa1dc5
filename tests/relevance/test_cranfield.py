"""The ranking, held against a judged collection: ../shared/relevance/cranfield, if it is there.

The constants of the ranking were chosen on other collections (engines/ranking.py says which), so that the figures here
are what strangers' posts and questions would see. A figure that falls below its floor is a worse ranking, whatever it
was meant for; the floors only ever rise.
"""

import json
import math
from collections import defaultdict
from statistics import fmean

import pytest

from archivesearch.engines import open_engine
from archivesearch.errors import QueryError
from archivesearch.languages import language_of
from archivesearch.posts import Block, Post
from archivesearch.query import parse
from archivesearch.search import Search, stamp_of
from archivesearch.settings import Settings

FLOORS = {"nDCG@10": 0.38, "MAP": 0.32}


@pytest.fixture(scope="module")
def cranfield(shared):
    folder = shared / "relevance" / "cranfield"
    if not folder.is_dir():
        pytest.skip("../shared/relevance is not there: the ranking is not held against a judged collection")
    return folder


@pytest.fixture(scope="module")
def engine(cranfield, tmp_path_factory):
    engine = open_engine(Settings(), tmp_path_factory.mktemp("index"))
    engine.rebuild(map(make_post, read_lines(cranfield / "docs.jsonl")), stamp_of("the judged collection"))
    yield engine
    engine.close()


def read_lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def make_post(document):
    language = language_of(f"{document['title']}\n\n{document['text']}")
    body = (Block(lines=tuple(document["text"].split("\n"))),)
    return Post(id=document["id"], title=document["title"], published=None, body=body, language=language)


def read_grades(path):
    """The grade of each judged document, 0 for one that was found not to be relevant, by query."""
    grades = defaultdict(dict)
    for line in path.read_text("utf-8").splitlines():
        query, document, grade = line.split("\t")
        grades[query][document] = int(grade)
    return grades


def read_query(text):
    """The query as a person would type it, without its last words where it is longer than a query may be."""
    typed = text.split()
    while True:
        try:
            return parse(" ".join(typed))
        except QueryError:
            typed.pop()


def rank(engine, text):
    """The ids of the first hundred hits; that later ones count as not found can only lower a figure."""
    results = engine.search(Search(query=read_query(text), match="any", size=100))
    return [hit.post.id for hit in results.hits]


def ndcg(ranked, grades, depth=10):
    """Normalised discounted cumulative gain with gain 2^grade - 1 (Burges and others, 2005)."""
    best = sorted(grades.values(), reverse=True)
    return _dcg([grades.get(document, 0) for document in ranked[:depth]]) / _dcg(best[:depth])


def _dcg(grades):
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def average_precision(ranked, grades):
    relevant = {document for document, grade in grades.items() if grade > 0}
    places = [place for place, document in enumerate(ranked, 1) if document in relevant]
    return sum(found / place for found, place in enumerate(places, 1)) / len(relevant)


def test_the_measures_are_those_of_a_ranking_done_by_hand():
    grades = {"a": 2, "b": 1, "c": 0}

    assert ndcg(["c", "a", "d", "b"], grades) == pytest.approx(
        (3 / math.log2(3) + 1 / math.log2(5)) / (3 + 1 / math.log2(3))
    )
    assert average_precision(["c", "a", "d", "b"], grades) == pytest.approx((1 / 2 + 2 / 4) / 2)


def test_what_people_judged_relevant_is_ranked_high(cranfield, engine):
    queries = {query["id"]: query["text"] for query in read_lines(cranfield / "queries.jsonl")}
    judged = {query: grades for query, grades in read_grades(cranfield / "qrels.tsv").items() if any(grades.values())}

    ranked = {query: rank(engine, queries[query]) for query in judged}

    figures = {
        "nDCG@10": fmean(ndcg(ranked[query], grades) for query, grades in judged.items()),
        "MAP": fmean(average_precision(ranked[query], grades) for query, grades in judged.items()),
    }
    assert {name: figure for name, figure in figures.items() if figure < FLOORS[name]} == {}
