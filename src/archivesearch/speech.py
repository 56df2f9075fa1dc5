"""The languages that the page speaks: its texts, and numbers, days and names as each of them writes them.

English texts stand where they are used; the others in web/locale, one gettext catalog a language.
"""

import functools
import gettext
from calendar import monthrange
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from archivesearch.country_names import local_name
from archivesearch.dates import Published
from archivesearch.settings import LANGUAGES

_LOCALES = {"en": "en_GB"}
"""Where a language has several orders of day and month, the one that most of the world reads."""

_UNMARKED = {"es": 9999}
"""The largest number whose thousands a language does not mark, where that is not 999: CLDR's minimumGroupingDigits,
which Babel does not read."""


class Speech:
    """One language of the page."""

    def __init__(self, language: str, texts: gettext.NullTranslations | None = None) -> None:
        self.language = language
        self._texts = texts or gettext.NullTranslations()
        self._locale = Locale.parse(_LOCALES.get(language, language))
        self._forms = {
            "year": "y",
            "month": str(self._locale.datetime_skeletons["yMMMM"].pattern),
        }
        self._day = str(self._locale.date_formats["long"].pattern)
        self._unmarked = _UNMARKED.get(language, 999)

    def gettext(self, message: str) -> str:
        """The text in this language."""
        return self._texts.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The one of these texts that goes with the number, in this language."""
        return self._texts.ngettext(one, many, number)

    def number(self, number: int) -> str:
        """A whole number, its thousands marked where the language marks them."""
        return format_decimal(number, locale=self._locale) if abs(number) > self._unmarked else str(number)

    def percent(self, share: float) -> str:
        """A share of one as a whole percentage: never all of it for less than all."""
        return format_percent(int(share * 100 + 1e-9) / 100, locale=self._locale)

    def posts(self, number: int) -> str:
        """So many posts, in words."""
        return self.ngettext("%(n)s post", "%(n)s posts", number) % {"n": self.number(number)}

    def published(self, published: Published) -> str:
        """A date as people read it, no more exact than it is known."""
        text = _format(published.day, self._forms.get(published.precision, self._day), self._locale)
        if isinstance(published.moment, datetime) and published.precision == "minute":
            text += f", {published.moment:%H:%M} {published.moment.tzname() or ''}".rstrip()
        return text

    def period(self, written: str) -> str:
        """A year ("2019"), a month ("2019-05") or a day ("2019-05-03") as people read it."""
        form = {4: self._forms["year"], 7: self._forms["month"]}.get(len(written), self._day)
        return _format(date.fromisoformat(_first_day(written)), form, self._locale)

    def span(self, first: str, last: str) -> str:
        """The time from one year, month or day to another, one alone where they are the same: "2018 to 2019", "2019".

        An empty end is open ("From May 2019"). Of two the less exact one is said as exactly as the other.
        """
        if not (first and last):
            return self.since(first) if first else self.until(last) if last else ""
        length = max(len(first), len(last))
        first, last = _first_day(first)[:length], _last_day(last)[:length]
        said = {"first": self.period(first), "last": self.period(last)}
        return said["first"] if first == last else self.gettext("%(first)s to %(last)s") % said

    def within(self, written: str) -> str:
        """A year, a month or a day within a sentence: a day has its article there where the language has one."""
        said = self.period(written)
        return self.gettext("%(day)s") % {"day": said} if len(written) > len("2019-05") else said

    def since(self, written: str) -> str:
        """The time from a year, month or day on: "From May 2019"."""
        return self.gettext("From %(day)s") % {"day": self.within(written)}

    def until(self, written: str) -> str:
        """The time up to the end of a year, month or day: "Up to May 2019"."""
        return self.gettext("Up to %(day)s") % {"day": self.within(written)}

    def named(self, name: str, value: str) -> str:
        """A name and what it has: "2019: 3 posts"."""
        return self.gettext("%(name)s: %(value)s") % {"name": name, "value": value}

    def month_names(self, width: str = "wide") -> tuple[str, ...]:
        """The names of the twelve months as they stand alone; `width` is CLDR's "wide", "abbreviated" or "narrow"."""
        names = self._locale.months["stand-alone"][width]
        return tuple(str(names[month]) for month in range(1, 13))

    def language_name(self, code: str) -> str:
        """The name of a language; its code where there is none."""
        name: str = self._locale.languages.get(code, code)
        return name

    def facet(self, facet: str) -> str:
        """The name of a facet."""
        gettext = self.gettext
        names = {
            "country": gettext("Country"),
            "year": gettext("Year"),
            "label": gettext("Label"),
            "language": gettext("Language"),
            "dump": gettext("Dump"),
        }
        return names[facet]

    def value(self, facet: str, value: str) -> str:
        """A value of a facet: languages and countries by their names."""
        match facet:
            case "language":
                return self.language_name(value)
            case "country":
                return local_name(value, self.language)
        return value


ENGLISH = Speech(LANGUAGES[0])


def load_speeches(folder: Path) -> dict[str, Speech]:
    """Every language of the page by its code; `folder` holds their catalogs (`nl.po`)."""
    others = {language: Speech(language, _read_catalog(folder / f"{language}.po")) for language in LANGUAGES[1:]}
    return {ENGLISH.language: ENGLISH, **others}


def _read_catalog(path: Path) -> gettext.GNUTranslations:
    """A catalog as people write it; so nothing has to be compiled before the page can be served."""
    with path.open("rb") as file:
        catalog = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _first_day(written: str) -> str:
    """The first day of a year, a month or a day, written in full."""
    return written + "-01-01"[len(written) - 4 :]


def _last_day(written: str) -> str:
    """The last day of a year, a month or a day, written in full."""
    match len(written):
        case 4:
            return f"{written}-12-31"
        case 7:
            return f"{written}-{monthrange(int(written[:4]), int(written[5:]))[1]}"
    return written


@functools.lru_cache(maxsize=4096)
def _format(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)
