"""What the template of a post's page receives: frozen records, a docstring on every field.

Texts in them are data; only the templates write HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from archivesearch.differing import Change
from archivesearch.pages import Box, Day, Frame, Link
from archivesearch.posts import Provenance
from archivesearch.search import Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a post's body: one start tag, one end tag, or a text; they stand in their order and are balanced."""

    start: str = ""
    """The element that begins here, one of `shown_body.ELEMENTS`; else empty."""
    attributes: tuple[tuple[str, str], ...] = ()
    """The attributes of its start tag, each a name of our own with its value."""
    end: str = ""
    """The element that ends here; else empty."""
    text: str = ""
    """What it says; empty in a tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another post that this one's page leads to."""

    title: str
    """Its title, or words that say that it has none."""
    address: str
    """Its own page."""
    published: Day | None
    """When it was published; None for an undated post."""
    language: str | None
    """ISO 639-1 code of the title's language where it is known and not the page's own, for the `lang` attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCopy:
    """A place in the dumps where the post was found."""

    place: Provenance
    """The place itself."""
    certainty: str
    """How sure the reader is of where the post begins and ends, as a percentage."""
    kind: str
    """What kind of copy it is, in words; empty for the one that is shown, and where it cannot be told."""
    reason: str
    """Why it is a copy, in words; as empty as `kind`."""
    days: tuple[str, str] | None
    """The date of the post and that of the copy, in words, where they differ."""
    passages: tuple[tuple[Change, ...], ...]
    """Where its title and text differ from the post, each with a few words around it."""
    more: int
    """How many differences are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the head of the page tells machines about the post."""

    address: str
    """The address of the post's page, whole; the same for every way that leads there."""
    identifier: str
    """The post's id."""
    title: str
    """Its title, or words that say that it has none."""
    description: str
    """The first words of its text; empty where it has none."""
    published: str
    """When it was published, in ISO 8601 and no more exact than it is known; empty for an undated post."""
    language: str
    """ISO 639-1 code of its language; empty where it is not known."""
    source: str
    """Where the blog had it; empty where that is not known."""
    labels: tuple[str, ...]
    """Its labels."""
    site: str
    """The archive's title."""
    linked: Mapping[str, object]
    """The same as schema.org's BlogPosting, for JSON-LD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A part of a citation."""

    text: str
    """What it says."""
    own: bool
    """Whether it is a title, a name, a date or an address, which may run in another direction than the page's words."""
    language: str | None = None
    """ISO 639-1 code of its language where that is known and not the page's own, for the `lang` attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """How to cite the post."""

    plain: tuple[Cited, ...]
    """As a line of text."""
    bibtex: str
    """As an entry for BibTeX."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """The page of one post: post.html."""

    frame: Frame
    """What stands around it."""
    box: Box
    """The search form, with what was typed where the visitor comes from a search."""
    described: Described
    """What its head tells machines."""
    heading: tuple[Fragment, ...]
    """The post's title, or words that say that it has none, with what was searched marked."""
    published: Day | None
    """When it was published; None for an undated post."""
    date_source: str
    """Where the date was read and how exact it is, in words; empty for an undated post."""
    language: str | None
    """ISO 639-1 code where it is known and not the page's own language, for the `lang` attribute."""
    heading_language: str | None
    """The same of the heading, which may be words of the page."""
    language_name: Link | None
    """The language by its name, with a link to all posts in it; None where it is not known."""
    countries: tuple[Link, ...]
    """The countries that it is about, each with a link to all posts about it."""
    labels: tuple[Link, ...]
    """Its labels, each with a link to all posts that have it."""
    permalink: Link | None
    """Where the blog had it, if that is an http or https address."""
    kept_elsewhere: str | None
    """Where the Internet Archive may have it as it was then; None where the permalink is."""
    outside_rel: str
    """What links out of the archive, as these two are, tell browsers and crawlers: their `rel`."""
    body: tuple[Piece, ...]
    """Its text, with what was searched marked."""
    newer: Neighbour | None
    """The post that was published just after it; None for the newest and for an undated one."""
    older: Neighbour | None
    """The post that was published just before it; None for the oldest and for an undated one."""
    similar: tuple[Neighbour, ...]
    """The posts that are most like it."""
    citation: Citation
    """How to cite it."""
    copies: tuple[ShownCopy, ...]
    """Every copy that was found in the dumps; the first is the one that is shown."""
    dumps: int
    """The number of different dumps that hold them."""
    compared: bool
    """Whether it can be told how the copies differ."""
