"""The command line as people and scripts meet it: real processes, real pipes, a real terminal."""

import csv
import errno
import http.client
import io
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from archivesearch import errors
from archivesearch.cli import EXIT_CODES, commands
from archivesearch.cli.frame import MODULES
from archivesearch.corrections_file import read_corrections
from archivesearch.search import FACETS

REFERENCE = Path(__file__).parent.parent / "docs" / "cli.md"

HEADER = "About this site\n\nThis site tells of the rain in a valley that nobody will find on a map.\n"
VALLEY = (
    ("06 February 2021", "Water in the streets", "The river rose in the night and stood in the streets of Kathmandu."),
    ("03 May 2020", "=SUM of a dry spring", "No rain fell for sixty days. The wells of Nepal gave sand and stones."),
    ("17 August 2019", "De dijk bij het dorp", "De dijk is weer hoog genoeg en het water blijft nu buiten het dorp."),
    ("02 January 2018", "Gate \u202egnp.exe of the dam", "The gate of the dam was painted green, which took two days."),
)
LABELLED = VALLEY[:1]


def page(posts, label=None):
    shown = f"Showing posts with label {label}. Show all posts\n" * 2 if label else ""
    return HEADER + shown + "".join(f"\n{day}\n\n{title}\n\n{text}\n" for day, title, text in posts)


def write_dumps(root, **dumps):
    (root / "raw").mkdir()
    for name, text in dumps.items():
        (root / "raw" / f"{name}.txt").write_text(text, encoding="utf-8")
    return root


def clean_environment(**changes):
    ours = ("ARCHIVESEARCH_ARCHIVE", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "LC_ALL", "PYTHONIOENCODING")
    return {name: value for name, value in os.environ.items() if name not in ours} | changes


def command(*arguments):
    return [sys.executable, "-m", "archivesearch", *map(str, arguments)]


def run(root, *arguments, **environment):
    return subprocess.run(
        command("--archive", root, *arguments), capture_output=True, env=clean_environment(**environment), check=False
    )


def run_text(root, *arguments):
    done = run(root, *arguments)
    assert not done.stderr, done.stderr.decode()
    return done.stdout.decode()


def run_json(root, *arguments):
    return json.loads(run_text(root, *arguments, "--format", "json"))


def export(root):
    return [json.loads(line) for line in run_text(root, "export").splitlines()]


class OnTerminal:
    """A process whose output goes to a terminal."""

    def __init__(self, root, *arguments, **environment):
        self.ours, theirs = pty.openpty()
        environment = clean_environment(TERM="xterm-256color", COLUMNS="100", **environment)
        self.process = subprocess.Popen(
            command("--archive", root, *arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.written = b""

    def read(self):
        """Read what comes next; False at the end."""
        try:
            chunk = os.read(self.ours, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # how Linux says that the last writer has closed the terminal
                raise
            chunk = b""
        self.written += chunk
        return bool(chunk)

    def read_until(self, awaited):
        while awaited not in self.written:
            assert self.read(), self.written

    def finish(self):
        while self.read():
            pass
        os.close(self.ours)
        return self.process.wait(), self.written.decode()


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    root = write_dumps(tmp_path_factory.mktemp("valley"), all=page(VALLEY), floods=page(LABELLED, label="Floods"))
    assert run(root, "import").returncode == 0
    return root


def long_page(number):
    first = date(2015, 1, 1)
    days = ((first + timedelta(days=n)).strftime("%d %B %Y") for n in reversed(range(number)))
    return page(
        (day, f"Report {n} of the gauge", f"On this day gauge {n} stood still. " + "The water did not move. " * 40)
        for n, day in enumerate(days)
    )


@pytest.fixture(scope="module")
def gauges(tmp_path_factory):
    """An archive whose export is larger than any pipe's buffer."""
    root = write_dumps(tmp_path_factory.mktemp("gauges"), gauges=long_page(230))
    assert run(root, "import").returncode == 0
    return root


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    """An archive with letters that neither ASCII nor Latin-1 has."""
    posts = [("06 February 2021", "Ελληνικά ñandú", "Rain fell on the plain all day.")]
    root = write_dumps(tmp_path_factory.mktemp("letters"), all=page(posts))
    assert run(root, "import").returncode == 0
    return root


def test_import_tells_what_each_dump_held_and_the_whole(valley, tmp_path):
    write_dumps(tmp_path, all=page(VALLEY), floods=page(LABELLED, label="Floods"))
    told = run_text(tmp_path, "import")

    assert [line.split() for line in told.splitlines()[:3]] == [
        ["dump", "format", "state", "entries", "posts", "duplicates", "rejected"],
        ["all.txt", "page-text", "new", "4", "4", "0", "0"],
        ["floods.txt", "page-text", "new", "1", "0", "1", "0"],
    ]
    assert "4 posts in the archive: 4 new, 0 changed, 0 removed." in told
    assert run_json(tmp_path, "status")["digest"] == run_json(valley, "status")["digest"]


def test_a_second_import_of_the_same_dumps_brings_nothing_new(tmp_path):
    write_dumps(tmp_path, all=page(VALLEY))
    first, second = run_text(tmp_path, "import"), run_text(tmp_path, "import")

    assert "0 new, 0 changed, 0 removed" in second
    assert first.splitlines()[-1] == second.splitlines()[-1]


def test_dumps_named_on_the_command_line_are_imported(tmp_path):
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(page(VALLEY), encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    done = run(root, "import", elsewhere)

    assert done.returncode == 0
    assert len(export(root)) == len(VALLEY)


def test_a_dump_that_cannot_be_read_is_told_loudly_and_the_others_are_imported(tmp_path):
    write_dumps(tmp_path, all=page(VALLEY), empty="", prose="No date stands in this text.\n")
    done = run(tmp_path, "import")
    first, second = done.stderr.decode().splitlines()

    assert done.returncode == 1
    assert first.startswith("NOT READ: empty.txt is empty.")
    assert second.startswith("NOT READ: prose.txt is of no known format")
    assert "4 posts in the archive" in done.stdout.decode()


def test_an_empty_folder_works_at_once(tmp_path):
    done = run(tmp_path, "import")

    assert (done.returncode, done.stderr) == (0, b"")
    assert run_json(tmp_path, "status")["posts"] == 0
    assert run(tmp_path, "search", "").returncode == 1
    assert run(tmp_path, "verify").returncode == 0


def test_a_search_before_the_first_import_says_what_to_do(tmp_path):
    done = run(tmp_path, "search", "rain")

    assert done.returncode == 6
    assert "archivesearch import" in done.stderr.decode()


def test_a_folder_that_is_not_there_is_one_clear_sentence(tmp_path):
    done = run(tmp_path / "nowhere", "search", "rain")

    assert done.returncode >= 2
    assert len(done.stderr.splitlines()) == 1
    assert "nowhere" in done.stderr.decode()
    assert not (tmp_path / "nowhere").exists()


def test_the_environment_names_the_archive_too(valley, tmp_path):
    environment = clean_environment(ARCHIVESEARCH_ARCHIVE=str(valley))
    found = subprocess.run(command("search", "river"), cwd=tmp_path, env=environment, check=False, capture_output=True)

    assert found.returncode == 0


def test_the_current_folder_is_the_archive_where_none_is_named(valley):
    found = subprocess.run(
        command("search", "river"), cwd=valley, env=clean_environment(), check=False, capture_output=True
    )

    assert found.returncode == 0


@pytest.mark.parametrize("asked", ["facets", "status", "coverage"])
def test_before_the_first_import_the_current_folder_is_told_by_its_name(tmp_path, asked):
    done = subprocess.run(command(asked), cwd=tmp_path, env=clean_environment(), check=False, capture_output=True)
    here = tmp_path.resolve()

    assert f"imported into {here} yet. Put dumps into {here / 'raw'}, run " in done.stderr.decode()


def test_a_search_in_a_pipe_is_plain_text(valley):
    shown = run_text(valley, "search", "river")

    assert shown.startswith("1 found: posts with “river”.\n\n1. Water in the streets\n   2021-02-06 · Nepal · en")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv"])
def test_the_exit_code_tells_whether_something_was_found(valley, form):
    assert run(valley, "search", "river", "--format", form).returncode == 0
    assert run(valley, "search", "volcano", "--format", form).returncode == 1


def test_nothing_found_says_what_was_searched(valley):
    done = run(valley, "search", "volcano", "--country", "Nepal")

    assert done.stdout.decode() == (
        "Nothing found: posts with “volcano”, country Nepal. Try fewer words or fewer filters.\n"
    )


def test_json_holds_the_promised_keys(valley):
    answer = run_json(valley, "search", "river")

    assert set(answer) == {
        "version", "total", "query", "hits", "facets", "months", "relaxed", "repairs", "suggestion"
    }  # fmt: skip
    assert set(answer["facets"]) == set(FACETS)
    assert set(answer["facets"]["year"][0]) == {"value", "count", "selected"}
    assert set(answer["hits"][0]) == {
        "id", "title", "published", "labels", "countries", "language", "score", "snippet", "permalink"
    }  # fmt: skip


def test_json_lines_and_csv_hold_the_hits_of_the_json_answer(valley):
    hits = run_json(valley, "search", "", "--sort", "newest")["hits"]
    lines = run_text(valley, "search", "", "--sort", "newest", "--format", "jsonl").splitlines()
    rows = list(csv.DictReader(io.StringIO(run_text(valley, "search", "", "--sort", "newest", "--format", "csv"))))

    assert [json.loads(line) for line in lines] == hits
    assert [row["id"] for row in rows] == [hit["id"] for hit in hits]
    assert [row["labels"] for row in rows] == ["; ".join(hit["labels"]) for hit in hits]
    assert [row["title"] for row in rows][1] == "'=SUM of a dry spring"


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "ids"])
def test_nothing_but_the_answer_goes_into_a_pipe(valley, form):
    wished = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PAGER": "false", "TERM": "xterm-256color"}
    plain, coloured = (run(valley, "search", "", "--format", form, **environment) for environment in ({}, wished))

    assert b"\x1b" not in coloured.stdout
    assert (coloured.returncode, coloured.stdout, coloured.stderr) == (0, plain.stdout, b"")


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--country", "Nepal"], ["Water in the streets", "=SUM of a dry spring"]),
        (["--year", "2020", "--year", "2021"], ["Water in the streets", "=SUM of a dry spring"]),
        (["--label", "floods"], ["Water in the streets"]),
        (["--language", "nl"], ["De dijk bij het dorp"]),
        (["--from", "2020-06"], ["Water in the streets"]),
        (["--to", "2019"], ["De dijk bij het dorp", "Gate \u202egnp.exe of the dam"]),
        (["--limit", "1"], ["Water in the streets"]),
        (["--limit", "1", "--page", "2"], ["=SUM of a dry spring"]),
        (["--sort", "oldest", "--limit", "1"], ["Gate \u202egnp.exe of the dam"]),
    ],
)
def test_options_narrow_and_order_a_search(valley, options, titles):
    hits = run_json(valley, "search", "", "--sort", "newest", *options)["hits"]

    assert [hit["title"] for hit in hits] == titles


def test_every_hit_can_be_had_in_lines(gauges):
    every = [json.loads(line)["id"] for line in run_text(
        gauges, "search", "", "--sort", "oldest", "--format", "jsonl", "--limit", "0"
    ).splitlines()]  # fmt: skip
    second = [json.loads(line)["id"] for line in run_text(
        gauges, "search", "", "--sort", "oldest", "--format", "jsonl", "--limit", "130", "--page", "2"
    ).splitlines()]  # fmt: skip

    assert every == sorted(post["id"] for post in export(gauges))
    assert second == every[130:]


def test_every_hit_can_be_had_in_a_csv_file(gauges):
    written = run_text(gauges, "search", "", "--sort", "oldest", "--format", "csv", "--limit", "0")

    assert [line["id"] for line in csv.DictReader(io.StringIO(written))] == [post["id"] for post in export(gauges)]


def test_the_counts_of_a_search_can_be_had_without_its_hits(valley):
    assert run_text(valley, "search", "wells OR river", "--facets", "--label", "floods").splitlines() == [
        "1 found: posts with “wells” or “river”, label floods.",
        "",
        "country   Nepal 1",
        "year      2021 1",
        "label     Floods 1, none 1",
        "language  en 1",
        "dump      all.txt 1, floods.txt 1",
    ]


def test_the_counts_of_a_search_are_all_there_however_many(gauges):
    dates = run_text(gauges, "search", "", "--facets")

    assert "more" not in dates
    assert dates.startswith("230 found: every post.\n\ncountry   none 230\n")


def test_the_counts_as_json_are_the_answer_without_its_hits(valley):
    whole = run_json(valley, "search", "river")
    counted = run_json(valley, "search", "river", "--facets")

    assert whole["hits"]
    assert counted == {**whole, "hits": []}


def test_the_counts_as_csv_are_those_of_the_json_answer(valley):
    facets = run_json(valley, "search", "", "--label", "floods", "--facets")["facets"]
    written = run_text(valley, "search", "", "--label", "floods", "--facets", "--format", "csv")

    assert list(csv.reader(io.StringIO(written))) == [
        ["facet", "value", "count", "selected"],
        *(
            [name, count["value"], str(count["count"]), "true" if count["selected"] else "false"]
            for name, counts in facets.items()
            for count in counts
        ),
    ]


def test_a_label_is_never_a_formula_in_the_counts_as_csv(tmp_path):
    run(write_dumps(tmp_path, all=page(VALLEY[:1], label="=SUM(A1)")), "import")

    assert "label,'=SUM(A1),1,false\n" in run_text(tmp_path, "search", "", "--facets", "--format", "csv")


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_counts_of_nothing_end_with_1(valley, form):
    assert run(valley, "search", "volcano", "--facets", "--format", form).returncode == 1


def test_an_explained_search_says_how_it_was_read_and_what_was_done(valley):
    shown = run_text(valley, "search", "THE riv*", "--country", "Nepal", "--explain")
    answer, explained = shown.split("\nExplained\n")
    times = [float(ms) for ms in re.findall(r"^ *(\d+\.\d) ms  ", explained, re.MULTILINE)]
    steps = [line.partition(" ms  ")[2] for line in explained.splitlines()[2:]]

    assert answer == run_text(valley, "search", "THE riv*", "--country", "Nepal")
    assert explained.startswith("read as  posts with “the” and words that begin with “riv”\nwritten  the riv*\n")
    assert steps[:2] == ["read what was typed", "opened the archive"]
    assert steps[3] == "filter, posts with the country “Nepal”: 2"
    assert steps[-3:] == ["read 1 post", "made the snippets of 1 post", "in all"]
    assert "“riv*” stands for 1 word" in steps
    assert len(times) == len(steps)
    assert all(ms >= 0 for ms in times)


def test_an_explanation_as_json_stands_beside_the_answer(valley):
    whole = run_json(valley, "search", "river absent streets", "--since-import", "0", "--explain")
    explained = whole.pop("explain")
    done = [step["what"] for step in explained["steps"]]

    assert whole == run_json(valley, "search", "river absent streets", "--since-import", "0")
    assert set(explained) == {"read", "as", "steps", "ms"}
    assert explained["read"] == "posts with “river” and “absent” and “streets”"
    assert explained["as"] == "river absent streets"
    assert "asked the catalog what came after import 0: 4 posts" in done
    assert "relaxed, for no post has all of the words: 1 with most of them" in done
    assert all(step["ms"] >= 0 for step in explained["steps"])
    assert explained["ms"] >= 0


def test_the_counts_of_a_search_can_be_explained_too(valley):
    assert "\n\nExplained\nread as  posts with “river”\n" in run_text(
        valley, "search", "river", "--facets", "--explain"
    )


LIKE = (
    ("06 February 2021", "The flood", "The gauge of the dam was read at night by the miller."),
    ("03 May 2020", "The drought", "The gauge of the dam was read at noon by the miller."),
    ("17 August 2019", "Bread", "Flour, salt."),
)


@pytest.fixture(scope="module")
def mill(tmp_path_factory):
    """An archive of two posts that are alike and one that is like neither."""
    root = write_dumps(tmp_path_factory.mktemp("mill"), all=page(LIKE))
    assert run(root, "import").returncode == 0
    return root


def id_of(root, typed):
    return run_text(root, "search", typed, "--format", "ids").strip()


def test_similar_lists_the_posts_that_are_most_like_one(mill):
    flood, drought = id_of(mill, "flood"), id_of(mill, "drought")
    record = run_json(mill, "similar", flood)
    [line] = run_text(mill, "similar", flood, "--format", "jsonl").splitlines()

    assert run_text(mill, "similar", flood) == f"1. The drought\n   2020-05-03 · en\n   {drought}\n"
    assert (record["version"], record["of"]) == (1, flood)
    assert [post["id"] for post in record["posts"]] == [drought]
    assert [json.loads(line)] == record["posts"]


def test_similar_gives_as_many_posts_as_are_wanted(gauges):
    post_id = export(gauges)[0]["id"]

    assert [len(run_json(gauges, "similar", post_id, *limit)["posts"]) for limit in ([], ["--limit", "7"])] == [5, 7]


def test_similar_says_that_no_post_is_like_this_one(mill):
    done = run(mill, "similar", id_of(mill, "bread"))

    assert (done.returncode, done.stdout, done.stderr) == (1, b"No post is like this one.\n", b"")


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_similar_says_as_show_does_when_there_is_no_such_post(valley, form):
    done, shown = run(valley, "similar", "nobody", "--format", form), run(valley, "show", "nobody")

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == shown.stderr


def test_suggest_says_what_may_be_meant(valley):
    record = run_json(valley, "suggest", "flo")

    assert run_text(valley, "suggest", "flo") == "label  1  Floods\n"
    assert record == {
        "version": 1,
        "typed": "flo",
        "suggestions": [
            {"kind": "label", "text": "Floods", "count": 1, "id": None, "params": [["label", "Floods"]]},
        ],
    }
    assert run_text(valley, "suggest", "water", "--limit", "1") == ("title  1  Water in the streets\nword   2  water\n")


def test_suggest_says_when_nothing_begins_like_this(valley):
    done = run(valley, "suggest", "volcano")

    assert (done.returncode, done.stdout) == (1, b"Nothing begins like this.\n")


def test_show_prints_the_post_that_search_named(valley):
    [hit] = run_json(valley, "search", "river")["hits"]
    shown = run_text(valley, "show", hit["id"])
    record = run_json(valley, "show", hit["id"])

    assert shown.startswith("Water in the streets\n2021-02-06 · Nepal · en · labels: Floods\n\nThe river rose")
    assert {"found in all.txt", "found in floods.txt"} == set(re.findall(r"found in \S+(?=,)", shown))
    assert {key: value for key, value in record.items() if key != "duplicates"} in export(valley)
    assert [copy["kind"] for copy in record["duplicates"]] == ["exact"]
    assert "found in floods.txt, line 9 (page-text" in shown
    assert "\n  exact, similarity 1.00: equal day, title and text\n" in shown + "\n"


WELL = (
    "The well of the upper mill gave water for sixty days, and then it gave sand, and after the sand it gave nothing."
)
WALL = (
    "The miller let down a lamp and saw the wall: it had fallen in, and a root as thick as an arm had grown through it."
)


@pytest.fixture
def copies(tmp_path):
    """An archive of one post, an edited copy of it, and its beginning on the day after."""
    day, title = "03 May 2020", "The well of the mill"
    write_dumps(
        tmp_path,
        whole=page([(day, title, f"{WELL} {WALL} {WELL}")]),
        edited=page([(day, title, f"{WELL} {WALL} {WELL}".replace("sixty days,", "sixty days, \x1b[31mit seems,"))]),
        cut=page([("04 May 2020", title, f"{WELL} {WALL[:60]} Read more")]),
    )
    run_text(tmp_path, "import")
    return tmp_path


def test_duplicates_lists_each_copy_below_its_post(copies):
    [of] = {copy["of"] for copy in run_json(copies, "duplicates")["duplicates"]}

    assert run_text(copies, "duplicates") == (
        f"{of}  The well of the mill\n"
        "  whole.txt, line 7: near, similarity 0.85: 46 of 54 shingles of 4 words are in both texts\n"
        "  cut.txt, line 7: excerpt, similarity 0.83: its 36 words are the beginning of 76; 1 day apart\n"
        "2 duplicates in the archive.\n"
    )


def test_nothing_is_lost_by_near_duplicates(copies):
    assert run(copies, "verify").returncode == 0
    assert [len(post["provenance"]) for post in export(copies)] == [3]


def test_duplicates_says_when_there_are_none(gauges):
    assert run_text(gauges, "duplicates") == "0 duplicates in the archive.\n"


def test_show_tells_how_each_copy_differs(copies):
    of = run_json(copies, "duplicates")["duplicates"][0]["of"]
    shown = run_text(copies, "show", of)
    record = run_json(copies, "show", of)

    assert "\n  … for sixty days, [-[31mit seems,-] and then it …\n" in shown
    assert "\n  date: [-2020-05-03-] {+2020-05-04+}\n" in shown
    assert "{+i Read more+}" in shown
    assert [copy["kind"] for copy in record["duplicates"]] == ["near", "excerpt"]
    assert record["duplicates"][1]["differences"][0] == "date: [-2020-05-03-] {+2020-05-04+}"


def test_show_says_when_there_is_no_such_post(valley):
    done = run(valley, "show", "2021-02-06-\x1b[31m")

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith("No post has the ID 2021-02-06-[31m.")


def test_facets_agree_with_the_exported_posts(valley):
    facets = run_json(valley, "facets")["facets"]
    posts = export(valley)

    assert {value["value"]: value["count"] for value in facets["label"]} == {"Floods": 1, "none": 3}
    assert {value["value"]: value["count"] for value in facets["year"]} == Counter(
        post["published"][:4] for post in posts
    )
    assert run_text(valley, "facets").startswith("country   Nepal 2, ")


def test_coverage_in_a_pipe_is_a_line_for_each_year_then_dumps_then_gaps(valley):
    assert run_text(valley, "coverage", "--by", "year").splitlines() == [
        "4 posts, each counted once",
        "",
        "2018  1  " + "#" * 40,
        "2019  1  " + "#" * 40,
        "2020  1  " + "#" * 40,
        "2021  1  " + "#" * 40,
        "",
        "By dump: a post that stands in several dumps counts in each of them",
        "  posts  only here  first    last     dump",
        "      4          3  2018-01  2021-02  all.txt",
        "      1          0  2021-02  2021-02  floods.txt",
        "",
        "3 gaps, the longest first",
        "  no post from 2018-02 to 2019-07 (18 months)",
        "  no post from 2019-09 to 2020-04 (8 months)",
        "  no post from 2020-06 to 2021-01 (8 months)",
    ]


def test_coverage_by_month_shows_empty_months_and_long_gaps_in_one_line(valley):
    bars = run_text(valley, "coverage").split("\n\n")[1].splitlines()

    assert bars[:4] == [
        "2018-01             1  " + "#" * 40,
        "2018-02 to 2019-07  0",
        "2019-08             1  " + "#" * 40,
        "2019-09             0",
    ]


def test_coverage_counts_years_where_there_are_many_months(gauges, tmp_path):
    days = ("06 February 2021", "06 February 2014")
    write_dumps(tmp_path, all=page((day, f"Rain of {day[-4:]}", "It rained for a whole day.") for day in days))
    run(tmp_path, "import")

    assert run_text(gauges, "coverage").split("\n\n")[1].startswith("2015-01  31  ")
    assert run_text(tmp_path, "coverage").split("\n\n")[1].startswith("2014  1  ")


def test_coverage_as_json_and_csv_hold_the_same(valley):
    record = run_json(valley, "coverage")
    lines = list(csv.DictReader(io.StringIO(run_text(valley, "coverage", "--format", "csv"))))
    of_dumps = [(each["dump"], each["periods"]) for each in record["dumps"]]

    assert [(line["period"], int(line["posts"])) for line in lines if not line["dump"]] == [
        (each["period"], each["posts"]) for each in record["periods"]
    ]
    assert [(line["dump"], line["period"], int(line["posts"])) for line in lines if line["dump"]] == [
        (dump, each["period"], each["posts"]) for dump, periods in of_dumps for each in periods
    ]
    assert len(record["periods"]) == 38
    assert sum(each["posts"] for each in record["periods"]) == record["posts"] == 4


def test_coverage_before_the_first_import_says_what_to_do(tmp_path):
    done = run(tmp_path, "coverage")

    assert done.returncode == 6
    assert b"run `archivesearch import`" in done.stderr


def test_status_tells_what_the_archive_holds(valley):
    told = run_json(valley, "status")

    assert (told["posts"], told["dumps"], told["duplicates"], told["indexed"]) == (4, 2, 1, 4)
    assert (told["first"], told["last"]) == ("2018-01-02", "2021-02-06")
    assert f"digest      {told['digest']}\n" in run_text(valley, "status")


@pytest.mark.parametrize("options", [(), ("--deep",)])
def test_verify_finds_nothing_wrong_with_a_fresh_archive(valley, options):
    done = run(valley, "verify", *options)

    assert (done.returncode, done.stderr) == (0, b"")


def test_reindex_counts_the_posts_it_indexed(valley):
    assert run_text(valley, "reindex") == "4 posts indexed.\n"


def test_an_index_that_was_deleted_comes_back_with_the_same_digest(tmp_path):
    write_dumps(tmp_path, all=page(VALLEY))
    run(tmp_path, "import")
    digest = run_json(tmp_path, "status")["digest"]
    shutil.rmtree(tmp_path / "index")
    run(tmp_path, "import")

    assert run_json(tmp_path, "status")["digest"] == digest


@pytest.mark.parametrize(
    "arguments",
    [
        ["search"],
        ["search", "rain", "--colour", "blue"],
        ["search", "rain", "--limit", "101"],
        ["search", "rain", "--limit", "0"],
        ["search", "rain", "--format", "csv", "--limit", "0", "--page", "2"],
        ["search", "rain", "--facets", "--format", "jsonl"],
        ["search", "rain", "--facets", "--format", "ids"],
        ["search", "rain", "--facets", "--count"],
        ["search", "rain", "--explain", "--format", "csv"],
        ["search", "rain", "--explain", "--format", "jsonl"],
        ["search", "rain", "--explain", "--format", "ids"],
        ["search", "rain", "--explain", "--count"],
        ["similar", "some-id", "--limit", "0"],
        ["search", "rain", "--from", "2019-13"],
        ["search", "rain", "--from", "2020", "--to", "2019"],
        ["import", "no-such-file.txt"],
        ["serve", "--rate", "-1"],
        ["serve", "--rate", "nan"],
        ["serve", "--trusted-proxy", "*"],
        ["dance"],
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(valley, arguments):
    done = run(valley, *arguments)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[-1].startswith("Error: ")


def test_a_query_that_cannot_be_read_is_pointed_at(valley):
    done = run(valley, "search", "rain " * 40)
    said, typed, pointer = done.stderr.decode().splitlines()

    assert done.returncode == 2
    assert said.startswith("Error: ")
    assert typed == "  " + ("rain " * 40).strip()
    assert re.fullmatch(" +\\^", pointer)


@pytest.mark.parametrize("typed", ["rain " * 60, "r" * 300, "rain " * 5 + "date:someday" + " rain" * 30])
def test_what_is_wrong_with_a_query_fits_a_terminal(valley, typed):
    exit_code, written = OnTerminal(valley, "search", typed).finish()
    *said, shown, pointer = written.splitlines()

    assert exit_code == 2
    assert said[0].startswith("Error: ")
    assert max(map(len, (*said, shown, pointer))) <= 100
    assert pointer.strip() == "^"
    assert "…" in shown


def test_settings_that_cannot_be_end_with_4(tmp_path):
    (tmp_path / "archive.toml").write_text("colour = 'blue'\n", encoding="utf-8")
    done = run(tmp_path, "status")

    assert done.returncode == 4
    assert "colour" in done.stderr.decode()


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1"}]
)
def test_data_is_utf8_whatever_the_locale_says(letters, environment):
    for form in ("json", "jsonl", "csv"):
        assert "Ελληνικά ñandú" in run(letters, "search", "rain", "--format", form, **environment).stdout.decode()
    assert "Ελληνικά ñandú" in run(letters, "export", **environment).stdout.decode()
    assert run(letters, "search", "rain", **environment).returncode == 0


def test_a_reader_that_goes_away_ends_the_program_quietly(gauges):
    with subprocess.Popen(
        command("--archive", gauges, "export"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    ) as process:
        process.stdout.readline()
        process.stdout.close()

        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_ctrl_c_ends_the_program_even_when_nobody_reads_its_output(gauges):
    with subprocess.Popen(
        command("--archive", gauges, "export"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    ) as process:
        select.select([process.stdout], [], [])
        process.send_signal(signal.SIGINT)

        assert process.wait() == 130
        assert process.stderr.read().decode().splitlines() == [
            "Error: Interrupted. What was finished is kept; run the same command again to do the rest."
        ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_one_clear_line(valley):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("--archive", valley, "export"),
            stdout=full,
            stderr=subprocess.PIPE,
            env=clean_environment(),
            check=False,
        )

    assert done.returncode == 8
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_during_an_import_leaves_an_archive_that_the_next_import_completes(tmp_path):
    root = write_dumps(tmp_path, gauges=long_page(500))
    terminal = OnTerminal(root, "import")
    terminal.read_until(b"\x1b[?25l")
    terminal.process.send_signal(signal.SIGINT)
    exit_code, written = terminal.finish()

    assert exit_code == 130
    assert "Traceback" not in written
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    assert run(root, "import").returncode == 0
    assert run(root, "verify").returncode == 0
    assert run_json(root, "status")["indexed"] == 500


COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])[0-9;]*m")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def test_a_terminal_shows_the_matched_words_bold(valley):
    exit_code, written = OnTerminal(valley, "search", "river").finish()

    assert exit_code == 0
    assert re.search(r"The \x1b\[1(;33)?mriver\x1b\[0m rose", written)
    assert "language" in written


def test_no_color_leaves_the_terminal_without_colours(valley):
    _, written = OnTerminal(valley, "search", "river", NO_COLOR="1").finish()

    assert COLOUR.search(OnTerminal(valley, "search", "river").finish()[1])
    assert not COLOUR.search(written)


@pytest.mark.parametrize("arguments", [("search", "dam"), ("facets",), ("search", "dam", "--format", "json")])
def test_a_hostile_title_does_not_steer_the_terminal(valley, arguments):
    exit_code, written = OnTerminal(valley, *arguments).finish()

    assert exit_code == 0
    assert "\u202e" not in written
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", STYLE.sub("", written))


def test_hostile_dump_names_and_bodies_do_not_steer_the_terminal(tmp_path):
    hostile = "\x1b]0;owned\x07 \x9b31m \u202etxt.exe \x08\x08"
    write_dumps(tmp_path, all=page([("06 February 2021", f"Storm {hostile}", f"It blew. {hostile} It blew on.")]))
    (tmp_path / "raw" / "\x1b[31mred\nAll is well\u202e.txt").write_text("no date in here", encoding="utf-8")
    exit_code, imported = OnTerminal(tmp_path, "import").finish()
    [post] = export(tmp_path)
    _, shown = OnTerminal(tmp_path, "show", post["id"]).finish()

    assert exit_code == 1
    assert "\x1b[31mred" not in imported
    assert "\nAll is well" not in imported
    for written in (imported, shown):
        bars = re.compile(r"\x1b\[(?:\?25[lh]|2K|1A)")
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", bars.sub("", STYLE.sub("", written)))


def test_long_work_shows_its_progress_on_a_terminal_and_nothing_of_it_in_a_pipe(tmp_path):
    write_dumps(tmp_path, all=page(VALLEY))
    _, on_terminal = OnTerminal(tmp_path, "import").finish()
    in_pipe = run(tmp_path, "import").stdout

    assert "\x1b[?25l" in on_terminal
    assert b"\x1b" not in in_pipe


def test_the_page_is_served_at_the_address_that_is_printed(valley):
    process = subprocess.Popen(
        command("--archive", valley, "serve", "--port", "0"), stdout=subprocess.PIPE, env=clean_environment()
    )
    with process:
        try:
            announced = process.stdout.readline().decode()
            [port] = re.findall(r"http://127\.0\.0\.1:(\d+)/", announced)
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            connection.request("GET", "/?q=river")
            answer = connection.getresponse()
            html = answer.read().decode()
            connection.close()
        finally:
            process.send_signal(signal.SIGINT)

        assert answer.status == 200
        assert "Water in the streets" in html
        assert process.wait() == 0


# the rest is part of these: what Cython compiled, and what pip leaves for an editable installation
LIBRARIES_OF_SEARCH = {"Stemmer", "archivesearch", "click", "numpy", "whoosh"}

MODULES_OF_SEARCH = set(
    """
    archive dates durable errors params posts query query.days query.grammar query.leaves query.tree query.wording
    query.written said search settings snippets text cli cli.asked cli.frame cli.results cli.searching cli.terminal
    engines engines.answering engines.arrays engines.ascending engines.cache engines.embedded engines.facets
    engines.fields engines.generations engines.matching engines.ordinals engines.postings engines.ranking
    engines.records engines.tables engines.vocabulary engines.whoosh lines
    """.split()
)
"""Each costs every search from the command line a millisecond or two: here stands what it is paid for."""

NEVER_IN_A_SEARCH = {"asyncio", "concurrent", "csv", "logging", "multiprocessing", "sqlite3", "tomllib", "xml"}

LOADED = """
import sys
from archivesearch.cli import main
try:
    main()
finally:
    print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""


def loaded_by(root, *arguments):
    """The names of all modules that a command loads."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "--archive", str(root), *arguments],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    assert done.returncode == 0
    [loaded] = [line.split()[1:] for line in done.stderr.splitlines() if line.startswith("LOADED")]
    return loaded


@pytest.mark.parametrize(
    ("arguments", "left_out"),
    [
        (["--help"], {"rich", "whoosh", "flask", "waitress", "babel", "lxml", "bs4", "sqlite3"}),
        (["search", "river"], {"rich", "flask", "waitress", "babel", "lxml", "bs4", "dateutil"}),
    ],
)
def test_a_command_loads_only_the_libraries_that_it_needs(valley, arguments, left_out):
    loaded = set(loaded_by(valley, *arguments))

    assert "click" in loaded
    assert not left_out & loaded


@pytest.mark.parametrize("options", [(), ("--facets",), ("--explain",)])
def test_a_search_loads_these_libraries_and_no_others(valley, options):
    loaded = {name.partition(".")[0] for name in loaded_by(valley, "search", "river", *options)}
    libraries = {name for name in loaded if name in packages_distributions() or name == "archivesearch"}

    assert libraries - {"_distutils_hack"} == LIBRARIES_OF_SEARCH
    assert not NEVER_IN_A_SEARCH & loaded


def test_a_search_loads_these_modules_of_ours_and_no_others(valley):
    loaded = loaded_by(valley, "search", "river")

    assert {name.partition(".")[2] for name in loaded if name.startswith("archivesearch.")} == MODULES_OF_SEARCH


@pytest.mark.parametrize("command", ["show", "similar", "suggest", "facets"])
def test_what_reads_posts_loads_little_more_than_a_search(valley, command):
    once = next(post["id"] for post in export(valley) if len(post["provenance"]) == 1)  # copies are in the catalog
    arguments = {"suggest": ["riv"], "facets": []}.get(command, [once])

    loaded = loaded_by(valley, command, *arguments)

    assert not NEVER_IN_A_SEARCH & set(loaded)
    assert {name.partition(".")[2] for name in loaded if name.startswith("archivesearch.")} <= MODULES_OF_SEARCH | {
        "answers",
        "engines.telling",
    }


def every_command():
    """Each command by its name, its module loaded."""
    context = click.Context(commands)
    return {name: commands.get_command(context, name) for name in commands.list_commands(context)}


def test_every_command_stands_in_the_table_of_its_module():
    named = {name: module for module, names in MODULES.items() for name in names}

    defined = {name: each.callback.__module__.rpartition(".")[2] for name, each in every_command().items()}
    assert defined == named
    assert set(commands.commands) == set(named)


def test_every_command_and_option_explains_itself():
    for name, each in every_command().items():
        assert each.help, name
        for option in each.params:
            assert isinstance(option, click.Argument) or option.help, f"{name} {option.name}"


def test_every_exit_code_is_documented():
    documented = {int(code) for code in re.findall(r"^  (\d+)  ", EXIT_CODES, re.MULTILINE)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert {kind.exit_code for kind in kinds} | {0, 1, 8} == documented
    assert {"130", "141"} <= set(re.findall(r"\d+", EXIT_CODES))


def test_h_is_short_for_help(valley):
    assert run(valley, "search", "-h").stdout == run(valley, "search", "--help").stdout


def written_reference():
    """docs/cli.md: what --help says of each command, in a width that does not hang on the terminal."""
    whole = click.Context(commands, info_name="archivesearch", terminal_width=100, help_option_names=["-h", "--help"])
    parts = ["# Command line", "", "This file is written by `pytest --update-golden` from the program's own help.", ""]
    parts += ["```text", commands.get_help(whole), "```", ""]
    for name, each in every_command().items():
        context = click.Context(each, info_name=name, parent=whole, terminal_width=100)
        parts += [f"## archivesearch {name}", "", "```text", each.get_help(context), "```", ""]
    return "\n".join(parts)


def test_the_reference_is_what_help_says(golden):
    golden(REFERENCE, written_reference())


UNDATED = """\
date, certainty 0.50: Snow  undated-dd1859fa
  all.txt, line 7: “undated: Snow”
  it is undated: '31 April 2019' is no day of the calendar
    # it stays undated
    [[post]]
    id = "undated-dd1859fa"
    date = "undated"

1 doubt: 1 date. Paste one entry of each into corrections.toml, or answer archivesearch review --interactive; \
then run archivesearch import.
"""


@pytest.fixture
def snow(tmp_path):
    """An archive of a post whose date no calendar has, and of one that is not doubtful."""
    write_dumps(tmp_path, all=page([("31 April 2019", "Snow", "Snow fell for a week."), VALLEY[0]]))
    run_text(tmp_path, "import")
    return tmp_path


def test_review_says_what_is_doubtful_and_what_to_paste(snow):
    assert run_text(snow, "review") == UNDATED


def test_review_says_when_nothing_is_doubtful(tmp_path):
    run(write_dumps(tmp_path, page=page(VALLEY[:1])), "import")

    assert run_text(tmp_path, "review") == "Nothing is doubtful.\n"
    assert run_json(tmp_path, "review")["doubts"] == []


def test_review_lists_the_most_doubtful_first(tmp_path):
    shutil.copytree(Path(__file__).parent.parent / "raw", tmp_path / "raw")
    run(tmp_path, "import")

    doubts = run_json(tmp_path, "review")["doubts"]

    assert [doubt["certainty"] for doubt in doubts] == sorted(doubt["certainty"] for doubt in doubts)
    assert sum(doubt["kind"] == "cut" for doubt in doubts) == run_json(tmp_path, "status")["doubtful"] > 0
    assert len(doubts) < run_json(tmp_path, "status")["posts"] / 3
    for doubt in doubts:
        lines = (tmp_path / "raw" / doubt["dump"]).read_text("utf-8").splitlines()
        assert doubt["kind"] != "cut" or doubt["words"] == lines[doubt["line"] - 1].strip()


@pytest.mark.parametrize("choice", range(3))
def test_every_entry_that_review_offers_can_be_pasted_and_is_not_asked_about_again(copies, choice):
    doubts = run_json(copies, "review")["doubts"]
    pasted = [doubt["choices"][min(choice, len(doubt["choices"]) - 1)]["toml"] for doubt in doubts]
    (copies / "corrections.toml").write_text("\n".join(pasted), "utf-8")

    assert [doubt["kind"] for doubt in doubts] == ["merge", "date"]
    assert run_json(copies, "review")["doubts"] == []
    assert "without effect" not in run_text(copies, "import")
    assert run_json(copies, "review")["doubts"] == []
    assert len(export(copies)) == (1 if choice == 0 else 2)
    assert run(copies, "verify").returncode == 0


def test_import_tells_of_corrections_without_effect(snow):
    (snow / "corrections.toml").write_text('[[post]]\nid = "2001-01-01-00000000"\nsuppress = true\n', "utf-8")

    assert "without effect in corrections.toml: no post has the id 2001-01-01-00000000." in run_text(snow, "import")


def interview(root, *answers):
    """What `review --interactive` wrote on a terminal after the last question, and its exit code.

    Each answer follows what is awaited before it; one that is a signal is sent, as Ctrl-C does.
    """
    asked = OnTerminal(root, "review", "--interactive", NO_COLOR="1")
    for awaited, answer in answers:
        asked.read_until(awaited.encode())
        asked.written = asked.written.partition(awaited.encode())[2]
        if isinstance(answer, signal.Signals):
            asked.process.send_signal(answer)
        else:
            os.write(asked.ours, answer)
    exit_code, written = asked.finish()
    return exit_code, STYLE.sub("", written).replace("\r", "")


CHOICE = "Your choice: "


def test_an_interview_writes_the_answer_at_once(snow):
    exit_code, written = interview(snow, (CHOICE, b"9\n"), ("Type 1, t, s or q, then Enter.", b"1\n"))

    assert exit_code == 0
    assert written.endswith("1 decision written to corrections.toml: run archivesearch import.\n")
    assert read_corrections(snow / "corrections.toml").posts["undated-dd1859fa"].published == "undated"
    assert run_text(snow, "review") == "Nothing is doubtful.\n"


def test_an_interview_shows_the_lines_around_the_doubtful_one(snow):
    _, shown = interview(snow, ("1 of 1", b"s\n"))

    assert "      5  31 April 2019\n    > 7  Snow\n      9  Snow fell for a week.\n" in shown
    assert "  1  it stays undated\n  t  type it: 2019, 2019-05 or 2019-05-03\n  s  skip" in shown
    assert shown.endswith("Nothing was decided.\n")


def test_a_date_can_be_typed(snow):
    typing = (CHOICE, b"t\n")
    typed = "2019, 2019-05 or 2019-05-03: "
    interview(snow, typing, (typed, b"April\n"), typing, (typed, b"2019-04-30\n"))

    assert read_corrections(snow / "corrections.toml").posts["undated-dd1859fa"].published.day_key == "2019-04-30"
    assert "0 new, 1 changed, 0 removed" in run_text(snow, "import")
    assert run_json(snow, "show", "undated-dd1859fa")["published"] == "2019-04-30"


@pytest.mark.parametrize("end", [b"q\n", signal.SIGINT, b"\x04"])
def test_whoever_ends_an_interview_keeps_what_was_written(copies, end):
    exit_code, written = interview(copies, (CHOICE, b"1\n"), (CHOICE, end))

    assert exit_code == 0
    assert "1 decision written to corrections.toml" in written
    assert [doubt["kind"] for doubt in run_json(copies, "review")["doubts"]] == ["date"]


def test_an_answer_that_contradicts_what_stands_there_is_refused_and_asked_again(copies):
    merged = next(doubt for doubt in run_json(copies, "review")["doubts"] if doubt["kind"] == "merge")
    there = f'[[apart]]\npost = "{merged["post"]}"\ndump = "edited.txt"\n'

    asked = OnTerminal(copies, "review", "--interactive", NO_COLOR="1")
    asked.read_until(CHOICE.encode())
    (copies / "corrections.toml").write_text(there, "utf-8")
    os.write(asked.ours, b"1\n")
    asked.read_until(b"not written")
    os.write(asked.ours, b"q\n")
    exit_code, _ = asked.finish()

    assert exit_code == 0
    assert (copies / "corrections.toml").read_text("utf-8") == there


def test_an_interview_needs_a_terminal(snow):
    done = run(snow, "review", "--interactive")

    assert done.returncode == 2
    assert b"--interactive needs a terminal" in done.stderr
    assert run(snow, "review", "--interactive", "--format", "json").returncode == 2


def test_an_interview_without_a_doubt_says_so(tmp_path):
    run(write_dumps(tmp_path, page=page(VALLEY[:1])), "import")

    assert interview(tmp_path)[1].endswith("Nothing is doubtful.\n")


def test_status_and_verify_name_a_dump_that_could_not_be_read(tmp_path):
    run(write_dumps(tmp_path, page=page(VALLEY), empty=""), "import")

    checked = run(tmp_path, "verify")

    assert run_json(tmp_path, "status")["unreadable"] == ["empty.txt"]
    assert checked.returncode == 2
    assert b"empty.txt is empty" in checked.stdout


def test_an_output_that_is_closed_ends_the_command_with_a_code_of_its_own(tmp_path):
    run(write_dumps(tmp_path, page=page(VALLEY)), "import")
    closed = f"{' '.join(command('--archive', tmp_path, 'search', 'river'))} >&-"

    done = subprocess.run(["sh", "-c", closed], capture_output=True, env=clean_environment(), check=False)

    assert (done.returncode, done.stderr) == (8, b"")


def test_an_acronym_with_a_sign_in_it_is_found_however_it_is_typed(tmp_path):
    texts = (("03 May 2020", "Notes", "The network INSP!R met, and so did H&M and the R&D group of the valley."),)
    run(write_dumps(tmp_path, page=page(texts)), "import")

    assert [run_json(tmp_path, "search", word)["total"] for word in ("INSP!R", "insp!r", "h&m", "r&D")] == [1] * 4
