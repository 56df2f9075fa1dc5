"""One import: what becomes of each dump, and that nothing but the dumps decides what the catalog holds."""

import os
import signal
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from archivesearch.catalog import Catalog
from archivesearch.corrections import Corrections
from archivesearch.dates import DateSource, Published
from archivesearch.dumps import Rejected
from archivesearch.errors import DumpError
from archivesearch.importing import Order, import_files
from archivesearch.posts import Block, Post, Provenance, post_id
from archivesearch.readers import READERS
from archivesearch.reading import files_of
from archivesearch.tasks import ARTICLES_A_TASK
from archivesearch.workers import Workers
from invented import POSTS, page, write

DEMONSTRATION = Path(__file__).parent.parent / "raw"


def say_nothing(stage, done, of):
    """Progress that nobody looks at."""


class Lines:
    """A reader of lines: each is a post (title|text|day; "-" for undated) unless "!" begins it; "!!" ends in an error.

    It reads in another process: what it has read it writes into the file `log`.
    """

    def __init__(self, version=1, name="lines", log=None):
        self.version = version
        self.name = name
        self.log = log

    def recognises(self, dump):
        return dump.head(6) == b"lines\n"

    def evidence(self, dump):
        return ""

    def learn(self, evidence, cuts=()):
        return None

    def read(self, dump, learnt):
        if self.log:
            with self.log.open("a") as log:
                log.write(f"{dump.name}\n")
        for line in dump.lines()[1:]:
            if line.text == "!!":
                raise DumpError(f"{dump.name} breaks off. Fetch it again.")
            if line.text.startswith("!"):
                yield Rejected(dump=dump.name, entry=line.text, reason="begins with a mark", line=line.number)
            elif line.text:
                yield self._post(dump, line)

    def _post(self, dump, line):
        title, text, day = [*line.text.split("|"), "", ""][:3]
        place = Provenance(
            dump=dump.name, sha256=dump.sha256, reader=self.name, line=line.number, start=line.start, end=line.end
        )
        moment = date.fromisoformat(day) if day.strip("-") else date(2020, 5, 3)
        published = None if day == "-" else Published(moment=moment, source=DateSource.FEED)
        return Post(
            id=post_id(published, title),
            title=title,
            published=published,
            body=(Block(lines=(text or f"{title} in version {self.version}",)),),
            provenance=(place,),
        )


@pytest.fixture(scope="module", autouse=True)
def workers():
    """The processes that read dumps, for all imports here: to start one for each takes longer than they do."""
    with Workers(loading=["archivesearch.readers", "archivesearch.tasks"]) as Archive.workers:
        yield


class Archive:
    """A folder with dumps and a catalog."""

    def __init__(self, root):
        self.raw = root / "raw"
        self.raw.mkdir()
        self.path = root / "catalog.sqlite3"

    def run(self, readers=READERS, places=None, corrections=None, progress=say_nothing, **options):
        with closing(Catalog(self.path, writable=True)) as catalog:
            files = files_of(self.raw, imported=len(catalog.readings.dumps()))
            order = Order(
                files=files,
                readers=readers,
                places=places or {},
                corrections=corrections or Corrections(),
                **options,
            )
            return import_files(catalog, order, self.workers, progress)

    def report(self, **options):
        return self.run(**options)[0]

    def states(self, **options):
        return {dump.name: dump.state for dump in self.report(**options).dumps}

    def posts(self):
        with closing(Catalog(self.path)) as catalog:
            return list(catalog.posts())

    def titles(self):
        return sorted(post.title for post in self.posts())


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def test_an_import_of_nothing_is_an_empty_catalog(archive):
    report = archive.report()

    assert (report.dumps, report.total) == ((), 0)


def test_a_second_import_brings_nothing_new(archive):
    write(archive.raw, {"a.txt": page(), "label.txt": page(POSTS[:2], "Rain")})
    first = archive.report()
    second, changes = archive.run()

    assert (first.new, first.total) == (len(POSTS), len(POSTS))
    assert (second.new, second.changed, second.removed) == (0, 0, 0)
    assert changes.posts == ()
    assert second.digest == first.digest
    assert {dump.state for dump in second.dumps} == {"unchanged"}


def test_an_unchanged_dump_is_not_read_again(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n", "b.txt": "lines\nTwo\n"})
    reader = Lines(log=archive.path.with_name("log"))
    archive.run(readers=[reader])
    write(archive.raw, {"b.txt": "lines\nTwo and a half\n"})
    archive.run(readers=[reader])

    assert sorted(reader.log.read_text().split()) == ["a.txt", "b.txt", "b.txt"]


def test_a_post_that_takes_the_id_of_another_leaves_its_own(archive):
    """Of two articles with one day and title the first has the short id; the other gets it when that one goes."""
    write(archive.raw, {"a.txt": "lines\nWells|It rained.\n", "b.txt": "lines\nWells|It was dry.\n"})
    archive.run(readers=[Lines()])
    short, own = sorted(archive.posts(), key=lambda post: post.id != post_id(post.published, post.title))
    (archive.raw / short.provenance[0].dump).unlink()
    report, changes = archive.run(readers=[Lines()])

    assert (report.new, report.changed, report.removed, report.total) == (0, 1, 1, 1)
    assert [(change.state, change.title) for change in changes.posts if change.id == own.id] == [("removed", "Wells")]
    assert [post.text for post in archive.posts()] == [own.text]
    assert changes.ids("changed") == {short.id}


def test_articles_of_a_long_dump_are_sketched_while_it_is_read(archive):
    """In batches: what is left of the last one comes after."""
    lines = "".join(f"Post {number}|About number {number}.\n" for number in range(2 * ARTICLES_A_TASK + 3))
    write(archive.raw, {"a.txt": f"lines\n{lines}"})
    told = set()
    archive.run(readers=[Lines()], progress=lambda stage, done, of: told.add((stage, of)))

    assert ("sketching posts", 3) in told


def test_a_reader_of_another_version_reads_everything_again(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n"})
    archive.run(readers=[Lines(1)])
    states = archive.states(readers=[Lines(2)])

    assert [post.text for post in archive.posts()] == ["One in version 2"]
    assert states == {"a.txt": "unchanged"}


def test_other_places_in_the_settings_change_the_posts_they_touch(archive):
    write(
        archive.raw,
        {"a.txt": page([(date(2020, 5, 3), "Rain in Lowerdale", "In Lowerdale it rained."), *POSTS[3:5]])},
    )
    archive.run()
    report, changes = archive.run(places={"Lowerdale": ("Nepal",)})

    assert (report.new, report.changed, report.removed) == (0, 1, 0)
    assert [post.countries for post in archive.posts() if post.id in changes.ids("changed")] == [("Nepal",)]


def test_one_dump_under_two_names_is_one_post_with_two_places(archive):
    write(archive.raw, {"b.txt": page(), "a/a.txt": page()})
    report = archive.report()

    assert report.total == len(POSTS)
    assert {tuple(place.dump for place in post.provenance) for post in archive.posts()} == {("a/a.txt", "b.txt")}
    assert [(dump.name, dump.posts, dump.duplicates) for dump in report.dumps] == [
        ("a/a.txt", len(POSTS), 0),
        ("b.txt", 0, len(POSTS)),
    ]


def test_a_label_page_gives_its_label_to_the_posts_it_repeats(archive):
    write(archive.raw, {"a.txt": page()})
    archive.run()
    write(archive.raw, {"label.txt": page(POSTS[:1], "Rain")})
    report = archive.report()

    assert (report.new, report.changed) == (0, 1)
    assert [post.title for post in archive.posts() if post.labels == ("Rain",)] == [POSTS[0][1]]


def test_the_posts_of_a_changed_dump_are_those_it_has_now(archive):
    write(archive.raw, {"a.txt": page(POSTS[:4])})
    archive.run()
    write(archive.raw, {"a.txt": page(POSTS[2:])})
    report = archive.report()

    assert [dump.state for dump in report.dumps] == ["changed"]
    assert (report.new, report.removed) == (2, 2)
    assert archive.titles() == sorted(title for _, title, _ in POSTS[2:])


def test_the_posts_of_a_dump_that_is_gone_leave_and_that_is_told(archive):
    write(archive.raw, {"a.txt": page(POSTS[:4]), "b.txt": page(POSTS[3:])})
    archive.run()
    (archive.raw / "b.txt").unlink()
    report = archive.report()

    gone = next(dump for dump in report.dumps if dump.name == "b.txt")
    assert (gone.state, gone.reason) == ("gone", "b.txt is no longer in raw/.")
    assert report.removed == 2
    assert archive.titles() == sorted(title for _, title, _ in POSTS[:4])
    assert archive.states() == {"a.txt": "unchanged"}


def test_a_dump_that_comes_back_brings_its_posts_back(archive):
    write(archive.raw, {"a.txt": page(POSTS[:4]), "b.txt": page(POSTS[3:])})
    before = archive.report()
    (archive.raw / "b.txt").unlink()
    archive.run()
    write(archive.raw, {"b.txt": page(POSTS[3:])})
    after = archive.report()

    assert after.digest == before.digest
    assert {dump.name: dump.state for dump in after.dumps} == {"a.txt": "unchanged", "b.txt": "new"}


def test_raw_that_is_not_there_takes_no_posts_away(archive):
    write(archive.raw, {"a.txt": page()})
    archive.run()
    archive.raw.rename(archive.raw.with_name("elsewhere"))

    with pytest.raises(DumpError, match="Put it back"):
        archive.run()
    assert len(archive.posts()) == len(POSTS)


def make_pipe(path):
    os.mkfifo(path)


def make_link_out(path):
    outside = path.parent.parent / "outside.txt"
    outside.write_text(page())
    path.symlink_to(outside)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(bytes(range(256)) * 9), "is not text"),
        (lambda path: path.write_text("A text without a date.\n"), "no line of it is a date"),
        (lambda path: path.write_bytes(page().encode("utf-16-le")), "is not text"),
        (
            lambda path: path.write_bytes("Дождь шёл весь день.\n\n6 мая 2020\n".encode("koi8-r") * 9),
            "an encoding that",
        ),
        (make_pipe, "is no ordinary file"),
        (make_link_out, "leads out of its folder"),
        (lambda path: path.symlink_to("missing.txt"), "is no ordinary file"),
        (lambda path: path.symlink_to("."), "is a link to a folder"),
    ],
    ids=["empty", "binary", "no date", "utf-16 without mark", "koi8-r", "pipe", "link out", "broken link", "loop"],
)
def test_a_dump_that_cannot_be_read_is_told_in_one_sentence_and_the_others_are_imported(archive, make, reason):
    write(archive.raw, {"good.txt": page()})
    make(archive.raw / "bad.txt")
    report = archive.report()

    bad, good = report.dumps
    assert (bad.name, bad.state, bad.reader, bad.entries) == ("bad.txt", "unreadable", None, 0)
    assert bad.reason.startswith("bad.txt ")
    assert reason in bad.reason
    assert bad.reason.endswith(".")
    assert "\n" not in bad.reason
    assert (good.state, report.total) == ("new", len(POSTS))


def test_a_dump_that_became_unreadable_has_no_posts_and_is_new_when_mended(archive):
    write(archive.raw, {"a.txt": page()})
    before = archive.report()
    write(archive.raw, {"a.txt": ""})
    broken = archive.report()
    write(archive.raw, {"a.txt": page()})
    mended = archive.report()

    assert (broken.dumps[0].state, broken.removed, broken.total) == ("unreadable", len(POSTS), 0)
    assert (mended.dumps[0].state, mended.digest) == ("new", before.digest)


def test_a_dump_that_breaks_off_while_it_is_read_is_unreadable_as_a_whole(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n!!\n", "b.txt": "lines\nTwo\n"})
    report = archive.report(readers=[Lines()])

    assert [(dump.state, dump.entries) for dump in report.dumps] == [("unreadable", 0), ("new", 1)]
    assert report.dumps[0].reason == "a.txt breaks off. Fetch it again."
    assert archive.titles() == ["Two"]


def test_two_readers_for_one_dump_are_told(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n"})
    report = archive.report(readers=[Lines(), Lines(name="others")])

    assert report.dumps[0].state == "unreadable"
    assert "lines and others" in report.dumps[0].reason


def test_every_entry_is_a_post_a_further_copy_or_rejected(archive):
    write(archive.raw, {"a.txt": "lines\nOne\nOne\n!no\nTwo\n", "b.txt": "lines\nTwo\n!no\n!never\n"})
    report = archive.report(readers=[Lines()])

    assert [(dump.entries, dump.posts, dump.duplicates, dump.rejected) for dump in report.dumps] == [
        (4, 2, 1, 1),
        (3, 0, 1, 2),
    ]
    assert [(rejected.dump, rejected.line) for rejected in report.rejected] == [
        ("a.txt", 4),
        ("b.txt", 3),
        ("b.txt", 4),
    ]


@pytest.mark.parametrize(
    "order", [["One|a", "One|b", "One|c"], ["One|c", "One|a", "One|b"], ["One|b", "One|c", "One|a"]]
)
def test_posts_with_one_day_and_title_keep_apart_whatever_comes_first(archive, order):
    for number, line in enumerate(order, start=1):
        write(archive.raw, {f"{line[-1]}.txt": f"lines\n{line}\n"})
        archive.run(readers=[Lines()])
        assert sorted(post.text for post in archive.posts()) == sorted(line[-1] for line in order[:number])
    grown = archive.posts()
    archive.path.unlink()
    archive.run(readers=[Lines()])

    assert archive.posts() == grown


@pytest.mark.parametrize("leaving", "ab")
def test_when_a_post_leaves_its_namesake_gets_the_id_of_day_and_title(archive, leaving):
    write(archive.raw, {f"{text}.txt": f"lines\nOne|{text}\n" for text in "ab"})
    archive.run(readers=[Lines()])
    (archive.raw / f"{leaving}.txt").unlink()
    archive.run(readers=[Lines()])

    short = post_id(Published(moment=date(2020, 5, 3), source=DateSource.FEED), "One")
    assert [(post.id, post.text) for post in archive.posts()] == [(short, "ba"["ab".index(leaving)])]


def test_progress_is_told_stage_by_stage_up_to_the_end(archive):
    write(archive.raw, {"a.txt": page(POSTS[:2]), "b.txt": page(POSTS[2:])})
    told = []
    archive.run(progress=lambda stage, done, of: told.append((stage, done, of)))

    last = {stage: (done, of) for stage, done, of in told}
    size = sum(path.stat().st_size for path in archive.raw.iterdir()) // 1000
    assert list(last.items()) == [
        ("looking at dumps", (2, 2)),
        ("telling formats", (2, 2)),
        ("reading dumps, kB", (size, size)),
        ("sketching posts", (len(POSTS), len(POSTS))),
        ("comparing posts", (0, 0)),
        ("sorting out posts", (len(POSTS), len(POSTS))),
    ]
    assert all(done <= of for _, done, of in told)
    assert told == sorted(told, key=lambda each: (list(last).index(each[0]), each[1]))


@st.composite
def some_dumps(draw):
    """Two to five dumps of one blog: pages that overlap, some of them of a label."""
    shown = st.lists(st.sampled_from(POSTS), min_size=1, unique=True)
    drawn = draw(st.lists(st.tuples(shown, st.sampled_from([None, None, "Rain", "Wells"])), min_size=2, max_size=5))
    return {f"{number}.txt": page(posts, label) for number, (posts, label) in enumerate(drawn)}


def outcome(batches):
    """What an import after each batch of dumps comes to."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        for batch in batches:
            write(archive.raw, batch)
            digest = archive.report().digest
        return digest, archive.posts()


@settings(max_examples=25)
@given(some_dumps(), st.data())
def test_the_order_of_dumps_and_the_number_of_imports_do_not_matter(dumps, data):
    order = data.draw(st.permutations(sorted(dumps.items())))
    cut = data.draw(st.integers(1, len(order)))
    batches = [dict(order[:cut]), dict(order[cut:])]

    assert outcome(batches) == outcome([dumps])


@settings(max_examples=15)
@given(some_dumps(), st.data())
def test_what_a_dump_was_before_does_not_matter(dumps, data):
    before = data.draw(st.permutations(list(dumps.values())))
    other = dict(zip(dumps, before, strict=True))

    assert outcome([other, dumps]) == outcome([dumps])


@settings(max_examples=25)
@given(some_dumps())
def test_posts_duplicates_and_rejected_are_all_that_was_read(dumps):
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        write(archive.raw, dumps)
        report = archive.report()
        places = [place for post in archive.posts() for place in post.provenance]

    assert all(dump.entries == dump.posts + dump.duplicates + dump.rejected for dump in report.dumps)
    assert sum(dump.entries - dump.rejected for dump in report.dumps) == len(places) == len(set(places))
    assert sum(dump.posts for dump in report.dumps) == report.total


def test_the_demonstration_dumps_come_to_the_same_label_pages_first_and_all_at_once():
    dumps = {file.name: file.read_bytes() for file in DEMONSTRATION.glob("*.txt")}
    labels = {name: content for name, content in dumps.items() if name.startswith("label-")}

    assert 0 < len(labels) < len(dumps)
    assert outcome([labels, dumps]) == outcome([dumps])


def test_a_post_has_the_enrichment_of_the_united_labels(archive):
    write(archive.raw, {"a.txt": page(), "label.txt": page(POSTS[:1], "Rain")})
    archive.run()

    (labelled,) = (post for post in archive.posts() if post.labels)
    assert (labelled.language, labelled.countries) == ("en", ("Nepal",))


LONG = " ".join(
    f"The {number}th well of the valley gave water {number} days longer than its neighbour." for number in range(8)
)
VARIANTS = (
    LONG,
    LONG.upper(),
    LONG.replace("neighbour", "neighbor", 1),
    f"{LONG} Read more",
    LONG.replace(". The", ". <b>The</b>"),
    " ".join(LONG.split()[:50]),
    " ".join(LONG.split()[:40]) + " Continue reading",
    LONG.replace("4 days", "7 days"),
    LONG.replace("valley", "plain"),
    "It rained.",
)
LINES = [
    f"{title}|{text}|{day}"
    for title in ("Wells", "Wells!", "Wells, part 2")
    for text in VARIANTS
    for day in ("2020-05-03", "2020-05-05", "2020-05-12", "-")
]


@st.composite
def dumps_of_variants(draw):
    """Two to six dumps that have one article in many forms, and others that only look like it."""
    drawn = draw(st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=3), min_size=2, max_size=6))
    return {f"{number}.txt": "\n".join(["lines", *lines, ""]) for number, lines in enumerate(drawn)}


def told(archive):
    """What there is of posts and of further copies."""
    with closing(Catalog(archive.path)) as catalog:
        return list(catalog.posts()), list(catalog.duplicates())


def outcome_of_lines(batches):
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        digest = ""
        for batch in batches:
            write(archive.raw, {name: text for name, text in batch.items() if text})
            for name in (name for name, text in batch.items() if not text):
                (archive.raw / name).unlink()
            digest = archive.report(readers=[Lines()]).digest
        return digest, told(archive)


@settings(max_examples=60)
@given(dumps_of_variants(), st.data())
def test_near_duplicates_depend_on_neither_the_order_of_dumps_nor_the_number_of_imports(dumps, data):
    order = data.draw(st.permutations(sorted(dumps.items())))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=3)))
    batches = [dict(order[start:end]) for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]

    assert outcome_of_lines(batches) == outcome_of_lines([dumps])


@settings(max_examples=30)
@given(dumps_of_variants(), dumps_of_variants())
def test_dumps_that_were_there_before_leave_no_trace_in_near_duplicates(dumps, before):
    gone = {name: "" for name in before if name not in dumps}

    assert outcome_of_lines([before, {**dumps, **gone}]) == outcome_of_lines([dumps])


@settings(max_examples=30)
@given(dumps_of_variants())
def test_each_entry_is_a_post_or_a_duplicate_of_one(dumps):
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        write(archive.raw, dumps)
        report = archive.report(readers=[Lines()])
        posts, duplicates = told(archive)

    assert all(dump.entries == dump.posts + dump.duplicates + dump.rejected for dump in report.dumps)
    assert sum(dump.duplicates for dump in report.dumps) == len(duplicates)
    assert sum(dump.entries for dump in report.dumps) == len(posts) + len(duplicates)


def counted(archive):
    """How many things each stage of an import did."""
    stages = {}
    archive.run(readers=[Lines()], progress=lambda stage, done, of: stages.update({stage: of}))
    return stages


def test_only_what_is_new_is_sketched_and_compared(archive):
    write(archive.raw, {f"{number}.txt": f"lines\nWells|{text}\n" for number, text in enumerate(VARIANTS[:4])})
    first = counted(archive)
    write(archive.raw, {"more.txt": f"lines\nWells|{VARIANTS[4]}\nRain|{LONG}\n"})
    second = counted(archive)
    third = counted(archive)

    assert (first["sketching posts"], first["comparing posts"]) == (3, 3)
    assert (second["sketching posts"], second["comparing posts"]) == (2, 3)
    assert "sketching posts" not in third


def test_posts_that_a_new_dump_does_not_touch_are_not_made_again(archive):
    write(archive.raw, {"a.txt": f"lines\nWells|{LONG}\nRain|It rained.\n"})
    archive.run(readers=[Lines()])
    write(archive.raw, {"b.txt": f"lines\nWells|{LONG} Read more\n"})
    report, changes = archive.run(readers=[Lines()])

    assert (report.new, report.changed, report.removed, report.total) == (0, 1, 0, 2)
    assert [post.title for post in archive.posts() if post.id in changes.ids("changed")] == ["Wells"]


def test_another_version_of_the_comparison_compares_everything_again(archive):
    write(archive.raw, {"a.txt": f"lines\nWells|{LONG}\n", "b.txt": f"lines\nWells|{LONG} Read more\n"})
    before = counted(archive)
    with closing(Catalog(archive.path, writable=True)) as catalog, catalog.writing():
        catalog.comparisons.put_basis("version", "that of another program")
    after = counted(archive)

    assert (after["sketching posts"], after["comparing posts"]) == (2, 1)
    assert after == before | {"telling formats": 0, "reading dumps, kB": 0}


def test_real_dumps_have_only_their_exact_duplicates(shared, archive):
    write(archive.raw, {path.name: path.read_bytes() for path in (shared / "dumps").iterdir()})
    archive.run()

    assert [duplicate.kind for duplicate in told(archive)[1]] == ["exact"] * 3


def test_a_dry_import_tells_what_a_real_one_then_does_and_changes_nothing(archive):
    write(archive.raw, {"a.txt": page(POSTS[:4])})
    archive.run()
    before = archive.posts()
    write(archive.raw, {"a.txt": page(POSTS[2:]), "b.txt": ""})
    foretold = archive.report(dry=True)
    kept = archive.posts()
    done = archive.report()

    assert foretold.dry
    assert kept == before
    assert replace(foretold, dry=False) == done
    assert [(change.state, change.title) for change in done.posts if change.state == "removed"] == [
        ("removed", title) for _, title, _ in sorted(POSTS[:2])
    ]


class Fatal(Lines):
    """A reader of lines that comes to its end at a line of three marks, and leaves a file behind when it has done so."""

    def read(self, dump, learnt):
        for line in dump.lines():
            if line.text == "!!!":
                os.kill(os.getpid(), signal.SIGKILL)
        yield from super().read(dump, learnt)


def test_a_dump_that_ends_its_reader_is_one_rejected_entry_and_the_others_are_imported(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n!!!\n", "b.txt": "lines\nTwo\n"})
    report = archive.report(readers=[Fatal()])

    assert archive.titles() == ["Two"]
    assert [(rejected.dump, rejected.entry) for rejected in report.rejected] == [("a.txt", "all of it")]
    assert all(dump.entries == dump.posts + dump.duplicates + dump.rejected for dump in report.dumps)


def test_what_an_interrupted_import_has_read_is_not_read_again(archive):
    def interrupt(stage, done, of):
        if stage == "sorting out posts":
            raise KeyboardInterrupt

    write(archive.raw, {"a.txt": "lines\nOne\n", "b.txt": "lines\nTwo\n"})
    reader = Lines(log=archive.path.with_name("log"))
    with pytest.raises(KeyboardInterrupt):
        archive.run(readers=[reader], progress=interrupt)
    interrupted = archive.posts()
    archive.run(readers=[reader])

    assert interrupted == []
    assert archive.titles() == ["One", "Two"]
    assert sorted(reader.log.read_text().split()) == ["a.txt", "b.txt"]


def test_the_history_tells_what_each_import_brought(archive):
    write(archive.raw, {"a.txt": page(POSTS[:4])})
    archive.run()
    write(archive.raw, {"a.txt": page(POSTS[2:])})
    archive.run()
    with closing(Catalog(archive.path)) as catalog:
        second, first = catalog.imports()
        since = {number: {catalog.known(post).title for post in catalog.ids_since(number)} for number in (0, 1, 2)}

    assert [(each.number, each.new, each.removed, each.posts, each.dumps) for each in (first, second)] == [
        (1, 4, 0, 4, 1),
        (2, 2, 2, 4, 1),
    ]
    assert since == {
        0: {title for _, title, _ in POSTS[2:]},
        1: {title for _, title, _ in POSTS[4:]},
        2: set(),
    }


def test_the_history_counts_no_dump_that_could_not_be_read(archive):
    write(archive.raw, {"a.txt": "lines\nOne\n", "b.txt": "lines\nOne\n!!\n", "c.txt": "of no format"})
    states = archive.states(readers=[Lines()])
    write(archive.raw, {"b.txt": "lines\nTwo\n"})
    archive.run(readers=[Lines()])
    with closing(Catalog(archive.path)) as catalog:
        dumps = [each.dumps for each in catalog.imports()]

    assert states == {"a.txt": "new", "b.txt": "unreadable", "c.txt": "unreadable"}
    assert dumps == [1, 1]
