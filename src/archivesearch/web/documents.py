"""Documents for programs: XML that is always well-formed, answers that need not be sent twice, and those that moved."""

import re
from typing import Any

from flask import Response, request
from lxml import etree

from archivesearch.lines import json_line

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets)."""

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def document(namespace: str, name: str, **more: str) -> Any:
    """The root of a new document in this namespace; `more` are other namespaces by their prefix."""
    prefixes: dict[Any, str] = {None: namespace, **more}
    return etree.Element(f"{{{namespace}}}{name}", nsmap=prefixes)


def child(parent: Any, name: str, text: str = "", /, **attributes: str) -> Any:
    """A new last child, in the namespace of its parent unless `name` has one; what XML cannot hold is left out."""
    tag = name if name.startswith("{") else f"{{{etree.QName(parent).namespace}}}{name}"
    made = etree.SubElement(parent, tag, {key: _ILLEGAL.sub("", value) for key, value in attributes.items()})
    made.text = _ILLEGAL.sub("", text) or None
    return made


def answer_xml(root: Any, media_type: str) -> Response:
    """The document as an answer."""
    return answer(etree.tostring(root, xml_declaration=True, encoding="utf-8"), f"{media_type}; charset=utf-8")


def answer_json(record: object, media_type: str = "application/json") -> Response:
    """The record as an answer."""
    return answer(json_line(record).encode(), media_type)


def answer(body: bytes, media_type: str) -> Response:
    """An answer with a tag of its bytes: who has these already is told so (304) instead of being sent them again.

    The tag is a hash of the bytes, so it is right whatever has changed: posts, settings, or the program.
    """
    response = Response(body, content_type=media_type)
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def lead_on(address: str) -> Response:
    """Where what was asked for is now (301). Browsers ask anew each time: what a better copy brought may go again."""
    response = Response(status=301)
    response.location = address
    response.cache_control.no_cache = True
    return response
