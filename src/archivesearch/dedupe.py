"""Repeated articles: which posts of several dumps are one, and which copy of them survives."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal, TypeVar

from archivesearch.dates import Published
from archivesearch.differing import Differences, differences
from archivesearch.near import Days, Likeness, LikenessKind, compare, days_meet, days_of, wording_of
from archivesearch.posts import Post, Provenance, folded_id, post_id, united_labels
from archivesearch.text import fold

DuplicateKind = Literal["exact", "decided"] | LikenessKind
T = TypeVar("T")

UNMARKED_READERS = ("page-text",)
"""Readers of dumps that mark nothing: the copy that any other reader gives is the better one."""

EXACT = "equal day, title and text"
"""Why exact copies are one, in words."""

DECIDED = "corrections.toml merges them"
"""Why copies that are nothing of the like are one, in words."""

OWN_DIGITS = 8
"""Digits at the end of every id of a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A further copy of a post: `of` is the survivor's id, `title` its title, `reason` says in words why it is one.

    "exact" are copies whose day, title and text fold to the same, with similarity 1.0; for "near" and "excerpt" see
    `near.Likeness`; "decided" are those that only people say are one, with similarity 0.0.
    `differences` are those from the survivor to the copy, where they were asked for.
    """

    of: str
    title: str
    kind: DuplicateKind
    similarity: float
    reason: str
    provenance: Provenance
    differences: Differences = field(default_factory=Differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides what becomes of an article: its place in the total order of its best copy, and that copy's date."""

    order: tuple[object, ...]
    published: Published | None


def exact_key(post: Post) -> str:
    """Equal for copies of one article: the same day, title and text, folded.

    It begins with the id that all posts of its day and title share, so that those sort together, and ends with the
    digits of the id that it has where another one of them has that: `ids_in` reads both.
    """
    title, text = fold(post.title), fold(post.text)
    article = hashlib.sha256(f"{title}\x1f{text}".encode()).hexdigest()
    own = folded_id(post.published, title, text)
    return f"{folded_id(post.published, title)}\x1f{article}\x1f{own[-OWN_DIGITS:]}"


def ids_in(key: str) -> tuple[str, str]:
    """The two ids that a copy with this `exact_key` can give its post: that of day and title, and that of its own."""
    shared, _, own = key.split("\x1f")
    return shared, shared[:-OWN_DIGITS] + own


def articles(entries: Iterable[tuple[str, T]]) -> Iterator[tuple[str, bool, list[T]]]:
    """Each article from (key, copy) pairs sorted by key: its key, if it needs an id of its own, and its copies.

    A key is an `exact_key`, or what `merged_keys` puts in its place. Of different articles that share an id the first
    in the order of keys has it.
    """
    for _, namesakes in groupby(entries, key=lambda entry: entry[0].partition("\x1f")[0]):
        for number, (key, copies) in enumerate(groupby(namesakes, key=lambda entry: entry[0])):
            yield key, number > 0, [copy for _, copy in copies]


def standing_of(copies: Sequence[Post]) -> Standing:
    """The standing of an article with these copies."""
    best = min(copies, key=_preference)
    return Standing(order=_preference(best), published=best.published)


def merged_keys(standings: Mapping[str, Standing], likenesses: Iterable[tuple[str, str, Likeness]]) -> dict[str, str]:
    """For each article that is not alone the key under which its copies become one post.

    `likenesses` are (copy, whole, how) with keys of `standings`; an excerpt is the copy. Articles are taken in the
    total order, whole ones before excerpts. Each joins the survivor it is most like, or becomes one. It is compared
    with survivors only, so that likeness makes no chains, and its date must meet that of every copy there. An excerpt
    survives only where nothing that it is an excerpt of does, and then nothing joins it. The order of the likenesses
    does not matter.
    """
    near: dict[str, dict[str, float]] = defaultdict(dict)
    wholes: dict[str, dict[str, float]] = defaultdict(dict)
    for copy, whole, likeness in likenesses:
        if likeness.kind == "excerpt":
            wholes[copy][whole] = likeness.similarity
        else:
            near[copy][whole] = near[whole][copy] = likeness.similarity
    ordered = sorted(standings, key=lambda key: (key in wholes, standings[key].order, key))
    joined: dict[str, list[str]] = {}
    for key in ordered:
        alike = wholes[key] if key in wholes else near[key]
        survivor = _choose(key, alike, joined, standings)
        if survivor is not None:
            joined[survivor].append(key)
        elif key not in wholes:
            joined[key] = [key]
    return {key: _name(keys, standings) for keys in joined.values() if len(keys) > 1 for key in keys}


def united(
    merged: Mapping[str, str], groups: Iterable[frozenset[str]], standings: Mapping[str, Standing]
) -> dict[str, str]:
    """What `merged_keys` gave, but that the articles of each group are one as well, whatever they are like."""
    united_keys = dict(merged)
    for group in groups:
        keys = sorted(group, key=lambda key: (standings[key].order, key))
        united_keys |= dict.fromkeys(keys, _name(keys, standings))
    return united_keys


def _choose(
    key: str, alike: Mapping[str, float], joined: Mapping[str, list[str]], standings: Mapping[str, Standing]
) -> str | None:
    """The survivor that this article joins: the most similar one, of equal ones the first in the total order."""
    days = days_of(standings[key].published)
    fitting = [
        survivor
        for survivor in alike
        if survivor in joined and all(days_meet(days, _days(copy, standings)) for copy in joined[survivor])
    ]
    return min(fitting, key=lambda survivor: (-alike[survivor], standings[survivor].order, survivor), default=None)


def _days(key: str, standings: Mapping[str, Standing]) -> Days | None:
    return days_of(standings[key].published)


def _name(keys: Sequence[str], standings: Mapping[str, Standing]) -> str:
    """The key of the article that gives the post its date, and with it its id; the survivor is the first of `keys`."""
    order = {key: standings[key].order for key in keys}
    return min(keys, key=lambda key: _dating(standings[key].published, order[key], is_survivor=key == keys[0]))


def _dating(published: Published | None, order: tuple[object, ...], *, is_survivor: bool) -> tuple[object, ...]:
    """The order of copies by date: the survivor if it has one, else the most exact one, else the survivor."""
    return (published is None, not is_survivor, -len(published.day_key) if published else 0, order)


def merge(copies: Sequence[Post], *, own_id: bool) -> tuple[Post, tuple[Duplicate, ...]]:
    """The survivor of these copies, with all their provenance and labels, and the other copies.

    An undated survivor has the best known date of its copies. `own_id` gives the post the id of one whose day and
    title another has already. The order of copies does not matter.
    """
    survivor, others = _survivor(copies)
    dated = min(copies, key=lambda post: _dating(post.published, _preference(post), is_survivor=post is survivor))
    merged = replace(
        survivor,
        id=post_id(dated.published, dated.title, dated.text if own_id else None),
        published=dated.published,
        labels=united_labels(label for post in copies for label in post.labels),
        permalink=next((post.permalink for post in (survivor, *others) if post.permalink), None),
        provenance=tuple(place for post in (survivor, *others) for place in post.provenance),
    )
    return merged, tuple(_duplicates(merged, survivor, others))


def _survivor(copies: Sequence[Post]) -> tuple[Post, list[Post]]:
    """The first copy of the total order that is no excerpt of another, and the others in that order."""
    if len(copies) == 1:  # as most are
        return copies[0], []
    ordered = sorted(copies, key=_preference)
    wordings = {key: wording_of(post) for key, post in _by_key(ordered).items()}
    for post in ordered if len(wordings) > 1 else ():
        here = wording_of(post)
        found = (compare(here, other) for other in wordings.values())
        if not any(likeness and likeness.kind == "excerpt" for likeness in found):
            return post, [other for other in ordered if other is not post]
    return ordered[0], ordered[1:]


def _by_key(posts: Iterable[Post]) -> dict[str, Post]:
    return {exact_key(post): post for post in posts}


def _duplicates(merged: Post, survivor: Post, others: Sequence[Post]) -> Iterator[Duplicate]:
    if not others:
        return
    key, wording = exact_key(survivor), wording_of(survivor)
    for post in others:
        kind: DuplicateKind = "exact"
        similarity, reason = 1.0, EXACT
        if exact_key(post) != key:
            likeness = compare(wording_of(post), wording)
            kind, similarity, reason = "decided", 0.0, DECIDED
            if likeness:
                kind, similarity, reason = likeness.kind, likeness.similarity, likeness.reason
        for place in post.provenance:
            yield Duplicate(
                of=merged.id,
                title=merged.title,
                kind=kind,
                similarity=similarity,
                reason=reason,
                provenance=place,
            )


def with_differences(post: Post, duplicates: Iterable[Duplicate], copies: Iterable[Post]) -> Iterator[Duplicate]:
    """The duplicates of a post, each with how it differs; `copies` are those that the post was made of."""
    found = {place: copy for copy in copies for place in copy.provenance}
    for duplicate in duplicates:
        yield replace(duplicate, differences=differences(post, found[duplicate.provenance]))


def _preference(post: Post) -> tuple[object, ...]:
    """The total order of copies, best first: a reader that marks posts, the longer text, then dump and place."""
    place = post.provenance[0]
    return (place.reader in UNMARKED_READERS, -len(post.text), place.dump, place.sha256, place.start)
