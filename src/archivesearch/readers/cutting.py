"""Where the posts of one day begin: weak signals with written weights, and proof from other dumps.

Every piece of a day that can be a title at all gets the sum of its evidence, as natural log-odds. Above 0 it begins a
post; the certainty of the decision, either way, is the logistic function of its distance from 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archivesearch.readers.evidence import Piece
from archivesearch.readers.style import Style, likeness
from archivesearch.readers.traits import is_ruled_out, traits
from archivesearch.text import one_line

PROVED = 8.0
"""Log-odds of a start that another dump proves."""

_LANGUAGE = 4.0
_PATTERN, _HALF_PATTERN = 4.0, 1.5
_RECURRING = -3.0
_NO_CLOSER = -5.0
"""Log-odds of what is known of a line beside its traits; by judgement, tried on saved pages of four blogs."""

LanguageOf = Callable[[str], str | None]


@dataclass(slots=True)
class Verdict:
    """Whether a piece begins a post, as the sum of its evidence; `reasons` says in words what weighed most."""

    index: int
    score: float = 0.0
    weights: list[tuple[float, str]] = field(default_factory=list)

    def add(self, weight: float, reason: str) -> None:
        """Count a piece of evidence."""
        self.score += weight
        self.weights.append((weight, reason))

    @property
    def begins(self) -> bool:
        """Whether a post begins here."""
        return self.score > 0

    @property
    def certainty(self) -> float:
        """How sure the decision is, 0.5 to 1."""
        return 1 / (1 + math.exp(-min(abs(self.score), 20.0)))

    @property
    def reasons(self) -> str:
        """The evidence that weighed most for the decision, in words."""
        sign = 1 if self.begins else -1
        ranked = sorted((w for w in self.weights if w[0] * sign > 0.4), key=lambda w: -abs(w[0]))
        return ", ".join(reason for _, reason in ranked[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A post of a day: its pieces are `start` to `end` (exclusive), the first of them its title.

    `certainty` is that of the weakest decision it rests on: where it begins, where it ends, and that none of its pieces
    is another title; `evidence` names that decision's reasons.
    """

    start: int
    end: int
    certainty: float
    evidence: str


def cut_day(
    pieces: Sequence[Piece], texts: Sequence[str], style: Style, proved: frozenset[int], language_of: LanguageOf
) -> tuple[Cut, ...]:
    """The posts among a day's pieces, in their order. `texts` are the whole texts; `proved` starts are certain."""
    if not pieces:
        return ()
    verdicts = weigh_day(pieces, texts, style, proved, language_of)
    starts = [0, *(v.index for v in verdicts if v.begins)]
    return tuple(
        _cut(start, end, verdicts, pieces) for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True)
    )


def _cut(start: int, end: int, verdicts: Sequence[Verdict], pieces: Sequence[Piece]) -> Cut:
    bearing = [v for v in verdicts if start <= v.index <= end]
    weakest = min(bearing, key=lambda v: v.certainty, default=None)
    if weakest is None:
        return Cut(start=start, end=end, certainty=1.0, evidence="first line below the date heading")
    line = f"“{one_line(pieces[weakest.index].head)[:60]}”"
    place = {start: "begins here", end: f"ends before {line}"}.get(weakest.index, f"goes on over {line}")
    return Cut(start=start, end=end, certainty=round(weakest.certainty, 3), evidence=f"{place}: {weakest.reasons}")


def weigh_day(
    pieces: Sequence[Piece], texts: Sequence[str], style: Style, proved: frozenset[int], language_of: LanguageOf
) -> list[Verdict]:
    """The verdict on each piece of the day, but the first, that can be a title at all."""
    verdicts = [_weigh(i, pieces, style, i in proved) for i in range(1, len(pieces)) if not is_ruled_out(pieces[i])]
    _weigh_language(verdicts, pieces, texts, language_of)
    _weigh_company(verdicts, pieces, style)
    return verdicts


def _weigh(i: int, pieces: Sequence[Piece], style: Style, proved: bool) -> Verdict:
    verdict = Verdict(i)
    for weight, reason in style.weigh(traits(i, pieces, style.usual_gap)):
        verdict.add(weight, reason)
    like = likeness(pieces[i].head, style)
    if like >= 0.4:
        verdict.add(_PATTERN if like >= 0.55 else _HALF_PATTERN, "the pattern of another title")
    if pieces[i].key in style.recurring:
        verdict.add(_RECURRING, "the same line stands in other posts")
    if proved and verdict.score > -4:  # else an edited text: no dump proves that a sentence is a title
        verdict.add(PROVED, "proved by another dump")
    if style.closers:
        closed = style.closes(pieces[i - 1]) and not style.closes(pieces[i])
        verdict.add(PROVED if closed else _NO_CLOSER, f"{'the' if closed else 'no'} line above that closes each post")
    return verdict


def _weigh_language(
    verdicts: Sequence[Verdict], pieces: Sequence[Piece], texts: Sequence[str], language_of: LanguageOf
) -> None:
    """Another language below than above: two posts, for hardly anybody writes one in two languages."""
    for verdict in verdicts:
        if abs(verdict.score) > _LANGUAGE:
            continue  # decided already, and telling languages takes time
        i = verdict.index
        above = next((texts[j] for j in range(i - 1, max(-1, i - 4), -1) if _tells_language(pieces[j])), None)
        below = next((texts[j] for j in range(i + 1, min(len(pieces), i + 4)) if _tells_language(pieces[j])), None)
        if above is None or below is None:
            continue
        before, after = language_of(above), language_of(below)
        if before and after and before != after and language_of(pieces[i].head) != before:
            verdict.add(_LANGUAGE, "the language changes")


def _tells_language(piece: Piece) -> bool:
    return piece.is_prose and piece.size >= 120


def _weigh_company(verdicts: Sequence[Verdict], pieces: Sequence[Piece], style: Style) -> None:
    """What a day's pieces tell of each other: one sure cut makes others likelier, and a series shows its pattern."""
    sure = [v for v in verdicts if v.score >= 2]
    patterned = [v for v in sure if likeness(pieces[v.index].head, style) >= 0.55]
    for verdict in verdicts:
        if any(other is not verdict for other in sure):
            verdict.add(0.2, "other posts of that day")
        if patterned and verdict not in patterned:
            verdict.add(-1.5 * min(2, len(patterned)), "the day's titles follow a pattern that it does not have")
