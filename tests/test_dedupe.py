"""Which posts are one, and which copy survives."""

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import (
    articles,
    exact_key,
    merge,
    merged_keys,
    standing_of,
    with_differences,
)
from archivesearch.differing import SHOWN_DIFFERENCES, differences
from archivesearch.near import Likeness, compare, wording_of
from archivesearch.posts import Block, Post, Provenance, post_id


def day(number):
    return Published(moment=date(2020, 5, number), source=DateSource.HEADING)


MAY_3 = day(3)


def copy_of(title="A dry spring", text="No rain.", published=MAY_3, dump="a.txt", reader="page-text", **changes):
    place = Provenance(dump=dump, sha256="0" * 64, reader=reader, line=1, start=0, end=9)
    made = Post(
        id=post_id(published, title),
        title=title,
        published=published,
        body=(Block(lines=(text,)),),
        provenance=(place,),
    )
    return replace(made, **changes)


def keyed(posts):
    return sorted(((exact_key(post), post) for post in posts), key=lambda entry: entry[0])


@pytest.mark.parametrize(
    "other",
    [
        copy_of(title="A DRY  SPRING"),
        copy_of(title="A dry spri\u0301ng"),
        copy_of(text="No\u00a0rain."),
        copy_of(dump="b.txt", labels=("Rain",)),
    ],
)
def test_copies_that_fold_to_the_same_have_one_key(other):
    assert exact_key(copy_of()) == exact_key(other)


@pytest.mark.parametrize(
    "other",
    [copy_of(title="A wet spring"), copy_of(text="Some rain."), copy_of(published=day(4)), copy_of(published=None)],
)
def test_another_day_title_or_text_is_another_article(other):
    assert exact_key(copy_of()) != exact_key(other)


def test_words_that_move_from_title_to_text_make_another_article():
    assert exact_key(copy_of(title="A", text="B C")) != exact_key(copy_of(title="A B", text="C"))


def test_an_equal_title_alone_never_merges():
    first, second = copy_of(text="No rain."), copy_of(text="Still no rain.")

    assert len(list(articles(keyed([first, second])))) == 2


def test_of_articles_with_one_day_and_title_all_but_one_need_an_id_of_their_own():
    posts = [copy_of(text=f"Day {number} without rain.") for number in range(4)]

    own_ids = [own_id for _, own_id, _ in articles(keyed(posts))]

    assert own_ids == [False, True, True, True]


def test_articles_with_one_day_and_title_get_different_ids():
    posts = [copy_of(text=f"Day {number} without rain.") for number in range(4)]

    ids = {merge(copies, own_id=own_id)[0].id for _, own_id, copies in articles(keyed(posts))}

    assert len(ids) == 4


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 2))))
def test_every_copy_is_in_exactly_one_article(drawn):
    posts = [
        copy_of(title=title, text=text, published=day(number), dump=str(place))
        for place, (title, text, number) in enumerate(drawn)
    ]

    grouped = [post.provenance[0].dump for _, _, copies in articles(keyed(posts)) for post in copies]

    assert sorted(grouped) == sorted(post.provenance[0].dump for post in posts)


def test_the_order_of_copies_does_not_matter():
    copies = [
        copy_of(dump="b.txt", labels=("Rain", "rain")),
        copy_of(dump="a.txt", text="NO  RAIN.", labels=("RAIN",)),
        copy_of(dump="c.xml", reader="feed", permalink="/2020/05/dry.html"),
    ]

    assert len({merge(order, own_id=False) for order in itertools.permutations(copies)}) == 1


def test_the_copy_of_a_reader_that_marks_posts_survives():
    survivor, _ = merge(
        [copy_of(title="A DRY SPRING", dump="a.txt"), copy_of(dump="z.xml", reader="feed")], own_id=False
    )

    assert survivor.title == "A dry spring"


def test_the_longer_text_survives():
    survivor, _ = merge([copy_of(text="No rain."), copy_of(text="No   rain.", dump="z.txt")], own_id=False)

    assert survivor.text == "No   rain."


def test_the_survivor_has_every_place_label_and_permalink():
    copies = [copy_of(dump="b.txt", labels=("Rain",)), copy_of(dump="c.txt", labels=("Wells",), permalink="/dry.html")]

    survivor, _ = merge(copies, own_id=False)

    assert [place.dump for place in survivor.provenance] == ["b.txt", "c.txt"]
    assert survivor.labels == ("Rain", "Wells")
    assert survivor.permalink == "/dry.html"


def test_every_other_copy_is_a_duplicate_of_the_survivor():
    survivor, duplicates = merge([copy_of(dump=name) for name in ("b.txt", "a.txt", "c.txt")], own_id=False)

    assert [(duplicate.of, duplicate.provenance.dump) for duplicate in duplicates] == [
        (survivor.id, "b.txt"),
        (survivor.id, "c.txt"),
    ]


def test_an_id_of_its_own_is_that_of_day_title_and_text():
    survivor, _ = merge([copy_of()], own_id=True)

    assert survivor.id == post_id(day(3), "A dry spring", "No rain.") != copy_of().id


LONG = " ".join(
    f"The {number}th well of the valley gave water {number} days longer than its neighbour." for number in range(8)
)
SHORT = " ".join(LONG.split()[:50])


def near(similarity=0.9):
    return Likeness(kind="near", similarity=similarity, reason="")


def excerpt(similarity=1.0):
    return Likeness(kind="excerpt", similarity=similarity, reason="")


def standings(**articles):
    """Articles by name; each stands in the order of its name unless it says otherwise."""
    return {name: standing_of([copy_of(dump=name, **more)]) for name, more in articles.items()}


def test_near_duplicates_become_one_under_the_key_of_the_first():
    assert merged_keys(standings(a={}, b={}, c={}), [("b", "a", near())]) == {"a": "a", "b": "a"}


def test_likeness_makes_no_chains():
    """b is like a, c is like b, but c is not like a."""
    found = merged_keys(standings(a={}, b={}, c={}), [("a", "b", near()), ("b", "c", near())])

    assert found == {"a": "a", "b": "a"}


def test_an_article_joins_the_survivor_that_it_is_most_like():
    found = merged_keys(standings(a={}, b={}, c={}), [("a", "c", near(0.8)), ("b", "c", near(0.9))])

    assert found == {"b": "b", "c": "b"}


def test_an_excerpt_never_survives_its_article_whatever_reader_gave_it():
    stand = standings(a={"reader": "feed"}, b={})

    assert merged_keys(stand, [("a", "b", excerpt())]) == {"a": "b", "b": "b"}


def test_articles_with_one_beginning_do_not_become_one_by_their_excerpt():
    found = merged_keys(standings(a={}, b={}, c={}), [("a", "b", excerpt(1.0)), ("a", "c", excerpt(0.9))])

    assert found == {"a": "b", "b": "b"}


def test_an_excerpt_of_what_does_not_survive_stays_alone():
    found = merged_keys(
        standings(a={}, b={}, c={}, d={}), [("c", "b", excerpt()), ("a", "b", near()), ("d", "c", near())]
    )

    assert found == {"a": "a", "b": "a"}


def test_two_days_do_not_become_one_by_an_undated_copy():
    stand = standings(a={"published": None}, b={"published": day(1)}, c={"published": day(20)})

    assert merged_keys(stand, [("b", "a", near()), ("c", "a", near())]) == {"a": "b", "b": "b"}


def test_an_undated_survivor_goes_under_the_key_of_the_copy_with_the_best_known_date():
    month = Published(moment=date(2020, 5, 1), precision="month", source=DateSource.PERMALINK)
    stand = standings(a={"published": None}, b={"published": month}, c={"published": MAY_3})

    assert merged_keys(stand, [("b", "a", near()), ("c", "a", near())]) == {"a": "c", "b": "c", "c": "c"}


kinds = st.builds(
    Likeness, kind=st.sampled_from(["near", "excerpt"]), similarity=st.sampled_from([0.8, 0.9]), reason=st.just("")
)
pairs = st.dictionaries(st.sampled_from(list(itertools.combinations("abcdef", 2))), kinds)


@given(pairs, st.lists(st.sampled_from([MAY_3, day(12), None]), min_size=6, max_size=6), st.randoms())
def test_neither_the_order_of_likenesses_nor_that_of_articles_matters(likenesses, days, draw):
    told = [(copy, whole, how) for (copy, whole), how in likenesses.items()]
    stand = standings(**{name: {"published": published} for name, published in zip("abcdef", days, strict=True)})
    mixed = draw.sample(told, len(told))
    turned = [(whole, copy, how) if how.kind == "near" else (copy, whole, how) for copy, whole, how in mixed]

    assert merged_keys(dict(draw.sample(list(stand.items()), 6)), turned) == merged_keys(stand, told)


def variants():
    """One article as it may be saved again, and others that only look like it."""
    bodies = [
        LONG,
        LONG.upper(),
        LONG + " Read more",
        LONG.replace("neighbour", "neighbor", 1),
        SHORT,
        f"{SHORT} Read more",
        LONG.replace("4 days", "7 days"),
        LONG.replace("valley", "plain"),
        "No rain.",
    ]
    return st.builds(
        copy_of,
        title=st.sampled_from(["A dry spring", "A dry spring", "A  dry spring!", ""]),
        text=st.sampled_from(bodies),
        published=st.sampled_from([MAY_3, day(4), day(12), None]),
        dump=st.sampled_from("abcdefgh"),
        reader=st.sampled_from(["page-text", "feed"]),
        labels=st.sampled_from([(), ("Rain",), ("Wells",)]),
    )


def merged(posts):
    """What posts become, by the same steps as in an import."""
    found = {}
    for post in posts:
        found.setdefault(exact_key(post), []).append(post)
    alike = []
    for pair in itertools.combinations(sorted(found), 2):
        copy, whole = sorted((wording_of(found[key][0]) for key in pair), key=lambda wording: len(wording.text))
        ordered = pair if wording_of(found[pair[0]][0]) is copy or wording_of(found[pair[0]][0]) == copy else pair[::-1]
        if likeness := compare(copy, whole):
            alike.append((*ordered, likeness))
    keys = merged_keys({key: standing_of(copies) for key, copies in found.items()}, alike)
    entries = sorted(
        ((keys.get(key, key), post) for key, copies in found.items() for post in copies), key=lambda e: e[0]
    )
    return [(key, merge(copies, own_id=own_id)) for key, own_id, copies in articles(entries)]


@given(st.lists(variants(), max_size=7, unique_by=lambda post: post.provenance[0].dump), st.randoms())
def test_whatever_is_saved_again_merges_to_posts_with_different_ids_and_keeps_every_copy(posts, draw):
    made = merged(posts)
    ids = [post.id for _, (post, _) in made]

    assert len(set(ids)) == len(ids)
    assert sorted(place.dump for _, (post, _) in made for place in post.provenance) == sorted(
        post.provenance[0].dump for post in posts
    )
    assert all(post.id.startswith(key.partition("-")[0]) for key, (post, _) in made)
    assert merged(draw.sample(posts, len(posts))) == made


@given(st.lists(variants(), max_size=7, unique_by=lambda post: post.provenance[0].dump))
def test_every_copy_is_like_the_survivor_itself(posts):
    for _, (post, duplicates) in merged(posts):
        own = next(each for each in posts if each.provenance == post.provenance[:1])
        copies = {each.provenance[0]: each for each in posts}
        for duplicate in duplicates:
            likeness = compare(wording_of(copies[duplicate.provenance]), wording_of(own))
            expected = (likeness.kind, likeness.similarity) if duplicate.kind != "exact" else ("exact", 1.0)
            assert (duplicate.kind, duplicate.similarity) == expected


def test_a_near_duplicate_keeps_kind_similarity_and_reason():
    survivor, (duplicate,) = merge(
        [copy_of(text=LONG), copy_of(text=SHORT, dump="b.txt", published=None)], own_id=False
    )

    assert (duplicate.of, duplicate.title, duplicate.kind) == (survivor.id, "A dry spring", "excerpt")
    assert duplicate.similarity == 1.0
    assert duplicate.reason == "its 50 words are the beginning of 112; it is undated"


def test_an_excerpt_gives_its_labels_and_permalink_to_the_whole_article():
    feed = copy_of(text=SHORT, reader="feed", dump="z.xml", labels=("Wells",), permalink="/dry.html")
    survivor, _ = merge([feed, copy_of(text=LONG, labels=("Rain",))], own_id=False)

    assert (survivor.text, survivor.labels, survivor.permalink) == (LONG, ("Rain", "Wells"), "/dry.html")


def test_an_undated_survivor_has_the_best_known_date_of_its_copies_and_the_id_that_goes_with_it():
    undated = copy_of(text=LONG, reader="feed", published=None)
    survivor, _ = merge([undated, copy_of(text=LONG)], own_id=False)

    assert (survivor.published, survivor.id) == (MAY_3, copy_of().id)


def test_a_dated_survivor_keeps_its_date():
    survivor, _ = merge([copy_of(text=LONG, reader="feed", published=day(4)), copy_of(text=LONG)], own_id=False)

    assert survivor.published == day(4)


def test_what_nothing_but_a_decision_makes_one_is_a_duplicate_that_says_so():
    merged, (duplicate,) = merge([copy_of(text=LONG), copy_of(text="No rain.", dump="b.txt")], own_id=False)

    assert merged.text == LONG
    assert (duplicate.kind, duplicate.similarity) == ("decided", 0.0)
    assert "corrections.toml" in duplicate.reason


def test_equal_posts_have_no_differences():
    assert differences(copy_of(), copy_of(dump="b.txt", labels=("Rain",))).lines() == ()


def test_a_difference_is_shown_with_the_words_around_it():
    one = copy_of(text="one two three four five six seven eight")
    other = copy_of(text="one two three four FIVE six seven eight nine", published=None)

    assert differences(one, other).lines() == (
        "date: [-2020-05-03-] {+undated+}",
        "… two three four [-five-] {+FIVE+} six seven eight {+nine+} …",
    )


def test_a_long_difference_is_cut_and_counted():
    (shown,) = differences(copy_of(text=LONG), copy_of(text=SHORT)).lines()

    assert shown.startswith("… valley gave water [-3 days longer")
    assert "… (38 more words) …" in shown
    assert len(shown.split()) < 40


def test_many_differences_are_cut_and_counted():
    words = [f"w{number}" for number in range(400)]
    other = [word + "x" if number % 10 == 0 else word for number, word in enumerate(words)]
    shown = differences(copy_of(text=" ".join(words)), copy_of(text=" ".join(other))).lines()

    assert len(shown) == SHOWN_DIFFERENCES + 1
    assert shown[-1] == f"and {40 - SHOWN_DIFFERENCES} more differences"


def test_each_duplicate_is_shown_with_its_own_differences():
    copies = [
        copy_of(text=LONG),
        copy_of(text=LONG.replace("neighbour", "neighbor", 1), dump="b.txt"),
        copy_of(text=LONG, dump="c.txt"),
    ]
    post, duplicates = merge(copies, own_id=False)
    shown = {each.provenance.dump: each.differences.lines() for each in with_differences(post, duplicates, copies)}

    assert {name: len(lines) for name, lines in shown.items()} == {"b.txt": 1, "c.txt": 0}
    assert "[-neighbour.-] {+neighbor.+}" in shown["b.txt"][0]
