"""What is a dump in the folder of dumps, and how one gets there."""

import hashlib
import os
from pathlib import Path

import pytest

from archivesearch.errors import DumpError
from archivesearch.raw import Unusable, check_given, find_dumps, take_in
from invented import page, write


def names(folder):
    return [
        found.name if isinstance(found, Unusable) else found.relative_to(folder).as_posix()
        for found in find_dumps(folder)
    ]


def refused(folder):
    return {found.name: found.reason for found in find_dumps(folder) if isinstance(found, Unusable)}


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_of_every_folder_is_a_dump_in_the_order_of_names(tmp_path):
    write(tmp_path, {"b.txt": "b", "a/z.txt": "z", "a/b/c.txt": "c", "c.txt": "c"})

    assert names(tmp_path) == ["a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]


def test_notes_and_hidden_files_are_no_dumps(tmp_path):
    write(tmp_path, {"README.md": "note", "a/README.txt": "note", ".hidden": "x", ".git/config": "x", ".0a.part": "x"})

    assert names(tmp_path) == []


def test_a_link_to_a_file_of_the_folder_is_a_dump(tmp_path):
    write(tmp_path, {"a.txt": "a"})
    (tmp_path / "b.txt").symlink_to("a.txt")

    assert (names(tmp_path), refused(tmp_path)) == (["a.txt", "b.txt"], {})


def test_the_folder_itself_may_be_a_link(tmp_path):
    write(tmp_path / "elsewhere", {"a.txt": "a"})
    (tmp_path / "raw").symlink_to("elsewhere")

    assert list(find_dumps(tmp_path / "raw")) == [tmp_path / "raw" / "a.txt"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../secret.txt", "leads out of its folder"),
        ("../elsewhere", "leads out of its folder"),
        ("missing.txt", "is no ordinary file"),
        ("link.txt", "is no ordinary file"),
        (".", "is a link to a folder"),
        ("folder", "is a link to a folder"),
    ],
)
def test_a_link_that_is_not_to_a_file_of_the_folder_is_refused(tmp_path, target, reason):
    write(tmp_path, {"secret.txt": "s", "elsewhere/a.txt": "a", "raw/folder/a.txt": "a"})
    (tmp_path / "raw" / "link.txt").symlink_to(target)

    told = refused(tmp_path / "raw")

    assert list(told) == ["link.txt"]
    assert told["link.txt"].startswith("link.txt ")
    assert reason in told["link.txt"]


def test_what_lies_behind_a_refused_link_is_not_found(tmp_path):
    write(tmp_path, {"elsewhere/a.txt": "a", "raw/b.txt": "b"})
    (tmp_path / "raw" / "link").symlink_to(tmp_path / "elsewhere")

    assert names(tmp_path / "raw") == ["b.txt", "link"]


def test_links_that_go_round_end(tmp_path):
    write(tmp_path, {"one/a.txt": "a", "two/b.txt": "b"})
    (tmp_path / "one" / "two").symlink_to("../two")
    (tmp_path / "two" / "one").symlink_to("../one")

    assert names(tmp_path) == ["one/a.txt", "one/two", "two/b.txt", "two/one"]


def test_a_pipe_is_refused_without_being_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")

    assert "no ordinary file" in refused(tmp_path)["pipe.txt"]


def test_a_name_that_is_not_utf_8_is_refused(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("a")

    assert "not UTF-8" in refused(tmp_path)["caf\\xe9.txt"]


def test_a_folder_that_cannot_be_read_is_an_error_because_its_dumps_would_seem_gone(tmp_path):
    """As root there is no such folder, so one that is not there stands for it."""
    with pytest.raises(DumpError, match="cannot be read"):
        list(find_dumps(tmp_path / "missing"))


def test_dumps_from_outside_are_copied(tmp_path):
    write(tmp_path / "given", {"a.txt": page(), "sub/b.txt": "b", "README.md": "note"})
    write(tmp_path, {"c.txt": "c"})

    assert take_in([tmp_path / "given", tmp_path / "c.txt"], tmp_path / "raw") == ()
    assert contents(tmp_path / "raw") == {"a.txt": page().encode(), "sub/b.txt": b"b", "c.txt": b"c"}


def test_a_dump_of_the_same_name_and_content_is_not_copied_again(tmp_path):
    write(tmp_path, {"given/a.txt": "a", "raw/a.txt": "a"})
    before = (tmp_path / "raw" / "a.txt").stat()

    take_in([tmp_path / "given"], tmp_path / "raw")

    assert contents(tmp_path / "raw") == {"a.txt": b"a"}
    after = (tmp_path / "raw" / "a.txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_dump_of_a_name_gets_a_name_of_its_own(tmp_path):
    write(tmp_path, {"one/a.txt": "first", "two/a.txt": "second"})
    marked = f"a-{hashlib.sha256(b'second').hexdigest()[:8]}.txt"

    for _ in range(2):
        take_in([tmp_path / "one" / "a.txt", tmp_path / "two" / "a.txt"], tmp_path / "raw")

    assert contents(tmp_path / "raw") == {"a.txt": b"first", marked: b"second"}


def test_what_is_in_the_way_is_never_touched(tmp_path):
    sha256 = hashlib.sha256(b"second").hexdigest()
    there = {"a.txt": "first", f"a-{sha256[:8]}.txt": "third", f"a-{sha256}.txt": "fourth"}
    write(tmp_path / "raw", there)
    write(tmp_path / "given", {"a.txt": "second", "b.txt": "b"})

    (only,) = take_in([tmp_path / "given"], tmp_path / "raw")

    assert only.reason.startswith("a.txt cannot be copied")
    assert contents(tmp_path / "raw") == {name: text.encode() for name, text in there.items()} | {"b.txt": b"b"}


def test_a_folder_in_the_way_is_never_touched(tmp_path):
    write(tmp_path, {"raw/a.txt/inside.txt": "i", "given/a.txt": "a"})
    marked = f"a-{hashlib.sha256(b'a').hexdigest()[:8]}.txt"

    take_in([tmp_path / "given"], tmp_path / "raw")

    assert contents(tmp_path / "raw") == {"a.txt/inside.txt": b"i", marked: b"a"}


def test_a_path_inside_raw_is_left_where_it_is(tmp_path):
    write(tmp_path / "raw", {"a.txt": "a", "sub/b.txt": "b"})

    take_in([tmp_path / "raw", tmp_path / "raw" / "a.txt", tmp_path / "raw" / "sub"], tmp_path / "raw")

    assert contents(tmp_path / "raw") == {"a.txt": b"a", "sub/b.txt": b"b"}


def test_what_cannot_be_a_dump_is_told_and_the_others_are_copied(tmp_path):
    write(tmp_path, {"given/a.txt": "a", "given/b.txt": "b", ".hidden.txt": "h"})
    os.mkfifo(tmp_path / "given" / "pipe.txt")
    os.mkfifo(tmp_path / "other.txt")

    told = take_in([tmp_path / "given", tmp_path / "other.txt", tmp_path / ".hidden.txt"], tmp_path / "raw")

    assert [each.name for each in told] == ["pipe.txt", "other.txt", ".hidden.txt"]
    assert contents(tmp_path / "raw") == {"a.txt": b"a", "b.txt": b"b"}


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    write(tmp_path, {"a.txt": "a"})

    with pytest.raises(DumpError, match="no such file"):
        check_given([tmp_path / "a.txt", tmp_path / "missing.txt"], tmp_path / "raw")


def test_a_folder_around_raw_is_an_error(tmp_path):
    """Else the index and all else beside raw/ would be copied into it."""
    write(tmp_path / "archive" / "raw", {"a.txt": "a"})

    for path in (tmp_path, tmp_path / "archive"):
        with pytest.raises(DumpError, match="holds the archive itself"):
            check_given([path], tmp_path / "archive" / "raw")
    check_given([tmp_path / "archive" / "raw"], tmp_path / "archive" / "raw")
