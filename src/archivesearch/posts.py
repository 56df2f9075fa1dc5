"""A post, its parts, and where it came from: the records that every other module passes on."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from archivesearch.dates import DateSource, Published
from archivesearch.text import fold

BlockKind = Literal["paragraph", "bullets", "numbers", "quotation", "heading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, list, quotation or heading of a body.

    `lines` are the items of a list, else the lines of a paragraph (more than one: soft line breaks, kept).
    `markers` stand before the items as the dump prints them ("•", "1."), one an item; none outside of lists.
    """

    kind: BlockKind = "paragraph"
    lines: tuple[str, ...]
    markers: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The block as plain text, a line for each line or item, list markers included."""
        if not self.markers:
            return "\n".join(self.lines)
        return "\n".join(f"{marker} {line}" for marker, line in zip(self.markers, self.lines, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One place where a post was found, exact enough to find its raw bytes again.

    `start` and `end` are byte offsets into the dump (end is exclusive), `line` the 1-based first line.
    `certainty` (0 to 1) says how sure the reader is of where the post begins and ends; `evidence` says why, in words.
    """

    dump: str
    sha256: str
    reader: str
    line: int
    start: int
    end: int
    certainty: float = 1.0
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One article of the blog.

    `id` is stable: the same date and title give the same id in every import (see `post_id`).
    `body` is the text of the post; `html` is the body as cleaned HTML, empty where the dump is plain text.
    `published` is None for an undated post, `language` an ISO 639-1 code or None where it cannot be told,
    `countries` are English short names of the countries that the post is about, sorted.
    """

    id: str
    title: str
    published: Published | None
    body: tuple[Block, ...]
    labels: tuple[str, ...] = ()
    permalink: str | None = None
    language: str | None = None
    countries: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    html: str = ""

    @property
    def text(self) -> str:
        """The body as plain text: blocks separated by a blank line."""
        return "\n\n".join(block.text for block in self.body)


def post_id(published: Published | None, title: str, text: str | None = None) -> str:
    """The id of a post: its day (or "undated") and eight hexadecimal digits of its folded title.

    `text` is given only for the rarer of two different posts with the same day and title; it goes into the digits.
    """
    return folded_id(published, fold(title), *([] if text is None else [fold(text)]))


def folded_id(published: Published | None, *folded: str) -> str:
    """The id of `post_id` for a title, or a title and a text, that are folded already."""
    day = published.day_key if published else "undated"
    digits = hashlib.sha256("\x1f".join([day, *folded]).encode()).hexdigest()[:8]
    return f"{day}-{digits}"


def is_post_id(written: str) -> bool:
    """Whether a post can have this id: what comes from an address may be anything."""
    return _POST_ID.fullmatch(written) is not None


_POST_ID = re.compile(r"(?:undated|[0-9]{4}(?:-[0-9]{2}){0,2})-[0-9a-f]{8}")


def united_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels without those that fold to the same; of two spellings the first in code point order stays."""
    spelling: dict[str, str] = {}
    for label in sorted(labels):
        spelling.setdefault(fold(label), label)
    return tuple(sorted(spelling.values(), key=lambda label: (fold(label), label)))


_BLOGSPOT = re.compile(r"(.+)\.blogspot\.(?:com?\.)?[a-z]{2,3}")
_PLAIN_ADDRESS = re.compile(r"(?:^|&)((?:p|page_id)=\d+)(?=&|$)")
_IN_A_PATH = "/:@!$&'()*+,;=~"


def permalink_normal_form(url: str) -> str | None:
    """The one address of a post under all that it is linked by; None for what is no web address.

    http and https, upper and lower case of the host, Blogger's country domains (blogspot.de, blogspot.co.uk), ways to
    escape a character, query and fragment make no difference. Of a query only what names a post of WordPress without
    a path of its own stays (?p=12). The form begins with http: a server that has https leads there by itself.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in host):
        return None
    if match := _BLOGSPOT.fullmatch(host):
        host = f"{match[1]}.blogspot.com"
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    named = _PLAIN_ADDRESS.search(parts.query)
    path = quote(unquote(parts.path or "/", errors="surrogateescape"), safe=_IN_A_PATH, errors="surrogateescape")
    return f"http://{host}{path}{f'?{named[1]}' if named else ''}"


def to_record(post: Post) -> dict[str, Any]:
    """The post as what JSON can hold; `from_record` gives the same post back, before and after JSON.

    A post of plain text has no "html" in it.
    """
    published = post.published and {
        "moment": post.published.moment.isoformat(),
        "precision": post.published.precision,
        "source": post.published.source.value,
        "printed": post.published.printed,
    }
    return {
        "id": post.id,
        "title": post.title,
        "published": published,
        "body": [_fields(block) for block in post.body],
        "labels": list(post.labels),
        "permalink": post.permalink,
        "language": post.language,
        "countries": list(post.countries),
        "provenance": [_fields(provenance) for provenance in post.provenance],
        **({"html": post.html} if post.html else {}),
    }


def _fields(part: Block | Provenance) -> dict[str, Any]:
    """What `dataclasses.asdict` gives, which copies each value and takes ten times as long."""
    return {name: getattr(part, name) for name in part.__slots__}


def from_record(record: Mapping[str, Any]) -> Post:
    """The post that `to_record` made this record of. Raises KeyError, TypeError or ValueError for any other record."""
    return Post(
        id=record["id"],
        title=record["title"],
        published=_published(record["published"]),
        body=tuple(
            Block(kind=block["kind"], lines=tuple(block["lines"]), markers=tuple(block["markers"]))
            for block in record["body"]
        ),
        labels=tuple(record["labels"]),
        permalink=record["permalink"],
        language=record["language"],
        countries=tuple(record["countries"]),
        provenance=tuple(Provenance(**provenance) for provenance in record["provenance"]),
        html=record.get("html", ""),
    )


def _published(record: Mapping[str, Any] | None) -> Published | None:
    if record is None:
        return None
    written = record["moment"]
    moment = datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    return Published(
        moment=moment,
        precision=record["precision"],
        source=DateSource(record["source"]),
        printed=record["printed"],
    )
