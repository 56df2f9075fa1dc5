"""The language of a text."""

import pytest
from hypothesis import given, settings, strategies as st

from archivesearch.languages import language_of

LONG = {
    "en": "The members of the cooperative met in the old harbour hall and talked about the price of bread and milk.",
    "nl": "De leden van de coöperatie kwamen samen in de oude havenhal en spraken over de prijs van brood en melk.",
    "fr": "Les membres de la coopérative se sont réunis dans le vieux port et ont parlé du prix du pain et du lait.",
    "es": "Los socios de la cooperativa se reunieron en el viejo puerto y hablaron del precio del pan y de la leche.",
    "de": "Die Mitglieder der Genossenschaft trafen sich in der alten Halle und sprachen über den Preis von Brot.",
    "pt": "Os membros da cooperativa reuniram-se no velho porto e falaram sobre o preço do pão e do leite.",
    "id": "Para anggota koperasi berkumpul di gedung pelabuhan lama dan berbicara tentang harga roti dan susu.",
}


@pytest.mark.parametrize("language", LONG)
def test_a_sentence_tells_its_language(language):
    assert language_of(LONG[language]) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A visit to the harbour", "en"),
        ("Nieuwe winkels voor iedereen", "nl"),
        ("La soupe pour tous", "fr"),
        ("El pan de cada día", "es"),
    ],
)
def test_a_title_alone_tells_its_language(text, language):
    assert language_of(text) == language


def test_an_english_text_that_quotes_dutch_names_is_english():
    text = "We visited De Vrolijke Bakkers and Het Groene Huis, who told us how their shops began and who works there."

    assert language_of(text) == "en"


@pytest.mark.parametrize("text", ["", "   ", "12 34 56.7", "!?", "OK", "a b", "•  •"])
def test_a_text_without_words_has_no_language(text):
    assert language_of(text) is None


def test_acronyms_and_addresses_say_nothing_about_the_language():
    text = "De bakkers van KWX, BOPN en TRL (info@bread-and-roses.example.org) verkopen hun brood op de markt."

    assert language_of(text) == "nl"


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_text_has_the_same_language_each_time_and_it_is_a_code_of_two_letters(text):
    language = language_of(text)

    assert language == language_of(text)
    assert language is None or (len(language) == 2 and language.islower())
