"""The OpenAPI document, and whether every answer is as it says."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from archivesearch.answers import (
    as_record,
    error_record,
    hit_record,
    like_record,
    post_record,
    similar_record,
    suggestions_record,
)
from archivesearch.params import MAX_REACH, MAX_SIZE, MAX_VALUES, from_params
from archivesearch.query import parse
from archivesearch.query.grammar import MAX_CHARACTERS
from archivesearch.schemas import SCHEMAS
from archivesearch.search import FACETS, FacetCount, Hit, Repair, Results, Search, Suggestion
from archivesearch.web import create_app
from archivesearch.web.openapi import describe
from served import write_post

DOCUMENT = json.loads(json.dumps(describe("Hills")))
PATHS = tuple(path for path in DOCUMENT["paths"] if path != "/api/openapi.json")  # the document tells itself

# Each schema with a record that has every part at least once.
HIT = Hit(post=write_post("a"), score=1.0)
ANSWER = Results(
    total=1,
    hits=(HIT,),
    facets={facet: (FacetCount(value="x", count=1),) for facet in FACETS},
    months=(FacetCount(value="2021-02", count=1),),
    repairs=(Repair(dropped=parse("rain"), search=Search(typed="a", query=parse("a")), count=1),),
)
RECORDS = {
    "Answer": as_record(Search(), ANSWER),
    "Hit": hit_record(HIT),
    "Count": as_record(Search(), ANSWER)["months"][0],
    "Post": post_record(HIT.post),
    "Provenance": post_record(HIT.post)["provenance"][0],
    "Similar": similar_record("a", [HIT]),
    "SimilarPost": like_record(HIT),
    "Suggestions": suggestions_record("r", [Suggestion(kind="word", text="rain", count=1)]),
    "Suggestion": suggestions_record("r", [Suggestion(kind="word", text="rain", count=1)])["suggestions"][0],
    "Error": error_record("Mend it."),
}


def check_keys(schema, record):
    """Hold the keys of a record, and of all records in it, against the schema."""
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if isinstance(record, dict):
        assert list(schema["properties"]) == schema["required"]
        assert set(schema["properties"]) == set(record)
        for key, value in record.items():
            check_keys(schema["properties"][key], value)
    elif isinstance(record, (list, tuple)):
        for value in record:
            check_keys(schema["items"], value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_exactly_the_keys_of_its_record(name):
    check_keys(SCHEMAS[name], RECORDS[name])


def test_a_key_too_much_or_too_few_is_seen():
    for planted in ({**RECORDS["Hit"], "more": 1}, {"id": "a"}):
        with pytest.raises(AssertionError):
            check_keys(SCHEMAS["Hit"], planted)


def test_the_document_is_what_the_archive_serves(demonstration):
    answer = create_app(demonstration).test_client().get("/api/openapi.json")

    assert answer.get_json() == json.loads(json.dumps(describe(demonstration.settings.title)))
    assert answer.get_json()["openapi"] == "3.1.0"


def test_every_route_for_programs_that_takes_parameters_is_described(demonstration):
    rules = {rule.rule.replace("<post_id>", "{id}") for rule in create_app(demonstration).url_map.iter_rules()}

    assert {rule for rule in rules if rule.startswith(("/api/", "/feed", "/export"))} == set(DOCUMENT["paths"])


def schema_of(path, name):
    [found] = [each["schema"] for each in DOCUMENT["paths"][path]["get"]["parameters"] if each["name"] == name]
    return found


def test_the_limits_are_those_of_the_code():
    assert schema_of("/api/search", "q")["maxLength"] == MAX_CHARACTERS
    assert schema_of("/api/search", "size")["maximum"] == MAX_SIZE
    assert schema_of("/api/search", "page")["maximum"] == MAX_REACH
    assert {schema_of("/api/search", facet)["maxItems"] for facet in FACETS} == {MAX_VALUES}


def test_the_defaults_are_those_of_a_search_without_parameters():
    found = {
        each["name"]: each["schema"]["default"]
        for each in DOCUMENT["paths"]["/api/search"]["get"]["parameters"]
        if "default" in each["schema"]
    }

    assert from_params({name: [str(value)] for name, value in found.items()}) == from_params({})
    assert set(found) == {"match", "sort", "page", "size"}


@pytest.fixture(scope="module")
def operations(demonstration):
    """Each path of the served document as schemathesis understands it, over the real application."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", create_app(demonstration))
    return {found.ok().path: found.ok() for found in schema.get_all_operations()}


# What a schema allows may still be no query or no day, and empty values and unknown parameters are ignored on purpose:
# whether a request is taken is told by the tests of the parameters.
NOT_CHECKED = [checks.positive_data_acceptance, checks.negative_data_rejection]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_the_document_says_and_none_is_a_fault(demonstration, operations, path, mode):
    if mode == GenerationMode.NEGATIVE and path == "/api/posts/{id}":
        mode = GenerationMode.POSITIVE  # its one parameter is any text: there is no wrong one
    known_ids = st.sampled_from(demonstration.ids())
    known_words = st.sampled_from(["repair", "fiets werkplaats", "RE/SPOKE!", "tub*", '"inner tube" OR bel', "-school"])

    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(operations[path].as_strategy(generation_mode=mode), known_ids, known_words, st.booleans())
    def ask(case, post_id, words, known):
        if known and "id" in case.path_parameters:
            case.path_parameters["id"] = post_id
        elif known:
            case.query["q"] = words

        case.call_and_validate(excluded_checks=NOT_CHECKED)

    ask()
