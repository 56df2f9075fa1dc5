"""The folder of dumps as received: which of its files are dumps, and how a new one gets there."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from archivesearch.dumps import Dump, open_dump
from archivesearch.durable import sync
from archivesearch.errors import DumpError
from archivesearch.packed import Chain, Member, fault_of, members, packing

NOTES = ("README.md", "README.txt", "README")
"""Notes that people leave beside their dumps; they and names that begin with a dot are no dumps."""

_HEAD = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Something that cannot be a dump, and why, as a sentence that names it and says what to do."""

    name: str
    reason: str


def find_dumps(folder: Path) -> Iterator[Path | Unusable]:
    """The files below a folder, sorted by name, but for notes and hidden ones.

    Links are followed to files of the same folder only; other links, devices and the like are `Unusable`.
    Raises DumpError for a folder that cannot be read: what lies in it would seem to be gone.
    """
    for path in sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix()):
        if not _is_no_dump(path):
            fault = _fault(path, folder)
            yield Unusable(name=_shown(path.relative_to(folder)), reason=fault) if fault else path


def open_dumps(path: Path, name: str) -> Iterator[Dump | Unusable]:
    """The dump in a file of raw/; for a packed file, its members one by one, and what of it cannot be read.

    Hidden members and notes are left out as in a folder.
    """
    yield from _opened(path, name, ())


def _opened(path: Path, name: str, chain: Chain) -> Iterator[Dump | Unusable]:
    try:
        dump = open_dump(path, name, chain)
        if packing(dump.head(_HEAD)) is None:
            yield dump
            if chain and (fault := fault_of(path, chain)):
                packed = name.removesuffix(f"/{chain[-1].name}")
                yield Unusable(name=packed, reason=f"{name} {fault}. Put a whole copy of {packed} in its place.")
            return
    except DumpError as error:
        yield Unusable(name=name, reason=str(error))
        return
    for found in members(path, chain, name):
        inside = f"{name}/{found.name}" if found.name else name
        if not isinstance(found, Member):
            yield Unusable(name=inside, reason=f"{inside} {found.reason}")
        elif not any(part.startswith(".") for part in PurePath(found.name).parts) and not _is_no_dump(Path(found.name)):
            yield from _opened(path, inside, (*chain, found))


def holder_of(raw: Path, name: str) -> Path:
    """The file with the dump of this name: its own, or the packed one that it lies in; its own if there is none."""
    own = raw / name
    return next((path for path in (own, *own.parents) if path.is_file() and path.is_relative_to(raw)), own)


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below the folder, and every link to a folder instead of what it leads to."""
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in (*names, *links))


def _refuse(error: OSError) -> None:
    raise DumpError(f"The folder {error.filename} cannot be read ({error.strerror}). Give the right to, and try again.")


def _is_no_dump(path: Path) -> bool:
    return path.name.startswith(".") or path.name in NOTES


def _fault(path: Path, folder: Path) -> str | None:
    """Why this file of the folder cannot be a dump; None if it can."""
    inside = path.relative_to(folder)
    name = _shown(inside)
    if name != inside.as_posix():
        return f"{name} has a name that is not UTF-8. Rename it."
    if path.is_symlink() and not _real(path).is_relative_to(_real(folder)):
        return f"{name} is a link that leads out of its folder. Put the file itself there instead."
    if path.is_symlink() and path.is_dir():
        return f"{name} is a link to a folder, and those are not followed. Put the folder itself there, or remove it."
    if not path.is_file():
        return f"{name} is no ordinary file. Remove it, or put a file in its place."
    return None


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises for a link to itself before Python 3.13


def _shown(path: PurePath) -> str:
    """The name with bytes that are not UTF-8 escaped: neither the catalog nor a terminal can hold them."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def check_given(paths: Sequence[Path], raw: Path) -> None:
    """Raise DumpError if one of these paths is not there, or is a folder around raw/ itself."""
    missing = [_shown(path) for path in paths if not path.exists()]
    if missing:
        raise DumpError(f"{', '.join(missing)}: there is no such file or folder. Check the name and import again.")
    for path in paths:
        if _real(path) != _real(raw) and _real(raw).is_relative_to(_real(path)):
            raise DumpError(f"{_shown(path)} holds the archive itself. Name the dumps to import, or their own folder.")


def take_in(paths: Sequence[Path], raw: Path) -> tuple[Unusable, ...]:
    """Copy these dumps, or all below these folders, into raw/, and tell which of them cannot be copied.

    What is in raw/ already stays as it is. A dump with the name and content of one that is there is not copied again;
    one with the name alone gets the beginning of its SHA-256 into its name. Raises OSError where raw/ cannot be
    written.
    """
    refused: list[Unusable] = []
    for found in missing_dumps(paths, raw):
        if isinstance(found, Unusable):
            refused.append(found)
        else:
            _copy(*found)
    return tuple(refused)


def missing_dumps(paths: Sequence[Path], raw: Path) -> Iterator[tuple[Path, Path] | Unusable]:
    """Each of these dumps that `take_in` would copy, with the place in raw/ that it would get."""
    for path in paths:
        if _real(path).is_relative_to(_real(raw)):
            continue
        for found, name in _given(path):
            if isinstance(found, Unusable):
                yield found
                continue
            try:
                target = _free_place(open_dump(found, name), raw)
            except DumpError as error:
                yield Unusable(name=name, reason=str(error))
                continue
            if target is not None:
                yield found, target


def _given(path: Path) -> Iterator[tuple[Path | Unusable, str]]:
    """The dumps that a person means by this path, each with the name that it gets in raw/."""
    if path.is_dir():
        for found in find_dumps(path):
            yield found, found.name if isinstance(found, Unusable) else found.relative_to(path).as_posix()
        return
    name = _shown(PurePath(path.name))
    if name != path.name or _is_no_dump(path):
        yield Unusable(name=name, reason=f"{name} has a name that no dump can have. Rename it."), name
    elif not path.is_file():
        yield Unusable(name=name, reason=f"{name} is no ordinary file. Save it as one."), name
    else:
        yield path, name


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # hidden: a copy that did not end is no dump
    aside = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.part")
    try:
        shutil.copyfile(source, aside)
        sync(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    sync(target.parent)


def _free_place(dump: Dump, raw: Path) -> Path | None:
    """Where the dump can go without touching another; None if it is in raw/ already."""
    wanted = raw / dump.name
    marked = [f"{wanted.stem}-{dump.sha256[:digits]}{wanted.suffix}" for digits in (8, 64)]
    for target in (wanted, *(wanted.with_name(name) for name in marked)):
        if not os.path.lexists(target):
            return target
        if target.is_file() and open_dump(target, dump.name).sha256 == dump.sha256:
            return None
    raise DumpError(f"{dump.name} cannot be copied: raw/ has other files of its names. Rename it and import again.")
