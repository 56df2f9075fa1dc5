"""Whatever is indexed and searched, an engine gives the oracle's answer."""

import shutil
from dataclasses import replace

import pytest
from corpus import LATER, STAMP, corpora, make_post, posts, searches
from hypothesis import HealthCheck, given, settings, strategies as st

from archivesearch.engines import open_engine
from archivesearch.settings import Settings
from oracle import Oracle


@pytest.fixture(params=["whoosh"])
def opened(request, tmp_path):
    """Opens the engine with an empty index of its own, as often as it is called."""
    made = []

    def open_empty():
        for engine, folder in made:
            engine.close()
            shutil.rmtree(folder)
        made[:] = [(open_engine(Settings(engine=request.param), tmp_path), tmp_path / request.param)]
        return made[0][0]

    yield open_empty
    for engine, _ in made:
        engine.close()


def comparable(search, results):
    """What an engine must answer like the oracle: relevance is compared as a set, on one page for all."""
    ids = [hit.post.id for hit in results.hits]
    return {
        "total": results.total,
        "ids": sorted(ids) if search.sort == "relevance" else ids,
        "facets": results.facets,
        "months": results.months,
        "relaxed": results.relaxed,
        "repairs": results.repairs,
    }


def assert_agrees(engine, oracle, search):
    if search.sort == "relevance":
        search = replace(search, page=1, size=100)

    answer = comparable(search, engine.search(search))

    assert answer == comparable(search, oracle.search(search))


def alike(engine, post_id):
    """The ids of all posts that are like this one, as a set; None where there is no such post."""
    found = engine.around(post_id, similar=100)
    return found and {hit.post.id for hit in found.similar}


@given(corpus=corpora, asked=st.lists(searches, min_size=1, max_size=8))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_index_answers_as_the_oracle_does(opened, corpus, asked):
    engine, oracle = opened(), Oracle()
    for each in (engine, oracle):
        each.rebuild(corpus, STAMP)

    for search in asked:
        assert_agrees(engine, oracle, search)
    for number in range(8):
        assert engine.around(f"id-{number}") == oracle.around(f"id-{number}")
        assert alike(engine, f"id-{number}") == alike(oracle, f"id-{number}")


PADDING = [make_post(f"padding-{n}", "padding", "pension padding") for n in range(60)]
"""With these a few changes are a small part, so that an engine may add them to what it has."""


@given(
    corpus=corpora,
    changes=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7).flatmap(lambda n: posts(f"id-{n}"))), max_size=3),
    asked=st.lists(searches, min_size=1, max_size=5),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_changes_leave_an_index_that_answers_as_the_oracle_does(opened, corpus, changes, asked):
    engine, oracle = opened(), Oracle()
    for each in (engine, oracle):
        each.rebuild([*PADDING, *corpus], STAMP)
        for gone, post in changes:
            each.apply([post], [f"id-{gone}"], LATER)

    for search in asked:
        assert_agrees(engine, oracle, search)
    for number in range(8):
        assert engine.around(f"id-{number}") == oracle.around(f"id-{number}")
