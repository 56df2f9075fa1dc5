"""The elements and words of a post's body as pieces that its page writes, with what was searched marked. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from unicodedata import bidirectional

from archivesearch.pages_post import Piece
from archivesearch.search import Fragment

Mark = Callable[[str], Iterable[Fragment]]
"""Parts a text into what matches the visitor's search and what does not."""
_Span = tuple[int, int]

WORDING = frozenset("a abbr b bdi bdo cite code del dfn em i ins kbd q s samp small span strong sub sup u var".split())
"""Elements that say something about words."""
PARTS = frozenset(
    "blockquote caption dd div dl dt h2 h3 h4 h5 h6 hr li ol p pre table tbody td tfoot th thead tr ul".split()
)
"""Elements that part a text."""
EMPTY = frozenset({"br", "hr"})
ELEMENTS = WORDING | PARTS | {"br", "mark"}
"""All elements that a body can have."""

_OWN_DIRECTION = PARTS - {"hr", "li", "tbody", "tfoot", "thead", "tr"}
"""What has the direction of its own words. Items and rows have that of their list or table: its markers stand on one
side, its columns in one order. A browser would not find it (dir="auto" passes over what is directed itself)."""
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}
"""The directions of letters that have one of their own (UAX 9)."""

_SIDEWAYS = {"class": "sideways", "tabindex": "0"}
"""What a table stands in: one that is wider than the screen is moved in it, by keyboard too, and not the page."""


@dataclass(slots=True)
class Node:
    """An element on its way to the page."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)
    direction: str = ""  # of what stands in it, where something has one


def show_pieces(nodes: "Iterable[Node | str]", mark: Mark) -> Iterator[Piece]:
    """The elements as balanced pieces, one by one, the words that `mark` finds marked."""
    nodes = list(nodes)
    _direct(nodes)
    return _marked(list(_pieces(nodes, "ltr")), mark)


def _direct(nodes: "Iterable[Node | str]") -> str:
    """Give each element the direction of the first thing in it that has one; the answer is that of all of them."""
    found = ""
    for node in nodes:
        if isinstance(node, str):
            found = found or _direction(node)
        else:
            inside = _direct(node.children)
            said = node.attributes.get("dir", "auto")
            node.direction = inside if said == "auto" else said
            found = found or node.direction
    return found


def _direction(text: str) -> str:
    return next(filter(None, (_STRONG.get(bidirectional(letter)) for letter in text)), "")


def _pieces(nodes: "Iterable[Node | str]", around: str) -> Iterator[Piece]:
    """The pieces of what stands where texts have the direction `around`."""
    for node in nodes:
        if isinstance(node, str):
            yield Piece(text=node)
        elif node.name == "table":
            attributes, inside = _directed(Node("div", _SIDEWAYS, direction=node.direction), around)
            yield Piece(start="div", attributes=tuple(attributes.items()))
            yield from _element(node, inside)
            yield Piece(end="div")
        else:
            yield from _element(node, around)


def _element(node: Node, around: str) -> Iterator[Piece]:
    attributes, inside = _directed(node, around)
    yield Piece(start=node.name, attributes=tuple(attributes.items()))
    if node.name not in EMPTY:
        yield from _pieces(node.children, inside)
        yield Piece(end=node.name)


def _directed(node: Node, around: str) -> tuple[dict[str, str], str]:
    """The attributes of an element, and the direction that texts have in it; it is said where it changes."""
    if node.name not in PARTS:
        return node.attributes, around
    said = node.attributes.get("dir", "auto")
    own = node.direction if node.name in _OWN_DIRECTION or said != "auto" else ""
    inside = own or around
    attributes = {name: value for name, value in node.attributes.items() if name != "dir"}
    return ({"dir": inside} if inside != around else {}) | attributes, inside


def _marked(pieces: Sequence[Piece], mark: Mark) -> Iterator[Piece]:
    """The pieces with the matches marked: in each text that one reaches into, for a phrase may span elements."""
    spans = list(_spans(mark("".join(map(_said, pieces)))))
    position = 0
    for piece in pieces:
        if piece.text:
            yield from _cut(piece.text, position, spans)
        else:
            yield piece
        position += len(_said(piece))


def _said(piece: Piece) -> str:
    """What a piece is of the whole text, in which only elements that say something about words part none."""
    return piece.text or ("" if (piece.start or piece.end) in WORDING else "\n")


def _spans(fragments: Iterable[Fragment]) -> Iterator[_Span]:
    end = 0
    for fragment in fragments:
        start, end = end, end + len(fragment.text)
        if fragment.marked:
            yield start, end


def _cut(text: str, position: int, spans: Sequence[_Span]) -> Iterator[Piece]:
    """A text that begins at this position of the whole; what lies in the spans is marked, but for space at its ends."""
    first = bisect_right(spans, position, key=itemgetter(1))
    last = bisect_left(spans, position + len(text), key=itemgetter(0))
    done = 0
    for start, end in spans[first:last]:
        found = text[max(start - position, 0) : end - position]
        if words := found.strip():
            begin = text.index(words, max(start - position, 0))
            if done < begin:
                yield Piece(text=text[done:begin])
            yield from (Piece(start="mark"), Piece(text=words), Piece(end="mark"))
            done = begin + len(words)
    if done < len(text):
        yield Piece(text=text[done:])
