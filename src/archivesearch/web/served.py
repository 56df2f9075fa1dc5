"""What the page needs of an archive."""

from collections.abc import Generator, Iterable
from typing import Protocol

from archivesearch.coverage import Coverage
from archivesearch.dedupe import Duplicate
from archivesearch.posts import Post
from archivesearch.search import Around, Hit, Results, Search, Suggestion
from archivesearch.settings import Settings


class ServedArchive(Protocol):
    """What the page needs of an archive; its errors are those of `errors`."""

    @property
    def settings(self) -> Settings:
        """The archive's own texts, pages and colours, and its address."""

    def search(self, search: Search) -> Results:
        """The answer to a search, its hits with snippets."""

    def hits(self, search: Search) -> Generator[Hit, None, None]:
        """The hits of a search, of a page of any size, with snippets, one by one and from one generation."""

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What may be meant by somebody who has typed so far: labels, titles and words, of each so many at most."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all posts, sorted."""

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""

    def present_id(self, post_id: str) -> str | None:
        """The id of the post that has this id or had it before; None for one that leads nowhere."""

    def around(self, post_id: str, similar: int) -> Around | None:
        """The post with this id and those around it, so many similar ones at most: all from one generation."""

    def duplicates(self, of: str) -> Iterable[Duplicate]:
        """The further copies of this post, each with how it differs from it."""

    def coverage(self) -> Coverage:
        """How the posts lie in time."""


def moved(archive: ServedArchive, post_id: str) -> str | None:
    """The present id of a post that the index does not have under this one; None where that leads nowhere.

    The catalog has a post before the index has: whoever were led to the id that was asked for would go in a circle.
    """
    present = archive.present_id(post_id)
    return present if present != post_id else None
