"""The coverage of an archive as the page shows it: values in, the records of `pages` out. Pure."""

import calendar
from collections.abc import Iterator, Mapping
from datetime import date

from babel.dates import format_date

from archivesearch.coverage import Coverage, DumpCoverage, Gap, every, shortened
from archivesearch.pages import Box, CoveragePage, Day, Link, ShownDump, ShownMonth, ShownYear
from archivesearch.params import with_value
from archivesearch.said import say_posts
from archivesearch.search import NONE, Search
from archivesearch.shown import PAGE_LANGUAGE, address

COLUMN = 24
"""Width of a month's column. Twelve fill a screen of 320 pixels, the narrowest that WCAG asks for (1.4.10), without its
margins, and each is as wide as a target must be there (2.5.8)."""

BASE = 80
"""Where the bars stand, from above; the names of the months are below."""

HIGHEST = 72
"""Height of the highest bar."""

LOWEST = 3
"""Height of the lowest bar: one post beside a month of hundreds is still no gap."""

EMPTY_YEARS = 1
"""Years in a row without a post that are still drawn; more become one line, so that a wrong date costs no room."""

SHOWN_GAPS = 12
"""Gaps that are shown at once; the others unfold."""


def show_coverage(coverage: Coverage, *, title: str) -> CoveragePage:
    """The page for the coverage of an archive."""
    counts = coverage.counts
    gaps = tuple(_say_gap(gap) for gap in coverage.gaps)
    most = max(counts.months, key=lambda month: counts.months[month], default="")
    undated = Link(text=say_posts(counts.undated), address=address(with_value(Search(), "year", NONE)))
    return CoveragePage(
        title=title,
        box=Box(),
        posts=counts.posts,
        span=_say_span(*counts.span) if counts.span else "",
        highest=f"{_day(most).text}, {say_posts(counts.months[most])}" if most else "",
        years=tuple(_show_years(coverage)),
        unknown=sum(counts.years.values()),
        undated=undated if counts.undated else None,
        dumps=tuple(_show_dump(each) for each in coverage.dumps),
        gaps=gaps[:SHOWN_GAPS],
        more_gaps=gaps[SHOWN_GAPS:],
    )


def _show_years(coverage: Coverage) -> Iterator[ShownYear]:
    counts = coverage.counts
    months = dict(every(counts, "month"))
    most = max(months.values(), default=0)
    for first, last, posts in shortened(every(counts, "year"), EMPTY_YEARS):
        alone = first == last
        shown = tuple(_show_month(f"{first}-{n:02}", months, most) for n in range(1, 13)) if alone else ()
        yield ShownYear(
            name=first if alone else f"{first} to {last}",
            posts=posts,
            unknown=counts.years.get(first, 0),
            address=_search_of(first) if alone else "",
            months=shown,
            described=_describe(shown),
        )


def _show_month(month: str, months: Mapping[str, int], most: int) -> ShownMonth | None:
    posts = months.get(month)
    if posts is None:
        return None
    height = max(LOWEST, round(HIGHEST * posts / most)) if posts else 0
    return ShownMonth(
        text=f"{_day(month).text}: {say_posts(posts)}",
        posts=posts,
        address=_search_of(month),
        x=COLUMN * (int(month[5:]) - 1),
        y=BASE - height,
        height=height,
    )


def _describe(months: tuple[ShownMonth | None, ...]) -> str:
    empty = [
        format_date(date(1, n, 1), "LLLL", locale=PAGE_LANGUAGE) for n, m in enumerate(months, 1) if m and not m.posts
    ]
    return f"A bar for each month. No post in {', '.join(empty)}." if empty else "A bar for each month."


def _show_dump(each: DumpCoverage) -> ShownDump:
    first, last = each.counts.span or ("", "")
    return ShownDump(
        dump=each.dump,
        first=_day(first) if first else None,
        last=_day(last) if last else None,
        posts=each.counts.posts,
        only=each.only,
    )


def _say_gap(gap: Gap) -> str:
    if gap.months == 1:
        said = f"No post in {_day(gap.first).text} (1 month)"
    else:
        said = f"No post from {_day(gap.first).text} to {_day(gap.last).text} ({gap.months:,} months)"
    return f"{said}; of {say_posts(gap.uncertain)} of that time only the year is known" if gap.uncertain else said


def _say_span(first: str, last: str) -> str:
    return f"from {_day(first).text} to {_day(last).text}" if first != last else f"of {_day(first).text}"


def _day(written: str) -> Day:
    """A month ("2019-05") or a year as people read it."""
    form = "MMMM y" if len(written) == 7 else "y"
    return Day(text=format_date(_first_day(written), form, locale=PAGE_LANGUAGE), iso=written)


def _search_of(written: str) -> str:
    """The address of the search of a month or a year."""
    first = _first_day(written)
    month = first.month if len(written) == 7 else 12
    last = first.replace(month=month, day=calendar.monthrange(first.year, month)[1])
    return address(Search(since=first, until=last))


def _first_day(written: str) -> date:
    return date.fromisoformat(written + "-01-01"[len(written) - 4 :])
