"""The body of a post in plain text, as blocks: paragraphs with their soft line breaks, and lists."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from archivesearch.posts import Block
from archivesearch.text import one_line

_BULLET = re.compile(r"\s*(?P<marker>[•·▪◦‣*]|[-–](?=[\s\xa0]|[^\W\d]))[\s\xa0]*(?P<item>\S.*)")
_NUMBER = re.compile(r"\s*(?P<marker>\(?\d{1,3}[.)])[\s\xa0]+(?P<item>\S.*)")
_SENTENCE_END = re.compile(r"[.!?:…][”\"'’»)\]]*$")


def blocks(stretches: Sequence[Sequence[str]]) -> Iterator[Block]:
    """The blocks of a body whose lines come in stretches, one for each run of lines without a blank one between.

    No-break spaces become spaces; nothing else of the text is changed.
    """
    for lines in stretches:
        for kind, run in groupby((line for line in lines if line.strip()), key=_kind):
            if kind == "paragraph":
                yield from _paragraphs([one_line(line) for line in run])
                continue
            matches = [match for line in run if (match := (_BULLET if kind == "bullets" else _NUMBER).fullmatch(line))]
            yield Block(
                kind="bullets" if kind == "bullets" else "numbers",
                lines=tuple(one_line(match["item"]) for match in matches),
                markers=tuple(match["marker"] for match in matches),
            )


def _kind(line: str) -> str:
    if _BULLET.fullmatch(line):
        return "bullets"
    return "numbers" if _NUMBER.fullmatch(line) else "paragraph"


def _paragraphs(lines: Sequence[str]) -> Iterator[Block]:
    """Paragraphs among lines that no blank one parts: a line break inside a sentence is a soft one."""
    paragraph = [lines[0]]
    for line in lines[1:]:
        if _SENTENCE_END.search(paragraph[-1]) and not line[0].islower():
            yield Block(lines=tuple(paragraph))
            paragraph = []
        paragraph.append(line)
    yield Block(lines=tuple(paragraph))
