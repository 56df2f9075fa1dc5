"""The layout of a blog's page saved as plain text: its frame, its date headings, and the blocks below each."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from archivesearch.dates import Published
from archivesearch.dumps import Line
from archivesearch.printed import BY, WROTE, PrintedDate, learn_order, printed_date, read_date, said_date
from archivesearch.text import fold, one_line


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a page between two blank lines; `before` and `after` count the blank lines around them."""

    lines: tuple[Line, ...]
    before: int
    after: int

    @property
    def text(self) -> str:
        """The lines as printed, no-break spaces included."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Day:
    """A date heading and what stands below it, up to the next one; `labels` are those of the page that shows it.

    Where dates stand below titles, the first of the stretches is the title above the date.
    """

    heading: Line
    printed: PrintedDate
    stretches: tuple[Stretch, ...]
    labels: tuple[str, ...]

    @property
    def is_titled(self) -> bool:
        """Whether a title stands above the date."""
        return bool(self.stretches) and self.stretches[0].lines[0].number < self.heading.number


@dataclass(frozen=True, slots=True)
class Page:
    """A dump's days, and the lines that frame them: `lead` above the first day."""

    lead: tuple[Line, ...]
    days: tuple[Day, ...]


MayBeTitle = Callable[[Stretch], bool]

_LABEL_LINES = tuple(
    re.compile(rf"{before}(?P<label>.+?){after}(?:\.\s*(?:{more})?)?", re.IGNORECASE)
    for before, after, more in (
        ("Showing posts with label ", "", "Show all posts"),
        ("Posts (?:tonen|weergeven) met het label ", "", "Alle posts (?:tonen|weergeven)"),
        (
            "Affichage des (?:articles|messages) dont le libellé est ",
            "",
            "Afficher tous les (?:articles|messages)|Tout afficher",
        ),
        ("Mostrando (?:las )?entradas con la etiqueta ", "", "Mostrar todas las entradas"),
        ("(?:Es werden )?Posts mit dem Label ", "(?: werden)? angezeigt", "Alle Posts anzeigen"),
    )
)
"""The line above the posts of a label page, as Blogger prints it in each of these languages."""


_LABELS = re.compile(r"(?:labels|libellés|étiquettes|etiquetas|etiketten|tags)\s*:\s*(.+)", re.IGNORECASE)


def labels_in(line: str) -> tuple[str, ...]:
    """The labels that a line below a post names, as Blogger prints it, alone or behind who posted it."""
    match = _LABELS.search(one_line(line))
    return tuple(label.strip() for label in match[1].split(",") if label.strip()) if match else ()


def tells_labels(line: str) -> bool:
    """Whether a line names labels and nothing else."""
    return _LABELS.match(one_line(line)) is not None


def label_of(line: str) -> str | None:
    """The label whose posts the page shows, if this line says so."""
    written = one_line(line)
    for pattern in _LABEL_LINES:
        if match := pattern.fullmatch(written):
            return match["label"].strip()
    return None


def lay_out(
    lines: Sequence[Line], known_frame: frozenset[str] = frozenset(), may_be_title: MayBeTitle | None = None
) -> Page:
    """The page in these lines; without days if none of them is a date heading.

    `known_frame` are folded lines that stand above the posts of other pages of the blog. Where each date stands
    below the title of its post, `may_be_title` tells of a stretch right above a date whether it can be one.
    """
    headings = _headings(lines, titled=may_be_title is not None)
    if not headings:
        return Page(tuple(lines), ())
    dates = sorted(headings)
    tops = [_top(lines, before + 1, date, may_be_title) for before, date in pairwise([-1, *dates])]
    lead = tuple(line for line in lines[: tops[0]] if line.text.strip())
    known = known_frame | {fold(line.text) for line in lead}
    days: list[Day] = []
    labels = _labels(lead)
    for date, top, end in zip(dates, tops, [*tops[1:], len(lines)], strict=True):
        below = lines[date + 1 : end]
        frame = _next_frame(below, known)
        stretches = (*_stretches(lines[top:date]), *_stretches(below[: len(below) - len(frame)]))
        days.append(Day(lines[date], headings[date], stretches, labels))
        if frame:
            labels = _labels(frame)
    return Page(lead, tuple(days))


def _top(lines: Sequence[Line], first: int, date: int, may_be_title: MayBeTitle | None) -> int:
    """Where the title of a date begins, from line `first` on: right above it, or above who wrote the post.

    That is the date itself where there is none.
    """
    if may_be_title is None:
        return date
    above = list(_stretches(lines[first:date]))[-2:]
    if above and not tells_writer(above[-1]):
        above = above[-1:]
    # what reads like a writer may be a title: "By the river"
    title = next((stretch for stretch in above if may_be_title(stretch)), None)
    return date if title is None else first + lines[first:date].index(title.lines[0])


def _labels(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for line in lines if (label := label_of(line.text))))


_WRITTEN_BY = re.compile(f"(?:(?:{WROTE}) )?{BY}")


def tells_writer(stretch: Stretch) -> bool:
    """Whether it tells who wrote a post and nothing else."""
    return len(stretch.lines) == 1 and _WRITTEN_BY.fullmatch(fold(stretch.text)) is not None


def _headings(lines: Sequence[Line], *, titled: bool) -> dict[int, PrintedDate]:
    """The date headings by the index of their line: dates that stand alone, all in the dump's one form.

    A date of another form, or one glued to other lines where the headings stand free, belongs to a body; so does one
    that breaks the order of the headings. Below titles, where no date stands alone, one is a heading with words around.
    """
    found = {i: printed for i, line in enumerate(lines) if (printed := printed_date(line.text))}
    if not found and titled:
        found = {i: printed for i, line in enumerate(lines) if (printed := said_date(line.text))}
    if not found:
        return {}
    forms = Counter(printed.form for printed in found.values())
    form = max(forms, key=lambda form: (forms[form], -min(i for i, printed in found.items() if printed.form == form)))
    same = {i: printed for i, printed in found.items() if printed.form == form}
    first = min(same)
    if titled:
        around = {i: (_is_blank(lines, i - 1), _is_blank(lines, i + 1)) for i in same}
        usual = Counter(around.values()).most_common(1)[0][0]
        # the first date is a heading however it stands: what is above it is taken for the frame, and in no post
        same = {i: printed for i, printed in same.items() if i == first or around[i] == usual}
    elif _is_blank(lines, first + 1):  # the first date is a heading whatever stands above it, and shows how they stand
        same = {
            i: printed
            for i, printed in same.items()
            if i == first or (_is_blank(lines, i - 1) and _is_blank(lines, i + 1))
        }
    return {i: printed for i, printed in same.items() if i not in _excursions(same)}


def _excursions(dates: dict[int, PrintedDate]) -> set[int]:
    """The dates that a body names, each on a line of its own, as a programme does.

    Headings stand newest first; these are days after the heading above them, in rising order, and the headings then go
    on with days before it.
    """
    order = learn_order([*dates.values()])
    days = [(i, read.day) for i, d in sorted(dates.items()) if isinstance(read := read_date(d, order), Published)]
    named: set[int] = set()
    for start in range(len(days) - 1):
        end = start + 1
        while end < len(days) and days[end][1] > days[end - 1][1] and days[end][1] > days[start][1]:
            end += 1
        if start + 1 < end < len(days) and days[end][1] <= days[start][1]:
            named.update(i for i, _ in days[start + 1 : end])
    return named


def _is_blank(lines: Sequence[Line], index: int) -> bool:
    return not 0 <= index < len(lines) or not lines[index].text.strip()


def _next_frame(lines: Sequence[Line], known: frozenset[str] | set[str]) -> Sequence[Line]:
    """The lines at the end of a day that are the frame of another page, in a dump of several pages one after the other.

    They are a label line, or two lines known from a frame at least: a text may end with the blog's name.
    """
    start = len(lines)
    while start and (not lines[start - 1].text.strip() or _is_frame(lines[start - 1], known)):
        start -= 1
    frame = lines[start:]
    told = [line for line in frame if line.text.strip()]
    return frame if len(told) > 1 or any(label_of(line.text) for line in told) else ()


def _is_frame(line: Line, known: frozenset[str] | set[str]) -> bool:
    return bool(line.text.strip()) and (fold(line.text) in known or label_of(line.text) is not None)


def _stretches(lines: Sequence[Line]) -> Iterator[Stretch]:
    runs = [(blank, tuple(run)) for blank, run in groupby(lines, key=lambda line: not line.text.strip())]
    for i, (blank, run) in enumerate(runs):
        if not blank:
            before = len(runs[i - 1][1]) if i else 0
            after = len(runs[i + 1][1]) if i + 1 < len(runs) else 0
            yield Stretch(run, before, after)


def part(day: Day, starts: Collection[int]) -> Day:
    """The day with its stretches parted above the lines of these numbers, as if a blank line stood there."""
    return replace(day, stretches=tuple(piece for stretch in day.stretches for piece in _parted(stretch, starts)))


def _parted(stretch: Stretch, starts: Collection[int]) -> Iterator[Stretch]:
    inside = [i for i, line in enumerate(stretch.lines) if i and line.number in starts]
    ends = [*inside, len(stretch.lines)]
    for start, end in zip([0, *inside], ends, strict=True):
        before = stretch.before if start == 0 else 0
        yield Stretch(stretch.lines[start:end], before, stretch.after if end == ends[-1] else 0)
