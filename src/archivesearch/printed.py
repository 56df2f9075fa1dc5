"""Dates as pages print and feeds write them: telling what is one, and reading it without guessing."""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Literal

from archivesearch.dates import DateSource, Published
from archivesearch.text import fold, one_line

DayOrder = Literal["day first", "month first"]

MONTH_LOCALES = ("en", "nl", "fr", "es", "de", "de_AT")
"""The languages whose names of months and weekdays are read, as CLDR spells them."""


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A line that is a date and nothing else, not yet read where its order is open.

    `form` names how it is printed, so that the headings of one dump can be told from a date in a body. `year`, `first`
    and `second` are the numbers as they stand; `order` is known where the form itself tells it.
    """

    printed: str
    form: str
    year: int
    first: int
    second: int
    order: DayOrder | None
    year_digits: int = 4

    @property
    def alone(self) -> bool:
        """Whether nothing but the date stands in its line."""
        return not self.form.startswith(_SAID_FORM)


_ORDINAL = r"(?:st|nd|rd|th|er|e|\.|º|ª)?"
_OF = r"(?:of\s+|de\s+|del\s+|d')?"
_LINK = r"(?:on\s+|le\s+|el\s+|den\s+|der\s+|am\s+|op\s+)?"
_NUMERIC = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})")


@functools.cache
def _names() -> tuple[dict[str, int], re.Pattern[str], dict[str, re.Pattern[str]]]:
    """Month numbers by folded name, the weekday pattern, and the patterns of dates with a month in words."""
    from babel.dates import get_day_names, get_month_names  # slow to load, and only an import needs it

    months: dict[str, int] = {}
    weekdays: set[str] = set()
    for locale in MONTH_LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    months[fold(name).rstrip(".")] = number
                weekdays.update(fold(name).rstrip(".") for name in get_day_names(width, context, locale).values())
    month = rf"(?P<month>{_any_of(months)})\.?"
    weekday = re.compile(rf"(?:{_any_of(weekdays)})\.?,?\s+(?=\S)")
    day, year = rf"(?P<day>\d{{1,2}}){_ORDINAL}", r"(?P<year>\d{4})"
    forms = {
        "day month year": re.compile(rf"{_LINK}{day}[\s-]+{_OF}{month},?[\s-]+{_OF}{year}"),
        "month day year": re.compile(rf"{_LINK}{month}\s+{day},?\s+{year}"),
        "year month day": re.compile(rf"{year},?\s+{month}\s+{day}"),
    }
    return months, weekday, forms


def _any_of(names: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))


def printed_date(line: str) -> PrintedDate | None:
    """The date that is the whole of this line, in any form and language that blogs print; None if it is not one."""
    written = " ".join(line.split())
    if not 6 <= len(written) <= 40 or not any(c.isdigit() for c in written):
        return None
    _, weekday, forms = _names()
    folded = fold(written)
    bare = weekday.sub("", folded, count=1) if weekday.match(folded) else folded
    named = "weekday " if bare != folded else ""
    if match := _NUMERIC.fullmatch(bare):
        a, sign, b, year = match.groups()
        known: DayOrder | None = "day first" if sign == "." else None  # no country writes 3.19.2018
        return PrintedDate(written, f"{named}numbers {sign}", int(year), int(a), int(b), known, len(year))
    if match := _ISO.fullmatch(bare):
        year, sign, month, day = match.groups()
        return PrintedDate(written, f"{named}year {sign}", int(year), int(month), int(day), "month first")
    for form, pattern in forms.items():
        if match := pattern.fullmatch(bare):
            return _in_words(written, named + form, match)
    return None


WROTE = (
    "posted|published|written|geplaatst|gepubliceerd|geschreven|publie|poste|ecrit|publicad[oa]|escrito"
    "|veroffentlicht|geschrieben"
)
BY = "(?:by|door|par|por|von) .{1,60}"
"""How a post's line says that it was written, and by whom, as parts of a pattern for folded text."""

_SAID = re.compile(
    rf"(?P<before>(?:this entry was |written and )?(?:{WROTE}|date|datum|fecha)(?: (?:on|op|le|el|am))?:? )?"
    r"(?P<date>.*?\d.*?)"
    r"(?:,? (?:at |om |a |um |@ ?)?\d{1,2}[:.h]\d{2}(?: ?[ap]\.?m\.?| uhr)?)?"
    rf"(?:,? (?:[|·•-] )?{BY})?"
)
"""What stands around a date that is said below a title, folded: posted on it, at a time, by somebody."""
_LONGEST_SAID = 160
_SAID_FORM = "said "


def said_date(line: str) -> PrintedDate | None:
    """The date that this line says with nothing but usual words around: when a post was written, by whom."""
    written = " ".join(line.split())
    match = _SAID.fullmatch(fold(written)) if len(written) <= _LONGEST_SAID else None
    if not match or not (found := printed_date(match["date"])):
        return None
    return replace(found, printed=written, form=f"{_SAID_FORM}{match['before'] or ''}{found.form}")


def _in_words(written: str, form: str, match: re.Match[str]) -> PrintedDate:
    month = _names()[0][match["month"]]
    return PrintedDate(written, form, int(match["year"]), int(match["day"]), month, "day first")


def read_date(printed: PrintedDate, order: DayOrder | None = None) -> Published | str:
    """The heading's date, or in words why it is not known. `order` is that of the dump, where its form leaves it open.

    Days that no calendar has, two-digit years and numbers of unknown order give no date: none is ever invented.
    """
    order = printed.order or order
    if printed.year_digits < 4:
        return f"{printed.printed!r} does not tell the century of its year"
    if order is None and printed.first != printed.second:
        return f"{printed.printed!r} does not tell which number is the day and which the month"
    day, month = (printed.second, printed.first) if order == "month first" else (printed.first, printed.second)
    try:
        return Published(moment=date(printed.year, month, day), source=DateSource.HEADING, printed=printed.printed)
    except ValueError:
        return f"{printed.printed!r} is no day of the calendar"


def learn_order(dates: Sequence[PrintedDate]) -> DayOrder | None:
    """Which number of a dump's dates is the day: told by a number over 12, else by the dates standing newest first.

    None where nothing in the dump tells it, or where its dates contradict each other.
    """
    open_dates = [d for d in dates if d.order is None and d.year_digits == 4]
    orders: tuple[DayOrder, ...] = ("day first", "month first")
    possible = [order for order in orders if all(isinstance(read_date(d, order), Published) for d in open_dates)]
    if len(possible) < 2:
        return possible[0] if possible and open_dates else None
    disorder = {order: _rises(open_dates, order) for order in possible}
    best, other = sorted(possible, key=lambda order: disorder[order])
    return best if disorder[best] == 0 < disorder[other] else None


def _rises(dates: Sequence[PrintedDate], order: DayOrder) -> int:
    days = [published.day for d in dates if isinstance(published := read_date(d, order), Published)]
    return sum(earlier < later for earlier, later in pairwise(days))


_CLOCK = r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
_FEED_DATE = re.compile(rf"\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK}(?:\s?(?:Z|[+-]\d\d:?\d\d))?)?", re.ASCII)
_SPACE_BEFORE_OFFSET = re.compile(r"\s(?=[Z+-])")
_ZONES = {
    "UT": 0, "GMT": 0, "UTC": 0, "Z": 0, "EST": -18000, "EDT": -14400, "CST": -21600, "CDT": -18000,
    "MST": -25200, "MDT": -21600, "PST": -28800, "PDT": -25200,
}  # fmt: skip
_MAIL_DATE = re.compile(
    rf"(?:[A-Za-z]{{3}},\s)?\d{{1,2}}\s[A-Za-z]{{3}}\s\d{{4}}\s{_CLOCK}(?:\s?(?:{_any_of(_ZONES)}|[+-]\d{{4}}))?",
    re.ASCII,
)
_WESTMOST, _EASTMOST = timedelta(hours=-12), timedelta(hours=14)
"""The offsets of Baker Island and of the Line Islands: no time zone lies outside of them."""
_PLACEHOLDERS = (1, 9999)
"""The first and the last year that programs can hold: what they write where there is no date."""
_IN_PATH = re.compile(r"/(\d{4})/(\d{1,2})/", re.ASCII)


def read_feed_date(written: str) -> Published | str:
    """A date as feeds write it (ISO 8601, RFC 822), or in words why it is not known.

    With an offset it is exact to the minute, and its day is that of the offset; without one only its day is known.
    """
    printed = one_line(written)
    moment = _read_moment(printed)
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        return Published(moment=moment.date(), source=DateSource.FEED, printed=printed)
    return Published(moment=moment, precision="minute", source=DateSource.FEED, printed=printed)


def read_feed_dates(local: str, utc: str) -> Published | str:
    """The date of a feed that writes the local time and UTC side by side, each without an offset.

    Their difference is the blog's offset. Where UTC is missing or is no date (0000-00-00) the local day is all that
    is known, and where the local time is none the day of UTC.
    """
    here, there = _read_moment(one_line(local)), _read_moment(one_line(utc))
    if isinstance(here, str):
        return here if isinstance(there, str) else read_feed_date(utc)
    if isinstance(there, str) or here.tzinfo or there.tzinfo:
        return read_feed_date(local)
    offset = here - there
    if not _WESTMOST <= offset <= _EASTMOST or offset % timedelta(minutes=15):
        return read_feed_date(local)
    moment = here.replace(tzinfo=timezone(offset))
    return Published(moment=moment, precision="minute", source=DateSource.FEED, printed=one_line(local))


def to_local_day(published: Published, permalink: str) -> Published:
    """The date on the blog's own local day, as far as the permalink (/2013/05/name.html) tells it.

    A time that is told in UTC and lies in another month than the permalink says was in that month for the blog, on the
    day before or after. A time with an offset of its own, and one further away than any offset, stays as it is: the
    post was dated anew after its permalink was made.
    """
    moment = published.moment
    match = _IN_PATH.search(permalink)
    if not match or not isinstance(moment, datetime) or moment.utcoffset():
        return published
    month = (int(match[1]), int(match[2]))
    days = [(moment + offset).date() for offset in (timedelta(0), _WESTMOST, _EASTMOST)]
    local = next((day for day in days if (day.year, day.month) == month), days[0])
    if local == days[0]:
        return published
    return Published(moment=local, source=DateSource.PERMALINK, printed=published.printed)


def _read_moment(printed: str) -> datetime | str:
    """The moment that is written here, naive without an offset, or in words why it is none."""
    if not printed:
        return "the entry has no date"
    if not (_FEED_DATE.fullmatch(printed) or _MAIL_DATE.fullmatch(printed)):
        return f"{printed[:40]!r} is no date of a form that feeds write"
    try:
        if _FEED_DATE.fullmatch(printed):
            moment = datetime.fromisoformat(_SPACE_BEFORE_OFFSET.sub("", printed))
        else:
            from dateutil import parser  # slow to load, and only dates as mails have them need it

            # the default fills nothing that counts: this form has year, month and day
            moment = parser.parse(printed, default=datetime(1, 1, 1), tzinfos=_ZONES)  # noqa: DTZ001  naive where none is written
        offset = moment.utcoffset()
    except (ValueError, OverflowError):
        return f"{printed!r} is no day of the calendar"
    if moment.year in _PLACEHOLDERS:
        return f"{printed!r} is what programs write where there is no date"
    if offset and not _WESTMOST <= offset <= _EASTMOST:
        return f"{printed!r} has an offset that no time zone has"
    return moment.replace(tzinfo=None if offset is None else timezone(offset))
