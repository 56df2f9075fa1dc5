"""The pages that visitors see: search, post, coverage."""

from dataclasses import replace

from flask import Flask, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from archivesearch.dedupe import Duplicate
from archivesearch.errors import CatalogError, QueryError
from archivesearch.params import from_params
from archivesearch.posts import Post
from archivesearch.query import EVERYTHING, Query, parse
from archivesearch.search import PUBLIC_FACETS
from archivesearch.shown import address_of_id
from archivesearch.shown_coverage import show_coverage
from archivesearch.shown_facets import read_listing
from archivesearch.shown_post import Told, show_post
from archivesearch.shown_search import is_start, show_search
from archivesearch.shown_start import START, show_start
from archivesearch.text import clean
from archivesearch.web.addresses import site_address
from archivesearch.web.documents import lead_on
from archivesearch.web.served import ServedArchive, moved
from archivesearch.web.slots import Slots
from archivesearch.web.speaking import view

SIMILAR = 5
"""Similar posts that the page of a post leads to."""


def add_pages(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add the routes of the pages to an application."""

    @app.get("/")
    def search() -> str:
        params = request.args.to_dict(flat=False)
        asked = from_params(params)
        start = is_start(asked, params)
        with slots.held():
            results = archive.search(START if start else replace(asked, counted=PUBLIC_FACETS))
        if start:
            return render_template("start.html", page=show_start(view(), results))
        return render_template("search.html", page=show_search(view(), asked, results, read_listing(params)))

    @app.get("/post/<post_id>")
    def post(post_id: str) -> Response | str:
        with slots.held_if_free() as free:  # to find similar ones is a search: while others wait, none are shown
            found = archive.around(post_id, SIMILAR if free else 0)
        if found is None:
            return _lead_on(moved(archive, post_id))
        told = Told(
            post=found.post,
            site=site_address(archive.settings, request),
            newer=found.newer,
            older=found.older,
            similar=[hit.post for hit in found.similar],
            duplicates=_compare(archive, found.post),
        )
        return render_template("post.html", page=show_post(view(), told, *_searched()))

    @app.get("/coverage")
    def coverage() -> str:
        with slots.held():
            covered = archive.coverage()
        return render_template("coverage.html", page=show_coverage(view(), covered))


def _lead_on(present: str | None) -> Response:
    """Where the post is now that had the id asked for. Of a suppressed one not even that it was there is told."""
    if present is None:
        abort(404)
    kept = [("q", typed)] if (typed := request.args.get("q", "")) else None
    return lead_on(view().path(address_of_id(present), kept))


def _searched() -> tuple[str, Query]:
    """The search that a visitor of a post comes from; one that cannot be read is none, for the post was asked for."""
    typed = clean(request.args.get("q", ""))
    try:
        return typed, parse(typed)
    except QueryError:
        return "", EVERYTHING


def _compare(archive: ServedArchive, post: Post) -> list[Duplicate] | None:
    """The further copies of a post, each with how it differs; None where only the post can be shown now.

    A post is the engine's, its copies the catalog's: that one of them cannot be read takes nothing from the other.
    """
    if len(post.provenance) < 2:
        return []
    try:
        return list(archive.duplicates(post.id))
    except CatalogError as error:
        current_app.logger.error("The copies of posts cannot be compared: %s", " ".join(str(error).split()))  # noqa: TRY400  its cause is in it
        return None
