"""Snippets: the passages of a text that match a query best, in fragments, never in markup."""

import functools
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archivesearch import text as analysis
from archivesearch.query import Fuzzy, Phrase, Prefix, Query, Word as SoughtWord, sought
from archivesearch.query.tree import FieldName
from archivesearch.search import Fragment

CUT = "…"
"""Stands where a snippet leaves out text."""

_SPACES = re.compile(r"\s+")
_GLUE = re.compile(r"[^\s,;()\[\]{}<>\"“”«»…]*")  # between two words of one unit, which a cut would tear: old-age

_APART_BEFORE = " \n("
_BEHIND = r"[.,:;!?)]?(?=[ \n]|\Z)"
_APART_BEHIND = re.compile(_BEHIND)
"""What stands before and behind most words, and joins them to no other."""
_PLAIN = rf"([a-zA-Z]+){_BEHIND}"
_FIRST_PLAIN = re.compile(rf"(?:(?<=[a-zA-Z])[a-zA-Z]*[.,:;!?)]?[ \n]+|(?<=[ \n])|[ \n]+){_PLAIN}")
_LAST_PLAIN = re.compile(rf"[ \n]{_PLAIN}[ \n]+([a-zA-Z]*)\Z")
"""The first whole word from a place on, and the last one before a place, where nothing but letters is cut there."""
_LETTERS = frozenset(string.ascii_letters)
_NEAR = 32
"""Characters that seldom have no end of a word in them."""
_Span = tuple[int, int]
_Found = tuple[int, int, int]
_Sought = SoughtWord | Prefix | Fuzzy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A match in a text: where it stands, where the unit around it does, and which part of the query it matches."""

    start: int
    end: int
    first: int
    last: int
    part: int


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


def mark_body(text: str, query: Query, language: str | None) -> Iterator[Fragment]:
    """A piece of the text of a post just as it stands, white space too, with the matches marked."""
    position = 0
    for start, end, _ in _find(text, query, language, "text"):
        if end > position:
            if position < start:
                yield Fragment(text[position:start])
            yield Fragment(text[max(position, start) : end], marked=True)
            position = end
    if position < len(text):
        yield Fragment(text[position:])


def _mark(text: str, start: int, end: int, part: int, width: int) -> _Mark:
    if _stands_apart(text, start, end):
        return _Mark(start=start, end=end, first=start, last=end, part=part)
    units = list(_units(text, start, end, width))
    first = next(unit for unit in units if unit[0] <= start < unit[1])
    last = next(unit for unit in units if unit[0] < end <= unit[1])
    return _Mark(start=start, end=end, first=first[0], last=last[1], part=part)


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether a word that may stand there does, and no sign joins it to another one."""
    return (start == 0 or text[start - 1] in _APART_BEFORE) and _APART_BEHIND.match(text, end) is not None


def _units(text: str, start: int, end: int, width: int) -> Iterator[_Span]:
    """For each word from start to end, and as far around them as spaces are far, what is not to be cut around it.

    That is the words that signs join to it, or, if they are too wide, itself.
    """
    run: list[_Span] = []
    for word in _words_near(text, start, end):
        if run and not _GLUE.fullmatch(text, run[-1][1], word[0]):
            yield from _whole(run, width)
            run = []
        run.append(word)
    yield from _whole(run, width)


def _whole(run: Sequence[_Span], width: int) -> Iterator[_Span]:
    for word in run:
        whole = run[0][0], run[-1][1]
        yield whole if whole[1] - whole[0] <= width else word


def _words_near(text: str, start: int, end: int) -> Iterator[_Span]:
    """Where the words from start to end stand, and those around them as far as spaces are far.

    Only what is near is looked at: nothing that has a space in it is one word, and a text has hundreds of words.
    """
    start = 1 + max(text.rfind(" ", 0, start), text.rfind("\n", 0, start))
    end = min(_find_or_end(text, " ", end), _find_or_end(text, "\n", end))
    for word in analysis.find_words(text[start:end]):
        if analysis.term_of(word.group()):
            yield word.start() + start, word.end() + start


def _find_or_end(text: str, sign: str, start: int) -> int:
    place = text.find(sign, start)
    return len(text) if place < 0 else place


def _find(text: str, query: Query, language: str | None, field: FieldName) -> Iterator[_Found]:
    """The matches in their order: where each begins and ends, and the number of the part of the query it matches."""
    parts = tuple(dict.fromkeys(part for part, only in sought(query) if only in (None, field)))
    phrases = [(number, part.terms) for number, part in enumerate(parts) if isinstance(part, Phrase)]
    matched = _matched(text, [(n, part) for n, part in enumerate(parts) if not isinstance(part, Phrase)], language)
    if phrases:
        yield from _find_with_phrases(text, phrases, matched)
        return
    done = 0
    for found in _any_of(matched).finditer(text) if matched else ():
        if found.start() < done:
            continue
        if _stands_apart(text, *found.span()):
            yield *found.span(), matched[found.group()]
        else:
            for start, done in _words_near(text, *found.span()):
                if (part := matched.get(text[start:done])) is not None:
                    yield start, done, part


def _any_of(written: Iterable[str]) -> re.Pattern[str]:
    """Where one of these words stands, if it is not a part of another there."""
    return re.compile("|".join(map(re.escape, sorted(written, key=len, reverse=True))))


def _find_with_phrases(
    text: str, phrases: Sequence[tuple[int, tuple[str, ...]]], matched: Mapping[str, int]
) -> Iterator[_Found]:
    words = [(analysis.term_of(place.group()), *place.span()) for place in analysis.find_words(text)]
    words = [word for word in words if word[0]]
    terms = tuple(term for term, _, _ in words)
    for i, (_, start, end) in enumerate(words):
        if (part := matched.get(text[start:end])) is not None:
            yield start, end, part
        for part, phrase in phrases:
            if terms[i] == phrase[0] and terms[i : i + len(phrase)] == phrase:
                yield start, words[i + len(phrase) - 1][2], part


def _matched(text: str, parts: Sequence[tuple[int, _Sought]], language: str | None) -> dict[str, int]:
    """Of the words of the text as they are written those that match, each with the first part that it matches."""
    stems: dict[str, int] = {}
    others = []
    for number, part in parts:
        if isinstance(part, SoughtWord):
            stems.setdefault(analysis.stem(part.term, language), number)
        else:
            others.append((number, part))
    matched: dict[str, int] = {}
    for word in _worth_a_look(text, [part for _, part in parts], language):
        term, stem = _analyse(word, language)
        found = [number for number, part in others if term and _matches(part, term)] if others else []
        if stem in stems:
            found.append(stems[stem])
        if found:
            matched[word] = min(found)
    return matched


def _worth_a_look(text: str, parts: Sequence[_Sought], language: str | None) -> set[str]:
    """The words of the text that may match: to analyse all would take most of the time of a page of results.

    A word begins as its stem does, and folding changes no letter of ASCII but its case.
    """
    if language in analysis.BEGINNINGS_STRIPPED or any(isinstance(part, Fuzzy) for part in parts):
        return set(analysis.written_words(text))
    initials = frozenset(part.start[0] if isinstance(part, Prefix) else part.term[0] for part in parts)
    begun = set(_beginning_with(initials).findall(text)) if initials else ()
    return set(analysis.written_words(" ".join(begun)))


@functools.lru_cache(maxsize=256)
def _beginning_with(initials: frozenset[str]) -> re.Pattern[str]:
    """From where a word may begin with one of these, or with a sign that folding may change to one, up to a space."""
    # written as what does not begin one: a set with all that is beyond ASCII in it takes `re` ten times as long to make
    others = "".join(re.escape(sign) for sign in map(chr, range(0x80)) if sign.lower() not in initials)
    return re.compile(rf"[^{others}](?<![a-zA-Z].)\S*", re.DOTALL)


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
    seen = {mark.part for mark in near}
    far = _best([mark for mark in marks if mark.part not in seen and not _between(mark, near)], half)
    if len(seen | {mark.part for mark in far}) <= len({mark.part for mark in one}):
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
        found = (len({mark.part for mark in inside}), len(inside))
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
    start = 0 if earliest == 0 else _first_start(text, earliest, first, widest)
    limit = max(last, start + width)
    return start, len(text) if limit >= len(text) else _last_end(text, last, limit, widest)


def _first_start(text: str, earliest: int, first: int, widest: int) -> int:
    """Where the first unit between `earliest` and `first` begins; `first` where there is none."""
    plain = _FIRST_PLAIN.match(text, earliest)
    if plain and plain.start(1) <= first:
        return plain.start(1)
    units = _units(text, earliest, first, widest)
    return next((unit[0] for unit in units if earliest <= unit[0] <= first), first)


def _last_end(text: str, last: int, limit: int, widest: int) -> int:
    """Where the last unit between `last` and `limit` ends; `last` where there is none."""
    plain = _LAST_PLAIN.search(text, max(last, limit - _NEAR), limit)
    if plain and (not plain[2] or text[limit] in _LETTERS):
        return plain.end(1)
    reach = _NEAR
    while True:
        start = max(last, limit - reach)
        ends = [unit[1] for unit in _units(text, start, limit, widest) if last <= unit[1] <= limit]
        if ends or start == last:
            return max(ends, default=last)
        reach *= 2


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
    joined: list[tuple[str, bool]] = []
    for piece, marked in pieces:
        text = piece if piece.isprintable() and "  " not in piece else _SPACES.sub(" ", piece)
        if text and joined and joined[-1][1] == marked:
            text = joined.pop()[0] + text
        if text:
            joined.append((text, marked))
    if joined and not joined[0][1]:
        joined[0] = joined[0][0].lstrip(), False
    if joined and not joined[-1][1]:
        joined[-1] = joined[-1][0].rstrip(), False
    return tuple([Fragment(text, marked) for text, marked in joined if text])
