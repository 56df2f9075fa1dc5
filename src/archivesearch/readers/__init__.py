"""The readers, one for each dump format."""

from archivesearch.dumps import Reader
from archivesearch.readers.page_text import PageText

READERS: tuple[Reader, ...] = (PageText(),)
