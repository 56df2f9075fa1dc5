"""An archive's own colours can be read wherever they stand."""

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from archivesearch.colours import ENOUGH, GROUNDS, Colours, check_colour, contrast

STYLES = (Path(__file__).parent.parent / "web" / "static" / "page.css").read_text("utf-8")

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def page_colours():
    """The colours of page.css by their names: in light and in dark."""
    light, dark = (rules for rules in re.findall(r":root \{([^}]*)\}", STYLES) if "--" in rules)
    return [dict(re.findall(r"--([\w-]+): (#\w+);", rules)) for rules in (light, dark)]


def test_what_the_accent_is_held_against_is_what_the_page_has():
    light, dark = page_colours()

    assert GROUNDS["accent"] == tuple(light[name] for name in ("ground", "raised", "mark"))
    assert GROUNDS["accent-dark"] == tuple(dark[name] for name in ("ground", "raised", "mark"))


def test_the_colours_of_the_page_keep_the_rule_themselves():
    light, dark = page_colours()

    assert check_colour("accent", light["link"]) == check_colour("accent-dark", dark["link"]) == ""


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1)]
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


@given(st.sampled_from(sorted(GROUNDS)), colours)
def test_a_colour_is_taken_only_where_text_in_it_can_be_read_on_all_that_it_stands_on(name, colour):
    readable = all(contrast(colour, ground) >= ENOUGH for ground in GROUNDS[name])

    assert (check_colour(name, colour) == "") == readable


@given(colours)
def test_letters_on_buttons_can_be_read_in_every_colour_that_is_taken(colour):
    if not check_colour("accent", colour):
        assert contrast(colour, "#ffffff") >= ENOUGH
    if not check_colour("accent-dark", colour):
        assert contrast(colour, GROUNDS["accent-dark"][0]) >= ENOUGH


def test_a_colour_changes_only_the_page_that_it_is_for():
    light = "@media (prefers-color-scheme: light) { :root { --link: #7a1f3d; --button: #7a1f3d; } }\n"
    dark = (
        "@media (prefers-color-scheme: dark) { :root { --link: #f0b6c8; --button: #f0b6c8; --on-button: #15181b; } }\n"
    )

    assert Colours(accent="#7a1f3d").stylesheet == light
    assert Colours(accent_dark="#f0b6c8").stylesheet == dark
    assert Colours(accent="#7a1f3d", accent_dark="#f0b6c8").stylesheet == light + dark
