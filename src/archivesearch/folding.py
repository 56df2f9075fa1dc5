"""From the entries of the catalog to its posts: copies of one article become one post, which is enriched."""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archivesearch.catalog import Catalog
from archivesearch.dedupe import articles, merge, merged_keys, standing_of
from archivesearch.enrich import ENRICH_VERSION, enrich
from archivesearch.errors import CatalogError
from archivesearch.near import NEAR_VERSION, Sketch, Wording, candidates, compare, sketch_of, wording_of
from archivesearch.progress import Progress, follow
from archivesearch.text import ANALYSIS_VERSION

WORDINGS_KEPT = 2000
"""Posts held for comparing: pairs come in the order of their days, so that few are read twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import changed in the catalog: ids of posts."""

    new: frozenset[str]
    changed: frozenset[str]
    removed: frozenset[str]


def fold_entries(catalog: Catalog, places: Mapping[str, tuple[str, ...]], progress: Progress) -> Changes:
    """Make the posts of the catalog from its entries: merge copies, enrich, and write what is not as before."""
    find_near_duplicates(catalog, progress)
    settings = [ENRICH_VERSION, NEAR_VERSION, sorted(places.items())]
    before = catalog.bases()
    ids = {post_id for post_id, _ in before.values()}
    kept: set[str] = set()
    written: set[str] = set()
    each = articles(catalog.copies())
    for key, own_id, copies in follow(each, "sorting out posts", catalog.number_of_articles(), progress):
        basis = _digest([settings, own_id, sorted(copy.digest for copy in copies)])
        post_id, known = before.get(key, ("", ""))
        if basis != known:
            post, duplicates = merge([catalog.read_copy(copy) for copy in copies], own_id=own_id)
            post_id = post.id
            if catalog.put_post(enrich(post, places), key, basis, duplicates):
                written.add(post_id)
        if post_id in kept:
            raise CatalogError(f"Two different posts would have the id {post_id}. Please report this with their dumps.")
        kept.add(post_id)
    for post_id in ids - kept:
        catalog.remove_post(post_id)
    return Changes(new=frozenset(written - ids), changed=frozenset(written & ids), removed=frozenset(ids - kept))


def find_near_duplicates(catalog: Catalog, progress: Progress) -> None:
    """Bring what is known of near-duplicates to the entries as they are: sketch and compare only what is new.

    Which articles become one is then decided anew from all comparisons: it depends on nothing but the entries.
    """
    known = catalog.comparisons
    version = _digest([NEAR_VERSION, ANALYSIS_VERSION])
    if known.basis("version") != version:
        known.forget()
        known.put_basis("version", version)
    basis = catalog.entries_digest()
    if known.basis("entries") == basis:
        return
    _update_comparisons(catalog, _update_sketches(catalog, progress), progress)
    alike = [(copy, whole, likeness) for copy, whole, likeness in known.pairs() if likeness]
    keys = {key for copy, whole, _ in alike for key in (copy, whole)}
    known.put_merged(merged_keys({key: standing_of(list(catalog.entries_of(key))) for key in keys}, alike))
    known.put_basis("entries", basis)


def _update_sketches(catalog: Catalog, progress: Progress) -> dict[str, Sketch]:
    """The sketch of every article, sorted by key."""
    keys = catalog.exact_keys()
    sketches = catalog.comparisons.sketches()
    catalog.comparisons.remove_sketches(sketches.keys() - set(keys))
    new = [key for key in keys if key not in sketches]
    for key in follow(new, "sketching posts", len(new), progress):
        sketches[key] = sketch_of(_wording(catalog, key))
        catalog.comparisons.put_sketch(key, sketches[key])
    return {key: sketches[key] for key in keys}


def _update_comparisons(catalog: Catalog, sketches: Mapping[str, Sketch], progress: Progress) -> None:
    """Compare every pair of candidates that was not compared before; forget the pairs that are none any more."""
    keys = list(sketches)
    pairs = {(keys[one], keys[other]) for one, other in candidates(list(sketches.values()))}
    known = {(copy, whole) for copy, whole, _ in catalog.comparisons.pairs()}
    catalog.comparisons.remove_pairs([pair for pair in known if (min(pair), max(pair)) not in pairs])
    new = sorted(pairs - {(min(pair), max(pair)) for pair in known})
    wording = functools.lru_cache(maxsize=WORDINGS_KEPT)(functools.partial(_wording, catalog))
    for pair in follow(new, "comparing posts", len(new), progress):
        copy, whole = sorted(pair, key=lambda key: (len(wording(key).text), key))
        catalog.comparisons.put_pair(copy, whole, compare(wording(copy), wording(whole)))


def _wording(catalog: Catalog, key: str) -> Wording:
    """The wording of an article: any of its entries gives the same."""
    return wording_of(next(catalog.entries_of(key)))


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
