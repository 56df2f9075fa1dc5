"""An invented collection of any size for benchmarks: posts of about 400 words that are as frequent as Zipf found them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from archivesearch.dates import DateSource, Published
from archivesearch.posts import Block, Post, Provenance, post_id

WORDS = 200_000
LENGTH = 400
COUNTRIES = tuple(f"Country {number}" for number in range(60))
LABELS = tuple(f"Label {number}" for number in range(120))
FIRST_DAY = date(2005, 1, 1)
DAYS = 15 * 365
_CHUNK = 1000
_LETTERS = "bdfghjklmnprstvwz", "aeiou"


def make_words() -> list[str]:
    """Different words, the most frequent first, short ones before long ones; a fourth are forms of the one before."""
    words = dict.fromkeys(_spelled(number) for number in range(WORDS))
    plain = list(words)
    return [plain[n - 1] + "s" if n % 4 == 1 else word for n, word in enumerate(plain)]


def _spelled(number: int) -> str:
    rest, word = number * 7919 % 85**3 + 85**3 * (number >= 85**3), ""
    for _ in range(3 if number < 85**3 else 4):
        rest, syllable = divmod(rest, 85)
        word += _LETTERS[0][syllable // 5] + _LETTERS[1][syllable % 5]
    return word


def shares() -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The share of each word in all words: Mandelbrot's form of Zipf's law."""
    weights = 1 / (np.arange(WORDS) + 2.7) ** 1.07
    return weights / weights.sum()


def make_posts(count: int) -> Iterator[Post]:
    """So many posts, the same ones each time."""
    words = np.array(make_words(), object)
    sums = shares().cumsum()
    for first in range(0, count, _CHUNK):
        random = np.random.default_rng(first)
        for number in range(first, min(count, first + _CHUNK)):
            length = max(50, int(random.normal(LENGTH, LENGTH / 4)))
            drawn = words[np.searchsorted(sums, random.random(length + 6)).clip(max=WORDS - 1)].tolist()
            yield _make_post(number, drawn[:6], drawn[6:], random)


def _make_post(number: int, title: list[str], text: list[str], random: np.random.Generator) -> Post:
    day = FIRST_DAY + timedelta(days=int(random.integers(DAYS)))
    published = Published(moment=day, source=DateSource.HEADING, printed=str(day))
    paragraphs = tuple(Block(lines=(" ".join(text[at : at + 80]) + ".",)) for at in range(0, len(text), 80))
    heading = " ".join([*title, str(number)])
    provenance = Provenance(dump="a.txt", sha256="0" * 64, reader="invented", line=1, start=0, end=1)
    return Post(
        id=post_id(published, heading),
        title=heading,
        published=published,
        body=paragraphs,
        labels=tuple({LABELS[int(n)] for n in (random.random(2) ** 3 * len(LABELS))}),
        language="en",
        countries=tuple(sorted({COUNTRIES[int(n)] for n in (random.random(random.integers(3)) ** 2 * len(COUNTRIES))})),
        provenance=(provenance,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query of a row of the table: words to find, and how."""

    kind: str
    words: tuple[str, ...]
    country: str | None = None
    year: int | None = None


PAGE = "results page"
ROWS = (
    "rare word", "common word", "two words", "phrase", "prefix", "country and year", PAGE, f"{PAGE}, common word",
)  # fmt: skip
"""A rare word is in 2 to 20 posts, a common one in a twentieth to a half of them; where nothing is said, a word is in a
hundredth to a fifth of the posts."""


def ask(kind: str, count: int, posts: int) -> list[Question]:
    """So many different questions of one kind about a collection of that size."""
    random = np.random.default_rng(ROWS.index(kind))
    words, having = make_words(), 1 - (1 - shares()) ** LENGTH
    rare = np.flatnonzero((having * posts > 2) & (having * posts < 20))
    common = np.flatnonzero((having > 0.05) & (having < 0.5))
    middling = np.flatnonzero((having > 0.01) & (having < 0.2))
    ranks = {"rare word": rare, "common word": common, "country and year": common, f"{PAGE}, common word": common}.get(
        kind, middling
    )
    drawn = [words[rank] for rank in random.choice(ranks, count, replace=len(ranks) < count)]
    others = [words[rank] for rank in random.choice(ranks, count)]
    match kind:
        case "two words":
            return [Question(kind=kind, words=pair) for pair in zip(drawn, others, strict=True)]
        case "phrase":
            return [Question(kind=kind, words=tuple(pair)) for pair in _pairs(count, posts, random)]
        case "prefix":
            return [Question(kind=kind, words=(word[:4],)) for word in drawn]
        case "country and year":
            years = random.integers(FIRST_DAY.year, FIRST_DAY.year + 15, count).tolist()
            return [
                Question(kind=kind, words=(word,), country=COUNTRIES[n % 10], year=year)
                for n, (word, year) in enumerate(zip(drawn, years, strict=True))
            ]
    return [Question(kind=kind, words=(word,)) for word in drawn]


def _pairs(count: int, posts: int, random: np.random.Generator) -> Iterator[list[str]]:
    """Two words that stand side by side somewhere."""
    for post in make_posts(min(count, posts)):
        words = post.body[0].lines[0].rstrip(".").split()
        at = int(random.integers(len(words) - 1))
        yield words[at : at + 2]
