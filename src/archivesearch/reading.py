"""From the files in raw/ to the entries of the catalog, reading only what changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from archivesearch.catalog import Catalog
from archivesearch.dedupe import UNMARKED_READERS
from archivesearch.dumps import Cut, Dump, Reader
from archivesearch.entries import EntryRow, digest_of_parts, entry_row
from archivesearch.errors import DumpError
from archivesearch.progress import Progress
from archivesearch.raw import Unusable, find_dumps
from archivesearch.readings import DumpRow
from archivesearch.sketching import EarlySketches, forget_outdated
from archivesearch.tasks import READERS, Look, Looked, Open, Read, learnt_of
from archivesearch.workers import Answer, Workers

_Item = TypeVar("_Item")

ANSWERS_A_COMMIT = 32
"""Answers of workers, each of at most a quarter of a MiB, after which what was read is made durable: to sync after each
saved page would take longer than to read it."""

_KB = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was read for an import: the readings to be made current, and the dumps that are gone."""

    readings: tuple[int, ...]
    gone: tuple[str, ...]


def files_of(raw: Path, more: Iterable[tuple[Path, Path]] = (), *, imported: int = 0) -> list[Open | Unusable]:
    """What there is to read: every file in raw/, and `more` as if they lay there already (file, place in raw/).

    Raises DumpError where raw/ cannot be read, or is not there although so many dumps were imported from it.
    """
    if imported and not raw.is_dir():
        raise DumpError(f"{raw} is not there, but {imported} dumps were imported from it. Put it back.")
    found = list(find_dumps(raw)) if raw.is_dir() else []
    places = [(path, path) for path in found if isinstance(path, Path)]
    opens = [
        Open(name=place.relative_to(raw).as_posix(), path=path, size=path.stat().st_size)
        for path, place in (*places, *more)
    ]
    return [*(each for each in found if isinstance(each, Unusable)), *opens]


def read_dumps(
    catalog: Catalog,
    files: Sequence[Open | Unusable],
    readers: Sequence[Reader],
    cuts: Sequence[Cut],
    workers: Workers,
    progress: Progress,
) -> Survey:
    """Read what is not as before in these files, all that there are, and make it durable as it comes.

    A dump that cannot be read is recorded with the reason and has no entries. Nothing of it is current until
    `Readings.make_current` says so, but the next call does not read it again. Writes by itself: not inside `writing`.
    """
    workers.give(READERS, tuple(readers))
    before, ended = catalog.readings.dumps(), catalog.readings.waiting()
    known = {**{row.name: row for row in ended.values()}, **before}
    rows, dumps = _survey(known, files, readers, workers, progress)
    rows = _with_bases(rows, cuts)
    changed = [row for row in rows if row != before.get(row.name)]
    waiting = {(row.name, row.basis): reading for reading, row in ended.items()}
    unread = [row for row in changed if (row.name, row.basis) not in waiting]
    for reader in readers:
        if any(row.reader == reader.name for row in unread):
            workers.give(learnt_of(reader.name), reader.learn(sorted(_evidence(rows, reader.name)), cuts))
    fresh = _read(catalog, unread, dumps, workers, progress)
    kept = [waiting[row.name, row.basis] for row in changed if (row.name, row.basis) in waiting]
    return Survey(readings=(*kept, *fresh), gone=tuple(before.keys() - {row.name for row in rows}))


def _survey(
    known: Mapping[str, DumpRow],
    files: Sequence[Open | Unusable],
    readers: Sequence[Reader],
    workers: Workers,
    progress: Progress,
) -> tuple[list[DumpRow], dict[str, Dump]]:
    """Every dump as a row without its basis (read by whom, and what it tells about others), and by its name.

    Of a dump in `known` with the same content, read by a reader of the same version, nothing is asked.
    """
    versions = {(reader.name, reader.version) for reader in readers}
    rows: dict[str, DumpRow] = {}
    dumps: dict[str, Dump] = {}
    strange: list[Look] = []
    for found in _open(files, workers, progress):
        if isinstance(found, Unusable):
            rows[found.name] = _both(rows.get(found.name), _unreadable(found.name, found.reason))
            continue
        dumps[found.name] = found
        row = known.get(found.name)
        if row and row.sha256 == found.sha256 and (row.reader, row.version) in versions:
            rows[found.name] = _both(rows.get(found.name), replace(row, basis=""))
        else:
            strange.append(Look(dump=found))
    for row in _look(strange, workers, progress):
        rows[row.name] = _both(rows.get(row.name), row)
    return [rows[name] for name in sorted(rows)], dumps


def _open(files: Sequence[Open | Unusable], workers: Workers, progress: Progress) -> Iterator[Dump | Unusable]:
    """Every dump in these files, with its digest, and what is none."""
    yield from (file for file in files if isinstance(file, Unusable))
    tasks = [file for file in files if isinstance(file, Open)]
    for answer in _follow(workers.run(tasks), "looking at dumps", len(tasks), progress):
        yield from answer.items
        reason = _reason(answer)
        if reason:
            yield Unusable(name=answer.name, reason=reason)


def _look(tasks: Sequence[Look], workers: Workers, progress: Progress) -> Iterator[DumpRow]:
    """A row without its basis for each of these dumps."""
    dumps = {task.name: task.dump for task in tasks}
    for answer in _follow(workers.run(tasks), "telling formats", len(tasks), progress):
        yield from (_looked_row(dumps[answer.name], looked) for looked in answer.items)
        reason = _reason(answer)
        if reason:
            yield _unreadable(answer.name, reason)


def _follow(answers: Iterable[Answer[_Item]], stage: str, of: int, progress: Progress) -> Iterator[Answer[_Item]]:
    done = 0
    for answer in answers:
        yield answer
        done += answer.ended
        progress(stage, done, of)
    progress(stage, of, of)


def _reason(answer: Answer[_Item]) -> str:
    """Why a dump could not be read; empty where it could."""
    if answer.refused:
        return str(answer.refused)
    return f"{answer.name} {answer.broken.reason}" if answer.broken else ""


def _looked_row(dump: Dump, looked: Looked) -> DumpRow:
    return DumpRow(
        name=dump.name,
        sha256=dump.sha256,
        size=dump.size,
        reader=looked.reader,
        version=looked.version,
        reason="",
        evidence=looked.evidence,
    )


def _unreadable(name: str, reason: str) -> DumpRow:
    return DumpRow(name=name, sha256="", size=0, reader=None, version=0, reason=reason, evidence="")


def _both(one: DumpRow | None, other: DumpRow) -> DumpRow:
    """What is said of a packed file as a whole stands in one row."""
    return replace(other, reason=f"{one.reason} {other.reason}".strip()) if one else other


def _with_bases(rows: Sequence[DumpRow], cuts: Sequence[Cut]) -> list[DumpRow]:
    """The rows, each with the digest of what its entries depend on: content, reader, the evidence of all, and cuts."""
    told = {reader: digest_of_parts(sorted(_evidence(rows, reader))) for reader in {row.reader for row in rows}}
    decided = digest_of_parts(sorted(repr(cut) for cut in cuts))
    return [
        replace(
            row,
            basis=digest_of_parts(
                [row.sha256, row.reader, row.version, row.reason, told[row.reader]]
                + [decided] * (row.reader in UNMARKED_READERS and bool(cuts))
            ),
        )
        for row in rows
    ]


def _evidence(rows: Iterable[DumpRow], reader: str | None) -> set[str]:
    return {row.evidence for row in rows if row.reader == reader and row.evidence}


def _read(
    catalog: Catalog, rows: Sequence[DumpRow], dumps: Mapping[str, Dump], workers: Workers, progress: Progress
) -> list[int]:
    """Read these dumps; the numbers of their readings."""
    with catalog.writing():
        forget_outdated(catalog.comparisons)
        readings = {row.name: catalog.readings.begin(row) for row in rows}
        for row in rows:
            if row.reader is None:
                catalog.readings.end(readings[row.name])
    tasks = [Read(dump=dumps[row.name], reader=row.reader) for row in rows if row.reader]
    sketches = EarlySketches(catalog, workers)
    answers = _follow_bytes(sketches.beside(workers.run(tasks)), tasks, progress)
    counts: Counter[str] = Counter()
    while batch := list(islice(answers, ANSWERS_A_COMMIT)):
        with catalog.writing():
            for answer in batch:
                if not sketches.take(answer):
                    _record(catalog, readings[answer.name], answer, counts)
    return list(readings.values())


def _record(catalog: Catalog, reading: int, answer: Answer[EntryRow], counts: Counter[str]) -> None:
    """Write what came of a dump."""
    if answer.refused:
        catalog.readings.refuse(reading, str(answer.refused))
        return
    entries = [*answer.items, *([entry_row(answer.broken)] if answer.broken else [])]
    catalog.readings.add(reading, counts[answer.name], entries)
    counts[answer.name] += len(entries)
    if answer.ended:
        catalog.readings.end(reading)


def _follow_bytes(
    answers: Iterable[Answer[EntryRow]], tasks: Sequence[Read], progress: Progress
) -> Iterator[Answer[EntryRow]]:
    """The answers, while `progress` is told how many kB of the dumps have been read."""
    stage = "reading dumps, kB"
    sizes = {task.name: task.size for task in tasks}
    total = sum(sizes.values()) // _KB
    reached: dict[str, int] = defaultdict(int)
    done = 0
    for answer in answers:
        yield answer
        if answer.name not in sizes:
            continue
        here = sizes[answer.name] if answer.ended else max([reached[answer.name], *(row.end for row in answer.items)])
        done += here - reached[answer.name]
        reached[answer.name] = here
        progress(stage, done // _KB, total)
    progress(stage, total, total)
