"""A search as an Atom feed (RFC 4287), in pages (RFC 5005)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import Flask, Response, request

from archivesearch.dates import Published
from archivesearch.params import from_params, last_page, on_page
from archivesearch.search import Hit, Results, Search, say_search
from archivesearch.shown import FEED_SORT, View, feed_address
from archivesearch.speech import ENGLISH
from archivesearch.web.addresses import site_address
from archivesearch.web.documents import XML_LANG, answer_xml, child, document
from archivesearch.web.served import ServedArchive
from archivesearch.web.slots import Slots

_ATOM = "http://www.w3.org/2005/Atom"
_TERMS = "http://purl.org/dc/terms/"
_POSTS = UUID("899bcdc3-531c-4079-b475-0816502728ab")
"""The namespace of the ids of posts, drawn once: a post's id in a feed is the same wherever the archive is served."""

LEFT_OUT = (
    "Posts without a date are left out. A date that is not known to the minute stands as its first moment in UTC; "
    "dcterms:issued is as exact as it is known."
)
RELAXED = "No post has all of the words: these have most of them."
NOTHING_DATED = "1970-01-01T00:00:00Z"
"""What an empty feed says for the time of its last change, which Atom demands: there is none."""


def add_feed(app: Flask, archive: ServedArchive, slots: Slots) -> None:
    """Add the route of feeds to an application."""
    view = View(speech=ENGLISH, settings=archive.settings)  # readers of feeds share one address, whatever they speak

    @app.get("/feed.atom")
    def feed() -> Response:
        site = site_address(archive.settings, request)
        asked = _asked()
        with slots.held():
            # who asks for any day asks for dated posts only
            results = archive.search(replace(asked, since=asked.since or date.min, counted=()))
        return answer_xml(write_feed(view, asked, results, site), "application/atom+xml")


def _asked() -> Search:
    params = request.args.to_dict(flat=False)
    sorts = [value for value in params.get("sort", []) if value.strip()] or [FEED_SORT]
    return from_params({**params, "sort": sorts})


def write_feed(view: View, search: Search, results: Results, site: str) -> Any:
    """The feed of a page of results, all of which are dated; `site` is what its addresses begin with."""
    root = document(_ATOM, "feed", dcterms=_TERMS)
    moments = [write_moment(hit.post.published) for hit in results.hits if hit.post.published]
    child(root, "id", uuid5(NAMESPACE_URL, site + feed_address(on_page(search, 1))).urn)
    child(root, "title", f"{view.settings.title}: {say_search(search)}")
    child(root, "subtitle", f"{RELAXED} {LEFT_OUT}" if results.relaxed else LEFT_OUT)
    child(root, "updated", max(moments, key=datetime.fromisoformat, default=NOTHING_DATED))
    child(child(root, "author"), "name", view.settings.title)
    child(root, "link", rel="alternate", type="text/html", href=site + view.search(search))
    for relation, page in _pages(search, results.total):
        child(root, "link", rel=relation, type="application/atom+xml", href=site + feed_address(on_page(search, page)))
    for hit in results.hits:
        _add_entry(view, root, hit, site)
    return root


def _pages(search: Search, total: int) -> list[tuple[str, int]]:
    """The pages that a feed names, each with what it is to this one."""
    last = max(1, last_page(total, search.size))
    pages = [("self", search.page), ("first", 1)]
    pages += [("previous", search.page - 1)] if 1 < search.page <= last else []
    pages += [("next", search.page + 1)] if search.page < last else []
    return [*pages, ("last", last)]


def _add_entry(view: View, root: Any, hit: Hit, site: str) -> None:
    post, published = hit.post, hit.post.published
    if published is None:
        return
    entry = child(root, "entry")
    if post.language and post.language.isascii() and post.language.isalpha():
        entry.set(XML_LANG, post.language)
    child(entry, "id", uuid5(_POSTS, post.id).urn)
    child(entry, "title", view.heading(post))
    child(entry, "published", write_moment(published))
    child(entry, "updated", write_moment(published))
    child(entry, f"{{{_TERMS}}}issued", published.iso)
    child(entry, "link", rel="alternate", type="text/html", href=site + view.post(post))
    child(entry, "summary", _summary(view, hit, published), type="text")
    for scheme, values in (("label", post.labels), ("country", post.countries)):
        for value in values:
            child(entry, "category", term=value, scheme=f"{site}/#{scheme}")


def _summary(view: View, hit: Hit, published: Published) -> str:
    """The snippet; and in words what is known of a date that a reader of feeds would show as a day."""
    text = "".join(fragment.text for fragment in hit.snippet)
    if published.precision in ("year", "month"):
        text += f"\n\n(Published in {view.speech.published(published)}: no day is known.)"
    return text.strip()


def write_moment(published: Published) -> str:
    """The date as RFC 3339 has it: with its offset where the minute is known, else its first moment in UTC."""
    moment = published.moment
    if not isinstance(moment, datetime) or published.precision != "minute":
        return f"{(published.day_key + '-01-01')[:10]}T00:00:00Z"
    if (moment.utcoffset() or timedelta()).seconds % 60:  # RFC 3339 writes offsets in minutes
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")
