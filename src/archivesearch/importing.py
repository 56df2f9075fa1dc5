"""One import: from the files in raw/ to the posts of the catalog, reading only what changed."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from archivesearch.catalog import Catalog, DumpCounts, DumpRow
from archivesearch.dedupe import articles, merge
from archivesearch.dumps import Dump, Reader, Rejected, reader_for
from archivesearch.enrich import ENRICH_VERSION, enrich
from archivesearch.errors import CatalogError, DumpError
from archivesearch.raw import Unusable, find_dumps, open_dumps

_Item = TypeVar("_Item")

Progress = Callable[[str, int, int], None]
"""Is told what is done now, how many of it are done, and of how many."""

State = Literal["new", "changed", "unchanged", "gone", "unreadable"]

DOUBTFUL = 0.7
"""A post whose cut is less certain than this is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpReport:
    """What became of one dump: `entries` were read from it, each of them a post, a further copy, or rejected.

    `state` compares its content with that of the import before. `reader` is None where the dump is unreadable or gone;
    `reason` then says why, as a sentence that names it.
    """

    name: str
    reader: str | None
    state: State
    entries: int = 0
    posts: int = 0
    duplicates: int = 0
    rejected: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: how many posts are new, changed, removed, and in all; every dump and every rejected entry.

    `doubtful` counts the posts whose cut a person should look at. `digest` is the catalog's.
    """

    dumps: tuple[DumpReport, ...]
    rejected: tuple[Rejected, ...]
    new: int
    changed: int
    removed: int
    total: int
    doubtful: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import changed in the catalog: ids of posts."""

    new: frozenset[str]
    changed: frozenset[str]
    removed: frozenset[str]


def import_raw(
    catalog: Catalog,
    raw: Path,
    readers: Sequence[Reader],
    places: Mapping[str, tuple[str, ...]],
    progress: Progress,
) -> tuple[ImportReport, Changes]:
    """Bring the catalog to what the dumps in `raw` say now, in one transaction, and tell what changed.

    A dump that cannot be read is reported and has no posts. Raises DumpError where `raw` itself cannot be read, or is
    not there although dumps were imported from it.
    """
    with catalog.writing():
        before = catalog.dumps()
        rows, dumps = _survey(raw, readers, before, progress)
        _update_dumps(catalog, dumps, readers, _with_bases(rows), before, progress)
        changes = _resolve_posts(catalog, places, progress)
        catalog.add_import(new=len(changes.new), changed=len(changes.changed), removed=len(changes.removed))
    return _report(catalog, before, changes), changes


def follow(items: Iterable[_Item], stage: str, of: int, progress: Progress) -> Iterator[_Item]:
    """The items, while `progress` is told how many of them are done."""
    for done, item in enumerate(items):
        progress(stage, done, of)
        yield item
    progress(stage, of, of)


def _survey(
    raw: Path, readers: Sequence[Reader], before: Mapping[str, DumpRow], progress: Progress
) -> tuple[list[DumpRow], dict[str, Dump]]:
    """Every dump in raw/ as a row without its basis (read by whom, and what it tells about others), and by its name."""
    if not raw.is_dir():
        if before:
            raise DumpError(f"{raw} is not there, but {len(before)} dumps were imported from it. Put it back.")
        return [], {}
    rows: dict[str, DumpRow] = {}
    dumps: dict[str, Dump] = {}
    files = list(find_dumps(raw))
    for file in follow(files, "looking at dumps", len(files), progress):
        opened = [file] if isinstance(file, Unusable) else open_dumps(file, file.relative_to(raw).as_posix())
        for dump in opened:
            row = _unreadable(dump.name, dump.reason) if isinstance(dump, Unusable) else _look_at(dump, readers, before)
            rows[row.name] = _both(rows.get(row.name), row)
            if isinstance(dump, Dump):
                dumps[dump.name] = dump
    return list(rows.values()), dumps


def _both(one: DumpRow | None, other: DumpRow) -> DumpRow:
    """What is said of a packed file as a whole stands in one row."""
    return replace(other, reason=f"{one.reason} {other.reason}") if one else other


def _look_at(dump: Dump, readers: Sequence[Reader], before: Mapping[str, DumpRow]) -> DumpRow:
    known = before.get(dump.name)
    if known and known.sha256 == dump.sha256 and (known.reader, known.version) in _versions(readers):
        return known
    try:
        reader = reader_for(dump, readers)
        evidence = reader.evidence(dump)
    except DumpError as error:
        return _unreadable(dump.name, str(error))
    return DumpRow(
        name=dump.name,
        sha256=dump.sha256,
        size=dump.size,
        reader=reader.name,
        version=reader.version,
        reason="",
        evidence=evidence,
    )


def _versions(readers: Sequence[Reader]) -> set[tuple[str | None, int]]:
    return {(reader.name, reader.version) for reader in readers}


def _unreadable(name: str, reason: str) -> DumpRow:
    return DumpRow(name=name, sha256="", size=0, reader=None, version=0, reason=reason, evidence="")


def _with_bases(found: Sequence[DumpRow]) -> list[DumpRow]:
    """The rows, each with the digest of what its entries depend on: content, reader, and the evidence of all."""
    told = {reader: _digest(sorted(_evidence(found, reader))) for reader in {row.reader for row in found}}
    return [replace(row, basis=_digest([row.sha256, row.reader, row.version, told[row.reader]])) for row in found]


def _update_dumps(
    catalog: Catalog,
    dumps: Mapping[str, Dump],
    readers: Sequence[Reader],
    found: Sequence[DumpRow],
    before: Mapping[str, DumpRow],
    progress: Progress,
) -> None:
    """Read the dumps that are not as before, in the light of all; forget those that are gone."""
    for name in before.keys() - {row.name for row in found}:
        catalog.remove_dump(name)
    changed = [row for row in found if row != before.get(row.name)]
    touched = {row.reader for row in changed}
    learnt = {
        reader.name: (reader, reader.learn(sorted(_evidence(found, reader.name))))
        for reader in readers
        if reader.name in touched
    }
    for row in follow(changed, "reading dumps", len(changed), progress):
        if row.reader is None:
            catalog.put_dump(row, ())
        else:
            _read_dump(catalog, dumps[row.name], row, *learnt[row.reader])


def _evidence(found: Iterable[DumpRow], reader: str | None) -> set[str]:
    return {row.evidence for row in found if row.reader == reader and row.evidence}


def _read_dump(catalog: Catalog, dump: Dump, row: DumpRow, reader: Reader, learnt: object) -> None:
    try:
        catalog.put_dump(row, reader.read(dump, learnt))
    except DumpError as error:
        catalog.put_dump(_unreadable(row.name, str(error)), ())


def _resolve_posts(catalog: Catalog, places: Mapping[str, tuple[str, ...]], progress: Progress) -> Changes:
    """Make the posts of the catalog from its entries: merge copies, enrich, and write what is not as before."""
    settings = [ENRICH_VERSION, sorted(places.items())]
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


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _report(catalog: Catalog, before: Mapping[str, DumpRow], changes: Changes) -> ImportReport:
    rows = catalog.dumps()
    counts = catalog.counts()
    gone = [
        DumpReport(name=name, reader=None, state="gone", reason=f"{name} is no longer in raw/.")
        for name in before.keys() - rows.keys()
    ]
    read = [_report_dump(row, before.get(row.name), counts.get(row.name, DumpCounts())) for row in rows.values()]
    return ImportReport(
        dumps=tuple(sorted(gone + read, key=lambda dump: dump.name)),
        rejected=tuple(catalog.rejected()),
        new=len(changes.new),
        changed=len(changes.changed),
        removed=len(changes.removed),
        total=catalog.number_of_posts(),
        doubtful=catalog.number_below(DOUBTFUL),
        digest=catalog.digest(),
    )


def _report_dump(row: DumpRow, known: DumpRow | None, count: DumpCounts) -> DumpReport:
    return DumpReport(
        name=row.name,
        reader=row.reader,
        state=_state(row, known),
        entries=row.entries,
        posts=count.posts,
        duplicates=count.duplicates,
        rejected=count.rejected,
        reason=row.reason,
    )


def _state(row: DumpRow, known: DumpRow | None) -> State:
    if row.reader is None:
        return "unreadable"
    if known is None or known.reader is None:
        return "new"
    return "unchanged" if known.sha256 == row.sha256 else "changed"
