"""What a saved Blogger page says of itself as a whole: that it is Blogger's, its address, and its one post."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from archivesearch.readers.blogger_page import post_address
from archivesearch.readers.elements import Element, attribute
from archivesearch.text import clean, decode, one_line

_HTML = re.compile(
    r"(?:\s|<!--(?:(?!-->).){0,2000}-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLOGGER = re.compile(
    r"""<meta\s[^>]*\bcontent\s*=\s*["']?blogger\b   # the generator, whatever its case
    | _WidgetManager\._(?:Init|RegisterWidget)       # what its scripts are called
    | blogger\.com/(?:feeds/\d|atom/\d|rsd\.g|comment\.g\?|post-edit\.g\?|email-post\.g\?|navbar|static/v1|dyn-css/)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MIRRORED = re.compile(r"<!--\s*Mirrored from (\S+) by HTTrack|<!--\s*saved from url=\(\d+\)(\S+)")
_HOST = re.compile(r"(?:www\.[\w.-]+|[\w-]+\.blogspot\.[a-z.]+)", re.IGNORECASE)
_ARTICLES = {"Article", "BlogPosting", "NewsArticle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head of a page says: its title, the address it has or links to, and when its one post was published.

    `base` is where its links start from; `address` that of the page's one post, if it is the page of a post.
    """

    name: str
    title: str
    base: str
    address: str | None
    stated: str
    number: str


def is_blogger(raw: bytes) -> bool:
    """Whether these bytes begin a page of HTML that Blogger made, by what its pages hold in every template."""
    text = clean(decode(raw).text)
    return bool(_HTML.match(text) and _BLOGGER.search(text))


def head_of(elements: Sequence[Element], raw: bytes, name: str, url: str | None) -> Head:
    """What the page says of itself; `name` is that of its file, `url` the address it was saved from, where known."""
    marks = dict(reversed(list(_marks(elements))))
    addresses = [marks.get(mark, "") for mark in ("canonical", "og:url")]
    whole = [address for address in addresses if re.match("https?://", address)]
    base = url or next(iter([*_mirrored(raw), *whole, *_named(name)]), "")
    posts = (post_address(address, base) for address in [*addresses, base])
    return Head(
        name=marks.get("title", ""),
        title=marks.get("og:title", "") or marks.get("headline", ""),
        base=base,
        address=next(filter(None, posts), None),
        stated=marks.get("datePublished", "") or marks.get("article:published_time", ""),
        number=marks.get("postId", ""),
    )


def _marks(elements: Sequence[Element]) -> Iterator[tuple[str, str]]:
    """What the elements without text of their own tell, each by its name; the first of a name counts."""
    for element in elements:
        tag = element.tag
        if tag.name == "link" and attribute(tag, "rel") == "canonical":
            yield "canonical", attribute(tag, "href")
        elif tag.name == "meta":
            yield attribute(tag, "property"), attribute(tag, "content")
        elif tag.name == "title":
            yield "title", one_line(tag.get_text())
        elif tag.name == "script":
            yield from _told_by_script(tag.string or "", attribute(tag, "type"))


def _told_by_script(script: str, kind: str) -> Iterator[tuple[str, str]]:
    if kind == "application/ld+json":
        yield from _told_by_data(script)
    elif match := re.search(r"'postId': '(\d{5,20})'", script):
        yield "postId", match[1]


def _told_by_data(script: str) -> Iterator[tuple[str, str]]:
    """Headline and date of an article in data for search engines; data that is broken tells nothing."""
    try:
        data = json.loads(script)
    except (ValueError, RecursionError):
        return
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict) and thing.get("@type") in _ARTICLES:
            told = ((name, thing.get(name)) for name in ("headline", "datePublished"))
            yield from ((name, one_line(value)) for name, value in told if isinstance(value, str))


def _mirrored(raw: bytes) -> Iterator[str]:
    """The address that HTTrack or a browser wrote into the page when they saved it."""
    if match := _MIRRORED.search(clean(decode(raw[: 1 << 16]).text)):
        address = match[1] or match[2]
        yield address if re.match("https?://", address) else f"http://{address}"


def _named(name: str) -> Iterator[str]:
    """The address that the name of a mirror's file tells: HTTrack and wget keep host and path, some escape the "?"."""
    parts = name.split("/")
    for number in range(len(parts) - 2, -1, -1):
        if _HOST.fullmatch(parts[number]):
            yield unquote("http://" + "/".join(parts[number:]))
