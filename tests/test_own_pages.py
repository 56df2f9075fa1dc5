"""What an archive says of itself on the page: its pages, its footer, its colours."""

from dataclasses import replace
from pathlib import Path

import pytest

from archivesearch.colours import Colours
from archivesearch.settings import OwnPage, Settings, load_settings
from test_web import ELEMENTS, PAYLOADS, RAIN, ShelfArchive, client_of, get, texts

ABOUT = OwnPage(
    name="about",
    text="# About *us*\n\nWe keep [what was written](https://blog.example/).\n\n## Who\n\n- one\n  1. **two**\n\n> Three.",
    language="en",
    others={"nl": "# Over ons\n\nWij bewaren."},
)
TERMS = OwnPage(name="terms", text="# Terms\n\nRead.", language="en", others={})


def client_with(**settings):
    archive = ShelfArchive()
    archive.settings = Settings(title="Hills", **settings)
    return client_of(archive)


def test_every_page_links_to_the_archives_own_pages_and_says_its_footer():
    client = client_with(pages=(ABOUT, TERMS), footer="Kept by the *valley*, <https://valley.example/>.")
    for path in ("/", "/?q=rain", f"/post/{RAIN.id}", "/coverage", "/page/terms", "/nothing"):
        foot = get(client, path).select_one("footer.foot")

        assert [(a.get_text(), a["href"]) for a in foot.select("ul a")[:2]] == [
            ("About us", "/page/about"), ("Terms", "/page/terms"),
        ]  # fmt: skip
        assert texts(foot.select("p")) == ["Kept by the valley, https://valley.example/."]
        assert [a["href"] for a in foot.select("p a")] == ["https://valley.example/"]


def test_an_own_page_shows_what_was_written():
    soup = get(client_with(pages=(ABOUT,)), "/page/about")

    assert texts([soup.h1, soup.title]) == ["About us", "About us – Hills"]
    assert "".join(map(str, soup.select_one(".body").find_all(True, recursive=False))).replace("\n", "") == (
        '<p dir="auto">We keep <a href="https://blog.example/" rel="noopener noreferrer">what was written</a>.</p>'
        '<h2 dir="auto">Who</h2>'
        '<ul><li><p dir="auto">one</p><ol start="1"><li><p dir="auto"><strong>two</strong></p></li></ol></li></ul>'
        '<blockquote><p dir="auto">Three.</p></blockquote>'
    )
    assert [a["href"] for a in soup.select("footer [aria-current=page]")] == ["/page/about"]


def test_an_own_page_shows_code_broken_lines_and_links_within_the_archive():
    text = "# Us\n\nOne  \n*two* `c <d>`, [all](/?q=rain#hits), [we](/coverage).\n\n    a\n      <b>\n\n[x](mailto:x@y.example)"
    client = client_with(
        pages=(OwnPage(name="us", text=text, language="en", others={}),), footer="See [the coverage](/coverage)."
    )
    body = get(client, "/page/us").select_one(".body")
    dutch = get(client, "/page/us", ui="nl")

    assert [str(part) for part in body.find_all(["p", "pre"])] == [
        '<p dir="auto">One<br/><em>two</em> <code>c &lt;d&gt;</code>, '
        '<a href="/?q=rain#hits">all</a>, <a href="/coverage">we</a>.</p>',
        '<pre dir="ltr"><code>a\n  &lt;b&gt;</code></pre>',
        '<p dir="auto"><a href="mailto:x@y.example" rel="noopener noreferrer">x</a></p>',
    ]
    assert [a["href"] for a in dutch.select(".body a, .foot p a")] == [
        "/?q=rain&ui=nl#hits", "/coverage?ui=nl", "mailto:x@y.example", "/coverage?ui=nl",
    ]  # fmt: skip


def test_an_own_page_speaks_the_language_of_the_page_where_it_can_and_says_where_it_cannot():
    client = client_with(pages=(ABOUT,))
    dutch, french = get(client, "/page/about", ui="nl"), get(client, "/page/about", ui="fr")

    assert (dutch.h1.get_text(), dutch.article.get("lang")) == ("Over ons", None)
    assert (french.h1.get_text(), french.article.get("lang")) == ("About us", "en")
    assert french.select_one("footer a[href^='/page/']")["lang"] == "en"


def test_title_and_introduction_speak_the_language_of_the_page():
    others = {"nl": {"title": "Heuvels", "introduction": "Wat het dal schreef."}}
    soup = get(client_with(introduction="What the valley wrote.", others=others), "/", ui="nl")

    assert texts([soup.h1, soup.select_one(".introduction")]) == ["Heuvels", "Wat het dal schreef."]


def test_the_demonstration_says_of_itself_what_it_is_in_two_languages():
    archive = ShelfArchive()
    archive.settings = load_settings(Path(__file__).parent.parent)
    client = client_of(archive)

    assert texts(get(client, "/page/about").select("h1, .home")) == ["Open Stand, the archive", "About this archive"]
    assert texts(get(client, "/page/about", ui="nl").select("h1, .home")) == [
        "Open Stand, het archief", "Over dit archief",
    ]  # fmt: skip


def test_a_footer_of_another_language_says_which():
    client = client_with(
        language="es", footer="Nosotros.", others={"nl": {"footer": "Wij."}, "fr": {"title": "Collines"}}
    )
    said = {code: get(client, "/coverage", ui=code).select_one("footer p") for code in ("en", "nl", "fr", "es")}

    assert {code: (foot.get_text(), foot.get("lang")) for code, foot in said.items()} == {
        "en": ("Nosotros.", "es"),
        "nl": ("Wij.", None),
        "fr": ("Nosotros.", "es"),
        "es": ("Nosotros.", None),
    }


def test_an_introduction_of_another_language_says_which():
    client = client_with(language="es", introduction="Lo que escribimos.", others={"nl": {"introduction": "Wat."}})
    said = {code: get(client, "/", ui=code).select_one(".introduction") for code in ("en", "nl", "es")}

    assert {code: (each.get_text(), each.get("lang")) for code, each in said.items()} == {
        "en": ("Lo que escribimos.", "es"),
        "nl": ("Wat.", None),
        "es": ("Lo que escribimos.", None),
    }


def test_a_page_that_was_not_written_is_not_there():
    client = client_with(pages=(ABOUT,))

    assert client.get("/page/terms").status_code == client.get("/page/").status_code == 404
    assert client.get("/page/about.nl").status_code == client.get("/page/About").status_code == 404


@pytest.mark.parametrize("payload", PAYLOADS)
def test_own_texts_stay_text(payload):
    page = OwnPage(
        name="about", text=f"# {payload}\n\n{payload}\n\n[x]({payload})\n\n<{payload}>", language="en", others={}
    )
    client = client_with(pages=(page,), footer=payload)
    soup = get(client, "/page/about")

    assert {element.name for element in soup.find_all(True)} <= ELEMENTS | {"em", "blockquote"}
    assert all(a["href"].startswith(("/", "#", "http://", "https://")) for a in soup.select("a[href]"))
    assert not [name for element in soup.find_all(True) for name in element.attrs if name.startswith("on")]


def test_an_archive_with_colours_sends_them_as_a_file_of_its_own():
    client = client_with(colours=Colours(accent="#7a1f3d"))
    link = get(client, "/").select("link[rel=stylesheet]")[-1]
    response = client.get(link["href"])

    assert (link["href"], response.mimetype) == ("/colours.css", "text/css")
    assert "--link: #7a1f3d" in response.text
    assert client.get(link["href"], headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_an_archive_without_colours_sends_none():
    client = client_with()

    assert [link["href"] for link in get(client, "/").select("link[rel=stylesheet]")] == ["/static/page.css"]
    assert client.get("/colours.css").status_code == 404


def test_links_between_pages_keep_the_language_that_was_asked_for():
    soup = get(client_with(pages=(ABOUT, replace(TERMS, name="terms-of-use"))), "/coverage", ui="nl")

    assert [a["href"] for a in soup.select("footer ul a")[:2]] == ["/page/about?ui=nl", "/page/terms-of-use?ui=nl"]
