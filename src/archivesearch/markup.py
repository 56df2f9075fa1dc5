"""HTML from dumps: cleaned once, by an allow-list, and the text of what is left as blocks. Nothing is ever fetched."""

import functools
import html
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import nh3
from lxml import etree

from archivesearch.footnotes import leads_inside, number_places
from archivesearch.posts import Block, BlockKind
from archivesearch.text import clean, one_line
from archivesearch.videos import MARKER, tell_videos

_WORDING = "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small strong sub sup time u var".split()
"""They say something about words. Fonts, colours and spans do not."""

_PARTS = (
    "address article aside blockquote caption center dd details dir div dl dt fieldset figcaption figure footer h1 h2 "
    "h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
).split()
"""They part the text. One that were taken away would join the words before and behind it."""

_UNSEEN = {"head", "iframe", "math", "noembed", "noframes", "object", "script", "style", "svg", "template", "title"}
"""Their content is no text of the post: programs, styles, drawings, frames, and what stands in for them."""

_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "img": {"src", "alt", "title", "width", "height", "class"},
    "*": {"dir", "lang"},
}
"""Links, what words mean, numbers of lists, tables, directions of writing. Pictures leave before the end."""
_NAMES = {"a": {*_ATTRIBUTES["a"], "name"}, "*": {*_ATTRIBUTES["*"], "id"}}
"""What links within a body lead to."""

_LINK_REL = "nofollow noopener noreferrer ugc"
_SCHEMES = {"http", "https", "mailto"}

_MANY, _LONG = 400, 50_000
"""Nearly all posts have fewer tags and characters; only others can be deep or tangled enough to cost much time."""
_DEEPEST = 100
"""Elements inside each other. Mail programs and page editors nest up to some thirty."""

_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)                                    # a comment
    | <[!?][^<>]*>                                           # a declaration
    | <(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)          # a tag, with fifty attributes at most
      (?=[\s/>])(?:[^<>"']{1,100}+|"[^"]*+"|'[^']*+'|["']){0,100}+>
    | <                                                      # no tag
    """,
    re.DOTALL | re.VERBOSE,
)
_UNNESTED = frozenset(
    "area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr".split()
)
"""Elements that nothing stands in, and those that the next of their kind ends: these need others to nest."""
_REPEATED = {"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
"""What a browser opens again in each paragraph until it is closed: with attributes any number, without them three."""
_FORMS = re.compile(
    r"</?(?:form|button|select|option|optgroup|textarea|input|video|audio|canvas|applet)\b", re.IGNORECASE
)
_RELATIVE = re.compile(r"[hHsS](?i:ref|rc)(?!\s*=\s*[\"']?(?i:https?://|mailto:))")
"""What may be an address without its beginning; where none is, the base makes no difference."""
_REFERENCE = re.compile(r"&#(?:[xX][0-9a-fA-F]+|[0-9]+);?")
_EMPTY_LINE = re.compile(r"\n\s*\n")
_PARTING = frozenset(_PARTS)
_MARKED = {"ul", "ol", "dir", "menu"}
_SAME = {"listing": "pre", **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "h1")}
_BULLETS = "•◦▪"
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A body: its cleaned HTML, and the same as blocks of text."""

    html: str
    blocks: tuple[Block, ...]


def read_html(fragment: str, base: str | None = None) -> Markup:
    """What is harmless of this HTML, and its visible words as blocks, in their order.

    Of links those with http, https and mailto stay, and those to other places of the fragment (see `number_places`);
    `base` is the address that the others are relative to, without which those go. A picture becomes the text "[picture:
    description, address]", a video "[video: description, address]". Takes time in proportion to the length of the
    fragment, however it is nested.
    """
    # a stroke that comes first in a text must not become one with the end of the tag before it
    source = tell_videos(_REFERENCE.sub(_say_reference, clean(fragment.replace(">\u0338", "> \u0338"))))
    if source.count("<") > _MANY or len(source) > _LONG:
        source = _flatten(source)
    cleaned = _clean(_FORMS.sub(r" \g<0>", source), _site(base))
    cleaned = _PICTURE.sub(_say_picture, cleaned)
    loose = not re.search("<(?:p|br|div)[ >]", cleaned)
    return Markup(html=cleaned.strip(), blocks=_read_blocks(cleaned, loose=loose))


def read_inline(fragment: str) -> str:
    """The visible words of a piece of HTML, on one line."""
    if "<" not in fragment and "&" not in fragment:
        return one_line(clean(fragment))
    return one_line(" ".join(block.text for block in read_html(fragment).blocks))


def _site(base: str | None) -> str | None:
    """The base if it is an address that others can be relative to."""
    try:
        parts = urlsplit(base or "")
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return base if whole else None


def _clean(source: str, base: str | None) -> str:
    """What is harmless of the source, its pictures still as elements."""
    relative = base if _RELATIVE.search(source) else None
    if not leads_inside(source):
        return _cleaner(relative).clean(source)
    return number_places(_cleaner(relative, places=True).clean(source), _whole(base))


@functools.lru_cache(maxsize=64)
def _whole(base: str | None) -> str:
    """The base as links that are relative to it begin; empty where there is none."""
    leading = re.search('href="([^"]*)#"', _cleaner(base).clean('<a href="#">here</a>'))
    return html.unescape(leading[1]) if leading else ""


@functools.lru_cache(maxsize=64)
def _cleaner(base: str | None, *, places: bool = False) -> nh3.Cleaner:
    """The cleaner of bodies with this base; `places` keeps what `number_places` needs."""
    complete = _complete_or_inside if places else _complete
    try:
        return _make_cleaner(("rewrite_with_base", base) if base else complete, places=places)
    except ValueError:  # what urlsplit takes for an address and the stricter parser of nh3 does not
        return _make_cleaner(complete, places=places)


def _make_cleaner(
    relative: Callable[[str], str | None] | tuple[Literal["rewrite_with_base"], str], *, places: bool
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={*_WORDING, *_PARTS, "br", "img", *(("span",) if places else ())},
        clean_content_tags=_UNSEEN,
        attributes=_ATTRIBUTES | (_NAMES if places else {}),
        url_schemes=_SCHEMES,
        url_relative=relative,
        link_rel=_LINK_REL,
    )


def _complete(address: str) -> str | None:
    """An address without its beginning: whole where only http or https is missing."""
    return f"https:{address}" if address.startswith("//") else None


def _complete_or_inside(address: str) -> str | None:
    return address if address.startswith("#") else _complete(address)


def _say_reference(reference: re.Match[str]) -> str:
    """A character by its number: as it stands, or a space for one that no output can carry."""
    return reference[0] if clean(html.unescape(reference[0])) else " "


def _flatten(source: str) -> str:
    """The source with each element closed and none too deep inside others, so that no parser takes long over it."""
    opened: list[tuple[str, bool]] = []
    counts: Counter[str] = Counter()

    def balance(token: re.Match[str]) -> str:
        name = (token["name"] or "").lower()
        if not name:
            return "&lt;" if token[0] == "<" else " "
        if name in _UNNESTED:
            return token[0]
        if not token["close"]:
            kept = len(opened) < _DEEPEST
            opened.append((name, kept))
            counts[name] += 1
            return (f"<{name}>" if name in _REPEATED else token[0]) if kept else " "
        return "".join(_close_down_to(name, opened, counts)) if counts[name] else " "

    return _TOKEN.sub(balance, source)


def _close_down_to(name: str, opened: list[tuple[str, bool]], counts: Counter[str]) -> Iterator[str]:
    """The end tags that end the last element of this name and all inside it."""
    last = ""
    while last != name:
        last, kept = opened.pop()
        counts[last] -= 1
        yield f"</{last}>" if kept else " "


def _say_picture(picture: re.Match[str]) -> str:
    """The picture or video as text. A picture of a single dot counts visitors and shows nothing."""
    told = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(picture[1])}
    if {told.get("width", "").removesuffix("px"), told.get("height", "").removesuffix("px")} & {"0", "1"}:
        return " "
    parts = [one_line(told.get("alt") or told.get("title") or ""), told.get("src", "")]
    said = ": ".join(
        filter(None, ["video" if told.get("class") == MARKER else "picture", ", ".join(filter(None, parts))])
    )
    return html.escape(f" [{said}] ", quote=False)


def _read_blocks(cleaned: str, *, loose: bool) -> tuple[Block, ...]:
    """The blocks of cleaned HTML. Where it is `loose`, empty lines of the source part the paragraphs."""
    parser = _parsers.kept.pop(loose, None) or _make_parser(loose=loose)
    # the <div> around it keeps libxml2 from opening paragraphs of its own
    parser.feed(f"<html><body><div>{cleaned}</div></body></html>")
    blocks: tuple[Block, ...] = parser.close()
    _parsers.kept[loose] = parser  # not one that has failed
    return blocks


class _Parsers(threading.local):
    """The parsers of a thread for loose and other texts: to make one takes as long as to read a post."""

    def __init__(self) -> None:
        self.kept: dict[bool, etree.HTMLParser] = {}


_parsers = _Parsers()


def _make_parser(*, loose: bool) -> etree.HTMLParser:
    return etree.HTMLParser(target=_Blocks(loose=loose), recover=True, no_network=True, huge_tree=False)


class _List:
    """A list that is open: its items so far, and whether one of them is open."""

    __slots__ = ("in_item", "lines", "markers", "next")

    def __init__(self, first: int | None) -> None:
        self.next = first
        self.in_item = False
        self.lines: list[str] = []
        self.markers: list[str] = []


class _Blocks:
    """What lxml tells about each tag and text on its way, made into blocks (a target parser of lxml)."""

    def __init__(self, *, loose: bool) -> None:
        self._loose = loose
        self._begin()

    def _begin(self) -> None:
        self._blocks: list[Block] = []
        self._text: list[str] = []  # of the line that is read now
        self._lines: list[str] = []  # of the paragraph or item that is read now
        self._inside: Counter[str] = Counter()
        self._lists: list[_List] = []
        self._rows: list[list[int]] = []  # of each open row, where its cells begin among the blocks
        self._tables: list[int] = []  # of each open table, where its last row is among the blocks

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self._end_line()
        if tag not in _PARTING:
            return
        self._end_paragraph()
        self._inside[_SAME.get(tag, tag)] += 1
        if tag in _MARKED:
            self._start_list(tag, attributes)
        elif tag == "li":
            self._start_item(attributes)
        elif tag == "table":
            self._tables.append(-1)
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(len(self._blocks))

    def end(self, tag: str) -> None:
        if tag not in _PARTING:
            return
        self._end_paragraph()
        self._inside[_SAME.get(tag, tag)] -= 1
        if tag in _MARKED and self._lists:
            self._end_item()
            self._end_items()
            self._lists.pop()
        elif tag == "li":
            self._end_item()
        elif tag == "table" and self._tables:
            self._tables.pop()
        elif tag == "tr" and self._rows:
            self._end_row(self._rows.pop())

    def data(self, text: str) -> None:
        self._text.append(text)

    def close(self) -> tuple[Block, ...]:
        self._end_paragraph()
        blocks = tuple(self._blocks)
        self._begin()  # its parser may read another text
        return blocks

    def _end_line(self) -> None:
        """Take the text so far as a line; an empty one ends the paragraph."""
        text = clean("".join(self._text))
        self._text.clear()
        if self._inside["pre"]:
            lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
        elif self._loose:
            lines = [line for part in _EMPTY_LINE.split(text) for line in ("", one_line(part))][1:]
        else:
            lines = [one_line(text)]
        for line in lines:
            if line:
                self._lines.append(line)
            else:
                self._put_paragraph()

    def _end_paragraph(self) -> None:
        self._end_line()
        self._put_paragraph()

    def _put_paragraph(self) -> None:
        if not self._lines or (self._lists and self._lists[-1].in_item):
            return
        if self._lists:
            self._end_items()  # the items before it come first
        kind: BlockKind = "quotation" if self._inside["blockquote"] else "paragraph"
        self._blocks.append(Block(kind="heading" if self._inside["h1"] else kind, lines=tuple(self._lines)))
        self._lines.clear()

    def _start_list(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._lists:
            self._end_item()
            self._end_items()
        self._lists.append(_List(_number(attributes.get("start"), 1) if tag == "ol" else None))

    def _start_item(self, attributes: Mapping[str, str]) -> None:
        self._end_item()
        if not self._lists:
            return
        items = self._lists[-1]
        items.in_item = True
        if items.next is not None:
            items.next = _number(attributes.get("value"), items.next)

    def _end_item(self) -> None:
        if not self._lists or not self._lists[-1].in_item:
            return
        items = self._lists[-1]
        items.in_item = False
        if self._lines:
            bullet = _BULLETS[min(len(self._lists), len(_BULLETS)) - 1]
            items.markers.append(bullet if items.next is None else f"{items.next}.")
            items.lines.append(" ".join(self._lines))
            self._lines.clear()
        if items.next is not None:
            items.next += 1

    def _end_items(self) -> None:
        """Put the items so far, as a list of their own."""
        items = self._lists[-1]
        if items.lines:
            kind: BlockKind = "bullets" if items.next is None else "numbers"
            self._blocks.append(Block(kind=kind, lines=tuple(items.lines), markers=tuple(items.markers)))
            items.lines.clear()
            items.markers.clear()

    def _end_row(self, cells: list[int]) -> None:
        """Make one line of a row, unless its cells hold whole texts: such a table only lays out the page."""
        ends = [*cells[1:], len(self._blocks)]
        if len(cells) < 2 or any(end - start > 1 for start, end in zip(cells, ends, strict=True)):
            return
        line = " | ".join(one_line(block.text) for block in self._blocks[cells[0] :])
        del self._blocks[cells[0] :]
        if line and self._tables and self._tables[-1] == len(self._blocks) - 1 >= 0:
            self._blocks[-1] = Block(lines=(*self._blocks[-1].lines, line))
        elif line:
            self._blocks.append(Block(lines=(line,)))
        if line and self._tables:
            self._tables[-1] = len(self._blocks) - 1


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and re.fullmatch("-?[0-9]{1,9}", written) else otherwise
