"""What every test can use: golden files, the shared dumps, and one way to run Hypothesis."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from archivesearch.archive import Archive

ROOT = Path(__file__).parent.parent

# A shell that starts the tests in the background may have them ignore Ctrl-C and the end of the terminal, and the
# programs that the tests start would inherit that.
for ignored in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(ignored) is signal.SIG_IGN:
        signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)

# No deadline: how long an example takes on a busy machine says nothing about the code.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the code answers now into the golden files; read their diff before you commit it",
    )


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with the file that holds the expected one; `pytest --update-golden` writes that file instead."""

    def compare(expected: Path, actual: str) -> None:
        if request.config.getoption("--update-golden"):
            expected.write_text(actual, "utf-8")
        assert expected.is_file(), f"{expected} is not there: pytest --update-golden writes it"
        assert actual == expected.read_text("utf-8"), "as intended? pytest --update-golden writes the new text"

    return compare


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository with the real dumps and their hand-made cut, which the repository cannot hold."""
    folder = ROOT.parent / "shared"
    if not (folder / "dumps").is_dir():
        pytest.skip("../shared is not there: what needs the real dumps and their hand-made cut is not run")
    return folder


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive of the demonstration dumps, imported once for all tests that only ask it."""
    root = tmp_path_factory.mktemp("demonstration")
    shutil.copytree(ROOT / "raw", root / "raw")
    for settings_file in (ROOT / "archive.toml", *ROOT.glob("about*.md")):
        shutil.copy(settings_file, root)
    with Archive.open(root) as archive:
        archive.import_dumps()
        yield archive
