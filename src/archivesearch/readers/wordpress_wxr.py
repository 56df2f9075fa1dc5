"""The reader of WordPress exports (WXR 1.0 to 1.2)."""

import html
import re
from collections.abc import Iterator, Sequence

from lxml import etree

from archivesearch.dates import Published
from archivesearch.dumps import Cut, Dump, Rejected
from archivesearch.markup import read_html, read_inline
from archivesearch.posts import Post, permalink_normal_form, post_id, united_labels
from archivesearch.printed import read_feed_date, read_feed_dates
from archivesearch.readers.boundaries import read_head
from archivesearch.readers.feeds import ParsedEntry, child_text, local_name, locate, read_feed, reject
from archivesearch.text import clean, one_line

_SIGNS = ("wordpress.org/export/", "<wp:", "WordPress eXtended RSS")
"""The namespace, its usual prefix where it is not declared, and the comment above the feed."""

_KEPT = {"post": "", "page": "a static page"}
_OTHERS = {
    "attachment": "an attachment",
    "nav_menu_item": "an entry of a menu",
    "revision": "an earlier version of a post",
}
_STATES = {
    "draft": "a draft",
    "auto-draft": "a draft",
    "pending": "a draft that waits for approval",
    "future": "scheduled and not published yet",
    "private": "private",
    "trash": "in the trash",
}
_TAXONOMIES = {"", "category", "post_tag", "tag"}
"""The domains of categories and tags in all versions; others are formats of posts, menus and what plug-ins add."""


class WordPressWxr:
    """Reads exports of WordPress (see `Reader`)."""

    name = "wordpress-wxr"
    version = 2

    def recognises(self, dump: Dump) -> bool:
        """An RSS feed with what only exports of WordPress have."""
        head = read_head(dump)
        return head is not None and head.root == "rss" and any(sign in head.text for sign in _SIGNS)

    def evidence(self, dump: Dump) -> str:  # noqa: ARG002  the port asks for it
        """Nothing: an export marks what its entries are."""
        return ""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> None:
        """Nothing."""

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:  # noqa: ARG002  the port asks for it
        """The published posts and pages; drafts, private ones, attachments, menus and the like are rejected as that."""
        return read_feed(dump, "item", _read_entry)


def _read_entry(dump: Dump, entry: ParsedEntry) -> Post | Rejected:
    title = read_inline(child_text(entry.element, "title"))
    reason = _reason_against(entry.element)
    if reason:
        return reject(dump, entry, title, reason)
    permalink = permalink_normal_form(child_text(entry.element, "link"))
    markup = read_html(mark_paragraphs(_read_content(entry.element)), permalink)
    if entry.malformed and not markup.blocks:
        return reject(dump, entry, title, entry.fault)
    published = _read_date(entry.element)
    date = published if isinstance(published, Published) else None
    undated = f"undated: {published}" if isinstance(published, str) else ""
    kind = _KEPT[child_text(entry.element, "post_type") or "post"]
    return Post(
        id=post_id(date, title),
        title=title,
        published=date,
        body=markup.blocks,
        labels=united_labels(_find_labels(entry.element)),
        permalink=permalink,
        provenance=(locate(dump, WordPressWxr.name, entry, [kind, undated]),),
        html=markup.html,
    )


def _reason_against(item: etree._Element) -> str:
    """Why the entry is no post that everybody could read; empty if it is one."""
    kind = child_text(item, "post_type") or "post"
    if kind not in _KEPT:
        return _OTHERS.get(kind, f"of the type {kind}, no post")
    status = child_text(item, "status")
    if not status:
        return "it does not say whether it was published"
    if status != "publish":
        return _STATES.get(status, f"its status is {status}, not publish")
    return "protected by a password" if child_text(item, "post_password") else ""


def _read_content(item: etree._Element) -> str:
    """The body; the excerpt has the same name in another namespace."""
    for element in item:
        if local_name(element) == "encoded" and "excerpt" not in str(element.tag):
            return "".join(element.itertext())
    return ""


def _find_labels(item: etree._Element) -> Iterator[str]:
    for element in item:
        if local_name(element) == "category" and element.get("domain", "") in _TAXONOMIES:
            label = one_line(clean(html.unescape("".join(element.itertext()))))
            if label:
                yield label


def _read_date(item: etree._Element) -> Published | str:
    """The local time, with UTC beside it; where the export has neither, the date that any RSS feed has."""
    published = read_feed_dates(child_text(item, "post_date"), child_text(item, "post_date_gmt"))
    written = child_text(item, "pubDate")
    return read_feed_date(written) if isinstance(published, str) and written else published


_CAPTION = re.compile(r"\[/?(?:wp_)?caption\b[^\[\]]{0,500}\]")
_KEEPING = re.compile(r"(</?(?:pre|script|style|textarea)\b[^<>]*>)", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t\xa0]*\n\s*")
_PART = r"</?(?:p|div|ul|ol|li|h[1-6]|blockquote|table|t[bhr]\w*|td|dl|dt|dd|hr|br|figure|center|pre)\b[^<>]*>"
_BREAK = re.compile(rf"(?P<near>{_PART}[ \t]*\n|\n(?=[ \t]*{_PART}))|\n", re.IGNORECASE)


def mark_paragraphs(body: str) -> str:
    """A body of WordPress with its line breaks as HTML: an empty line parts paragraphs, another one parts lines.

    Bodies of the block editor have their markup already. What stands in brackets around a picture and its description
    goes, as it does where WordPress shows the post.
    """
    if "<!-- wp:" in body:
        return body
    parts = _KEEPING.split(_CAPTION.sub(" ", body.replace("\r\n", "\n").replace("\r", "\n")))
    kept = 0
    marked = []
    for position, part in enumerate(parts):
        if position % 2:  # a tag of an element that keeps its line breaks
            kept = max(0, kept + (-1 if part.startswith("</") else 1))
        marked.append(part if position % 2 or kept else _mark_lines(part))
    return "".join(marked)


def _mark_lines(text: str) -> str:
    return _BREAK.sub(lambda found: found["near"] or "<br>", _EMPTY_LINE.sub("<p>", text))
