"""What is derived from one post."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from archivesearch.enrich import enrich
from archivesearch.posts import Block, Post


def a_post(title, *paragraphs, labels=()):
    body = tuple(Block(lines=(paragraph,)) for paragraph in paragraphs)
    return Post(id="2020-01-01-00000000", title=title, published=None, body=body, labels=labels)


def test_a_post_gets_its_language_and_its_countries():
    post = a_post("De bakkers van Nepal", "Elke ochtend staan zij om vier uur op om het brood te bakken.")

    enriched = enrich(post, {})

    assert (enriched.language, enriched.countries) == ("nl", ("Nepal",))


def test_all_else_of_a_post_stays():
    post = a_post("The bakers of Nepal", "They rise at four to bake the bread.", labels=("Bread", "asia"))

    enriched = enrich(post, {})

    assert replace(enriched, language=None, countries=()) == post


def test_enriching_twice_changes_nothing():
    post = a_post("The bakers of Nepal", "They rise at four to bake the bread.")

    once = enrich(post, {})

    assert enrich(once, {}) == once


def test_a_post_without_a_body_is_enriched_from_its_title():
    assert enrich(a_post("The bakers of Nepal and their ovens"), {}).countries == ("Nepal",)


def test_the_settings_say_what_an_organisation_stands_for():
    post = a_post("The yearly meeting of XYZW", "Bread was served to all members of the union.")

    assert enrich(post, {"XYZW": ("Peru",)}).countries == ("Peru",)


def test_the_countries_of_a_text_are_read_in_its_own_language():
    post = a_post("Les boulangères népalaises", "Elles se lèvent à quatre heures pour faire le pain de la ville.")

    assert enrich(post, {}).countries == ("Nepal",)


def test_each_item_of_a_list_is_a_paragraph_of_its_own():
    items = (
        "In Peru bread is round.",
        "Ghana, Nepal and Qatar have flat bread.",
        "Bread from Peru is sold in Bolivia.",
    )
    block = Block(kind="bullets", lines=items, markers=("•",) * 3)
    post = Post(id="2020-01-01-00000000", title="Our bread", published=None, body=(block,))

    assert enrich(post, {}).countries == ("Peru",)


@settings(max_examples=50, deadline=None)
@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_post_can_be_enriched_and_its_countries_are_sorted_and_single(title, paragraphs):
    countries = enrich(a_post(title, *paragraphs), {}).countries

    assert list(countries) == sorted(set(countries))
