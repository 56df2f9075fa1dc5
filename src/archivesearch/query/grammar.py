"""The grammar: a typed text as a query tree, and back. docs/search.md has every rule with its examples.

Ordinary typing never fails: what cannot be an operator where it stands is a word or is passed over. Only a date or a
year that cannot be, and what is beyond the limits of this module, is an error.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import get_args

from archivesearch.errors import QueryError
from archivesearch.query.leaves import MAX_TERMS, Limits, read_chunk, read_phrase, read_value
from archivesearch.query.tree import EVERYTHING, NOTHING, FieldName, Query, all_of, any_of, field_of, negate, within
from archivesearch.query.written import to_text
from archivesearch.text import words

MAX_CHARACTERS = 256
MAX_DEPTH = 5
"""Limits of a query that the public page can answer in time; `parse` raises QueryError beyond them."""

FIELDS = ("title", "text", "label", "country", "language", "year", "date", "before", "after", "dump", "id")
_WORD_FIELDS: tuple[FieldName, ...] = get_args(FieldName)

_QUOTES = '"“”„‟″«»＂‹›「」『』'
_BREAK = rf"\s(){_QUOTES}"  # what ends a chunk
_TOKEN = re.compile(
    rf"""
    (?P<phrase>[{_QUOTES}](?P<inside>[^{_QUOTES}]*)[{_QUOTES}](?:~\d*)?)  # a number of words between means nothing
    | (?P<open>\() | (?P<close>\))
    | (?P<either>(?<![^{_BREAK}])OR(?=[{_BREAK}]|$))
    | (?P<both>(?<![^{_BREAK}])AND(?=[{_BREAK}]|$))
    | (?P<without>(?<![-−\w])[-−](?=[^\s)\-−]))
    | (?P<field>(?<![:：])(?P<name>(?i:{"|".join(FIELDS)}))[:：](?P<space>\s*)(?=[^\s)]))
    | (?P<chunk>(?:[^{_BREAK}] | (?<=\d)[\u00a0\u202f\u2007\u2009](?=\d{{3}}))+)
    | (?P<sign>.)                                # white space, a quote that is never closed
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of what was typed; `apart` says that white space stands between a field and its value."""

    kind: str
    text: str
    position: int
    apart: bool = False


def check_length(typed: str) -> None:
    """Raise QueryError for more characters than a query may have."""
    if len(typed) > MAX_CHARACTERS:
        raise QueryError(
            "The query is %(length)s characters long; shorten it to %(most)s.",
            MAX_CHARACTERS,
            length=len(typed),
            most=MAX_CHARACTERS,
        )


def plain(written: str) -> str:
    """The first words of a text as somebody would type them to find it: no sign of the query language is among them."""
    kept: list[str] = []
    length = 0
    for word in islice(words(written), MAX_TERMS):
        length += max(word.end - word.start, len(word.term)) + 1  # some letters fold to several
        if length > MAX_CHARACTERS:
            break
        said = written[word.start : word.end]
        kept.append(said.lower() if said in ("AND", "OR") else said)
    return " ".join(kept)


def parse(typed: str) -> Query:
    """The query that a person means by what they typed.

    It is EVERYTHING where nothing was typed, or a star alone, and NOTHING where what was typed holds no word. Raises
    QueryError, with the place of what is wrong, for a date or year that cannot be and beyond the limits.
    """
    check_length(typed)
    found = list(_Parser(list(_tokens(typed))).sequences())
    if not found:  # signs, or operators that join nothing: these are words then
        found = [operand for chunk in typed.split() if (operand := read_chunk(chunk))]
    if not found:
        return EVERYTHING if typed.strip() in ("", "*") else NOTHING
    query = all_of(found)
    _require_writable(query)
    return query


def _tokens(typed: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(typed):
        kind = match.lastgroup or ""
        if match["phrase"] is not None:
            yield _Token("phrase", match["inside"], match.start())
        elif match["field"] is not None:
            yield _Token("field", match["name"].lower(), match.start(), bool(match["space"]))
        elif kind != "sign":
            yield _Token(kind, match.group(), match.start())


def _require_writable(query: Query) -> None:
    """Signs that stand between words can make groups of their own, and some letters fold to several."""
    written = to_text(query)
    deepest = depth = 0
    for sign in re.findall(r'"[^"]*"|[()]', written):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        deepest = max(deepest, depth)
    if len(written) > MAX_CHARACTERS or deepest > MAX_DEPTH:
        raise QueryError("The query is too long or too deep once it is read: take some of it away.", 0)


class _Parser:
    """Reads tokens from left to right; a method leaves `_next` behind what it has read."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = self._depth = 0
        self._limits = Limits()

    def sequences(self) -> Iterator[Query]:
        """Everything, past each parenthesis that closes nothing."""
        while self._peek():
            yield from self._sequence("")
            self._next += 1

    def _peek(self) -> str:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _sequence(self, field: str) -> list[Query]:
        """The operands up to a closing parenthesis or the end; those that OR joins are one."""
        done: list[Query] = []
        choices: list[list[Query]] = []
        joined = False
        while (kind := self._peek()) not in ("", "close"):
            if kind in ("either", "both"):
                self._next += 1
                joined = kind == "either"
                if kind == "both":
                    done += _united(choices)
                    choices = []
            elif (operand := self._operand(field)) is not None:
                if joined and choices:
                    choices[-1].append(operand)
                else:
                    choices.append([operand])
                joined = False
        return done + _united(choices)

    def _operand(self, field: str) -> Query | None:
        """One operand; None for what means nothing, as empty parentheses or a chunk of signs."""
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "without":
                return self._negated(field)
            case "open":
                return self._group(token, field)
            case "field":
                return self._fielded(token, field)
            case _:
                return self._leaf(token, field)

    def _negated(self, field: str) -> Query | None:
        if self._peek() in ("", "close", "either", "both"):  # before a quote that is never closed
            return None
        operand = self._operand(field)
        return None if operand is None else negate(operand)

    def _group(self, token: _Token, field: str) -> Query | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(
                "Parentheses stand more than %(most)s deep; take some of them away.", token.position, most=MAX_DEPTH
            )
        inner = self._sequence(field)
        self._depth -= 1
        self._next += 1
        return all_of(inner) if inner else None

    def _fielded(self, token: _Token, field: str) -> Query | None:
        """What follows the name of a field, as its value; the name is a word where nothing does that could be one."""
        if self._peek() not in ("without", "open", "phrase", "chunk") or (token.apart and not self._fits(token.text)):
            return self._leaf(token, field)
        operand = self._operand(token.text)
        if operand is None:
            return self._leaf(token, field)
        for name in _WORD_FIELDS:
            if name == token.text:
                return within(name, operand)
        return operand

    def _fits(self, field: str) -> bool:
        """Whether what follows can be a value of the field: behind a space an unfit one is no value at all."""
        token = self._tokens[self._next]
        if token.kind not in ("phrase", "chunk"):
            return True
        try:
            read_value(field, token.text, token.position)
        except QueryError:
            return False
        return True

    def _leaf(self, token: _Token, field: str) -> Query | None:
        read: Callable[[str], Query | None] = read_phrase if token.kind == "phrase" else read_chunk
        if field and field not in _WORD_FIELDS and token.kind != "field":
            query = read_value(field, token.text, token.position)
        else:
            query = read(token.text)
        if query is not None:
            self._limits.count(query, token.position)
        return query


def _united(choices: Sequence[list[Query]]) -> list[Query]:
    """The operands, each of its choices; those of one field are choices too, because posts have few values of it."""
    united: dict[str | int, list[Query]] = {}
    for place, choice in enumerate(choices):
        field = field_of(choice[0]) if len(choice) == 1 else None
        united.setdefault(field or place, []).extend(choice)
    return [any_of(choice) for choice in united.values()]
