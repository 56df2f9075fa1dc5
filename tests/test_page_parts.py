"""The reader `page-parts`: what lies beside saved pages is told for what it is, and nothing else is."""

import struct
import zlib

import pytest
from hypothesis import given, strategies as st

from archivesearch.archive import Archive
from archivesearch.dumps import open_dump
from archivesearch.readers import READERS
from archivesearch.readers.page_parts import PageParts, kind_of

PAGE = (
    "<html><head><meta content='blogger' name='generator'/><title>Quiet</title></head><body>"
    "<h2 class='date-header'>Tuesday, July 3, 2012</h2><div class='post'><h3 class='post-title'>Rain</h3>"
    "<div class='post-body'>It has not stopped.</div></div><script>var a = 1;</script></body></html>"
)
STYLES = b"/* quiet */\n.post-body a:hover {\n  color: #333; margin: 0 }\n"
SCRIPT = b"// of the blog\n(function () { window.quiet = 1; })();\n"


def picture():
    """The smallest picture there is in PNG: one pixel."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def kind(folder, name, raw):
    path = folder / "part"
    path.write_bytes(raw)
    return kind_of(open_dump(path, name))


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("no-name-that-tells", picture(), "a picture"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        ("logo.svg", b"<?xml version='1.0'?>\n<!-- quiet -->\n<svg xmlns='http://www.w3.org/2000/svg'/>", "a picture"),
        ("favicon.ico", b"\0\0\1\0\1\0\x10\x10", "a picture"),
        ("text.woff2", b"wOF2\0\1\0\0", "a font"),
        ("rain.mp4", b"\0\0\0\x18ftypmp42", "a film or a sound"),
        ("bundle.css", STYLES, "a style sheet"),
        ("bundle.css?v=3", b"@charset 'utf-8';", "a style sheet"),
        ("widgets.JS", SCRIPT, "a script"),
        ("widgets.js", b"Notes about a script, without one.", None),
        ("bundle.css", b"", None),
        ("bundle.css", PAGE.encode(), None),
        ("page.js.html", PAGE.encode(), None),
        ("bundle.css@v=3", STYLES, "a style sheet"),
        ("styles.txt", STYLES, None),
        ("about-our-script.js.txt", SCRIPT, None),
        ("page.txt", b"6 February 2021\n\nThe rain\n\nIt came late.\n", None),
    ],
)
def test_a_file_is_told_by_how_it_begins_or_by_name_and_text(tmp_path, name, raw, expected):
    assert kind(tmp_path, name, raw) == expected


@given(st.binary(max_size=80), st.sampled_from(["a.css", "a.js", "a"]))
def test_any_bytes_are_told_or_not(tmp_path_factory, raw, name):
    assert kind(tmp_path_factory.getbasetemp(), name, raw) in {
        None,
        *("a picture", "a font", "a film or a sound", "a style sheet", "a script"),
    }


@pytest.mark.parametrize(
    "piece", [b"<!-- a -->", b"<?a?>", b" ", b"a", b"a{", b"function ", b"/*", b"//", b"var a", b"{a:"]
)
@pytest.mark.parametrize("name", ["a.css", "a.js", "a.svg"])
def test_what_is_made_to_cost_time_is_told_soon(tmp_path, name, piece):
    """Each of these holds a pattern without bounds for hours; that the test ends is what it asserts."""
    assert kind(tmp_path, name, piece * (1 << 15)) is None


def test_a_mirror_is_imported_without_a_warning_for_what_lies_beside_its_pages(tmp_path):
    beside = {"rain_files/cloud.png": picture(), "rain_files/bundle.css": STYLES, "rain_files/widgets.js": SCRIPT}
    for name, raw in {"rain.html": PAGE.encode(), **beside}.items():
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    with Archive.open(tmp_path) as archive:
        report = archive.import_dumps()

    assert report.total == 1
    assert {dump.name: dump.state for dump in report.dumps} == dict.fromkeys(("rain.html", *beside), "new")
    assert {rejected.entry: rejected.reason for rejected in report.rejected} == {
        "cloud.png": "a picture",
        "bundle.css": "a style sheet",
        "widgets.js": "a script",
    }


def test_no_other_reader_takes_what_this_one_does(tmp_path):
    for name, raw in {"a.png": picture(), "a.css": STYLES, "a.js": SCRIPT}.items():
        (tmp_path / name).write_bytes(raw)
        dump = open_dump(tmp_path / name, name)

        assert [reader.name for reader in READERS if reader.recognises(dump)] == [PageParts.name]
