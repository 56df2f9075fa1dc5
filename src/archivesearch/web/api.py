"""The archive for programs: what the command line answers as JSON, by the same parameters."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from flask import Flask, Response, abort, request

from archivesearch.answers import as_record, post_record, similar_record, suggestions_record
from archivesearch.params import from_params, read_form, read_limit
from archivesearch.query import plain
from archivesearch.query.grammar import check_length
from archivesearch.search import Suggestion
from archivesearch.text import clean
from archivesearch.web.addresses import API
from archivesearch.web.documents import answer_json, lead_on
from archivesearch.web.openapi import describe
from archivesearch.web.served import ServedArchive, moved
from archivesearch.web.slots import Slots

SUGGESTIONS = 8
"""Suggestions in all: what fits below a box on a phone."""


def add_api(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add the routes that answer in JSON to an application."""

    @app.get("/api/search")
    def search_record() -> Response:
        asked = from_params(request.args.to_dict(flat=False))
        with slots.held():
            results = archive.search(asked)
        return answer_json(as_record(asked, results))

    @app.get("/api/posts/<post_id>")
    def one_post_record(post_id: str) -> Response:
        if found := archive.post(post_id):
            return answer_json(post_record(found))
        present = moved(archive, post_id)
        return lead_on(f"{API}posts/{quote(present, safe='')}") if present else abort(404)

    @app.get("/api/posts/<post_id>/similar")
    def similar_posts_record(post_id: str) -> Response:
        limit = read_limit(request.args.to_dict(flat=False))
        with slots.held():
            found = archive.around(post_id, limit)
        return answer_json(similar_record(post_id, found.similar)) if found else abort(404)

    @app.get("/api/suggest")
    def suggest() -> Response:
        typed = clean(request.args.get("q", ""))
        check_length(typed)
        form = read_form(request.args.to_dict(flat=False))
        with slots.held():
            found = choose(archive.suggest(typed, SUGGESTIONS), SUGGESTIONS)
        if form == "opensearch":
            texts = dict.fromkeys(each.text if each.kind == "word" else plain(each.text) for each in found)
            return answer_json([typed, [text for text in texts if text]], "application/x-suggestions+json")
        return answer_json(suggestions_record(typed, found))

    @app.get("/api/openapi.json")
    def openapi() -> Response:
        return answer_json(describe(archive.settings.title))


def choose(suggestions: Sequence[Suggestion], most: int) -> list[Suggestion]:
    """So many suggestions at most, in their order, of each kind as many as of the others as far as there are any."""
    seen: Counter[str] = Counter()
    ranked = []
    for place, each in enumerate(suggestions):
        ranked.append((seen[each.kind], place))
        seen[each.kind] += 1
    return [suggestions[place] for place in sorted(place for _, place in sorted(ranked)[:most])]
