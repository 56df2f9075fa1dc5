"""The reader of a blog's pages saved as plain text: date headings, titles and bodies, with nothing marked."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from archivesearch.dates import DayOrder, Published, learn_order, printed_date, read_date
from archivesearch.dumps import Dump, Line, Rejected, lines_of
from archivesearch.errors import DumpError
from archivesearch.languages import language_of
from archivesearch.posts import Post, Provenance, post_id, united_labels
from archivesearch.readers.body import blocks
from archivesearch.readers.cutting import Cut, cut_day
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
from archivesearch.readers.layout import Day, Page, Stretch, lay_out
from archivesearch.readers.style import Style, learn
from archivesearch.readers.traits import is_too_long
from archivesearch.text import clean, decode, one_line, text_problem

_HEAD = 1 << 20
_LABELS_BELOW = re.compile(r"(?:labels|libellés|étiquettes|etiquetas|etiketten|tags)\s*:\s*(.+)", re.IGNORECASE)
_MARKUP = re.compile(r"WARC/\d|\s*<(?:!doctype|!--|html|head|body|\?xml|feed|rss)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Blog:
    """What all pages of one import tell together."""

    pages: tuple[PageEvidence, ...]
    style: Style
    days: dict[Numbers, tuple[tuple[Piece, ...], ...]]

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
    version = 1

    def __init__(self, language_of: Callable[[str], str | None] = language_of) -> None:
        self._language_of = language_of

    def recognises(self, dump: Dump) -> bool:
        """Plain text with at least one line that is a date and nothing else."""
        head = dump.head(_HEAD)
        if text_problem(head) or _MARKUP.match(clean(decode(head).text)):
            return False
        return any(printed_date(line.text) for line in lines_of(head))

    def evidence(self, dump: Dump) -> str:
        """The page's days in pieces, its dates' form and order, and the lines of its frame."""
        page = lay_out(dump.lines())
        if not page.days:
            raise DumpError(f"{dump.name} has no line that is a date alone. Save the page again with its dates.")
        return evidence_of(page, learn_order([day.printed for day in page.days])).to_text()

    def learn(self, evidence: Sequence[str]) -> Blog:
        """What the pages tell about each other."""
        pages = tuple(from_text(text) for text in sorted(set(evidence)))
        days: dict[Numbers, dict[tuple[Piece, ...], None]] = {}
        for page in pages:
            for numbers, pieces in page.days:
                days.setdefault(numbers, {})[pieces] = None
        style = learn([day for page in pages for day in page.days])
        return Blog(pages, style, {numbers: tuple(shown) for numbers, shown in days.items()})

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:
        """The posts of the page, newest first as it shows them; a date heading without any text is rejected."""
        if not isinstance(learnt, Blog):
            raise TypeError(f"page-text reads with what its own learn() answers, not with {learnt!r}")
        page = lay_out(dump.lines(), learnt.frame())
        order = learn_order([day.printed for day in page.days]) or learnt.order(page.days[0].printed.form)
        page = _without_ending(page, shared_ending(page, learnt.pages))
        for day in page.days:
            if not day.stretches:
                reason = "no text stands below this date heading"
                yield Rejected(dump=dump.name, entry=day.printed.printed, reason=reason, line=day.heading.number)
                continue
            published = read_date(day.printed, order)
            pieces = [piece_of(stretch) for stretch in day.stretches]
            others = learnt.days.get(numbers_of(day.printed), ())
            proved = frozenset().union(*(proved_starts(pieces, other) for other in others))
            texts = [one_line(stretch.text) for stretch in day.stretches]
            for cut in cut_day(pieces, texts, learnt.style, proved, self._language_of):
                yield _post(dump, day, cut, published, learnt.style)


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


def _post(dump: Dump, day: Day, cut: Cut, published: Published | str, style: Style) -> Post:
    stretches = day.stretches[cut.start : cut.end]
    lines = [line for stretch in stretches for line in stretch.lines]
    titled = lines[0] if not is_too_long(lines[0].text) else None  # else a post without a title begins with its text
    title = one_line(titled.text) if titled else ""
    body = [[line.text for line in s.lines if line is not titled] for s in stretches]
    closing = [stretch for stretch in stretches[1:] if style.closes(piece_of(stretch))]
    date = published if isinstance(published, Published) else None
    evidence = cut.evidence if date else f"{cut.evidence}; undated: {published}"
    return Post(
        id=post_id(date, title),
        title=title,
        published=date,
        body=tuple(blocks(body)),
        labels=united_labels([*day.labels, *_labels_below(closing)]),
        provenance=(_provenance(dump, lines, cut.certainty, evidence),),
    )


def _labels_below(closing: Sequence[Stretch]) -> Iterator[str]:
    for stretch in closing:
        for line in stretch.lines:
            if match := _LABELS_BELOW.search(one_line(line.text)):
                yield from (label.strip() for label in match[1].split(",") if label.strip())


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
