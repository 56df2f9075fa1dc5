"""Doubts: what a person may have to decide about the archive's posts, with the corrections to choose from.

Pure: whoever asks gives the posts, the lines of their dumps and what people decided. How doubts are found: `doubting`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from archivesearch.corrections import Corrections, Entry, PostCorrection
from archivesearch.dates import Published
from archivesearch.decided import country_problem, read_decided_date
from archivesearch.dedupe import UNMARKED_READERS, Duplicate
from archivesearch.dumps import Cut, Line
from archivesearch.posts import Post, Provenance, post_id
from archivesearch.text import clean, fold, one_line

Kind = Literal["cut", "date", "countries", "merge"]

ABOVE, BELOW = 4, 4
"""Lines of a dump shown around the one in question: enough for a date heading, a title and a first sentence."""

SHOWN = 240
"""Characters of a line that are shown: more than any title has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person may decide, in words, and the entry of corrections.toml that says so."""

    words: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that may be wrong in the post `post`: at `line` of `dump`, for this `reason` in words.

    `certainty` (0 to 1) says how sure the archive is of what it has; `words` is the line or passage in question,
    `context` what to look at. The one of the `choices` that leaves the post as it is stands first; where nothing that
    can be written says something, it is no choice.
    """

    kind: Kind
    post: str
    title: str
    certainty: float
    dump: str
    line: int
    words: str
    reason: str
    context: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A post as it is looked at. `key` is that of its article.

    `copies` are what it was made of and `duplicates` the further ones, where they are not all word for word the same.
    """

    post: Post
    key: str
    copies: tuple[Post, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside a post: only what is less certain than `below` is a doubt.

    `ids` are those of all posts, `far` the reasons of `far_dates`, `imported` is the day of the last import (UTC), and
    `lines` gives the lines of the dump of a place, none where they are no longer what was imported.
    """

    below: float
    corrections: Corrections
    places: Mapping[str, tuple[str, ...]]
    ids: Collection[str]
    far: Mapping[str, str]
    imported: date
    lines: Callable[[Provenance], Sequence[Line]]


def ranked(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """The doubts, the most doubtful first, each question once: two posts may ask about the line between them."""
    asked: dict[object, Doubt] = {}
    for doubt in sorted(doubts, key=lambda doubt: (doubt.certainty, doubt.kind, doubt.post)):
        asked.setdefault(_question(doubt), doubt)
    return tuple(asked.values())


def _question(doubt: Doubt) -> tuple[object, ...]:
    """Equal for two doubts that one answer decides."""
    entry = doubt.choices[0].entry if doubt.choices else None
    if isinstance(entry, Cut):
        return (fold(clean(entry.line)), entry.day, entry.dump)
    return (doubt.kind, doubt.post)


def names(subject: Subject, known: Known) -> set[str]:
    """The ids under which people may have decided about a post: its own, and those that its copies would have."""
    made_of = (subject.post, *subject.copies)
    texts = [post_id(copy.published, copy.title, copy.text) for copy in made_of]
    plain = [post_id(copy.published, copy.title) for copy in made_of]
    return {each for each in (*texts, *plain) if each not in known.ids} | {subject.post.id}


def decided(subject: Subject, known: Known) -> list[PostCorrection]:
    """What people decided about a post."""
    posts = known.corrections.posts
    return [posts[each] for each in sorted(names(subject, known) & posts.keys())] if posts else []


def read_typed(doubt: Doubt, typed: str) -> Entry | str:
    """The entry that says what a person typed as date or countries (parted by commas), or in words what is wrong."""
    written = one_line(clean(typed))
    if doubt.kind == "date":
        published = read_decided_date(written)
        return PostCorrection(id=doubt.post, published=published) if isinstance(published, Published) else published
    countries = tuple(country.strip() for country in written.split(",") if country.strip())
    problem = next(filter(None, map(country_problem, countries)), None)
    return problem or PostCorrection(id=doubt.post, countries=countries)


def doubt_of(
    kind: Kind, subject: Subject, known: Known, weighed: tuple[float, str, str], choices: tuple[Choice, ...]
) -> Doubt:
    """A doubt about the post as a whole; `weighed` is its certainty, the reason, and the words in question."""
    certainty, reason, words = weighed
    post, place = subject.post, subject.post.provenance[0]
    return Doubt(
        kind=kind,
        post=post.id,
        title=post.title,
        certainty=round(certainty, 3),
        dump=place.dump,
        line=place.line,
        words=shorten(words),
        reason=reason,
        context=_look(post, place, known) if certainty < known.below else (),
        choices=choices,
    )


def _look(post: Post, place: Provenance, known: Known) -> tuple[str, ...]:
    """The lines around the post's first in a page of plain text; of all other dumps the beginning of its text."""
    unmarked = place.reader in UNMARKED_READERS
    return (unmarked and around(known.lines(place), place.line)) or tuple(
        map(shorten, (post.title, *post.text.split("\n")[: ABOVE + BELOW]))
    )


def around(lines: Sequence[Line], number: int) -> tuple[str, ...]:
    """The line of this number, marked, with those that stand around it and are not empty."""
    written = [line for line in lines if line.text.strip() or line.number == number]
    at = next((place for place, line in enumerate(written) if line.number == number), None)
    if at is None:
        return ()
    shown = written[max(0, at - ABOVE) : at + BELOW + 1]
    return tuple(f"{'>' if line.number == number else ' '} {line.number}  {shorten(line.text)}" for line in shown)


def shorten(text: str) -> str:
    """The text as one line of at most SHOWN characters."""
    line = one_line(text)
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
