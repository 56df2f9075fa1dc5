"""What a person is asked about the archive's posts, and that no answered question comes back."""

import itertools
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch.corrections import Apart, Corrections, Merge, PostCorrection, gather
from archivesearch.corrections_file import append_entry, read_corrections
from archivesearch.dates import DateSource, Published
from archivesearch.dating import far_dates
from archivesearch.dedupe import exact_key, merge
from archivesearch.doubting import find_doubts
from archivesearch.doubts import Known, Subject, ranked, read_typed
from archivesearch.dumps import Cut, lines_of
from archivesearch.grounds import weakest_ground
from archivesearch.posts import Block, Post, Provenance, post_id

GUIDE = Path(__file__).parent.parent / "docs" / "corrections.md"

WELL = (
    "The well of the upper mill gave water for sixty days, and then it gave sand, and after the sand it gave nothing. "
    "The miller let down a lamp and saw the wall: it had fallen in, and a root as thick as an arm had grown through it."
)
PAGE = b"""About this site

03 May 2020

The well of the mill

The well gave sand.

A root in the wall
as thick as an arm

The miller let down a lamp.

What became of the wall

It was built again.
"""


def on(year, month=5, day=3, precision="day", source=DateSource.HEADING):
    return Published(moment=date(year, month, day), precision=precision, source=source)


MAY_3 = on(2020)


def made(title="The well of the mill", text=WELL, published=MAY_3, dump="a.txt", reader="page-text", **changes):
    place = Provenance(dump=dump, sha256="0" * 64, reader=reader, line=5, start=0, end=9)
    body = tuple(Block(lines=(paragraph,)) for paragraph in text.split("\n\n"))
    post = Post(id=post_id(published, title), title=title, published=published, body=body, provenance=(place,))
    return replace(post, **changes)


def placed(post, **changes):
    return replace(post, provenance=(replace(post.provenance[0], **changes),))


def subject_of(*copies):
    if len(copies) == 1:
        return Subject(post=copies[0], key=exact_key(copies[0]))
    post, duplicates = merge(copies, own_id=False)
    key = next(exact_key(copy) for copy in copies if copy.published == post.published)
    return Subject(post=post, key=key, copies=copies, duplicates=duplicates)


def known(*entries, ids=(), far=None, lines=(), places=None):
    return Known(
        below=0.7,
        corrections=gather((f"entry {number}", entry) for number, entry in enumerate(entries)),
        places=places or {},
        ids=ids,
        far=far or {},
        imported=date(2024, 1, 1),
        lines=lambda place: lines,
    )


def doubts_of(subject, **changes):
    return list(find_doubts(subject, known(ids={subject.post.id}, **changes)))


def only_doubt(subject, **changes):
    [doubt] = doubts_of(subject, **changes)
    return doubt


def entries_of(doubt):
    return [choice.entry for choice in doubt.choices]


# cuts

WHERE = {
    "begins here: a name": ("The well of the mill", 5, True),
    "goes on over “A root in the wall”: few such lines are titles": ("A root in the wall", 9, False),
    "ends before “What became of the”: the usual gap above": ("What became of the wall", 14, True),
}


def cut_page(evidence, certainty=0.6, **changes):
    end = PAGE.index(b"What became") - 2
    post = placed(made(), certainty=certainty, evidence=evidence, start=PAGE.index(b"The well"), end=end)
    return subject_of(replace(post, **changes))


LINES = tuple(lines_of(PAGE))


@pytest.mark.parametrize("evidence", WHERE)
def test_a_doubtful_cut_asks_about_the_line_that_its_reader_was_least_sure_of(evidence):
    line, number, begins = WHERE[evidence]
    doubt = only_doubt(cut_page(evidence), lines=LINES)

    assert (doubt.kind, doubt.certainty, doubt.line, doubt.words) == ("cut", 0.6, number, line)
    assert entries_of(doubt) == [Cut(line=line, begins=told, day=MAY_3.day) for told in (begins, not begins)]
    assert [each for each in doubt.context if each.startswith(">")] == [f"> {number}  {line}"]


def test_a_cut_of_which_the_reader_is_sure_is_no_doubt():
    assert doubts_of(cut_page("begins here: a name", certainty=0.7), lines=LINES) == []


def test_a_post_is_as_certainly_cut_as_in_its_most_certain_copy():
    doubtful = made(dump="b.txt")
    subject = cut_page("begins here: a name")
    both = replace(subject.post, provenance=(*subject.post.provenance, *doubtful.provenance))

    assert doubts_of(replace(subject, post=both), lines=LINES) == []


def test_a_line_of_an_undated_day_is_decided_for_its_dump_alone():
    subject = cut_page("begins here: a name", published=None)
    doubts = {doubt.kind: doubt for doubt in doubts_of(subject, lines=LINES)}

    assert entries_of(doubts["cut"])[0] == Cut(line="The well of the mill", begins=True, dump="a.txt")


def test_a_doubtful_cut_is_told_even_where_its_dump_is_gone():
    assert only_doubt(cut_page("begins here: a name")).choices == ()


@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("limits", [{}, {"day": MAY_3.day}, {"dump": "a.txt"}])
def test_a_line_that_people_decided_is_not_asked_about(decided, limits):
    cut = Cut(line="the WELL of the mill", begins=decided, **limits)
    corrections = known(cut, lines=LINES)

    assert list(find_doubts(cut_page("begins here: a name"), corrections)) == []


@pytest.mark.parametrize("limits", [{"day": date(2020, 5, 4)}, {"dump": "b.txt"}])
def test_a_decision_for_another_place_is_no_answer(limits):
    cut = Cut(line="The well of the mill", begins=True, **limits)

    assert list(find_doubts(cut_page("begins here: a name"), known(cut, lines=LINES)))


def test_two_posts_ask_once_about_the_line_between_them():
    before, after = cut_page("ends before “What became”: a gap"), cut_page("begins here: a gap")
    after = replace(after, post=placed(after.post, line=14))
    doubts = [doubt for subject in (before, after) for doubt in doubts_of(subject, lines=LINES)]

    assert [doubt.line for doubt in doubts] == [14, 14]
    assert len(ranked(doubts)) == 1


def test_an_entry_that_its_reader_could_not_read_whole_can_be_kept_or_suppressed():
    post = placed(made(reader="blogger-atom"), certainty=0.5, evidence="its XML is broken")
    doubt = only_doubt(subject_of(post))

    assert (doubt.kind, doubt.reason) == ("cut", "its XML is broken")
    assert entries_of(doubt) == [
        PostCorrection(id=post.id, title=post.title),
        PostCorrection(id=post.id, suppress=True),
    ]


# dates


def reason_of_date(subject, **changes):
    return next((doubt.reason for doubt in doubts_of(subject, **changes) if doubt.kind == "date"), None)


def test_an_undated_post_is_a_doubt_that_says_why_it_is_undated():
    post = placed(made(published=None), evidence="marked as a post; undated: '1/2/19' tells no century; and more")
    doubt = only_doubt(subject_of(post))

    assert doubt.reason == "it is undated: '1/2/19' tells no century"
    assert entries_of(doubt) == [PostCorrection(id=post.id, published="undated")]


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (MAY_3, None),
        (on(2024, 1, 2), None),
        (on(2024, 1, 3), "its date 2024-01-03 was still to come when it was imported"),
        (on(1994, 1, 1), None),
        (on(1970, 1, 1), "its date 1970-01-01 is older than all blogs"),
        (on(2020, precision="month"), "of its date only the month is known"),
        (on(2020, precision="year"), "of its date only the year is known"),
    ],
)
def test_a_date_that_can_hardly_be_or_is_known_in_part_is_a_doubt(published, reason):
    assert reason_of_date(subject_of(made(published=published))) == reason


def test_the_dates_of_the_copies_are_offered():
    feed = Published(
        moment=datetime(2020, 5, 5, 18, 30, tzinfo=timezone(timedelta(hours=2))), precision="minute", source="feed"
    )
    subject = subject_of(made(), made(dump="b.xml", reader="blogger-atom", published=feed))
    doubt = next(doubt for doubt in doubts_of(subject) if doubt.kind == "date")

    assert doubt.reason == "its copies have different dates: 2020-05-03, 2020-05-05"
    assert [choice.words for choice in doubt.choices] == [
        "2020-05-05T18:30+02:00 is right, as it is now",
        "2020-05-03 is right, as in a.txt",
        "its date is not known",
    ]


def test_a_date_far_from_all_others_of_its_dump_is_found():
    posts = [made(title=f"Report {n}", published=on(2018 + n // 4, 1 + n % 4)) for n in range(9)]
    strayed = made(title="Strayed", published=on(2002))

    assert far_dates(posts) == {}
    assert far_dates([*posts, strayed]) == {strayed.id: "all other posts in a.txt are of 2018-01-03 to 2020-01-03"}
    assert reason_of_date(subject_of(strayed), far={strayed.id: "so."}).endswith("is far from others: so.")


@given(st.lists(st.dates(date(2000, 1, 1), date(2020, 1, 1)), max_size=12))
def test_no_dump_has_more_than_two_far_dates_and_none_of_few_dates(days):
    posts = [made(title=f"Report {n}", published=on(day.year, day.month, day.day)) for n, day in enumerate(days)]

    assert len(far_dates(posts)) <= (2 if len(posts) > 6 else 0)


@pytest.mark.parametrize("typed", ["2019", "2019-05", " 2019-05-03 "])
def test_a_typed_date_is_an_entry(typed):
    doubt = only_doubt(subject_of(made(published=None)))
    entry = read_typed(doubt, typed)

    assert (entry.id, entry.published.day_key) == (doubt.post, typed.strip())


@pytest.mark.parametrize("typed", ["", "yesterday", "2019-02-31", "\ud800", "03/04/2018"])
def test_what_is_no_date_is_no_entry(typed):
    assert isinstance(read_typed(only_doubt(subject_of(made(published=None))), typed), str)


# countries

ELSEWHERE = "The wall was built again with stones from the river, and it took the miller and his friends a week to do."


def about(*countries, title="The well of the mill", text=ELSEWHERE, **changes):
    return made(title=title, text=text, countries=countries, **changes)


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (about(), None),
        (about("Nepal", title="A well in Nepal"), None),
        (about("Nepal", text="Nepal, in May. The well of Nepal is dry, says Nepal."), None),
        (about("Nepal", text=f"Rain fell in Nepal.\n\n{ELSEWHERE}\n\n{ELSEWHERE}"), "the first of its 3 passages"),
        (about("Nepal", text=f"{ELSEWHERE}\n\nRain fell in Nepal.\n\n{ELSEWHERE}"), "one of its 3 passages alone"),
        (about("Nepal", text=f"Rain fell in Nepal.\n\n{ELSEWHERE}\n\nNepal had rain."), None),
        (about(text=f"{ELSEWHERE}\n\nIt is as dry in Nepal."), "about no country, though a passage names Nepal"),
        (about(text=f"{ELSEWHERE}\n\nIt is as dry in Nepal.\n\nAnd it is in Peru."), None),
        (about(labels=("Peru",)), "about no country, though a label names Peru"),
    ],
)
def test_a_country_that_one_passage_alone_names_is_a_doubt(post, reason):
    found = [doubt.reason for doubt in doubts_of(subject_of(post))]

    assert len(found) == (reason is not None)
    assert all(reason in each for each in found)


def test_a_country_that_only_a_quotation_names_is_a_doubt():
    own = Block(lines=(ELSEWHERE,))
    quoted = Block(kind="quotation", lines=("Nepal is dry. In Nepal no rain fell.",))
    ground = weakest_ground(replace(about("Nepal"), body=(own, quoted)), {})

    assert (ground.country, ground.reason) == ("Nepal", "only what it quotes names Nepal")


def test_the_settings_places_count():
    post = about("Kenya", text=f"{ELSEWHERE}\n\nThe Upper Mill is dry.\n\n{ELSEWHERE}")
    ground = weakest_ground(post, {"Upper Mill": ("Kenya",)})

    assert ground.reason == "about Kenya because of one of its 3 passages alone"


def test_the_first_choice_leaves_the_countries_as_they_are():
    post = about("Nepal", "Peru", title="Nepal", text=f"{ELSEWHERE}\n\nRain fell in Peru.\n\n{ELSEWHERE}")
    doubt = only_doubt(subject_of(post))

    assert [entry.countries for entry in entries_of(doubt)] == [("Nepal", "Peru"), ("Nepal",), ()]


@pytest.mark.parametrize(("typed", "countries"), [("Nepal,  Peru", ("Nepal", "Peru")), ("", ())])
def test_typed_countries_are_an_entry(typed, countries):
    doubt = only_doubt(subject_of(about(labels=("Peru",))))

    assert read_typed(doubt, typed) == PostCorrection(id=doubt.post, countries=countries)
    assert "Did you mean 'Nepal'?" in read_typed(doubt, f"{typed}, Nepall")


# merges


def copies_of(apart=5, added=" Read more of this elsewhere, my friends"):
    return made(), made(text=f"{WELL}{added}", published=on(2020, 5, 3 + apart), dump="b.txt")


def merge_doubt(*copies, **changes):
    return next((doubt for doubt in doubts_of(subject_of(*copies), **changes) if doubt.kind == "merge"), None)


def test_a_merge_is_the_more_doubtful_the_less_alike_its_copies_are_and_the_further_apart():
    near, far, other = copies_of(4), copies_of(5), copies_of(4, added=" Read more elsewhere")
    certainties = [doubt.certainty if (doubt := merge_doubt(*copies)) else 1 for copies in (other, near, far)]

    assert certainties == sorted(certainties, reverse=True)
    assert len(set(certainties)) == 3


def test_a_merge_can_be_confirmed_or_taken_apart():
    doubt = merge_doubt(*copies_of())
    [merged, apart] = entries_of(doubt)

    assert (doubt.dump, doubt.words) == ("a.txt", "The well of the mill")
    assert isinstance(merged, Merge)
    assert len(set(merged.posts)) == 2
    assert apart == Apart(post=doubt.post, dump="a.txt")
    assert doubt.context[0] == "date: [-2020-05-08-] {+2020-05-03+}"


def test_a_confirmed_merge_names_no_other_post():
    copies = copies_of()
    subject = subject_of(*copies)
    other = copies[0].id
    doubt = next(each for each in find_doubts(subject, known(ids={subject.post.id, other})) if each.kind == "merge")

    assert other not in entries_of(doubt)[0].posts


def test_what_people_decided_of_another_post_with_the_id_of_a_copy_is_no_answer():
    copies = copies_of()
    subject = subject_of(*copies)
    decided = PostCorrection(id=copies[0].id, published="undated")
    here, elsewhere = (known(decided, ids={subject.post.id, *ids}) for ids in ((), (copies[0].id,)))

    assert [doubt.kind for doubt in find_doubts(subject, here)] == ["merge"]
    assert [doubt.kind for doubt in find_doubts(subject, elsewhere)] == ["date", "merge"]


def test_exact_copies_are_no_doubt():
    assert doubts_of(subject_of(made(), made(dump="b.txt"))) == []


# all kinds

SUBJECTS = st.one_of(
    st.builds(cut_page, st.sampled_from(sorted(WHERE))),
    st.builds(
        lambda published, labels, text, countries: subject_of(
            made(published=published, labels=labels, text=text, countries=countries)
        ),
        st.sampled_from([None, MAY_3, on(1970), on(2020, precision="month"), on(2030)]),
        st.sampled_from([(), ("Peru",)]),
        st.sampled_from([ELSEWHERE, f"{ELSEWHERE}\n\nNepal is dry.\n\n{ELSEWHERE}"]),
        st.sampled_from([(), ("Nepal",)]),
    ),
    st.builds(
        lambda apart, reader: subject_of(*copies_of(apart), made(reader=reader, dump="c.xml")),
        st.integers(1, 6),
        st.sampled_from(["page-text", "blogger-atom"]),
    ),
    st.builds(lambda title: subject_of(placed(made(title=title, reader="blogger-atom"), certainty=0.5)), st.text()),
)


@given(SUBJECTS, st.data())
def test_no_answered_doubt_comes_back(tmp_path_factory, subject, data):
    doubts = doubts_of(subject, lines=LINES)
    if not doubts:
        return
    doubt = data.draw(st.sampled_from(doubts))
    entry = data.draw(st.sampled_from(entries_of(doubt)))
    path = tmp_path_factory.mktemp("decided") / "corrections.toml"
    append_entry(path, entry, doubt.reason)
    now = replace(known(ids={subject.post.id}, lines=LINES), corrections=read_corrections(path))

    assert doubt.kind not in {left.kind for left in find_doubts(subject, now)}


@given(st.lists(SUBJECTS, max_size=5))
def test_the_most_doubtful_stands_first_whatever_the_order(subjects):
    doubts = [doubt for subject in subjects for doubt in doubts_of(subject, lines=LINES)]
    sorted_doubts = ranked(doubts)

    assert [doubt.certainty for doubt in sorted_doubts] == sorted(doubt.certainty for doubt in sorted_doubts)
    assert {doubt.certainty for doubt in sorted_doubts} <= {doubt.certainty for doubt in doubts}
    assert [(doubt.kind, doubt.post) for doubt in ranked(reversed(doubts))] == [
        (doubt.kind, doubt.post) for doubt in sorted_doubts
    ]


# the guide


def test_every_entry_of_the_guide_is_a_correction_that_can_be_read(tmp_path):
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "corrections.toml"
    path.write_text("\n".join(blocks), "utf-8")
    corrections = read_corrections(path)
    decided = [name for each in corrections.posts.values() for name in ("title", "published", "labels", "countries",
               "language") if getattr(each, name) is not None]  # fmt: skip

    assert all(part for part in (corrections.cuts, corrections.posts, corrections.merges, corrections.apart))
    assert set(decided) == {"title", "published", "labels", "countries", "language"}
    assert any(each.suppress for each in corrections.posts.values())
    assert {(cut.begins, bool(cut.day), bool(cut.dump)) for cut in corrections.cuts} >= set(
        itertools.product([True, False], [False], [False])
    )
    assert isinstance(corrections, Corrections)
