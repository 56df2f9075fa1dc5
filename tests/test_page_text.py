"""The reader `page-text` on golden files, and what its promises are in general."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch.dumps import Rejected, open_dump, reader_for
from archivesearch.errors import DumpError
from archivesearch.readers import READERS
from archivesearch.readers.layout import label_of
from archivesearch.readers.page_text import PageText
from archivesearch.text import clean, one_line
from entries import as_lines

GOLDEN = Path(__file__).parent / "golden" / "page-text"
DUMPS = sorted(GOLDEN.glob("*.txt"))


def read(*paths):
    reader = PageText()
    dumps = [open_dump(path, path.name) for path in paths]
    learnt = reader.learn([reader.evidence(dump) for dump in dumps])
    return {dump.name: list(reader.read(dump, learnt)) for dump in dumps}


def write(folder, name, text):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_dump_is_read_as_its_golden_file_says(path, golden):
    golden(path.with_suffix(".jsonl"), as_lines(read(path)[path.name]))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_every_entry_stands_where_its_provenance_says(path):
    raw = path.read_bytes()
    encoding = {"dutch-windows-1252": "windows-1252", "french": "utf-16-le"}.get(path.stem, "utf-8")

    for post in read(path)[path.name]:
        if not isinstance(post, Rejected):
            place = post.provenance[0]
            found = one_line(raw[place.start : place.end].decode(encoding, "replace"))
            assert found.startswith(post.title)
            assert one_line(post.text)[-20:].strip("\ufffd") in found


def test_another_dump_proves_where_a_post_begins():
    both = read(GOLDEN / "several-posts-a-day.txt", GOLDEN / "label-page.txt")["several-posts-a-day.txt"]

    alone = read(GOLDEN / "several-posts-a-day.txt")["several-posts-a-day.txt"]
    assert [post.provenance[0].certainty for post in alone][1] < 0.999
    assert [post.provenance[0].certainty for post in both][1] > 0.999


def test_a_proof_splits_what_the_dump_alone_would_keep_together(tmp_path):
    text = "The first paragraph of it is long enough to be a paragraph that people would read, and so it is one."
    whole = f"A page\n\n5 May 2015\n\nOne\n\n{text}\n\nTwo\n\n{text.upper()}\n"
    archive = write(tmp_path, "archive.txt", whole)
    label = write(tmp_path, "label.txt", f"A page\n\n5 May 2015\n\nTwo\n\n{text.upper()}\n")

    assert [post.title for post in read(archive)["archive.txt"]] == ["One"]
    assert [post.title for post in read(archive, label)["archive.txt"]] == ["One", "Two"]


def test_a_paragraph_that_one_dump_lacks_proves_no_title(tmp_path):
    text = "The first paragraph of it is long enough to be a paragraph that people would read, and so it is one."
    added = "A later version of the page has one more paragraph here, and it is a sentence that ends as sentences do."
    old = write(tmp_path, "old.txt", f"A page\n\n5 May 2015\n\nOne\n\n{text}\n\n{text.upper()}\n")
    new = write(tmp_path, "new.txt", f"A page\n\n5 May 2015\n\nOne\n\n{text}\n\n{added}\n\n{text.upper()}\n")

    assert {name: [post.title for post in posts] for name, posts in read(old, new).items()} == {
        "old.txt": ["One"],
        "new.txt": ["One"],
    }


def test_the_order_of_dumps_does_not_matter():
    expected = {name: as_lines(entries) for name, entries in read(*DUMPS).items()}

    assert {name: as_lines(entries) for name, entries in read(*reversed(DUMPS)).items()} == expected


def test_a_post_that_ends_with_a_line_of_the_frame_keeps_it(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    page = write(tmp_path, "page.txt", f"The Log\n\nAll of it\n\n5 May 2015\n\nOne\n\n{text}\n\nThe Log\n")

    assert [post.text for post in read(page)["page.txt"]] == [f"{text}\n\nThe Log"]


def test_a_line_separator_of_unicode_makes_no_line_of_its_own(tmp_path):
    page = write(tmp_path, "page.txt", "A text\u20285 May 2015\u2028and more of it\n")

    with pytest.raises(DumpError, match="no line of it is a date"):
        reader_for(open_dump(page, page.name), READERS)


def test_lines_below_the_last_post_that_end_other_pages_too_are_no_part_of_it(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    frame = "Newer posts\nOlder posts\n\nSubscribe to: Posts (Atom)"
    one = write(tmp_path, "one.txt", f"A page\n\n5 May 2015\n\nOne\n\n{text}\n\n{frame}\n")
    two = write(tmp_path, "two.txt", f"A page\n\n9 July 2014\n\nTwo\n\nBut then: {text}\n\n{frame}\n")

    assert [post.text for posts in read(one, two).values() for post in posts] == [text, f"But then: {text}"]


def test_an_article_that_ends_two_pages_under_two_dates_is_no_frame(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be. Yes."
    one = write(tmp_path, "one.txt", f"A page\n\n5 May 2015\n\nOne\n\n{text} {text}\n")
    two = write(tmp_path, "two.txt", f"A page\n\n9 July 2014\n\nOne\n\n{text} {text}\n")

    assert [post.text for posts in read(one, two).values() for post in posts] == [f"{text} {text}"] * 2


def test_two_pages_that_end_with_the_same_post_keep_it_whole(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    one = write(tmp_path, "one.txt", f"A page\n\n5 May 2015\n\nOne\n\n{text.upper()}\n\n4 May 2015\n\nTwo\n\n{text}\n")
    two = write(tmp_path, "two.txt", f"A page\n\n4 May 2015\n\nTwo\n\n{text}\n")

    assert [post.text for post in read(one, two)["two.txt"]] == [text]


def test_another_dump_tells_the_order_of_day_and_month(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    unsure = write(tmp_path, "unsure.txt", f"A page\n\n5/4/2015\n\nOne\n\n{text}\n")
    sure = write(tmp_path, "sure.txt", f"A page\n\n25/3/2015\n\nTwo\n\n{text.upper()}\n")

    assert read(unsure)["unsure.txt"][0].published is None
    assert read(unsure, sure)["unsure.txt"][0].published.day_key == "2015-04-05"


def test_a_change_of_language_parts_two_posts(tmp_path):
    english = (
        "The ferry has been repaired and sails again from Monday, twice a day as before, and once on Sundays. "
        "Whoever has a ticket from the week of the storm can use it until the end of the month."
    )
    dutch = (
        "De veerboot is hersteld en vaart vanaf maandag weer, tweemaal per dag zoals vroeger en eenmaal op zondag. "
        "Wie nog een kaartje heeft uit de week van de storm kan het tot het einde van de maand gebruiken."
    )
    page = write(
        tmp_path, "page.txt", f"A page\n\n5 May 2015\n\nFerry\n\n{english}\n\nDe veerboot vaart weer\n\n{dutch}\n"
    )

    assert [post.title for post in read(page)["page.txt"]] == ["Ferry", "De veerboot vaart weer"]


def test_a_date_inside_a_body_is_no_heading(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    page = write(
        tmp_path,
        "page.txt",
        f"A page\n\n5 May 2015\n\nOne\n\n{text}\n\nMay 7, 2015\n\n{text.upper()}\n\n4 May 2015\n\nTwo\n\n{text}\n",
    )

    assert [(post.title, post.published.day_key) for post in read(page)["page.txt"]] == [
        ("One", "2015-05-05"),
        ("Two", "2015-05-04"),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02" * 50, "is not text"),
        ("Вчера был маяк, и сегодня будет маяк.\n".encode("windows-1251") * 9, "encoding that cannot be told"),
        (b"A text without any date.\n", "no line of it is a date"),
        (b"<!DOCTYPE html><html>\n5 May 2015\n</html>", "is markup"),
    ],
    ids=["empty", "binary", "cyrillic", "no date", "html"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_that_says_what_to_do(tmp_path, content, says):
    path = tmp_path / "dump.txt"
    path.write_bytes(content)

    with pytest.raises(DumpError, match=says) as error:
        reader_for(open_dump(path, "dump.txt"), READERS)

    assert str(error.value).startswith("dump.txt ")
    assert re.search("[Rr]emove the file|Save it again", str(error.value))


WORD = re.compile(r"\w+")
LINES = st.lists(
    st.one_of(
        st.sampled_from(["", "", "5 May 2015", "4 May 2015", "Showing posts with label X. Show all posts", "A title"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x85\u2028\u2029"), max_size=60),
        st.text("abc. \xa0•-1", min_size=1, max_size=200),
    ),
    max_size=40,
)


def words_but_dates(texts):
    return [word for text in texts for word in WORD.findall(text) if word not in ("4", "5", "May", "2015")]


@given(LINES)
def test_every_word_below_the_first_heading_stands_in_exactly_one_post_in_its_order(tmp_path_factory, lines):
    written = [line for line in lines if not label_of(line)]
    page = write(tmp_path_factory.mktemp("page"), "page.txt", "\n".join(["5 May 2015", *written]))

    posts = [entry for entry in read(page)["page.txt"] if not isinstance(entry, Rejected)]

    texts = [f"{post.title}\n{post.text}" for post in posts]
    assert words_but_dates(texts) == words_but_dates(map(clean, written))


@given(LINES)
def test_posts_stand_in_their_dump_one_after_the_other(tmp_path_factory, lines):
    page = write(tmp_path_factory.mktemp("page"), "page.txt", "\n".join(["5 May 2015", *lines]))

    posts = [entry for entry in read(page)["page.txt"] if not isinstance(entry, Rejected)]

    places = [(post.provenance[0].start, post.provenance[0].end) for post in posts]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))
    assert all(0.5 <= post.provenance[0].certainty <= 1 for post in posts)
    assert all("\xa0" not in post.title + post.text for post in posts)


def test_a_sign_off_that_an_author_repeats_stays_in_every_post(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be, {}."
    days = "".join(
        f"{day} May 2015\n\nPost {day}\n\n{text.format(day)}\n\nFor more information write to us.\n\n"
        for day in range(9, 1, -1)
    )
    entries = read(write(tmp_path, "page.txt", f"A page\n\n{days}"))["page.txt"]

    assert len(entries) == 8
    assert all(post.text.endswith("For more information write to us.") for post in entries)


def test_pages_whose_last_posts_are_signed_alike_keep_the_signature(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be, {}."
    post = "{} May 2015\n\nPost {}\n\n" + text + "\n\nOil your chain.\n\n"
    one = write(tmp_path, "one.txt", "A page\n\n" + post.format(9, 9, 9) + post.format(8, 8, 8))
    two = write(tmp_path, "two.txt", "A page\n\n" + post.format(8, 8, 8) + post.format(7, 7, 7))

    assert [p.text.endswith("Oil your chain.") for posts in read(one, two).values() for p in posts] == [True] * 4


def test_the_days_of_a_programme_are_part_of_its_post(tmp_path):
    text = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be."
    programme = f"10 March 2015\n\nWelcome\n\n11 March 2015\n\nGoodbye\n\n{text}"
    page = f"A page\n\n6 May 2014\n\nComing up\n\n{text}\n\n{programme}\n\n5 May 2014\n\nBefore\n\n{text}\n"

    posts = read(write(tmp_path, "page.txt", page))["page.txt"]

    assert posts[0].title == "Coming up"
    assert {post.published.day_key for post in posts} == {"2014-05-06", "2014-05-05"}


def test_a_text_without_a_title_stays_a_text(tmp_path):
    text = "This post has no title and begins at once, with a paragraph that no title could be, long as it is. " * 4
    post = read(write(tmp_path, "page.txt", f"A page\n\n6 May 2014\n\n{text}\n"))["page.txt"][0]

    assert (post.title, post.text) == ("", text.strip())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("opening", ["<html>", "<!-- saved from a site -->", "\n<!DOCTYPE html>"])
def test_markup_is_no_plain_text_in_any_encoding(tmp_path, opening, encoding):
    path = tmp_path / "page.html"
    path.write_bytes(f"{opening}\n6 May 2014\n</h2>\n".encode(encoding))

    with pytest.raises(DumpError, match="markup"):
        reader_for(open_dump(path, path.name), READERS)


@pytest.mark.parametrize(
    "line",
    [
        "Showing posts with label Boats. Show all posts",
        "Showing posts with label Boats.",
        "Posts tonen met het label Boats. Alle posts tonen",
        "Posts mit dem Label Boats werden angezeigt. Alle Posts anzeigen",
    ],
)
def test_a_label_line_is_read_whole_or_broken_in_two(line):
    assert label_of(line) == "Boats"


BODY = "A paragraph that is long enough to look like the body of a post, which is just what it is meant to be, {}."
DATED = {
    "alone": "{title}\n\n{date}\n\n{body}",
    "right below": "{title}\n{date}\n\n{body}",
    "posted": "{title}\n\nPosted on {date} by a keeper\n\n{body}",
    "with its time": "{title}\n\n{date} at 10:14 am\n\n{body}",
    "by somebody": "{title}\n\n{date} by a keeper\n\n{body}",
    "below a writer": "{title}\n\nBy a keeper\n\n{date}\n\n{body}",
    "above a writer": "{title}\n\n{date}\n\nby a keeper\n\n{body}",
}
POSTED = [("Lamps", "5 May 2015"), ("Is it dark?", "4 May 2015"), ("A new lens", "2 May 2015"), ("Seals", "2 May 2015")]


@pytest.mark.parametrize("form", DATED.values(), ids=DATED)
def test_a_date_below_the_title_of_each_post_dates_the_post_of_that_title(tmp_path, form):
    posts = [form.format(title=title, date=date, body=BODY.format(title)) for title, date in POSTED]
    page = write(tmp_path, "page.txt", "\n\n".join(["The Log", "Of the northern lights", *posts]))

    found = read(page)["page.txt"]

    assert [(post.title, f"{post.published.day:%-d %B %Y}") for post in found] == POSTED
    assert all(BODY.format(title) in post.text for post, (title, _) in zip(found, POSTED, strict=True))


@pytest.mark.parametrize("form", DATED.values(), ids=DATED)
def test_a_page_with_one_post_has_its_date_below_its_title_as_the_other_pages_have(tmp_path, form):
    pages = [
        write(tmp_path, f"{n}.txt", f"The Log\n\n{form.format(title=title, date=date, body=BODY.format(title))}")
        for n, (title, date) in enumerate(POSTED)
    ]

    assert [post.title for posts in read(*pages).values() for post in posts] == [title for title, _ in POSTED]


def test_a_post_without_a_title_among_those_with_one_above_their_date_has_none(tmp_path):
    posts = [f"{title}\n\n{date}\n\n{BODY.format(title)}" for title, date in POSTED]
    untitled = f"1 May 2015\n\n{BODY.format('alone')}"
    page = write(tmp_path, "page.txt", "\n\n".join(["The Log", *posts, untitled]))

    last = read(page)["page.txt"][-1]

    assert (last.title, last.published.day.isoformat(), last.text) == ("", "2015-05-01", BODY.format("alone"))


def test_a_page_that_stands_otherwise_than_those_of_its_blog_is_read_as_it_stands(tmp_path):
    days = "\n\n".join(f"{date}\n\n{title}\n\n{BODY.format(title)}" for title, date in POSTED)
    usual = write(tmp_path, "usual.txt", f"The Log\n\n{days}")
    other = write(tmp_path, "other.txt", f"The Log\n\nStorm\n\nPosted on 1 May 2014\n\n{BODY.format('Storm')}")

    found = read(usual, other)

    assert [post.title for post in found["usual.txt"]] == [title for title, _ in POSTED]
    assert [(post.title, post.published.day.isoformat()) for post in found["other.txt"]] == [("Storm", "2014-05-01")]


def test_who_posted_each_post_of_a_day_is_no_title_of_the_next_date(tmp_path):
    days = "\n\n".join(f"{date}\n\n{BODY.format(title)}\n\nPosted by a keeper at 10:14" for title, date in POSTED)
    page = write(tmp_path, "page.txt", f"The Log\n\n{days}")

    found = [f"{post.title}\n{post.text}" for post in read(page)["page.txt"]]
    assert found == [f"{BODY.format(title)}\nPosted by a keeper at 10:14" for title, _ in POSTED]


def test_labels_below_the_line_that_closes_each_post_are_its_labels_and_begin_none(tmp_path):
    closing = "Posted by a keeper at 10:14 No comments:\n\nShare this\n\nLabels: {}, lamps"
    days = "\n\n".join(
        f"{date}\n\n{title}\n\n{BODY.format(title)}\n\n{closing.format(title.lower())}" for title, date in POSTED
    )
    page = write(tmp_path, "page.txt", f"The Log\n\n{days}")

    found = read(page)["page.txt"]

    assert [(post.title, post.labels) for post in found] == [
        (title, tuple(sorted({"lamps", title.lower()}))) for title, _ in POSTED
    ]


def test_pages_that_begin_with_titles_have_their_dates_below_them_though_their_texts_are_as_short(tmp_path):
    titles = [f"{colour} {what}" for colour in ("Grey", "Red", "White") for what in ("seal", "boat", "lamp", "rock")]
    texts = ("Seen from the stairs", "A picture", "", "Three of them")
    posts = [f"{title}\n\n{28 - n} May 2015\n\n{texts[n % 4]}" for n, title in enumerate(titles)]
    starts = range(0, len(posts), 3)
    pages = [write(tmp_path, f"{n}.txt", "\n\n".join(["The Log", "Older", *posts[n : n + 3]])) for n in starts]

    found = [post for posts in read(*pages).values() for post in posts]

    assert [post.title for post in found] == titles
    assert [post.published.day.day for post in found] == [28 - n for n in range(len(titles))]
    assert [post.text for post in found] == [*texts] * 3


def test_pages_that_begin_with_the_same_line_have_their_dates_above_posts_though_their_texts_end_as_titles_do(tmp_path):
    titles = [
        f"Would {who} count the {what} again?" for who in ("keepers", "we") for what in ("seals", "boats", "lamps")
    ]
    posts = [f"{28 - n} May 2015\n\n{title}\n\n{n} of them came" for n, title in enumerate(titles)]
    pages = [
        write(tmp_path, f"{n}.txt", "\n\n".join(["The Log", "News", *posts[n : n + 2]]))
        for n in range(0, len(posts), 2)
    ]

    found = [post for posts in read(*pages).values() for post in posts]

    assert [(post.title, post.published.day.day) for post in found] == [(t, 28 - n) for n, t in enumerate(titles)]


def test_a_title_that_reads_like_a_writer_is_the_title_of_the_date_below_it(tmp_path):
    titles = ["Lamps", "By the river", "Von Köln nach Bonn", "Por fin"]
    posts = [f"{title}\n\n{28 - n} May 2015\n\n{BODY.format(title)}" for n, title in enumerate(titles)]
    page = write(tmp_path, "page.txt", "\n\n".join(["The Log", "Older", *posts]))

    assert [(post.title, post.text) for post in read(page)["page.txt"]] == [(t, BODY.format(t)) for t in titles]
