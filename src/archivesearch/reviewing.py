"""One review: from the posts of the catalog, their dumps and what people decided to what a person should look at."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archivesearch.catalog import Catalog
from archivesearch.corrections import Corrections
from archivesearch.dating import far_dates
from archivesearch.dedupe import Duplicate
from archivesearch.doubting import find_doubts
from archivesearch.doubts import Doubt, Known, Subject, ranked
from archivesearch.dumps import Dump, Line, open_dump
from archivesearch.posts import Provenance
from archivesearch.progress import Progress, follow
from archivesearch.raw import holder_of, open_dumps


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people told: their corrections, the places of archive.toml, and how certain is certain enough."""

    corrections: Corrections
    places: Mapping[str, tuple[str, ...]]
    below: float


def review(catalog: Catalog, raw: Path, told: Told, progress: Progress) -> tuple[Doubt, ...]:
    """All doubts that nobody has decided yet, the most doubtful first.

    Raises DumpError for a dump that cannot be read.
    """
    keys = catalog.keys()
    imported = next((each.at for each in catalog.imports()), "")
    known = Known(
        below=told.below,
        corrections=told.corrections,
        places=told.places,
        ids=keys.keys(),
        far=far_dates(catalog.posts()),
        imported=date.fromisoformat(imported[:10]) if imported else date.max,
        lines=_lines_in(raw),
    )
    subjects = follow(_subjects(catalog, keys), "looking for doubts", len(keys), progress)
    return ranked(doubt for subject in subjects for doubt in find_doubts(subject, known))


def _subjects(catalog: Catalog, keys: Mapping[str, str]) -> Iterator[Subject]:
    differing: dict[str, list[Duplicate]] = defaultdict(list)
    for duplicate in catalog.duplicates():
        if duplicate.kind != "exact":
            differing[duplicate.of].append(duplicate)
    for post in catalog.posts():
        copies = catalog.readings.copies_of(post.id) if post.id in differing else ()
        duplicates = tuple(differing.get(post.id, ()))
        yield Subject(post=post, key=keys[post.id], copies=tuple(copies), duplicates=duplicates)


def _lines_in(raw: Path) -> Callable[[Provenance], Sequence[Line]]:
    """Gives the lines of the dump that a place names; none where that is gone, or not what was imported."""
    kept: dict[str, Sequence[Line]] = {}

    def lines(place: Provenance) -> Sequence[Line]:
        if place.sha256 not in kept:
            dump = _find(raw, place.dump)
            kept[place.sha256] = dump.lines() if dump and dump.sha256 == place.sha256 else ()
        return kept[place.sha256]

    return lines


def _find(raw: Path, name: str) -> Dump | None:
    """The dump of this name, if raw/ has it."""
    holder = holder_of(raw, name)
    if not holder.is_file():
        return None
    if holder == raw / name:
        return open_dump(holder, name)
    inside = open_dumps(holder, holder.relative_to(raw).as_posix())
    return next((dump for dump in inside if isinstance(dump, Dump) and dump.name == name), None)
