"""What the page needs of an archive."""

from typing import Protocol

from archivesearch.coverage import Coverage
from archivesearch.posts import Post
from archivesearch.search import Results, Search
from archivesearch.settings import Settings


class ServedArchive(Protocol):
    """What the page needs of an archive; its errors are those of `errors`."""

    @property
    def settings(self) -> Settings:
        """The archive's own texts, pages and colours."""

    def search(self, search: Search) -> Results:
        """The answer to a search, its hits with snippets."""

    def post(self, post_id: str) -> Post | None:
        """The post with this id."""

    def coverage(self) -> Coverage:
        """How the posts lie in time."""
