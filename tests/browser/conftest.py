"""A real browser before the real page: one Chromium and one server an archive for all tests, a new profile for each."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from addresses import ODD_PAGES, PAGES, address_of
from browsers import KEPT, NO_BROWSER, archivesearch, find_chromium, import_demonstration, open_chromium, served
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

BUSY = 20_000  # milliseconds that a busy machine may take: how long to look before saying that something is not there
HERE = Path(__file__).parent

FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=BUSY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


# The driver runs a loop of asyncio in the main thread as long as it lives, so it must not live on in the tests of other
# folders: package, not session.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if find_chromium() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demonstration archive."""
    folder = tmp_path_factory.mktemp("demonstration")
    import_demonstration(folder)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="package")
def odd_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an archive with all that is hard to show: see odd.xml."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "raw").mkdir()
    shutil.copy(HERE / "odd.xml", folder / "raw")
    archivesearch(folder, "import")
    with served(folder) as address:
        yield address


@pytest.fixture(scope="package")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an archive into which nothing has been imported: every page is a 503."""
    with served(tmp_path_factory.mktemp("empty")) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: a story that asks for it is told both ways."""
    return request.param


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a browser that knows nothing yet; options are those of Playwright's `new_context`.

    A test fails, too, by what its pages complain of (see `watch`). Of a test that failed, a picture and a trace of each
    page are kept in build/browser.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(address: str, **options: object) -> Page:
        context = chromium.new_context(**{"reduced_motion": "reduce", "locale": "en-GB"} | options)
        contexts.append(context)
        context.set_default_timeout(BUSY)
        context.tracing.start(snapshots=True)
        page = context.new_page()
        watch(page, complaints)
        page.goto(address)
        return page

    yield visit
    failed = request.node.stash.get(FAILED, True) or bool(complaints)
    for number, context in enumerate(contexts, 1):
        if failed:
            keep(context, f"{request.node.name}-{number}")
        context.close()

    assert complaints == []


@pytest.fixture
def page(visit: Callable[..., Page], site: str, scripted: bool) -> Page:
    """The start page of the demonstration archive, with scripts and without."""
    return visit(site, java_script_enabled=scripted)


def watch(page: Page, complaints: list[str]) -> None:
    """Note what no page may do: errors, blocked or failed files, dialogs, and requests to anywhere else."""

    def hear(message: ConsoleMessage) -> None:
        # what cannot be loaded is told by `check`, which knows the page itself from its files
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def check(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{response.status}: {response.url}")

    def trace(address: str) -> None:
        if urlsplit(address).hostname != "127.0.0.1":
            complaints.append(f"request to {address}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: trace(request.url))
    page.on("response", check)


def keep(context: BrowserContext, name: str) -> None:
    """Keep what the pages of a failed test look like, and the trace that led there (`playwright show-trace FILE`)."""
    path = KEPT / re.sub(r"[^\w.-]+", "-", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    context.tracing.stop(path=path.with_name(f"{path.name}.trace.zip"))
    for number, page in enumerate(context.pages, 1):
        page.screenshot(path=path.with_name(f"{path.name}-{number}.png"), full_page=True)


@pytest.fixture(params=[*PAGES, *ODD_PAGES, "unavailable"])
def address(request: pytest.FixtureRequest) -> str:
    """Each kind of page in turn."""
    if request.param == "unavailable":
        return f"{request.getfixturevalue('empty_site')}/?q=bicycle"
    if request.param in PAGES:
        return address_of(request.getfixturevalue("site"), PAGES[request.param])
    return address_of(request.getfixturevalue("odd_site"), ODD_PAGES[request.param])


@pytest.fixture
def post(site: str) -> str:
    """The address of a long post of the demonstration archive."""
    return address_of(site, PAGES["post"])
