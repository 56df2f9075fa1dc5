"""What people may write in a correction as id, date, country or language; of the rest it is said what is wrong."""

import re
from difflib import get_close_matches
from functools import cache

from archivesearch.dates import DateSource, Precision, Published
from archivesearch.places import gazetteer, key_of
from archivesearch.printed import read_feed_date

_ID = re.compile(r"(?P<day>\d{4}(?:-\d\d){0,2}|undated)-[0-9a-f]{8}", re.ASCII)
_PARTS = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:.+", re.ASCII)
_PRECISIONS: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}


def id_problem(written: str) -> str | None:
    """Why this cannot be the id of a post (`posts.post_id`), with what to do; None if it can."""
    match = _ID.fullmatch(written)
    if match and (match["day"] == "undated" or isinstance(_read_parts(match["day"]), Published)):
        return None
    return f"{written!r} cannot be the id of a post. Copy it from where the post is shown."


def read_decided_date(written: str) -> Published | str:
    """A date as people write it in a correction, or in words why it cannot be. A time needs its offset."""
    if _PARTS.fullmatch(written):
        return _read_parts(written)
    published = read_feed_date(written) if _MOMENT.fullmatch(written) else f"{written!r} is no date"
    if isinstance(published, str):
        return published
    if published.precision != "minute":
        return f"{written!r} has a time without its offset from UTC"
    return Published(moment=published.moment, precision="minute", source=DateSource.CORRECTION)


def _read_parts(written: str) -> Published | str:
    """A year, a month or a day."""
    first = read_feed_date(written + "-01-01"[len(written) - 4 :])
    if isinstance(first, str):
        return f"{written!r} is no date of the calendar"
    return Published(moment=first.day, precision=_PRECISIONS[len(written)], source=DateSource.CORRECTION)


def country_problem(written: str) -> str | None:
    """Why this is no country's English short name as posts have it, with near ones; None if it is one."""
    names = gazetteer(None, ()).names
    known = sorted({country for place in names.values() for country in place.countries})
    if written in known:
        return None
    meant = names[key_of(written)].countries if key_of(written) in names else ()
    near = meant or get_close_matches(written, known, 3)
    offered = f"Did you mean {' or '.join(map(repr, near))}?" if near else 'Write its English short name, as "Nepal".'
    return f"{written!r} is not in the list of countries. {offered}"


def language_problem(written: str) -> str | None:
    """Why this is no code of ISO 639-1, with the one that may be meant; None if it is one."""
    codes = _languages()
    if written in codes.values():
        return None
    plain = written.strip().lower()
    near = plain if plain in codes.values() else codes.get(plain)
    offered = f"Did you mean {near!r}?" if near else 'Write one, as "nl" for Dutch.'
    return f"{written!r} is no language code of ISO 639-1. {offered}"


@cache
def _languages() -> dict[str, str]:
    """The codes of ISO 639-1 by the languages' English names: what CLDR has of two letters, but a withdrawn one."""
    from babel import Locale  # slow to load, and few corrections name a language

    return {str(name).lower(): code for code, name in Locale("en").languages.items() if len(code) == 2 and code != "sh"}
