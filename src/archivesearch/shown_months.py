"""Years and months as a picture: the counts of a search in, a bar for each out. Pure."""

import calendar
import functools
from collections.abc import Iterable, Iterator
from datetime import date

from archivesearch.coverage import Counts, Step, every, shortened
from archivesearch.pages import Link
from archivesearch.pages_search import Bar, Picture
from archivesearch.query.days import write_day
from archivesearch.search import FacetCount, Search
from archivesearch.shown import View
from archivesearch.shown_addresses import Addresses
from archivesearch.speech import Speech

HIGHEST = 72
"""Height of the highest bar in pixels."""

LOWEST = 3
"""Height of the lowest bar: one post beside a month of hundreds is still no gap."""

COLUMN = 24
"""The least width of a column in pixels: what a target must measure (WCAG 2.5.8). The twelve months of a year fill a
screen of 320 pixels, the narrowest that WCAG asks for (1.4.10), without its margins."""

MARGIN = 2
"""What stays free on either side of a bar."""

BASE = 80
"""Where the bars stand, from above."""

MONTHS = 30
"""Months that are drawn at once, else years are: as many columns stand beside each other on a wide screen, so that the
whole is seen at a glance."""

FEWEST = 12
"""Columns that there is room for at least, for a few bars must not fill the page."""

LABELLED = 15
"""Columns that have their year below them on a wide screen; of more, every other one has."""

EMPTY_YEARS = 2
"""Years in a row without a post that are still drawn; more become one column, so that a wrong date costs no room."""

_Drawn = tuple[tuple[str, str, int], ...]
"""First, last and posts of each column: its month or year, or several years without a post."""


def height_of(posts: int, most: int) -> int:
    """The height of a bar where the highest stands for `most` posts."""
    return max(LOWEST, round(HIGHEST * posts / most)) if posts else 0


def first_day(period: str) -> str:
    """The first day of a year or a month as `from` writes it: the year alone where it begins with it."""
    return period.removesuffix("-01")


def last_day(period: str) -> str:
    """The last day of a year or a month as `to` writes it."""
    return period.removesuffix("-12")


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a year or a month."""
    year, month = int(period[:4]), int(period[5:] or 0)
    last = calendar.monthrange(year, month)[1] if month else 31
    return date(year, month or 1, 1), date(year, month or 12, last)


def show_picture(view: View, search: Search, months: Iterable[FacetCount]) -> Picture | None:
    """The picture of a search's months; None where no post is dated."""
    counts = _read(months)
    if not (counts.months or counts.years):
        return None
    asked = _asked(counts, search)
    drawn = _draw_months(asked)
    step: Step = "month" if drawn else "year"
    if not drawn:
        drawn = tuple(shortened(every(counts, "year"), EMPTY_YEARS))
    since, until = write_day(search.since, last=False), write_day(search.until, last=True)
    addresses = Addresses(view, search)
    return Picture(
        title=_say_title(view, step, drawn),
        bars=tuple(_show_bars(view, search, addresses, drawn)),
        width=COLUMN * max(len(drawn), FEWEST),
        left=range(len(drawn), FEWEST),
        unknown=sum(asked.years.values()) if step == "month" else 0,
        span=view.speech.span(since, until),
        onwards=addresses.within(since, "") if since and until else "",
        upto=addresses.within("", until) if since and until else "",
        ever=addresses.within("", ""),
    )


def _say_title(view: View, step: Step, drawn: _Drawn) -> str:
    gettext = view.speech.gettext
    time = view.speech.span(drawn[0][0][:4], drawn[-1][1][:4])
    title = gettext("Posts a month, %(time)s") if step == "month" else gettext("Posts a year, %(time)s")
    return title % {"time": time}


def _read(months: Iterable[FacetCount]) -> Counts:
    counted = {count.value: count.count for count in months if count.count}
    return Counts(
        months={month: number for month, number in counted.items() if len(month) == 7},
        years={year: number for year, number in counted.items() if len(year) == 4},
        undated=0,
    )


def _asked(counts: Counts, search: Search) -> Counts:
    """The counts of the years that the search asks for where their months can be drawn; else all."""
    if not (search.since and search.until) or (search.until.year - search.since.year + 1) * 12 > MONTHS:
        return counts
    years = range(search.since.year, search.until.year + 1)
    asked = Counts(
        months={month: number for month, number in counts.months.items() if int(month[:4]) in years},
        years={year: number for year, number in counts.years.items() if int(year) in years},
        undated=0,
    )
    return asked if asked.months else counts


def _draw_months(counts: Counts) -> _Drawn:
    """The months of whole years, or of a shorter time in which no year is left out; none where they are too many."""
    dated = sorted({int(date[:4]) for date in (*counts.months, *counts.years)})
    years = range(dated[0], dated[-1] + 1)
    if not counts.months or len(years) * 12 > 2 * MONTHS:
        return ()
    months = [f"{year:04}-{month:02}" for year in years for month in range(1, 13)]
    if len(months) > MONTHS:
        months = [month for month, _ in every(counts, "month")]
    if len(months) > MONTHS or not set(counts.years) <= {month[:4] for month in months}:
        return ()
    return tuple((month, month, counts.months.get(month, 0)) for month in months)


def _show_bars(view: View, search: Search, addresses: Addresses, drawn: _Drawn) -> Iterator[Bar]:
    speech = view.speech
    most = max(posts for _, _, posts in drawn)
    initials = speech.month_names("narrow") if len(drawn[0][0]) == len("2019-05") else ()
    since, until = write_day(search.since, last=False), write_day(search.until, last=True)
    for place, (first, last, posts) in enumerate(drawn):
        name, onwards, upto = _say_time(speech, first, last)
        begins, ends = first_day(first), last_day(last)
        height = height_of(posts, most)
        days = days_of(first)[0], days_of(last)[1]
        # each end keeps the other end of the search's span where that leaves a span
        kept_until = until if search.until and days[0] <= search.until else ""
        kept_since = since if search.since and search.since <= days[1] else ""
        yield Bar(
            text=speech.named(name, speech.posts(posts)),
            name=name,
            short=_write_below(first, last, initials, len(drawn) - place - 1, len(drawn)),
            minor=not initials and (len(drawn) - place) % 2 == 0,
            number=speech.number(posts),
            address=addresses.within(begins, ends) if posts else "",
            onwards=Link(text=onwards, address=addresses.within(begins, kept_until)),
            upto=Link(text=upto, address=addresses.within(kept_since, ends)),
            column=outline(COLUMN * place, COLUMN, BASE - HIGHEST, HIGHEST),
            bar=outline(COLUMN * place + MARGIN, COLUMN - 2 * MARGIN, BASE - height, height),
            inside=(search.since is None or search.since <= days[1])
            and (search.until is None or days[0] <= search.until),
        )


@functools.lru_cache(maxsize=1024)
def _say_time(speech: Speech, first: str, last: str) -> tuple[str, str, str]:
    """A column's time in words, the time from it on, and up to it: every page of an archive has the same ones."""
    return speech.span(first, last), speech.since(first), speech.until(last)


def outline(x: int, width: int, y: int, height: int) -> str:
    """A rectangle as the `d` of a path."""
    return f"M{x} {y}h{width}v{height}h-{width}z"


def _write_below(first: str, last: str, initials: tuple[str, ...], left: int, columns: int) -> str:
    if initials:
        return initials[int(first[5:]) - 1]
    if first != last:
        return "…"
    return first if columns <= LABELLED or left % 2 == 0 else ""
