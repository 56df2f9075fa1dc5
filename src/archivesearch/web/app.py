"""The page as a WSGI application: its parts put together, and what every answer carries."""

from collections.abc import Set as AbstractSet
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from jinja2 import StrictUndefined

from archivesearch.web.addresses import API
from archivesearch.web.api import add_api
from archivesearch.web.checkboxes import add_checkboxes
from archivesearch.web.clients import ANYBODY, Clients, add_allowance
from archivesearch.web.exports import add_exports
from archivesearch.web.failing import add_errors
from archivesearch.web.feed import add_feed
from archivesearch.web.hosts import add_hosts
from archivesearch.web.machines import add_machines
from archivesearch.web.own import add_own
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import SEARCHES_AT_ONCE, SEARCHES_IN_LINE, Slots
from archivesearch.web.speaking import add_speech
from archivesearch.web.visiting import add_pages

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

OPEN_HEADERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What lets pages of other sites read the API, in the place of what forbids it.

Only for an archive whose settings say its address, and so that it is published: one that is served on somebody's own
machine or network stays closed to whatever page stands open in the same browser.
"""


def create_app(archive: ServedArchive, *, names: AbstractSet[str] | None = None, clients: Clients = ANYBODY) -> Flask:
    """The page over an archive for these clients, as a WSGI application without any state outside of it.

    `names` are those of a machine that only itself can ask: by another name it does not answer (see `hosts`). Without
    them every name will do.
    """
    web = _web_folder()
    app = Flask("archivesearch", root_path=str(web), static_folder=None, template_folder="templates")
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # a redirect would answer with an address made from the request
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_secure)
    add_speech(app, archive.settings, web / "locale")
    add_checkboxes(app)
    if names is not None:
        add_hosts(app, names, archive.settings.address)
    add_allowance(app, clients)
    if archive.settings.address:
        app.after_request(_open_api)
    slots = Slots(SEARCHES_AT_ONCE, in_line=SEARCHES_IN_LINE)
    add_pages(app, archive, slots)
    add_own(app, archive.settings)
    add_api(app, archive, slots)
    add_feed(app, archive, slots)
    add_exports(app, archive, slots)
    add_machines(app, archive, slots)
    add_errors(app)
    _add_files(app, web / "static")
    return app


def _web_folder() -> Path:
    """Templates and static files: inside the installed package, else at the root of the repository."""
    installed = Path(__file__).parents[1] / "_web"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "web"


def _add_files(app: Flask, folder: Path) -> None:
    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(folder, name)


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _open_api(response: Response) -> Response:
    if request.path.startswith(API):
        response.headers.update(OPEN_HEADERS)
    return response
