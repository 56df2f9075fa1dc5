"""Whether nothing is lost: raw/, catalog and index held against each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archivesearch.catalog import Catalog
from archivesearch.corrections import Corrections, PostCorrection
from archivesearch.dedupe import articles
from archivesearch.dumps import Dump, open_dump
from archivesearch.errors import DumpError, EngineError
from archivesearch.joining import decided_posts, digest_of_corrections
from archivesearch.making import Places, is_suppressed, make_post
from archivesearch.raw import Unusable, find_dumps, holder_of, open_dumps
from archivesearch.readings import Copy, DumpRow
from archivesearch.search import Engine, Search, stamp_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is not as it should be: "rebuild" where a command mends it, "data" where a person must look."""

    kind: Literal["rebuild", "data"]
    message: str


def verify(
    catalog: Catalog, engine: Engine, raw: Path, places: Places, corrections: Corrections, *, deep: bool
) -> Iterator[Problem]:
    """What is wrong with the archive; `deep` reads every byte of raw/ and index, else sizes are held to suffice.

    Of a catalog that is damaged nothing else is looked at, for nothing else would be right.
    """
    damaged = False
    for damage in catalog.damages():
        damaged = True
        yield _remake(f"The catalog is damaged: {damage}.")
    if damaged:
        return
    yield from _check_dumps(catalog, raw, deep=deep)
    yield from _check_counts(catalog)
    if catalog.comparisons.basis("corrections") not in (None, digest_of_corrections(corrections)):
        yield Problem(kind="rebuild", message="corrections.toml has changed. Run `archivesearch import`.")
    else:
        yield from _check_posts(catalog, places, corrections)
    yield from _check_index(catalog, engine, deep=deep)


def _remake(fault: str) -> Problem:
    return Problem(kind="rebuild", message=f"{fault} Delete the folder index/ and run `archivesearch import`.")


def _reindex(fault: str) -> Problem:
    return Problem(kind="rebuild", message=f"{fault} Run `archivesearch reindex`.")


def _check_dumps(catalog: Catalog, raw: Path, *, deep: bool) -> Iterator[Problem]:
    """Every dump still is what was imported, and every file has been imported."""
    rows = catalog.readings.dumps()
    holders = {name: holder_of(raw, name) for name in rows}
    packed = {holder for name, holder in holders.items() if holder != raw / name}
    inside = dict(_digests(packed, raw)) if deep else {}
    for row in rows.values():
        if not row.reader:
            fault: str | None = f"No post of it is there: {row.reason}"
        elif holders[row.name] in packed:
            fault = _fault_inside(row, inside, deep=deep)
        else:
            fault = _fault(row, raw, deep=deep)
        if fault:
            yield Problem(kind="data", message=fault)
    for found in find_dumps(raw) if raw.is_dir() else ():
        name = found.name if isinstance(found, Unusable) else found.relative_to(raw).as_posix()
        if name not in rows and found not in packed:
            yield Problem(kind="rebuild", message=f"{name} has not been imported. Run `archivesearch import`.")


def _digests(packed: Iterable[Path], raw: Path) -> Iterator[tuple[str, str]]:
    """The SHA-256 of each dump in these packed files, by name."""
    for path in packed:
        for dump in open_dumps(path, path.relative_to(raw).as_posix()):
            if isinstance(dump, Dump):
                yield dump.name, dump.sha256


def _fault_inside(row: DumpRow, inside: Mapping[str, str], *, deep: bool) -> str | None:
    """In what a dump in a packed file differs from what was imported; only reading it tells."""
    if not deep or inside.get(row.name) == row.sha256:
        return None
    return f"{row.name} is not the dump that was imported. Put back the packed file, or import the new one."


def _fault(row: DumpRow, raw: Path, *, deep: bool) -> str | None:
    """In what the dump differs from what was imported."""
    try:
        same = (raw / row.name).stat().st_size == row.size
        if same and deep:
            same = open_dump(raw / row.name, row.name).sha256 == row.sha256
    except (OSError, DumpError):
        return f"{row.name} is gone from raw/, or cannot be read. Put it back; an import now would take its posts away."
    return None if same else f"{row.name} is not the file that was imported. Put that back, or import the new one."


def _check_counts(catalog: Catalog) -> Iterator[Problem]:
    """Every entry read is a post, a further copy of one, or rejected, and the posts are those of the last import."""
    counts = catalog.readings.counts()
    for row in catalog.readings.dumps().values():
        count = counts.get(row.name)
        kept = count.posts + count.duplicates + count.rejected if count else 0
        if kept != row.entries:
            yield _remake(f"{row.entries} entries were read from {row.name}, but the catalog has {kept}.")
    posts, singles = catalog.number_of_posts(), sum(count.posts for count in counts.values())
    if posts != singles:
        yield _remake(f"The dumps have {singles} different posts, but the catalog has {posts}.")
    if catalog.digest() != catalog.last_import():
        yield _remake("The posts of the catalog are not those of the last import.")


def _check_posts(catalog: Catalog, places: Places, corrections: Corrections) -> Iterator[Problem]:
    """Every post is what its copies in the dumps and the corrections make, and names places inside them."""
    rows = catalog.readings.dumps()
    decided = decided_posts(catalog, corrections)
    for key, own_id, copies in articles(catalog.readings.copies()):
        fault = _post_fault(catalog, key, copies, decided.get(key, ()), places, own_id=own_id)
        if fault:
            yield _remake(fault)
        for copy in copies:
            place = catalog.readings.read_copy(copy).provenance[0]
            row = rows[copy.dump]
            if place.dump != row.name or place.sha256 != row.sha256 or not 0 <= place.start < place.end <= row.size:
                yield _remake(f"Entry {copy.number} of {copy.dump} names a place that is not in it.")


def _post_fault(
    catalog: Catalog,
    key: str,
    copies: Sequence[Copy],
    decided: Sequence[PostCorrection],
    places: Places,
    *,
    own_id: bool,
) -> str | None:
    made, _ = make_post([catalog.readings.read_copy(copy) for copy in copies], decided, places, own_id=own_id)
    kept = catalog.post_of(key)
    if is_suppressed(decided):
        return f"The post {made.id} is suppressed, but the catalog has it." if kept else None
    if kept is None:
        return f"The post {made.id} is not in the catalog, though {copies[0].dump} has it."
    return None if kept == made else f"The post {made.id} is not what its dumps, settings and corrections say."


def _check_index(catalog: Catalog, engine: Engine, *, deep: bool) -> Iterator[Problem]:
    """The index holds the posts of the catalog, each as it is there, and no others."""
    damages = engine.check(deep=deep)
    if damages:
        yield from (Problem(kind="rebuild", message=damage) for damage in damages)
        return
    try:
        if engine.stamp() != stamp_of(catalog.digest()):
            yield _reindex("The index is not that of this catalog.")
            return
        for post in catalog.posts():
            if engine.post(post.id) != post:
                yield _reindex(f"The post {post.id} is not in the index as it is in the catalog.")
        indexed, posts = engine.search(Search(size=1)).total, catalog.number_of_posts()
    except EngineError as error:
        yield Problem(kind="rebuild", message=str(error))
        return
    if indexed != posts:
        yield _reindex(f"The index has {indexed} posts, but the catalog has {posts}.")
