"""What stands where an answer cannot: what is the matter, and what to do. The API says it in JSON."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from archivesearch.answers import error_record
from archivesearch.errors import ArchiveSearchError, CatalogError, EngineError, NothingImported, QueryError
from archivesearch.lines import json_line
from archivesearch.pages import ErrorPage
from archivesearch.said import say_error
from archivesearch.shown_search import keep_picked, keep_typed
from archivesearch.speech import ENGLISH, Speech
from archivesearch.web.addresses import API
from archivesearch.web.speaking import view

RETRY_AFTER = 30
"""Seconds after which a page that could not be answered is worth another try."""


KEPT_HEADERS = frozenset({"Allow", "Content-Range", "Retry-After"})
"""Of what Werkzeug would say with an error: which methods there are, how long a file is, when to come again."""


def say_status(status: int, speech: Speech) -> tuple[str, str]:
    """What is the matter and what to do where an answer has this status."""
    gettext = speech.gettext
    match status:
        case 400:
            said = gettext("This address cannot be read"), gettext("Go to the start page and search from there.")
        case 404:
            said = (
                gettext("There is no such page"),
                gettext("The address may be mistyped, or the post has left the archive. Search for it."),
            )
        case 405 | 413 | 501:  # the last two by waitress: nothing can be sent here, in whatever coding
            said = gettext("This archive can only be read"), gettext("Use the search box or follow a link.")
        case 414 | 431:
            said = gettext("This request is too long"), gettext("Go to the start page and search from there.")
        case 416:
            said = gettext("The file has no such part"), gettext("Ask for the whole file.")
        case 421:
            said = (
                gettext("This archive does not answer to this name"),
                gettext("Open it at localhost, or set “address” in archive.toml to where visitors find it."),
            )
        case 429:
            said = (
                gettext("Too many searches from one address"),
                gettext("Wait a moment and try again; posts can be read meanwhile."),
            )
        case 503:
            said = (
                gettext("The archive cannot answer now"),
                gettext("Try again in half a minute; what you typed stays in the box."),
            )
        case _:
            said = (
                gettext("Something went wrong"),
                gettext("The archive could not answer this. Go back and try again."),
            )
    return said


def say_refusal(status: int, speeches: Iterable[Speech]) -> str:
    """What stands in the place of a page where the request could not be read: in each of these languages."""
    return "".join("{}. {}\n".format(*say_status(status, speech)) for speech in speeches)


def add_errors(app: Flask) -> None:
    """Add the pages of errors to an application."""

    @app.errorhandler(QueryError)
    def mend(error: QueryError) -> Response:
        if request.path.startswith(API):
            return _json(400, error_record(str(error), error.position))
        return _answer(400, view().speech.gettext("This search cannot be read"), say_error(error, view().speech))

    @app.errorhandler(EngineError)
    @app.errorhandler(CatalogError)
    def wait(error: ArchiveSearchError) -> Response:
        # its sentence may name folders of this machine: it is for whoever runs the archive, not for visitors
        app.logger.error("The archive cannot answer: %s", " ".join(str(error).split()))
        return _answer(503, *say_status(503, _speech()))

    @app.errorhandler(NothingImported)
    def begin(_error: NothingImported) -> Response:
        gettext = _speech().gettext
        return _answer(
            503,
            gettext("There are no posts yet"),
            gettext("Nothing has been imported into this archive. Come back when it is filled."),
        )

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        status = error.code or 500
        response = _answer(status, *say_status(status, _speech()))
        response.headers.extend((name, value) for name, value in error.get_headers() if name in KEPT_HEADERS)
        return response


def _speech() -> Speech:
    """The language in which this request is answered: to programs English, as all that they read."""
    return ENGLISH if request.path.startswith(API) else view().speech


def _answer(status: int, heading: str, message: str) -> Response:
    # of a search the address can be mended; another one is not worth to be said in four languages
    seen = view() if request.path == "/" else replace(view(), here="/")
    if request.path.startswith(API):
        response = _json(status, error_record(f"{heading}. {message}"))
    elif status == 421:  # the page that asks may be a stranger's, which reads what stands here: nothing of the archive
        response = Response(f"{heading}. {message}\n", status, mimetype="text/plain")
    else:
        sent = request.args.to_dict(flat=False)
        page = ErrorPage(
            frame=seen.frame(), box=keep_typed(sent), picked=keep_picked(seen, sent), heading=heading, message=message
        )
        response = make_response(render_template("error.html", page=page), status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _json(status: int, record: dict[str, Any]) -> Response:
    return Response(json_line(record), status, mimetype="application/json")
