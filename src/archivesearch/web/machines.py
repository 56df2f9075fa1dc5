"""What programs ask for: crawlers, monitors."""

from flask import Flask, Response

from archivesearch.web.served import ServedArchive

ROBOTS = "User-agent: *\nDisallow: /?\n"
"""Crawlers may read the start page and the posts; every search has a "?" in its address."""


def add_machines(app: Flask, archive: ServedArchive) -> None:
    """Add the routes that programs use to an application."""

    @app.get("/healthz")
    def health() -> Response:
        archive.post("")  # no post has this id: the cheapest question that only a sound index can answer
        return Response("ok\n", mimetype="text/plain")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(ROBOTS, mimetype="text/plain")
