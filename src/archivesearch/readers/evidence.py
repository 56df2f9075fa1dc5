"""What the pages of one blog tell about each other: their days as pieces, kept as text beside the catalog's dumps."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from archivesearch.printed import DayOrder, PrintedDate
from archivesearch.readers.layout import Page, Stretch
from archivesearch.text import fold

_HEAD = 240
"""Characters of a piece that are kept: more than any title has."""

_ENDING, _FRAME_WIDTH = 12, 120
"""A frame below the posts has at most so many lines, of so many characters: longer ones are somebody's text."""

_MOST, _FEW = 0.8, 0.5
"""The least share of dates with a title above, and the largest with one below, where they stand below titles. A text
may begin or end with a short line, so what stands above decides only where it nearly always does."""

_LIST_ITEM = re.compile(r"\s*(?:[•·▪◦‣*–-]|\(?\d{1,3}[.)]|\(?[a-z]\))[\s\xa0]?(?=\S)")
_TYPED_HYPHEN = re.compile(r"\s*[-–][^\W\d]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page as evidence: enough to compare it and to judge whether it can be a title.

    `key` is equal for equal text. `size` is in characters, `lines` in lines, `head` the beginning of its first line and
    `tail` its last characters, no-break spaces included. `before` and `after` count blank lines.
    """

    key: str
    before: int
    after: int
    size: int
    lines: int
    head: str
    tail: str

    @property
    def is_list(self) -> bool:
        """Whether it begins as an item of a list."""
        return bool(_LIST_ITEM.match(self.head) or _TYPED_HYPHEN.match(self.head))

    @property
    def is_prose(self) -> bool:
        """Whether it reads as running text: a paragraph of some length, or a whole sentence."""
        if self.is_list:
            return False
        ends = self.tail.rstrip().endswith((".", "!", "?", "”", '"', "»", ")"))
        return self.size >= 160 or (ends and self.size >= 40)


Numbers = tuple[int, int, int]
"""Year, first and second number of a date, as they stand: the day may be the first or the second."""


class Standing(NamedTuple):
    """How the dates of pages stand: how many they are, how many have a title above, and how many one below."""

    dates: int
    above: int
    below: int

    @property
    def titled(self) -> bool:
        """Whether each date stands below the title of its post; else it stands above the posts of its day."""
        return self.dates > 0 and self.above >= _MOST * self.dates and self.below <= _FEW * self.dates


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What one dump tells: its days (numbers of the date as printed, pieces), its dates' form and order, its frame.

    `lead` are the lines above its first day and `ending` its last ones, all folded; `standing` is that of its dates.
    """

    form: str
    order: DayOrder | None
    days: tuple[tuple[Numbers, tuple[Piece, ...]], ...]
    lead: tuple[str, ...]
    ending: tuple[str, ...]
    standing: Standing

    def to_text(self) -> str:
        """As JSON, for the catalog."""
        days = [[numbers, [[*_fields(piece)] for piece in pieces]] for numbers, pieces in self.days]
        fields = [self.form, self.order, days, self.lead, self.ending, self.standing]
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _fields(piece: Piece) -> tuple[object, ...]:
    return (piece.key, piece.before, piece.after, piece.size, piece.lines, piece.head, piece.tail)


def from_text(text: str) -> PageEvidence:
    """The evidence that `PageEvidence.to_text` wrote."""
    form, order, days, lead, ending, standing = json.loads(text)
    read = tuple(((y, a, b), tuple(Piece(*fields) for fields in pieces)) for (y, a, b), pieces in days)
    return PageEvidence(form, order, read, tuple(lead), tuple(ending), Standing(*standing))


def piece_of(stretch: Stretch) -> Piece:
    """The stretch as evidence."""
    text = stretch.text
    key = key_of(text)
    head = stretch.lines[0].text
    return Piece(key, stretch.before, stretch.after, len(text), len(stretch.lines), head[:_HEAD], text[-12:])


def key_of(text: str) -> str:
    """The key of a piece with this text."""
    return _key(fold(text))


def _key(folded: str) -> str:
    return hashlib.sha256(folded.encode()).hexdigest()[:16]


def evidence_of(page: Page, order: DayOrder | None, standing: Standing) -> PageEvidence:
    """What this page tells about others of its blog; `order` is that of its dates, where it is known."""
    days = tuple((numbers_of(day.printed), tuple(piece_of(s) for s in day.stretches)) for day in page.days)
    lead = tuple(fold(line.text) for line in page.lead)
    return PageEvidence(page.days[0].printed.form, order, days, lead, ending_lines(page), standing)


def ending_lines(page: Page) -> tuple[str, ...]:
    """The last lines of the page's text, folded: as many as a frame may have below the posts."""
    return tuple(fold(line.text) for stretch in page.days[-1].stretches for line in stretch.lines)[-_ENDING:]


def numbers_of(printed: PrintedDate) -> Numbers:
    """The numbers of a date heading, day first wherever its form tells the order."""
    first, second = printed.first, printed.second
    return (printed.year, second, first) if printed.order == "month first" else (printed.year, first, second)


def shared_ending(page: Page, others: Sequence[PageEvidence]) -> int:
    """How many of the page's last lines are its frame.

    They end most pages whose last day is another one, and no post inside a page, as an author's sign-off would.
    """
    mine, day = ending_lines(page), numbers_of(page.days[-1].printed)
    counts = sorted((_common_end(mine, other.ending) for other in others if other.days[-1][0] != day), reverse=True)
    shared = counts[len(counts) // 2] if counts else 0
    inside = {piece.key for other in others for _, pieces in other.days[:-1] for piece in pieces}
    signed = [n for n in range(1, shared + 1) if _key(mine[-n]) in inside]
    return min(signed, default=shared + 1) - 1


def _common_end(mine: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(reversed(mine), reversed(other), strict=False):
        if a != b or len(a) > _FRAME_WIDTH:
            break
        count += 1
    return count


def proved_starts(mine: Sequence[Piece], other: Sequence[Piece]) -> frozenset[int]:
    """Where posts begin among my pieces of a day, proved by another dump that shows other posts of the same day.

    Where the two run together and then one of them goes on alone, a post ends. A piece that differs on both sides is an
    edited text and proves nothing.
    """
    matcher = SequenceMatcher(None, [p.key for p in mine], [p.key for p in other], autojunk=False)
    starts: set[int] = set()
    blocks = matcher.get_matching_blocks()
    end_mine = end_other = 0
    for i, j, size in blocks:
        skipped_mine, skipped_other = i - end_mine, j - end_other
        if bool(skipped_mine) != bool(skipped_other):
            starts.update((end_mine, i))
        end_mine, end_other = i + size, j + size
    if not any(size for _, _, size in blocks):
        return frozenset()
    return frozenset(start for start in starts if 0 < start < len(mine))
