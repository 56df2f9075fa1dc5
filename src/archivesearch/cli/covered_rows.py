"""What the command line says of the coverage: bars, gaps, and the same as cells of a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from archivesearch.cli.terminal import Row, row
from archivesearch.coverage import Counts, Coverage, DumpCoverage, Gap, Step, every, shortened
from archivesearch.said import say_number, say_posts

WIDEST_BAR = 40
"""Columns of the longest bar: with month and number beside it, a line fits a terminal of 80 columns."""

MONTHS_IN_TEXT = 60
"""Months that are still shown one a line; five years are read at a glance, of more a bar a year tells the shape."""

EMPTY_IN_TEXT = 12
"""Months or years in a row without a post that are still shown one a line; a wrong date must not fill the screen."""


def fitting_step(coverage: Coverage) -> Step:
    """What one line should count for people: a month, or a year where there are many months."""
    return "year" if sum(1 for _ in every(coverage.counts, "month")) > MONTHS_IN_TEXT else "month"


def coverage_rows(coverage: Coverage, step: Step) -> Iterator[Row]:
    """A bar for each month or year, then the posts of each dump, then the gaps, for people."""
    yield row((say_posts(coverage.counts.posts), "strong"), ", each counted once")
    yield from (row(said, head="  ") for said in _without_month(coverage.counts, step))
    yield row()
    yield from _bar_rows(coverage.counts, step)
    yield row()
    yield row(("By dump", "strong"), ": a post that stands in several dumps counts in each of them")
    yield row((f"{'posts':>7}  {'only here':>9}  {'first':<7}  {'last':<7}  dump", "quiet"))
    yield from (_dump_row(each) for each in coverage.dumps)
    yield row()
    yield row((say_number(len(coverage.gaps), "gap"), "strong"), *_gap_order(coverage.gaps))
    yield from (row(say_gap(gap), head="  ") for gap in coverage.gaps)


def _without_month(counts: Counts, step: Step) -> Iterator[str]:
    if counts.years and step == "month":
        years = ", ".join(f"{year}: {posts}" for year, posts in counts.years.items())
        yield f"{say_posts(sum(counts.years.values()))} in no bar: only the year is known ({years})"
    if counts.undated:
        yield f"{say_posts(counts.undated)} in no bar: undated"


def _bar_rows(counts: Counts, step: Step) -> Iterator[Row]:
    lines = [
        (first if first == last else f"{first} to {last}", posts)
        for first, last, posts in shortened(every(counts, step), EMPTY_IN_TEXT)
    ]
    most = max((posts for _, posts in lines), default=0)
    width, digits = max((len(name) for name, _ in lines), default=0), len(str(most))
    for name, posts in lines:
        bar = "#" * -(-posts * WIDEST_BAR // most) if posts else ""
        yield row((bar, "match"), head=f"{name:<{width}}  {posts:>{digits}}  ")


def _dump_row(each: DumpCoverage) -> Row:
    first, last = each.counts.span or ("-", "-")
    return row(each.dump, head=f"{each.counts.posts:>7}  {each.only:>9}  {first:<7}  {last:<7}  ")


def _gap_order(gaps: Sequence[Gap]) -> tuple[str, ...]:
    return (", the longest first",) if len(gaps) > 1 else ()


def say_gap(gap: Gap) -> str:
    """The gap in words."""
    months = f"from {gap.first} to {gap.last} ({gap.months} months)" if gap.months > 1 else f"in {gap.first} (1 month)"
    known = f"; of {say_posts(gap.uncertain)} of that time only the year is known" if gap.uncertain else ""
    return f"no post {months}{known}"


def coverage_cells(coverage: Coverage, step: Step) -> Iterator[tuple[object, ...]]:
    """The coverage as cells of a CSV file, its columns first: all posts, without a dump, then those of each dump."""
    yield "period", "dump", "posts"
    yield from ((period, None, posts) for period, posts in every(coverage.counts, step))
    yield from ((period, None, posts) for period, posts in _without_period(coverage.counts, step))
    for each in coverage.dumps:
        counted = itertools.chain(each.counts.by(step).items(), _without_period(each.counts, step))
        yield from ((period, each.dump, posts) for period, posts in counted)


def _without_period(counts: Counts, step: Step) -> Iterator[tuple[str, int]]:
    if step == "month":
        yield from counts.years.items()
    if counts.undated:
        yield "undated", counts.undated
