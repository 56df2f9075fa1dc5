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
    FieldName,
    Fuzzy,
    Has,
    Id,
    In,
    Not,
    Phrase,
    Prefix,
    Query,
    QueryFacet,
    Sought,
    Word,
)
from archivesearch.said import PLAIN, Texts
from archivesearch.text import fold


def say(query: Query, texts: Texts = PLAIN) -> str:
    """How the query was read, in words: "posts with “social” and “protection” but without “covid”"."""
    if query == EVERYTHING:
        return texts.gettext("every post")
    if query == NOTHING:
        return texts.gettext("no post, because what was typed holds no word")
    said = _Wording(texts).say(query)
    if _begins_without(query):
        return texts.gettext("posts %(without)s") % {"without": said}
    return texts.gettext("posts with %(what)s") % {"what": said}


def say_part(query: Query, texts: Texts = PLAIN) -> str:
    """What a query demands, to stand within a sentence: "“rain” in the title"."""
    return _Wording(texts).say(query)


def _is_without(query: Query) -> bool:
    return isinstance(query, Not) or (isinstance(query, In) and isinstance(query.query, Not))


def _begins_without(query: Query) -> bool:
    """Whether the words for a query begin with "without": of several those that are wanted stand first."""
    return all(map(_is_without, query.queries if isinstance(query, All | Any) else (query,)))


class _Wording:
    """Queries in the words of one language: whole phrases, each with places for what stands in it."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._gettext = texts.gettext

    def say(self, query: Query) -> str:
        match query:
            case Not(inner):
                return self._without(self._inside(inner))
            case In(field, inner):
                return self._in(field, self._choice(inner))
            case Any(queries):
                return self._any([self._choice(q) for q in sorted(queries, key=_is_without)])
            case All(queries):
                return self._all(queries)
            case Has() | Id() | Dated():
                return self._restriction(query)
            case _:
                return self._sought(query)

    def _restriction(self, query: Has | Id | Dated) -> str:
        match query:
            case Has(facet, value):
                return self._value(facet, value)
            case Id(value):
                return self._gettext("the id %(id)s") % {"id": self._quote(value)}
            case Dated(since, until):
                return self._dated(since, until)

    def _inside(self, query: Query) -> str:
        said = self.say(query)
        return f"({said})" if isinstance(query, Not | All | Any) else said

    def _choice(self, query: Query) -> str:
        return self.say(query) if isinstance(query, Not) else self._inside(query)

    def _without(self, what: str) -> str:
        return self._gettext("without %(what)s") % {"what": what}

    def _in(self, field: FieldName, what: str) -> str:
        gettext = self._gettext
        places: dict[FieldName, str] = {
            "title": gettext("%(what)s in the title"),
            "text": gettext("%(what)s in the text"),
        }
        return places[field] % {"what": what}

    def _any(self, said: Sequence[str]) -> str:
        """All of the phrases, of which one is enough."""
        joined = said[0]
        for other in said[1:]:
            joined = self._gettext("%(one)s or %(other)s") % {"one": joined, "other": other}
        return joined

    def _both(self, said: Sequence[str]) -> str:
        """All of the phrases, of which each is demanded."""
        joined = said[0]
        for other in said[1:]:
            joined = self._gettext("%(one)s and %(other)s") % {"one": joined, "other": other}
        return joined

    def _all(self, queries: Sequence[Query]) -> str:
        wanted = [self._inside(query) for query in queries if not _is_without(query)]
        unwanted = [self._inside(query.query) for query in queries if isinstance(query, Not)]
        placed = [self.say(query) for query in queries if isinstance(query, In) and _is_without(query)]
        said = [self._without(self._any(unwanted))] if unwanted else []
        if wanted and unwanted:
            said = [self._gettext("%(wanted)s but %(without)s") % {"wanted": self._both(wanted), "without": said[0]}]
        elif wanted:
            said = [self._both(wanted)]
        return self._both(said + placed)

    def _value(self, facet: QueryFacet, value: str) -> str:
        gettext = self._gettext
        if fold(value) == "none":
            nones: dict[QueryFacet, str] = {
                "country": gettext("no country"),
                "label": gettext("no label"),
                "language": gettext("no known language"),
                "year": gettext("no date"),
                "dump": gettext("no dump"),
            }
            return nones[facet]
        values: dict[QueryFacet, str] = {
            "country": gettext("the country %(name)s"),
            "label": gettext("the label %(name)s"),
            "language": gettext("the language %(name)s"),
            "year": gettext("the year %(name)s"),
            "dump": gettext("a copy in the dump %(name)s"),
        }
        return values[facet] % {"name": value if facet == "year" else self._quote(self._texts.value(facet, value))}

    def _dated(self, since: date | None, until: date | None) -> str:
        first, last = write_day(since, last=False), write_day(until, last=True)
        if first == last and len(first) == len("2019-05-03"):
            return self._gettext("the date %(first)s") % {"first": self._texts.period(first)}
        said = {"first": self._texts.within(first) if first else "", "last": self._texts.within(last) if last else ""}
        if first == last:
            return self._gettext("a date in %(first)s") % said
        if first and last:
            return self._gettext("a date from %(first)s to %(last)s") % said
        if first:
            return self._gettext("a date from %(first)s on") % said
        return self._gettext("a date up to %(last)s") % said

    def _sought(self, query: Sought) -> str:
        match query:
            case Word(term):
                return self._quote(term)
            case Phrase(terms):
                return self._quote(" ".join(terms))
            case Prefix(start):
                return self._gettext("words that begin with %(start)s") % {"start": self._quote(start)}
            case Fuzzy(term):
                return self._gettext("words like %(word)s") % {"word": self._quote(term)}

    def _quote(self, written: str) -> str:
        return self._gettext("“%(words)s”") % {"words": written}
