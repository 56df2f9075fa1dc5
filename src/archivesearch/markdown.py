"""Texts that an archive's maintainers write in Markdown, as the records that templates show.

No HTML is made or let through here: what looks like it stays text, and so do tables, which CommonMark has not. Links
lead to http, https, mailto and paths of this archive only, and pictures become their descriptions, because the page
fetches nothing.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from archivesearch.pages import OwnBlock, Run

_PARSER = MarkdownIt("commonmark", {"html": False})

_PATH = re.compile(r"/(?:[^/\\\s][^\\\s]*)?")
"""A path of this archive. Two slashes first would lead to another server; browsers take a backslash for one."""


@functools.lru_cache(maxsize=256)
def read_blocks(text: str) -> tuple[OwnBlock, ...]:
    """The blocks of a text."""
    return tuple(_blocks(SyntaxTreeNode(_PARSER.parse(text))))


@functools.lru_cache(maxsize=256)
def read_line(text: str) -> tuple[Run, ...]:
    """The runs of a text that is one paragraph."""
    return tuple(_join(_runs(SyntaxTreeNode(_PARSER.parseInline(text)), Run(text=""))))


def _blocks(node: SyntaxTreeNode) -> Iterator[OwnBlock]:
    for child in node.children:
        match child.type:
            case "heading":
                yield OwnBlock(kind="heading", level=max(2, int(child.tag[1:])), runs=_inline(child))
            case "paragraph":
                yield OwnBlock(kind="paragraph", runs=_inline(child))
            case "blockquote":
                yield OwnBlock(kind="quotation", inside=tuple(_blocks(child)))
            case "bullet_list":
                yield OwnBlock(kind="bullets", inside=tuple(_blocks(child)))
            case "ordered_list":
                yield OwnBlock(kind="numbers", first=int(child.attrGet("start") or 1), inside=tuple(_blocks(child)))
            case "list_item":
                yield OwnBlock(kind="item", inside=tuple(_blocks(child)))
            case "code_block" | "fence":
                yield OwnBlock(kind="code", runs=(Run(text=child.content.rstrip("\n")),))


def _inline(node: SyntaxTreeNode) -> tuple[Run, ...]:
    return tuple(_join(_runs(node, Run(text=""))))


def _runs(node: SyntaxTreeNode, around: Run) -> Iterator[Run]:
    """The runs of what stands in a node; `around` is how it looks there."""
    for child in node.children:
        match child.type:
            case "text":
                yield replace(around, text=child.content)
            case "code_inline":
                yield replace(around, text=child.content, code=True)
            case "softbreak":
                yield replace(around, text=" ")
            case "hardbreak":
                yield Run(text=" ", line_break=True)
            case "strong":
                yield from _runs(child, replace(around, strong=True))
            case "em":
                yield from _runs(child, replace(around, emphasised=True))
            case "link":
                yield from _runs(child, replace(around, address=_leading(str(child.attrGet("href") or ""))))
            case _:
                yield from _runs(child, around)


def _join(runs: Iterator[Run]) -> Iterator[Run]:
    """The runs, those side by side that look alike as one."""
    last: Run | None = None
    for run in runs:
        if last is None or replace(last, text=run.text) != run:
            if last:
                yield last
            last = run
        else:
            last = replace(last, text=last.text + run.text)
    if last:
        yield last


def _leading(address: str) -> str:
    """The address if a link may lead there; else it is empty."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    outside = parts.hostname if parts.scheme in ("http", "https") else parts.scheme == "mailto" and parts.path
    return address if outside or _PATH.fullmatch(address) else ""
