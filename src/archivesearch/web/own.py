"""What is the archive's own on the page: its pages and its colours."""

from flask import Flask, Response, abort, render_template

from archivesearch.settings import Settings
from archivesearch.shown import COLOURS
from archivesearch.shown_own import show_own_page
from archivesearch.web.documents import answer
from archivesearch.web.speaking import view


def add_own(app: Flask, settings: Settings) -> None:
    """Add the routes of the archive's own pages and colours to an application."""

    @app.get("/page/<name>")
    def own(name: str) -> str:
        found = next((page for page in view().settings.pages if page.name == name), None)
        if found is None:
            abort(404)
        return render_template("own.html", page=show_own_page(view(), found))

    @app.get(COLOURS)
    def colours() -> Response:
        if settings.colours is None:
            abort(404)
        return answer(settings.colours.stylesheet.encode(), "text/css; charset=utf-8")
