"""The pages that visitors see: search, post, coverage."""

from dataclasses import replace

from flask import Flask, abort, render_template, request

from archivesearch.params import from_params
from archivesearch.search import PUBLIC_FACETS
from archivesearch.shown_coverage import show_coverage
from archivesearch.shown_post import show_post
from archivesearch.shown_search import show_search
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import Slots
from archivesearch.web.speaking import view


def add_pages(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add the routes of the pages to an application."""

    @app.get("/")
    def search() -> str:
        asked = replace(from_params(request.args.to_dict(flat=False)), counted=PUBLIC_FACETS)
        with slots.held():
            results = archive.search(asked)
        page = show_search(view(), asked, results)
        return render_template("search.html", page=page)

    @app.get("/post/<post_id>")
    def post(post_id: str) -> str:
        found = archive.post(post_id)
        if found is None:
            abort(404)
        return render_template("post.html", page=show_post(view(), found))

    @app.get("/coverage")
    def coverage() -> str:
        with slots.held():
            covered = archive.coverage()
        return render_template("coverage.html", page=show_coverage(view(), covered))
