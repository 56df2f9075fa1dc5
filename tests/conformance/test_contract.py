"""What every engine promises: the documentation of the port `search.Engine`."""

from dataclasses import replace
from datetime import date

import pytest
from corpus import LATER, SOME_POSTS, STAMP, make_post

from archivesearch.errors import EngineError, EngineUnavailable
from archivesearch.query import parse
from archivesearch.search import EVERY_HIT, FACETS, Around, FacetCount, Search, stamp_of


def find(engine, typed="", **rest):
    """The ids that a search finds, in their order."""
    found = engine.search(Search(typed=typed, query=parse(typed), **rest))
    return [hit.post.id for hit in found.hits]


def counts(engine, facet, typed="", **rest):
    """The counts of a facet as a dict in the order they are shown in."""
    found = engine.search(Search(typed=typed, query=parse(typed), **rest))
    return {count.value: count.count for count in found.facets[facet]}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "abcdef"),
        ("meals", "ae"),
        ("meal", "ae"),
        ("MEALS", "ae"),
        ("school meals", "ae"),
        ('"school meals"', "a"),
        ('"meals school"', ""),
        ("school -nepal", "e"),
        ("-school", "bcdf"),
        ("cash OR insurance", "de"),
        ("protect", "bd"),
        ("pensions", "b"),
        ("pensioenen", "c"),
        ("pensioen", "c"),
        ("(cash OR insurance) -farmers", "e"),
        ('-"school meals" food', "e"),
        ("old-age", "b"),
        ("aged-old", ""),
        ("absent", ""),
        ("-absent", "abcdef"),
        ("absent OR meals", "ae"),
        ("pens*", "bc"),
        ("insura*", "d"),
        ("pensoen~", "c"),
        ("ensions~", ""),
        ("maels~", "ae"),
        ("food?", "e"),
        ("title:meals", "a"),
        ("text:meals", "ae"),
        ("title:protects", "f"),
        ('title:"school meals"', "a"),
        ("title:(cash OR pension)", "be"),
        ("-title:meals meals", "e"),
        ("title:-meals school", "e"),
        ("label:food", "ad"),
        ("label:FOOD label:pensions", "abcd"),
        ("label:food AND label:children", "a"),
        ("label:none", "ef"),
        ("-label:food", "bcef"),
        ("country:nepal country:kenya year:2021", "e"),
        ("language:nl", "c"),
        ("dump:old.txt", "a"),
        ("dump:none", "bcdef"),
        ("year:2020", "bc"),
        ("year:none", "f"),
        ("date:2020-01", "b"),
        ("date:2019..2020-01-31", "ab"),
        ("date:..2020", "abc"),
        ("before:2020-02", "ab"),
        ("after:2020-01", "cde"),
        ("-date:2021", "abcf"),
        ("date:2019 date:2021", "ade"),
        ("id:c", "c"),
        ("id:c id:d", "cd"),
        ("-id:c", "abdef"),
        ("label:food OR id:f", "adf"),
        ("*", "abcdef"),
        ("!!!", ""),
    ],
)
def test_a_query_finds_the_posts_that_it_means(filled, typed, expected):
    assert sorted(find(filled, typed)) == list(expected)


ODD = (
    make_post("a", "", "The cooperation of all", language="en"),
    make_post("b", "", "A co-operation of some", language="en"),
    make_post("c", "", "A co operation of few", language="en"),
    make_post("d", "", "INSP!R met H&M, the U.N. and others in C++ about #MeToo", language="en"),
    make_post("e", "", "Some 570.000 of 1,200,000 women’s cafés in São Tomé, Łódź and Çorum", language="en"),
    make_post("f", "", "l’enfance en co\u00adopération", language="fr"),
    make_post("g", "", "570\u202f000 and 2,5 as 10:30 at http://example.org/a", language="en"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("co-operation", "abcf"),
        ("cooperation", "af"),
        ("co operation", "bc"),
        ("-co-operation", "deg"),
        ("INSP!R", "d"),
        ("insp", "d"),
        ("H&M", "d"),
        ("U.N.", "d"),
        ("UN", "d"),
        ("C++", "d"),
        ("#metoo", "d"),
        ("570000", "eg"),
        ("570.000", "eg"),
        ("570,000", "eg"),
        ("1.200.000", "e"),
        ("2.5", "g"),
        ("women's", "e"),
        ("women´s cafe", "e"),
        ("CAFÉS", "e"),
        ("sao tome lodz corum", "e"),
        ("570\u00a0000", "eg"),
        ("enfance", "f"),
        ("coopération", "af"),
        ("10:30", "g"),
        ("http://example.org/a", "g"),
        ("“cooperation of", "a"),
        ("OR cooperation of OR", "a"),
    ],
)
def test_a_word_is_found_however_it_is_written(engine, typed, expected):
    engine.rebuild(ODD, STAMP)

    assert sorted(find(engine, typed, match="all")) == list(expected)


def test_a_fuzzy_word_is_one_edit_away_at_most(engine):
    near = ("pension", "pensions", "ension", "pennion", "pesnion", "xpension")
    far = ("pensioen", "pnesoin", "pens", "pesnio")
    engine.rebuild([make_post(word, "", word) for word in (*near, *far)], STAMP)

    assert sorted(find(engine, "pension~")) == sorted((*near, "pensioen"))


def test_with_no_post_that_has_all_words_those_with_most_are_found(filled):
    found = filled.search(Search(query=parse("school meals absent")))

    assert found.relaxed
    assert sorted(hit.post.id for hit in found.hits) == ["a", "e"]
    assert find(filled, "school meals absent nowhere") == find(filled, "school meals")


def test_at_least_half_of_the_words_are_in_a_relaxed_answer(filled):
    assert find(filled, "nepal absent") == ["a"]
    assert find(filled, "nepal absent nowhere") == []
    assert find(filled, "absent") == []


def test_a_relaxed_answer_keeps_filters_fields_dates_and_what_is_excluded(filled):
    assert find(filled, "meals absent -nepal") == ["e"]
    assert find(filled, "meals absent title:school") == ["a"]
    assert find(filled, "meals absent after:2020") == ["e"]
    assert find(filled, "meals absent label:children") == ["a"]
    assert find(filled, "meals absent", chosen={"country": ("Kenya",)}) == ["e"]
    assert find(filled, "meals absent", until=date(2020, 1, 1)) == ["a"]


def test_the_filters_decide_whether_an_answer_is_relaxed(filled):
    found = filled.search(Search(query=parse("school nepal"), chosen={"country": ("Kenya",)}))

    assert (found.relaxed, [hit.post.id for hit in found.hits]) == (True, ["e"])
    assert not filled.search(Search(query=parse("school nepal"))).relaxed


def test_all_words_or_any_of_them_can_be_asked_for(filled):
    assert find(filled, "school absent", match="all") == []
    assert sorted(find(filled, "nepal farmers absent", match="any")) == ["a", "d"]
    assert sorted(find(filled, "nepal farmers -crop", match="any")) == ["a"]
    assert sorted(find(filled, "label:food", match="any")) == ["a", "d"]


def test_counts_of_a_relaxed_answer_are_those_of_its_hits(filled):
    found = filled.search(Search(query=parse("school meals absent")))

    assert found.total == 2
    assert counts(filled, "country", "school meals absent") == {"Kenya": 1, "Nepal": 1}


def test_months_are_counted_oldest_first_and_leave_out_undated_posts(filled):
    months = {count.value: count.count for count in filled.search(Search()).months}

    assert list(months.items()) == [("2019-05", 1), ("2020-01", 1), ("2020-02", 1), ("2021-07", 2)]


def test_months_leave_out_the_span_of_days_and_tell_which_are_in_it(filled):
    months = filled.search(
        Search(since=date(2020, 1, 31), until=date(2020, 2, 1), chosen={"label": ("pensions",)})
    ).months

    assert months == (
        FacetCount(value="2020-01", count=1, selected=True), FacetCount(value="2020-02", count=1, selected=True),
    )  # fmt: skip
    assert [count.selected for count in filled.search(Search(since=date(2020, 2, 1))).months] == [
        False,
        False,
        True,
        True,
    ]
    assert not any(count.selected for count in filled.search(Search()).months)


def test_a_post_of_a_year_counts_for_no_month(engine):
    posts = [make_post("a", "", "", date(2019, 1, 1), "year"), make_post("b", "", "", date(2019, 5, 1), "month")]
    engine.rebuild(posts, STAMP)

    assert [count.value for count in engine.search(Search()).months] == ["2019", "2019-05"]


def test_each_filter_that_stands_in_the_way_is_offered_to_be_dropped_with_its_count(filled):
    search = Search(
        typed="meals label:pensions", query=parse("meals label:pensions"), chosen={"country": ("Nepal",)},
        since=date(2019, 1, 1), page=3,
    )  # fmt: skip
    found = filled.search(search)

    assert found.total == 0
    assert [(repair.dropped, repair.search.typed, repair.search.page, repair.count) for repair in found.repairs] == [
        (parse("label:pensions"), "meals", 1, 1)
    ]


def test_a_filter_is_offered_as_often_as_it_helps(filled):
    found = filled.search(Search(query=parse("pension"), chosen={"label": ("food",)}, until=date(2021, 1, 1)))

    assert [(repair.dropped, repair.count) for repair in found.repairs] == [(parse("label:food"), 1)]
    found = filled.search(Search(query=parse("meals"), since=date(2022, 1, 1)))

    assert [(repair.search, repair.count) for repair in found.repairs] == [(Search(query=parse("meals")), 2)]


def test_a_search_with_hits_needs_no_repair(filled):
    found = filled.search(Search(query=parse("meals"), chosen={"country": ("Nepal",)}))

    assert (found.repairs, found.suggestion, found.relaxed) == ((), "", False)


def test_a_post_without_language_is_found_by_its_exact_words_only(filled):
    assert sorted(find(filled, "protects")) == ["b", "d", "f"]
    assert sorted(find(filled, "protecting")) == ["b", "d"]


def test_a_phrase_does_not_reach_from_the_title_into_the_text(engine):
    engine.rebuild([make_post("a", "One two", "three four")], STAMP)

    assert find(engine, '"two three"') == []


def test_a_phrase_may_repeat_a_word(engine):
    engine.rebuild([make_post("a", "", "step by step"), make_post("b", "", "by step")], STAMP)

    assert find(engine, '"step by step"') == ["a"]


@pytest.mark.parametrize(
    ("post_id", "newer", "older"),
    [("e", None, "d"), ("d", "e", "c"), ("c", "d", "b"), ("a", "b", None), ("f", None, None)],
)
def test_the_newer_and_the_older_post_stand_beside_each_dated_one(filled, post_id, newer, older):
    found = filled.around(post_id)

    assert found == Around(
        post=filled.post(post_id), newer=newer and filled.post(newer), older=older and filled.post(older)
    )


def test_a_post_that_was_removed_or_changed_stands_beside_no_other_as_it_was(filled):
    moved = make_post("c", "Een pensioen", "", date(2019, 1, 1))
    filled.apply([moved], ["d"], LATER)

    assert filled.around("e") == Around(post=filled.post("e"), older=filled.post("b"))
    assert filled.around("a") == Around(post=filled.post("a"), newer=filled.post("b"), older=moved)
    assert filled.around("d") is None


@pytest.mark.parametrize(("post_id", "expected"), [("a", "bde"), ("e", "a"), ("f", "bd")])
def test_posts_that_share_words_with_one_are_like_it_and_it_is_not_like_itself(filled, post_id, expected):
    found = filled.around(post_id, similar=10)

    assert sorted(hit.post.id for hit in found.similar) == list(expected)
    assert replace(found, similar=()) == filled.around(post_id)


def test_no_more_posts_are_like_one_than_are_wanted(filled):
    assert [len(filled.around("a", similar=number).similar) for number in (0, 1, 2)] == [0, 1, 2]


def test_around_a_post_that_there_is_not_there_is_nothing(filled):
    assert filled.around("absent") is None
    assert filled.around("absent", similar=5) is None


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", "edcbaf"), ("oldest", "abcdef"), ("title", "becdfa"), ("relevance", "edcbaf")],
)
def test_every_post_is_found_in_the_order_asked_for(filled, sort, expected):
    """Without words all are equally relevant: the newest stand first. Undated posts are last in each order by date."""
    assert find(filled, sort=sort) == list(expected)


def test_what_is_equal_stands_in_the_order_of_ids(engine):
    engine.rebuild([make_post(name, "Same", "same", date(2020, 1, 1)) for name in "cab"], STAMP)

    for sort in ("relevance", "newest", "oldest", "title"):
        assert find(engine, "same", sort=sort) == ["a", "b", "c"]


def test_pages_follow_each_other_without_gap_or_overlap(filled):
    pages = [find(filled, page=page, size=4) for page in (1, 2, 3)]

    assert pages == [["e", "d", "c", "b"], ["a", "f"], []]


def test_hits_that_are_taken_one_by_one_are_those_of_the_search(filled):
    for search in (Search(size=4, page=2), Search(query=parse("pension"), sort="title")):
        assert tuple(filled.hits(search)) == filled.search(search).hits


def test_a_page_can_have_every_hit(filled):
    assert [hit.post.id for hit in filled.hits(Search(size=EVERY_HIT))] == ["e", "d", "c", "b", "a", "f"]


def test_hits_that_are_being_taken_stay_those_of_one_generation(filled):
    hits = filled.hits(Search(size=EVERY_HIT))
    taken = [next(hits)]
    for _ in range(3):
        filled.rebuild(SOME_POSTS[:1], STAMP)
    taken += hits

    assert [hit.post.id for hit in taken] == ["e", "d", "c", "b", "a", "f"]
    assert len(list(filled.hits(Search(size=EVERY_HIT)))) == 1


def test_hits_that_nobody_takes_further_are_closed(filled):
    hits = filled.hits(Search(size=EVERY_HIT))
    next(hits)
    hits.close()

    assert list(hits) == []
    assert filled.search(Search()).total == 6


def test_without_an_index_no_hit_can_be_taken(engine):
    with pytest.raises(EngineUnavailable):
        next(engine.hits(Search()))


def test_the_ids_of_all_posts_are_told_sorted(filled):
    filled.apply([], ["c"], STAMP)

    assert filled.ids() == ("a", "b", "d", "e", "f")


def test_the_total_counts_the_hits_of_all_pages(filled):
    assert filled.search(Search(size=2)).total == 6


def test_a_hit_holds_the_whole_post(filled):
    hit = filled.search(Search(query=parse("insurance"))).hits[0]

    assert hit.post == SOME_POSTS[3]


def test_dates_include_both_ends_and_leave_out_undated_posts(filled):
    assert find(filled, since=date(2020, 1, 31), until=date(2020, 2, 1)) == ["c", "b"]
    assert find(filled, since=date(2021, 7, 9)) == ["e", "d"]
    assert find(filled, until=date(2019, 5, 2)) == ["a"]


def test_values_of_one_facet_add_up_and_facets_narrow_each_other(filled):
    assert find(filled, chosen={"country": ("Nepal", "Kenya")}) == ["e", "b", "a"]
    assert find(filled, chosen={"country": ("Nepal", "Kenya"), "year": ("2020",)}) == ["b"]


def test_a_value_is_compared_folded(filled):
    assert find(filled, chosen={"label": ("PENSIONS",)}) == ["c", "b"]
    assert find(filled, chosen={"country": ("nepal",)}) == ["b", "a"]


@pytest.mark.parametrize(("facet", "expected"), [("country", "df"), ("year", "f"), ("label", "ef"), ("language", "f")])
def test_posts_without_a_value_can_be_picked(filled, facet, expected):
    assert find(filled, chosen={facet: ("none",)}) == list(expected)


def test_the_counts_of_a_facet_are_those_of_the_matches(filled):
    assert counts(filled, "country", "meals") == {"Kenya": 1, "Nepal": 1}


def test_counts_stand_highest_first_years_newest_first_and_none_last(filled):
    assert list(counts(filled, "country").items()) == [("Bolivia", 2), ("Nepal", 2), ("Kenya", 1), ("none", 2)]
    assert list(counts(filled, "year").items()) == [("2021", 2), ("2020", 2), ("2019", 1), ("none", 1)]


def test_the_spellings_of_a_label_are_counted_together(filled):
    assert counts(filled, "label") == {"Food": 2, "Pensions": 2, "Children": 1, "none": 2}


def test_the_counts_of_a_facet_leave_out_its_own_filter(filled):
    chosen = {"country": ("Kenya",), "year": ("2021",)}

    assert counts(filled, "country", chosen=chosen) == {"Kenya": 1, "none": 1}
    assert counts(filled, "year", chosen=chosen) == {"2021": 1}


def test_a_picked_value_is_listed_even_if_nothing_has_it(filled):
    found = filled.search(Search(chosen={"label": ("Housing",)}))

    assert found.total == 0
    assert FacetCount(value="Housing", count=0, selected=True) in found.facets["label"]


def test_picking_a_value_gives_as_many_posts_as_its_count_said(filled):
    for facet in FACETS:
        for value, count in counts(filled, facet).items():
            assert len(find(filled, chosen={facet: (value,)})) == count


def test_a_post_is_given_by_its_id(filled):
    assert filled.post("c") == SOME_POSTS[2]
    assert filled.post("no such id") is None


def test_without_an_index_there_is_no_stamp_and_no_answer(engine):
    assert engine.stamp() is None
    assert len(engine.check()) == 1
    with pytest.raises(EngineUnavailable, match="reindex"):
        engine.search(Search())
    with pytest.raises(EngineUnavailable, match="reindex"):
        engine.post("a")
    with pytest.raises(EngineUnavailable, match="reindex"):
        engine.apply(SOME_POSTS, (), STAMP)


def test_an_index_of_no_posts_answers_that_there_are_none(engine):
    engine.rebuild([], STAMP)

    assert engine.search(Search(query=parse("meals OR -meals"))).total == 0
    assert engine.post("a") is None
    assert engine.check(deep=True) == ()


def test_a_sound_index_has_the_stamp_it_was_given_and_no_problem(filled):
    assert filled.stamp() == stamp_of("the first catalog")
    assert filled.check(deep=True) == ()


def test_a_rebuild_forgets_what_was_there(filled):
    filled.rebuild(SOME_POSTS[:1], LATER)

    assert find(filled) == ["a"]
    assert find(filled, "pension") == []
    assert filled.stamp() == LATER


def test_changes_are_found_and_the_rest_stays(filled):
    changed = make_post("a", "Breakfast", "Nothing about lunch", date(2022, 1, 1))
    new = make_post("g", "Lunch meals", "", date(2018, 1, 1))
    filled.apply([changed, new], ["e", "no such id"], LATER)

    assert find(filled) == ["a", "d", "c", "b", "g", "f"]
    assert find(filled, "meals") == ["g"]
    assert find(filled, "lunch", sort="newest") == ["a", "g"]
    assert filled.post("e") is None
    assert filled.stamp() == LATER


def test_a_post_both_removed_and_changed_is_there(filled):
    filled.apply([SOME_POSTS[0]], ["a"], LATER)

    assert filled.post("a") == SOME_POSTS[0]


def failing():
    """Posts that come to an end before their time."""
    yield make_post("z", "Half", "way")
    raise RuntimeError("no more posts")


def test_a_failed_rebuild_leaves_the_old_index_in_place(filled):
    with pytest.raises(RuntimeError, match="no more posts"):
        filled.rebuild(failing(), LATER)

    assert find(filled, sort="oldest") == list("abcdef")
    assert filled.stamp() == STAMP
    assert filled.check(deep=True) == ()


def test_a_failed_change_leaves_the_old_index_in_place(filled):
    with pytest.raises(RuntimeError, match="no more posts"):
        filled.apply(failing(), ["a"], LATER)

    assert find(filled, sort="oldest") == list("abcdef")
    assert filled.stamp() == STAMP


def test_an_id_that_comes_twice_is_an_error(filled):
    with pytest.raises(EngineError, match="Two posts"):
        filled.rebuild([SOME_POSTS[0], SOME_POSTS[0]], LATER)

    assert filled.stamp() == STAMP


def test_hostile_posts_are_found_like_any_other(engine):
    posts = [
        make_post("a", "", "x" * 100_000 + " end", language="en"),
        make_post("b", "\x00\ud800\x1b[31m", "end \U0010ffff \u202e", labels=("\ud800", "<b>"), language="xx"),
        make_post("c", "", "", language="en"),
    ]
    engine.rebuild(posts, STAMP)

    assert sorted(find(engine, "end")) == ["a", "b"]
    assert engine.post("b") == posts[1]
    assert find(engine, chosen={"label": ("<b>",)}) == ["b"]


def test_a_search_among_some_posts_finds_counts_and_offers_none_but_these(filled):
    among = frozenset({"b", "d", "no-such-post"})

    assert sorted(find(filled, among=among)) == ["b", "d"]
    assert sorted(find(filled, "protect", among=frozenset("b"))) == ["b"]
    assert find(filled, among=frozenset()) == []
    assert sum(counts(filled, "year", among=among).values()) == 2


@pytest.mark.parametrize("counted", [(), ("country",), ("label", "dump")])
def test_only_the_facets_that_are_asked_for_are_counted_and_the_rest_is_the_same(filled, counted):
    asked = Search(typed="meals", query=parse("meals"), chosen={"country": ("Nepal",)})
    whole, found = filled.search(asked), filled.search(replace(asked, counted=counted))

    assert found.facets == {name: whole.facets[name] for name in counted}
    assert replace(found, facets=whole.facets, months=whole.months) == whole
    assert bool(found.months) == bool(counted)


@pytest.mark.parametrize("typed", ["meals", "pens*", "meals absent", "absent", ""])
def test_who_wants_to_know_what_was_done_is_told_and_gets_the_same_answer(filled, typed):
    asked, told = Search(typed=typed, query=parse(typed), chosen={"country": ("Nepal",)}), []

    assert filled.search(asked, told.append) == filled.search(asked)
    assert told
    assert all(told)
