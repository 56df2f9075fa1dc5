"""Ordinals: what filters, facet counts and orders need of every post, in arrays that are loaded once a generation.

A post's number is its place in the arrays, which hold removed posts too; these are not live.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archivesearch.engines.arrays import Array, Mask, Numbers, Texts, read_arrays, write_arrays
from archivesearch.posts import Post
from archivesearch.search import FACETS, NONE, FacetName, facet_values, minute, month
from archivesearch.text import fold

UNDATED = -1
_FIRST, _LAST = "\0", "\U0010ffff"
_SAME_TITLE = 10
"""So many posts are looked through for each different title that is wanted: some blogs call every post "Links"."""
MONTHS_A_YEAR = 13
"""A month as a number is 13 times its year plus itself, 0 where only the year is known: so it sorts like its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the arrays hold of one post. The title is folded, lengths are words, `minute` is that of `search.minute`."""

    id: str
    title: str
    minute: int
    month: int
    title_length: int
    text_length: int
    facets: tuple[tuple[str, ...], ...]


def row_of(post: Post, title_length: int, text_length: int) -> Row:
    """The row of a post."""
    moment = minute(post)
    return Row(
        id=post.id,
        title=fold(post.title),
        minute=UNDATED if moment is None else moment,
        month=month_number(month(post)),
        title_length=title_length,
        text_length=text_length,
        facets=tuple(facet_values(post, name) for name in FACETS),
    )


def month_number(name: str) -> int:
    """What `search.month` gives, as a number of this module."""
    if name == NONE:
        return UNDATED
    year, _, month_of_year = name.partition("-")
    return int(year) * MONTHS_A_YEAR + int(month_of_year or 0)


def month_name(number: int) -> str:
    """The reverse of `month_number`."""
    year, month_of_year = divmod(number, MONTHS_A_YEAR)
    return f"{year:04}-{month_of_year:02}" if month_of_year else f"{year:04}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetOrdinals:
    """A facet: the values that posts have, and a pair (post, value's ordinal) for each value of each post."""

    values: tuple[str, ...]
    posts: Numbers
    ordinals: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinals:
    """The arrays of a generation, by the number of a post.

    `by_id` has the numbers in the order of ids; `newest`, `oldest` and `by_title` hold each post's place in that order,
    which is complete: no two posts have the same.
    """

    ids: Texts
    titles: Texts
    live: Mask
    minutes: Numbers
    months: Numbers
    title_lengths: Numbers
    text_lengths: Numbers
    by_id: Numbers
    newest: Numbers
    oldest: Numbers
    by_title: Numbers
    facets: dict[FacetName, FacetOrdinals]

    def numbers(self, post_id: str) -> list[int]:
        """The number of the live post with this id, or none."""
        place = self.ids.first_from(self.by_id, post_id)
        found = []
        # a post that was changed is there twice, removed and live
        while place < len(self.by_id) and self.ids[number := int(self.by_id[place])] == post_id:
            found += [number] if self.live[number] else []
            place += 1
        return found

    def around(self, number: int) -> tuple[int | None, int | None]:
        """The live posts before and behind this one in the order of `newest`, undated ones left out."""
        dated = self.live & (self.minutes != UNDATED)
        if not dated[number]:
            return None, None
        numbers = np.flatnonzero(dated)
        places, here = self.newest[numbers], self.newest[number]
        before, behind = numbers[places < here], numbers[places > here]
        return (
            int(before[np.argmax(self.newest[before])]) if len(before) else None,
            int(behind[np.argmin(self.newest[behind])]) if len(behind) else None,
        )

    def titled(self, start: str, limit: int) -> list[tuple[int, int]]:
        """The newest live posts whose folded titles begin with `start`, one of each title, and how many have it."""
        order = np.argsort(self.by_title)
        first, end = (self.titles.first_from(order, text) for text in (start, start + _LAST))
        found = order[first:end][self.live[order[first:end]]]
        newest = found[np.argsort(self.newest[found])].tolist()
        by_title = {self.titles[number]: number for number in reversed(newest[: limit * _SAME_TITLE])}
        chosen = sorted(by_title.values(), key=lambda number: int(self.newest[number]))[:limit]
        return [(number, self._of_title(order, self.titles[number])) for number in chosen]

    def _of_title(self, order: Numbers, title: str) -> int:
        """How many live posts have this folded title; `order` is that of titles."""
        first, end = (self.titles.first_from(order, text) for text in (title, title + _FIRST))
        return int(np.count_nonzero(self.live[order[first:end]]))

    def words(self) -> int:
        """The number of words of all live posts."""
        return int(self.title_lengths[self.live].sum() + self.text_lengths[self.live].sum())

    def live_ids(self) -> set[str]:
        """The ids of all posts that are not removed."""
        ids = self.ids.all()
        return {ids[number] for number in np.flatnonzero(self.live).tolist()}


NOTHING_YET = Ordinals(
    ids=Texts.of(()),
    titles=Texts.of(()),
    live=np.empty(0, bool),
    **{
        name: np.empty(0, np.int64)
        for name in ("minutes", "months", "title_lengths", "text_lengths", "by_id", "newest", "oldest", "by_title")
    },
    facets={name: FacetOrdinals(values=(), posts=np.empty(0, int), ordinals=np.empty(0, int)) for name in FACETS},
)


def extend(before: Ordinals, removed: Sequence[int], rows: Sequence[Row]) -> Ordinals:
    """The arrays with these posts removed and others behind them."""
    ids = [*before.ids.all(), *(row.id for row in rows)]
    titles = [*before.titles.all(), *(row.title for row in rows)]
    live = np.concatenate([before.live, np.ones(len(rows), bool)])
    live[list(removed)] = False
    minutes = _append(before.minutes, (row.minute for row in rows), np.int64)
    by_id = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int32)
    id_places = _places(by_id)
    return Ordinals(
        ids=Texts.of(ids),
        titles=Texts.of(titles),
        live=live,
        minutes=minutes,
        months=_append(before.months, (row.month for row in rows), np.int32),
        title_lengths=_append(before.title_lengths, (row.title_length for row in rows), np.int32),
        text_lengths=_append(before.text_lengths, (row.text_length for row in rows), np.int32),
        by_id=by_id,
        newest=_places(np.lexsort((id_places, -minutes))),
        oldest=_places(np.lexsort((id_places, minutes, minutes == UNDATED))),
        by_title=_places(sorted(by_id.tolist(), key=titles.__getitem__)),
        facets={
            name: _extend_facet(before.facets[name], len(before.live), [row.facets[column] for row in rows])
            for column, name in enumerate(FACETS)
        },
    )


def _append(before: Numbers, values: Iterable[int], kind: type[np.integer]) -> Numbers:
    return np.concatenate([before.astype(kind), np.fromiter(values, kind)])


def _places(order: Sequence[int] | Numbers) -> Numbers:
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _extend_facet(before: FacetOrdinals, first: int, rows: Sequence[tuple[str, ...]]) -> FacetOrdinals:
    known = {value: ordinal for ordinal, value in enumerate(before.values)}
    pairs = [(first + n, known.setdefault(value, len(known))) for n, values in enumerate(rows) for value in values]
    added = np.array(pairs, np.int32).reshape(-1, 2)
    return FacetOrdinals(
        values=tuple(known),
        posts=np.concatenate([before.posts.astype(np.int32), added[:, 0]]),
        ordinals=np.concatenate([before.ordinals.astype(np.int32), added[:, 1]]),
    )


_ARRAYS = (
    "live", "minutes", "months", "title_lengths", "text_lengths", "by_id", "newest", "oldest", "by_title",
)  # fmt: skip


def write_ordinals(path: Path, ordinals: Ordinals) -> None:
    """Write the arrays for `read_ordinals`."""
    arrays: dict[str, Array] = {name: getattr(ordinals, name) for name in _ARRAYS}
    for name, texts in (("ids", ordinals.ids), ("titles", ordinals.titles)):
        arrays |= {name: texts.raw, f"{name} ends": texts.ends}
    for facet, found in ordinals.facets.items():
        arrays |= {f"{facet} posts": found.posts, f"{facet} ordinals": found.ordinals}
    write_arrays(path, arrays, {facet: found.values for facet, found in ordinals.facets.items()})


def read_ordinals(path: Path) -> Ordinals:
    """The arrays that `write_ordinals` wrote. Raises as `read_arrays` where it did not."""
    arrays, values = read_arrays(path)
    return Ordinals(
        ids=Texts(arrays["ids"], arrays["ids ends"]),
        titles=Texts(arrays["titles"], arrays["titles ends"]),
        **{name: arrays[name] for name in _ARRAYS},
        facets={
            name: FacetOrdinals(
                values=tuple(values[name]), posts=arrays[f"{name} posts"], ordinals=arrays[f"{name} ordinals"]
            )
            for name in FACETS
        },
    )
