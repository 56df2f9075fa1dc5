"""One import: from the files in raw/ to the posts of the catalog, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archivesearch.catalog import Catalog, DumpCounts, DumpRow
from archivesearch.dumps import Reader, Rejected
from archivesearch.folding import Changes, fold_entries
from archivesearch.progress import Progress
from archivesearch.reading import read_dumps

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
        read_dumps(catalog, raw, readers, progress)
        changes = fold_entries(catalog, places, progress)
        catalog.add_import(new=len(changes.new), changed=len(changes.changed), removed=len(changes.removed))
    return _report(catalog, before, changes), changes


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
