"""The reader `warc` on golden files, on the shared one, and on archives that the tests make."""

import gzip
import io
import json
import random
from pathlib import Path

import pytest

from archivesearch.dumps import Rejected, open_dump
from archivesearch.errors import DumpError
from archivesearch.posts import to_record
from archivesearch.readers.warc import Warc

GOLDEN = Path(__file__).parent / "golden" / "warc"
DUMPS = sorted(path for path in GOLDEN.iterdir() if path.suffix in (".warc", ".gz"))
URL = "http://quiet.blogspot.com/2012/07/rain.html?m=1"
PAGE = (
    "<html><head><meta content='blogger' name='generator'/><title>Quiet</title></head><body>"
    "<h2 class='date-header'>Tuesday, July 3, 2012</h2><div class='post'><h3 class='post-title'>Rain – “again”</h3>"
    "<div class='post-body'>It has not stopped.</div></div></body></html>"
)


def record(payload, kind="response", url=URL, http=None, declared=None):
    """A record of a web archive, as crawlers write it; `http` are its headers."""
    if http is None:
        http = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n" if kind == "response" else ""
    block = http.encode() + payload
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\n" + (f"WARC-Target-URI: {url}\r\n" if url else "") + "WARC-Date: "
        "2013-01-02T03:04:05Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) if declared is None else declared}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def page(title="Rain"):
    return PAGE.replace("Rain – “again”", title).encode()


def read_bytes(folder, raw):
    path = folder / "archive.warc"
    path.write_bytes(raw)
    return read(path)


def read(path):
    return list(Warc().read(open_dump(path, path.name), Warc().learn([])))


def titles(entries):
    return [entry.reason if isinstance(entry, Rejected) else entry.title for entry in entries]


def packed(*records):
    return b"".join(gzip.compress(one, mtime=0) for one in records)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_an_archive_is_recognised_and_read_as_its_golden_file_says(path, golden):
    lines = [
        {"rejected": entry.entry, "reason": entry.reason, "line": entry.line}
        if isinstance(entry, Rejected)
        else {k: v for k, v in to_record(entry).items() if k not in ("language", "countries")}
        for entry in read(path)
    ]

    assert Warc().recognises(open_dump(path, path.name))
    golden(
        path.with_name(path.name + ".jsonl"),
        "".join(json.dumps(line, ensure_ascii=False, indent=1) + "\n" for line in lines),
    )


@pytest.mark.parametrize("pack", [lambda *records: b"".join(records), packed], ids=["plain", "gz"])
def test_a_page_is_read_with_its_address_and_the_day_of_its_capture(tmp_path, pack):
    (entry,) = read_bytes(tmp_path, pack(record(b"software: x", "warcinfo"), record(PAGE.encode())))

    assert (entry.title, entry.published.iso) == ("Rain – “again”", "2012-07-03")
    assert entry.permalink == "http://quiet.blogspot.com/2012/07/rain.html"
    assert "captured 2013-01-02T03:04:05Z" in entry.provenance[0].evidence


@pytest.mark.parametrize("pack", [lambda *records: b"".join(records), packed], ids=["plain", "gz"])
def test_the_bytes_of_a_post_are_its_record_again(tmp_path, pack):
    raw = pack(record(b"software: x", "warcinfo"), record(page("One")), record(page("Two")))
    entries = read_bytes(tmp_path, raw)

    assert titles(entries) == ["One", "Two"]
    for entry in entries:
        found = raw[entry.provenance[0].start : entry.provenance[0].end]
        alone = tmp_path / entry.title
        alone.mkdir()
        assert titles(read_bytes(alone, found)) == [entry.title]


@pytest.mark.parametrize(
    "one",
    [
        record(b"GET / HTTP/1.1\r\n\r\n", "request"),
        record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "revisit"),
        record(b"x: y", "metadata"),
        record(b"\x89PNG", http="HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"),
        record(page(), http="HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"),
        record(b"", http="HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Type: text/html\r\n\r\n"),
        record(b"1.2.3.4", url="dns:quiet.blogspot.com", http=""),
    ],
    ids=["request", "revisit", "metadata", "picture", "not found", "redirect", "dns"],
)
def test_a_record_without_a_page_is_no_entry(tmp_path, one):
    assert titles(read_bytes(tmp_path, one + record(page()))) == ["Rain"]


def chunked(raw):
    pieces = [raw[n : n + 50] for n in range(0, len(raw), 50)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ("Transfer-Encoding: chunked\r\n", chunked(page())),
        ("Content-Encoding: gzip\r\n", gzip.compress(page())),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(gzip.compress(page()))),
        ("Transfer-Encoding: chunked\r\n", page()),
    ],
    ids=["chunked", "gzip", "both", "not chunked after all"],
)
def test_a_page_is_unpacked_as_its_headers_say(tmp_path, headers, payload):
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n"

    assert titles(read_bytes(tmp_path, record(payload, http=http))) == ["Rain"]


def test_a_page_has_the_encoding_that_its_server_said(tmp_path):
    http = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n"

    assert titles(
        read_bytes(tmp_path, record(PAGE.replace("Rain – “again”", "Маяк").encode("windows-1251"), http=http))
    ) == ["Маяк"]


def test_two_captures_of_a_page_are_two_entries(tmp_path):
    entries = read_bytes(tmp_path, record(page()) * 2)

    assert len({entry.provenance[0].start for entry in entries}) == 2


BROKEN = {
    "no header": b"WARC/1.0\r\nnonsense\r\n\r\n",
    "wrong length": record(page("Lost"), declared=10**9),
    "no address": record(page("Lost"), url=None),
    "no status": record(page("Lost"), http="nonsense\r\n\r\n"),
    "brotli": record(b"x", http="HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\n"),
    "other page": record(b"<html><body>Elsewhere.</body></html>"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_record_is_rejected_and_the_others_are_read(tmp_path, name):
    first, second = record(page("One")), record(page("Two"))
    entries = read_bytes(tmp_path, first + BROKEN[name] + second)

    assert [entry.title for entry in entries if not isinstance(entry, Rejected)] == ["One", "Two"]
    (rejected,) = [entry for entry in entries if isinstance(entry, Rejected)]
    assert rejected.entry == (URL if name == "other page" else f"record at byte {len(first)}")


def test_a_damaged_packed_record_is_rejected_and_the_others_are_read(tmp_path):
    one, two, three = (packed(record(page(title))) for title in ("One", "Two", "Three"))
    entries = read_bytes(tmp_path, one + two[:60] + b"\0" * 20 + two[80:] + three)

    assert titles(entries) == ["One", "the packed record is damaged", "Three"]


def test_an_archive_that_is_cut_off_gives_what_stands_before(tmp_path):
    one, two = packed(record(page("One"))), packed(record(page("Two")))

    assert titles(read_bytes(tmp_path, one + two[:-40])) == ["One", "the packed record is cut off"]


def test_records_packed_together_are_rejected_with_what_to_do(tmp_path):
    (entry,) = read_bytes(tmp_path, gzip.compress(record(page()) * 2))

    assert "gunzip" in entry.reason


def test_nothing_is_printed(tmp_path, capsys):
    read_bytes(tmp_path, record(page())[:-4] + b"more than it said\r\n\r\n" + record(page()))

    assert capsys.readouterr() == ("", "")


def test_the_shared_archive_has_pages_that_are_not_bloggers(shared):
    path = shared / "samples" / "warc" / "warcio_example.warc.gz"
    entries = read(path)

    assert Warc().recognises(open_dump(path, path.name))
    assert {(entry.entry, entry.reason) for entry in entries} == {
        ("http://example.com/", "the page is not one of Blogger's")
    }


@pytest.mark.parametrize("seed", range(60))
def test_a_broken_archive_gives_entries_or_says_what_is_wrong(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311  the same bytes in each run
    records = [record(page(f"Title {n}")) for n in range(6)]
    raw = packed(*records) if chance.random() < 0.5 else b"".join(records)
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.randrange(1, 200))
    made = io.BytesIO()
    match chance.randrange(4):
        case 0:
            made.write(raw[:start])
        case 1:
            made.write(raw[:start] + bytes(byte ^ chance.randrange(256) for byte in raw[start:end]) + raw[end:])
        case 2:
            made.write(raw[:end] + raw[start:])
        case _:
            made.write(raw[:start] + raw[end:])

    try:
        entries = read_bytes(tmp_path, made.getvalue())
    except DumpError:
        return
    found = {entry.title for entry in entries if not isinstance(entry, Rejected)}
    whole = {f"Title {n}" for n, one in enumerate(records) if one in made.getvalue() or packed(one) in made.getvalue()}
    assert whole <= found
