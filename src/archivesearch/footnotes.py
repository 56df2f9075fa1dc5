"""Links from one place of a body to another, as footnotes have them, kept when its HTML is cleaned."""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

PLACE = re.compile("place-[1-9][0-9]{0,5}")
"""The ids of places that links of the same body lead to. They are numbered, so none can be that of something else."""

_LEADING = re.compile(r"""href\s{0,9}+=\s{0,9}+["']?[^"'<>\s#]{0,300}+#""", re.IGNORECASE)
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_EDITOR = re.compile(r"https?://(?:www|draft)\.blogger\.com/")
"""Where a post was written: Blogger's editor lets links within what is pasted from Word begin with its own address."""


def leads_inside(source: str) -> bool:
    """Whether some link of this HTML may lead to another place of it."""
    return "#" in source and _LEADING.search(source) is not None


def number_places(cleaned: str, here: str) -> str:
    """Cleaned HTML, with the elements that its links lead to numbered (`id="place-1"`) and these links changed to that.

    `here` is the address that the body itself has, empty where it is not known. Links to a place of the body that is
    not there lose their address; all other ids and names go, and the <span>s too, of which nothing else is kept.
    """
    tags = [(tag[1], dict(_ATTRIBUTE.findall(tag[2]))) for tag in _TAG.finditer(cleaned)]
    wanted = {place for _, told in tags if (place := _place_in(told, here))}
    numbers: dict[str, str] = {}
    ids = []
    for name, told in tags:
        fresh = [place for place in _names(name, told) if place in wanted and place not in numbers]
        ids.append(f"place-{len(numbers) + 1}" if fresh else "")
        numbers |= dict.fromkeys(fresh, ids[-1])
    written = (
        _write(name, told, _leading(told, numbers, here), place) for (name, told), place in zip(tags, ids, strict=True)
    )
    return _TAG.sub(lambda _: next(written), cleaned.replace("</span>", ""))


def _names(name: str, told: dict[str, str]) -> Iterator[str]:
    """What links call this element."""
    if name not in ("br", "hr", "img"):
        yield from {html.unescape(told[each]) for each in ("id", "name") if told.get(each)}


def _place_in(told: dict[str, str], here: str) -> str | None:
    """The place of the body that a link leads to, empty for its beginning; None for what leads to no place of it."""
    address, sign, place = html.unescape(told.get("href", "")).partition("#")
    return unquote(place) if sign and (address in ("", here) or _EDITOR.match(address)) else None


def _leading(told: dict[str, str], numbers: dict[str, str], here: str) -> str | None:
    """Where a link leads in the numbered body; None for what leads nowhere."""
    place = _place_in(told, here)
    if place is None:
        return told.get("href")
    return f"#{numbers[place]}" if place in numbers else None


def _write(name: str, told: dict[str, str], href: str | None, place: str) -> str:
    """A tag with this address and this id in the place of its own."""
    if name == "span":
        return f'<span id="{place}"></span>' if place else ""
    kept = {each: value for each, value in told.items() if each not in ("id", "name", "href")}
    if href is None or href.startswith("#"):
        kept.pop("rel", None)
    attributes = {"id": place, "href": href} | kept
    return f"<{name}" + "".join(f' {each}="{value}"' for each, value in attributes.items() if value) + ">"
