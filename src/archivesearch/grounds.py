"""On what the countries of a post stand: the title, many passages, or one alone, which is a weak ground.

Told by asking `countries_about` of parts of the post, so that it holds whatever weights that gives.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archivesearch.countries import countries_about
from archivesearch.posts import Block, Post

_FIRST, _LATER = 0.6, 0.4
"""How certain a country is that the first or a later passage alone names, however short that is beside the others: of
ten such posts of two blogs eight were about the country of the first passage."""

_QUOTED = 0.5
"""How certain a country is that only quotations name: they speak of others' affairs as often as of the post's."""

_MAYBE = 0.65
"""How certain it is that a post is about no country although one passage or label names one, and none another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """How certain it is that a post is about this country, or is not where the post does not have it, and why."""

    country: str
    certainty: float
    reason: str
    passage: str


def weakest_ground(post: Post, places: Mapping[str, tuple[str, ...]]) -> Ground | None:
    """The least certain of a post's countries, or the one that it may be about instead of none; None without a doubt.

    `places` are those of the settings. What the title names, and what holds without any one of the passages, is sure.
    """
    titled = _countries(post.title, (), post, places)
    if post.countries and titled.issuperset(post.countries):
        return None
    passages = [passage for block in post.body for passage in _passages(block)]
    named: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        for country in _countries("", (passage,), post, places):
            named[country].append(passage)
    if not post.countries:
        return _candidate(named, post, places)
    found = [_ground(country, named[country], passages, post, places) for country in {*post.countries} - titled]
    grounds = [ground for ground in found if ground]
    return min(grounds, key=lambda ground: (ground.certainty, ground.country), default=None)


def _ground(
    country: str, named: Sequence[str], passages: Sequence[str], post: Post, places: Mapping[str, tuple[str, ...]]
) -> Ground | None:
    """The ground of a country that the title does not name, where it is a weak one."""
    if any(block.kind == "quotation" for block in post.body):
        own = [passage for block in post.body if block.kind != "quotation" for passage in _passages(block)]
        if country not in _countries(post.title, own, post, places):
            passage = named[0] if named else ""
            return Ground(
                country=country, certainty=_QUOTED, reason=f"only what it quotes names {country}", passage=passage
            )
    if len(named) != 1:
        return None
    [passage] = named
    others = [each for each in passages if each is not passage]
    if country in _countries(post.title, others, post, places):
        return None
    share = _size([passage]) / max(1, _size(passages))
    first = passage is passages[0]
    least = _FIRST if first else _LATER
    reason = f"about {country} because of {'the first' if first else 'one'} of its {len(passages)} passages alone"
    return Ground(country=country, certainty=least + (1 - least) * share, reason=reason, passage=passage)


def _candidate(named: Mapping[str, Sequence[str]], post: Post, places: Mapping[str, tuple[str, ...]]) -> Ground | None:
    """The one country that anything in a post without countries names."""
    labelled = {country: label for label in post.labels for country in _countries(label, (), post, places)}
    candidates = named.keys() | labelled.keys()
    if len(candidates) != 1:
        return None
    [country] = candidates
    if country in named:
        reason, passage = f"about no country, though a passage names {country}", named[country][0]
    else:
        reason, passage = f"about no country, though a label names {country}", labelled[country]
    return Ground(country=country, certainty=_MAYBE, reason=reason, passage=passage)


def _countries(
    title: str, passages: Sequence[str], post: Post, places: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    labels = post.labels if passages and title == post.title else ()
    return frozenset(countries_about(title, passages, labels=labels, language=post.language, places=places))


def _passages(block: Block) -> tuple[str, ...]:
    """The block as `enrich` hands it on: each item of a list says something of its own."""
    return block.lines if block.kind in ("bullets", "numbers") else (block.text,)


def _size(passages: Sequence[str]) -> int:
    return sum(map(len, passages))
