"""The names of countries, in English and in other languages, as CLDR has them."""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale  # at run time only where a name is asked for: it takes a tenth of a second

# Short names where those of CLDR have brackets, dashes or a form that English texts seldom use.
_SHORT_NAMES = {
    "BA": "Bosnia and Herzegovina", "CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo",
    "CI": "Ivory Coast", "HK": "Hong Kong", "MM": "Myanmar", "MO": "Macao", "PS": "Palestine", "TR": "Turkey",
}  # fmt: skip

_OWN_SHORT_NAMES: Mapping[str, Mapping[str, str]] = {
    "nl": {"HK": "Hongkong", "MO": "Macau", "PS": "Palestina"},
    "fr": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
    "es": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestina"},
}
"""The same where CLDR has only the official name in a language of the page."""


@functools.cache
def english_name(code: str) -> str:
    """The English short name of the country with this ISO 3166-1 code: CLDR's, without brackets."""
    return _SHORT_NAMES.get(code) or territory_name("en", code).split(" (")[0].replace("’", "'")


def local_name(name: str, language: str) -> str:
    """The short name, in a language, of the country with this English short name; the same name where none is known."""
    if language == "en" or not (code := _codes().get(name)):
        return name
    own = _OWN_SHORT_NAMES.get(language, {}).get(code)
    return own or territory_name(language, code).split(" (")[0] or name


@functools.cache
def _codes() -> Mapping[str, str]:
    """ISO 3166-1 codes by the English short names of countries."""
    locale = locale_of("en")
    codes = map(str, locale.territories) if locale else ()
    return {english_name(code): code for code in codes if code.isalpha()}  # areas of several countries have numbers


@functools.cache
def locale_of(language: str) -> "Locale | None":
    """What CLDR knows of a language; None where it knows nothing."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(language)
    except UnknownLocaleError:  # a language that CLDR has no names in: the English ones remain
        return None


def territory_name(language: str, code: str) -> str:
    """CLDR's name of the country with this ISO 3166-1 code in a language; empty where there is none."""
    locale = locale_of(language)
    return str(locale.territories.get(code, "")) if locale else ""
