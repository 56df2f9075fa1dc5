"""The readers, one for each dump format."""

from archivesearch.dumps import Reader
from archivesearch.readers.blogger_atom import BloggerAtom
from archivesearch.readers.blogger_html import BloggerHtml
from archivesearch.readers.page_parts import PageParts
from archivesearch.readers.page_text import PageText
from archivesearch.readers.warc import Warc
from archivesearch.readers.wordpress_wxr import WordPressWxr

READERS: tuple[Reader, ...] = (PageText(), BloggerAtom(), BloggerHtml(), WordPressWxr(), Warc(), PageParts())
