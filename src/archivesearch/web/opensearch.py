"""The description by which a browser adds the archive to its search engines (OpenSearch 1.1)."""

import textwrap
from typing import Any

from archivesearch.web.documents import child, document

_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
_LONGEST_SHORT_NAME = 16
_LONGEST_LONG_NAME = 48


def describe_search(site: str, title: str) -> Any:
    """How to search this archive, have suggestions, and read results as a feed."""
    root = document(_NAMESPACE, "OpenSearchDescription")
    long_name = _shorten(title, _LONGEST_LONG_NAME)
    child(root, "ShortName", _shorten(title, _LONGEST_SHORT_NAME))
    child(root, "Description", f"Search the posts of {long_name}")
    child(root, "LongName", long_name)
    child(root, "Url", type="text/html", template=f"{site}/?q={{searchTerms}}")
    child(root, "Url", type="application/atom+xml", template=f"{site}/feed.atom?q={{searchTerms}}&page={{startPage?}}")
    suggestions = f"{site}/api/suggest?format=opensearch&q={{searchTerms}}"
    child(root, "Url", type="application/x-suggestions+json", template=suggestions)
    child(root, "Url", type="application/opensearchdescription+xml", rel="self", template=f"{site}/opensearch.xml")
    child(root, "Image", f"{site}/static/icon.svg", type="image/svg+xml")
    child(root, "InputEncoding", "UTF-8")
    child(root, "OutputEncoding", "UTF-8")
    return root


def _shorten(title: str, most: int) -> str:
    """As many whole words of the title as fit; the beginning of its first word where that is too long."""
    kept = textwrap.shorten(title, most, placeholder="", break_on_hyphens=False)
    return kept.rstrip(" &,;:-–—") or title.strip()[:most].rstrip()
