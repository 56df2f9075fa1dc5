"""How the dates of a blog's pages stand: above the posts of a day, or each below the title of its post."""

import re
from collections.abc import Iterator, Sequence

from archivesearch.dumps import Line
from archivesearch.readers.evidence import PageEvidence, Standing, piece_of
from archivesearch.readers.layout import Day, Stretch, lay_out, tells_writer
from archivesearch.readers.traits import ending_of, is_ruled_out
from archivesearch.text import fold

_DIFFERENT = 0.7
"""The least share of titles that begin in their own way; what ends a post (its labels, who wrote it) begins alike."""
_PAGES = 3
"""Pages that begin differently before that tells how their dates stand."""
_TITLE_LINES = 3
"""Lines of a title with what may be glued to it: who wrote the post, and the section that it stands in."""


def stand_below_titles(pages: Sequence[PageEvidence]) -> bool:
    """Whether each date of these pages of one blog stands below the title of its post.

    The line above a page's first date tells it best: of a frame it is the same on many pages, of a post its title.
    Where pages have several dates it tells so of posts whose texts are as short as titles, too.
    """
    firsts = {(page.days[0][0], _above_first(page)): page.standing for page in pages}  # two of one page count once
    counted = Standing(*(sum(counts) for counts in zip(Standing(0, 0, 0), *firsts.values(), strict=True)))
    if len({date for date, _ in firsts}) < _PAGES:
        return counted.titled
    lines = [line for _, line in firsts]
    if len(set(lines)) < _DIFFERENT * len(lines):
        return False
    told = counted.dates >= 2 * len(firsts) and _begin_differently(lines)
    return counted._replace(below=0).titled if told else counted.titled


def _above_first(page: PageEvidence) -> str:
    """The line that stands above the first date, folded; empty where there is none."""
    pieces = page.days[0][1]
    if page.standing.titled and pieces:
        return fold(pieces[0].head)
    return page.lead[-1] if page.lead else ""


def standing_of(lines: Sequence[Line]) -> Standing:
    """How the dates of the page in these lines stand.

    The first line of a page names the blog: above its only date it is no title. A date with words around stands below a
    title or is none.
    """
    page = lay_out(lines, may_be_title=is_like_title)
    days = page.days
    alone = all(day.printed.alone for day in days)
    above = [day.stretches[0].lines[0].text for day in days if day.is_titled]
    below = [next(_below(day), None) for day in days if alone]
    told = not alone or (_begin_differently(above) and (len(days) > 1 or page.lead))
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
