"""A query as somebody would type it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from archivesearch.query.days import write_day
from archivesearch.query.leaves import join_terms
from archivesearch.query.tree import (
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
    field_of,
)

_PLAIN_VALUE = re.compile(r"\w(?:[\w.&'/+!#-]*[\w+!#])?")  # what stands behind a field without quotes
_DAY = timedelta(days=1)


def to_text(query: Query) -> str:
    """The query as somebody would type it: `parse(to_text(query)) == query` for all that `parse` returns."""
    match query:
        case Any(()):
            return '""'
        case All(queries):
            return _write_sequence(queries)
        case _:
            return _write_sequence((query,))


def _write_sequence(queries: Sequence[Query]) -> str:
    """Operands that are all demanded. AND stands where a field comes again, for else it would be a choice."""
    pieces: list[str] = []
    fields: set[str] = set()
    for query in queries:
        choices = query.queries if isinstance(query, Any) else (query,)
        field = _field_of_all(choices)
        if field in fields:
            pieces.append("AND")
            fields.clear()
        if field:
            fields.add(field)
        pieces.append((" " if field else " OR ").join(_write_choices(choices)))
    return " ".join(pieces)


def _field_of_all(choices: Sequence[Query]) -> str | None:
    fields = {field_of(query) for query in choices}
    return next(iter(fields)) if len(fields) == 1 else None


def _write_choices(choices: Sequence[Query]) -> Iterator[str]:
    """Each choice; a phrase with the word that it is without hyphens is one word with hyphens."""
    place = 0
    while place < len(choices):
        query, behind = choices[place], choices[place + 1 : place + 2]
        if isinstance(query, Phrase) and (joined := join_terms(query.terms)) and behind == (Word(joined),):
            yield "-".join(query.terms)
            place += 2
        else:
            yield _write_operand(query)
            place += 1


def _write_operand(query: Query) -> str:
    """An operand that can stand anywhere, with parentheses where it needs some."""
    match query:
        case In(field, inner):
            return f"{field}:{_write_operand(inner)}"
        case Not(inner):
            return f"-{_write_operand(inner)}"
        case Any(queries):
            written = list(_write_choices(queries))
            return written[0] if len(written) == 1 else f"({to_text(query)})"
        case All():
            return f"({to_text(query)})"
        case Has() | Id() | Dated():
            return _write_value(query)
        case _:
            return _write_sought(query)


def _write_sought(query: Sought) -> str:
    match query:
        case Word(term):
            return term
        case Phrase(terms):
            return f'"{" ".join(terms)}"'
        case Prefix(start):
            return f"{start}*"
        case Fuzzy(term):
            return f"{term}~"


def _write_value(query: Has | Id | Dated) -> str:
    match query:
        case Has(facet, value):
            return f"{facet}:{_quote(value)}"
        case Id(value):
            return f"id:{_quote(value)}"
        case Dated(since, until):
            return _write_dated(since, until)


def _quote(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) else f'"{value}"'


def _write_dated(since: date | None, until: date | None) -> str:
    """The days as `before:` or `after:` where one end is open and the calendar goes on beyond the other."""
    if since is None and until and until != date.max:
        return f"before:{write_day(until + _DAY, last=False)}"
    if until is None and since and since != date.min:
        return f"after:{write_day(since - _DAY, last=True)}"
    for written in (write_day(since, last=False), write_day(until, last=True)):
        if since and until and write_day(since, last=False) == write_day(until, last=True) == written:
            return f"date:{written}"
    return f"date:{write_day(since, last=False)}..{write_day(until, last=True)}"
