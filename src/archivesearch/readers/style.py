"""How titles look in one blog, and how the other lines that stand alone in its posts look: a naive Bayes model.

Three kinds of lines: titles, headings (sub-headings, captions, slogans) and prose (short paragraphs). The titles' side
is counted on the certain ones, the first line below each date heading unless people decided otherwise, and what they
decided. The others have no certain cases: they are estimated from all remaining lines by expectation maximisation
(Nigam, McCallum, Thrun and Mitchell, "Text classification from labeled and unlabeled documents using EM", 2000), begun
with the general shares of `traits` and held by them where a blog shows little.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from types import MappingProxyType

from archivesearch.readers.evidence import Numbers, Piece
from archivesearch.readers.layout import tells_labels
from archivesearch.readers.traits import TRAITS, Shares, Trait, is_ruled_out, traits
from archivesearch.text import fold

Words = tuple[str, ...]
Seen = tuple[str, ...]
"""What each of TRAITS is in a line."""

NOTHING_KNOWN: Mapping[str, bool] = MappingProxyType({})

_ROUNDS = 6
_WEIGHTS = (6.0, 30.0, 30.0)
"""How many lines the general shares of each kind count for."""
_KIND_SHARES, _KIND_WEIGHT = (0.12, 0.18, 0.70), 60.0
"""The general share of each kind among all lines that could be a title, and how many lines this counts for."""


@dataclass(frozen=True, slots=True)
class Style:
    """What the pages of one blog tell about its titles.

    `kinds` are the shares of titles, headings and prose among the lines that could be a title, `shares` those of each
    of TRAITS in the three. `patterns` holds the certain titles, as folded words, by each three words side by side in
    them, `recurring` the keys of short pieces that stand in the days of several dates, `closers` the opening words of
    the lines that close each post. `titled` says that each date stands below the title of the one post that it dates.
    """

    kinds: Shares
    shares: tuple[dict[str, Shares], ...]
    patterns: dict[Words, tuple[Words, ...]]
    recurring: frozenset[str]
    closers: frozenset[str]
    usual_gap: int
    titled: bool = False

    def closing(self, pieces: Sequence[Piece]) -> frozenset[int]:
        """Which pieces close a post: the line that this blog prints below each, such as who posted it at what time.

        What stands below that line on other days too, or names labels, closes it as well.
        """
        found: set[int] = set()
        for i, piece in enumerate(pieces):
            goes_on = i - 1 in found and (piece.key in self.recurring or tells_labels(piece.head))
            if goes_on or opening_words(piece) in self.closers:
                found.add(i)
        return frozenset(found)

    def weigh(self, seen: Seen) -> list[tuple[float, str]]:
        """The evidence of each trait for a title against the likelier of the others: log-odds with their words."""
        joint = self.chances(seen)
        other = 1 if joint[1] > joint[2] else 2
        weights = [
            (math.log(shares[kind][0] / shares[kind][other]), kind)
            for shares, kind in zip(self.shares, seen, strict=True)
        ]
        odds = math.log(joint[0] / (joint[1] + joint[2]))
        return [(odds - sum(weight for weight, _ in weights), "few such lines are titles"), *weights]

    def chances(self, seen: Seen) -> Shares:
        """The probabilities that a line with these traits is a title, a heading or prose."""
        logs = [
            math.log(self.kinds[k]) + sum(math.log(s[kind][k]) for s, kind in zip(self.shares, seen, strict=True))
            for k in range(3)
        ]
        top = max(logs)
        joint = [max(math.exp(log - top), 1e-12) for log in logs]
        return joint[0] / sum(joint), joint[1] / sum(joint), joint[2] / sum(joint)


def learn(
    dated: Sequence[tuple[Numbers, Sequence[Piece]]], known: Mapping[str, bool] = NOTHING_KNOWN, *, titled: bool = False
) -> Style:
    """The style of the blog with these days (numbers of the date, pieces).

    `known` are keys of pieces that people decided: whether a post begins with them. `titled` as in `Style`.
    """
    days = list({tuple(p.key for p in pieces): pieces for _, pieces in dated if pieces}.values())
    usual = _usual_gap(days)
    titles = {piece.key: (i, day) for day in days for i, piece in enumerate(day) if _is_title(i, piece, known)}
    certain = Counter(traits(i, day, usual) for i, day in titles.values())
    others: dict[str, Seen] = {}
    for day in days:
        for i in range(1, len(day)):
            if not is_ruled_out(day[i]) and day[i].key not in titles:
                others.setdefault(day[i].key, traits(i, day, usual))
    general = Style(
        kinds=_KIND_SHARES,
        shares=tuple(trait.shares for trait in TRAITS),
        patterns=_patterns(day[i] for i, day in titles.values()),
        recurring=_recurring(dated),
        closers=_closers(days),
        usual_gap=usual,
        titled=titled,
    )
    return _estimate(general, certain, Counter(others.values()))


def _is_title(i: int, piece: Piece, known: Mapping[str, bool]) -> bool:
    """Whether it is certain; a text that begins a post without a title shows nothing of how titles look."""
    return known.get(piece.key, i == 0) and (i == 0 or not is_ruled_out(piece))


def _estimate(style: Style, certain: Counter[Seen], others: Counter[Seen]) -> Style:
    """The style after some rounds of telling the other lines apart by what the round before has learnt of them."""
    firsts = [(seen, (float(count), 0.0, 0.0)) for seen, count in certain.items()]
    for _ in range(_ROUNDS):
        lines: list[tuple[Seen, Shares]] = []
        kinds = [_KIND_WEIGHT * share for share in _KIND_SHARES]
        for seen, count in others.items():
            title, heading, prose = style.chances(seen)
            kinds = [kinds[0] + count * title, kinds[1] + count * heading, kinds[2] + count * prose]
            lines.append((seen, (0.0, count * heading, count * prose)))
        shares = tuple(
            _shares(n, trait, firsts + lines if trait.on_firsts else lines) for n, trait in enumerate(TRAITS)
        )
        style = replace(style, shares=shares, kinds=_normed(kinds))
    return style


def _shares(n: int, trait: Trait, lines: Sequence[tuple[Seen, Shares]]) -> dict[str, Shares]:
    """What trait `n` is among titles, headings and prose; the lines come with how many of each they count for."""
    counts = {
        kind: [w * share for w, share in zip(_WEIGHTS, shares, strict=True)] for kind, shares in trait.shares.items()
    }
    for seen, weights in lines:
        count = counts[seen[n]]
        for k in range(3):
            count[k] += weights[k]
    totals = [sum(count[k] for count in counts.values()) for k in range(3)]
    return {kind: (c[0] / totals[0], c[1] / totals[1], c[2] / totals[2]) for kind, c in counts.items()}


def _normed(counts: Sequence[float]) -> Shares:
    total = sum(counts)
    return counts[0] / total, counts[1] / total, counts[2] / total


def likeness(line: str, style: Style) -> float:
    """How far the line follows the pattern of a certain title with other words in its slots, 0 to 1.

    The share of the words that both have in the same order, if three of them stand side by side; a line that a title
    holds whole follows no pattern.
    """
    words = tuple(fold(line).split())
    similar = {title for three in _threes(words) for title in style.patterns.get(three, ())}
    return max(
        (
            SequenceMatcher(None, words, title, autojunk=False).ratio()
            for title in similar
            if " ".join(words) not in " ".join(title)
        ),
        default=0.0,
    )


def _threes(words: Words) -> Iterator[Words]:
    """Each three words that stand side by side."""
    return (words[i : i + 3] for i in range(len(words) - 2))


def _patterns(titles: Iterable[Piece]) -> dict[Words, tuple[Words, ...]]:
    found: dict[Words, set[Words]] = {}
    for title in titles:
        words = tuple(fold(title.head).split())
        for three in _threes(words):
            found.setdefault(three, set()).add(words)
    return {three: tuple(sorted(titles)) for three, titles in found.items()}


def _usual_gap(days: Sequence[Sequence[Piece]]) -> int:
    gaps = sorted(piece.after for day in days for piece in day[:-1])
    return gaps[len(gaps) // 2] if gaps else 1


def _recurring(dated: Sequence[tuple[Numbers, Sequence[Piece]]]) -> frozenset[str]:
    dates: dict[str, set[Numbers]] = {}
    for date, pieces in dated:
        for piece in pieces[1:]:
            if piece.size <= 120:
                dates.setdefault(piece.key, set()).add(date)
    return frozenset(key for key, seen in dates.items() if len(seen) > 1)


_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_CLOSING_LINES = 4
"""Pieces at the end of a day among which who posted its last post stands: ways to share it and labels may follow."""
_BYLINE = 200
"""Characters that a line of who posted something, and when, has at the most."""


def opening_words(piece: Piece) -> str:
    """The first two words of a line that tells the time of day, folded, with "#" for each digit; else empty.

    Only a byline tells it below every post: a sign-off that an author repeats does not.
    """
    if piece.size > _BYLINE or not _CLOCK.search(piece.head):
        return ""
    return " ".join(re.sub(r"\d", "#", fold(piece.head)).split()[:2])


def _closers(days: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """The opening words of bylines that stand among the last lines of most days: four at least, and six of ten."""
    last = (day[1:][-_CLOSING_LINES:] for day in days)
    counts = Counter(words for day in last for words in {opening_words(piece) for piece in day} if words)
    enough = max(4, 0.6 * len(days))
    return frozenset(words for words, count in counts.items() if count >= enough)
