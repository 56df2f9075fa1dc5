"""Dependencies: declared, used, explained, pinned, and not older than what they must survive."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import archivesearch

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME = tuple(Requirement(line) for line in PROJECT["dependencies"])
DEVELOPMENT = tuple(Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines)
PINS = tuple(
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)

MINIMUM = {
    "flask": "3.1.3",
    "jinja2": "3.1.6",
    "lxml": "6.1",
    "waitress": "3.0.2",
    "werkzeug": "3.1.6",
}
"""Older ones have known holes on a public page or in reading hostile XML."""

PYTHONS = ("3.11.5", "3.12.0", "3.13.0", "3.14.0")


def imported_distributions() -> set[str]:
    """The distributions that the modules of the package import."""
    names = set()
    for path in Path(archivesearch.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"), path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").split(".")[0])
    found = packages_distributions()
    return {canonicalize_name(name) for module in names for name in found.get(module, ())}


def lines_about(name: str) -> list[str]:
    """The lines of ARCHITECTURE.md that speak of this distribution."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    return [line for line in text.splitlines() if re.search(rf"(?<![\w-]){name}(?![\w-])", line, re.IGNORECASE)]


def pins_of(name: str, python: str) -> list[Version]:
    """The versions that constraints.txt gives for a distribution on this Python."""
    machine = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    return [
        Version(next(iter(pin.specifier)).version)
        for pin in PINS
        if canonicalize_name(pin.name) == canonicalize_name(name) and (not pin.marker or pin.marker.evaluate(machine))
    ]


@pytest.mark.parametrize("name", MINIMUM)
def test_what_faces_strangers_is_installed_without_its_known_holes(name: str) -> None:
    assert Version(version(name)) >= Version(MINIMUM[name])


@pytest.mark.parametrize("name", MINIMUM)
def test_what_faces_strangers_is_required_without_its_known_holes(name: str) -> None:
    (requirement,) = (each for each in RUNTIME if canonicalize_name(each.name) == name)
    (bound,) = (each.version for each in requirement.specifier if each.operator == ">=")

    assert Version(bound) >= Version(MINIMUM[name])


@pytest.mark.parametrize("name", [each.name for each in RUNTIME])
def test_a_dependency_has_its_line_in_the_architecture(name: str) -> None:
    assert lines_about(name)


@pytest.mark.parametrize("name", [each.name for each in RUNTIME])
def test_a_dependency_that_nothing_imports_is_said_to_be_so(name: str) -> None:
    """ "not imported" stands in its line of ARCHITECTURE.md, with the reason, and nowhere else."""
    said = any("not imported" in line for line in lines_about(name))

    assert said == (canonicalize_name(name) not in imported_distributions())


def test_what_is_imported_is_declared() -> None:
    declared = {canonicalize_name(each.name) for each in RUNTIME}

    assert imported_distributions() - {"archivesearch"} <= declared


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", [*RUNTIME, *DEVELOPMENT], ids=lambda each: each.name)
def test_each_requirement_has_one_pin_that_satisfies_it_on_each_python(requirement: Requirement, python: str) -> None:
    (pin,) = pins_of(requirement.name, python)

    assert pin in requirement.specifier


def test_constraints_hold_exact_versions_and_no_addresses() -> None:
    loose = [str(pin) for pin in PINS if pin.url or [each.operator for each in pin.specifier] != ["=="]]

    assert loose == []


def test_constraints_name_no_registry() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")
