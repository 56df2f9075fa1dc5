"""The pages that stand where an answer cannot: what is the matter, and what to do."""

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from archivesearch.errors import ArchiveSearchError, CatalogError, EngineError, NothingImported, QueryError
from archivesearch.pages import Box, ErrorPage
from archivesearch.settings import Settings
from archivesearch.shown_search import keep_typed

RETRY_AFTER = 30
"""Seconds after which a page that could not be answered is worth another try."""

UNREADABLE = "This search cannot be read"
NO_ANSWER = ("Something went wrong", "The archive could not answer this. Go back and try again.")
NO_POSTS = ("There are no posts yet", "Nothing has been imported into this archive. Come back when it is filled.")
HTTP_ERRORS = {
    400: ("This address cannot be read", "Go to the start page and search from there."),
    404: ("There is no such page", "The address may be mistyped, or the post has left the archive. Search for it."),
    405: ("This archive can only be read", "Use the search box or follow a link."),
    503: ("The archive cannot answer now", "Try again in half a minute; what you typed stays in the box."),
}


def add_errors(app: Flask, settings: Settings) -> None:
    """Add the pages of errors to an application."""

    def answer(status: int, heading: str, message: str, box: Box) -> Response:
        page = ErrorPage(title=settings.title, box=box, heading=heading, message=message)
        response = make_response(render_template("error.html", page=page), status)
        if status == 503:
            response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    def sent() -> Box:
        return keep_typed(request.args.to_dict(flat=False))

    @app.errorhandler(QueryError)
    def mend(error: QueryError) -> Response:
        return answer(400, UNREADABLE, str(error), sent())

    @app.errorhandler(EngineError)
    @app.errorhandler(CatalogError)
    def wait(error: ArchiveSearchError) -> Response:
        # its sentence may name folders of this machine: it is for whoever runs the archive, not for visitors
        app.logger.error("The archive cannot answer: %s", " ".join(str(error).split()))
        return answer(503, *HTTP_ERRORS[503], sent())

    @app.errorhandler(NothingImported)
    def begin(_error: NothingImported) -> Response:
        return answer(503, *NO_POSTS, sent())

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        status = error.code or 500
        response = answer(status, *HTTP_ERRORS.get(status, NO_ANSWER), sent())
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
        return response
