"""What is looked at in a line that may be a title: thirteen traits, with the general shares of what each may be."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from archivesearch.printed import printed_date
from archivesearch.readers.evidence import Piece
from archivesearch.readers.layout import tells_labels
from archivesearch.text import one_line

Shares = tuple[float, float, float]

_LONGEST = 220
"""Characters that a title has at the most; the longest of the real ones looked at has 145."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is looked at in a line: what it may be, with the general shares among titles, headings and prose.

    `on_firsts` is false where the first line of a day, standing right below its date heading, tells nothing.
    """

    name: str
    shares: dict[str, Shares]
    on_firsts: bool = True


TRAITS = (
    Trait("ending", {
        "no mark at its end": (0.80, 0.72, 0.12), "a question mark at its end": (0.08, 0.08, 0.03),
        "an exclamation mark at its end": (0.06, 0.03, 0.02), "a full stop at its end": (0.02, 0.02, 0.70),
        "a colon at its end": (0.01, 0.11, 0.09), "a comma at its end": (0.01, 0.02, 0.02),
        "dots at its end": (0.02, 0.02, 0.02),
    }),
    Trait("capitals", {
        "capitals as in a sentence": (0.50, 0.52, 0.85), "capitals in each word": (0.38, 0.30, 0.04),
        "capitals throughout": (0.09, 0.10, 0.02), "no capital at its start": (0.03, 0.08, 0.09),
    }),
    Trait("anchors", {
        "no name or number": (0.33, 0.62, 0.20), "one name or number": (0.33, 0.25, 0.25),
        "several names or numbers": (0.34, 0.13, 0.55),
    }),
    Trait("length", {
        "under 12 characters": (0.03, 0.16, 0.02), "12 to 23 characters": (0.11, 0.30, 0.05),
        "24 to 39 characters": (0.25, 0.28, 0.11), "40 to 59 characters": (0.28, 0.14, 0.15),
        "60 to 89 characters": (0.22, 0.08, 0.22), "90 to 129 characters": (0.09, 0.03, 0.22),
        "130 characters and more": (0.02, 0.01, 0.23),
    }),
    Trait("signs", {"few signs": (0.93, 0.80, 0.85), "many signs, as in code": (0.07, 0.20, 0.15)}),
    Trait("spaces", {
        "plain spaces": (0.985, 0.76, 0.68), "a space at its start": (0.005, 0.10, 0.10),
        "a no-break space in it": (0.01, 0.14, 0.22),
    }),
    Trait("inside", {
        "one phrase": (0.975, 0.975, 0.65), "a whole sentence in it": (0.02, 0.005, 0.27),
        "an address in it": (0.005, 0.02, 0.08),
    }),
    Trait("gap below", {"the usual gap below": (0.80, 0.94, 0.92), "a wider gap below": (0.20, 0.06, 0.08)}),
    Trait("indent below", {
        "no indent below": (0.88, 0.97, 0.97), "a no-break space opens the text below": (0.12, 0.03, 0.03),
    }),
    Trait("below", {
        "running text below": (0.84, 0.48, 0.55), "a lead-in below": (0.06, 0.06, 0.07),
        "a list below": (0.02, 0.20, 0.06),
        "a short line below, then running text": (0.05, 0.10, 0.12), "short lines below": (0.02, 0.10, 0.06),
        "nothing below": (0.01, 0.06, 0.14),
    }),
    Trait("gap above", {
        "the usual gap above": (0.65, 0.94, 0.92), "a wider gap above": (0.35, 0.06, 0.08),
    }, on_firsts=False),
    Trait("above", {
        "a complete line above": (0.985, 0.86, 0.88), "a lead-in above": (0.015, 0.14, 0.12),
    }, on_firsts=False),
    Trait("place", {
        "further down": (0.93, 0.88, 0.72), "right below a title": (0.07, 0.12, 0.28),
    }, on_firsts=False),
)  # fmt: skip


def traits(i: int, pieces: Sequence[Piece], usual_gap: int) -> tuple[str, ...]:
    """What each of TRAITS is in the piece `i` of a day, in their order."""
    piece = pieces[i]
    line = piece.head.strip()
    below = pieces[i + 1] if i + 1 < len(pieces) else None
    return (
        f"{ending_of(line)} at its end",
        capitals_of(line),
        _kinds_of("anchors")[anchors(line)],
        _kinds_of("length")[sum(len(line) >= limit for limit in (12, 24, 40, 60, 90, 130))],
        "many signs, as in code" if _SIGNS.search(line) else "few signs",
        _spaces(piece),
        _inside(line),
        "a wider gap below" if piece.after > usual_gap and below else "the usual gap below",
        "a no-break space opens the text below" if below and below.head.startswith("\xa0") else "no indent below",
        _below(pieces[i + 1 : i + 3]),
        "a wider gap above" if i and piece.before > usual_gap else "the usual gap above",
        "a lead-in above" if i and ending_of(pieces[i - 1].tail) == "a colon" else "a complete line above",
        "right below a title" if i == 1 else "further down",
    )


_SIGNS = re.compile(r"[{}<>=|\\;$_\[\]^~]|--|::|\w\(\w*\)|\S/\S+/")
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3,}\.\s+[A-ZÀ-ÖØ-Þ]")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")
_TOKEN = re.compile(r"[^\s–—-]\S*")


@functools.cache
def _kinds_of(name: str) -> tuple[str, ...]:
    return next(tuple(trait.shares) for trait in TRAITS if trait.name == name)


def _spaces(piece: Piece) -> str:
    if "\xa0" in piece.head + piece.tail:
        return "a no-break space in it"
    return "a space at its start" if piece.head[:1].isspace() else "plain spaces"


def _inside(line: str) -> str:
    if _ADDRESS.search(line):
        return "an address in it"
    return "a whole sentence in it" if _SENTENCE_INSIDE.search(one_line(line)) else "one phrase"


def _below(pieces: Sequence[Piece]) -> str:
    if not pieces:
        return "nothing below"
    if pieces[0].is_list:
        return "a list below"
    if pieces[0].is_prose:
        return "running text below"
    if ending_of(pieces[0].tail) == "a colon":
        return "a lead-in below"
    return "a short line below, then running text" if any(p.is_prose for p in pieces[1:]) else "short lines below"


def ending_of(line: str) -> str:
    """The mark that ends a line, quotation marks, brackets and no-break spaces left out."""
    bare = line.rstrip().rstrip("”\"'’»)").rstrip()
    if bare.endswith(("...", "…")):
        return "dots"
    marks = {"?": "a question mark", "!": "an exclamation mark", ".": "a full stop", ":": "a colon"}
    return marks.get(bare[-1:]) or ("a comma" if bare[-1:] in (",", ";") else "no mark")


def capitals_of(line: str) -> str:
    """Where a line has its capitals."""
    letters = [c for c in line if c.isalpha()]
    if sum(c.isupper() for c in letters) > 0.7 * max(1, len(letters)):
        return "capitals throughout"
    if letters and letters[0].islower() and not line[0].isdigit():
        return "no capital at its start"
    long_words = [word for word in re.findall(r"[^\W\d_]{4,}", line.partition(" ")[2]) if not is_acronym(word)]
    if len(long_words) >= 2 and all(word[0].isupper() for word in long_words):
        return "capitals in each word"
    return "capitals as in a sentence"


def anchors(line: str) -> int:
    """How many names, acronyms and numbers tie a line to persons, places and times: 0, 1, or 2 for more.

    A title has to make sense alone, in a list of posts; a sub-heading leans on the text around it. A capital says
    nothing where a sentence begins, nor where each word has one.
    """
    capitals = capitals_of(line)
    count, opens = 0, True
    for token in _TOKEN.findall(line):
        named = token[0].isupper() and not opens and capitals == "capitals as in a sentence"
        if named or any(c.isdigit() for c in token) or (is_acronym(token) and capitals != "capitals throughout"):
            count += 1
        opens = token.endswith((":", ".", "?", "!"))
    return min(2, count)


def is_acronym(word: str) -> bool:
    """Whether a word is a name in capitals, such as INSP!R or GEFONT."""
    letters = [c for c in word if c.isalpha()]
    return len(letters) >= 2 and all(c.isupper() for c in letters[:3])


def is_ruled_out(piece: Piece) -> bool:
    """Whether a piece cannot be a title: several lines, an item of a list, a date, labels, or longer than any title."""
    if piece.lines > 1 or piece.is_list or piece.size > _LONGEST or is_too_long(piece.head):
        return True
    return printed_date(piece.head) is not None or tells_labels(piece.head)


def is_too_long(line: str) -> bool:
    """Whether a line is longer than any title."""
    return len(line) > _LONGEST or len(line.split()) > 34
