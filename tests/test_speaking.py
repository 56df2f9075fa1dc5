"""The languages of the page: catalogs without a gap, no text that escapes them, and who gets which."""

import ast
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Comment, Doctype
from hypothesis import given, strategies as st
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

import archivesearch
from archivesearch.errors import CatalogError, NothingImported, QueryError
from archivesearch.params import from_params
from archivesearch.query import parse, say
from archivesearch.said import PLAIN, say_error
from archivesearch.settings import LANGUAGES, OwnPage, Settings
from archivesearch.shown import LANGUAGE_NAMES
from archivesearch.speech import Speech, load_speeches
from archivesearch.web import app as application
from archivesearch.web.failing import say_status
from archivesearch.web.speaking import wished
from messages import CATALOGS, KEYWORDS, catalog_of, extracted, text_of, updated
from test_query import read, typed_texts
from test_web import BrokenArchive, ShelfArchive, client_of, get, texts, write_post

OTHERS = LANGUAGES[1:]
SPEECHES = load_speeches(CATALOGS)
MESSAGES = [message for message in extracted() if message.id]


def written(message):
    """The texts of a message, or those of its translation, as a tuple."""
    return message if isinstance(message, tuple) else (message,)


def placeholders(text):
    return sorted(set(re.findall(r"%(?:\(\w+\))?.", text)) - {"%%"})


# Catalogs


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_has_every_text_that_is_said_and_no_other(language):
    catalog = catalog_of(language)

    assert {message.id for message in catalog if message.id} == {message.id for message in MESSAGES}
    assert not catalog.obsolete


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_by_a_person_in_every_form_of_its_number(language):
    catalog = catalog_of(language)

    for message in catalog:
        strings = written(message.string)
        assert all(string.strip() for string in strings), message.id
        assert len(strings) == (catalog.num_plurals if message.pluralizable else 1)
        assert not message.fuzzy


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text_and_no_html(language):
    for message in catalog_of(language):
        for string in written(message.string) if message.id else ():
            assert placeholders(string) == placeholders(written(message.id)[-1]), message.id
            assert not re.search(r"[<>]|&\w+;", string), message.id
            assert string == string.strip()


@pytest.mark.parametrize(("language", "one"), [("nl", {1}), ("fr", {0, 1}), ("es", {1})])
def test_a_number_takes_the_form_of_its_language(language, one):
    speech = SPEECHES[language]
    singular = speech.ngettext("%(n)s post", "%(n)s posts", 1)

    assert {n for n in range(200) if speech.ngettext("%(n)s post", "%(n)s posts", n) == singular} == one


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_is_written_as_make_messages_writes_it(language):
    assert (CATALOGS / f"{language}.po").read_text("utf-8") == text_of(updated(language), language)


def test_every_text_in_the_code_is_found_by_extraction():
    """A call inside an f-string is one that extraction does not see."""
    known = {text for message in MESSAGES for text in written(message.id)}
    said = set()
    for path in Path(archivesearch.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in KEYWORDS:
                said |= {argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)}

    assert {text for text in said if isinstance(text, str)} - known == set()


def test_every_sentence_about_a_query_is_written_out_where_it_is_raised():
    for path in Path(archivesearch.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "QueryError":
                assert isinstance(node.args[0], ast.Constant), f"{path}, line {node.lineno}"


# Nothing escapes

OPEN, CLOSE = "⟦", "⟧"


def mark(text):
    return f"{OPEN}{text}{CLOSE}"


@pytest.fixture(scope="module")
def marking(tmp_path_factory):
    """The page with a catalog that marks every text as said; what archives hold is written in Cyrillic letters."""
    folder = tmp_path_factory.mktemp("marking") / "web"
    shutil.copytree(CATALOGS.parent, folder)
    catalog = catalog_of("nl")
    for message in catalog:
        if message.id:
            message.string = tuple(map(mark, message.id)) if message.pluralizable else mark(message.id)
    (folder / "locale" / "nl.po").write_text(text_of(catalog, "nl"), "utf-8")

    def marking_client(archive):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(application, "_web_folder", lambda: folder)
            return client_of(archive)

    return marking_client


CYRILLIC_POSTS = (
    write_post(
        "Дождь на холмах", date(2021, 2, 6), "Дождь пришёл поздно.", countries=("Страна",), labels=("Погода", "Холмы")
    ),
    write_post("Дамба", date(2019, 8, 17), "Дамба снова высока.", language="nl", labels=("Погода",)),
    write_post("", None, "Дождь без дня.", language=None),
)


def cyrillic(posts=CYRILLIC_POSTS):
    archive = ShelfArchive(rename_dumps(posts))
    page = OwnPage(name="about", text="# Об архиве\n\nТекст.", language="en", others={})
    archive.settings = Settings(title="Архив", introduction="Введение.", footer="Внизу.", pages=(page,))
    return archive


def rename_dumps(posts):
    return [
        replace(post, provenance=tuple(replace(copy, dump="холмы", evidence="") for copy in post.provenance))
        for post in posts
    ]


def unmarked(text):
    """What of a text stands in no mark."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        left.append(letter if depth == 0 else " ")
    assert depth == 0, text
    return "".join(left).replace(CLOSE, " ")


def names_of(speech):
    """The words that come from CLDR, which need no translation: languages and months."""
    months = (name for width in ("wide", "abbreviated", "narrow") for name in speech.month_names(width))
    names = [*months, *map(speech.language_name, LANGUAGES), *LANGUAGE_NAMES.values()]
    return {word for name in names for word in re.findall(r"\w+", name)}


def escaped(soup):
    """Words that people meet on a page and that are neither said in its language nor data."""
    nodes = [
        str(text)
        for text in soup.find_all(string=True)
        if not isinstance(text, Comment | Doctype) and text.parent.name not in ("code", "script", "style")
    ]
    attributes = [
        tag[name]
        for tag in soup.find_all(True)
        for name in ("alt", "aria-label", "title", "placeholder")
        if tag.get(name)
    ]
    found = {word for text in nodes + attributes for word in re.findall(r"[A-Za-z]\w*", unmarked(text))}
    return found - names_of(Speech("nl"))


@pytest.mark.parametrize(
    "path",
    [
        "/coverage",
        "/page/about",
        "/nothing",
        "/post/2020-01-01-00000000",
        "/?q=%22&page=0",
        "/?from=may&to=2020",
        "/?label=а&label=б&label=в&label=г&label=д&label=е&label=ж&label=з&label=и",
        "/",
        "/?sort=newest&from=2019",
        "/?q=вулкан&country=Страна&country=Погода",
    ],
)
def test_no_text_of_a_page_escapes_the_catalogs(marking, path):
    soup = get(marking(cyrillic()), path + ("&" if "?" in path else "?") + "ui=nl")

    assert OPEN in soup.header.get_text()
    assert escaped(soup) == set()


def test_no_text_of_an_empty_coverage_escapes_the_catalogs(marking):
    assert escaped(get(marking(cyrillic(posts=())), "/coverage", ui="nl")) == set()


@pytest.mark.parametrize("kind", [CatalogError, NothingImported, RuntimeError])
def test_no_text_of_an_error_escapes_the_catalogs(marking, kind):
    client = marking(BrokenArchive(kind("reason")))
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    soup = get(client, "/coverage", ui="nl")

    assert escaped(BeautifulSoup(str(soup.main), "lxml")) == set()


@pytest.mark.parametrize("status", [400, 404, 405, 413, 414, 416, 421, 431, 501, 503])
def test_a_status_that_is_no_fault_of_ours_has_a_sentence_of_its_own_in_every_language(status):
    said = {say_status(status, speech) for speech in SPEECHES.values()}

    assert len(said) == len(LANGUAGES)
    assert not said & {say_status(500, speech) for speech in SPEECHES.values()}


def test_an_escaped_text_is_seen():
    soup = BeautifulSoup(f'<p title="{mark("a")} b">{mark("c " + mark("d"))}, e</p><code>f</code>', "lxml")

    assert escaped(soup) == {"b", "e"}


# What is said of queries


@given(typed_texts, st.sampled_from(OTHERS))
def test_how_a_query_was_read_or_not_can_be_said_in_every_language(typed, language):
    speech = SPEECHES[language]
    found = read(typed)
    if isinstance(found, QueryError):
        assert say_error(found, PLAIN) == str(found)
        assert say_error(found, speech) != str(found)
    else:
        assert say(found, speech) != say(found)


@pytest.mark.parametrize(
    "params",
    [
        {"from": ["may"]},
        {"from": ["2020"], "to": ["2019"]},
        {"page": ["0"]},
        {"page": ["1000"], "size": ["100"]},
        {"label": list("abcdefghi")},
        {"sort": ["luck"]},
        {"since-import": ["x"]},
    ],
)
def test_what_cannot_be_read_in_an_address_is_said_in_every_language(params):
    with pytest.raises(QueryError) as caught:
        from_params(params)
    said = {say_error(caught.value, speech) for speech in SPEECHES.values()}

    assert len(said) == len(LANGUAGES)
    assert say_error(caught.value, PLAIN) == str(caught.value)


@pytest.mark.parametrize(("language", "name"), [("en", "Country"), ("nl", "Land"), ("fr", "Pays"), ("es", "País")])
def test_a_facet_with_too_many_values_is_named_as_it_stands_on_the_page(language, name):
    with pytest.raises(QueryError) as caught:
        from_params({"country": list("abcdefghi")})

    assert name in say_error(caught.value, SPEECHES[language])
    assert '"country"' in str(caught.value)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "posts with “rain” in the title and the country “Germany” but without “snow”"),
        ("nl", "berichten met “rain” in de titel en het land “Duitsland” maar zonder “snow”"),
        (
            "fr",
            "articles avec «\u202frain\u202f» dans le titre et le pays «\u202fAllemagne\u202f» mais sans «\u202fsnow\u202f»",
        ),
        ("es", "entradas con «rain» en el título y el país «Alemania» pero sin «snow»"),
    ],
)
def test_a_query_is_said_in_the_words_and_quotes_of_a_language(language, said):
    assert say(parse("title:rain country:Germany -snow"), SPEECHES[language]) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "posts with a date from May 2009 to 2010 and the language “Dutch”"),
        ("nl", "berichten met een datum van mei 2009 tot en met 2010 en de taal “Nederlands”"),
        ("fr", "articles avec une date entre mai 2009 et 2010 et la langue «\u202fnéerlandais\u202f»"),
        ("es", "entradas con una fecha entre mayo de 2009 y 2010 y el idioma «neerlandés»"),
    ],
)
def test_days_and_languages_of_a_query_have_their_names_on_the_page(language, said):
    assert say(parse("date:2009-05..2010 language:nl"), SPEECHES[language]) == said


@pytest.mark.parametrize(
    ("typed", "language", "said"),
    [
        ("date:2009-05-03..2010", "fr", "articles avec une date entre le 3 mai 2009 et 2010"),
        ("date:2009-05-03..2010", "es", "entradas con una fecha entre el 3 de mayo de 2009 y 2010"),
        ("date:..2009-05-03", "fr", "articles avec une date avant ou pendant le 3 mai 2009"),
        ("date:..2009-05-03", "es", "entradas con una fecha hasta el 3 de mayo de 2009"),
        ("date:2009-05-03..", "nl", "berichten met een datum vanaf 3 mei 2009"),
        ("date:2009-05-03", "fr", "articles avec la date du 3 mai 2009"),
        ("date:2009-05..", "fr", "articles avec une date depuis mai 2009"),
    ],
)
def test_a_day_within_a_sentence_has_its_article_where_the_language_has_one(typed, language, said):
    assert say(parse(typed), SPEECHES[language]) == said


@pytest.mark.parametrize(
    ("language", "chips"),
    [
        ("en", ["Country: Nepal", "From 3 May 2019", "Up to June 2021", "3 May 2019 to 30 June 2021"]),
        ("nl", ["Land: Nepal", "Vanaf 3 mei 2019", "Tot en met juni 2021", "3 mei 2019 tot en met 30 juni 2021"]),
        ("fr", ["Pays\u00a0: Népal", "Depuis le 3 mai 2019", "juin 2021 ou avant", "3 mai 2019 à 30 juin 2021"]),
        (
            "es",
            [
                "País: Nepal",
                "Desde el 3 de mayo de 2019",
                "Hasta junio de 2021",
                "3 de mayo de 2019 a 30 de junio de 2021",
            ],
        ),
    ],
)
def test_filters_that_are_on_are_said_as_the_language_says_them(language, chips):
    client = client_of(ShelfArchive())
    since, until = {"from": "2019-05-03"}, {"to": "2021-06"}
    pages = [get(client, "/", ui=language, **asked) for asked in ({"country": "Nepal"}, since, until, since | until)]

    assert [page.select_one(".chips bdi").get_text() for page in pages] == chips


# Who gets which language


def spoken(response):
    soup = BeautifulSoup(response.text, "lxml")
    (said,) = {soup.html["lang"], response.headers["Content-Language"]}
    return said


@pytest.fixture(scope="module")
def client():
    return client_of(ShelfArchive())


@pytest.mark.parametrize(
    ("asked", "wished", "language"),
    [
        ("", "", "en"),
        ("", "fr", "fr"),
        ("", "nl-BE", "nl"),
        ("", "de, fr;q=0.4, es;q=0.8", "es"),
        ("", "de, pt;q=0.5", "en"),
        ("", "fr;q=0, *;q=0.5", "en"),
        ("", "!!;q=x", "en"),
        ("", "en-GB,nl;q=0.5", "en"),
        ("", "fr-BE,en;q=0.3", "fr"),
        ("", "es-MX,fr;q=0.4", "es"),
        ("", "nl;q=0.4, FR-ca;q=0.5", "fr"),
        ("", "de, es_MX;q=0.7, fr;q=0.7", "es"),
        ("", "nl-BE;q=0.2, nl;q=0, fr;q=0.1", "nl"),
        ("", "nl;q=0.2, *;q=0.8", "en"),
        ("", "en;q=0, *;q=0.8", "nl"),
        ("nl", "fr", "nl"),
        ("de", "fr", "fr"),
        ("NL", "fr", "fr"),
    ],
)
def test_the_language_is_what_the_address_asks_for_else_what_the_browser_wishes(client, asked, wished, language):
    for path in ("/", "/?q=rain", "/coverage", "/nothing", "/?page=0"):
        response = client.get(
            path + (f"{'&' if '?' in path else '?'}ui={asked}" if asked else ""), headers={"Accept-Language": wished}
        )

        assert spoken(response) == language
        assert "Accept-Language" in response.headers["Vary"]


TAGS = st.tuples(
    st.sampled_from([*LANGUAGES, "de", "*"]), st.sampled_from(["", "-GB", "-419", "_BE"]), st.integers(0, 9)
)


def header(tags, *, regions=True):
    return ", ".join(
        f"{language}{region if regions and language != '*' else ''};q=0.{tenths}" for language, region, tenths in tags
    )


@given(st.lists(TAGS, max_size=6), st.sampled_from(LANGUAGES))
def test_no_language_is_wished_more_than_the_one_that_is_spoken_whatever_its_region(tags, otherwise):
    accepted = parse_accept_header(header(tags), LanguageAccept)
    spoken = wished(accepted, otherwise)
    most = {language: max(tenths for other, _, tenths in tags if other == language) for language, _, _ in tags}
    best = max(most.get(language, most.get("*", 0)) for language in LANGUAGES)

    assert most.get(spoken, most.get("*", 0)) == best
    assert spoken == otherwise or best > 0
    assert spoken == wished(parse_accept_header(header(tags, regions=False), LanguageAccept), otherwise)


def test_an_archive_says_in_which_language_strangers_are_spoken_to():
    archive = ShelfArchive()
    archive.settings = Settings(language="nl")
    client = client_of(archive)

    assert spoken(client.get("/", headers={"Accept-Language": "de"})) == "nl"
    assert spoken(client.get("/", headers={"Accept-Language": "de, en;q=0.1"})) == "en"
    assert spoken(client.get("/", headers={"Accept-Language": "de, *;q=0.1"})) == "nl"


def test_files_and_answers_for_programs_have_no_language(client):
    for path in ("/static/page.css", "/robots.txt"):
        assert "Content-Language" not in client.get(path, headers={"Accept-Language": "nl"}).headers


@pytest.mark.parametrize("path", ["/", "/?q=rain&year=2021", "/?q=volcano&year=2021", "/coverage", "/nothing"])
def test_a_language_that_was_asked_for_is_kept_by_every_link_and_by_the_form(client, path):
    soup = get(client, path + ("&" if "?" in path else "?") + "ui=nl")
    for_people = "a[href^='/']:not([hreflang]):not([type])"  # feeds and files say what type they are
    links = soup.select(for_people)

    assert links
    assert [link["href"] for link in links if parse_qs(urlsplit(link["href"]).query).get("ui") != ["nl"]] == []
    assert [field["value"] for field in soup.select("form input[name=ui]")] == ["nl"]


@pytest.mark.parametrize("path", ["/", "/?q=rain&year=2021", "/coverage"])
def test_a_language_that_nobody_asked_for_stands_in_no_other_link(client, path):
    soup = BeautifulSoup(client.get(path, headers={"Accept-Language": "nl"}).text, "lxml")

    assert [
        link["href"] for link in soup.select("a[href]") if "ui=" in link["href"] and not link.has_attr("hreflang")
    ] == []
    assert soup.select("input[name=ui]") == []


@pytest.mark.parametrize("path", ["/", "/?q=rain&year=2021", "/?q=a%26b&ui=fr", "/coverage?ui=es"])
def test_each_page_links_to_itself_in_every_language(client, path):
    links = get(client, path).select("a[hreflang]")

    assert [link["hreflang"] for link in links] == list(LANGUAGES)
    for link in links:
        response = client.get(link["href"])
        asked = parse_qs(urlsplit(path).query)

        assert spoken(response) == link["hreflang"] == link["lang"]
        assert parse_qs(urlsplit(link["href"]).query) == asked | {"ui": [link["hreflang"]]}


# Numbers, days and names


def test_days_and_numbers_are_written_as_the_language_of_the_page_does():
    posts = [write_post(f"Note {n}", date(2021, 2, 6), "Rain.") for n in range(1234)]
    client = client_of(ShelfArchive(posts))
    paragraph = {language: texts(get(client, "/coverage", ui=language).select("main p"))[0] for language in LANGUAGES}

    assert paragraph == {
        "en": "1,234 posts of February 2021, each counted once.",
        "nl": "1.234 berichten uit februari 2021, elk één keer geteld.",
        "fr": "1\u202f234 articles (février 2021), chacun compté une seule fois.".replace("\u202f", " "),
        "es": "1234 entradas de febrero de 2021, cada una contada una sola vez.",
    }


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["999", "1,000", "9,999", "10,000"]),
        ("nl", ["999", "1.000", "9.999", "10.000"]),
        ("fr", ["999", "1\u202f000", "9\u202f999", "10\u202f000"]),
        ("es", ["999", "1000", "9999", "10.000"]),
    ],
)
def test_thousands_are_marked_where_the_language_marks_them(language, written):
    assert [SPEECHES[language].number(number) for number in (999, 1000, 9999, 10000)] == written


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "Germany"), ("nl", "Duitsland"), ("fr", "Allemagne"), ("es", "Alemania")]
)
def test_a_country_has_its_name_in_the_language_and_one_value_in_every_address(language, shown):
    posts = [write_post("Note", date(2021, 2, 6), "Rain.", countries=("Germany", "Atlantis"))]
    soup = get(client_of(ShelfArchive(posts)), "/", country="Germany", ui=language)

    assert soup.select_one("input[name=country][checked]")["value"] == "Germany"
    assert any(shown in text for text in texts(soup.select(".chips a")))
    assert shown in soup.select_one(".hit").get_text()
    assert "Atlantis" in soup.select_one(".hit").get_text()
