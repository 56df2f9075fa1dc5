"""What programs can ask of the archive, as an OpenAPI 3.1 document; limits and records are those of the code."""

from collections.abc import Mapping
from typing import Any

from archivesearch.answers import VERSION
from archivesearch.params import LIMIT, MATCHES, MAX_REACH, MAX_SIZE, MAX_VALUES, SORTS, SUGGESTION_FORMS
from archivesearch.query.grammar import MAX_CHARACTERS
from archivesearch.schemas import SCHEMAS
from archivesearch.search import FACETS, FacetName, Search

Part = Mapping[str, Any]

_DEFAULT = Search()
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_PICKS: Mapping[FacetName, str] = {
    "country": "about this country; none: not about one country",
    "year": "of this year; none: undated",
    "label": "with this label; none: without label",
    "language": "in this language (ISO 639-1); none: not known",
    "dump": "that this dump has",
}


def _parameter(name: str, description: str, schema: Part, **more: Any) -> Part:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _pick(facet: FacetName) -> Part:
    schema = {"type": "array", "items": {"type": "string"}, "maxItems": MAX_VALUES}
    return _parameter(facet, f"Posts {_PICKS[facet]}. Repeated: any of them.", schema)


_QUERY = _parameter("q", "What to search for; without it, every post.", {"type": "string", "maxLength": MAX_CHARACTERS})

_SEARCH = (
    _QUERY,
    *map(_pick, FACETS),
    _parameter("from", "Posts of this year, month or day and later.", {"type": "string", "pattern": _DAY}),
    _parameter("to", "Posts up to the end of this year, month or day.", {"type": "string", "pattern": _DAY}),
    _parameter(
        "since-import",
        "Posts that came after the import of this number.",
        {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    ),
    _parameter(
        "match",
        "Posts with all words, with any of them; auto: with all, and if there is none, with most.",
        {"type": "string", "enum": list(MATCHES), "default": _DEFAULT.match},
    ),
)

_PAGED = (
    _parameter(
        "page",
        f"Which page; page times size is at most {MAX_REACH}.",
        {"type": "integer", "minimum": 1, "maximum": MAX_REACH, "default": _DEFAULT.page},
    ),
    _parameter(
        "size", "Hits a page.", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": _DEFAULT.size}
    ),
)

_ID = {"name": "id", "in": "path", "required": True, "description": "A post's id.", "schema": {"type": "string"}}

_LIMIT = _parameter(
    "limit", "How many posts at most.", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": LIMIT}
)

_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "required": True}}


def _sorted_by(default: str) -> Part:
    return _parameter("sort", "Which hits come first.", {"type": "string", "enum": list(SORTS), "default": default})


def _json(name: str) -> Part:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _file(*media_types: str) -> Part:
    return {media_type: {"schema": {"type": "string"}} for media_type in media_types}


_FAILURES = {
    "400": "A parameter cannot be read or is out of bounds.",
    "404": "There is no such post.",
    "405": "Only GET and HEAD are answered.",
    "429": "This client has asked for too many searches.",
    "503": "The archive cannot answer now.",
}


def _answers(description: str, content: Part, *, failing: Part, post: bool = False, search: bool = True) -> Part:
    """What an address answers: this, or a failure in the form `failing`. `post`: of one post; `search`: by a search."""
    failures = {
        status: {"description": said, "content": failing, **({"headers": _RETRY} if status in {"429", "503"} else {})}
        for status, said in _FAILURES.items()
        if (status != "404" or post) and (status != "429" or search)
    }
    return {"200": {"description": description, "content": content}, **failures}


def _get(name: str, summary: str, parameters: tuple[Part, ...], responses: Part) -> Part:
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}}


_ERROR = _json("Error")
_MOVED = {
    "description": "The post has another id now.",
    "headers": {"Location": {"schema": {"type": "string"}, "description": "Where it is now."}},
}
_PAGE = _file("text/html")

# what was typed, and a list of what may be meant
_OPENSEARCH = {
    "type": "array",
    "items": {"type": ["string", "array"], "items": {"type": "string"}},
    "minItems": 2,
    "maxItems": 2,
}

_PATHS: Mapping[str, Part] = {
    "/api/search": _get(
        "search",
        "Find posts by words and facets",
        (*_SEARCH, _sorted_by(_DEFAULT.sort), *_PAGED),
        _answers("A page of hits, and counts of every facet.", _json("Answer"), failing=_ERROR),
    ),
    "/api/posts/{id}": _get(
        "post",
        "A whole post",
        (_ID,),
        {**_answers("The post.", _json("Post"), failing=_ERROR, post=True, search=False), "301": _MOVED},
    ),
    "/api/posts/{id}/similar": _get(
        "similar",
        "The posts that are most like one",
        (_ID, _LIMIT),
        _answers("The most similar first.", _json("Similar"), failing=_ERROR, post=True),
    ),
    "/api/suggest": _get(
        "suggest",
        "What may be meant by what is typed so far",
        (
            _QUERY,
            _parameter(
                "format", "opensearch: as browsers read it.", {"type": "string", "enum": list(SUGGESTION_FORMS)}
            ),
        ),
        _answers(
            "At most eight suggestions.",
            {**_json("Suggestions"), "application/x-suggestions+json": {"schema": _OPENSEARCH}},
            failing=_ERROR,
        ),
    ),
    "/api/openapi.json": _get(
        "openapi",
        "This document",
        (),
        _answers("OpenAPI 3.1.", {"application/json": {"schema": {"type": "object"}}}, failing=_ERROR, search=False),
    ),
    "/feed.atom": _get(
        "feed",
        "A search as an Atom feed; posts without a date are left out",
        (*_SEARCH, _sorted_by("newest"), *_PAGED),
        _answers("A page of the feed.", _file("application/atom+xml"), failing=_PAGE),
    ),
    "/export.csv": _get(
        "export_csv",
        "All hits of a search as CSV",
        (*_SEARCH, _sorted_by(_DEFAULT.sort)),
        _answers("One line a hit, below the names of the columns.", _file("text/csv"), failing=_PAGE),
    ),
    "/export.jsonl": _get(
        "export_jsonl",
        "All hits of a search as JSON Lines",
        (*_SEARCH, _sorted_by(_DEFAULT.sort)),
        _answers("One Hit a line.", _file("application/jsonl"), failing=_PAGE),
    ),
}


def describe(title: str) -> Part:
    """The document for an archive with this title."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title or "archivesearch",
            "version": str(VERSION),
            "description": "Everything can be read without a key. Unknown parameters and empty values are ignored.",
        },
        "servers": [{"url": "/"}],
        "paths": _PATHS,
        "components": {"schemas": SCHEMAS},
    }
