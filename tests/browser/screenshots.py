"""Take the pictures of docs/screenshots, of the demonstration archive: `make screenshots`."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from addresses import PAGES, address_of
from browsers import ROOT, import_demonstration, open_chromium, served
from playwright.sync_api import Browser

FOLDER = ROOT / "docs/screenshots"
LARGEST = 150 * 1024
"""Bytes: pictures lie in the repository for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: of which page, how large in CSS pixels, in which colours."""

    name: str
    page: str
    width: int = 1024
    height: int = 680
    scheme: str = "light"


PICTURES = (
    Picture(name="start", page="/"),
    Picture(name="results", page="/?q=bicycle&country=Kenya&country=Peru"),
    Picture(name="phone", page="/?q=bicycle", width=390, height=844),
    Picture(name="post", page=PAGES["post"]),
    Picture(name="coverage", page="/coverage"),
    Picture(name="dark", page="/?q=bicycle&country=Kenya", scheme="dark"),
)


def main() -> None:
    """Import the demonstration dumps, serve them, and take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        import_demonstration(Path(folder))
        with served(Path(folder)) as site, open_chromium() as browser:
            for picture in PICTURES:
                take(browser, site, picture)


def take(browser: Browser, site: str, picture: Picture) -> None:
    """Write one picture; SystemExit where it is larger than a picture may be."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(address_of(site, picture.page))
    path = FOLDER / f"{picture.name}.png"
    size = len(page.screenshot(path=path, animations="disabled", caret="hide"))
    context.close()
    sys.stdout.write(f"{path.relative_to(ROOT)} {size / 1024:.0f} KB\n")
    if size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST // 1024} KB: show less of the page")


if __name__ == "__main__":
    main()
