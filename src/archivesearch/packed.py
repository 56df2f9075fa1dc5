"""Packed files: what lies in gz and zip files, read as a stream and never unpacked to disk."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

from archivesearch.errors import DumpError
from archivesearch.text import clean, one_line

MOST_MEMBERS = 100_000
MOST_RATIO = 200
"""How many bytes may come out of one, after the first MiB: pages and feeds stay below 30, bombs begin at 1,000."""
RATIO_FROM = 1 << 20
DEEPEST = 2
"""Files packed inside each other: a zip of gz files is one that people make, a zip of zips of zips is none."""
MOST_HELD = 64 << 20
"""Bytes of a zip inside a packed file. To find its members it is held in memory, so it has to be small."""

_DIRECTORY = 64 << 20  # bytes of a zip's list of members: 100,000 names of 600 characters
_CHUNK = 1 << 16
_GZIP, _ZIPS = b"\x1f\x8b\x08", (b"PK\x03\x04", b"PK\x05\x06")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")  # APPNOTE.TXT 4.3.7: a member's own header

Method = Literal["stored", "deflated", "gzip"]
_METHODS: dict[int, Method] = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside a packed one: its name there, and the bytes that it is packed into."""

    name: str
    method: Method
    start: int
    size: int
    crc: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What of a packed file is not read, and why, as the end of a sentence about `name` (empty: about the file)."""

    name: str
    reason: str


Chain = tuple[Member, ...]
"""A member, the member inside that, and so on."""


def packing(head: bytes) -> Literal["gz", "zip"] | None:
    """How a file that begins like this is packed; None for one that is not, as web archives of packed records are."""
    if head.startswith(_ZIPS):
        return "zip"
    if not head.startswith(_GZIP):
        return None
    try:
        begin = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 16)
    except zlib.error:
        return "gz"
    return None if begin.startswith(b"WARC/") else "gz"


def open_member(path: Path, chain: Chain) -> BinaryIO:
    """The member's bytes, from the beginning: to be read, and sought in at the price of reading again.

    Where the packed bytes are damaged the stream ends. Raises DumpError while reading where too much comes out of them.
    """
    return io.BufferedReader(_Unpacking(path, chain))


def fault_of(path: Path, chain: Chain) -> str | None:
    """Why the stream of `open_member` ends before the member does, as the end of a sentence; None if it does not."""
    with io.BufferedReader(stream := _Unpacking(path, chain)) as file:
        while file.read(_CHUNK):
            pass
        return stream.fault


def members(path: Path, chain: Chain, name: str) -> Iterator[Member | Fault]:
    """The files inside a packed file, or inside the packed member that a chain leads to, in their order.

    `name` is the packed file's own. Folders are left out; what must not or cannot be read is a Fault.
    """
    with _source(path, chain) as file:
        kind = packing(file.read(_CHUNK))
    if len(chain) == DEEPEST:
        yield Fault("", f"is packed more than {DEEPEST} times. Unpack it once.")
    elif kind == "gz":
        plain = Path(name).name.removesuffix(".gz")
        yield Member(name=plain if plain != Path(name).name else "content", method="gzip", start=0, size=1 << 62)
    else:
        with _seekable(path, chain) as file:
            if file.seek(0, io.SEEK_END) > MOST_HELD and chain:
                yield Fault(
                    "", f"is a packed file of more than {MOST_HELD:,} bytes inside another one. Unpack it once."
                )
            else:
                yield from _zipped(file)


def _source(path: Path, chain: Chain) -> BinaryIO:
    return open_member(path, chain) if chain else path.open("rb")


def _seekable(path: Path, chain: Chain) -> BinaryIO:
    if not chain:
        return path.open("rb")
    status = path.stat()
    return io.BytesIO(_held(path, chain, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1)
def _held(path: Path, chain: Chain, size: int, changed: int) -> bytes:  # noqa: ARG001  they tell it is the same file
    """A zip inside a packed file. Its members are read one by one: unpacking it for each would take squared time."""
    with open_member(path, chain) as file:
        return file.read(MOST_HELD + 1)


class _Unpacking(io.RawIOBase):
    """The bytes of a member as they come out, with an eye on how many."""

    def __init__(self, path: Path, chain: Chain) -> None:
        *around, self._member = chain
        self._name = chain[-1].name
        self._file = _seekable(path, tuple(around)) if self._member.method != "gzip" else _source(path, tuple(around))
        self._begin()

    def _begin(self) -> None:
        self._file.seek(self._member.start)
        self._left = self._member.size
        self._unpack = self._unpacker()
        self._in = self._out = self._crc = 0
        self.fault: str | None = None

    def _unpacker(self) -> "zlib._Decompress | None":
        bits = {"gzip": zlib.MAX_WBITS | 16, "deflated": -zlib.MAX_WBITS}.get(self._member.method)
        return zlib.decompressobj(bits) if bits else None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def tell(self) -> int:
        return self._out

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        target = offset + (self._out if whence == io.SEEK_CUR else 0)
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("the end of a packed file is not known before it is read")
        if target < self._out:
            self._begin()
        while self._out < target and self.read(min(_CHUNK, target - self._out)):
            pass
        return self._out

    def readinto(self, buffer: Any) -> int:
        data = self._take(len(buffer))
        buffer[: len(data)] = data
        self._out += len(data)
        self._crc = zlib.crc32(data, self._crc)
        if self._out > max(RATIO_FROM, MOST_RATIO * self._in):
            raise DumpError(
                f"{self._name} holds more than {MOST_RATIO} times what it takes packed, as only files that are made to "
                "fill a disk do. Remove it, or unpack it if you know better."
            )
        if not data and self.fault is None and self._member.crc not in (None, self._crc):
            self.fault = "is damaged: its checksum is not that of its bytes"
        return len(data)

    def _take(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        unpack = self._unpack
        if unpack is None:
            return self._packed(most)
        while self.fault is None:
            if unpack.eof:
                more = unpack.unused_data or self._packed(_CHUNK)
                if self._member.method != "gzip" or not more.startswith(_GZIP[:2]):
                    return b""
                unpack = self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                more = unpack.unconsumed_tail or self._packed(_CHUNK)
            try:
                data = unpack.decompress(more, most)
            except zlib.error:
                self.fault = f"is damaged after {self._out:,} bytes; what stands before them was read"
                return b""
            if data:
                return data
            if not more and not unpack.eof:
                self.fault = f"is cut off after {self._out:,} bytes; what stands before them was read"
        return b""

    def _packed(self, most: int) -> bytes:
        data = self._file.read(min(most, self._left))
        self._left -= len(data)
        self._in += len(data)
        if not data and self._left and self._unpack is None:
            self.fault = f"is cut off after {self._out:,} bytes; what stands before them was read"
        return data


def _zipped(file: BinaryIO) -> Iterator[Member | Fault]:
    try:
        with zipfile.ZipFile(_Guarded(file)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, OverflowError):
        yield from _checked(file, _walk(file))
        yield Fault("", "is damaged: its list of members cannot be read. What was found without it was read.")
        return
    if len(infos) > MOST_MEMBERS:
        yield Fault("", f"has {len(infos):,} members, more than {MOST_MEMBERS:,}. Unpack it.")
        return
    yield from _checked(file, sorted(infos, key=lambda info: info.header_offset))


class _Guarded:
    """A file whose list of members must not fill the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > _DIRECTORY:
            raise zipfile.BadZipFile("the list of members is larger than 100,000 names are")
        return self._read(size)


def _checked(file: BinaryIO, infos: "Iterator[zipfile.ZipInfo] | list[zipfile.ZipInfo]") -> Iterator[Member | Fault]:
    """The members that may be read, in the order of their bytes."""
    names: set[str] = set()
    reach = 0
    for count, info in enumerate(infos, start=1):
        if count > MOST_MEMBERS:
            yield Fault("", f"has more than {MOST_MEMBERS:,} members. Unpack it.")
            return
        name = one_line(clean(info.filename.replace("\\", "/")))
        start = _data_start(file, info.header_offset)
        reason = _refusal(info, name, start)
        if info.header_offset < reach:
            reason = "stands on the bytes of another member, as only in files that are made to fill a disk"
        elif name in names:
            reason = "has the name of another member"
        reach = max(reach, (start or 0) + info.compress_size)
        names.add(name)
        if reason:
            yield Fault(name, f"{reason}. Pack the dumps anew, or remove this one.")
        elif start is not None and not name.endswith("/"):
            method = _METHODS[info.compress_type]
            yield Member(name=name, method=method, start=start, size=info.compress_size, crc=info.CRC)


def _refusal(info: zipfile.ZipInfo, name: str, start: int | None) -> str | None:
    """Why a member must not be read."""
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or not name:
        return "has a name that leads out of its archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 1:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return f"is packed by a method (number {info.compress_type}) that is not read"
    return "is damaged: its bytes are not where the list of members says" if start is None else None


def _data_start(file: BinaryIO, offset: int) -> int | None:
    """Where the bytes of the member with this header begin; None if there is no header."""
    if offset < 0:
        return None
    file.seek(offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_ZIPS[0]):
        return None
    *_, name, extra = _LOCAL.unpack(header)
    return int(offset + _LOCAL.size + name + extra)


def _walk(file: BinaryIO) -> Iterator[zipfile.ZipInfo]:
    """The members of a zip whose list is gone, by the headers that stand before each of them."""
    offset = 0
    while (start := _data_start(file, offset)) is not None:
        file.seek(offset)
        _, _, flags, method, _, _, crc, size, _, name_size, _ = _LOCAL.unpack(file.read(_LOCAL.size))
        name = file.read(name_size).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if not name:
            return
        info = zipfile.ZipInfo(name)
        info.header_offset, info.flag_bits, info.compress_type, info.CRC = offset, flags, method, crc
        after = start + size
        if flags & 8:  # sizes and checksum stand behind the bytes: the end shows when they are unpacked
            found = _end_of_deflated(file, start) if method == zipfile.ZIP_DEFLATED else None
            if found is None:
                return
            size, info.CRC, after = found
        info.compress_size = size
        yield info
        offset = after


def _end_of_deflated(file: BinaryIO, start: int) -> tuple[int, int, int] | None:
    """Size and checksum of deflated bytes, and where the next header stands; None if they do not end."""
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    file.seek(start)
    taken = crc = 0
    while not unpack.eof:
        packed = unpack.unconsumed_tail or file.read(_CHUNK)
        try:
            crc = zlib.crc32(unpack.decompress(packed, _CHUNK), crc)
        except zlib.error:
            return None
        if not packed:
            return taken, crc, -1
        taken = file.tell() - start - len(unpack.unused_data)
    file.seek(start + taken)
    behind = file.read(24)
    gap = behind.find(_ZIPS[0])
    return taken, crc, start + taken + gap if gap >= 0 else -1
