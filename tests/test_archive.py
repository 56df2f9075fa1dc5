"""The whole way from dumps to answers, undisturbed and disturbed: killed, interrupted, crowded, out of room."""

import ctypes
import os
import resource
import shutil
import signal
import sys
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from archivesearch.archive import Archive
from archivesearch.catalog import Catalog
from archivesearch.cli import commands
from archivesearch.coverage import cover
from archivesearch.errors import ArchiveSearchError, CatalogError, DumpError, EngineUnavailable, NothingImported
from archivesearch.query import parse
from archivesearch.search import FACETS, NONE, Search, facet_values
from invented import POSTS, page, write

FEW = {"a.txt": page(POSTS[:3]), "b.txt": page(POSTS[2:4])}
MORE = {"a.txt": page(POSTS[:3]), "b.txt": page(POSTS[3:5]), "c.txt": page(POSTS[4:], "Rain")}
"""Between FEW and MORE a dump stays, one changes and one is new, and posts come, go and change."""


def run(root):
    with Archive.open(root) as archive:
        return archive.import_dumps()


def total(root, **search):
    with Archive.open(root) as archive:
        return archive.search(Search(**search)).total


def titles(root):
    with Archive.open(root) as archive:
        return sorted(hit.post.title for hit in archive.search(Search(size=100)).hits)


def assert_sound(root, digest):
    """The next import finishes what was begun and comes to this digest; the next build leaves nothing behind."""
    assert run(root).digest == digest
    with Archive.open(root) as archive:
        assert archive.verify(deep=True) == ()
        assert archive.status().index == "up to date"
        archive.reindex()
    assert len([path for path in (root / "index" / "whoosh").iterdir() if path.is_dir()]) <= 2
    assert not list((root / "raw").rglob("*.part"))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """An archive of FEW with three generations behind it, whose raw/ already holds MORE, and the digest of MORE."""
    root = tmp_path_factory.mktemp("template")
    write(root / "raw", MORE)
    digest = run(root).digest
    shutil.rmtree(root / "index")
    shutil.rmtree(root / "raw")
    for some in ({"a.txt": FEW["a.txt"]}, {"b.txt": page(POSTS[5:])}, {"b.txt": FEW["b.txt"]}):
        write(root / "raw", some)
        run(root)
    write(root / "raw", MORE)
    return root, digest


@pytest.fixture
def disturbed(template, tmp_path):
    """An archive of FEW whose next import is of MORE, and the digest that comes of it undisturbed."""
    root, digest = template
    shutil.copytree(root, tmp_path / "archive")
    return tmp_path / "archive", digest


def in_child(work):
    """Do this work in a process of its own; its exit code, negative for a signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            work()
            code = 0
        except KeyboardInterrupt:
            code = 130
        except SystemExit as end:
            code = end.code
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def is_open_of(name, event, arguments):
    return event == "open" and str(arguments[0]).endswith(name) and "w" in str(arguments[1])


def is_swap(event, arguments):
    return event == "os.rename" and str(arguments[1]).endswith("current.json")


class Disturbance:
    """Sends this process a signal at a named moment of an import: "before" or "after" something happens in it."""

    moments = (
        *(
            f"progress: {stage}"
            for stage in (
                "looking at dumps",
                "telling formats",
                "reading dumps, kB",
                "sketching posts",
                "comparing posts",
                "sorting out posts",
                "indexing",
            )
        ),
        "before commit",
        "after commit",
        "before manifest",
        "after manifest",
        "before swap",
        "after swap",
        "before clean-up",
        "after clean-up",
    )

    def __init__(self, moment, number):
        self.when, _, self.what = moment.partition(" ")
        self.number = number
        self.is_next = False

    def progress(self, stage, done, of):
        self.database.set_trace_callback(self.trace)
        if (self.when, self.what) == ("progress:", stage) and (done or not of):
            os.kill(os.getpid(), self.number)

    def hook(self, event, arguments):
        if event == "sqlite3.connect/handle":
            (self.database,) = arguments  # not open yet
        if self.is_next:
            self.is_next = False  # the signal is an event itself
            os.kill(os.getpid(), self.number)
        happening = {
            "manifest": is_open_of("manifest.json", event, arguments),
            "swap": is_swap(event, arguments),
            "clean-up": event == "shutil.rmtree",
        }
        if happening.get(self.what):
            self.what = ""  # once is enough
            self.happen()

    def trace(self, statement):
        if self.what == "commit" and statement == "COMMIT":
            self.happen()

    def happen(self):
        if self.when == "before":
            os.kill(os.getpid(), self.number)
        self.is_next = True


def import_disturbed(root, moment, number):
    disturbance = Disturbance(moment, number)
    sys.addaudithook(disturbance.hook)
    with Archive.open(root) as archive:
        archive.import_dumps(progress=disturbance.progress)


@pytest.mark.parametrize("moment", Disturbance.moments)
def test_an_import_that_is_killed_is_finished_by_the_next(disturbed, moment):
    root, digest = disturbed

    assert in_child(lambda: import_disturbed(root, moment, signal.SIGKILL)) == -signal.SIGKILL
    assert total(root) in {4, len(POSTS)}
    assert_sound(root, digest)


@pytest.mark.parametrize("moment", Disturbance.moments)
def test_a_first_import_that_is_killed_is_finished_by_the_next(template, tmp_path, moment):
    _, digest = template
    write(tmp_path / "raw", MORE)
    if "clean-up" not in moment:  # there is nothing to clean up yet
        assert in_child(lambda: import_disturbed(tmp_path, moment, signal.SIGKILL)) == -signal.SIGKILL

    assert_sound(tmp_path, digest)


@pytest.mark.parametrize("moment", [moment for moment in Disturbance.moments if "commit" not in moment])
def test_an_import_that_is_interrupted_is_finished_by_the_next(disturbed, moment):
    root, digest = disturbed

    assert in_child(lambda: import_disturbed(root, moment, signal.SIGINT)) == 130
    assert total(root) in {4, len(POSTS)}
    assert_sound(root, digest)


def test_between_commit_and_index_status_says_that_the_index_is_behind(disturbed):
    root, _ = disturbed
    in_child(lambda: import_disturbed(root, "before swap", signal.SIGKILL))
    with Archive.open(root) as archive:
        status = archive.status()

    assert (status.posts, status.indexed) == (len(POSTS), 4)
    assert "archivesearch reindex" in status.index


def test_reindex_mends_an_index_that_is_behind(disturbed):
    root, digest = disturbed
    in_child(lambda: import_disturbed(root, "before swap", signal.SIGKILL))
    with Archive.open(root) as archive:
        assert archive.reindex() == len(POSTS)
        assert archive.verify(deep=True) == ()
        assert archive.status().digest == digest


def import_with_little_room(root, size, told):
    sys.stderr = told.open("w")
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    commands(["--archive", str(root), "import"], prog_name="archivesearch")


@pytest.mark.parametrize("size", [1000, 8000, 30000, 60000])
def test_a_full_disk_is_one_sentence_and_the_old_index_serves(disturbed, tmp_path, size):
    root, digest = disturbed
    told = tmp_path / "told"

    assert in_child(lambda: import_with_little_room(root, size, told)) in {3, 6, 7, 8}
    assert told.read_text().startswith("Error: ")
    assert told.read_text().count("\n") == 1
    assert titles(root) == sorted(title for _, title, _ in POSTS[:4])
    assert_sound(root, digest)


def test_of_two_imports_at_once_the_second_says_which_process_is_at_work(disturbed):
    root, digest = disturbed
    copied = root.parent / "d.txt"
    copied.write_text(page())
    with closing(Catalog(root / "index" / "catalog.sqlite3", writable=True)), Archive.open(root) as archive:
        for command in (lambda: archive.import_dumps([copied]), archive.reindex):
            with pytest.raises(CatalogError, match=f"process {os.getpid()}"):
                command()

    assert not (root / "raw" / "d.txt").exists()
    assert_sound(root, digest)


def test_searches_during_an_import_answer_from_one_generation(disturbed):
    root, _ = disturbed
    old = sorted(title for _, title, _ in POSTS[:4])
    seen = Counter()
    with Archive.open(root) as archive, Archive.open(root) as other:

        def search(stage, done, of):
            for searching in (archive, other):
                found = searching.search(Search(size=100))
                assert sorted(hit.post.title for hit in found.hits) == old
                assert sum(count.count for count in found.facets["year"]) == found.total == len(old)
            seen[stage] += 1

        archive.import_dumps(progress=search)
        assert other.search(Search()).total == archive.search(Search()).total == len(POSTS)
    assert set(seen) == {
        "looking at dumps",
        "telling formats",
        "reading dumps, kB",
        "sketching posts",
        "comparing posts",
        "sorting out posts",
        "indexing",
    }


def test_a_second_import_leaves_the_index_alone(demonstration, tmp_path):
    root = shutil.copytree(demonstration.root, tmp_path / "archive")
    current = root / "index" / "whoosh" / "current.json"
    before = current.read_bytes(), current.stat().st_mtime_ns, titles(root)
    report = run(root)

    assert (report.new, report.changed, report.removed) == (0, 0, 0)
    assert (current.read_bytes(), current.stat().st_mtime_ns, titles(root)) == before


def test_index_comes_back_from_raw_with_the_same_digest_and_hits(demonstration, tmp_path):
    shutil.copytree(demonstration.root, tmp_path / "archive")
    queries = ["workshop", "bicycle", '"the workshop"', "fiets OR workshop", "-workshop", ""]

    def answers():
        with Archive.open(tmp_path / "archive") as archive:
            hits = [archive.search(Search(query=parse(query))).hits for query in queries]
            return archive.status().digest, [[(hit.post.id, hit.score) for hit in page] for page in hits]

    before = answers()
    shutil.rmtree(tmp_path / "archive" / "index")
    run(tmp_path / "archive")

    assert answers() == before
    assert all(before[1])


@pytest.mark.parametrize("facet", FACETS)
def test_a_search_for_each_facet_value_agrees_with_brute_force_over_the_export(demonstration, facet):
    posts = list(demonstration.export())
    values = {value for post in posts for value in facet_values(post, facet)}
    counted = {count.value: count.count for count in demonstration.facets()[facet]}
    found = {value: demonstration.search(Search(chosen={facet: (value,)}, size=100)) for value in values}

    assert len(values) > 1
    assert set(counted) == values
    for value, results in found.items():
        expected = {post.id for post in posts if value in facet_values(post, facet)}
        assert {hit.post.id for hit in results.hits} == expected
        assert counted[value] == results.total == len(expected)


def test_undated_and_countryless_posts_are_found_under_none(tmp_path):
    weather = "\n31 February 2019\n\nA day of no calendar\n\nThe bucket under the gutter was full before noon.\n"
    write(tmp_path / "raw", {"a.txt": page(POSTS[:1]) + weather})
    run(tmp_path)
    with Archive.open(tmp_path) as archive:
        for facet in ("year", "country", "label"):
            found = archive.search(Search(chosen={facet: (NONE,)})).hits
            assert "A day of no calendar" in {hit.post.title for hit in found}
        assert [hit.post.title for hit in archive.search(Search(chosen={"year": (NONE,)})).hits] == [
            "A day of no calendar"
        ]


def test_status_tells_how_the_archive_stands(disturbed):
    root, digest = disturbed
    run(root)
    with Archive.open(root) as archive:
        status = archive.status()

    assert (status.posts, status.indexed, status.dumps) == (len(POSTS), len(POSTS), 3)
    assert (status.duplicates, status.rejected) == (1, 0)
    assert (status.first, status.last) == ("2017-11-30", "2021-02-06")
    assert (status.digest, status.index) == (digest, "up to date")


def test_dumps_from_outside_are_taken_into_raw_and_imported(tmp_path):
    write(tmp_path, {"given/a.txt": FEW["a.txt"], "c.txt": MORE["c.txt"], "archive/raw/b.txt": MORE["b.txt"]})
    root = tmp_path / "archive"
    with Archive.open(root) as archive:
        report = archive.import_dumps([tmp_path / "given", tmp_path / "c.txt", root / "raw" / "b.txt"])
        again = archive.import_dumps([tmp_path / "given", tmp_path / "c.txt"])

    assert [(dump.name, dump.state) for dump in report.dumps] == [("a.txt", "new"), ("b.txt", "new"), ("c.txt", "new")]
    assert (again.digest, again.new) == (report.digest, 0)
    assert sorted(path.name for path in (root / "raw").iterdir()) == ["a.txt", "b.txt", "c.txt"]


def test_two_dumps_of_one_name_are_both_imported(tmp_path):
    write(tmp_path, {"one/a.txt": page(POSTS[:3]), "two/a.txt": page(POSTS[3:])})
    (tmp_path / "archive").mkdir()
    with Archive.open(tmp_path / "archive") as archive:
        report = archive.import_dumps([tmp_path / "one" / "a.txt", tmp_path / "two" / "a.txt"])

    assert (len(report.dumps), report.total) == (2, len(POSTS))


def test_a_given_file_that_cannot_be_copied_is_told_and_the_others_are_imported(tmp_path):
    write(tmp_path / "given", {"a.txt": page()})
    os.mkfifo(tmp_path / "given" / "pipe.txt")
    (tmp_path / "archive").mkdir()
    with Archive.open(tmp_path / "archive") as archive:
        report = archive.import_dumps([tmp_path / "given"])

    assert [(dump.name, dump.state) for dump in report.dumps] == [("a.txt", "new"), ("pipe.txt", "unreadable")]
    assert report.total == len(POSTS)


def test_a_path_that_is_not_there_changes_nothing(tmp_path):
    with Archive.open(tmp_path) as archive, pytest.raises(DumpError, match="no such file"):
        archive.import_dumps([tmp_path / "missing.txt"])

    assert list(tmp_path.iterdir()) == []


PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # prctl(2), capabilities(7)


def hide(path):
    """Take the right to read away; of root's processes started from now on, that they may read it all the same."""
    path.chmod(0)
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0


def import_hidden(root):
    hide(root / "raw" / "a.txt")
    report = run(root)
    sys.exit(0 if [dump.state for dump in report.dumps] == ["unreadable", "new"] and report.total == 2 else 1)


def test_a_file_that_may_not_be_read_is_told_and_the_others_are_imported(tmp_path):
    write(tmp_path / "raw", {"a.txt": page(POSTS[:2]), "b.txt": page(POSTS[2:4])})

    assert in_child(lambda: import_hidden(tmp_path)) == 0


@pytest.mark.parametrize("ask", ["status", "verify", "reindex", "export"])
def test_before_the_first_import_every_answer_names_the_first_step(tmp_path, ask):
    with Archive.open(tmp_path) as archive, pytest.raises(CatalogError, match="archivesearch import"):
        list(getattr(archive, ask)() or ())


@pytest.mark.parametrize("ask", [lambda a: a.search(Search()), lambda a: a.post("x"), lambda a: a.facets()])
def test_before_the_first_import_every_search_names_the_first_step(tmp_path, ask):
    with Archive.open(tmp_path) as archive, pytest.raises(EngineUnavailable, match="archivesearch import"):
        ask(archive)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ArchiveSearchError, match="--archive"):
        Archive.open(tmp_path / "missing")


def test_an_empty_archive_answers_with_nothing(tmp_path):
    run(tmp_path)
    with Archive.open(tmp_path) as archive:
        assert archive.search(Search()).total == 0
        assert archive.verify(deep=True) == ()
        assert (archive.status().first, archive.status().last) == (None, None)


def test_hits_have_snippets_and_posts_are_shown_whole(disturbed):
    root, _ = disturbed
    with Archive.open(root) as archive:
        (hit,) = archive.search(Search(query=parse("river"))).hits
        shown = archive.post(hit.post.id)

    assert [fragment.text for fragment in hit.snippet if fragment.marked] == ["river"]
    assert (shown.published.day, shown.text) == (date(2021, 2, 6), POSTS[0][2])


def cut_short(content):
    return content[:-1]


def flip_a_bit(content):
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("damage", [cut_short, flip_a_bit])
def test_an_import_does_not_build_on_a_damaged_index_though_an_equal_one_stands_behind_it(disturbed, damage):
    root, digest = disturbed
    with Archive.open(root) as archive:
        archive.reindex()
    newest = max(path for path in (root / "index" / "whoosh").iterdir() if path.is_dir())
    path = newest / "ordinals.arrays"
    path.write_bytes(damage(path.read_bytes()))

    assert_sound(root, digest)


def test_an_import_that_brings_nothing_new_mends_a_damaged_index(disturbed):
    root, digest = disturbed
    run(root)
    with Archive.open(root) as archive:
        archive.reindex()
    newest = max(path for path in (root / "index" / "whoosh").iterdir() if path.is_dir())
    os.truncate(newest / "ordinals.arrays", 1)

    assert_sound(root, digest)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_an_import_builds_a_damaged_index_anew(disturbed, damage):
    root, digest = disturbed
    newest = max(path for path in (root / "index" / "whoosh").iterdir() if path.is_dir())
    for path in newest.iterdir():
        damage(path)

    assert_sound(root, digest)


def ask_everything(root, digest):
    if os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)
    with Archive.open(root) as archive:
        right = archive.status().digest == digest and archive.verify() == () and len(list(archive.export())) == 4
    sys.exit(0 if right else 1)


def test_an_archive_that_may_only_be_read_can_be_asked_everything():
    """As on a web host, or on a read-only disk."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root / "raw", FEW)
        digest = run(root).digest
        for path in (root, *root.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)

        asked = in_child(lambda: ask_everything(root, digest))

        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        assert asked == 0


# Coverage


def test_the_coverage_counts_every_post_of_the_demonstration_in_the_dumps_of_its_provenance(demonstration):
    posts = list(demonstration.export())
    coverage = demonstration.coverage()

    assert coverage == cover(
        (post.published and post.published.day_key, frozenset(copy.dump for copy in post.provenance)) for post in posts
    )
    assert any(each.only < each.counts.posts for each in coverage.dumps)


def test_near_duplicates_are_covered_as_one_post_that_stands_in_both_dumps(tmp_path):
    words = " ".join(f"word{number}" for number in range(80))
    near = {"a.txt": words, "b.txt": f"{words} rain"}
    write(tmp_path / "raw", {name: page([(date(2021, 2, 6), "Rain", text)]) for name, text in near.items()})
    run(tmp_path)
    with Archive.open(tmp_path) as archive:
        coverage = archive.coverage()
        kinds = [copy.kind for copy in archive.duplicates()]

    assert kinds == ["near"]
    assert coverage.counts.months == {"2021-02": 1}
    assert [(each.dump, each.counts.posts, each.only) for each in coverage.dumps] == [("a.txt", 1, 0), ("b.txt", 1, 0)]


def test_the_coverage_follows_every_import_and_is_counted_once_until_then(tmp_path):
    write(tmp_path / "raw", FEW)
    with Archive.open(tmp_path) as archive:
        archive.import_dumps()
        first = archive.coverage()
        again = archive.coverage()
        write(tmp_path / "raw", MORE)
        run(tmp_path)
        after = archive.coverage()

    assert again is first
    assert (first.counts.posts, after.counts.posts) == (4, 6)
    assert [each.dump for each in after.dumps] == ["a.txt", "b.txt", "c.txt"]


def test_a_suppressed_post_is_in_no_coverage(tmp_path):
    write(tmp_path / "raw", FEW)
    run(tmp_path)
    with Archive.open(tmp_path) as archive:
        post = next(post for post in archive.export() if post.title == "Water in the streets")
        (tmp_path / "corrections.toml").write_text(f'[[post]]\nid = "{post.id}"\nsuppress = true\n')
        archive.import_dumps()
        coverage = archive.coverage()

    assert coverage.counts.posts == 3
    assert "2021-02" not in coverage.counts.months


def test_there_is_no_coverage_before_the_first_import(tmp_path):
    with Archive.open(tmp_path) as archive, pytest.raises(NothingImported, match="archivesearch import"):
        archive.coverage()
