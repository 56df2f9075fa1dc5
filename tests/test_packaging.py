"""The wheel, built for real: what is in it and what is not."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.Path(path)


def files_below(folder: Path) -> set[str]:
    """The files of a folder, without what tools and Python leave in hidden folders and __pycache__."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not re.search(r"(^|/)(\.|__pycache__/)", name)}


def names_in(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


def test_the_wheel_holds_every_module_and_the_mark_that_it_is_typed(wheel: zipfile.Path) -> None:
    modules = {f"archivesearch/{name}" for name in files_below(ROOT / "src/archivesearch")}

    assert "archivesearch/py.typed" in modules
    assert modules <= names_in(wheel)


def test_the_wheel_holds_the_page(wheel: zipfile.Path) -> None:
    page = {f"archivesearch/_web/{name}" for name in files_below(ROOT / "web")}

    assert {name.rpartition(".")[2] for name in page} >= {"html", "css"}
    assert page <= names_in(wheel)


def test_the_wheel_holds_nothing_else(wheel: zipfile.Path) -> None:
    modules = {f"archivesearch/{name}" for name in files_below(ROOT / "src/archivesearch")}
    page = {f"archivesearch/_web/{name}" for name in files_below(ROOT / "web")}
    others = {name for name in names_in(wheel) - modules - page if ".dist-info/" not in name}

    assert others == set()


def test_the_wheel_carries_its_licence_and_its_command(wheel: zipfile.Path) -> None:
    (info,) = (folder for folder in wheel.iterdir() if folder.name.endswith(".dist-info"))

    assert "MIT License" in (info / "licenses" / "LICENSE").read_text("utf-8")
    assert "archivesearch = archivesearch.cli:main" in (info / "entry_points.txt").read_text("utf-8")
