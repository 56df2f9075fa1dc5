"""The layout of a blog's page saved as plain text: its frame, its date headings, and the blocks below each."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from archivesearch.dates import PrintedDate, printed_date
from archivesearch.dumps import Line
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
    """A date heading and what stands below it, up to the next one; `labels` are those of the page that shows it."""

    heading: Line
    printed: PrintedDate
    stretches: tuple[Stretch, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A dump's days, and the lines that frame them: `lead` above the first day."""

    lead: tuple[Line, ...]
    days: tuple[Day, ...]


_LABEL_LINES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"Showing posts with label (.+?)\.\s*Show all posts",
        r"Posts (?:tonen|weergeven) met het label (.+?)\.\s*Alle posts (?:tonen|weergeven)",
        r"Affichage des (?:articles|messages) dont le libellé est (.+?)\.\s*"
        r"(?:Afficher tous les (?:articles|messages)|Tout afficher)",
        r"Mostrando (?:las )?entradas con la etiqueta (.+?)\.\s*Mostrar todas las entradas",
        r"(?:Es werden )?Posts mit dem Label (.+?)(?: werden)? angezeigt\.\s*Alle Posts anzeigen",
    )
)
"""The line above the posts of a label page, as Blogger prints it in each of these languages."""


def label_of(line: str) -> str | None:
    """The label whose posts the page shows, if this line says so."""
    written = one_line(line)
    for pattern in _LABEL_LINES:
        if match := pattern.fullmatch(written):
            return match[1].strip()
    return None


def lay_out(lines: Sequence[Line], known_frame: frozenset[str] = frozenset()) -> Page:
    """The page in these lines; without days if none of them is a date heading.

    `known_frame` are folded lines that stand above the posts of other pages of the blog.
    """
    headings = _headings(lines)
    if not headings:
        return Page(tuple(lines), ())
    starts = [*sorted(headings), len(lines)]
    lead = tuple(line for line in lines[: starts[0]] if line.text.strip())
    known = known_frame | {fold(line.text) for line in lead}
    days: list[Day] = []
    labels = _labels(lead)
    for start, end in pairwise(starts):
        below = lines[start + 1 : end]
        frame = _next_frame(below, known)
        days.append(Day(lines[start], headings[start], tuple(_stretches(below[: len(below) - len(frame)])), labels))
        if frame:
            labels = _labels(frame)
    return Page(lead, tuple(days))


def _labels(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for line in lines if (label := label_of(line.text))))


def _headings(lines: Sequence[Line]) -> dict[int, PrintedDate]:
    """The date headings by the index of their line: dates that stand alone, all in the dump's one form.

    A date of another form, or one glued to other lines where the headings stand free, belongs to a body.
    """
    found = {i: printed for i, line in enumerate(lines) if (printed := printed_date(line.text))}
    if not found:
        return {}
    free = {i for i in found if _is_blank(lines, i - 1) and _is_blank(lines, i + 1)}
    shapes = Counter((found[i].form, i in free) for i in found)
    form, stands_free = max(shapes, key=lambda shape: (shapes[shape], shape[1], -_first(found, free, shape)))
    return {i: printed for i, printed in found.items() if printed.form == form and (i in free) >= stands_free}


def _first(found: dict[int, PrintedDate], free: set[int], shape: tuple[str, bool]) -> int:
    return min(i for i, printed in found.items() if (printed.form, i in free) == shape)


def _is_blank(lines: Sequence[Line], index: int) -> bool:
    return not 0 <= index < len(lines) or not lines[index].text.strip()


def _next_frame(lines: Sequence[Line], known: frozenset[str] | set[str]) -> Sequence[Line]:
    """The lines at the end of a day that are the frame of another page, in a dump of several pages one after the other.

    They are lines known from a frame or telling a label, two at least: a text may end with the blog's name.
    """
    start = len(lines)
    while start and (not lines[start - 1].text.strip() or _is_frame(lines[start - 1], known)):
        start -= 1
    frame = lines[start:]
    return frame if sum(_is_frame(line, known) for line in frame) > 1 else ()


def _is_frame(line: Line, known: frozenset[str] | set[str]) -> bool:
    return bool(line.text.strip()) and (fold(line.text) in known or label_of(line.text) is not None)


def _stretches(lines: Sequence[Line]) -> Iterator[Stretch]:
    runs = [(blank, tuple(run)) for blank, run in groupby(lines, key=lambda line: not line.text.strip())]
    for i, (blank, run) in enumerate(runs):
        if not blank:
            before = len(runs[i - 1][1]) if i else 0
            after = len(runs[i + 1][1]) if i + 1 < len(runs) else 0
            yield Stretch(run, before, after)
