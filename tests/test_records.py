"""Records: what was written comes back, and a file that is cut off is told."""

import pytest
from hypothesis import given, strategies as st

from archivesearch.engines.records import Records, RecordWriter


def write(path, records):
    writer = RecordWriter(path)
    for record in records:
        writer.add(record)
    writer.finish()


@given(records=st.lists(st.text(st.characters(codec=None), max_size=5), max_size=8))
def test_every_record_comes_back_by_its_number(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("records") / "posts"
    write(path, records)
    kept = Records(path)

    assert [kept.read(number) for number in range(len(records))] == records
    kept.close()


def test_a_record_that_was_not_written_is_told(tmp_path):
    write(tmp_path / "posts", ["one"])
    kept = Records(tmp_path / "posts")

    with pytest.raises(ValueError, match="unpack"):
        kept.read(1)
    kept.close()


@pytest.mark.parametrize("left", [0, 5, 12])
def test_a_file_that_was_cut_off_is_told(tmp_path, left):
    path = tmp_path / "posts"
    write(path, ["one", "two"])
    path.write_bytes(path.read_bytes()[:left])

    with pytest.raises((OSError, ValueError)):
        Records(path)
