"""Packed files: gz and zip of any format, read as streams, and what of them is refused."""

import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch.archive import Archive
from archivesearch.dumps import Dump, Rejected
from archivesearch.packed import MOST_HELD, fault_of, open_member, packing
from archivesearch.raw import Unusable, holder_of, open_dumps
from archivesearch.readers.blogger_html import BloggerHtml
from archivesearch.readers.page_text import PageText
from archivesearch.readers.warc import Warc

READERS = (PageText(), BloggerHtml(), Warc())
TEXT = b"A page\n\n5 May 2015\n\nOne\n\nA paragraph.\n"
NOISE = random.Random(1).randbytes(3000)  # noqa: S311  the same bytes in each run


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def opened(folder, content, name="archive.zip"):
    path = folder / name
    path.write_bytes(content)
    return list(open_dumps(path, name))


def contents(found):
    """The dumps with their bytes, and the reasons of what is not read."""
    read = {}
    for one in found:
        if isinstance(one, Dump):
            with one.open() as file:
                read[one.name] = file.read()
        else:
            read[one.name] = one.reason
    return read


def test_the_members_of_a_zip_are_dumps_of_their_own(tmp_path):
    found = opened(tmp_path, zipped(("a/one.txt", TEXT), ("a/", b""), ("two.txt", NOISE)))

    assert contents(found) == {"archive.zip/a/one.txt": TEXT, "archive.zip/two.txt": NOISE}
    assert [one.size for one in found] == [len(TEXT), len(NOISE)]


def test_members_that_are_not_compressed_are_read_too(tmp_path):
    assert contents(opened(tmp_path, zipped(("one.txt", TEXT), method=zipfile.ZIP_STORED))) == {
        "archive.zip/one.txt": TEXT
    }


@pytest.mark.parametrize(("name", "inside"), [("one.txt.gz", "one.txt"), ("one", "content")])
def test_a_gz_file_is_one_dump(tmp_path, name, inside):
    assert contents(opened(tmp_path, gzip.compress(TEXT), name)) == {f"{name}/{inside}": TEXT}


def test_a_gz_file_of_several_parts_is_read_to_its_end(tmp_path):
    assert contents(opened(tmp_path, gzip.compress(TEXT) + gzip.compress(NOISE), "a.gz")) == {"a.gz/a": TEXT + NOISE}


def test_a_packed_file_is_known_by_its_content_and_not_by_its_name(tmp_path):
    assert contents(opened(tmp_path, TEXT, "page.zip")) == {"page.zip": TEXT}
    assert contents(opened(tmp_path, zipped(("a.txt", TEXT)), "page.html")) == {"page.html/a.txt": TEXT}


def test_a_web_archive_of_packed_records_is_a_dump_and_no_packed_text(tmp_path):
    raw = gzip.compress(b"WARC/1.0\r\n\r\n")

    assert contents(opened(tmp_path, raw, "a.warc.gz")) == {"a.warc.gz": raw}
    assert contents(opened(tmp_path, zipped(("a.warc.gz", raw)))) == {"archive.zip/a.warc.gz": raw}


def test_packed_files_inside_a_packed_file_are_unpacked_once_more_and_no_further(tmp_path):
    twice = zipped(("in.zip", zipped(("one.txt", TEXT))), ("two.txt.gz", gzip.compress(NOISE)))
    gz_of_zip = gzip.compress(zipped(("one.txt", TEXT)))
    thrice = zipped(("in.zip", zipped(("deep.gz", gzip.compress(TEXT)))))

    assert contents(opened(tmp_path, twice)) == {
        "archive.zip/in.zip/one.txt": TEXT,
        "archive.zip/two.txt.gz/two.txt": NOISE,
    }
    assert contents(opened(tmp_path, gz_of_zip, "a.zip.gz")) == {"a.zip.gz/a.zip/one.txt": TEXT}
    assert "more than 2 times" in contents(opened(tmp_path, thrice))["archive.zip/in.zip/deep.gz"]


def test_hidden_members_and_notes_are_no_dumps(tmp_path):
    found = opened(
        tmp_path, zipped((".hidden", TEXT), ("__MACOSX/._one.txt", TEXT), ("README.md", TEXT), ("a.txt", TEXT))
    )

    assert list(contents(found)) == ["archive.zip/a.txt"]


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/etc/out.txt", "C:\\out.txt", "a\\..\\out.txt"])
def test_a_member_whose_name_leads_out_is_refused(tmp_path, name):
    found = contents(opened(tmp_path, zipped((name, TEXT), ("good.txt", TEXT))))

    assert found.pop("archive.zip/good.txt") == TEXT
    assert ["leads out of its archive" in reason for reason in found.values()] == [True]


def test_a_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, "/etc/hostname")

    assert "is a link" in contents(opened(tmp_path, made.getvalue()))["archive.zip/link.txt"]


def test_an_encrypted_member_is_refused(tmp_path):
    raw = bytearray(zipped(("one.txt", TEXT)))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(sign) + offset] |= 1

    assert "is encrypted" in contents(opened(tmp_path, bytes(raw)))["archive.zip/one.txt"]


def test_a_method_that_is_not_read_is_refused(tmp_path):
    found = contents(opened(tmp_path, zipped(("one.txt", TEXT), method=zipfile.ZIP_BZIP2)))

    assert "method (number 12)" in found["archive.zip/one.txt"]


def test_a_member_on_the_bytes_of_another_is_refused(tmp_path):
    raw = bytearray(zipped(("one.txt", TEXT), ("two.txt", NOISE)))
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = struct.pack("<I", 0)  # its header is said to be where the first one's is
    found = contents(opened(tmp_path, bytes(raw)))

    assert sum(isinstance(one, bytes) for one in found.values()) == 1
    assert sum("on the bytes of another" in one for one in found.values() if isinstance(one, str)) == 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_with_one_name_the_first_is_read(tmp_path):
    found = opened(tmp_path, zipped(("one.txt", TEXT), ("one.txt", NOISE)))

    assert [type(one) for one in found] == [Dump, Unusable]
    assert "name of another member" in found[1].reason


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(b"\0" * (3 << 20)), "bomb.gz"),
        (zipped(("bomb.txt", b"\0" * (3 << 20)), ("good.txt", TEXT)), "bomb.zip"),
    ],
    ids=["gz", "zip"],
)
def test_what_grows_beyond_measure_is_refused(tmp_path, content, name):
    found = contents(opened(tmp_path, content, name))

    assert sum("more than 200 times" in one for one in found.values() if isinstance(one, str)) == 1
    assert [one for one in found.values() if isinstance(one, bytes)] == ([TEXT] if name == "bomb.zip" else [])


def test_a_small_file_may_be_packed_well(tmp_path):
    assert contents(opened(tmp_path, gzip.compress(b" " * (1 << 20)), "a.gz")) == {"a.gz/a": b" " * (1 << 20)}


def test_an_archive_of_too_many_members_is_refused(tmp_path):
    header = zipped(("a", b"")).partition(b"PK\x01\x02")[0]
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    one = entry * 100_001
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(one), len(header), 0)
    (found,) = opened(tmp_path, header + one + end)

    assert "100,001 members" in found.reason


def test_a_large_zip_inside_a_packed_file_is_refused(tmp_path):
    inner = zipped(("noise", random.Random(1).randbytes(MOST_HELD)), method=zipfile.ZIP_STORED)  # noqa: S311  as above
    (found,) = opened(tmp_path, zipped(("in.zip", inner), method=zipfile.ZIP_STORED))

    assert "inside another one" in found.reason


def test_a_gz_file_that_is_cut_off_gives_what_stands_before_and_says_so(tmp_path):
    found = contents(opened(tmp_path, gzip.compress(NOISE)[:1500], "a.gz"))

    assert NOISE.startswith(found["a.gz/a"])
    assert len(found["a.gz/a"]) > 1000
    assert "cut off" in found["a.gz"]


def test_a_zip_without_its_list_gives_the_members_that_are_whole_and_says_so(tmp_path):
    raw = zipped(("one.txt", TEXT), ("two.txt", NOISE), ("three.txt", NOISE))
    found = contents(opened(tmp_path, raw[: raw.index(b"three.txt") + 900]))

    assert found["archive.zip/one.txt"] == TEXT
    assert found["archive.zip/two.txt"] == NOISE
    assert NOISE.startswith(found["archive.zip/three.txt"])
    assert "list of members" in found["archive.zip"]


def test_a_zip_that_was_written_as_a_stream_is_read_without_its_list(tmp_path):
    class Unseekable(io.RawIOBase):
        def __init__(self):
            self.made = b""

        def writable(self):
            return True

        def write(self, data):
            self.made += bytes(data)
            return len(data)

    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.txt", TEXT)
        archive.writestr("two.txt", NOISE)
    found = contents(opened(tmp_path, out.made[: out.made.index(b"PK\x01\x02")]))

    assert {name: found[name] for name in found if name != "archive.zip"} == {
        "archive.zip/one.txt": TEXT,
        "archive.zip/two.txt": NOISE,
    }


def test_a_member_with_a_wrong_checksum_is_read_and_said_to_be_damaged(tmp_path):
    raw = zipped(("one.txt", TEXT), ("two.txt", TEXT), method=zipfile.ZIP_STORED).replace(b"One", b"Own", 1)
    found = contents(opened(tmp_path, raw))

    assert found["archive.zip/one.txt"] == TEXT.replace(b"One", b"Own")
    assert found["archive.zip/two.txt"] == TEXT
    assert "checksum" in found["archive.zip"]


@given(st.binary(max_size=3000), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 500)), max_size=8))
def test_a_stream_gives_the_bytes_wherever_it_is_sought(tmp_path_factory, content, steps):
    content = b"x" + content  # nothing that is packed once more
    (dump,) = opened(tmp_path_factory.mktemp("packed"), gzip.compress(content), "a.gz")

    with dump.open() as file:
        for position, size in steps:
            file.seek(position)
            assert file.read(size) == content[position : position + size]


def test_the_bytes_of_a_whole_member_end_without_a_fault(tmp_path):
    (dump,) = opened(tmp_path, zipped(("one.txt", NOISE)))

    assert fault_of(dump.path, dump.members) is None
    with open_member(dump.path, dump.members) as file:
        assert file.read() == NOISE


@given(st.binary(max_size=100))
def test_any_bytes_are_packed_or_not(head):
    assert packing(head) in (None, "gz", "zip")


def imported(folder):
    with Archive.open(folder) as archive:
        return archive.import_dumps()


def test_packed_dumps_are_imported_as_if_they_lay_in_a_folder(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "archive.zip").write_bytes(zipped(("one.txt", TEXT), ("two.txt", TEXT), ("x.bin", NOISE)))
    (tmp_path / "raw" / "one.txt.gz").write_bytes(gzip.compress(TEXT)[:-9])
    first, second = imported(tmp_path), imported(tmp_path)

    states = {
        dump.name: (dump.state, dump.entries, dump.posts + dump.duplicates + dump.rejected) for dump in first.dumps
    }
    assert states == {
        "archive.zip/one.txt": ("new", 1, 1),
        "archive.zip/two.txt": ("new", 1, 1),
        "archive.zip/x.bin": ("unreadable", 0, 0),
        "one.txt.gz": ("unreadable", 0, 0),
        "one.txt.gz/one.txt": ("new", 1, 1),
    }
    assert (first.total, second.new, second.digest) == (1, 0, first.digest)


def test_the_file_that_holds_a_dump_is_its_own_or_the_packed_one(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.txt").write_bytes(b"x")

    names = ["a.zip/in.zip/one.txt", "a.zip", "folder/b.txt", "folder/gone.txt"]
    assert [holder_of(tmp_path, name).relative_to(tmp_path).as_posix() for name in names] == [
        "a.zip",
        "a.zip",
        "folder/b.txt",
        "folder/gone.txt",
    ]


@pytest.mark.parametrize("seed", range(80))
def test_a_broken_archive_gives_dumps_or_says_what_is_wrong(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311  the same bytes in each run
    golden = sorted((Path(__file__).parent / "golden" / "blogger-html").glob("*.html"))
    members = [(path.name, path.read_bytes()) for path in chance.sample(golden, 4)]
    raw = zipped(*members) if seed % 3 else gzip.compress(members[0][1])
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.randrange(1, 200))
    flipped = bytes(byte ^ chance.randrange(1, 256) for byte in raw[start:end])
    raw = chance.choice(
        [raw[:start], raw[:start] + flipped + raw[end:], raw[:end] + raw[start:], raw[:start] + raw[end:]]
    )
    found = opened(tmp_path, raw, "archive")

    for one in found:
        assert not isinstance(one, Dump) or contents([one])
        if isinstance(one, Dump) and one.size and BloggerHtml().recognises(one):
            entries = list(BloggerHtml().read(one, {}))
            assert all(isinstance(e, Rejected) or e.provenance[0].end <= one.size for e in entries)
