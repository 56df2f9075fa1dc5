"""A search as parameters: of a page's address, or of the options of the command line, which have the same names.

q, from, to, match, sort, page and size stand once; country, year, label, language and dump as often as values are
picked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar, get_args

from archivesearch.errors import QueryError
from archivesearch.query import parse
from archivesearch.query.days import read_day, write_day
from archivesearch.search import FACETS, FacetName, Match, Search, Sort
from archivesearch.text import clean

# A public page needs bounds on what one request may cost; nobody reads further than these.
MAX_REACH = 1000
"""Hits that paging reaches: page x size is at most this."""
MAX_SIZE = 100
"""Hits a page."""
MAX_VALUES = 8
"""Values picked in one facet."""
LIMIT = 5
"""Similar posts that are told unless another number is asked for."""

SUGGESTION_FORMS = ("opensearch",)
"""Forms in which suggestions can be asked for beside the usual one: as browsers read them."""

SORTS: tuple[Sort, ...] = get_args(Sort)
MATCHES: tuple[Match, ...] = get_args(Match)

_Choice = TypeVar("_Choice", bound=str)

_DEFAULT = Search()


def from_params(params: Mapping[str, Sequence[str]]) -> Search:
    """The search that these parameters ask for; empty values and unknown parameters are ignored.

    Of a parameter that stands once the first value counts. `from` and `to` are a year, a month or a day, and `to`
    includes the whole of it. Raises QueryError for a value that cannot be read or is out of bounds.
    """
    typed = _first(params, "q")
    since = _read_day(_first(params, "from"), last=False)
    until = _read_day(_first(params, "to"), last=True)
    if since and until and since > until:
        raise QueryError(
            '"from" (%(since)s) is later than "to" (%(until)s): exchange them.', since=str(since), until=str(until)
        )
    page = _read_number("page", _first(params, "page"), default=_DEFAULT.page, largest=MAX_REACH)
    size = _read_number("size", _first(params, "size"), default=_DEFAULT.size, largest=MAX_SIZE)
    if page * size > MAX_REACH:
        raise QueryError("Only the first %(most)s hits can be paged through: narrow the search down.", most=MAX_REACH)
    return Search(
        typed=typed,
        query=parse(typed),
        chosen={facet: values for facet in FACETS if (values := _read_values(params, facet))},
        since=since,
        until=until,
        since_import=_read_import(_first(params, "since-import")),
        match=_read_choice("match", _first(params, "match"), MATCHES, _DEFAULT.match),
        sort=_read_choice("sort", _first(params, "sort"), SORTS, _DEFAULT.sort),
        page=page,
        size=size,
    )


def to_params(search: Search) -> list[tuple[str, str]]:
    """The parameters of a search, defaults left out: `from_params` reads an equal search from them."""
    pairs = [("q", search.typed)]
    pairs += [(facet, value) for facet in FACETS for value in search.chosen.get(facet, ())]
    pairs += [("from", write_day(search.since, last=False)), ("to", write_day(search.until, last=True))]
    if search.since_import is not None:
        pairs.append(("since-import", str(search.since_import)))
    if search.match != _DEFAULT.match:
        pairs.append(("match", search.match))
    if search.sort != _DEFAULT.sort:
        pairs.append(("sort", search.sort))
    if search.page != _DEFAULT.page:
        pairs.append(("page", str(search.page)))
    if search.size != _DEFAULT.size:
        pairs.append(("size", str(search.size)))
    return [(name, value) for name, value in pairs if value]


def read_limit(params: Mapping[str, Sequence[str]]) -> int:
    """How many posts `limit` asks for. Raises QueryError where it is no number or too high."""
    return _read_number("limit", _first(params, "limit"), default=LIMIT, largest=MAX_SIZE)


def read_form(params: Mapping[str, Sequence[str]]) -> str:
    """The form of suggestions that `format` asks for; empty for the usual one. Raises QueryError for an unknown one."""
    return _read_choice("format", _first(params, "format"), SUGGESTION_FORMS, "")


def last_page(total: int, size: int) -> int:
    """The number of the last page that paging reaches; 0 where nothing is found."""
    return min(-(-total // size), MAX_REACH // size)


def with_value(search: Search, facet: FacetName, value: str) -> Search:
    """The search with one more value of a facet picked, on its first page."""
    values = tuple(dict.fromkeys((*search.chosen.get(facet, ()), value)))
    return replace(search, chosen={**search.chosen, facet: values}, page=1)


def without_value(search: Search, facet: FacetName, value: str) -> Search:
    """The search without that value of a facet, on its first page."""
    left = {**search.chosen, facet: tuple(other for other in search.chosen.get(facet, ()) if other != value)}
    return replace(search, chosen={name: values for name, values in left.items() if values}, page=1)


def on_page(search: Search, page: int) -> Search:
    """The same search, another page of its hits."""
    return replace(search, page=page)


def _first(params: Mapping[str, Sequence[str]], name: str) -> str:
    return next((clean(value).strip() for value in params.get(name, ())), "")


def _read_values(params: Mapping[str, Sequence[str]], facet: FacetName) -> tuple[str, ...]:
    values = dict.fromkeys(clean(value).strip() for value in params.get(facet, ()))
    values.pop("", None)
    if len(values) > MAX_VALUES:
        raise QueryError(
            'At most %(most)s values of one facet can be picked: take away some of "%(facet)s".',
            most=MAX_VALUES,
            facet=facet,
        )
    return tuple(values)


def _read_choice(name: str, written: str, choices: Sequence[_Choice], default: _Choice) -> _Choice:
    if not written:
        return default
    for choice in choices:
        if choice == written:
            return choice
    raise QueryError('"%(name)s" must be one of %(choices)s.', name=name, choices=", ".join(choices))


def _read_number(name: str, written: str, *, default: int, largest: int) -> int:
    if not written:
        return default
    # longer digits are out of bounds anyway, and int() itself refuses very long ones
    number = int(written) if re.fullmatch(r"[0-9]{1,6}", written) else 0
    if not 1 <= number <= largest:
        raise QueryError('"%(name)s" must be a whole number from 1 to %(most)s.', name=name, most=largest)
    return number


def _read_import(written: str) -> int | None:
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", written):
        raise QueryError('"since-import" must be the number of an import, as `archivesearch imports` lists them.')
    return int(written)


def _read_day(written: str, *, last: bool) -> date | None:
    if not written:
        return None
    day = read_day(written, last=last)
    # two sentences, so that each language can name the field as it stands on the page
    if day is None and last:
        raise QueryError('"to" must be a year, a month or a day, such as 2019, 2019-05 or 2019-05-03.')
    if day is None:
        raise QueryError('"from" must be a year, a month or a day, such as 2019, 2019-05 or 2019-05-03.')
    return day
