"""What a post's page tells machines about it: Open Graph, Dublin Core, schema.org. Pure."""

from dataclasses import replace

from archivesearch.pages_post import Described
from archivesearch.posts import Post
from archivesearch.query import EVERYTHING
from archivesearch.shown import View, outside
from archivesearch.snippets import snippet

DESCRIPTION = 200
"""Characters of a description: search engines show about so many."""


def describe(view: View, post: Post, address: str) -> Described:
    """What the page at this address, a whole one, tells about its post."""
    description = "".join(part.text for part in snippet(post.text, EVERYTHING, post.language, width=DESCRIPTION))
    source = outside(post.permalink) if post.permalink else None
    told = Described(
        address=address,
        identifier=post.id,
        title=view.heading(post),
        description=description,
        published=post.published.iso if post.published else "",
        language=post.language or "",
        source=source.address if source else "",
        labels=post.labels,
        site=view.settings.title,
        linked={},
    )
    return replace(told, linked=_linked(told, post))


def _linked(told: Described, post: Post) -> dict[str, object]:
    known = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": told.address,
        "url": told.address,
        "identifier": told.identifier,
        "headline": told.title,
        "description": told.description,
        "datePublished": told.published,
        "inLanguage": told.language,
        "keywords": list(told.labels),
        "about": [{"@type": "Country", "name": country} for country in post.countries],
        "isBasedOn": told.source,
        "isPartOf": {"@type": "ArchiveComponent", "name": told.site},
    }
    return {name: value for name, value in known.items() if value}
