"""The records of `answers` as JSON Schemas (2020-12), for programs that read them.

Every key that a record has stands in its schema and is required there: keys may come, but none goes without a new
VERSION.
"""

from collections.abc import Mapping
from typing import Any, get_args

from archivesearch.answers import VERSION
from archivesearch.search import FACETS, SuggestionKind

Schema = Mapping[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _known_text(description: str) -> Schema:
    return {"type": ["string", "null"], "description": description}


def _number(description: str) -> Schema:
    return {"type": "number", "description": description}


def _count(description: str, least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, "description": description}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _record(properties: Mapping[str, Schema], description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_VERSION: Schema = {
    "const": VERSION,
    "description": "Raised when a key changes its meaning or goes; new keys may come.",
}

_TEXT: Schema = {"type": "string"}

_HEAD: Mapping[str, Schema] = {
    "id": _text("The post's id; the same in every import."),
    "title": _text("Its title; may be empty."),
    "published": _known_text(
        "ISO 8601, as exact as it is known: a year, a month, a day, or a minute with its offset; null: undated."
    ),
    "labels": _list(_TEXT, "Its labels."),
    "countries": _list(_TEXT, "English short names of the countries that it is about."),
    "language": _known_text("ISO 639-1 code; null: not known."),
}

_PERMALINK = _known_text("Where the blog had it; null: not known.")

_PARAMETER: Schema = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}

_REPAIR = _record(
    {
        "dropped": _text("The filter that is left out, in words."),
        "count": _count("The number of posts that are found then.", 1),
        "params": _list(_PARAMETER, "The parameters of that search, each a name and a value."),
    },
    "A way out of a search that finds nothing.",
)

SCHEMAS: Mapping[str, Schema] = {
    "Answer": _record(
        {
            "version": _VERSION,
            "total": _count("The number of posts found, on all pages."),
            "query": _text("How the query was read, in words."),
            "hits": _list(_named("Hit"), "The hits of this page, in the order that was asked for."),
            "facets": _record(
                {facet: _list(_named("Count"), f"The values of {facet}.") for facet in FACETS},
                "Counts of each facet, which leave out its own filter; the value none means posts without one.",
            ),
            "months": _list(
                _named("Count"), "Counts of months (2019-05; 2019 where no month is known), without from and to."
            ),
            "relaxed": _flag("Whether no post has all of the words, and these have most of them."),
            "repairs": _list(_REPAIR, "Where nothing has all: filters that can be dropped."),
            "suggestion": _text("Where nothing has all: another query that finds something; else empty."),
        },
        "The answer to a search.",
    ),
    "Hit": _record(
        {
            **_HEAD,
            "score": _number("How well it fits; 0 where nothing ranks."),
            "snippet": _text("The best passage of its text."),
            "permalink": _PERMALINK,
        },
        "A post that the search found.",
    ),
    "Count": _record(
        {
            "value": _text("A value."),
            "count": _count("The number of posts that picking it gives."),
            "selected": _flag("Whether it is picked."),
        },
        "A value of a facet.",
    ),
    "Post": _record(
        {
            **_HEAD,
            "permalink": _PERMALINK,
            "text": _text("All of its text, plain."),
            "provenance": _list(_named("Provenance"), "Where it was found; the first is the one that is shown."),
        },
        "A whole post.",
    ),
    "Provenance": _record(
        {
            "dump": _text("The name of the dump."),
            "sha256": _text("The dump's SHA-256."),
            "reader": _text("The reader that read it."),
            "line": _count("Its first line, from 1."),
            "start": _count("Its first byte."),
            "end": _count("The byte after its last."),
            "certainty": _number("How sure it is, from 0 to 1, where the post begins and ends."),
            "evidence": _text("Why, in words."),
        },
        "A place where a post was found.",
    ),
    "Similar": _record(
        {
            "version": _VERSION,
            "of": _text("The id of the post that they are like."),
            "posts": _list(_named("SimilarPost"), "The most similar first."),
        },
        "Posts that are like another one.",
    ),
    "SimilarPost": _record({**_HEAD, "score": _number("How much alike they are.")}, "A post that is like another one."),
    "Suggestions": _record(
        {
            "version": _VERSION,
            "typed": _text("What was typed."),
            "suggestions": _list(_named("Suggestion"), "Labels, titles and words."),
        },
        "What may be meant by what was typed so far.",
    ),
    "Suggestion": _record(
        {
            "kind": _text("What it is.", enum=list(get_args(SuggestionKind))),
            "text": _text("All that may be meant."),
            "count": _count("The number of posts that have all of it."),
            "id": _known_text("The id of the post, of a title that one post alone has; else null."),
            "params": _list(_PARAMETER, "The parameters of the search that finds them, each a name and a value."),
        },
        "What somebody may be about to type.",
    ),
    "Error": _record(
        {
            "version": _VERSION,
            "error": _record(
                {
                    "message": _text("What is the matter and what to do, for people."),
                    "position": {
                        "type": ["integer", "null"],
                        "description": "The place in q, in characters, where q cannot be read; null for all else.",
                    },
                },
                "Why there is no answer.",
            ),
        },
        "An answer that is none.",
    ),
}
"""By the names that they have in the OpenAPI document."""
