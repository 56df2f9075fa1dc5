"""The query language, by example and by property."""

import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, example, given, strategies as st

from archivesearch.errors import QueryError
from archivesearch.query import (
    EVERYTHING,
    NOTHING,
    All,
    Any,
    Dated,
    Fuzzy,
    Has,
    Id,
    In,
    Not,
    Phrase,
    Prefix,
    Word,
    all_of,
    any_of,
    is_loose,
    negate,
    operands,
    parse,
    plain,
    say,
    sought,
    to_text,
    within,
)
from archivesearch.query.days import read_day, write_day
from archivesearch.query.grammar import FIELDS, MAX_CHARACTERS, MAX_DEPTH
from archivesearch.query.leaves import MAX_FUZZY, MAX_PHRASES, MAX_PREFIXES, MAX_TERMS
from archivesearch.query.tree import field_of

A, B, C = Word("a"), Word("b"), Word("c")


def either(*queries):
    return Any(queries)


def both(*queries):
    return All(queries)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a", A),
        ("a b", both(A, B)),
        ("A B", both(A, B)),
        ('"a b"', Phrase(("a", "b"))),
        ("“a b”", Phrase(("a", "b"))),
        ("«a b»", Phrase(("a", "b"))),
        ("„a b“", Phrase(("a", "b"))),
        ("‹a b›", Phrase(("a", "b"))),
        ("「a b」", Phrase(("a", "b"))),
        ('"a b"~3', Phrase(("a", "b"))),
        ('"a"', A),
        ("-a", Not(A)),
        ("−a", Not(A)),
        ("a -b", both(A, Not(B))),
        ('a -"b c"', both(A, Not(Phrase(("b", "c"))))),
        ("a -#b", both(A, Not(B))),
        ("a -'b'", both(A, Not(B))),
        ("-(a b)", Not(both(A, B))),
        ("a OR b", either(A, B)),
        ("a OR b OR c", either(A, B, C)),
        ("a b OR c", both(A, either(B, C))),
        ("(a b) OR c", either(both(A, B), C)),
        ("a OR -b", either(A, Not(B))),
        ("a or b", both(A, Word("or"), B)),
        ("a AND b", both(A, B)),
        ("((a))", A),
        ("a a", A),
    ],
)
def test_words_phrases_and_operators_are_read_as_they_are_meant(typed, expected):
    assert parse(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("co-operation", either(Phrase(("co", "operation")), Word("cooperation"))),
        ("co‑operation", either(Phrase(("co", "operation")), Word("cooperation"))),
        ("-co-op", Not(either(Phrase(("co", "op")), Word("coop")))),
        ("a OR co-op", either(A, Phrase(("co", "op")), Word("coop"))),
        ("2019-05-03", Phrase(("2019", "05", "03"))),
        ("women's", Word("women's")),
        ("women’s", Word("women's")),
        ("women´s", Word("women's")),
        ("women`s", Word("women's")),
        ("H&M", Phrase(("h", "m"))),
        ("INSP!R", Phrase(("insp", "r"))),
        ("#MeToo", Word("metoo")),
        ("C++", Word("c")),
        ("U.N.", Word("un")),
        ("570.000", Word("570000")),
        ("570,000", Word("570000")),
        ("570\u202f000", Word("570000")),
        ("570\u2009000", Word("570000")),
        ("2,5", Word("2.5")),
        ("a\u00a0b", both(A, B)),
        ("a,b;c", both(A, B, C)),
        ("a/b", both(A, B)),
        ("a—b", both(A, B)),
        ("-a/b", Not(both(A, B))),
        ("Café", Word("cafe")),
        ("Łódź", Word("lodz")),
        ("co\u00adop", Word("coop")),
    ],
)
def test_every_way_to_write_a_word_is_understood(typed, expected):
    assert parse(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pension*", Prefix("pension")),
        ("PÉN*", Prefix("pen")),
        ("pe*", Word("pe")),
        ("*", EVERYTHING),
        ("* a", A),
        ("*pension", Word("pension")),
        ("organi*ation", Prefix("organi")),
        ("a*b", both(A, B)),
        ("**pension**", Prefix("pension")),
        ("co-operat*", either(both(Word("co"), Prefix("operat")), Prefix("cooperat"))),
        ('"social prot*"', both(Word("social"), Prefix("prot"))),
        ("-pension*", Not(Prefix("pension"))),
        ("pension~", Fuzzy("pension")),
        ("pension~2", Fuzzy("pension")),
        ("pe~", Word("pe")),
        ("~", NOTHING),
        ("a ~ b", both(A, B)),
        ("two-words~", either(Phrase(("two", "words")), Word("twowords"))),
    ],
)
def test_beginnings_and_likenesses_of_words_are_read_where_they_are_long_enough(typed, expected):
    assert parse(typed) == expected


LABEL_A, LABEL_B, LABEL_C = Has("label", "a"), Has("label", "b"), Has("label", "c")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("title:a", In("title", A)),
        ("text:a", In("text", A)),
        ('title:"a b"', In("title", Phrase(("a", "b")))),
        ("title:(a b)", In("title", both(A, B))),
        ("title:(a OR b) c", both(In("title", either(A, B)), C)),
        ("title:pen*", In("title", Prefix("pen"))),
        ("-title:a", Not(In("title", A))),
        ("title:-a", In("title", Not(A))),
        ("title:(text:a)", In("text", A)),
        ("title:(a label:b)", In("title", both(A, LABEL_B))),
        ("Title: a", In("title", A)),
        ("label:a", LABEL_A),
        ("label：a", LABEL_A),
        ("label: a", LABEL_A),
        ("label:a, b", both(LABEL_A, B)),
        ('label:"Social protection"', Has("label", "Social protection")),
        ('label:"a', LABEL_A),
        ("label:title:x", Has("label", "title:x")),
        ("label:OR", Has("label", "OR")),
        ("-label:a", Not(LABEL_A)),
        ("label:-a", Not(LABEL_A)),
        ("country:none", Has("country", "none")),
        ("language:nl", Has("language", "nl")),
        ("language:Dutch", Has("language", "nl")),
        ("language:français", Has("language", "fr")),
        ("language:Klingonese", Has("language", "Klingonese")),
        ("dump:page-1.txt", Has("dump", "page-1.txt")),
        ("year:2019", Has("year", "2019")),
        ("year:none", Has("year", "none")),
        ("date:none", Has("year", "none")),
        ("id:2019-05-03-0a1b2c3d", Id("2019-05-03-0a1b2c3d")),
        ("label:a label:b", either(LABEL_A, LABEL_B)),
        ("label:a c label:b", both(either(LABEL_A, LABEL_B), C)),
        ("label:(a OR b)", either(LABEL_A, LABEL_B)),
        ("label:(a b)", either(LABEL_A, LABEL_B)),
        ("label:a AND label:b", both(LABEL_A, LABEL_B)),
        ("label:a label:b AND label:c", both(either(LABEL_A, LABEL_B), LABEL_C)),
        ("label:a -label:b", both(LABEL_A, Not(LABEL_B))),
        ("-label:a -label:b", both(Not(LABEL_A), Not(LABEL_B))),
        ("label:a country:b", both(LABEL_A, Has("country", "b"))),
        ("title:a title:b", either(In("title", A), In("title", B))),
        ("title:a text:b", both(In("title", A), In("text", B))),
    ],
)
def test_fields_hold_what_follows_them_and_the_same_field_again_is_a_choice(typed, expected):
    assert parse(typed) == expected


NEW_YEAR, LAST_DAY = date(2009, 1, 1), date(2009, 12, 31)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("date:2009", Dated(NEW_YEAR, LAST_DAY)),
        ("date: 2009", Dated(NEW_YEAR, LAST_DAY)),
        ("date:2009-02", Dated(date(2009, 2, 1), date(2009, 2, 28))),
        ("date:2009-2", Dated(date(2009, 2, 1), date(2009, 2, 28))),
        ("date:2009/02", Dated(date(2009, 2, 1), date(2009, 2, 28))),
        ("date:2009–02", Dated(date(2009, 2, 1), date(2009, 2, 28))),
        ("date:2009-02-28", Dated(date(2009, 2, 28), date(2009, 2, 28))),
        ("date:2009-05..2010", Dated(date(2009, 5, 1), date(2010, 12, 31))),
        ("date:2009…2010", Dated(NEW_YEAR, date(2010, 12, 31))),
        ("date:2009-2010", Dated(NEW_YEAR, date(2010, 12, 31))),
        ("date:2009..", Dated(NEW_YEAR, None)),
        ("date:..2009", Dated(None, LAST_DAY)),
        ("before:2009", Dated(None, date(2008, 12, 31))),
        ("before:2015-03", Dated(None, date(2015, 2, 28))),
        ("after:2015-03", Dated(date(2015, 4, 1), None)),
        ("after:2009-12-31", Dated(date(2010, 1, 1), None)),
        ("date:(2009 OR 2011)", either(Dated(NEW_YEAR, LAST_DAY), Dated(date(2011, 1, 1), date(2011, 12, 31)))),
        ("after:2008 before:2010", both(Dated(NEW_YEAR, None), Dated(None, LAST_DAY))),
    ],
)
def test_dates_are_whole_years_months_days_and_spans_of_them(typed, expected):
    assert parse(typed) == expected


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0", "*", " * "])
def test_nothing_typed_and_a_star_alone_mean_every_post(typed):
    assert parse(typed) == EVERYTHING
    assert say(parse(typed)) == "every post"


@pytest.mark.parametrize("typed", ["!!!", '"', '""', "()", "(", ")", "-", "- -", '-"!"', '-"', "…?", "~", "***", "🙂"])
def test_signs_alone_find_no_post_and_say_so(typed):
    """Every post as the answer to what holds no word would look as if it had been understood."""
    assert parse(typed) == NOTHING
    assert say(parse(typed)) == "no post, because what was typed holds no word"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ('"a b', "a b"),
        ('a "b', "a b"),
        ('a b"', "a b"),
        ("(a b", "a b"),
        ("a b)", "a b"),
        (")a( b", "a b"),
        ("a) OR b", "a b"),
        ("OR a", "a"),
        ("a OR", "a"),
        ("OR", "or"),
        ("(OR)", "or"),
        ("AND OR", "and or"),
        ("a OR OR b", "a OR b"),
        ("a OR AND b", "a b"),
        ("a OR !! b", "a OR b"),
        ("a - b", "a b"),
        ("a -- b", "a b"),
        ("--a", "a"),
        ("a –b", "a b"),
        ("a -", "a"),
        ('a -"', "a"),
        ('(-") a', "a"),
        ("() a", "a"),
        ("a, b!", "a b"),
        ("#a @b", "a b"),
        ("foo:bar", "foo bar"),
        ("10:30", "10 30"),
        ("http://www.example.org/a", 'http "www example org" a'),
        ("title:", "title"),
        ("a label: ", "a label"),
        ('label:""', "label"),
        ("title:!!", "title"),
        ("label: OR a", "label OR a"),
        ("date: a memory", "date a memory"),
        ("year: a memory", "year a memory"),
        ("subtitle:a", "subtitle a"),
        ("the of and", "the of and"),
    ],
)
def test_what_cannot_be_an_operator_is_a_word_or_passed_over(typed, same):
    assert parse(typed) == parse(same)


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("a date:2009-13", 7),
        ("date:2009-02-30", 5),
        ("date:yesterday", 5),
        ("date:2010..2009", 5),
        ("date:2009..2010..2011", 5),
        ("date:..", 5),
        ("date:(2009 OR 13)", 14),
        ("before:0001", 7),
        ("after:9999", 6),
        ("before:2009..2010", 7),
        ("year:abc", 5),
        ("year:0000", 5),
        ("year:2009-05", 5),
    ],
)
def test_a_date_or_year_that_cannot_be_is_an_error_with_its_place_and_an_example(typed, position):
    with pytest.raises(QueryError, match=r":20\d\d") as caught:
        parse(typed)

    assert caught.value.position == position


def test_a_query_up_to_the_limits_is_read():
    assert isinstance(parse("a" * MAX_CHARACTERS), Word)
    assert len(parse(" ".join(f"w{n}" for n in range(MAX_TERMS))).queries) == MAX_TERMS
    assert len(parse(" ".join(f"w{n}-x" for n in range(MAX_PHRASES))).queries) == MAX_PHRASES
    assert len(parse(" ".join(f"word{n}*" for n in range(MAX_PREFIXES))).queries) == MAX_PREFIXES
    assert len(parse(" ".join(f"word{n}~" for n in range(MAX_FUZZY))).queries) == MAX_FUZZY
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == A
    assert parse("(a) " * 20) == A


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("a" * (MAX_CHARACTERS + 1), MAX_CHARACTERS),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS),
        ('"a b" ' * (MAX_PHRASES + 1), 6 * MAX_PHRASES),
        ("abc* " * (MAX_PREFIXES + 1), 5 * MAX_PREFIXES),
        ("abc~ " * (MAX_FUZZY + 1), 5 * MAX_FUZZY),
        ("(" * (MAX_DEPTH + 1) + "a", MAX_DEPTH),
        ("-(a " * MAX_DEPTH + "-b/c", 0),  # a group of its own, inside five others
        ("ﷺ" * 20, 0),  # one letter that is read as 18
    ],
)
def test_a_query_beyond_a_limit_is_an_error_that_points_at_the_place(typed, position):
    with pytest.raises(QueryError) as caught:
        parse(typed)

    assert caught.value.position == position


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("social", "posts with “social”"),
        ("social protection -covid", "posts with “social” and “protection” but without “covid”"),
        ('"social protection"', "posts with “social protection”"),
        ("-covid", "posts without “covid”"),
        ("-covid -flu", "posts without “covid” or “flu”"),
        ("cash OR food", "posts with “cash” or “food”"),
        ("aid cash OR food", "posts with “aid” and (“cash” or “food”)"),
        ("(aid cash) OR -food", "posts with (“aid” and “cash”) or without “food”"),
        ("-(cash food)", "posts without (“cash” and “food”)"),
        ("pens*", "posts with words that begin with “pens”"),
        ("pens~", "posts with words like “pens”"),
        ("title:cash", "posts with “cash” in the title"),
        ("text:-cash", "posts without “cash” in the text"),
        ("text:-cash aid", "posts with “aid” and without “cash” in the text"),
        ("(title:-cash) OR aid", "posts with “aid” or without “cash” in the title"),
        ("title:-cash -aid", "posts without “aid” and without “cash” in the title"),
        ("title:(cash OR food) aid", "posts with (“cash” or “food”) in the title and “aid”"),
        ("label:food country:Nepal", "posts with the label “food” and the country “Nepal”"),
        ("label:None", "posts with no label"),
        ("year:2019 language:nl", "posts with the year 2019 and the language “nl”"),
        ("dump:a.txt", "posts with a copy in the dump “a.txt”"),
        ("id:x", "posts with the id “x”"),
        ("date:2009-05", "posts with a date in 2009-05"),
        ("date:2009-05-03", "posts with the date 2009-05-03"),
        ("date:2009..2010", "posts with a date from 2009 to 2010"),
        ("before:2009", "posts with a date up to 2008"),
        ("after:2009", "posts with a date from 2010 on"),
    ],
)
def test_a_query_is_said_in_words(typed, expected):
    assert say(parse(typed)) == expected


def test_what_is_excluded_is_not_sought():
    found = list(sought(parse('a "b c" (d OR -e) -f title:(g text:h) label:i')))

    assert found == [
        (A, None), (Phrase(("b", "c")), None), (Word("d"), None), (Word("g"), "title"), (Word("h"), "text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "loose"),
    [
        ("a", [True]),
        ('a "b c" abc* abc~', [True] * 4),
        ("a -b", [True, False]),
        ("a title:b label:c date:2019 id:x", [True] + [False] * 4),
        ("a OR b", [True]),
        ("co-operation", [True]),
        ("a OR label:b", [False]),
        ("(a b) OR c", [False]),
        ("!", [False]),
    ],
)
def test_words_and_choices_of_words_may_be_missing_from_a_relaxed_answer(typed, loose):
    assert [is_loose(operand) for operand in operands(parse(typed))] == loose


SIGNS = ['"', "“", "”", "(", ")", "-", " ", " ", "OR", " OR ", " AND ", ":", "*", "~", "..", ",", "'", "\u00a0", "/"]
WORDS = ["a", "b", "co-op", "H&M", "1.67", "570.000", "U.N", "it's", "pension", "organi", "2009", "2009-05", "none"]
# signs that mean something, words with their odd forms, and whatever else there is
pieces = st.one_of(st.sampled_from(SIGNS + WORDS + [f"{name}:" for name in FIELDS]), st.text(max_size=4))
typed_texts = st.lists(pieces, max_size=14).map("".join)


def read(typed):
    """The query, of those that can be read; of the others the error."""
    try:
        return parse(typed)
    except QueryError as error:
        return error


def assert_comes_back(query):
    assert parse(to_text(query)) == query
    assert say(query).startswith(("posts with", "every post", "no post"))


@given(typed_texts)
@example("½ ﷺ ŉ ßẞ")
@example("R&Dß -İstanbul ǅ")
@example("label:(-a title:b/c)")
@example("-(label:a label:b)")
@example("_*Sg/+")
def test_what_was_read_is_written_so_that_it_is_read_the_same(typed):
    query = read(typed)
    assume(not isinstance(query, QueryError))

    assert_comes_back(query)


def test_ten_thousand_soups_of_tokens_are_read_or_refused_with_a_place():
    """Always the same ones: Hypothesis draws others in the test above."""
    dice = random.Random(4)  # noqa: S311 - the same queries in each run, and no secret
    tokens = [*SIGNS, *WORDS, *(f"{name}:" for name in FIELDS), "ﷺ", "़", "\u200d", "é", "中文", "🙂", "\x00", "\ud800"]
    read_at_all = 0
    for _ in range(10_000):
        typed = "".join(dice.choice(tokens) + dice.choice(["", " "]) for _ in range(dice.randrange(1, 14)))
        query = read(typed)
        if isinstance(query, QueryError):
            assert 0 <= query.position <= len(typed)
            continue
        read_at_all += 1
        assert_comes_back(query)

    assert read_at_all > 5_000


@given(st.text(st.sampled_from('a1" ()-:*'), min_size=30, max_size=300))
def test_an_error_points_into_what_was_typed(typed):
    answer = read(typed)

    assert not isinstance(answer, QueryError) or 0 <= answer.position < len(typed)


values = (
    st.text(st.sampled_from("aB-. &(),:*é'0"), min_size=1, max_size=8)
    .map(str.strip)
    .map(lambda value: value.rstrip(",; "))
)
days = st.dates()
spans = st.lists(days, min_size=2, max_size=2).map(sorted)
leaves = st.one_of(
    st.sampled_from([A, B, C, Word("or"), Word("and"), Word("title"), Word("it's"), Phrase(("a", "b"))]),
    st.sampled_from([Phrase(("h", "m")), Word("hm"), Phrase(("co", "op")), Word("coop"), Prefix("pen"), Fuzzy("pen")]),
    st.builds(Has, st.sampled_from(["country", "label", "language", "dump"]), values.filter(bool)),
    st.builds(Has, st.just("year"), st.sampled_from(["2009", "2010", "none"])),
    st.builds(Id, st.sampled_from(["2009-05-03-0a1b", "undated-0a1b"])),
    spans.map(lambda span: Dated(*span)),
    days.map(lambda day: Dated(None, day)),
    days.map(lambda day: Dated(day, None)),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(negate),
        st.builds(within, st.sampled_from(["title", "text"]), inner),
        st.lists(inner, min_size=1, max_size=3).map(all_of),
        st.lists(inner, min_size=1, max_size=3).map(any_of),
    ),
    max_leaves=6,
)


@given(trees)
@example(both(either(LABEL_A, LABEL_B), LABEL_C))
@example(either(both(LABEL_A, LABEL_B), LABEL_C))
@example(Not(either(Phrase(("co", "op")), Word("coop"))))
@example(Dated(date.min, None))
@example(Dated(None, date.max))
@example(Dated(date.min, date.max))
def test_every_tree_can_be_written_and_said(query):
    answer = read(to_text(query))
    assume("take some" not in str(answer))  # beyond a limit

    assert_comes_back(query)


@given(st.sampled_from(FIELDS), st.sampled_from(["2019", '"2019"', "(2019 OR 2020)"]))
def test_every_field_takes_a_value_and_knows_its_name(field, value):
    query = parse(f"{field}:{value}")
    first = query.queries[0] if isinstance(query, Any) else query

    assert field_of(first) == field


@given(days, st.booleans())
def test_a_day_is_written_so_that_it_is_read_the_same(day, last):
    assert read_day(write_day(day, last=last), last=last) == day


PAGE = Path(__file__).parent.parent / "docs" / "search.md"
ROWS = re.findall(r"^\| `(.+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("typed", "said"), ROWS)
def test_the_page_on_searching_says_how_each_example_is_read(typed, said):
    query = read(typed)

    assert (str(query) if isinstance(query, QueryError) else say(query)) == said


def test_the_page_on_searching_has_every_field_and_limit():
    page = PAGE.read_text("utf-8")

    assert len(ROWS) == page.count("\n| `")
    for name in FIELDS:
        assert any(f"{name}:" in typed for typed, _ in ROWS)
    for limit in (MAX_CHARACTERS, MAX_TERMS, MAX_PHRASES, MAX_PREFIXES, MAX_FUZZY, MAX_DEPTH):
        assert re.search(rf"\b{limit}\b", page)


@given(st.text(max_size=400) | st.text('ab -":~*()ORAND', max_size=400))
@example("title:foo -bar OR (baz)* ß" * 20)
@example("İ" * 300)
def test_plain_words_can_always_be_searched_and_exclude_nothing(written):
    query = parse(plain(written))

    assert all(is_loose(part) for part in operands(query)) or query == EVERYTHING


def test_plain_words_are_those_of_the_text_up_to_the_length_of_a_query():
    assert plain('Level 2 -Second: "wheels" AND spokes') == "Level 2 Second wheels and spokes"
    assert plain("spokes " * 100) == " ".join(["spokes"] * MAX_TERMS)
    assert len(plain("handlebarspokes " * 100)) == 255
