"""Bodies in plain text: what is a paragraph, a soft line break, a list."""

import re

from hypothesis import given, strategies as st

from archivesearch.posts import Block
from archivesearch.readers.body import blocks


def test_a_line_break_inside_a_sentence_stays_a_soft_one():
    assert list(blocks([["The Society of", "(many) friends."]])) == [Block(lines=("The Society of", "(many) friends."))]


def test_a_line_break_between_sentences_parts_two_paragraphs():
    assert list(blocks([["It is done.", "It was hard."]])) == [
        Block(lines=("It is done.",)),
        Block(lines=("It was hard.",)),
    ]


def test_a_list_keeps_its_markers_beside_its_items():
    stretch = ["Three things:", "  • one", "  •\xa0two", "  1. first", "  2. second", "- typed", "-Glued"]

    assert list(blocks([stretch])) == [
        Block(lines=("Three things:",)),
        Block(kind="bullets", lines=("one", "two"), markers=("•", "•")),
        Block(kind="numbers", lines=("first", "second"), markers=("1.", "2.")),
        Block(kind="bullets", lines=("typed", "Glued"), markers=("-", "-")),
    ]


def test_a_number_that_begins_a_sentence_is_no_list():
    assert [block.kind for block in blocks([["1.236 workers came", "2020 was long", "141 people"]])] == ["paragraph"]


def test_no_break_spaces_become_spaces_and_columns_single_ones():
    assert [block.text for block in blocks([["\xa0Budget\xa0\xa0 \xa0100"]])] == ["Budget 100"]


@given(st.lists(st.lists(st.text("ab1.-• \xa0:()", max_size=20), max_size=5), max_size=5))
def test_no_word_of_a_body_is_lost_or_moved(stretches):
    read = "\n".join(block.text for block in blocks(stretches))

    assert re.findall(r"\w+", read) == re.findall(r"\w+", "\n".join("\n".join(lines) for lines in stretches))
