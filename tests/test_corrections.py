"""corrections.toml: what it may hold, what is said of the rest, what it changes in a post, and how entries are added."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from archivesearch.corrections import Apart, Corrections, Merge, PostCorrection, correct, gather
from archivesearch.corrections_file import append_entry, read_corrections
from archivesearch.corrections_toml import to_toml
from archivesearch.dates import DateSource, Published
from archivesearch.decided import country_problem, language_problem, read_decided_date
from archivesearch.dumps import Cut
from archivesearch.durable import sync
from archivesearch.errors import CorrectionsError
from archivesearch.posts import Block, Post, post_id
from archivesearch.text import clean, fold

ONE, TWO, THREE = "2019-05-03-1a2b3c4d", "2019-05-1a2b3c4d", "undated-00000000"

FULL = f"""\
# Ours.
[[cut]]
line = "A line as it stands"
begins = true
day = 2019-05-03
dump = "2019.txt"
note = "It is signed."

[[post]]
id = "{ONE}"
title = "Another"
date = "2019-05"
labels = ["Boats", "Nets"]
countries = ["Peru", "Nepal"]
language = "nl"
suppress = true

[[cut]]
line = "Another line"
begins = false

[[merge]]
posts = ["{TWO}", "{THREE}"]

[[apart]]
post = "{ONE}"
dump = "feed.xml"
"""


def corrections_of(folder, text):
    path = folder / "corrections.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_corrections(path)


def corrected(moment, precision="day"):
    return Published(moment=moment, precision=precision, source=DateSource.CORRECTION)


def test_an_archive_without_the_file_has_no_corrections(tmp_path):
    assert read_corrections(tmp_path / "corrections.toml") == Corrections()
    assert not Corrections()


def test_every_part_is_read(tmp_path):
    read = corrections_of(tmp_path, FULL)

    assert read.cuts == (
        Cut(line="A line as it stands", begins=True, day=date(2019, 5, 3), dump="2019.txt", note="It is signed."),
        Cut(line="Another line", begins=False),
    )
    assert dict(read.posts) == {
        ONE: PostCorrection(
            id=ONE,
            title="Another",
            published=corrected(date(2019, 5, 1), "month"),
            labels=("Boats", "Nets"),
            countries=("Peru", "Nepal"),
            language="nl",
            suppress=True,
        )
    }
    assert read.merges == (Merge(posts=(TWO, THREE)),)
    assert read.apart == (Apart(post=ONE, dump="feed.xml"),)
    assert read.ids == {ONE, TWO, THREE}
    assert read


@pytest.mark.parametrize("written", [FULL.encode("utf-8-sig"), FULL.replace("\n", "\r\n").encode()])
def test_files_of_other_editors_are_read_alike(tmp_path, written):
    assert corrections_of(tmp_path, written) == corrections_of(tmp_path, FULL)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ('"2019"', corrected(date(2019, 1, 1), "year")),
        ('"2019-05"', corrected(date(2019, 5, 1), "month")),
        ('"2019-05-03"', corrected(date(2019, 5, 3))),
        ("2019-05-03", corrected(date(2019, 5, 3))),
        (
            "2019-05-03T23:30:00+02:00",
            corrected(datetime(2019, 5, 3, 23, 30, tzinfo=timezone(timedelta(hours=2))), "minute"),
        ),
        ('"2019-05-03T23:30Z"', corrected(datetime(2019, 5, 3, 23, 30, tzinfo=UTC), "minute")),
        ('"undated"', "undated"),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(tmp_path, written, published):
    read = corrections_of(tmp_path, f'[[post]]\nid = "{ONE}"\ndate = {written}\n').posts[ONE].published

    assert read == published
    assert read == "undated" or read.day.isoformat() in ("2019-01-01", "2019-05-01", "2019-05-03")


POST = f'[[post]]\nid = "{ONE}"\n'
CUT = '[[cut]]\nline = "A"\nbegins = true\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[cut]", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        ("[[cuts]]\n", "no part 'cuts'. Did you mean 'cut'"),
        ("title = 1\n", "What can stand there: cut, post, merge, apart"),
        ("[cut]\n", r"written as \[\[cut\]\], with two brackets"),
        ("cut = [1]\n", r"written as \[\[cut\]\], with two brackets"),
        (CUT + "[[cut]]\nbegins = true\n", r"\[\[cut\]\] number 2: line is missing"),
        ('[[cut]]\nline = "A"\n', "begins is missing. Add it: true or false"),
        ('[[cut]]\nline = "A"\nbegins = "yes"\n', "begins must be true or false"),
        ("[[cut]]\nline = 3\nbegins = true\n", "line must be a text in quotes"),
        ('[[cut]]\nline = "\\u200b "\nbegins = true\n', "nothing in it that could be found"),
        (CUT + 'dya = "2019-05-03"\n', "no 'dya' in it. Did you mean 'day'"),
        (CUT + 'day = "2019-05"\n', "day must be one day"),
        (CUT + 'day = "undated"\n', "day must be one day"),
        (CUT + 'day = "2019-02-30"\n', "no date of the calendar"),
        (CUT + 'dump = ""\n', "dump is missing"),
        (CUT + CUT, r"number 2 says what is in .*number 1. Take one out"),
        (CUT + '[[cut]]\nline = "a"\nbegins = false\n', r"number 2 says the opposite of .*number 1. Take one out"),
        (POST, "decides nothing. Add a title"),
        (POST + 'note = "Why?"\n', "decides nothing. Add a title"),
        (POST + "suppress = false\n", "suppress can only be true"),
        (POST + "suppress = 1\n", "suppress must be true or false"),
        (POST + "title = 1\n", "title must be a text"),
        (POST + 'labels = "Boats"\n', "labels must be a list of texts"),
        (POST + 'labels = ["Boats", " "]\n', "labels must be a list of texts"),
        (POST + 'countries = ["Nepaal"]\n', "'Nepaal' is not in the list of countries. Did you mean 'Nepal'"),
        (POST + 'countries = ["Holland"]\n', "Did you mean 'Netherlands'"),
        (POST + 'countries = ["Xyzzy Qqq"]\n', "Write its English short name"),
        (POST + 'language = "Dutch"\n', "Did you mean 'nl'"),
        (POST + 'language = "NL"\n', "Did you mean 'nl'"),
        (POST + 'language = "zz"\n', "no language code of ISO 639-1. Write one"),
        (POST + 'language = "sh"\n', "no language code of ISO 639-1"),
        (POST + 'date = "3 May 2019"\n', 'no date. Write it as "2019"'),
        (POST + 'date = "2019-13"\n', "'2019-13' is no date of the calendar"),
        (POST + 'date = "0000-00-00"\n', "'0000-00-00' is no date of the calendar"),
        (POST + "date = 2019-05-03T10:00:00\n", "a time without its offset"),
        (POST + 'date = "2019-05-03T10:00:00+15:00"\n', "an offset that no time zone has"),
        (POST + "date = 10:00:00\n", "date is no date"),
        (POST + "date = 2019\n", "date is no date"),
        ('[[post]]\ntitle = "A"\n', "id is missing"),
        ('[[post]]\nid = "2019-05-03"\ntitle = "A"\n', "cannot be the id of a post"),
        ('[[post]]\nid = "2019-02-30-1a2b3c4d"\ntitle = "A"\n', "cannot be the id of a post"),
        (POST + 'title = "A"\n' + POST + 'title = "B"\n', f"gives the post {ONE} another title"),
        (POST + 'date = "2019"\n' + POST + 'date = "undated"\n', f"gives the post {ONE} another date"),
        ("[[merge]]\n", "two or more different ids"),
        (f'[[merge]]\nposts = ["{ONE}"]\n', "two or more different ids"),
        (f'[[merge]]\nposts = ["{ONE}", "{ONE}"]\n', "two or more different ids"),
        (f'[[merge]]\nposts = ["{ONE}", "x"]\n', "'x' cannot be the id"),
        (f'[[merge]]\nposts = ["{ONE}", "{TWO}"]\n[[merge]]\nposts = ["{TWO}", "{ONE}"]\n', "number 2 says what is in"),
        (f'[[apart]]\npost = "{ONE}"\n', "dump is missing"),
        (f'[[apart]]\npost = "{ONE}"\ndump = "a"\n' * 2, "number 2 says what is in"),
        (f'[[apart]]\npost = "{ONE}"\ndump = "a"\n[[merge]]\nposts = ["{ONE}", "{TWO}"]\n', "takes 2019.* apart, but"),
    ],
)
def test_what_cannot_be_is_named_with_its_entry_and_what_to_do(tmp_path, text, says):
    with pytest.raises(CorrectionsError, match=says) as error:
        corrections_of(tmp_path, text)

    assert str(tmp_path / "corrections.toml") in str(error.value)
    assert str(error.value).endswith((".", "?"))


def test_entries_for_one_post_add_up(tmp_path):
    text = f'{POST}title = "A"\nnote = "One."\n{POST}title = "A"\nlabels = []\nsuppress = true\nnote = "Two."\n'

    assert corrections_of(tmp_path, text).posts[ONE] == PostCorrection(
        id=ONE, title="A", labels=(), suppress=True, note="One.; Two."
    )


def test_a_suppressed_post_stays_so_when_more_is_decided_of_it(tmp_path):
    assert corrections_of(tmp_path, f'{POST}suppress = true\n{POST}title = "A"\n').posts[ONE].suppress


def test_the_same_line_can_be_decided_otherwise_for_a_day_or_a_dump(tmp_path):
    more = '[[cut]]\nline = "A"\nbegins = false\nday = "2019-05-03"\n[[cut]]\nline = "A"\nbegins = false\ndump = "a"\n'

    assert len(corrections_of(tmp_path, CUT + more).cuts) == 3


def test_merges_that_share_a_post_are_one_group():
    first, second, other = Merge(posts=("a", "b")), Merge(posts=("c", "b")), Merge(posts=("d", "e"))

    assert Corrections(merges=(first, other, second)).groups == (frozenset("abc"), frozenset("de"))


IDS = st.builds(
    post_id,
    st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(corrected),
    st.text(max_size=5),
)


@given(st.lists(st.lists(IDS, min_size=2, max_size=3, unique=True), max_size=6))
def test_each_post_is_in_one_group_with_all_that_it_was_merged_with(merges):
    groups = Corrections(merges=tuple(Merge(posts=tuple(posts)) for posts in merges)).groups

    assert sorted(post for group in groups for post in group) == sorted({post for posts in merges for post in posts})
    assert all(any(group.issuperset(posts) for group in groups) for posts in merges)


A_POST = Post(
    id=ONE,
    title="The boat",
    published=Published(moment=date(2019, 5, 3), source=DateSource.HEADING, printed="3 May 2019"),
    body=(Block(lines=("It sails.",)),),
    labels=("Boats",),
    language="en",
    countries=("Peru",),
)


def test_a_post_becomes_what_people_decided_and_keeps_its_id():
    correction = PostCorrection(
        id=ONE,
        title="The\u00a0ferry \x07",
        published=corrected(date(2018, 1, 1), "year"),
        labels=("nets", "Boats", "boats"),
        countries=("Peru", "Nepal", "Peru"),
        language="nl",
        suppress=True,
    )

    assert correct(A_POST, correction) == replace(
        A_POST,
        title="The ferry",
        published=replace(corrected(date(2018, 1, 1), "year"), printed="3 May 2019"),
        labels=("Boats", "nets"),
        countries=("Nepal", "Peru"),
        language="nl",
    )


def test_what_nobody_decided_stays_and_nothing_is_a_decision_too():
    assert correct(A_POST, PostCorrection(id=ONE, suppress=True)) == A_POST
    assert correct(A_POST, PostCorrection(id=ONE, title="", published="undated", labels=(), countries=())) == replace(
        A_POST, title="", published=None, labels=(), countries=()
    )


DATES = st.one_of(
    st.just("undated"),
    st.dates(date(2, 1, 1), date(9998, 12, 31)).map(corrected),
    st.integers(2, 9998).map(lambda year: corrected(date(year, 1, 1), "year")),
    st.builds(lambda year, month: corrected(date(year, month, 1), "month"), st.integers(2, 9998), st.integers(1, 12)),
    st.builds(
        lambda moment, minutes: corrected(moment.replace(tzinfo=timezone(timedelta(minutes=minutes))), "minute"),
        st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 30)),  # noqa: DTZ001  they get their offset above
        st.integers(-12 * 60, 14 * 60),
    ),
)
HOSTILE = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from("\"'\\\n\r\t\0\x07\x7f\x85\u2028\u2029\ufeff\u202e#[]=😀\u200d "), max_size=12
)
LABELS = st.lists(HOSTILE.filter(str.strip), max_size=3).map(tuple)
DECISIONS = st.one_of(
    st.builds(
        Cut,
        line=HOSTILE.filter(lambda line: fold(clean(line))),
        begins=st.booleans(),
        day=st.none() | st.dates(date(2, 1, 1), date(9998, 12, 31)),
        dump=st.none() | HOSTILE.filter(bool),
        note=HOSTILE,
    ),
    st.builds(
        PostCorrection,
        id=IDS,
        title=st.none() | HOSTILE,
        published=st.none() | DATES,
        labels=st.none() | LABELS,
        countries=st.none() | st.lists(st.sampled_from(["Nepal", "Ivory Coast", "Peru"]), max_size=2).map(tuple),
        language=st.sampled_from([None, "nl", "en"]),
        suppress=st.just(True),
        note=HOSTILE,
    ),
    st.builds(Merge, posts=st.lists(IDS, min_size=2, max_size=3, unique=True).map(tuple), note=HOSTILE),
    st.builds(Apart, post=IDS, dump=HOSTILE.filter(bool), note=HOSTILE),
)


@given(DECISIONS.filter(lambda entry: isinstance(entry, PostCorrection)))
def test_correcting_twice_is_correcting_once(correction):
    once = correct(A_POST, correction)

    assert correct(once, correction) == once
    assert once.id == A_POST.id


@given(st.lists(DECISIONS, max_size=6), HOSTILE, st.sampled_from(["", "# ours", "# ours\r\n", "\ufeff# ours\n\n"]))
def test_reading_what_was_added_gives_what_was_there_and_the_entry(tmp_path_factory, entries, comment, opening):
    path = tmp_path_factory.mktemp("archive") / "corrections.toml"
    path.write_bytes(opening.encode())
    there = []

    for entry in entries:
        try:
            expected = gather([("here", each) for each in [*there, entry]])
        except CorrectionsError:
            before = path.read_bytes()
            with pytest.raises(CorrectionsError):
                append_entry(path, entry, comment)
            assert path.read_bytes() == before
        else:
            append_entry(path, entry, comment)
            there.append(entry)
            assert read_corrections(path) == expected


@given(DECISIONS, HOSTILE)
def test_a_block_to_paste_holds_the_entry_and_nothing_that_no_editor_shows(entry, comment):
    block = to_toml(entry, comment)

    assert [len(tables) for tables in tomllib.loads(block).values()] == [1]
    assert all(line.isprintable() for line in block.split("\n"))


def test_a_block_reads_well():
    cut = Cut(line='The "Gull"', begins=False, day=date(2019, 5, 3), note="A caption.")

    assert to_toml(cut, "Doubtful:\nbelow 3 May") == (
        "# Doubtful: below 3 May\n"
        "[[cut]]\n"
        'line = "The \\"Gull\\""\n'
        "begins = false  # no post begins with this line: it belongs to the one above it\n"
        'day = "2019-05-03"\n'
        'note = "A caption."\n'
    )


A_CUT = Cut(line="A line", begins=True)


@pytest.mark.parametrize("before", [b"", b"# ours", b"# ours\n", b"# ours\r\n[[cut]]\r\nline = 'B'\r\nbegins = true"])
def test_what_stands_in_the_file_stays_byte_for_byte_and_so_do_its_line_breaks(tmp_path, before):
    path = tmp_path / "corrections.toml"
    path.write_bytes(before)
    append_entry(path, A_CUT)

    added = path.read_bytes().removeprefix(before)
    assert path.read_bytes().startswith(before)
    assert added.count(b"\n") == (added.count(b"\r\n") if b"\r\n" in before else added.replace(b"\r", b"").count(b"\n"))
    assert b"\r" in added or b"\r\n" not in before
    assert read_corrections(path).cuts[-1] == A_CUT


def test_the_file_is_made_with_a_word_on_what_it_is(tmp_path):
    path = tmp_path / "corrections.toml"
    append_entry(path, A_CUT)

    assert path.read_text("utf-8").startswith("# What people decided")
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("before", "entry", "says"),
    [
        ("[[cut]", A_CUT, "not valid TOML"),
        ("cut = [{line = 'B', begins = true}]\n", A_CUT, "not valid TOML"),
        (to_toml(A_CUT), replace(A_CUT, begins=False), "The new entry says the opposite of"),
        (to_toml(A_CUT), A_CUT, "The new entry says what is in"),
        ("", PostCorrection(id="x", title="A"), "cannot be the id"),
        ("", PostCorrection(id=ONE), "decides nothing"),
        ("", PostCorrection(id=ONE, countries=("Nepaal",)), "Did you mean 'Nepal'"),
        ("", PostCorrection(id=ONE, title="\ud800"), "not valid TOML"),
        ("", Apart(post=ONE, dump=""), "dump is missing"),
    ],
)
def test_an_entry_that_cannot_be_added_is_refused_and_the_file_stays(tmp_path, before, entry, says):
    path = tmp_path / "corrections.toml"
    path.write_text(before, "utf-8")

    with pytest.raises(CorrectionsError, match=says):
        append_entry(path, entry)

    assert path.read_text("utf-8") == before
    assert [*tmp_path.iterdir()] == [path]


def test_a_link_to_the_file_stays_a_link_and_its_permissions_stay(tmp_path):
    real, link = tmp_path / "ours.toml", tmp_path / "corrections.toml"
    real.write_text("# ours\n", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    append_entry(link, A_CUT)

    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read_corrections(real).cuts == (A_CUT,)


def test_what_was_added_is_on_the_disk_before_it_takes_the_place_of_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "corrections.toml"
    synced = []

    def look(place):
        synced.append((place.suffix, path.exists()))
        sync(place)

    monkeypatch.setattr("archivesearch.corrections_file.sync", look)
    append_entry(path, A_CUT)

    assert synced == [(".part", False), (tmp_path.suffix, True)]


def test_a_file_that_somebody_changes_meanwhile_is_left_to_them(tmp_path, monkeypatch):
    path = tmp_path / "corrections.toml"
    monkeypatch.setattr("archivesearch.corrections_file.sync", lambda _: path.write_text("# mine\n", "utf-8"))

    with pytest.raises(CorrectionsError, match="changed at the same time"):
        append_entry(path, A_CUT)

    assert path.read_text("utf-8") == "# mine\n"


def test_problems_of_single_values_are_told_for_those_who_ask():
    assert country_problem("Nepal") is None
    assert language_problem("nl") is None
    assert country_problem("Congo").count("Congo") > 1
    assert isinstance(read_decided_date("yesterday"), str)
