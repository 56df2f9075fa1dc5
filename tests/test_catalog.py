"""The catalog: whole or not at all, for one writer at a time, and never a word of SQLite's without advice."""

import os
import re
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from archivesearch.catalog import Catalog
from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import exact_key, merge
from archivesearch.dumps import Rejected
from archivesearch.entries import post_row
from archivesearch.errors import CatalogError
from archivesearch.near import Likeness, sketch_of, wording_of
from archivesearch.posts import Block, Post, Provenance, post_id
from archivesearch.readings import DumpCounts, DumpRow
from archivesearch.tables import SCHEMA
from invented import put_dump

DUMP = DumpRow(
    name="a.txt", sha256="0" * 64, size=99, reader="page-text", version=1, reason="", evidence="e", basis="b"
)
REJECTED = Rejected(dump="a.txt", entry="06 February 2021", reason="no text stands below this date heading", line=3)


def post(title, day="2020-05-03", precision="day", dump="a.txt", certainty=1.0):
    published = day and Published(moment=date.fromisoformat(day), precision=precision, source=DateSource.HEADING)
    place = Provenance(dump=dump, sha256="0" * 64, reader="page-text", line=1, start=0, end=9, certainty=certainty)
    return Post(
        id=post_id(published or None, title),
        title=title,
        published=published or None,
        body=(Block(lines=("No rain.",)),),
        provenance=(place,),
    )


def put(catalog, *posts):
    for each in posts:
        merged, duplicates = merge([each], own_id=False)
        catalog.put_post(post_row(merged, exact_key(each), "basis", duplicates), 1)


@pytest.fixture
def path(tmp_path):
    """Where a catalog is, with one dump of two posts and a rejected entry."""
    path = tmp_path / "index" / "catalog.sqlite3"
    with closing(Catalog(path, writable=True)) as catalog, catalog.writing():
        put_dump(catalog, DUMP, [post("One"), REJECTED, post("Two", "2021-02-06")])
        put(catalog, post("One"), post("Two", "2021-02-06"))
        catalog.add_import(new=2, changed=0, removed=0, dumps=1)
    return path


@pytest.fixture
def catalog(path):
    with closing(Catalog(path, writable=True)) as catalog:
        yield catalog


@pytest.fixture
def database(path):
    """SQLite itself on the catalog, for planting faults."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        yield database


def test_what_was_written_is_read_again(path):
    with closing(Catalog(path)) as catalog:
        assert catalog.readings.dumps() == {"a.txt": replace(DUMP, entries=3)}
        assert list(catalog.readings.rejected()) == [REJECTED]
        assert [each.title for each in catalog.posts()] == ["One", "Two"]
        assert [catalog.readings.read_copy(copy).title for _, copy in catalog.readings.copies()] == ["One", "Two"]
        assert catalog.readings.counts() == {"a.txt": DumpCounts(posts=2, duplicates=0, rejected=1)}
        assert catalog.post(post("One").id) == catalog.post_of(exact_key(post("One"))) == post("One")
        assert list(catalog.damages()) == []


def test_a_dump_put_again_has_only_its_new_entries(catalog):
    with catalog.writing():
        put_dump(catalog, DUMP, [post("Three")])

    assert [catalog.readings.read_copy(copy).title for _, copy in catalog.readings.copies()] == ["Three"]
    assert catalog.readings.dumps()["a.txt"].entries == 1


def test_a_removed_dump_has_no_entries(catalog):
    with catalog.writing():
        catalog.readings.make_current([], ["a.txt"])

    assert (list(catalog.readings.copies()), list(catalog.readings.rejected()), catalog.readings.dumps()) == (
        [],
        [],
        {},
    )


def test_a_post_that_is_written_again_has_the_digest_of_what_it_is_now(catalog):
    ids = list(catalog.ids())
    before = list(map(catalog.known, ids))
    with catalog.writing():
        put(catalog, post("One"))
        again = list(map(catalog.known, ids))
        put(catalog, replace(post("One"), labels=("Rain",)))
    after = list(map(catalog.known, ids))

    assert before == again
    assert [one.id for one, other in zip(before, after, strict=True) if one != other] == [post("One").id]


def test_the_digest_does_not_depend_on_the_order_of_writing(tmp_path):
    digests = set()
    for name, titles in (("one", "AB"), ("two", "BA")):
        with closing(Catalog(tmp_path / name, writable=True)) as catalog:
            with catalog.writing():
                put(catalog, *map(post, titles))
            digests.add(catalog.digest())

    assert len(digests) == 1


def test_the_digest_tells_of_every_change(catalog):
    before = catalog.digest()
    with catalog.writing():
        put(catalog, replace(post("One"), labels=("Rain",)))

    assert catalog.digest() != before


def test_the_span_is_cut_to_what_is_known(catalog):
    with catalog.writing():
        put(catalog, post("Early", "2001-01-01", "year"), post("Late", "2024-03-01", "month"), post("Never", None))

    assert catalog.span() == ("2001", "2024-03")


def test_a_catalog_without_dated_posts_has_no_span(tmp_path):
    with closing(Catalog(tmp_path / "c", writable=True)) as catalog:
        assert catalog.span() == (None, None)


def test_a_post_is_as_certain_as_its_most_certain_copy(catalog):
    unsure, sure = post("Cut", certainty=0.4), post("Cut", certainty=0.9, dump="b.txt")
    merged, duplicates = merge([unsure, sure], own_id=False)
    with catalog.writing():
        catalog.put_post(post_row(merged, exact_key(unsure), "basis", duplicates), 1)

    assert (catalog.number_below(0.7), catalog.number_below(0.95)) == (0, 1)


def test_an_error_inside_writing_leaves_the_catalog_as_it_was(catalog):
    def remove_and_stop():
        with catalog.writing():
            catalog.readings.make_current([], ["a.txt"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove_and_stop()

    assert list(catalog.readings.dumps()) == ["a.txt"]


def test_a_reader_sees_the_catalog_as_it_was_when_opened(path):
    with closing(Catalog(path)) as reading, closing(Catalog(path, writable=True)) as writing:
        before = reading.digest()
        with writing.writing():
            put(writing, post("Three"))

        assert (reading.digest(), reading.number_of_posts()) == (before, 2)
        assert writing.number_of_posts() == 3


def test_a_catalog_opened_for_reading_cannot_be_written(path):
    with closing(Catalog(path)) as catalog, pytest.raises(CatalogError), catalog.writing():
        catalog.readings.make_current([], ["a.txt"])


def test_a_stream_may_be_left_after_its_catalog_is_closed(path):
    catalog = Catalog(path)
    posts = catalog.posts()
    first = next(posts)
    catalog.close()
    posts.close()

    assert first == post("One")


def test_a_second_writer_is_told_which_process_is_at_work(path):
    with closing(Catalog(path, writable=True)), pytest.raises(CatalogError, match=rf"process {os.getpid()}\)"):
        Catalog(path, writable=True)


def test_a_closed_catalog_gives_its_lock_back(path):
    Catalog(path, writable=True).close()

    Catalog(path, writable=True).close()


def test_a_dead_writer_holds_no_lock(path):
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        Catalog(path, writable=True)
        os.write(tell, b"locked")
        signal.pause()
    assert os.read(told, 6) == b"locked"
    with pytest.raises(CatalogError, match=f"process {child}"):
        Catalog(path, writable=True)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(told)
    os.close(tell)

    Catalog(path, writable=True).close()


def test_a_catalog_that_cannot_be_opened_gives_its_lock_back(path):
    path.write_bytes(b"garbage" * 1000)
    for _ in range(2):
        with pytest.raises(CatalogError, match="not a database"):
            Catalog(path, writable=True)


@pytest.mark.parametrize("writable", [False, True])
def test_a_catalog_of_another_version_says_what_to_do(path, database, writable):
    database.execute(f"PRAGMA user_version = {SCHEMA + 1}")

    with pytest.raises(CatalogError, match=rf"another version \({SCHEMA + 1}.*archivesearch import"):
        Catalog(path, writable=writable)


def test_a_catalog_that_was_never_finished_is_of_another_version_for_readers_and_made_by_the_next_writer(tmp_path):
    path = tmp_path / "catalog.sqlite3"
    path.touch()
    with pytest.raises(CatalogError, match="archivesearch import"):
        Catalog(path)

    with closing(Catalog(path, writable=True)) as catalog:
        assert catalog.number_of_posts() == 0


def use_everything(path):
    """All that only reads, read to its end."""
    with closing(Catalog(path)) as catalog:
        copies = list(catalog.readings.copies())
        _ = [catalog.readings.read_copy(copy) for _, copy in copies]
        _ = [catalog.post_of(key) for key, _ in copies]
        _ = (
            catalog.readings.dumps(),
            catalog.keys(),
            list(map(catalog.known, catalog.ids())),
            list(map(catalog.basis, catalog.keys().values())),
            catalog.readings.counts(),
            catalog.digest(),
            catalog.span(),
            catalog.last_import(),
        )
        _ = (
            list(catalog.readings.rejected()),
            list(catalog.posts()),
            list(catalog.damages()),
            list(catalog.duplicates()),
        )
        _ = [list(catalog.readings.copies_of(post.id)) for post in catalog.posts()], catalog.readings.digest()
        _ = [catalog.comparisons.key(number) for number, _ in catalog.comparisons.sketches()]
        _ = list(catalog.comparisons.pairs()), catalog.comparisons.basis("entries"), catalog.comparisons.unsketched()
        _ = [list(catalog.readings.entries_of(key)) for key, _ in catalog.readings.articles()]
        _ = catalog.number_of_posts(), catalog.number_of_duplicates(), catalog.readings.number_of_articles()
        _ = catalog.readings.number_of_rejected(), catalog.number_below(0.5)


def fill(path):
    with closing(Catalog(path, writable=True)) as catalog, catalog.writing():
        many = [post(f"Post number {number}") for number in range(300)]
        put_dump(catalog, replace(DUMP, name="b.txt"), many)
        put(catalog, *many)
        for each in many:
            catalog.comparisons.put_sketches([(exact_key(each), sketch_of(wording_of(each)).to_bytes())])


@pytest.mark.parametrize("part", range(12))
def test_garbage_in_any_part_of_the_file_is_a_sentence_and_never_an_error_of_sqlite(path, part):
    fill(path)
    use_everything(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size * part // 12)
        file.write(b"\xa5\x00garbage" * (size // 12 // 9))

    with pytest.raises(CatalogError, match=re.escape("Delete the folder index/")):
        use_everything_and_report(path)


def use_everything_and_report(path):
    use_everything(path)
    with closing(Catalog(path)) as catalog:
        damages = list(catalog.damages())
    assert damages
    raise CatalogError(f"{damages[0]}: Delete the folder index/")


@pytest.mark.parametrize("kept", [0.01, 0.3, 0.6, 0.99])
def test_a_truncated_file_is_a_sentence_and_never_an_error_of_sqlite(path, kept):
    fill(path)
    os.truncate(path, int(path.stat().st_size * kept))

    with pytest.raises(CatalogError):
        use_everything_and_report(path)


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE posts SET record = replace(record, 'rain', 'snow') WHERE rowid = 1",
        "UPDATE read_entries SET record = replace(record, 'rain', 'snow') WHERE number = 1",
        "UPDATE read_entries SET record = replace(record, 'no text', 'text') WHERE key IS NULL",
        "UPDATE posts SET digest = 'x' WHERE rowid = 1",
        "INSERT INTO duplicates VALUES ('no-such-post', 1, 'a.txt', 'exact', 1.0, '')",
        "DELETE FROM readings",
    ],
)
def test_a_planted_damage_is_found(path, database, fault):
    database.execute("PRAGMA foreign_keys = OFF")
    assert database.execute(fault).rowcount == 1
    with closing(Catalog(path)) as catalog:
        damages = list(catalog.damages())

    assert damages


@pytest.mark.parametrize("record", ["[]", "{}", "no JSON", "null", '{"title": 1}'])
def test_a_record_that_is_no_post_is_a_sentence(path, database, record):
    database.execute("UPDATE posts SET record = ?", (record,))
    database.execute("UPDATE read_entries SET record = ?", (record,))

    with closing(Catalog(path)) as catalog:
        for read in (
            catalog.posts,
            catalog.readings.rejected,
            lambda: (catalog.readings.read_copy(c) for _, c in catalog.readings.copies()),
        ):
            with pytest.raises(CatalogError, match="archivesearch import"):
                list(read())


def test_a_catalog_that_another_program_has_locked_says_so(path, database):
    with closing(Catalog(path, writable=True)) as catalog:
        catalog._db.execute("PRAGMA busy_timeout = 0")
        database.execute("BEGIN IMMEDIATE")

        with pytest.raises(CatalogError, match="Another program has it locked"), catalog.writing():
            catalog.readings.make_current([], ["a.txt"])


KEYS = tuple(exact_key(post(title)) for title in ("One", "Two", "Three"))
NEAR = Likeness(kind="near", similarity=0.9, reason="nine of ten shingles")


@pytest.fixture
def compared(catalog):
    """A catalog with three sketches, of which two pairs were compared."""
    with catalog.writing():
        for key in KEYS:
            catalog.comparisons.put_sketches([(key, sketch_of(wording_of(post(key))).to_bytes())])
        catalog.comparisons.put_pair(KEYS[0], KEYS[1], NEAR)
        catalog.comparisons.put_pair(KEYS[2], KEYS[0], None)
    return catalog


def sketches(catalog):
    return {catalog.comparisons.key(number): sketch for number, sketch in catalog.comparisons.sketches()}


def test_comparisons_are_read_as_they_were_written(compared):
    assert set(compared.comparisons.pairs()) == {(KEYS[0], KEYS[1], NEAR), (KEYS[2], KEYS[0], None)}
    assert sketches(compared)[KEYS[0]] == sketch_of(wording_of(post(KEYS[0])))


def test_what_was_compared_with_a_post_goes_with_its_sketch(compared):
    with compared.writing():
        put_dump(compared, replace(DUMP, name="keys.txt"), [post(title) for title in ("One", "Two")])
        compared.comparisons.remove_lost()

    assert list(compared.comparisons.pairs()) == [(KEYS[0], KEYS[1], NEAR)]
    assert set(sketches(compared)) == set(KEYS[:2])


def test_all_that_was_compared_can_be_forgotten(compared):
    with compared.writing():
        compared.comparisons.put_basis("entries", "b")
        compared.comparisons.forget()

    assert (list(compared.comparisons.pairs()), sketches(compared)) == ([], {})
    assert compared.comparisons.basis("entries") is None


def test_merged_articles_are_one_with_their_copies(catalog):
    one, two = (exact_key(post("One")), exact_key(post("Two", "2021-02-06")))
    before = [key for key, _ in catalog.readings.copies()]
    with catalog.writing():
        catalog.comparisons.put_merged({one: two, two: two})

    assert (before, [key for key, _ in catalog.readings.copies()]) == (sorted([one, two]), [two, two])
    assert catalog.readings.number_of_articles() == 1
    assert sorted(catalog.readings.articles()) == sorted([(one, two), (two, two)])


def test_the_copies_of_a_post_are_its_entries(catalog):
    assert [each.title for each in catalog.readings.copies_of(post("One").id)] == ["One"]
    assert list(catalog.readings.copies_of("no-such-post")) == []


def test_duplicates_are_read_as_they_were_written(catalog):
    merged, duplicates = merge([post("One"), post("One", dump="b.txt"), post("One", dump="c.txt")], own_id=False)
    with catalog.writing():
        catalog.put_post(post_row(merged, exact_key(post("One")), "basis", duplicates), 1)

    assert tuple(catalog.duplicates()) == tuple(catalog.duplicates(merged.id)) == duplicates
    assert list(catalog.duplicates(post("Two", "2021-02-06").id)) == []


def test_a_damaged_sketch_is_found(compared, database):
    database.execute("UPDATE sketches SET sketch = zeroblob(7) WHERE rowid = 1")
    with pytest.raises(CatalogError, match="archivesearch import"):
        list(compared.comparisons.sketches())

    assert [damage for damage in compared.damages() if "sketch" in damage]
