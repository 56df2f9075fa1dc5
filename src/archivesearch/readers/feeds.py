"""The entries of exports that are XML, each parsed on its own, so that a broken one costs no other."""

import functools
import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from archivesearch.dumps import Dump, Rejected
from archivesearch.errors import DumpError
from archivesearch.posts import Post, Provenance
from archivesearch.readers.boundaries import FeedEntry, FeedHead, read_entries, read_head
from archivesearch.text import clean, decode, one_line

_NAME = 80
"""Characters of a title or fault in a report."""


def decode_entry(raw: bytes, encoding: str) -> tuple[str, str]:
    """The text of an entry, cleaned, and what was wrong with its bytes, in words (empty if nothing)."""
    if encoding != "utf-8":
        text = raw.decode(encoding, "replace")
        lost, foreign = text.count("\ufffd"), 0
    else:
        decoded = decode(raw)
        text, lost, foreign = decoded.text, decoded.replaced, decoded.foreign
    faults = [f"{foreign} bytes are no UTF-8 and were read as windows-1252"] if foreign else []
    faults += [f"{lost} characters cannot be read"] if lost else []
    return clean(text), "; ".join(faults)


_SECTION_OR_REFERENCE = re.compile(
    r"(?P<section><!\[CDATA\[.*?(?:\]\]>|\Z))"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?P<number>#(?:[0-9]{1,7}|x[0-9a-fA-F]{1,6});)?"
    r"|(?P<bracket><(?![a-zA-Z_/!?]))",
    re.DOTALL,
)
_OWN_OF_XML = re.compile(r"(?P<section><!\[CDATA\[.*?(?:\]\]>|\Z))|&(?:amp|lt|gt|quot|apos);", re.DOTALL)


def parse_entry(text: str) -> tuple[etree._Element | None, str]:
    """The element that this text is, and what is wrong with its XML, in words (empty if nothing).

    Of a malformed one what is readable. No entity is resolved: all that XML does not define itself are text.
    """
    source = _SECTION_OR_REFERENCE.sub(_escape, text)
    element, fault = _parse(source)
    if fault:  # behind a fault libxml2 drops even what XML defines itself, but no character by its number
        numbers = _OWN_OF_XML.sub(lambda found: found["section"] or f"&#{ord(html.unescape(found[0]))};", source)
        element, fault = _parse(numbers)
    return element, fault


def _parse(source: str) -> tuple[etree._Element | None, str]:
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        element = etree.fromstring(source.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        return None, _shorten(error.msg or "it is no XML")
    fatal = [error.message for error in parser.error_log if error.level == etree.ErrorLevels.FATAL]
    return element, _shorten(fatal[0]) if fatal else ""


def _escape(found: re.Match[str]) -> str:
    """A section as it is, and a reference to a character of XML; any other "&", and a "<" before no name, as text."""
    if found["bracket"]:
        return "&lt;"
    number = found["number"]
    if found["section"] or (number and clean(html.unescape(f"&{number}"))):
        return found[0]
    return f"&amp;{number or ''}"


def child(entry: etree._Element, name: str) -> etree._Element | None:
    """The child of this name in any namespace, best one without a prefix; never a grandchild."""
    return _children(entry).get(name)


@functools.lru_cache(maxsize=4)  # of one entry a dozen children are asked for, one after the other
def _children(entry: etree._Element) -> dict[str, etree._Element]:
    children: dict[str, etree._Element] = {}
    for element in entry:
        name = local_name(element)
        if name not in children or (element.tag == name and children[name].tag != name):
            children[name] = element
    return children


def child_text(entry: etree._Element, name: str) -> str:
    """The text of the child of this name, without the white space around it; empty where there is no such child."""
    element = child(entry, name)
    return "" if element is None else "".join(element.itertext()).strip()


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace or prefix, which may be undeclared."""
    return _local_name(str(element.tag))


def prefix_of(root: str) -> str:
    """The prefix of a root's name with its colon; empty where it has none."""
    before, colon, _ = root.rpartition(":")
    return before + colon


@functools.lru_cache(maxsize=1024)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """An entry that can be read: its place, its element, and what was wrong with it, in words (empty if nothing).

    `malformed` says that its XML is broken, so that parts of it may be missing.
    """

    place: FeedEntry
    element: etree._Element
    malformed: bool
    fault: str


def parse_entries(dump: Dump, head: FeedHead, tag: str) -> Iterator[ParsedEntry | Rejected]:
    """The entries of the dump, each one read or rejected. Raises DumpError if it has none."""
    position = 0
    with dump.open() as file:
        for position, entry in enumerate(read_entries(file, head, tag), start=1):
            text, unread = decode_entry(entry.raw, head.encoding)
            element, broken = (None, "") if entry.fault else parse_entry(text)
            if element is None:
                reason = entry.fault or f"its XML cannot be read: {broken}"
                yield Rejected(dump=dump.name, entry=_title_in(text, position), reason=reason, line=entry.line)
            else:
                fault = "; ".join(part for part in (unread, broken and f"its XML is broken: {broken}") if part)
                yield ParsedEntry(place=entry, element=element, malformed=bool(broken), fault=fault)
    if not position:
        raise DumpError(f"{dump.name} is an export without any entry. Export the blog again, or remove the file.")


def read_feed(
    dump: Dump, tag: str, read_entry: Callable[[Dump, ParsedEntry], Post | Rejected]
) -> Iterator[Post | Rejected]:
    """What `read_entry` makes of each element `tag` of a feed, which has the prefix of the root if that has one.

    Raises DumpError where the file is no feed any more.
    """
    head = read_head(dump)
    if head is None:
        raise DumpError(f"{dump.name} is no feed any more. Put the export back as it was, and import again.")
    for entry in parse_entries(dump, head, f"{prefix_of(head.root)}{tag}"):
        yield entry if isinstance(entry, Rejected) else read_entry(dump, entry)


def reject(dump: Dump, entry: ParsedEntry, title: str, reason: str) -> Rejected:
    """The entry as no post, for this reason, under its title or else its id. A fault of its XML is told beside it."""
    if entry.malformed and entry.fault not in reason:
        reason = f"{reason} ({entry.fault})"
    ids = [child_text(entry.element, name) for name in ("id", "guid", "post_id")]
    name = next((shown for shown in (title, *ids) if shown), "an entry without a title")
    return Rejected(dump=dump.name, entry=_shorten(name), reason=reason, line=entry.place.line)


def locate(dump: Dump, reader: str, entry: ParsedEntry, notes: Iterable[str]) -> Provenance:
    """Where the entry stands. One whose XML is broken is half certain: a person should look at it."""
    return Provenance(
        dump=dump.name,
        sha256=dump.sha256,
        reader=reader,
        line=entry.place.line,
        start=entry.place.start,
        end=entry.place.end,
        certainty=0.5 if entry.malformed else 1.0,
        evidence="; ".join(note for note in (*notes, entry.fault) if note),
    )


_TITLE = re.compile(r"<(?:[\w.-]+:)?title\b[^<>]*>(?:<!\[CDATA\[)?([^<>\]]+)")


def _title_in(text: str, position: int) -> str:
    """What to call an entry that cannot be parsed."""
    found = _TITLE.search(text)
    return _shorten(html.unescape(found[1])) if found and found[1].strip() else f"entry {position}"


def _shorten(name: str) -> str:
    line = one_line(name)
    return line if len(line) <= _NAME else f"{line[: _NAME - 1]}…"
