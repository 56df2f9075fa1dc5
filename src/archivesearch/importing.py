"""One import: from the files in raw/ to the posts of the catalog, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from archivesearch.catalog import Catalog
from archivesearch.corrections import Corrections
from archivesearch.dumps import Reader, Rejected
from archivesearch.folding import DOUBTFUL, Changes, PostChange, fold_entries
from archivesearch.making import Places
from archivesearch.progress import Progress
from archivesearch.raw import Unusable
from archivesearch.reading import read_dumps
from archivesearch.readings import DumpCounts, DumpRow
from archivesearch.tasks import Open
from archivesearch.workers import Workers

State = Literal["new", "changed", "unchanged", "gone", "unreadable"]


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

    `posts` are those that are not as before, sorted by id. `doubtful` counts the posts whose cut a person should look
    at; `stale` are the corrections without effect, in words. `digest` is the catalog's. A `dry` one changed nothing.
    """

    dumps: tuple[DumpReport, ...]
    rejected: tuple[Rejected, ...]
    posts: tuple[PostChange, ...]
    new: int
    changed: int
    removed: int
    total: int
    doubtful: int
    stale: tuple[str, ...]
    digest: str
    dry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to import: every file of raw/, with these readers, the places of archive.toml, and what people decided.

    A `dry` import tells what it would do and does not do it.
    """

    files: Sequence[Open | Unusable]
    readers: Sequence[Reader]
    places: Places
    corrections: Corrections
    dry: bool = False


def import_files(catalog: Catalog, order: Order, workers: Workers, progress: Progress) -> tuple[ImportReport, Changes]:
    """Bring the catalog to what the dumps say now, and tell what changed.

    All posts change in one transaction; what was read before it is kept for the next import if this one does not come
    to its end. A dump that cannot be read is reported and has no posts.
    """
    before = catalog.readings.dumps()
    survey = read_dumps(catalog, order.files, order.readers, order.corrections.cuts, workers, progress)
    with catalog.writing(keep=not order.dry):
        catalog.readings.make_current(survey.readings, survey.gone)
        changes = fold_entries(catalog, order.places, order.corrections, workers, progress)
        report = _report(catalog, before, changes)
        read = catalog.readings.number_read(survey.readings)
        catalog.add_import(new=report.new, changed=report.changed, removed=report.removed, dumps=read)
    return replace(report, dry=order.dry), changes


def _report(catalog: Catalog, before: Mapping[str, DumpRow], changes: Changes) -> ImportReport:
    rows = catalog.readings.dumps()
    counts = catalog.readings.counts()
    gone = [
        DumpReport(name=name, reader=None, state="gone", reason=f"{name} is no longer in raw/.")
        for name in before.keys() - rows.keys()
    ]
    read = [_report_dump(row, before.get(row.name), counts.get(row.name, DumpCounts())) for row in rows.values()]
    return ImportReport(
        dumps=tuple(sorted(gone + read, key=lambda dump: dump.name)),
        rejected=tuple(catalog.readings.rejected()),
        posts=changes.posts,
        new=len(changes.ids("new")),
        changed=len(changes.ids("changed")),
        removed=len(changes.ids("removed")),
        total=catalog.number_of_posts(),
        doubtful=catalog.number_below(DOUBTFUL),
        stale=changes.stale,
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
