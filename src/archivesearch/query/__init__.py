"""The query language: read from what a person typed, and written back as text or in words."""

from archivesearch.query.grammar import parse, plain
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
    Word,
    all_of,
    any_of,
    is_loose,
    negate,
    operands,
    sought,
    within,
)
from archivesearch.query.wording import say, say_part
from archivesearch.query.written import to_text

__all__ = [
    "EVERYTHING", "NOTHING", "All", "Any", "Dated", "Fuzzy", "Has", "Id", "In", "Not", "Phrase", "Prefix", "Query",
    "Word", "all_of", "any_of", "is_loose", "negate", "operands", "parse", "plain", "say", "say_part", "sought",
    "to_text", "within",
]  # fmt: skip
