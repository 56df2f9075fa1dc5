"""Every page is valid HTML, and every style sheet and picture valid, by the Nu Html Checker."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from addresses import ODD_PAGES, PAGES, address_of
from browsers import ROOT, fetch

CHECKER = ROOT / "build/tools/node_modules/vnu-jar/build/dist/vnu.jar"
MISSING = (
    "the Nu Html Checker or Java is not there: install both (on Debian: apt-get install default-jre-headless npm, then "
    "make tools)"
)

WRONG_ON_PURPOSE = {
    "wrong.html": "<!doctype html><html lang=en><title>Wrong</title><p id=a><p id=a>",
    "wrong.css": "p { colour: red }",
    "wrong.svg": '<svg xmlns="http://www.w3.org/2000/svg"><rect id="a"/><rect id="a"/></svg>',
}
"""A checker that has nothing to say of these would not say anything of the pages either."""


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that checks files; with CI set it must be there."""
    java = shutil.which("java")
    if java is None or not CHECKER.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    return [java, "-jar", str(CHECKER), "--format", "json", "--also-check-css", "--also-check-svg"]


@pytest.fixture(scope="module")
def said(checker, site, odd_site, empty_site, tmp_path_factory) -> dict[str, list[str]]:
    """What the checker says, by file: all files in one run, because it takes seconds to start."""
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder, site, odd_site, empty_site)
    for name, text in WRONG_ON_PURPOSE.items():
        (folder / name).write_text(text, "utf-8")
    files = sorted(map(str, folder.iterdir()))
    checked = subprocess.run([*checker, *files], capture_output=True, text=True, check=False)
    messages = {Path(file).name: [] for file in files}
    for each in json.loads(checked.stderr)["messages"]:
        messages[urlsplit(each["url"]).path.rpartition("/")[2]].append(f"{each.get('lastLine')}: {each['message']}")
    return messages


def write_pages(folder: Path, site: str, odd_site: str, empty_site: str) -> None:
    """Each kind of page as the servers send it, and the files that the pages name."""
    addresses = {name: address_of(site, page) for name, page in PAGES.items()}
    addresses |= {name: address_of(odd_site, page) for name, page in ODD_PAGES.items()}
    addresses["unavailable"] = f"{empty_site}/?q=bicycle"
    for name, address in addresses.items():
        (folder / f"{name}.html").write_bytes(fetch(address))
    for path in static_files((folder / "start.html").read_text("utf-8")):
        (folder / path.rpartition("/")[2]).write_bytes(fetch(site + path))


def static_files(html: str) -> Iterator[str]:
    """The style sheets and pictures of our own that a page names."""
    yield from re.findall(r'(?:href|src)="(/static/[^"?]+\.(?:css|svg))', html)


@pytest.mark.parametrize("name", WRONG_ON_PURPOSE)
def test_the_checker_finds_what_is_wrong(said, name):
    assert said[name]


def test_the_checker_has_nothing_to_say_of_any_page_or_file(said):
    answers = {name: messages for name, messages in said.items() if messages and name not in WRONG_ON_PURPOSE}

    assert answers == {}
    assert {"start.html", "post.html", "odd-markup.html", "page.css", "icon.svg"} <= said.keys()
