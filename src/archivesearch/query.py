"""The query language: a frozen tree, read from what a person typed and written back as text or in words.

    social protection        both words, in any form of them
    "social protection"      these words side by side
    -covid  -"cash transfer" without it
    pension OR insurance     either; OR joins its two neighbours only: `a b OR c` is `a (b OR c)`
    (cash OR food) aid       parentheses group

Ordinary typing never fails: what cannot be an operator where it stands is passed over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archivesearch import text
from archivesearch.errors import QueryError

MAX_CHARACTERS = 256
MAX_TERMS = 32
MAX_PHRASES = 8
MAX_DEPTH = 5
"""The limits of a query that the public page can answer in time; `parse` raises QueryError beyond them."""


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
class Not:
    """Posts that `query` does not match."""

    query: "Query"


@dataclass(frozen=True, slots=True)
class All:
    """Posts that every one of `queries` matches; with none of them, every post."""

    queries: "tuple[Query, ...]" = ()


@dataclass(frozen=True, slots=True)
class Any:
    """Posts that at least one of `queries` (two or more) matches."""

    queries: "tuple[Query, ...]"


Query = Word | Phrase | Not | All | Any

EVERYTHING = All()


def all_of(queries: Iterable[Query]) -> Query:
    """The query for posts that all of these match, in the one form that `parse` gives it."""
    flat: dict[Query, None] = {}
    for query in queries:
        flat.update(dict.fromkeys(query.queries if isinstance(query, All) else (query,)))
    return next(iter(flat)) if len(flat) == 1 else All(tuple(flat))


def any_of(queries: Iterable[Query]) -> Query:
    """The query for posts that one of these (at least one) matches, in the one form that `parse` gives it."""
    flat: dict[Query, None] = {}
    for query in queries:
        flat.update(dict.fromkeys(query.queries if isinstance(query, Any) else (query,)))
    return next(iter(flat)) if len(flat) == 1 else Any(tuple(flat))


def negate(query: Query) -> Query:
    """The query for the other posts, in the one form that `parse` gives it."""
    return query.query if isinstance(query, Not) else Not(query)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


_QUOTES = '"“”„‟″«»＂'
_TOKEN = re.compile(
    rf"""
    (?P<phrase>[{_QUOTES}](?P<inside>[^{_QUOTES}]*)[{_QUOTES}])
    | (?P<open>\() | (?P<close>\))
    | (?P<either>OR(?=[\s()]|$))
    | (?P<both>AND(?=[\s()]|$))                  # what a list of words means anyway
    | (?P<without>(?<![-−\w])[-−](?=[\w({_QUOTES}]))
    | (?P<chunk>(?:[^\s(){_QUOTES}] | (?<=\d)[\u00a0\u202f](?=\d{{3}}))+)
    | (?P<sign>.)                                # white space, a quote that is never closed
    """,
    re.VERBOSE | re.DOTALL,
)


def parse(typed: str) -> Query:
    """The query that a person means by what they typed; EVERYTHING where it holds no word.

    Raises QueryError beyond the limits of this module, with the position of what is too much.
    """
    if len(typed) > MAX_CHARACTERS:
        raise QueryError(f"The query is {len(typed)} characters long; shorten it to {MAX_CHARACTERS}.", MAX_CHARACTERS)
    tokens = [
        _Token(match.lastgroup or "", match["inside"] if match["phrase"] else match.group(), match.start())
        for match in _TOKEN.finditer(typed)
        if match.lastgroup != "sign"
    ]
    return all_of(_Parser(tokens).sequences())


class _Parser:
    """Reads tokens from left to right; a method leaves `_next` behind what it has read."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = self._depth = self._terms = self._phrases = 0

    def sequences(self) -> Iterator[Query]:
        """Everything, past each parenthesis that closes nothing."""
        while self._peek():
            yield from self._sequence()
            self._next += 1

    def _peek(self) -> str:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _sequence(self) -> list[Query]:
        """The operands up to a closing parenthesis or the end; those that OR joins are one."""
        operands: list[list[Query]] = []
        joined = False
        while (kind := self._peek()) not in ("", "close"):
            if kind in ("either", "both"):
                joined = kind == "either"
                self._next += 1
                continue
            operand = self._operand()
            if operand is None:
                continue
            if joined and operands:
                operands[-1].append(operand)
            else:
                operands.append([operand])
            joined = False
        return [any_of(choices) for choices in operands]

    def _operand(self) -> Query | None:
        """One operand; None for what means nothing, as empty parentheses or a chunk of signs."""
        token = self._tokens[self._next]
        self._next += 1
        if token.kind == "without":
            if self._peek() in ("", "close", "either", "both"):  # before a quote that is never closed
                return None
            negated = self._operand()
            return None if negated is None else negate(negated)
        if token.kind == "open":
            return self._group(token)
        terms = tuple(word.term for word in text.words(token.text))
        self._count(terms, token)
        if len(terms) > 1:
            return Phrase(terms)
        return Word(terms[0]) if terms else None

    def _group(self, token: _Token) -> Query | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"Parentheses stand more than {MAX_DEPTH} deep; take some of them away.", token.position)
        inner = self._sequence()
        self._depth -= 1
        self._next += 1
        return all_of(inner) if inner else None

    def _count(self, terms: tuple[str, ...], token: _Token) -> None:
        self._terms += len(terms)
        self._phrases += len(terms) > 1
        if self._terms > MAX_TERMS:
            raise QueryError(f"The query has more than {MAX_TERMS} words; take some of them away.", token.position)
        if self._phrases > MAX_PHRASES:
            raise QueryError(
                f"The query has more than {MAX_PHRASES} phrases (words with a hyphen count as one); "
                "take some of them away.",
                token.position,
            )


def to_text(query: Query) -> str:
    """The query as somebody would type it: `parse(to_text(query)) == query` for all that `parse` returns.

    The one exception: a text over MAX_CHARACTERS, which letters that fold to several can bring about.
    """
    match query:
        case Word(term):
            return _typed(term)
        case Phrase(terms):
            return f'"{" ".join(_typed(term) for term in terms)}"'
        case Not(Word() | Phrase() as inner):
            return f"-{to_text(inner)}"
        case Not(inner):
            return f"-({to_text(inner)})"
        case Any(queries):
            return " OR ".join(f"({to_text(q)})" if isinstance(q, All) else to_text(q) for q in queries)
        case All(queries):
            return " ".join(to_text(q) for q in queries)


def _typed(term: str) -> str:
    # a name with a sign inside, as H&M, is one word only in capitals
    return term if [word.term for word in text.words(term)] == [term] else term.upper()


def say(query: Query) -> str:
    """How the query was read, in words: "posts with “social” and “protection” but without “covid”"."""
    if query == EVERYTHING:
        return "every post"
    said = _say(query)
    return f"posts {said}" if said.startswith("without ") else f"posts with {said}"


def _say(query: Query) -> str:
    match query:
        case Word(term):
            return f"“{term}”"
        case Phrase(terms):
            return f"“{' '.join(terms)}”"
        case Not(inner):
            return f"without {_say_inside(inner)}"
        case Any(queries):
            wanted = [_say_inside(q) for q in queries if not isinstance(q, Not)]
            return " or ".join(wanted + [_say(q) for q in queries if isinstance(q, Not)])
        case All(queries):
            wanted = [_say_inside(q) for q in queries if not isinstance(q, Not)]
            unwanted = [_say_inside(q.query) for q in queries if isinstance(q, Not)]
            parts = [" and ".join(wanted)] if wanted else []
            return " but ".join(parts + ([f"without {' or '.join(unwanted)}"] if unwanted else []))


def _say_inside(query: Query) -> str:
    return _say(query) if isinstance(query, Word | Phrase) else f"({_say(query)})"


def sought(query: Query) -> Iterator[Word | Phrase]:
    """The words and phrases that a match may hold: all of the query's but those that it excludes."""
    match query:
        case Word() | Phrase():
            yield query
        case All(queries) | Any(queries):
            for inner in queries:
                yield from sought(inner)
        case Not():
            return
