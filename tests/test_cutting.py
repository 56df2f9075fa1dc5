"""Where posts begin: proof by overlap, the style of a blog, and the sum of the evidence."""

from datetime import date
from itertools import chain

import pytest
from hypothesis import given, strategies as st

from archivesearch.dumps import Cut, Line
from archivesearch.readers.cutting import Verdict, cut_day
from archivesearch.readers.decisions import collect
from archivesearch.readers.evidence import PageEvidence, Piece, Standing, from_text, key_of, proved_starts
from archivesearch.readers.layout import Day, Stretch, part
from archivesearch.readers.style import learn, likeness
from archivesearch.readers.traits import anchors, capitals_of, ending_of, is_ruled_out

PROSE = "It was a long day on the water, and when the boats came home the whole harbour stood on the quay and sang."


def piece(text, before=1, after=1):
    return Piece(text, before, after, len(text), 1 + text.count("\n"), text.partition("\n")[0][:240], text[-12:])


def day(*texts):
    return tuple(piece(text) for text in texts)


def proved(mine, other):
    return sorted(proved_starts(day(*mine), day(*other)))


def test_a_dump_that_shows_one_post_of_a_day_proves_where_it_begins_and_ends():
    assert proved("Aa1Bb2Cc3", "Bb2") == [3, 6]


def test_a_dump_that_leaves_out_the_middle_post_proves_both_seams():
    assert proved("Aa1Bb2Cc3", "Aa1Cc3") == [3, 6]
    assert proved("Aa1Cc3", "Aa1Bb2Cc3") == [3]


@pytest.mark.parametrize(("mine", "other"), [("Aa1", "Aa1"), ("Aa1", "Bb2"), ("Aa1", ""), ("", "Aa1")])
def test_the_same_day_or_another_one_proves_nothing(mine, other):
    assert proved(mine, other) == []


def test_a_piece_that_differs_on_both_sides_proves_nothing():
    assert proved("Aa1b2", "Aa9b2") == []


posts = st.lists(st.text("abcdef", min_size=2, max_size=4), min_size=1, max_size=5, unique_by=lambda post: post)


@given(posts, st.data())
def test_whatever_posts_another_dump_shows_each_proved_start_is_one(texts, data):
    """Each post's pieces are its own, so a proof can only be right or missing."""
    whole = [[f"{number}{place}{c}" for place, c in enumerate(post)] for number, post in enumerate(texts)]
    shown = [post for post in whole if data.draw(st.booleans())]
    starts = {sum(map(len, whole[:number])) for number in range(len(whole))}

    found = proved_starts(day(*chain(*whole)), day(*chain(*shown)))

    assert found <= starts
    assert 0 not in found


def test_evidence_survives_being_kept_as_text():
    evidence = PageEvidence(
        "day month year", None, (((2020, 1, 2), day("A", "\xa0b “c”\nd")),), ("lead",), ("end",), Standing(3, 2, 1)
    )

    assert from_text(evidence.to_text()) == evidence


TITLES = ("Boats of spring", "A net for every house", "Herring soup", "The old pier", "Nine knots", "Tar and oakum")


def blog(titles=TITLES):
    return learn([((2020, 1, number), day(title, PROSE, PROSE.upper())) for number, title in enumerate(titles, 1)])


def cuts(*texts, style=None, proved=frozenset()):
    pieces = day(*texts)
    return [cut.start for cut in cut_day(pieces, texts, style or blog(), proved, lambda text: "en")]


def test_the_first_line_of_a_day_begins_a_post_whatever_it_is():
    assert cuts("…") == [0]
    assert cuts(PROSE, PROSE) == [0]
    assert cuts() == []


def test_a_proved_start_is_a_start_unless_it_reads_as_a_sentence():
    assert cuts("One", PROSE, "Two", PROSE, proved=frozenset({2})) == [0, 2]
    assert cuts("One", PROSE, PROSE, PROSE, proved=frozenset({2})) == [0]


def test_a_line_on_the_pattern_of_a_title_begins_a_post():
    style = blog((*TITLES, "What the tide brought in March", "What the tide brought in April"))

    assert likeness("What the tide brought in May", style) > 0.8
    assert cuts("Nine knots", PROSE, "What the tide brought in May", PROSE, style=style) == [0, 2]


def test_a_line_that_a_title_holds_whole_follows_no_pattern():
    assert likeness("the tide brought", blog((*TITLES, "What the tide brought in March"))) == 0


@pytest.mark.parametrize(
    "line",
    ["• An item", "  1. An item", "- An item", "Two\nlines", "12 May 2014", "x" * 230, "-Glued"],
)
def test_lists_dates_and_long_texts_are_no_titles(line):
    assert is_ruled_out(piece(line))


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Nothing that ties it down", 0),
        ("Every Word Has A Capital", 0),
        ("ALL OF IT IS LOUD", 0),
        ("A visit to Lisbon", 1),
        ("GEFONT meets in Kathmandu", 2),
        ("News of 2014", 1),
        ("Ship ahoy: Everybody on deck", 0),
        ("", 0),
    ],
)
def test_names_acronyms_and_numbers_tie_a_line_to_the_world(line, count):
    assert anchors(line) == count


@given(st.text(max_size=60))
def test_every_line_has_an_ending_and_capitals_of_a_known_kind(line):
    assert ending_of(line)
    assert capitals_of(line)


@given(st.permutations([((2020, 1, n), day(title, PROSE)) for n, title in enumerate(TITLES)]))
def test_what_is_learnt_does_not_depend_on_the_order_of_days(days):
    learnt, expected = learn(days), blog_of_sorted()

    assert learnt.patterns == expected.patterns
    assert [pytest.approx(share, abs=1e-9) for share in learnt.kinds] == list(expected.kinds)


def blog_of_sorted():
    return learn([((2020, 1, n), day(title, PROSE)) for n, title in enumerate(TITLES)])


def spans(*texts, decided):
    found = cut_day(day(*texts), texts, blog(), frozenset(), lambda text: "en", decided)
    return [(span.start, span.end, span.title, span.certainty, span.evidence) for span in found]


def test_what_people_decided_needs_no_evidence_and_yields_to_none():
    assert [Verdict(1, decided, score).begins for decided in (True, False) for score in (-9, 9)] == [1, 1, 0, 0]
    assert Verdict(1, decided=True, score=-0.1).certainty == 1


def test_a_day_that_people_decided_whole_gives_no_reasons_but_theirs():
    first = "first line below the date heading"

    assert spans("One", "Two", decided={1: True}) == [(0, 1, 0, 1.0, first), (1, 2, 1, 1.0, "")]
    assert spans("One", "Two", decided={0: False, 1: False}) == [(0, 2, None, 1.0, "")]
    assert spans("One", "Two", decided={0: False, 1: True}) == [(0, 2, 1, 1.0, "")]


def cut(line, begins=True, **limits):
    return Cut(line=line, begins=begins, **limits)


def test_a_decision_for_a_dump_goes_before_one_for_a_day():
    decisions = collect([cut("A", day=date(2020, 2, 1)), cut("A", begins=False, dump="x")])
    line = Line(7, 0, 1, "a")

    assert decisions.among([line], date(2020, 2, 1), "y")[7].begins
    assert not decisions.among([line], date(2020, 2, 1), "x")[7].begins
    assert decisions.among([line], date(2020, 2, 2), "y") == {}


def test_a_decided_line_is_cleaned_as_those_of_dumps_are():
    assert collect([cut("A\x07 line")]).among([Line(1, 0, 6, "A line")], None, "x")


def test_decisions_teach_what_holds_for_every_dump_and_wherever_it_is_alike():
    title, key = "Nine knots", key_of("Nine knots")
    days = [((2020, 2, 1), (piece_of_text(title),)), ((2020, 3, 1), (piece_of_text(title),))]

    assert collect([cut(title)]).lessons(days) == {key: True}
    assert collect([cut(title, dump="x")]).lessons(days) == {}
    assert collect([cut(title, day=date(2020, 1, 2))]).lessons(days) == {key: True}
    assert collect([cut(title, day=date(2020, 5, 5))]).lessons(days) == {}
    assert collect([cut(title), cut(title, begins=False, day=date(2020, 3, 1))]).lessons(days) == {}


def piece_of_text(text):
    return Piece(key_of(text), 1, 1, len(text), 1, text, text[-12:])


def test_a_text_that_begins_a_post_without_a_title_teaches_nothing_of_titles():
    days = [((2020, 1, number), day(title, PROSE, PROSE * 3)) for number, title in enumerate(TITLES, 1)]

    assert learn(days, {PROSE * 3: True}) == learn(days)
    assert learn(days, {PROSE: True}) != learn(days) != learn(days, {TITLES[0]: False})


def test_a_stretch_is_parted_as_if_a_blank_line_stood_in_it():
    lines = tuple(Line(number, 0, 0, "A") for number in range(3, 7))
    parted = part(Day(lines[0], None, (Stretch(lines, 2, 4),), ()), {3, 5, 9})

    assert parted.stretches == (Stretch(lines[:2], 2, 0), Stretch(lines[2:], 0, 4))
