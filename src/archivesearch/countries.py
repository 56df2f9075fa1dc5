"""The countries that a post is about, from the places that its title and body name: evidence with written weights."""

import bisect
import functools
import itertools
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from archivesearch.places import TOKEN, Gazetteer, Place, gazetteer
from archivesearch.text import fold

# Each paragraph that names a country gives it one point, each further mention there half a point, two points at most:
# what a post is about comes back in paragraph after paragraph.
_FIRST, _AGAIN, _MOST = 1.0, 0.5, 2.0
# The title says what a post is about; one point less would let a single neighbour's mention stand beside it.
_TITLE = 3.0
# A post says in its first sentence or two (in words) where it plays.
_LEAD, _LEAD_WORDS = 1.0, 50
# The blog's own label says that the post belongs to a country, but not that this post is about it.
_LABEL = 1.0
# Donors, embassies and the like name countries that the post is seldom about.
_PASSING = 0.25
# What a country needs: one mention in the lead, or two paragraphs; more in a long post (one point each so many words).
_ENOUGH, _WORDS_A_POINT = 2.0, 350
# A country is dropped beside one with two and a half times its points, and beside one in the title with more than its
# own.
_SHARE = 0.4
# A sentence or a paragraph that names so many countries is a list, and lists say nothing.
_LIST_SENTENCE, _LIST_PARAGRAPH, _COMES_BACK = 4, 5, 3
# More countries than these, without one in the title, is "about several", unless some clearly stand out.
_SEVERAL, _STANDING_OUT = 4, 1.5

_SENTENCE_END = re.compile(r"[.!?;:…]['\"”’)]*\s|\n")
_INSIDE_NAME = re.compile(r"[\s.'’‘!&@/‐‑–-]{0,2}")
_BESIDE = re.compile(r"[\s,;(/-]{0,2}")
_PASSING_BEFORE = re.compile(
    r"\b(?:(?:funded|financed|sponsored|supported|paid|donated)\s+by|(?:funds?|funding|support|grants?|donations?)\s+from"
    r"|embass(?:y|ies)\s+of|ambassadors?\s+(?:of|to))\b[^.;:!?\n]{0,25}$"
    r"|\b(?:donors?|donateurs?|donantes?|funding|funders?)\s*:[^\n]{0,80}$",
    re.IGNORECASE,
)
_PASSING_AFTER = re.compile(
    r"^[ ]?[-‐ ](?:funded|financed|sponsored|based)\b"
    r"|^[^.;:!?\n]{0,30}\b(?:embass\w+|ambassad\w+|co-?operation|development (?:agency|directorate|aid|fund)|donors?"
    r"|funding|ontwikkelingssamenwerking|coopération|cooperación|botschaft|ambassade)\b",
    re.IGNORECASE,
)
_TONGUE_BEFORE = re.compile(r"\b(?:into|speaks?|spoken|speaking|learns?|het)\s+$", re.IGNORECASE)
# Where adjectives follow their noun, only what stands before tells: "en français".
_TONGUE_BEFORE_SMALL = re.compile(r"\b(?:en|em|au|auf|ins)\s+$", re.IGNORECASE)
_TONGUE_AFTER = re.compile(
    r"^(?:['’]|[-‐ ]\s*(?:languages?|versions?|translations?|subtitles|speak\w*|edition|text|and|or|en|et|y|und|of|ou|o"
    r"|e|by|for|at|on|with|only|here|last|this|is|was|are|as|to|but)\b|\s*(?:[^\w\s(]|$))",
    re.IGNORECASE,
)
# Characters; in Titles Like This One a capital tells no person from a country.
_LONGEST_TITLE = 250
# In a text all in capitals "US" is a word.
_SHORTEST_SHOUTED = 2
_SURNAME_AFTER = re.compile(r"[ ][A-Z][a-z]")
_FORENAME_BEFORE = re.compile(r"(?<![.!?:;] )\b[A-Z][a-z]+[ ]$")
# Names of countries and cities that people bear, too.
_PEOPLE = frozenset({"chad", "jordan", "georgia", "israel", "kenya", "paris", "london", "sydney", "milan", "holland"})


@dataclass(frozen=True, slots=True)
class _Mention:
    """A place named from `start` to `end`, in the sentence with that number; `passing`: as a donor or the like."""

    place: Place
    start: int
    end: int
    sentence: int
    passing: bool


def countries_about(
    title: str,
    paragraphs: Sequence[str],
    *,
    labels: Sequence[str] = (),
    language: str | None = None,
    places: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[str, ...]:
    """The English short names, sorted, of the countries that a post is about; none if it is about no country.

    `language` is an ISO 639-1 code: names and adjectives of that language count beside the English ones. `places`
    are names with the countries they stand for, as in `Settings`; they replace what is built in.
    """
    known = gazetteer(language, tuple(sorted(places.items())))
    titled = _countries_of_title(title, known)
    points, words = _points(paragraphs, known)
    for country in titled:
        points[country] += _TITLE
    labelled = [_countries(_mentions(label, _folded_words(label), known)) for label in labels]
    for country in set().union(*labelled):
        points[country] += _LABEL
    if not points:
        return ()
    rival = max(points[country] for country in titled) if titled else _SHARE * max(points.values())
    least = max(_ENOUGH, words / _WORDS_A_POINT, rival)
    about = {country for country, count in points.items() if count >= least} | titled
    if len(about) > _SEVERAL:
        about = titled or _standing_out({country: points[country] for country in about})
    return tuple(sorted(about))


def _countries_of_title(title: str, known: Gazetteer) -> set[str]:
    mentions = _mentions(title, _folded_words(title), known)
    countries = _countries(mentions)
    if len(countries) >= _LIST_PARAGRAPH:
        return set()
    return _countries(m for m in mentions if not m.passing) or countries


def _standing_out(points: Mapping[str, float]) -> set[str]:
    middle = statistics.median(points.values())
    return {country for country, count in points.items() if count >= _STANDING_OUT * middle}


def _points(paragraphs: Sequence[str], known: Gazetteer) -> tuple[dict[str, float], int]:
    """The points of each country that the body names, and how many words the body has."""
    points: dict[str, float] = defaultdict(float)
    led: set[str] = set()
    words = 0
    for paragraph in paragraphs:
        folded = _folded_words(paragraph)
        mentions = _outside_lists(_mentions(paragraph, folded, known))
        if mentions:
            lead_end = _end_of_words(paragraph, _LEAD_WORDS - words)
            led.update(_countries(m for m in mentions if m.start < lead_end and not m.passing))
        for country, count in _points_of_paragraph(mentions).items():
            points[country] += count
        words += len(folded)
    for country in led:
        points[country] += _LEAD
    return points, words


def _points_of_paragraph(mentions: Sequence[_Mention]) -> Mapping[str, float]:
    points: dict[str, float] = defaultdict(float)
    for mention in mentions:
        weight = _PASSING if mention.passing else 1.0
        for country in mention.place.countries:
            points[country] += weight * (_AGAIN if points[country] >= _FIRST else _FIRST)
    return {country: min(count, _MOST) for country, count in points.items()}


def _outside_lists(mentions: Sequence[_Mention]) -> list[_Mention]:
    """The mentions but those of a list; a country that a long paragraph comes back to is more than listed."""
    sentences: dict[int, set[str]] = defaultdict(set)
    for mention in mentions:
        if not mention.passing:
            sentences[mention.sentence].update(mention.place.countries)
    if len(set().union(*sentences.values())) >= _LIST_PARAGRAPH:
        times = Counter(country for mention in mentions for country in mention.place.countries)
        mentions = [m for m in mentions if any(times[country] >= _COMES_BACK for country in m.place.countries)]
    return [mention for mention in mentions if len(sentences[mention.sentence]) < _LIST_SENTENCE]


def _countries(mentions: Iterable[_Mention]) -> set[str]:
    return {country for mention in mentions for country in mention.place.countries}


def _end_of_words(text: str, count: int) -> int:
    """The offset where the first `count` words of the text end; 0 for none."""
    ends = [match.end() for match in itertools.islice(TOKEN.finditer(text), max(count, 0))]
    return ends[-1] if ends else 0


def _mentions(text: str, folded: Sequence[str], known: Gazetteer) -> list[_Mention]:
    """The places that a text of these `folded` words names, longest name first, each word in one name only."""
    runs = list(_runs(folded, known))
    if not runs:
        return []
    tokens = list(TOKEN.finditer(text))
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    shouted = text.isupper()
    found: list[_Mention] = []
    free = 0  # the first token that is in no name
    for position, size, place in runs:
        run = tokens[position : position + size]
        if position < free or not _is_one_name(text, run) or not _is_written_so(place, run, shouted=shouted):
            continue
        free = position + size
        start, end = run[0].start(), run[-1].end()
        if place.countries and _counts(place, text, start, end):
            sentence = bisect.bisect_right(ends, start)
            found.append(_Mention(place, start, end, sentence, _is_passing(text, start, end)))
    return [m for i, m in enumerate(found) if not (i and _is_one_naming(text, found[i - 1], m))]


def _runs(words: Sequence[str], known: Gazetteer) -> Iterator[tuple[int, int, Place]]:
    """Where folded words are a known name: the place of its first word, how many it has, and what it stands for."""
    for position in [position for position, word in enumerate(words) if word in known.longest]:
        for size in range(known.longest[words[position]], 0, -1):
            place = known.names.get(tuple(words[position : position + size]))
            if place:
                yield position, size, place


def _is_one_naming(text: str, first: _Mention, second: _Mention) -> bool:
    """Whether two names side by side name one country once: "Kathmandu, Nepal"."""
    same = first.place.countries == second.place.countries
    return same and _BESIDE.fullmatch(text, first.end, second.start) is not None


def _folded_words(text: str) -> list[str]:
    return TOKEN.findall(text.lower()) if text.isascii() else [_fold(word) for word in TOKEN.findall(text)]


@functools.lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    return fold(word)


def _is_one_name(text: str, run: Sequence[re.Match[str]]) -> bool:
    return all(_INSIDE_NAME.fullmatch(text, a.end(), b.start()) is not None for a, b in itertools.pairwise(run))


def _is_written_so(place: Place, run: Sequence[re.Match[str]], *, shouted: bool) -> bool:
    if place.exact:
        written = tuple(token.group() for token in run)
        return written == place.spelling and not (shouted and len(written[0]) <= _SHORTEST_SHOUTED)
    initial: str = run[0].group()[0]
    return not place.capital or initial.isupper()


def _counts(place: Place, text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if place.tongue and _is_language(before, after, small=not place.capital):
        return False
    if _fold(text[start:end]) in _PEOPLE and not _is_title_case(text):
        return not (_SURNAME_AFTER.match(after) or _FORENAME_BEFORE.search(before))
    return True


def _is_language(before: str, after: str, *, small: bool) -> bool:
    if small:
        return _TONGUE_BEFORE_SMALL.search(before) is not None
    return _TONGUE_BEFORE.search(before) is not None or _TONGUE_AFTER.match(after) is not None


def _is_title_case(text: str) -> bool:
    if len(text) > _LONGEST_TITLE:
        return False
    words = [word for word in TOKEN.findall(text) if len(word) > 3]
    return bool(sum(word[0].isupper() for word in words) > 0.75 * len(words))


def _is_passing(text: str, start: int, end: int) -> bool:
    return bool(_PASSING_BEFORE.search(text, max(0, start - 100), start) or _PASSING_AFTER.match(text[end : end + 60]))
