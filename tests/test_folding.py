"""What people decided, through whole imports: it holds whatever dumps come, in whatever order, and nothing else does."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from archivesearch.archive import Archive
from archivesearch.query import parse
from archivesearch.search import Search
from invented import POSTS, page, write

LONG = " ".join(
    f"The {n}th well of the valley gave water longer than its neighbour in the year of snow." for n in "abcdefg"
)
TWO = "About\n\n03 May 2020\n\nThe long well\n\n{}\n\nMore of it\n\n{}\n"


class Corrected:
    """An archive in a folder, and what people write into its corrections.toml."""

    def __init__(self, root):
        self.root = root
        (root / "raw").mkdir()

    def decide(self, text):
        (self.root / "corrections.toml").write_text(text, encoding="utf-8")
        return self.run()

    def run(self, **dumps):
        write(self.root / "raw", {name.replace("_", "."): text for name, text in dumps.items()})
        with Archive.open(self.root) as archive:
            return archive.import_dumps()

    def posts(self):
        with Archive.open(self.root) as archive:
            return {post.title: post for post in archive.export()}

    def found(self, query):
        with Archive.open(self.root) as archive:
            return [hit.post.title for hit in archive.search(Search(query=parse(query))).hits]

    def verify(self):
        with Archive.open(self.root) as archive:
            return [problem.message for problem in archive.verify(deep=True)]


@pytest.fixture
def archive(tmp_path):
    return Corrected(tmp_path)


def test_title_date_labels_countries_and_language_are_what_people_say_and_the_id_stays(archive):
    archive.run(a_txt=page())
    post = archive.posts()["A dry spring"]
    archive.decide(
        f'[[post]]\nid = "{post.id}"\ntitle = "A wet spring"\ndate = "2020-04"\n'
        'labels = ["Rain", "Wells"]\ncountries = ["Peru"]\nlanguage = "nl"\n'
    )
    corrected = archive.posts()["A wet spring"]

    assert corrected.id == post.id
    assert (corrected.published.iso, corrected.labels, corrected.countries, corrected.language) == (
        "2020-04",
        ("Rain", "Wells"),
        ("Peru",),
        "nl",
    )
    assert archive.found("wet") == ["A wet spring"]
    assert archive.verify() == []


def test_a_suppressed_post_is_nowhere_and_stays_away_when_more_copies_come(archive):
    archive.run(a_txt=page())
    post = archive.posts()["A dry spring"]
    report = archive.decide(f'[[post]]\nid = "{post.id}"\nsuppress = true\n')
    again = archive.run(b_txt=page(POSTS[:2]), c_txt=page(POSTS[1:2], "Rain"))

    assert "A dry spring" not in archive.posts()
    assert archive.found("sixty") == []
    assert (report.total, report.removed) == (len(POSTS) - 1, 1)
    assert again.total == len(POSTS) - 1
    assert all(dump.entries == dump.posts + dump.duplicates + dump.rejected for dump in again.dumps)
    assert {rejected.reason for rejected in again.rejected} == {"suppressed by corrections.toml"}
    assert not any("dry" in str(rejected) or "sixty" in str(rejected) for rejected in again.rejected)
    assert archive.verify() == []


def test_a_post_comes_back_when_the_decision_is_taken_back(archive):
    before = archive.run(a_txt=page())
    post = archive.posts()["A dry spring"]
    archive.decide(f'[[post]]\nid = "{post.id}"\nsuppress = true\n')
    after = archive.decide("")

    assert after.digest == before.digest


def test_posts_that_people_merge_are_one_with_every_provenance(archive):
    archive.run(a_txt=page(POSTS[:1]), b_txt=page(POSTS[1:2]))
    one, other = (post.id for post in archive.posts().values())
    archive.decide(f'[[merge]]\nposts = ["{one}", "{other}"]\n')
    (post,) = archive.posts().values()

    assert sorted(place.dump for place in post.provenance) == ["a.txt", "b.txt"]
    assert post.id in (one, other)
    assert archive.run().new == 0
    assert archive.verify() == []


def near(change=""):
    return f"About\n\n03 May 2020\n\nThe long well\n\n{LONG}{change}\n"


def test_a_copy_that_people_take_apart_is_a_post_of_its_own_and_stays_one(archive):
    archive.run(a_txt=near(), b_txt=near(" Read more."))
    (post,) = archive.posts().values()
    report = archive.decide(f'[[apart]]\npost = "{post.id}"\ndump = "b.txt"\n')
    with Archive.open(archive.root) as opened:
        apart = list(opened.export())

    assert report.total == 2
    assert sorted(place.dump for each in apart for place in each.provenance) == ["a.txt", "b.txt"]
    assert post.id in {each.id for each in apart}
    assert archive.run(c_txt=page()).stale == ()
    assert archive.verify() == []


def test_a_line_that_people_say_begins_a_post_does_so_in_every_dump(archive):
    text = TWO.format(LONG, LONG.upper())
    archive.run(a_txt=text, b_txt=text.replace("About", "About us"))
    archive.decide('[[cut]]\nline = "More of it"\nbegins = false\n')
    joined = set(archive.posts())
    archive.decide('[[cut]]\nline = "More of it"\nbegins = true\n')
    cut = archive.posts()

    assert joined == {"The long well"}
    assert set(cut) == {"The long well", "More of it"}
    assert [place.certainty for place in cut["More of it"].provenance] == [1.0, 1.0]
    assert archive.verify() == []


@pytest.mark.parametrize(
    "written",
    [
        '[[post]]\nid = "2001-01-01-00000000"\nsuppress = true\n',
        '[[merge]]\nposts = ["2001-01-01-00000000", "2001-01-01-00000001"]\n',
        '[[apart]]\npost = "2001-01-01-00000000"\ndump = "a.txt"\n',
        '[[cut]]\nline = "No dump has this line"\nbegins = true\n',
    ],
)
def test_a_correction_without_effect_is_told(archive, written):
    archive.run(a_txt=page())

    assert archive.decide(written).stale


def test_verify_says_when_corrections_are_not_yet_in_the_archive(archive):
    archive.run(a_txt=page())
    (archive.root / "corrections.toml").write_text('[[cut]]\nline = "A dry spring"\nbegins = false\n')

    assert any("corrections.toml has changed" in message for message in archive.verify())


DECIDED = """
[[post]]
id = "{dry}"
suppress = true
[[post]]
id = "{dijk}"
title = "De dijk"
[[merge]]
posts = ["{well}", "{gate}"]
"""


@settings(max_examples=4, deadline=None)
@given(st.lists(st.lists(st.sampled_from(POSTS), min_size=1, unique=True), min_size=1, max_size=3), st.data())
def test_decisions_come_to_the_same_in_any_order_of_dumps_and_imports(parts, data):
    dumps = {f"{number}_txt": page(posts) for number, posts in enumerate([*parts, POSTS])}
    order = data.draw(st.permutations(sorted(dumps.items())))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first, second = Corrected(Path(one)), Corrected(Path(other))
        first.run(**dumps)
        ids = {title: post.id for title, post in first.posts().items()}
        decided = DECIDED.format(
            dry=ids["A dry spring"],
            dijk=ids["De dijk bij het dorp"],
            well=ids["The well of the school"],
            gate=ids["The gate of the dam"],
        )
        digest = first.decide(decided).digest
        (second.root / "corrections.toml").write_text(decided, encoding="utf-8")
        for name, text in order:
            last = second.run(**{name: text})

        assert last.digest == digest
        assert second.verify() == []


def test_what_came_after_an_import_can_be_searched(archive):
    archive.run(a_txt=page(POSTS[:4]))
    archive.run(b_txt=page(POSTS[4:]))
    with Archive.open(archive.root) as opened:
        since = {number: opened.search(Search(since_import=number)).total for number in (0, 1, 2)}

    assert since == {0: len(POSTS), 1: len(POSTS) - 4, 2: 0}
