"""Leaves of the query tree: what single words, phrases and values of fields mean."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from archivesearch import text
from archivesearch.errors import QueryError
from archivesearch.query.days import read_span, read_unit
from archivesearch.query.tree import (
    SHORTEST_START,
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
    QueryFacet,
    Word,
    all_of,
    any_of,
)

MAX_TERMS = 32
MAX_PHRASES = 8
MAX_PREFIXES = 3
MAX_FUZZY = 2
"""Limits of a query that the public page can answer in time; `Limits.count` raises QueryError beyond them."""

NONE = "none"

_DAY = timedelta(days=1)

_SIDE_BY_SIDE = re.compile("[-‐‑−﹣－.!&'’@_]")  # one of these between two words keeps them together, as in H&M
_HYPHEN = re.compile("[-‐‑−﹣－]")
_FUZZY = re.compile(r"(.+)~\d?", re.DOTALL)
_STARRED = re.compile(r"(.*?\w)\*", re.DOTALL)
_FACETS: tuple[QueryFacet, ...] = get_args(QueryFacet)


def read_chunk(chunk: str) -> Query | None:
    """What is typed without a space means: a word, a prefix, a fuzzy word, or several of them; None without a word."""
    if (starred := _STARRED.match(chunk)) and (query := _read_starred(starred[1])):
        return query
    if fuzzy := _FUZZY.fullmatch(chunk):
        found = list(text.words(fuzzy[1]))
        if len(found) == 1 and len(found[0].term) >= SHORTEST_START:
            return Fuzzy(found[0].term)
    parts = [_read_run(run) for run in _runs(chunk)]
    return all_of(parts) if parts else None


def read_phrase(inside: str) -> Query | None:
    """What is typed between quotes: its words side by side. With a star in it they are words, each for itself."""
    if _STARRED.search(inside):
        parts = [part for chunk in inside.split() if (part := read_chunk(chunk))]
        return all_of(parts) if parts else None
    terms = tuple(word.term for word in text.words(inside))
    return Phrase(terms) if len(terms) > 1 else Word(terms[0]) if terms else None


def read_value(field: str, written: str, position: int) -> Query | None:
    """A value of a field that holds no words; None where there is none. Raises QueryError for one that cannot be."""
    value = text.one_line(text.clean(written)).rstrip(",; ")
    folded = text.fold(value)
    if not folded:
        return None
    if field in ("date", "before", "after"):
        return _read_dated(field, folded, position)
    if field == "year":
        if folded != NONE and not re.fullmatch("(?!0000)[0-9]{4}", folded):
            raise QueryError("A year has four digits, as in year:2019; for spans write date:2009..2011.", position)
        return Has("year", folded)
    if field == "language" and len(folded) > 2:  # a post's language is a code of two letters
        value = _language_codes().get(folded, value)
    for facet in _FACETS:
        if facet == field:
            return Has(facet, value)
    return Id(folded)


@functools.cache
def _language_codes() -> dict[str, str]:
    """ISO 639-1 codes by the folded names of languages, in English and in the language itself, as CLDR has them."""
    from babel import Locale  # slow to load, and few searches name a language

    english = {name: code for code, name in Locale("en").languages.items() if len(code) == 2}
    own = {name: code for code in text.STEMMED_LANGUAGES if (name := Locale(code).languages.get(code))}
    return {text.fold(name): code for name, code in {**own, **english}.items()}


def _read_dated(field: str, written: str, position: int) -> Query:
    if field == "date" and written == NONE:
        return Has("year", NONE)
    dated = _read_span(written) if field == "date" else _read_side(field, written)
    if dated is None:
        raise _no_such_date(field, position)
    if dated.since and dated.until and dated.since > dated.until:
        raise QueryError("The span ends before it begins: exchange its ends, as in date:2009..2010.", position)
    return dated


def _no_such_date(field: str, position: int) -> QueryError:
    if field == "date":
        return QueryError(
            "There is no such date: write date:2009, date:2009-05 or date:2009-05-03, or a span as in"
            " date:2009-05..2010.",
            position,
        )
    return QueryError(
        "There is no such date: write %(field)s:2009, %(field)s:2009-05 or %(field)s:2009-05-03.", position, field=field
    )


def _read_span(written: str) -> Dated | None:
    span = read_span(written)
    return Dated(*span) if span else None


def _read_side(field: str, written: str) -> Dated | None:
    """The days before the first day of what is written, or after its last; None where the calendar has none."""
    unit = read_unit(written)
    if unit is None or (unit[0] == date.min if field == "before" else unit[1] == date.max):
        return None
    return Dated(None, unit[0] - _DAY) if field == "before" else Dated(unit[1] + _DAY, None)


def _read_starred(head: str) -> Query | None:
    """The words before a star, of which the last is the beginning of a word; None if that is too short."""
    *runs, last = [*_runs(head)] or [_Run(("",), hyphened=False)]  # a star after signs that hold no word
    *before, start = last.terms
    if len(start) < SHORTEST_START:
        return None
    spellings: list[Query] = [all_of([*map(Word, before), Prefix(start)])]
    if last.hyphened and (joined := join_terms(last.terms)):
        spellings.append(Prefix(joined))
    return all_of([*map(_read_run, runs), any_of(spellings)])


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that a sign keeps side by side; `hyphened` says that it is a hyphen everywhere."""

    terms: tuple[str, ...]
    hyphened: bool


def _runs(chunk: str) -> Iterator[_Run]:
    """The words of a chunk; other signs than those of _SIDE_BY_SIDE end a run, as those of an address do."""
    terms: list[str] = []
    hyphened = True
    end = 0
    for word in text.words(chunk):
        gap = chunk[end : word.start]
        if terms and not _SIDE_BY_SIDE.fullmatch(gap):
            yield _Run(tuple(terms), hyphened)
            terms, hyphened = [], True
        elif terms:
            hyphened = hyphened and _HYPHEN.fullmatch(gap) is not None
        terms.append(word.term)
        end = word.end
    if terms:
        yield _Run(tuple(terms), hyphened)


def _read_run(run: _Run) -> Query:
    if len(run.terms) == 1:
        return Word(run.terms[0])
    joined = join_terms(run.terms) if run.hyphened else None
    return any_of([Phrase(run.terms), Word(joined)]) if joined else Phrase(run.terms)


def join_terms(terms: Sequence[str]) -> str | None:
    """The one word that terms with hyphens between them are without these: letters only, for 2019-05 is no word."""
    joined = "".join(terms)
    return joined if len(terms) > 1 and all(term.isalpha() for term in terms) and is_term(joined) else None


def is_term(written: str) -> bool:
    """Whether the analysis reads this as one word, which is spelled so."""
    return [word.term for word in text.words(written)] == [written]


class Limits:
    """Counts the leaves of a query while it is read."""

    def __init__(self) -> None:
        self._terms = self._phrases = self._prefixes = self._fuzzy = 0

    def count(self, query: Query, position: int) -> None:
        """Add the leaves of a query. Raises QueryError with this position if they are too many by now."""
        self._add(query)
        if self._terms > MAX_TERMS:
            raise QueryError(
                "The query has more than %(most)s words and values; take some of them away.", position, most=MAX_TERMS
            )
        if self._phrases > MAX_PHRASES:
            raise QueryError(
                "The query has more than %(most)s phrases (words with a hyphen count as one); take some of them away.",
                position,
                most=MAX_PHRASES,
            )
        if self._prefixes > MAX_PREFIXES:
            raise QueryError(
                "The query has more than %(most)s beginnings of words with a star; take some of them away.",
                position,
                most=MAX_PREFIXES,
            )
        if self._fuzzy > MAX_FUZZY:
            raise QueryError(
                "The query has more than %(most)s words with a ~; take some of them away.", position, most=MAX_FUZZY
            )

    def _add(self, query: Query) -> None:
        match query:
            case All(queries) | Any(queries):
                for inner in queries:
                    self._add(inner)
            case Not(inner) | In(_, inner):
                self._add(inner)
            case _:
                self._terms += len(query.terms) if isinstance(query, Phrase) else 1
                self._phrases += isinstance(query, Phrase)
                self._prefixes += isinstance(query, Prefix)
                self._fuzzy += isinstance(query, Fuzzy)
