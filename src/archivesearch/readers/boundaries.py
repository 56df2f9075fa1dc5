"""Where the entries of a feed begin and end: found in its bytes, without parsing it, in memory that does not grow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archivesearch.dumps import Dump
from archivesearch.text import decode

_CHUNK = 1 << 20
_HEAD = 1 << 18
LARGEST = 10_000_000
"""Bytes of an entry. libxml2 holds no text of more, unless it is told to trust the file."""
_LONGEST_MARK = 64

_PROLOGUE = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ROOT = re.compile(r"\s*<([\w.:-]+)[^<>]*>")
_DECLARED = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_SINGLE_BYTES = re.compile(
    r"us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-\d+|cp\d+|koi8-[ru]|gb\d+|gbk|big5|shift_jis|euc-\w+|macintosh",
    re.IGNORECASE,
)
"""Encodings in which the bytes of < > - [ ] ? stand for nothing else, so that marks can be found in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """How an export begins: the name of its root, its first characters, and the encoding (see `decode_entry`)."""

    root: str
    text: str
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """The bytes of an entry and where they stand; `fault` says what is wrong with them before they are parsed."""

    start: int
    end: int
    line: int
    raw: bytes
    fault: str = ""


def read_head(dump: Dump) -> FeedHead | None:
    """How the dump begins, if it is XML."""
    raw = dump.head(_HEAD)
    marked = decode(raw[:4]).encoding
    if marked.startswith(("utf-16", "utf-32")):
        encoding = marked
        text = raw.decode(marked, "replace").removeprefix("\ufeff")
    else:
        text = decode(raw).text
        declared = _DECLARED.match(text)
        encoding = declared[1].lower() if declared and _SINGLE_BYTES.fullmatch(declared[1]) else "utf-8"
    position = 0
    while match := _PROLOGUE.match(text, position):
        position = match.end()
    root = _ROOT.match(text, position)
    return FeedHead(root=root[1], text=text[position:], encoding=encoding) if root else None


def read_entries(file: BinaryIO, head: FeedHead, tag: str) -> Iterator[FeedEntry]:
    """The elements of this tag in a file that stands at its beginning, in their order.

    Nothing inside CDATA and comments is taken for an entry. One that begins before the last one ended, one without
    an end and one of more than `LARGEST` bytes have a fault, and so has the end of a file whose root is not closed.
    Memory does not grow with the size of the file.
    """
    return _Scan(file, head, tag).entries()


class _Scan:
    """A pass over the bytes of a feed that finds the marks where entries begin and end.

    Positions are those of the file; `_data` holds its bytes from `_base` on, `_at` is where the search stands.
    """

    def __init__(self, file: BinaryIO, head: FeedHead, tag: str) -> None:
        self._file = file
        self._encoding = head.encoding
        self._width = 4 if head.encoding.startswith("utf-32") else 2 if head.encoding.startswith("utf-16") else 1
        self._marks = self._find_marks(tag, head.root)
        self._sections = {"comment": self._code("-->"), "section": self._code("]]>"), "instruction": self._code("?>")}
        self._data, self._base, self._at, self._ended = b"", 0, 0, False
        self._nowhere_before = dict.fromkeys(self._sections, 0)  # spares many sections without an end many searches
        self._opened: int | None = None
        self._lines, self._counted = 1, 0

    def entries(self) -> Iterator[FeedEntry]:
        closed, last = False, 0
        while mark := self._next_mark():
            kind, start, end = mark.lastgroup, self._base + mark.start(), self._base + mark.end()
            if self._opened is not None and kind in ("open", "empty", "root"):
                yield self._take(self._opened, start, "another one begins before its end")
            if kind == "close" and self._opened is None:
                yield self._take(last, end, "its beginning is missing", keep=False)
            elif kind in ("close", "empty"):
                yield self._take(start if self._opened is None else self._opened, end)
            self._opened = start if kind == "open" else None
            closed, last, self._at = kind == "root", end, mark.end()
        size = self._base + len(self._data)
        if self._opened is not None:
            yield self._take(self._opened, size, "the dump breaks off inside this entry")
        elif not closed:
            yield self._take(size, size, "the dump breaks off here: what came behind it is lost")

    def _take(self, start: int, end: int, fault: str = "", *, keep: bool = True) -> FeedEntry:
        line = self._line_at(start)
        if start < self._base or end - start > LARGEST:
            keep, fault = False, fault or f"it is larger than {LARGEST // 1_000_000} MB"
        raw = self._data[start - self._base : end - self._base] if keep else b""
        return FeedEntry(start=start, end=end, line=line, raw=raw, fault=fault)

    def _next_mark(self) -> re.Match[bytes] | None:
        while True:
            mark = self._marks.search(self._data, self._at)
            if mark is None:
                if self._ended:
                    return None
                self._at = max(self._at, len(self._data) - _LONGEST_MARK * self._width)
                self._read_on()
            elif (self._base + mark.start()) % self._width:
                self._at = mark.start() + 1
            elif mark.lastgroup in self._sections:
                self._at = self._end_of(mark, mark.lastgroup)
            else:
                return mark

    def _end_of(self, mark: re.Match[bytes], kind: str) -> int:
        """Where this comment, section or instruction ends; where it has no end, its beginning is text."""
        ending = self._sections[kind]
        while True:
            found = max(mark.end(), self._nowhere_before[kind] - self._base)
            while (found := self._data.find(ending, found)) >= 0 and (self._base + found) % self._width:
                found += 1
            if found >= 0:
                return mark.end() if self._is_torn(mark.end(), found, kind) else found + len(ending)
            self._nowhere_before[kind] = self._base + max(mark.end(), len(self._data) - len(ending))
            if self._ended or len(self._data) - mark.start() > LARGEST:
                return mark.end()
            self._append()

    def _is_torn(self, start: int, end: int, kind: str) -> bool:
        """Whether a CDATA section lost its end and runs into the next entry: up to the end of a section there.

        An entry may quote two others with their sections, but then each end in the quotation is written "]]]]>".
        """
        if kind != "section" or self._data.endswith(self._code("]]"), start, end):
            return False
        between = self._boundary.search(self._data, start, end)
        return between is not None and self._data.find(self._code("<![CDATA["), between.end(), end) >= 0

    def _read_on(self) -> None:
        """Read more, and forget what is not needed any more: all before the search, but for an entry of its size."""
        keep = self._at
        if self._opened is not None and self._base + len(self._data) - self._opened <= LARGEST:
            keep = min(keep, max(0, self._opened - self._base))
        self._line_at(self._base + keep)
        self._data = self._data[keep:]
        self._base += keep
        self._at -= keep
        self._append()

    def _append(self) -> None:
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        self._data += chunk

    def _line_at(self, position: int) -> int:
        """The number of the line at a position that is not before the one asked for last."""
        start, end = self._counted - self._base, position - self._base
        if end > start >= 0:
            if self._width == 1:
                self._lines += self._data.count(b"\n", start, end)
            else:
                self._lines += self._data[start:end].decode(self._encoding, "replace").count("\n")
            self._counted = position
        return self._lines

    def _code(self, text: str) -> bytes:
        return text.encode(self._encoding)

    def _find_marks(self, tag: str, root: str) -> re.Pattern[bytes]:
        def code(text: str) -> bytes:
            return re.escape(self._code(text))

        blank = b"(?:" + b"|".join(code(c) for c in " \t\r\n") + b")"
        self._boundary = re.compile(code(f"</{tag}>") + blank + b"*" + code(f"<{tag}"))
        return re.compile(
            code("<")
            + b"(?:(?P<comment>" + code("!--") + b")|(?P<section>" + code("![CDATA[") + b")"
            + b"|(?P<instruction>" + code("?") + b")"
            + b"|(?P<empty>" + code(tag) + blank + b"{0,9}" + code("/>") + b")"
            + b"|(?P<open>" + code(tag) + b"(?=" + blank + b"|" + code(">") + b"))"
            + b"|(?P<close>" + code(f"/{tag}") + blank + b"{0,9}" + code(">") + b")"
            + b"|(?P<root>" + code(f"/{root}") + blank + b"{0,9}" + code(">") + b"))"
        )  # fmt: skip
