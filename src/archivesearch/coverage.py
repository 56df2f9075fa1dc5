"""Coverage: how many posts each month has, in all and by dump, and where months without posts lie.

Pure: it is made of days and names of dumps. A month is written as ISO 8601 does ("2019-05"), and so is a year.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Step = Literal["month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many posts there are: by month, by year where nothing but the year is known, and undated.

    Only months and years that have posts are in it, the earliest first.
    """

    months: Mapping[str, int]
    years: Mapping[str, int]
    undated: int

    @property
    def posts(self) -> int:
        """All of them."""
        return sum(self.months.values()) + sum(self.years.values()) + self.undated

    @property
    def span(self) -> tuple[str, str] | None:
        """The first and the last month with posts, or year where nothing more is known; None where none is dated."""
        dated = {*self.months, *self.years}
        if not dated:
            return None
        # "~" comes after and "-" before all digits: of one year its months are told rather than the year alone
        return min(dated, key=lambda date: date.ljust(7, "~")), max(dated, key=lambda date: date.ljust(7, "-"))

    def by(self, step: Step) -> dict[str, int]:
        """The posts of each month, or of each year with those of which only the year is known; none is undated."""
        if step == "month":
            return dict(self.months)
        years = Counter(self.years)
        for month, posts in self.months.items():
            years[month[:4]] += posts
        return dict(sorted(years.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpCoverage:
    """The posts that stand in one dump, and how many of them stand in no other."""

    dump: str
    counts: Counts
    only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Months in a row without a post, from `first` to `last`, both included.

    `uncertain` posts may be of these months all the same: of them only the year is known, and the gap touches it.
    """

    first: str
    last: str
    months: int
    uncertain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The posts of an archive over time.

    In `counts` each post is counted once; in `dumps`, which are sorted by name, in each dump that it stands in. `gaps`
    lie between the first and the last dated post, the longest first.
    """

    counts: Counts
    dumps: tuple[DumpCoverage, ...]
    gaps: tuple[Gap, ...]


def cover(posts: Iterable[tuple[str | None, frozenset[str]]]) -> Coverage:
    """The coverage of posts, each given as its day, cut to what is known (None: undated), and its dumps."""
    alike = Counter((day and day[:7], dumps) for day, dumps in posts)
    of_dump: dict[str, Counter[str | None]] = {}
    only: Counter[str] = Counter()
    whole: Counter[str | None] = Counter()
    for (date, dumps), number in alike.items():
        whole[date] += number
        for dump in dumps:
            of_dump.setdefault(dump, Counter())[date] += number
            only[dump] += number if len(dumps) == 1 else 0
    counts = _count(whole)
    return Coverage(
        counts=counts,
        dumps=tuple(DumpCoverage(dump=dump, counts=_count(of_dump[dump]), only=only[dump]) for dump in sorted(of_dump)),
        gaps=_gaps(counts),
    )


def _count(posts: Mapping[str | None, int]) -> Counts:
    dated = sorted((date, number) for date, number in posts.items() if date is not None)
    return Counts(
        months={date: number for date, number in dated if len(date) == 7},
        years={date: number for date, number in dated if len(date) == 4},
        undated=posts.get(None, 0),
    )


def every(counts: Counts, step: Step) -> Iterator[tuple[str, int]]:
    """Each month or year from the first to the last dated post, and its posts: 0 in a gap.

    A post of which only the year is known may be of any of its months: where it is the first or the last one, the
    months begin after its year or end before it.
    """
    posts = counts.by(step)
    if step == "year":
        years = [int(year) for year in posts]
        numbers = range(min(years), max(years) + 1) if years else range(0)
        names = (f"{number:04}" for number in numbers)
    else:
        months = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in posts]
        first = min([*months, *(int(year) * 12 + 12 for year in counts.years)], default=0)
        last = max([*months, *(int(year) * 12 - 1 for year in counts.years)], default=-1)
        names = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1))
    yield from ((name, posts.get(name, 0)) for name in names)


def shortened(posts: Iterable[tuple[str, int]], longest: int) -> Iterator[tuple[str, str, int]]:
    """The months or years of `every` as first, last and posts: each alone, more than `longest` empty ones as one."""
    for empty, run in groupby(posts, key=lambda each: each[1] == 0):
        each = list(run)
        if empty and len(each) > longest:
            yield each[0][0], each[-1][0], 0
        else:
            yield from ((date, date, number) for date, number in each)


def _gaps(counts: Counts) -> tuple[Gap, ...]:
    by_posts = groupby(every(counts, "month"), key=lambda each: each[1])
    empty = [[month for month, _ in run] for posts, run in by_posts if not posts]
    return tuple(sorted((_gap(run, counts.years) for run in empty), key=lambda gap: (-gap.months, gap.first)))


def _gap(months: Sequence[str], years: Mapping[str, int]) -> Gap:
    first, last = months[0], months[-1]
    touched = sum(posts for year, posts in years.items() if first[:4] <= year <= last[:4])
    return Gap(first=first, last=last, months=len(months), uncertain=touched)
