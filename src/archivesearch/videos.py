"""Videos that a body embeds: each told before its element, which a cleaner takes away, as a picture that it keeps."""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice

MARKER = "an embedded video"
"""The class of a picture that stands for a video."""

_HOSTS = re.compile(
    r"""//(?:[\w-]+\.)*
    (?:youtube(?:-nocookie)?\.com | youtu\.be | vimeo\.com | dailymotion\.com | blip\.tv | ted\.com | viddler\.com
    | metacafe\.com | ustream\.tv | livestream\.com | wistia\.(?:com|net) | videopress\.com)
    [/:] | \bvideos?\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Frames and objects hold much else: maps, counters, buttons. These are videos by the host, or say it."""

_EMBEDDED = re.compile(r"<(?:iframe|video|object|embed)\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"""<(?P<close>/?)(?P<name>(?i:iframe|video|object|embed|source|param))
    (?=[\s/>])(?P<told>(?:[^<>"']{1,100}+|"[^"]*+"|'[^']*+'|["']){0,100}+)>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?<![a-z])([a-z]++)\s{0,9}+=\s{0,9}+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]++))""", re.IGNORECASE)
_INSIDE = 20
"""Tags inside a <video> or <object> among which its address is looked for; they have four or five."""


def tell_videos(source: str) -> str:
    """The HTML with a picture of the class MARKER before each video, of which its `src` is the address."""
    if not _EMBEDDED.search(source):
        return source
    tokens = list(_TOKEN.finditer(source))
    pieces, end = [], 0
    for number, token in enumerate(tokens):
        pieces += [source[end : token.start()], _tell(token, tokens[number + 1 : number + 1 + _INSIDE])]
        end = token.start()
    return "".join([*pieces, source[end:]])


def _tell(token: re.Match[str], following: Sequence[re.Match[str]]) -> str:
    name = token["name"].lower()
    if token["close"] or name in ("source", "param"):
        return ""
    told = _attributes(token)
    inside = following if name in ("video", "object") else ()
    addresses = [told.get("src") or told.get("data") or "", *_addresses(name, inside)]
    found = [address for address in addresses if address and (name == "video" or _HOSTS.search(address))]
    if not found and name != "video":
        return ""
    kept = {"src": found[0] if found else "", **{each: told.get(each, "") for each in ("title", "width", "height")}}
    written = "".join(f' {each}="{html.escape(value)}"' for each, value in kept.items() if value)
    return f'<img class="{MARKER}"{written}>'


def _addresses(name: str, inside: Sequence[re.Match[str]]) -> Iterator[str]:
    """The addresses that stand inside of an element, up to its end."""
    for token in inside:
        if token["name"].lower() == name:
            return
        told = _attributes(token)
        yield told.get("src") or told.get("value") or ""


def _attributes(token: re.Match[str]) -> dict[str, str]:
    """The attributes of a tag, of several with one name the first, as browsers do."""
    found: dict[str, str] = {}
    for name, *values in islice(_ATTRIBUTE.findall(token["told"]), 100):
        found.setdefault(name.lower(), html.unescape("".join(values)).strip())
    return found
