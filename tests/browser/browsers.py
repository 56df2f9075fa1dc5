"""The browser that is driven, and the servers that it visits: shared by the tests and by what takes pictures."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build/browser"
"""Where pictures and traces of failed tests are kept."""

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--font-render-hinting=none", "--disable-lcd-text")
"""Root has no sandbox in Chromium; without hinting and coloured edges text is the same on every machine."""

NO_BROWSER = (
    "there is no Chromium: install it (on Debian: apt-get install chromium) or name one in the environment variable "
    "CHROMIUM"
)
ANSWERS_WITHIN = 30  # seconds: far more than any page takes, and an end to waiting for one that never comes


def find_chromium() -> str | None:
    """The Chromium to drive: the environment's, else the first that the machine has."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, COMMANDS)), None)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A running Chromium without a window; FileNotFoundError where there is none."""
    path = find_chromium()
    if path is None:
        raise FileNotFoundError(NO_BROWSER)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def import_demonstration(folder: Path) -> None:
    """Make an archive of the demonstration dumps in this folder."""
    shutil.copytree(ROOT / "raw", folder / "raw")
    for file in (ROOT / "archive.toml", *ROOT.glob("about*.md")):
        shutil.copy(file, folder)
    archivesearch(folder, "import")


def archivesearch(folder: Path, *arguments: str) -> None:
    """Run a command of the archive in this folder."""
    subprocess.run(_command(folder, *arguments), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page of the archive in this folder, without a slash at its end; it is served until the end."""
    command = _command(folder, "serve", "--port", "0")
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield _address(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=ANSWERS_WITHIN)


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "archivesearch", "--archive", str(folder), *arguments]


def _address(announced: str) -> str:
    return next(word for word in announced.split() if word.startswith("http")).rstrip("/")


def fetch(address: str) -> bytes:
    """What a server answers, whatever its status."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=ANSWERS_WITHIN)
    with closing(connection):
        connection.request("GET", address.partition(parts.netloc)[2])
        return connection.getresponse().read()


def find_post(site: str, title: str) -> str:
    """The path of the post with this title, as the hits of a search for it link to it."""
    words = " ".join(re.findall(r"\w{3,}", title))
    soup = BeautifulSoup(fetch(f"{site}/?{urlencode({'q': words})}"), "lxml")
    link = soup.find(lambda tag: tag.name == "a" and " ".join(tag.get_text().split()) == title)
    if link is None:
        raise LookupError(f"{site} has no hit “{title}”")
    return str(link["href"]).partition("?")[0]
