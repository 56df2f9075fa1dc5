"""From the entries of the catalog to its posts: copies of one article become one post, enriched and corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from archivesearch.catalog import Catalog, Known
from archivesearch.corrections import Corrections, stale_cuts
from archivesearch.dedupe import articles
from archivesearch.enrich import ENRICH_VERSION
from archivesearch.entries import PostRow, digest_of_parts
from archivesearch.errors import CatalogError
from archivesearch.joining import Decisions, digest_of_corrections, find_near_duplicates, join_articles
from archivesearch.making import Places, is_suppressed
from archivesearch.near import NEAR_VERSION
from archivesearch.progress import Progress, follow
from archivesearch.tasks import ARTICLES_A_TASK, PLACES, Article, Make, in_batches
from archivesearch.workers import Workers, items_of

PostState = Literal["new", "changed", "removed"]

DOUBTFUL = 0.7
"""A post whose cut is less certain than this is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChange:
    """A post that an import brings, changes or takes away; `doubtful` where a person should look at its cut.

    `copies` says in words which dumps have it again, though not word for word, and why it is the same.
    """

    state: PostState
    id: str
    title: str
    doubtful: bool = False
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import changed in the catalog: the posts that are not as before, sorted by id.

    `stale` are the corrections without effect, in words.
    """

    posts: tuple[PostChange, ...]
    stale: tuple[str, ...]

    def ids(self, state: PostState) -> frozenset[str]:
        """The ids of the posts that are new, changed or removed."""
        return frozenset(post.id for post in self.posts if post.state == state)


def fold_entries(
    catalog: Catalog, places: Places, corrections: Corrections, workers: Workers, progress: Progress
) -> Changes:
    """Make the posts of the catalog from its entries, and write what is not as before; inside `Catalog.writing`."""
    find_near_duplicates(catalog, workers, progress)
    decisions = join_articles(catalog, corrections)
    catalog.comparisons.put_basis("corrections", digest_of_corrections(corrections))
    kept, changes = _write_posts(catalog, places, decisions, workers, progress)
    for post_id in [post_id for post_id in catalog.ids() if post_id not in kept]:
        if known := catalog.known(post_id):
            changes.append(_removed(known))
        catalog.remove_post(post_id)
    cuts = stale_cuts(corrections.cuts, catalog.readings.evidence()) if corrections.cuts else ()
    return Changes(
        posts=tuple(sorted(changes, key=lambda change: change.id)),
        stale=(*decisions.stale, *(f"no dump has the line “{cut.line}”" for cut in cuts)),
    )


def _write_posts(
    catalog: Catalog, places: Places, decisions: Decisions, workers: Workers, progress: Progress
) -> tuple[set[str], list[PostChange]]:
    """Write the posts that are not as before; the ids of all posts, and what is new or changed, or went for another.

    What was there before shows post by post, so that of an archive of any size little is held in memory.
    """
    this = catalog.next_import()
    kept: set[str] = set()
    changes: list[PostChange] = []
    displaced: dict[str, Known] = {}
    changed = _changed(catalog, places, decisions, kept, progress)
    batches = in_batches(changed, ARTICLES_A_TASK)
    workers.give(PLACES, dict(places))  # what it is in the settings, pickle cannot send
    tasks = (Make(name=f"posts from {batch[0].key[:10]} on", articles=batch) for batch in batches)
    for row in chain.from_iterable(items_of(workers.run(tasks))):
        _keep(row.id, kept)
        before = displaced.get(row.id)
        replaced = {known.id: known for known in catalog.put_post(row, before.since if before else this)}
        before = before or replaced.get(row.id)
        displaced |= replaced
        if before is None or before.digest != row.digest:
            changes.append(_change(row, "changed" if before else "new"))
    return kept, [*changes, *(_removed(known) for known in displaced.values() if known.id not in kept)]


def _removed(known: Known) -> PostChange:
    return PostChange(state="removed", id=known.id, title=known.title)


def _change(row: PostRow, state: PostState) -> PostChange:
    copies = [f"{dump}: {kind}, {reason}" for _, dump, kind, _, reason in row.duplicates if kind != "exact"]
    doubtful = row.certainty < DOUBTFUL
    return PostChange(state=state, id=row.id, title=row.title, doubtful=doubtful, copies=tuple(copies))


def _changed(
    catalog: Catalog, places: Places, decisions: Decisions, kept: set[str], progress: Progress
) -> Iterator[Article]:
    """The articles whose posts must be made; the ids of the others' posts go to `kept`. Notes which are suppressed."""
    settings = [ENRICH_VERSION, NEAR_VERSION, sorted(places.items())]
    suppressed: list[str] = []
    each = articles(catalog.readings.copies())
    for key, own_id, copies in follow(each, "sorting out posts", catalog.readings.number_of_articles(), progress):
        decided = decisions.posts.get(key, ())
        if is_suppressed(decided):
            suppressed.append(key)
            continue
        basis = digest_of_parts([settings, own_id, sorted(copy.digest for copy in copies), repr(decided)])
        post_id, before = catalog.basis(key) or ("", "")
        if basis == before:
            _keep(post_id, kept)
            continue
        records = tuple(catalog.readings.record_of(copy) for copy in copies)
        yield Article(key=key, basis=basis, records=records, decided=decided, own_id=own_id)
    catalog.put_suppressed(suppressed)


def _keep(post_id: str, kept: set[str]) -> None:
    if post_id in kept:
        raise CatalogError(f"Two different posts would have the id {post_id}. Please report this with their dumps.")
    kept.add(post_id)
