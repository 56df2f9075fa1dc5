"""Which posts are one, and which copy survives."""

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import articles, exact_key, merge
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
