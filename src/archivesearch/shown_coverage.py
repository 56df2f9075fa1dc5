"""The coverage of an archive as the page shows it: values in, the records of `pages` out. Pure."""

from collections.abc import Iterator, Mapping

from archivesearch.coverage import Coverage, DumpCoverage, Gap, every, shortened
from archivesearch.pages import Box, CoveragePage, Day, Initial, Link, ShownDump, ShownMonth, ShownYear
from archivesearch.params import with_value
from archivesearch.search import NONE, Search
from archivesearch.shown import View
from archivesearch.shown_months import BASE, COLUMN, HIGHEST, days_of, height_of, outline
from archivesearch.speech import Speech

EMPTY_YEARS = 1
"""Years in a row without a post that are still drawn; more become one line, so that a wrong date costs no room."""

WIDTH = 12 * COLUMN
HEIGHT = 102
"""The size of the picture of a year, in pixels where it is not stretched: its initials stand below the bars."""

INITIALS = 95
"""Where the initials stand, from above."""

BESIDE = 4
"""What stays free on either side of a bar."""

FRAME = 2
"""What stays free above and below a column: the frame of the one that has the focus is so wide."""

SHOWN_GAPS = 12
"""Gaps that are shown at once; the others unfold."""


def show_coverage(view: View, coverage: Coverage) -> CoveragePage:
    """The page for the coverage of an archive."""
    speech = view.speech
    counts = coverage.counts
    gaps = tuple(_say_gap(speech, gap) for gap in coverage.gaps)
    most = max(counts.months, key=lambda month: counts.months[month], default="")
    undated = speech.ngettext("%(n)s post without a date", "%(n)s posts without a date", counts.undated)
    return CoveragePage(
        frame=view.frame(),
        box=Box(),
        posts=counts.posts,
        span=_say_span(speech, *counts.span) if counts.span else "",
        highest=f"{speech.period(most)}, {speech.posts(counts.months[most])}" if most else "",
        years=tuple(_show_years(view, coverage)),
        width=WIDTH,
        height=HEIGHT,
        base=f"M0 {BASE + 0.5}h{WIDTH}",  # in the middle of a pixel, so that it is as wide as one
        initials=tuple(
            Initial(text=letter, x=COLUMN * place + COLUMN // 2, y=INITIALS)
            for place, letter in enumerate(speech.month_names("narrow"))
        ),
        short=speech.month_names("abbreviated"),
        unknown=sum(counts.years.values()),
        undated=Link(
            text=undated % {"n": speech.number(counts.undated)},
            address=view.search(with_value(Search(), "year", NONE)),
        )
        if counts.undated
        else None,
        dumps=tuple(_show_dump(speech, each) for each in coverage.dumps),
        gaps=gaps[:SHOWN_GAPS],
        more_gaps=gaps[SHOWN_GAPS:],
    )


def _show_years(view: View, coverage: Coverage) -> Iterator[ShownYear]:
    counts = coverage.counts
    months = dict(every(counts, "month"))
    most = max(months.values(), default=0)
    for first, last, posts in shortened(every(counts, "year"), EMPTY_YEARS):
        alone = first == last
        shown = tuple(_show_month(view, f"{first}-{n:02}", months, most) for n in range(1, 13)) if alone else ()
        yield ShownYear(
            name=view.speech.span(first, last),
            posts=posts,
            unknown=counts.years.get(first, 0),
            address=_search_of(view, first) if alone else "",
            months=shown,
            described=_describe(view.speech, shown),
        )


def _show_month(view: View, month: str, months: Mapping[str, int], most: int) -> ShownMonth | None:
    posts = months.get(month)
    if posts is None:
        return None
    x, height = COLUMN * (int(month[5:]) - 1), height_of(posts, most)
    return ShownMonth(
        text=view.speech.named(view.speech.period(month), view.speech.posts(posts)),
        posts=posts,
        address=_search_of(view, month),
        column=outline(x, COLUMN, *((FRAME, HEIGHT - 2 * FRAME) if posts else (BASE - HIGHEST, HIGHEST))),
        bar=outline(x + BESIDE, COLUMN - 2 * BESIDE, BASE - height, height) if posts else "",
    )


def _describe(speech: Speech, months: tuple[ShownMonth | None, ...]) -> str:
    names = speech.month_names()
    empty = [name for name, month in zip(names, months, strict=False) if month and not month.posts]
    said = speech.gettext("A bar for each month.")
    if not empty:
        return said
    without = speech.gettext("No post in %(months)s.") % {"months": ", ".join(empty)}
    return f"{said} {without}"


def _show_dump(speech: Speech, each: DumpCoverage) -> ShownDump:
    first, last = each.counts.span or ("", "")
    return ShownDump(
        dump=each.dump,
        first=Day(text=speech.period(first), iso=first) if first else None,
        last=Day(text=speech.period(last), iso=last) if last else None,
        posts=each.counts.posts,
        only=each.only,
    )


def _say_gap(speech: Speech, gap: Gap) -> str:
    first, last = speech.period(gap.first), speech.period(gap.last)
    if gap.months == 1:
        said = speech.gettext("No post in %(month)s (1 month)") % {"month": first}
    else:
        said = speech.gettext("No post from %(first)s to %(last)s (%(n)s months)") % {
            "first": first,
            "last": last,
            "n": speech.number(gap.months),
        }
    if not gap.uncertain:
        return said
    rest = speech.ngettext(
        "of %(n)s post of that time only the year is known",
        "of %(n)s posts of that time only the year is known",
        gap.uncertain,
    )
    return f"{said}; {rest % {'n': speech.number(gap.uncertain)}}"


def _say_span(speech: Speech, first: str, last: str) -> str:
    if first == last:
        return speech.gettext("of %(month)s") % {"month": speech.period(first)}
    return speech.gettext("from %(first)s to %(last)s") % {"first": speech.period(first), "last": speech.period(last)}


def _search_of(view: View, written: str) -> str:
    """The address of the search of a month or a year."""
    since, until = days_of(written)
    return view.search(Search(since=since, until=until))
