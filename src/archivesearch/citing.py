"""How a post is cited: as a line of text, and as an entry for BibTeX.

It has no author, for dumps seldom tell one, and no day on which it was read: that is for whoever cites it to add.
"""

import re
from collections.abc import Iterator

from archivesearch.dates import Published
from archivesearch.pages_post import Citation, Cited, Described
from archivesearch.posts import Post
from archivesearch.shown import View

_PLACE = re.compile(r"%\((\w+)\)s")

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
"""BibTeX's own names, which each style writes in its own way."""

_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped or not
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        **{sign: f"\\{sign}" for sign in "$&#%_"},
    }
)


def cite(view: View, post: Post, told: Described) -> Citation:
    """How to cite a post of which its page here tells this."""
    return Citation(plain=tuple(_cite_plainly(view, post, told)), bibtex=_cite_for_bibtex(post, told))


def _cite_plainly(view: View, post: Post, told: Described) -> Iterator[Cited]:
    gettext = view.speech.gettext
    values = {
        "title": told.title,
        "archive": told.site,
        "date": view.speech.published(post.published) if post.published else gettext("undated"),
        "address": told.address,
        "source": told.source,
    }
    languages = {"title": view.foreign_heading(post), "archive": view.foreign_text("title")}
    said = gettext("“%(title)s”. %(archive)s, %(date)s. %(address)s")
    if told.source:
        said = gettext("“%(title)s”. %(archive)s, %(date)s. %(address)s (first published at %(source)s)")
    for number, part in enumerate(_PLACE.split(said)):  # every other one is the name of a place
        if number % 2:
            yield Cited(text=values[part], own=True, language=languages.get(part))
        elif part:
            yield Cited(text=part, own=False)


def _cite_for_bibtex(post: Post, told: Described) -> str:
    fields = {
        "title": f"{{{{{_escape(told.title)}}}}}",  # the inner braces keep its capitals
        "howpublished": f"{{{_escape(told.site)}}}",
        **(_bibtex_date(post.published) if post.published else {}),
        "url": f"{{{told.address}}}",
        **({"note": rf"{{First published at \url{{{told.source}}}}}"} if told.source else {}),
        **({"language": f"{{{_escape(post.language)}}}"} if post.language else {}),
    }
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
    return f"@misc{{post-{post.id},\n{lines}}}\n"


def _bibtex_date(published: Published) -> dict[str, str]:
    day = published.day
    exact = {"year": 1, "month": 2}.get(published.precision, 3)
    parts = {"year": f"{{{day:%Y}}}", "month": _MONTHS[day.month - 1], "day": f"{{{day.day}}}"}
    return dict(list(parts.items())[:exact])


def _escape(text: str) -> str:
    return text.translate(_ESCAPED)
