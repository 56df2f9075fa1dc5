"""What crawlers, monitors and browsers ask for: robots.txt, sitemap, OpenSearch, /healthz."""

from flask import Flask, Response, abort, request

from archivesearch.web.addresses import API, site_address
from archivesearch.web.documents import answer, answer_xml
from archivesearch.web.opensearch import describe_search
from archivesearch.web.served import ServedArchive
from archivesearch.web.sitemap import list_addresses, list_parts, parts_of
from archivesearch.web.slots import Slots

KEPT_OUT = ("/?", "/feed.atom", "/export.", API)
"""Crawlers may read the start page, posts, coverage and own pages; every search has a "?" in its address."""


def add_machines(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add the routes that programs use to an application."""

    def site() -> str:
        return site_address(archive.settings, request)

    def parts() -> list[list[str]]:
        with slots.held():
            return parts_of(archive.settings.pages, archive.ids())

    @app.get("/healthz")
    def health() -> Response:
        archive.post("")  # no post has this id: the cheapest question that only a sound index can answer
        return Response("ok\n", mimetype="text/plain")

    @app.get("/robots.txt")
    def robots() -> Response:
        lines = ["User-agent: *", *(f"Disallow: {start}" for start in KEPT_OUT), "", f"Sitemap: {site()}/sitemap.xml"]
        return answer("".join(f"{line}\n" for line in lines).encode(), "text/plain; charset=utf-8")

    @app.get("/sitemap.xml")
    def sitemap() -> Response:
        here, all_parts = site(), parts()
        if len(all_parts) == 1:
            return answer_xml(list_addresses(here, all_parts[0]), "application/xml")
        return answer_xml(list_parts(here, len(all_parts)), "application/xml")

    @app.get("/sitemap-<int(min=1):number>.xml")
    def part_of_sitemap(number: int) -> Response:
        here, all_parts = site(), parts()
        if number > len(all_parts):
            abort(404)
        return answer_xml(list_addresses(here, all_parts[number - 1]), "application/xml")

    @app.get("/opensearch.xml")
    def opensearch() -> Response:
        return answer_xml(describe_search(site(), archive.settings.title), "application/opensearchdescription+xml")
