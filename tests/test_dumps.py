"""Dumps: their lines and bytes, and the choice of a reader."""

import itertools

import pytest
from hypothesis import given, strategies as st

from archivesearch.dumps import open_dump, reader_for
from archivesearch.errors import DumpError
from archivesearch.readers import READERS
from archivesearch.readers.page_text import PageText


def dump_of(folder, content):
    path = folder / "dump.txt"
    path.write_bytes(content)
    return open_dump(path, "dump.txt")


@given(st.binary(max_size=300))
def test_the_lines_of_any_bytes_cover_them_in_order(tmp_path_factory, content):
    dump = dump_of(tmp_path_factory.mktemp("dump"), content)

    lines = dump.lines()

    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.start <= line.end <= dump.size for line in lines)
    assert all(line.end <= after.start for line, after in itertools.pairwise(lines))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "windows-1252"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_line_stands_at_its_bytes_in_every_encoding(tmp_path, encoding, line_break):
    content = line_break.join(["Erste Zeile", "", "Grüße – von der Küste"]).encode(encoding)
    dump = dump_of(tmp_path, content)

    last = dump.lines()[-1]

    assert (last.number, last.text) == (3, "Grüße – von der Küste")
    wide = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert content[last.start : last.end].decode(wide) == last.text


def test_one_foreign_line_does_not_spoil_the_others(tmp_path):
    dump = dump_of(tmp_path, "Café in UTF-8\n".encode() + "Café in windows-1252\n".encode("windows-1252"))

    assert [line.text for line in dump.lines()][:2] == ["Café in UTF-8", "Café in windows-1252"]


def test_a_dump_that_two_readers_claim_is_refused_naming_both(tmp_path):
    class Other(PageText):
        name = "other"

    dump = dump_of(tmp_path, b"5 May 2015\n\nA title\n\nA text.\n")

    with pytest.raises(DumpError, match="page-text and other"):
        reader_for(dump, [PageText(), Other()])


def test_a_file_is_recognised_by_its_content_whatever_its_name(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"5 May 2015\n\nA title\n\nA text.\n")

    assert reader_for(open_dump(path, path.name), READERS).name == "page-text"


def test_a_file_that_cannot_be_opened_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(DumpError, match=r"^gone\.txt cannot be read"):
        open_dump(tmp_path / "gone.txt", "gone.txt")
