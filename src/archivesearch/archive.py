"""An archive: its dumps, its catalog and its index, and everything that can be asked of them."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archivesearch.engines import open_engine
from archivesearch.errors import ArchiveSearchError, CatalogError, EngineError, EngineUnavailable, NothingImported
from archivesearch.posts import Post, is_post_id
from archivesearch.said import say_posts
from archivesearch.search import (
    Around,
    FacetCount,
    FacetName,
    Hit,
    Note,
    Results,
    Search,
    Stamp,
    Suggestion,
    stamp_of,
    tell_nobody,
)
from archivesearch.settings import Settings, load_settings
from archivesearch.snippets import snippet

# A search from the command line is a process of its own: what only an import or a check needs is loaded by them.
if TYPE_CHECKING:
    from archivesearch.catalog import Catalog, Import
    from archivesearch.corrections import Corrections, Entry
    from archivesearch.coverage import Coverage
    from archivesearch.dedupe import Duplicate
    from archivesearch.doubts import Doubt
    from archivesearch.folding import Changes
    from archivesearch.importing import ImportReport
    from archivesearch.progress import Progress
    from archivesearch.soundness import Problem
    from archivesearch.workers import Workers


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
        self._covered: tuple[str | None, Coverage] | None = None

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

    def import_dumps(
        self, paths: Sequence[Path] = (), *, dry: bool = False, progress: "Progress | None" = None
    ) -> "ImportReport":
        """Take these dumps into raw/, bring the catalog to what raw/ holds, then the index to the catalog.

        A `dry` import tells what it would do, and leaves raw/, posts and index as they are.

        Raises DumpError for a path that is not there, CatalogError while another import is at work.
        """
        from archivesearch.workers import Workers

        # the workers get ready while this process does
        with Workers(loading=["archivesearch.readers", "archivesearch.tasks"]) as workers:
            return self._import(workers, paths, progress or _say_nothing, dry=dry)

    def _import(self, workers: "Workers", paths: Sequence[Path], tell: "Progress", *, dry: bool) -> "ImportReport":
        from archivesearch.importing import DumpReport, Order, import_files
        from archivesearch.raw import Unusable, check_given, missing_dumps, take_in
        from archivesearch.readers import READERS
        from archivesearch.reading import files_of

        check_given(paths, self._raw)
        corrections = self._corrections()
        with self._importing(dry=dry) as catalog:
            given = list(missing_dumps(paths, self._raw)) if dry else take_in(paths, self._raw)
            refused = [each for each in given if isinstance(each, Unusable)]
            more = [each for each in given if not isinstance(each, Unusable)]
            files = files_of(self._raw, more, imported=len(catalog.readings.dumps()))
            order = Order(files=files, readers=READERS, places=self.settings.places, corrections=corrections, dry=dry)
            before = stamp_of(catalog.digest())
            report, changes = import_files(catalog, order, workers, tell)
            if not dry:
                self._update_index(catalog, before, changes, tell)
        outside = (DumpReport(name=each.name, reader=None, state="unreadable", reason=each.reason) for each in refused)
        return replace(report, dumps=(*report.dumps, *outside))

    @contextmanager
    def _importing(self, *, dry: bool) -> "Iterator[Catalog]":
        """The catalog to import into: of an archive without one a dry import makes none."""
        from archivesearch.catalog import Catalog

        with ExitStack() as stack:
            path = self._catalog
            if dry and not path.exists():
                path = Path(stack.enter_context(TemporaryDirectory())) / path.name
            yield stack.enter_context(closing(Catalog(path, writable=True)))

    def _corrections(self) -> "Corrections":
        from archivesearch.corrections_file import CORRECTIONS_FILE, read_corrections

        return read_corrections(self.root / CORRECTIONS_FILE)

    def _update_index(self, catalog: "Catalog", before: Stamp, changes: "Changes", tell: "Progress") -> None:
        from archivesearch.progress import follow

        now = stamp_of(catalog.digest())
        indexed = self._indexed_stamp()
        if indexed == now:
            return
        touched = [post.id for post in changes.posts if post.state != "removed"]
        if indexed == before and len(touched) < catalog.number_of_posts():
            posts = (post for post_id in touched if (post := catalog.post(post_id)))
            try:
                self._engine.apply(follow(posts, "indexing", len(touched), tell), changes.ids("removed"), now)
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

    def search(self, search: Search, note: Note = tell_nobody) -> Results:
        """The answer to a search, with snippets. `note` is told what is done for it."""
        with self._answering():
            results = self._engine.search(self._narrowed(search, note), note)
        hits = tuple(_with_snippet(hit, search) for hit in results.hits)
        note(f"made the snippets of {say_posts(len(hits))}")
        return replace(results, hits=hits)

    def hits(self, search: Search) -> Generator[Hit, None, None]:
        """The hits of a search, of a page of any size, with snippets, made one by one as they are taken.

        All are from one generation of the index. Nothing is counted.
        """
        with self._answering(), closing(self._engine.hits(self._narrowed(search, tell_nobody))) as hits:
            for hit in hits:
                yield _with_snippet(hit, search)

    def _narrowed(self, search: Search, note: Note) -> Search:
        """The search as an engine can answer it, which knows no imports."""
        if search.since_import is None:
            return search
        with closing(self._open_catalog()) as catalog:
            among = catalog.ids_since(search.since_import)
        note(f"asked the catalog what came after import {search.since_import}: {say_posts(len(among))}")
        return replace(search, among=among)

    def around(self, post_id: str, similar: int = 0) -> Around | None:
        """The post with this id and those around it, so many similar ones at most; None where there is no such post.

        All are from one generation of the index.
        """
        with self._answering():
            return self._engine.around(post_id, similar)

    def suggest(self, typed: str, limit: int = 5) -> tuple[Suggestion, ...]:
        """What may be meant by somebody who has typed so far: labels, titles and words, of each so many at most."""
        with self._answering():
            return self._engine.suggest(typed, limit)

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""
        with self._answering():
            return self._engine.post(post_id)

    def ids(self) -> tuple[str, ...]:
        """The ids of all posts that a search can find, sorted."""
        with self._answering():
            return self._engine.ids()

    def present_id(self, post_id: str) -> str | None:
        """The id of the post that has this id, or had it before: so that addresses of posts stay good.

        A post has another id when a better copy of it comes with another date or title. Its former ids are told by its
        copies alone, so they outlive index/. None for an id that no post had, and for all ids of a suppressed post.
        """
        if not is_post_id(post_id) or not self._catalog.exists():
            return None
        with closing(self._open_catalog()) as catalog:
            return catalog.present_id(post_id)

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

    def doubts(self, *, progress: "Progress | None" = None) -> "tuple[Doubt, ...]":
        """What a person should look at and has not decided yet, the most doubtful first."""
        from archivesearch.folding import DOUBTFUL
        from archivesearch.reviewing import Told, review

        with closing(self._open_catalog()) as catalog:
            told = Told(corrections=self._corrections(), places=self.settings.places, below=DOUBTFUL)
            return review(catalog, self._raw, told, progress or _say_nothing)

    def decide(self, entry: "Entry", comment: str = "") -> None:
        """Write what a person decided into corrections.toml, durably: the next import obeys it.

        Raises CorrectionsError where it contradicts what stands there.
        """
        from archivesearch.corrections_file import CORRECTIONS_FILE, append_entry

        append_entry(self.root / CORRECTIONS_FILE, entry, comment)

    def duplicates(self, of: str | None = None) -> "Iterator[Duplicate]":
        """Every further copy of a post, sorted by post; those of one post with how each differs from the post."""
        from archivesearch.dedupe import with_differences

        with closing(self._open_catalog()) as catalog:
            post = catalog.post(of) if of is not None else None
            if post:
                yield from with_differences(post, catalog.duplicates(post.id), catalog.readings.copies_of(post.id))
            elif of is None:
                yield from catalog.duplicates()

    def imports(self) -> "Iterator[Import]":
        """The history of imports, the last one first."""
        with closing(self._open_catalog()) as catalog:
            yield from catalog.imports()

    def coverage(self) -> "Coverage":
        """How many posts each month has, in all and by dump, and the gaps. Raises NothingImported before an import.

        It is counted once for all posts with one digest, of which it is a function: to count 20,000 posts takes a
        tenth of a second or two, which the page must not spend on every request.
        """
        from archivesearch.coverage import cover

        if not self._catalog.exists():
            raise NothingImported(self._say_first_step())
        with closing(self._open_catalog()) as catalog:
            digest, known = catalog.last_import(), self._covered  # which another thread may replace meanwhile
            if known is None or known[0] != digest:
                self._covered = known = digest, cover(catalog.days_and_dumps())
            return known[1]

    def status(self) -> Status:
        """How the archive stands."""
        from archivesearch.folding import DOUBTFUL

        with closing(self._open_catalog()) as catalog:
            digest = catalog.digest()
            first, last = catalog.span()
            index, indexed = self._say_index(digest)
            rows = catalog.readings.dumps()
            unreadable = tuple(name for name, row in rows.items() if row.reader is None)
            return Status(
                posts=catalog.number_of_posts(),
                dumps=len(rows) - len(unreadable),
                duplicates=catalog.number_of_duplicates(),
                rejected=catalog.readings.number_of_rejected(),
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
            return tuple(verify(catalog, self._engine, self._raw, self.settings.places, self._corrections(), deep=deep))

    def _open_catalog(self, *, writable: bool = False) -> "Catalog":
        from archivesearch.catalog import Catalog

        if not self._catalog.exists():
            raise CatalogError(self._say_first_step())
        return Catalog(self._catalog, writable=writable)

    def _say_first_step(self) -> str:
        root = self.root.resolve()  # what is named as "." tells a newcomer nothing
        return f"Nothing has been imported into {root} yet. Put dumps into {root / 'raw'}, run `archivesearch import`."


def _with_snippet(hit: Hit, search: Search) -> Hit:
    return replace(hit, snippet=snippet(hit.post.text, search.query, hit.post.language))


def _say_nothing(stage: str, done: int, of: int) -> None:
    """Progress that nobody looks at."""
