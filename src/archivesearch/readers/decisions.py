"""What people decided of lines (`Cut`), found where it applies: in a day of a dump, and in what all dumps tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from archivesearch.dumps import Cut, Line
from archivesearch.readers.evidence import Numbers, Piece, key_of
from archivesearch.text import clean, fold


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions by their folded line, those that hold for less before those that hold for more."""

    by_line: Mapping[str, Sequence[Cut]]

    def among(self, lines: Iterable[Line], day: date | None, dump: str) -> dict[int, Cut]:
        """The decision on each of these lines of a dump that has one, by the line's number.

        `day` is None where it is not known: what holds for a day alone then does not apply.
        """
        if not self.by_line:
            return {}
        found = ((line.number, self._decide(line.text, day, dump)) for line in lines)
        return {number: cut for number, cut in found if cut}

    def _decide(self, line: str, day: date | None, dump: str) -> Cut | None:
        cuts = self.by_line.get(fold(line), ())
        return next((cut for cut in cuts if cut.day in (None, day) and cut.dump in (None, dump)), None)

    def lessons(self, days: Iterable[tuple[Numbers, Sequence[Piece]]]) -> dict[str, bool]:
        """Whether a post begins with them, by key, for pieces of these days that people decided everywhere alike.

        Evidence does not say which dump it is of, so that what holds in one dump alone teaches nothing.
        """
        cuts = {key_of(line): [cut for cut in cuts if not cut.dump] for line, cuts in self.by_line.items()}
        told: dict[str, set[bool]] = defaultdict(set)
        for numbers, pieces in days:
            for piece in pieces:
                applying = (cut for cut in cuts.get(piece.key, ()) if cut.day is None or _is_day(cut.day, numbers))
                if first := next(applying, None):
                    told[piece.key].add(first.begins)
        return {key: begins == {True} for key, begins in told.items() if len(begins) == 1}


def collect(cuts: Iterable[Cut]) -> Decisions:
    """These decisions; their order does not matter."""
    by_line: dict[str, list[Cut]] = defaultdict(list)
    for cut in sorted(cuts, key=lambda cut: (cut.dump is None, cut.day is None, cut.say())):
        by_line[fold(clean(cut.line))].append(cut)
    return Decisions(by_line)


def _is_day(day: date, numbers: Numbers) -> bool:
    """Whether a date heading may name this day; which of its numbers is the day can be open."""
    return numbers in ((day.year, day.day, day.month), (day.year, day.month, day.day))
