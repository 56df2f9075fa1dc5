"""An archive: its dumps, its catalog and its index, and everything that can be asked of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archivesearch.engines import open_engine
from archivesearch.errors import ArchiveSearchError, CatalogError, EngineError, EngineUnavailable, NothingImported
from archivesearch.posts import Post
from archivesearch.search import FacetCount, FacetName, Results, Search, Stamp, stamp_of
from archivesearch.settings import Settings, load_settings
from archivesearch.snippets import snippet

# A search from the command line is a process of its own: what only an import or a check needs is loaded by them.
if TYPE_CHECKING:
    from archivesearch.catalog import Catalog
    from archivesearch.dedupe import Duplicate
    from archivesearch.folding import Changes
    from archivesearch.importing import ImportReport
    from archivesearch.progress import Progress
    from archivesearch.soundness import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an archive stands: how much it has of what, its first and last day, and its index in words.

    `dumps` counts those that could be read, `doubtful` the posts whose cut a person should look at, `indexed` the posts
    that a search can find, `unreadable` names the dumps that no reader could read. `first` and `last` are ISO dates,
    cut to what is known.
    """

    posts: int
    dumps: int
    duplicates: int
    rejected: int
    unreadable: tuple[str, ...]
    doubtful: int
    first: str | None
    last: str | None
    digest: str
    index: str
    indexed: int


class Archive:
    """The archive in a folder; what the command line and the page hold. A context manager that closes it."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self._raw = root / "raw"
        self._catalog = root / "index" / "catalog.sqlite3"
        self._engine = open_engine(settings, root / "index")

    @classmethod
    def open(cls, root: Path) -> Self:
        """The archive in this folder, which may be empty. Raises ArchiveSearchError where there is no such folder."""
        if not root.is_dir():
            raise ArchiveSearchError(f"There is no folder {root}. Make it, or name another with --archive.")
        return cls(root, load_settings(root))

    def close(self) -> None:
        """Give back what is held open."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def import_dumps(self, paths: Sequence[Path] = (), *, progress: "Progress | None" = None) -> "ImportReport":
        """Take these dumps into raw/, bring the catalog to what raw/ holds, then the index to the catalog.

        Raises DumpError for a path that is not there, CatalogError while another import is at work.
        """
        from archivesearch.catalog import Catalog
        from archivesearch.importing import DumpReport, import_raw
        from archivesearch.raw import check_given, take_in
        from archivesearch.readers import READERS

        tell = progress or _say_nothing
        check_given(paths, self._raw)
        with closing(Catalog(self._catalog, writable=True)) as catalog:
            refused = take_in(paths, self._raw)
            before = stamp_of(catalog.digest())
            report, changes = import_raw(catalog, self._raw, READERS, self.settings.places, tell)
            self._update_index(catalog, before, changes, tell)
        outside = (DumpReport(name=each.name, reader=None, state="unreadable", reason=each.reason) for each in refused)
        return replace(report, dumps=(*report.dumps, *outside))

    def _update_index(self, catalog: "Catalog", before: Stamp, changes: "Changes", tell: "Progress") -> None:
        from archivesearch.progress import follow

        now = stamp_of(catalog.digest())
        indexed = self._indexed_stamp()
        if indexed == now:
            return
        touched = sorted(changes.new | changes.changed)
        if indexed == before and len(touched) < catalog.number_of_posts():
            posts = (post for post_id in touched if (post := catalog.post(post_id)))
            try:
                self._engine.apply(follow(posts, "indexing", len(touched), tell), changes.removed, now)
            except EngineUnavailable:
                pass  # a damage that only building on it shows; what stands in the way of building stops `_rebuild` too
            else:
                return
        self._rebuild(catalog, tell)

    def _indexed_stamp(self) -> Stamp | None:
        """The stamp of the index; None where there is none, or it cannot be built on: then it is built anew."""
        try:
            return None if self._engine.check() else self._engine.stamp()
        except EngineError:
            return None

    def reindex(self, *, progress: "Progress | None" = None) -> int:
        """Build the index anew from the catalog and tell how many posts it has."""
        with closing(self._open_catalog(writable=True)) as catalog:
            return self._rebuild(catalog, progress or _say_nothing)

    def _rebuild(self, catalog: "Catalog", tell: "Progress") -> int:
        from archivesearch.progress import follow

        number = catalog.number_of_posts()
        self._engine.rebuild(follow(catalog.posts(), "indexing", number, tell), stamp_of(catalog.digest()))
        return number

    def search(self, search: Search) -> Results:
        """The answer to a search, with snippets."""
        with self._answering():
            results = self._engine.search(search)
        hits = tuple(
            replace(hit, snippet=snippet(hit.post.text, search.query, hit.post.language)) for hit in results.hits
        )
        return replace(results, hits=hits)

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        with self._answering():
            return self._engine.post(post_id)

    def facets(self) -> Mapping[FacetName, tuple[FacetCount, ...]]:
        """The counts of every facet over all posts."""
        with self._answering():
            return self._engine.search(Search(size=1)).facets

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Before the first import there is nothing to reindex: the error then names the command that comes first."""
        try:
            yield
        except EngineUnavailable as error:
            if self._catalog.exists() or self._engine.stamp():
                raise
            raise NothingImported(self._say_first_step()) from error

    def export(self) -> Iterator[Post]:
        """Every post of the catalog, sorted by id."""
        with closing(self._open_catalog()) as catalog:
            yield from catalog.posts()

    def doubtful(self) -> Iterator[Post]:
        """The posts that may begin or end at the wrong place, the most doubtful first."""
        from archivesearch.importing import DOUBTFUL

        with closing(self._open_catalog()) as catalog:
            yield from catalog.posts_below(DOUBTFUL)

    def duplicates(self, of: str | None = None) -> "Iterator[Duplicate]":
        """Every further copy of a post, sorted by post; those of one post with how each differs from the post."""
        from archivesearch.dedupe import with_differences

        with closing(self._open_catalog()) as catalog:
            post = catalog.post(of) if of is not None else None
            if post:
                yield from with_differences(post, catalog.duplicates(post.id), catalog.copies_of(post.id))
            elif of is None:
                yield from catalog.duplicates()

    def status(self) -> Status:
        """How the archive stands."""
        from archivesearch.importing import DOUBTFUL

        with closing(self._open_catalog()) as catalog:
            digest = catalog.digest()
            first, last = catalog.span()
            index, indexed = self._say_index(digest)
            rows = catalog.dumps()
            unreadable = tuple(name for name, row in rows.items() if row.reader is None)
            return Status(
                posts=catalog.number_of_posts(),
                dumps=len(rows) - len(unreadable),
                duplicates=catalog.number_of_duplicates(),
                rejected=catalog.number_of_rejected(),
                unreadable=unreadable,
                doubtful=catalog.number_below(DOUBTFUL),
                first=first,
                last=last,
                digest=digest,
                index=index,
                indexed=indexed,
            )

    def _say_index(self, digest: str) -> tuple[str, int]:
        try:
            stamp = self._engine.stamp()
            indexed = self._engine.search(Search(size=1)).total
        except EngineError as error:
            return str(error), 0
        return "up to date" if stamp == stamp_of(digest) else "behind the catalog: run `archivesearch reindex`", indexed

    def verify(self, *, deep: bool = False) -> "tuple[Problem, ...]":
        """What is wrong with the archive: nothing, if the answer is empty."""
        from archivesearch.soundness import verify

        with closing(self._open_catalog()) as catalog:
            return tuple(verify(catalog, self._engine, self._raw, deep=deep))

    def _open_catalog(self, *, writable: bool = False) -> "Catalog":
        from archivesearch.catalog import Catalog

        if not self._catalog.exists():
            raise CatalogError(self._say_first_step())
        return Catalog(self._catalog, writable=writable)

    def _say_first_step(self) -> str:
        return (
            f"Nothing has been imported into {self.root} yet. Put dumps into {self._raw}, run `archivesearch import`."
        )


def _say_nothing(stage: str, done: int, of: int) -> None:
    """Progress that nobody looks at."""
