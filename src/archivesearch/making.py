"""A post made of its copies: merged, enriched, and as people decided."""

from collections.abc import Mapping, Sequence

from archivesearch.corrections import PostCorrection, correct
from archivesearch.dedupe import Duplicate, merge
from archivesearch.enrich import enrich
from archivesearch.posts import Post

Places = Mapping[str, tuple[str, ...]]


def make_post(
    copies: Sequence[Post], decided: Sequence[PostCorrection], places: Places, *, own_id: bool
) -> tuple[Post, tuple[Duplicate, ...]]:
    """The post of an article with these copies, and its further copies; the order of copies does not matter.

    `places` are those of archive.toml, `decided` what people say of the post; for `own_id` see `dedupe.merge`.
    """
    post, duplicates = merge(copies, own_id=own_id)
    # a title that people gave tells the language; a language or countries that they gave hold whatever it tells
    return _corrected(enrich(_corrected(post, decided), places), decided), duplicates


def is_suppressed(decided: Sequence[PostCorrection]) -> bool:
    """Whether people want nobody to see the post."""
    return any(correction.suppress for correction in decided)


def _corrected(post: Post, decided: Sequence[PostCorrection]) -> Post:
    for correction in decided:
        post = correct(post, correction)
    return post
