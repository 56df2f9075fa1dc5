"""All hits of a search as a file, written while it is read."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Any, get_args

from flask import Flask, Response, request

from archivesearch.answers import hit_record
from archivesearch.lines import CSV_COLUMNS, csv_line, hit_csv, json_line
from archivesearch.params import from_params
from archivesearch.search import EVERY_HIT, Hit, Search
from archivesearch.shown import ExportForm
from archivesearch.text import fold
from archivesearch.web.addresses import site_address
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import EXPORTS_AT_ONCE, Slots

MEDIA_TYPES: dict[ExportForm, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl; charset=utf-8",
}
_LONGEST_NAME = 60


def add_exports(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add a route for each form of export to an application."""
    places = Slots(EXPORTS_AT_ONCE)

    def export(form: ExportForm) -> Response:
        asked = _asked()
        site = site_address(archive.settings, request) if form == "csv" else ""
        with ExitStack() as held:
            held.enter_context(places.held())
            held.enter_context(slots.held())
            hits = held.enter_context(closing(archive.hits(asked)))
            first = list(islice(hits, 1))  # what stands in the way of an answer shows before its first byte
            response = Response(_lines(form, chain(first, hits), site), content_type=MEDIA_TYPES[form])
            # also where nobody reads the answer, or not to its end
            response.call_on_close(held.pop_all().close)
        response.cache_control.no_cache = True
        response.headers.set("Content-Disposition", "attachment", filename=f"{_name(asked)}.{form}")
        return response

    for form in get_args(ExportForm):
        app.add_url_rule(f"/export.{form}", f"export_{form}", export, methods=["GET"], defaults={"form": form})


def _asked() -> Search:
    """The search without its page: an export has every hit."""
    params = request.args.to_dict(flat=False)
    asked = from_params({name: values for name, values in params.items() if name not in ("page", "size")})
    return replace(asked, size=EVERY_HIT, counted=())


def _lines(form: ExportForm, hits: Iterable[Hit], site: str) -> Iterator[str]:
    write: Callable[[dict[str, Any]], str] = partial(hit_csv, site=site) if form == "csv" else json_line
    if form == "csv":
        yield csv_line(CSV_COLUMNS)
    for hit in hits:
        yield write(hit_record(hit))


def _name(search: Search) -> str:
    """A name for the file: what was typed, as far as every system can write it."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(search.typed))[:_LONGEST_NAME].strip("-")
    return f"posts-{words}" if words else "posts"
