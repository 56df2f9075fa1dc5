"""Nothing lost: every entry of every dump at hand is a post, a further copy, or rejected with a reason."""

import shutil
from pathlib import Path

import pytest

from archivesearch.archive import Archive

GOLDEN = Path(__file__).parent / "golden"
IS_NO_DUMP = {".jsonl", ".json", ".md", ".py"}


def import_all(root, folder):
    """Import every dump below the folder; the report, and what verify then says of the catalog and the index."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in IS_NO_DUMP:
            target = root / "raw" / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    with Archive.open(root) as archive:
        report = archive.import_dumps()
        return report, [problem.message for problem in archive.verify(deep=True) if problem.kind == "rebuild"]


def assert_conserved(report, problems):
    readable = [dump for dump in report.dumps if dump.state != "unreadable"]

    assert readable
    assert all(dump.entries == dump.posts + dump.duplicates + dump.rejected for dump in report.dumps)
    assert sum(dump.posts for dump in report.dumps) == report.total == report.new
    assert len(report.rejected) == sum(dump.rejected for dump in report.dumps)
    assert all(rejected.reason for rejected in report.rejected)
    assert all(dump.reason for dump in report.dumps if dump.state == "unreadable")
    assert problems == []


def test_every_entry_of_the_golden_dumps_the_broken_ones_too_is_accounted_for(tmp_path):
    assert_conserved(*import_all(tmp_path, GOLDEN))


@pytest.mark.parametrize("samples", ["samples", "dumps"])
def test_every_entry_of_the_real_dumps_is_accounted_for(shared, tmp_path, samples):
    assert_conserved(*import_all(tmp_path, shared / samples))
