"""How far long work has come, told to whoever wants to know."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")

Progress = Callable[[str, int, int], None]
"""Is told what is done now, how many of it are done, and of how many."""


def follow(items: Iterable[_Item], stage: str, of: int, progress: Progress) -> Iterator[_Item]:
    """The items, while `progress` is told how many of them are done."""
    for done, item in enumerate(items):
        progress(stage, done, of)
        yield item
    progress(stage, of, of)
