"""The reader of web archives (WARC): the pages in their records go through the reader of saved pages."""

import contextlib
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

from archivesearch.dumps import Cut, Dump, Rejected
from archivesearch.posts import Post
from archivesearch.readers.blogger_head import is_blogger
from archivesearch.readers.blogger_html import Orders, SavedPage, read_page
from archivesearch.readers.elements import LARGEST
from archivesearch.text import clean, one_line

_CHUNK = 1 << 16
_LARGEST = LARGEST + _CHUNK
"""Bytes of a record that are looked at: a page of the largest size and its headers. Longer ones are no pages."""

_GZIP = b"\x1f\x8b\x08"
_HEADER = re.compile(rb"WARC/\d\.\d\d?\r?\n.*?\r?\n\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_START = re.compile(rb"(?:^|(?<=\n))WARC/\d|\x1f\x8b\x08")
_INSIDE = re.compile(rb"\nWARC/\d")
_BEHIND = 16  # the blank lines behind a record, and how the next one begins
_ENCODINGS = (None, "", "identity", "gzip", "deflate")


@dataclass(frozen=True, slots=True)
class _Block:
    """A record's place in the file and its bytes, unpacked; `fault` says what is wrong with them."""

    start: int
    end: int
    raw: bytes
    fault: str = ""


class Warc:
    """Reads web archives, packed record by record or plain (see `Reader`)."""

    name = "warc"
    version = 2

    def recognises(self, dump: Dump) -> bool:
        """A file that begins with a record of a web archive, packed or not."""
        return _begins(dump.head(_CHUNK))

    def evidence(self, dump: Dump) -> str:  # noqa: ARG002  the port asks for it
        """Nothing: the dates of pages that were captured are read page by page."""
        return ""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> Orders:  # noqa: ARG002  as above
        """Nothing."""
        return {}

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:
        """The posts of the archive's Blogger pages in its order.

        Rejected are other pages, and records that are broken. Requests, pictures, redirects are no entries.
        """
        if not isinstance(learnt, Mapping):
            raise TypeError(f"warc reads with what its own learn() answers, not with {learnt!r}")
        with dump.open() as file:
            for block in _blocks(file, dump.size):
                yield from _entries(dump, block, learnt)


def _begins(head: bytes) -> bool:
    return _unpacked(head, 16).startswith(b"WARC/")


def _unpacked(head: bytes, most: int) -> bytes:
    """The beginning of what is packed here; the bytes themselves where nothing is."""
    if not head.startswith(_GZIP):
        return head[:most]
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, most)
    except zlib.error:
        return b""


def _entries(dump: Dump, block: _Block, orders: Orders) -> Iterator[Post | Rejected]:
    place = f"record at byte {block.start}"
    if block.fault:
        yield Rejected(dump=dump.name, entry=place, reason=block.fault)
        return
    try:
        page = _page(dump, block)
    except (
        ArchiveLoadFailed,
        StatusAndHeadersParserException,
        EOFError,
        ValueError,
        AttributeError,  # a response without an address
    ) as error:
        reason = f"the record is broken ({one_line(clean(str(error)))[:100] or 'it ends early'})"
        yield Rejected(dump=dump.name, entry=place, reason=reason)
        return
    if isinstance(page, str):
        yield Rejected(dump=dump.name, entry=place, reason=page)
    elif page and not is_blogger(page.raw):
        yield Rejected(dump=dump.name, entry=page.url or place, reason="the page is not one of Blogger's")
    elif page:
        yield from read_page(page, orders)


def _page(dump: Dump, block: _Block) -> SavedPage | str | None:
    """The page in this record, or why it cannot be read; None where the record holds none."""
    with contextlib.redirect_stderr(io.StringIO()):  # the library prints what it thinks of a record
        record = next(iter(ArchiveIterator(io.BytesIO(block.raw))), None)
        if record is None or record.rec_type != "response":
            return None
        if record.http_headers is not None and not record.http_headers.protocol.startswith("HTTP/"):
            return "the record is broken (it does not begin as the answer of a server)"
        if not _is_page(record):
            return None
        encoding = record.http_headers.get_header("content-encoding")
        if (encoding or "").lower() not in _ENCODINGS:
            return f"the page is packed in a way that is not read ({one_line(clean(encoding))[:40]})"
        raw = record.content_stream().read(LARGEST + 1)
    url = clean(record.rec_headers.get_header("WARC-Target-URI"))
    declared = _CHARSET.search(record.http_headers.get_header("content-type"))
    return SavedPage(
        dump=dump,
        reader=Warc.name,
        raw=raw,
        place=(block.start, block.end),
        url=url,
        declared=declared[1] if declared else None,
        captured=one_line(clean(record.rec_headers.get_header("WARC-Date") or "")),
    )


def _is_page(record: ArcWarcRecord) -> bool:
    headers = record.http_headers
    if headers is None or headers.get_statuscode() != "200":
        return False
    kind = (headers.get_header("content-type") or "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml")


def _blocks(file: BinaryIO, size: int) -> Iterator[_Block]:
    """The records of a web archive one by one. After a broken one it goes on where the next begins."""
    offset: int | None = 0
    while offset is not None and offset < size:
        file.seek(offset)
        head = file.read(_CHUNK)
        packed = head.startswith(_GZIP)
        block = _packed_block(file, offset) if packed else _plain_block(file, offset, head, size)
        if block.raw or block.fault:
            yield block
        offset = block.end if not block.fault or block.raw else _next_record(file, offset + 1)


def _plain_block(file: BinaryIO, offset: int, head: bytes, size: int) -> _Block:
    blank = len(head) - len(head.lstrip(b"\r\n"))
    if blank:
        return _Block(offset, offset + blank, b"")
    header = _HEADER.match(head)
    length = _LENGTH.search(header[0]) if header else None
    if header is None or length is None:
        return _Block(offset, offset, b"", "no record of a web archive begins here")
    end = offset + header.end() + int(length[1])
    file.seek(offset)
    raw = file.read(min(end - offset, _LARGEST))
    behind = file.read(_BEHIND) if len(raw) == end - offset else b""
    swallows = behind.strip(b"\r\n") and not behind.lstrip(b"\r\n").startswith(b"WARC/") and _INSIDE.search(raw)
    if end > size or swallows:
        return _Block(offset, offset, b"", "the record is cut off, or says a wrong length")
    return _Block(offset, end, raw)


def _packed_block(file: BinaryIO, offset: int) -> _Block:
    """The record that is packed here, of which no more is kept than a page may have."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    kept = bytearray()
    unpacked = 0
    file.seek(offset)
    taken = offset
    while not unpack.eof:
        packed = unpack.unconsumed_tail or file.read(_CHUNK)
        try:
            out = unpack.decompress(packed, 1 << 20)
        except zlib.error:
            return _Block(offset, offset, b"", "the packed record is damaged")
        if not packed:
            return _Block(offset, offset, b"", "the packed record is cut off")
        unpacked += len(out)
        kept += out[: _LARGEST - len(kept)]
    taken = file.tell() - len(unpack.unused_data)
    header = _HEADER.match(kept)
    length = _LENGTH.search(header[0]) if header else None
    if header is None or length is None:
        return _Block(offset, taken, bytes(kept[:1]), "no record of a web archive is packed here")
    if unpacked < header.end() + int(length[1]):
        return _Block(offset, taken, bytes(kept[:1]), "the record is cut off, or says a wrong length")
    if unpacked > header.end() + int(length[1]) + 16:
        reason = "more than one record is packed together: unpack the file with gunzip, and import that"
        return _Block(offset, taken, bytes(kept[:1]), reason)
    return _Block(offset, taken, bytes(kept))


def _next_record(file: BinaryIO, offset: int) -> int | None:
    """Where after this place a record begins that looks like one; None if nowhere."""
    while True:
        file.seek(offset)
        chunk = file.read(_CHUNK)
        for match in _START.finditer(chunk):
            if match[0] != _GZIP or _begins(chunk[match.start() :]):
                return offset + match.start()
        if len(chunk) < _CHUNK:
            return None
        offset += _CHUNK - 512  # what begins at the end of a chunk begins the next one's head
