"""Days as a search writes them: a year, a month, a day, and spans of these."""

import re
from datetime import date

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ONE_DIGIT = re.compile(r"-(\d)(?!\d)", re.ASCII)
_YEARS = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
_DOTS = re.compile(r"\.{2,}")


def read_day(written: str, *, last: bool) -> date | None:
    """The first or last day of a written year, month or day; None where there is no such day."""
    from dateutil.parser import isoparse  # 40 ms to load, which most searches do not need
    from dateutil.relativedelta import relativedelta

    if not _DAY.fullmatch(written):
        return None
    try:
        day = isoparse(written).date()
    except ValueError:
        return None
    until_end = {4: relativedelta(month=12, day=31), 7: relativedelta(day=31)}
    return day + until_end.get(len(written), relativedelta()) if last else day


def write_day(day: date | None, *, last: bool) -> str:
    """The shortest text of which this is the first (or last) day: "2019", "2019-05" or "2019-05-03"."""
    if day is None:
        return ""
    written = day.isoformat()
    return next(text for text in (written[:4], written[:7], written) if read_day(text, last=last) == day)


def read_unit(written: str) -> tuple[date, date] | None:
    """The first and the last day of a year, month or day; None where there is no such day.

    One digit of a month or day, slashes and dots are understood too.
    """
    in_full = _ONE_DIGIT.sub(r"-0\1", re.sub(r"[./]", "-", written))
    first, last = read_day(in_full, last=False), read_day(in_full, last=True)
    return (first, last) if first and last else None


def read_span(written: str) -> tuple[date | None, date | None] | None:
    """The first and the last day of "2009", "2009-05..2010", "2009.." or "..2010", of which an end may be open (None).

    "2009-2010" is "2009..2010". The answer is None where there are no such days.
    """
    years = _YEARS.fullmatch(written)
    ends = list(years.groups()) if years else _DOTS.split(written)
    units = [read_unit(end) if end else None for end in ends]
    if len(ends) > 2 or not any(ends) or any(end and not unit for end, unit in zip(ends, units, strict=True)):
        return None
    first, last = units[0], units[-1]
    return first[0] if first else None, last[1] if last else None
