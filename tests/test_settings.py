"""archive.toml: what it may hold, and what is said of the rest."""

import pytest

from archivesearch.errors import SettingsError
from archivesearch.settings import Settings, load_settings


def settings_of(folder, text):
    (folder / "archive.toml").write_text(text, "utf-8")
    return load_settings(folder)


def test_a_folder_without_settings_has_the_defaults(tmp_path):
    assert load_settings(tmp_path) == Settings()


def test_every_setting_is_read(tmp_path):
    read = settings_of(
        tmp_path,
        'title = "Our blog"\nintroduction = "All of it."\nengine = "whoosh"\n[places]\nX = ["Peru", "Nepal"]\nY = []\n',
    )

    assert (read.title, read.introduction, read.engine) == ("Our blog", "All of it.", "whoosh")
    assert dict(read.places) == {"X": ("Peru", "Nepal"), "Y": ()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = ", "not valid TOML"),
        ('titel = "x"', "no setting 'titel'; the settings are title"),
        ("title = 3", "title must be a text in quotes"),
        ('places = "Peru"', "places must be a table"),
        ('[places]\nX = "Peru"', "'X' must be a list of countries"),
        ('engine = "lucene"', 'it can be "whoosh"'),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_to_do(tmp_path, text, says):
    with pytest.raises(SettingsError, match=says) as error:
        settings_of(tmp_path, text)

    assert str(tmp_path / "archive.toml") in str(error.value)
