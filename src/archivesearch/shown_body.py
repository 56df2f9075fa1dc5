"""The body of a post as pieces that its page shows: from cleaned HTML, or from blocks of plain text. Pure.

Whatever a dump holds, only `ELEMENTS` come out, with attributes that are made here.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from archivesearch.footnotes import PLACE
from archivesearch.pages import Link
from archivesearch.pages_post import Piece
from archivesearch.posts import Block, Post
from archivesearch.said import PLAIN, Texts
from archivesearch.shown import OUTSIDE_REL, outside
from archivesearch.shown_pieces import ELEMENTS, EMPTY, PARTS, WORDING, Mark, Node, show_pieces

_LIKE = {
    **dict.fromkeys(
        "address article aside center details fieldset figcaption figure footer header hgroup legend main nav section "
        "summary".split(),
        "div",  # they would be parts of this page, not of the post
    ),
    "dir": "ul",
    "menu": "ul",
    "listing": "pre",
    "mark": "strong",  # what is marked here is what was searched
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = {"ul": ("li",), "ol": ("li",), "dl": ("dt", "dd")}
_HOLDERS = {item: tuple(holder for holder, items in _ITEMS.items() if item in items) for item in ("li", "dt", "dd")}
_FLOWING = frozenset({"div", "blockquote", "dd"})
"""What can hold both words and paragraphs."""
_CELLS = frozenset({"td", "th"})
_DEEPEST = 60
"""Elements inside each other; what is deeper loses its elements and keeps its words."""
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,3}")
_NUMBER = re.compile(r"-?[0-9]{1,6}")
_SPAN = re.compile(r"[1-9][0-9]?")
_EMBEDDED = re.compile(r"\[(picture|video): (?:([^\[\]]*), )?(https?://[^\s\[\]]+)\]")
"""A picture or video as `markup.read_html` writes it: its description, if it has one, and its address."""
_EMPTY_LINE = re.compile(r"\n[ \t\r\f\v]*\n")
_NUMBERS = {"ol": {"start": _NUMBER}, "li": {"value": _NUMBER}, "td": {"colspan": _SPAN, "rowspan": _SPAN}}
_NUMBERS["th"] = _NUMBERS["td"]


def show_body(post: Post, mark: Mark, texts: Texts = PLAIN) -> tuple[Piece, ...]:
    """The body of a post as balanced pieces; none where it has no text. `texts` say what is a picture or a video."""
    nodes = _from_html(post.html, _Shared(texts)) if post.html else list(map(_from_block, post.body))
    _join_places(nodes)
    return tuple(show_pieces(nodes, mark))


def _join_places(nodes: "Iterable[Node | str]") -> None:
    """See that each place is there once, and that no link leads to one that is not."""
    found: set[str] = set()
    links = []
    for node in _every(nodes):
        if node.attributes.get("id", "") in found:
            del node.attributes["id"]
        found |= {node.attributes["id"]} if "id" in node.attributes else set()
        links += [node] if node.attributes.get("href", "").startswith("#") else []
    for link in links:
        if link.attributes["href"][1:] not in found:
            del link.attributes["href"]
            link.name = "span"


def _every(nodes: "Iterable[Node | str]") -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Node):
            yield node
            yield from _every(node.children)


# from blocks


def _from_block(block: Block) -> Node:
    if block.kind in ("bullets", "numbers"):
        markers = block.markers or ("",) * len(block.lines)
        items = [_item(block, line, marker) for line, marker in zip(block.lines, markers, strict=True)]
        return Node("ul" if block.kind == "bullets" else "ol", {}, [*items])
    lines: list[Node | str] = []
    for line in block.lines:
        lines += [Node("br"), line] if lines else [line]
    match block.kind:
        case "quotation":
            return Node("blockquote", {}, [Node("p", {}, lines)])
        case "heading":
            return Node("h2", {}, lines)
    return Node("p", {}, lines)


def _item(block: Block, line: str, marker: str) -> Node:
    number = marker.strip(" .)(")
    if block.kind == "bullets" or not marker:
        return Node("li", {}, [line])
    if number.isascii() and number.isdigit() and len(number) < 7:
        return Node("li", {"value": str(int(number))}, [line])
    return Node("li", {"class": "printed"}, [f"{marker} {line}"])


# from HTML


def _from_html(html: str, shared: "_Shared") -> "list[Node | str]":
    """The tree of cleaned HTML, made to stand below the heading of a page."""
    # `markup.read_html` bounds what it has cleaned; of elements 256 deep the smaller limit would lose all the rest
    parser = etree.HTMLParser(no_network=True, huge_tree=True)
    tree = etree.fromstring(f"<html><body><div>{html}</div></body></html>", parser)
    whole = tree.find("body/div") if tree is not None else None
    if whole is None:
        return []
    children = _below(whole, 0, shared)
    if not re.search("<(?:p|br|div)[ >]", html):  # the same is looked at by `markup.read_html`
        children = _parted(children)
    return [run if isinstance(run, Node) else Node("p", {}, run) for run in _runs(children)]


class _Shared:
    """What the elements of a post have in common: the language of the page, and the levels of their headings.

    These are below that of the page and without gaps, whatever they are in the dump.
    """

    def __init__(self, texts: Texts) -> None:
        self._gettext = texts.gettext
        self._open: list[int] = []

    def heading(self, level: int) -> str:
        while self._open and self._open[-1] >= level:
            self._open.pop()
        self._open.append(level)
        return f"h{min(6, 1 + len(self._open))}"

    def say(self, kind: str, description: str) -> str:
        if kind == "video":
            said = self._gettext("[video: %(what)s]") if description else self._gettext("[video]")
        else:
            said = self._gettext("[picture: %(what)s]") if description else self._gettext("[picture]")
        return said % {"what": description}


def _below(element: etree._Element, depth: int, shared: _Shared) -> "Iterator[Node | str]":
    """What stands in an element: texts and elements, those that are not shown replaced by what is in them."""
    linked = element.tag == "a"
    yield from _with_embedded(element.text or "", shared, linked=linked)
    for child in element:
        if isinstance(child.tag, str):
            yield from _element(child, depth + 1, shared)
        yield from _with_embedded(child.tail or "", shared, linked=linked)


def _with_embedded(text: str, shared: _Shared, *, linked: bool) -> "Iterator[Node | str]":
    """The text, each picture and video in it as a link to its address; what is `linked` already leads elsewhere."""
    position = 0
    for embedded in _EMBEDDED.finditer(text):
        kind, description, address = embedded.groups()
        said = shared.say(kind, description or "")
        link = outside(address)
        if link and not linked:
            yield from (text[position : embedded.start()], Node("a", _leading_to(link), [said]))
        elif link:
            yield text[position : embedded.start()] + said
        position = embedded.end() if link else position
    if text[position:]:
        yield text[position:]


def _leading_to(link: Link) -> dict[str, str]:
    return {"href": link.address, "rel": OUTSIDE_REL}


def _element(element: etree._Element, depth: int, shared: _Shared) -> "Iterator[Node | str]":
    if depth > _DEEPEST:
        yield " ".join("".join(element.itertext()).split())
        return
    name = _name(element, shared)
    node = Node(name, _attributes(name, element), list(_below(element, depth, shared)))
    if name in EMPTY:
        yield Node(name)
    elif name in _CELLS:  # an empty one holds the others in their places
        yield node
    elif not _is_blank(node):
        yield from _settled(node, line=element.tag == "div")
    elif name in WORDING:
        yield from node.children  # the space between two words, or a line break
    elif name == "div" and any(map(_is_break, node.children)):
        yield Node("br")  # an empty line, as old editors write it


def _name(element: etree._Element, shared: _Shared) -> str:
    """The element that is shown in its place."""
    name = str(_LIKE.get(element.tag, element.tag))
    if name in _HEADINGS:
        return shared.heading(_HEADINGS[name])
    parent = element.getparent()
    if name in _HOLDERS and _LIKE.get(parent.tag, parent.tag) not in _HOLDERS[name]:
        return "div"  # an item outside of any list
    return name


def _attributes(name: str, element: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    href = element.get("href", "")
    if name == "a" and PLACE.fullmatch(href[1:]) and href.startswith("#"):
        found["href"] = href
    elif name == "a" and (link := outside(href)):
        found |= _leading_to(link)
    if PLACE.fullmatch(element.get("id", "")):
        found["id"] = element.get("id", "")
    for attribute, form in _NUMBERS.get(name, {}).items():
        if form.fullmatch(written := element.get(attribute, "")):
            found[attribute] = written
    if _LANGUAGE.fullmatch(language := element.get("lang", "")):
        found["lang"] = language
    if (direction := element.get("dir", "").lower()) in ("ltr", "rtl", "auto"):
        found["dir"] = direction
    return found | ({"title": element.get("title", "")} if name == "abbr" and element.get("title") else {})


def _settled(node: Node, *, line: bool) -> "Iterator[Node | str]":
    """The element with children that may stand in it, or only these where it may not hold them.

    Without paragraphs in it, a <div> is one `line`; what else is shown as one was a paragraph.
    """
    torn = node.name in WORDING - {"a"} and _holds_parts(node)
    leads_nowhere = node.name == "a" and "href" not in node.attributes
    if node.name not in ELEMENTS or torn or leads_nowhere:
        yield from (*_place_of(node), *node.children)
    else:
        if node.name in ("p", "div") and not line:
            node.name = "div" if _holds_parts(node) else "p"
        if node.name in _ITEMS:
            node.children = list(_items(node))
        elif node.name in _HEADINGS or node.name == "pre":
            node.children = list(_words(node.children))
        elif node.name in _FLOWING:
            node.children = list(_flow(node.children))
        yield node


def _place_of(node: Node) -> Iterator[Node]:
    """The place to which a link of the post leads, of an element that is not shown itself."""
    if "id" in node.attributes:
        yield Node("span", {"id": node.attributes["id"]})


def _items(holder: Node) -> "Iterator[Node | str]":
    """The items of a list; what stands between them, as lists in lists do on old pages, becomes one too."""
    items = _ITEMS[holder.name]
    for child in holder.children:
        if isinstance(child, Node) and child.name in items:
            yield child
        elif not _is_blank(child):
            yield Node(items[-1], {"class": "printed"} if items == ("li",) else {}, [child])


def _words(children: "Iterable[Node | str]") -> "Iterator[Node | str]":
    """The words of what can hold no paragraphs."""
    for child in children:
        if isinstance(child, Node) and (child.name in PARTS or _holds_parts(child)):
            yield from (" ", *_place_of(child), *_words(child.children), " ")
        else:
            yield child


def _flow(children: "Iterable[Node | str]") -> "Iterator[Node | str]":
    """What stands in an element that can hold words and paragraphs, its words in paragraphs if there are several."""
    runs = list(_runs(children))
    if len(runs) == 1 and isinstance(runs[0], list):
        yield from runs[0]
    else:
        yield from (run if isinstance(run, Node) else Node("p", {}, run) for run in runs)


def _runs(children: "Iterable[Node | str]") -> "Iterator[Node | list[Node | str]]":
    """The parts of a text, and between them the words that make one paragraph each: two line breaks part those."""
    run: list[Node | str] = []
    for child in _in_lines(children):
        if isinstance(child, Node) and (child.name in PARTS or _holds_parts(child)):
            yield from _paragraph(run)
            yield child
            run = []
        elif _is_break(child) and _ends_in_break(run):
            yield from _paragraph(run)
            run = []
        else:
            run.append(child)
    yield from _paragraph(run)


def _in_lines(children: "Iterable[Node | str]") -> "Iterator[Node | str]":
    """The children, with line breaks in the place of the elements that are lines: old editors write them as <div>."""
    broken = True
    for child in children:
        if isinstance(child, Node) and child.name == "div" and not child.attributes and not _holds_parts(child):
            yield from (*(() if broken else (Node("br"),)), *child.children, Node("br"))
            broken = True
        else:
            yield child
            broken = _is_break(child) or (broken and _is_space(child))


def _parted(children: "Iterable[Node | str]") -> "Iterator[Node | str]":
    """The children, with two line breaks in the place of each empty line of the source."""
    for child in children:
        if isinstance(child, str):
            for number, part in enumerate(_EMPTY_LINE.split(child)):
                yield from (Node("br"), Node("br"), part) if number else (part,)
        else:
            yield child


def _paragraph(run: "list[Node | str]") -> "Iterator[list[Node | str]]":
    """The words of a paragraph without line breaks and space at its ends; none where there are no words."""
    words = [number for number, child in enumerate(run) if not (_is_space(child) or _is_break(child))]
    if words:
        yield run[words[0] : words[-1] + 1]


def _ends_in_break(run: "list[Node | str]") -> bool:
    return next((_is_break(child) for child in reversed(run) if not _is_space(child)), False)


def _is_break(child: Node | str) -> bool:
    return isinstance(child, Node) and child.name == "br"


def _is_space(child: Node | str) -> bool:
    return isinstance(child, str) and not child.strip()


def _is_blank(child: Node | str) -> bool:
    """Whether nothing of it would be seen or led to."""
    if isinstance(child, str):
        return not child.strip()
    return child.name != "hr" and "id" not in child.attributes and all(map(_is_blank, child.children))


def _holds_parts(node: Node) -> bool:
    return any(isinstance(child, Node) and (child.name in PARTS or _holds_parts(child)) for child in node.children)
