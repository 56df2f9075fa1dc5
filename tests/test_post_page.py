"""The page of a post as visitors, machines and people who cite it meet it."""

import ast
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch import pages_post
from archivesearch.archive import Archive
from archivesearch.citing import cite
from archivesearch.dates import DateSource, Published
from archivesearch.dedupe import merge, with_differences
from archivesearch.described import describe
from archivesearch.engines import embedded
from archivesearch.errors import CatalogError
from archivesearch.markup import read_html
from archivesearch.posts import Block, post_id
from archivesearch.search import Hit
from archivesearch.settings import Settings
from archivesearch.shown import OUTSIDE_REL, View
from archivesearch.speech import ENGLISH, load_speeches
from invented import POSTS as INVENTED, page, write
from served import archive_of, fill
from test_web import (
    DIKE,
    LOST,
    POSTS,
    RAIN,
    WEB,
    ShelfArchive,
    client_of,
    found_at,
    get,
    texts,
    write_post,
)

SPEECHES = load_speeches(WEB / "locale")
SITE = "http://localhost"
HTML = (
    '<h3>Before</h3><p>The <i>rain</i> came. <a href="http://h.example/?a=1&amp;b=2">More</a>'
    '<a href="mailto:a@h.example">!</a></p>'
)
WRITTEN = write_post("Rain & <wind>", date(2020, 5, 3), "The rain came.", html=HTML)


class Shelf(ShelfArchive):
    """An archive in memory where every other post is like each, and copies are told."""

    def __init__(self, posts=POSTS, duplicates=(), former=None, **more):
        super().__init__(posts, **more)
        self._posts, self._duplicates, self._former = posts, duplicates, former or {}

    def around(self, post_id, similar):
        found = super().around(post_id, similar)
        others = (Hit(post=post, score=1.0) for post in self._posts if post.id != post_id)
        return found and replace(found, similar=tuple(others))

    def duplicates(self, of):
        return iter(self._duplicates)

    def present_id(self, post_id):
        return self._former.get(post_id)


def shown(post, **more):
    return get(client_of(Shelf([post])), f"/post/{post.id}", **more)


# addresses


def test_a_former_id_leads_on_to_the_present_one_and_keeps_what_was_asked():
    client = client_of(Shelf(former={"2021-02-06-00000000": RAIN.id}))
    response = client.get("/post/2021-02-06-00000000?q=rain+%26+wind&ui=nl&other=1")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/post/{RAIN.id}?q=rain+%26+wind&ui=nl"
    assert response.headers["Cache-Control"] == "no-cache"
    assert client.get("/post/2021-02-06-00000000").headers["Location"] == f"/post/{RAIN.id}"


@pytest.mark.parametrize("written", [RAIN.id.upper() + "A", f"{RAIN.id}x", f"{RAIN.id}%20", f" {RAIN.id}", "x", "%0a"])
def test_another_spelling_of_an_id_is_the_address_of_nothing(written):
    assert client_of(Shelf()).get(f"/post/{written}").status_code == 404


def test_addresses_of_posts_stay_good_in_a_real_archive(tmp_path):
    story = " ".join(f"On day {number} the river stood {number} fingers lower." for number in range(1, 40))
    first, later = (post_id(Published(moment=date(2020, 5, day), source=DateSource.HEADING), "Low") for day in (3, 5))
    write(tmp_path / "raw", {"a.txt": page([(date(2020, 5, 3), "Low", story), *INVENTED])})
    write(tmp_path / "raw", {"b.txt": page([(date(2020, 5, 5), "Low", f"{story} Read on."), *INVENTED])})
    with Archive.open(tmp_path) as archive:
        archive.import_dumps()
        client = client_of(archive)
        moved = client.get(f"/post/{first}?q=river")
        record = client.get(f"/api/posts/{first}")
        soup = get(client, moved.headers["Location"])
        (tmp_path / "corrections.toml").write_text(f'[[post]]\nid = "{later}"\nsuppress = true\n')
        archive.import_dumps()
        gone = [client.get(f"/post/{each}").status_code for each in (first, later)]

    assert (moved.status_code, moved.headers["Location"]) == (301, f"/post/{later}?q=river")
    assert (record.status_code, record.headers["Location"]) == (301, f"/api/posts/{later}")
    assert texts(soup.select(".differences del, .differences ins")) == ["2020-05-05", "2020-05-03", "Read on."]
    assert len(soup.select(".similar li")) == 5
    assert texts(soup.select(".beside .which")) == ["Newer post", "Older post"]
    assert gone == [404, 404]


@pytest.mark.parametrize("path", ["/post/", "/api/posts/"])
def test_a_post_that_only_the_catalog_has_yet_is_not_led_to_itself(tmp_path, path):
    write(tmp_path / "raw", {"a.txt": page(INVENTED)})
    with Archive.open(tmp_path) as archive:
        archive.import_dumps()
        post_id, client = archive.ids()[0], client_of(archive)
        answered = client.get(f"{path}{post_id}").status_code
        fill(archive, [])

        assert (answered, client.get(f"{path}{post_id}").status_code) == (200, 404)


# body and words


def test_the_html_of_a_post_is_shown_below_the_heading_of_its_page():
    body = shown(WRITTEN).select_one(".body")

    assert [(part.name, part.get_text()) for part in body.find_all(["h2", "h3", "i", "a"])] == [
        ("h2", "Before"), ("i", "rain"), ("a", "More"),
    ]  # fmt: skip
    assert body.a["href"] == "http://h.example/?a=1&b=2"
    assert body.a["rel"] == ["nofollow", "noopener", "noreferrer", "ugc"]


def test_what_was_searched_is_marked_in_title_and_text_and_stays_in_the_box():
    soup = shown(WRITTEN, q="rains")

    assert texts(soup.select("mark")) == ["Rain", "rain"]
    assert soup.h1.get_text() == "Rain & <wind>"
    assert soup.select_one("#q")["value"] == "rains"
    assert soup.select_one("link[rel=canonical]")["href"] == f"{SITE}/post/{WRITTEN.id}"


@pytest.mark.parametrize("typed", ["(", '"', "r" * 300, "a*", "\x00", "label:"])
def test_a_search_that_cannot_be_read_marks_nothing_and_hides_no_post(typed):
    response = client_of(Shelf()).get(f"/post/{RAIN.id}", query_string={"q": typed})

    assert response.status_code == 200
    assert "The rain came late this year." in response.text


def test_a_hit_leads_to_its_post_with_what_was_typed():
    client = client_of(Shelf())
    link = get(client, "/", q="rain -wind", label="Weather").select_one(".hit .name a")

    assert link["href"] == f"/post/{RAIN.id}?q=rain+-wind"
    assert get(client, "/", label="Weather").select_one(".hit .name a")["href"] == f"/post/{RAIN.id}"


def test_a_post_of_which_nothing_is_seen_says_so():
    post = write_post("", None, "", html="<p> </p>", body=(), provenance=())
    soup = shown(post)

    assert texts(soup.select("h1, .body")) == ["(without title)", "This post has no text."]
    assert texts(soup.select(".provenance p, .provenance li")) == []


def test_a_post_from_right_to_left_is_set_from_right_to_left():
    post = write_post("مطر", date(2021, 2, 6), "", language="ar", body=(Block(lines=("نزل المطر",)),))
    soup = shown(post)

    assert (soup.h1["lang"], soup.h1["dir"]) == ("ar", "auto")
    assert (soup.select_one(".body")["lang"], soup.select_one(".body p")["dir"]) == ("ar", "rtl")


# around


def test_newer_older_and_similar_posts_are_named_with_their_dates():
    soup = get(client_of(Shelf()), f"/post/{RAIN.id}")

    assert texts(soup.select(".beside p")) == ["Older post De dijk bij het dorp 17 August 2019"]
    assert texts(soup.select(".similar li")) == ["De dijk bij het dorp 17 August 2019", "A note without a day undated"]
    assert soup.select_one(".beside a")["lang"] == "nl"
    assert soup.select_one(".beside a")["href"] == f"/post/{DIKE.id}"
    assert get(client_of(Shelf()), f"/post/{LOST.id}").select(".beside") == []


def of_rain(word):
    """Three posts, each of which says this word; the second one's id is always the same."""
    titles = (f"Before the {word}", "Rain", f"Behind the {word}")
    return [write_post(title, date(2021, 2, day), f"The {word} rain.") for day, title in enumerate(titles, 1)]


def test_a_page_is_from_one_generation_though_the_next_is_published_as_soon_as_a_post_has_been_read(
    tmp_path, monkeypatch
):
    read, to_publish = embedded._read_post, [of_rain("second")]

    def read_and_publish(*asked):
        found = read(*asked)
        if to_publish:
            fill(other, to_publish.pop())
        return found

    monkeypatch.setattr(embedded, "_read_post", read_and_publish)
    with archive_of(tmp_path, of_rain("first")) as archive, Archive.open(tmp_path) as other:
        address, client = f"/post/{of_rain('first')[1].id}", client_of(archive)
        begun, later = get(client, address), get(client, address)

    assert to_publish == []
    for word, soup in (("first", begun), ("second", later)):
        others = [f"Before the {word}", f"Behind the {word}"]
        assert texts(soup.select(".body")) == [f"The {word} rain."]
        assert texts(soup.select(".beside a")) == others[::-1]
        assert sorted(texts(soup.select(".similar a"))) == others


@pytest.mark.parametrize(
    ("source", "precision", "printed", "said"),
    [
        (DateSource.FEED, "day", "", "6 February 2021 (from the feed)"),
        (DateSource.HEADING, "day", "Feb 6", "6 February 2021 (from the page heading “Feb 6”)"),
        (DateSource.PERMALINK, "month", "", "February 2021 (from the permalink; the day is not known)"),
        (DateSource.CORRECTION, "year", "6/2", "2021 (corrected by those who keep this archive; the dump has “6/2”; "
         "month and day are not known)"),
    ],
)  # fmt: skip
def test_a_date_says_where_it_was_read_and_what_of_it_is_not_known(source, precision, printed, said):
    published = Published(moment=date(2021, 2, 6), precision=precision, source=source, printed=printed)

    assert texts(shown(replace(RAIN, published=published)).select("dl.about dd"))[0] == said


@pytest.mark.parametrize(
    ("precision", "when"), [("year", "2021"), ("month", "202102"), ("day", "20210206"), (None, "*")]
)
def test_the_internet_archive_is_asked_for_the_copy_of_that_time(precision, when):
    published = precision and Published(moment=date(2021, 2, 6), precision=precision, source=DateSource.FEED)
    soup = shown(replace(RAIN, published=published, permalink="http://blog.example/é b#c"))
    link = soup.select_one(".elsewhere a")

    assert link["href"] == f"https://web.archive.org/web/{when}/http://blog.example/%C3%A9%20b"
    assert link["rel"] == ["nofollow", "noopener", "noreferrer", "ugc"]


def test_every_link_out_of_the_archive_tells_browsers_and_crawlers_the_same():
    links = shown(replace(WRITTEN, permalink="http://blog.example/1")).select('main a[href^="http"]')

    assert [link["href"].partition("?")[0] for link in links] == [
        "http://blog.example/1", "https://web.archive.org/web/20200503/http://blog.example/1", "http://h.example/",
    ]  # fmt: skip
    assert [link["rel"] for link in links] == [OUTSIDE_REL.split()] * 3


def test_no_template_repeats_what_those_links_tell():
    assert not [path.name for path in sorted((WEB / "templates").iterdir()) if OUTSIDE_REL in path.read_text("utf-8")]


# copies


def test_further_copies_say_what_they_are_and_how_they_differ():
    text = " ".join(f"w{start}{end}" for start in "abcdefghijkl" for end in "aeiou")
    copies = [
        write_post("Rain", date(2021, 2, 6), f"{text} end", provenance=(found_at("a.txt"),)),
        write_post("Rain", date(2021, 2, 6), text.replace("wfi", "<b>"), provenance=(found_at("b.txt"),)),
        write_post("RAIN", date(2021, 2, 6), f"{text} end", provenance=(found_at("c.txt"),)),
    ]
    post, duplicates = merge(copies, own_id=False)
    archive = Shelf([post], duplicates=list(with_differences(post, duplicates, copies)))
    first, exact, near = get(client_of(archive), f"/post/{post.id}").select(".provenance > ol > li")

    assert texts([first.p]) == ["a.txt"]
    assert texts([exact.p]) == ["c.txt – an exact copy (equal day, title and text)"]
    assert re.match(r"b\.txt – a near copy, [0-9]+% alike \(.+\)", texts([near.p])[0])
    assert [(part.name, part.get_text()) for part in near.select(".differences del, .differences ins")] == [
        ("del", "wfi"), ("ins", "<b>"), ("del", "end"),
    ]  # fmt: skip
    assert texts(near.select(".differences li"))[0] == "… weu wfa wfe wfi <b> wfo wfu wga …"


class WithoutCatalog(Shelf):
    def duplicates(self, of):
        raise CatalogError("/srv/hills/index/catalog.sqlite3 cannot be used.")


def test_a_post_is_shown_though_its_copies_cannot_be_compared(caplog):
    response = client_of(WithoutCatalog()).get(f"/post/{RAIN.id}")

    assert response.status_code == 200
    assert "How the copies differ cannot be shown now. Try again later." in response.text
    assert "/srv/hills" not in response.text
    assert ["cannot be compared" in record.getMessage() for record in caplog.records] == [True]


# machines


def metas(soup):
    return [(meta.get("name") or meta.get("property"), meta["content"]) for meta in soup.select("meta[content]")]


def test_the_head_tells_open_graph_and_dublin_core():
    told = metas(get(client_of(Shelf()), f"/post/{RAIN.id}"))
    address = f"{SITE}/post/{RAIN.id}"
    description = "The rain came late this year. It stayed for a week. • Roofs were mended. • Wells filled. 3. Clear the drains. 4. Count the sandbags. a) by hand b) by cart"

    assert told[2:] == [
        ("description", description),
        ("og:type", "article"),
        ("og:title", "Rain on the hills"),
        ("og:url", address),
        ("og:site_name", "Archive of the hills"),
        ("og:description", description),
        ("article:published_time", "2021-02-06"),
        ("article:tag", "Weather"),
        ("article:tag", "Hills & valleys"),
        ("DC.title", "Rain on the hills"),
        ("DC.identifier", address),
        ("DC.date", "2021-02-06"),
        ("DC.language", "en"),
        ("DC.source", "http://blog.example/2021/02/rain.html"),
    ]


def linked(soup):
    return json.loads(soup.select_one("script").string)


def test_the_head_has_the_post_as_linked_data():
    assert linked(get(client_of(Shelf()), f"/post/{RAIN.id}")) == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": f"{SITE}/post/{RAIN.id}",
        "url": f"{SITE}/post/{RAIN.id}",
        "identifier": RAIN.id,
        "headline": "Rain on the hills",
        "description": metas(get(client_of(Shelf()), f"/post/{RAIN.id}"))[2][1],
        "datePublished": "2021-02-06",
        "inLanguage": "en",
        "keywords": ["Weather", "Hills & valleys"],
        "about": [{"@type": "Country", "name": "Nepal"}],
        "isBasedOn": "http://blog.example/2021/02/rain.html",
        "isPartOf": {"@type": "ArchiveComponent", "name": "Archive of the hills"},
    }


@pytest.mark.parametrize(
    ("moment", "precision", "told"),
    [
        (date(2021, 2, 1), "month", "2021-02"),
        (date(2021, 1, 1), "year", "2021"),
        (datetime(2021, 2, 6, 14, 5, tzinfo=UTC), "minute", "2021-02-06T14:05+00:00"),
    ],
)
def test_machines_are_told_no_more_of_a_date_than_is_known(moment, precision, told):
    published = Published(moment=moment, precision=precision, source=DateSource.FEED)
    soup = shown(replace(RAIN, published=published))

    assert linked(soup)["datePublished"] == told
    assert dict(metas(soup))["DC.date"] == dict(metas(soup))["article:published_time"] == told


def test_what_is_not_known_is_not_told():
    soup = shown(replace(LOST, body=()))

    assert not {"description", "og:description", "DC.date", "DC.language", "DC.source"} & {
        name for name, _ in metas(soup)
    }
    assert linked(soup).keys() == {"@context", "@type", "@id", "url", "identifier", "headline", "isPartOf"}


@pytest.mark.parametrize("end", ["</script><b>", "<!--<script>", "]]>", "\u2028\u2029", "'\"\\", "{{ 1 }}"])
def test_no_text_ends_the_linked_data(end):
    post = replace(RAIN, title=end, labels=(end,), body=(Block(lines=(end,)),))
    response = client_of(Shelf([post])).get(f"/post/{post.id}")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL)

    assert json.loads(data)["keywords"] == [end]
    assert not re.search("[<>&'\u2028\u2029]", data)


def test_a_post_may_be_indexed_by_search_engines():
    assert shown(RAIN).select("meta[name=robots]") == []


@pytest.mark.parametrize(
    ("language", "picture", "video"),
    [
        ("en", "[picture: the tide]", "[video]"),
        ("nl", "[afbeelding: the tide]", "[video]"),
        ("fr", "[image\u00a0: the tide]", "[vidéo]"),
        ("es", "[imagen: the tide]", "[vídeo]"),
    ],
)
def test_pictures_and_videos_of_a_post_are_links_that_say_what_they_are(language, picture, video):
    markup = read_html('<p><img src="http://h/a.jpg" alt="the tide"></p><iframe src="https://vimeo.com/1"></iframe>')
    post = write_post("Tide", date(2021, 2, 6), "", body=markup.blocks, html=markup.html)
    links = get(client_of(Shelf([post])), f"/post/{post.id}", ui=language).select(".body a")

    assert [(a.get_text(), a["href"]) for a in links] == [(picture, "http://h/a.jpg"), (video, "https://vimeo.com/1")]


# citations

VIEW = View(speech=ENGLISH, settings=Settings(title="Hills & Co_"))
ADDRESS = "https://archive.example/post/2021-02-06-0a1b2c3d"


def cite_whole(view, post):
    return cite(view, post, describe(view, post, ADDRESS))


def cited(post, view=VIEW):
    return "".join(part.text for part in cite_whole(view, post).plain)


def test_a_post_is_cited_as_text():
    assert cited(RAIN) == (
        f"“Rain on the hills”. Hills & Co_, 6 February 2021. {ADDRESS}"
        " (first published at http://blog.example/2021/02/rain.html)"
    )
    assert cited(replace(LOST, title="")) == f"“(without title)”. Hills & Co_, undated. {ADDRESS}"


@given(st.text(), st.text(), st.sampled_from(["", "http://h.example/"]), st.sampled_from(sorted(SPEECHES)))
def test_a_citation_holds_what_it_is_made_of_whole_and_apart_from_its_own_words(title, archive, source, language):
    view = View(speech=SPEECHES[language], settings=Settings(title=archive))
    parts = cite_whole(view, replace(RAIN, title=title, permalink=source)).plain
    own = [part.text for part in parts if part.own]

    assert own[:2] == [title.strip() or view.heading(replace(RAIN, title="")), archive]
    assert own[3:] == [ADDRESS, *filter(None, [source])]
    assert not any("%" in part.text for part in parts if not part.own)


def test_a_title_from_right_to_left_turns_no_other_part_of_its_citation():
    post = write_post("مطر على التلال", date(2021, 2, 6), "نزل المطر", language="ar")
    citation = get(client_of(Shelf([post])), f"/post/{post.id}").select_one(".citation")

    assert not citation.has_attr("dir")
    assert str(citation.bdi) == '<bdi lang="ar">مطر على التلال</bdi>'
    assert citation.get_text().startswith("“مطر على التلال”. Archive of the hills, 6 February 2021. ")


def test_a_post_is_cited_for_bibtex():
    assert cite_whole(VIEW, RAIN).bibtex.splitlines() == [
        f"@misc{{post-{RAIN.id},",
        "  title = {{Rain on the hills}},",
        r"  howpublished = {Hills \& Co\_},",
        "  year = {2021},",
        "  month = feb,",
        "  day = {6},",
        f"  url = {{{ADDRESS}}},",
        r"  note = {First published at \url{http://blog.example/2021/02/rain.html}},",
        "  language = {en},",
        "}",
    ]


@pytest.mark.parametrize(("precision", "kept"), [("year", ["year"]), ("month", ["year", "month"])])
def test_bibtex_is_told_no_more_of_a_date_than_is_known(precision, kept):
    published = Published(moment=date(2021, 2, 6), precision=precision, source=DateSource.FEED)
    entry = cite_whole(VIEW, replace(RAIN, published=published)).bibtex

    assert re.findall("(year|month|day) =", entry) == kept
    assert "year" not in cite_whole(VIEW, LOST).bibtex


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        ("50% of $3 & #1_a", r"50\% of \$3 \& \#1\_a"),
        ("a{b", r"a\textbraceleft{}b"),
        ("}a\\", r"\textbraceright{}a\textbackslash{}"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"),
        ('say "no"', r"say \textquotedbl{}no\textquotedbl{}"),
        ("Çorum, São Tomé, 雨", "Çorum, São Tomé, 雨"),
    ],
)
def test_no_sign_of_a_title_means_something_to_bibtex(title, escaped):
    entry = cite_whole(VIEW, replace(RAIN, title=title, permalink="http://h.example/{a}\\")).bibtex

    assert f"  title = {{{{{escaped}}}}},\n" in entry
    assert entry.count("{") == entry.count("}")


def test_the_page_has_both_citations():
    soup = get(client_of(Shelf()), f"/post/{RAIN.id}")

    assert f"{SITE}/post/{RAIN.id}" in soup.select_one(".citation").get_text()
    assert soup.select_one(".cite pre").get_text().startswith(f"@misc{{post-{RAIN.id},\n  title")


# templates


def test_each_field_that_the_page_receives_is_explained_and_used():
    templates = "".join(path.read_text("utf-8") for path in sorted((WEB / "templates").iterdir()))
    records = [
        part for part in ast.parse(Path(pages_post.__file__).read_text("utf-8")).body if isinstance(part, ast.ClassDef)
    ]

    assert records
    for record in records:
        for field, after in zip(record.body, [*record.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign):
                assert isinstance(after, ast.Expr), f"{record.name}.{field.target.id}"
                assert re.search(rf"\.{field.target.id}\b", templates), f"{record.name}.{field.target.id}"
