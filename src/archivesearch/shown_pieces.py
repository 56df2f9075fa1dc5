"""The elements and words of a post's body as pieces that its page writes, with what was searched marked. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from archivesearch.pages_post import Piece
from archivesearch.search import Fragment

Mark = Callable[[str], Iterable[Fragment]]
"""Parts a text into what matches the visitor's search and what does not."""
_Span = tuple[int, int]

WORDING = frozenset("a abbr b bdi bdo cite code del dfn em i ins kbd q s samp small strong sub sup u var".split())
"""Elements that say something about words."""
PARTS = frozenset(
    "blockquote caption dd div dl dt h2 h3 h4 h5 h6 hr li ol p pre table tbody td tfoot th thead tr ul".split()
)
"""Elements that part a text."""
EMPTY = frozenset({"br", "hr"})
ELEMENTS = WORDING | PARTS | {"br", "mark"}
"""All elements that a body can have."""

_OWN_DIRECTION = frozenset("blockquote caption dd div dt h2 h3 h4 h5 h6 li p pre td th".split())

_SIDEWAYS = Piece(start="div", attributes=(("class", "sideways"), ("tabindex", "0")))
"""What a table stands in: one that is wider than the screen is moved in it, by keyboard too, and not the page."""


@dataclass(slots=True)
class Node:
    """An element on its way to the page."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)


def show_pieces(nodes: "Iterable[Node | str]", mark: Mark) -> Iterator[Piece]:
    """The elements as balanced pieces, one by one, the words that `mark` finds marked."""
    return _marked(list(_pieces(nodes)), mark)


def _pieces(nodes: "Iterable[Node | str]") -> Iterator[Piece]:
    for node in nodes:
        if isinstance(node, str):
            yield Piece(text=node)
            continue
        if node.name == "table":
            yield _SIDEWAYS
        direction = {"dir": "auto"} if node.name in _OWN_DIRECTION else {}
        yield Piece(start=node.name, attributes=tuple((direction | node.attributes).items()))
        if node.name not in EMPTY:
            yield from _pieces(node.children)
            yield Piece(end=node.name)
        if node.name == "table":
            yield Piece(end=_SIDEWAYS.start)


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
