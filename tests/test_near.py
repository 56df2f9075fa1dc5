"""Near-duplicates: what is one article saved twice, what only looks like it, and how surely a pair is found."""

import itertools
import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from archivesearch.candidates import candidates
from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import exact_key
from archivesearch.near import (
    LIMITS,
    Likeness,
    compare,
    days_of,
    from_bytes,
    sketch_of,
    wording_of,
)
from archivesearch.posts import Block, Post

SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
WORDS = ["".join(pair) for pair in itertools.product(SYLLABLES, repeat=2)]

ARTICLE = (
    "The council met on the first evening of spring, and the hall was full before the lamps were lit. Nobody had "
    "expected so many: farmers from the upper valley, the two teachers, and even the keeper of the lock, who had not "
    'been seen in town since the flood. "We shall need a second bridge," the mayor said, "and we shall need it before '
    "the snow.\" There was no applause. An old woman at the back asked who would carry the stones, and it's said that "
    "her question was the only one that went into the minutes. The plan itself was passed without a vote, because the "
    "paper with the names of the voters had been left in the mill, and the miller had gone home with the key."
)


def draws(seed):
    return random.Random(seed)  # noqa: S311  no secrets are drawn


def post(text=ARTICLE, title="A second bridge", day="2020-05-03", precision="day"):
    published = day and Published(moment=date.fromisoformat(day), precision=precision, source=DateSource.FEED)
    return Post(id="x", title=title, published=published or None, body=(Block(lines=(text,)),))


def likeness(one, other):
    """How two posts are alike, the shorter one seen as the copy."""
    copy, whole = sorted(map(wording_of, (one, other)), key=lambda wording: len(wording.text))
    found = compare(copy, whole)
    if found:
        pair = [sketch_of(copy), sketch_of(whole)]
        assert candidates(pair) == candidates(pair[::-1]) == {(0, 1)}, "alike, but never compared"
    return found


def kind(one, other):
    found = likeness(one, other)
    return found and found.kind


def some_text(seed, length=120):
    draw = draws(seed)
    return [draw.choice(WORDS) for _ in range(length)]


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE,
        ARTICLE.upper(),
        ARTICLE.replace(",", "").replace(":", " –"),
        ARTICLE.replace('"', "“").replace("it's", "it’s"),
        ARTICLE.replace(" the ", "&nbsp;the "),
        ARTICLE.replace("it's", "it&#8217;s").replace('"', "&quot;"),
        ARTICLE.replace("There was", "<br /><b>There</b> was").replace("the only one", "<i>the only one</i>"),
        ARTICLE.replace("There was", '[caption id="7" width="300"]There[/caption] was'),
        ARTICLE.replace("There was", "<!--more-->There was"),
        ARTICLE.replace("There was", "Read more » There was"),
        ARTICLE.replace("the two teachers", "the two teachers (https://blog.example/teachers?id=7)"),
        ARTICLE.replace("There was", "[video: The bridge, https://www.youtube.com/embed/ab] There was"),
        ARTICLE + " Posted by the clerk at 14:05. Labels: bridge, council.",
        ARTICLE.replace("lamps", "lamp"),
        ARTICLE.replace("There was", "The bridge as the painter of signs drew it in winter. There was"),
    ],
    ids=[
        "same", "capitals", "punctuation", "quotes", "entity", "entities", "tags", "shortcode", "cut mark", "read more",
        "address", "video", "closing line", "one word", "caption",
    ],
)  # fmt: skip
def test_an_article_from_two_systems_is_one(text):
    assert kind(post(), post(text)) == kind(post(text), post()) == "near"


@pytest.mark.parametrize(
    "title", ["A Second Bridge", "“A second bridge”", "A second&nbsp;bridge", "<b>A second</b> bridge", ""]
)
def test_a_title_may_be_printed_otherwise_or_be_missing(title):
    assert kind(post(), post(title=title)) == "near"


def test_a_copy_whose_title_stands_in_its_text_is_one_with_the_article():
    assert kind(post(), post(f"A second bridge\n{ARTICLE}", title="")) == "near"


@pytest.mark.parametrize(
    "title", ["A third bridge", "A second bridge, part 2", "A second bridge (continued)", "The bridge"]
)
def test_another_title_is_another_article_however_like_the_texts_are(title):
    assert kind(post(), post(title=title)) is None


@pytest.mark.parametrize("ending", ["", "…", " Read more »", " [...]", " Continue reading the rest of this entry"])
@pytest.mark.parametrize("length", [40, 55, 80])
def test_the_beginning_of_an_article_is_an_excerpt_of_it(length, ending):
    found = likeness(post(), post(" ".join(ARTICLE.split()[:length]) + ending))

    assert found.kind == "excerpt"
    assert found.reason == f"its {length} words are the beginning of 129"
    assert 0.8 < found.similarity <= 1


def test_an_excerpt_may_lack_a_caption_that_stands_in_the_beginning_of_its_article():
    article = ARTICLE.replace("Nobody", "The hall as it was before the fire. Nobody", 1)

    assert kind(post(article), post(" ".join(ARTICLE.split()[:60]))) == "excerpt"


@pytest.mark.parametrize("part", [ARTICLE[200:], ARTICLE[-400:]])
def test_what_is_no_beginning_is_no_excerpt(part):
    assert kind(post(), post(part)) is None


def test_an_excerpt_with_a_number_that_the_article_lacks_is_none():
    assert kind(post(), post(" ".join(ARTICLE.split()[:60]) + " (17 comments)")) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2020-05-03", "2020-05-04", "near"),
        ("2020-05-03", "2020-04-27", "near"),
        ("2020-05-03", None, "near"),
        (None, None, "near"),
        ("2020-05-03", "2020-05-10", None),
        ("2020-05-03", "2021-05-03", None),
    ],
)
def test_dates_may_be_some_days_apart_but_no_week(one, other, expected):
    assert kind(post(day=one), post(day=other)) == expected


@pytest.mark.parametrize(
    ("day", "precision", "expected"),
    [
        ("2020-01-01", "year", "near"),
        ("2020-05-01", "month", "near"),
        ("2020-04-01", "month", "near"),
        ("2019-01-01", "year", None),
        ("2020-03-01", "month", None),
    ],
)
def test_a_date_that_is_less_exact_meets_all_that_it_may_be(day, precision, expected):
    assert kind(post(), post(day=day, precision=precision)) == expected


def test_days_are_all_on_which_the_post_may_have_been_published():
    february = Published(moment=date(2020, 2, 1), precision="month", source=DateSource.PERMALINK)

    assert days_of(february) == (date(2020, 2, 1).toordinal(), date(2020, 2, 29).toordinal())
    assert days_of(None) is None


def test_different_posts_with_one_title_are_different():
    texts = [" ".join(some_text(seed)) for seed in range(5)]

    assert [kind(post(one), post(other)) for one, other in itertools.combinations(texts, 2)] == [None] * 10


SHORT = "The ferry does not run today because of the ice"


@pytest.mark.parametrize("other", [SHORT + ".", SHORT.replace("today", "tomorrow"), SHORT + " and the fog", "", "Ice"])
def test_short_posts_of_two_days_are_never_alike(other):
    assert kind(post(SHORT), post(other, day="2020-05-04")) is None


@pytest.mark.parametrize("day", ["2020-05-03", None])
def test_a_short_post_is_one_with_the_copy_of_its_day_that_lacks_its_video(day):
    video = "[video: The bridge, https://www.youtube.com/embed/ab]"

    assert kind(post("See the bridge."), post(f"See the bridge. {video}", day=day)) == "near"


def test_a_short_post_is_one_with_its_undated_copy_if_every_word_is_the_same():
    assert kind(post(SHORT), post(f"“{SHORT}!”", day=None)) == "near"
    assert kind(post(SHORT), post(SHORT + " again", day=None)) is None


def test_a_title_without_text_is_like_nothing():
    assert kind(post(""), post("", day=None)) is None


@given(st.integers(0, 10**6), st.integers(60, 300), st.integers(1, 6), st.booleans())
def test_reports_on_one_template_that_differ_in_a_number_stay_apart(seed, length, figures, undated):
    """Undated and with one title, as yearly reports may be read from a page without dates."""
    template = some_text(seed, length)
    places = draws(seed).sample(range(length), figures)
    years = []
    for year in (2019, 2020):
        report = list(template)
        for place in places:
            report[place] = str(year + place)
        years.append(post(" ".join(report), "Report of the year", None if undated else "2020-05-03"))

    assert kind(*years) is None


@given(st.integers(0, 10**6), st.integers(60, 300), st.sampled_from([None, "2020-05-03"]))
def test_reports_on_one_template_that_differ_in_a_name_throughout_stay_apart(seed, length, day):
    template = some_text(seed, length)
    places = draws(seed).sample(range(length), length // LIMITS.words_a_swap + 1)
    reports = []
    for name in ("Northdale", "Southdale"):
        report = list(template)
        for place in places:
            report[place] = name
        reports.append(post(" ".join(report), "Our partner", day))

    assert kind(*reports) is None


def marked(words, way, draw):
    """The words as another system may print them."""
    if way == "punctuation":
        return [word + draw.choice(["", "", ",", ".", "!"]) for word in words]
    if way == "tags":
        return [draw.choice([word, word, f"<b>{word}</b>"]) for word in words]
    if way == "entities":
        return [draw.choice([word, word, f"&nbsp;{word}"]) for word in words]
    return [*words[: len(words) // 2], "Read", "more", *words[len(words) // 2 :]]


@given(
    st.integers(0, 10**6),
    st.integers(LIMITS.shortest, 400),
    st.sampled_from(["punctuation", "tags", "entities", "cut"]),
    st.integers(-LIMITS.days, LIMITS.days) | st.none(),
)
def test_copies_of_any_article_are_found_and_alike(seed, length, way, later):
    words = some_text(seed, length)
    other = marked(words, way, draws(seed))
    day = None if later is None else (date(2020, 5, 3) + timedelta(later)).isoformat()

    assert kind(post(" ".join(words)), post(" ".join(other), day=day)) == "near"


@given(st.integers(0, 10**6), st.integers(43, 400), st.data())
def test_the_beginning_of_any_article_is_found_and_an_excerpt(seed, length, data):
    words = some_text(seed, length)
    cut = data.draw(st.integers(LIMITS.shortest, int(length * 0.7)))

    assert kind(post(" ".join(words)), post(" ".join(words[:cut]))) == "excerpt"


texts = st.lists(st.sampled_from([*WORDS[:6], "7", "Él", "“x”", "<b>", "&amp;", "\n", "–"]), max_size=60).map(" ".join)


@given(texts, texts, texts, texts)
def test_posts_with_one_exact_key_have_one_wording(title, text, other_title, other_text):
    one, other = post(text, title), post(other_text, other_title)
    if exact_key(one) == exact_key(other):
        assert wording_of(one) == wording_of(other)
    upper = post(text.upper(), title.upper())
    if exact_key(one) == exact_key(upper):
        assert sketch_of(wording_of(one)) == sketch_of(wording_of(upper))


@given(texts, texts, st.sampled_from(["2020-05-03", "2020-05-09", None]))
def test_near_holds_both_ways(text, other_text, day):
    one, other = wording_of(post(text)), wording_of(post(other_text, day=day))
    there, back = compare(one, other), compare(other, one)

    assert (there and there.kind == "near" and there.similarity) == (back and back.kind == "near" and back.similarity)


@given(texts, texts)
def test_a_sketch_as_bytes_is_the_sketch(title, text):
    for day in ("2020-05-03", None):
        sketch = sketch_of(wording_of(post(text, title, day)))

        assert from_bytes(sketch.to_bytes()) == sketch


def test_a_sketch_is_the_same_on_every_machine():
    """Sketches are kept in the catalog: another hash needs another NEAR_VERSION."""
    sketch = sketch_of(wording_of(post()))

    assert (len(sketch.runs), sketch.title, sketch.runs[0]) == SKETCH


SKETCH = (43, 7521049265197126517, 483964429458091800)


def no_run(probability, tries, run):
    """The probability that so many tries have no such run of hits."""
    open_runs = [1.0] + [0.0] * (run - 1)
    for _ in range(tries):
        open_runs = [sum(open_runs) * (1 - probability), *(chance * probability for chance in open_runs[:-1])]
    return sum(open_runs)


@pytest.mark.parametrize(
    ("similarity", "missed"), [(0.75, 0.0015), (0.8, 0.00027), (0.9, 0.000001), (0.05, 1 - 0.0026)]
)
def test_the_stated_probabilities_are_those_of_the_limits(similarity, missed):
    assert no_run(similarity, LIMITS.sketch, LIMITS.run) == pytest.approx(missed, rel=0.1)


def test_pairs_at_the_threshold_are_found_as_often_as_stated():
    draw = draws(1)
    found = 0
    for seed in range(400):
        words = some_text(seed, 200)
        other = list(words)
        for place in draw.sample(range(LIMITS.shortest, 200), 6):  # 6 of 200 words: .78, and the beginning is not drawn
            other[place] = "other"
        pair = [sketch_of(wording_of(post(" ".join(each[LIMITS.shortest :])))) for each in (words, other)]
        found += bool(candidates(pair))

    assert found >= 396


def test_different_texts_are_seldom_compared():
    sketches = [sketch_of(wording_of(post(" ".join(some_text(seed, 200)), day=None))) for seed in range(300)]

    assert len(candidates(sketches)) < 20


def test_what_is_held_at_one_time_does_not_matter():
    sketches = [sketch_of(wording_of(post(" ".join(some_text(seed % 20, 50)), day=None))) for seed in range(60)]

    assert candidates(sketches) == candidates(sketches, at_once=400)
    assert candidates(sketches)
    assert candidates([]) == candidates([], at_once=1) == set()


@given(st.permutations(range(12)))
def test_the_order_of_posts_does_not_matter_for_their_pairs(order):
    days = ["2020-05-03", "2020-05-05", "2020-08-01", None]
    posts = [
        post(f"{ARTICLE} {number}", day=days[number % 4], title="" if number == 5 else "One") for number in range(12)
    ]
    sketches = [sketch_of(wording_of(each)) for each in posts]
    found = candidates([sketches[place] for place in order])

    assert {frozenset((order[one], order[other])) for one, other in found} == {
        frozenset(pair) for pair in candidates(sketches)
    }


@pytest.mark.parametrize("day", [None, "2020-05-03"])
def test_a_crowd_on_one_template_is_not_compared_each_with_each(day):
    sketch = sketch_of(wording_of(post(day=day)))
    number = 3 * LIMITS.crowd

    assert len(candidates([sketch] * number)) <= LIMITS.crowd * number


def test_a_weekly_series_is_never_compared():
    weeks = [post(day=(date(2010, 1, 1) + timedelta(7 * week)).isoformat()) for week in range(500)]

    assert candidates([sketch_of(wording_of(each)) for each in weeks]) == set()


def test_the_reason_is_in_words():
    assert likeness(post(), post(ARTICLE.replace("lamps", "lamp"), day="2020-05-04")) == Likeness(
        kind="near", similarity=122 / 130, reason="122 of 130 shingles of 4 words are in both texts; 1 day apart"
    )
    assert likeness(post(), post(day=None)).reason.endswith("; the other is undated") or likeness(
        post(), post(day=None)
    ).reason.endswith("; it is undated")
    assert "different precision" in likeness(post(), post(day="2020-01-01", precision="year")).reason


def test_real_blogs_have_no_different_posts_that_are_alike(shared):
    """The hand-made cut of the real dumps names pairs that share boilerplate; none of its posts are near-duplicates."""
    lines = {path.name: path.read_text("utf-8").splitlines() for path in (shared / "dumps").glob("*.txt")}
    gold = json.loads((shared / "gold" / "duplicates.json").read_text("utf-8"))
    compared = 0
    for pair in gold["not_duplicates"]:
        if all(name in lines for name, _ in pair["members"]):
            passages = [" ".join(lines[name][line : line + 12]) for name, line in pair["members"]]
            compared += 1
            assert kind(*(replace(post(text, "", None)) for text in passages)) is None
    assert compared
