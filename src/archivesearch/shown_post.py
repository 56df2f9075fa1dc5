"""A post as its page shows it: values in, the records of `pages` out. Pure."""

from urllib.parse import quote, urlsplit, urlunsplit

from archivesearch.dates import Published
from archivesearch.pages import Box, Item, Link, PostPage, ShownBlock
from archivesearch.posts import Block, Post
from archivesearch.search import Search
from archivesearch.shown import View


def show_post(view: View, post: Post) -> PostPage:
    """The page for a post."""
    known = post.language
    return PostPage(
        frame=view.frame(),
        box=Box(),
        heading=view.heading(post),
        published=view.day(post.published) if post.published else None,
        date_source=_say_source(post.published) if post.published else "",
        language=view.foreign(post),
        language_name=view.pick(Search(), "language", known) if known else None,
        countries=tuple(view.pick(Search(), "country", country) for country in post.countries),
        labels=tuple(view.pick(Search(), "label", label) for label in post.labels),
        permalink=_outside(post.permalink) if post.permalink else None,
        body=tuple(_show_block(block) for block in post.body),
        provenance=post.provenance,
        dumps=len({copy.dump for copy in post.provenance}),
    )


def _say_source(published: Published) -> str:
    printed = f" “{published.printed}”" if published.printed else ""
    return f"from the {published.source.value}{printed}"


def _outside(permalink: str) -> Link | None:
    try:
        parts = urlsplit(permalink.strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    written = urlunsplit(parts)
    return Link(text=permalink, address=quote(written, safe=":/?#[]@!$&'()*+,;=%~-._"))


def _show_block(block: Block) -> ShownBlock:
    if block.kind not in ("bullets", "numbers"):
        return ShownBlock(kind=block.kind, lines=block.lines, items=())
    markers = block.markers or ("",) * len(block.lines)
    items = tuple(_show_item(block, line, marker) for line, marker in zip(block.lines, markers, strict=True))
    return ShownBlock(kind=block.kind, lines=(), items=items)


def _show_item(block: Block, text: str, marker: str) -> Item:
    if block.kind == "bullets":
        return Item(text=text, number=None, marker="")
    number = marker.strip(" .)(")
    plain = number.isascii() and number.isdigit() and len(number) < 7
    return Item(text=text, number=int(number) if plain else None, marker="" if plain else marker)
