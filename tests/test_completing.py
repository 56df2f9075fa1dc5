"""Completion in shells: the program as click's scripts run it, and bash as it takes the answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

LABELS = ("Social protection", "Social security", "Aid: cash", "R&D, etc", "It's late", "RE/SPOKE!")

ENTRY = """<entry>
<id>tag:blogger.com,1999:blog-1.post-{number}</id><published>2019-05-{number:02}T10:00:00Z</published>
<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/>
{category}<title type="text">Post {number}</title><content type="html">Rain fell for {number} days.</content>
</entry>"""


def feed(labels):
    """An export of Blogger with a post for each label; None is no label."""
    entries = ""
    for number, label in enumerate(labels, start=1):
        category = f'<category scheme="http://www.blogger.com/atom/ns#" term={quoteattr(label)}/>' if label else ""
        entries += ENTRY.format(number=number, category=category)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><generator>Blogger</generator>{entries}</feed>'


def program(arguments, **environment):
    ours = ("ARCHIVESEARCH_ARCHIVE", "COMP_WORDS", "COMP_CWORD")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(arguments, capture_output=True, text=True, env=kept | environment, check=False)


ARCHIVESEARCH = shutil.which("archivesearch", path=Path(sys.executable).parent)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """An archive of some posts with labels that shells read signs in, and two without."""
    root = tmp_path_factory.mktemp("shelf")
    (root / "raw").mkdir()
    (root / "raw" / "feed.xml").write_text(feed((*LABELS, "Social security", None, None)), "utf-8")
    assert program([ARCHIVESEARCH, "--archive", str(root), "import"]).returncode == 0
    return root


def complete(*words, form="zsh", **environment):
    """What the program offers for the last of these words; it says nothing beside."""
    place = {"COMP_WORDS": " ".join(words), "COMP_CWORD": words[-1] if form == "fish" else str(len(words) - 1)}
    done = program([ARCHIVESEARCH], _ARCHIVESEARCH_COMPLETE=f"{form}_complete", **place, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip("\n").splitlines()


def offered(root, *words):
    """The values that are offered, with their help."""
    lines = complete("archivesearch", "--archive", str(root), *words)
    assert lines[::3] == ["plain"] * (len(lines) // 3)
    return dict(zip(lines[1::3], lines[2::3], strict=True))


def test_the_values_of_a_facet_are_offered_with_their_counts(shelf):
    assert offered(shelf, "search", "rain", "--year", "20") == {"2019": "9"}
    assert offered(shelf, "search", "--language", "e").keys() == {"en"}
    assert offered(shelf, "search", "--dump", "") == {"feed.xml": "9"}
    assert offered(shelf, "search", "--country", "") == {"none": "9"}
    assert next(iter(offered(shelf, "search", "--label", "").items())) == ("Social security", "2")
    assert set(offered(shelf, "search", "--label", "")) == {*LABELS, "none"} - {"Aid: cash"} | {"Aid\\: cash"}


def test_those_that_begin_folded_as_typed_are_offered(shelf):
    assert offered(shelf, "search", "--label", "SÓCIAL") == {"Social security": "2", "Social protection": "1"}
    assert offered(shelf, "search", "--label", "Social\\ p") == {"Social protection": "1"}
    assert offered(shelf, "search", "--label", "protection") == {}


def test_each_shell_gets_its_form(shelf):
    typed = ("archivesearch", "--archive", str(shelf), "search", "--label", "soc")

    assert complete(*typed, form="bash") == [r"plain,Social\\ security", r"plain,Social\\ protection"]
    assert complete(*typed, form="fish") == ["plain,Social security\t2", "plain,Social protection\t1"]


def test_fish_is_not_offered_what_its_script_would_cut_at_a_comma(shelf):
    assert complete("archivesearch", "--archive", str(shelf), "search", "--label", "r", form="fish") == [
        "plain,RE/SPOKE!\t1"
    ]


def test_an_id_is_not_completed_and_paths_are_left_to_the_shell(shelf):
    assert offered(shelf, "show", "2") == {}
    assert offered(shelf, "similar", "2") == {}
    assert complete("archivesearch", "import", "ra", form="bash") == ["file,ra"]


def test_the_archive_is_the_one_that_the_program_would_take(shelf, tmp_path):
    typed = ("archivesearch", "search", "--language", "e")
    home = shelf.parent

    assert complete(*typed, form="bash", ARCHIVESEARCH_ARCHIVE=str(shelf)) == ["plain,en"]
    assert complete("archivesearch", "--archive", str(tmp_path), *typed[1:], ARCHIVESEARCH_ARCHIVE=str(shelf)) == []
    assert complete("archivesearch", "--archive", f"~/{shelf.name}", *typed[1:], form="bash", HOME=str(home)) == [
        "plain,en"
    ]


def test_where_nothing_can_be_asked_nothing_is_offered_or_said(shelf, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(shelf, damaged)
    (damaged / "index" / "whoosh" / "current.json").write_text("{", "utf-8")

    assert offered(tmp_path / "nowhere", "search", "--label", "s") == {}
    assert offered(tmp_path, "search", "--label", "s") == {}
    assert offered(damaged, "search", "--label", "s") == {}
    assert offered("~nobody-of-this-name", "search", "--label", "s") == {}


def test_a_label_that_steers_a_terminal_is_not_offered(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "feed.xml").write_text(feed(("Rain \u202egnp", "Rain")), "utf-8")
    program([ARCHIVESEARCH, "--archive", str(tmp_path), "import"])

    assert offered(tmp_path, "search", "--label", "r") == {"Rain": "1"}


BASH = """
eval "$(_ARCHIVESEARCH_COMPLETE=bash_source archivesearch)"
_archivesearch_completion archivesearch
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash to take the answer")
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Social\\ p", r"Social\ protection"),
        ("aid", r"Aid\:\ cash"),
        ("it", r"It\'s\ late"),
        ("r", "R\\&D,\\ etc\nRE/SPOKE\\!"),
        ('"Social p', "Social protection"),
        ("'aid: c", "Aid: cash"),
        ("'it", ""),
        ("\"It'", ""),
    ],
)
def test_bash_takes_a_value_as_one_word_whatever_signs_it_holds(shelf, typed, line):
    words = ["archivesearch", "search", "--label", typed]
    quoted = " ".join("'" + word.replace("'", r"'\''") + "'" for word in words)
    done = program(
        ["bash", "-c", f"COMP_WORDS=({quoted}); COMP_CWORD=3; {BASH}"],
        PATH=f"{Path(ARCHIVESEARCH).parent}{os.pathsep}{os.environ['PATH']}",
        ARCHIVESEARCH_ARCHIVE=str(shelf),
    )

    assert (done.stdout.removesuffix("\n"), done.stderr) == (line, "")
