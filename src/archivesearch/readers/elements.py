"""Elements of a saved page: its tree, decoded and bounded, and the bytes that an element stands in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from archivesearch.text import clean, decode

LARGEST = 16 << 20
"""Bytes that a page may have. Pages of a blog with hundreds of posts stay below a fifth of that."""

DEEPEST = 2000
"""Elements inside each other. Browsers cut at 512; tags that old pages leave open add some hundred more."""

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,20})", re.IGNORECASE)
_ENCODING = re.compile(
    r"windows-125\d|windows-874|iso-8859-(?:[1-9]|1[013-6])|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5"
)
_WIDER = {"iso-8859-1": "windows-1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
"""What pages mean by these names, as browsers read them (https://encoding.spec.whatwg.org/#names-and-labels)."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a page: its tag, its classes in lower case, its place in the page's order, and what it holds.

    Those inside it have the numbers after its own up to, and without, `end`.
    """

    tag: Tag
    classes: frozenset[str]
    number: int
    end: int

    def holds(self, other: "Element") -> bool:
        """Whether the other one is this one or stands in it."""
        return self.number <= other.number < self.end


def decode_page(raw: bytes, declared: str | None = None) -> str:
    """The text of a page: by byte order mark, as UTF-8 where it is that, as declared, else as `text.decode` reads it.

    `declared` is what was said of it elsewhere. What is valid UTF-8 is read so whatever is declared: blogs changed to
    it and kept their templates.
    """
    decoded = decode(raw)
    if decoded.foreign + decoded.replaced == 0:
        return clean(decoded.text)
    found = _DECLARED.search(raw[:4096])
    name = (declared or (found[1].decode("ascii", "replace") if found else "")).lower()
    if decoded.encoding in ("utf-8", "windows-1252") and _ENCODING.fullmatch(name):
        return clean(raw.decode(_WIDER.get(name, name), "replace"))
    return clean(decoded.text)


def parse(raw: bytes, declared: str | None = None) -> tuple[Element, ...] | str:
    """Every element of a page in the order of the page, or why it cannot be read."""
    if len(raw) > LARGEST:
        return f"the page has {len(raw):,} bytes, more than the {LARGEST:,} that a page of a blog has"
    try:
        soup = BeautifulSoup(decode_page(raw, declared), "lxml")
    except ParserRejectedMarkup as error:
        return f"the page is no HTML that can be read ({error})"
    tags = soup.find_all(True)
    depths = _depths(soup, tags)
    if max(depths, default=0) > DEEPEST:
        return f"the page has more than {DEEPEST:,} elements inside each other"
    ends = _ends(depths)
    return tuple(Element(tag, _classes(tag), number, ends[number]) for number, tag in enumerate(tags))


def _depths(soup: BeautifulSoup, tags: Sequence[Tag]) -> list[int]:
    depth = {id(soup): 0}
    for tag in tags:
        depth[id(tag)] = depth[id(tag.parent)] + 1
    return list(depth.values())[1:]


def _ends(depths: Sequence[int]) -> list[int]:
    """For each element of these depths the number of the first after it that does not stand in it."""
    ends = [len(depths)] * len(depths)
    around: list[int] = []
    for number, depth in enumerate(depths):
        while around and depths[around[-1]] >= depth:
            ends[around.pop()] = number
        around.append(number)
    return ends


def _classes(tag: Tag) -> frozenset[str]:
    return frozenset(name.lower() for name in tag.get_attribute_list("class") if name)


def attribute(tag: Tag, name: str) -> str:
    """The attribute's value on one line; empty where there is none."""
    return " ".join(part for part in tag.get_attribute_list(name) if part).strip()


def places(raw: bytes, name: str) -> list[tuple[int, int]]:
    """The bytes of each element of this name, start tag to end tag, in the order of the page.

    An element that is not closed ends where the one around it ends. Elements in comments and scripts are none.
    """
    found: list[list[int]] = []
    unclosed: list[list[int]] = []
    for start, end, closing in _tags(raw, name):
        if not closing:
            unclosed.append([start, len(raw)])
            found.append(unclosed[-1])
        elif unclosed:
            unclosed.pop()[1] = end
    return [(start, end) for start, end in found]


_END = {
    b"<!--": re.compile(rb"-->"),
    b"<script": re.compile(rb"</script", re.IGNORECASE),
    b"<style": re.compile(rb"</style", re.IGNORECASE),
}


def _tags(raw: bytes, name: str) -> Iterator[tuple[int, int, bool]]:
    """The tags of this name: where they begin and end, and whether they are end tags."""
    own = rb"<(/?)" + re.escape(name.encode()) + rb"(?=[\s>/])"
    token = re.compile(rb"<!--|<(?:script|style)(?=[\s>/])|" + own, re.IGNORECASE)
    position = 0
    while match := token.search(raw, position):
        close = _END.get(match[0].lower())
        if close:
            after = close.search(raw, match.end())
            if after is None:
                return
            position = after.end()
            continue
        position = raw.find(b">", match.end()) + 1
        if not position:
            return
        yield match.start(), position, bool(match[1])


def places_of(raw: bytes, wanted: Sequence[Element], elements: Sequence[Element]) -> dict[int, tuple[int, int]]:
    """The bytes of each wanted element by its number.

    Missing are those of a name that bytes and tree do not have equally often: what cannot be told is not guessed.
    """
    found: dict[int, tuple[int, int]] = {}
    for name in {element.tag.name for element in wanted}:
        alike = [element.number for element in elements if element.tag.name == name]
        there = places(raw, name)
        if len(there) == len(alike):
            found |= zip(alike, there, strict=True)
    return found
