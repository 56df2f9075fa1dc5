"""The query tree: what a person asks for, in frozen records that know nothing of any engine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

FieldName = Literal["title", "text"]
QueryFacet = Literal["country", "label", "language", "year", "dump"]

SHORTEST_START = 3
"""Letters that a prefix or a fuzzy word has at least: with fewer it would stand for a good part of all words."""


@dataclass(frozen=True, slots=True)
class Word:
    """Posts with a word, in title or text, in any form that its language's stemmer folds together.

    `term` is one term of `text.words`.
    """

    term: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Posts with these words (terms of `text.words`, exact forms, two or more) side by side in title or in text."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Posts with a word that begins with `start`, which is folded and has SHORTEST_START letters or more.

    What begins with it is the exact form of a word, not its stem.
    """

    start: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Posts with a word that is `term` or one edit from it: a letter more, less or other, or two neighbours swapped.

    The distance is Damerau's (optimal string alignment), between exact forms; the first letter may differ too.
    """

    term: str


@dataclass(frozen=True, slots=True)
class In:
    """Posts that `query` matches if its words are looked for in this field only, in the same forms as elsewhere.

    It says nothing of what is no word in `query`, nor of an `In` inside, which says its own field.
    """

    field: FieldName
    query: "Query"


@dataclass(frozen=True, slots=True)
class Has:
    """Posts with this value of a facet, compared folded; the value "none" means posts without one."""

    facet: QueryFacet
    value: str


@dataclass(frozen=True, slots=True)
class Id:
    """The post with this id."""

    value: str


@dataclass(frozen=True, slots=True)
class Dated:
    """Posts published on these days, both included, or since or until one of them; undated posts never."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """Posts that `query` does not match."""

    query: "Query"


@dataclass(frozen=True, slots=True)
class All:
    """Posts that every one of `queries` matches; with none of them, every post."""

    queries: "tuple[Query, ...]" = ()


@dataclass(frozen=True, slots=True)
class Any:
    """Posts that at least one of `queries` matches; with none of them, no post."""

    queries: "tuple[Query, ...]"


Sought = Word | Phrase | Prefix | Fuzzy
"""What stands for words of a text."""

Query = Word | Phrase | Prefix | Fuzzy | In | Has | Id | Dated | Not | All | Any

EVERYTHING = All()
NOTHING = Any(())
"""What a person asks for who typed something, but nothing that is a word: no post, rather than all of them."""


def all_of(queries: Iterable[Query]) -> Query:
    """The query for posts that all of these match, in the one form that `parse` gives it."""
    flat: dict[Query, None] = {}
    for query in queries:
        flat.update(dict.fromkeys(query.queries if isinstance(query, All) else (query,)))
    return next(iter(flat)) if len(flat) == 1 else All(tuple(flat))


def any_of(queries: Iterable[Query]) -> Query:
    """The query for posts that one of these matches, in the one form that `parse` gives it."""
    flat: dict[Query, None] = {}
    for query in queries:
        flat.update(dict.fromkeys(query.queries if isinstance(query, Any) else (query,)))
    return next(iter(flat)) if len(flat) == 1 else Any(tuple(flat))


def negate(query: Query) -> Query:
    """The query for the other posts, in the one form that `parse` gives it."""
    return query.query if isinstance(query, Not) else Not(query)


def within(field: FieldName, query: Query) -> Query:
    """The query in this field, in the one form that `parse` gives it: what says its own field stays as it is."""
    return query if isinstance(query, In | Has | Id | Dated) else In(field, query)


def field_of(query: Query) -> str | None:
    """The field that a value is of, as it is typed; None for what is no value of one field, or excludes."""
    match query:
        case In(field, inner) if not isinstance(inner, Not):
            return field
        case Has(facet, _):
            return facet
        case Id():
            return "id"
        case Dated(since, until):
            return "before" if since is None else "after" if until is None else "date"
        case _:
            return None


def operands(query: Query) -> tuple[Query, ...]:
    """What a query demands, each for itself: the queries of an `All`, else the query alone."""
    return query.queries if isinstance(query, All) else (query,)


def is_loose(operand: Query) -> bool:
    """Whether an operand is one that a relaxed search may go without: a word, phrase, prefix or fuzzy word.

    A choice between such is one too, because a word with a hyphen is read as a choice of its spellings.
    """
    if isinstance(operand, Any) and operand.queries:
        return all(isinstance(query, Sought) for query in operand.queries)
    return isinstance(operand, Sought)


def sought(query: Query, field: FieldName | None = None) -> Iterator[tuple[Sought, FieldName | None]]:
    """What a match may hold of the query, without what it excludes, with the one field it is looked for in.

    The field is None where it is looked for in both; `field` is that of the query as a whole.
    """
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            yield query, field
        case In(inner_field, inner):
            yield from sought(inner, inner_field)
        case All(queries) | Any(queries):
            for inner in queries:
                yield from sought(inner, field)
        case _:
            return
