"""Snippets: the passages of a text that match a query best, in fragments, never in markup."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archivesearch import text as analysis
from archivesearch.query import Fuzzy, Phrase, Prefix, Query, Word as SoughtWord, sought
from archivesearch.query.tree import FieldName, Sought
from archivesearch.search import Fragment

CUT = "…"
"""Stands where a snippet leaves out text."""

_SPACES = re.compile(r"\s+")
_GLUE = re.compile(r"[^\s,;()\[\]{}<>\"“”«»…]*")  # between two words of one unit, which a cut would tear: old-age

_APART_BEFORE = re.compile(r"[\s(]|^", re.MULTILINE)
_APART_BEHIND = re.compile(r"[.,:;!?)]?(?:\s|\Z)")
"""What stands before and behind most words, and joins them to no other."""
_APART = " \n"
"""Signs that are in no word and join none: there are more, but between these a text has few words."""
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A match in a text: where it stands, where the unit around it does, and the part of the query that it matches."""

    start: int
    end: int
    first: int
    last: int
    match: Sought


def snippet(text: str, query: Query, language: str | None, width: int = 240) -> tuple[Fragment, ...]:
    """The passage of at most `width` characters with the most of the query in it, its matches marked.

    It is two passages of half the width where that shows more of the query, and the beginning of the text where
    nothing matches. Words are never cut, nor what hyphens and other signs make one: what is longer than `width` is left
    out, a match is always shown whole. "…" (not counted) stands at a cut end. White space is one space each.
    """
    marks = [_mark(text, start, end, part, width) for start, end, part in _find(text, query, language, "text")]
    return _fragments(text, _passages(text, marks, width), marks)


def mark(text: str, query: Query, language: str | None) -> tuple[Fragment, ...]:
    """The whole text of a title with the matches marked."""
    width = len(text)
    marks = [_mark(text, start, end, part, width) for start, end, part in _find(text, query, language, "title")]
    return _fragments(text, [(0, width)], marks)


def _mark(text: str, start: int, end: int, part: Sought, width: int) -> _Mark:
    if _APART_BEFORE.match(text, max(0, start - 1)) and _APART_BEHIND.match(text, end):
        return _Mark(start=start, end=end, first=start, last=end, match=part)
    units = _units(text, start, end, width)
    first = next(unit for unit in units if unit[0] <= start < unit[1])
    last = next(unit for unit in units if unit[0] < end <= unit[1])
    return _Mark(start=start, end=end, first=first[0], last=last[1], match=part)


def _units(text: str, start: int, end: int, width: int) -> list[_Span]:
    """For each word from start to end, and as far around them as spaces are far, what is not to be cut around it.

    That is the words that signs join to it, or, if they are too wide, itself. Only what is near is looked at: nothing
    that has a space in it is one word or joined, and a text has hundreds of words.
    """
    start = 1 + max((text.rfind(space, 0, start) for space in _APART), default=-1)
    end = min((place for space in _APART if (place := text.find(space, end)) >= 0), default=len(text))
    words = [(word.start + start, word.end + start) for word in analysis.words(text[start:end])]
    units: list[_Span] = []
    run: list[_Span] = []
    for i, word in enumerate(words):
        run.append(word)
        if i + 1 == len(words) or not _GLUE.fullmatch(text, word[1], words[i + 1][0]):
            whole = (run[0][0], word[1])
            units += [whole if whole[1] - whole[0] <= width else each for each in run]
            run = []
    return units


def _find(text: str, query: Query, language: str | None, field: FieldName) -> Iterator[tuple[int, int, Sought]]:
    """The matches in their order: where each begins and ends, and the part of the query that it matches."""
    parts = tuple(dict.fromkeys(part for part, only in sought(query) if only in (None, field)))
    phrases = [part for part in parts if isinstance(part, Phrase)]
    places = list(analysis.find_words(text))
    written = [place.group() for place in places]
    matched = _matched([part for part in parts if not isinstance(part, Phrase)], written, language)
    if not phrases:
        for place, word in zip(places, written, strict=True):
            if word in matched:
                yield place.start(), place.end(), matched[word]
        return
    words = [(analysis.term_of(word), place.start(), place.end()) for place, word in zip(places, written, strict=True)]
    words = [word for word in words if word[0]]
    terms = tuple(term for term, _, _ in words)
    for i, (_, start, end) in enumerate(words):
        if (part := matched.get(text[start:end])) is not None:
            yield start, end, part
        for phrase in phrases:
            if terms[i] == phrase.terms[0] and terms[i : i + len(phrase.terms)] == phrase.terms:
                yield start, words[i + len(phrase.terms) - 1][2], phrase


def _matched(
    parts: Sequence[SoughtWord | Prefix | Fuzzy], written: Iterable[str], language: str | None
) -> dict[str, SoughtWord | Prefix | Fuzzy]:
    """Of the words as they are written those that match, each with the first part of the query that it matches."""
    stems = {part: analysis.stem(part.term, language) for part in parts if isinstance(part, SoughtWord)}
    others = [part for part in parts if not isinstance(part, SoughtWord)]
    sought_stems = set(stems.values())
    matched: dict[str, SoughtWord | Prefix | Fuzzy] = {}
    for word in set(written):
        term, stem = _analyse(word, language)
        if stem in sought_stems or (others and term and any(_matches(part, term) for part in others)):
            matched[word] = next(
                part
                for part in parts
                if (stems[part] == stem if isinstance(part, SoughtWord) else term and _matches(part, term))
            )
    return matched


def _matches(part: Prefix | Fuzzy, term: str) -> bool:
    return term.startswith(part.start) if isinstance(part, Prefix) else analysis.within_one_edit(part.term, term)


@functools.lru_cache(maxsize=65536)
def _analyse(written: str, language: str | None) -> tuple[str, str]:
    """The term of a word as it is written, and its stem: the posts of a page have most of their words in common."""
    term = analysis.term_of(written)
    return term, analysis.stem(term, language)


def _passages(text: str, marks: Sequence[_Mark], width: int) -> list[_Span]:
    """The starts and ends of what is shown, in their order."""
    one = _best(marks, width)
    half = width // 2
    near = _best(marks, half)
    seen = {mark.match for mark in near}
    far = _best([mark for mark in marks if mark.match not in seen and not _between(mark, near)], half)
    if len(seen | {mark.match for mark in far}) <= len({mark.match for mark in one}):
        return [_widen(text, one, width, width)]
    earlier, later = sorted(_widen(text, part, half, width) for part in (near, far))
    return [(earlier[0], max(earlier[1], later[1]))] if later[0] <= earlier[1] else [earlier, later]


def _between(mark: _Mark, shown: Sequence[_Mark]) -> bool:
    return min(other.first for other in shown) <= mark.first <= max(other.last for other in shown)


def _best(marks: Sequence[_Mark], width: int) -> list[_Mark]:
    """The matches of the best passage: different ones count before many, what stands first before the rest."""
    best: list[_Mark] = []
    value = (0, 0)
    for i, first in enumerate(marks):
        inside = [first]
        for mark in marks[i + 1 : i + 1 + width]:
            if mark.first >= first.first + width:
                break
            if mark.last <= first.first + width:
                inside.append(mark)
        found = (len({mark.match for mark in inside}), len(inside))
        if found > value:
            best, value = inside, found
    return best


def _widen(text: str, marks: Sequence[_Mark], width: int, widest: int) -> _Span:
    """The start and end of the passage around these matches, both at the edge of a unit of `widest` at most."""
    first = min((mark.first for mark in marks), default=0)
    last = max((mark.last for mark in marks), default=0)
    # two parts of the spare room before the matches and three behind: what follows explains more
    spare = max(0, width - (last - first))
    earliest = max(0, min(first - spare * 2 // 5, len(text) - width))
    before = _units(text, earliest, first, widest)
    start = 0 if earliest == 0 else min((unit[0] for unit in before if earliest <= unit[0] <= first), default=first)
    limit = max(last, start + width)
    if limit >= len(text):
        return start, len(text)
    behind = _units(text, last, limit, widest)
    return start, max((unit[1] for unit in behind if last <= unit[1] <= limit), default=last)


def _fragments(text: str, spans: Sequence[_Span], marks: Sequence[_Mark]) -> tuple[Fragment, ...]:
    pieces: list[tuple[str, bool]] = []
    shown = 0
    for start, end in spans:
        pieces.append((CUT if text[shown:start].strip() else "", False))
        pieces += _pieces(text, start, end, marks)
        shown = end
    pieces.append((CUT if text[shown:].strip() else "", False))
    return _joined(pieces)


def _pieces(text: str, start: int, end: int, marks: Sequence[_Mark]) -> Iterator[tuple[str, bool]]:
    """The text from start to end in pieces, with whether each is marked."""
    position = start
    for mark in marks:
        if mark.start < start or mark.end > end or mark.end <= position:
            continue
        yield text[position : mark.start], False
        yield text[max(mark.start, position) : mark.end], True
        position = mark.end
    yield text[position:end], False


def _joined(pieces: Sequence[tuple[str, bool]]) -> tuple[Fragment, ...]:
    """The pieces as fragments: neighbours of one kind are one, white space is single and not at the ends."""
    fragments: list[Fragment] = []
    for piece, marked in pieces:
        text = _SPACES.sub(" ", piece)
        if text and fragments and fragments[-1].marked == marked:
            text = fragments.pop().text + text
        if text:
            fragments.append(Fragment(text, marked))
    if fragments and not fragments[0].marked:
        fragments[0] = Fragment(fragments[0].text.lstrip())
    if fragments and not fragments[-1].marked:
        fragments[-1] = Fragment(fragments[-1].text.rstrip())
    return tuple(fragment for fragment in fragments if fragment.text)
