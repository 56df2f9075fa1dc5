"""Countries by their names in the languages of the page."""

import pytest

from archivesearch.country_names import english_name, local_name
from archivesearch.places import gazetteer
from archivesearch.settings import LANGUAGES

COUNTRIES = {country for place in gazetteer("en", ()).names.values() for country in place.countries}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_that_posts_can_be_about_has_a_plain_name_of_its_own(language):
    names = {country: local_name(country, language) for country in COUNTRIES}

    assert len(COUNTRIES) > 190
    assert len(set(names.values())) == len(COUNTRIES)
    assert [name for name in names.values() if set("()[]") & set(name) or not name] == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("DE", ["Germany", "Duitsland", "Allemagne", "Alemania"]),
        ("MM", ["Myanmar", "Myanmar", "Myanmar", "Myanmar"]),
        ("PS", ["Palestine", "Palestina", "Palestine", "Palestina"]),
        ("CI", ["Ivory Coast", "Ivoorkust", "Côte d’Ivoire", "Côte d’Ivoire"]),
    ],
)
def test_a_country_is_named_as_people_of_that_language_do(code, names):
    assert [local_name(english_name(code), language) for language in LANGUAGES] == names


def test_what_is_no_country_that_is_known_keeps_its_name():
    assert [local_name("Atlantis", language) for language in LANGUAGES] == ["Atlantis"] * 4
