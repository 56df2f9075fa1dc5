"""The countries that a post is about."""

import pytest
from hypothesis import given, settings, strategies as st

from archivesearch.countries import countries_about

FILLER = "The ovens were cleaned, the flour was weighed, and the first loaves came out before the sun was up. " * 4
COUNTRIES = ["Bangladesh", "Belgium", "Bolivia", "Ghana", "Nepal", "Peru", "Qatar", "Senegal", "Vietnam"]


@pytest.mark.parametrize(
    ("title", "countries"),
    [
        ("Bread in Nepal", ("Nepal",)),
        ("Nepalese bakers", ("Nepal",)),
        ("Nepali bakers", ("Nepal",)),
        ("Nepal’s bakers", ("Nepal",)),
        ("The bakers of Kathmandu", ("Nepal",)),
        ("NEPAL: the bakers", ("Nepal",)),
        ("Bakers in Mumbai", ("India",)),
        ("Bakers in Kerala", ("India",)),
        ("Bangladeshis abroad", ("Bangladesh",)),
        ("British bakers", ("United Kingdom",)),
        ("Viet Nam and its bread", ("Vietnam",)),
        ("Bread in the U.S. and the UK", ("United Kingdom", "United States")),
        ("Filipino bakers in Saudi Arabia", ("Philippines", "Saudi Arabia")),
        ("Bread in Burma", ("Myanmar",)),
        ("Bread in Côte d’Ivoire", ("Ivory Coast",)),
        ("Bread in Palestine", ("Palestine",)),
        ("Elections in the Congo", ("Democratic Republic of the Congo",)),
    ],
)
def test_names_adjectives_capitals_cities_and_regions_stand_for_their_country(title, countries):
    assert countries_about(title, [], language="en") == countries


@pytest.mark.parametrize(
    ("title", "countries"),
    [
        ("Bread in Guinea", ("Guinea",)),
        ("Bread in Papua New Guinea", ("Papua New Guinea",)),
        ("Bread in Equatorial Guinea", ("Equatorial Guinea",)),
        ("Bread in Guinea-Bissau", ("Guinea-Bissau",)),
        ("Bread in Niger", ("Niger",)),
        ("Bread in Nigeria", ("Nigeria",)),
        ("Nigerian bread", ("Nigeria",)),
        ("Dominican bread", ("Dominican Republic",)),
        ("South Korean bread", ("South Korea",)),
        ("Bread in New Mexico", ("United States",)),
        ("Bread along the Gulf of Guinea", ()),
        ("Latin American bread", ()),
        ("Bread across the Indian Ocean", ()),
        ("Bread in South Asia", ()),
    ],
)
def test_the_longest_name_counts(title, countries):
    assert countries_about(title, [], language="en") == countries


@pytest.mark.parametrize(
    ("language", "title", "countries"),
    [
        ("nl", "Belgische bakkers", ("Belgium",)),
        ("nl", "Brood uit Duitsland", ("Germany",)),
        ("nl", "Duitse en Indiase bakkers", ("Germany", "India")),
        ("nl", "Cambodjaanse bakkers", ("Cambodia",)),
        ("nl", "Brood uit Brussel en uit België", ("Belgium",)),
        ("fr", "Le pain du Népal", ("Nepal",)),
        ("fr", "Les boulangers népalais et burundais", ("Burundi", "Nepal")),
        ("fr", "Le pain belge", ("Belgium",)),
        ("es", "Panaderas bolivianas", ("Bolivia",)),
        ("es", "El pan de Bélgica", ("Belgium",)),
        ("de", "Indische und nepalesische Bäcker", ("India", "Nepal")),
        ("pt", "Padeiros brasileiros", ("Brazil",)),
        ("id", "Roti di Belanda", ("Netherlands",)),
        ("it", "Il pane del Belgio", ("Belgium",)),
        (None, "Bread in Nepal", ("Nepal",)),
    ],
)
def test_names_and_adjectives_of_the_language_of_the_text_count(language, title, countries):
    assert countries_about(title, [], language=language) == countries


@pytest.mark.parametrize(
    "title",
    [
        "Roast turkey for all",
        "Reading in a nice bath",
        "The china is in the cupboard",
        "Available in Dutch, French and Nepali",
        "The handbook is in French.",
        "A Nepali translation of the handbook",
        "JOIN US TODAY",
        "Victoria bakes bread",
        "What the Paris Agreement means for bread",
    ],
)
def test_words_languages_and_people_are_no_countries(title):
    assert countries_about(title, [], language="en") == ()


def test_a_french_text_in_a_language_is_not_about_its_country():
    assert countries_about("Le livre est traduit en népalais", [], language="fr") == ()


def test_a_surname_that_is_a_country_is_no_country():
    paragraphs = ["The recipe of Flour Jordan is short, and that of Chad Dough is shorter."]

    assert countries_about("Two people and their bread", paragraphs, language="en") == ()


def test_one_passing_mention_is_worth_nothing():
    assert countries_about("Our bread", [FILLER, "A loaf like this was once seen in Peru."], language="en") == ()


def test_a_country_of_the_first_sentence_of_a_short_post_is_what_it_is_about():
    assert countries_about("Our bread", ["The bakers of Peru rise at four.", FILLER], language="en") == ("Peru",)


def test_a_country_that_comes_back_is_what_a_post_is_about():
    paragraphs = [FILLER, "In Peru the ovens are made of clay.", "Bread from Peru is round."]

    assert countries_about("Our bread", paragraphs, language="en") == ("Peru",)


def test_a_country_named_twice_in_a_very_long_post_is_not_what_it_is_about():
    paragraphs = [FILLER, "In Peru the ovens are made of clay.", *[FILLER] * 12, "Bread from Peru is round."]

    assert countries_about("Our bread", paragraphs, language="en") == ()


def test_a_neighbour_named_once_beside_the_country_of_the_title_does_not_count():
    paragraphs = ["In Peru, as in Bolivia, bread is round.", "Bread from Peru is sold everywhere."]

    assert countries_about("Bread in Peru", paragraphs, language="en") == ("Peru",)


def test_a_list_of_countries_says_nothing():
    paragraphs = ["We have bakers in Peru, Bolivia, Ghana, Nepal, Senegal and Vietnam.", FILLER]

    assert countries_about("Our bakers", paragraphs, language="en") == ()


def test_a_title_that_lists_five_countries_says_nothing():
    assert countries_about("Bread in Peru, Bolivia, Ghana, Nepal and Senegal", [], language="en") == ()


def test_donors_and_embassies_are_passing_mentions():
    paragraphs = [
        "The embassy of Qatar and the Belgian embassy came to look at the ovens, which were funded by Norway.",
        "The ovens, paid with support from Norway, bake bread day and night.",
    ]

    assert countries_about("Our new ovens", paragraphs, language="en") == ()


def test_a_city_beside_its_country_is_one_naming():
    paragraphs = [FILLER, "A loaf like this was once seen in Lima, Peru.", FILLER]

    assert countries_about("Our bread", paragraphs, language="en") == ()


def test_a_label_supports_a_mention_but_is_not_enough_by_itself():
    mentioned = [FILLER, "A loaf like this was once seen in Peru."]

    assert countries_about("Our bread", mentioned, labels=["Peru"], language="en") == ("Peru",)
    assert countries_about("Our bread", [FILLER], labels=["Peru"], language="en") == ()


def test_a_name_of_the_settings_replaces_what_is_built_in():
    places = {"Kerala": (), "Upper Ovens": ("Nepal", "Peru"), "WXYZ": ("Ghana",), "B!GBREAD": ("Qatar",)}

    assert countries_about("Bread in Kerala", [], places=places) == ()
    assert countries_about("Bread in the Upper Ovens", [], places=places) == ("Nepal", "Peru")
    assert countries_about("WXYZ at work", [], places=places) == ("Ghana",)
    assert countries_about("B!GBREAD at work", [], places=places) == ("Qatar",)


def test_an_acronym_of_the_settings_counts_only_in_capitals_and_as_a_whole_word():
    places = {"BAKE": ("Ghana",)}

    assert countries_about("How to bake. Bake it, BAKERS", [], places=places) == ()


@settings(deadline=None)
@given(st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=4, unique=True))
def test_the_countries_of_a_title_are_the_countries_of_the_post(countries):
    title = "Bread in " + " and ".join(countries)

    assert countries_about(title, [FILLER], language="en") == tuple(sorted(countries))


@settings(deadline=None, max_examples=50)
@given(st.text(), st.lists(st.text(), max_size=3), st.sampled_from(["en", "nl", "fr", "xx", None]))
def test_any_text_gives_countries_that_are_sorted_and_single(title, paragraphs, language):
    countries = countries_about(title, paragraphs, language=language)

    assert list(countries) == sorted(set(countries))
