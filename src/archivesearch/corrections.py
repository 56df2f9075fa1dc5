"""What people decided about an archive: the records, what they change in a post, and what cannot stand together.

How they are read from corrections.toml, and added there: `corrections_file`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from archivesearch.dates import Published
from archivesearch.dumps import Cut
from archivesearch.errors import CorrectionsError
from archivesearch.posts import Post, united_labels
from archivesearch.text import clean, fold, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCorrection:
    """What people decided of the post with this id; None leaves what the dumps and the program say.

    `published` replaces the date, `suppress` keeps the post out of everything that anybody can see; `note` is for
    people.
    """

    id: str
    title: str | None = None
    published: Published | Literal["undated"] | None = None
    labels: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    language: str | None = None
    suppress: bool = False
    note: str = ""


DECIDABLE = ("title", "published", "labels", "countries", "language", "suppress")
"""The fields of `PostCorrection` that decide something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The posts with these ids are one."""

    posts: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """The copy of this post that stands in this dump is a post of its own."""

    post: str
    dump: str
    note: str = ""


Entry = Cut | PostCorrection | Merge | Apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """All that people decided, each kind in the order of the file; false where they decided nothing.

    `posts` has one correction for each id, whatever number of entries it comes from.
    """

    cuts: tuple[Cut, ...] = ()
    posts: Mapping[str, PostCorrection] = field(default_factory=lambda: MappingProxyType({}))
    merges: tuple[Merge, ...] = ()
    apart: tuple[Apart, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cuts or self.posts or self.merges or self.apart)

    @property
    def ids(self) -> frozenset[str]:
        """Every post that is named: one that the archive does not have is a decision that nothing follows from."""
        merged = (post for merge in self.merges for post in merge.posts)
        return frozenset([*self.posts, *merged, *(each.post for each in self.apart)])

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The ids of each set of posts that are one; merges that share a post are one set."""
        groups: list[frozenset[str]] = []
        for merge in self.merges:
            shared = [group for group in groups if not group.isdisjoint(merge.posts)]
            groups = [group for group in groups if group not in shared] + [frozenset(merge.posts).union(*shared)]
        return tuple(sorted(groups, key=sorted))


def correct(post: Post, correction: PostCorrection) -> Post:
    """The post as people decided, under its own id; of the date what the dump prints stays.

    Correcting twice is correcting once. `suppress` is left to whoever asks for the posts.
    """
    changed: dict[str, Any] = {}
    if correction.title is not None:
        changed["title"] = one_line(clean(correction.title))
    if correction.published == "undated":
        changed["published"] = None
    elif correction.published is not None:
        printed = post.published.printed if post.published else ""
        changed["published"] = replace(correction.published, printed=printed)
    if correction.labels is not None:
        changed["labels"] = united_labels(filter(None, (one_line(clean(label)) for label in correction.labels)))
    if correction.countries is not None:
        changed["countries"] = tuple(sorted(set(correction.countries)))
    if correction.language is not None:
        changed["language"] = correction.language
    return replace(post, **changed)


def stale_cuts(cuts: Iterable[Cut], evidence: Iterable[str]) -> tuple[Cut, ...]:
    """The cuts that no dump has a line for, told by the evidence of all entries that were read with them."""
    missing = {cut.say(): cut for cut in cuts}
    for text in evidence:
        if "corrections.toml" in text:
            for said in [said for said in missing if said in text]:
                del missing[said]
    return tuple(missing.values())


def gather(entries: Iterable[tuple[str, Entry]]) -> Corrections:
    """The corrections of these entries, each given with its place in words.

    Raises CorrectionsError for two that contradict each other or say the same.
    """
    placed = list(entries)
    posts: dict[str, PostCorrection] = {}
    places: dict[str, str] = {}
    for place, entry in placed:
        if isinstance(entry, PostCorrection):
            known = posts.get(entry.id)
            posts[entry.id] = _unite(known, entry, places[entry.id], place) if known else entry
            places[entry.id] = place
    _check_repeated(placed)
    _check_merged(placed)
    return Corrections(
        cuts=tuple(entry for _, entry in placed if isinstance(entry, Cut)),
        posts=MappingProxyType(posts),
        merges=tuple(entry for _, entry in placed if isinstance(entry, Merge)),
        apart=tuple(entry for _, entry in placed if isinstance(entry, Apart)),
    )


def _unite(known: PostCorrection, more: PostCorrection, before: str, place: str) -> PostCorrection:
    """Both corrections of one post as one."""
    told = {name: value for name in DECIDABLE if (value := getattr(more, name)) not in (None, False)}
    for name, value in told.items():
        if getattr(known, name) not in (None, False, value):
            word = "date" if name == "published" else name
            raise CorrectionsError(f"{place}: {before} gives the post {more.id} another {word}. Take one of them out.")
    return replace(known, **told, note="; ".join(filter(None, (known.note, more.note))))


def _check_repeated(entries: Iterable[tuple[str, Entry]]) -> None:
    seen: dict[tuple[object, ...], tuple[str, Entry]] = {}
    for place, entry in entries:
        key = _key(entry)
        if key is None:
            continue
        if key not in seen:
            seen[key] = (place, entry)
            continue
        before, known = seen[key]
        opposite = isinstance(entry, Cut) and isinstance(known, Cut) and entry.begins != known.begins
        raise CorrectionsError(
            f"{place} says {'the opposite of' if opposite else 'what is in'} {before}. Take one out."
        )


def _key(entry: Entry) -> tuple[object, ...] | None:
    """Equal for two entries that decide the same question; None for corrections of a post, which add up."""
    match entry:
        case Cut():
            return ("cut", fold(clean(entry.line)), entry.day, entry.dump)
        case Merge():
            return ("merge", frozenset(entry.posts))
        case Apart():
            return ("apart", entry.post, entry.dump)
        case PostCorrection():
            return None


def _check_merged(entries: Iterable[tuple[str, Entry]]) -> None:
    merges: dict[str, list[str]] = defaultdict(list)
    aparts: dict[str, str] = {}
    for place, entry in entries:
        if isinstance(entry, Merge):
            for post in entry.posts:
                merges[post].append(place)
        elif isinstance(entry, Apart):
            aparts[entry.post] = place
    for post in merges.keys() & aparts.keys():
        raise CorrectionsError(f"{aparts[post]} takes {post} apart, but {merges[post][0]} merges it. Take one out.")
