import pytest
from hypothesis import assume, example, given, strategies as st

from archivesearch.errors import QueryError
from archivesearch.query import (
    EVERYTHING,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_PHRASES,
    MAX_TERMS,
    All,
    Any,
    Not,
    Phrase,
    Word,
    all_of,
    any_of,
    negate,
    parse,
    say,
    sought,
    to_text,
)

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a", A),
        ("a b", All((A, B))),
        ("A B", All((A, B))),
        ('"a b"', Phrase(("a", "b"))),
        ("“a b”", Phrase(("a", "b"))),
        ("«a b»", Phrase(("a", "b"))),
        ('"a"', A),
        ("-a", Not(A)),
        ("−a", Not(A)),
        ("a -b", All((A, Not(B)))),
        ('a -"b c"', All((A, Not(Phrase(("b", "c")))))),
        ("-(a b)", Not(All((A, B)))),
        ("a OR b", Any((A, B))),
        ("a OR b OR c", Any((A, B, C))),
        ("a b OR c", All((A, Any((B, C))))),
        ("(a b) OR c", Any((All((A, B)), C))),
        ("a OR -b", Any((A, Not(B)))),
        ("a or b", All((A, Word("or"), B))),
        ("a AND b", All((A, B))),
        ("((a))", A),
        ("a a", A),
        ("co-operation", Phrase(("co", "operation"))),
        ("women's", Word("women's")),
        ("H&M", Word("h&m")),
        ("570.000", Word("570000")),
        ("570\u202f000", Word("570000")),
        ("a\u00a0b", All((A, B))),
        ("Café", Word("cafe")),
    ],
)
def test_what_is_typed_is_read_as_it_is_meant(typed, expected):
    assert parse(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!!", '"', '""', "()", "(", ")", "-", "- -", "OR", "OR OR", "(OR)", '-"!"', '-"', "…?"]
)
def test_a_query_without_words_means_every_post(typed):
    assert parse(typed) == EVERYTHING


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
        ("a OR OR b", "a OR b"),
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
    ],
)
def test_what_cannot_be_an_operator_is_passed_over(typed, same):
    assert parse(typed) == parse(same)


def test_a_query_up_to_the_limits_is_read():
    assert isinstance(parse("a" * MAX_CHARACTERS), Word)
    assert len(parse(" ".join(f"w{n}" for n in range(MAX_TERMS))).queries) == MAX_TERMS
    assert len(parse(" ".join(f"w{n}-x" for n in range(MAX_PHRASES))).queries) == MAX_PHRASES
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == A
    assert parse("(a) " * 20) == A


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("a" * (MAX_CHARACTERS + 1), MAX_CHARACTERS),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS),
        ('"a b" ' * (MAX_PHRASES + 1), 6 * MAX_PHRASES),
        ("(" * (MAX_DEPTH + 1) + "a", MAX_DEPTH),
    ],
)
def test_a_query_beyond_a_limit_is_an_error_that_points_at_the_place(typed, position):
    with pytest.raises(QueryError) as caught:
        parse(typed)

    assert caught.value.position == position


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "every post"),
        ("social", "posts with “social”"),
        ("social protection -covid", "posts with “social” and “protection” but without “covid”"),
        ('"social protection"', "posts with “social protection”"),
        ("-covid", "posts without “covid”"),
        ("-covid -flu", "posts without “covid” or “flu”"),
        ("cash OR food", "posts with “cash” or “food”"),
        ("aid cash OR food", "posts with “aid” and (“cash” or “food”)"),
        ("(aid cash) OR -food", "posts with (“aid” and “cash”) or without “food”"),
        ("-(cash food)", "posts without (“cash” and “food”)"),
    ],
)
def test_a_query_is_said_in_words(typed, expected):
    assert say(parse(typed)) == expected


def test_what_is_excluded_is_not_sought():
    assert list(sought(parse('a "b c" (d OR -e) -f'))) == [A, Phrase(("b", "c")), Word("d")]


# signs that mean something, words with their odd forms, and whatever else there is
pieces = st.one_of(
    st.sampled_from(
        [
            '"',
            "“",
            "”",
            "(",
            ")",
            "-",
            " ",
            " ",
            "OR",
            " OR ",
            "AND",
            "a",
            "b",
            "co-op",
            "H&M",
            "1.67",
            "570.000",
            "U.N",
            "it's",
        ]
    ),
    st.text(max_size=4),
)
typed_texts = st.lists(pieces, max_size=14).map("".join)


def read(typed):
    """The query, of those that are within the limits; beyond them the error points into the text."""
    try:
        return parse(typed)
    except QueryError as error:
        return error


@given(typed_texts)
@example("½ ﷺ ŉ ßẞ")
@example("R&Dß -İstanbul ǅ")
def test_what_was_read_is_written_so_that_it_is_read_the_same(typed):
    query = read(typed)
    assume(not isinstance(query, QueryError))
    assume(len(to_text(query)) <= MAX_CHARACTERS)

    assert parse(to_text(query)) == query


@given(st.text(st.sampled_from('a1" ()-'), min_size=30, max_size=300))
def test_an_error_points_into_what_was_typed(typed):
    answer = read(typed)

    assert not isinstance(answer, QueryError) or 0 <= answer.position < len(typed)


words = st.sampled_from([A, B, C, Word("or"), Word("h&m"), Phrase(("a", "b")), Phrase(("h&m", "u.n"))])
trees = st.recursive(
    words,
    lambda inner: st.one_of(
        inner.map(negate),
        st.lists(inner, min_size=1, max_size=3).map(all_of),
        st.lists(inner, min_size=1, max_size=3).map(any_of),
    ),
    max_leaves=6,
)


@given(trees)
def test_every_tree_can_be_written_and_said(query):
    written = to_text(query)
    assume(written.count("(") <= MAX_DEPTH)

    assert parse(written) == query
    assert say(query).startswith("posts with")
