"""A dump, what a reader of dumps promises, and the choice of the reader that a dump belongs to."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol

from archivesearch.errors import DumpError
from archivesearch.packed import Chain, open_member
from archivesearch.posts import Post
from archivesearch.text import clean, decode, one_line, text_problem

_CHUNK = 1 << 20
_SAID = 240
"""Characters of a line that are said of it: more than any title has."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a dump: its text, cleaned, and the bytes it stands in (`end` leaves out the line break)."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """A file that a blog left behind. `name` is its path below raw/, with "/" on every system.

    Of one that lies in a packed file `path` is that file's, and `members` leads to it in there; its name goes on from
    the packed file's, as if that were a folder.
    """

    name: str
    path: Path
    sha256: str
    size: int
    members: Chain = ()

    def open(self) -> BinaryIO:
        """The dump's bytes, to be read from the beginning."""
        return open_member(self.path, self.members) if self.members else self.path.open("rb")

    def head(self, size: int) -> bytes:
        """The first bytes of the dump."""
        with self.open() as file:
            return file.read(size)

    def lines(self) -> tuple[Line, ...]:
        """The dump as lines of text; the encoding is told apart line by line where the file itself does not say it."""
        with self.open() as file:
            return tuple(lines_of(file.read()))


def open_dump(path: Path, name: str, members: Chain = ()) -> Dump:
    """The dump in this file, or in this member of it. Raises DumpError if it cannot be read."""
    digest = hashlib.sha256()
    size = 0
    try:
        with Dump(name=name, path=path, sha256="", size=0, members=members).open() as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise DumpError(f"{name} cannot be read ({error.strerror}); look at its permissions.") from error
    return Dump(name=name, path=path, sha256=digest.hexdigest(), size=size, members=members)


_BREAK = re.compile(rb"\r\n|\r|\n")


def lines_of(raw: bytes) -> Iterator[Line]:
    """The lines of a text of any encoding, ended by LF, CR LF or CR."""
    marked = decode(raw[:4])
    if marked.encoding.startswith(("utf-16", "utf-32")):
        yield from _wide_lines(raw, marked.encoding)
        return
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    breaks = [(m.start(), m.end()) for m in _BREAK.finditer(raw, start)]
    foreign = 0
    for number, (end, after) in enumerate([*breaks, (len(raw), len(raw))], start=1):
        # only the last line can be cut off inside a character, and only in a file that is UTF-8 otherwise
        decoded = decode(raw[start:end], cut_off=end == len(raw) and not foreign)
        foreign += decoded.foreign
        yield Line(number, start, end, clean(decoded.text))
        start = after


def _wide_lines(raw: bytes, encoding: str) -> Iterator[Line]:
    position = 4 if encoding.startswith("utf-32") else 2
    for number, text in enumerate(decode(raw).text.split("\n"), start=1):
        size = len(text.encode(encoding, "surrogatepass"))
        yield Line(number, position, position + size, clean(text.removesuffix("\r")))
        position += size + len("\n".encode(encoding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An entry of a dump that is no post, and why; `line` is the 1-based line where it begins (0: the whole dump)."""

    dump: str
    entry: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What people decided of a line of dumps that do not mark their posts: a post begins with it, or none does.

    `line` is compared folded. It holds under every day and in every dump, or only where `day` and `dump` (its name)
    say so; of several decisions on a line the one for the dump goes before that for the day, and both before one for
    all. `note` is for people.
    """

    line: str
    begins: bool
    day: date | None = None
    dump: str | None = None
    note: str = ""

    def say(self) -> str:
        """The decision in words, as the evidence of a post that rests on it: different for different decisions."""
        limits = f" on {self.day}" * bool(self.day) + f" in {self.dump}" * bool(self.dump)
        shown = one_line(clean(self.line))[:_SAID]
        return f"corrections.toml{limits}: {'a' if self.begins else 'no'} post begins with “{shown}”"


class Reader(Protocol):
    """A dump format.

    Reading is a stream, and a bad entry is a value in it. A reader keeps no state between dumps: what the dumps of one
    import tell about each other goes from `evidence` through `learn` to `read`.
    """

    @property
    def name(self) -> str:
        """The format's name, in provenance and reports."""

    @property
    def version(self) -> int:
        """Raised whenever the reader answers differently, so that unchanged dumps are read again."""

    def recognises(self, dump: Dump) -> bool:
        """Whether the dump is of this format, by its content and never by its file name alone."""

    def evidence(self, dump: Dump) -> str:
        """What this dump tells about others of its format, as text of the reader's own; empty if nothing."""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> object:
        """What the evidence of all dumps of this format tells together, for `read`; the order does not matter.

        `cuts` are what people decided: a reader that has to find out where posts begin obeys them with certainty, and
        says so (`Cut.say`) in the evidence of each post that they bear on.
        """

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:
        """The dump's entries in their order; `learnt` is what `learn` answered for this import."""


def reader_for(dump: Dump, readers: Sequence[Reader]) -> Reader:
    """The one reader that recognises the dump. Raises DumpError with the reason where none does, or two do."""
    if dump.size == 0:
        raise DumpError(f"{dump.name} is empty. Save the page again, or remove the file from raw/.")
    claims = [reader for reader in readers if reader.recognises(dump)]
    if len(claims) == 1:
        return claims[0]
    names = (" and " if claims else ", ").join(reader.name for reader in claims or readers)
    if claims:
        raise DumpError(f"{dump.name} is claimed by two readers, {names}: please report this file.")
    head = dump.head(_CHUNK)
    problem = text_problem(head)
    if not problem and decode(head).text.lstrip().startswith("<"):
        problem = f"is markup (HTML or XML) of no known format ({names}). Remove the file from raw/."
    elif not problem:
        problem = (
            f"is of no known format ({names}): no line of it is a date alone, as the date headings of a blog's page "
            "are. Save the page again with its dates, or remove the file from raw/."
        )
    raise DumpError(f"{dump.name} {problem}")
