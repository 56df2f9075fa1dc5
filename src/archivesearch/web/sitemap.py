"""The sitemap: the address of every page that a crawler may read (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterable
from typing import Any

from archivesearch.settings import OwnPage
from archivesearch.shown import address_of_id, address_of_own
from archivesearch.web.documents import child, document

MOST_ADDRESSES = 10_000
"""The protocol allows five times as many in one document; this many are a megabyte."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def parts_of(pages: Iterable[OwnPage], ids: Iterable[str]) -> list[list[str]]:
    """The addresses of all pages, in parts of MOST_ADDRESSES at most: those of the archive's own, and posts by id."""
    addresses = ["/", "/coverage", *map(address_of_own, pages), *map(address_of_id, ids)]
    return [addresses[first : first + MOST_ADDRESSES] for first in range(0, len(addresses), MOST_ADDRESSES)]


def list_addresses(site: str, addresses: Iterable[str]) -> Any:
    """A part of the sitemap. When a page was last changed is not known, and not told: a post's day is not that."""
    root = document(_NAMESPACE, "urlset")
    for address in addresses:
        child(child(root, "url"), "loc", site + address)
    return root


def list_parts(site: str, parts: int) -> Any:
    """The list of so many parts."""
    root = document(_NAMESPACE, "sitemapindex")
    for number in range(1, parts + 1):
        child(child(root, "sitemap"), "loc", f"{site}/sitemap-{number}.xml")
    return root
