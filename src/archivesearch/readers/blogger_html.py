"""The reader of saved Blogger pages, single or as a whole mirror of a blog, in any template since 2005."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archivesearch.dates import DateSource, Published
from archivesearch.dumps import Cut, Dump, Rejected
from archivesearch.markup import read_html
from archivesearch.posts import Post, Provenance, permalink_normal_form, post_id, united_labels
from archivesearch.printed import (
    DayOrder,
    PrintedDate,
    learn_order,
    printed_date,
    read_date,
    read_feed_date,
    to_local_day,
)
from archivesearch.readers.blogger_head import Head, head_of, is_blogger
from archivesearch.readers.blogger_page import Shown, shown_posts
from archivesearch.readers.elements import LARGEST, parse, places_of
from archivesearch.text import clean, decode, fold, one_line

_HEAD = 1 << 20
_HEADING = re.compile(rb"date-header[^>]{0,200}>(?:\s*<[^>]{0,200}>){0,3}\s*([0-9][^<]{5,40})<", re.IGNORECASE)
_MONTH = re.compile(r"/(\d{4})/(\d{2})/")
_ORDERS: tuple[DayOrder, ...] = ("day first", "month first")
_SCRIPTED = re.compile(rb"/dynamicviews/\w+/js/")

Orders = Mapping[str, DayOrder]
"""For a form of printed dates which number is the day, where the pages of an import tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A page that was saved in a dump: its bytes, and how a web archive says they came there.

    `place` is where the page stands in a dump that holds more than it, `declared` its encoding as its server told it.
    """

    dump: Dump
    reader: str
    raw: bytes
    place: tuple[int, int] | None = None
    url: str | None = None
    declared: str | None = None
    captured: str = ""


class BloggerHtml:
    """Reads pages that were saved from Blogger (see `Reader`)."""

    name = "blogger-html"
    version = 2

    def recognises(self, dump: Dump) -> bool:
        """HTML that names Blogger as what made it, or calls its scripts and services."""
        return is_blogger(dump.head(_HEAD))

    def evidence(self, dump: Dump) -> str:
        """The order of day and month in each form of date headings that leaves it open, where this page tells it."""
        headings = _HEADING.findall(dump.head(LARGEST))
        dates = [found for text in headings if (found := printed_date(one_line(clean(decode(text).text))))]
        told = {form: learn_order([day for day in dates if day.form == form]) for form in {day.form for day in dates}}
        orders = {form: order for form, order in told.items() if order}
        return json.dumps(orders, sort_keys=True) if orders else ""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> Orders:  # noqa: ARG002  the port asks for it
        """The order of each form that all pages agree on."""
        told: dict[str, set[DayOrder]] = {}
        for text in evidence:
            for form, order in json.loads(text).items():
                told.setdefault(form, set()).add(order)
        return {form: min(orders) for form, orders in told.items() if len(orders) == 1}

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:
        """The posts of the page in its order; a page without any is rejected with the reason."""
        if not isinstance(learnt, Mapping):
            raise TypeError(f"blogger-html reads with what its own learn() answers, not with {learnt!r}")
        yield from read_page(SavedPage(dump=dump, reader=self.name, raw=dump.head(LARGEST + 1)), learnt)


def read_page(page: SavedPage, orders: Orders) -> Iterator[Post | Rejected]:
    """The posts of a saved Blogger page in its order.

    Rejected are a page without a post, what has neither title nor text, and a post that the page shows twice.
    """
    elements = parse(page.raw, page.declared)
    if isinstance(elements, str):
        yield Rejected(dump=page.dump.name, entry=page.url or page.dump.name, reason=elements)
        return
    head = head_of(elements, page.raw, page.dump.name, page.url)
    posts = list(shown_posts(elements, head.base))
    if not posts:
        yield Rejected(dump=page.dump.name, entry=head.name or page.dump.name, reason=_why_empty(page.raw))
        return
    if len(posts) == 1:
        posts = [_alone(posts[0], head)]
    places = places_of(page.raw, [post.frame for post in posts], elements)
    seen: set[tuple[str, str]] = set()
    for shown in posts:
        entry = _entry(page, shown, head, orders, places.get(shown.frame.number))
        if isinstance(entry, Post):
            key = (entry.id, fold(entry.text))
            if key in seen:
                reason = "the page shows this post twice"
                entry = Rejected(dump=page.dump.name, entry=entry.title, reason=reason, line=entry.provenance[0].line)
            seen.add(key)
        yield entry


def _why_empty(raw: bytes) -> str:
    if _SCRIPTED.search(raw):
        return (
            "the page's template (dynamic views) loads its posts by script, and the saved file has none: save the page "
            "with ?m=1 at the end of its address"
        )
    return "the page is one of Blogger's, but shows no post"


def _alone(shown: Shown, head: Head) -> Shown:
    """The one post of a page, with what the page says of itself where the post's own marks say nothing.

    The page of one post is at the post's address; a list of posts that happens to have one is not.
    """
    own = (head.address,) if head.address else ()
    return replace(
        shown,
        title=shown.title or (head.title if head.address else ""),
        links=(*own, *shown.links),
        stated=shown.stated or head.stated,
        number=shown.number or head.number,
    )


def _entry(page: SavedPage, shown: Shown, head: Head, orders: Orders, place: tuple[int, int] | None) -> Post | Rejected:
    body = read_html(shown.html, head.base or None)
    start, end = page.place or place or (0, page.dump.size)
    line = page.raw.count(b"\n", 0, place[0]) + 1 if place else 1
    if not shown.title and not body.blocks:
        reason = "this post has neither title nor text"
        return Rejected(dump=page.dump.name, entry=shown.number or head.name, reason=reason, line=line)
    link = shown.links[0] if shown.links else None
    published = _published(shown, link, orders)
    date_known = published if isinstance(published, Published) else None
    return Post(
        id=post_id(date_known, shown.title),
        title=shown.title,
        published=date_known,
        body=body.blocks,
        html=body.html,
        labels=united_labels(shown.labels),
        permalink=permalink_normal_form(link) if link else None,
        provenance=(
            Provenance(
                dump=page.dump.name,
                sha256=page.dump.sha256,
                reader=page.reader,
                line=line,
                start=start,
                end=end,
                evidence="; ".join(_evidence(page, shown, published)),
            ),
        ),
    )


def _evidence(page: SavedPage, shown: Shown, published: Published | str) -> Iterator[str]:
    yield "marked as a post by the page"
    if shown.number:
        yield f"post {shown.number} at Blogger"
    if not shown.whole:
        yield "only its beginning is shown"
    if page.captured:
        yield f"captured {page.captured}"
    if isinstance(published, str):
        yield f"undated: {published}"


def _published(shown: Shown, link: str | None, orders: Orders) -> Published | str:
    """The blog's own local day: as printed, to the minute where the marks agree; else by marks, else by permalink."""
    month = _month(link)
    printed: Published | str = "the page prints no date"
    if shown.printed:
        printed = read_date(shown.printed, _order(shown.printed, month, orders))
    told = read_feed_date(shown.stated)
    stated = replace(told, source=DateSource.HEADING) if isinstance(told, Published) else None
    if stated and (not shown.printed or stated.day in _readings(shown.printed)):
        return stated if shown.printed else to_local_day(stated, link or "")
    if isinstance(printed, Published):
        return printed
    if stated:
        return to_local_day(stated, link or "")
    if month:
        first = date(*month, 1)
        return Published(moment=first, precision="month", source=DateSource.PERMALINK, printed=f"{first:%Y/%m}")
    return printed


def _month(link: str | None) -> tuple[int, int] | None:
    match = _MONTH.search(link or "")
    return (int(match[1]), int(match[2])) if match and int(match[1]) and 1 <= int(match[2]) <= 12 else None


def _readings(printed: PrintedDate) -> set[date]:
    """The days that the printed date can mean."""
    orders = [printed.order] if printed.order else _ORDERS
    return {found.day for order in orders if isinstance(found := read_date(printed, order), Published)}


def _order(printed: PrintedDate, month: tuple[int, int] | None, orders: Orders) -> DayOrder | None:
    """Which number is the day: told by the form, by the month in the permalink, or by the other pages."""
    fitting = [
        order
        for order in _ORDERS
        if isinstance(found := read_date(printed, order), Published) and (found.day.year, found.day.month) == month
    ]
    return printed.order or (fitting[0] if len(fitting) == 1 else orders.get(printed.form))
