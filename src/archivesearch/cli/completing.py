"""Completion of what is typed in a shell: the values of a facet, as the archive has them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from archivesearch.cli.frame import open_archive
from archivesearch.cli.terminal import safe
from archivesearch.errors import ArchiveSearchError
from archivesearch.text import fold

if TYPE_CHECKING:
    from archivesearch.search import FacetCount

_READ_BY_BASH = re.compile(r"[^\w./,+%-]")
"""What bash reads, or divides words at; of letters it takes all."""

_READ_IN_QUOTES = re.compile(r"""['"$`\\!*?[]""")

_WHOLE = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
"""A character behind a backslash, or what stands between two quotes."""


def complete(root: Path, facet: str, typed: str) -> list[CompletionItem[str]]:
    """The values of a facet that begin as typed, folded, each with its count, as the shell that asks can take them."""
    start = fold(typed)
    begun = [count for count in _values(root, facet) if fold(count.value).startswith(start)]
    # a value that steers a terminal, or holds a line break, which divides what is offered, cannot be typed
    harmless = [count for count in begun if safe(count.value) == count.value]
    shell = os.environ.get("_ARCHIVESEARCH_COMPLETE", "")
    items = ((_written(count.value, shell), count.count) for count in harmless)
    # the count without a thousands separator: the script for fish divides at every comma
    return [CompletionItem(value, help=f"{count}") for value, count in items if value is not None]


def _values(root: Path, facet: str) -> Sequence[FacetCount]:
    try:
        # the shell has not read the line yet, so ~ still stands there
        with open_archive(root.expanduser()) as archive:
            counted = archive.facets()
    except (ArchiveSearchError, OSError, RuntimeError):
        # The contract of a completion is to offer nothing where it knows nothing, and to say nothing: a message would
        # land in the line that is being typed. RuntimeError is what pathlib says of a ~ of nobody.
        return ()
    return next((counts for name, counts in counted.items() if name == facet), ())


def _written(value: str, shell: str) -> str | None:
    """The value as click's script for this shell takes it; None where that script cannot pass it on whole."""
    if shell == "bash_complete":
        return _for_bash(value)
    if shell == "fish_complete" and "," in value:
        return None  # the script would offer what stands before the comma
    return value


def _for_bash(value: str) -> str | None:
    """The value with a backslash before each sign that bash reads or divides words at, or as it is inside quotes.

    Each backslash is doubled: click's script takes the answer with a `read` that is not -r, which removes one of two.
    """
    if _inside_quotes(os.environ.get("COMP_WORDS", "")):
        return None if _READ_IN_QUOTES.search(value) else value
    return _READ_BY_BASH.sub(r"\\\\\g<0>", value)


def _inside_quotes(line: str) -> bool:
    left = _WHOLE.sub("", line)
    return "'" in left or '"' in left
