"""What is derivable from one post: its language and the countries that it is about."""

from collections.abc import Mapping
from dataclasses import replace

from archivesearch.countries import countries_about
from archivesearch.languages import language_of
from archivesearch.posts import Block, Post

ENRICH_VERSION = 4
"""Raised whenever `enrich` answers differently: posts enriched before are then enriched again."""


def enrich(post: Post, places: Mapping[str, tuple[str, ...]]) -> Post:
    """The post with its language and the countries that it is about; all else, labels among it, stays.

    `places` are the names of regions and organisations of the archive's settings. Equal posts give equal answers.
    """
    language = language_of(f"{post.title}\n\n{post.text}")
    paragraphs = [paragraph for block in post.body for paragraph in _paragraphs(block)]
    countries = countries_about(post.title, paragraphs, labels=post.labels, language=language, places=places)
    return replace(post, language=language, countries=countries)


def prepare_to_enrich() -> None:
    """Load now what the first `enrich` would load: the model of languages and the English names of countries."""
    countries_about("", (), language=language_of("a few words of English"))


def _paragraphs(block: Block) -> tuple[str, ...]:
    """The block as paragraphs: each item of a list is one, for it says something of its own."""
    return block.lines if block.kind in ("bullets", "numbers") else (block.text,)
