"""What people decided of lines, obeyed by the reader `page-text`."""

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from archivesearch.corrections import stale_cuts
from archivesearch.dumps import Cut, Rejected, open_dump
from archivesearch.posts import Post
from archivesearch.readers import READERS
from archivesearch.readers.cutting import overrule
from archivesearch.readers.decisions import collect
from archivesearch.readers.page_text import PageText
from archivesearch.text import clean
from test_page_text import LINES, words_but_dates

PROSE = "The ferry lay at the quay all day, and whoever had nothing else to do went down to look at it. "
MORE = "In the evening the crew sang on deck, and the harbour master came on board with a basket of eggs. "
GLUED = f"Ferry at the quay\n{PROSE}\nEggs for the crew\n{MORE}"


def page(*days):
    return "\n\n".join(["A page", *itertools.chain(*days)]) + "\n"


def read(folder, dumps, *cuts):
    reader = PageText()
    opened = []
    for name, text in dumps.items():
        (folder / name).write_text(text, "utf-8")
        opened.append(open_dump(folder / name, name))
    learnt = reader.learn([reader.evidence(dump) for dump in opened], cuts)
    return {dump.name: list(reader.read(dump, learnt)) for dump in opened}


def shown(folder, text, *cuts):
    return [(post.title, post.text) for post in read(folder, {"page.txt": text}, *cuts)["page.txt"]]


def begins(line, **limits):
    return Cut(line=line, begins=True, **limits)


def joins(line, **limits):
    return Cut(line=line, begins=False, **limits)


ONE_DAY = page(("5 May 2015", "Ferry at the quay", PROSE, "what came after", MORE))
P, M = PROSE.strip(), MORE.strip()


def test_a_cut_in_the_middle_of_a_post_gives_two(tmp_path):
    assert shown(tmp_path, ONE_DAY) == [("Ferry at the quay", f"{P}\n\nwhat came after\n\n{M}")]
    assert shown(tmp_path, ONE_DAY, begins("What came  AFTER")) == [("Ferry at the quay", P), ("what came after", M)]


def test_a_cut_is_certain_and_says_who_decided(tmp_path):
    posts = read(tmp_path, {"page.txt": ONE_DAY}, begins("what came after"))["page.txt"]

    assert [post.provenance[0].certainty for post in posts] == [1.0, 1.0]
    assert posts[1].provenance[0].evidence.endswith("corrections.toml: a post begins with “what came after”")


TWO_A_DAY = page(
    ("6 May 2015", "Herring Is Back In 2015", PROSE),
    ("5 May 2015", "Ferry Returns To Oslo", PROSE, "Storm Warning For The Island", MORE, "The whole night", MORE),
)
LABELLED = page(("5 May 2015", "Storm Warning For The Island", MORE, "The whole night", MORE))


def test_a_line_that_begins_no_post_belongs_to_the_one_above_it_whatever_another_dump_proves(tmp_path):
    dumps = {"page.txt": TWO_A_DAY, "label.txt": LABELLED}
    before = read(tmp_path, dumps)["page.txt"]
    joined = read(tmp_path, dumps, joins("Storm warning for the island", dump="page.txt"))["page.txt"]

    assert "Storm Warning For The Island" in [post.title for post in before]
    assert "Storm Warning For The Island" not in [post.title for post in joined]
    assert "Storm Warning For The Island" in joined[1].text
    assert "corrections.toml in page.txt: no post begins with “Storm warning" in joined[1].provenance[0].evidence


def test_a_doubtful_post_that_a_person_confirmed_is_certain(tmp_path):
    doubtful = read(tmp_path, {"page.txt": ONE_DAY})["page.txt"][0]
    confirmed = read(tmp_path, {"page.txt": ONE_DAY}, joins("what came after"))["page.txt"][0]

    assert doubtful.provenance[0].certainty < 1.0 == confirmed.provenance[0].certainty
    assert (confirmed.title, confirmed.text) == (doubtful.title, doubtful.text)


def test_the_first_line_of_a_day_that_is_no_title_is_the_text_of_a_post_without_one(tmp_path):
    text = page(("5 May 2015", "Dear all!", PROSE, MORE))

    assert shown(tmp_path, text, joins("Dear all!")) == [("", f"Dear all!\n\n{P}\n\n{M}")]


def test_the_line_right_below_the_one_that_is_no_title_can_be_it(tmp_path):
    text = page(("5 May 2015", "From our ship", "Ferry at the quay", PROSE))

    wanted = [("Ferry at the quay", f"From our ship\n\n{P}")]
    assert shown(tmp_path, text, joins("From our ship"), begins("Ferry at the quay")) == wanted


def test_no_post_is_made_of_nothing_but_lines_that_begin_none(tmp_path):
    text = page(("5 May 2015", "From our ship", "By the second mate", "Ferry at the quay", PROSE, "Next one", MORE))
    cuts = [joins("From our ship"), joins("By the second mate"), begins("Ferry at the quay"), begins("Next one")]

    assert shown(tmp_path, text, *cuts) == [
        ("Ferry at the quay", f"From our ship\n\nBy the second mate\n\n{P}"),
        ("Next one", M),
    ]


def test_a_later_post_keeps_its_title_when_the_first_of_its_day_has_none(tmp_path):
    text = page(("5 May 2015", "Dear all!", PROSE, "what came after", MORE))

    wanted = [("", f"Dear all!\n\n{P}"), ("what came after", M)]
    assert shown(tmp_path, text, joins("Dear all!"), begins("what came after")) == wanted


def test_a_day_of_which_every_line_begins_no_post_is_one_post(tmp_path):
    text = page(("5 May 2015", "Dear all!", "So long."))

    assert shown(tmp_path, text, joins("Dear all!"), joins("So long.")) == [("", "Dear all!\n\nSo long.")]


def test_a_line_that_no_blank_one_parts_from_those_around_it_can_begin_a_post(tmp_path):
    text = page(("5 May 2015", GLUED))

    assert len(shown(tmp_path, text)) == 1
    assert shown(tmp_path, text, begins("Eggs for the crew")) == [("Ferry at the quay", P), ("Eggs for the crew", M)]


def test_a_post_without_a_title_can_begin_with_a_long_paragraph(tmp_path):
    text = page(("5 May 2015", "Ferry at the quay", PROSE, MORE * 9))

    assert shown(tmp_path, text, begins(MORE * 9)) == [("Ferry at the quay", P), ("", (MORE * 9).strip())]


def test_an_item_of_a_list_begins_a_post_if_people_say_so(tmp_path):
    text = page(("5 May 2015", "Ferry at the quay", PROSE, "1. Eggs for the crew", MORE))

    assert [title for title, _ in shown(tmp_path, text, begins("1. Eggs for the crew"))][1] == "1. Eggs for the crew"


@pytest.mark.parametrize(
    ("limits", "cut_days"),
    [
        ({}, {5, 6}),
        ({"day": date(2015, 5, 5)}, {5}),
        ({"dump": "page.txt"}, {5, 6}),
        ({"dump": "other.txt"}, set()),
        ({"dump": "page.txt", "day": date(2015, 5, 6)}, {6}),
        ({"day": date(2014, 5, 5)}, set()),
    ],
)
def test_a_cut_holds_only_on_the_day_and_in_the_dump_that_it_names(tmp_path, limits, cut_days):
    text = page(
        ("6 May 2015", "Herring", PROSE, "what came after", MORE), ("5 May 2015", "Ferry", MORE, "what came after", P)
    )
    posts = read(tmp_path, {"page.txt": text}, begins("what came after", **limits))["page.txt"]

    assert {post.published.day.day for post in posts if post.title == "what came after"} == cut_days


def test_what_holds_for_less_goes_before_what_holds_for_more():
    day = date(2015, 5, 5)
    cuts = [begins("A"), joins("a", day=day), begins("A", dump="x"), joins("A", dump="x", day=day)]

    for order in itertools.permutations(cuts):
        decide = collect(order)._decide
        assert decide("A", None, "y").begins
        assert not decide("A", day, "y").begins
        assert decide("A", None, "x").begins
        assert not decide("A", day, "x").begins


def test_a_decision_for_a_day_does_not_hold_where_the_day_is_not_known(tmp_path):
    text = page(("5/4/2015", "Ferry at the quay", PROSE, "what came after", MORE))

    unsure = read(tmp_path, {"page.txt": text}, begins("what came after", day=date(2015, 4, 5)))["page.txt"]
    sure = read(tmp_path, {"page.txt": text}, begins("what came after"))["page.txt"]

    assert "corrections.toml" not in "".join(post.provenance[0].evidence for post in unsure)
    assert "corrections.toml" in sure[1].provenance[0].evidence


def test_the_same_decision_holds_in_every_dump_that_has_the_line(tmp_path):
    other = ONE_DAY.replace("what came after", "What\u00a0came after").replace("\n\n", "\n\n\n")
    posts = read(tmp_path, {"one.txt": ONE_DAY, "two.txt": other}, begins("what came after"))

    assert [[post.title.lower() for post in each] for each in posts.values()] == [
        ["ferry at the quay", "what came after"]
    ] * 2


def test_a_line_that_begins_a_post_is_no_frame(tmp_path):
    frame = "Oil your chain\n\nand so to bed"
    one = page(("5 May 2015", "Ferry", PROSE, frame))
    two = page(("9 July 2014", "Herring", MORE, frame))
    kept = read(tmp_path, {"one.txt": one, "two.txt": two}, begins("Oil your chain", dump="one.txt"))

    assert [post.title for post in kept["one.txt"]] == ["Ferry", "Oil your chain"]
    assert [post.text for post in kept["two.txt"]] == [M]


def test_a_line_of_the_frame_that_begins_no_post_stays_frame(tmp_path):
    one, two = page(("5 May 2015", "Ferry", PROSE, "Oil it")), page(("9 July 2014", "Herring", MORE, "Oil it"))
    posts = read(tmp_path, {"one.txt": one, "two.txt": two}, joins("Oil it"))

    assert [post.text for each in posts.values() for post in each] == [P, M]


TITLES = ("Boats of spring", "A net for each house", "Herring soup", "The old pier", "Nine knots", "Tar and oakum")


def test_decided_lines_show_the_reader_how_titles_look_but_make_no_other_line_certain(tmp_path):
    days = [(f"{9 - n} May 2015", title, PROSE, f"ITEM {n}: {title}", MORE) for n, title in enumerate(TITLES)]
    cuts = [begins(f"item {n}: {title}") for n, title in enumerate(TITLES[:-1])]

    def odds(*cuts):
        last = read(tmp_path, {"page.txt": page(*days)}, *cuts)["page.txt"]
        posts = [post for post in last if post.published.day.day == 4]
        sign = 1 if len(posts) == 2 else -1
        return sign * posts[0].provenance[0].certainty, posts[0].provenance[0].evidence

    assert odds(*cuts)[0] > odds()[0]
    assert abs(odds(*cuts)[0]) < 1
    assert "corrections.toml" not in odds(*cuts)[1]


def test_a_note_is_for_people(tmp_path):
    noted = read(tmp_path, {"page.txt": ONE_DAY}, begins("what came after", note="It is signed by another."))

    assert noted == read(tmp_path, {"page.txt": ONE_DAY}, begins("what came after"))


def test_the_evidence_of_posts_tells_which_cuts_no_dump_has_a_line_for(tmp_path):
    met = [
        begins("what came after"),
        joins("Ferry at the quay", dump="page.txt"),
        joins("In the evening", day=date(2015, 5, 5)),
    ]
    text = ONE_DAY.replace(MORE, f"{MORE}\nIn the evening")
    stale = [
        begins("what came"),
        begins("what came after", dump="gone.txt"),
        joins("what came after", day=date(2015, 5, 6)),
    ]
    posts = read(tmp_path, {"page.txt": text}, *met, *stale)["page.txt"]

    assert stale_cuts([*met, *stale], [post.provenance[0].evidence for post in posts]) == tuple(stale)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_reader_takes_what_people_decided(reader):
    learnt = {True: reader.learn([], [begins("A")]), False: reader.learn([])}

    assert (learnt[True] == learnt[False]) is (reader.name != "page-text")


@st.composite
def decided(draw):
    lines = draw(LINES)
    written = draw(st.lists(st.sampled_from(lines or ["none"]), max_size=6))
    return lines, [Cut(line=line, begins=draw(st.booleans())) for line in dict.fromkeys(written)]


@given(decided())
@example((["0", "", ":", "5 May 2015", "0", "5 May 2015", "5 May 2015"], []))
def test_whatever_people_decide_every_word_stands_in_exactly_one_post(tmp_path_factory, lines_and_cuts):
    """A title may stand below the first lines of its post, so that words are compared without their order."""
    lines, cuts = lines_and_cuts
    written = [line for line in lines if not line.startswith("Showing posts")]
    text = "\n".join(["5 May 2015", *written])

    entries = read(tmp_path_factory.mktemp("page"), {"page.txt": text}, *cuts)["page.txt"]

    posts = [entry for entry in entries if not isinstance(entry, Rejected)]
    texts = [f"{post.title}\n{post.text}" for post in posts]
    assert sorted(words_but_dates(texts)) == sorted(words_but_dates(map(clean, written)))
    assert all(0.5 <= post.provenance[0].certainty <= 1 for post in posts)
    places = [(post.provenance[0].start, post.provenance[0].end) for post in posts]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))


@given(decided(), st.randoms())
def test_the_order_of_decisions_does_not_matter(tmp_path_factory, lines_and_cuts, random):
    lines, cuts = lines_and_cuts
    text = "\n".join(["5 May 2015", *lines])
    folder = tmp_path_factory.mktemp("page")
    cuts = [*{cut.line.casefold().strip(): cut for cut in cuts}.values()]

    expected = read(folder, {"page.txt": text}, *cuts)

    assert read(folder, {"page.txt": text}, *random.sample(cuts, len(cuts))) == expected


DUMPS = sorted((Path(__file__).parent / "golden" / "page-text").glob("*.txt"))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_each_doubt_of_the_reader_can_be_overruled_and_confirmed(path):
    def read_with(*cuts):
        return [
            post for post in reader.read(dump, reader.learn([reader.evidence(dump)], cuts)) if isinstance(post, Post)
        ]

    reader, dump = PageText(), open_dump(path, path.name)
    asked = [(post, cut) for post in read_with() if (cut := overrule(post, post.provenance[0]))]

    assert asked or path.stem in ("broken-heading-without-text", "label-page", "titles-above")
    for post, cut in asked:
        confirmed = next(p for p in read_with(replace(cut, begins=not cut.begins)) if p.id == post.id)
        overruled = read_with(cut)
        assert (confirmed.title, confirmed.text) == (post.title, post.text)
        assert cut.say() in "".join(p.provenance[0].evidence for p in overruled)
        assert (cut.line in [p.title for p in overruled]) is cut.begins
        assert (post.title, post.text) not in [(p.title, p.text) for p in overruled]


def test_where_nothing_was_in_doubt_nothing_is_asked(tmp_path):
    text = page(("5 May 2015", "Ferry at the quay"))
    post = read(tmp_path, {"page.txt": text})["page.txt"][0]

    assert overrule(post, post.provenance[0]) is None
