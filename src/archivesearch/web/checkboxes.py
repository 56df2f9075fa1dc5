"""The checkboxes of facets: half of a page of results, and the same ones on page after page."""

import functools
from collections.abc import Callable, Iterable

from flask import Flask
from markupsafe import Markup

from archivesearch.pages_search import FacetValue
from archivesearch.search import FacetName

KEPT = 4096
"""Pieces of checkboxes of which the markup is kept, some 200 bytes each."""


def add_checkboxes(app: Flask) -> None:
    """Give the templates `checkboxes`, which writes all values of a facet as `_checkbox.html` writes one.

    A page has hundreds of them, and to write each is most of the work of a page. What stands in them has few forms: so
    the markup of a value, and that of a number of posts, is kept for the next page.
    """

    @functools.cache
    def macro(name: str) -> Callable[..., str]:
        written: Callable[..., str] = getattr(app.jinja_env.get_template("_checkbox.html").module, name)
        return written

    @functools.lru_cache(maxsize=KEPT)
    def opening(facet: FacetName, state: str, value: str, text: str) -> str:
        return str(macro("opening")(facet, state, value, text))

    @functools.lru_cache(maxsize=KEPT)
    def counted(number: str, unit: str) -> str:
        return str(macro("counted")(number, unit))

    def write(facet: FacetName, state: str, values: Iterable[FacetValue]) -> Markup:
        boxes = [opening(facet, state, value, text) + counted(number, unit) for value, text, number, unit in values]
        return Markup("\n".join(boxes))  # noqa: S704  it is what a template has escaped

    app.jinja_env.globals["checkboxes"] = write
