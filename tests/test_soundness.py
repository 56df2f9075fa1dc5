"""Every deliberate fault in raw/, catalog or index is found, and on a sound archive nothing is."""

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from archivesearch.archive import Archive
from archivesearch.catalog import Catalog
from archivesearch.engines import open_engine
from archivesearch.posts import from_record
from archivesearch.search import stamp_of
from archivesearch.settings import Settings
from invented import POSTS, page, write


@pytest.fixture
def root(tmp_path):
    """An archive of two dumps that share posts, with a rejected entry."""
    write(tmp_path / "raw", {"a.txt": page(), "label.txt": page(POSTS[:3], "Rain")})
    with (tmp_path / "raw" / "a.txt").open("a") as file:
        file.write("\n01 January 2017\n")
    with Archive.open(tmp_path) as archive:
        report = archive.import_dumps()
    assert len(report.rejected) == 1
    return tmp_path


def problems(root, *, deep=False):
    with Archive.open(root) as archive:
        return archive.verify(deep=deep)


def messages(root, **options):
    return "\n".join(problem.message for problem in problems(root, **options))


def kinds(root, **options):
    return {problem.kind for problem in problems(root, **options)}


def change(root, *statements):
    """Change the catalog behind the program's back."""
    with closing(sqlite3.connect(root / "index" / "catalog.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys = ON")
        for statement, *values in statements:
            assert database.execute(statement, values).rowcount > 0


def seal(root):
    """Give every record the digest that belongs to it, and the last import the digest of all, as a bug would."""
    with closing(Catalog(root / "index" / "catalog.sqlite3", writable=True)) as catalog, catalog.writing():
        catalog._db.create_function("sha256", 1, lambda record: hashlib.sha256(record.encode()).hexdigest())
        catalog._db.execute("UPDATE posts SET digest = sha256(record)")
        catalog._db.execute("UPDATE read_entries SET digest = sha256(record)")
        catalog.add_import(new=0, changed=0, removed=0, dumps=0)


def index(root, make):
    """Index what `make` makes of the posts, under the catalog's own stamp."""
    with closing(Catalog(root / "index" / "catalog.sqlite3")) as catalog:
        engine = open_engine(Settings(), root / "index")
        engine.rebuild(make(list(catalog.posts())), stamp_of(catalog.digest()))
        engine.close()


@pytest.mark.parametrize("deep", [False, True])
def test_nothing_is_wrong_with_a_sound_archive(root, deep):
    assert problems(root, deep=deep) == ()


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE posts SET record = replace(record, 'water', 'wine')",
        "UPDATE read_entries SET record = replace(record, 'water', 'wine') WHERE key IS NOT NULL",
        "DELETE FROM posts WHERE rowid = 2",
        "DELETE FROM read_entries WHERE rowid = 2",
        "DELETE FROM read_entries WHERE key IS NULL",
        "DELETE FROM duplicates WHERE rowid = 1",
        "DELETE FROM imports",
        "DELETE FROM readings WHERE name = 'label.txt'",
        "INSERT INTO posts SELECT 'more', 'more', basis, certainty, day, since, digest, record FROM posts LIMIT 1",
    ],
)
@pytest.mark.parametrize("sealed", [False, True], ids=["", "sealed"])
def test_a_change_of_the_catalog_is_found(root, fault, sealed):
    change(root, [fault])
    if sealed and "imports" not in fault:
        seal(root)

    assert kinds(root) == {"rebuild"}


def altered(root, alter):
    """Write what `alter` makes of the first post that has copies, with every digest as it should be then."""
    with closing(Catalog(root / "index" / "catalog.sqlite3")) as catalog:
        post = next(post for post in catalog.posts() if len(post.provenance) > 1)
    record = alter(json.loads(record_of(root, post.id)))
    from_record(record)
    change(root, ["UPDATE posts SET record = ? WHERE id = ?", json.dumps(record), post.id])
    seal(root)
    index(root, list)
    return post.id


def record_of(root, post_id):
    with closing(sqlite3.connect(root / "index" / "catalog.sqlite3")) as database:
        return database.execute("SELECT record FROM posts WHERE id = ?", (post_id,)).fetchone()[0]


@pytest.mark.parametrize(
    "alter",
    [
        lambda record: record | {"provenance": record["provenance"] * 2},
        lambda record: record | {"provenance": record["provenance"][:1]},
        lambda record: record | {"provenance": record["provenance"][::-1]},
        lambda record: record | {"labels": []},
        lambda record: record | {"title": "Another"},
        lambda record: record | {"body": []},
        lambda record: record | {"published": None},
    ],
    ids=["doubled place", "lost place", "other order", "lost label", "title", "body", "date"],
)
def test_a_post_that_is_not_what_its_dumps_say_is_found_though_every_digest_fits(root, alter):
    post_id = altered(root, alter)

    assert re.search(f"{post_id} is not what its dumps, settings and corrections say", messages(root))


def test_a_dump_that_was_changed_is_found(root):
    with (root / "raw" / "a.txt").open("a") as file:
        file.write("More.")

    assert "a.txt is not the file that was imported" in messages(root)
    assert kinds(root) == {"data"}


def test_a_dump_with_one_other_byte_is_found_deep_down(root):
    path = root / "raw" / "a.txt"
    path.write_bytes(path.read_bytes().replace(b"river", b"rover"))

    assert kinds(root) == set()
    assert kinds(root, deep=True) == {"data"}


def test_a_dump_that_is_gone_is_found(root):
    (root / "raw" / "label.txt").unlink()

    assert "label.txt is gone" in messages(root)
    assert kinds(root) == {"data"}


def test_a_raw_folder_that_is_gone_is_found(root):
    (root / "raw").rename(root / "elsewhere")

    assert kinds(root) == {"data"}


def test_a_dump_that_has_not_been_imported_is_found(root):
    write(root / "raw", {"new.txt": page(POSTS[:1])})

    assert messages(root) == "new.txt has not been imported. Run `archivesearch import`."


def test_a_dump_that_could_not_be_read_is_for_a_person_to_look_at(root):
    write(root / "raw", {"empty.txt": ""})
    with Archive.open(root) as archive:
        archive.import_dumps()
        found = archive.verify(deep=True)

    assert [problem.kind for problem in found] == ["data"]
    assert "empty.txt is empty" in found[0].message


@pytest.mark.parametrize(
    "make",
    [
        lambda posts: posts[1:],
        lambda posts: [*posts, replace(posts[0], id="one-more")],
        lambda posts: [replace(posts[0], title="Another"), *posts[1:]],
        lambda posts: [replace(posts[0], countries=("Chad",)), *posts[1:]],
        lambda posts: [replace(posts[0], id="another"), *posts[1:]],
    ],
    ids=["one less", "one more", "other title", "other country", "other id"],
)
def test_an_index_that_is_not_the_catalog_is_found(root, make):
    index(root, make)

    assert "archivesearch reindex" in messages(root)
    assert kinds(root) == {"rebuild"}


def newest_generation(root):
    return max(path for path in (root / "index" / "whoosh").iterdir() if path.is_dir())


def generation_files(root):
    return sorted(path for path in newest_generation(root).iterdir() if path.stat().st_size)


def test_a_truncated_file_of_the_index_is_found(root):
    for path in generation_files(root):
        content = path.read_bytes()
        path.write_bytes(content[:-1])

        assert kinds(root) == {"rebuild"}, path.name
        path.write_bytes(content)
    assert problems(root) == ()


def test_a_changed_byte_of_the_index_is_found_deep_down(root):
    for path in generation_files(root):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

        assert kinds(root, deep=True) == {"rebuild"}, path.name
        path.write_bytes(content)
    assert problems(root, deep=True) == ()


def test_a_missing_index_is_found(root):
    (root / "index" / "whoosh").rename(root / "index" / "elsewhere")

    assert "archivesearch reindex" in messages(root)
    assert kinds(root) == {"rebuild"}


def test_an_index_of_another_catalog_is_one_problem(root):
    with (root / "raw" / "a.txt").open("a") as file:
        file.write("\nA last word\n\nIt rained at last, and it rained for a week.\n")
    whoosh = root / "index" / "whoosh"
    whoosh.rename(root / "before")
    with Archive.open(root) as archive:
        archive.import_dumps()
    whoosh.rename(root / "after")
    (root / "before").rename(whoosh)

    assert messages(root) == "The index is not that of this catalog. Run `archivesearch reindex`."


def test_what_verify_advises_mends_the_archive(root):
    change(root, ["DELETE FROM posts WHERE rowid = 2"])
    (root / "index").rename(root / "damaged")
    with Archive.open(root) as archive:
        archive.import_dumps()

    assert problems(root, deep=True) == ()
