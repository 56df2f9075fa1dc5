"""Snippets: the passage of a text that matches a query best, in fragments, never in markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archivesearch import text as analysis
from archivesearch.query import Phrase, Query, Word as SoughtWord, sought
from archivesearch.search import Fragment

CUT = "…"
"""Stands where a snippet leaves out text."""

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A match in a text: where it stands, and the word or phrase of the query that it matches."""

    start: int
    end: int
    match: SoughtWord | Phrase


def snippet(text: str, query: Query, language: str | None, width: int = 240) -> tuple[Fragment, ...]:
    """The passage of at most `width` characters with the most of the query in it, its matches marked.

    Without a match it is the beginning of the text. Words are never cut: one that is longer than `width` is left out,
    a match is always shown whole. "…" (not counted) stands at a cut end. White space is one space each.
    """
    words = list(analysis.words(text))
    marks = _find_marks(words, query, language)
    start, end = _passage(text, words, marks, width)
    return _fragments(text, start, end, [mark for mark in marks if start <= mark.start and mark.end <= end])


def mark(text: str, query: Query, language: str | None) -> tuple[Fragment, ...]:
    """The whole text, as of a title, with the matches marked."""
    words = list(analysis.words(text))
    return _fragments(text, 0, len(text), _find_marks(words, query, language))


def _find_marks(words: Sequence[analysis.Word], query: Query, language: str | None) -> list[_Mark]:
    stems: dict[str, SoughtWord] = {}
    phrases: list[Phrase] = []
    for part in sought(query):
        if isinstance(part, Phrase):
            phrases.append(part)
        else:
            stems.setdefault(analysis.stem(part.term, language), part)
    marks = []
    for i, word in enumerate(words):
        if (match := stems.get(analysis.stem(word.term, language))) is not None:
            marks.append(_Mark(word.start, word.end, match))
        for phrase in phrases:
            found = words[i : i + len(phrase.terms)]
            if tuple(w.term for w in found) == phrase.terms:
                marks.append(_Mark(word.start, found[-1].end, phrase))
    return marks


def _passage(text: str, words: Sequence[analysis.Word], marks: Sequence[_Mark], width: int) -> tuple[int, int]:
    """The start and end of the passage to show, both at the edge of a word."""
    first, last = _best_span(marks, width)
    if first is None or last is None:
        start = end = 0
    else:
        # two parts of the spare room before the matches and three behind: what follows explains more
        spare = max(0, width - (last - first))
        earliest = max(0, min(first - spare * 2 // 5, len(text) - width))
        start = min((w.start for w in words if earliest <= w.start <= first), default=first)
        end = last
        if earliest == 0:
            start = 0
    limit = max(end, start + width)
    if limit >= len(text):
        return start, len(text)
    end = max((w.end for w in words if end <= w.end <= limit), default=end)
    return start, end


def _best_span(marks: Sequence[_Mark], width: int) -> tuple[int | None, int | None]:
    """Where the first and the last match of the best passage begin and end: different matches count before many."""
    best: tuple[int, int] | None = None
    span: tuple[int | None, int | None] = (None, None)
    for i, first in enumerate(marks):
        inside = [first]
        for mark in marks[i + 1 : i + 1 + width]:
            if mark.start >= first.start + width:
                break
            if mark.end <= first.start + width:
                inside.append(mark)
        value = (len({mark.match for mark in inside}), len(inside))
        if best is None or value > best:
            best, span = value, (first.start, max(mark.end for mark in inside))
    return span


def _fragments(text: str, start: int, end: int, marks: Sequence[_Mark]) -> tuple[Fragment, ...]:
    pieces: list[tuple[str, bool]] = []
    position = start
    for mark in marks:
        if mark.end <= position:
            continue
        pieces.append((text[position : mark.start], False))
        pieces.append((text[max(mark.start, position) : mark.end], True))
        position = mark.end
    pieces.append((text[position:end], False))
    before = CUT if text[:start].strip() else ""
    behind = CUT if text[end:].strip() else ""
    return _joined([(before, False), *pieces, (behind, False)])


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
