"""Python started anew: it finds the modules of its parent, and no others."""

import json
import subprocess
import sys

from archivesearch.anew import command


def test_a_process_started_anew_gets_its_arguments_and_the_paths_of_its_parent(tmp_path, monkeypatch):
    (tmp_path / "telling.py").write_text(
        "import json, sys\ndef tell():\n    print(json.dumps([sys.argv[1:], sys.path]))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    told = subprocess.check_output(command("telling", "tell", "two words", "-c", "3"), cwd="/")

    assert json.loads(told) == [["two words", "-c", "3"], sys.path]


def test_modules_in_the_current_folder_are_not_taken_for_others(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('taken from the current folder')\n")
    (tmp_path / "archivesearch").mkdir()
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])

    assert subprocess.check_output(command("archivesearch.anew", "cores"), cwd=tmp_path) == b""
