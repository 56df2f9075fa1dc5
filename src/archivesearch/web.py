"""The search page: routes, safe answers whatever happens, and the server that carries it.

The whole state of the page is its address. Nothing is kept between two requests.
"""

import errno
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import waitress
from flask import Flask, Response, abort, make_response, render_template, request, send_from_directory
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from archivesearch.coverage import Coverage
from archivesearch.errors import ArchiveSearchError, CatalogError, EngineError, NothingImported, QueryError
from archivesearch.pages import Box, ErrorPage
from archivesearch.params import from_params
from archivesearch.posts import Post
from archivesearch.search import PUBLIC_FACETS, Results, Search
from archivesearch.settings import Settings
from archivesearch.shown import keep_typed, show_post, show_search
from archivesearch.shown_coverage import show_coverage

THREADS = 8
SEARCHES_AT_ONCE = THREADS - 2
"""Two threads stay free for posts, files and /healthz, however many searches are asked for."""

RETRY_AFTER = 30
"""Seconds after which a page that could not be answered is worth another try."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

ROBOTS = "User-agent: *\nDisallow: /?\n"
"""Crawlers may read the start page and the posts; every search has a "?" in its address."""

SERVER = {
    "threads": THREADS,
    "connection_limit": 500,
    "channel_timeout": 20,  # seconds
    "cleanup_interval": 5,  # seconds
    "max_request_header_size": 16 * 1024,  # bytes
    "max_request_body_size": 1,  # bytes: nothing is ever sent here
    "ident": None,
    "expose_tracebacks": False,
}
"""What keeps slow and greedy clients from holding the server up."""

UNREADABLE = "This search cannot be read"
NO_ANSWER = ("Something went wrong", "The archive could not answer this. Go back and try again.")
NO_POSTS = ("There are no posts yet", "Nothing has been imported into this archive. Come back when it is filled.")
HTTP_ERRORS = {
    400: ("This address cannot be read", "Go to the start page and search from there."),
    404: ("There is no such page", "The address may be mistyped, or the post has left the archive. Search for it."),
    405: ("This archive can only be read", "Use the search box or follow a link."),
    503: ("The archive cannot answer now", "Try again in half a minute; what you typed stays in the box."),
}


class ServedArchive(Protocol):
    """What the page needs of an archive; its errors are those of `errors`."""

    @property
    def settings(self) -> Settings:
        """The archive's title and introduction stand there."""

    def search(self, search: Search) -> Results:
        """The answer to a search, its hits with snippets."""

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""

    def coverage(self) -> Coverage:
        """How the posts lie in time."""


def create_app(archive: ServedArchive) -> Flask:
    """The page over an archive, as a WSGI application without any state outside of it."""
    web = _web_folder()
    app = Flask("archivesearch", root_path=str(web), static_folder=None, template_folder="templates")
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # a redirect would answer with an address made from the request
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_secure)
    _add_pages(app, archive)
    _add_files(app, archive, web / "static")
    _add_errors(app, archive.settings)
    return app


def serve(archive: ServedArchive, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C; `announce` is told its address once it can be reached.

    Port 0 takes any free port. Raises ArchiveSearchError where the address cannot be listened on.
    """
    with _listen(host, port) as listening:
        server = waitress.create_server(create_app(archive), sockets=[listening], **SERVER)
        name = f"[{host}]" if ":" in host else host
        announce(f"http://{name}:{listening.getsockname()[1]}/")
        server.run()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = "is in use by another program: choose another with --port, or --port 0 for any free one"
        else:
            advice = f"cannot be listened on ({error.strerror}): choose others with --host and --port"
        raise ArchiveSearchError(f"Port {port} of {host} {advice}.") from error


def _web_folder() -> Path:
    """Templates and static files: inside the installed package, else at the root of the repository."""
    installed = Path(__file__).parent / "_web"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "web"


def _add_pages(app: Flask, archive: ServedArchive) -> None:
    slots = threading.BoundedSemaphore(SEARCHES_AT_ONCE)
    settings = archive.settings

    @app.get("/")
    def search() -> str:
        asked = replace(from_params(request.args.to_dict(flat=False)), counted=PUBLIC_FACETS)
        with _held(slots):
            results = archive.search(asked)
        page = show_search(asked, results, title=settings.title, introduction=settings.introduction)
        return render_template("search.html", page=page)

    @app.get("/post/<post_id>")
    def post(post_id: str) -> str:
        found = archive.post(post_id)
        if found is None:
            abort(404)
        return render_template("post.html", page=show_post(found, title=settings.title))

    @app.get("/coverage")
    def coverage() -> str:
        with _held(slots):
            covered = archive.coverage()
        return render_template("coverage.html", page=show_coverage(covered, title=settings.title))


@contextmanager
def _held(slots: threading.BoundedSemaphore) -> Iterator[None]:
    if not slots.acquire(blocking=False):
        abort(503)
    try:
        yield
    finally:
        slots.release()


def _add_files(app: Flask, archive: ServedArchive, folder: Path) -> None:
    @app.get("/healthz")
    def health() -> Response:
        archive.post("")  # no post has this id: the cheapest question that only a sound index can answer
        return Response("ok\n", mimetype="text/plain")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(ROBOTS, mimetype="text/plain")

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(folder, name)


def _add_errors(app: Flask, settings: Settings) -> None:
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


def _secure(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
