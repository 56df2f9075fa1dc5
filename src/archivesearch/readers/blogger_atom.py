"""The reader of Blogger's exports: the old one, its public feeds, and today's from Takeout."""

import html
from collections.abc import Iterator, Sequence

from lxml import etree

from archivesearch.dates import Published
from archivesearch.dumps import Cut, Dump, Rejected
from archivesearch.markup import read_html, read_inline
from archivesearch.posts import Post, permalink_normal_form, post_id, united_labels
from archivesearch.printed import read_feed_date, to_local_day
from archivesearch.readers.boundaries import read_head
from archivesearch.readers.feeds import (
    ParsedEntry,
    child,
    child_text,
    local_name,
    locate,
    prefix_of,
    read_feed,
    reject,
)
from archivesearch.text import clean, one_line

_SIGNS = ("http://schemas.google.com/blogger/20", "tag:blogger.com,1999:blog-", ">Blogger</generator>")
"""What the namespace of Takeout, the ids of all versions and the generator of the old ones begin with."""

_KEPT = {"post": "", "page": "a static page"}
_OTHERS = {"comment": "a comment", "settings": "a setting of the blog", "template": "the blog's template"}
_STATES = {
    "draft": "a draft",
    "scheduled": "scheduled and not published yet",
    "trashed": "in the trash",
    "soft_trashed": "in the trash",
}
_KINDS_IN_IDS = {".post-": "post", ".page-": "page", ".settings.": "settings", ".layout": "template"}


class BloggerAtom:
    """Reads exports of Blogger (see `Reader`)."""

    name = "blogger-atom"
    version = 2

    def recognises(self, dump: Dump) -> bool:
        """An Atom feed that says it is Blogger's."""
        head = read_head(dump)
        if head is None or head.root.removeprefix(prefix_of(head.root)) != "feed":
            return False
        return any(sign in head.text for sign in _SIGNS)

    def evidence(self, dump: Dump) -> str:  # noqa: ARG002  the port asks for it
        """Nothing: a feed marks what its entries are."""
        return ""

    def learn(self, evidence: Sequence[str], cuts: Sequence[Cut] = ()) -> None:
        """Nothing."""

    def read(self, dump: Dump, learnt: object) -> Iterator[Post | Rejected]:  # noqa: ARG002  the port asks for it
        """The published posts and static pages; comments, drafts, settings and templates are rejected as that."""
        return read_feed(dump, "entry", _read_entry)


def _read_entry(dump: Dump, entry: ParsedEntry) -> Post | Rejected:
    title = _read_title(entry.element)
    kind = _kind_of(entry.element)
    reason = _reason_against(entry.element, kind)
    if reason:
        return reject(dump, entry, title, reason)
    link = _find_link(entry.element)
    permalink = permalink_normal_form(link)
    markup = read_html(_read_content(entry.element), permalink)
    if entry.malformed and not markup.blocks:
        return reject(dump, entry, title, entry.fault)
    path = child_text(entry.element, "filename")  # of the permalink; Takeout leaves out the address of the blog
    published = _read_date(entry.element, link or path)
    date = published if isinstance(published, Published) else None
    undated = f"undated: {published}" if isinstance(published, str) else ""
    return Post(
        id=post_id(date, title),
        title=title,
        published=date,
        body=markup.blocks,
        labels=united_labels(_find_labels(entry.element)),
        permalink=permalink,
        provenance=(locate(dump, BloggerAtom.name, entry, [_KEPT[kind], path and f"its path is {path}", undated]),),
        html=markup.html,
    )


def _kind_of(entry: etree._Element) -> str:
    """What the entry is: by its category of kind (old), its type (Takeout), or else by its id (public feeds)."""
    for category in entry:
        if local_name(category) == "category" and category.get("scheme", "").endswith("#kind"):
            return str(category.get("term", "")).rpartition("#")[2]
    if marked := child_text(entry, "type"):
        return marked.lower()
    if child(entry, "in-reply-to") is not None:
        return "comment"
    written = child_text(entry, "id")
    return next((kind for part, kind in _KINDS_IN_IDS.items() if part in written), "")


def _reason_against(entry: etree._Element, kind: str) -> str:
    """Why the entry is no post that was published; empty if it is one."""
    if kind not in _KEPT:
        return _OTHERS.get(kind) or (f"of the kind {kind}, no post" if kind else "it does not say what it is")
    control = child(entry, "control")
    if control is not None and child_text(control, "draft") == "yes":
        return _STATES["draft"]
    if child_text(entry, "trashed"):
        return _STATES["trashed"]
    status = child_text(entry, "status").lower() or "live"
    return "" if status == "live" else _STATES.get(status, f"its status is {status}, not live")


def _read_title(entry: etree._Element) -> str:
    element = child(entry, "title")
    written = child_text(entry, "title")
    if element is not None and element.get("type") in ("html", "xhtml"):
        return read_inline(written)
    return one_line(clean(written))


def _find_link(entry: etree._Element) -> str:
    for link in entry:
        if local_name(link) == "link" and link.get("rel") == "alternate":
            return str(link.get("href", ""))
    return ""


def _read_content(entry: etree._Element) -> str:
    """The body as HTML: escaped (the usual form), as elements, or plain text."""
    content = child(entry, "content")
    if content is None:
        return ""
    if content.get("type") == "xhtml":
        return "".join(etree.tostring(part, encoding="unicode", method="html") for part in content)
    written = "".join(content.itertext())
    return html.escape(written).replace("\n", "<br>") if content.get("type") == "text" else written


def _find_labels(entry: etree._Element) -> Iterator[str]:
    for category in entry:
        if local_name(category) == "category" and not category.get("scheme", "").endswith("#kind"):
            label = one_line(clean(category.get("term", "")))
            if label:
                yield label


def _read_date(entry: etree._Element, permalink: str) -> Published | str:
    published = read_feed_date(child_text(entry, "published"))
    return published if isinstance(published, str) else to_local_day(published, permalink)
