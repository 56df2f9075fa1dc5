"""Which articles become one post: near-duplicates, and what people decided of them."""

import functools
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archivesearch.catalog import Catalog
from archivesearch.comparisons import Comparisons
from archivesearch.corrections import Corrections, PostCorrection
from archivesearch.dedupe import articles, ids_in, merged_keys, standing_of, united
from archivesearch.entries import digest_of_parts
from archivesearch.near import Likeness, Sketch, Wording, compare, wording_of
from archivesearch.progress import Progress, follow
from archivesearch.sketching import forget_outdated, sketches_of
from archivesearch.workers import Workers

WORDINGS_KEPT = 2000
"""Posts held for comparing: pairs come in the order of their days, so that few are read twice."""


def find_near_duplicates(catalog: Catalog, workers: Workers, progress: Progress) -> None:
    """Bring what is known of near-duplicates to the entries as they are: sketch and compare only what is new."""
    known = catalog.comparisons
    forget_outdated(known)
    basis = catalog.readings.digest()
    if known.basis("entries") == basis:
        return
    _update_sketches(catalog, workers, progress)
    _update_comparisons(catalog, progress)
    known.put_basis("entries", basis)


def _update_sketches(catalog: Catalog, workers: Workers, progress: Progress) -> None:
    """Sketch every article that has no sketch yet; forget those of articles that are gone."""
    catalog.comparisons.remove_lost()
    new = catalog.comparisons.unsketched()
    done = 0
    for sketches in sketches_of(catalog, new, workers):
        catalog.comparisons.put_sketches(sketches)
        done += len(sketches)
        progress("sketching posts", done, len(new))


def _update_comparisons(catalog: Catalog, progress: Progress) -> None:
    """Compare every pair of candidates that was not compared before; forget the pairs that are none any more."""
    known = catalog.comparisons
    pairs = _candidates(known)
    compared = {(copy, whole) for copy, whole, _ in known.pairs()}
    known.remove_pairs([pair for pair in compared if (min(pair), max(pair)) not in pairs])
    new = sorted(pairs - {(min(pair), max(pair)) for pair in compared})
    wording = functools.lru_cache(maxsize=WORDINGS_KEPT)(functools.partial(_wording, catalog))
    for pair in follow(new, "comparing posts", len(new), progress):
        copy, whole = sorted(pair, key=lambda key: (len(wording(key).text), key))
        known.put_pair(copy, whole, compare(wording(copy), wording(whole)))


def _candidates(known: Comparisons) -> set[tuple[str, str]]:
    """The pairs to compare by `exact_key`, the smaller one first."""
    from archivesearch.candidates import candidates  # loads numpy, which an import of nothing new does not need

    numbers = array("q")

    def each() -> Iterator[Sketch]:
        for number, sketch in known.sketches():
            numbers.append(number)
            yield sketch

    found = candidates(each())
    keys = {place: known.key(numbers[place]) for place in {place for pair in found for place in pair}}
    return {(keys[one], keys[other]) for one, other in found}


def _wording(catalog: Catalog, key: str) -> Wording:
    """The wording of an article: any of its entries gives the same."""
    return wording_of(next(catalog.readings.entries_of(key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What people decided, told of articles: corrections of posts by the key of their article, several in their order.

    `stale` are the ids that the archive has no post for, and the dumps that have no copy to take apart, in words.
    """

    posts: Mapping[str, tuple[PostCorrection, ...]] = field(default_factory=dict)
    stale: tuple[str, ...] = ()


def join_articles(catalog: Catalog, corrections: Corrections) -> Decisions:
    """Decide anew which articles become one, from all comparisons and what people decided, and nothing else.

    An id is one that a post has, or would have without what people decided; or that of one of its copies: an id stays
    good when a better copy gives the post another.
    """
    stale: list[str] = []
    known, basis = catalog.comparisons, _basis_of_joining(catalog, corrections)
    if corrections.apart or known.basis("joined") != basis:  # what cannot be taken apart shows only while it is tried
        _join(catalog, corrections, stale)
        known.put_basis("joined", basis)
    named = _named(catalog) if corrections else {}
    stale += [f"no post has the id {post}" for post in sorted(corrections.ids - named.keys())]
    return Decisions(posts=_decided(corrections, named), stale=tuple(stale))


def digest_of_corrections(corrections: Corrections) -> str:
    """Equal as long as people have decided nothing else."""
    parts = [corrections.cuts, sorted(corrections.posts.items()), corrections.merges, corrections.apart]
    return digest_of_parts([repr(part) for part in parts])


def _basis_of_joining(catalog: Catalog, corrections: Corrections) -> str:
    known = catalog.comparisons
    return digest_of_parts([known.basis("version"), known.basis("entries"), digest_of_corrections(corrections)])


def _join(catalog: Catalog, corrections: Corrections, stale: list[str]) -> None:
    likenesses = [(copy, whole, likeness) for copy, whole, likeness in catalog.comparisons.pairs() if likeness]
    _put_merged(catalog, likenesses, [])
    if corrections.apart:
        alone = set(_taken_apart(catalog, corrections, stale))
        likenesses = [pair for pair in likenesses if alone.isdisjoint(pair[:2])]
        _put_merged(catalog, likenesses, [])
    if corrections.merges:
        _put_merged(catalog, likenesses, list(_groups(catalog, corrections)))


def decided_posts(catalog: Catalog, corrections: Corrections) -> dict[str, tuple[PostCorrection, ...]]:
    """The corrections of posts by the key of their article, once `join_articles` has decided what those are."""
    return _decided(corrections, _named(catalog) if corrections.posts else {})


def _decided(corrections: Corrections, named: Mapping[str, str]) -> dict[str, tuple[PostCorrection, ...]]:
    posts: dict[str, list[PostCorrection]] = defaultdict(list)
    for correction in corrections.posts.values():
        if correction.id in named:
            posts[named[correction.id]].append(correction)
    return {key: tuple(each) for key, each in posts.items()}


def _put_merged(
    catalog: Catalog, likenesses: Iterable[tuple[str, str, Likeness]], groups: Iterable[frozenset[str]]
) -> None:
    pairs, sets = list(likenesses), list(groups)
    keys = {key for copy, whole, _ in pairs for key in (copy, whole)}.union(*sets)
    standings = {key: standing_of(list(catalog.readings.entries_of(key))) for key in keys}
    catalog.comparisons.put_merged(united(merged_keys(standings, pairs), sets, standings))


def _taken_apart(catalog: Catalog, corrections: Corrections, stale: list[str]) -> Iterator[str]:
    """The keys of the articles that do not join another."""
    named, members = _named(catalog), _members(catalog)
    for apart in corrections.apart:
        keys = members.get(named.get(apart.post, ""), set())
        there = keys & catalog.readings.keys_in(apart.dump)
        if keys and not there:
            stale.append(f"the post {apart.post} has no copy in {apart.dump}")
        elif keys == there and keys:
            stale.append(f"all copies of the post {apart.post} are those in {apart.dump}: nothing can be taken apart")
        else:
            yield from there


def _groups(catalog: Catalog, corrections: Corrections) -> Iterator[frozenset[str]]:
    """The articles that become one because people said so."""
    named, members = _named(catalog), _members(catalog)
    for ids in corrections.groups:
        keys = [members[named[each]] for each in ids if each in named]
        if len(keys) > 1:
            yield frozenset().union(*keys)


def _members(catalog: Catalog) -> dict[str, set[str]]:
    """The keys of the articles that become the post of each article."""
    members: dict[str, set[str]] = defaultdict(set)
    for exact, article in catalog.readings.articles():
        members[article].add(exact)
    return members


def _named(catalog: Catalog) -> dict[str, str]:
    """The article that each id means: that of a post, else that of one of its copies."""
    ids: dict[str, str] = {}
    former: dict[str, str] = {}
    members = _members(catalog)
    for article, own_id, _ in articles((article, None) for article in sorted(members)):
        ids[ids_in(article)[own_id]] = article
        for key in members[article]:
            for former_id in ids_in(key):
                former.setdefault(former_id, article)
    return {**former, **ids}
