"""A query in words: how it was read."""

from collections.abc import Sequence
from datetime import date

from archivesearch.query.days import write_day
from archivesearch.query.tree import (
    EVERYTHING,
    NOTHING,
    All,
    Any,
    Dated,
    Fuzzy,
    Has,
    Id,
    In,
    Not,
    Phrase,
    Prefix,
    Query,
    Sought,
    Word,
)
from archivesearch.text import fold

_PLACES = {"title": "in the title", "text": "in the text"}
_FACETS = {
    "country": "the country",
    "label": "the label",
    "language": "the language",
    "year": "the year",
    "dump": "a copy in the dump",
}
_WITHOUT = {
    "country": "no country",
    "label": "no label",
    "language": "no known language",
    "year": "no date",
    "dump": "no dump",
}


def say(query: Query) -> str:
    """How the query was read, in words: "posts with “social” and “protection” but without “covid”"."""
    if query == EVERYTHING:
        return "every post"
    if query == NOTHING:
        return "no post, because what was typed holds no word"
    said = _say(query)
    return f"posts {said}" if said.startswith("without ") else f"posts with {said}"


def _say(query: Query) -> str:
    match query:
        case Not(inner) | In(_, Not(inner)):
            place = f" {_PLACES[query.field]}" if isinstance(query, In) else ""
            return f"without {_say_inside(inner)}{place}"
        case In(field, inner):
            return f"{_say_inside(inner)} {_PLACES[field]}"
        case Any(queries):
            wanted = [_say_inside(q) for q in queries if not isinstance(q, Not)]
            return " or ".join(wanted + [_say(q) for q in queries if isinstance(q, Not)])
        case All(queries):
            return _say_all(queries)
        case Has() | Id() | Dated():
            return _say_value(query)
        case _:
            return _say_sought(query)


def _say_value(query: Has | Id | Dated) -> str:
    match query:
        case Has(facet, value) if fold(value) == "none":
            return _WITHOUT[facet]
        case Has(facet, value):
            return f"{_FACETS[facet]} {value if facet == 'year' else f'“{value}”'}"
        case Id(value):
            return f"the id “{value}”"
        case Dated(since, until):
            return _say_dated(since, until)


def _say_sought(query: Sought) -> str:
    match query:
        case Word(term):
            return f"“{term}”"
        case Phrase(terms):
            return f"“{' '.join(terms)}”"
        case Prefix(start):
            return f"words that begin with “{start}”"
        case Fuzzy(term):
            return f"words like “{term}”"


def _say_all(queries: Sequence[Query]) -> str:
    wanted = [_say_inside(q) for q in queries if not isinstance(q, Not)]
    unwanted = [_say_inside(q.query) for q in queries if isinstance(q, Not)]
    parts = [" and ".join(wanted)] if wanted else []
    return " but ".join(parts + ([f"without {' or '.join(unwanted)}"] if unwanted else []))


def _say_dated(since: date | None, until: date | None) -> str:
    if since and until:
        first, last = write_day(since, last=False), write_day(until, last=True)
        return f"a date in {first}" if first == last else f"a date from {first} to {last}"
    if until:
        return f"a date up to {write_day(until, last=True)}"
    return f"a date in {write_day(since, last=False)} or later"


def _say_inside(query: Query) -> str:
    return f"({_say(query)})" if isinstance(query, Not | All | Any) else _say(query)
