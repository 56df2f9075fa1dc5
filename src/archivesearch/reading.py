"""From the files in raw/ to the entries of the catalog, reading only what changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from archivesearch.catalog import Catalog, DumpRow
from archivesearch.dumps import Dump, Reader, reader_for
from archivesearch.errors import DumpError
from archivesearch.progress import Progress, follow
from archivesearch.raw import Unusable, find_dumps, open_dumps


def read_dumps(catalog: Catalog, raw: Path, readers: Sequence[Reader], progress: Progress) -> None:
    """Bring the entries of the catalog to what the dumps in `raw` say now; called inside `catalog.writing`.

    A dump that cannot be read is recorded with the reason and has no entries. Raises DumpError where `raw` itself
    cannot be read, or is not there although dumps were imported from it.
    """
    before = catalog.dumps()
    rows, dumps = _survey(raw, readers, before, progress)
    _update_dumps(catalog, dumps, readers, _with_bases(rows), before, progress)


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


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
