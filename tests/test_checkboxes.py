"""Checkboxes of facets: kept from page to page, they say what they would say if each were written anew."""

from bs4 import BeautifulSoup
from hypothesis import given, strategies as st

from archivesearch.pages_search import FacetValue
from archivesearch.search import PUBLIC_FACETS
from archivesearch.web.app import create_app
from test_web import ShelfArchive

APP = create_app(ShelfArchive())
WRITE = APP.jinja_env.globals["checkboxes"]
STATES = ("", " checked", " disabled")

# few texts, so that the same one comes back as another value, in another facet, with another number
TEXTS = st.sampled_from(["Nepal", "nepal", "<b>&amp;", '" autofocus x="', "'", " 2019 ", "\u05d0\u05d1", "3"])
VALUES = st.lists(st.builds(FacetValue, TEXTS, TEXTS, st.sampled_from(["3", "1,204"]), st.sampled_from(["", " posts"])))


def read(markup):
    """Name, state, value, text, number and unit of each checkbox, as a browser reads them."""
    for label in BeautifulSoup(f"<pre>{markup}</pre>", "lxml").find_all("label"):
        box, count = label.input, label.find(class_="count")
        unit = count.find(class_="unseen").extract().get_text()
        state = "".join(f" {name}" for name in ("checked", "disabled") if box.has_attr(name))
        assert set(box.attrs) <= {"type", "form", "name", "value", "checked", "disabled"}
        assert (box["type"], box["form"]) == ("checkbox", "search")
        yield box["name"], state, box["value"], label.bdi.get_text(), count.get_text(), unit


@given(st.sampled_from(PUBLIC_FACETS), st.sampled_from(STATES), VALUES)
def test_each_value_has_its_own_checkbox_whatever_was_written_before(facet, state, values):
    assert list(read(WRITE(facet, state, values))) == [(facet, state, *value) for value in values]
