"""How the dates of a blog's pages stand: above the posts of a day, or each below the title of its post."""

import re
from collections.abc import Iterable, Iterator, Sequence

from archivesearch.dumps import Line
from archivesearch.readers.evidence import Standing, piece_of
from archivesearch.readers.layout import Day, Stretch, lay_out, tells_writer
from archivesearch.readers.traits import ending_of, is_ruled_out
from archivesearch.text import fold

_DIFFERENT = 0.7
"""The least share of titles that begin in their own way; what ends a post (its labels, who wrote it) begins alike."""
_TITLE_LINES = 3
"""Lines of a title with what may be glued to it: who wrote the post, and the section that it stands in."""


def sum_of(standings: Iterable[Standing]) -> Standing:
    """How the dates of all these pages stand."""
    return Standing(*(sum(counts) for counts in zip(Standing(0, 0, 0), *standings, strict=True)))


def standing_of(lines: Sequence[Line]) -> Standing:
    """How the dates of the page in these lines stand.

    The first line of a page names the blog: above its only date it is no title.
    """
    page = lay_out(lines, may_be_title=is_like_title)
    days = page.days
    above = [day.stretches[0].lines[0].text for day in days if day.is_titled]
    below = [next(below, None) for below in map(_below, days)]
    told = _begin_differently(above) and (len(days) > 1 or page.lead)
    return Standing(
        dates=len(days),
        above=len(above) if told else 0,
        below=sum(stretch is not None and len(stretch.lines) == 1 and is_like_title(stretch) for stretch in below),
    )


def _below(day: Day) -> Iterator[Stretch]:
    """What stands below the date, without who wrote it."""
    return (s for s in day.stretches if s.lines[0].number > day.heading.number and not tells_writer(s))


def is_like_title(stretch: Stretch) -> bool:
    """Whether it looks as titles do, with what is glued to it below, and not as running text."""
    first = piece_of(Stretch(stretch.lines[:1], stretch.before, stretch.after))
    return not first.is_prose and may_be_title(stretch)


def may_be_title(stretch: Stretch) -> bool:
    """Whether it may be a title where one is expected: anything of its length but a plain sentence."""
    first = piece_of(Stretch(stretch.lines[:1], stretch.before, stretch.after))
    is_sentence = first.is_prose and ending_of(first.tail) == "a full stop"
    return len(stretch.lines) <= _TITLE_LINES and not is_sentence and not is_ruled_out(first)


def _begin_differently(titles: Sequence[str]) -> bool:
    begun = {" ".join(re.sub(r"\d", "#", fold(title)).split()[:2]) for title in titles}
    return len(begun) >= _DIFFERENT * len(titles)
