"""The reader of what comes along with saved pages: pictures, fonts, films, style sheets and scripts.

A browser that saves a page and a program that mirrors a blog lay hundreds of them beside the pages. None is a post, and
none is worth a warning either: each is an entry that is rejected as what it is.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from archivesearch.dumps import Cut, Dump, Rejected
from archivesearch.posts import Post
from archivesearch.text import decode

_HEAD = 1 << 16

_MAGIC = (
    ("a picture", rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF....WEBP|BM....\x00{4}|\x00\x00\x01\x00|II\*\x00|MM\x00\*"),
    ("a picture", rb"\x00\x00..ftyp(?:avif|heic|heix|mif1)"),
    ("a picture", rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE svg[^>]*>)*+<svg\b"),
    ("a font", rb"wOF[F2]\x00\x01|wOF2OTTO|wOFFOTTO|OTTO\x00|\x00\x01\x00\x00\x00|ttcf\x00"),
    ("a film or a sound", rb"\x00\x00..ftyp|\x1a\x45\xdf\xa3|OggS\x00|ID3[\x02-\x04]|\xff\xfb|RIFF....(?:WAVE|AVI )"),
    ("a film or a sound", rb"FLV\x01|[CF]WS[\x01-\x1f]"),
)
"""How files of these kinds begin: their magic numbers, as their formats define them; no text begins so."""

_STARTS = [(kind, re.compile(pattern, re.DOTALL)) for kind, pattern in _MAGIC]

# Bounded, so that no text costs more than its length: what they look for is short where it is at all.
_RULE = re.compile(
    r"[^{};]{1,300}\{\s{0,99}-{0,2}[a-z][\w-]{0,99}\s{0,9}:[^{}]{1,999}[;}]"
    r"|@(?:charset|import|media|font-face)\b"
)
_STATEMENT = re.compile(
    r"\bfunction[\s*]{0,9}\w{0,99}\s{0,9}\(|=>\s{0,9}[{(\w]|\b(?:var|let|const)\s{1,9}[\w$]{1,99}\s{0,9}="
    r"|\b(?:window|document)\.\w"
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|^[ \t]*//[^\n]*", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"\.(css|js)(?:$|[?@&;]|%3f)", re.IGNORECASE)  # mirrors write a query behind it
_WRITTEN = {"css": ("a style sheet", _RULE), "js": ("a script", _STATEMENT)}
"""Style sheets and scripts have no magic number: the name says what a file means to be, and its text has to agree."""


class PageParts:
    """Reads what belongs to saved pages and is none (see `Reader`)."""

    name = "page-parts"
    version = 1

    def recognises(self, dump: Dump) -> bool:
        """A picture, font, film or sound by its first bytes; a style sheet or script by its name and its text."""
        return kind_of(dump) is not None

    def evidence(self, dump: Dump) -> str:  # noqa: ARG002  the port asks for it
        """Nothing."""
        return ""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> None:
        """Nothing."""

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:  # noqa: ARG002  the port asks for it
        """The whole file, rejected as what it is."""
        yield Rejected(dump=dump.name, entry=PurePosixPath(dump.name).name, reason=kind_of(dump) or "no part of a page")


def kind_of(dump: Dump) -> str | None:
    """What the file is, in words; None where it is no part of a page."""
    head = dump.head(_HEAD)
    for kind, start in _STARTS:
        if start.match(head):
            return kind
    named = _NAMED.search(PurePosixPath(dump.name).name)
    text = decode(head).text if named else ""
    if named is None or text.lstrip().startswith("<"):
        return None
    kind, sign = _WRITTEN[named[1].lower()]
    return kind if sign.search(_COMMENT.sub(" ", text)) else None
