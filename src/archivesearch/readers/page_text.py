"""The reader of a blog's pages saved as plain text: date headings, titles and bodies, with nothing marked."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archivesearch.dates import Published
from archivesearch.dumps import Cut, Dump, Line, Rejected, lines_of
from archivesearch.errors import DumpError
from archivesearch.languages import language_of
from archivesearch.posts import Post, Provenance, post_id, united_labels
from archivesearch.printed import DayOrder, learn_order, printed_date, read_date, said_date
from archivesearch.readers.body import blocks
from archivesearch.readers.cutting import Span, cut_day
from archivesearch.readers.decisions import Decisions, collect
from archivesearch.readers.evidence import (
    Numbers,
    PageEvidence,
    Piece,
    evidence_of,
    from_text,
    numbers_of,
    piece_of,
    proved_starts,
    shared_ending,
)
from archivesearch.readers.layout import Day, Page, Stretch, labels_in, lay_out, part
from archivesearch.readers.standing import may_be_title, stand_below_titles, standing_of
from archivesearch.readers.style import Style, learn
from archivesearch.readers.traits import is_too_long
from archivesearch.text import clean, decode, one_line, text_problem

_HEAD = 1 << 20
_MARKUP = re.compile(r"WARC/\d|\s*<(?:!doctype|!--|html|head|body|\?xml|feed|rss)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Blog:
    """What all pages of one import tell together, and what people decided."""

    pages: tuple[PageEvidence, ...]
    style: Style
    days: dict[Numbers, tuple[tuple[Piece, ...], ...]]
    decisions: Decisions

    def order(self, form: str) -> DayOrder | None:
        """The order of day and month in dates of this form, if the pages that tell it agree."""
        orders = {page.order for page in self.pages if page.form == form and page.order}
        return orders.pop() if len(orders) == 1 else None

    def frame(self) -> frozenset[str]:
        """The folded lines that stand above the posts of more than one page."""
        seen: dict[str, int] = defaultdict(int)
        for lead in {page.lead for page in self.pages}:
            for line in set(lead):
                seen[line] += 1
        return frozenset(line for line, count in seen.items() if count > 1)


class PageText:
    """Reads pages of a blog saved as plain text (see `Reader`); `language_of` tells the language of a text."""

    name = "page-text"
    version = 2

    def __init__(self, language_of: Callable[[str], str | None] = language_of) -> None:
        self._language_of = language_of

    def recognises(self, dump: Dump) -> bool:
        """Plain text with at least one line that is a date, or says when something was posted, and nothing else."""
        head = dump.head(_HEAD)
        if text_problem(head) or _MARKUP.match(clean(decode(head).text)):
            return False
        return any(printed_date(line.text) or said_date(line.text) for line in lines_of(head))

    def evidence(self, dump: Dump) -> str:
        """The page's days in pieces, its dates' form, order and standing, and the lines of its frame."""
        lines = dump.lines()
        standing = standing_of(lines)
        page = lay_out(lines, may_be_title=may_be_title if standing.titled else None)
        if not page.days:
            raise DumpError(f"{dump.name} has no line that is a date alone. Save the page again with its dates.")
        return evidence_of(page, learn_order([day.printed for day in page.days]), standing).to_text()

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> Blog:
        """What the pages tell about each other; the lines that people decided show how titles look, too."""
        pages = tuple(from_text(text) for text in sorted(set(evidence)))
        days: dict[Numbers, dict[tuple[Piece, ...], None]] = {}
        for page in pages:
            for numbers, pieces in page.days:
                days.setdefault(numbers, {})[pieces] = None
        dated = [day for page in pages for day in page.days]
        decisions = collect(cuts)
        style = learn(dated, decisions.lessons(dated), titled=stand_below_titles(pages))
        return Blog(pages, style, {numbers: tuple(shown) for numbers, shown in days.items()}, decisions)

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:
        """The posts of the page, newest first as it shows them; a date heading without any text is rejected.

        A line with which people say that a post begins does so wherever it stands below its date heading. One with
        which none begins belongs to the post above it on that day. Where it is the first of its day that post has no
        title, or that of the line right below, if a post begins with this one.
        """
        if not isinstance(learnt, Blog):
            raise TypeError(f"page-text reads with what its own learn() answers, not with {learnt!r}")
        page = _lay_out_as(learnt, dump)
        order = learn_order([day.printed for day in page.days]) or learnt.order(page.days[0].printed.form)
        page = _without_ending(page, _ending(page, order, dump, learnt))
        for day in page.days:
            if not day.stretches:
                reason = "no text stands below this date heading"
                yield Rejected(dump=dump.name, entry=day.printed.printed, reason=reason, line=day.heading.number)
                continue
            yield from self._posts(dump, day, read_date(day.printed, order), learnt)

    def _posts(self, dump: Dump, whole: Day, published: Published | str, blog: Blog) -> Iterator[Post]:
        decided = _decided(whole, published, dump, blog)
        day = part(whole, {number for number, cut in decided.items() if cut.begins})
        pieces = [piece_of(stretch) for stretch in day.stretches]
        others = blog.days.get(numbers_of(day.printed), ())
        proved = frozenset().union(*(proved_starts(pieces, other) for other in others))
        texts = [one_line(stretch.text) for stretch in day.stretches]
        tops = [decided.get(stretch.lines[0].number) for stretch in day.stretches]
        begins = {i: cut.begins for i, cut in enumerate(tops) if cut}
        for span in cut_day(pieces, texts, blog.style, proved, self._language_of, begins):
            titled = blog.style.titled and span.start == 0 and 0 not in begins
            yield _post(dump, day, _titled(span, day) if titled else span, published, blog.style, decided)


def _titled(span: Span, day: Day) -> Span:
    """The post of a date that stands below its title."""
    if day.is_titled:
        return replace(span, evidence="the line above its date")
    return replace(span, title=None, evidence="no line above its date can be a title")


def _lay_out_as(blog: Blog, dump: Dump) -> Page:
    """The page with its dates standing as those of the blog do, or as they do here where it has none that stands so."""
    known, above, below = blog.frame(), None, may_be_title
    pages = (lay_out(dump.lines(), known, stand) for stand in ((below, above) if blog.style.titled else (above, below)))
    return next(page for page in pages if page.days)


def _decided(day: Day, published: Published | str, dump: Dump, blog: Blog) -> dict[int, Cut]:
    lines = (line for stretch in day.stretches for line in stretch.lines)
    return blog.decisions.among(lines, published.day if isinstance(published, Published) else None, dump.name)


def _ending(page: Page, order: DayOrder | None, dump: Dump, blog: Blog) -> int:
    """How many of the page's last lines are its frame: none where people say that a post begins among them."""
    last = page.days[-1]
    count = shared_ending(page, blog.pages)
    decided = _decided(last, read_date(last.printed, order), dump, blog)
    lines = [line for stretch in last.stretches for line in stretch.lines]
    begun = (decided[line.number].begins for line in lines[len(lines) - count :] if line.number in decided)
    return 0 if any(begun) else count


def _without_ending(page: Page, lines: int) -> Page:
    """The page without its last `lines` lines of text."""
    last = page.days[-1]
    kept = list(last.stretches)
    while lines and kept:
        stretch = kept.pop()
        rest = stretch.lines[: max(0, len(stretch.lines) - lines)]
        lines -= len(stretch.lines) - len(rest)
        if rest:
            kept.append(Stretch(rest, stretch.before, stretch.after))
    return Page(page.lead, (*page.days[:-1], Day(last.heading, last.printed, tuple(kept), last.labels)))


def _post(
    dump: Dump, day: Day, span: Span, published: Published | str, style: Style, decided: Mapping[int, Cut]
) -> Post:
    stretches = day.stretches[span.start : span.end]
    lines = [line for stretch in stretches for line in stretch.lines]
    first = None if span.title is None else day.stretches[span.title].lines[0]
    titled = (
        first if first and not is_too_long(first.text) else None
    )  # else a post without a title begins with its text
    title = one_line(titled.text) if titled else ""
    body = [[line.text for line in s.lines if line is not titled] for s in stretches]
    closing = [stretches[i] for i in sorted(style.closing([piece_of(stretch) for stretch in stretches]))]
    date = published if isinstance(published, Published) else None
    said = [decided[line.number].say() for line in lines if line.number in decided]
    notes = [span.evidence, *said, "" if date else f"undated: {published}"]
    return Post(
        id=post_id(date, title),
        title=title,
        published=date,
        body=tuple(blocks(body)),
        labels=united_labels([*day.labels, *_labels_below(closing)]),
        provenance=(_provenance(dump, lines, span.certainty, "; ".join(filter(None, notes))),),
    )


def _labels_below(closing: Sequence[Stretch]) -> Iterator[str]:
    for stretch in closing:
        for line in stretch.lines:
            yield from labels_in(line.text)


def _provenance(dump: Dump, lines: Sequence[Line], certainty: float, evidence: str) -> Provenance:
    return Provenance(
        dump=dump.name,
        sha256=dump.sha256,
        reader=PageText.name,
        line=lines[0].number,
        start=lines[0].start,
        end=lines[-1].end,
        certainty=certainty,
        evidence=evidence,
    )
