"""Where the posts of one day begin: weak signals with written weights, and proof from other dumps.

Every piece of a day that can be a title at all gets the sum of its evidence, as natural log-odds. Above 0 it begins a
post; the certainty of the decision, either way, is the logistic function of its distance from 0.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from archivesearch.dates import DateSource
from archivesearch.dumps import Cut
from archivesearch.posts import Post, Provenance
from archivesearch.readers.evidence import Piece
from archivesearch.readers.style import Style, likeness
from archivesearch.readers.traits import is_ruled_out, traits
from archivesearch.text import one_line

NOTHING_DECIDED: Mapping[int, bool] = MappingProxyType({})

PROVED = 8.0
"""Log-odds of a start that another dump proves."""

_LANGUAGE = 4.0
_PATTERN, _HALF_PATTERN = 4.0, 1.5
_RECURRING = -3.0
_NO_CLOSER = -5.0
"""Log-odds of what is known of a line beside its traits; by judgement, tried on saved pages of four blogs."""

_SHOWN = 60
"""Characters of a line that the evidence of a post shows."""

_WEAKEST = re.compile(rf"(?:begins here|goes on over “(?P<line>.{{1,{_SHOWN}}}?)”): ")

LanguageOf = Callable[[str], str | None]


@dataclass(slots=True)
class Verdict:
    """Whether a piece begins a post, as the sum of its evidence; `reasons` says in words what weighed most.

    Where people decided, no evidence counts against it.
    """

    index: int
    decided: bool | None = None
    score: float = 0.0
    weights: list[tuple[float, str]] = field(default_factory=list)

    def add(self, weight: float, reason: str) -> None:
        """Count a piece of evidence."""
        self.score += weight
        self.weights.append((weight, reason))

    @property
    def begins(self) -> bool:
        """Whether a post begins here."""
        return self.score > 0 if self.decided is None else self.decided

    @property
    def certainty(self) -> float:
        """How sure the decision is, 0.5 to 1."""
        return 1.0 if self.decided is not None else 1 / (1 + math.exp(-min(abs(self.score), 20.0)))

    @property
    def reasons(self) -> str:
        """The evidence that weighed most for the decision, in words."""
        sign = 1 if self.begins else -1
        ranked = sorted((w for w in self.weights if w[0] * sign > 0.4), key=lambda w: -abs(w[0]))
        return ", ".join(reason for _, reason in ranked[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A post of a day: its pieces are `start` to `end` (exclusive); `title` is the one that its title stands in.

    `certainty` is that of the weakest verdict it rests on: where it begins, where it ends, and that none of its pieces
    is another title; `evidence` names that verdict's reasons, and is empty where people decided all of it.
    """

    start: int
    end: int
    title: int | None
    certainty: float
    evidence: str


def cut_day(
    pieces: Sequence[Piece],
    texts: Sequence[str],
    style: Style,
    proved: frozenset[int],
    language_of: LanguageOf,
    decided: Mapping[int, bool] = NOTHING_DECIDED,
) -> tuple[Span, ...]:
    """The posts among a day's pieces, in their order.

    `texts` are the whole texts; `proved` starts are certain; `decided` says of pieces whether people let a post begin
    with them.
    """
    if not pieces:
        return ()
    verdicts = weigh_day(pieces, texts, style, proved, language_of, decided)
    begun = [v.index for v in verdicts if v.begins]
    first = _first_title(begun, decided)
    later = [i for i in begun if i != first]
    places = zip([0, *later], [*later, len(pieces)], [first, *later], strict=True)
    return tuple(_span(*place, verdicts, pieces) for place in places)


def _first_title(begun: Sequence[int], decided: Mapping[int, bool]) -> int | None:
    """Where the title of the day's first post stands: in its first piece, unless people say that none begins with it.

    Then the post has no title but one that stands right below such pieces: nobody means a post made of them alone.
    """
    first = next(i for i in range(len(decided) + 1) if decided.get(i, True))
    return first if first == 0 or first in begun else None


def _span(start: int, end: int, title: int | None, verdicts: Sequence[Verdict], pieces: Sequence[Piece]) -> Span:
    weighed = [v for v in verdicts if start <= v.index <= end and v.decided is None]
    weakest = min(weighed, key=lambda v: v.certainty, default=None)
    if weakest is None:
        evidence = "first line below the date heading" if title == 0 else ""
        return Span(start=start, end=end, title=title, certainty=1.0, evidence=evidence)
    line = f"“{one_line(pieces[weakest.index].head)[:_SHOWN]}”"
    place = {title: "begins here", end: f"ends before {line}"}.get(weakest.index, f"goes on over {line}")
    evidence = f"{place}: {weakest.reasons}"
    return Span(start=start, end=end, title=title, certainty=round(weakest.certainty, 3), evidence=evidence)


def overrule(post: Post, place: Provenance) -> Cut | None:
    """What people would decide who think a post of this reader wrong where it was least sure, at this place of it.

    With `begins` turned round it says that the reader was right. None where nothing was in doubt, and where that is how
    the post ends: it is asked of the one that begins there.
    """
    match = _WEAKEST.match(place.evidence)
    if not match:
        return None
    day = post.published.day if post.published and post.published.source is DateSource.HEADING else None
    if match["line"] is None:
        return Cut(line=post.title, begins=False, day=day)
    lines = (line for line in post.text.split("\n") if line.startswith(match["line"]))
    return Cut(line=next(lines, match["line"]), begins=True, day=day)


def weigh_day(
    pieces: Sequence[Piece],
    texts: Sequence[str],
    style: Style,
    proved: frozenset[int],
    language_of: LanguageOf,
    decided: Mapping[int, bool] = NOTHING_DECIDED,
) -> list[Verdict]:
    """The verdict on each piece of the day, but the first, that people decided or that can be a title at all.

    Where each post has a date of its own only people let another one begin.
    """
    closing = style.closing(pieces)
    verdicts = [
        Verdict(i, decided[i], PROVED if decided[i] else -PROVED)
        if i in decided
        else _weigh(i, pieces, style, proved, closing)
        for i in range(1, len(pieces))
        if i in decided or not (style.titled or is_ruled_out(pieces[i]))
    ]
    _weigh_language(verdicts, pieces, texts, language_of)
    _weigh_company(verdicts, pieces, style)
    return verdicts


def _weigh(i: int, pieces: Sequence[Piece], style: Style, proved: frozenset[int], closing: frozenset[int]) -> Verdict:
    verdict = Verdict(i)
    for weight, reason in style.weigh(traits(i, pieces, style.usual_gap)):
        verdict.add(weight, reason)
    like = likeness(pieces[i].head, style)
    if like >= 0.4:
        verdict.add(_PATTERN if like >= 0.55 else _HALF_PATTERN, "the pattern of another title")
    if pieces[i].key in style.recurring:
        verdict.add(_RECURRING, "the same line stands in other posts")
    if i in proved and verdict.score > -4:  # else an edited text: no dump proves that a sentence is a title
        verdict.add(PROVED, "proved by another dump")
    if style.closers:
        closed = i - 1 in closing and i not in closing
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
