"""What the command line writes, by example and by property: nothing from a dump steers a terminal or a spreadsheet."""

import csv
import io
import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given, strategies as st

from archivesearch.cli.results import facet_rows, post_rows, results_rows
from archivesearch.cli.terminal import point_at, row, safe, wrapped
from archivesearch.dates import DateSource, Published
from archivesearch.lines import CSV_COLUMNS, as_json, csv_line, hit_csv
from archivesearch.posts import Block, Post, Provenance
from archivesearch.said import say_posts
from archivesearch.search import FacetCount, Fragment, Hit, Results, Search

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""The bidirectional classes of the characters that turn the direction of what follows (UAX 9)."""

any_text = st.text(st.characters(exclude_categories=()))


def steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in TURNING


@given(any_text)
def test_safe_text_holds_nothing_that_steers_a_terminal(text):
    made_safe = safe(text)

    assert not [character for character in made_safe if steers(character)]
    assert not set(made_safe) & set("\u061c\u200e\u200f\u2028\u2029")


@given(any_text)
def test_safe_text_stays_as_it_is(text):
    assert safe(safe(text)) == safe(text)


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs"))))
def test_text_of_letters_signs_and_spaces_is_safe_already(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[2Jgone", "[2Jgone"),
        ("\x1b]0;title\x07after", "]0;titleafter"),
        ("\x1b]8;;http://a.example\x1b\\link", "]8;;http://a.example\\link"),
        ("\x9b31mred", "31mred"),
        ("\x9d0;title\x9cafter", "0;titleafter"),
        ("one\rtwo", "one two"),
        ("one\r\ntwo\nthree", "one two three"),
        ("over\x08\x08write", "overwrite"),
        ("tab\tstop", "tab stop"),
        ("line\u2028break", "line break"),
        ("next\x85line", "next line"),
        ("\u202etxt.exe", "txt.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("bell\x07", "bell"),
        ("file-\udcff", "file-"),
        ("family \U0001f468\u200d\U0001f469 नेपाल", "family \U0001f468\u200d\U0001f469 नेपाल"),
    ],
)
def test_hostile_text_becomes_harmless(hostile, harmless):
    assert safe(hostile) == harmless


def test_a_row_is_made_safe_piece_by_piece():
    assert row("a\x1b", ("b\n", "strong"), "c", head="1. ").text == "1. ab c"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=8,
)


@given(json_values, st.sampled_from([None, 2]))
def test_json_is_exact_and_steers_no_terminal(value, indent):
    written = as_json(value, indent=indent)

    assert json.loads(written) == value
    assert not [character for character in written if character != "\n" and steers(character)]


def test_json_keeps_letters_as_they_are():
    assert as_json(["Réunion", "नेपाल"]) == '["Réunion", "नेपाल"]'


def test_json_carries_a_file_name_that_is_no_unicode():
    written = as_json("file-\udcff").encode("utf-8")

    assert json.loads(written) == "file-\udcff"


FORMULAS = [
    "=1+1",
    "=HYPERLINK(A1)",
    "+1",
    "-1+cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
]


@pytest.mark.parametrize("payload", FORMULAS)
def test_a_csv_cell_is_never_a_formula(payload):
    [[cell, in_a_list]] = csv.reader(io.StringIO(csv_line([payload, [payload, "b"]]), newline=""))

    assert cell == "'" + payload
    assert in_a_list == f"'{payload}; b"


@given(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1))
def test_csv_cells_come_back_as_they_were_but_for_the_quote_before_a_formula(cells):
    [read] = csv.reader(io.StringIO(csv_line(cells), newline=""))

    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]


def test_a_hit_is_one_csv_record_with_lists_joined():
    record = {
        "id": "2021-02-06-00000000",
        "title": 'Rain, "again"',
        "published": None,
        "labels": ["Floods", "Dikes"],
        "countries": [],
        "language": "en",
        "score": 1.5,
        "snippet": "water rose",
        "permalink": "http://h.example/rain.html",
    }
    written = '2021-02-06-00000000,"Rain, ""again""",,Floods; Dikes,,en,1.5,water rose,http://h.example/rain.html,'
    page = "https://archive.example/post/2021-02-06-00000000"

    assert hit_csv(record) == f"{written}\n"
    assert hit_csv(record, "https://archive.example") == f"{written}{page}\n"
    assert [*record, "address"] == list(CSV_COLUMNS)


@pytest.mark.parametrize(
    ("typed", "position", "shown"),
    [
        ("rain )", 5, "  rain )\n       ^"),
        ("水 )", 2, "  水 )\n     ^"),
        ("e\u0301 )", 3, "  e\u0301 )\n    ^"),
        ("\x1b )", 2, "   )\n   ^"),
    ],
)
def test_the_place_in_a_query_is_pointed_at_in_columns(typed, position, shown):
    assert point_at(typed, position) == shown


@pytest.mark.parametrize(
    ("typed", "position", "shown"),
    [
        ("rain (snow", 5, "  rain (snow\n       ^"),
        ("rain " * 9 + ")", 45, "  … rain rain rain )\n                   ^"),
        ("rain ) " + "snow " * 9, 5, "  rain ) snow snow …\n       ^"),
        ("rain " * 9 + ") " + "snow " * 9, 45, "  … rain rain ) sno…\n              ^"),
        ("水" * 20, 20, "  …水水水水水水水水\n                   ^"),
    ],
)
def test_of_a_query_that_is_wider_than_the_terminal_the_place_is_shown(typed, position, shown):
    assert point_at(typed, position, 20) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=99), st.integers(0, 99), st.integers(20, 60))
def test_what_points_into_a_query_is_no_wider_than_the_terminal(typed, position, width):
    position = min(position, len(typed))
    shown, pointer = point_at(typed, position, width).split("\n")
    places = [place for place in range(len(shown) + 1) if columns(shown[:place]) == len(pointer) - 1]

    assert max(columns(shown), len(pointer)) <= width
    assert any(shown[place : place + 1] in (typed[position : position + 1], "…") for place in places)


def columns(text):
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)


@given(any_text, st.integers(0, 99))
def test_wrapping_changes_nothing_but_spaces(text, width):
    lines = wrapped(text, width)

    assert "".join("".join(lines).split()) == "".join(safe(text).split())
    assert all(len(line) <= max(20, width) or " " not in line.strip() for line in lines)


POST = Post(
    id="2021-02-06-00000000",
    title="Water in the streets",
    published=Published(moment=date(2021, 2, 6), source=DateSource.HEADING),
    body=(Block(lines=("It rained.", "Then it stopped.")), Block(kind="bullets", lines=("dikes",), markers=("•",))),
    labels=("Floods",),
    language="en",
    countries=("Nepal",),
    provenance=(
        Provenance(dump="a.txt", sha256="0", reader="page-text", line=7, start=90, end=180),
        Provenance(dump="b.txt", sha256="1", reader="page-text", line=2, start=9, end=99, certainty=0.6),
    ),
)


def text_of(rows):
    return "\n".join(each.text for each in rows)


def test_a_post_is_shown_with_its_text_and_every_place_where_it_was_found():
    assert text_of(post_rows(POST)) == (
        "Water in the streets\n"
        "2021-02-06 · Nepal · en · labels: Floods\n"
        "\n"
        "It rained.\n"
        "Then it stopped.\n"
        "\n"
        "• dikes\n"
        "\n"
        "found in a.txt, line 7 (page-text)\n"
        "found in b.txt, line 2 (page-text)\n"
        "  certainty 0.60"
    )


def results(total, hits=1):
    hit = Hit(post=POST, score=1.0, snippet=(Fragment("It "), Fragment("rained", marked=True), Fragment(".")))
    facets = {
        "country": tuple(FacetCount(value=f"C{n}", count=20 - n, selected=n == 9) for n in range(11)),
        "year": (FacetCount(value="2021", count=12),),
        "label": (),
        "language": (FacetCount(value="en", count=12),),
    }
    return Results(total=total, hits=(hit,) * hits, facets=facets)


def test_hits_are_numbered_through_the_pages_and_facets_stand_under_them():
    shown = text_of(results_rows(Search(page=3, size=1, chosen={"country": ("C9",)}), results(12)))

    assert shown.split("\n", 2)[0].startswith("12 found: ")
    assert shown.split("\n", 2)[0].endswith(", country C9.")
    assert shown.split("\n", 2)[2] == (
        "3. Water in the streets\n"
        "   2021-02-06 · Nepal · en · labels: Floods\n"
        "   It rained.\n"
        "   2021-02-06-00000000\n"
        "\n"
        "country   C0 20, C1 19, C2 18, C3 17, C4 16, C5 15, C6 14, C7 13, C9 11 and 2 more (--facets shows all)\n"
        "year      2021 12\n"
        "label     -\n"
        "language  en 12\n"
        "\n"
        "Hits shown: 3 to 3. More with --page or --limit."
    )


def test_the_last_page_promises_no_more_hits():
    assert "More with" not in text_of(results_rows(Search(page=12, size=1), results(12)))


def test_a_page_after_the_last_one_says_so():
    assert "page 5 is after the last one" in text_of(results_rows(Search(page=5, size=10), results(12, hits=0)))


def test_nothing_found_says_what_was_searched_and_what_to_do():
    search = Search(chosen={"label": ("Floods", "Dikes")}, since=date(2019, 1, 1), until=date(2019, 12, 31))
    shown = text_of(results_rows(search, results(0, hits=0)))

    assert shown.startswith("Nothing found: ")
    assert shown.endswith(", label Floods or Dikes, from 2019-01-01, to 2019-12-31. Try fewer words or fewer filters.")


def test_all_values_of_a_facet_are_listed_where_no_number_is_set():
    [shown] = facet_rows({"country": results(1).facets["country"]})

    assert shown.text.count(", ") == 10
    assert "more" not in shown.text


@pytest.mark.parametrize(("number", "words"), [(0, "0 posts"), (1, "1 post"), (2, "2 posts")])
def test_posts_are_counted_in_words(number, words):
    assert say_posts(number) == words
