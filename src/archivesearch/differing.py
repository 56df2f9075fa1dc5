"""How two posts differ, word by word."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archivesearch.posts import Post
from archivesearch.text import one_line

SHOWN_DIFFERENCES = 20
"""Differences of a copy that are shown; with more, the two are best read side by side."""

CONTEXT = 3
"""Words that stand before and after a difference: enough to find the place."""

LONGEST_DIFFERENCE = 24
"""Words of one difference that are shown whole; of a longer one stand the first and the last."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words that both posts have ("same"), only the first ("lost") or only the second ("gained")."""

    kind: Literal["same", "lost", "gained"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """A word diff of two posts.

    `days` are their dates as ISO 8601 where these differ, None for an undated one. Each of the `passages` is one
    difference with a few words around it; `more` counts those that are left out.
    """

    days: tuple[str | None, str | None] | None = None
    passages: tuple[tuple[Change, ...], ...] = ()
    more: int = 0

    def lines(self) -> tuple[str, ...]:
        """The same as lines of text: "[-...-]" only the first has, "{+...+}" only the second."""
        told = [f"… {' '.join(map(_say, passage))} …" for passage in self.passages]
        if self.days:
            here, there = (day or "undated" for day in self.days)
            told.insert(0, f"date: [-{here}-] {{+{there}+}}")
        return (*told, f"and {self.more} more differences") if self.more else tuple(told)


def _say(change: Change) -> str:
    return {"same": "{}", "lost": "[-{}-]", "gained": "{{+{}+}}"}[change.kind].format(change.text)


def differences(post: Post, copy: Post) -> Differences:
    """How the second post differs from the first; title and text are compared as one."""
    here, there = (each.published.iso if each.published else None for each in (post, copy))
    before, after = (_shown_words(each) for each in (post, copy))
    groups: list[list[tuple[str, int, int, int, int]]] = []
    if before != after:  # as most copies are; to find it out word by word takes long
        groups = list(difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT))
    return Differences(
        days=(here, there) if here != there else None,
        passages=tuple(_passage(before, after, group) for group in groups[:SHOWN_DIFFERENCES]),
        more=max(0, len(groups) - SHOWN_DIFFERENCES),
    )


def _shown_words(post: Post) -> list[str]:
    return one_line(f"{post.title}\n{post.text}").split(" ")


def _passage(
    before: Sequence[str], after: Sequence[str], group: Sequence[tuple[str, int, int, int, int]]
) -> tuple[Change, ...]:
    changes: list[Change] = []
    for tag, start, end, other_start, other_end in group:
        lost, gained = _shorten(before[start:end]), _shorten(after[other_start:other_end])
        found = [Change("same", lost)] if tag == "equal" else [Change("lost", lost), Change("gained", gained)]
        changes += [change for change in found if change.text]
    return tuple(changes)


def _shorten(words: Sequence[str]) -> str:
    left_out = len(words) - LONGEST_DIFFERENCE
    if left_out <= 0:
        return " ".join(words)
    half = LONGEST_DIFFERENCE // 2
    return " ".join([*words[:half], f"… ({left_out} more words) …", *words[-half:]])
