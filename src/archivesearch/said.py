"""What is said to people: numbers with the words that they count, and the port of the languages to say it in."""

from typing import Protocol

from archivesearch.errors import QueryError


class Texts(Protocol):
    """A language to say something in."""

    def gettext(self, message: str, /) -> str:
        """The text in this language."""

    def number(self, number: int, /) -> str:
        """A whole number as it is written."""

    def period(self, written: str, /) -> str:
        """A year ("2019"), a month ("2019-05") or a day ("2019-05-03")."""

    def within(self, written: str, /) -> str:
        """A year, a month or a day as it stands within a sentence."""

    def facet(self, facet: str, /) -> str:
        """A facet by its name."""

    def value(self, facet: str, value: str, /) -> str:
        """A value of a facet."""


class _Plain:
    """English with days, facets and values as searches write them."""

    def gettext(self, message: str, /) -> str:
        return message

    def number(self, number: int, /) -> str:
        return f"{number:,}"

    def period(self, written: str, /) -> str:
        return written

    def within(self, written: str, /) -> str:
        return written

    def facet(self, facet: str, /) -> str:
        return facet

    def value(self, _facet: str, value: str, /) -> str:
        return value


PLAIN: Texts = _Plain()
"""What the command line and its JSON speak: English, with days, facets and values as searches write them."""


def say_error(error: QueryError, texts: Texts) -> str:
    """What cannot be read in a query, in a language."""
    return texts.gettext(error.template) % {name: _say(name, value, texts) for name, value in error.values.items()}


def _say(name: str, value: str | int, texts: Texts) -> str:
    if isinstance(value, int):
        return texts.number(value)
    return texts.facet(value) if name == "facet" else value


def say_number(number: int, word: str) -> str:
    """The number with its word: "1 dump", "2 dumps"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def say_posts(number: int) -> str:
    """The number with its word: "1 post", "2 posts"."""
    return say_number(number, "post")
