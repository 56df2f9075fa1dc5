from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from archivesearch.query import EVERYTHING, Fuzzy, Phrase, Prefix, Word, all_of, any_of, parse
from archivesearch.snippets import CUT, mark, snippet
from archivesearch.text import one_line, stem, within_one_edit, words

FILLER = " ".join(f"filler{n}" for n in range(60))


def shown(fragments):
    """The snippet with its matches in brackets."""
    return "".join(f"[{fragment.text}]" if fragment.marked else fragment.text for fragment in fragments)


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("pension", "en", "Old-age [pensions] protect. A [pension] protects."),
        ("pension", None, "Old-age pensions protect. A [pension] protects."),
        ("protection", "en", "Old-age pensions [protect]. A pension [protects]."),
        ('"a pension"', "en", "Old-age pensions protect. [A pension] protects."),
        ("old-age", "en", "[Old-age] pensions protect. A pension protects."),
        ('age "old age pensions"', "en", "[Old-age pensions] protect. A pension protects."),
        ("-pension", "en", "Old-age pensions protect. A pension protects."),
        ("absent OR old", "en", "[Old]-age pensions protect. A pension protects."),
        ("pens*", None, "Old-age [pensions] protect. A [pension] protects."),
        ("pension~", None, "Old-age [pensions] protect. A [pension] protects."),
        ("protcet~", None, "Old-age pensions [protect]. A pension protects."),
        ("text:old", "en", "[Old]-age pensions protect. A pension protects."),
        ("title:old", "en", "Old-age pensions protect. A pension protects."),
        ("label:old", "en", "Old-age pensions protect. A pension protects."),
        ("old absent nowhere", "en", "[Old]-age pensions protect. A pension protects."),
    ],
)
def test_every_form_that_matches_is_marked(typed, language, expected):
    assert shown(snippet("Old-age pensions protect. A pension protects.", parse(typed), language)) == expected


def test_the_passage_with_the_most_of_the_query_is_shown():
    text = f"cash cash cash {FILLER} food and cash {FILLER} food"

    assert "[food] and [cash]" in shown(snippet(text, parse("cash food"), None, 80))


def test_words_that_stand_far_apart_are_shown_in_two_passages():
    found = shown(snippet(f"{FILLER} food {FILLER} cash {FILLER}", parse("cash food"), None, 100))

    assert found.index("[food]") < found.index(f"{CUT}filler", 5) < found.index("[cash]")
    assert found.count(CUT) == 3


def test_words_that_one_passage_shows_stand_in_one():
    found = shown(snippet(f"{FILLER} food or cash {FILLER}", parse("cash food"), None, 100))

    assert "[food] or [cash]" in found
    assert found.count(CUT) == 2


def test_what_signs_join_is_not_cut():
    text = f"{FILLER} an old-age pension {FILLER} www.example.org/a {FILLER}"
    for width in range(20, 90):
        found = shown(snippet(text, parse("pension"), None, width)).replace("[", "").replace("]", "")

        assert set(found.strip(CUT).split()) <= set(text.split())


def test_a_title_has_no_marks_of_what_is_sought_in_the_text():
    assert shown(mark("Cash and food", parse("text:cash title:food"), "en")) == "Cash and [food]"


def test_a_cut_end_has_an_ellipsis():
    text = f"{FILLER} cash {FILLER}"
    found = shown(snippet(text, Word("cash"), None, 60))

    assert found.startswith(CUT + "filler")
    assert found.endswith(CUT)
    assert "[cash]" in found


def test_an_end_that_is_not_cut_has_none():
    assert shown(snippet("cash, at last!", Word("cash"), None)) == "[cash], at last!"


def test_without_a_match_the_beginning_is_shown():
    assert shown(snippet("one two three four", EVERYTHING, "en", 10)) == f"one two{CUT}"


def test_lines_become_one():
    assert shown(snippet("one\n\n two\u00a0three", Word("two"), None)) == "one [two] three"


def test_a_word_longer_than_the_width_is_left_out():
    assert shown(snippet("x" * 500 + " end", EVERYTHING, None, 100)) == CUT


def test_a_match_longer_than_the_width_is_shown_whole():
    assert shown(snippet(f"some {'x' * 50} words", Word("x" * 50), None, 10)) == f"{CUT}[{'x' * 50}]{CUT}"


def test_a_text_without_words_is_shown_as_it_is():
    assert shown(snippet("", Word("a"), None)) == ""
    assert shown(snippet("?! …", Word("a"), None)) == "?! …"


def test_a_title_is_marked_whole():
    assert shown(mark("Cash, more cash", Word("cash"), "en")) == "[Cash], more [cash]"


vocabulary = st.sampled_from(
    ["cash", "Food", "pensions", "pension", "a", "supercalifragilistic", ".", "\n", "-", "«x»"]
)
texts = st.lists(vocabulary, max_size=60).map(" ".join)
leaves = st.sampled_from(
    [
        Prefix("pens"),
        Fuzzy("fodo"),
        Word("cash"),
        Word("food"),
        Word("pension"),
        Phrase(("food", "cash")),
        Word("absent"),
    ]
)
queries = st.lists(leaves, min_size=1, max_size=3).flatmap(
    lambda found: st.sampled_from([all_of(found), any_of(found)])
)


@given(texts, queries, st.sampled_from(["en", None]), st.integers(50, 140))
def test_a_snippet_is_of_pieces_of_the_text_of_whole_words_and_bounded(text, query, language, width):
    fragments = snippet(text, query, language, width)
    joined = "".join(fragment.text for fragment in fragments)
    inside = joined.strip(CUT).split(CUT)
    whole = one_line(text)

    assert all(passage in whole for passage in inside)
    assert len(joined.replace(CUT, "")) <= width
    assert len(inside) <= 2
    assert {word.term for word in words(joined)} <= {word.term for word in words(text)}
    assert all(fragment.text for fragment in fragments)
    assert all(one.marked != other.marked for one, other in pairwise(fragments))


@given(texts, queries, st.integers(50, 140))
def test_a_text_with_a_match_has_a_snippet_with_a_mark(text, query, width):
    whole = any(fragment.marked for fragment in mark(text, query, "en"))

    assert any(fragment.marked for fragment in snippet(text, query, "en", width)) == whole


SCRAPS = (
    "cash Cash CASH cáshes food pensioen gepensioen l’cash cash's c.a.s 3.5cash cash3 570.000 “ - / ' . ﬁ f é _ ٣"
).split()
scraps = st.lists(st.sampled_from([*SCRAPS, "\u00ad", "\u00a0", " ", "\n"]), max_size=40).map("".join)
sought_words = st.sampled_from(
    [Word("cash"), Word("food"), Word("3.5"), Word("pensioen"), Prefix("cas"), Fuzzy("cush")]
)


@given(scraps, st.lists(sought_words, min_size=1, max_size=3, unique=True), st.sampled_from(["en", "nl", "tr", None]))
def test_marked_are_the_words_that_match_and_no_others(text, parts, language):
    """Told by looking at every word of the text, which a snippet has no time for."""

    def matches(part, term):
        if isinstance(part, Word):
            return stem(term, language) == stem(part.term, language)
        return term.startswith(part.start) if isinstance(part, Prefix) else within_one_edit(part.term, term)

    expected = [text[word.start : word.end] for word in words(text) if any(matches(part, word.term) for part in parts)]
    marked = [fragment.text for fragment in mark(text, any_of(parts), language) if fragment.marked]

    assert "".join(map(one_line, marked)).replace(" ", "") == "".join(map(one_line, expected)).replace(" ", "")
