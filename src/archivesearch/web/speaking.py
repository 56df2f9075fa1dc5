"""In which language a page speaks: what its address asks for, else what the browser wishes."""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, request
from werkzeug.datastructures import LanguageAccept

from archivesearch.settings import LANGUAGES, Settings
from archivesearch.shown import UI, View
from archivesearch.speech import load_speeches

SPEECHES = "speeches"
"""Where an application has its languages among its `extensions`, by their codes."""


def add_speech(app: Flask, settings: Settings, catalogs: Path) -> None:
    """Give every request of an application its view, and its templates the texts of that language."""
    speeches = app.extensions[SPEECHES] = load_speeches(catalogs)
    own = {language: settings.said_in(language) for language in speeches}

    @app.before_request
    def choose() -> None:
        asked = request.args.get(UI, "")
        asked = asked if asked in speeches else ""
        spoken = asked or wished(request.accept_languages, settings.language)
        g.view = View(speech=speeches[spoken], settings=own[spoken], asked=asked, here=_here())

    @app.after_request
    def tell(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.content_language.add(view().speech.language)
            response.vary.add("Accept-Language")
        return response

    # Jinja2's own extension for texts makes markup of each of them, which is slow; these are texts as all others are,
    # escaped where they are written
    app.jinja_env.globals.update(_=_gettext, ngettext=_ngettext)
    app.jinja_env.filters["number"] = _number


def wished(accepted: LanguageAccept, otherwise: str) -> str:
    """The language of the page that a browser wishes most; `otherwise` where it wishes none.

    A region counts as its language, which Werkzeug's own choice looks for only where no language stands alone.
    Of languages that are wished alike the one that the browser names first is taken; "*" stands for `otherwise` before
    any other that it does not name.
    """
    qualities: dict[str, float] = {}
    for tag, quality in accepted:  # the best first, and "*" last
        qualities.setdefault(re.split("[-_]", tag.lower())[0], quality)
    any_other = qualities.get("*", 0)
    spoken = [language for language in (*qualities, otherwise, *LANGUAGES) if language in LANGUAGES]
    best = max(spoken, key=lambda language: qualities.get(language, any_other))
    return best if qualities.get(best, any_other) else otherwise


def view() -> View:
    """For whom the page of this request is made."""
    present: View = g.view
    return present


def _gettext(text: str, **values: object) -> str:
    return view().speech.gettext(text) % values


def _ngettext(one: str, many: str, number: int, **values: object) -> str:
    return view().speech.ngettext(one, many, number) % values


def _number(number: int) -> str:
    return view().speech.number(number)


def _here() -> str:
    """The address of this request, without the language that it asks for."""
    path = "/" + quote(request.path.lstrip("/"))  # two slashes at its beginning would lead to another server
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != UI]
    return f"{path}?{urlencode(kept)}" if kept else path
