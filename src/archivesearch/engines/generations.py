"""Generations of an index: folders that are built aside, sealed by a manifest, and published by one atomic rename.

    <folder>/current.json     names the published generation and the one before it, each with its manifest's hash
    <folder>/000007/          a generation; once published its files never change
    <folder>/000007/manifest.json

Whatever `current.json` does not name is left over from a build that did not end, and goes at the next build.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archivesearch.durable import sync
from archivesearch.errors import EngineUnavailable, IndexOutdated
from archivesearch.search import Stamp, stamp_of

CURRENT = "current.json"
MANIFEST = "manifest.json"
HASHED_AT_OPENING = 32 * 2**20
"""How many bytes opening reads again, the smallest files first: 32 MiB take a tenth of a second at worst. Of what is
beyond, opening compares the sizes, and only `check(deep=True)` finds a changed byte."""

_REINDEX = "run `archivesearch reindex`"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file of a generation as it was when it was sealed; `size` in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A sealed generation. `seal` is the hash of its manifest and tells it from every other one."""

    folder: Path
    seal: str
    stamp: Stamp
    posts: int
    files: Mapping[str, SealedFile] = field(repr=False)

    def require_this_version(self) -> None:
        """Raise IndexOutdated where another version of the program has made the generation."""
        if self.stamp != stamp_of(self.stamp.catalog):
            raise IndexOutdated(f"The index was made by another version of archivesearch: {_REINDEX}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What fills a new generation: how many posts, and the files that were linked unchanged from another one."""

    posts: int
    linked: Mapping[str, SealedFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    manifest: str


def read_current(folder: Path) -> bytes:
    """What current.json holds, for telling cheaply whether another generation was published; b"" without an index."""
    try:
        return (folder / CURRENT).read_bytes()
    except FileNotFoundError:
        return b""


def open_generation(folder: Path) -> Generation:
    """The published generation if it is sound, else the one before it. Raises EngineUnavailable if neither is."""
    problems = []
    for named in _named(folder):
        try:
            generation = _read_manifest(folder, named)
        except EngineUnavailable as error:
            problems.append(str(error))
            continue
        found = _damages(generation, HASHED_AT_OPENING)
        if not found:
            return generation
        problems += found
    if not problems:
        raise EngineUnavailable(f"There is no index in {folder} yet: {_REINDEX}.")
    raise EngineUnavailable(f"The index is damaged ({problems[0]}): {_REINDEX}.")


def published_generation(folder: Path) -> Generation:
    """The published generation itself, for building on it. Raises EngineUnavailable if it is missing or damaged."""
    generation = open_generation(folder)
    if generation.seal != _named(folder)[0].manifest:
        raise EngineUnavailable(f"The newest generation of the index in {folder} is damaged: {_REINDEX}.")
    return generation


def check(folder: Path, deep: bool = False) -> tuple[str, ...]:
    """What is wrong with the published generation, a sentence each; `deep` reads every byte."""
    try:
        named = _named(folder)
        if not named:
            return (f"There is no index in {folder}: {_REINDEX}.",)
        generation = _read_manifest(folder, named[0])
    except EngineUnavailable as error:
        return (str(error),)
    damages = _damages(generation, None if deep else 0)
    return tuple(f"The index is damaged ({damage}): {_REINDEX}." for damage in damages)


def publish(folder: Path, stamp: Stamp, fill: Callable[[Path], Content]) -> Generation:
    """Build a generation aside and publish it.

    `fill` writes the files into the empty folder it is given; whatever it raises leaves the published generation in
    place. The generation before stays for its readers, and in case the new one is damaged.
    Raises EngineUnavailable while another process builds, and where the files cannot be written.
    """
    with _locked(folder):
        named = _named_or_none(folder)
        _remove_all_but(folder, named)
        aside = folder / _next_name(folder)
        try:
            aside.mkdir()
            generation = _seal(aside, stamp, fill(aside))
            _swap(folder, [_Named(aside.name, generation.seal), *named[:1]])
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        _remove_all_but(folder, _named(folder))
        return generation


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one process at a time builds; the system gives a dead one's lock back."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineUnavailable(
                    f"The index in {folder} is being built by another process: wait until it has ended."
                ) from error
            yield
    except OSError as error:
        raise EngineUnavailable(
            f"The index in {folder} cannot be written ({error.strerror or error}): the old one stays. "
            f"Make room or give the right to write, then {_REINDEX}."
        ) from error


def _named(folder: Path) -> list[_Named]:
    """The published generation and the one before it; none without an index."""
    written = read_current(folder)
    if not written:
        return []
    try:
        return [_Named(entry["name"], entry["manifest"]) for entry in json.loads(written)["generations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(f"{folder / CURRENT} is damaged: {_REINDEX}.") from error


def _named_or_none(folder: Path) -> list[_Named]:
    """As `_named`; none where current.json is damaged, for a build that mends it."""
    try:
        return _named(folder)
    except EngineUnavailable:
        return []


def _next_name(folder: Path) -> str:
    numbers = [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()]
    return f"{max(numbers, default=0) + 1:06d}"


def _remove_all_but(folder: Path, named: list[_Named]) -> None:
    kept = {entry.name for entry in named}
    for entry in folder.iterdir():
        if entry.name.isdecimal() and entry.name not in kept:
            shutil.rmtree(entry)


def _read_manifest(folder: Path, named: _Named) -> Generation:
    path = folder / named.name / MANIFEST
    try:
        written = path.read_bytes()
        if hashlib.sha256(written).hexdigest() != named.manifest:
            raise EngineUnavailable(f"{path} is not the manifest that was published: {_REINDEX}.")
        manifest: dict[str, Any] = json.loads(written)
        return Generation(
            folder=path.parent,
            seal=named.manifest,
            stamp=Stamp(**manifest["stamp"]),
            posts=manifest["posts"],
            files={name: SealedFile(**file) for name, file in manifest["files"].items()},
        )
    except OSError as error:
        raise EngineUnavailable(f"{path} cannot be read ({error.strerror}): {_REINDEX}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(f"{path} is of another version of archivesearch: {_REINDEX}.") from error


def _damages(generation: Generation, hashed: int | None) -> list[str]:
    """What differs from the manifest, as the end of a sentence each; `hashed` bytes are read again (None: all)."""
    damages = []
    for name, sealed in sorted(generation.files.items(), key=lambda file: file[1].size):
        path = generation.folder / name
        deep = hashed is None or sealed.size <= hashed
        hashed = hashed and max(0, hashed - sealed.size)
        try:
            if path.stat().st_size != sealed.size:
                damages.append(f"{path} has another size than when it was written")
            elif deep and _hash(path) != sealed.sha256:
                damages.append(f"{path} has other bytes than when it was written")
        except OSError as error:
            damages.append(f"{path} cannot be read, {error.strerror}")
    return damages


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(aside: Path, stamp: Stamp, content: Content) -> Generation:
    """Sync every file of the folder, then its manifest, then the folder: from here on it is complete on the disk."""
    files = {}
    for path in sorted(aside.iterdir()):
        sync(path)
        linked = content.linked.get(path.name)
        files[path.name] = linked or SealedFile(size=path.stat().st_size, sha256=_hash(path))
    manifest = {
        "stamp": asdict(stamp),
        "posts": content.posts,
        "files": {name: asdict(file) for name, file in files.items()},
    }
    written = json.dumps(manifest, indent=1).encode()
    _write_synced(aside / MANIFEST, written)
    sync(aside)
    seal = hashlib.sha256(written).hexdigest()
    return Generation(folder=aside, seal=seal, stamp=stamp, posts=content.posts, files=files)


def _swap(folder: Path, named: list[_Named]) -> None:
    written = json.dumps({"generations": [{"name": n.name, "manifest": n.manifest} for n in named]})
    aside = folder / f"{CURRENT}.new"
    _write_synced(aside, written.encode())
    sync(folder)
    aside.replace(folder / CURRENT)
    sync(folder)


def _write_synced(path: Path, written: bytes) -> None:
    with path.open("wb") as file:
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
