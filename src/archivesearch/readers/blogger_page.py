"""What a saved Blogger page shows: its posts, found by the marks of its template and never by words."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import Tag
from bs4.element import Comment

from archivesearch.printed import PrintedDate, printed_date
from archivesearch.readers.elements import Element, attribute
from archivesearch.text import fold, one_line

_BODY = {"post-body", "entry-content", "postbody"}
_FRAME = {
    "hentry", "post", "blog-post", "blogpost", "post-outer", "post-outer-container", "mobile-post-outer", "item-post",
}  # fmt: skip
"""Classes of the element around a post since 2005. Templates of others keep them: Blogger's scripts ask for them."""

_ASIDE = {
    "comments", "comment", "comment-body", "comment-content", "sidebar", "popular-post", "popular-posts",
    "related-posts", "related-post", "post-summary", "blog-pager",
}  # fmt: skip
"""Classes and ids of what shows comments, or other posts than those of the page."""

_NO_TEXT = (
    "script, style, .jump-link, .post-share-buttons, .reaction-buttons, .post-footer, .post-labels, .related-posts, "
    ".comments, #comments, .blog-pager, .linkwithin_div, [id^=related-posts], .post-author, .post-timestamp"
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_POST_PATH = re.compile(r"/(?:\d{4}/\d{2}/[^/]+|p/[^/]+)\.html?")
_NUMBER = re.compile(r"(?:post-(?:body|snippet)-)?(\d{5,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post as a page shows it, its parts not read yet: `html` is not cleaned, `links` may lead to it, best first.

    `printed` is the day above it or among its lines, `stated` the time that its marks tell programs, `number` the
    post's own at Blogger. `whole` is false where the page shows only its beginning.
    """

    frame: Element
    title: str
    html: str
    printed: PrintedDate | None
    stated: str
    links: tuple[str, ...]
    labels: tuple[str, ...]
    number: str
    whole: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a post stands: its body (its frame where no body is marked), all of it, and what is beside the body."""

    body: Element
    frame: Element
    parts: tuple[Element, ...]


def shown_posts(elements: Sequence[Element], base: str) -> Iterator[Shown]:
    """The posts of a page in its order; `base` is the address that its links start from.

    The tree is used up: what is no text of a post is taken out of it.
    """
    shown = _beside_no_post(elements)
    places = list(_places(elements, shown))
    headings = [element for element in shown if "date-header" in element.classes]
    titles = [element for element in shown if _is_title(element)]
    before = -1
    for place in places:
        title = _title(place) or _title_above(place, titles, before)
        heading = _heading(place, headings)
        yield Shown(
            frame=place.frame,
            title=one_line(title.tag.get_text(" ")) if title else "",
            printed=_printed(place, heading),
            stated=_stated(place),
            links=tuple(_links(place, title, base)),
            labels=tuple(_labels(place)),
            number=_post_number(place),
            whole=_is_whole(place),
            html=_html(place, title, heading),
        )
        before = place.body.end


def _number(element: Element) -> int:
    return element.number


def _beside_no_post(elements: Sequence[Element]) -> tuple[Element, ...]:
    """The elements without comments, lists of other posts, and gadgets."""
    kept: list[Element] = []
    until = 0
    for element in elements:
        if element.number < until:
            continue
        if _is_aside(element):
            until = element.end
        else:
            kept.append(element)
    return tuple(kept)


def _is_aside(element: Element) -> bool:
    name = attribute(element.tag, "id").lower()
    gadget = "widget" in element.classes and "blog" not in element.classes
    return gadget or not _ASIDE.isdisjoint(element.classes) or name in _ASIDE or name.startswith("related-post")


def _places(elements: Sequence[Element], shown: Sequence[Element]) -> Iterator[_Place]:
    bodies = _outermost([element for element in shown if _is_body(element)])
    cores = bodies or _innermost([element for element in shown if _is_frame(element)])
    numbers = {id(element.tag): element.number for element in elements}
    titles = [element.number for element in shown if _is_title(element)]
    ends = [-1, *(core.number for core in cores), len(elements)]
    for core, before, after in zip(cores, ends, ends[2:], strict=False):
        around = [elements[numbers[id(tag)]] for tag in core.tag.parents if id(tag) in numbers]
        own = [element for element in around if before < element.number and element.end <= after]
        frame = _frame(core, own, titles)
        first = bisect_left(shown, frame.number, key=_number)
        last = bisect_left(shown, frame.end, key=_number)
        inside = core if core is not frame else None
        parts = tuple(element for element in shown[first:last] if inside is None or not inside.holds(element))
        yield _Place(core, frame, parts)


def _frame(core: Element, own: Sequence[Element], titles: Sequence[int]) -> Element:
    """The widest mark of a post around this body alone; without any the nearest element that has a title too."""
    marked = [element for element in (core, *own) if _is_frame(element)]
    if marked:
        return marked[-1]
    titled = (element for element in own if element.tag.name not in ("html", "body") and _has_any(element, titles))
    return next(titled, core)


def _has_any(element: Element, numbers: Sequence[int]) -> bool:
    first = bisect_left(numbers, element.number)
    return first < len(numbers) and numbers[first] < element.end


def _outermost(elements: Sequence[Element]) -> list[Element]:
    kept: list[Element] = []
    for element in elements:
        if not kept or not kept[-1].holds(element):
            kept.append(element)
    return kept


def _innermost(elements: Sequence[Element]) -> list[Element]:
    return [e for e, after in zip_longest(elements, elements[1:]) if not (after and e.holds(after))]


def _is_body(element: Element) -> bool:
    marks = "articleBody" in attribute(element.tag, "itemprop") or attribute(element.tag, "id").startswith("post-body-")
    return (marks or not _BODY.isdisjoint(element.classes)) and element.tag.name not in ("html", "body", "meta")


def _is_frame(element: Element) -> bool:
    if element.tag.name in ("html", "body", "a", "span"):
        return False
    marks = attribute(element.tag, "itemprop") == "blogPost" or "BlogPosting" in attribute(element.tag, "itemtype")
    return marks or not _FRAME.isdisjoint(element.classes)


def _is_title(element: Element) -> bool:
    if not element.classes.isdisjoint({"post-title", "entry-title"}):
        return True
    named = {"name", "headline"} & set(attribute(element.tag, "itemprop").split())
    return bool(named) and element.tag.name in _HEADINGS


def _title(place: _Place) -> Element | None:
    """The element with the title: marked as one, else the first heading above the body."""
    marked = [part for part in place.parts if _is_title(part)]
    headings = [part for part in place.parts if part.tag.name in _HEADINGS and "date-header" not in part.classes]
    if place.body is not place.frame:
        headings = [part for part in headings if part.number < place.body.number]
    return next((part for part in (*marked, *headings) if one_line(part.tag.get_text(" "))), None)


def _title_above(place: _Place, titles: Sequence[Element], before: int) -> Element | None:
    """The first title between the post before, which ends at `before`, and this one's body."""
    position = bisect_left(titles, before, key=_number)
    found = titles[position] if position < len(titles) else None
    return found if found and found.number < place.body.number else None


def _heading(place: _Place, headings: Sequence[Element]) -> Element | None:
    """The heading with the day: the post's own, else the last one above it inside the same group of a day."""
    own = [part for part in place.parts if "date-header" in part.classes]
    if own:
        return own[0]
    position = bisect_left(headings, place.body.number, key=_number)
    above = headings[position - 1] if position else None
    groups = (parent for parent in place.body.tag.parents if "date-outer" in parent.get_attribute_list("class"))
    group = next(groups, None)
    if above and group is not None and not any(parent is group for parent in above.tag.parents):
        return None
    return above


def _printed(place: _Place, heading: Element | None) -> PrintedDate | None:
    """The day that is printed: in the heading, else alone in a string beside the body."""
    if heading and (found := printed_date(one_line(heading.tag.get_text(" ")))):
        return found
    for part in place.parts:
        for string in part.tag.find_all(string=True, recursive=False):
            if not isinstance(string, Comment) and (found := printed_date(one_line(string))):
                return found
    return None


def _stated(place: _Place) -> str:
    """The time of publishing as the marks of the post tell it to programs, ISO 8601; empty where they do not."""
    for part in place.parts:
        marked = "published" in part.classes or "datePublished" in attribute(part.tag, "itemprop")
        if marked or part.tag.name == "time":
            for name in ("datetime", "title", "content"):
                if re.match(r"\d{4}-\d", found := attribute(part.tag, name)):
                    return found
    return ""


def _links(place: _Place, title: Element | None, base: str) -> Iterator[str]:
    """The addresses of posts that the marks of this one lead to; without marks the one that its lines lead to."""
    around = [title.tag, *title.tag.parents][:3] if title else []
    tags = [tag for tag in around if tag.name == "a"] + (title.tag.find_all("a") if title else [])
    for part in place.parts:
        bookmark = "timestamp-link" in part.classes or "bookmark" in attribute(part.tag, "rel").split()
        if bookmark or attribute(part.tag, "itemprop") in ("url", "mainEntityOfPage"):
            tags.append(part.tag)
    marked = [found for tag in tags if (found := post_address(_address(tag), base))]
    anchors = [part.tag for part in place.parts if part.tag.name == "a"] if not marked else []
    beside = {found.partition("#")[0] for tag in anchors if (found := post_address(_address(tag), base))}
    yield from marked or (beside if len(beside) == 1 else ())


def _address(tag: Tag) -> str:
    return attribute(tag, "href") or attribute(tag, "content") or attribute(tag, "itemid")


def post_address(address: str, base: str) -> str | None:
    """The whole address if it is that of a post or page at Blogger."""
    try:
        whole = urljoin(base, address)
        parts = urlsplit(whole)
    except ValueError:  # an address like http://[ is none
        return None
    post = address and parts.hostname and parts.scheme in ("http", "https") and _POST_PATH.fullmatch(parts.path)
    return whole if post else None


def _labels(place: _Place) -> Iterator[str]:
    for part in place.parts:
        href = attribute(part.tag, "href")
        if part.tag.name == "a" and ("search/label/" in href or "tag" in attribute(part.tag, "rel").split()):
            written = one_line(part.tag.get_text(" "))
            exact = one_line(unquote(href.partition("search/label/")[2].partition("?")[0].partition("#")[0]))
            # a template may decorate the label that it prints; a mirror renames the address
            label = exact if exact and fold(exact) in fold(written) else written
            if label:
                yield label


def _post_number(place: _Place) -> str:
    for part in (place.body, *place.parts):
        named = [attribute(part.tag, name) for name in ("id", "name", "data-id")]
        if attribute(part.tag, "itemprop") == "postId":
            named.append(attribute(part.tag, "content"))
        for name in named:
            if found := _NUMBER.fullmatch(name):
                return found[1]
    return ""


def _is_whole(place: _Place) -> bool:
    body = place.body
    marks = frozenset({"jump-link", "mobile-index-contents"})
    cut = attribute(body.tag, "id").startswith("post-snippet") or any(part.classes & marks for part in place.parts)
    return not cut and body.tag.select_one(".jump-link, .post-snippet") is None


def _html(place: _Place, title: Element | None, heading: Element | None) -> str:
    """The body's HTML without what Blogger or a template adds to it."""
    if place.body is place.frame:
        for element in (title, heading):
            if element and place.frame.holds(element) and element is not place.frame:
                element.tag.extract()
    for tag in place.body.tag.select(_NO_TEXT):
        tag.extract()
    for tag in place.body.tag.select("noscript"):
        tag.unwrap()
    return place.body.tag.decode_contents()
