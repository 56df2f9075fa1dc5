"""archive.toml: what it may hold, and what is said of the rest."""

import pytest

from archivesearch.errors import SettingsError
from archivesearch.settings import Settings, load_settings


def settings_of(folder, text):
    (folder / "archive.toml").write_text(text, "utf-8")
    return load_settings(folder)


def test_a_folder_without_settings_has_the_defaults(tmp_path):
    assert load_settings(tmp_path) == Settings()


@pytest.mark.parametrize(
    "address",
    [
        "https://archive.example.org",
        "http://localhost:8000",
        "http://[2001:db8::1]:80",
        "https://xn--bcher-kva.example",
        "",
    ],
)
def test_an_address_is_a_host_that_visitors_use(tmp_path, address):
    assert settings_of(tmp_path, f'address = "{address}"').address == address


@pytest.mark.parametrize(
    "address",
    [
        "archive.example.org",
        "ftp://archive.example.org",
        "https://archive.example.org/",
        "https://archive.example.org/blog",
        "https://archive.example.org?q=x",
        "https://archive.example.org#top",
        "https://someone@archive.example.org",
        "https://archive.example.org:http",
        "https://a b.example",
        "https://.example",
        "https://",
        "https://archive.example.org\\n",
    ],
)
def test_an_address_with_anything_behind_its_host_is_refused(tmp_path, address):
    with pytest.raises(SettingsError, match=r'as in "https://archive\.example\.org"'):
        settings_of(tmp_path, f'address = "{address}"')


def test_every_setting_is_read(tmp_path):
    read = settings_of(
        tmp_path,
        'title = "Our blog"\nintroduction = "All of it."\naddress = "https://a.example"\nengine = "whoosh"\n[places]\nX = ["Peru", "Nepal"]\nY = []\n',
    )

    assert (read.title, read.introduction, read.engine) == ("Our blog", "All of it.", "whoosh")
    assert read.address == "https://a.example"
    assert dict(read.places) == {"X": ("Peru", "Nepal"), "Y": ()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = ", "not valid TOML"),
        ('titel = "x"', "no setting 'titel'; the settings are title"),
        ("title = 3", "title must be a text in quotes"),
        ('title = ""', "title is empty: write the name of the archive there"),
        ('title = " \\t"', "title is empty"),
        ("[nl]\ntitle = ''", "nl: title is empty"),
        ('places = "Peru"', "places must be a table"),
        ('[places]\nX = "Peru"', "'X' must be a list of countries"),
        ('language = "de"', 'language = .de. is not known; it can be "en" or "nl" or "fr" or "es"'),
        ('pages = "about.md"', "pages must be a list"),
        ('pages = ["about.txt"]', "'about.txt' must be the name of a file beside archive.toml"),
        ('pages = ["../about.md"]', "must be the name of a file beside archive.toml"),
        ("pages = [3]", "must be the name of a file beside archive.toml"),
        ('pages = ["about.md"]', "there is no file .*about.md: write it, or take it out"),
        ("[nl]\ntitel = 'x'", "nl: there is no 'titel'; a language has title, introduction, footer"),
        ("[nl]\ntitle = 3", "nl: title must be a text in quotes"),
        ("[de]\ntitle = 'x'", "no setting 'de'"),
        ("[colours]\nlink = '#000000'", "colours: there is no 'link'; the colours are accent, accent-dark"),
        ("[colours]\naccent = 'blue'", 'accent must be a colour with six digits, as in "#1a5a70"'),
        ("[colours]\naccent = 3", "accent must be a colour"),
        (
            "[colours]\naccent = '#cc7722'",
            "accent #cc7722 stands on #fbe7a1 with a contrast of 2.73, and text needs 4.5: choose a darker one",
        ),
        ("[colours]\naccent-dark = '#1a5a70'", "stands on #584911 .* choose a lighter one"),
        ('engine = "lucene"', 'it can be "whoosh"'),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_to_do(tmp_path, text, says):
    with pytest.raises(SettingsError, match=says) as error:
        settings_of(tmp_path, text)

    assert str(tmp_path / "archive.toml") in str(error.value)


def test_texts_in_other_languages_stand_in_for_those_above_as_far_as_they_go(tmp_path):
    read = settings_of(tmp_path, 'title = "Hills"\nintroduction = "All."\nfooter = "Us."\n[nl]\ntitle = "Heuvels"\n')

    assert (read.said_in("nl").title, read.said_in("nl").introduction, read.said_in("nl").footer) == (
        "Heuvels", "All.", "Us.",
    )  # fmt: skip
    assert read.said_in("fr") == read


def test_a_page_is_read_with_its_other_languages(tmp_path):
    (tmp_path / "about-us.md").write_text("\ufeff# About\n\nUs.", "utf-8")
    (tmp_path / "about-us.nl.md").write_text("# Over ons", "utf-8")
    (tmp_path / "about-us.de.md").write_text("nothing that the page speaks", "utf-8")
    read = settings_of(tmp_path, 'pages = ["about-us.md"]\nlanguage = "es"')
    (here,), (there,) = read.pages, read.said_in("nl").pages

    assert (here.name, here.text, here.language) == ("about-us", "# About\n\nUs.", "es")
    assert (there.name, there.text, there.language) == ("about-us", "# Over ons", "nl")
    assert read.said_in("fr").pages == read.pages


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"Us.\n\n# About", "must begin with a heading"), (b"", "must begin"), (b"# \xff", "is not UTF-8")],
)
def test_a_page_that_cannot_be_shown_is_named(tmp_path, raw, says):
    (tmp_path / "about.md").write_bytes(b"# About")
    (tmp_path / "about.fr.md").write_bytes(raw)

    with pytest.raises(SettingsError, match=says) as error:
        settings_of(tmp_path, 'pages = ["about.md"]')
    assert str(tmp_path / "about.fr.md") in str(error.value)
