"""How good an import is, held against cuts made by hand: the real dumps beside the repository, the demonstration here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "archivesearch", *map(str, arguments)], capture_output=True, text=True, check=True
    ).stdout


def imported(archive, dumps):
    run("--archive", archive, "import", *dumps)
    export = archive / "export.jsonl"
    export.write_text(run("--archive", archive, "export", "--format", "jsonl"), "utf-8")
    return export


def figures_of(shared, gold, dumps, export):
    tool = shared / "tools" / "score_import.py"
    printed = subprocess.run(
        [sys.executable, tool, gold, dumps, export, "--json"], capture_output=True, text=True, check=True
    ).stdout
    return json.loads(printed)


def test_the_real_dumps_are_cut_merged_and_enriched_as_by_hand(shared, tmp_path):
    dumps, gold = shared / "dumps", shared / "gold" / "gold.json"

    figures = figures_of(shared, gold, dumps, imported(tmp_path, sorted(dumps.glob("*.txt"))))

    floors = {"f1": 0.95, "text": 0.97, "merged": 1, "labels": 1, "language": 1, "countries_p": 0.9, "countries_r": 0.9}
    assert {name: figures[name] for name, floor in floors.items() if figures[name] < floor} == {}


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_each_two_of_the_real_dumps_alone_are_cut_nearly_as_well(shared, tmp_path, left_out):
    """The cut may not live from one dump proving another."""
    whole = json.loads((shared / "gold" / "gold.json").read_text("utf-8"))
    names = [name for number, name in enumerate(sorted(whole)) if number != left_out]
    gold = tmp_path / "gold.json"
    gold.write_text(json.dumps({name: whole[name] for name in names}), "utf-8")

    figures = figures_of(
        shared, gold, shared / "dumps", imported(tmp_path, [shared / "dumps" / name for name in names])
    )

    assert figures["f1"] >= 0.93


def test_the_demonstration_is_cut_as_by_hand_but_for_few_posts(tmp_path):
    """Written by somebody who did not know the reader; figures without ../shared, so by date and title only."""
    gold = json.loads((ROOT / "tests" / "demo" / "gold.json").read_text("utf-8"))
    wanted = {(post["date"], post["title"]) for posts in gold.values() for post in posts}

    export = imported(tmp_path, sorted((ROOT / "raw").glob("*.txt")))

    found = {(post["published"], post["title"]) for post in map(json.loads, export.read_text("utf-8").splitlines())}
    f1 = 2 * len(found & wanted) / (len(found) + len(wanted))
    assert f1 >= 0.95
