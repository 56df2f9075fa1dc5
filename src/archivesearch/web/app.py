"""The page as a WSGI application: its parts put together, and what every answer carries."""

from pathlib import Path

from flask import Flask, Response, send_from_directory
from jinja2 import StrictUndefined

from archivesearch.web.failing import add_errors
from archivesearch.web.machines import add_machines
from archivesearch.web.own import add_own
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import Slots
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


def create_app(archive: ServedArchive) -> Flask:
    """The page over an archive, as a WSGI application without any state outside of it."""
    web = _web_folder()
    app = Flask("archivesearch", root_path=str(web), static_folder=None, template_folder="templates")
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # a redirect would answer with an address made from the request
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_secure)
    add_speech(app, archive.settings, web / "locale")
    add_pages(app, archive, Slots())
    add_own(app, archive.settings)
    add_machines(app, archive)
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
    response.headers.update(SECURITY_HEADERS)
    return response
